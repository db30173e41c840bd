"""What intake reads out of a CSV: encodings, quotes, widths."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.intake import read_document
from tests.intake_files import read, rules, texts

_LIST = '序号,事项名称,承接部门\r\n1,"做好""示例""工作\r\n第二行",县民政局\r\n2,查处㙍坑村违建,县住建局\r\n'


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, told: str) -> None:
    """Whatever the encoding, the same texts stand at the same addresses; a record is a row."""
    document = read(tmp_path, _LIST.encode(encoding), "清单.csv")
    assert (rules(document), document.encoding, document.format) == ([], told, "csv")
    assert texts(document) == {
        "A1": "序号", "B1": "事项名称", "C1": "承接部门",
        "A2": "1", "B2": '做好"示例"工作\n第二行', "C2": "县民政局",
        "A3": "2", "B3": "查处㙍坑村违建", "C3": "县住建局",
    }  # fmt: skip
    assert document.sheets[0].name is None


def test_short_gb_text_that_is_valid_utf8(tmp_path: Path) -> None:
    """Some short GB18030 texts are valid UTF-8 as well: what has Han characters is meant."""
    content = "1,模\n2,摹\n".encode("gb18030")
    assert content.decode("utf-8") == "1,ģ\n2,ġ\n"
    document = read(tmp_path, content, "清单.csv")
    assert (document.encoding, texts(document)["B1"]) == ("gb18030", "模")
    both = "事项,名称\n1,甲\n".encode()
    assert read(tmp_path, both, "二.csv").encoding == "utf-8"


@pytest.mark.parametrize(
    ("content", "rule", "cell", "slots"),
    [
        pytest.param("序号,名称\n1,甲\n".encode() + "2,事项\n".encode("gb18030")[:-2] + b"\xff\n", "CSV-ENCODING", "A3", {"line": "3"}, id="half-and-half"),
        pytest.param("序號,事項名稱\n1,甲\n".encode("big5"), "CSV-ENCODING", None, {"line": ""}, id="big5"),
        pytest.param("序号\t名称\n1\t甲\n".encode(), "CSV-DELIM", "A1", {"delimiter": "tab"}, id="tab"),
        pytest.param("序号;名称\n1;甲\n".encode(), "CSV-DELIM", "A1", {"delimiter": ";"}, id="semicolon"),
        pytest.param("序号，名称，部门\n1，甲，乙\n".encode(), "CSV-DELIM", "A1", {"delimiter": "，"}, id="full-width"),
        pytest.param("sep=;\n序号;名称\n".encode(), "CSV-DELIM", "A1", {"delimiter": "sep"}, id="sep-line"),
        pytest.param("序号,名称,部门\n1,甲\n2,乙,丙\n3,丁,戊\n".encode(), "CSV-RAGGED", "A2", {"line": "2", "columns": "2", "expected": "3"}, id="one-short"),
        pytest.param("序号,名称,部门\n1,甲,乙,多\n2,乙,丙\n".encode(), "CSV-RAGGED", "A2", {"columns": "4"}, id="one-more"),
        pytest.param("序号,名称\n1,甲\0\n".encode(), "CSV-NUL", "B2", {"line": "2"}, id="nul"),
        pytest.param('序号,名称\n1,"甲\n乙"\n2,"丙\n3,丁\n'.encode(), "CSV-QUOTE", "A3", {"line": "4"}, id="quote-never-closed"),
        pytest.param('序号,名称\n1,"甲"乙\n'.encode(), "CSV-QUOTE", "A2", {"line": "2"}, id="quote-closed-early"),
        pytest.param(f"序号,名称\n1,{'字' * 140_000}\n".encode(), "CELL-TOO-LONG", "B2", {"length": "140000"}, id="long-field"),
        pytest.param(("序号" + ",x" * 70 + "\n").encode() * 2, "SHEET-EXTENT", "BM1", {"columns": "64"}, id="too-wide"),
        pytest.param("序号,名称\n".encode() * 20_001, "SHEET-EXTENT", "A20001", {"rows": "20000"}, id="too-long"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, content: bytes, rule: str, cell: str | None, slots: dict[str, str]) -> None:
    """What cannot be read without guessing is a fault at its record."""
    document = read(tmp_path, content, "清单.csv")
    assert [(fault.rule, fault.where.cell) for fault in document.faults] == [(rule, cell)]
    assert slots.items() <= dict(document.faults[0].slots).items()


def test_what_spreadsheets_write_is_no_fault(tmp_path: Path) -> None:
    """Trailing empty fields, a title alone in its line, blank lines and a missing last line break are fine."""
    document = read(tmp_path, "宾西镇清单\n\n序号,名称,部门\n1,甲,乙,,\n2,丙,\n备注".encode(), "清单.csv")
    assert rules(document) == []
    assert texts(document) == {
        "A1": "宾西镇清单", "A3": "序号", "B3": "名称", "C3": "部门",
        "A4": "1", "B4": "甲", "C4": "乙", "A5": "2", "B5": "丙", "A6": "备注",
    }  # fmt: skip


def test_asked_encoding_and_kind(tmp_path: Path) -> None:
    """Text under another suffix is refused with advice, unless the caller says that it is a CSV; so with encodings."""
    path = tmp_path / "清单.xls"
    path.write_bytes("序號,事項\n1,甲\n".encode("big5"))
    assert rules(read_document(path)) == ["FILE-TYPE"]
    document = read_document(path, as_csv=True, encoding="big5")
    assert (rules(document), texts(document)["B1"]) == ([], "事項")
    wrong = read_document(path, as_csv=True, encoding="no-such-encoding")
    assert rules(wrong) == ["CSV-ENCODING"]


def test_formula_like_text_is_literal(tmp_path: Path) -> None:
    """A CSV holds text only: nothing in it is a formula or a number."""
    document = read(tmp_path, "序号,名称\n01,=cmd|' /c calc'!A1\n".encode(), "清单.csv")
    assert [(cell.text, cell.type) for cell in document.sheets[0].cells[2:]] == [
        ("01", "text"),
        ("=cmd|' /c calc'!A1", "text"),
    ]


def test_two_columns_whose_names_hold_full_width_commas(tmp_path: Path) -> None:
    """A list of numbers and names is separated by the comma of its header, whatever stands in the names."""
    path = tmp_path / "基本履职事项.csv"
    path.write_bytes(
        "序号,事项名称\r\n1,落实责任，加强监督，及时报告\r\n2,开展宣传，组织巡查\r\n".encode("gb18030")
    )
    document = read_document(path)
    assert document.faults == ()
    assert [cell.text for cell in document.sheets[0].cells if cell.column == 2][1:] == [
        "落实责任，加强监督，及时报告",
        "开展宣传，组织巡查",
    ]
