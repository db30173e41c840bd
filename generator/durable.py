"""The one way files are written, and the lock that keeps two runs apart.

A file is written whole or not at all: under a temporary name in its own folder, flushed to the disk, then renamed.
Pages of a staging tree are the exception: nobody reads that tree before it is whole, so they are written straight
(`Tree`), each path once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import LockedError
from generator.model.text import Text


def replace_file(path: Path, body: bytes) -> None:
    """Put `body` at `path`, whole or not at all; what stood there stays until the very end."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
            view = memoryview(body)
            while view:
                view = view[os.write(handle, view) :]
        finally:
            os.close(handle)
        self.files += 1
        self.size += len(body)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; the system frees it when the process dies.

    Raises:
        LockedError: another run holds it.
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
            raise LockedError(
                Text(zh=f"另一个清单程序正在使用 {path.parent}。", en=f"Another run is using {path.parent}."),
                Text(zh="请等它结束后重试。", en="Wait until it ends and run again."),
            ) from error
        yield
