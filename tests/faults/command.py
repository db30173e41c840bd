"""The real command with one fault planted: `python -m tests.faults.command <arguments of qingdan>`.

QINGDAN_FAULT says which step fails and how: `7:kill`, `7:ENOSPC`, `7:power` (the file system of QINGDAN_FAULT_DISK loses what was
not flushed, and the process dies), or `count` to print how many steps there were.
"""

from __future__ import annotations

import errno
import os
import signal
import sys

from generator.__main__ import main
from generator.durable import Step, watched
from tests.faults.power import cut_power


class Fault:
    """A watcher that lets one step fail."""

    def __init__(self, planted: str) -> None:
        number, _, how = planted.partition(":")
        self.at = int(number) if number.isdecimal() else 0
        self.how = how
        self.steps = 0

    def __call__(self, step: Step) -> None:
        """Count the step, or let it fail."""
        self.steps += 1
        if self.steps != self.at:
            return
        if self.how == "power":
            cut_power(os.environ["QINGDAN_FAULT_DISK"])
        if self.how in ("kill", "power"):
            os.kill(os.getpid(), signal.SIGKILL)
        code = getattr(errno, self.how)
        raise OSError(code, os.strerror(code), step.path)


if __name__ == "__main__":
    fault = Fault(os.environ.get("QINGDAN_FAULT", "count"))
    try:
        with watched(fault):
            main()
    finally:
        print(f"STEPS {fault.steps}", file=sys.stderr)
