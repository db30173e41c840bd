"""The faults that offices make most, each as its rule's failing example and the same sheet mended: the guide's pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from generator.checks.examples import read_range
from generator.checks.rule import Example, Rule, Sheetful
from generator.model.documents import Range


@dataclass(frozen=True, kw_only=True, slots=True)
class Mend:
    """How a failing example becomes a right one; with nothing to write, the rule's passing example is that."""

    cells: Mapping[str, str] = field(default_factory=dict)
    """Address in the failing sheet → its text afterwards; formula, strike-through and the like go."""
    marked: tuple[str, ...] = ()
    """What to look at in the mended sheet, where it is not simply what has changed."""


_PASSES: Final = Mend()
_DISPUTES: Final = "开展矛盾纠纷排查化解"


def _write(**cells: str) -> Mend:
    return Mend(cells=cells)


MENDS: Final[Mapping[str, Mend]] = {
    # Sheets and tables
    "COL-MISSING": _PASSES,
    "COL-UNKNOWN": _PASSES,
    "COL-REMARKS": _PASSES,
    "MERGE-ACROSS": _PASSES,
    "MERGE-KEY": _PASSES,
    "ROW-HIDDEN": _PASSES,
    "COL-HIDDEN": _PASSES,
    "SHEET-HIDDEN": _PASSES,
    "ROW-UNMAPPED": _PASSES,
    "ROW-GROUP": _PASSES,
    "HEADER-MISSING": Mend(marked=("A1:B1", "A2:B2")),
    "KIND-UNKNOWN": _write(A1="东河镇基本履职事项清单"),
    "KIND-CONFLICT": _PASSES,
    "TOWNSHIP-CONFLICT": _PASSES,
    "TEXT-OUTSIDE-CELLS": _PASSES,
    "COMBINED-UNSPLIT": _PASSES,
    # Cells and text
    "TEXT-LINEBREAK": _write(B3=_DISPUTES),
    "CELL-FORMULA": _write(B3=_DISPUTES),
    "CELL-ERROR": _write(B3=_DISPUTES),
    "CELL-STRIKE": _write(B3=_DISPUTES),
    "CHAR-INVISIBLE": _write(B3="开展矛盾纠纷排查"),
    "CHAR-TRADITIONAL": _write(B3=_DISPUTES),
    "CHAR-PRIVATE": _write(B3="开展矛盾纠纷排查"),
    "PHONE-NUMERIC": _PASSES,
    "PERSONAL-DATA": _PASSES,
    "DATE-INVALID": _write(A4="填报日期：2025年6月30日"),
    "DOCNO-ZERO": _PASSES,
    # What a list says
    "SERIAL-GAP": _PASSES,
    "SERIAL-DUPLICATE": _PASSES,
    "SERIAL-MISSING": _PASSES,
    "SERIAL-STYLE": _PASSES,
    "SERIAL-RESTART": _write(A8="3"),
    "NAME-MISSING": _PASSES,
    "ITEM-TWICE": _PASSES,
    "COUNT-CATEGORY": _PASSES,
    "COUNT-TOTAL": _PASSES,
    "DEPARTMENT-MISSING": _PASSES,
    "DEPARTMENT-NAME": _write(C3="县住房和城乡建设局"),
    "DEPARTMENT-IS-TOWNSHIP": _PASSES,
    "DEPARTMENT-DUTY-MISSING": _PASSES,
    "TOWNSHIP-DUTY-MISSING": _PASSES,
    "DUTY-INVERTED": _PASSES,
    "PLACEHOLDER": _PASSES,
    "RECEIVER-MISSING": _write(C3="县教育局"),
    "METHOD-MISSING": _PASSES,
    "BASIS-BRACKETS": _PASSES,
    "CATCH-ALL": _PASSES,
    "VETO-ITEM": _PASSES,
    "PLEDGE-ITEM": _write(B3="做好安全生产日常检查"),
    "WRONG-TOWNSHIP-NAME": _PASSES,
}
"""Rule → its mend, most frequent first within a chapter."""


def mended(rule: Rule) -> Example:
    """Return the example that stands beside the failing one: mended where the fault is a frequent one."""
    mend = MENDS.get(rule.id, _PASSES)
    if not mend.cells:
        return rule.passes
    name = at_fault(rule.fails)[0] or rule.fails.sheets[0].name
    sheets = [_rewritten(one, mend.cells) if one.name == name else one for one in rule.fails.sheets]
    return replace(rule.fails, sheets=tuple(sheets), at=None)


def _rewritten(sheet: Sheetful, cells: Mapping[str, str]) -> Sheetful:
    rows = [list(row) for row in sheet.rows]
    for address, text in cells.items():
        place = read_range(address)
        rows[place.top - 1][place.left - 1] = text
    marks = {address: mark for address, mark in sheet.marks.items() if address not in cells}
    return replace(sheet, rows=tuple(map(tuple, rows)), marks=marks)


def at_fault(fails: Example) -> tuple[str | None, Range | None]:
    """Return the sheet (None: the only one, or none) and the cells (None: all of the sheet, or none) at fault."""
    sheet, _, address = (fails.at or "").rpartition("!")
    return sheet or None, read_range(address) if address else None


def mended_cells(rule: Rule, sheet: Sheetful) -> tuple[tuple[Range, ...], bool]:
    """Return the cells of a sheet of the mended example to look at, and whether it is the sheet's name instead."""
    mend = MENDS[rule.id]
    if mend.marked:
        return tuple(read_range(address) for address in mend.marked), False
    name, place = at_fault(rule.fails)
    before = next((one for one in rule.fails.sheets if one.name == (name or sheet.name)), None)
    if before is not None and before.name != sheet.name:
        # A sheet that bears another name now, or one that was hidden and is gone.
        return (), before.rows == sheet.rows and not before.hidden
    if before is None or not sheet.rows:
        return (), False
    changed = set(_changed(before, sheet))
    if not changed and place is not None:
        # What was mended is not in the text: it is no longer struck through, hidden or commented upon.
        rows, columns = range(place.top, place.bottom + 1), range(place.left, place.right + 1)
        changed = {(row, column) for row in rows for column in columns}
    under = [read_range(merge) for merge in sheet.merges]
    anchored = {next(((m.top, m.left) for m in under if m.holds(*cell)), cell) for cell in changed}
    return tuple(Range(top=r, left=c, bottom=r, right=c) for r, c in sorted(anchored)), False


def _changed(before: Sheetful, after: Sheetful) -> Iterable[tuple[int, int]]:
    """The cells that say something else now; a cell of a row or column that was not there counts as blank."""
    for row, texts in enumerate(after.rows, start=1):
        old = before.rows[row - 1] if row <= len(before.rows) else ()
        yield from (
            (row, column)
            for column, (was, is_now) in enumerate(zip_longest(old, texts, fillvalue=""), start=1)
            if was != is_now
        )
