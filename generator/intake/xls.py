"""Read a legacy xls workbook (BIFF5 to BIFF8) through xlrd, with what xlrd leaves out from a scan of the records."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDoc, CompDocError
from xlrd.formatting import XF
from xlrd.sheet import Sheet as XlrdSheet

from generator.intake.biff import BookRecords, SheetRecords, scan
from generator.intake.faults import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Faults, fitting
from generator.intake.figures import NumberFormat, figure, number_format
from generator.intake.merged import Merges
from generator.intake.reading import Reading
from generator.intake.xlsx_outside import plain_header
from generator.model.documents import Cell, CellType, OutsideText, Range, Sheet, Where, cell_address

# xlrd answers a damaged book with any of these; none says more than "damaged".
_DAMAGES = (
    XLRDError,
    CompDocError,
    struct.error,
    AssertionError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
)


def read_xls(content: bytes, faults: Faults) -> Reading:
    """Return all sheets of a workbook, in the order of its tabs. Raises Refused where it cannot be read."""
    try:
        records = scan(_stream(content))
    except _DAMAGES:
        raise faults.refuse("BOOK-BROKEN", part="Workbook") from None
    if records.encrypted:
        raise faults.refuse("FILE-ENCRYPTED")
    if records.macros:
        raise faults.refuse("FILE-MACRO", part="macrosheet")
    try:
        # formatting_info: without it xlrd reports no merged cells and no hidden rows.
        # ragged_rows: one cell in the far corner must not make a full grid of empty ones.
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except _DAMAGES:
        raise faults.refuse("BOOK-BROKEN", part="Workbook") from None
    return _read_book(book, records, faults)


def _stream(content: bytes) -> bytes:
    folder = CompDoc(content, logfile=io.StringIO())
    stream = folder.get_named_stream("Workbook") or folder.get_named_stream("Book")
    if not stream:
        raise CompDocError("no workbook stream")
    return bytes(stream)


def _read_book(book: Book, records: BookRecords, faults: Faults) -> Reading:
    sheets: list[Sheet] = []
    outside: list[OutsideText] = []
    left = MAX_CELLS
    for index, sheet in enumerate(book.sheets()):
        extra = records.sheets[index] if index < len(records.sheets) else SheetRecords()
        read = _SheetReader(book, sheet, extra, faults).read(left)
        left -= len(read.cells)
        sheets.append(read)
        outside.extend(_outside(sheet, extra, faults))
    if book.datemode == 1 and any(cell.type == "date" for sheet in sheets for cell in sheet.cells):
        faults.add("DATE-1904")
    return Reading(sheets=tuple(sheets), outside=tuple(outside), faults=tuple(faults.seen))


class _SheetReader:
    """Reads one sheet as xlrd holds it."""

    def __init__(self, book: Book, sheet: XlrdSheet, records: SheetRecords, faults: Faults) -> None:
        self.book = book
        self.sheet = sheet
        self.records = records
        self.faults = faults
        self.formats: dict[int, NumberFormat] = {}
        self.merges = Merges(
            # xlrd counts from 0 and names the row and column behind the last.
            (
                Range(top=top + 1, left=left + 1, bottom=below, right=beyond)
                for top, below, left, beyond in sheet.merged_cells
            ),
            sheet.name,
            faults,
        )

    def read(self, cells_left: int) -> Sheet:
        """Return the sheet; cells that hold nothing but a format are left out."""
        cells: list[Cell] = []
        for row in range(self.sheet.nrows):
            for column in range(self.sheet.row_len(row)):
                cell = self._cell(row, column)
                if cell is None:
                    continue
                if row >= MAX_ROWS or column >= MAX_COLUMNS:
                    where = cell_address(row + 1, column + 1)
                    raise self.faults.refuse(
                        "SHEET-EXTENT", sheet=self.sheet.name, cell=where, rows=MAX_ROWS, columns=MAX_COLUMNS
                    )
                if len(cells) >= cells_left:
                    raise self.faults.refuse("SHEET-BUDGET", sheet=self.sheet.name, limit=MAX_CELLS)
                cells.append(cell)
        last = max((cell.column for cell in cells), default=0)
        rows = {at + 1 for at, info in self.sheet.rowinfo_map.items() if info.hidden or info.height == 0}
        return Sheet(
            name=self.sheet.name,
            cells=tuple(cells),
            merges=self.merges.ranges,
            hidden=self.sheet.visibility != 0,
            hidden_rows=frozenset(row for row in rows if row <= MAX_ROWS),
            hidden_columns=frozenset(
                at + 1
                for at, info in self.sheet.colinfo_map.items()
                if (info.hidden or info.width == 0) and at + 1 <= last
            ),
            filtered=self.records.filtering and bool(rows),
        )

    def _cell(self, row: int, column: int) -> Cell | None:
        kind = self.sheet.cell_type(row, column)
        formula = (row + 1, column + 1) in self.records.formulas
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and not formula:
            return None
        text, shown_as, raw = self._value(kind, self.sheet.cell_value(row, column), row, column)
        if not text and not formula:
            return None
        if formula:
            # xlrd keeps the stored result only; that it is a formula is what a check must know.
            shown_as, raw = ("error" if shown_as == "error" else "formula"), ""
        text = fitting(text, self.faults, self.sheet.name, row + 1, column + 1)
        anchor, under = self.merges.of(row + 1, column + 1)
        return Cell(
            row=row + 1,
            column=column + 1,
            text=text,
            type=shown_as,
            raw=raw,
            merged=anchor,
            hidden_value=under,
            struck=bool(text) and self._struck(row, column, len(text)),
        )

    def _value(self, kind: int, value: object, row: int, column: int) -> tuple[str, CellType, str]:
        if kind == xlrd.XL_CELL_TEXT:
            return str(value).replace("\r\n", "\n"), "text", ""
        if kind == xlrd.XL_CELL_BOOLEAN:
            return ("TRUE" if value else "FALSE"), "boolean", ""
        if kind == xlrd.XL_CELL_ERROR:
            code = value if isinstance(value, int) else -1
            return xlrd.error_text_from_code.get(code, "#ERR!"), "error", ""
        if not isinstance(value, (int, float)):
            return "", "text", ""
        stored = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
        style = self._format(self._xf(row, column))
        read = figure(stored, style, from_1904=self.book.datemode == 1)
        if read.fault:
            slots = {"format": style.code} if read.fault == "CELL-TYPE" else {}
            slots |= {"raw": stored} if read.fault == "DATE-RANGE" else {}
            where = cell_address(row + 1, column + 1)
            self.faults.add(read.fault, sheet=self.sheet.name, cell=where, found=stored, **slots)
        return read.text, read.type, read.raw

    def _xf(self, row: int, column: int) -> XF:
        """The format of a cell. Raises Refused where the book has no such format."""
        index = self.sheet.cell_xf_index(row, column)
        if not 0 <= index < len(self.book.xf_list):
            raise self.faults.refuse("BOOK-BROKEN", sheet=self.sheet.name, part="XF")
        return self.book.xf_list[index]

    def _format(self, xf: XF) -> NumberFormat:
        key = xf.format_key
        known = self.formats.get(key)
        if known is None:
            own = self.book.format_map.get(key)
            # Built-in ids mean the same in every language; the text beside them is that of the writer's system.
            known = number_format(key, own.format_str if own is not None and key >= 164 else None)
            self.formats[key] = known
        return known

    def _struck(self, row: int, column: int, length: int) -> bool:
        fonts = self.book.font_list
        own = self._xf(row, column).font_index
        runs = list(self.sheet.rich_text_runlist_map.get((row, column), ()))
        used = {font for start, font in runs if start < length}
        if not runs or runs[0][0] > 0:
            used.add(own)
        return any(at < len(fonts) and bool(fonts[at].struck_out) for at in used)


def _outside(sheet: XlrdSheet, records: SheetRecords, faults: Faults) -> Iterable[OutsideText]:
    file, name = faults.file, sheet.name
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        if note.text.strip():
            where = Where(file=file, sheet=name, cell=cell_address(row + 1, column + 1))
            yield OutsideText(kind="comment", text=note.text, where=where)
    if header := plain_header(records.header):
        yield OutsideText(kind="header", text=header, where=Where(file=file, sheet=name))
    if footer := plain_header(records.footer):
        yield OutsideText(kind="footer", text=footer, where=Where(file=file, sheet=name))
    for text in records.boxes:
        if text.strip():
            yield OutsideText(kind="textbox", text=text, where=Where(file=file, sheet=name))
    if records.pictures:
        faults.add("IMAGE-IGNORED", sheet=name, count=records.pictures)
