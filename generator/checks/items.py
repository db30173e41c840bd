"""Lines of a table → `FiledItem`s: every field as filed, and what is missing from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from generator.checks.applying import applying
from generator.checks.headers import Column
from generator.checks.notebook import Notebook
from generator.checks.split import (
    is_cancelled,
    read_category,
    split_combined,
    split_departments,
    split_duties,
)
from generator.checks.table import Category, Line, Table, row_address
from generator.checks.text import fold, one_line, trim
from generator.checks.vocabulary import (
    INSTITUTION_ENDS,
    PLACEHOLDERS_ANYWHERE,
    PLACEHOLDERS_BEGIN,
    PLACEHOLDERS_REQUIRED,
)
from generator.model.documents import Cell, OutsideText, Range
from generator.model.findings import Department, FiledItem
from generator.model.kinds import Field, ListKind, More
from generator.model.places import DivisionCode

_MISSING = {
    "number": "SERIAL-MISSING",
    "name": "NAME-MISSING",
    "departments": "DEPARTMENT-MISSING",
    "department_duty": "DEPARTMENT-DUTY-MISSING",
    "township_duty": "TOWNSHIP-DUTY-MISSING",
    "method": "METHOD-MISSING",
}

_RESTS_ON_LAW = frozenset({"powers", "delegated"})
"""Kinds whose every line is a power that some law gives."""

_ONE_LINE: tuple[Field, ...] = ("number", "name")


@dataclass(slots=True)
class FiledList:
    """One list, from one table or from several of a docx that belong together."""

    tables: list[Table]
    kind: ListKind
    items: list[FiledItem] = field(default_factory=list)
    tables_of: list[Table] = field(default_factory=list)
    """For each item, the table it stands in."""
    rows: list[tuple[FiledItem, Table]] = field(default_factory=list)
    """Every line with its table, those without a name too: their serials count all the same."""
    categories: list[tuple[Table, Category]] = field(default_factory=list)
    townships: tuple[DivisionCode, ...] = ()
    township_names: frozenset[str] = frozenset()
    paragraphs: list[OutsideText] = field(default_factory=list)
    """docx: what stands before its tables, or after the last one."""
    differs: str | None = None
    """The file of the base list, for a list that holds only what differs from it."""
    left_out: list[tuple[FiledItem, Table]] = field(default_factory=list)
    """Lines that say that the base list's do not apply."""

    @property
    def table(self) -> Table:
        """Its first table."""
        return self.tables[0]


def read_items(filed: FiledList, notebook: Notebook) -> None:
    """Fill a list with its items and categories, noting what is missing or not certain."""
    for table in filed.tables:
        reader = _TableItems(table, filed.kind, notebook, differs=filed.differs is not None)
        filed.categories += [(table, category) for category in table.categories]
        for line in table.lines:
            item = reader.item(line)
            filed.rows.append((item, table))
            if item.name:
                filed.items.append(item)
                filed.tables_of.append(table)
        filed.categories += [(table, category) for category in reader.categories.values()]


def _address(cells: list[Cell]) -> str:
    """The cell of a field, or the range where several rows make one item."""
    first, last = cells[0], cells[-1]
    if first is last:
        return first.address
    return str(Range(top=first.row, left=first.column, bottom=last.row, right=last.column))


def _says_nothing(text: str, needed: bool) -> bool:
    first = text[0]
    if ("\u3400" <= first <= "\u9fff" and first not in PLACEHOLDERS_BEGIN) or "1" <= first <= "9":
        return False
    key = fold(text)
    return bool(PLACEHOLDERS_ANYWHERE.match(key) or (needed and PLACEHOLDERS_REQUIRED.match(key)))


@lru_cache(maxsize=2048)  # the same departments have the same duties in many townships' lists
def _owners(text: str, duty: str | None) -> tuple[Department, ...]:
    """The departments of a cell, each with its part of the duty where the list has such a column."""
    names = split_departments(text)
    if duty is None:
        return tuple(Department(name=name) for name in names)
    duties = split_duties(duty, names)
    return tuple(Department(name=name, duty=own) for name, own in zip(names, duties, strict=True))


class _TableItems:
    def __init__(self, table: Table, kind: ListKind, notebook: Notebook, *, differs: bool) -> None:
        self.table = table
        self.kind = kind
        self.differs = differs
        self.notebook = notebook
        self.categories: dict[str, Category] = {}
        """Those of a column of categories, by address."""
        self.last_category: Category | None = None
        self.said_inherited = False
        self.columns = table.columns
        self.of: dict[Field, list[Column]] = {}
        for column in self.columns:
            for meaning in column.fields if isinstance(column.fields, tuple) else ():
                self.of.setdefault(meaning, []).append(column)
        self.present = frozenset(self.of)
        self.more = kind.more
        combined = [c for c in self.columns if c.fields == ("departments", "method")]
        self.combined = combined[0] if combined else None

    def _add(self, rule: str, address: str, found: str = "", **slots: object) -> None:
        self.notebook.add(rule, self.table.place(address), found, **slots)

    def item(self, line: Line) -> FiledItem:
        """Return the item of a line; one without a name is no item of the list and only lends its serial."""
        texts: dict[Field, str] = {}
        places: dict[Field, str] = {}
        cells: dict[Field, list[Cell]] = {}
        for meaning in self.kind.fields:
            if meaning not in self.present:
                continue
            own = cells[meaning] = line.under(self.of[meaning])
            if len(own) == 1 and (text := trim(own[0].text)):
                texts[meaning] = text
                places[meaning] = own[0].address
                if own[0].type != "text" or own[0].autonumber:
                    self._check_cells(meaning, own)
            elif filled := [cell for cell in own if trim(cell.text)]:
                texts[meaning] = "\n".join(trim(cell.text) for cell in filled)
                places[meaning] = _address(filled)
                self._check_cells(meaning, filled)
        if self.combined:
            self._divide_combined(texts, places)
        self._one_line(texts, places)
        category = self._category(line, cells.get("category", []), places)
        departments = self._departments(texts, cells, line)
        if not (self.differs and texts.get("name") and applying(line) == "left out"):
            self._check_required(texts, places, cells, line, departments)
        more = self._more(texts)
        name = self._whole_name(texts)
        if not name:
            self.table.give_up(line)
        return FiledItem(
            number=texts.get("number", ""),
            category=category,
            name=name,
            basis=texts.get("basis"),
            departments=departments,
            township_duty=texts.get("township_duty"),
            method=texts.get("method"),
            where=self.table.place(places.get("name")),
            cells=places,
            more=more,
        )

    def _more(self, texts: dict[Field, str]) -> More:
        return tuple((meaning, texts[meaning]) for meaning in self.more if meaning in texts)

    def _whole_name(self, texts: dict[Field, str]) -> str:
        """Return the name, with its 子项 where the line has one: lines of one 项目 are told apart by nothing else."""
        name, part = texts.get("name", ""), texts.get("subitem", "")
        if not name or not part or "\n" in part or PLACEHOLDERS_REQUIRED.match(fold(part)):
            return name
        return f"{name} · {part}"

    def _check_cells(self, meaning: Field, filled: list[Cell]) -> None:
        """Text columns hold text; a serial may be a whole number."""
        for cell in filled:
            if cell.type == "number" and meaning == "number":
                if not cell.text.strip().isdigit():
                    self._add("SERIAL-NUMERIC-FRACTION", cell.address, cell.text)
            elif cell.type in ("number", "boolean", "date"):
                self._add("CELL-TYPE", cell.address, cell.text)
            if cell.autonumber and meaning == "number":
                self._add("SERIAL-AUTONUMBER", cell.address, cell.text)
            elif cell.autonumber:
                self._add("TEXT-AUTONUMBER", cell.address, cell.text)
        if len(filled) > 1 and meaning in ("number", "name", "category", "township_duty", "method", "basis"):
            self._add("ROW-GROUP", filled[1].address, filled[1].text)

    def _one_line(self, texts: dict[Field, str], places: dict[Field, str]) -> None:
        for meaning in _ONE_LINE:
            text = texts.get(meaning)
            if text is not None and ("\n" in text or "\r" in text):
                texts[meaning] = one_line(text)
                self._add("TEXT-LINEBREAK", places[meaning], text)

    def _divide_combined(self, texts: dict[Field, str], places: dict[Field, str]) -> None:
        """承接部门及工作方式 in one cell: divide it, or say that it cannot be divided."""
        whole = texts.pop("departments", None)
        address = places.pop("departments", "")
        if whole is None:
            return
        texts.pop("method", None)
        places.pop("method", None)
        parts = split_combined(whole)
        if parts is None and is_cancelled(whole):
            texts["method"] = whole
            places["method"] = address
        elif parts is None:
            self._add("COMBINED-UNSPLIT", address, whole)
            texts["method"] = texts["departments"] = whole
            places["method"] = places["departments"] = address
        else:
            if parts.departments:
                texts["departments"] = parts.departments
                places["departments"] = address
            if parts.method:
                texts["method"] = parts.method
                places["method"] = address

    def _category(self, line: Line, cells: list[Cell], places: dict[Field, str]) -> str | None:
        """Return the category of a line: its own cell's, the one above in a blank column, or the row's above it."""
        filled = [cell for cell in cells if trim(cell.text)]
        if not filled and "category" in self.present and self.last_category:
            if not self.said_inherited:
                address = row_address(line.top, self.columns, "category")
                self._add("CATEGORY-INHERITED", address, self.last_category.text)
                self.said_inherited = True
            category = self.last_category
        elif filled:
            category = self._column_category(filled[0])
        elif line.category:
            if line.category in self.table.categories and line.category.address:
                places["category"] = line.category.address
            return line.category.name
        else:
            return None
        category.take()
        places["category"] = filled[0].address if filled else category.address
        return category.name

    def _column_category(self, cell: Cell) -> Category:
        """Return the category of a cell; neighbours that repeat its text are one category, not many."""
        last = self.last_category
        if last is not None and (last.address == cell.address or fold(last.text) == fold(cell.text)):
            return last
        category = Category(title=read_category(cell.text), text=cell.text, address=cell.address)
        self.categories[cell.address] = self.last_category = category
        if "\n" in trim(cell.text):
            self._add("TEXT-LINEBREAK", cell.address, cell.text)
        return category

    def _departments(
        self, texts: dict[Field, str], cells: dict[Field, list[Cell]], line: Line
    ) -> tuple[Department, ...] | None:
        if not self.kind.has("departments"):
            return None
        text = texts.get("departments")
        nothing = text is None or PLACEHOLDERS_REQUIRED.match(fold(text))
        if self.kind.slug == "reclaimed" and is_cancelled(texts.get("method")) and nothing:
            return ()
        if text is None:
            if "department_duty" in texts and "departments" not in self.kind.required:
                self._missing("departments", line)
            return ()
        duty = texts.get("department_duty") if self.kind.has("department_duty") else None
        paired = self._paired(cells)
        if paired is not None:
            return paired
        self._check_breaks(text, line)
        return _owners(text, duty)

    def _check_breaks(self, text: str, line: Line) -> None:
        """A line break may divide two departments, or stand inside the name of one."""
        lines = [trim(part) for part in text.split("\n") if trim(part)]
        for first, second in pairwise(lines):
            unfinished = first[-1] not in "、；;，,。" and not INSTITUTION_ENDS.search(first)
            if unfinished and INSTITUTION_ENDS.search(second.rstrip("。；;、，,")):
                address = row_address(line.top, self.columns, "departments")
                self._add("DEPARTMENT-NAME", address, first, following=second)

    def _paired(self, cells: dict[Field, list[Cell]]) -> tuple[Department, ...] | None:
        """One item over several rows, a department and its duty in each: the rows say whose duty is whose."""
        names, duties = cells.get("departments", []), cells.get("department_duty", [])
        if len(names) < 2 or [cell.row for cell in names] != [cell.row for cell in duties]:
            return None
        departments = []
        for name_cell, duty_cell in zip(names, duties, strict=True):
            own = split_departments(trim(name_cell.text))
            texts = split_duties(trim(duty_cell.text), own)
            departments += [Department(name=n, duty=d or None) for n, d in zip(own, texts, strict=True)]
        return tuple(departments)

    def _missing(self, meaning: Field, line: Line) -> None:
        self._add(_MISSING[meaning], row_address(line.top, self.columns, meaning))

    def _check_required(
        self,
        texts: dict[Field, str],
        places: dict[Field, str],
        cells: dict[Field, list[Cell]],
        line: Line,
        departments: tuple[Department, ...] | None,
    ) -> None:
        cancelled = self.kind.slug == "reclaimed" and departments == () and is_cancelled(texts.get("method"))
        for meaning in self.kind.fields:
            text = texts.get(meaning)
            needed = meaning in self.kind.required and not (meaning == "departments" and cancelled)
            if text is None:
                if needed and meaning in self.present:
                    self._say_missing(meaning, cells, line)
            elif _says_nothing(text, needed) and not (meaning == "number" and fold(text).isdigit()):
                self._add("PLACEHOLDER", places[meaning], text)
        if self.kind.slug in _RESTS_ON_LAW and "basis" in self.present and "basis" not in texts:
            self._add("BASIS-MISSING", row_address(line.top, self.columns, "basis"))

    def _say_missing(self, meaning: Field, cells: dict[Field, list[Cell]], line: Line) -> None:
        present = cells.get(meaning, [])
        if any(cell.type in ("formula", "error") for cell in present):
            return  # the cell's own rule says what is wrong with it
        automatic = [cell for cell in present if cell.autonumber]
        if automatic and meaning == "number":
            self._add("SERIAL-AUTONUMBER", automatic[0].address)
        elif self.kind.slug == "reclaimed" and meaning == "departments":
            self._add("RECEIVER-MISSING", row_address(line.top, self.columns, meaning))
        else:
            self._missing(meaning, line)
