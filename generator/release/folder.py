"""A folder of this machine, or one that is mounted on it, as a place that releases are published to.

Where links work, `current` is one and a release is switched to in one step. Where they do not (FAT, some Windows servers), `current`
is a folder that is brought page by page to what the release says: each page whole, old pages and new ones beside each other
for a moment.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from generator import durable
from generator.errors import LockedError, PublishError
from generator.model.releases import Entry
from generator.model.targets import FolderTarget
from generator.model.text import Text
from generator.release.note import is_id
from generator.release.order import readers_order
from generator.release.target import Progress, Staged
from generator.release.target import Unit as UnitOfTarget
from generator.sealing import IrregularFileError, hash_file, open_file, walk

_STAGING: Final = ".tmp-"
# What file systems answer that have no links; Windows asks for a right that services lack.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})
_CANNOT_LINK: Final = _NO_LINKS | {errno.EXDEV, errno.EMLINK, errno.ENOENT}


@contextmanager
def open_folder(settings: FolderTarget, base: Path) -> Iterator[FolderPlace]:
    """Open a folder target; a relative path counts from `base`.

    Raises PublishError where the folder is not there: it is made by whoever sets the web server up, so a missing one is a
    disk that is not mounted.
    """
    root = base / Path(settings.path).expanduser()
    if not root.is_dir():
        raise PublishError(
            Text(
                zh=f"发布目标“{settings.name}”的文件夹 {root} 不存在。",
                en=f"The folder {root} of the target {settings.name!r} is not there.",
            ),
            Text(
                zh="请检查磁盘是否已挂载；第一次发布前请先建好这个文件夹。",
                en="Check that its disk is mounted; before the first release, make the folder.",
            ),
        )
    yield FolderPlace(root, require_atomic=settings.require_atomic)


class FolderPlace:
    """An open folder target."""

    def __init__(self, root: Path, *, require_atomic: bool) -> None:
        self._root = root
        self._require_atomic = require_atomic

    @property
    def notes(self) -> Sequence[Text]:
        """Nothing: whether links work is known by unit, at its preflight."""
        return ()

    def unit(self, unit: str) -> UnitOfTarget:
        """Return one unit's folder."""
        return FolderUnit(self._root / unit, require_atomic=self._require_atomic)


class FolderUnit:
    """One unit's folder; see `target.Unit` for what each step promises."""

    def __init__(self, root: Path, *, require_atomic: bool = False) -> None:
        self.root = root
        self._require_atomic = require_atomic
        self._current = root / "current"
        self._next = root / "current.next"
        self._id = root / "current.id"

    # Reading ------------------------------------------------------------------------------------------

    @property
    def site_atomic(self) -> bool:
        """Whether `current` is, or is going to be, a link."""
        if os.path.lexists(self._current):
            return self._current.is_symlink()
        return not self._id.exists() and self._links_work()

    def pointer(self) -> str | None:
        """The id that `current` leads to, or that stands in `current.id`."""
        if self._current.is_symlink():
            folder, _, name = self._current.readlink().as_posix().rpartition("/")
            fits = folder == "releases"
        else:
            name = self._id.read_text("ascii", errors="replace").strip() if self._id.exists() else ""
            fits = True
            if not name and (self._next.exists() or not os.path.lexists(self._current)):
                return None  # nothing yet, or the very first page-by-page switch was cut
        home = self.root / "releases" / name
        if fits and is_id(name) and home.is_dir() and not home.is_symlink():
            return name
        raise PublishError(
            Text(
                zh=f"{self._current} 指向的不是本程序发布的版本。",
                en=f"{self._current} does not lead to a release of this program.",
            ),
            Text(
                zh=f"请查明是谁改的；确认后删除 {self._current.name} 再发布，或把它改回 releases/ 下的一个版本。",
                en=f"Find out who changed it; then remove {self._current.name} and publish again, "
                "or let it lead to one of releases/.",
            ),
        )

    def releases(self) -> Sequence[str]:
        """Names in releases/."""
        return self._names("releases")

    def previews(self) -> Sequence[str]:
        """Names in previews/."""
        return self._names("previews")

    def _names(self, home: str) -> Sequence[str]:
        folder = self.root / home
        if not folder.is_dir():
            return ()
        return sorted(inner.name for inner in folder.iterdir() if not inner.name.startswith(_STAGING))

    def read(self, path: str, limit: int) -> bytes | None:
        """The bytes of a small file of the unit."""
        try:
            with open_file(self.root / path) as file:
                body = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IrregularFileError as error:
            raise PublishError(
                Text(zh=f"{self.root / path} 不是普通文件。", en=f"{self.root / path} is no regular file."),
                Text(zh="请查明原因后删除它。", en="Find out why, then remove it."),
            ) from error
        if len(body) > limit:
            raise PublishError(
                Text(zh=f"{self.root / path} 大得反常。", en=f"{self.root / path} is far too large."),
                Text(zh="请查明原因后删除它。", en="Find out why, then remove it."),
            )
        return body

    def read_live(self, path: str) -> bytes | None:
        """A file as a web server finds it."""
        try:
            with open_file(self._current / path) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IrregularFileError):
            return None

    def reread(self, place: str, progress: Progress) -> Iterator[Entry]:
        """Every file of a sealed place, hashed; a link or what is no file stands for no bytes and is given an empty hash."""
        home = self.root / place
        paths = list(walk(home, skip_unreadable=True))
        for done, path in enumerate(paths, start=1):
            try:
                size, sha256 = (0, "") if (home / path).is_symlink() else hash_file(home / path)
            except IrregularFileError:
                size, sha256 = 0, ""
            yield Entry(path=path, size=size, sha256=sha256)
            progress(place, done, len(paths))

    # Before anything is written -----------------------------------------------------------------------

    @contextmanager
    def lock(self, owner: str) -> Iterator[None]:
        """Hold publish.lock; the system frees it when the process dies."""
        path = self.root / "publish.lock"
        # What is published is public: under a private umask the web server could not read it.
        before = os.umask(0o022)
        try:
            durable.make_folders(self.root)
            if path.is_symlink():
                raise PublishError(
                    Text(zh=f"{path} 是一个链接。", en=f"{path} is a link."),
                    Text(zh="请删除它再发布。", en="Remove it and publish again."),
                )
            with durable.locked(path):
                with suppress(OSError):  # Windows locks the bytes themselves
                    path.write_text(owner + "\n", encoding="utf-8")
                yield
        except LockedError as error:
            holder = ""
            with suppress(OSError):
                holder = path.read_text("utf-8", errors="replace").strip()[:200]
            if holder == owner or not holder:
                raise
            raise LockedError(
                Text(zh=f"{error.problem.zh}（{holder}）", en=f"{error.problem.en} ({holder})"), error.fix
            ) from error
        finally:
            os.umask(before)

    def preflight(self, size: int, files: int) -> None:
        """Look for space, inodes, one file system, and links."""
        durable.make_folders(self.root / "releases")
        homes = [home for home in (self.root / "releases", self.root / "previews") if home.exists()]
        for home in homes:
            if home.is_symlink() or home.stat().st_dev != self.root.stat().st_dev:
                raise PublishError(
                    Text(
                        zh=f"{home} 与 {self.root} 不在同一个磁盘上，不能一步切换。",
                        en=f"{home} is not on the disk of {self.root}: no switch in one step.",
                    ),
                    Text(zh="请放到同一个文件系统里。", en="Put both on one file system."),
                )
        self._room_for(size, files)
        if not self.site_atomic and self._require_atomic:
            raise PublishError(
                Text(
                    zh=f"{self.root} 不支持符号链接，只能逐页替换，而设置要求整站切换（require_atomic）。",
                    en=f"{self.root} has no symbolic links: pages would change one by one, and the settings "
                    "forbid that (require_atomic).",
                ),
                Text(
                    zh="请换用支持符号链接的磁盘，或在 site.toml 中改为 require_atomic = false。",
                    en="Use a disk with symbolic links, or set require_atomic = false in site.toml.",
                ),
            )

    def _room_for(self, size: int, files: int) -> None:
        if not hasattr(os, "statvfs"):
            return  # Windows: a full disk shows itself while staging, and the old release stays
        disk = os.statvfs(self.root)
        free = disk.f_bavail * disk.f_frsize
        if free < 2 * size:
            raise PublishError(
                Text(
                    zh=f"{self.root} 空间不足：需要 {2 * size / 1e6:.0f} MB，只剩 {free / 1e6:.0f} MB。",
                    en=f"{self.root} is too full: {2 * size / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free.",
                ),
                Text(
                    zh="请腾出空间再发布；旧版仍在线。",
                    en="Make room, then publish again; the old release is live.",
                ),
            )
        if disk.f_files and disk.f_favail < 2 * files:
            raise PublishError(
                Text(
                    zh=f"{self.root} 的文件数（inode）不足：需要 {2 * files}，只剩 {disk.f_favail}。",
                    en=f"{self.root} is out of inodes: {2 * files} are needed, {disk.f_favail} are free.",
                ),
                Text(
                    zh="请删除不用的文件再发布。", en="Remove files that are not needed, then publish again."
                ),
            )

    def _links_work(self) -> bool:
        first, second = self.root / ".probe", self.root / ".probe.new"
        for probe in (first, second):
            if os.path.lexists(probe):
                durable.unlink(probe)
        try:
            durable.symlink(first, "releases")
            durable.symlink(second, "releases")
            durable.rename(second, first)
        except OSError as error:
            if error.errno not in _NO_LINKS and getattr(error, "winerror", None) is None:
                raise
            return False
        finally:
            for probe in (first, second):
                if os.path.lexists(probe):
                    durable.unlink(probe)
        return True

    # Staging ------------------------------------------------------------------------------------------

    def recover(self) -> Sequence[Text]:
        """Remove staging areas and a pointer that was never used; carry a page-by-page switch to its end."""
        said = []
        for home in (self.root / "releases", self.root / "previews"):
            for name in sorted(inner.name for inner in home.iterdir()) if home.is_dir() else ():
                if name.startswith(_STAGING) and is_id(name.removeprefix(_STAGING)):
                    durable.remove_tree(home / name)
                    said.append(
                        Text(
                            zh=f"清除了上次中断时留下的 {home.name}/{name}。",
                            en=f"Removed {home.name}/{name}, left by a run that was cut.",
                        )
                    )
        for left in ("current.new", ".probe", ".probe.new"):
            if (self.root / left).is_symlink():
                durable.unlink(self.root / left)
        if self._next.exists():
            to = self._next.read_text("ascii", errors="replace").strip()
            if is_id(to) and (self.root / "releases" / to).is_dir():
                self._page_by_page(to)
                said.append(
                    Text(
                        zh=f"补完了中断的逐页替换：{to}。",
                        en=f"Carried a cut page-by-page switch through: {to}.",
                    )
                )
            else:
                durable.unlink(self._next)
        return said

    def stage(self, place: str, files: Sequence[Staged], progress: Progress) -> None:
        """Link what the target holds, write the rest, and flush it all."""
        staging = self._staging(place)
        durable.make_folders(staging.parent)
        if os.path.lexists(staging):
            durable.remove_tree(staging)
        try:
            self._fill(staging, files, progress)
        except (OSError, KeyboardInterrupt, SystemExit):  # refused, or asked to end
            with suppress(OSError):
                durable.remove_tree(staging)
            raise

    def _fill(self, staging: Path, files: Sequence[Staged], progress: Progress) -> None:
        durable.mkdir(staging)
        folders = {staging}
        written = []
        for done, file in enumerate(files, start=1):
            path = staging / file.entry.path
            if path.parent not in folders:
                for folder in reversed([path.parent, *path.parent.parents]):
                    if folder not in folders and staging in folder.parents:
                        durable.mkdir(folder)
                        folders.add(folder)
            if not self._linked(file, path):
                durable.write_new(path, self._bytes_of(file), sync=False)
                written.append(path)
            progress(file.entry.path, done, len(files))
        durable.sync_files(written)
        for folder in sorted(folders, key=lambda folder: (-len(folder.parts), folder)):
            durable.sync_folder(folder)

    def _linked(self, file: Staged, path: Path) -> bool:
        if file.held_in is None:
            return False
        try:
            durable.link(self.root / file.held_in / file.entry.path, path)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            return False
        return True

    def _bytes_of(self, file: Staged) -> bytes:
        if isinstance(file.source, bytes):
            return file.source
        if file.source is not None:
            return file.source.read_bytes()
        return (self.root / (file.held_in or "") / file.entry.path).read_bytes()

    def seal(self, place: str) -> None:
        """Give the staging area its name."""
        home = self.root / place
        durable.rename(self._staging(place), home)
        durable.sync_folder(home.parent)

    def _staging(self, place: str) -> Path:
        home = self.root / place
        return home.with_name(_STAGING + home.name)

    # Switching ----------------------------------------------------------------------------------------

    def switch(self, expected: str | None, to: str) -> None:
        """Rename a new link over `current`, or bring the folder `current` to it page by page."""
        if self.pointer() != expected:
            raise LockedError(
                Text(
                    zh=f"{self.root} 在此期间已由他人发布。",
                    en=f"Somebody published to {self.root} meanwhile.",
                ),
                Text(zh="请核对在线版本后重试。", en="Look at what is live, then run again."),
            )
        if not self.site_atomic:
            durable.replace_file(self._next, to.encode())
            self._page_by_page(to)
            return
        new = self.root / "current.new"
        if os.path.lexists(new):
            durable.unlink(new)
        durable.symlink(new, f"releases/{to}")
        durable.rename(new, self._current)
        durable.sync_folder(self.root)

    def _page_by_page(self, to: str) -> None:
        release = self.root / "releases" / to
        durable.make_folders(self._current)
        wanted = set(walk(release))
        for path in sorted(wanted, key=readers_order):
            self._put(release / path, self._current / path)
        for path in walk(self._current):
            if path not in wanted:
                durable.unlink(self._current / path)
        for folder in sorted((p for p in self._current.rglob("*") if p.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                durable.remove_tree(folder)
        durable.replace_file(self._id, to.encode())
        durable.unlink(self._next)
        durable.sync_folder(self.root)

    def _put(self, source: Path, place: Path) -> None:
        if place.is_file() and not place.is_symlink() and hash_file(place) == hash_file(source):
            return
        durable.make_folders(place.parent)
        durable.replace_file(place, source.read_bytes())

    def write(self, path: str, body: bytes) -> None:
        """Replace a small file."""
        durable.replace_file(self.root / path, body)

    def remove(self, place: str) -> None:
        """Remove a release or preview that nobody sees."""
        home, staging = self.root / place, self._staging(place)
        if home.is_symlink() or home.name == self.pointer():
            raise PublishError(
                Text(zh=f"{home} 不能删除。", en=f"{home} must not be removed."),
                Text(zh="请人工核对。", en="Look at it by hand."),
            )
        if os.path.lexists(staging):
            durable.remove_tree(staging)
        durable.rename(home, staging)
        durable.sync_folder(home.parent)
        durable.remove_tree(staging)
