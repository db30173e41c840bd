"""What is in force of the recorded, since when each line has said the same, and what each filing changed.

Every filing states its lists whole, so a township's list of one kind is what the latest filing says that counts:
approved by the county, reviewed by the prefecture, its day reached (the design's definition; a county may make the
province's record a gate). Nothing is replayed; the versions before it only tell what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from generator.model.filings import Filing, Stage
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS, MORE_FIELDS, Field
from generator.model.lists import (
    Change,
    ChangeType,
    CountyLists,
    CountyRegister,
    FieldChange,
    ItemId,
    Line,
    State,
    Version,
    VersionChanges,
)
from generator.model.places import DivisionCode
from generator.register.names import name_key

RECORD_GATE: Final = "record"
_KIND_ORDER: Final = {kind: order for order, kind in enumerate(LIST_KINDS)}
ListKey = tuple[DivisionCode, str]
"""Township and kind: what a version is a version of."""


def in_force(
    register: CountyRegister, *, as_of: date, gates: frozenset[str], preview: bool = False
) -> CountyLists:
    """Return the county's lists in force on `as_of`, what was removed, and what each filing changed.

    With `preview`, also every recorded version that is not in force and not yet followed by one that is: marked
    `pending`, after the one in force, its changes told against the version before it.
    """
    counting = {one.filing.id for one in register.filings if counts(one.filing, as_of=as_of, gates=gates)}
    runs: dict[ListKey, list[Version]] = {}
    for key, chain in chains(register).items():
        held = [version for version in chain if version.filing in counting]
        pending: list[Version] = []
        if preview:
            first = chain.index(held[-1]) + 1 if held else 0
            pending = [replace(version, pending=True) for version in chain[first:]]
        runs[key] = _with_since([*held, *pending])
    current = {
        key: next((version for version in reversed(run) if not version.pending), None)
        for key, run in runs.items()
    }
    signposts = _Signposts(runs, current)
    versions: list[Version] = []
    changes: list[VersionChanges] = []
    removed: list[tuple[DivisionCode, Line, str]] = []
    for key, run in runs.items():
        now = current[key]
        versions += [*([now] if now else []), *(version for version in run if version.pending)]
        for before, after in pairwise(run):
            found = compare(before.lines, after.lines)
            if found:
                changes.append(
                    VersionChanges(
                        township=key[0],
                        kind=key[1],
                        filing=after.filing,
                        before=before.filing,
                        changes=tuple(signposts.put(key, after.filing, change) for change in found),
                    )
                )
        removed += [
            (key[0], line, filing)
            for line, filing in _gone([version for version in run if not version.pending])
        ]
    return CountyLists(
        county=register.county,
        filings=tuple(one for one in register.filings if preview or one.filing.id in counting),
        versions=tuple(versions),
        removed=tuple(removed),
        changes=tuple(changes),
    )


def counts(filing: Filing, *, as_of: date, gates: frozenset[str]) -> bool:
    """Whether a filing had passed every stage and reached its day on `as_of`."""
    return filing.effective <= as_of and not stages_open(filing, as_of=as_of, gates=gates)


def stages_open(filing: Filing, *, as_of: date, gates: frozenset[str]) -> tuple[Stage, ...]:
    """Return the stages that a filing still had to pass on `as_of` before it could be in force."""
    stages: tuple[Stage, ...] = ("approval", "review")
    if RECORD_GATE in gates:
        stages = (*stages, "record")
    return tuple(stage for stage in stages if not _passed(filing, stage, as_of))


def _passed(filing: Filing, stage: Stage, as_of: date) -> bool:
    """Whether a stage was passed by that day; one without a date has not been, as far as anybody has said."""
    approval = filing.stage(stage)
    return approval is not None and approval.date is not None and approval.date <= as_of


def chains(register: CountyRegister) -> dict[ListKey, list[Version]]:
    """Return every recorded version of every list, oldest first; sorted by township, then kind.

    Each line's `since` is its own filing here: what it has said since when depends on which versions count.
    """
    lines: dict[tuple[str, str, DivisionCode], list[tuple[int, Line]]] = {}
    for item in register.items:
        for state in item.states:
            for occurrence in state.occurrences:
                line = Line(
                    item=item.id,
                    kind=item.kind,
                    number=occurrence.number,
                    state=state,
                    where=occurrence.where,
                    filing=occurrence.filing,
                    since=occurrence.filing,
                )
                for township in occurrence.townships:
                    key = (occurrence.filing, item.kind, township)
                    lines.setdefault(key, []).append((occurrence.position, line))
    found: dict[ListKey, list[Version]] = {}
    for recorded in register.filings:
        for kind, townships in recorded.covers.items():
            for township in townships:
                placed = lines.get((recorded.filing.id, kind, township), [])
                placed.sort(key=lambda one: one[0])
                found.setdefault((township, kind), []).append(
                    Version(
                        township=township,
                        kind=kind,
                        filing=recorded.filing.id,
                        lines=tuple([line for _, line in placed]),
                    )
                )
    return {key: found[key] for key in sorted(found, key=lambda key: (key[0], _KIND_ORDER[key[1]]))}


def _with_since(run: Sequence[Version]) -> list[Version]:
    """Return the run with each line's `since` reaching back over the versions in which it said the same."""
    if len(run) < 2:
        return list(run)
    told: list[Version] = []
    before: Mapping[ItemId, Line] = {}
    for version in run:
        lines = []
        for line in version.lines:
            was = before.get(line.item)
            # An item's equal contents are one State object, so identity is equality of the content.
            same = was is not None and was.state is line.state
            lines.append(replace(line, since=was.since) if was is not None and same else line)
        told.append(replace(version, lines=tuple(lines)))
        before = {line.item: line for line in lines}
    return told


def _gone(held: Sequence[Version]) -> list[tuple[Line, str]]:
    """Return the lines once in force and not now, as they last stood, with the filing that took each away."""
    gone: dict[ItemId, tuple[Line, str]] = {}
    for before, after in pairwise(held):
        there = {line.item for line in after.lines}
        for line in before.lines:
            if line.item not in there:
                gone[line.item] = (line, after.filing)
        for item in there:
            gone.pop(item, None)
    return [gone[item] for item in sorted(gone)]


# ---------------------------------------------------------------------------------------------- changes


def compare(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """Return what became of each line: in the order of the newer list, then what was removed in the older's.

    `renumbered` is said only of a line of which nothing but the number changed.
    """
    old = {line.item: line for line in before}
    changes: list[Change] = []
    for line in after:
        was = old.pop(line.item, None)
        if was is None:
            changes.append(_change("added", line, old_number=None, new_number=line.number))
            continue
        fields = () if was.state is line.state else field_changes(was.state, line.state)
        if fields or was.number != line.number:
            change = _change(
                "changed" if fields else "renumbered", line, old_number=was.number, new_number=line.number
            )
            changes.append(replace(change, fields=fields))
    changes += [_change("removed", line, old_number=line.number, new_number=None) for line in old.values()]
    return changes


def _change(
    what: ChangeType,
    line: Line,
    *,
    old_number: str | None,
    new_number: str | None,
) -> Change:
    return Change(
        type=what, item=line.item, name=line.state.name, old_number=old_number, new_number=new_number
    )


def field_changes(old: State, new: State) -> tuple[FieldChange, ...]:
    """Return the fields that say something else, as text: departments one a line, duties as `name：duty` lines."""
    several = max(len(old.departments or ()), len(new.departments or ())) > 1
    was_more, is_more = dict(old.more), dict(new.more)
    pairs: tuple[tuple[Field, str, str], ...] = (
        ("category", old.category or "", new.category or ""),
        ("name", old.name, new.name),
        ("basis", old.basis or "", new.basis or ""),
        ("departments", _names(old.departments), _names(new.departments)),
        ("department_duty", _duties(old.departments, several), _duties(new.departments, several)),
        ("township_duty", old.township_duty or "", new.township_duty or ""),
        ("method", old.method or "", new.method or ""),
        *((field, was_more.get(field, ""), is_more.get(field, "")) for field in MORE_FIELDS),
    )
    return tuple(FieldChange(field=field, old=was, new=now) for field, was, now in pairs if was != now)


def _names(departments: tuple[Department, ...] | None) -> str:
    return "\n".join(department.name for department in departments or ())


def _duties(departments: tuple[Department, ...] | None, several: bool) -> str:
    """Return the departments' duties; with the departments' names where either version has several."""
    stated = [one for one in departments or () if one.duty]
    return "\n".join(f"{one.name}：{one.duty}" if several else f"{one.duty}" for one in stated)


class _Signposts:
    """Where a line removed from one kind of list stands now, if another kind has its name."""

    def __init__(
        self, runs: Mapping[ListKey, Sequence[Version]], current: Mapping[ListKey, Version | None]
    ) -> None:
        self._runs = runs
        self._current = current
        self._known: dict[tuple[DivisionCode, str | None], dict[str, list[tuple[str, ItemId]]]] = {}

    def put(self, key: ListKey, filing: str, change: Change) -> Change:
        """Return the change with `moved_to`: as the removing filing itself has it, else as is in force now."""
        if change.type != "removed":
            return change
        township, kind = key
        for place in (filing, None):
            for other, item in self._names(township, place).get(name_key(change.name), ()):
                if other != kind:
                    return replace(change, moved_to=item)
        return change

    def _names(self, township: DivisionCode, filing: str | None) -> dict[str, list[tuple[str, ItemId]]]:
        """Return the names a township's lists have in one filing (or now, for None), with kind and item."""
        known = self._known.get((township, filing))
        if known is None:
            known = self._known[township, filing] = {}
            for version in self._versions(township, filing):
                for line in version.lines:
                    known.setdefault(name_key(line.state.name), []).append((line.kind, line.item))
        return known

    def _versions(self, township: DivisionCode, filing: str | None) -> list[Version]:
        keys = [(township, kind) for kind in LIST_KINDS]
        if filing is None:
            return [version for key in keys if (version := self._current.get(key)) is not None]
        return [version for key in keys for version in self._runs.get(key, ()) if version.filing == filing]
