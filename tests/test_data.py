"""Open data says exactly what the lists say."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest

from generator.data import FILING_COLUMNS, SAMPLE_MARK, build_data, guard
from tests.mini_county import Mini, hostile_mini, mini


def built(of: Mini) -> dict[str, bytes]:
    """The data files of a county."""
    return build_data(of.county, of.lists, of.tongues, of.site)


def csv_rows(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file with BOM."""
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body[3:].decode(), newline="")))


def test_every_line_in_force_is_there_once() -> None:
    """The county's rows are the lines of its versions, no more and no less; a township's are its own."""
    of = mini()
    files = built(of)
    lines = [
        (version.township, line.item, line.number, line.state.name)
        for version in of.lists.versions
        for line in version.lines
    ]
    rows = csv_rows(files[f"{of.county.division.code}.csv"])
    assert sorted(lines) == sorted((r["township_code"], r["item"], r["number"], r["name"]) for r in rows)
    for township in {version.township for version in of.lists.versions}:
        own = csv_rows(files[f"{township}.csv"])
        assert [line for line in sorted(lines) if line[0] == township] == sorted(
            (r["township_code"], r["item"], r["number"], r["name"]) for r in own
        )


def test_the_three_formats_agree() -> None:
    """CSV, JSON and XLSX hold the same rows."""
    of = mini()
    files = built(of)
    code = of.county.division.code
    rows = csv_rows(files[f"{code}.csv"])
    body = json.loads(files[f"{code}.json"])
    book = openpyxl.load_workbook(io.BytesIO(files[f"{code}.xlsx"]))
    header, *cells = book.worksheets[0].iter_rows(values_only=True)
    assert rows == [{name: guard(text) for name, text in line.items()} for line in body["lines"]]
    shown = [{str(n): str(v or "") for n, v in zip(header, row, strict=True)} for row in cells]
    assert shown == [{name: text for name, text in line.items() if name in header} for line in body["lines"]]
    missing = {name for line in body["lines"] for name, text in line.items() if text and name not in header}
    assert missing <= FILING_COLUMNS
    assert len(rows) == sum(body["counts"].values())


def test_samples_say_so_in_every_row() -> None:
    """Rows get copied out of their files, so each one carries the mark."""
    of = mini()
    files = built(of)
    assert {SAMPLE_MARK} == {row["notice"] for row in csv_rows(files[f"{of.county.division.code}.csv"])}
    for name, body in files.items():
        if name.endswith(".json"):
            assert json.loads(body)["notice"] == SAMPLE_MARK


def test_the_filing_stands_beside_every_line() -> None:
    """A row names its filing, document, cell and digest."""
    of = mini()
    for row in csv_rows(built(of)[f"{of.county.division.code}.csv"]):
        assert row["filing"]
        assert row["source_file"]
        assert row["source_cell"]
        assert len(row["source_sha256"]) == 64


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＠"])
def test_formulas_are_defused(start: str) -> None:
    """A text that a spreadsheet would run is quoted in CSV."""
    assert guard(f"{start}cmd") == f"'{start}cmd"
    assert guard("65岁以上老年人") == "65岁以上老年人"


def test_hostile_names_are_text_in_workbooks() -> None:
    """No cell of a workbook is a formula or a link, whatever the names are."""
    of = hostile_mini()
    book = openpyxl.load_workbook(io.BytesIO(built(of)[f"{of.county.division.code}.xlsx"]))
    types = {
        cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None
    }
    assert types == {"s"}
    digests = {str(row[-1]) for row in book["来源 filings"].iter_rows(min_row=2, values_only=True)}
    assert digests == {
        digest for recorded in hostile_mini().lists.filings for digest in recorded.sha256.values()
    }
    assert not any(cell.hyperlink for row in book.worksheets[0].iter_rows() for cell in row)


def test_the_same_lists_give_the_same_bytes() -> None:
    """Nothing in a data file tells when it was made."""
    assert built(mini()) == built(mini())
