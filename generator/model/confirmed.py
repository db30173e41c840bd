"""Which lines a county answered for: wording that stands in a list only by a decision with a basis.

The policy lets neither a one-vote veto (一票否决) nor a letter of responsibility (责任状) into a list without one, so who
reads such a line is to see that basis. Other confirmations are between the clerk and the checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.model.documents import Where
from generator.model.filings import Confirmation
from generator.model.lists import CountyLists

PUBLISHED: Mapping[str, str] = {"VETO-ITEM": "veto", "PLEDGE-ITEM": "pledge"}
"""Rule → what its confirmation is called in strings and data."""

Confirmed = Mapping[tuple[str, Where], tuple[Confirmation, ...]]
"""By filing and the place of the line there."""

_CELLS = re.compile(r"[A-Z]+([0-9]+)(?::[A-Z]+([0-9]+))?")


def confirmed_lines(lists: CountyLists) -> Confirmed:
    """Return the published confirmations by the line they speak of; empty for most counties.

    The wording can stand in any column, so a line is found by the rows of the cell. An item that runs over several
    rows has its place in the first of them: a row without a line belongs to the nearest line above.
    """
    given = [
        (recorded.filing.id, confirmation)
        for recorded in lists.filings
        for confirmation in recorded.filing.confirmations
        if confirmation.rule in PUBLISHED
    ]
    if not given:
        return {}
    places: dict[tuple[str, str, str | None], dict[int, Where]] = {}
    lines = [line for version in lists.versions for line in version.lines]
    for line in (*lines, *(line for _, line, _ in lists.removed)):
        rows = _rows(line.where.cell)
        if rows:
            key = (line.filing, line.where.file, line.where.sheet)
            places.setdefault(key, {})[rows[0]] = line.where
    found: dict[tuple[str, Where], tuple[Confirmation, ...]] = {}
    for filing, confirmation in given:
        at = places.get((filing, confirmation.file, confirmation.sheet), {})
        for row in _lines_of(_rows(confirmation.cell), at):
            key_of_line = (filing, at[row])
            found[key_of_line] = (*found.get(key_of_line, ()), confirmation)
    return found


def _rows(cell: str | None) -> range:
    """Return the rows of `C17` or `C17:D19`; none for no cell."""
    match = _CELLS.fullmatch(cell or "")
    if match is None:
        return range(0)
    return range(int(match[1]), int(match[2] or match[1]) + 1)


def _lines_of(rows: range, at: Mapping[int, Where]) -> list[int]:
    held = [row for row in rows if row in at]
    if held or not rows:
        return held
    above = [row for row in at if row < rows[0]]
    return [max(above)] if above else []
