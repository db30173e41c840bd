"""The recorded truth: items with their states, and what is in force of them.

An item is one matter in one county: the same name in the same kind is the same item in every township that has
it. A state is one content of an item; its occurrences say in which filing, for which townships, under which
number and in which cell it was filed. Every filing states its lists whole, so what is in force for a township is
what the latest filing in force says, and nothing has to be replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, NewType

from generator.model.documents import Where
from generator.model.filings import Filing
from generator.model.findings import Department
from generator.model.kinds import Field, More
from generator.model.places import DivisionCode

ItemId = NewType("ItemId", str)
"""`supporting-0042`: kind and the number given at first acceptance; never reused, not the filed number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One filed line that says a state, for the townships it speaks of."""

    filing: str
    number: str
    where: Where
    townships: tuple[DivisionCode, ...]
    position: int = 0
    """Its place in the list as filed, counted from 1: a list can run over several tables of a document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What an item said at some time: everything but its number and its place in the document."""

    category: str | None
    name: str
    basis: str | None
    departments: tuple[Department, ...] | None
    township_duty: str | None
    method: str | None
    occurrences: tuple[Occurrence, ...] = ()
    more: More = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One matter in one county, for ever."""

    id: ItemId
    kind: str
    states: tuple[State, ...]
    """In the order they were first recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedFiling:
    """A filing that was accepted, with the digests that prove it and the lists it states."""

    filing: Filing
    sha256: Mapping[str, str]
    """Document name → SHA-256 of its bytes."""
    covers: Mapping[str, tuple[DivisionCode, ...]]
    """List kind → the townships whose whole list of that kind it states."""
    order: int = 0
    """Counted from 1 in the order the county's filings were recorded: ids were given in that order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountyRegister:
    """Everything recorded for one county."""

    county: DivisionCode
    filings: tuple[RecordedFiling, ...]
    """Sorted by effective date, then id."""
    items: tuple[Item, ...]
    """Sorted by id."""
    next_numbers: Mapping[str, int] = field(default_factory=dict)
    """List kind → the number of the next new item; kept on its own, so that no number is ever given twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One item as one township's list in force (or a removed one's last list) shows it."""

    item: ItemId
    kind: str
    number: str
    state: State
    where: Where
    filing: str
    """The filing whose document this line stands in."""
    since: str
    """The filing since which this township's line has said the same (its number aside)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One township's list of one kind, as one filing states it."""

    township: DivisionCode
    kind: str
    filing: str
    lines: tuple[Line, ...]
    """In the order filed."""
    pending: bool = False
    """Not in force (not approved, not reviewed or not yet effective): shown by `--preview` only, marked."""


ChangeType = Literal["added", "removed", "changed", "renumbered"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One field of a line that says something else than before."""

    field: Field
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What one filing did to one line of one township's list."""

    type: ChangeType
    item: ItemId
    name: str
    """As the newer version names it (as the older one did, for a removed line)."""
    old_number: str | None
    new_number: str | None
    fields: tuple[FieldChange, ...] = ()
    moved_to: ItemId | None = None
    """For a removed line: the item of another kind with the same name in the newer filing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionChanges:
    """What one filing changed in one township's list of one kind."""

    township: DivisionCode
    kind: str
    filing: str
    before: str
    """The filing of the version before."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CountyLists:
    """What a county's pages are made of: the versions shown, what changed, and what was removed."""

    county: DivisionCode
    filings: tuple[RecordedFiling, ...]
    """Those in force or once in force (with `preview`, all), sorted by effective date."""
    versions: tuple[Version, ...]
    """Sorted by township, then by the order of the kinds' table."""
    removed: tuple[tuple[DivisionCode, Line, str], ...]
    """Township, the line as last in force, and the filing that removed it: those pages stay."""
    changes: tuple[VersionChanges, ...]
    """Sorted by township, kind, filing."""

    def as_shown(self) -> CountyLists:
        """Return the lists as a site shows them: one version of each, the newest.

        Only a preview has more: a version in force and those still to come into force. An item has one page, so the
        newest version stands in the place of the older ones, and what it would take off is removed by its filing.
        """
        runs: dict[tuple[DivisionCode, str], list[Version]] = {}
        for version in self.versions:
            runs.setdefault((version.township, version.kind), []).append(version)
        newest = tuple(run[-1] for run in runs.values())
        if len(newest) == len(self.versions):
            return self
        shown = {(version.township, line.item) for version in newest for line in version.lines}
        gone = {(township, line.item): (line, filing) for township, line, filing in self.removed}
        for (township, _), run in runs.items():
            for before, after in pairwise(run):
                kept = {line.item for line in after.lines}
                gone |= {
                    (township, line.item): (line, after.filing)
                    for line in before.lines
                    if line.item not in kept
                }
        removed = tuple(
            (township, line, filing)
            for (township, item), (line, filing) in sorted(gone.items())
            if (township, item) not in shown
        )
        return replace(self, versions=newest, removed=removed)

    def version(self, township: DivisionCode, kind: str) -> Version | None:
        """Return that township's list of that kind, or None where none is in force."""
        return next((v for v in self.versions if v.township == township and v.kind == kind), None)

    def recorded(self, filing: str) -> RecordedFiling:
        """Return the recorded filing with this id. Raises StopIteration for one that is not there."""
        return next(recorded for recorded in self.filings if recorded.filing.id == filing)
