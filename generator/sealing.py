"""Sealing a tree: every file with its size and SHA-256, and what differs from that later."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from generator.errors import UsageError
from generator.model.releases import Difference, Entry, Manifest
from generator.model.text import Text

_BLOCK = 1 << 20
# A link; a socket or a device that nobody serves.
_IRREGULAR = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV})
_PREVIEW_BAND = b"qd-band--preview"


class IrregularFileError(OSError):
    """A link, a named pipe, a socket or a device lies where a file should."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading; anything else is refused at once, where a pipe would wait for its other end.

    Raises IrregularFileError; any other OSError as `open` does.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno in _IRREGULAR:
            raise IrregularFileError(error.errno, "not a regular file", os.fspath(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise IrregularFileError(errno.EINVAL, "not a regular file", os.fspath(path))
    return os.fdopen(handle, "rb")


def hash_file(path: Path) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file, reading it in blocks. Raises as `open_file` does."""
    digest, size = hashlib.sha256(), 0
    with open_file(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def walk(folder: Path, *, skip_unreadable: bool = False) -> Iterator[str]:
    """Yield the path of every file under `folder`, with slashes, sorted; links count as files and are not followed.

    Raises OSError for a folder that cannot be read; with `skip_unreadable` its files count as missing.
    """
    if not folder.is_dir():
        return
    found: list[str] = []
    for root, folders, names in os.walk(folder, onerror=None if skip_unreadable else _refuse):
        base = Path(root).relative_to(folder).as_posix()
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        found.extend(name if base == "." else f"{base}/{name}" for name in (*names, *links))
    yield from sorted(found)


def _refuse(error: OSError) -> None:
    raise error


def is_preview(folder: Path) -> bool:
    """Whether the entrance of a built unit says, in a band, that it shows lists not in force: then it is for no reader."""
    return _PREVIEW_BAND in (folder / "index.html").read_bytes()


def seal(folder: Path, unit: str, keep: Callable[[str], bool] | None = None) -> Manifest:
    """Return the manifest of the files under `folder`, or of those for which `keep` says yes.

    Raises ValueError for a link, whose end is not part of the tree and can change behind our back, and for what is no file.
    """
    entries = []
    for path in walk(folder):
        if keep is not None and not keep(path):
            continue
        if (folder / path).is_symlink():
            raise ValueError(f"{path} is a link")
        try:
            size, sha256 = hash_file(folder / path)
        except IrregularFileError as error:
            raise ValueError(f"{path} is no file") from error
        entries.append(Entry(path=path, size=size, sha256=sha256))
    return Manifest(unit=unit, files=tuple(entries))


def read_as_sealed(folder: Path, entry: Entry) -> bytes:
    """Return the bytes of a file that was sealed a moment ago. Raises UsageError where it changed since: pages are being built."""
    with open_file(folder / entry.path) as file:
        body = file.read()
    if len(body) != entry.size or hashlib.sha256(body).hexdigest() != entry.sha256:
        raise UsageError(
            Text(
                zh=f"网页正在被改动：{entry.path}。",
                en=f"The pages changed while they were read: {entry.path}.",
            ),
            Text(zh="请等建站结束后再运行。", en="Wait for the build to end and run again."),
        )
    return body


def differences(manifest: Manifest, folder: Path, besides: Iterable[str] = ()) -> tuple[Difference, ...]:
    """Return every file under `folder` that is not as sealed, sorted by path; `besides` may stand there too."""
    allowed = set(besides)
    expected = {entry.path: entry for entry in manifest.files}
    there = set(walk(folder, skip_unreadable=True))
    found = [Difference(path=path, what="missing") for path in expected.keys() - there]
    found += [Difference(path=path, what="extra") for path in there - expected.keys() - allowed]
    for path in expected.keys() & there:
        entry, place = expected[path], folder / path
        if not _is_as_sealed(place, entry):
            found.append(Difference(path=path, what="changed"))
    return tuple(sorted(found, key=lambda difference: difference.path))


def _is_as_sealed(place: Path, entry: Entry) -> bool:
    try:
        return not place.is_symlink() and hash_file(place) == (entry.size, entry.sha256)
    except IrregularFileError:
        return False
