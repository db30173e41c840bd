"""`fix` changes what cannot change the meaning, cell by cell, and nothing else."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from generator import build, checks
from generator.errors import UsageError
from generator.intake import read_document
from generator.intake.mend import mended_copy
from generator.model.documents import Cell, Document, Sheet, cell_address
from generator.model.findings import Checked
from generator.model.mends import Mend
from tests.intake_files import document_parts, paragraph, read, texts, workbook_parts, zipped
from tests.test_cli import qingdan

DAY = date(2026, 1, 1)
_TITLE = "宾州镇基本履职事项清单"


def planned(document: Document) -> tuple[Mend, ...]:
    """The mends of a document by itself."""
    said = checks.check_filing([document], filing=None, county=None, divisions={}, as_of=DAY)
    return checks.plan_mends(said, document)


def fixed(path: Path) -> tuple[dict[str, str], bytes]:
    """The mended cells by address, and the mended file."""
    document = read_document(path)
    mends = planned(document)
    return (
        {cell_address(mend.row, mend.column): mend.after for mend in mends},
        mended_copy(path, document, mends),
    )


def of(text: str) -> str | None:
    """What a cell with this text becomes; None where it stays."""
    sheet = Sheet(name="清单", cells=(Cell(row=3, column=2, text=text),))
    document = Document(file="清单.xlsx", sha256="", size=0, format="xlsx", sheets=(sheet,))
    mends = checks.plan_mends(Checked(documents=(document,), checklists=(), findings=()), document)
    return mends[0].after if mends else None


def workbook(path: Path) -> Path:
    """A list with blanks at A3, B3 and D3, an invisible character in B4, a full-width serial at A5, and rich text."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("基本履职事项")
    red = book.add_format({"font_color": "red"})
    sheet.write("A1", _TITLE)
    sheet.write_row("A2", ("序号", "类别", "事项名称"))
    lines = (
        ("1 ", "党的建设", "\u3000\u3000加强党的建设"),
        ("2", "党的建设", "推进\u200b乡村振兴"),
        ("３", "党的建设", "１号工程：开展矛盾纠纷排查"),
        ("4", "党的建设", "推进\u200b乡村振兴工作"),
    )
    for row, line in enumerate(lines, start=2):
        sheet.write_row(row, 0, line)
    sheet.write_rich_string("C7", " 做好", red, "防汛\u200b抗旱", "工作 ")
    sheet.write_row("A7", ("5", "党的建设"))
    sheet.insert_textbox("F2", "  填表须知  ")
    sheet.write_comment("C3", " 请核对 ")
    book.close()
    return path


MENDED = {
    "A3": "1",
    "C3": "加强党的建设",
    "C4": "推进乡村振兴",
    "A5": "3",
    "C6": "推进乡村振兴工作",
    "C7": "做好防汛抗旱工作",
}


def test_only_the_planted_cells_change(tmp_path: Path) -> None:
    """Blanks at both ends, invisible characters, full-width serials: those cells and no others; ours reads it back."""
    path = workbook(tmp_path / "清单.xlsx")
    mended, content = fixed(path)
    assert mended == MENDED
    before = texts(read_document(path))
    after = texts(read(tmp_path, content, "修.xlsx"))
    assert after == {**before, **MENDED}
    assert after["C5"].startswith("１号工程")  # a digit in a name is the name


def test_every_other_part_keeps_its_bytes(tmp_path: Path) -> None:
    """Only the sheet and the shared strings are written anew; a string that others use stays as it was."""
    path = workbook(tmp_path / "清单.xlsx")
    _, content = fixed(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(BytesIO(content)) as new:
        assert old.namelist() == new.namelist()
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        strings = new.read("xl/sharedStrings.xml").decode()
    assert changed == {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"}
    assert "推进\u200b乡村振兴<" in strings
    assert int(re.findall(r'uniqueCount="(\d+)"', strings)[0]) == strings.count("<si>")


def test_rich_text_keeps_its_runs(tmp_path: Path) -> None:
    """The red word stays red when the blanks around it go."""
    _, content = fixed(workbook(tmp_path / "清单.xlsx"))
    book = openpyxl.load_workbook(BytesIO(content), rich_text=True)
    runs = book.worksheets[0]["C7"].value
    assert [str(run) for run in runs] == ["做好", "防汛抗旱", "工作"]
    assert runs[1].font.color.rgb == "FFFF0000"


def test_a_shared_string_is_mended_for_one_cell_only(tmp_path: Path) -> None:
    """`３` is a serial in A3 and a name in B4 by the same string: the name keeps its full-width digit."""
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="s"><v>{a}</v></c><c r="B{r}" t="s"><v>{b}</v></c></row>'
        for r, a, b in ((1, 0, 0), (2, 1, 2), (3, 3, 4), (4, 5, 3))
    )
    strings = "".join(f"<si><t>{t}</t></si>" for t in (_TITLE, "序号", "事项名称", "３", "加强党的建设", "4"))
    path = tmp_path / "清单.xlsx"
    path.write_bytes(zipped(workbook_parts(rows, strings=strings)))
    mended, content = fixed(path)
    assert mended == {"A3": "3"}
    assert texts(read(tmp_path, content, "修.xlsx"))["B4"] == "３"


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ('<c r="B3" t="inlineStr"><is><t xml:space="preserve"> 甲&amp;乙 </t></is></c>', "甲&乙"),
        ('<c r="B3" t="str"><v> 甲&lt;乙&#160;</v></c>', "甲<乙"),
        (
            '<c r="B3" t="inlineStr"><is><r><t xml:space="preserve">甲 </t></r><r><t> 乙 </t></r></is></c>',
            "甲  乙",
        ),
        (
            '<c r="B3" t="inlineStr"><is><t xml:space="preserve">_x000D_\n甲_x005F_x0041_乙 </t></is></c>',
            "甲_x0041_乙",
        ),
        ("<c r=\"B3\" t='inlineStr'><is><t>\u200b甲乙</t></is></c>", "甲乙"),
    ],
)
def test_every_way_of_storing_text(tmp_path: Path, cell: str, after: str) -> None:
    """Inline, plain, in runs, with entities and OOXML escapes: the new text is read back to the letter."""
    path = tmp_path / "清单.xlsx"
    path.write_bytes(zipped(workbook_parts(f'<row r="3"><c r="A3"><v>1</v></c>{cell}</row>')))
    mended, content = fixed(path)
    assert mended == {"B3": after}
    assert texts(read(tmp_path, content, "修.xlsx"))["B3"] == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (" 甲\u3000乙\u00a0", "甲\u3000乙"),
        ("\u3000\u3000甲\n\u3000\u3000乙\n", "甲\n\u3000\u3000乙"),
        ("甲\u200b乙\ufeff\u2060", "甲乙"),
        ("\u200b 甲", "甲"),
        ("甲\u200d乙\U000e0041", "甲乙"),
        ("甲\u00ad乙", "甲乙"),
        ("👨\u200d👩", None),
        ("ن\u200cم", None),
        ("🏴\U000e0067\U000e007f", None),
        ("甲\u202e乙", None),
        ("甲 乙", None),
        ("１２３", None),
        ("\u3000 ", None),
        ("\u200b", None),
        ("甲乙", None),
    ],
)
def test_what_could_be_meant_is_left(text: str, after: str | None) -> None:
    """Inner blanks, direction controls, joiners of emoji and of other scripts, digits of names, blank cells stay."""
    assert of(text) == after


def test_formulas_numbers_and_hidden_texts_are_left() -> None:
    """Only plain text that the sheet shows is mended."""
    for marks in ({"type": "formula"}, {"type": "number"}, {"type": "date"}, {"hidden_value": True}):
        cell = Cell(row=1, column=1, text=" 甲 ", **marks)
        sheet = Sheet(name="清单", cells=(cell,))
        document = Document(file="a.xlsx", sha256="", size=0, format="xlsx", sheets=(sheet,))
        said = Checked(documents=(document,), checklists=(), findings=())
        assert checks.plan_mends(said, document) == ()


CSV = f'{_TITLE},\r\n序号,事项名称\r\n１ , 加强党的建设\u3000\r\n２,"推进\u200b""乡村""\n振兴 "\r\n3, "甲\r\n4,丙,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_keeps_encoding_quotes_and_line_ends(tmp_path: Path, encoding: str) -> None:
    """Fields change in place; the rest of the file is the same to the byte, byte order mark included."""
    path = tmp_path / "清单.csv"
    path.write_bytes(CSV.replace('3, "甲\r\n', "3,甲\r\n").encode(encoding))
    mended, content = fixed(path)
    assert mended == {"A3": "1", "B3": "加强党的建设", "A4": "2", "B4": '推进"乡村"\n振兴'}
    wanted = f'{_TITLE},\r\n序号,事项名称\r\n1,加强党的建设\r\n2,"推进""乡村""\n振兴"\r\n3,甲\r\n4,丙,\r\n'
    assert content == wanted.encode(encoding)


def test_a_quote_behind_a_blank_stays_a_letter(tmp_path: Path) -> None:
    """` "甲` is a field that holds a quote; without its blank it needs quotes of its own to stay one."""
    path = tmp_path / "清单.csv"
    path.write_bytes(f'{_TITLE},\r\n序号,事项名称\r\n1, "甲\r\n2,乙\r\n'.encode())
    mended, content = fixed(path)
    assert mended == {"B3": '"甲'}
    assert '1,"""甲"\r\n'.encode() in content
    assert texts(read(tmp_path, content, "修.csv"))["B3"] == '"甲'


def test_each_mend_is_shown_before_and_after(tmp_path: Path) -> None:
    """Place, what stood there with every vanished character named, what stands there now, and why."""
    mends = planned(read_document(workbook(tmp_path / "清单.xlsx")))
    lines = checks.mend_lines(mends)
    assert "  基本履职事项 › A3 · “1‹空格›” → “1” [删去首尾空白]" in lines
    assert "  基本履职事项 › C4 · “推进<U+200B>乡村振兴” → “推进乡村振兴” [删去看不见的字符]" in lines
    assert "  基本履职事项 › A5 · “３” → “3” [序号数字改为半角]" in lines
    assert "“1‹space›” → “1” [outer blanks removed]" in checks.mend_lines(mends, "en")[0]
    long = Mend(
        sheet="清单",
        row=1,
        column=1,
        before="长" * 300 + " ",
        pieces=(*"长" * 300, ""),
        kinds=("outer-blanks",),
    )
    assert len(checks.mend_lines([long])[0]) < 80
    phone = "联系电话 13812345678 "
    secret = Mend(
        sheet="清单", row=1, column=1, before=phone, pieces=(*phone[:-1], ""), kinds=("outer-blanks",)
    )
    assert not re.search(r"\d{3}", checks.mend_lines([secret])[0])


def test_the_command_writes_shows_and_checks_again(tmp_path: Path) -> None:
    """The new file's own check follows, with its exit code; the original keeps its bytes."""
    path, out = workbook(tmp_path / "清单.xlsx"), tmp_path / "修.xlsx"
    before = path.read_bytes()
    run = qingdan("fix", path, "--out", out)
    assert "共修改 6 个单元格" in run.stdout
    assert "“1‹空格›” → “1”" in run.stdout
    assert run.stdout.index("共修改") < run.stdout.index("修.xlsx\n")
    assert "CHAR-INVISIBLE" not in run.stdout
    assert path.read_bytes() == before
    assert run.returncode == qingdan("check", out).returncode
    again = qingdan("fix", out, "--out", tmp_path / "再修.xlsx", "--lang", "en")
    assert "Nothing to mend; no file was written." in again.stdout
    assert not (tmp_path / "再修.xlsx").exists()


def _mend(file: Path, out: Path) -> tuple[Checked, tuple[Mend, ...]]:
    return build.mend(file, out, site=None, county_code=None, as_of=DAY)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A file in the way, the original itself, or a name of another format: exit code 2, nothing written."""
    path, taken = workbook(tmp_path / "清单.xlsx"), tmp_path / "有.xlsx"
    taken.write_bytes(b"mine")
    for out in (taken, path, tmp_path / "修.csv", tmp_path / "无" / "修.xlsx"):
        with pytest.raises(UsageError):
            _mend(path, out)
    assert taken.read_bytes() == b"mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["有.xlsx", "清单.xlsx"]


def test_other_documents_are_refused_with_what_to_do(tmp_path: Path) -> None:
    """xls and docx cannot be changed in places only."""
    import xlwt

    docx, xls = tmp_path / "清单.docx", tmp_path / "清单.xls"
    docx.write_bytes(zipped(document_parts(paragraph("没有表格"))))
    book = xlwt.Workbook()
    book.add_sheet("清单").write(0, 0, " 宾州镇 ")
    book.save(str(xls))
    for path, advice in ((docx, "查找和替换"), (xls, "另存为 .xlsx")):
        with pytest.raises(UsageError) as caught:
            _mend(path, tmp_path / f"修{path.suffix}")
        assert caught.value.fix is not None
        assert advice in caught.value.fix.zh


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"><c r="B3" t="inlineStr"><is><t> 甲<!-- x -->乙</t></is></c></row>',
        '<row r="3"><c r="B3" t="inlineStr"><is><t> 甲</t><rPh sb="0" eb="1"><t>jia</t></rPh></is></c></row>',
    ],
)
def test_what_is_written_in_an_unusual_way_is_not_touched(tmp_path: Path, rows: str) -> None:
    """Comments inside a text, readings that count characters: said, and nothing written."""
    path = tmp_path / "清单.xlsx"
    path.write_bytes(zipped(workbook_parts(rows)))
    out = tmp_path / "修.xlsx"
    with pytest.raises(UsageError) as caught:
        _mend(path, out)
    assert "没有改动" in caught.value.problem.zh
    assert not out.exists()


def test_a_signed_workbook_is_not_touched(tmp_path: Path) -> None:
    """Any change would void the signature."""
    path = workbook(tmp_path / "清单.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    with pytest.raises(UsageError) as caught:
        _mend(path, tmp_path / "修.xlsx")
    assert "数字签名" in caught.value.problem.zh


def test_a_file_that_changed_meanwhile_is_not_mended(tmp_path: Path) -> None:
    """What is mended is what was read."""
    path = workbook(tmp_path / "清单.xlsx")
    document = read_document(path)
    mends = planned(document)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(UsageError) as caught:
        mended_copy(path, document, mends)
    assert "有变动" in caught.value.problem.zh
