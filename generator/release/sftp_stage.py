"""Bringing a release's files to an SFTP server: what it has is linked or copied there, the rest is sent, a cut file from where it broke.

Every file is sent under the name of its SHA-256 into `.tmp-parts` beside the staging areas, as `<sha256>.part` until it is whole and
flushed. So a later run, of whatever release, finds what has arrived by its content alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final, TypeVar

import asyncssh

from generator.errors import PublishError
from generator.model.text import Text
from generator.release.sftp_line import PIECE, Line
from generator.release.target import Progress, Staged

T = TypeVar("T")

AT_ONCE: Final = 8
"""Files under way at one time: enough to fill a line with 100 ms there and back, few enough for any server's limits."""
FILE_MODE: Final = asyncssh.SFTPAttrs(permissions=0o644)
FOLDER_MODE: Final = asyncssh.SFTPAttrs(permissions=0o755)


class Stage:
    """One staging area being filled."""

    def __init__(
        self, line: Line, unit: str, place: str, files: Sequence[Staged], progress: Progress
    ) -> None:
        self._line = line
        self._unit = unit
        self._parts = f"{unit}/{place.rpartition('/')[0]}/.tmp-parts"
        self._staging = staging_of(f"{unit}/{place}")
        self._files = files
        self._progress = progress
        self._placed: set[str] = set()
        """What stands in the staging area; kept when the line is cut and the work begun again."""
        self._arrived: dict[str, int] = {}
        self._begun = False

    async def fill(self) -> None:
        """Bring everything, and make it last."""
        sftp = self._line.sftp
        await make_folders(self._line, self._parts)
        if not self._begun:
            await remove_tree(self._line, self._staging)
            self._begun = True
        self._arrived = {
            str(name.filename): name.attrs.size or 0
            for name in await self._line.ask(sftp.readdir(self._parts))
            if name.filename not in (".", "..")
        }
        folders = {self._staging}
        for file in self._files:
            inner = PurePosixPath(file.entry.path).parents
            folders |= {f"{self._staging}/{folder}" for folder in inner if folder.name}
        for folder in sorted(folders):
            await make_folders(self._line, folder)
        same: dict[str, list[Staged]] = {}
        for file in self._files:
            if file.entry.path not in self._placed:
                same.setdefault(file.entry.sha256, []).append(file)
        await side_by_side(self._bring, same.values())
        for folder in sorted(folders, key=lambda folder: (-folder.count("/"), folder)):
            await sync_folder(self._line, folder)

    async def _bring(self, files: Sequence[Staged]) -> None:
        """Place files of the same content; one after the other, so that it is sent once at most."""
        for file in files:
            if not await self._held(file):
                await self._send(file)
            self._placed.add(file.entry.path)
            self._progress(file.entry.path, len(self._placed), len(self._files))

    async def _held(self, file: Staged) -> bool:
        """Take the file from a sealed place of the server, where it can do that."""
        if file.held_in is None:
            return False
        return await self._take(f"{self._unit}/{file.held_in}/{file.entry.path}", file.entry.path)

    async def _take(self, source: str, path: str) -> bool:
        target = f"{self._staging}/{path}"
        try:
            if self._line.links:
                await self._line.ask(self._line.sftp.link(source, target))
                return True
            if self._line.copies:
                await self._line.ask(self._line.sftp.remote_copy(source, target))
                await flush(self._line, target)
                return True
        except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost):
            raise
        except asyncssh.SFTPError:
            await remove_file(self._line, target)  # half a copy; or what a cut answer had made already
        return False

    async def _send(self, file: Staged) -> None:
        entry, part = file.entry, f"{self._parts}/{file.entry.sha256}"
        if self._arrived.get(entry.sha256) != entry.size:
            await self._upload(file, part)
            self._arrived[entry.sha256] = entry.size
        if self._line.links and await self._take(part, entry.path):
            return
        await remove_file(self._line, f"{self._staging}/{entry.path}")
        await self._line.ask(self._line.sftp.rename(part, f"{self._staging}/{entry.path}"))
        del self._arrived[entry.sha256]

    async def _upload(self, file: Staged, part: str) -> None:
        body = await self._bytes_of(file)
        there = self._arrived.get(f"{file.entry.sha256}.part", 0)
        # A piece is acknowledged before the next is sent. The last one may have holes: its packets are on the way side by side.
        start = (there - 1) // PIECE * PIECE if 0 < there <= len(body) else 0
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if start else asyncssh.FXF_TRUNC)
        async with self._line.opened(f"{part}.part", flags, FILE_MODE) as handle:
            for offset in range(start, len(body), PIECE):
                await self._line.ask(handle.write(body[offset : offset + PIECE], offset))
            try:
                await self._line.ask(handle.fsync())
            except asyncssh.SFTPOpUnsupported:
                self._line.flushes = False
        await remove_file(self._line, part)
        await self._line.ask(self._line.sftp.rename(f"{part}.part", part))

    async def _bytes_of(self, file: Staged) -> bytes:
        if isinstance(file.source, bytes):
            return file.source
        if file.source is not None:
            body = file.source.read_bytes()
            if len(body) != file.entry.size:
                raise PublishError(
                    Text(
                        zh=f"{file.source} 在发布期间被改动。",
                        en=f"{file.source} changed while it was published.",
                    ),
                    Text(zh="请重新建站后再发布。", en="Build again, then publish."),
                )
            return body
        return await self._line.read(f"{self._unit}/{file.held_in}/{file.entry.path}")


def staging_of(place: str) -> str:
    """Return where a place is staged before it is sealed."""
    home, _, name = place.rpartition("/")
    return f"{home}/.tmp-{name}"


async def side_by_side(work: Callable[[T], Awaitable[None]], things: Iterable[T]) -> None:
    """Do `work` for each, some at one time; the first failure ends all."""
    left = iter(things)

    async def worker() -> None:
        for thing in left:
            await work(thing)

    tasks = [asyncio.create_task(worker()) for _ in range(AT_ONCE)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def make_folders(line: Line, path: str) -> None:
    """Make a folder and those above it, where they are missing."""
    try:
        await line.ask(line.sftp.mkdir(path, FOLDER_MODE))
    except asyncssh.SFTPNoSuchFile:
        if "/" not in path.strip("/"):
            raise
        await make_folders(line, path.rpartition("/")[0])
        await make_folders(line, path)
    except asyncssh.SFTPError:
        if not await line.ask(line.sftp.isdir(path)):  # the protocol has no word for "exists"
            raise


async def remove_file(line: Line, path: str) -> None:
    """Remove a file or link, where there is one."""
    try:
        await line.ask(line.sftp.remove(path))
    except asyncssh.SFTPNoSuchFile:
        return


async def remove_tree(line: Line, path: str) -> None:
    """Remove a folder with all it holds; links are removed and not followed. A missing one is fine."""
    try:
        names = await line.ask(line.sftp.readdir(path))
    except asyncssh.SFTPNoSuchFile:
        return
    inner = [name for name in names if name.filename not in (".", "..")]
    folders = [n for n in inner if n.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY]
    for folder in folders:
        await remove_tree(line, f"{path}/{folder.filename!s}")
    files = [f"{path}/{name.filename!s}" for name in inner if name not in folders]
    await side_by_side(lambda file: remove_file(line, file), files)
    await line.ask(line.sftp.rmdir(path))


async def flush(line: Line, path: str) -> None:
    """Make a file last, where the server can. Raises SFTPError where its disk says that it did not."""
    async with line.opened(path, asyncssh.FXF_READ | asyncssh.FXF_WRITE) as handle:
        try:
            await line.ask(handle.fsync())
        except asyncssh.SFTPOpUnsupported:
            line.flushes = False


async def sync_folder(line: Line, path: str) -> None:
    """Make the names in a folder last. OpenSSH opens folders as files and flushes them; other servers do not open them.

    Raises SFTPError where the disk says that they did not last.
    """
    try:
        handle = await line.ask(line.sftp.open(path, asyncssh.FXF_READ, encoding=None))
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
        raise
    except asyncssh.SFTPError:
        return
    try:
        await line.ask(handle.fsync())
    except asyncssh.SFTPOpUnsupported:
        line.flushes = False
    except asyncssh.SFTPBadMessage:  # EINVAL, in OpenSSH's words: this file system flushes no folders
        pass
    await line.ask(handle.close())
