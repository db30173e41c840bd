"""How a county lays out a list: headers, category rows, merges, and which cell each name then stands in.

A `Grid` is a sheet (or one table of a docx) before any file format: 1-based cells and merged rectangles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

CategoryForm = Literal["row", "column", "repeat", "none"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a list, as a reader must give it back."""

    number: str
    category: str | None
    name: str
    basis: str | None
    departments: tuple[tuple[str, str | None], ...] | None
    township_duty: str | None
    method: str | None


@dataclass(frozen=True, kw_only=True)
class Style:
    """One county's habits. `words` overrides headers; {级} in them becomes 乡镇, 镇, 街道 …."""

    category: CategoryForm = "row"
    counts: bool = True
    """Whether category rows carry their count: 一、党的建设（17项）."""
    two_row_header: bool = False
    combined: bool = False
    """Reclaimed lists: 承接部门 and 工作方式 in one cell."""
    basis: bool = False
    restart: bool = False
    """Serials begin again in every category."""
    numbers: Literal["int", "text"] = "int"
    prefix_single: bool = False
    """Whether the duty of an only department still begins with its name."""
    appendix: bool = True
    total: bool = False
    """Whether the title says how many lines there are."""
    words: Mapping[str, str] = field(default_factory=dict)
    breaks: Literal["paragraph", "br"] = "paragraph"
    """How a docx breaks the lines of one cell."""
    table_rows: int = 12
    """How many lines one table of a docx holds before the next begins with the header again."""


@dataclass
class Grid:
    """A sheet or table before any file format."""

    title: str
    cells: dict[tuple[int, int], str | int] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    header: tuple[int, ...] = ()
    columns: int = 0
    last_row: int = 0
    names: list[tuple[int, int]] = field(default_factory=list)
    """Row and column of every line's name, in order."""
    keys: tuple[str, ...] = ()


HEADERS = {
    "number": "序号",
    "category": "类别",
    "name": "事项名称",
    "basis": "依据",
    "departments": "对应上级部门",
    "department_duty": "上级部门职责",
    "township_duty": "{级}配合职责",
    "received": "承接部门及工作方式",
    "takes_over": "承接部门",
    "method": "工作方式",
}
# The upper row of a two-row header: group → the columns under it. Columns in no group span both rows.
GROUPS = {
    "履职事项": ("category", "name"),
    "责任分工": ("departments", "department_duty", "township_duty"),
    "收回情况": ("takes_over", "method"),
}
NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """Return a Chinese numeral for 1 to 99: 12 → 十二."""
    if number <= 10:
        return NUMERALS[number - 1]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def columns_of(kind: str, style: Style) -> tuple[str, ...]:
    """Return the columns of a list of this kind, left to right."""
    keys = ["number", *(["category"] if style.category in ("column", "repeat") else []), "name"]
    if style.basis:
        keys.append("basis")
    if kind in ("supporting", "task"):
        keys += ["departments", "department_duty", "township_duty"]
    if kind == "reclaimed":
        keys += ["received"] if style.combined else ["takes_over", "method"]
    return tuple(keys)


def numbered(lines: Sequence[Line], style: Style) -> list[Line]:
    """Return the lines with the serials that this county gives them."""
    result: list[Line] = []
    in_category: dict[str | None, int] = {}
    for index, line in enumerate(lines, 1):
        in_category[line.category] = in_category.get(line.category, 0) + 1
        number = str(in_category[line.category] if style.restart else index)
        kept = {name: getattr(line, name) for name in ("category", "name", "basis", "departments")}
        result.append(Line(number=number, township_duty=line.township_duty, method=line.method, **kept))
    return result


def _cell_text(key: str, line: Line, style: Style) -> str | int:
    departments = line.departments or ()
    if key == "number":
        return int(line.number) if style.numbers == "int" else line.number
    if key in ("departments", "takes_over"):
        return "\n".join(name for name, _ in departments)
    if key == "department_duty":
        if len(departments) == 1 and not style.prefix_single:
            return departments[0][1] or ""
        return "\n".join(f"{name}：{duty}" for name, duty in departments)
    if key == "received":
        who = "、".join(name for name, _ in departments)
        return (f"承接部门：{who}。\n" if who else "") + f"工作方式：{line.method}"
    value: str | None = getattr(line, key)
    return value or ""


def _put_header(grid: Grid, row: int, style: Style, level_word: str) -> int:
    words = {key: style.words.get(key, HEADERS[key]).replace("{级}", level_word) for key in grid.keys}
    if not style.two_row_header:
        for column, key in enumerate(grid.keys, 1):
            grid.cells[row, column] = words[key]
        grid.header = (row,)
        return row + 1
    grouped: dict[str, list[int]] = {}
    for column, key in enumerate(grid.keys, 1):
        group = next((name for name, keys in GROUPS.items() if key in keys), None)
        if group is None:
            grid.cells[row, column] = words[key]
            grid.merges.append((row, column, row + 1, column))
        else:
            grid.cells[row + 1, column] = words[key]
            grouped.setdefault(group, []).append(column)
    for group, columns in grouped.items():
        grid.cells[row, columns[0]] = group
        if len(columns) > 1:
            grid.merges.append((row, columns[0], row, columns[-1]))
    grid.header = (row, row + 1)
    return row + 2


def _put_wide(grid: Grid, row: int, text: str) -> int:
    grid.cells[row, 1] = text
    if grid.columns > 1:
        grid.merges.append((row, 1, row, grid.columns))
    return row + 1


def shape(
    kind: str,
    lines: Sequence[Line],
    style: Style,
    *,
    title: str,
    level_word: str,
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    category_counts: Mapping[str | None, tuple[int, int]] | None = None,
    said: frozenset[str | None] = frozenset(),
) -> Grid:
    """Lay out numbered lines as one grid.

    `category_counts`: category → its place in the list and how many lines it has in all; counted from `lines`
    where not given. `said`: categories whose row an earlier table of the same list has shown already.
    """
    keys = columns_of(kind, style)
    grid = Grid(title=title, keys=keys, columns=len(keys))
    counts = dict(category_counts) if category_counts else count_categories(lines)
    row = 1
    for text in above:
        row = _put_wide(grid, row, text)
    row = _put_header(grid, row, style, level_word)
    previous: str | None = None
    first_row_of_category = row
    for line in lines:
        if line.category != previous:
            if style.category == "column":
                _merge_category(grid, first_row_of_category, row - 1)
                first_row_of_category = row
            elif style.category == "row" and line.category not in said:
                place, number = counts[line.category]
                suffix = f"（{number}项）" if style.counts else ""
                row = _put_wide(grid, row, f"{numeral(place)}、{line.category}{suffix}")
        for column, key in enumerate(keys, 1):
            if key == "category" and style.category == "column" and line.category == previous:
                continue
            value = _cell_text(key, line, style)
            if value != "":
                grid.cells[row, column] = value
        grid.names.append((row, keys.index("name") + 1))
        previous = line.category
        row += 1
    if style.category == "column":
        _merge_category(grid, first_row_of_category, row - 1)
    for text in below:
        row = _put_wide(grid, row, text)
    grid.last_row = row - 1
    return grid


def count_categories(lines: Sequence[Line]) -> dict[str | None, tuple[int, int]]:
    """Return category → (its place in the list from 1, how many lines it has)."""
    counts: dict[str | None, tuple[int, int]] = {}
    for line in lines:
        place, number = counts.get(line.category, (len(counts) + 1, 0))
        counts[line.category] = (place, number + 1)
    return counts


def _merge_category(grid: Grid, first: int, last: int) -> None:
    if last > first:
        column = grid.keys.index("category") + 1
        grid.merges.append((first, column, last, column))


def address(row: int, column: int) -> str:
    """Return the spreadsheet address of a cell; lists have fewer than 26 columns."""
    return f"{chr(64 + column)}{row}"
