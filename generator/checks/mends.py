"""Mends that cannot change what a text says, and how they are shown before and after.

Mended are outer blanks (which the checks leave out of account anyway), characters that nobody sees, and full-width
digits of serials. Not mended is whatever could be meant: inner blanks, direction controls (taking them out turns the
order of what is read), joiners beside emoji or in scripts that need them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.checks.formats import first_cell
from generator.checks.text import BLANKS, escape, personal_numbers, read_serial
from generator.model.documents import Cell, Document, cell_address
from generator.model.findings import Checked
from generator.model.mends import Mend, MendKind
from generator.model.text import ZH, Text

_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\U000e0000-\U000e007f]+")
# Joiners and tags hold some emoji and some scripts together; between these characters they do nothing.
_JOINING = re.compile("[\u200c\u200d\U000e0000-\U000e007f]")
_PLAIN = re.compile(
    "[\u0000-\u00ff\u2010-\u2027\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_KINDS: dict[MendKind, Text] = {
    "outer-blanks": Text(zh="删去首尾空白", en="outer blanks removed"),
    "invisible": Text(zh="删去看不见的字符", en="invisible characters removed"),
    "serial-digits": Text(zh="序号数字改为半角", en="digits of the serial made half-width"),
}
_BLANK_NAMES: dict[str, Text] = {
    " ": Text(zh="空格", en="space"),
    "\u3000": Text(zh="全角空格", en="full-width space"),
    "\u00a0": Text(zh="不间断空格", en="no-break space"),
    "\t": Text(zh="制表符", en="tab"),
    "\n": Text(zh="换行", en="line break"),
    "\r": Text(zh="回车", en="carriage return"),
}
# Of a long text only what is near a mend is shown.
_NEAR = 10


def plan_mends(checked: Checked, document: Document) -> tuple[Mend, ...]:
    """Return the mends of a document that was checked by itself, in the order of its cells."""
    serials = {
        (item.where.sheet, place)
        for checklist in checked.checklists
        for item in checklist.items
        if (place := first_cell(item.cells.get("number"))) is not None
    }
    return tuple(
        mend
        for sheet in document.sheets
        for cell in sheet.cells
        if (mend := _mend(sheet.name, cell, serial=(sheet.name, (cell.row, cell.column)) in serials))
        is not None
    )


def _mend(sheet: str | None, cell: Cell, *, serial: bool) -> Mend | None:
    if cell.type != "text" or cell.hidden_value or not cell.text.strip(BLANKS):
        return None  # a cell of nothing but blanks says nothing as it is
    pieces, kinds = list(cell.text), list[MendKind]()
    unseen = _unseen(cell.text)
    for at in unseen:
        pieces[at] = ""
    kept = "".join(pieces)
    if not kept.strip(BLANKS):
        return None
    if _blank_ends(pieces):
        kinds.append("outer-blanks")
    if unseen:
        kinds.append("invisible")
    if serial:
        narrowed = [piece.translate(_FULL_WIDTH) for piece in pieces]
        if narrowed != pieces and read_serial("".join(narrowed)) == read_serial("".join(pieces)) is not None:
            pieces = narrowed
            kinds.append("serial-digits")
    if not kinds:
        return None
    return Mend(
        sheet=sheet,
        row=cell.row,
        column=cell.column,
        before=cell.text,
        pieces=tuple(pieces),
        kinds=tuple(kinds),
    )


def _unseen(text: str) -> list[int]:
    """The positions of characters that nobody sees and that do nothing where they stand."""
    positions: list[int] = []
    for match in _INVISIBLE.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if not _JOINING.search(match[0]) or all(_PLAIN.match(neighbour) for neighbour in around):
            positions.extend(range(match.start(), match.end()))
    return positions


def _blank_ends(pieces: list[str]) -> bool:
    """Empty the blanks at both ends, in place; whether there were any."""
    before = list(pieces)
    for order in (range(len(pieces)), range(len(pieces) - 1, -1, -1)):
        for at in order:
            if pieces[at] and pieces[at] not in BLANKS:
                break
            pieces[at] = ""
    return pieces != before


def mend_lines(mends: Sequence[Mend], lang: str = ZH) -> list[str]:
    """Return a line for each mend: place · before → after [why]."""
    return [_line(mend, lang) for mend in mends]


def _line(mend: Mend, lang: str) -> str:
    spot = " › ".join(
        part for part in (escape(mend.sheet or ""), cell_address(mend.row, mend.column)) if part
    )
    why = ("、" if lang == ZH else ", ").join(_KINDS[kind].in_language(lang) for kind in mend.kinds)
    before, after = _views(mend, lang)
    return f"  {spot} · “{before}” → “{after}” [{why}]"


def _views(mend: Mend, lang: str) -> tuple[str, str]:
    """What stood there and what stands there now, near the mended characters; no digit of a personal number."""
    changed = [at for at, piece in enumerate(mend.pieces) if piece != mend.before[at]]
    near = {at + step for at in changed for step in range(-_NEAR, _NEAR + 1)} & set(range(len(mend.before)))
    personal = bool(personal_numbers(mend.before))
    before, after, last = "", "", -1
    for at in sorted(near):
        if at != last + 1:
            before, after = before + "…", after + "…"
        old, new, last = mend.before[at], mend.pieces[at], at
        if personal and old == new and old.isdigit():
            old = new = "*"
        before += _named(old, lang) if old != new else escape(old)
        after += escape(new)
    if last != len(mend.before) - 1:
        before, after = before + "…", after + "…"
    return before, after


def _named(character: str, lang: str) -> str:
    """A character that is taken away, as a person can see it."""
    name = _BLANK_NAMES.get(character)
    return f"‹{name.in_language(lang)}›" if name else escape(character)
