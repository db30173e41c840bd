"""Read an xlsx workbook: every cell with its true address, hidden or not, merged or not, as it is stored.

A streaming reader of our own: other readers each lose something (error cells, formulas without a stored value, hidden
rows) or give up a whole book for one bad cell. `dimension` is ignored: WPS writes it wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from xml.etree.ElementTree import Element

from generator.intake.faults import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Faults,
    Refused,
    fitting,
)
from generator.intake.figures import figure
from generator.intake.merged import LAST_COLUMN, LAST_ROW, Merges, read_address, read_range
from generator.intake.parts import Package, decoded, local
from generator.intake.reading import Reading
from generator.intake.xlsx_outside import header_texts, related_texts
from generator.intake.xlsx_styles import PLAIN, CellStyle, SharedText, read_strings, read_styles, string_of
from generator.model.documents import Cell, CellType, OutsideText, Range, Sheet, cell_address

# A county has at most some thirty townships with three lists each.
MAX_SHEETS = 500
# Sheets and strings are nearly all of a long workbook: going through them once must do.
_LARGE = re.compile(r"(?i)(?:^|/)(?:worksheets/[^/]+|sharedStrings)\.xml$")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Book:
    package: Package
    faults: Faults
    strings: list[SharedText]
    styles: tuple[CellStyle, ...]
    from_1904: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Listed:
    """One entry of the workbook's list of sheets."""

    name: str
    part: str
    hidden: bool
    has_cells: bool
    """A chart sheet has none, but its chart has text."""


def read_xlsx(content: bytes, faults: Faults) -> Reading:
    """Return all sheets of a workbook, in the order of its tabs. Raises Refused where it cannot be read."""
    package = Package(content, faults, broken="BOOK-BROKEN", later=_LARGE)
    try:
        reading = _read(package, faults)
    except Refused:
        package.prove()  # what is unsound about the package goes before what is wrong with a sheet
        raise
    package.prove()
    return reading


def _read(package: Package, faults: Faults) -> Reading:
    start = next((r.target for r in package.relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
    root = package.tree(start)
    relations = package.relations(start)
    parts = {relation.kind: relation.target for relation in relations}
    properties = next((child for child in root if local(child) == "workbookPr"), None)
    book = _Book(
        package=package,
        faults=faults,
        strings=read_strings(package, parts.get("sharedStrings"), faults),
        styles=read_styles(package, parts.get("styles"), faults),
        from_1904=properties is not None and properties.get("date1904", "0").lower() in ("1", "true"),
    )
    sheets: list[Sheet] = []
    outside: list[OutsideText] = []
    for listed in _listed(root, start, book):
        if listed.has_cells:
            left = MAX_CELLS - sum(len(sheet.cells) for sheet in sheets)
            sheet, headers = _SheetReader(listed, book, cells_left=left).read()
            sheets.append(sheet)
            outside.extend(headers)
        outside.extend(related_texts(package, listed.part, listed.name, faults))
    if book.from_1904 and any(cell.type == "date" for sheet in sheets for cell in sheet.cells):
        faults.add("DATE-1904")
    return Reading(sheets=tuple(sheets), outside=tuple(outside), faults=tuple(faults.seen))


def _listed(root: Element, start: str, book: _Book) -> tuple[_Listed, ...]:
    """The worksheets and chart sheets of the workbook; macro sheets are refused."""
    relations = {relation.id: relation for relation in book.package.relations(start)}
    entries = [
        entry for group in root if local(group) == "sheets" for entry in group if local(entry) == "sheet"
    ]
    if len(entries) > MAX_SHEETS:
        raise book.faults.refuse(
            "FILE-BUDGET", what="sheets", limit=MAX_SHEETS, actual=len(entries), part=start
        )
    found: list[_Listed] = []
    for entry in entries:
        identifier = next(
            (v for key, v in entry.attrib.items() if key.startswith("{") and key.endswith("}id")), ""
        )
        relation = relations.get(identifier)
        if relation is None or not book.package.has(relation.target):
            raise book.faults.refuse(
                "BOOK-BROKEN", sheet=entry.get("name"), part=relation.target if relation else ""
            )
        if relation.kind in ("xlMacrosheet", "xlIntlMacrosheet"):
            raise book.faults.refuse("FILE-MACRO", sheet=entry.get("name"), part=relation.target)
        if relation.kind in ("worksheet", "chartsheet"):
            found.append(
                _Listed(
                    name=entry.get("name", ""),
                    part=relation.target,
                    hidden=entry.get("state", "visible") != "visible",
                    has_cells=relation.kind == "worksheet",
                )
            )
    if not any(listed.has_cells for listed in found):
        raise book.faults.refuse("BOOK-BROKEN", part=start)
    return tuple(found)


class _SheetReader:
    """Reads one sheet from its XML, element by element."""

    def __init__(self, listed: _Listed, book: _Book, *, cells_left: int) -> None:
        self.listed = listed
        self.book = book
        self.faults = book.faults
        self.cells_left = cells_left
        self.cells: list[Cell] = []
        self.places: set[tuple[int, int]] = set()
        self.rows: set[int] = set()
        self.row = 0
        """The row being read; 0 where its number is unusable and its cells cannot be placed."""
        self.next_row = 1
        self.next_column = 1
        self.hidden_rows: set[int] = set()
        self.hidden_spans: list[tuple[int, int]] = []
        self.merges: list[Range] = []
        self.filtering = False
        self.outside: list[OutsideText] = []
        self.shared_formulas: dict[str, str] = {}
        self.styles: dict[str, CellStyle] = {}
        """What the styles named so far look like."""

    def read(self) -> tuple[Sheet, list[OutsideText]]:
        """Return the sheet and the texts of its headers and footers."""
        namespace = cell = ""
        within: frozenset[str] = frozenset()
        data: Element | None = None
        for event, element in self.book.package.events(self.listed.part):
            if not cell:
                namespace = element.tag[: element.tag.find("}") + 1]
                cell = f"{namespace}c"
                within = frozenset(f"{namespace}{name}" for name in ("v", "is", "t", "f", "r"))
            tag = element.tag
            if tag in within:
                continue
            if tag == cell:
                if event == "end":
                    self._read_cell(element)
                    element.clear()
                continue
            if not tag.startswith(namespace):
                continue
            name = tag[len(namespace) :]
            if event == "start":
                if name == "row":
                    self._open_row(element)
                elif name == "sheetData":
                    data = element
            elif name == "row" and data is not None:
                data.clear()
            else:
                self._read_setting(name, element)
        return self._sheet(), self.outside

    def _read_setting(self, name: str, element: Element) -> None:
        if name == "col":
            self._read_column(element)
        elif name == "mergeCell":
            merge = read_range(element.get("ref", ""))
            if merge is None:
                self.faults.add("CELL-REF", sheet=self.listed.name, found=element.get("ref", ""), cell=None)
            else:
                self.merges.append(merge)
        elif name == "filterColumn" or (
            name == "sheetPr" and element.get("filterMode", "0") in ("1", "true")
        ):
            self.filtering = True
        elif name == "hyperlink":
            self._read_link(element)
        elif name == "headerFooter":
            self.outside.extend(header_texts(element, self.listed.name, self.faults.file))

    def _read_link(self, element: Element) -> None:
        """A link out of the workbook is told; one to another place of it (without r:id) is nothing to a reader."""
        identifier = next((v for key, v in element.attrib.items() if key.endswith("}id")), None)
        target = self.book.package.links(self.listed.part).get(identifier or "")
        if target:
            cell = element.get("ref", "").partition(":")[0]
            where = cell if read_address(cell) else None
            self.faults.add("LINK-IGNORED", sheet=self.listed.name, cell=where, found=target, target=target)

    def _read_column(self, element: Element) -> None:
        low, high = (element.get(key, "") for key in ("min", "max"))
        if not (low.isdecimal() and high.isdecimal()):
            return
        if element.get("hidden", "0") in ("1", "true") or _is_zero(element.get("width")):
            self.hidden_spans.append((int(low), int(high)))

    def _open_row(self, element: Element) -> None:
        stated = element.get("r")
        self.next_column = 1
        if stated is None:
            self.row = self.next_row  # the format's rule: a row without a number follows the one before
        elif stated.isascii() and stated.isdigit() and 1 <= int(stated[:20]) <= LAST_ROW:
            self.row = int(stated)
        else:
            self.row = 0
        if self.row == 0 or self.row in self.rows or self.row < self.next_row:
            where = cell_address(self.row, 1) if self.row else None
            self.faults.add(
                "ROW-REF", sheet=self.listed.name, cell=where, found=stated or "", row=stated or self.row
            )
        if self.row == 0:
            return
        self.rows.add(self.row)
        self.next_row = max(self.next_row, self.row + 1)
        if element.get("hidden", "0") in ("1", "true") or _is_zero(element.get("ht")):
            self.hidden_rows.add(self.row)

    def _read_cell(self, element: Element) -> None:
        stated = element.get("r")
        if self.row == 0:
            return
        place: tuple[int, int] | None = (self.row, self.next_column)
        usual = cell_address(self.row, self.next_column) if self.next_column <= LAST_COLUMN else ""
        if stated is not None and stated != usual:
            place = read_address(stated)
        if place is None or place[0] != self.row or place[1] < self.next_column or place[1] > LAST_COLUMN:
            # Where it claims to stand, or where it would: the clerk can look there.
            where = stated if place and stated else cell_address(self.row, min(self.next_column, LAST_COLUMN))
            self.faults.add("CELL-REF", sheet=self.listed.name, cell=where, found=stated or "")
            return
        self.next_column = place[1] + 1
        cell = self._cell(element, *place)
        if cell is None:
            return
        if cell.row > MAX_ROWS or cell.column > MAX_COLUMNS:
            raise self.faults.refuse(
                "SHEET-EXTENT", sheet=self.listed.name, cell=cell.address, rows=MAX_ROWS, columns=MAX_COLUMNS
            )
        if len(self.cells) >= self.cells_left:
            raise self.faults.refuse("SHEET-BUDGET", sheet=self.listed.name, limit=MAX_CELLS)
        self.cells.append(cell)

    def _cell(self, element: Element, row: int, column: int) -> Cell | None:
        """The cell of a `<c>`, or None where it holds nothing."""
        formula = value = inline = None
        for child in element:
            name = local(child)
            if name == "f":
                formula = child
            elif name == "v":
                value = child
            elif name == "is":
                inline = child
        style = self._style(element)
        stored = (value.text or "") if value is not None else ""
        text, kind, raw, struck = self._value(element.get("t", "n"), stored, inline, style, (row, column))
        if formula is not None:
            raw = self._formula(formula, cell_address(row, column))
            kind = "error" if kind == "error" else "formula"
        if text == "" and formula is None:
            return None
        if len(text) > MAX_CELL_CHARACTERS:
            text = fitting(text, self.faults, self.listed.name, row, column)
        if style.unseen and text.strip():
            self.faults.add(
                "CELL-INVISIBLE-FORMAT", sheet=self.listed.name, cell=cell_address(row, column), found=text
            )
        return Cell(
            row=row,
            column=column,
            text=text,
            type=kind,
            raw=raw,
            struck=(struck or style.struck) and bool(text),
        )

    def _style(self, element: Element) -> CellStyle:
        stated = element.get("s", "0")
        if stated in self.styles:
            return self.styles[stated]
        at = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 9 else 0
        style = self.book.styles[at] if at < len(self.book.styles) else PLAIN
        return self.styles.setdefault(stated, style)

    def _value(
        self, kind: str, stored: str, inline: Element | None, style: CellStyle, place: tuple[int, int]
    ) -> tuple[str, CellType, str, bool]:
        """(text, type, raw, struck) of a stored value."""
        if kind == "s":
            return self._shared(stored, place)
        if kind == "inlineStr":
            string = (
                string_of(inline) if inline is not None else SharedText(text=decoded(stored), struck=False)
            )
            return string.text, "text", "", string.struck
        if kind == "str":
            return decoded(stored), "text", "", False
        if kind == "b":
            return (
                ("" if stored == "" else "TRUE" if stored.strip() in ("1", "true") else "FALSE"),
                "boolean",
                "",
                False,
            )
        if kind == "e":
            return stored, "error", "", False
        if kind == "d":
            return stored, "date", stored, False
        if stored == "":
            return "", "text", "", False
        read = figure(stored.strip(), style.number, from_1904=self.book.from_1904)
        if read.fault:
            slots = {"format": style.number.code} if read.fault == "CELL-TYPE" else {}
            slots |= {"raw": stored} if read.fault == "DATE-RANGE" else {}
            self.faults.add(
                read.fault, sheet=self.listed.name, cell=cell_address(*place), found=stored, **slots
            )
        return read.text, read.type, read.raw, False

    def _shared(self, stored: str, place: tuple[int, int]) -> tuple[str, CellType, str, bool]:
        index = stored.strip()
        if index == "":
            return "", "text", "", False
        if index.isascii() and index.isdigit() and len(index) < 10 and int(index) < len(self.book.strings):
            string = self.book.strings[int(index)]
            return string.text, "text", "", string.struck
        self.faults.add(
            "CELL-SST", sheet=self.listed.name, cell=cell_address(*place), found=index, index=index
        )
        return stored, "error", "", False

    def _formula(self, element: Element, address: str) -> str:
        """The formula as the edit line shows it; one shared from another cell names that cell."""
        text = element.text or ""
        group = element.get("si", "") if element.get("t") == "shared" else ""
        if group and text:
            self.shared_formulas[group] = f"={text} ({address})"
        if group and not text:
            return self.shared_formulas.get(group, "=")
        return f"={text}"

    def _sheet(self) -> Sheet:
        name = self.listed.name
        merges = Merges(self.merges, name, self.faults)
        cells = self.cells
        if merges.ranges:
            placed = ((cell, *merges.of(cell.row, cell.column)) for cell in cells)
            cells = [
                _placed(cell, anchor, under) if anchor or under else cell for cell, anchor, under in placed
            ]
        cells.sort(key=attrgetter("row", "column"))
        return Sheet(
            name=name,
            cells=tuple(cells),
            merges=merges.ranges,
            hidden=self.listed.hidden,
            hidden_rows=frozenset(row for row in self.hidden_rows if row <= MAX_ROWS),
            hidden_columns=_within(self.hidden_spans, max((cell.column for cell in cells), default=0)),
            filtered=self.filtering and bool(self.hidden_rows),
        )


def _is_zero(size: str | None) -> bool:
    return size is not None and size.replace(".", "").strip("0") == "" and size != ""


def _within(spans: Iterable[tuple[int, int]], last: int) -> frozenset[int]:
    """The hidden columns up to the last one in use: hiding all that is empty to the right hides nothing."""
    return frozenset(column for low, high in spans for column in range(low, min(high, last) + 1))


def _placed(cell: Cell, anchor: Range | None, under: bool) -> Cell:
    return Cell(
        row=cell.row,
        column=cell.column,
        text=cell.text,
        type=cell.type,
        raw=cell.raw,
        merged=anchor,
        hidden_value=under,
        struck=cell.struck,
    )
