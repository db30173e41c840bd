"""Rules' examples as real `Document`s, in a county that does not exist: tests and the clerks' guide use them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from generator.checks.filing import check_filing
from generator.checks.rule import Example, ExampleFiling, Sheetful
from generator.model.documents import Cell, Document, Range, Sheet
from generator.model.filings import Approval, Confirmation, FiledDocument, Filing
from generator.model.findings import Checked
from generator.model.places import Division, DivisionCode
from generator.model.settings import County

AS_OF = date(2022, 7, 1)


def _division(code: str, name: str, level: str, parent: str | None, successor: str | None = None) -> Division:
    return Division(
        code=DivisionCode(code),
        name=name,
        english=None,
        level=level,  # type: ignore[arg-type]
        parent=DivisionCode(parent) if parent else None,
        successor=DivisionCode(successor) if successor else None,
    )


DIVISIONS = {
    division.code: division
    for division in (
        _division("990000", "示例省", "province", None),
        _division("990100", "示例市", "prefecture", "990000"),
        _division("990101", "示例县", "county", "990100"),
        _division("990101001", "城中街道", "subdistrict", "990101"),
        _division("990101100", "东河镇", "town", "990101"),
        _division("990101200", "西山乡", "township", "990101"),
        _division("990101300", "旧河乡", "township", "990101", "990101100"),
        _division("990101500", "红星农场", "unit", "990101"),
        _division("990102", "北原县", "county", "990100"),
        _division("990102100", "南岭镇", "town", "990102"),
    )
}
COUNTY = County(
    division=DIVISIONS[DivisionCode("990101")],
    prefecture=DIVISIONS[DivisionCode("990100")],
    languages=("zh", "en"),
    townships=tuple(DIVISIONS[DivisionCode(code)] for code in ("990101001", "990101100", "990101200")),
    host={"zh": "示例县人民政府办公室"},
    site_name=None,
    site_domain=None,
    site_id_code=None,
    icp_number=None,
    police_number=None,
    contacts=(),
    gates=frozenset(),
    originals_public=False,
    sample=True,
    folder=Path("990101"),
)


def read_range(address: str) -> Range:
    """Return the rectangle that an address like C17 or A3:E3 names."""
    ends = [re.fullmatch(r"([A-Z]+)(\d+)", end) for end in address.split(":")]
    places = []
    for end in ends:
        assert end, address
        column = 0
        for letter in end.group(1):
            column = column * 26 + ord(letter) - 64
        places.append((int(end.group(2)), column))
    (top, left), (bottom, right) = places[0], places[-1]
    return Range(top=top, left=left, bottom=bottom, right=right)


def example_sheet(sheetful: Sheetful) -> Sheet:
    """Return a sheet of plain text cells; blank ones are left out unless something marks them."""
    merges = {(r.top, r.left): r for r in map(read_range, sheetful.merges)}
    marks = {
        (r.top, r.left): dict(mark) for r, mark in ((read_range(a), m) for a, m in sheetful.marks.items())
    }
    cells = []
    for row, texts in enumerate(sheetful.rows, start=1):
        for column, text in enumerate(texts, start=1):
            mark = marks.get((row, column), {})
            if text or mark:
                attributes = {"text": text, **mark}
                cells.append(
                    Cell(row=row, column=column, merged=merges.get((row, column)), **attributes)  # type: ignore[arg-type]
                )
    return Sheet(
        name=sheetful.name,
        cells=tuple(cells),
        merges=tuple(merges.values()),
        hidden=sheetful.hidden,
        hidden_rows=frozenset(sheetful.hidden_rows),
        hidden_columns=frozenset(sheetful.hidden_columns),
        filtered=sheetful.filtered,
    )


def example_documents(example: Example) -> tuple[Document, ...]:
    """Return the example as documents: one, or one per name where `file` holds several between bars."""
    document = Document(
        file=example.file,
        sha256="0" * 64,
        size=1,
        format=example.format,  # type: ignore[arg-type]
        sheets=tuple(map(example_sheet, example.sheets)),
        outside=example.outside,
        encoding=example.encoding,
        faults=example.faults,
        census=example.census,
    )
    documents = tuple(replace(document, file=file) for file in example.file.split("|"))
    if example.filing is None or example.filing.differs is None:
        return documents
    sheets = tuple(map(example_sheet, example.base))
    return (replace(document, file=example.filing.differs, sheets=sheets), *documents)


def example_filing(filing: ExampleFiling, file: str = "示例.xlsx") -> Filing:
    """Return a whole filing for an example's few words."""
    approvals = (
        ()
        if filing.approved is None
        else (
            Approval(
                stage="approval", authority="示例县人民政府", document_number=None, date=filing.approved
            ),
        )
    )
    return Filing(
        id="2022-06-20-example",
        county=COUNTY.division.code,
        title="示例县乡镇（街道）履职事项清单（示例）",
        effective=filing.effective,
        approvals=approvals,
        documents=(
            *_base_document(filing),
            FiledDocument(
                file=file,
                townships=tuple(map(DivisionCode, filing.townships)),
                kind=filing.kind,
                differs=filing.differs,
            ),
        ),
        confirmations=tuple(
            Confirmation(
                rule=rule,
                file=file,
                sheet=sheet,
                cell=cell,
                reason="示例依据",
                name="张示例",
                date=date(2022, 6, 18),
            )
            for rule, sheet, cell in filing.confirmed
        ),
        renamings=(),
        sample=True,
        folder=Path("2022-06-20-example"),
    )


def _base_document(filing: ExampleFiling) -> tuple[FiledDocument, ...]:
    if filing.differs is None:
        return ()
    townships = tuple(township.code for township in COUNTY.townships)
    return (FiledDocument(file=filing.differs, townships=townships, base=True),)


def check_example(example: Example) -> Checked:
    """Check an example as the documents of the example county."""
    return check_filing(
        example_documents(example),
        filing=example_filing(example.filing, example.file) if example.filing else None,
        county=None if example.without_county else COUNTY,
        divisions=DIVISIONS,
        as_of=AS_OF,
    )
