"""S01 to S32: sheets and tables."""

from __future__ import annotations

from tests.catalogue.desk import Desk, case
from tests.catalogue.papers import (
    BASIC_HEADER,
    BASIC_TITLE,
    LEAD,
    ONE,
    SHEET_RELATIONS,
    SUPPORTING_HEADER,
    SUPPORTING_TITLE,
    THREE,
    TWO,
    Parts,
    basic,
    basic_rows,
    book,
    inline,
    merged,
    sheets,
    supporting,
    word,
)
from tests.intake_files import cell, document_parts, paragraph, relations, row, table, workbook_parts


@case("S01")
def _hidden_sheet(desk: Desk) -> None:
    for state in ("hidden", "veryHidden"):
        parts = sheets(("清单", basic_rows()), ("旧表", basic_rows()), states={"旧表": state})
        looked = desk.look(parts)
        looked.has("SHEET-HIDDEN", sheet="旧表")
        assert looked.checked.item_count == 2
        empty = desk.look(sheets(("清单", basic_rows()), ("空表", ()), states={"空表": state}))
        empty.fine(items=2).has("SHEET-HIDDEN-EMPTY", sheet="空表")


@case("S02")
def _hidden_row(desk: Desk) -> None:
    desk.look(basic(rows_with={4: ' hidden="1"'})).has("ROW-HIDDEN", "A4:B4")


@case("S03")
def _hidden_column(desk: Desk) -> None:
    for cols in ('<col min="2" max="2" hidden="1"/>', '<col min="2" max="2" width="0"/>'):
        desk.look(basic(before=f"<cols>{cols}</cols>")).has("COL-HIDDEN", "B2:B4")
    desk.look(basic(rows_with={4: ' ht="0"'})).has("ROW-HIDDEN", "A4:B4")


@case("S04")
def _filtered(desk: Desk) -> None:
    parts = basic(
        rows_with={4: ' hidden="1"'},
        after='<autoFilter ref="A2:B4"><filterColumn colId="0"><filters><filter val="1"/></filters></filterColumn></autoFilter>',
    )
    desk.look(parts).has("ROW-FILTERED", "A4:B4", says="清除筛选")


@case("S05")
def _sheet_names(desk: Desk) -> None:
    looked = desk.look(basic(name="&lt;img src=x onerror=alert(1)>"))
    looked.has("TEXT-MARKUP", sheet="<img src=x onerror=alert(1)>")
    looked.only("TEXT-MARKUP")
    desk.look(basic(name="清单\u202e")).has("CHAR-BIDI", sheet="清单\u202e")
    desk.look(basic(name="长" * 40)).fine(items=2)
    desk.look(sheets(("清单", basic_rows()), ("Sheet2", ()))).fine(items=2)


@case("S06")
def _wrong_dimension(desk: Desk) -> None:
    items = tuple(
        (str(n), f"{n * 7919 % 1000}号示例{chr(0x4E00 + n)}{chr(0x5E00 + n)}") for n in range(1, 301)
    )
    desk.look(basic(*items, before='<dimension ref="A1"/>')).fine(items=300)


@case("S07")
def _far_corner(desk: Desk) -> None:
    rows = f'<row r="1">{inline("A1", "甲")}</row><row r="1048576">{inline("XFD1048576", "乙")}</row>'
    desk.look(workbook_parts(rows), isolated=True).has(
        "SHEET-EXTENT", "XFD1048576", says=("20000", "64"), sheet="清单"
    )


@case("S08")
def _row_numbers(desk: Desk) -> None:
    for rows, where in (
        ('<row r="4294967296"><c><v>1</v></c></row>', None),
        ('<row r="0"><c><v>1</v></c></row>', None),
        ('<row r="-1"><c><v>1</v></c></row>', None),
        (f'<row r="3">{inline("A3", "甲")}</row><row r="2">{inline("A2", "乙")}</row>', "A2"),
        (f'<row r="3">{inline("A3", "甲")}</row><row r="3">{inline("B3", "乙")}</row>', "A3"),
    ):
        desk.look(workbook_parts(rows)).has("ROW-REF", where, sheet="清单")
    # A row without a number follows the one before: the format says so, and some programs write it so.
    bare = basic()
    text = str(bare["xl/worksheets/sheet1.xml"])
    for number in range(1, 5):
        text = text.replace(f'<row r="{number}">', "<row>")
    desk.look(bare | {"xl/worksheets/sheet1.xml": text}).fine(items=2)


@case("S09")
def _cell_addresses(desk: Desk) -> None:
    for rows, where in (
        ('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>', "A1"),
        ('<row r="5"><c r="A1"><v>1</v></c></row>', "A1"),
        (f'<row r="1">{inline("A1", "甲")}{inline("A1", "乙")}</row>', "A1"),
    ):
        desk.look(workbook_parts(rows)).has("CELL-REF", where, sheet="清单")


@case("S10")
def _giant_merge(desk: Desk) -> None:
    desk.look(basic(after=merged("A1:XFD1048576")), isolated=True).has(
        "MERGE-AREA", "A1:XFD1048576", sheet="清单"
    )


@case("S11")
def _bad_merges(desk: Desk) -> None:
    desk.look(basic(after=merged("A3:B4", "B4:C5"))).has("MERGE-OVERLAP", "B4:C5")
    across = ("1", "森林草原防灭火", "县林业和草原局", "共同负责。", "")
    desk.look(supporting(across, after=merged("D3:E3"))).has("MERGE-ACROSS", "D3:E3")


@case("S12")
def _merged_category(desk: Desk) -> None:
    rows = ((BASIC_TITLE,), ("类别", *BASIC_HEADER), ("党的建设", *ONE), ("", *TWO))
    looked = desk.look(book(rows, after=merged("A3:A4")))
    looked.fine(items=2).has("MERGE-VERTICAL", "A3:A4")
    assert {item.category for item in looked.checked.checklists[0].items} == {"党的建设"}


@case("S13")
def _under_a_merge(desk: Desk) -> None:
    looked = desk.look(basic(ONE, ("备注：无", "藏起来的字"), after=merged("A4:B4")))
    looked.has("MERGE-HIDDEN-VALUE", "B4", says="藏起来的字")


@case("S14")
def _header_of_two_rows(desk: Desk) -> None:
    rows = (
        (SUPPORTING_TITLE,),
        ("序号", "事项名称", "对应上级部门", "职责分工", ""),
        ("", "", "", "上级部门职责", "乡镇配合职责"),
        LEAD,
    )
    desk.look(book(rows, after=merged("A2:A3", "B2:B3", "C2:C3", "D2:E2"))).fine(items=1)
    odd = (rows[0], rows[1], ("", "", "", "甲方", "乙方"), LEAD)
    looked = desk.look(book(odd, after=merged("A2:A3", "B2:B3", "C2:C3", "D2:E2")))
    looked.has("COL-UNKNOWN", "D3")
    looked.has("COL-UNKNOWN", "E3")


@case("S15")
def _repeated_header(desk: Desk) -> None:
    desk.look(basic(ONE, BASIC_HEADER, TWO)).fine(items=2).has("HEADER-REPEATED", "A4:B4")


@case("S16")
def _headers(desk: Desk) -> None:
    order = (4, 1, 0, 3, 2)
    turned = tuple(tuple(one[at] for at in order) for one in (SUPPORTING_HEADER, LEAD))
    desk.look(book(((SUPPORTING_TITLE,), *turned))).fine(items=1)
    desk.look(book(((BASIC_TITLE,), ONE, TWO))).has("HEADER-MISSING", sheet="清单")
    short = desk.look(book(((SUPPORTING_TITLE,), SUPPORTING_HEADER[:4], LEAD[:4])))
    short.has("COL-MISSING", "A2", says="配合职责")
    strange = desk.look(book(((BASIC_TITLE,), (*BASIC_HEADER, "经办科室"), (*ONE, "组织办"))))
    strange.has("COL-UNKNOWN", "C2", says="经办科室")
    twice = desk.look(book(((BASIC_TITLE,), (*BASIC_HEADER, "履职事项"), (*ONE, "甲"))))
    twice.has("COL-DUPLICATE", "C2", says="B2")


@case("S17")
def _header_variants(desk: Desk) -> None:
    for duty in ("街道配合职责", "镇配合职责", "乡镇配合职责", "乡镇（街道）配合职责"):
        header = ("序　号", "事项 名称", "牵头部门", "上级部门\n职责", duty)
        desk.look(book(((SUPPORTING_TITLE,), header, LEAD))).fine(items=1)


@case("S18")
def _lines_around(desk: Desk) -> None:
    rows = (
        (BASIC_TITLE,),
        ("填报单位：东河镇人民政府", "2022年6月10日"),
        BASIC_HEADER,
        ONE,
        ("备注：以上共1项。",),
    )
    looked = desk.look(book(rows))
    assert "备注：以上共1项。" in looked.fine(items=1).checked.checklists[0].notes
    looked = desk.look(basic(ONE, ("以上内容由县里解释",), after=merged("A4:B4")))
    looked.has("ROW-UNMAPPED", "A4:B4", says="以上内容由县里解释")


@case("S19")
def _second_table(desk: Desk) -> None:
    beside = (
        (BASIC_TITLE,),
        (*BASIC_HEADER, "", "", "", "", "", *BASIC_HEADER),
        (*ONE, "", "", "", "", "", *TWO),
    )
    desk.look(book(beside)).has("TABLE-SECOND", "H2")
    desk.look(basic(ONE, SUPPORTING_HEADER, LEAD)).has("TABLE-SECOND", "A4")


@case("S20")
def _no_items(desk: Desk) -> None:
    desk.look(book(((BASIC_TITLE,), BASIC_HEADER))).has("LIST-EMPTY", sheet="清单")


@case("S21")
def _million_cells(desk: Desk) -> None:
    rows = ("<row>" + "<c><v>1</v></c>" * 1000 + "</row>") * 1000
    desk.look(workbook_parts(rows), isolated=True).only("SHEET-BUDGET").has("SHEET-BUDGET")


def _with_part(kind: str, part: str, content: str, **more: object) -> Parts:
    return basic(**more) | {SHEET_RELATIONS: relations(("rId1", kind, f"../{part}")), f"xl/{part}": content}


_SHAPE = (
    '<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:from>'
    "<xdr:sp><xdr:txBody><a:p><a:r><a:t>此处另有说明</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
)


@case("S22")
def _text_outside(desk: Desk) -> None:
    comments = '<comments><commentList><comment ref="B3"><text><t>这一条再核实</t></text></comment></commentList></comments>'
    desk.look(_with_part("comments", "comments1.xml", comments)).has(
        "TEXT-OUTSIDE-CELLS", "B3", says="这一条再核实"
    )
    desk.look(_with_part("drawing", "drawings/drawing1.xml", _SHAPE)).has(
        "TEXT-OUTSIDE-CELLS", "B3", says="此处另有说明"
    )
    margin = basic(after="<headerFooter><oddFooter>&amp;C内部稿第二版</oddFooter></headerFooter>")
    desk.look(margin).fine(items=2).has("TEXT-MARGIN", sheet="清单", says="内部稿第二版")


@case("S23")
def _picture(desk: Desk) -> None:
    drawing = '<xdr:wsDr xmlns:xdr="x"><xdr:twoCellAnchor><xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>'
    looked = desk.look(_with_part("drawing", "drawings/drawing1.xml", drawing))
    looked.only("IMAGE-IGNORED").has("IMAGE-IGNORED", sheet="清单")


@case("S24")
def _tracked_changes(desk: Desk) -> None:
    inner = "<w:p><w:ins><w:r><w:t>负责</w:t></w:r></w:ins><w:del><w:r><w:delText>协助</w:delText></w:r></w:del></w:p>"
    lines = [row(*(cell(paragraph(text)) for text in BASIC_HEADER)), row(cell(paragraph("1")), cell(inner))]
    looked = desk.look(document_parts(paragraph(BASIC_TITLE) + table(*lines)), "清单.docx")
    looked.has("DOC-TRACKED-CHANGES", says="2 处")


@case("S25")
def _content_controls(desk: Desk) -> None:
    inner = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(ONE[1])}</w:sdtContent></w:sdt>"
    lines = [row(*(cell(paragraph(text)) for text in BASIC_HEADER)), row(cell(paragraph("1")), cell(inner))]
    whole = f"<w:sdt><w:sdtPr/><w:sdtContent>{table(*lines)}</w:sdtContent></w:sdt>"
    looked = desk.look(document_parts(paragraph(BASIC_TITLE) + whole), "清单.docx")
    assert looked.fine(items=1).names() == [ONE[1]]


@case("S26")
def _nested_table(desk: Desk) -> None:
    inner = table(row(cell(paragraph("里面的字"))), columns=1) + paragraph(ONE[1])
    lines = [row(*(cell(paragraph(text)) for text in BASIC_HEADER)), row(cell(paragraph("1")), cell(inner))]
    looked = desk.look(document_parts(paragraph(BASIC_TITLE) + table(*lines)), "清单.docx")
    looked.has("DOC-NESTED-TABLE", "B2", sheet="表格1")


@case("S27")
def _word_hides(desk: Desk) -> None:
    hidden = "<w:p><w:r><w:t>负责</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏字</w:t></w:r></w:p>"
    box = "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    lines = [row(*(cell(paragraph(text)) for text in BASIC_HEADER)), row(cell(paragraph("1")), cell(hidden))]
    note = '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote><w:p><w:r><w:t>脚注另有规定</w:t></w:r></w:p></w:footnote></w:footnotes>'
    looked = desk.look(
        document_parts(paragraph(BASIC_TITLE) + table(*lines) + box, footnotes=note), "清单.docx"
    )
    looked.has("DOC-HIDDEN-TEXT", "B2", sheet="表格1")
    said = {one.found for one in looked.checked.findings if one.rule == "TEXT-OUTSIDE-CELLS"}
    assert said == {"框里的字", "脚注另有规定"}
    looked.has("TEXT-OUTSIDE-CELLS")


@case("S28")
def _word_grid(desk: Desk) -> None:
    header = row(*(cell(paragraph(text)) for text in ("类别", *BASIC_HEADER)))
    first = row(
        cell(paragraph("党的建设"), '<w:vMerge w:val="restart"/>'), *(cell(paragraph(t)) for t in ONE)
    )
    second = row(cell("<w:p/>", "<w:vMerge/>"), *(cell(paragraph(t)) for t in TWO))
    third = row(*(cell(paragraph(t)) for t in THREE), properties='<w:trPr><w:gridBefore w:val="1"/></w:trPr>')
    title = paragraph(BASIC_TITLE)
    looked = desk.look(document_parts(title + table(header, first, second, third, columns=3)), "清单.docx")
    assert [item.category for item in looked.fine(items=3).checked.checklists[0].items] == ["党的建设"] * 3
    uneven = row(*(cell(paragraph(t)) for t in TWO))
    looked = desk.look(document_parts(title + table(header, first, uneven, columns=3)), "清单.docx")
    looked.has("DOC-GRID", "A3", sheet="表格1", says=("2 列", "3 列"))


@case("S29")
def _list_over_tables(desk: Desk) -> None:
    parts = word(ONE, after=str(_second_part()))
    looked = desk.look(parts, "清单.docx")
    assert looked.fine().names() == [ONE[1], TWO[1]]
    looked.has("TABLE-JOINED", sheet="表格2", says="表格1")


def _second_part() -> str:
    return paragraph("") + table(
        *(row(*(cell(paragraph(t)) for t in texts)) for texts in (BASIC_HEADER, TWO))
    )


@case("S30")
def _automatic_numbers(desk: Desk) -> None:
    number = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
    lines = [
        row(*(cell(paragraph(text)) for text in BASIC_HEADER)),
        row(cell(number), cell(paragraph(ONE[1]))),
    ]
    looked = desk.look(document_parts(paragraph(BASIC_TITLE) + table(*lines)), "清单.docx")
    looked.has("SERIAL-AUTONUMBER", "A2", sheet="表格1")


@case("S31")
def _calendar_of_1904(desk: Desk) -> None:
    parts = basic(
        ONE,
        ("填报日期：", "x"),
        raw={"B4": '<c r="B4" s="1"><v>43271</v></c>'},
        styles='<cellXfs><xf/><xf numFmtId="14"/></cellXfs>',
        book='<workbookPr date1904="1"/>',
    )
    looked = desk.look(parts)
    looked.only("DATE-1904").has("DATE-1904")
    assert "2022-06-21" in looked.checked.checklists[0].notes


@case("S32")
def _another_countys_sheet(desk: Desk) -> None:
    rows = basic_rows(title="北原县基本履职事项清单")
    looked = desk.look(sheets(("东河镇", basic_rows()), ("清单", rows)))
    looked.has("SHEET-WRONG-UNIT", sheet="清单", says="示例县")
