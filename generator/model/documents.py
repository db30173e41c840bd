"""What `intake` hands over: grids of located cells, nothing interpreted.

Addresses are the ones on the clerk's screen: rows and columns count from 1, `C17` is column 3, row 17. A CSV row is
a record (as a spreadsheet would number it). In a docx each table is a sheet named 表格1, 表格2, …, and `C5` is the
third grid column of its fifth row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

CellType = Literal["text", "number", "boolean", "date", "formula", "error"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """A place in a filed document."""

    file: str
    """Name of the file as filed, no folders."""
    sheet: str | None = None
    """Sheet name; 表格N in a docx; None for a CSV or for the file as a whole."""
    cell: str | None = None
    """`C17` or a range `C17:D19`; None for the sheet or the file as a whole."""


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a 1-based column: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """Return the address of a 1-based row and column as a spreadsheet shows it: (17, 3) → C17."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """A rectangle of cells, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = cell_address(self.top, self.left), cell_address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One non-empty cell, once: a merged cell stands at its anchor only, with `merged` set."""

    row: int
    column: int
    text: str
    """As filed: line breaks kept as \\n, OOXML escapes decoded, nothing trimmed. For numbers the text that the
    sheet shows where that is certain (whole numbers, text), else `repr` of the value."""
    type: CellType = "text"
    raw: str = ""
    """For formula cells the formula, for dates and fractional numbers the stored value; otherwise empty."""
    merged: Range | None = None
    hidden_value: bool = False
    """The cell lies under a merged range of another cell: Excel does not show its text."""
    struck: bool = False
    """All or part of the text is struck through (people delete by striking)."""
    hidden_text: bool = False
    """All or part of the text has the docx "hidden" format."""
    autonumber: bool = False
    """docx: the paragraph carries automatic numbering, whose number is not in the text."""

    @property
    def address(self) -> str:
        """`C17`, or the whole merged range `A3:E3`."""
        return str(self.merged) if self.merged else cell_address(self.row, self.column)


OutsideKind = Literal["paragraph", "comment", "header", "footer", "textbox", "footnote", "drawing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideText:
    """Text of the document that stands in no cell of a table (paragraphs around docx tables, comments, text boxes)."""

    kind: OutsideKind
    text: str
    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet (xlsx, xls), one table (docx) or the whole file (csv)."""

    name: str | None
    cells: tuple[Cell, ...]
    """Sorted by row, then column."""
    merges: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False
    """An auto-filter is hiding rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something a reader saw that a rule speaks of; `checks` gives it severity and words."""

    rule: str
    where: Where
    found: str = ""
    """What was found, safe to show (control and bidi characters already escaped)."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Values for the {slots} of the rule's sentences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A filed document as read: located text, and what its reader could not accept."""

    file: str
    sha256: str
    size: int
    format: Literal["xlsx", "xls", "docx", "csv", "unknown"]
    sheets: tuple[Sheet, ...]
    outside: tuple[OutsideText, ...] = ()
    encoding: str | None = None
    """For csv: the encoding that was used, e.g. gb18030."""
    faults: tuple[Fault, ...] = ()
    census: Mapping[str, int] = field(default_factory=dict)
    """The independent count: "sheet!C17" → number of characters there, from the raw bytes and not from the reader."""
