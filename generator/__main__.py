"""The door: runs the command line and turns whatever goes wrong into a message and a documented exit code.

Messages come in Chinese, or with `--lang en` in English. Exit codes are documented in docs/exit-codes.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from typer.exceptions import TyperException

from generator.cli import app, complain
from generator.errors import EXIT_FINE, EXIT_INTERRUPTED, EXIT_OURS, EXIT_USAGE, QingdanError


def main() -> None:
    """Run the command line and exit with the documented code."""
    _speak_utf8()
    try:
        sys.exit(app(standalone_mode=False) or EXIT_FINE)
    except QingdanError as error:
        complain(error)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except TyperException as error:
        # Typer vendors its parser; what it raises for wrong usage prints itself, usage line included.
        show: Callable[[], None] | None = getattr(error, "show", None)
        print(error, file=sys.stderr) if show is None else show()
        sys.exit(EXIT_USAGE)
    except BrokenPipeError:
        # The reader of our output (`| head`) has what it wanted.
        sys.stderr.close()
        sys.exit(EXIT_FINE)
    except Exception as error:  # the one door: whatever is left is a fault of ours, and says so
        _fault_of_ours(error)
        sys.exit(EXIT_OURS)


def _fault_of_ours(error: Exception) -> None:
    """Say that the program is at fault, and keep what its makers need in a file instead of on the clerk's screen."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="qingdan-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.write("".join(traceback.format_exception(error)))
    print(
        f"程序出错（不是您的文件有误），没有改动任何内容。请把 {report.name} 发给维护人员。\n"
        f"The program failed (your file is not at fault); nothing was changed. Please send {report.name} to its makers.",
        file=sys.stderr,
    )


def _speak_utf8() -> None:
    """Windows consoles may still speak GBK; what they cannot show must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


if __name__ == "__main__":
    main()
