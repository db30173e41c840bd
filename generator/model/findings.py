"""What the checks say about a filed document, and the checklists they read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from generator.model.documents import Document, Where
from generator.model.kinds import Field, More
from generator.model.places import DivisionCode
from generator.model.text import Text

Severity = Literal["error", "confirm", "warning", "info"]
"""`confirm` blocks like an error until the filing carries a confirmation with reason, name and date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fault of a document, where the clerk sees it, and what to do."""

    rule: str
    severity: Severity
    where: Where
    found: str
    problem: Text
    fix: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Department:
    """A department on a line, with its own part of the duty where the document says which is whose."""

    name: str
    duty: str | None = None
    """None where the kind has no such column; "" never occurs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledItem:
    """One line of one filed checklist, every field as filed (outer spaces trimmed, lines kept)."""

    number: str
    category: str | None
    """The category without its serial and count: "一、党的建设（17项）" is 党的建设. None where the list has none."""
    name: str
    basis: str | None
    departments: tuple[Department, ...] | None
    """None for kinds without departments; () for reclaimed duties that nobody takes over (取消, 不再要求)."""
    township_duty: str | None
    method: str | None
    where: Where
    """The cell of the name."""
    cells: Mapping[Field, str]
    """The address of every field that the line has."""
    more: More = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """One list of one kind, for one or more townships of a county."""

    kind: str
    county: DivisionCode | None
    townships: tuple[DivisionCode, ...]
    """Sorted. Empty where neither the filing nor the document says which township it is for."""
    items: tuple[FiledItem, ...]
    where: Where
    """The sheet or table it was read from."""
    notes: tuple[str, ...] = ()
    """Titles, 填报单位 lines and 备注 around the table, as filed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """Everything `checks` has to say about the documents of one filing."""

    documents: tuple[Document, ...]
    checklists: tuple[Checklist, ...]
    findings: tuple[Finding, ...]
    """Sorted by file, sheet, row, column, rule."""

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def item_count(self) -> int:
        """How many lines were read over all lists; a base list's line counts once, however many lists share it."""
        return len({id(item) for checklist in self.checklists for item in checklist.items})
