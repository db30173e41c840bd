"""The door: runs the command line and turns whatever goes wrong into a message and a documented exit code.

Messages come in Chinese, or with `--lang en` in English. Exit codes are documented in docs/exit-codes.md.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

import typer
from typer.exceptions import TyperException

from generator.cli import app, complain
from generator.errors import (
    EXIT_FINE,
    EXIT_HUNG_UP,
    EXIT_INTERRUPTED,
    EXIT_OURS,
    EXIT_TERMINATED,
    EXIT_UNREAD,
    EXIT_USAGE,
    MachineError,
    NotInstalledError,
    QingdanError,
)
from generator.model.text import Text

_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
# What a disk, a system or whoever set it up refuses; any other OSError is a fault of ours.
_REFUSALS: Final = frozenset(
    {errno.EACCES, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EPERM, errno.EROFS}
)
_SIGNALLED: Final = frozenset({EXIT_HUNG_UP, EXIT_TERMINATED})


def main() -> None:
    """Run the command line and exit with the documented code."""
    _speak_utf8()
    _end_cleanly()
    outputs = []  # handles of our own: rich puts another file in the place of a pipe that nobody reads
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):
            outputs.append(os.dup(stream.fileno()))
    code = _run(outputs)
    try:
        _flush()
    except OSError:
        # Told already. Python flushes once more when it ends, and would complain about the same pipe or disk.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _run(outputs: Sequence[int]) -> int:
    """Run the command line; whatever goes wrong is told here and becomes a code."""
    try:
        code: int = app(standalone_mode=False) or EXIT_FINE
        _flush()
        return code
    except QingdanError as error:
        _complain(error)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except TyperException as error:
        # Typer vendors its parser; what it raises for wrong usage prints itself, usage line included.
        show: Callable[[], None] | None = getattr(error, "show", None)
        with suppress(OSError):
            print(error, file=sys.stderr) if show is None else show()
        return EXIT_USAGE
    except SystemExit as leaving:
        # Typer and rich make a silent 1 of every broken pipe, whosever it is.
        if leaving.code == 1 and isinstance(leaving.__context__, BrokenPipeError):
            return _told(leaving.__context__, outputs)
        raise
    except Exception as error:  # the one door: whatever is left is a fault of ours, and says so
        return _told(error, outputs)


def _told(error: Exception, outputs: Sequence[int]) -> int:
    """Say what an unforeseen error means to whoever runs this, and return its code."""
    ended = _ended(error)
    if ended is not None:
        return ended
    if isinstance(error, BrokenPipeError) and _nobody_reads(outputs):
        return EXIT_UNREAD
    refused = _refused(error)
    if refused is not None:
        _complain(refused)
        return refused.exit_code
    with suppress(OSError):
        _fault_of_ours(error)
    return EXIT_OURS


def _complain(error: QingdanError) -> None:
    with suppress(OSError):  # nobody reads it, or the disk it goes to is full: the code says it all the same
        complain(error)


def _flush() -> None:
    if sys.stdout is not None:  # started without one
        sys.stdout.flush()


def _nobody_reads(outputs: Sequence[int]) -> bool:
    """Whether the reader of our output (`| head`) has left. Any other pipe that breaks is no reason to end in silence."""
    if not hasattr(select, "poll"):
        return True  # Windows cannot tell
    asked = select.poll()
    for output in outputs:
        asked.register(output, 0)  # what is reported unasked: the other end is gone
    return bool(asked.poll(0))


def _end_cleanly() -> None:
    """Let the run tidy up when the system or a closed terminal ends it; what was told to be ignored (nohup) stays so."""
    for name, code in (("SIGTERM", EXIT_TERMINATED), ("SIGHUP", EXIT_HUNG_UP)):
        number = getattr(signal, name, None)  # Windows knows no SIGHUP
        if number is None or signal.getsignal(number) is signal.SIG_IGN:
            continue

        def end(signum: int, _frame: FrameType | None, code: int = code) -> NoReturn:
            signal.signal(signum, signal.SIG_IGN)  # tidying up has begun: a second signal would only spoil it
            sys.exit(code)

        signal.signal(number, end)


def _ended(error: BaseException | None) -> int | None:
    """Return the code of the signal that an error comes from: raised inside an import, it can turn into any other."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return EXIT_INTERRUPTED
        if isinstance(error, SystemExit) and error.code in _SIGNALLED:
            return int(error.code)
        error = error.__cause__ or error.__context__
    return None


def _refused(error: Exception) -> QingdanError | None:
    """Say what the machine refused or lacks, and which file it was; None for a fault of ours."""
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("generator"):
        return NotInstalledError(error.name.partition(".")[0])
    if isinstance(error, MemoryError):
        return MachineError(
            Text(zh="内存不足，未能完成。", en="There is not enough memory; nothing was finished."),
            Text(zh="请关闭其他程序后重试。", en="Close other programs and run again."),
        )
    if not isinstance(error, OSError) or error.errno not in _FULL | _REFUSALS:
        return None
    file = f"{error.filename2 or error.filename}" if error.filename else ""
    zh_place, en_place = (f"（{file}）", f" ({file})") if file else ("", "")
    if error.errno in _FULL:
        return MachineError(
            Text(
                zh=f"磁盘已满，或文件个数已到上限{zh_place}，未能完成。",
                en=f"The disk is full, or holds as many files as it can{en_place}; nothing was finished.",
            ),
            Text(zh="请清理磁盘后重试。", en="Make room and run again."),
        )
    return MachineError(
        Text(
            zh=f"系统不允许读写{zh_place}：{error.strerror}，未能完成。",
            en=f"The system refused to read or write{en_place}: {error.strerror}; nothing was finished.",
        ),
        Text(
            zh="请检查该文件的权限和所在磁盘后重试。", en="Check its permissions and its disk, and run again."
        ),
    )


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
