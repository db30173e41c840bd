"""Who must act when a run cannot go on, and the exit code each of them sees.

A fault in somebody's *document* is never raised: it is a `model.Finding`, collected with all the others.
What stands here are faults of the *run*. Only the command line turns them into text and exit codes; the codes are
documented in docs/exit-codes.md and never reused.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.model.text import Text

EXIT_FINE = 0
EXIT_DOCUMENT = 1
EXIT_USAGE = 2
EXIT_CONTENT = 3
EXIT_PUBLISH = 4
EXIT_LOCKED = 5
EXIT_KIOSK_REFUSED = 6
EXIT_DIFFERS = 7
EXIT_STALE = 8
EXIT_MACHINE = 9
EXIT_OURS = 70
EXIT_HUNG_UP = 129
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141
EXIT_TERMINATED = 143


class QingdanError(Exception):
    """A run that cannot go on. `problem` says what is wrong and `fix` what to do, in Chinese and English."""

    exit_code = EXIT_OURS

    def __init__(self, problem: Text, fix: Text | None = None) -> None:
        # Both go to `args`, so that an error raised in a worker process arrives whole.
        super().__init__(problem, fix)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return self.problem.en


class DocumentError(QingdanError):
    """A filed document has errors or open confirmations; the findings have been reported already."""

    exit_code = EXIT_DOCUMENT


class UsageError(QingdanError):
    """The command was called with something that cannot be meant."""

    exit_code = EXIT_USAGE


class NotInstalledError(UsageError):
    """What was asked for needs a package that this machine lacks: delivery's are optional."""

    def __init__(self, package: str) -> None:
        lock = Path(__file__).resolve().parent.parent / "requirements-delivery.lock"
        # By its hashes and never by name: an index may have a stranger's package under any name.
        command = f"{sys.executable} -m pip install --require-hashes -r {lock}"
        super().__init__(
            Text(
                zh=f"这项功能需要的组件 {package} 没有安装。",
                en=f"This needs a package that is not installed: {package}.",
            ),
            Text(zh=f"请运行 {command}", en=f"Run {command}"),
        )
        self.args = (package,)  # what this is made of again when it arrives from a worker process


class ContentError(QingdanError):
    """The content folder is invalid: settings, divisions, register, wording or templates."""

    exit_code = EXIT_CONTENT


class LockedError(QingdanError):
    """Another run holds the lock of this content or output folder."""

    exit_code = EXIT_LOCKED


class PublishError(QingdanError):
    """A release did not become live; the old one still is."""

    exit_code = EXIT_PUBLISH


class KioskRefusedError(QingdanError):
    """A kiosk did not take an update: it is not signed, older, damaged or does not work; what it shows stays."""

    exit_code = EXIT_KIOSK_REFUSED


class LostTextError(QingdanError):
    """A page does not show what is recorded; nothing was published. A fault of ours or of a template, not of a list."""

    exit_code = EXIT_OURS


class DiffersError(QingdanError):
    """What is recorded differs from what was filed."""

    exit_code = EXIT_DIFFERS


class MachineError(QingdanError):
    """The machine cannot: its disk or memory is full, or a file of ours cannot be read or written."""

    exit_code = EXIT_MACHINE
