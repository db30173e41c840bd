"""What a scan over the records of an xls workbook tells that its reader library does not: which cells are formulas,
headers and footers, text boxes, filters, encryption and macro sheets ([MS-XLS] 2.4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BOUNDSHEET, _FILEPASS, _BOF, _EOF = 0x0085, 0x002F, 0x0809, 0x000A
_HEADER, _FOOTER, _FILTER_MODE = 0x0014, 0x0015, 0x009B
_OBJECT, _TEXT_OBJECT, _CONTINUE = 0x005D, 0x01B6, 0x003C
_MACRO_SHEET_TYPES = (1, 6)
_NOTE_OBJECT, _PICTURE_OBJECT = 0x19, 0x08


@dataclass(kw_only=True, slots=True)
class SheetRecords:
    """What one sheet's records say."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    """1-based (row, column)."""
    header: str = ""
    footer: str = ""
    boxes: list[str] = field(default_factory=list)
    filtering: bool = False
    pictures: int = 0


@dataclass(kw_only=True, slots=True)
class BookRecords:
    """What the records of a workbook stream say."""

    sheets: list[SheetRecords] = field(default_factory=list)
    """Worksheets in the order of their tabs."""
    encrypted: bool = False
    macros: bool = False


def scan(stream: bytes) -> BookRecords:
    """Read through all records of a workbook stream. Raises struct.error or IndexError for a damaged one."""
    book = BookRecords()
    starts: dict[int, SheetRecords] = {}
    current: SheetRecords | None = None
    depth = 0
    object_kind, expecting = -1, False
    for offset, kind, body in _records(stream):
        if kind == _BOF:
            depth += 1
            if depth == 1:
                current = starts.get(offset)
        elif kind == _EOF:
            depth -= 1
        elif kind == _FILEPASS:
            book.encrypted = True
            return book
        elif kind == _BOUNDSHEET and len(body) >= 6:
            _list_sheet(body, book, starts)
        elif current is not None:
            if kind == _OBJECT:
                object_kind = struct.unpack_from("<H", body, 4)[0] if len(body) >= 6 else -1
                current.pictures += object_kind == _PICTURE_OBJECT
            elif kind == _TEXT_OBJECT:
                expecting = object_kind != _NOTE_OBJECT
            elif kind == _CONTINUE and expecting:
                expecting = False
                if text := _characters(body, 1, body[0] & 1 if body else 0):
                    current.boxes.append(text)
            else:
                _note(kind, body, current)
    return book


def _list_sheet(body: bytes, book: BookRecords, starts: dict[int, SheetRecords]) -> None:
    start, kind = struct.unpack_from("<IxB", body)
    if kind in _MACRO_SHEET_TYPES:
        book.macros = True
    if kind == 0:
        book.sheets.append(SheetRecords())
        starts[start] = book.sheets[-1]


def _note(kind: int, body: bytes, sheet: SheetRecords) -> None:
    if kind in _FORMULAS:
        row, column = struct.unpack_from("<HH", body)
        sheet.formulas.add((row + 1, column + 1))
    elif kind == _FILTER_MODE:
        sheet.filtering = True
    elif kind in (_HEADER, _FOOTER) and len(body) > 3:
        text = _characters(body, 3, body[2] & 1)
        if kind == _HEADER:
            sheet.header = text
        else:
            sheet.footer = text


def _characters(body: bytes, start: int, wide: int) -> str:
    """Text of BIFF8: two bytes a character, or one where all are Latin."""
    encoding = "utf-16-le" if wide else "latin-1"
    return body[start:].decode(encoding, "replace")


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 0 and length == 0:  # padding behind the last sheet
            return
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
