"""The lock of an SFTP target: a file that only one can make, with a sign of life in it.

A server frees no file when a connection dies. So whoever holds the lock writes a new number into it every few seconds, and
whoever finds a lock waits and looks again: a number that moves means that somebody is at work, one that stands still that the run
which made it is gone. Should two take over one dead lock in the same moment, the switch itself still looks whether the lock is
its own, and whether what it replaces is what it expects.
"""

from __future__ import annotations

import asyncio
import os

import asyncssh

from generator.errors import LockedError
from generator.model.text import Text
from generator.release.sftp_line import Line

_LONGEST = 4096


class Lock:
    """One unit's lock file."""

    def __init__(self, line: Line, path: str, owner: str) -> None:
        self._line = line
        self._path = path
        self._owner = " ".join(owner.split())[:500]
        self._token = os.urandom(8).hex()  # two runs of one machine may look alike in `owner`

    async def take(self) -> None:
        """Make the lock file, over one that shows no life. Raises LockedError where somebody is at work."""
        for _ in range(3):
            if await self._make() or await self.is_ours():
                return
            seen = await self._read()
            if seen is None:
                continue
            await asyncio.sleep(3 * self._line.patience.beat)
            again = await self._read()
            if again is not None and again != seen:
                raise _held(again)
            if again is not None:
                await self._break(again)
        raise _held(await self._read() or b"")

    async def is_ours(self) -> bool:
        """Whether the lock file is still the one that we made."""
        seen = await self._read()
        return seen is not None and self._token in seen.decode("utf-8", "replace").split("\n")

    async def beat(self) -> None:
        """Give signs of life until cancelled; a line that is cut is taken up by the work itself."""
        count = 0
        while True:
            await asyncio.sleep(self._line.patience.beat)
            count += 1
            try:
                if await self.is_ours():
                    async with self._line.opened(self._path, asyncssh.FXF_WRITE) as file:
                        await self._line.ask(file.write(self._body(count), 0))
            except (asyncssh.Error, OSError):
                continue

    async def release(self) -> None:
        """Remove the lock file, if it is ours."""
        if await self.is_ours():
            await self._line.ask(self._line.sftp.remove(self._path))

    def _body(self, count: int) -> bytes:
        return f"{self._owner}\n{self._token}\n{count:012d}\n".encode()

    async def _make(self) -> bool:
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
        try:
            async with self._line.opened(self._path, flags) as file:
                await self._line.ask(file.write(self._body(0)))
        except asyncssh.SFTPError:
            # Version 3 of the protocol has no word for "exists": look.
            if await self._read() is None:
                raise
            return False
        return True

    async def _read(self) -> bytes | None:
        try:
            return await self._line.read(self._path, _LONGEST)
        except asyncssh.SFTPNoSuchFile:
            return None

    async def _break(self, seen: bytes) -> None:
        """Move a dead lock away; another run that does the same at this moment finds nothing to move."""
        away = f"{self._path}.gone-{self._token}"
        try:
            await self._line.ask(self._line.sftp.rename(self._path, away))
        except asyncssh.SFTPError:
            return
        moved = await self._line.read(away, _LONGEST)
        if moved == seen:
            await self._line.ask(self._line.sftp.remove(away))
            return
        await self._line.ask(self._line.sftp.rename(away, self._path))
        raise _held(moved)


def _held(body: bytes) -> LockedError:
    holder = body.decode("utf-8", "replace").partition("\n")[0][:200] or "?"
    return LockedError(
        Text(zh=f"另一个清单程序正在发布：{holder}。", en=f"Another run is publishing: {holder}."),
        Text(zh="请等它结束后重试。", en="Wait until it ends and run again."),
    )
