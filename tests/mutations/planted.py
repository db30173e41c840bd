"""What an operator says it has planted, and the table of operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.mutations.paper import Form, Page, Paper, Row, untaken


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A finding that must come: its rule, and its place once the document is written."""

    rule: str
    page: Page | None = None
    row: Row | None = None
    column: int = 1
    last: int | None = None
    """Where a range ends; 0 for the last column that the page has in the end."""
    wide: bool = False
    """In Word the line spans the table."""
    cell: str | None = None
    """An address that does not move."""

    def where(self, paper: Paper) -> tuple[str | None, str | None]:
        """Sheet and cell."""
        if self.page is None:
            return None, self.cell
        if self.row is None:
            return paper.sheet(self.page), self.cell
        wide = self.last == 0 or (self.wide and paper.form == "docx")
        return paper.place(self.page, self.row, self.column, self.page.width if wide else self.last)


Act = Callable[[Paper, Page, Random], Planted | None]
"""Changes a page and says what must be found; None where the page offers no place for it."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One way in which a filing goes wrong."""

    name: str
    act: Act
    forms: tuple[Form, ...] = ("xlsx", "docx", "csv")
    kinds: tuple[str, ...] = ("basic", "supporting", "reclaimed")
    tag: str = ""
    """No two operators of one tag on one page: they would hide each other."""
    alone: bool = False
    """The document cannot be read on, so that nothing else could be found."""


def free_item(page: Page, random: Random, *, not_first: bool = False) -> Row | None:
    """A line that nothing is planted in, now taken."""
    rows = untaken(page.items()[1:] if not_first else page.items())
    if not rows:
        return None
    row = random.choice(rows)
    row.taken = True
    return row
