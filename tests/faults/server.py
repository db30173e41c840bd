"""Runs the real command many times with a fault planted in each: `python -m tests.faults.server`.

A line of JSON on stdin asks for one run ({"arguments": […], "fault": "7:kill", "disk": …, "folder": …, "moment": …}); a line on stdout answers with
its exit status (negative for a signal), its steps and what it printed. Each run is a process of its own, forked from this
one after everything was imported, so that a thousand of them take a minute.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import generator.cli.kiosk
from generator import build, delivery, register, release, sealing, settings, signing
from generator.__main__ import main
from generator.durable import watched
from tests.faults.command import Fault

LOADED = (build, delivery, register, release, sealing, settings, signing)


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork, plant the fault, run the command, and wait."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as counted:
        child = os.fork()
        if child == 0:
            os.chdir(asked["folder"])
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            sys.argv = ["qingdan", *asked["arguments"]]
            os.environ.update(asked.get("environment", {}))
            if asked.get("disk"):
                os.environ["QINGDAN_FAULT_DISK"] = asked["disk"]
            if asked.get("moment"):
                moment = datetime.fromisoformat(asked["moment"])
                vars(generator.cli.kiosk)["now"] = lambda: moment  # signatures of a test do not grow old
            fault = Fault(asked["fault"])
            code: object = 70
            try:
                with watched(fault):
                    main()
            except SystemExit as end:
                code = end.code
            finally:
                os.pwrite(counted.fileno(), str(fault.steps).encode(), 0)
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code if isinstance(code, int) else 0)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        counted.seek(0)
        return {
            "status": os.waitstatus_to_exitcode(status),
            "steps": int(counted.read() or b"0"),
            "said": said.read().decode(errors="replace"),
        }


class Server:
    """A running server, seen from a test."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parent.parent.parent
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        arguments: list[str],
        folder: Path,
        fault: str = "count",
        disk: Path | None = None,
        environment: dict[str, str] | None = None,
        moment: datetime | None = None,
    ) -> dict[str, Any]:
        """Run the command once; returns status, steps and what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {
            "arguments": arguments,
            "folder": str(folder),
            "fault": fault,
            "disk": str(disk) if disk else None,
            "environment": environment or {},
            "moment": moment.isoformat() if moment else None,
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
