"""What a report workbook says about checked documents: sentences ready to show, and the cells they speak of."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.findings import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One cell of the document to be filled by severity, with what is wrong and what to do as its comment."""

    sheet: str
    """Name of the sheet as filed."""
    row: int
    column: int
    severity: Severity
    """The gravest of the cell's findings."""
    comment: str
    """Empty for the further cells of a range."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """One finding in the list."""

    severity: Severity
    texts: tuple[str, ...]
    """One text for each column."""
    target: tuple[str, str] | None = None
    """Sheet as filed and address of the first cell, where the document has that sheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPlan:
    """A list of findings as a sheet, and the marks that belong into the document's own cells."""

    sheet: str
    title: str
    lines: tuple[str, ...]
    """Between title and list: what was checked, the counts, how to read it."""
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    """In characters, as a spreadsheet counts them."""
    severity_column: int
    """0-based: the column that is filled by severity."""
    link_column: int
    """0-based: the column whose cells lead to the cell that a finding speaks of."""
    rows: tuple[ReportRow, ...]
    marks: tuple[Mark, ...]
    """Sorted by sheet, row and column; a cell occurs once."""
    author: str
    """Whom the comments name as their author."""
