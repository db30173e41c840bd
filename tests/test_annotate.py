"""The annotated workbook: every fault in its cell, the list in front, and nothing of the original lost."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from openpyxl.comments import Comment

from generator import build, checks
from generator.errors import UsageError
from generator.intake import read_document
from generator.intake.annotate import NotMarkedError, marked_copy, report_alone
from generator.intake.annotate_notes import box_size
from generator.model.documents import Document
from generator.model.findings import Checked
from generator.model.reports import ReportPlan
from tests.intake_files import MAIN, OFFICE, document_parts, workbook_parts, zipped
from tests.test_cli import broken_workbook, qingdan

# What openpyxl leaves out when it looks at the copy is what it would have lost on saving it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Sparkline Group extension is not supported"),
    pytest.mark.filterwarnings("ignore:Workbook contains no default style"),
]

DAY = date(2026, 1, 1)
RED, ORANGE, YELLOW = "FFFFC7CE", "FFFFD9A8", "FFFFF2B3"
_ROW = '<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>{a}</t></is></c><c r="B{r}" t="inlineStr"><is><t>{b}</t></is></c></row>'
_TITLE = '<row r="1"><c r="A1" t="inlineStr"><is><t>宾州镇基本履职事项清单</t></is></c></row>'


def checked(path: Path) -> Checked:
    """A document by itself, checked."""
    return checks.check_filing([read_document(path)], filing=None, county=None, divisions={}, as_of=DAY)


def annotated(path: Path, lang: str = "zh") -> tuple[Checked, bytes]:
    """The check of a workbook, and its annotated copy."""
    said = checked(path)
    return said, marked_copy(path, said.documents[0], checks.plan_report(said, lang))


def written(path: Path, content: bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content)
    return path


def typed(package: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """The package with its content types said, as openpyxl wants them."""
    kinds = {
        "xl/workbook.xml": "sheet.main",
        "xl/worksheets/sheet1.xml": "worksheet",
        "xl/styles.xml": "styles",
    }
    stated = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in kinds.items()
        if name in package
    )
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    return {**package, "[Content_Types].xml": f'<Types xmlns="{types}">{defaults}{stated}</Types>'}


def rich_workbook(path: Path) -> Path:
    """A workbook with all that a library could lose on saving, and three faults: B4 empty, A5 twice, B6 a pledge."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("基本履职事项")
    bold = book.add_format({"bold": True, "font_color": "#1F4E79", "border": 1})
    sheet.merge_range("A1:C1", "宾州镇基本履职事项清单", bold)
    sheet.write_row("A2", ("序号", "事项名称"), bold)
    for row, line in enumerate(
        (("1", "加强党的建设"), ("2", ""), ("2", "推进乡村振兴"), ("4", "签订责任状")), start=2
    ):
        sheet.write_row(row, 0, line)
    sheet.write_comment("B3", "请张三核对", {"author": "李四"})
    sheet.write_comment("B6", "此项待定")
    sheet.data_validation("B3:B6", {"validate": "list", "source": ["甲", "乙"]})
    sheet.conditional_format("A3:A6", {"type": "duplicate", "format": bold})
    sheet.insert_textbox("E2", "填表须知")
    sheet.insert_image("E9", "印章.png", {"image_data": BytesIO(_png())})
    numbers = book.add_worksheet("附 '统计' 表")
    numbers.write_column("A1", [1, 2, 3])
    numbers.add_sparkline("B1", {"range": "'附 ''统计'' 表'!A1:A3"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='附 ''统计'' 表'!$A$1:$A$3"})
    numbers.insert_chart("D2", chart)
    numbers.add_table("A5:B7", {"columns": [{"header": "名"}, {"header": "数"}]})
    numbers.print_area("A1:B7")
    book.define_name("总数", "='附 ''统计'' 表'!$A$1")
    sheet.repeat_rows(1)
    numbers.activate()
    book.close()
    return path


@dataclass(frozen=True, kw_only=True, slots=True)
class Rich:
    """The rich workbook, its check, and its annotated copy."""

    path: Path
    said: Checked
    content: bytes


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Rich:
    """One for all the tests that only look at it."""
    path = rich_workbook(tmp_path_factory.mktemp("rich") / "清单.xlsx")
    said, content = annotated(path)
    return Rich(path=path, said=said, content=content)


def _png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_fault_is_filled_and_said_in_its_cell(rich: Rich, tmp_path: Path) -> None:
    """Errors are red, what must be confirmed orange, warnings yellow; the comment says problem and what to do."""
    book = openpyxl.load_workbook(written(tmp_path / "标注.xlsx", rich.content))
    sheet = book["基本履职事项"]
    marked = {
        finding.where.cell
        for finding in rich.said.findings
        if finding.severity != "info" and finding.where.cell
    }
    assert {"B4", "A5", "B6"} <= marked
    for address in marked:
        comment = sheet[address].comment
        assert comment is not None, address
        assert sheet[address].fill.fgColor.rgb in (RED, ORANGE, YELLOW)
    missing = sheet["B4"].comment
    assert missing is not None
    assert missing.text == "【错误】这一项没有事项名称。请补填事项名称；多出的空行，请删除。"
    assert sheet["A3"].fill.fgColor.rgb == "00000000"
    assert sheet["A3"].comment is None
    assert (sheet["A1"].font.b, sheet["A2"].border.left.style) == (True, "thin")


def test_the_fill_is_all_that_changes_in_a_format(tmp_path: Path) -> None:
    """Font, border and number format of a marked cell stay as they were."""
    path = tmp_path / "清单.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("清单")
    sheet.write("A1", "宾州镇基本履职事项清单")
    sheet.write_row("A2", ("序号", "事项名称"))
    look = book.add_format(
        {"italic": True, "num_format": "@", "border": 2, "align": "right", "font_color": "red"}
    )
    sheet.write_row("A3", ("1", "签订责任状"), look)
    book.close()
    _, content = annotated(path)
    before = openpyxl.load_workbook(path)["清单"]["B3"]
    after = openpyxl.load_workbook(BytesIO(content))["清单"]["B3"]
    assert after.fill.fgColor.rgb == ORANGE
    for kept in ("font", "border", "alignment", "number_format", "protection"):
        assert repr(getattr(before, kept)) == repr(getattr(after, kept)), kept


def test_the_original_is_read_back_word_for_word(rich: Rich, tmp_path: Path) -> None:
    """Our own intake finds the same cells, merges and hidden rows behind the list of findings."""
    again = read_document(written(tmp_path / "标注.xlsx", rich.content))
    assert again.sheets[0].name == "问题清单"
    assert again.sheets[1:] == rich.said.documents[0].sheets


def test_nothing_of_the_original_is_lost(rich: Rich) -> None:
    """Drawings, chart, picture, table and theme keep every byte; the touched parts keep all they held."""
    old, new = parts(rich.path.read_bytes()), parts(rich.content)
    touched = {name for name in old if old[name] != new[name]}
    assert {re.sub(r"\d", "", name) for name in touched} <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet.xml",
        "xl/worksheets/_rels/sheet.xml.rels",
        "xl/comments.xml",
        "xl/drawings/vmlDrawing.vml",
    }
    kept = {
        "xl/worksheets/sheet1.xml": ("dataValidation", "conditionalFormatting", "<drawing", "mergeCell"),
        "xl/worksheets/sheet2.xml": ("sparkline", "tablePart", "<drawing"),
        "xl/comments1.xml": ("请张三核对", "李四", "此项待定"),
        "xl/workbook.xml": ("总数",),
    }
    for name, words in kept.items():
        for word in words:
            assert new[name].decode().count(word) >= old[name].decode().count(word) > 0, (name, word)
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/drawings/drawing1.xml"} <= set(old) - touched


def test_names_of_one_sheet_move_on_with_it(rich: Rich) -> None:
    """Print area and titles still belong to their sheets, and only the list is the selected tab."""
    book = openpyxl.load_workbook(BytesIO(rich.content))
    assert book.sheetnames == ["问题清单", "基本履职事项", "附 '统计' 表"]
    assert book["附 '统计' 表"].print_area == "'附 ''统计'' 表'!$A$1:$B$7"
    assert book["基本履职事项"].print_title_rows == "$2:$2"
    assert book.active is not None
    assert book.active.title == "问题清单"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book.worksheets] == [True, False, False]


def test_a_comment_that_is_there_stays(rich: Rich) -> None:
    """Ours is written behind it, and its box grows."""
    comment = openpyxl.load_workbook(BytesIO(rich.content))["基本履职事项"]["B6"].comment
    assert comment is not None
    assert comment.text.startswith("此项待定")
    assert "责任状" in comment.text

    def bottoms(package: bytes) -> list[int]:
        vml = next(body for name, body in parts(package).items() if name.endswith(".vml"))
        return [int(anchor.split(",")[6]) for anchor in re.findall(r"<x:Anchor>([^<]*)", vml.decode())]

    assert bottoms(rich.content)[1] > bottoms(rich.path.read_bytes())[1]


def test_boxes_are_large_enough_for_their_text() -> None:
    """Thirty Chinese characters to a line: a box holds all lines, up to a screen's height."""
    assert box_size("短")[1] < box_size("长" * 100)[1] < box_size("长" * 400)[1] <= 400
    width, height = box_size("问题" * 60)
    assert (width - 24) // 9 * ((height - 20) // 13) >= 120


def test_the_list_names_every_finding_and_leads_to_it(rich: Rich) -> None:
    """A row for each finding, notes last, with counts above, its cell a link that works with any sheet name."""
    sheet = openpyxl.load_workbook(BytesIO(rich.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(at for at, row in enumerate(rows, start=1) if row[0] == "编号")
    notes = [finding for finding in rich.said.findings if finding.severity == "info"]
    listed = [*(finding for finding in rich.said.findings if finding.severity != "info"), *notes]
    assert [row[4] for row in rows[header:]] == [finding.problem.zh for finding in listed]
    assert f"错误 {rich.said.count('error')}" in str(rows[2][0])
    for at, finding in enumerate(listed, start=header + 1):
        link = sheet.cell(at, 4).hyperlink
        assert link is not None
        name = (finding.where.sheet or "").replace("'", "''")
        assert link.location == f"'{name}'!{(finding.where.cell or 'A1')}"
    assert sheet.freeze_panes == f"A{header + 1}"


def test_merged_cells_are_marked_at_their_anchor(tmp_path: Path) -> None:
    """A fault of A3:A4 stands at A3, the only cell of a merge that can carry anything."""
    path = tmp_path / "清单.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet = book.active
    assert sheet is not None
    for row in (
        ("宾州镇基本履职事项清单",),
        ("序号", "事项名称"),
        ("1", "签订责任状"),
        (None, None),
        ("2", "推进乡村振兴"),
    ):
        sheet.append(row)
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("A3:A4")
    book.save(path)
    said, content = annotated(path)
    assert "B3:B4" in {finding.where.cell for finding in said.findings}
    cell = openpyxl.load_workbook(BytesIO(content)).worksheets[1]["B3"]
    assert cell.fill.fgColor.rgb in (RED, ORANGE)
    assert cell.comment is not None


SHAPES: Mapping[str, dict[str, str | bytes]] = {
    "no style sheet, no shared strings": workbook_parts(
        _TITLE
        + _ROW.format(r=2, a="序号", b="事项名称")
        + _ROW.format(r=3, a="1", b="签订责任状")
        + '<row r="4"><c r="A4" t="inlineStr"><is><t>2</t></is></c></row>'
    ),
    "style sheet of one format": workbook_parts(
        _TITLE + _ROW.format(r=2, a="序号", b="事项名称") + _ROW.format(r=3, a="1", b="签订责任状"),
        styles='<cellXfs count="1"><xf numFmtId="0"/></cellXfs>',
    ),
    "empty groups": workbook_parts(
        _TITLE + _ROW.format(r=2, a="序号", b="事项名称") + _ROW.format(r=3, a="1", b="签订责任状"),
        styles='<fonts count="0"/><fills/><borders/><cellXfs/>',
    ),
    "rows and cells without addresses": workbook_parts(
        re.sub(
            r' r="[A-Z]?\d"',
            "",
            _TITLE + _ROW.format(r=2, a="序号", b="事项名称") + _ROW.format(r=3, a="1", b="签订责任状"),
        )
    ),
    "a prefix": {
        name: re.sub(r"<(/?)(?=\w)", r"<\1x:", body).replace("xmlns=", "xmlns:x=")
        if name == "xl/worksheets/sheet1.xml" and isinstance(body, str)
        else body
        for name, body in workbook_parts(
            _TITLE + _ROW.format(r=2, a="序号", b="事项名称") + _ROW.format(r=3, a="1", b="签订责任状")
        ).items()
    },
    "an empty sheet": workbook_parts("").copy(),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_unusual_spellings_are_marked_too(tmp_path: Path, shape: str) -> None:
    """What other programs write, and Excel reads: the copy is read back as the original, with its marks."""
    path = written(tmp_path / "清单.xlsx", zipped(typed(SHAPES[shape])))
    said, content = annotated(path)
    again = read_document(written(tmp_path / "标注.xlsx", content))
    assert again.sheets[1:] == said.documents[0].sheets
    book = openpyxl.load_workbook(BytesIO(content))
    for finding in said.findings:
        if finding.severity != "info" and finding.where.cell:
            cell = book.worksheets[1][finding.where.cell]
            assert cell.fill.fgColor.rgb in (RED, ORANGE, YELLOW), finding
            assert cell.comment is not None


def test_a_cell_that_was_not_there_takes_its_columns_format(tmp_path: Path) -> None:
    """An empty cell of a formatted column keeps that format below its fill."""
    xml = (
        _TITLE
        + _ROW.format(r=2, a="序号", b="事项名称")
        + '<row r="3" spans="1:1"><c r="A3" t="inlineStr"><is><t>1</t></is></c></row>'
    )
    styles = (
        '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="12"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellXfs count="2"><xf fontId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0"/></cellXfs>'
    )
    package = workbook_parts(
        xml, styles=styles, before='<cols><col min="2" max="2" style="1" width="30"/></cols>'
    )
    _, content = annotated(written(tmp_path / "清单.xlsx", zipped(typed(package))))
    cell = openpyxl.load_workbook(BytesIO(content)).worksheets[1]["B3"]
    assert (cell.fill.fgColor.rgb, cell.font.b, cell.number_format) == (RED, True, "@")


def test_a_signed_workbook_is_left_alone(tmp_path: Path) -> None:
    """Any mark would void the signature: the report says so and stands apart."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    said = checked(path)
    with pytest.raises(NotMarkedError) as caught:
        marked_copy(path, said.documents[0], checks.plan_report(said))
    assert "数字签名" in caught.value.problem.zh
    out = tmp_path / "报告.xlsx"
    apart = build.annotate([path], said, out, lang="en")
    assert apart is not None
    assert "signature" in apart.en
    assert openpyxl.load_workbook(out).sheetnames == ["Findings"]


def test_strict_workbooks_get_a_report_apart(tmp_path: Path) -> None:
    """Strict OOXML names everything otherwise; what we would add it could not hold."""
    package = {
        name: body.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        if isinstance(body, str)
        else body
        for name, body in SHAPES["no style sheet, no shared strings"].items()
    }
    path = written(tmp_path / "清单.xlsx", zipped(package))
    said = checked(path)
    with pytest.raises(NotMarkedError):
        marked_copy(path, said.documents[0], checks.plan_report(said))


def test_a_conversation_stays_word_for_word(tmp_path: Path) -> None:
    """Comments in the new style keep a copy of themselves; such a cell is filled and listed, but not written into."""
    path = tmp_path / "清单.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet = book.active
    assert sheet is not None
    for row in (("宾州镇基本履职事项清单",), ("序号", "事项名称"), ("1", "签订责任状")):
        sheet.append(row)
    sheet["B3"].comment = Comment("[Threaded comment] 请核对", "tc={1}")
    book.save(path)
    package = parts(path.read_bytes())
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    package[rels] = package[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        b'Target="/xl/threadedComments/t1.xml"/></Relationships>',
    )
    package["xl/threadedComments/t1.xml"] = b"<ThreadedComments/>"
    path.write_bytes(zipped(typed(package)))
    _, content = annotated(path)
    cell = openpyxl.load_workbook(BytesIO(content)).worksheets[1]["B3"]
    assert cell.fill.fgColor.rgb in (RED, ORANGE)
    assert cell.comment is not None
    assert cell.comment.text == "[Threaded comment] 请核对"


def test_the_list_runs_no_formula(tmp_path: Path) -> None:
    """What was filed comes as text, with an apostrophe where a spreadsheet would calculate it."""
    path = tmp_path / "清单.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet = book.active
    assert sheet is not None
    sheet.title = "=1+1"
    for row in (("宾州镇基本履职事项清单",), ("序号", "事项名称"), ("1", "责任状")):
        sheet.append(row)
    sheet["B4"] = "=cmd|'/c calc'!A0"
    sheet["A4"] = "2"
    book.save(path)
    said, content = annotated(path)
    alone = report_alone(checks.plan_report(said, apart=checks.why_apart(said)))
    for package in (content, alone):
        listed = openpyxl.load_workbook(BytesIO(package)).worksheets[0]
        texts = [cell for row in listed.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert all(cell.data_type != "f" for cell in texts)
        assert not [cell.value for cell in texts if str(cell.value).startswith(("=", "+", "-", "@"))]
        assert [cell.value for cell in texts if str(cell.value).startswith("'=cmd|")]


@pytest.mark.parametrize("kind", ["docx", "csv", "xls"])
def test_other_documents_get_a_report(tmp_path: Path, kind: str) -> None:
    """A report workbook names every finding and says why it stands alone; the original is not touched."""
    path = {"docx": _docx, "csv": _csv, "xls": _xls}[kind](tmp_path / f"清单.{kind}")
    before = path.read_bytes()
    out = tmp_path / "报告.xlsx"
    said = checked(path)
    apart = build.annotate([path], said, out, lang="zh")
    assert apart is not None
    assert f"不能在 {kind} 文件中标注" in apart.zh
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["问题清单"]
    texts = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    for text in (apart.zh, *(finding.problem.zh for finding in said.findings)):
        assert text in texts
    assert path.read_bytes() == before


def _docx(path: Path) -> Path:
    return written(path, zipped(document_parts("<w:p><w:r><w:t>没有表格</w:t></w:r></w:p>")))


def _csv(path: Path) -> Path:
    return written(
        path,
        "宾州镇基本履职事项清单,\r\n序号,事项名称\r\n1,加强党的建设\r\n3,推进乡村振兴\r\n".encode("gb18030"),
    )


def _xls(path: Path) -> Path:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("清单")
    for row, line in enumerate((("宾州镇基本履职事项清单",), ("序号", "事项名称"), ("1", "签订责任状"))):
        for column, text in enumerate(line):
            sheet.write(row, column, text)
    book.save(str(path))
    return path


def test_several_documents_share_one_report(tmp_path: Path) -> None:
    """The list then says which file a finding is of."""
    paths = [broken_workbook(tmp_path / f"{name}.xlsx") for name in ("宾州镇", "居仁镇")]
    out = tmp_path / "报告.xlsx"
    said = build.check(paths, site=None, county_code=None, as_of=DAY)
    apart = build.annotate(paths, said, out, lang="zh")
    assert apart is not None
    assert "不止一份" in apart.zh
    sheet = openpyxl.load_workbook(out).worksheets[0]
    heads = {
        str(cell.value): cell.column for row in sheet.iter_rows() for cell in row if cell.value == "文件"
    }
    named = {str(cell.value) for cell in next(sheet.iter_cols(min_col=heads["文件"], max_col=heads["文件"]))}
    assert {"宾州镇.xlsx", "居仁镇.xlsx"} <= named


def test_a_file_in_the_way_is_never_overwritten(tmp_path: Path) -> None:
    """Exit code 2 before anything is checked; the same for a missing folder and a name that is no workbook's."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    taken = written(tmp_path / "有.xlsx", b"mine")
    for out in (taken, path, tmp_path / "无" / "a.xlsx", tmp_path / "a.txt"):
        with pytest.raises(UsageError):
            build.refuse_existing(out, ".xlsx")
    run = qingdan("check", path, "--annotate", taken)
    assert (run.returncode, run.stdout, taken.read_bytes()) == (2, "", b"mine")


def test_what_programs_read_stays_clean(tmp_path: Path) -> None:
    """With another format on stdout, the word about the copy goes to stderr."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    run = qingdan("check", path, "--annotate", tmp_path / "a.xlsx", "--format", "json")
    assert json.loads(run.stdout)["summary"]["errors"] > 0
    assert "a.xlsx" in run.stderr


def test_the_same_document_gives_the_same_copy(rich: Rich) -> None:
    """No clock and no chance in the copy."""
    assert annotated(rich.path)[1] == rich.content


def test_a_copy_that_would_differ_is_not_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is read again: one cell more or less, and the report stands alone."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    said = checked(path)
    document = said.documents[0]
    other = Document(
        file=document.file,
        sha256=document.sha256,
        size=document.size,
        format=document.format,
        sheets=document.sheets[:-1],
    )
    with pytest.raises(NotMarkedError):
        marked_copy(path, other, checks.plan_report(said))


def test_the_plan_marks_each_cell_once(tmp_path: Path) -> None:
    """Several faults of a cell share its comment, the gravest gives the colour."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    plan: ReportPlan = checks.plan_report(checked(path), "en")
    places = [(mark.sheet, mark.row, mark.column) for mark in plan.marks]
    assert len(places) == len(set(places))
    assert places == sorted(places)
    assert all(mark.comment.startswith("[") for mark in plan.marks)
    assert OFFICE.startswith("http")


def test_a_long_list_is_whole(rich: Rich, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is proved with the beginning of its list only, and handed out with all of it."""
    monkeypatch.setattr("generator.intake.annotate._ROWS_READ_AGAIN", 1)
    assert annotated(rich.path)[1] == rich.content
