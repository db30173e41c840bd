"""Documents sent down as files: what is read of a docx and a text, the annotated copy, and the command itself."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from generator.intake import read_prose, write_annotated
from generator.intake.word_bytes import annotated, paragraphs
from generator.model.prose import Note
from tests.test_cli import qingdan

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PLEDGE = "各乡镇要签订责任状。"
NOTICE = "各乡镇要组织护林员开展巡护，严禁野外用火。"


def part(body: str) -> bytes:
    """A main part with this body."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    ).encode()


def docx(path: Path, body: str | bytes, **parts: str) -> Path:
    """Write a docx with this body (or this whole main part); `parts` are further parts under word/."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/{name}" Target="{name}.xml"/>'
        for n, name in enumerate(parts)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", body if isinstance(body, bytes) else part(body))
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{relations}">{links}</Relationships>'
        )
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return path


def texts(path: Path) -> list[str]:
    """What is read of a document."""
    return [passage.text for passage in read_prose(path).passages]


RICH = (
    '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs></w:pPr>'
    '<w:r><w:rPr><w:b/><w:u w:val="single"/></w:rPr><w:t>各乡镇要A&amp;B</w:t></w:r>'
    '<w:r><w:tab/><w:t xml:space="preserve"> 签订&#x8D23;任</w:t><w:br/><w:t>状。</w:t></w:r>'
    '<w:ins w:id="1" w:author="a"><w:r><w:t>新增。</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="a"><w:r><w:delText>已删</w:delText></w:r></w:del></w:p><w:p/>'
)


def test_the_text_of_a_paragraph_is_what_a_reader_sees() -> None:
    """Entities, tabs, breaks and insertions are read; deletions, tab stops and drawings for old programs are not."""
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p>"
        "</w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>框内</w:t></w:r></w:p></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    found, _ = paragraphs(part(RICH + box))
    assert [(p.text, p.boxed) for p in found] == [
        ("各乡镇要A&B\t 签订责任\n状。新增。", False),
        ("框内", True),
    ]


def test_annotating_only_inserts() -> None:
    """Take the insertions out again and the part is, byte for byte, what it was; the text is whole, notes aside."""
    content = part(RICH)
    found, _ = paragraphs(content)
    text = found[0].text
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            copy = annotated(content, found, {0: [Note(passage=1, start=start, end=end, text="【<&注>】")]})
            after, _ = paragraphs(copy)
            assert after[0].text.replace("【<&注>】", "") == text
            rest = iter(copy)
            assert all(byte in rest for byte in content)
            # (start, end) of a break or tab alone is no text: the note then stands at the paragraph's end
            assert copy.count(b'w:highlight w:val="yellow"') >= (0 if text[start:end].strip() == "" else 1)


def test_a_highlight_stands_where_the_schema_wants_it() -> None:
    """w:highlight comes before w:u; a run that is highlighted already keeps its own."""
    body = (
        '<w:p><w:r><w:rPr><w:b/><w:u w:val="single"/></w:rPr><w:t>甲</w:t></w:r>'
        '<w:r><w:rPr><w:highlight w:val="green"/></w:rPr><w:t>乙</w:t></w:r><w:r><w:rPr/><w:t>丙</w:t></w:r></w:p>'
    )
    content = part(body)
    found, _ = paragraphs(content)
    copy = annotated(content, found, {0: [Note(passage=1, start=0, end=3, text="注")]}).decode()
    assert '<w:b/><w:highlight w:val="yellow"/><w:u w:val="single"/>' in copy
    assert copy.count('w:val="yellow"') == 2
    assert copy.count('w:val="green"') == 3


def test_tables_footnotes_and_headers_are_read_with_their_places(tmp_path: Path) -> None:
    """A cell knows its address on the grid and its row; footnotes and headers come after the body."""

    def cell(text: str, span: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'

    table = f"<w:tbl><w:tr>{cell('甲', 2)}{cell('乙')}</w:tr><w:tr>{cell('丙')}{cell('丁')}{cell('戊')}</w:tr></w:tbl>"
    footnotes = f'<w:footnotes xmlns:w="{W}"><w:footnote><w:p><w:r><w:t>脚注</w:t></w:r></w:p></w:footnote></w:footnotes>'
    header = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>'
    prose = read_prose(docx(tmp_path / "a.docx", table, footnotes=footnotes, header=header))
    assert [(p.text, p.place, p.where.cell, p.beside) for p in prose.passages] == [
        ("甲", "cell", "A1", ("乙",)),
        ("乙", "cell", "C1", ("甲",)),
        ("丙", "cell", "A2", ("丁", "戊")),
        ("丁", "cell", "B2", ("丙", "戊")),
        ("戊", "cell", "C2", ("丙", "丁")),
        ("脚注", "footnote", None, ()),
        ("页眉", "header", None, ()),
    ]


def test_the_copy_has_every_part_as_it_was(tmp_path: Path) -> None:
    """Only parts with a note change; the notes stand behind their pieces, in footnotes too."""
    footnotes = f'<w:footnotes xmlns:w="{W}"><w:footnote><w:p><w:r><w:t>{PLEDGE}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    header = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr>'
    source = docx(
        tmp_path / "a.docx", "<w:p><w:r><w:t>甲乙</w:t></w:r></w:p>", footnotes=footnotes, header=header
    )
    out = tmp_path / "b.docx"
    write_annotated(
        source, out, [Note(passage=1, start=0, end=1, text="一"), Note(passage=2, start=0, end=10, text="二")]
    )
    assert texts(out) == ["甲一乙", PLEDGE + "二", "页眉"]
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["word/document.xml", "word/footnotes.xml"]


def test_utf16_parts_are_read_and_annotated(tmp_path: Path) -> None:
    """A part in UTF-16 with its mark is read like any other."""
    body = part(f"<w:p><w:r><w:t>{PLEDGE}</w:t></w:r></w:p>").decode().replace("UTF-8", "UTF-16")
    source = docx(tmp_path / "a.docx", body.encode("utf-16"))
    assert texts(source) == [PLEDGE]
    write_annotated(source, tmp_path / "b.docx", [Note(passage=1, start=0, end=10, text="注")])
    assert texts(tmp_path / "b.docx") == [PLEDGE + "注"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_plain_text_is_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    """The ladder of the CSV reader; line ends of any system; a copy of a text is a docx of its lines."""
    source = tmp_path / "通知.txt"
    source.write_bytes(f"{NOTICE}\r\n\r\n{PLEDGE}\n".encode(encoding))
    assert texts(source) == [NOTICE, PLEDGE]
    write_annotated(source, tmp_path / "b.docx", [Note(passage=2, start=0, end=10, text="注")])
    assert texts(tmp_path / "b.docx") == [NOTICE, PLEDGE + "注"]


def bomb() -> bytes:
    """A docx whose main part declares an entity."""
    return part("<w:p/>").replace(b"<w:document", b'<!DOCTYPE w [<!ENTITY a "b">]><w:document', 1)


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.txt", b"", "FILE-EMPTY"),
        ("a.txt", b"a\0b", "CSV-NUL"),
        ("a.txt", b"\x80\xff\xfe\xff", "CSV-ENCODING"),
        ("a.pdf", b"%PDF-1.7", "FILE-TYPE"),
        ("a.docx", b"PK\x03\x04broken", "FILE-TRUNCATED"),
        ("dtd", b"", "XML-DTD"),
        ("deep", b"", "XML-DEPTH"),
        ("broken", b"", "DOC-BROKEN"),
        ("blank", b"", "DOC-NO-TEXT"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    """A bad document is a fault, never an exception, and no copy is written."""
    made = {
        "dtd": bomb(),
        "deep": part("<w:sdt>" * 70 + "</w:sdt>" * 70),
        "broken": part("<w:p>"),
        "blank": part("<w:p/>"),
    }
    source = tmp_path / name
    if name in made:
        docx(source, made[name])
    else:
        source.write_bytes(content)
    prose = write_annotated(source, tmp_path / "out.docx", [])
    assert prose.passages == ()
    assert rule in [fault.rule for fault in prose.faults]
    assert not (tmp_path / "out.docx").exists()


def vet(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `qingdan vet` on the sample lists of 宾县."""
    done = qingdan("vet", *arguments, "--county", "230125", "--as-of", "2026-01-01")
    return done.returncode, done.stdout, done.stderr


def test_the_command_says_it_in_text_json_and_a_copy(tmp_path: Path) -> None:
    """Exit 1 with something to look at; the copy opens in Word's own reader and has the notes."""
    source = docx(tmp_path / "a.docx", f"<w:p><w:r><w:t>{NOTICE}{PLEDGE}</w:t></w:r></w:p>")
    out = tmp_path / "b.docx"
    code, said, _ = vet(source, "--annotate", out, "--format", "json")
    answer: Any = json.loads(said)
    assert code == 1
    assert [s["verdict"] for s in answer["sentences"]] == ["listed", "unlisted"]
    copy = texts(out)[0]
    assert copy.startswith(NOTICE + "【清单比对：疑似对应清单事项")
    assert "“责任状（书）”表述" in copy
    from docx import Document

    runs = Document(BytesIO(out.read_bytes())).paragraphs[0].runs
    marked = "".join(run.text for run in runs if run.font.highlight_color is not None)
    assert marked == NOTICE + PLEDGE
    code, said, error = vet(source, "--annotate", out)
    assert code == 2
    assert "已存在" in error


@pytest.mark.parametrize(
    ("text", "expected"),
    [(NOTICE, 0), ("县财政局负责拨付资金。", 0), ("各乡镇要做好党报党刊征订。", 1), ("", 1)],
)
def test_exit_codes(tmp_path: Path, text: str, expected: int) -> None:
    """0: nothing found against the list; 1: something to look at, or a document that cannot be read."""
    source = tmp_path / "a.txt"
    source.write_text(text, encoding="utf-8")
    code, said, error = vet(source)
    assert code == expected
    assert ("请人工核对" in said) or (not text and ".docx" in error)
