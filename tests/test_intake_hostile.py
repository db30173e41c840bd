"""Files made to harm, to mislead, or simply not what their name says: each ends in its fault, none raises or hangs."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import tracemalloc
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from generator.intake import child, parent, read_document
from generator.intake.faults import Faults, Refused, shown
from generator.intake.preflight import preflight
from generator.model.documents import Document
from tests.intake_files import (
    MAIN,
    cell,
    document_parts,
    paragraph,
    raw_zip,
    read,
    relations,
    row,
    rules,
    table,
    workbook_parts,
    zipped,
)

_ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else chr(32).strip()};" * 10}">' for n in range(9))
    + "]>"
)


def _book(**parts: str | bytes) -> dict[str, str | bytes]:
    return workbook_parts(_ROW) | {name.replace("__", "/"): content for name, content in parts.items()}


def _with_sheet(head: str) -> bytes:
    parts = workbook_parts(_ROW)
    parts["xl/worksheets/sheet1.xml"] = head + str(parts["xl/worksheets/sheet1.xml"])
    return zipped(parts)


def _ole(*names: str) -> bytes:
    """An OLE file with an empty directory of these names."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HB", 2 * len(name) + 2, 5 if name == "Root Entry" else 2)
        + b"\0" * 61
        for name in ("Root Entry", *names)
    ).ljust(512, b"\0")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 10
    )
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    return header.ljust(512, b"\xff") + table + entries + b"\0" * 4096


_SPREADSHEETML = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


@pytest.mark.parametrize(
    ("name", "content", "rule", "slots"),
    [
        pytest.param("a.xlsx", b"", "FILE-EMPTY", {}, id="empty"),
        pytest.param("a.csv", b"\xef\xbb\xbf \r\n", "FILE-EMPTY", {}, id="blank"),
        pytest.param("a.xlsx", b"%PDF-1.7 ...", "FILE-TYPE", {"kind": "PDF"}, id="pdf"),
        pytest.param("a.csv", b"\x89PNG\r\n\x1a\n....", "FILE-TYPE", {"kind": "PNG"}, id="png"),
        pytest.param("a.xls", "序号\t事项\n1\t甲\n".encode("gb18030"), "FILE-TYPE", {"kind": "text"}, id="tsv"),
        pytest.param("a.xlsx", bytes(range(1, 256)) * 4, "FILE-TYPE", {"kind": "unknown"}, id="garbage"),
        pytest.param("a.xlsx", zipped({"a.txt": "x"}), "FILE-TYPE", {"kind": "ZIP"}, id="zip"),
        pytest.param("a.xls", b"<html><table><tr><td>1</table>", "FILE-TYPE-HTML", {}, id="html"),
        pytest.param("a.xls", "\ufeff<table>".encode("utf-16-le"), "FILE-TYPE-HTML", {}, id="html-utf16"),
        pytest.param("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", "FILE-TYPE-HTML", {}, id="mhtml"),
        pytest.param("a.xls", _SPREADSHEETML.encode(), "FILE-TYPE-SPREADSHEETML", {}, id="spreadsheetml"),
        pytest.param("a.xlsx", _ole("EncryptedPackage", "EncryptionInfo"), "FILE-ENCRYPTED", {}, id="encrypted"),
        pytest.param("a.et", _ole("ETExtData"), "FILE-WPS-NATIVE", {}, id="wps"),
        pytest.param("a.doc", _ole("WordDocument"), "FILE-UNSUPPORTED", {"kind": "doc"}, id="doc"),
        pytest.param("a.ppt", _ole("PowerPoint Document"), "FILE-UNSUPPORTED", {"kind": "ppt"}, id="ppt"),
        pytest.param("a.xls", _ole("Workbook", "_VBA_PROJECT_CUR"), "FILE-MACRO", {"part": "_VBA_PROJECT_CUR"}, id="xls-macro"),
        pytest.param("a.xls", _ole("Workbook")[:600], "FILE-TRUNCATED", {}, id="ole-cut"),
        pytest.param("a.xlsb", zipped({"xl/workbook.bin": "x"}), "FILE-UNSUPPORTED", {"kind": "xlsb"}, id="xlsb"),
        pytest.param("a.xlsx", raw_zip([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", {})]), "FILE-TYPE", {}, id="ods-deflated"),
        pytest.param("a.xlsx", zipped(workbook_parts(_ROW))[:-30], "FILE-TRUNCATED", {}, id="zip-cut"),
        pytest.param("a.xlsx", zipped(_book(xl__vbaProject_bin=b"x") | {"xl/vbaProject.bin": b"x"}), "FILE-MACRO", {"part": "xl/vbaProject.bin"}, id="macro"),
        pytest.param("a.docx", zipped({"[Content_Types].xml": "<a/>", "word/styles.xml": "<a/>"}), "DOC-BROKEN", {}, id="docx-without-document"),
        pytest.param("a.xlsx", b"x" * (20 * 1024 * 1024 + 1), "FILE-BUDGET", {"what": "file"}, id="too-large"),
    ],
)  # fmt: skip
def test_not_what_it_should_be(
    tmp_path: Path, name: str, content: bytes, rule: str, slots: dict[str, str]
) -> None:
    """A file of another kind is named by what it is, whatever its suffix says."""
    document = read(tmp_path, content, name)
    assert (rules(document), document.sheets) == ([rule], ())
    assert slots.items() <= dict(document.faults[0].slots).items()
    assert document.size == len(content) or rule == "FILE-BUDGET"


def test_opendocument(tmp_path: Path) -> None:
    """An ODS says so in its first, uncompressed entry."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    document = read_document(tmp_path / "a.xlsx")
    assert (rules(document), document.faults[0].slots["kind"]) == (["FILE-UNSUPPORTED"], "ods")


def _flipped(content: bytes) -> bytes:
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


_SHEET = "xl/worksheets/sheet1.xml"
_MANY = {f"xl/media/{n}.bin": b"" for n in range(2001)}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        pytest.param(_flipped(zipped(workbook_parts(_ROW * 9))), "ZIP-CRC", id="one-bit"),
        pytest.param(raw_zip([("xl/workbook.xml", b"<a/>", {"crc": 1})]), "ZIP-CRC", id="wrong-crc"),
        pytest.param(raw_zip([("xl/workbook.xml", b"<a/>" * 9, {"size": 10})]), "ZIP-SIZE-LIES", id="size-lies"),
        pytest.param(
            raw_zip([("xl/workbook.xml", b"<a/>", {})] + [(f"xl/{n}.xml", b"<a/>", {"offset": 0}) for n in range(300)]),
            "ZIP-OVERLAP",
            id="300-entries-on-one",
        ),
        pytest.param(raw_zip([("xl/workbook.xml", b"<a/>", {}), ("XL\\workbook.xml", b"<a/>", {})]), "ZIP-DUPNAME", id="same-name"),
        pytest.param(zipped(_book() | {"../../etc/x": b"x"}), "ZIP-NAME", id="name-upwards"),
        pytest.param(zipped(_book() | {"/abs": b"x"}), "ZIP-NAME", id="name-absolute"),
        pytest.param(zipped(_book() | {"C:/x": b"x"}), "ZIP-NAME", id="name-drive"),
        pytest.param(zipped(_book() | _MANY), "FILE-BUDGET", id="too-many-entries"),
        pytest.param(zipped(_book() | {"xl/media/a.bin": b"\0" * (65 << 20)}), "FILE-BUDGET", id="part-too-large"),
        pytest.param(zipped(_book() | {"xl/media/a.bin": b"\0" * (2 << 20)}), "FILE-BUDGET", id="ratio"),
        pytest.param(raw_zip([("xl/workbook.xml", b" " * (70 << 20), {"size": 10})]), "FILE-BUDGET", id="bomb-that-lies"),
        pytest.param(_with_sheet(_LAUGHS), "XML-DTD", id="billion-laughs"),
        pytest.param(_with_sheet('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'), "XML-DTD", id="xxe"),
        pytest.param(zipped(_book(docProps__app_xml="") | {"docProps/app.xml": '<!DOCTYPE a [<!ENTITY e "EVIL">]><a/>'}), "XML-DTD", id="dtd-in-an-unread-part"),
        pytest.param(zipped(document_parts(paragraph("x")) | {"word/document.xml": '<!DOCTYPE a><w:document/>'}), "XML-DTD", id="dtd-in-docx"),
        pytest.param(zipped(_book() | {_SHEET: '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")}), "XML-DTD", id="dtd-in-utf16"),
        pytest.param(zipped(_book() | {_SHEET: '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16-le")}), "XML-ENCODING", id="utf16-without-mark"),
        pytest.param(zipped(_book() | {_SHEET: b'<?xml version="1.0" encoding="UTF-7"?><a/>'}), "XML-ENCODING", id="utf7"),
        pytest.param(zipped(_book() | {_SHEET: "<a>镇</a>".encode("gb18030")}), "XML-ENCODING", id="not-utf8"),
    ],
)  # fmt: skip
def test_packages_made_to_harm(tmp_path: Path, content: bytes, rule: str) -> None:
    """Bombs, overlaps, odd names and DTDs are seen before any parser runs."""
    document = read(tmp_path, content)
    assert rule in rules(document)
    assert set(rules(document)) <= {rule, "ZIP-NAME"}
    assert document.sheets == ()


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        pytest.param(workbook_parts('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "SHEET-EXTENT", id="far-corner"),
        pytest.param(workbook_parts(_ROW, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), "MERGE-AREA", id="giant-merge"),
        pytest.param(workbook_parts(_ROW, after='<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>'), "MERGE-OVERLAP", id="overlap"),
        pytest.param(workbook_parts("".join(f'<row r="{r}">{"<c><v>1</v></c>" * 64}</row>' for r in range(1, 3200))), "SHEET-BUDGET", id="too-many-cells"),
        pytest.param(workbook_parts("<row>" + "<c><v>1</v></c>" * 1000 + "</row>" + ("<row>" + "<c><v>1</v></c>" * 1000 + "</row>") * 999), "SHEET-BUDGET", id="a-million-tiny-cells"),
        pytest.param(_book(xl__x_xml="") | {"xl/x.xml": "<a>" * 100_000}, "XML-DEPTH", id="nested-deep"),
        pytest.param(_book() | {_SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row>'}, "XML-BROKEN", id="sheet-cut"),
        pytest.param(_book() | {"xl/worksheets/_rels/sheet1.xml.rels": relations(("r", "comments", "../../../../etc/passwd"))}, "REL-TARGET", id="target-upwards"),
        pytest.param(_book() | {"xl/worksheets/_rels/sheet1.xml.rels": relations(("r", "oleLink", "file:///c:/x"), external=True)}, "REL-EXTERNAL", id="target-file"),
        pytest.param(_book() | {"xl/worksheets/_rels/sheet1.xml.rels": relations(("r", "image", "\\\\10.0.0.1\\s"), external=True)}, "REL-EXTERNAL", id="target-share"),
        pytest.param({k: v for k, v in _book().items() if k != _SHEET}, "BOOK-BROKEN", id="no-sheet-part"),
        pytest.param(document_parts(table(row(*[cell(paragraph("x"), '<w:gridSpan w:val="40"/>')] * 2), columns=80)), "SHEET-EXTENT", id="docx-wide"),
    ],
)  # fmt: skip
def test_content_made_to_harm(tmp_path: Path, parts: dict[str, str | bytes], rule: str) -> None:
    """What is beyond any real list is a fault with its limit, not a crash."""
    assert rules(read(tmp_path, parts)) == [rule]


def test_plain_links_are_fine(tmp_path: Path) -> None:
    """An ordinary hyperlink to a web page is no fault."""
    parts = _book() | {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("r", "hyperlink", "https://example.org/"), external=True
        )
    }
    assert rules(read(tmp_path, parts)) == []


def test_sheet_name_is_text(tmp_path: Path) -> None:
    """Markup in a sheet's name is its name and nothing else."""
    document = read(tmp_path, workbook_parts(_ROW, sheet_name="&lt;img src=x onerror=alert(1)>"))
    assert (document.sheets[0].name, rules(document)) == ("<img src=x onerror=alert(1)>", [])


def test_many_styled_empty_cells(tmp_path: Path) -> None:
    """Formats far beyond the text are no extent: empty cells do not count."""
    parts = workbook_parts(_ROW + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert rules(read(tmp_path, parts)) == []


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    target = path.with_name("target.csv")
    target.write_text("序号,名称\n", encoding="utf-8")
    path.symlink_to(target)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="these kinds of file are POSIX's")
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(_fifo, "fifo", id="fifo"),
        pytest.param(_link, "symlink", id="symlink"),
        pytest.param(Path.mkdir, "directory", id="directory"),
        pytest.param(_socket, "socket", id="socket"),
    ],
)
def test_not_a_regular_file(tmp_path: Path, make: Callable[[Path], None], kind: str) -> None:
    """Only regular files are read; a FIFO does not hang."""
    make(tmp_path / "a.csv")
    document = read_document(tmp_path / "a.csv")
    assert [(fault.rule, fault.slots["kind"]) for fault in document.faults] == [("FILE-NOT-REGULAR", kind)]


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is a fault too: reading never raises."""
    assert rules(read_document(tmp_path / "a.csv")) == ["FILE-UNREADABLE"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("清\n单.csv", "control", id="line-break"),
        pytest.param("清单\u202exslx.exe.csv", "invisible", id="bidi"),
        pytest.param("CON.csv", "reserved", id="windows-device"),
    ],
)
def test_file_names(tmp_path: Path, name: str, reason: str) -> None:
    """A name that misleads is told, and shown without doing harm."""
    document = read(tmp_path, "序号,名称\n1,甲\n".encode(), name)
    assert [(fault.rule, fault.slots["reason"]) for fault in document.faults] == [("FILE-NAME", reason)]
    assert "\u202e" not in document.faults[0].found
    assert len(document.sheets) == 1


@pytest.mark.parametrize(
    ("program", "reason", "signal"),
    [
        pytest.param("import os; os.abort()", "signal", "6", id="aborted"),
        pytest.param("import sys; sys.exit(3)", "exit", "", id="exit-code"),
        pytest.param("print('{')", "output", "", id="babble"),
        pytest.param("import time; time.sleep(60)", "timeout", "", id="hangs"),
        pytest.param("import sys\nwhile True: sys.stdout.write('x' * 100000)", "signal", "9", id="floods"),
    ],
)
def test_death_of_the_child(monkeypatch: pytest.MonkeyPatch, program: str, reason: str, signal: str) -> None:
    """However the child ends, the document has a fault and the run goes on."""
    monkeypatch.setattr(parent, "_PROGRAM", program)
    order = {"file": "a.csv", "format": "csv", "encoding": None}
    reading = parent.run_child(order, b"x" * 1_000_000, wall_seconds=1.5)
    [fault] = reading.faults
    assert (fault.rule, fault.slots["reason"], fault.slots["signal"]) == ("FILE-PARSER-DIED", reason, signal)


def test_a_child_that_dies_at_birth(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it never read stays in our buffer; nobody writes it to the dead pipe again."""
    feed = parent._feed

    def late(child: subprocess.Popen[bytes], *rest: Any) -> None:
        child.wait()
        feed(child, *rest)

    monkeypatch.setattr(parent, "_PROGRAM", "import os; os._exit(3)")
    monkeypatch.setattr(parent, "_feed", late)
    reading = parent.run_child({"file": "a.csv", "format": "csv", "encoding": None}, b"x" * 1_000_000)
    assert [(fault.rule, fault.slots["reason"]) for fault in reading.faults] == [("FILE-PARSER-DIED", "exit")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_limits_of_the_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child cannot take more than 1 GiB, write a file or open many."""
    limits = parent._PROGRAM.replace("main", "limit_resources") + "; "
    order = {"file": "a.csv", "format": "csv", "encoding": None}
    for act in (
        "bytearray(2 << 30)",
        f"open({str(tmp_path / 'written')!r}, 'wb', 0).write(b'x')",
        "[open('/dev/null') for _ in range(99)]",
    ):
        monkeypatch.setattr(parent, "_PROGRAM", limits + act)
        [fault] = parent.run_child(order, b"").faults
        assert (fault.rule, fault.slots["reason"]) == ("FILE-PARSER-DIED", "exit")


def limited(act: str, *, nobody: bool = False) -> subprocess.CompletedProcess[str]:
    """Run an act in a process limited as the parser is, as a user without rights where `nobody`."""
    program = "import json, socket, threading; from generator.intake import child; "
    if nobody:  # who cannot read our modules, perhaps: so they are loaded before
        program += "import ctypes, os, resource; os.setgroups([]); os.setgid(65534); os.setuid(65534); "
    return subprocess.run(
        [sys.executable, "-B", "-c", program + f"child.limit_resources()\n{act}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=30,
    )


def can_leave_network(*, nobody: bool = False) -> bool:
    """Whether the system lets a process give up its network: containers often do not."""
    return limited("print(child.leave_network())", nobody=nobody).stdout.strip() == "True"


@pytest.mark.parametrize("nobody", [False, True], ids=["same-user", "nobody"])
def test_the_child_has_no_network(*, nobody: bool) -> None:
    """A parser taken over by a document cannot even reach a service of the same machine."""
    if nobody and (sys.platform == "win32" or os.geteuid() != 0):
        pytest.skip("not run: only root can become another user")
    if not can_leave_network(nobody=nobody):
        pytest.skip("not run: this system does not let a process leave the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address, timeout=5).close()  # it is there for everybody else
        done = limited(f"socket.socket().connect({address!r})", nobody=nobody)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("Network is unreachable")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not run: only Linux has it")
def test_the_child_gains_no_rights() -> None:
    """Nothing that the parser could start would have more rights than it has."""
    assert "NoNewPrivs:\t1\n" in limited("print(open('/proc/self/status').read())").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="not run: Windows has no such limits")
@pytest.mark.parametrize("act", ["os.fork()", "threading.Thread(target=print).start()"])
def test_the_child_starts_nothing(act: str) -> None:
    """The parser can start no process and no thread; the system holds everyone but root to it."""
    root = os.geteuid() == 0
    done = limited(f"import os\n{act}", nobody=root)
    assert done.returncode == 1
    assert "BlockingIOError" in done.stderr or "can't start new thread" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not run: only Linux has it")
@pytest.mark.parametrize(
    ("uid", "allowed", "asked"),
    [
        (0, 0x40000000, [0x40000000]),
        (0, 0, [0x40000000]),
        (1000, 0x50000000, [0x40000000, 0x50000000]),
        (1000, 0, [0x40000000, 0x50000000]),
    ],
)
def test_ways_out_of_the_network(
    monkeypatch: pytest.MonkeyPatch, uid: int, allowed: int, asked: list[int]
) -> None:
    """A new network is asked for; who is not root asks for users of his own with it; root never does."""
    calls: list[int] = []

    def unshare(flags: int) -> int:
        calls.append(flags)
        return 0 if flags == allowed else -1

    libc = types.SimpleNamespace(unshare=unshare, prctl=lambda *_: 0)
    monkeypatch.setattr("ctypes.CDLL", lambda _: libc)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert child.leave_network() is (allowed != 0)
    assert calls == asked


@pytest.mark.parametrize("missing", ["unshare", "prctl", "ctypes"])
def test_the_child_does_without(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Where the system or its Python lacks the calls the child goes on, and says that it has its network."""
    if missing == "ctypes":
        monkeypatch.setitem(sys.modules, "ctypes", None)
    else:
        calls = {"unshare": lambda *_: -1, "prctl": lambda *_: -1}
        del calls[missing]
        monkeypatch.setattr("ctypes.CDLL", lambda _: types.SimpleNamespace(**calls))
    assert child.leave_network() is False


def test_xls_books_made_to_harm(tmp_path: Path) -> None:
    """A legacy book with a cell far away, and one with a password, end in their faults."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("清单")
    sheet.write(0, 0, "甲")
    sheet.write(65535, 255, "乙")
    book.save(str(tmp_path / "a.xls"))
    document = read_document(tmp_path / "a.xls")
    assert [(fault.rule, fault.where.cell) for fault in document.faults] == [("SHEET-EXTENT", "IV65536")]
    content = (tmp_path / "a.xls").read_bytes()
    locked = content.replace(b"\x42\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\x00\x00", 1)
    assert locked != content
    assert rules(read(tmp_path, locked, "b.xls")) == ["FILE-ENCRYPTED"]


def test_every_cut_and_many_damages_end_in_a_document(tmp_path: Path) -> None:
    """Cut anywhere or damaged anywhere, a file gives faults or a reading, never an exception; often it is refused."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["序号", "事项名称"])
    book.save(tmp_path / "a.xlsx")
    content = (tmp_path / "a.xlsx").read_bytes()
    documents: list[Document] = []
    for part in range(1, 12):
        documents.append(read(tmp_path, content[: len(content) * part // 12], "cut.xlsx"))
        at = len(content) * part // 12
        documents.append(read(tmp_path, content[:at] + b"\xa5\x5a" + content[at + 2 :], "bad.xlsx"))
    assert all(document.faults for document in documents[::2])
    assert "CENSUS-MISMATCH" not in {rule for document in documents for rule in rules(document)}


def test_parent_memory_stays_small() -> None:
    """Looking through a bomb of 60 MiB takes pieces of it only."""
    content = zipped(workbook_parts(_ROW) | {"xl/media/a.bin": b"\0" * (60 << 20)})
    tracemalloc.start()
    with pytest.raises(Refused):
        preflight(content, Faults("a.xlsx"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def test_what_is_shown_is_harmless() -> None:
    """Control, direction and invisible characters are spelled out; long texts are cut."""
    assert shown("甲\u202e乙\x1b[2J\u200b\ud800　丙") == "甲\\u202E乙\\u001B[2J\\u200B\\uD800　丙"
    assert shown("字" * 100) == "字" * 80 + "…"
