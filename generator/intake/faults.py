"""How the readers of this room say what they could not accept.

Everything that a fault shows was written by a stranger: it is cut short and freed of characters that would act on a
terminal or turn the reading direction.
"""

from __future__ import annotations

import unicodedata

from generator.model.documents import Fault, Where, cell_address

# The report shows this many faults; more than that says nothing new and would only swell the answer.
MAX_FAULTS = 1_000
_SHOWN_CHARACTERS = 80


def shown(text: str, limit: int = _SHOWN_CHARACTERS) -> str:
    """Return `text` safe to print: at most `limit` characters, invisible and control characters as \\uXXXX."""
    cut = text[:limit]
    safe = "".join(_escaped(character) for character in cut)
    return safe + "…" if len(text) > limit else safe


def _escaped(character: str) -> str:
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    if character == "\u3000":
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


class Refused(Exception):  # noqa: N818  (it is not an error of ours: the document cannot be read further)
    """Reading cannot go on; the faults have been noted already."""


class Faults:
    """The faults of one document, in the order they were seen."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.seen: list[Fault] = []

    def add(
        self,
        rule: str,
        *,
        sheet: str | None = None,
        cell: str | None = None,
        found: str = "",
        **slots: object,
    ) -> None:
        """Note one fault. What comes after the first 1,000 is left out."""
        if len(self.seen) >= MAX_FAULTS:
            return
        where = Where(file=self.file, sheet=sheet, cell=cell)
        words = {name: shown(str(value)) for name, value in slots.items()}
        self.seen.append(Fault(rule=rule, where=where, found=shown(found), slots=words))

    def refuse(
        self,
        rule: str,
        *,
        sheet: str | None = None,
        cell: str | None = None,
        found: str = "",
        **slots: object,
    ) -> Refused:
        """Note a fault after which nothing more can be read; to be raised by the caller."""
        if len(self.seen) >= MAX_FAULTS:
            self.seen.pop()
        self.add(rule, sheet=sheet, cell=cell, found=found, **slots)
        return Refused(rule)

    def __contains__(self, rule: str) -> bool:
        return any(fault.rule == rule for fault in self.seen)


# Real lists have some 340 lines in five columns; these limits leave a factor of a hundred (security research).
MAX_ROWS = 20_000
MAX_COLUMNS = 64
MAX_CELLS = 200_000
# The longest text a spreadsheet cell can hold.
MAX_CELL_CHARACTERS = 32_767


def fitting(text: str, faults: Faults, sheet: str | None, row: int, column: int) -> str:
    """Return the text of a cell, cut with a fault (CELL-TOO-LONG) where no spreadsheet could hold it."""
    if len(text) <= MAX_CELL_CHARACTERS:
        return text
    faults.add(
        "CELL-TOO-LONG",
        sheet=sheet,
        cell=cell_address(row, column),
        found=text,
        length=len(text),
        limit=MAX_CELL_CHARACTERS,
    )
    return text[:MAX_CELL_CHARACTERS]
