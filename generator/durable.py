"""The one way files are written, and the lock that keeps two runs apart.

Whatever must survive a power cut goes through the calls of this module, each of them one step that a disk can refuse or a
crash can follow. `watched` lets somebody see every step before it is taken: the tests count them, make each of them fail in turn,
and work out what a disk may hold after a crash between any two.

Pages of a staging tree that nobody reads before it is whole are the exception: they are written straight (`Tree`).
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator.errors import LockedError
from generator.model.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One change that is about to be made to a disk."""

    call: str
    """create, write, fsync, fsync_dir, rename, symlink, link, unlink, mkdir or rmdir."""
    path: str
    other: str | None = None
    """The new name (rename, link), or what a symlink will say."""
    body: bytes | None = None
    """What is written (write)."""


_FLUSHED_AT_ONCE: Final = 32

Watcher = Callable[[Step], None]
_watcher: Watcher | None = None


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Call `watcher` before every step while the block runs; an OSError it raises is the step's own failure."""
    global _watcher  # noqa: PLW0603  one process, one disk: passing it through every room would tell them of tests
    before, _watcher = _watcher, watcher
    try:
        yield
    finally:
        _watcher = before


def _step(call: str, path: Path | str, other: str | None = None, body: bytes | None = None) -> None:
    if _watcher is not None:
        _watcher(Step(call=call, path=os.fspath(path), other=other, body=body))


def write_new(path: Path, body: bytes, *, sync: bool = True) -> None:
    """Create `path` with `body` and flush it to the disk. Raises FileExistsError where it exists.

    With `sync=False` the caller promises to `sync_file` it before anything names it, or to prove it whenever it is used.
    """
    _step("create", path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        _step("write", path, body=body)
        _write_all(handle, body)
        if sync:
            _step("fsync", path)
            os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, body: bytes, *, lasting: bool = True) -> None:
    """Put `body` at `path`, whole or not at all; what stood there stays until the very end.

    Not `lasting`, a power cut soon after may bring back what stood there before.
    """
    _put(path, body, sync=True)
    if lasting:
        sync_folder(path.parent)


def keep_file(path: Path, body: bytes) -> None:
    """Put `body` at `path` for running programs, whole; a power cut may damage it. For what is proved whenever it is used."""
    _put(path, body, sync=False)


def _put(path: Path, body: bytes, *, sync: bool) -> None:
    partial = path.with_name(f".{path.name}.partial")
    if os.path.lexists(partial):
        unlink(partial)  # left by a run that was killed
    write_new(partial, body, sync=sync)
    rename(partial, path)


def sync_file(path: Path) -> None:
    """Flush a file that is written already."""
    _step("fsync", path)
    _flush(path)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_files(paths: Sequence[Path]) -> None:
    """Flush many files that are written already: at once, so that a disk takes them in few turns instead of one for each."""
    for path in paths:
        _step("fsync", path)
    with ThreadPoolExecutor(_FLUSHED_AT_ONCE) as pool:
        for _ in pool.map(_flush, paths):
            pass


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` last through a power cut; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    _step("fsync_dir", folder)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename(path: Path, to: Path) -> None:
    """Give `path` another name, over what bears it; one step for every reader."""
    _step("rename", path, other=os.fspath(to))
    path.replace(to)


def symlink(path: Path, says: str) -> None:
    """Make a symbolic link at `path` that says `says`."""
    _step("symlink", path, other=says)
    path.symlink_to(says)


def link(path: Path, to: Path) -> None:
    """Give the file `path` a second name."""
    _step("link", path, other=os.fspath(to))
    to.hardlink_to(path)


def unlink(path: Path) -> None:
    """Take away a name."""
    _step("unlink", path)
    path.unlink()


def mkdir(path: Path) -> None:
    """Make a folder. Raises FileExistsError where one stands."""
    _step("mkdir", path)
    path.mkdir()


def make_folders(path: Path, *, sync: bool = True) -> None:
    """Make a folder and those above it that are missing; each new name is flushed to the disk, or by the caller later."""
    if not path.is_dir():
        make_folders(path.parent, sync=sync)
        try:
            mkdir(path)
        except FileExistsError:
            if not path.is_dir():
                raise  # another run that made it in this moment is no obstacle, a file in its place is
        if sync:
            sync_folder(path.parent)


def remove_tree(path: Path) -> None:
    """Take a folder away with all that is in it; links in it are removed and not followed."""
    if path.is_symlink() or not path.is_dir():
        unlink(path)
        return
    _remove_folder(os.fspath(path))


def _remove_folder(folder: str) -> None:
    # Names as they come from the system: objects for each of 12,000 files would take longer than removing them.
    with os.scandir(folder) as found:
        inner = sorted(found, key=lambda entry: entry.name)
    for entry in inner:
        if entry.is_dir(follow_symlinks=False):
            _remove_folder(entry.path)
        else:
            _step("unlink", entry.path)
            os.unlink(entry.path)  # noqa: PTH108
    _step("rmdir", folder)
    os.rmdir(folder)  # noqa: PTH106


def _write_all(handle: int, body: bytes) -> None:
    view = memoryview(body)
    while view:  # a write may take fewer bytes than it was given
        view = view[os.write(handle, view) :]


class Tree:
    """An empty folder that is being filled, each path once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = 0
        self.size = 0
        self._folders: set[str] = set()

    def write(self, path: str, body: bytes) -> None:
        """Create `path` (relative, with slashes). Raises FileExistsError on a second write to it."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        # O_EXCL: two pages with one address would hide one of them.
        handle = os.open(
            self.root / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644
        )
        try:
            _write_all(handle, body)
        finally:
            os.close(handle)
        self.files += 1
        self.size += len(body)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; the system frees it when the process dies.

    Raises:
        LockedError: another run holds it, or the file system has no locks (we never go on without one).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            if sys.platform == "win32":
                import msvcrt  # Windows only

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl  # POSIX only

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.EOPNOTSUPP):
                raise LockedError(
                    Text(
                        zh=f"{path.parent} 所在的磁盘不支持文件锁。",
                        en=f"The disk of {path.parent} has no file locks.",
                    ),
                    Text(zh="请把它放到本机磁盘上。", en="Put it on a local disk."),
                ) from error
            raise LockedError(
                Text(zh=f"另一个清单程序正在使用 {path.parent}。", en=f"Another run is using {path.parent}."),
                Text(zh="请等它结束后重试。", en="Wait until it ends and run again."),
            ) from error
        yield
