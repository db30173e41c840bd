"""A site's pages on their way: the folder they are written to, the processes that write, and the move into place."""

from __future__ import annotations

import gc
import re
import shutil
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from generator.errors import MachineError, UsageError
from generator.model.text import Text

# The part of the staging folder that never becomes part of the site.
WORK = ".work"

Submit = Callable[..., "Future[Any]"]


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out`, which is gone when the block ends, however it ends."""
    stage = out.parent / f".{out.name}.staging"
    if stage.exists():
        shutil.rmtree(stage)  # left by a run that was killed
    try:
        stage.mkdir(parents=True)
        yield stage
    finally:
        with undisturbed():
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals that would end the run wait until the block is done: half a step is worse than a moment more."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    came: list[int] = []
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda signum, _frame: came.append(signum)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def swap(stage: Path, out: Path, *, keep: Collection[str]) -> None:
    """Move the new pages into place and all else but `keep` away; what is old is deleted last, as that takes time."""
    old = stage / WORK / "old"
    old.mkdir(parents=True)
    made = sorted(path.name for path in stage.iterdir() if path.name != WORK)
    out.mkdir(exist_ok=True)
    gone = sorted(path.name for path in out.iterdir() if path.name not in {*made, *keep})
    with undisturbed():
        for name in (*made, *gone):
            if (out / name).exists() or (out / name).is_symlink():
                (out / name).rename(old / name)
            if name in made:
                (stage / name).rename(out / name)


# What stands at the top of a site: counties, languages, and the province's own.
_OURS: Final = re.compile(
    r"\d{6}|[a-z]{2,3}(-[A-Z][a-z]{3})?|assets|data|search|index\.html|sitemap\.xml|changes\.atom"
)


def make_parent(out: Path) -> None:
    """Make the folder that `out` is to lie in; raise UsageError where a file stands in the way."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next(folder for folder in out.parents if folder.exists() or folder.is_symlink())
        raise UsageError(
            Text(
                zh=f"{file} 不是文件夹，网站不能放在 {out}。",
                en=f"{file} is no folder, so the site cannot lie at {out}.",
            ),
            Text(zh="请用 --out 另选位置。", en="Choose another place with --out."),
        ) from error


def refuse_strangers(out: Path) -> None:
    """Raise UsageError where `out` holds what no build makes: it is somebody's folder, and a build takes all else away."""
    if not out.exists():
        return
    strangers = (
        sorted(path.name for path in out.iterdir() if not _OURS.fullmatch(path.name))
        if out.is_dir()
        else [out.name]
    )
    if strangers:
        shown = "、".join(strangers[:5]) + ("……" if len(strangers) > 5 else "")
        raise UsageError(
            Text(
                zh=f"{out} 里有不属于网站的内容：{shown}。建站会清空旧网站，没有改动。",
                en=f"{out} holds what is no part of a site: {shown}. A build would take it away; nothing was changed.",
            ),
            Text(
                zh="请用 --out 另选一个空文件夹，或先把这些内容移走。",
                en="Choose an empty folder with --out, or move these away first.",
            ),
        )


@contextmanager
def workers(jobs: int) -> Iterator[Submit]:
    """Give a `submit` that runs calls in `jobs` processes, or here where one is enough.

    Raises MachineError where the system took a process away.
    """
    if jobs <= 1:

        def run_here(call: Callable[..., Any], *args: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(call(*args))
            return future

        yield run_here
        return
    try:
        # spawn: the same on every system, and a fork beside the progress bar's thread can hang.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start_worker) as pool:

            def submit(call: Callable[..., Any], *args: Any) -> Future[Any]:
                with undisturbed(), _born_deaf():  # it starts processes; half of one would print a traceback
                    return pool.submit(call, *args)

            try:
                yield submit
            finally:
                pool.shutdown(
                    cancel_futures=True
                )  # after a fault, what has not begun would only keep us waiting
    except BrokenProcessPool as error:
        raise MachineError(
            Text(
                zh="系统中止了一个工作进程，多半是内存不足；原有的网站没有改动。",
                en="The system ended one of our processes, most likely for want of memory; the old site is as it was.",
            ),
            Text(
                zh="请关闭其他程序，或用 --jobs 1 重试。",
                en="Close other programs, or try again with --jobs 1.",
            ),
        ) from error


@contextmanager
def _born_deaf() -> Iterator[None]:
    """Processes started in the block never hear Ctrl+C, not even before `_start_worker` runs in them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield  # Windows
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    # Ctrl+C reaches every process of a terminal; the parent deals with it, a worker would print a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Collecting costs a tenth of the time and finds little while a part is being written: each part's first step
    # collects what the part before left.
    gc.disable()
