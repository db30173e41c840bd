"""A release becomes live, step by step: nobody ever sees half of one, whatever fails or is killed when.

    look · lock · recover · preflight · stage · seal · read back · switch · look at it · history · clear old ones away · unlock

`switch` is the only step that readers notice. Until it, the old release is live and what was staged is nothing to anybody; after it,
the new one is live, and a run that is cut is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from generator.errors import LockedError, PublishError, QingdanError, UsageError
from generator.model.releases import Entry, Manifest
from generator.model.text import Text
from generator.release.faults import in_words, said_of
from generator.release.ledger import LEDGER, Ledger, moment_text
from generator.release.note import MANIFEST, NOTE, PUBLIC_LEDGER, Note, is_id, moment_of, release_id
from generator.release.order import is_by_content, is_page
from generator.release.state import Office, Sealed, State, looked_at, named, read_sealed, recovered, unharmed
from generator.release.target import Progress, Staged, Unit
from generator.release.tree import Built, Held, assembled, entry_of, repeated

KEPT: Final = timedelta(days=7)
"""How long a release that was replaced stays on the target, and its assets with the ones after it."""
_LOOKS: Final = 5
"""Pages that are read back through the portal's own path after the switch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Travel:
    """What a release changes on the target."""

    sent: tuple[str, ...]
    """Paths that are new or changed and travel; compressed copies included."""
    size: int
    """Bytes of these."""
    kept: int
    """Files that the target holds already."""
    deleted: tuple[str, ...]
    """Paths that readers will no longer find."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a run did to one unit."""

    unit: str
    id: str | None
    """The release that was made; None where what is live has the same pages already."""
    live: str | None
    travel: Travel | None
    ledger: Ledger
    site_atomic: bool
    said: tuple[Text, ...]


def intended(unit: Unit, built: Built, office: Office, progress: Progress) -> Published:
    """Say what a release would send and delete; nothing is touched."""
    with in_words(office.unit):
        state = looked_at(unit, office)
        travel = None
        if not _is_same(state, built):
            _, staged = assembled(
                built, state.held, _carried(unit, state, built.manifest.files, office), progress
            )
            travel = _travel(staged, state, built.manifest)
        return Published(
            unit=office.unit,
            id=None,
            live=state.pointer,
            travel=travel,
            ledger=state.ledger,
            site_atomic=True,
            said=state.said,
        )


def publish(
    unit: Unit,
    seen: str | None,
    built: Built,
    office: Office,
    max_deletes: int,
    progress: Progress,
) -> Published:
    """Make `built` the live release; the same pages are not published again.

    `seen` is the release that was live when this run looked (`unit.pointer()`): if it no longer is, somebody published meanwhile.

    Raises:
        PublishError: it did not become live, and why; or more than `max_deletes` files would go.
        LockedError: another run publishes, or has published meanwhile.
        UsageError: it was built as a preview.
    """
    if built.preview:
        raise UsageError(
            Text(
                zh=f"{built.folder} 是预览（含未生效的清单），不能发布。",
                en=f"{built.folder} is a preview (with lists not in force) and cannot be published.",
            ),
            Text(
                zh="请不带 --preview 重新建站；要发布预览，请用 publish --preview。",
                en="Build it without --preview; to show the preview, use publish --preview.",
            ),
        )
    with in_words(office.unit), unit.lock(office.owner):
        _compare(unit, seen)
        state = recovered(unit, office, progress)
        if _is_same(state, built):
            cleared = _clear(unit, state.ledger, office)
            return _outcome(unit, state, None, None, (*state.said, *cleared))
        carried = _carried(unit, state, built.manifest.files, office)
        manifest, staged = assembled(built, state.held, carried, progress)
        travel = _travel(staged, state, built.manifest)
        _allow(travel.deleted, max_deletes)
        note = _note(
            office,
            state,
            manifest,
            built.manifest.digest,
            tuple(sorted(entry.path for entry in carried)),
            None,
        )
        return _go_live(unit, state, office, note, manifest, staged, travel, progress)


def roll_back(unit: Unit, seen: str | None, to: str | None, office: Office, progress: Progress) -> Published:
    """Show an earlier release again (the one before the live one, without `to`), as a new line of the history.

    Its files become a release of their own, linked where the target can link, so that the assets of what was live a moment ago stay.

    Raises as `publish` does; UsageError for a release that is not there.
    """
    with in_words(office.unit), unit.lock(office.owner):
        _compare(unit, seen)
        state = recovered(unit, office, progress)
        to = to or next((line.id for line in reversed(state.ledger.lines[:-1])), None)
        known = [line.id for line in state.ledger.lines if line.id in unit.releases()]
        if to is None or to not in known or to == state.pointer:
            raise _no_such(to, [one for one in known if one != state.pointer], office.unit)
        earlier = _earlier(unit, state.ledger, to, office)
        held = unharmed(unit, earlier, progress)
        own = {entry.path: entry for entry in earlier.own}
        carried = {entry.path: entry for entry in _carried(unit, state, earlier.own, office)}
        manifest, staged = repeated(
            office.unit,
            Held(place=held.place, entries=own),
            Held(place=state.held.place, entries=carried),
        )
        note = _note(office, state, manifest, earlier.note.content, tuple(sorted(carried)), to)
        travel = _travel(staged, state, Manifest(unit=office.unit, files=earlier.own))
        return _go_live(unit, state, office, note, manifest, staged, travel, progress)


def publish_preview(unit: Unit, built: Built, office: Office, progress: Progress) -> Published:
    """Put `built` under previews/<id>/; what is live stays as it is."""
    with in_words(office.unit), unit.lock(office.owner):
        state = recovered(unit, office, progress)
        manifest, staged = assembled(built, state.held, (), progress)
        note = _note(office, state, manifest, built.manifest.digest, (), None, kind="preview")
        files = [*staged, *_papers(note, manifest, state.ledger, office)]
        _make(unit, f"previews/{note.id}", files, progress)
        travel = _travel(staged, state, built.manifest)
        return _outcome(unit, state, note.id, travel, (*state.said, *_clear(unit, state.ledger, office)))


def _compare(unit: Unit, seen: str | None) -> None:
    """Somebody else's release must not be replaced unseen."""
    live = unit.pointer()
    if live != seen:
        raise LockedError(
            Text(
                zh=f"在此期间已有人发布：在线的是 {live}，开始时是 {seen or '空'}。",
                en=f"Somebody published meanwhile: {live} is live, it was {seen or 'nothing'} at the start.",
            ),
            Text(
                zh="请核对在线版本，需要时再运行一次。", en="Look at what is live, and run again if need be."
            ),
        )


def _is_same(state: State, built: Built) -> bool:
    return (
        state.live is not None
        and not state.damaged
        and state.live.note.content == built.manifest.digest
        and state.ledger.live == state.pointer
    )


def _carried(unit: Unit, state: State, files: Sequence[Entry], office: Office) -> list[Entry]:
    """Return the assets of the live release, and of those that ended less than `KEPT` ago, that the new one has not itself.

    All of them are taken from the live release, which carries those of the others.
    """
    if state.live is None:
        return []
    wanted = {entry.path for entry in state.live.own}
    there = frozenset(unit.releases())
    for line in state.ledger.lines:
        if line.id not in there:
            continue
        ended = state.ledger.ended(line.id)
        if ended is not None and office.moment - ended < KEPT:
            # Whoever damaged an old release only loses it its say in what is carried.
            with suppress(QingdanError):
                earlier = read_sealed(unit, f"releases/{line.id}", office.unit, office.is_signed)
                wanted |= {entry.path for entry in earlier.own}
    new = {entry.path for entry in files}
    return [
        entry
        for path, entry in sorted(state.held.entries.items())
        if path in wanted and is_by_content(path) and path not in new and path.removesuffix(".gz") not in new
    ]


def _travel(staged: Sequence[Staged], state: State, built: Manifest) -> Travel:
    sent = [file for file in staged if file.held_in is None]
    new = {file.entry.path for file in staged} | {entry.path for entry in built.files}
    before = {entry.path for entry in state.live.own} if state.live else set()
    return Travel(
        sent=tuple(sorted(file.entry.path for file in sent)),
        size=sum(file.entry.size for file in sent),
        kept=len(staged) - len(sent),
        deleted=tuple(
            sorted(
                path
                for path in before - new
                if not (path.endswith(".gz") and path.removesuffix(".gz") in before)
            )
        ),
    )


def _allow(deleted: Sequence[str], max_deletes: int) -> None:
    if len(deleted) <= max_deletes:
        return
    raise PublishError(
        Text(
            zh=f"这次发布会删除 {len(deleted)} 个文件，超过上限 {max_deletes}：{named(deleted)}。旧版仍在线。",
            en=f"This release would delete {len(deleted)} files, more than {max_deletes}: {named(deleted)}. "
            "The old release is still live.",
        ),
        Text(
            zh=f"如果确实要删，请加上 --max-deletes {len(deleted)}。",
            en=f"If that is meant, add --max-deletes {len(deleted)}.",
        ),
    )


def _earlier(unit: Unit, ledger: Ledger, to: str, office: Office) -> Sealed:
    """Return a release as history knows it. Signed is not enough: a preview lying in its place was signed too."""
    earlier = read_sealed(unit, f"releases/{to}", office.unit, office.is_signed)
    manifest = next(line.manifest for line in ledger.lines if line.id == to)
    if (earlier.note.kind, earlier.note.id, earlier.note.manifest) != ("release", to, manifest):
        raise PublishError(
            Text(
                zh=f"目标上 {to} 的内容不是台账所记的那一版。旧版仍在线。",
                en=f"What lies at {to} on the target is not the release of the history. The old release is live.",
            ),
            Text(
                zh="请换一个版本，并查明是谁改的。",
                en="Choose another release, and find out who changed it.",
            ),
        )
    return earlier


def _no_such(to: str | None, known: Sequence[str], name: str) -> UsageError:
    listed = ", ".join(reversed(known)) or "-"
    if not known:
        return UsageError(
            Text(zh=f"{name} 没有可以退回的版本。", en=f"There is no release of {name} to go back to."),
            Text(zh="用 qingdan releases 查看历次发布。", en="See qingdan releases."),
        )
    return UsageError(
        Text(
            zh=f"{name} 不能退回到 {to or '上一版'}：目标上没有它，或它正在线。",
            en=f"{name} cannot go back to {to or 'the release before'}: it is not on the target, or it is live.",
        ),
        Text(zh=f"可以退回：{listed}。", en=f"Kept are: {listed}."),
    )


def _note(
    office: Office,
    state: State,
    manifest: Manifest,
    content: str,
    carried: tuple[str, ...],
    repeats: str | None,
    kind: str = "release",
) -> Note:
    number = state.ledger.number + 1
    return Note(
        kind="preview" if kind == "preview" else "release",
        unit=office.unit,
        id=release_id(office.moment, number),
        number=number,
        repeats=repeats,
        published=moment_text(office.moment),
        manifest=manifest.digest,
        content=content,
        carried=carried,
        previous_manifest=state.ledger.lines[-1].manifest if state.ledger.lines else None,
        previous_line=state.ledger.hash,
    )


def _papers(note: Note, manifest: Manifest, ledger: Ledger, office: Office) -> list[Staged]:
    """Return what a release says of itself, and the history with its own line: whoever reads it can check both."""
    bodies: Mapping[str, bytes] = {
        MANIFEST: manifest.body(),
        NOTE: note.body(office.sign),
        PUBLIC_LEDGER: ledger.body(office.sign),
    }
    return [Staged(entry=entry_of(path, body), source=body, held_in=None) for path, body in bodies.items()]


def _make(unit: Unit, place: str, files: Sequence[Staged], progress: Progress) -> None:
    """Preflight, stage, seal, and read every byte back."""
    home, _, name = place.partition("/")
    if name in (unit.releases() if home == "releases" else unit.previews()):
        unit.remove(place)  # sealed in this very second by a run that was cut before it went live
    travelling = [file for file in files if file.held_in is None or not unit.site_atomic]
    unit.preflight(sum(file.entry.size for file in travelling), len(travelling))
    unit.stage(place, files, progress)
    try:
        unit.seal(place)
        there = {entry.path: entry for entry in unit.reread(place, progress)}
    except OSError:
        with suppress(OSError, PublishError):  # what was not flushed is not to be trusted, nor tried again
            unit.remove(place)
        raise
    wanted = {file.entry.path: file.entry for file in files}
    wrong = sorted(path for path in there.keys() | wanted.keys() if there.get(path) != wanted.get(path))
    if wrong:
        unit.remove(place)
        raise PublishError(
            Text(
                zh=f"目标上读回的内容与写入的不同：{named(wrong)}。旧版仍在线。",
                en=f"What the target gives back is not what was written: {named(wrong)}. The old release is live.",
            ),
            Text(
                zh="请等建站结束后再运行一次；若仍然如此，请检查目标的磁盘。",
                en="Run again once no build is running; if it persists, check the target's disk.",
            ),
        )


def _go_live(
    unit: Unit,
    state: State,
    office: Office,
    note: Note,
    manifest: Manifest,
    staged: Sequence[Staged],
    travel: Travel,
    progress: Progress,
) -> Published:
    """From staging to the history: what `publish` and `roll_back` have in common."""
    ledger = state.ledger.with_line(note.id, note.manifest, note.published, note.repeats)
    papers = _papers(note, manifest, ledger, office)
    _make(unit, f"releases/{note.id}", [*staged, *papers], progress)
    try:
        unit.switch(state.pointer, note.id)
    except OSError as error:
        if unit.pointer() == note.id:
            raise said_of(office.unit, error, _LIVE_BUT) from error
        raise said_of(office.unit, error, None if unit.site_atomic else _IN_PART) from error
    _look(unit, state, note, manifest, papers)
    try:
        unit.write(LEDGER, ledger.body(office.sign))
    except OSError as error:
        raise said_of(office.unit, error, _LIVE_BUT) from error
    live = Sealed(place=f"releases/{note.id}", note=note, manifest=manifest)
    now = State(pointer=note.id, ledger=ledger, live=live)
    return _outcome(unit, now, note.id, travel, (*state.said, *_clear(unit, ledger, office)))


_LIVE_BUT: Final = Text(
    zh="新版已经在线，但还没有记入台账。", en="The new release is live, but the history does not say so yet."
)

_NOT_BACK: Final = Text(
    zh="切换后读到的不是新版，也未能退回旧版。",
    en="After the switch, readers did not get the new pages, and the old ones could not be shown again.",
)

_IN_PART: Final = Text(
    zh="逐页替换只完成了一部分。", en="Some pages are the new ones already, others still the old ones."
)


def _look(unit: Unit, state: State, note: Note, manifest: Manifest, papers: Sequence[Staged]) -> None:
    """Read some pages the way a reader gets them; if they are not the new ones, go back."""
    pages = [entry for entry in manifest.files if is_page(entry.path)] or list(manifest.files)
    looked = [*pages[:: max(1, len(pages) // _LOOKS)][:_LOOKS], *(paper.entry for paper in papers)]
    wrong = [entry.path for entry in looked if _as_read(unit, entry.path) != entry]
    if not wrong:
        return
    if state.pointer is not None:
        try:
            unit.switch(note.id, state.pointer)
        except OSError as error:
            raise said_of(note.unit, error, _NOT_BACK) from error
    raise PublishError(
        Text(
            zh=f"切换后读到的不是新版：{named(wrong)}。"
            + ("已退回旧版。" if state.pointer else "这是第一次发布，没有旧版可退。"),
            en=f"After the switch, readers did not get the new pages: {named(wrong)}. "
            + (
                "The old release is live again."
                if state.pointer
                else "There is no older release to go back to."
            ),
        ),
        Text(
            zh="请检查目标的磁盘和权限，再运行一次。",
            en="Check disk and permissions of the target, run again.",
        ),
    )


def _as_read(unit: Unit, path: str) -> Entry | None:
    try:
        body = unit.read_live(path)
    except OSError:
        return None
    return None if body is None else entry_of(path, body)


def _clear(unit: Unit, ledger: Ledger, office: Office) -> tuple[Text, ...]:
    """Remove releases and previews whose time is over; what is not named by us is never touched.

    The release is live by now: what cannot be removed is said, and is no failure.
    """
    said = []
    recent = {line.id for line in ledger.lines[-2:]}
    try:
        places = [f"releases/{name}" for name in unit.releases() if is_id(name) and name not in recent]
        places += [f"previews/{name}" for name in unit.previews() if is_id(name)]
        pointer = unit.pointer()
        for place in places:
            name = place.partition("/")[2]
            with suppress(ValueError):
                ended = ledger.ended(name) or moment_of(name)
                if name != pointer and office.moment - ended >= KEPT:
                    unit.remove(place)
    except (OSError, PublishError) as error:
        problem = error.problem if isinstance(error, PublishError) else Text(zh=str(error), en=str(error))
        said.append(
            Text(
                zh=f"新版已在线；旧版本未能全部清理：{problem.zh}",
                en=f"The new release is live; not all old ones could be removed: {problem.en}",
            )
        )
    return tuple(said)


def _outcome(
    unit: Unit, state: State, made: str | None, travel: Travel | None, said: tuple[Text, ...]
) -> Published:
    return Published(
        unit=state.ledger.unit,
        id=made,
        live=state.pointer,
        travel=travel,
        ledger=state.ledger,
        site_atomic=unit.site_atomic,
        said=said,
    )
