"""Which lines of a difference document say that a line of the county's base list does not apply to a township.

Either a column 适用情况 (是否适用) says 不适用 or 删除, or the line stands under the category row 不适用事项.
"""

from __future__ import annotations

from typing import Final, Literal

from generator.checks.headers import Column, heading_key
from generator.checks.table import NOT_APPLYING, Line
from generator.checks.text import fold
from generator.model.documents import Cell

_HEADINGS: Final = frozenset({"适用情况", "是否适用"})
_LEFT_OUT: Final = frozenset({"不适用", "删除", "否"})
_KEPT: Final = frozenset({"", "适用", "是"})

Applying = Literal["applies", "left out", "unclear"]


def is_applying_column(column: Column) -> bool:
    """Whether a column tells, in a difference document, if a line applies."""
    return column.fields is None and heading_key(column.heading) in _HEADINGS


def applying_cell(line: Line) -> Cell | None:
    """Return the cell of a line that tells whether it applies, None where there is none."""
    return next(
        (cells[0] for column, cells in line.cells.items() if cells and is_applying_column(column)), None
    )


def applying(line: Line) -> Applying:
    """Say whether a line of a difference document applies to its townships."""
    if line.category is not None and fold(line.category.title.name) == NOT_APPLYING:
        return "left out"
    cell = applying_cell(line)
    said = fold(cell.text) if cell else ""
    if said in _LEFT_OUT:
        return "left out"
    return "applies" if said in _KEPT else "unclear"
