"""Small documents for the cases, made part by part where no honest program would make them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from html import escape

from generator.model.documents import cell_address
from tests.intake_files import cell, document_parts, paragraph, relations, row, table, workbook_parts

Parts = dict[str, str | bytes]
Rows = tuple[tuple[str, ...], ...]

BASIC_TITLE, SUPPORTING_TITLE, RECLAIMED_TITLE = (
    f"东河镇{kind}清单" for kind in ("基本履职事项", "配合履职事项", "上级部门收回事项")
)
BASIC_HEADER = ("序号", "事项名称")
SUPPORTING_HEADER = ("序号", "事项名称", "对应上级部门", "上级部门职责", "乡镇配合职责")
RECLAIMED_HEADER = ("序号", "事项名称", "承接部门", "工作方式")
BASIS_HEADER = (*BASIC_HEADER, "依据")
ONE, TWO, THREE = (
    ("1", "负责党员教育管理"),
    ("2", "开展矛盾纠纷排查化解"),
    ("3", "推广农业技术"),
)
LEAD = ("1", "森林草原防灭火", "县林业和草原局", "组织巡护，依法查处。", "开展宣传，发现火情立即报告。")
GONE = ("1", "校车安全审查", "县教育局", "按计划审查。")
SHEET = "xl/worksheets/sheet1.xml"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"


def inline(address: str, text: str, attributes: str = "") -> str:
    """A cell of an xlsx with its text inside."""
    return (
        f'<c r="{address}" t="inlineStr"{attributes}><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    )


def grid(
    rows: Rows, raw: Mapping[str, str] | None = None, row_attributes: Mapping[int, str] | None = None
) -> str:
    """The rows of a sheet as XML; `raw` puts another cell at an address, blank texts have none."""
    written, given = [], dict(raw or {})
    for number, texts in enumerate(rows, start=1):
        cells = []
        for column, text in enumerate(texts, start=1):
            address = cell_address(number, column)
            own = given.pop(address, inline(address, text) if text else "")
            cells.append(own)
        attributes = (row_attributes or {}).get(number, "")
        written.append(f'<row r="{number}"{attributes}>{"".join(cells)}</row>')
    assert not given, f"no such cell: {given}"
    return "".join(written)


def merged(*ranges: str) -> str:
    """The merged ranges of a sheet."""
    inner = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return f"<mergeCells>{inner}</mergeCells>"


def book(
    rows: Rows,
    *,
    raw: Mapping[str, str] | None = None,
    rows_with: Mapping[int, str] | None = None,
    name: str = "清单",
    **more: str,
) -> Parts:
    """A workbook of one sheet with these rows of text."""
    return workbook_parts(grid(rows, raw, rows_with), sheet_name=name, **more)


def basic(*items: tuple[str, ...], **more: object) -> Parts:
    """A workbook with one basic list: title in row 1, header in row 2, the first item in row 3."""
    return book(((BASIC_TITLE,), BASIC_HEADER, *(items or (ONE, TWO))), **more)  # type: ignore[arg-type]


def supporting(*items: tuple[str, ...], **more: object) -> Parts:
    """A workbook with one supporting list of five columns; the first item stands in row 3."""
    return book(((SUPPORTING_TITLE,), SUPPORTING_HEADER, *(items or (LEAD,))), **more)  # type: ignore[arg-type]


def reclaimed(*items: tuple[str, ...], **more: object) -> Parts:
    """A workbook with one reclaimed list of four columns; the first item stands in row 3."""
    return book(((RECLAIMED_TITLE,), RECLAIMED_HEADER, *(items or (GONE,))), **more)  # type: ignore[arg-type]


def with_basis(text: str) -> Parts:
    """A basic list whose only item has this basis in C3."""
    return book(((BASIC_TITLE,), BASIS_HEADER, (*ONE, text)))


def one_name(text: str) -> Parts:
    """A basic list whose only item has this name in B3."""
    return basic(("1", text))


def sheets(*tabs: tuple[str, Rows], states: Mapping[str, str] | None = None) -> Parts:
    """A workbook of several sheets, by name."""
    parts = book(tabs[0][1])
    entries, links = "", []
    for at, (name, rows) in enumerate(tabs, start=1):
        state = f' state="{states[name]}"' if states and name in states else ""
        entries += f'<sheet name="{escape(name)}" sheetId="{at}"{state} r:id="rId{at}"/>'
        links.append((f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml"))
        body = str(book(rows)[SHEET])
        parts[f"xl/worksheets/sheet{at}.xml"] = body
    text = str(parts["xl/workbook.xml"])
    start, end = text.index("<sheets>"), text.index("</sheets>")
    parts["xl/workbook.xml"] = text[: start + len("<sheets>")] + entries + text[end:]
    parts["xl/_rels/workbook.xml.rels"] = relations(*links)
    return parts


def basic_rows(*items: tuple[str, ...], title: str = BASIC_TITLE) -> Rows:
    """The rows of a basic list."""
    return ((title,), BASIC_HEADER, *(items or (ONE, TWO)))


def supporting_rows(*items: tuple[str, ...]) -> Rows:
    """The rows of a supporting list."""
    return ((SUPPORTING_TITLE,), SUPPORTING_HEADER, *(items or (LEAD,)))


def reclaimed_rows(*items: tuple[str, ...]) -> Rows:
    """The rows of a reclaimed list."""
    return ((RECLAIMED_TITLE,), RECLAIMED_HEADER, *(items or (GONE,)))


def word(*rows: tuple[str, ...], title: str = BASIC_TITLE, after: str = "") -> Parts:
    """A Word document: a title, and one table with header and items."""
    lines = [
        row(*(cell(paragraph(escape(text))) for text in texts))
        for texts in (BASIC_HEADER, *(rows or (ONE, TWO)))
    ]
    return document_parts(paragraph(title) + table(*lines) + after)


def ole(*names: str) -> bytes:
    """An OLE file with an empty directory of these names."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HB", 2 * len(name) + 2, 5 if name == "Root Entry" else 2)
        + b"\0" * 61
        for name in ("Root Entry", *names)
    ).ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    chain = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    return header.ljust(512, b"\xff") + chain + entries + b"\0" * 4096


def listed_csv(*lines: str, encoding: str = "utf-8") -> bytes:
    """A CSV of a basic list: title, header, then these lines."""
    return "\r\n".join([BASIC_TITLE, ",".join(BASIC_HEADER), *(lines or (",".join(ONE),)), ""]).encode(
        encoding
    )
