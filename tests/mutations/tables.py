"""Operators on rows, columns and sheets: what goes missing, stands twice or hides."""

from __future__ import annotations

from random import Random

from tests.mutations.paper import DATE, PERCENT, STRUCK, WHITE, Form, Page, Paper, Row
from tests.mutations.planted import Act, Operator, Planted, free_item


def _serial(rule: str, text: str) -> Act:
    """Write another serial: {} is the one before."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random, not_first=True)
        if row is None:
            return None
        row.cells[0] = text.format(int(row.cells[0]) - 1)
        return Planted(rule=rule, page=page, row=row)

    return act


def _lost_line(paper: Paper, page: Page, random: Random) -> Planted | None:
    items = page.items()
    at = random.randint(1, len(items) - 2)
    if items[at].taken or items[at + 1].taken:
        return None
    page.rows.remove(items[at])
    items[at + 1].taken = True
    return Planted(rule="SERIAL-GAP", page=page, row=items[at + 1])


def _item_twice(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random, not_first=True)
    items = page.items()
    if row is None or items[0].taken:
        return None
    items[0].taken = True
    row.cells[1] = f"　{items[0].cells[1][:3]} {items[0].cells[1][3:]}"
    return Planted(rule="ITEM-TWICE", page=page, row=row, column=2)


def _similar(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random, not_first=True)
    items = page.items()
    if row is None or items[0].taken:
        return None
    items[0].taken = True
    items[0].cells[1] = "负责城乡居民基本医疗保险和基本养老保险的参保宣传动员和信息登记工作"
    row.cells[1] = items[0].cells[1].replace("动员和", "动员及")
    return Planted(rule="ITEM-SIMILAR", page=page, row=row, column=2)


def _header_again(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = random.choice(page.items()[1:])
    again = Row("header", list(page.header().cells), taken=True)
    page.rows.insert(page.rows.index(row), again)
    return Planted(rule="HEADER-REPEATED", page=page, row=again, last=0)


def _stray_line(paper: Paper, page: Page, random: Random) -> Planted | None:
    stray = Row("category", ["以上内容由县里解释"], taken=True)
    page.rows.insert(len(page.rows) - 1, stray)
    return Planted(rule="ROW-UNMAPPED", page=page, row=stray)


def _wrong_total(paper: Paper, page: Page, random: Random) -> Planted | None:
    note = next(row for row in page.rows if row.role == "note")
    if note.taken:
        return None
    note.taken = True
    note.cells[0] = "备注：本清单共999项。"
    return Planted(rule="COUNT-TOTAL", page=page, row=note, wide=True)


def _category(rule: str, text: str) -> Act:
    """Write another category line."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        rows = [row for row in page.rows if row.role == "category" and not row.taken]
        if not rows:
            return None
        row = random.choice(rows)
        row.taken = True
        row.cells[0] = text.format(row.cells[0].partition("（")[0])
        return Planted(rule=rule, page=page, row=row)

    return act


def _empty_category(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = Row("category", ["三、市场监管"], taken=True)
    page.rows.insert(len(page.rows) - 1, row)
    return Planted(rule="CATEGORY-EMPTY", page=page, row=row)


def _column(rule: str, heading: str) -> Act:
    """Add a column with text in one of its cells."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        column = page.width + 1
        for row in page.rows:
            if row.role in ("header", "item"):
                row.cells += [""] * (column - 1 - len(row.cells))
                row.cells.append(heading if row.role == "header" else "组织办")
        return Planted(rule=rule, page=page, row=page.header(), column=column)

    return act


def _column_gone(paper: Paper, page: Page, random: Random) -> Planted | None:
    for row in page.rows:
        if row.role in ("header", "item"):
            del row.cells[-1]
    return Planted(rule="COL-MISSING", page=page, row=page.header())


def _header_gone(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.rows.remove(page.header())
    return Planted(rule="HEADER-MISSING", page=page)


def _all_gone(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.rows = [row for row in page.rows if row.role in ("title", "header")]
    return Planted(rule="LIST-EMPTY", page=page)


def _title(rule: str, name: str) -> Act:
    """Let the title begin with another name."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        title = page.rows[0]
        title.cells[0] = name + title.cells[0].removeprefix("东河镇")
        return Planted(rule=rule, page=page)

    return act


def _another_kind(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.rows[0].cells[0] = (
        "东河镇上级部门收回事项清单" if page.kind == "supporting" else "东河镇配合履职事项清单"
    )
    page.name = f"清单{paper.pages.index(page)}"
    return Planted(rule="KIND-CONFLICT", page=page, row=page.header())


# ------------------------------------------------------------------------------------- cells of a workbook


def _raw(rule: str, inner: str, meaning: str = "name") -> Act:
    """Put another kind of cell in the place of a field."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        column = page.column(meaning)
        row.raw[column] = inner
        return Planted(rule=rule, page=page, row=row, column=column)

    return act


def _styled(rule: str, style: int) -> Act:
    """Give a name another format."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        row.raw[2] = f' s="{style}" t="inlineStr"><is><t>{row.cells[1]}</t></is>'
        return Planted(rule=rule, page=page, row=row, column=2)

    return act


def _hidden_row(attributes: str, rule: str, after: str = "") -> Act:
    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        row.attributes = attributes
        page.after += after
        filled = [at for at, text in enumerate(row.cells, start=1) if text.strip()]
        return Planted(rule=rule, page=page, row=row, column=filled[0], last=filled[-1])

    return act


def _hidden_column(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.columns += '<col min="2" max="2" hidden="1"/>'
    rows = [row for row in page.rows if row.role in ("header", "item") and row.cells[1].strip()]
    written = paper.written_rows(page)
    first, last = written.index(rows[0]) + 1, written.index(rows[-1]) + 1
    return Planted(rule="COL-HIDDEN", page=page, cell=f"B{first}:B{last}")


def _hidden_sheet(paper: Paper, page: Page, random: Random) -> Planted | None:
    page.state = f' state="{random.choice(["hidden", "veryHidden"])}"'
    return Planted(rule="SHEET-HIDDEN", page=page)


def _merge_across(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None or page.width < 4:
        return None
    row.cells[page.width - 1] = ""
    page.merges.append((row, page.width - 1, row, page.width))
    return Planted(rule="MERGE-ACROSS", page=page, row=row, column=page.width - 1, last=page.width)


def _merge_over_text(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None:
        return None
    row.cells = [text or "无内容" for text in row.cells]
    page.merges.append((row, page.width - 1, row, page.width))
    return Planted(rule="MERGE-HIDDEN-VALUE", page=page, row=row, column=page.width)


def _note_cell(rule: str, label: str, inner: str) -> Act:
    """Add a line below the table: a label, and a cell of another kind beside it."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = Row("note", [label], raw={2: inner}, taken=True)
        page.rows.append(row)
        return Planted(rule=rule, page=page, row=row, column=2)

    return act


def _ambiguous(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = Row("note", ["填报日期：25/6/1"], taken=True)
    page.rows.append(row)
    return Planted(rule="DATE-AMBIGUOUS", page=page, row=row, wide=True)


_BOOK: tuple[Form, ...] = ("xlsx",)
_SERIAL = "serial"
_SHAPE = "shape"

TABLE_OPERATORS: tuple[Operator, ...] = (
    Operator(name="serial twice", act=_serial("SERIAL-DUPLICATE", "{}"), tag=_SERIAL),
    Operator(name="no serial", act=_serial("SERIAL-MISSING", ""), tag=_SERIAL),
    Operator(name="a word for a serial", act=_serial("SERIAL-UNREADABLE", "新增"), tag=_SERIAL),
    Operator(name="serial far on", act=_serial("SERIAL-GAP", "9{}"), tag=_SERIAL),
    Operator(name="another style of serial", act=_serial("SERIAL-STYLE", "（{}）"), tag=_SERIAL),
    Operator(name="lost line", act=_lost_line, tag=_SERIAL),
    Operator(name="item twice", act=_item_twice, tag="twins"),
    Operator(name="nearly the same item", act=_similar, tag="twins"),
    Operator(name="repeated header", act=_header_again),
    Operator(name="stray line", act=_stray_line, forms=("xlsx", "docx"), tag="stray"),
    Operator(name="wrong total", act=_wrong_total),
    Operator(name="wrong count of a category", act=_category("COUNT-CATEGORY", "{}（50项）")),
    Operator(
        name="unknown category", act=_category("CATEGORY-UNKNOWN", "一、星际航行"), forms=("xlsx", "docx")
    ),
    Operator(name="category without items", act=_empty_category, tag="stray"),
    Operator(name="unknown column", act=_column("COL-UNKNOWN", "经办科室"), tag=_SHAPE),
    Operator(name="column of remarks", act=_column("COL-REMARKS", "备注"), tag=_SHAPE),
    Operator(name="column twice", act=_column("COL-DUPLICATE", "履职事项"), alone=True),
    Operator(name="column gone", act=_column_gone, tag=_SHAPE, kinds=("supporting",), alone=True),
    Operator(name="header gone", act=_header_gone, alone=True, forms=("xlsx", "csv")),
    Operator(name="items gone", act=_all_gone, alone=True),
    Operator(name="another county's title", act=_title("SHEET-WRONG-UNIT", "北原县"), tag="title"),
    Operator(name="another township's title", act=_title("TOWNSHIP-NOT-IN-COUNTY", "南岭镇"), tag="title"),
    Operator(name="a farm's title", act=_title("TOWNSHIP-PSEUDO", "红星农场"), tag="title"),
    Operator(
        name="title of another kind",
        act=_another_kind,
        tag="title",
        kinds=("supporting", "reclaimed"),
        alone=True,
    ),
    Operator(name="ambiguous date", act=_ambiguous),
    Operator(name="formula", act=_raw("CELL-FORMULA", ' t="str"><f>A1</f><v>开展排查</v>'), forms=_BOOK),
    Operator(name="formula without value", act=_raw("CELL-FORMULA-NOVALUE", "><f>A1</f>"), forms=_BOOK),
    Operator(name="error value", act=_raw("CELL-ERROR", ' t="e"><v>#REF!</v>'), forms=_BOOK),
    Operator(name="truth value", act=_raw("CELL-TYPE", ' t="b"><v>1</v>'), forms=_BOOK),
    Operator(name="number for a name", act=_raw("CELL-TYPE", "><v>12</v>"), forms=_BOOK),
    Operator(name="date for a name", act=_raw("CELL-TYPE", f' s="{DATE}"><v>44732</v>'), forms=_BOOK),
    Operator(name="percent for a name", act=_raw("CELL-TYPE", f' s="{PERCENT}"><v>0.5</v>'), forms=_BOOK),
    Operator(name="digits lost", act=_raw("CELL-DIGITS-LOST", "><v>990101199001010000</v>"), forms=_BOOK),
    Operator(name="no number", act=_raw("CELL-NUMBER", "><v>NaN</v>"), forms=_BOOK),
    Operator(name="impossible serial date", act=_raw("DATE-RANGE", f' s="{DATE}"><v>60</v>'), forms=_BOOK),
    Operator(name="string out of range", act=_raw("CELL-SST", ' t="s"><v>99</v>'), forms=_BOOK),
    Operator(
        name="serial with a point",
        act=_raw("SERIAL-NUMERIC-FRACTION", "><v>1.1</v>", "number"),
        forms=_BOOK,
        tag=_SERIAL,
    ),
    Operator(name="struck text", act=_styled("CELL-STRIKE", STRUCK), forms=_BOOK),
    Operator(name="white text", act=_styled("CELL-INVISIBLE-FORMAT", WHITE), forms=_BOOK),
    Operator(name="hidden row", act=_hidden_row(' hidden="1"', "ROW-HIDDEN"), forms=_BOOK, tag=_SHAPE),
    Operator(name="row of no height", act=_hidden_row(' ht="0"', "ROW-HIDDEN"), forms=_BOOK, tag=_SHAPE),
    Operator(
        name="filtered row",
        act=_hidden_row(
            ' hidden="1"', "ROW-FILTERED", '<autoFilter ref="A2:B9"><filterColumn colId="0"/></autoFilter>'
        ),
        forms=_BOOK,
        tag=_SHAPE,
    ),
    Operator(name="hidden column", act=_hidden_column, forms=_BOOK, alone=True),
    Operator(name="hidden sheet", act=_hidden_sheet, forms=_BOOK, alone=True),
    Operator(
        name="merge over two columns",
        act=_merge_across,
        forms=_BOOK,
        kinds=("supporting", "reclaimed"),
        tag=_SHAPE,
    ),
    Operator(name="text under a merge", act=_merge_over_text, forms=_BOOK, tag=_SHAPE),
    Operator(
        name="phone as a number", act=_note_cell("PHONE-NUMERIC", "联系电话", "><v>4.51E+10</v>"), forms=_BOOK
    ),
)
