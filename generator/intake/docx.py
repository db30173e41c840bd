"""Read a docx: each table as a sheet with grid-exact columns, and all text around the tables.

An own walk of `word/document.xml`: other readers lose inserted text, content controls and nested tables, repeat merged
cells, and show hidden text as if it were seen. Tables that a page break split are not joined here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from generator.intake.docx_text import Piece, WordText, paragraphs_of
from generator.intake.faults import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Faults, fitting
from generator.intake.merged import MAX_MERGED_CELLS
from generator.intake.parts import Package, local
from generator.intake.reading import Reading
from generator.model.documents import Cell, OutsideKind, OutsideText, Range, Sheet, Where, cell_address

_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"})
# Elements that only wrap others: content controls, smart tags, tracked insertions, custom XML.
WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
_OTHER_PARTS: dict[str, OutsideKind] = {
    "header": "header",
    "footer": "footer",
    "footnotes": "footnote",
    "endnotes": "footnote",
    "comments": "comment",
}


def read_docx(content: bytes, faults: Faults) -> Reading:
    """Return the tables of a document as sheets 表格1, 表格2, … Raises Refused where it cannot be read.

    A paragraph outside carries the name of the table that follows it, and none behind the last table.
    """
    package = Package(content, faults, broken="DOC-BROKEN")
    main = next((r.target for r in package.relations("") if r.kind == "officeDocument"), "word/document.xml")
    root = package.tree(main)
    body = next((child for child in root if local(child) == "body"), None)
    if body is None:
        raise faults.refuse("DOC-BROKEN", part=main)
    words = WordText.of(package, main)
    reader = _BodyReader(words, faults)
    reader.read(body)
    tracked = sum(local(element) in _TRACKED for element in root.iter())
    for relation in package.relations(main):
        kind = _OTHER_PARTS.get(relation.kind)
        if kind and package.has(relation.target):
            part = package.tree(relation.target)
            tracked += sum(local(element) in _TRACKED for element in part.iter())
            reader.read_other(part, kind)
        elif relation.kind in ("chart", "diagramData") and package.has(relation.target):
            reader.read_drawing(package.tree(relation.target))
    for target in dict.fromkeys(_link_targets(root, package.links(main))):
        faults.add("LINK-IGNORED", found=target, target=target)
    if tracked:
        faults.add("DOC-TRACKED-CHANGES", count=tracked)
    pictures = sum(relation.kind == "image" for relation in package.relations(main))
    if pictures:
        faults.add("IMAGE-IGNORED", count=pictures)
    if not reader.sheets:
        faults.add("DOC-NO-TABLE" if any(text.text.strip() for text in reader.outside) else "DOC-NO-TEXT")
    return Reading(sheets=tuple(reader.sheets), outside=tuple(reader.outside), faults=tuple(faults.seen))


def _link_targets(root: Element, links: Mapping[str, str]) -> Iterator[str]:
    """Yield the targets of links in the text, in their order."""
    for element in root.iter():
        if local(element) == "hyperlink":
            identifier = next((v for key, v in element.attrib.items() if key.endswith("}id")), "")
            if identifier in links:
                yield links[identifier]


class _BodyReader:
    """Walks a document's body in reading order."""

    def __init__(self, words: WordText, faults: Faults) -> None:
        self.words = words
        self.faults = faults
        self.sheets: list[Sheet] = []
        self.outside: list[OutsideText] = []
        self._waiting: list[tuple[OutsideKind, str]] = []
        self._cells = 0

    def read(self, body: Element) -> None:
        """Take up all tables and paragraphs of the body."""
        for block in blocks(body):
            if local(block) == "tbl":
                self._read_table(block)
            else:
                piece = self.words.paragraph(block)
                self._wait("paragraph", piece)
                for text in piece.boxes:
                    self._waiting.append(("textbox", text))
        self._place(None)

    def _wait(self, kind: OutsideKind, piece: Piece) -> None:
        if piece.text.strip():
            self._waiting.append((kind, piece.text))

    def _place(self, sheet: str | None) -> None:
        """Everything that waited stands before this table (or, with None, behind the last)."""
        where = Where(file=self.faults.file, sheet=sheet)
        self.outside.extend(OutsideText(kind=kind, text=text, where=where) for kind, text in self._waiting)
        self._waiting.clear()

    def _read_table(self, table: Element) -> None:
        name = f"表格{len(self.sheets) + 1}"
        self._place(name)
        grid = _Table(table, name, self.words, self.faults)
        sheet = grid.sheet(cells_left=MAX_CELLS - self._cells)
        self._cells += len(sheet.cells)
        self.sheets.append(sheet)
        self.outside.extend(grid.outside)

    def read_other(self, root: Element, kind: OutsideKind) -> None:
        """Take up the text of a header, footer, footnote or comment part: one text for each of its entries."""
        entries = [child for child in root if local(child) in ("footnote", "endnote", "comment")] or [root]
        for entry in entries:
            pieces = [self.words.paragraph(paragraph) for paragraph in paragraphs_of(entry)]
            text = "\n".join(piece.text for piece in pieces if piece.text)
            where = Where(file=self.faults.file)
            if text.strip():
                self.outside.append(OutsideText(kind=kind, text=text, where=where))
            boxes = [box for piece in pieces for box in piece.boxes]
            self.outside.extend(OutsideText(kind="textbox", text=box, where=where) for box in boxes)

    def read_drawing(self, root: Element) -> None:
        """Take up the text of a chart or diagram."""
        text = "\n".join(
            line
            for paragraph in root.iter()
            if local(paragraph) == "p"
            if (line := "".join(run.text or "" for run in paragraph.iter() if local(run) == "t"))
        )
        if text.strip():
            self.outside.append(OutsideText(kind="drawing", text=text, where=Where(file=self.faults.file)))


def blocks(parent: Element) -> Iterator[Element]:
    """Yield paragraphs and tables of a body or cell, also those within content controls and the like."""
    for child in parent:
        name = local(child)
        if name in ("p", "tbl"):
            yield child
        elif name in WRAPPERS:
            yield from blocks(child)


def wrapped(parent: Element, name: str) -> Iterator[Element]:
    """Yield the children of that name, also those within content controls and the like."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in WRAPPERS:
            yield from wrapped(child, name)


def _property(element: Element, group: str, name: str) -> Element | None:
    for child in element:
        if local(child) == group:
            return next((entry for entry in child if local(entry) == name), None)
    return None


def _value(element: Element | None, default: str = "") -> str:
    if element is None:
        return default
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "val"), default)


def _count(element: Element | None, default: int) -> int:
    text = _value(element, str(default))
    return int(text) if re.fullmatch(r"\d{1,4}", text) else default


@dataclass(slots=True)
class _Span:
    """A cell of the grid as it grows over merged columns and rows."""

    area: Range
    piece: Piece | None
    open: bool
    """Whether a vertical merge may go on below."""
    under: list[tuple[int, int, Piece]] = field(default_factory=list)
    """Text in the continuing cells of a vertical merge, which Word does not show."""


class _Table:
    """One table on its grid."""

    def __init__(self, table: Element, name: str, words: WordText, faults: Faults) -> None:
        self.table = table
        self.name = name
        self.words = words
        self.faults = faults
        self.spans: list[_Span] = []
        self.outside: list[OutsideText] = []
        self.hidden_rows: set[int] = set()
        self._area = 0

    def sheet(self, *, cells_left: int) -> Sheet:
        """Return the table as a sheet. Raises Refused where it is beyond the budget."""
        grid = next((child for child in self.table if local(child) == "tblGrid"), None)
        columns = 0 if grid is None else sum(local(entry) == "gridCol" for entry in grid)
        above: dict[int, _Span] = {}
        for number, row in enumerate(wrapped(self.table, "tr"), start=1):
            if number > MAX_ROWS:
                raise self.faults.refuse(
                    "SHEET-EXTENT", sheet=self.name, cell=f"A{number}", rows=MAX_ROWS, columns=MAX_COLUMNS
                )
            above = self._read_row(number, row, above, columns)
        cells = sorted(self._cells(), key=lambda cell: (cell.row, cell.column))
        if len(cells) > cells_left:
            raise self.faults.refuse("SHEET-BUDGET", sheet=self.name, limit=MAX_CELLS)
        merges = [span.area for span in self.spans if _size(span.area) > 1]
        return Sheet(
            name=self.name,
            cells=tuple(cells),
            merges=tuple(sorted(merges, key=lambda r: (r.top, r.left))),
            hidden_rows=frozenset(self.hidden_rows),
        )

    def _read_row(self, number: int, row: Element, above: dict[int, _Span], columns: int) -> dict[int, _Span]:
        """Take up one row; return its spans by their first column, for the row below."""
        if (
            _value(_property(row, "trPr", "hidden"), "0" if _property(row, "trPr", "hidden") is None else "1")
            == "1"
        ):
            self.hidden_rows.add(number)
        column = 1 + _count(_property(row, "trPr", "gridBefore"), 0)
        spans: dict[int, _Span] = {}
        last: _Span | None = None
        for cell in wrapped(row, "tc"):
            width = max(1, _count(_property(cell, "tcPr", "gridSpan"), 1))
            if column + width - 1 > MAX_COLUMNS:
                where = cell_address(number, column)
                raise self.faults.refuse(
                    "SHEET-EXTENT", sheet=self.name, cell=where, rows=MAX_ROWS, columns=MAX_COLUMNS
                )
            last = self._read_cell(cell, number, column, width, above, last)
            spans[last.area.left] = last
            column += width
        reached = column - 1 + _count(_property(row, "trPr", "gridAfter"), 0)
        if columns and reached != columns:
            self.faults.add(
                "DOC-GRID",
                sheet=self.name,
                cell=cell_address(number, 1),
                row=number,
                columns=reached,
                expected=columns,
            )
        return spans

    def _read_cell(
        self, cell: Element, row: int, column: int, width: int, above: dict[int, _Span], left: _Span | None
    ) -> _Span:
        """Take up one cell: it begins a span, or continues the one above or (in old files) the one to its left."""
        piece = self._text(cell, row, column)
        vertical = _property(cell, "tcPr", "vMerge")
        continues = vertical is not None and _value(vertical, "continue") != "restart"
        area = Range(top=row, left=column, bottom=row, right=column + width - 1)
        if continues:
            span = above.get(column)
            if span is not None and span.open and span.area.right == area.right:
                return self._grow(
                    span, Range(top=span.area.top, left=column, bottom=row, right=area.right), area, piece
                )
            self.faults.add(
                "DOC-GRID",
                sheet=self.name,
                cell=cell_address(row, column),
                row=row,
                columns="vMerge",
                expected="",
            )
        sideways = _property(cell, "tcPr", "hMerge")
        if sideways is not None and _value(sideways, "continue") != "restart" and left is not None:
            wider = Range(top=left.area.top, left=left.area.left, bottom=row, right=area.right)
            return self._grow(left, wider, area, piece)
        self._charge(_size(area))
        span = _Span(area=area, piece=piece, open=vertical is not None)
        self.spans.append(span)
        return span

    def _grow(self, span: _Span, area: Range, cell: Range, piece: Piece) -> _Span:
        self._charge(_size(cell))
        span.area = area
        if piece.text.strip():
            span.under.append((cell.top, cell.left, piece))
        return span

    def _charge(self, cells: int) -> None:
        """A continuing cell must not make an area that no budget allows."""
        self._area += cells
        if self._area > MAX_MERGED_CELLS:
            raise self.faults.refuse("MERGE-AREA", sheet=self.name, limit=MAX_MERGED_CELLS)

    def _text(self, cell: Element, row: int, column: int) -> Piece:
        pieces: list[Piece] = []
        where = Where(file=self.faults.file, sheet=self.name, cell=cell_address(row, column))
        for block in blocks(cell):
            if local(block) == "tbl":
                inner = [self.words.paragraph(paragraph) for paragraph in paragraphs_of(block)]
                text = "\n".join(piece.text for piece in inner if piece.text)
                self.faults.add("DOC-NESTED-TABLE", sheet=self.name, cell=where.cell, found=text)
                if text.strip():
                    self.outside.append(OutsideText(kind="paragraph", text=text, where=where))
                pieces.extend(Piece(text="", boxes=piece.boxes) for piece in inner if piece.boxes)
            else:
                pieces.append(self.words.paragraph(block))
        joined = Piece.joined(pieces)
        self.outside.extend(OutsideText(kind="textbox", text=box, where=where) for box in joined.boxes)
        return joined

    def _cells(self) -> Iterable[Cell]:
        for span in self.spans:
            if span.piece is not None and (span.piece.text.strip("\n") or span.piece.autonumber):
                merged = span.area if _size(span.area) > 1 else None
                yield self._cell(span.area.top, span.area.left, span.piece, merged=merged)
            for row, column, piece in span.under:
                yield self._cell(row, column, piece, under=True)

    def _cell(
        self, row: int, column: int, piece: Piece, *, merged: Range | None = None, under: bool = False
    ) -> Cell:
        return Cell(
            row=row,
            column=column,
            text=fitting(piece.text if piece.text.strip("\n") else "", self.faults, self.name, row, column),
            merged=merged,
            hidden_value=under,
            struck=piece.struck,
            hidden_text=piece.hidden,
            autonumber=piece.autonumber,
        )


def _size(area: Range) -> int:
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)
