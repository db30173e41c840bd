"""Taking an update: prove it, fetch it, build it aside, look at it, and only then show it.

    metadata → release.json → shards → blobs → tree aside → every file verified → looked at → switch → read back → floor

Whatever goes wrong before the switch leaves the screen as it is; whatever goes wrong after it is put right at the start of
the next run. The floor moves last: a release that was never shown never forbids anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadLengthMismatchError

from generator import durable, sealing
from generator.errors import KioskRefusedError
from generator.kiosk import bundle, health, journal, state, trust
from generator.kiosk.bundle import Blob, Group, Release
from generator.kiosk.face import SETTINGS
from generator.kiosk.fetch import LIMITS, Limits, Missing, Source, captive, incomplete, shared, source_from
from generator.kiosk.floor import Floor, write_floor
from generator.kiosk.journal import Result
from generator.kiosk.refusal import Refusal, refusal_of
from generator.kiosk.state import KioskSettings, Record, Shown
from generator.model.releases import Entry, Manifest
from generator.model.text import Text

STORE_LIMIT: Final = 256 << 20
"""Bytes of blobs that are kept for updates that did not come to an end."""
_MARGIN: Final = 16 << 20
_ATTEMPTS: Final = 3

Opener = Callable[[str, Limits], Source]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """What an update did."""

    number: int
    new: bool
    source: str
    stale: bool
    """Signed so long ago that a newer one should exist; it is shown all the same."""


def pull(
    folder: Path,
    *,
    now: datetime,
    sources: Sequence[str] = (),
    limits: Limits = LIMITS,
    opener: Opener = source_from,
) -> Pulled:
    """Bring what the state folder shows up to date from the first source that can prove what it offers.

    `now` is this machine's clock. Without `sources`, those of kiosk.toml are asked.

    Raises:
        Refusal: no source had anything to show; what is on the screen stays. The gravest reason is the one raised.
        LockedError: another update is running.
        UsageError: the folder was not set up.
    """
    settings = state.load_settings(folder)
    with durable.locked(folder / "update.lock"):
        results: list[Result] = []
        refusals: list[Refusal] = []
        try:
            recover(folder, settings)
        except OSError as error:
            raise refusal_of(error) from error
        names = sources or settings.sources
        for name, share in zip(names, shared(limits, len(names)), strict=True):
            try:
                pulled, hidden = _from_source(folder, settings, name, now, share, opener)
            except Refusal as refusal:
                _clear(folder)
                results.append(Result(source=name, code=refusal.code))
                refusals.append(refusal)
                continue
            results.append(Result(source=name, code="fine", root_hidden=hidden))
            journal.write(folder, now, results, None)
            return pulled
        gravest = min(refusals, key=_mildness) if refusals else _no_source()
        journal.write(folder, now, results, gravest.code)
        raise gravest


def _clear(folder: Path) -> None:
    """Leave nothing of an update that was refused: what was never shown forbids nothing, the floor alone does."""
    shutil.rmtree(folder / "metadata", ignore_errors=True)
    for path in sorted((folder / "releases").glob(".tmp-*")):
        with suppress(OSError):  # a disk that fails may fail here too; the next run clears it
            shutil.rmtree(path)


def _mildness(refusal: Refusal) -> int:
    """Whoever sends us something wrong is worse than who sends it late, and that worse than who sends nothing."""
    return 2 if refusal.is_network else int(refusal.code == "expired")


def _no_source() -> Refusal:
    return Refusal("no-source", Text(zh="没有设置更新来源。", en="There is no source to ask."))


def recover(folder: Path, settings: KioskSettings) -> None:
    """Put right what a killed update left: half-built trees go, a release that is shown gets its floor."""
    for path in sorted((folder / "releases").glob(".tmp-*")):
        durable.remove_tree(path)
    if os.path.lexists(folder / "current.new"):
        durable.unlink(folder / "current.new")
    _finish(folder, settings, state.look(folder))
    shown = state.look(folder)
    if shown.record and shown.floor and state.tree_of(folder, shown.record.release.number).is_dir():
        with suppress(KioskRefusedError):  # a township that kiosk.toml names and this release has not
            _say(folder, settings, shown.record.release, shown.floor)


def _finish(folder: Path, settings: KioskSettings, shown: Shown) -> None:
    held = shown.floors.floor
    if shown.number is None or held is None or shown.number <= held.release:
        return
    if not _is_whole(folder, settings, shown):
        # Killed between switch and floor, and then damaged: what was shown before is still the newest proven. Where a copy
        # of the floor is lost it may have been the higher one: then nothing older is shown, and the update mends.
        if not shown.floors.bad and state.tree_of(folder, held.release).is_dir():
            _switch(folder, held.release)
        return
    if shown.record is not None:
        write_floor(folder, shown.record.floor)


def _is_whole(folder: Path, settings: KioskSettings, shown: Shown) -> bool:
    if shown.record is None or shown.number is None:
        return False
    tree = state.tree_of(folder, shown.number)
    try:
        health.check(tree, settings.home)
    except Refusal:
        return False
    return not differing(shown.record.manifest, tree)


def differing(manifest: Manifest, tree: Path) -> set[str]:
    """Return the paths under `tree` that are not as signed. The settings script is this machine's own and not among them."""
    return {
        found.path for found in sealing.differences(_without_settings(manifest), tree, besides=(SETTINGS,))
    }


def _without_settings(manifest: Manifest) -> Manifest:
    files = tuple(entry for entry in manifest.files if entry.path != SETTINGS)
    return Manifest(unit=manifest.unit, files=files)


def _from_source(
    folder: Path, settings: KioskSettings, name: str, now: datetime, limits: Limits, opener: Opener
) -> tuple[Pulled, bool]:
    source = opener(name, limits)
    try:
        shown = state.look(folder)
        proof = trust.prove(folder, source, settings.county, shown.floor, now)
        new = _take(folder, settings, source, shown, proof.release, proof.floor)
        after = state.look(folder)
        pulled = Pulled(number=proof.release.number, new=new, source=name, stale=after.is_stale(now))
        return pulled, proof.root_hidden
    except OSError as error:
        raise refusal_of(error) from error
    except DownloadLengthMismatchError as error:
        raise bundle.damaged(str(error)) from error
    except Refusal:
        raise
    except KioskRefusedError as error:
        raise Refusal("unhealthy", error.problem) from error
    finally:
        source.close()


def _take(
    folder: Path, settings: KioskSettings, source: Source, shown: Shown, release: Release, seen: Floor
) -> bool:
    """Show a proven release. Returns whether it is another than before."""
    store = _Store(folder, source)
    store.trim(set(_blobs_of(folder, shown.number)))
    number, record = shown.number, shown.record
    same = number == release.number and record is not None and record.manifest.digest == release.manifest
    broken: set[str] = set()
    whole: Mapping[str, Entry] = {}
    if number is not None and record is not None:
        broken = differing(record.manifest, state.tree_of(folder, number))
        whole = {entry.path: entry for entry in record.manifest.files if entry.path not in broken}
    if record is not None and same and not broken:
        _keep_current(folder, settings, record, release, seen)
        return False
    groups = tuple(group for shard in release.shards for group in bundle.groups_from(store.body(shard)))
    record = Record(release=release, manifest=bundle.manifest_of(release, groups), floor=seen)
    if number == release.number:
        _mend(folder, settings, store, groups, record)
        return False
    _must_fit(folder, record.manifest, whole)
    tree = folder / "releases" / f".tmp-{release.number}"
    old = state.tree_of(folder, number) if number is not None else None
    _build(tree, groups, store, whole, old)
    durable.write_new(_staged(tree, SETTINGS), state.script_of(settings, release, seen, tree))
    _sync_folders(tree)
    if differing(record.manifest, tree):
        raise bundle.damaged("tree")
    health.check(tree, settings.home)
    _show(folder, settings, tree, record, number)
    write_floor(folder, seen)
    _forget(folder, {release.number, *([number] if number is not None else [])})
    _write_blob_list(folder, release, groups)
    store.trim({blob for held in (release.number, number) for blob in _blobs_of(folder, held)}, limit=0)
    return True


def _keep_current(
    folder: Path, settings: KioskSettings, record: Record, release: Release, seen: Floor
) -> None:
    """The content is the newest: only the news that it still is goes to the floor and to the screen."""
    if record.floor != seen:
        state.write_record(folder, replace(record, floor=seen))
    write_floor(folder, seen)
    _say(folder, settings, release, seen)


def _say(folder: Path, settings: KioskSettings, release: Release, held: Floor) -> None:
    """Let the pages know what this machine is and until when they count as the newest."""
    tree = state.tree_of(folder, release.number)
    script = state.script_of(settings, release, held, tree)
    place = tree / SETTINGS
    if not place.is_file() or place.read_bytes() != script:
        durable.make_folders(place.parent)
        durable.replace_file(place, script)


def _mend(
    folder: Path,
    settings: KioskSettings,
    store: _Store,
    groups: Iterable[Group],
    record: Record,
) -> None:
    """Put files of the release on the screen right, each in one step; a disk loses bits."""
    tree = state.tree_of(folder, record.release.number)
    # Looked at anew: what was known of this release may be what the disk lost.
    broken = differing(record.manifest, tree)
    whole = {entry.path: entry for entry in record.manifest.files if entry.path not in broken}
    listed = {entry.path for entry in record.manifest.files}
    for path in sorted(broken - listed):
        durable.remove_tree(tree / path)
    for entry, body in _missing(groups, store, whole):
        place = tree / entry.path
        durable.make_folders(place.parent)
        if place.is_symlink() or place.is_dir():
            durable.remove_tree(place)
        durable.replace_file(place, body)
    if differing(record.manifest, tree):
        raise bundle.damaged("tree")
    _keep_current(folder, settings, record, record.release, record.floor)
    state.write_record(folder, record)


def _must_fit(folder: Path, manifest: Manifest, whole: Mapping[str, Entry]) -> None:
    # Every file takes whole blocks; 4 KiB is the common size.
    new = [entry for entry in manifest.files if whole.get(entry.path) != entry]
    need = sum(entry.size + 4096 for entry in new) + _MARGIN
    if shutil.disk_usage(folder).free < need:
        raise Refusal(
            "disk-full",
            Text(
                zh=f"磁盘空间不够：需要 {need / 1e6:.0f} MB。",
                en=f"The disk is too full: {need / 1e6:.0f} MB needed.",
            ),
        )


def _missing(
    groups: Iterable[Group], store: _Store, whole: Mapping[str, Entry]
) -> Iterable[tuple[Entry, bytes]]:
    """Yield the files that are not there already, out of their blobs, each as signed."""
    for group in groups:
        wanted = {
            entry.path for entry in group.files if entry.path != SETTINGS and whole.get(entry.path) != entry
        }
        if not wanted:
            continue
        body = b"".join(store.body(piece) for piece in group.pieces)
        start = 0
        for entry in group.files:
            part = body[start : start + entry.size]
            start += entry.size
            if entry.path in wanted:
                yield entry, part


def _build(
    tree: Path, groups: Iterable[Group], store: _Store, whole: Mapping[str, Entry], old: Path | None
) -> None:
    """Fill an empty folder: what did not change is a second name of the old file, the rest comes out of blobs."""
    durable.mkdir(tree)
    groups = tuple(groups)
    for group in groups:
        for entry in group.files:
            if old is not None and entry.path != SETTINGS and whole.get(entry.path) == entry:
                durable.link(old / entry.path, _staged(tree, entry.path))
    for entry, body in _missing(groups, store, whole):
        durable.write_new(_staged(tree, entry.path), body)


def _staged(tree: Path, path: str) -> Path:
    place = tree / path
    durable.make_folders(place.parent, sync=False)  # `_sync_folders` flushes them all at the end
    return place


def _sync_folders(tree: Path) -> None:
    for root, _, _ in os.walk(tree, topdown=False):
        durable.sync_folder(Path(root))


def _show(folder: Path, settings: KioskSettings, tree: Path, record: Record, before: int | None) -> None:
    """Give a verified tree its name and switch to it; back again where the screen would not work."""
    number = record.release.number
    final = state.tree_of(folder, number)
    if os.path.lexists(final):
        durable.remove_tree(final)  # left by a run that was killed before its switch
    durable.rename(tree, final)
    durable.sync_folder(final.parent)
    state.write_record(folder, record)
    _switch(folder, number)
    try:
        if state.current_number(folder) != number:
            raise bundle.damaged("current")
        health.check(folder / "current", settings.home)
    except Refusal:
        if before is not None:
            _switch(folder, before)
        else:
            durable.unlink(folder / "current")
        raise


def _switch(folder: Path, number: int) -> None:
    fresh = folder / "current.new"
    if os.path.lexists(fresh):
        durable.unlink(fresh)
    durable.symlink(fresh, f"releases/{number}")
    durable.rename(fresh, folder / "current")
    durable.sync_folder(folder)


def _forget(folder: Path, kept: set[int]) -> None:
    """Take away every release but the one shown and the one before it."""
    names = {str(number) for number in kept}
    for path in sorted((folder / "releases").iterdir()):
        if path.name not in names and path.name.isascii() and path.name.isdigit():
            durable.remove_tree(path)
    for path in sorted((folder / "records").iterdir()):
        if path.name.split(".")[0] not in names:
            durable.unlink(path)


def _write_blob_list(folder: Path, release: Release, groups: Iterable[Group]) -> None:
    names = {shard.name for shard in release.shards}
    names.update(piece.name for group in groups for piece in group.pieces)
    durable.keep_file(
        folder / "records" / f"{release.number}.blobs", ("\n".join(sorted(names)) + "\n").encode()
    )


def _blobs_of(folder: Path, number: int | None) -> list[str]:
    """Return the names of the blobs that a release on this machine is made of."""
    try:
        return (folder / "records" / f"{number}.blobs").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []  # a list for tidying only


class _Store:
    """What was downloaded, by name. Proved each time it is used, so nothing in it needs to last."""

    def __init__(self, folder: Path, source: Source) -> None:
        self._root, self._source = folder / "blobs", source

    def body(self, blob: Blob) -> bytes:
        """Return what a blob holds, from the disk or from the source. Raises Refusal."""
        path = self._root / blob.name[:2] / blob.name
        with suppress(OSError, Refusal):
            return bundle.uncompress(blob, path.read_bytes())
        durable.make_folders(self._root / ".partial", sync=False)
        refusal = bundle.damaged("blob")
        for _ in range(_ATTEMPTS):
            try:
                stored = self._source.read_into(
                    f"blobs/{blob.name[:2]}/{blob.name}", blob.size, self._root / ".partial" / blob.name
                )
                body = bundle.uncompress(blob, stored)
            except Missing as missing:
                raise (captive("403") if missing.forbidden else incomplete(str(missing))) from missing
            except DownloadLengthMismatchError as error:
                refusal = bundle.damaged(str(error))
            except Refusal as wrong:
                if wrong.code != "damaged":
                    raise
                refusal = wrong
            else:
                durable.make_folders(path.parent, sync=False)
                if path.is_dir():
                    durable.remove_tree(path)
                durable.keep_file(path, stored)
                return body
        raise refusal

    def trim(self, kept: set[str], limit: int = STORE_LIMIT) -> None:
        """Take away blobs that nothing names, where they are more than `limit` bytes together."""
        loose = [path for path in sorted(self._root.glob("*/*")) if path.name not in kept]
        if sum(path.lstat().st_size for path in loose) > limit:
            for path in loose:
                durable.remove_tree(path)
