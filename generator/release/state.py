"""What stands on a target before anything is done to it, and the mending of what a cut run left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from generator.errors import DiffersError, PublishError
from generator.model.releases import Entry, Manifest, manifest_from
from generator.model.text import Text
from generator.release.ledger import LEDGER, IsSigned, Ledger, Sign, forked, read_ledger
from generator.release.note import KEPT_SMALL, MANIFEST, NOTE, Note, is_id, read_note
from generator.release.target import Progress, Unit
from generator.release.tree import NOTHING_HELD, Held


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Who publishes, when, and with which key."""

    unit: str
    moment: datetime
    owner: str
    """A line for humans that stands in the lock."""
    sign: Sign
    is_signed: IsSigned


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A release or preview as it vouches for itself."""

    place: str
    note: Note
    manifest: Manifest

    @property
    def own(self) -> tuple[Entry, ...]:
        """Its files without the assets that it carries for earlier releases."""
        carried = frozenset(self.note.carried)
        return tuple(entry for entry in self.manifest.files if entry.path not in carried)


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What stands on the target."""

    pointer: str | None
    ledger: Ledger
    live: Sealed | None
    """None before the first release, and where what is live cannot vouch for itself."""
    held: Held = NOTHING_HELD
    """Files of the live release that were read back and are as sealed."""
    damaged: tuple[str, ...] = ()
    said: tuple[Text, ...] = field(default=())


def read_sealed(unit: Unit, place: str, name: str, is_signed: IsSigned) -> Sealed:
    """Return what a sealed place of unit `name` says of itself. Raises DiffersError where that does not hold together."""
    note = read_note(unit.read(f"{place}/{NOTE}", KEPT_SMALL) or b"", name, is_signed)
    body = unit.read(f"{place}/{MANIFEST}", KEPT_SMALL) or b""
    return Sealed(place=place, note=note, manifest=manifest_of(body, note))


def manifest_of(body: bytes, note: Note) -> Manifest:
    """Return the manifest that a note names. Raises DiffersError for any other."""
    try:
        manifest = manifest_from(body)
    except ValueError:
        manifest = Manifest(unit="", files=())
    if manifest.digest != note.manifest or manifest.unit != note.unit:
        raise DiffersError(
            Text(
                zh=f"{note.unit} 的 {MANIFEST} 与签名的清单不符。",
                en=f"{MANIFEST} of {note.unit} is not the one that was signed.",
            ),
            Text(zh="请重新发布，并查明是谁改的。", en="Publish again, and find out who changed it."),
        )
    return manifest


def looked_at(unit: Unit, office: Office) -> State:
    """Return what stands on the target, without a lock and without reading every file.

    Raises PublishError where the history does not hold.
    """
    pointer = unit.pointer()
    live, said = _live(unit, pointer, office)
    ledger, _ = _history(unit, live, office)
    held = Held(place=live.place, entries=_entries(live)) if live else NOTHING_HELD
    return State(pointer=pointer, ledger=ledger, live=live, held=held, said=said)


def recovered(unit: Unit, office: Office, progress: Progress) -> State:
    """Clear away what a cut run left, read the live release back, and finish its line in the history. Needs the lock.

    Raises PublishError where the history does not hold, or the clock is behind it.
    """
    done = list(unit.recover())
    pointer = unit.pointer()
    live, said = _live(unit, pointer, office)
    ledger, missing = _history(unit, live, office)
    if missing:
        unit.write(LEDGER, ledger.body(office.sign))
        done.append(
            Text(
                zh=f"补记了上次中断的发布：第 {ledger.number} 号。",
                en=f"Completed the record of release {ledger.number}, which was cut.",
            )
        )
    held, damaged = _verified(unit, live, progress) if live else (NOTHING_HELD, ())
    if damaged:
        done.append(_damage(damaged))
    last = ledger.lines[-1].moment if ledger.lines else ""
    if last > office.moment.strftime("%Y-%m-%dT%H:%M:%SZ"):
        raise PublishError(
            Text(
                zh=f"本机时钟早于最近一次发布的时间（{last}）。",
                en=f"This machine's clock is behind the last release ({last}).",
            ),
            Text(
                zh="请校准时钟后重试；旧版仍在线。若上次发布时时钟错在将来，请看 docs/delivery.md 第六节。",
                en="Set the clock, then run again; the old release is live. "
                "If it was ahead at the last release, see docs/delivery.md, 6.",
            ),
        )
    return State(pointer=pointer, ledger=ledger, live=live, held=held, damaged=damaged, said=(*done, *said))


def _entries(sealed: Sealed) -> dict[str, Entry]:
    return {entry.path: entry for entry in sealed.manifest.files}


def _live(unit: Unit, pointer: str | None, office: Office) -> tuple[Sealed | None, tuple[Text, ...]]:
    """Return the live release, or None and why it cannot be believed: then nothing is taken from it."""
    if pointer is None:
        return None, ()
    try:
        live = read_sealed(unit, f"releases/{pointer}", office.unit, office.is_signed)
    except DiffersError as error:
        return None, (error.problem,)
    if live.note.id != pointer or live.note.kind != "release":
        return None, (
            Text(
                zh=f"在线的 {pointer} 自称是 {live.note.id}，不予采信。",
                en=f"What is live as {pointer} calls itself {live.note.id}; it is not believed.",
            ),
        )
    return live, ()


def _history(unit: Unit, live: Sealed | None, office: Office) -> tuple[Ledger, bool]:
    """Return the history that fits what is live, and whether its last line still has to be written down."""
    body = unit.read(LEDGER, KEPT_SMALL)
    note = live.note if live else None
    try:
        if body is None and _is_beginning(unit, note):
            ledger = Ledger(unit=office.unit)
        else:
            ledger = read_ledger(body or b"", office.unit, office.is_signed)
        if note is None or live is None:
            return ledger, False
        if note.number == ledger.number + 1 and note.previous_line == ledger.hash:
            return _with_note(ledger, note), True
        if note.number > ledger.number + 1:
            # Reads it once more, to say the same of a missing end as of any other.
            read_ledger(body or b"", office.unit, office.is_signed, {note.number: ""})
        if note.number > ledger.number or ledger.lines[note.number - 1].id != note.id:
            raise forked(office.unit, min(note.number, ledger.number))
        if ledger.lines[note.number - 1].previous != note.previous_line:
            raise forked(office.unit, note.number - 1)
    except DiffersError as error:
        raise PublishError(error.problem, error.fix) from error
    return ledger, False


def _is_beginning(unit: Unit, note: Note | None) -> bool:
    """Whether a missing history is one that never began: nothing is live, or the first release, and no later one is there."""
    began = note.number == 1 if note else unit.pointer() is None
    return began and not any(is_id(name) and not name.endswith("-0001") for name in unit.releases())


def _with_note(ledger: Ledger, note: Note) -> Ledger:
    return ledger.with_line(note.id, note.manifest, note.published, note.repeats)


def _verified(unit: Unit, sealed: Sealed, progress: Progress) -> tuple[Held, tuple[str, ...]]:
    """Read a sealed place back; return what is unharmed and the paths of what is not."""
    there = {entry.path: entry for entry in unit.reread(sealed.place, progress)}
    expected = _entries(sealed)
    good = {path: entry for path, entry in expected.items() if there.get(path) == entry}
    return Held(place=sealed.place, entries=good), tuple(sorted(expected.keys() - good.keys()))


def unharmed(unit: Unit, sealed: Sealed, progress: Progress) -> Held:
    """Return a sealed place that was read back whole. Raises PublishError naming every file that is not as sealed."""
    held, damaged = _verified(unit, sealed, progress)
    if damaged:
        raise PublishError(
            _damage(damaged),
            Text(
                zh="请换一个版本，或重新建站后发布。",
                en="Choose another release, or build the site and publish.",
            ),
        )
    return held


def named(paths: Sequence[str]) -> str:
    """Return a list of paths that a person can take in."""
    return ", ".join(paths[:5]) + (f", … (+{len(paths) - 5})" if len(paths) > 5 else "")


def _damage(damaged: Sequence[str]) -> Text:
    return Text(
        zh=f"目标上有 {len(damaged)} 个文件与发布时不同：{named(damaged)}。",
        en=f"{len(damaged)} file(s) on the target are not as released: {named(damaged)}.",
    )
