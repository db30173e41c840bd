"""Where the reader of a document and the independent count of it disagree: nothing filed may be lost unnoticed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from generator.intake.faults import Faults
from generator.model.documents import Cell, Document, cell_address

_CELL_KEY = re.compile(r"(?s)(.*)!([A-Z]{1,3}[0-9]{1,7})")


def words_in(text: str) -> int:
    """Return how many letters, digits and Han characters a text outside cells holds; its layout does not count."""
    return len(re.findall(r"\w", re.sub(r"&[A-Z]", "", text)))


def census_gaps(document: Document) -> tuple[str, ...]:
    """Return the keys ("sheet!C17", or "comment:" for all comments) where reader and count disagree, in order."""
    return tuple(key for key, _read, _counted in _gaps(document))


def note_gaps(document: Document) -> Document:
    """Return the document with a fault (CENSUS-MISMATCH) for every gap; without a count there is nothing to say."""
    if not document.census:
        return document
    faults = Faults(document.file)
    for key, read, counted in _gaps(document):
        match = _CELL_KEY.fullmatch(key)
        sheet, cell = (match[1] or None, match[2]) if match else (None, None)
        faults.add(
            "CENSUS-MISMATCH", sheet=sheet, cell=cell, found="" if match else key, read=read, counted=counted
        )
    return replace(document, faults=(*document.faults, *faults.seen)) if faults.seen else document


def _gaps(document: Document) -> list[tuple[str, int, int]]:
    cells = {
        f"{sheet.name or ''}!{cell_address(cell.row, cell.column)}": cell
        for sheet in document.sheets
        for cell in sheet.cells
    }
    found: list[tuple[str, int, int]] = []
    for key, cell in cells.items():
        counted = document.census.get(key, 0)
        if not _agrees(cell, counted, document.format):
            found.append((key, len(cell.text), counted))
    outside: Counter[str] = Counter()
    for key, counted in document.census.items():
        if key in cells:
            continue
        if _CELL_KEY.fullmatch(key):
            if counted:
                found.append((key, 0, counted))
        else:
            outside[key.partition(":")[0]] += counted
    said: Counter[str] = Counter()
    for text in document.outside:
        said[text.kind] += words_in(text.text)
    if document.format in ("xlsx", "docx"):  # in an xls only its cells can be counted
        found.extend(
            (f"{kind}:", said[kind], outside[kind])
            for kind in sorted(said | outside)
            if said[kind] != outside[kind]
        )
    return found


def _agrees(cell: Cell, counted: int, document_format: str) -> bool:
    if document_format == "xls":
        # The second library gives no error cells, and numbers and dates as values without their spelling.
        if cell.type == "error":
            return True
        if cell.type in ("number", "date", "formula"):
            return (counted > 0) == bool(cell.text)
    if cell.type == "formula" or (cell.type == "error" and cell.raw):
        return (counted > 0) == bool(cell.text)
    if cell.type in ("number", "date") and cell.raw:
        return counted == len(cell.raw)
    return counted == len(cell.text)
