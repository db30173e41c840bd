"""F01 to F44: the file as such, before there is any table."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import tracemalloc
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path

from generator.intake import parent, read_document, read_documents, sniff
from generator.intake.faults import Faults
from generator.model.addresses import original_file
from generator.settings import load_filing, load_site
from tests import register_filings as registered
from tests import test_settings
from tests.catalogue.desk import Desk, Looked, case, read_here
from tests.catalogue.papers import (
    ONE,
    SHEET,
    SHEET_RELATIONS,
    Parts,
    basic,
    listed_csv,
    ole,
    word,
)
from tests.intake_files import MAIN, document_parts, raw_zip, relations, zipped

_SPREADSHEETML = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


def refused(desk: Desk, content: bytes | Parts, rule: str, name: str = "清单.xlsx", **more: object) -> Looked:
    """Assert that a file is refused by this one rule, and that nothing of it was read."""
    looked = desk.look(content, name, **more)  # type: ignore[arg-type]
    looked.has(rule)
    assert looked.checked.checklists == ()
    return looked.only(rule)


@case("F01")
def _empty(desk: Desk) -> None:
    refused(desk, b"", "FILE-EMPTY")


@case("F02")
def _another_kind(desk: Desk) -> None:
    for content, word_for_it in (
        ("序号 事项名称".encode(), "纯文本"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"%PDF-1.7 ...", "PDF"),
    ):
        assert word_for_it in refused(desk, content, "FILE-TYPE").checked.findings[0].problem.zh


@case("F03")
def _web_page(desk: Desk) -> None:
    page = b"<html><table><tr><td>1</td></tr></table></html>"
    found = refused(desk, page, "FILE-TYPE-HTML", "清单.xls").checked.findings[0]
    assert "xlsx" in found.fix.zh


@case("F04")
def _spreadsheetml(desk: Desk) -> None:
    refused(desk, _SPREADSHEETML, "FILE-TYPE-SPREADSHEETML", "清单.xls")


@case("F05")
def _text_called_xls(desk: Desk) -> None:
    content = listed_csv(encoding="gb18030")
    refused(desk, content, "FILE-TYPE", "清单.xls")
    looked = desk.look(content, "清单.xls", as_csv=True)
    looked.has("CSV-READ", says="GB18030")
    assert looked.fine().names() == [ONE[1]]
    tabbed = desk.look(content.replace(b",", b"\t"), "清单.xls", as_csv=True)
    tabbed.has("CSV-DELIM", "A1", says="Tab")


@case("F06")
def _encrypted(desk: Desk) -> None:
    refused(desk, ole("EncryptedPackage", "EncryptionInfo"), "FILE-ENCRYPTED")


@case("F07")
def _cut_off(desk: Desk) -> None:
    refused(desk, zipped(basic())[:-30], "FILE-TRUNCATED")


@case("F08")
def _one_bit(desk: Desk) -> None:
    content = zipped(basic())
    at = content.index(SHEET.encode()) + len(SHEET) + 40
    looked = refused(desk, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], "ZIP-CRC")
    assert SHEET in looked.checked.findings[0].problem.zh


@case("F09")
def _bomb(desk: Desk) -> None:
    content = zipped(basic() | {"xl/media/a.bin": b"\0" * (100 << 20)})
    assert len(content) < 200_000
    looked = refused(desk, content, "FILE-BUDGET", isolated=True)
    assert "64" in looked.checked.findings[0].problem.zh


@case("F10")
def _shared_header(desk: Desk) -> None:
    entries: list[tuple[str, bytes, dict[str, int]]] = [("xl/workbook.xml", b"<a/>", {})]
    entries += [(f"xl/{n}.xml", b"<a/>", {"offset": 0}) for n in range(300)]
    desk.look(raw_zip(entries)).has("ZIP-OVERLAP")


@case("F11")
def _size_lies(desk: Desk) -> None:
    content = raw_zip([("xl/workbook.xml", os.urandom(1000).hex().encode() * 9, {"size": 10})])
    refused(desk, content, "ZIP-SIZE-LIES")
    # What packs better than any list is a bomb first, whatever size it states.
    desk.look(raw_zip([("xl/workbook.xml", b" " * (5 << 20), {"size": 10})])).has("ZIP-SIZE-LIES")


@case("F12")
def _same_entry_twice(desk: Desk) -> None:
    for twin in ("xl/workbook.xml", "XL/Workbook.XML", "xl\\workbook.xml"):
        desk.look(raw_zip([("xl/workbook.xml", b"<a/>", {}), (twin, b"<a/>", {})])).has("ZIP-DUPNAME")


@case("F13")
def _odd_entries(desk: Desk) -> None:
    for name in ("../../etc/x", "/abs", "C:\\x", "xl/a\0b.xml"):
        desk.look(raw_zip([("xl/workbook.xml", b"<a/>", {}), (name, b"x", {})])).has("ZIP-NAME")


@case("F14")
def _relation_upwards(desk: Desk) -> None:
    refused(
        desk,
        basic() | {SHEET_RELATIONS: relations(("r", "comments", "../../../../etc/passwd"))},
        "REL-TARGET",
    )


@case("F15")
def _relation_outside(desk: Desk) -> None:
    for kind, target in (
        ("oleLink", "file:///c:/x"),
        ("image", "\\\\10.0.0.1\\s"),
        ("attachedTemplate", "http://www.example.com/t.dotm"),
    ):
        refused(
            desk, basic() | {SHEET_RELATIONS: relations(("r", kind, target), external=True)}, "REL-EXTERNAL"
        )
    link = basic(
        after='<hyperlinks><hyperlink ref="B4" r:id="rId7"/><hyperlink ref="B3" location="清单!A1"/></hyperlinks>'
    )
    target = "https://www.example.gov.cn/"
    looked = desk.look(link | {SHEET_RELATIONS: relations(("rId7", "hyperlink", target), external=True)})
    looked.has("LINK-IGNORED", "B4", says=target)
    assert looked.only("LINK-IGNORED").checked.item_count == 2
    document = word()
    text = str(document["word/document.xml"])
    document["word/document.xml"] = text.replace(
        "</w:body>",
        '<w:p><w:hyperlink r:id="rId9" xmlns:r="x"><w:r><w:t>说明：见网站</w:t></w:r></w:hyperlink></w:p></w:body>',
    )
    document["word/_rels/document.xml.rels"] = relations(("rId9", "hyperlink", target), external=True)
    desk.look(document, "清单.docx").has("LINK-IGNORED", says=target)


@case("F16")
def _macros(desk: Desk) -> None:
    for part in ("xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.xml"):
        refused(desk, basic() | {part: b"x"}, "FILE-MACRO", "清单.xlsm")
    refused(desk, word() | {"word/vbaProject.bin": b"x"}, "FILE-MACRO", "清单.docm")


@case("F17")
def _other_programs(desk: Desk) -> None:
    refused(desk, zipped({"xl/workbook.bin": "x"}), "FILE-UNSUPPORTED", "清单.xlsb")
    refused(desk, zipped({"Index/Document.iwa": "x"}), "FILE-UNSUPPORTED", "清单.numbers")
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert (
        "xlsx" in refused(desk, target.getvalue(), "FILE-UNSUPPORTED", "清单.ods").checked.findings[0].fix.zh
    )


@case("F18")
def _wps(desk: Desk) -> None:
    for name in ("清单.et", "清单.wps"):
        refused(desk, ole("ETExtData"), "FILE-WPS-NATIVE", name)
    # WPS saves most of its .et as xls or xlsx inside: content decides.
    desk.look(basic(), "清单.et").fine(items=2)


@case("F19")
def _entity_in_document(desk: Desk) -> None:
    parts = word()
    text = str(parts["word/document.xml"]).replace("负责党员教育管理", "&e;")
    parts["word/document.xml"] = f'<!DOCTYPE x [<!ENTITY e "负责党员教育管理">]>{text}'
    looked = refused(desk, parts, "XML-DTD", "清单.docx")
    assert "word/document.xml" in looked.checked.findings[0].problem.zh


def _before_sheet(head: str) -> Parts:
    parts = basic()
    parts[SHEET] = head + str(parts[SHEET])
    return parts


@case("F20")
def _laughs(desk: Desk) -> None:
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "哈哈"}">' for n in range(10))
    refused(desk, _before_sheet(f"<!DOCTYPE x [{grown}]>"), "XML-DTD", isolated=True)
    refused(desk, _before_sheet(f'<!DOCTYPE x [<!ENTITY a "{"哈" * 50_000}">]>'), "XML-DTD", isolated=True)


@case("F21")
def _outside_entities(desk: Desk) -> None:
    secret = desk.folder / "secret.txt"
    secret.write_text("MARKER", encoding="utf-8")
    asked: list[object] = []
    desk.monkeypatch.setattr(socket.socket, "connect", lambda *call: asked.append(call))
    for entity in (
        f'<!ENTITY e SYSTEM "{secret.as_uri()}">',
        '<!ENTITY e SYSTEM "http://10.0.0.1/x">',
        f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;',
    ):
        parts = _before_sheet(f"<!DOCTYPE x [{entity}]>")
        parts[SHEET] = str(parts[SHEET]).replace("负责党员教育管理", "&e;")
        looked = refused(desk, parts, "XML-DTD")
        assert "MARKER" not in str(looked.checked)
    assert asked == []


@case("F22")
def _entity_in_attribute(desk: Desk) -> None:
    parts = basic(name="&e;")
    parts["xl/workbook.xml"] = f'<!DOCTYPE x [<!ENTITY e "清单">]>{parts["xl/workbook.xml"]!s}'
    looked = refused(desk, parts, "XML-DTD")
    assert "xl/workbook.xml" in looked.checked.findings[0].problem.zh


@case("F23")
def _doctype_in_disguise(desk: Desk) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE a><a/>'
    for encoding in ("utf-16", "utf-16-be"):
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        refused(desk, basic() | {SHEET: mark + text.encode(encoding)}, "XML-DTD")
    for bare in (text.encode("utf-16-le"), b'<?xml version="1.0" encoding="UTF-7"?><a/>'):
        refused(desk, basic() | {SHEET: bare}, "XML-ENCODING")


@case("F24")
def _nested(desk: Desk) -> None:
    refused(desk, basic() | {"xl/x.xml": "<a>" * 100_000}, "XML-DEPTH", isolated=True)


@case("F25")
def _file_names(desk: Desk) -> None:
    names = ["清\n单.xlsx", "清单\u202exslx.exe.xlsx", "CON.xlsx"] if sys.platform != "win32" else []
    for name in names:
        looked = desk.look(basic(), name)
        found = looked.has("FILE-NAME")
        assert "\u202e" not in found.where.file + found.found
        assert "\n" not in found.where.file
    # No system of ours can store a name of 300 bytes; one that can hands it to the same check.
    faults = Faults("长" * 100)
    sniff.check_name("长" * 100, faults)
    assert [fault.slots["reason"] for fault in faults.seen] == ["long"]
    home = test_settings.content(desk.folder)
    folder = filing_folder(home, test_settings.FILING.replace('"全县.docx"', '"../../x.xlsx"'))
    desk.refused(lambda: load_filing(folder, load_site(home).counties[0], load_site(home)), "../../x.xlsx")
    assert original_file("f", 1, "../../清\n单.xlsx", "a" * 64) == f"originals/f/1-{'a' * 8}.xlsx"


def filing_folder(home: Path, text: str, *files: str) -> Path:
    """A filing folder with empty files."""
    folder = home / "counties" / "230125" / "filings" / "2022-06-20-first-list"
    folder.mkdir(parents=True)
    (folder / "filing.toml").write_text(text, encoding="utf-8")
    for name in files or ("宾州镇.xlsx", "全县.docx"):
        (folder / name).write_bytes(b"x")
    return folder


@case("F26")
def _same_name_twice(desk: Desk) -> None:
    composed, apart = "Café.xlsx", unicodedata.normalize("NFD", "CAFÉ.xlsx")
    documents = [
        read_here(desk.write(basic(), name, folder)) for name, folder in ((composed, "a"), (apart, "b"))
    ]
    looked = desk.check(documents)
    looked.has("FILE-NAME-CLASH", file=apart, says=composed)
    (desk.folder / "c").mkdir()
    home = test_settings.content(desk.folder / "c")
    folder = filing_folder(home, test_settings.FILING, "宾州镇.xlsx", "全县.docx", "全县.DOCX")
    if len(list(folder.iterdir())) == 4:  # not where the file system takes both for one
        county = load_site(home).counties[0]
        desk.refused(lambda: load_filing(folder, county, load_site(home)), "全县.docx", "大小写")


@case("F27")
def _filed_before(desk: Desk) -> None:
    before = registered.grown(("2022-06-20", registered.checklist(["低保", "防汛"])))
    again = registered.proposed(before, "2023-06-20", registered.checklist(["低保", "防汛"]), digest="a")
    desk.proposed(again, "FILE-ALREADY", "2022-06-20-list")
    assert not again.blocked


@case("F28")
def _too_large(desk: Desk) -> None:
    refused(desk, b"x" * (21 << 20), "FILE-BUDGET")


@case("F29")
def _too_many(desk: Desk) -> None:
    refused(desk, basic() | {f"xl/worksheets/s{n}.xml": b"" for n in range(10_000)}, "FILE-BUDGET")
    entries = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 600))
    many = basic()
    many["xl/workbook.xml"] = str(many["xl/workbook.xml"]).replace("</sheets>", f"{entries}</sheets>")
    refused(desk, many, "FILE-BUDGET")
    strings = f'<sst xmlns="{MAIN}">{"<si><t>x</t></si>" * 1_000_000}</sst>'
    refused(desk, basic() | {"xl/sharedStrings.xml": strings}, "FILE-BUDGET", isolated=True)
    # Workbooks that went through many hands carry thousands of styles: not the clerk's doing, and harmless.
    desk.look(basic(styles=f"<cellXfs>{'<xf/>' * 5_000}</cellXfs>")).fine(items=2)


@case("F30")
def _not_a_file(desk: Desk) -> None:
    if sys.platform == "win32":
        (desk.folder / "清单.xlsx").mkdir()
        desk.check([read_document(desk.folder / "清单.xlsx")]).has("FILE-NOT-REGULAR")
        return
    target = desk.write(basic(), "原件.xlsx")
    os.mkfifo(desk.folder / "管道.xlsx")
    (desk.folder / "链接.xlsx").symlink_to(target)
    (desk.folder / "文件夹.xlsx").mkdir()
    for path in (
        desk.folder / "管道.xlsx",
        desk.folder / "链接.xlsx",
        desk.folder / "文件夹.xlsx",
        Path("/dev/null"),
    ):
        desk.check([read_document(path)]).only("FILE-NOT-REGULAR").has("FILE-NOT-REGULAR")
    os.link(target, desk.folder / "硬链接.xlsx")
    desk.check([read_here(desk.folder / "硬链接.xlsx")]).fine(items=2)


@case("F31")
def _still_growing(desk: Desk) -> None:
    path = desk.write(basic())
    before = path.read_bytes()
    looks: list[int] = []
    plain = os.fstat

    def grown_meanwhile(descriptor: int) -> os.stat_result:
        looks.append(descriptor)
        if len(looks) == 2:  # the look after reading
            path.write_bytes(before + b"more")
        return plain(descriptor)

    desk.monkeypatch.setattr(os, "fstat", grown_meanwhile)
    document = read_here(path)
    desk.check([document]).has("FILE-CHANGED")
    assert document.sha256 == hashlib.sha256(before).hexdigest()


@case("F32")
def _leavings(desk: Desk) -> None:
    for name in ("~$清单.xlsx", "Thumbs.db", ".DS_Store", "desktop.ini"):
        looked = desk.look(b"\x05admin", name)
        looked.fine(items=0).has("FILE-IGNORED", file=name)
        assert looked.rules() == ["FILE-IGNORED"]
    home = test_settings.content(desk.folder)
    folder = filing_folder(home, test_settings.FILING, "宾州镇.xlsx", "全县.docx", "~$宾州镇.xlsx")
    filing = load_filing(folder, load_site(home).counties[0], load_site(home))
    assert filing.ignored == ("~$宾州镇.xlsx",)
    documents = [read_here(folder / document.file) for document in filing.documents]
    desk.check(documents, filing=filing).has("FILE-IGNORED", file="~$宾州镇.xlsx")


@case("F33")
def _csv_encodings(desk: Desk) -> None:
    for encoding, told in (
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "BOM"),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16"),
    ):
        looked = desk.look(listed_csv(encoding=encoding), "东河镇.csv")
        looked.has("CSV-READ", says=told)
        looked.fine(items=1)
    desk.look("甲,乙\r\n1,丙\r\n2,丁\r\n".encode("gb18030"), "东河镇.csv").has("HEADER-MISSING")


@case("F34")
def _half_and_half(desk: Desk) -> None:
    content = listed_csv(*(f"{n},开展第{n}项工作" for n in range(1, 7)))
    content += "7,开展排查".encode("gb18030") + b"\xff\r\n"
    looked = desk.look(content, "东河镇.csv")
    looked.has("CSV-ENCODING", "A9", says="第 9 行")
    assert looked.checked.checklists == ()


@case("F35")
def _short_text(desk: Desk) -> None:
    content = "1,模\r\n2,摹\r\n".encode("gb18030")
    assert content.decode("utf-8") == "1,ģ\r\n2,ġ\r\n"  # of the class of Notepad's 联通: valid both ways
    desk.look(content, "东河镇.csv").has("HEADER-MISSING")
    for text in ("联通", "模"):
        looked = desk.look(listed_csv(f"1,{text}", encoding="gb18030"), "东河镇.csv")
        looked.has("CSV-READ", says="GB18030")
        assert looked.names() == [text]
    told = desk.look(listed_csv("1,联通", encoding="gb18030"), "东河镇.csv", encoding="utf-8")
    told.has("CSV-ENCODING", "A1")


@case("F36")
def _csv_nul(desk: Desk) -> None:
    desk.look(listed_csv("1,负责\0管理"), "东河镇.csv").has("CSV-NUL", "B3", says=("第 3 行", "第 2 列"))


@case("F37")
def _csv_quote(desk: Desk) -> None:
    content = listed_csv("1,甲", '2,"乙', "3,丙", "4,丁")
    looked = desk.look(content, "东河镇.csv")
    looked.has("CSV-QUOTE", "A4", says="第 4 行")
    assert looked.checked.checklists == ()


@case("F38")
def _csv_field(desk: Desk) -> None:
    desk.look(listed_csv(f"1,{'长' * 140_000}"), "东河镇.csv").has("CELL-TOO-LONG", "B3", says="140000")


@case("F39")
def _ragged(desk: Desk) -> None:
    lines = ["序号,事项名称,对应上级部门,上级部门职责,乡镇配合职责"]
    lines += [f"{n},开展第{n}项排查,县水务局,组织第{n}项。,宣传第{n}项。" for n in (1, 2)]
    short, wide = "3,开展抽查,县水务局,组织抽查。", "4,开展普查,县水务局,组织普查。,宣传普查。,多"
    looked = desk.look("\r\n".join([*lines, short, wide]).encode(), "东河镇配合履职事项.csv")
    looked.has("CSV-RAGGED", "A4", says=("第 4 行", "4 列", "5 列"))
    looked.has("CSV-RAGGED", "A5", says=("第 5 行", "6 列"))


@case("F40")
def _delimiters(desk: Desk) -> None:
    for mark in (";", "\t", "，"):
        rows = [mark.join(("序号", "事项名称", "依据")), mark.join(("1", "负责", "章程"))]
        desk.look("\r\n".join(rows).encode(), "东河镇.csv").has("CSV-DELIM", "A1")
    desk.look("sep=;\r\n序号;事项名称\r\n".encode(), "东河镇.csv").has("CSV-DELIM", "A1", says="sep")


@case("F41")
def _scan(desk: Desk) -> None:
    picture = document_parts("<w:p><w:r><w:drawing/></w:r></w:p>", image="x") | {"word/image.xml": "<a/>"}
    desk.look(picture, "清单.docx").has("DOC-NO-TEXT")
    refused(desk, b"%PDF-1.4 scan", "FILE-TYPE", "清单.docx")


@case("F42")
def _repaired(desk: Desk) -> None:
    parts = {"[Content_Types].xml": "<a/>", "word/styles.xml": "<a/>"}
    refused(desk, zipped(parts), "DOC-BROKEN", "清单.docx")


@case("F43")
def _reader_dies(desk: Desk) -> None:
    dying = parent._PROGRAM.replace(
        "main()",
        "\nimport io, os, sys\nhead = sys.stdin.buffer.readline()\nif b'bad' in head: os.abort()\n"
        "rest = io.BytesIO(head + sys.stdin.buffer.read())\nclass Again: buffer = rest\nsys.stdin = Again()\nmain()",
    )
    desk.monkeypatch.setattr(parent, "_PROGRAM", dying)
    paths = [desk.write(basic(), "bad.xlsx"), desk.write(basic(), "东河镇.xlsx")]
    looked = desk.check(read_documents(paths, jobs=2))
    if sys.platform == "win32":
        looked.has("FILE-PARSER-DIED", file="bad.xlsx")
    else:
        assert looked.has("FILE-PARSER-DIED", file="bad.xlsx").found == "signal=6"
    assert [checklist.where.file for checklist in looked.checked.checklists] == ["东河镇.xlsx"]


@case("F44")
def _crowd(desk: Desk) -> None:
    paths = [desk.write(b"%PDF-1.4 " + b"x" * 2_000, f"{n:04}.pdf") for n in range(5_000)]
    tracemalloc.start()
    documents = read_documents(list(reversed(paths)), jobs=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [document.file for document in documents] == [path.name for path in reversed(paths)]
    assert peak < 50 << 20
    looked = desk.check(documents)
    looked.has("FILE-TYPE", file="0000.pdf")
    assert [finding.where.file for finding in looked.checked.findings] == sorted(path.name for path in paths)
