"""Merged ranges: read from text, bounded, and asked which cell belongs to which."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.intake.faults import Faults
from generator.model.documents import Range

MAX_MERGES = 20_000
MAX_MERGED_CELLS = 200_000
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


def read_address(text: str) -> tuple[int, int] | None:
    """Return (row, column) of `C17`, or None for what no spreadsheet has."""
    match = _CELL.fullmatch(text)
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def read_range(text: str) -> Range | None:
    """Return the range `A3:E3`, or None for what no spreadsheet has."""
    first, _, second = text.partition(":")
    start, end = read_address(first), read_address(second or first)
    if not start or not end:
        return None
    return Range(
        top=min(start[0], end[0]),
        left=min(start[1], end[1]),
        bottom=max(start[0], end[0]),
        right=max(start[1], end[1]),
    )


class Merges:
    """The merged ranges of one sheet, checked against the budget, and who lies in which."""

    def __init__(self, ranges: Iterable[Range], sheet: str | None, faults: Faults) -> None:
        self.ranges: tuple[Range, ...] = ()
        self._owner: dict[tuple[int, int], Range] = {}
        wanted = sorted(ranges, key=lambda r: (r.top, r.left, r.bottom, r.right))
        if len(wanted) > MAX_MERGES:
            raise faults.refuse("MERGE-AREA", sheet=sheet, found=str(len(wanted)), limit=MAX_MERGES)
        area = 0
        kept: list[Range] = []
        for merge in wanted:
            size = (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
            area += size
            if area > MAX_MERGED_CELLS:
                raise faults.refuse(
                    "MERGE-AREA", sheet=sheet, cell=str(merge), found=str(merge), limit=MAX_MERGED_CELLS
                )
            if size == 1:
                continue
            kept.append(merge)
            self._claim(merge, sheet, faults)
        self.ranges = tuple(kept)

    def _claim(self, merge: Range, sheet: str | None, faults: Faults) -> None:
        told = False
        for row in range(merge.top, merge.bottom + 1):
            for column in range(merge.left, merge.right + 1):
                other = self._owner.setdefault((row, column), merge)
                if other is not merge and not told:
                    faults.add(
                        "MERGE-OVERLAP", sheet=sheet, cell=str(merge), found=str(merge), other=str(other)
                    )
                    told = True

    def of(self, row: int, column: int) -> tuple[Range | None, bool]:
        """Return (the range whose anchor this is, whether the cell lies hidden under another's range)."""
        owner = self._owner.get((row, column))
        if owner is None:
            return None, False
        if (owner.top, owner.left) == (row, column):
            return owner, False
        return None, True
