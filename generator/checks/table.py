"""One grid → one table: titles, header, category rows, item lines and notes, every cell with its role.

Nothing is interpreted beyond the role a cell plays. A cell that plays none is left without a role, and the account
at the end (`filing`) reports it: that is how nothing gets lost here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from generator.checks.columns import mapping_for
from generator.checks.headers import NO_OWN, REMARKS, Column, Header, OwnHeadings, header_at, row_key
from generator.checks.notebook import Notebook
from generator.checks.split import CategoryTitle, read_category
from generator.checks.text import fold, read_serial, trim
from generator.checks.vocabulary import CATEGORIES, kinds_named
from generator.model.documents import Cell, Range, Sheet, Where, cell_address
from generator.model.kinds import Field
from generator.model.text import Text

_LABELS = (
    r"备\s*注|说\s*明|注|附\s*注|填\s*[表报写]\s*说\s*明|编\s*制\s*说\s*明|填\s*[报表]\s*单\s*位|填\s*[报表]\s*人|制\s*表\s*人?|审\s*核\s*人?|"
    r"联\s*系\s*(?:人|电\s*话|方\s*式)|电\s*话|负\s*责\s*人|编\s*制\s*单\s*位|公\s*布\s*单\s*位|报\s*送\s*单\s*位|单\s*位(?:名\s*称)?|(?:填\s*报|编\s*制|报\s*送|公\s*布|印\s*发)?\s*(?:日\s*期|时\s*间)|"
    r"(?:单位|主要|分管)?\s*(?:领导|负责人)\s*(?:签\s*字)?|签\s*字|盖\s*章|公\s*章|版\s*本|文\s*号|填写示例"
)
NOTE = re.compile(
    rf"^[（(【\[]?\s*(?:(?:{_LABELS})\s*(?:[（(][^）)]{{0,8}}[）)])?\s*[】\]]?\s*(?:[:：]|$)|(?:备\s*注|说\s*明|注)\s*[\d０-９①-⑳.、]|附\s*[件表]\s*[\d０-９一二三四五六七八九十]*\s*(?:[:：]|$)|"
    r"(?:合\s*计|总\s*计|共\s*计|小\s*计|总\s*数)\s*[:：（(]?\s*(?:[\d０-９]|共|$)|共\s*[\d０-９一二三四五六七八九十百]+\s*[项条]|[*※]\s*(?:注|备注|说明)|"
    r"[\d０-９一二三四五六七八九〇○零]{4}\s*[年.\-/]\s*[\d０-９一二三四五六七八九十]{1,3}\s*[月.\-/]?\s*(?:[\d０-９一二三四五六七八九十]{1,3}\s*日?)?\s*$)"
)
"""How a line around the table begins: a label with its colon, a total, a date. Nothing an item's name begins with."""
_NOTE_CONTINUED = re.compile(r"^\s*(?:\d+\s*[.．、]|[（(]\d+[)）]|[①-⑳])")
_ARABIC = re.compile(r"^\s*[(（第]?\s*[\d０-９]")
_CHINESE_SERIAL = re.compile(r"^\s*[（(]?[一二三四五六七八九十百]+[)）]?\s*[、.．]?\s*$")
NOT_APPLYING = "不适用事项"
"""The category of lines that a difference document takes out of the base list."""
_TOP = re.compile(r"^\s*[一二三四五六七八九十百]+\s*、")
_BRACKETED = re.compile(r"^\s*[（(]\s*[一二三四五六七八九十]+\s*[)）]")
_COUNT_ONLY = re.compile(r"^\s*[（(]?\s*共?\s*[\d０-９]+\s*[项条]?\s*[)）]?\s*$")


@dataclass(slots=True)
class Category:
    """A category as one row (or merged range) of the document says it."""

    title: CategoryTitle
    text: str
    address: str
    lines: int = 0
    parent: Category | None = None
    """For （一） under 一、: the category above, whose count takes in its parts."""

    @property
    def name(self) -> str:
        """The name as items carry it: 党的建设, or 党的建设 · 组织建设 for a part of it."""
        return f"{self.parent.name} · {self.title.name}" if self.parent else self.title.name

    def take(self, lines: int = 1) -> None:
        """Count lines that stand under it."""
        self.lines += lines
        if self.parent:
            self.parent.take(lines)


@dataclass(slots=True)
class Line:
    """The cells of one item, by the column they stand in."""

    top: int
    bottom: int
    category: Category | None
    cells: dict[Column, list[Cell]] = field(default_factory=dict)

    def under(self, columns: Sequence[Column]) -> list[Cell]:
        """Return the cells that stand in these columns."""
        return [cell for column in columns for cell in self.cells.get(column, ())]


@dataclass(slots=True)
class Table:
    """What a sheet says, sorted by role."""

    sheet: Sheet
    where: Where
    header: Header | None
    titles: list[Cell] = field(default_factory=list)
    """Above the header, and section titles that name the kind of list."""
    notes: list[Cell] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    roles: dict[tuple[int, int], str] = field(default_factory=dict)
    joined: bool = False
    """It goes on from the table before it (docx)."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its header."""
        return self.header.columns if self.header else ()

    def place(self, cell: str | None = None) -> Where:
        """Return a place in this sheet."""
        return Where(file=self.where.file, sheet=self.where.sheet, cell=cell or None)

    def give_up(self, *lines: Line) -> None:
        """Say of lines that a finding speaks of them and that no item comes out of them."""
        for line in lines:
            for cells in line.cells.values():
                for cell in cells:
                    self.roles[cell.row, cell.column] = "finding"


class _Reader:
    """Walks down one sheet, giving every cell its role."""

    def __init__(
        self, sheet: Sheet, file: str, notebook: Notebook, before: Table | None, own: OwnHeadings
    ) -> None:
        self.own = own
        self.sheet = sheet
        self.notebook = notebook
        self.before = before
        self.table = Table(sheet=sheet, where=Where(file=file, sheet=sheet.name), header=None)
        self.rows: dict[int, list[Cell]] = {}
        self.cover: dict[tuple[int, int], Cell] = {}
        self.category: Category | None = None
        self.in_notes = False
        self.said_merged: set[Column] = set()
        self.at: dict[int, Column | None] = {}
        """Which column of the header covers a grid column, for those asked about so far."""
        for cell in sheet.cells:
            if cell.hidden_value:
                self._role(cell, "finding")
            elif not trim(cell.text) and cell.type in ("text", "date", "number") and not cell.autonumber:
                self._role(cell, "blank")
            else:
                self.rows.setdefault(cell.row, []).append(cell)

    def _role(self, cell: Cell, role: str) -> None:
        self.table.roles[cell.row, cell.column] = role

    def _all(self, cells: list[Cell], role: str) -> None:
        for cell in cells:
            self._role(cell, role)

    def read(self) -> Table:
        self._find_header()
        header = self.table.header
        if header is None:
            return self.table
        for row in range(header.top, header.bottom + 1):
            self._all(self.rows.get(row, []), "header")
        self._titles(header.top)
        self._cover(header)
        self._start_category(header)
        done = header.bottom
        for row in sorted(self.rows):
            if row > done:
                done = self._body_row(row, header)
                if done < 0:
                    break
        return self.table

    def _find_header(self) -> None:
        for row in sorted(self.rows):
            self.table.header = header_at(self.rows, row, self.own)
            if self.table.header:
                return
        before = self.before.header if self.before else None
        # docx: a list goes on in the next table; without a header it must have the same grid and begin like a list.
        if before and self.rows and self._width() == max(c.right for c in before.columns):
            self.table.header = Header(top=0, bottom=0, columns=before.columns, texts=before.texts)
            self.table.joined = True

    def _width(self) -> int:
        return max(
            (cell.merged.right if cell.merged else cell.column) for row in self.rows.values() for cell in row
        )

    def _titles(self, top: int) -> None:
        for row in sorted(row for row in self.rows if row < top):
            cells = self.rows[row]
            if len(cells) > 1 and _ARABIC.match(cells[0].text) and _serial_like(cells[0]):
                self.notebook.add("ROW-UNMAPPED", self.table.place(_range(cells)), cells[0].text)
                self._all(cells, "finding")
                continue
            self._all(cells, "title")
            self.table.titles += cells

    def _cover(self, header: Header) -> None:
        """Note which vertically merged cell speaks for which row, within the columns of the table."""
        last = max((cell.row for row in self.rows.values() for cell in row), default=0)
        for row, cells in self.rows.items():
            if row > header.bottom:
                for cell in cells:
                    if cell.merged and cell.merged.bottom > cell.row:
                        for under in range(cell.row, min(cell.merged.bottom, last + 1000) + 1):
                            self.cover[under, cell.column] = cell

    def _start_category(self, header: Header) -> None:
        """A category may stand between title and header, where each category has a table of its own."""
        cells = self.rows.get(header.top - 1, [])
        if len(cells) == 1 and cells[0] in self.table.titles and not kinds_named(cells[0].text):
            title = read_category(cells[0].text)
            if title.name in CATEGORIES and (title.has_serial or title.count is not None):
                self.table.titles.remove(cells[0])
                self._new_category(cells[0], title)

    def _new_category(self, cell: Cell, title: CategoryTitle) -> None:
        self._role(cell, "category")
        above = self.category.parent or self.category if self.category else None
        is_part = bool(above and _BRACKETED.match(cell.text) and _TOP.match(above.text))
        parent = above if is_part else None
        self.category = Category(title=title, text=cell.text, address=cell.address, parent=parent)
        self.table.categories.append(self.category)
        self.in_notes = False

    def _body_row(self, row: int, header: Header) -> int:
        """Give the cells of one row their role; return the last row dealt with, -1 to stop."""
        cells = self.rows[row]
        other = self._header_again(row, header)
        if other is not None:
            return other
        cells = self._outside_columns(cells, header)
        if not cells:
            return row
        begin = cells[0].text
        if not begin.isdigit() and NOTE.match(trim(begin)) and not self._numbered(cells, header):
            self._note(cells)
            return row
        if len(cells) == 1 and self._single(cells[0], header):
            return row
        if self._split_category(cells, header):
            return row
        return self._line(row, header)

    def _header_again(self, row: int, header: Header) -> int | None:
        if self.rows[row][0].text.isdigit():
            return None  # no heading is a number, and nearly every line begins with one
        if row_key(self.rows[row]) in header.texts:
            self._all(self.rows[row], "header")
            if row_key(self.rows[row]) == header.texts[0]:
                self.notebook.add("HEADER-REPEATED", self.table.place(_range(self.rows[row])))
            return row
        again = header_at(self.rows, row, self.own)
        if again is None:
            return None
        if [c.fields for c in again.columns] == [c.fields for c in header.columns] and not any(
            c.fields is None for c in again.columns
        ):
            for r in range(again.top, again.bottom + 1):
                self._all(self.rows.get(r, []), "header")
            self.notebook.add("HEADER-REPEATED", self.table.place(_range(self.rows[row])))
            return again.bottom
        self.notebook.add("TABLE-SECOND", self.table.place(self.rows[row][0].address), self.rows[row][0].text)
        for r, cells in self.rows.items():
            if r >= row:
                self._all(cells, "finding")
        return -1

    def _column(self, column: int, header: Header) -> Column | None:
        try:
            return self.at[column]
        except KeyError:
            return self.at.setdefault(column, header.column_at(column))

    def _outside_columns(self, cells: list[Cell], header: Header) -> list[Cell]:
        """Return the cells under a heading; report text that stands under none."""
        inside = []
        for cell in cells:
            if self._column(cell.column, header) or (
                cell.merged and cell.merged.left <= header.columns[-1].right
            ):
                inside.append(cell)
            elif NOTE.match(trim(cell.text)):
                self._note([cell])
            else:
                self._role(cell, "finding")
                self.notebook.add("COL-UNKNOWN", self.table.place(cell.address), cell.text)
        return inside

    def _numbered(self, cells: list[Cell], header: Header) -> bool:
        """Whether a row has a serial, so that it is an item even if its first word looks like a note's."""
        numbers = [c for c in header.columns if isinstance(c.fields, tuple) and "number" in c.fields]
        return any(
            column.left <= cell.column <= column.right and _serial_like(cell)
            for column in numbers
            for cell in cells
        )

    def _note(self, cells: list[Cell]) -> None:
        self._all(cells, "note")
        self.table.notes += cells
        self.in_notes = True

    def _single(self, cell: Cell, header: Header) -> bool:
        """Deal with a row of one cell: a category, a note, a section title; False where it is a (bad) item."""
        column = self._column(cell.column, header)
        fields = column.fields if column and isinstance(column.fields, tuple) else ()
        wide = _columns_under(cell, header) > 1
        text = trim(cell.text)
        if cell.autonumber and not text:
            return False
        if self.in_notes and _NOTE_CONTINUED.match(text) and (wide or cell.column == header.columns[0].left):
            self._note([cell])
            return True
        title = read_category(text)
        if kinds_named(title.name) and (wide or title.has_serial) and len(title.name) < 30:
            self._role(cell, "title")
            self.table.titles.append(cell)
            return True
        chinese = title.has_serial and not _ARABIC.match(text)
        known = title.name in CATEGORIES or title.name == NOT_APPLYING
        if wide or (("number" in fields or "name" in fields) and (known or (chinese and title.name))):
            self._new_category(cell, title)
            return True
        if "name" in fields or ("number" in fields and _serial_like(cell)):
            return False
        if "category" in fields:
            return False
        self.notebook.add("ROW-UNMAPPED", self.table.place(cell.address), cell.text)
        self._role(cell, "finding")
        return True

    def _split_category(self, cells: list[Cell], header: Header) -> bool:
        """A category whose serial (一) or count (17项) stands in a cell of its own."""
        if len(cells) != 2:
            return False
        first, second = cells
        if first.text.isdigit():
            return False
        column = self._column(first.column, header)
        fields = column.fields if column and isinstance(column.fields, tuple) else ()
        if "number" not in fields:
            return False
        if _CHINESE_SERIAL.match(first.text) and self._arabic_serials(header):
            self._role(first, "category")
            title = read_category(second.text)
            self._new_category(second, CategoryTitle(name=title.name, count=title.count, has_serial=True))
            return True
        title = read_category(first.text)
        if title.has_serial and title.name in CATEGORIES and _COUNT_ONLY.match(second.text):
            self._role(second, "category")
            self._new_category(
                first, CategoryTitle(name=title.name, count=_count_in(second.text), has_serial=True)
            )
            return True
        return False

    def _arabic_serials(self, header: Header) -> bool:
        numbers = [c for c in header.columns if isinstance(c.fields, tuple) and "number" in c.fields]
        return any(
            _ARABIC.match(cell.text)
            for row, cells in self.rows.items()
            if row > header.bottom
            for cell in cells
            for column in numbers
            if column.left <= cell.column <= column.right and not cell.merged
        )

    def _line(self, row: int, header: Header) -> int:
        """Read one item; return its last row: several where number and name are merged over them."""
        bottom = self._group_bottom(row, header)
        line = Line(top=row, bottom=bottom, category=self.category)
        roles = self.table.roles
        for r in range(row, bottom + 1):
            own = self.rows.get(r, []) if r == row else self._outside_columns(self.rows.get(r, []), header)
            for cell in own:
                column = self._column(cell.column, header)
                if column is None:
                    continue
                if cell.merged and _columns_under(cell, header) > 1:
                    self.notebook.add("MERGE-ACROSS", self.table.place(cell.address), cell.text)
                line.cells.setdefault(column, []).append(cell)
                roles[cell.row, cell.column] = "mapped"
            if r > row or len(line.cells) == len(header.columns):
                continue
            for column in header.columns:
                if column not in line.cells:
                    spoken = self.cover.get((row, column.left))
                    if spoken is not None:
                        line.cells[column] = [spoken]
                        if column.fields in (("number",), ("name",)):
                            self.notebook.add(
                                "MERGE-KEY", self.table.place(spoken.address), spoken.text, row=row
                            )
                        elif column not in self.said_merged:
                            self.said_merged.add(column)
                            self.notebook.add("MERGE-VERTICAL", self.table.place(spoken.address), spoken.text)
        self.table.lines.append(line)
        self.in_notes = False
        if self.category:
            self.category.take()
        return bottom

    def _group_bottom(self, row: int, header: Header) -> int:
        if not any(cell.merged for cell in self.rows[row]):
            return row
        ends = []
        for column in header.columns:
            if isinstance(column.fields, tuple) and ("number" in column.fields or "name" in column.fields):
                cell = next((c for c in self.rows[row] if column.left <= c.column <= column.right), None)
                ends.append(cell.merged.bottom if cell and cell.merged else row)
        return min(ends) if ends else row


def close_categories(table: Table, notebook: Notebook) -> None:
    """Report category rows without a line: a note that nobody marked, or a category that lost its lines."""
    for category in [category for category in table.categories if not category.lines]:
        title = category.title
        if not (title.has_serial or title.count is not None or title.name in CATEGORIES):
            table.categories.remove(category)
            notebook.add("ROW-UNMAPPED", table.place(category.address), category.text)
        elif title.count is None:
            notebook.add("CATEGORY-EMPTY", table.place(category.address), category.text)


def _serial_like(cell: Cell) -> bool:
    return cell.autonumber or cell.type == "number" or read_serial(cell.text) is not None


def _count_in(text: str) -> int | None:
    digits = re.sub(r"\D", "", fold(text))
    return int(digits) if digits and len(digits) < 7 else None


def _columns_under(cell: Cell, header: Header) -> int:
    if not cell.merged:
        return 1
    return sum(c.left <= cell.merged.right and c.right >= cell.merged.left for c in header.columns)


def _range(cells: list[Cell]) -> str:
    """The range over all cells of a row."""
    first, last = cells[0], cells[-1]
    right = last.merged.right if last.merged else last.column
    return str(Range(top=first.row, left=first.column, bottom=first.row, right=right))


def row_address(row: int, columns: tuple[Column, ...], wanted: Field) -> str:
    """Return where a field of a row would stand, filled or not."""
    column = next((c for c in columns if isinstance(c.fields, tuple) and wanted in c.fields), None)
    return cell_address(row, column.left if column else 1)


def read_table(
    sheet: Sheet,
    file: str,
    notebook: Notebook,
    *,
    before: Table | None = None,
    own: OwnHeadings = NO_OWN,
    known: Callable[[Column], bool] | None = None,
) -> Table:
    """Sort the cells of a sheet by the role they play.

    `before` is the table before it in the same document, whose header holds for a docx table without one; `own` are
    the county's own headings; `known` tells columns outside the dictionary that the caller reads itself.
    `header` of the result is None where no header was found.
    """
    table = _Reader(sheet, file, notebook, before, own).read()
    if table.header:
        _check_columns(table, notebook, known)
    return table


def _check_columns(table: Table, notebook: Notebook, known: Callable[[Column], bool] | None) -> None:
    """Report headings that are unknown or stand twice. Empty columns may be called anything."""
    filled = {column for line in table.lines for column, cells in line.cells.items() if cells}
    seen: dict[Field, Column] = {}
    if table.joined:
        return
    for column in table.columns:
        if known is not None and known(column):
            continue
        if column.fields is None and column in filled:
            notebook.add(
                "COL-UNKNOWN",
                table.place(column.address),
                column.heading,
                _mapping(table, column),
            )
        elif column.fields is None:
            notebook.add("COL-EMPTY", table.place(column.address), column.heading)
        elif column.fields == REMARKS and column in filled:
            notebook.add("COL-REMARKS", table.place(column.address), column.heading)
        elif isinstance(column.fields, tuple):
            for meaning in column.fields:
                if meaning not in seen:
                    seen[meaning] = column
                elif not ({"number", "name"} <= _fields_from(table.columns, column)):
                    notebook.add(
                        "COL-DUPLICATE",
                        table.place(column.address),
                        column.heading,
                        other=seen[meaning].address,
                    )
    for line in table.lines:
        for column, cells in line.cells.items():
            if not isinstance(column.fields, tuple):
                for cell in cells:
                    table.roles[cell.row, cell.column] = "finding"
    second = _second_table(table.columns)
    if second:
        for line in table.lines:
            for column in [c for c in line.cells if c.left >= second.left]:
                for cell in line.cells.pop(column):
                    table.roles[cell.row, cell.column] = "finding"
        notebook.add("TABLE-SECOND", table.place(second.address), second.heading)


def _mapping(table: Table, unknown: Column) -> Text:
    """Return the line that would make an unknown column known, as text for its finding."""
    assert table.header
    values = [trim(cell.text) for line in table.lines for cell in line.cells.get(unknown, ())]
    titles = [cell.text for cell in table.titles] + [table.sheet.name or ""]
    kinds = {kind for title in titles for kind in kinds_named(title)}
    return mapping_for(unknown.heading, values, taken=table.header.fields(), kinds=kinds)


def _fields_from(columns: tuple[Column, ...], start: Column) -> set[str]:
    return {f for c in columns if c.left >= start.left and isinstance(c.fields, tuple) for f in c.fields}


def _second_table(columns: tuple[Column, ...]) -> Column | None:
    """Return where a second table begins beside the first: the first heading that names a number or item again."""
    seen: set[str] = set()
    for column in columns:
        if isinstance(column.fields, tuple):
            if set(column.fields) & seen and {"number", "name"} <= _fields_from(columns, column):
                return column
            seen |= set(column.fields)
    return None
