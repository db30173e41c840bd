"""What is done on an SFTP server, step by step; `target.Unit` says what each step promises.

With links and `posix-rename@openssh.com` a release is switched to in one step, as in a folder. A server that lacks either gets a
folder `current` whose pages are replaced one by one, and whoever publishes is told so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from shlex import quote
from typing import Final

import asyncssh

from generator.errors import LockedError, PublishError
from generator.model.releases import Entry, manifest_from
from generator.model.targets import SftpTarget
from generator.model.text import Text
from generator.release.note import MANIFEST, is_id
from generator.release.order import readers_order
from generator.release.sftp_line import PIECE, Line
from generator.release.sftp_lock import Lock
from generator.release.sftp_stage import (
    FILE_MODE,
    Stage,
    make_folders,
    remove_file,
    remove_tree,
    side_by_side,
    staging_of,
    sync_folder,
)
from generator.release.target import Progress, Staged
from generator.release.target import Unit as UnitOfTarget

_STAGING: Final = ".tmp-"
_PARTS: Final = ".tmp-parts"
_NO_FILE: Final = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory)


class SftpPlace:
    """An open SFTP target."""

    def __init__(self, line: Line, settings: SftpTarget) -> None:
        self._line = line
        self._settings = settings

    @property
    def notes(self) -> Sequence[Text]:
        """What the server lacks, and what that means."""
        said = []
        if not self._line.renames_over:
            said.append(
                Text(
                    zh=f"{self._settings.host} 不支持 posix-rename：只能逐页替换，替换期间新旧页面并存，个别页面可能有一瞬间打不开。",
                    en=f"{self._settings.host} has no posix-rename: pages are replaced one by one; for a while old and new "
                    "ones stand beside each other, and a page may be missing for a moment.",
                )
            )
        if not self._line.flushes:
            said.append(
                Text(
                    zh=f"{self._settings.host} 不支持 fsync：服务器断电时，刚发布的文件可能丢失，请断电后核对并重新发布。",
                    en=f"{self._settings.host} has no fsync: after a power cut there, verify what is live and publish again.",
                )
            )
        if not self._line.hashes:
            said.append(
                Text(
                    zh=f"{self._settings.host} 不能运行 sha256sum：每次发布都要把全部文件读回来核对，会慢一些。",
                    en=f"{self._settings.host} runs no sha256sum: every file is read back over the line, which takes longer.",
                )
            )
        return said

    def unit(self, unit: str) -> UnitOfTarget:
        """Return one unit's folder."""
        return SftpUnit(
            self._line, f"{self._settings.path}/{unit}", require_atomic=self._settings.require_atomic
        )


class SftpUnit:
    """One unit's folder on the server."""

    def __init__(self, line: Line, root: str, *, require_atomic: bool) -> None:
        self._line = line
        self._root = root
        self._require_atomic = require_atomic
        self._lock: Lock | None = None
        self._links_work: bool | None = None

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    # Reading ------------------------------------------------------------------------------------------

    @property
    def site_atomic(self) -> bool:
        """Whether `current` is, or is going to be, a link that can be renamed over."""
        return self._line.run(self._is_site_atomic)

    async def _is_site_atomic(self) -> bool:
        kind = await self._kind("current")
        if kind is not None:
            return kind == asyncssh.FILEXFER_TYPE_SYMLINK and self._line.renames_over
        if await self._kind("current.id") is not None or not self._line.renames_over:
            return False
        if self._links_work is None:
            self._links_work = await self._try_links()
        return self._links_work

    async def _try_links(self) -> bool:
        first, second = self._at(".probe"), self._at(".probe.new")
        sftp = self._line.sftp
        await make_folders(self._line, self._root)
        try:
            for probe in (first, second):
                await remove_file(self._line, probe)
                await self._line.ask(sftp.symlink("releases", probe))
            await self._line.ask(sftp.posix_rename(second, first))
        except (asyncssh.SFTPFailure, asyncssh.SFTPOpUnsupported):
            return False
        finally:
            for probe in (first, second):
                with suppress(asyncssh.SFTPError):
                    await remove_file(self._line, probe)
        return True

    async def _kind(self, path: str) -> int | None:
        try:
            return (await self._line.ask(self._line.sftp.lstat(self._at(path)))).type
        except _NO_FILE:
            return None

    def pointer(self) -> str | None:
        """The id that `current` leads to, or that stands in `current.id`."""
        return self._line.run(self._pointer)

    async def _pointer(self) -> str | None:
        kind = await self._kind("current")
        if kind == asyncssh.FILEXFER_TYPE_SYMLINK:
            said = await self._line.ask(self._line.sftp.readlink(self._at("current")))
            home, _, name = str(said).rpartition("/")
            fits = home == "releases"
        else:
            name = (await self._read("current.id", 200) or b"").decode("ascii", "replace").strip()
            fits = True
            if not name and (kind is None or await self._kind("current.next") is not None):
                return None  # nothing yet, or the very first page-by-page switch was cut
        if fits and is_id(name) and await self._kind(f"releases/{name}") == asyncssh.FILEXFER_TYPE_DIRECTORY:
            return name
        raise PublishError(
            Text(
                zh=f"{self._at('current')} 指向的不是本程序发布的版本。",
                en=f"{self._at('current')} does not lead to a release of this program.",
            ),
            Text(
                zh="请查明是谁改的；确认后删除 current 再发布，或把它改回 releases/ 下的一个版本。",
                en="Find out who changed it; then remove it and publish again, or let it lead to one of releases/.",
            ),
        )

    def releases(self) -> Sequence[str]:
        """Names in releases/."""
        return self._line.run(lambda: self._names("releases"))

    def previews(self) -> Sequence[str]:
        """Names in previews/."""
        return self._line.run(lambda: self._names("previews"))

    async def _names(self, home: str, *, staging: bool = False) -> Sequence[str]:
        try:
            found = await self._line.ask(self._line.sftp.listdir(self._at(home)))
        except _NO_FILE:
            return ()
        names = sorted(str(name) for name in found if name not in (".", ".."))
        return [name for name in names if name.startswith(_STAGING) == staging]

    def read(self, path: str, limit: int) -> bytes | None:
        """The bytes of a small file of the unit."""
        return self._line.run(lambda: self._read(path, limit))

    async def _read(self, path: str, limit: int) -> bytes | None:
        try:
            body = await self._line.read(self._at(path), limit + 1)
        except _NO_FILE:
            return None
        if len(body) > limit:
            raise PublishError(
                Text(zh=f"{self._at(path)} 大得反常。", en=f"{self._at(path)} is far too large."),
                Text(zh="请查明原因后删除它。", en="Find out why, then remove it."),
            )
        return body

    def read_live(self, path: str) -> bytes | None:
        """A file as the web server over there finds it."""

        async def read() -> bytes | None:
            try:
                return await self._line.read(self._at(f"current/{path}"))
            except _NO_FILE:
                return None

        return self._line.run(read)

    def reread(self, place: str, progress: Progress) -> Iterator[Entry]:
        """Every file of a sealed place: hashed by the server where it can, else read back over the line."""
        yield from self._line.run(lambda: self._reread(place, progress))

    async def _reread(self, place: str, progress: Progress) -> list[Entry]:
        home = self._at(place)
        sizes = await self._walk(home)
        hashes = await self._hashes(home) if self._line.hashes else None
        found = []

        async def one(path: str) -> None:
            if sizes[path] is None:
                found.append(Entry(path=path, size=0, sha256=""))
                return
            if hashes is not None:
                found.append(Entry(path=path, size=sizes[path] or 0, sha256=hashes.get(path, "")))
            else:
                body = await self._line.read(f"{home}/{path}")
                found.append(Entry(path=path, size=len(body), sha256=hashlib.sha256(body).hexdigest()))
            progress(place, len(found), len(sizes))

        await side_by_side(one, sorted(sizes))
        return found

    async def _walk(self, home: str, inner: str = "") -> dict[str, int | None]:
        """The size of every file below a folder; None for what is no file."""
        found: dict[str, int | None] = {}
        for name in await self._line.ask(self._line.sftp.readdir(f"{home}/{inner}")):
            path = f"{inner}{name.filename!s}"
            if name.filename in (".", ".."):
                continue
            if name.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                found |= await self._walk(home, f"{path}/")
            else:
                is_file = name.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
                found[path] = name.attrs.size if is_file else None
        return found

    async def _hashes(self, home: str) -> dict[str, str] | None:
        said = await self._line.command(f"cd {quote(home)} && find . -type f -exec sha256sum {{}} +")
        if said is None:
            return None
        lines = (line.partition("  ") for line in said.decode("utf-8", "replace").splitlines())
        return {path.removeprefix("./"): sha256 for sha256, _, path in lines}

    # Before anything is written -----------------------------------------------------------------------

    @contextmanager
    def lock(self, owner: str) -> Iterator[None]:
        """Hold publish.lock, and give signs of life in it."""
        lock = Lock(self._line, self._at("publish.lock"), owner)

        async def take() -> None:
            await make_folders(self._line, self._root)
            await lock.take()

        self._line.run(take)
        stop = self._line.background(lock.beat())
        self._lock = lock
        try:
            yield
        finally:
            self._lock = None
            stop()
            with suppress(PublishError):  # the line is gone: the lock shows no more life
                self._line.run_once(lock.release)

    def preflight(self, size: int, files: int) -> None:
        """Look for space and inodes where the server tells them, and for links."""
        self._line.run(lambda: self._preflight(size, files))

    async def _preflight(self, size: int, files: int) -> None:
        await make_folders(self._line, self._at("releases"))
        with suppress(asyncssh.SFTPOpUnsupported):
            disk = await self._line.ask(self._line.sftp.statvfs(self._root))
            self._room_for(disk, size, files)
        if self._require_atomic and not await self._is_site_atomic():
            raise PublishError(
                Text(
                    zh=f"{self._root} 所在的服务器不能一步切换整站，而设置要求整站切换（require_atomic）。",
                    en=f"The server of {self._root} cannot switch the whole site in one step, and the settings "
                    "forbid anything else (require_atomic).",
                ),
                Text(
                    zh="请换用 OpenSSH 服务器和支持符号链接的磁盘，或在 site.toml 中改为 require_atomic = false。",
                    en="Use an OpenSSH server and a disk with symbolic links, or set require_atomic = false in site.toml.",
                ),
            )

    def _room_for(self, disk: asyncssh.SFTPVFSAttrs, size: int, files: int) -> None:
        free = disk.bavail * (disk.frsize or disk.bsize)
        if free < 2 * size:
            raise PublishError(
                Text(
                    zh=f"{self._root} 空间不足：需要 {2 * size / 1e6:.1f} MB，只剩 {free / 1e6:.1f} MB。",
                    en=f"{self._root} is too full: {2 * size / 1e6:.1f} MB are needed, {free / 1e6:.1f} MB are free.",
                ),
                Text(zh="请在服务器上腾出空间再发布。", en="Make room on the server, then publish again."),
            )
        if disk.files and disk.favail < 2 * files:
            raise PublishError(
                Text(
                    zh=f"{self._root} 的文件数（inode）不足：需要 {2 * files}，只剩 {disk.favail}。",
                    en=f"{self._root} is out of inodes: {2 * files} are needed, {disk.favail} are free.",
                ),
                Text(
                    zh="请删除不用的文件再发布。", en="Remove files that are not needed, then publish again."
                ),
            )

    # Staging ------------------------------------------------------------------------------------------

    def recover(self) -> Sequence[Text]:
        """Remove staging areas, keep what has arrived, carry a page-by-page switch to its end."""
        return self._line.run(self._recover)

    async def _recover(self) -> Sequence[Text]:
        said = []
        for home in ("releases", "previews"):
            for name in await self._names(home, staging=True):
                if is_id(name.removeprefix(_STAGING)):
                    await remove_tree(self._line, self._at(f"{home}/{name}"))
                    said.append(
                        Text(
                            zh=f"清除了上次中断时留下的 {home}/{name}，已传完的文件保留续用。",
                            en=f"Removed {home}/{name}, left by a run that was cut; files that had arrived are used.",
                        )
                    )
        if await self._kind("current.new") == asyncssh.FILEXFER_TYPE_SYMLINK:
            await remove_file(self._line, self._at("current.new"))
        if await self._kind("ledger.jsonl") is None and await self._kind(".ledger.jsonl.old") is not None:
            await self._line.ask(
                self._line.sftp.rename(self._at(".ledger.jsonl.old"), self._at("ledger.jsonl"))
            )
        to = (await self._read("current.next", 200) or b"").decode("ascii", "replace").strip()
        if is_id(to) and to in await self._names("releases"):
            await self._page_by_page(to)
            said.append(
                Text(
                    zh=f"补完了中断的逐页替换：{to}。", en=f"Carried a cut page-by-page switch through: {to}."
                )
            )
        elif to:
            await remove_file(self._line, self._at("current.next"))
        return said

    def stage(self, place: str, files: Sequence[Staged], progress: Progress) -> None:
        """Bring the files; what has arrived stays for the next run where this one is cut."""
        self._line.run(Stage(self._line, self._root, place, files, progress).fill)

    def seal(self, place: str) -> None:
        """Give the staging area its name; nothing is kept for resuming any more."""
        self._line.run(lambda: self._seal(place))

    async def _seal(self, place: str) -> None:
        home = place.partition("/")[0]
        staging = staging_of(self._at(place))
        if await self._kind(place) is None:  # else the answer was cut, not the deed
            await self._line.ask(self._line.sftp.rename(staging, self._at(place)))
        await sync_folder(self._line, self._at(home))
        await remove_tree(self._line, self._at(f"{home}/{_PARTS}"))

    # Switching ----------------------------------------------------------------------------------------

    def switch(self, expected: str | None, to: str) -> None:
        """Rename a new link over `current`, or bring the folder `current` to it page by page."""
        self._line.run(lambda: self._switch(expected, to))

    async def _switch(self, expected: str | None, to: str) -> None:
        live = await self._pointer()
        if live == to:
            return  # the answer was cut, not the deed
        if live != expected or (self._lock is not None and not await self._lock.is_ours()):
            raise LockedError(
                Text(
                    zh=f"{self._root} 在此期间已由他人发布。",
                    en=f"Somebody published to {self._root} meanwhile.",
                ),
                Text(zh="请核对在线版本后重试。", en="Look at what is live, then run again."),
            )
        if not await self._is_site_atomic():
            await self._write("current.next", to.encode())
            await self._page_by_page(to)
            return
        new = self._at("current.new")
        await remove_file(self._line, new)
        await self._line.ask(self._line.sftp.symlink(f"releases/{to}", new))
        await self._line.ask(self._line.sftp.posix_rename(new, self._at("current")))
        await sync_folder(self._line, self._root)

    async def _page_by_page(self, to: str) -> None:
        """Make the folder `current` what a release says; assets first, entrances and the release's own papers last."""
        release, current = f"releases/{to}", self._at("current")
        wanted = await self._walk(self._at(release))
        await make_folders(self._line, current)
        there = await self._walk(current)
        same = await self._unchanged(release, there)
        for path in sorted(wanted, key=readers_order):
            if path not in same:
                await self._put(f"{release}/{path}", f"current/{path}")
        await side_by_side(
            lambda path: remove_file(self._line, f"{current}/{path}"), sorted(there.keys() - wanted.keys())
        )
        await self._write("current.id", to.encode())
        await remove_file(self._line, self._at("current.next"))
        await sync_folder(self._line, self._root)

    async def _unchanged(self, release: str, there: dict[str, int | None]) -> set[str]:
        """Paths whose file in `current` is the release's already; only where the server hashes is that known cheaply."""
        hashes = await self._hashes(self._at("current")) if self._line.hashes and there else None
        body = await self._read(f"{release}/{MANIFEST}", 64 << 20)
        if not hashes or body is None:
            return set()
        try:
            entries = manifest_from(body).files
        except ValueError:
            return set()
        return {e.path for e in entries if hashes.get(e.path) == e.sha256 and there.get(e.path) == e.size}

    async def _put(self, source: str, path: str) -> None:
        """Put a copy of a sealed file at `path`, whole."""
        await make_folders(self._line, self._at(str(PurePosixPath(path).parent)))
        await self._write(path, await self._line.read(self._at(source)))

    def write(self, path: str, body: bytes) -> None:
        """Replace a small file."""
        self._line.run(lambda: self._write(path, body))

    async def _write(self, path: str, body: bytes) -> None:
        place = PurePosixPath(path)
        partial = self._at(str(place.with_name(f".{place.name}.partial")))
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC
        async with self._line.opened(partial, flags, FILE_MODE) as handle:
            for offset in range(0, len(body), PIECE):
                await self._line.ask(handle.write(body[offset : offset + PIECE], offset))
            with suppress(asyncssh.SFTPOpUnsupported):
                await self._line.ask(handle.fsync())
        if self._line.renames_over:
            await self._line.ask(self._line.sftp.posix_rename(partial, self._at(path)))
        else:
            # Two steps: what stood there keeps its bytes under another name until the new file has its own.
            old = self._at(str(place.with_name(f".{place.name}.old")))
            await remove_file(self._line, old)
            with suppress(*_NO_FILE):
                await self._line.ask(self._line.sftp.rename(self._at(path), old))
            await self._line.ask(self._line.sftp.rename(partial, self._at(path)))
            await remove_file(self._line, old)
        await sync_folder(self._line, self._at(str(place.parent)))

    def remove(self, place: str) -> None:
        """Remove a release or preview that nobody sees."""
        self._line.run(lambda: self._remove(place))

    async def _remove(self, place: str) -> None:
        kind = await self._kind(place)
        if kind == asyncssh.FILEXFER_TYPE_SYMLINK or place == f"releases/{await self._pointer()}":
            raise PublishError(
                Text(zh=f"{self._at(place)} 不能删除。", en=f"{self._at(place)} must not be removed."),
                Text(zh="请人工核对。", en="Look at it by hand."),
            )
        staging = staging_of(self._at(place))
        if kind is not None:
            await remove_tree(self._line, staging)
            await self._line.ask(self._line.sftp.rename(self._at(place), staging))
            await sync_folder(self._line, self._at(place.partition("/")[0]))
        await remove_tree(self._line, staging)
