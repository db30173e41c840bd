"""A filing as a model that operators change before it is written as xlsx, docx or csv.

Operators speak of rows by object, so that where they planted something is still known after another has moved it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from random import Random
from typing import Any, Literal

from generator.model.documents import cell_address
from tests.intake_files import MAIN, OFFICE, cell, document_parts, paragraph, relations, table, zipped
from tests.intake_files import row as word_row

Form = Literal["xlsx", "docx", "csv"]
_ANSWERS = Path(__file__).parents[1] / "samples" / "answers" / "230125.json.gz"

HEADERS = {
    "basic": ("number", "name", "basis"),
    "supporting": ("number", "name", "departments", "department_duty", "township_duty"),
    "reclaimed": ("number", "name", "departments", "method"),
}
_HEADINGS = {
    "number": "序号",
    "name": "事项名称",
    "basis": "依据",
    "departments": "对应上级部门",
    "department_duty": "上级部门职责",
    "township_duty": "乡镇配合职责",
    "method": "工作方式",
}
_TITLES = {"basic": "基本履职事项", "supporting": "配合履职事项", "reclaimed": "上级部门收回事项"}
_CATEGORIES = ("党的建设", "经济发展", "民生服务", "平安法治", "乡村振兴", "生态环保")
TOWNSHIP = "东河镇"
STYLES = (
    '<fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/></font></fonts>'
    '<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs>'
)
STRUCK, WHITE, PERCENT, DATE = 1, 2, 3, 4


@dataclass(eq=False)
class Row:
    """One line of a sheet."""

    role: Literal["title", "header", "category", "item", "note"]
    cells: list[str]
    raw: dict[int, str] = field(default_factory=dict)
    """xlsx: column → what stands between <c r="…" and </c>, instead of the text."""
    word: dict[int, str] = field(default_factory=dict)
    """docx: column → inner XML of the cell."""
    attributes: str = ""
    taken: bool = False
    """An operator has planted something here."""


@dataclass(eq=False)
class Page:
    """One sheet: one list."""

    kind: str
    name: str
    rows: list[Row]
    merges: list[tuple[Row, int, Row, int]] = field(default_factory=list)
    columns: str = ""
    before: str = ""
    after: str = ""
    parts: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind of relation, part, content."""
    links: list[str] = field(default_factory=list)
    state: str = ""
    tags: set[str] = field(default_factory=set)

    @property
    def width(self) -> int:
        """Columns of the header."""
        return max(len(row.cells) for row in self.rows if row.role in ("header", "item"))

    def items(self) -> list[Row]:
        """The lines of items."""
        return [row for row in self.rows if row.role == "item"]

    def column(self, meaning: str) -> int:
        """The 1-based column of a field."""
        return HEADERS[self.kind].index(meaning) + 1

    def header(self) -> Row:
        """The header."""
        return next(row for row in self.rows if row.role == "header")


@dataclass(eq=False)
class Paper:
    """One document."""

    form: Form
    pages: list[Page]
    book: str = ""
    spoil: list[Callable[[bytes], bytes]] = field(default_factory=list)
    """What is done to the bytes in the end."""
    around: dict[str, str | bytes] = field(default_factory=dict)
    """Further parts of the package."""
    name: str = "清单"

    def place(self, page: Page, row: Row, column: int, last: int | None = None) -> tuple[str | None, str]:
        """Sheet and address of a cell (or of a row from column to `last`) once written."""
        written = self.written_rows(page)
        if row.role == "category" and self.form != "csv":
            column, last = 1, page.width
        first = cell_address(written.index(row) + 1, column)
        address = first if last is None else f"{first}:{cell_address(written.index(row) + 1, last)}"
        return self.sheet(page), address

    def sheet(self, page: Page) -> str | None:
        """The name of its sheet as `check` says it."""
        if self.form == "csv":
            return None
        return page.name if self.form == "xlsx" else f"表格{self.pages.index(page) + 1}"

    def written_rows(self, page: Page) -> list[Row]:
        """The rows that the grid has: in Word a title is a paragraph."""
        return [row for row in page.rows if self.form != "docx" or row.role != "title"]

    @property
    def file(self) -> str:
        """Its name."""
        return f"{self.name}.{self.form}"

    def write(self) -> bytes:
        """Return the document's bytes."""
        content = {"xlsx": self._xlsx, "docx": self._docx, "csv": self._csv}[self.form]()
        for change in self.spoil:
            content = change(content)
        return content

    def _csv(self) -> bytes:
        [page] = self.pages
        lines = []
        for row in page.rows:
            texts = row.cells if row.role in ("header", "item") else row.cells[:1]
            lines.append(
                ",".join('"' + text.replace('"', '""') + '"' if _odd(text) else text for text in texts)
            )
        return ("\r\n".join(lines) + "\r\n").encode("utf-8", "surrogatepass")

    def _docx(self) -> bytes:
        body = ""
        for page in self.pages:
            body += "".join(paragraph(escape(row.cells[0])) for row in page.rows if row.role == "title")
            lines = []
            for row in self.written_rows(page):
                if row.role in ("category", "note"):
                    span = f'<w:gridSpan w:val="{page.width}"/>'
                    lines.append(word_row(cell(_paragraphs(row.cells[0]), span)))
                else:
                    texts = row.cells + [""] * (page.width - len(row.cells))
                    inner = [row.word.get(at, _paragraphs(text)) for at, text in enumerate(texts, start=1)]
                    lines.append(word_row(*(cell(one) for one in inner)))
            body += table(*lines, columns=page.width) + paragraph("")
        return zipped(document_parts(body) | self.around)

    def _xlsx(self) -> bytes:
        parts: dict[str, str | bytes] = {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>',
        }
        entries, links = "", []
        for at, page in enumerate(self.pages, start=1):
            entries += f'<sheet name="{escape(page.name)}" sheetId="{at}"{page.state} r:id="rId{at}"/>'
            links.append((f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml"))
            parts[f"xl/worksheets/sheet{at}.xml"] = self._sheet(page)
            own = [(f"rId{n}", kind, f"../{part}") for n, (kind, part, _) in enumerate(page.parts, start=1)]
            inner = relations(*own)
            if page.links:
                outer = relations(
                    *((f"rIdL{n}", "hyperlink", one) for n, one in enumerate(page.links)), external=True
                )
                inner = inner.replace("</Relationships>", "") + outer[outer.index(">") + 1 :]
            parts[f"xl/worksheets/_rels/sheet{at}.xml.rels"] = inner
            parts |= {f"xl/{part}": content for _, part, content in page.parts}
        links += [("rIdA", "sharedStrings", "sharedStrings.xml"), ("rIdB", "styles", "styles.xml")]
        parts["xl/_rels/workbook.xml.rels"] = relations(*links)
        parts["xl/workbook.xml"] = (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{self.book}<sheets>{entries}</sheets></workbook>'
        )
        return zipped(parts | self.around)

    def _sheet(self, page: Page) -> str:
        body = ""
        for number, row in enumerate(page.rows, start=1):
            cells = ""
            for column in range(1, max(len(row.cells), *row.raw, 1) + 1 if row.raw else len(row.cells) + 1):
                address = cell_address(number, column)
                text = row.cells[column - 1] if column <= len(row.cells) else ""
                if column in row.raw:
                    cells += f'<c r="{address}"{row.raw[column]}</c>'
                elif text:
                    cells += f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{_stored(text)}</t></is></c>'
            body += f'<row r="{number}"{row.attributes}>{cells}</row>'
        merges = [
            f"{cell_address(page.rows.index(top) + 1, left)}:{cell_address(page.rows.index(bottom) + 1, right)}"
            for top, left, bottom, right in page.merges
            if top in page.rows and bottom in page.rows
        ]
        merges += [
            f"A{n}:{cell_address(n, page.width)}"
            for n, row in enumerate(page.rows, start=1)
            if row.role == "category"
        ]
        listed = "".join(f'<mergeCell ref="{one}"/>' for one in merges)
        after = (f"<mergeCells>{listed}</mergeCells>" if listed else "") + page.after
        columns = f"<cols>{page.columns}</cols>" if page.columns else ""
        return (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{page.before}{columns}<sheetData>{body}</sheetData>{after}'
            "</worksheet>"
        )


def _odd(text: str) -> bool:
    return any(character in text for character in ',"\n\r')


def _stored(text: str) -> str:
    """Text as a cell stores it: what XML cannot hold stands as _xHHHH_."""
    plain = escape(text)
    return "".join(f"_x{ord(c):04X}_" if ord(c) < 32 and c not in "\t\n" else c for c in plain)


def _paragraphs(text: str) -> str:
    return "".join(paragraph(escape(line)) for line in text.split("\n"))


@cache
def matters() -> dict[str, list[dict[str, Any]]]:
    """The items of a committed sample filing, by kind: real words for the bases."""
    answers = json.loads(gzip.decompress(_ANSWERS.read_bytes()))
    found: dict[str, list[dict[str, Any]]] = {}
    for checklist in next(iter(answers.values()))[:3]:
        found[checklist["kind"]] = checklist["items"]
    return found


def _cells(kind: str, number: int, item: dict[str, Any]) -> list[str]:
    departments = item["departments"] or []
    named = [f"{one['name']}：{one['duty']}" for one in departments if one["duty"]]
    values = {
        "number": str(number),
        "name": item["name"],
        "basis": item["basis"] or "",
        "departments": "、".join(one["name"] for one in departments),
        "department_duty": "\n".join(named)
        if len(named) > 1
        else (departments[0]["duty"] if departments else ""),
        "township_duty": item["township_duty"] or "",
        "method": item["method"] or "",
    }
    return [values[meaning] or "" for meaning in HEADERS[kind]]


def base(form: Form, random: Random) -> Paper:
    """A small valid filing in the words of a committed one: three sheets in a workbook, one list elsewhere."""
    kinds = (
        ["basic", "supporting", "reclaimed"]
        if form == "xlsx"
        else [random.choice(["basic", "supporting", "reclaimed"])]
    )
    return Paper(form=form, pages=[_page(kind, random) for kind in kinds])


def _page(kind: str, random: Random) -> Page:
    pool = matters()[kind]
    chosen = random.sample([item for item in pool if item["departments"] != []], random.randint(5, 7))
    if not any(item["basis"] for item in chosen) and kind == "basic":
        chosen[0] = {**chosen[0], "basis": "《中国共产党章程》"}
    title = f"{TOWNSHIP}{_TITLES[kind]}清单"
    rows = [Row("title", [title]), Row("header", [_HEADINGS[meaning] for meaning in HEADERS[kind]])]
    lines = [Row("item", _cells(kind, number, item)) for number, item in enumerate(chosen, start=1)]
    half = len(lines) // 2
    for at, part in enumerate((lines[:half], lines[half:])):
        category = random.choice(_CATEGORIES[at::2])
        rows += [Row("category", [f"{'一二'[at]}、{category}（{len(part)}项）"]), *part]
    rows.append(Row("note", [f"备注：本清单共{len(lines)}项。"]))
    return Page(kind=kind, name=_TITLES[kind], rows=rows)


def untaken(rows: Iterable[Row]) -> list[Row]:
    """The rows that no operator has touched."""
    return [row for row in rows if not row.taken]
