"""A county's lists arranged as its pages need them, the same for every language."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.confirmed import confirmed_lines
from generator.model.filings import Confirmation
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS
from generator.model.lists import Change, CountyLists, ItemId, Line, RecordedFiling, Version, VersionChanges
from generator.model.places import Division, DivisionCode
from generator.model.settings import County
from generator.model.shell import CountySummary


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One line in force on which one department stands."""

    township: Division
    line: Line
    department: Department


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """A line that is no longer in force: its page stays."""

    line: Line
    filing: str
    """The filing that removed it."""
    moved_to: ItemId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One entry in the history of a line: what a filing did to it."""

    filing: RecordedFiling
    change: Change | None
    """None for the filing that listed it first, before which nothing is known."""
    number: str


class Dossier:
    """What is in force in a county, what changed, and who stands where."""

    def __init__(self, county: County, lists: CountyLists) -> None:
        self.county = county
        self.filings = {recorded.filing.id: recorded for recorded in lists.filings}
        self.places = {division.code: division for division in county.townships}
        self.sample = county.sample or any(recorded.filing.sample for recorded in lists.filings)
        self.versions: dict[DivisionCode, list[Version]] = {code: [] for code in self.places}
        self.changes: dict[DivisionCode, list[VersionChanges]] = {code: [] for code in self.places}
        self.removed: dict[DivisionCode, dict[ItemId, Removed]] = {code: {} for code in self.places}
        self._events: dict[tuple[DivisionCode, ItemId], list[tuple[RecordedFiling, Change]]] = {}
        for version in lists.versions:
            self.versions[version.township].append(version)
        for changed in lists.changes:
            self.changes[changed.township].append(changed)
            for change in changed.changes:
                event = (self.filings[changed.filing], change)
                self._events.setdefault((changed.township, change.item), []).append(event)
        self._confirmed = confirmed_lines(lists)
        self._keep_removed(lists)
        self.pending = frozenset(version.filing for version in lists.versions if version.pending)
        """Filings of which a preview shows a list that is not in force: nothing of theirs applies yet."""
        self.holdings = self._find_holdings()

    def in_force(self) -> list[RecordedFiling]:
        """Return the filings that state a list shown now, latest first."""
        stating = {version.filing for versions in self.versions.values() for version in versions}
        return [recorded for recorded in reversed(self.filings.values()) if recorded.filing.id in stating]

    def township_filings(self, township: DivisionCode) -> list[RecordedFiling]:
        """Return the filings that state one of this township's lists shown now, latest first."""
        stating = {version.filing for version in self.versions[township]}
        return [recorded for recorded in reversed(self.filings.values()) if recorded.filing.id in stating]

    def confirmations(self, line: Line) -> tuple[Confirmation, ...]:
        """Return what the county answered for in this line: a veto or a letter of responsibility, with its basis."""
        return self._confirmed.get((line.filing, line.where), ()) if self._confirmed else ()

    def history(self, township: DivisionCode, line: Line) -> list[Event]:
        """Return what filings did to this line, oldest first, beginning with the one that listed it first."""
        known = self._events.get((township, line.item), [])
        events = [
            Event(
                filing=recorded, change=change, number=change.new_number or change.old_number or line.number
            )
            for recorded, change in known
        ]
        if known and known[0][1].type == "added":
            return events
        first = next(
            (r for r in self.filings.values() if township in r.covers.get(line.kind, ())),
            self.filings[line.filing],
        )
        number = (known[0][1].old_number if known else None) or line.number
        return [Event(filing=first, change=None, number=number), *events]

    def summary(self) -> CountySummary:
        """Return the little that the province's pages need."""
        division, prefecture = self.county.division, self.county.prefecture
        shown = [version for versions in self.versions.values() for version in versions]
        lines = {
            kind: sum(len(version.lines) for version in shown if version.kind == kind) for kind in LIST_KINDS
        }
        effective = [one.filing.effective for one in self.in_force() if one.filing.id not in self.pending]
        return CountySummary(
            code=division.code,
            name=division.name,
            english=division.english,
            prefecture=prefecture.name,
            prefecture_english=prefecture.english,
            languages=self.county.languages,
            sample=self.sample,
            townships=len(self.county.townships),
            lines={kind: number for kind, number in lines.items() if number},
            items=len({line.item for version in shown for line in version.lines}),
            latest=max(effective).isoformat() if effective else None,
        )

    def _keep_removed(self, lists: CountyLists) -> None:
        shown = {(v.township, line.item) for v in lists.versions for line in v.lines}
        for township, line, filing in lists.removed:
            if (township, line.item) in shown:
                continue  # taken off and put back on later: its page is the one in force
            moved = next(
                (
                    change.moved_to
                    for recorded, change in self._events.get((township, line.item), [])
                    if recorded.filing.id == filing and change.type == "removed"
                ),
                None,
            )
            if moved is not None and (township, moved) not in shown:
                moved = None
            self.removed[township][line.item] = Removed(line=line, filing=filing, moved_to=moved)

    def _find_holdings(self) -> dict[str, list[Holding]]:
        found: dict[str, list[Holding]] = {}
        for code, versions in self.versions.items():
            for version in versions:
                for line in version.lines:
                    for department in line.state.departments or ():
                        holding = Holding(township=self.places[code], line=line, department=department)
                        found.setdefault(department.name, []).append(holding)
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))
