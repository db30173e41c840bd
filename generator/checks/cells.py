"""Rules about cells and sheets as such: formulas, errors, hidden text, text outside cells."""

from __future__ import annotations

import re
from collections import defaultdict

from generator.checks.characters import check_characters, says_twice
from generator.checks.fields import check_forms
from generator.checks.notebook import Notebook
from generator.checks.ordinary import is_ordinary
from generator.checks.text import trim
from generator.model.documents import Cell, Document, OutsideText, Range, Sheet, Where, column_letters

MAX_CELL = 32_767
"""Characters: what Excel itself lets a cell hold."""
MAX_LINES = 1_000

_LONG_DIGITS = re.compile(r"^\d{16,}$")
OUR_COMMENT = "填写示例"
"""With this the template's own comments begin; they ask for nothing and say nothing."""

_PRINTED = frozenset({"header", "footer"})
_QUIET = frozenset({"paragraph"})


def check_sheet(sheet: Sheet, document: Document, notebook: Notebook) -> None:
    """Note what is wrong with the cells of one sheet, whatever they mean."""
    filled = [
        cell
        for cell in sheet.cells
        if trim(cell.text) or cell.type in ("formula", "error") or cell.autonumber
    ]
    where = Where(file=document.file, sheet=sheet.name)
    if sheet.name:
        check_characters(sheet.name, where, notebook)
    if sheet.hidden and not filled:
        notebook.add("SHEET-HIDDEN-EMPTY", where, sheet.name or "")
    for cell in filled:
        plain = cell.type == "text" and not (cell.hidden_value or cell.struck or cell.hidden_text)
        if plain and (cell.text in notebook.silent or _is_silent(cell.text)):
            continue
        before = len(notebook.findings)
        _check_cell(cell, Where(file=document.file, sheet=sheet.name, cell=cell.address), notebook)
        if plain and len(notebook.findings) == before:
            notebook.silent.add(cell.text)
    if sheet.hidden and filled:
        notebook.add("SHEET-HIDDEN", where, sheet.name or "")
    _check_hidden(sheet, filled, document, notebook)


def _is_silent(text: str) -> bool:
    """Whether it is plain at one look that no rule of a cell speaks of this text."""
    if len(text) < 11 and text.isascii() and text.isdigit():
        return True
    return len(text) <= MAX_CELL and is_ordinary(text) and ("\n" not in text or not _has_odd_lines(text))


def _has_odd_lines(text: str) -> bool:
    return text.count("\n") > MAX_LINES or says_twice(text)


def _check_cell(cell: Cell, where: Where, notebook: Notebook) -> None:
    if cell.type == "formula":
        rule = "CELL-FORMULA" if cell.text else "CELL-FORMULA-NOVALUE"
        notebook.add(rule, where, cell.raw or cell.text, value=cell.text)
    elif cell.type == "error":
        notebook.add("CELL-ERROR", where, cell.text or cell.raw)
    elif cell.type == "number" and _LONG_DIGITS.match(cell.text):
        notebook.add("CELL-DIGITS-LOST", where, cell.text)
    if cell.hidden_value:
        notebook.add("MERGE-HIDDEN-VALUE", where, cell.text)
    if cell.struck:
        notebook.add("CELL-STRIKE", where, cell.text)
    if cell.hidden_text:
        notebook.add("DOC-HIDDEN-TEXT", where, cell.text)
    if len(cell.text) > MAX_CELL or cell.text.count("\n") > MAX_LINES:
        notebook.add("CELL-TOO-LONG", where, cell.text, length=len(cell.text), limit=MAX_CELL)
    check_characters(cell.text, where, notebook)
    if cell.type == "text":
        check_forms(cell.text, where, notebook)


def _check_hidden(sheet: Sheet, filled: list[Cell], document: Document, notebook: Notebook) -> None:
    """Rows and columns that the clerk does not see, but a reader would."""
    rows: dict[int, list[Cell]] = defaultdict(list)
    columns: dict[int, list[Cell]] = defaultdict(list)
    for cell in filled:
        if cell.row in sheet.hidden_rows:
            rows[cell.row].append(cell)
        if cell.column in sheet.hidden_columns and not cell.merged:
            columns[cell.column].append(cell)
    for row, cells in sorted(rows.items()):
        place = str(Range(top=row, left=cells[0].column, bottom=row, right=cells[-1].column))
        rule = "ROW-FILTERED" if sheet.filtered else "ROW-HIDDEN"
        notebook.add(rule, Where(file=document.file, sheet=sheet.name, cell=place), cells[0].text, row=row)
    for column, cells in sorted(columns.items()):
        place = str(Range(top=cells[0].row, left=column, bottom=cells[-1].row, right=column))
        where = Where(file=document.file, sheet=sheet.name, cell=place)
        notebook.add("COL-HIDDEN", where, cells[0].text, column=column_letters(column))


def check_outside(outside: OutsideText, notebook: Notebook) -> None:
    """Note text that stands in no cell: paragraphs are kept as notes, comments and boxes cannot be."""
    if not trim(outside.text):
        return
    check_characters(outside.text, outside.where, notebook)
    check_forms(outside.text, outside.where, notebook)
    if outside.kind in _QUIET:
        return
    if outside.kind in _PRINTED:
        notebook.add("TEXT-MARGIN", outside.where, outside.text)
    elif outside.kind == "comment" and OUR_COMMENT in outside.text[:40]:
        return
    else:
        notebook.add("TEXT-OUTSIDE-CELLS", outside.where, outside.text)
