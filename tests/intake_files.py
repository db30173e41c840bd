"""Small documents for the tests of intake, written by hand where no honest program would write them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from generator.intake import read_document
from generator.model.documents import Cell, Document, cell_address

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(*entries: tuple[str, str, str], external: bool = False) -> str:
    """Return a .rels part of (id, last word of the type, target)."""
    mode = ' TargetMode="External"' if external else ""
    inner = "".join(
        f'<Relationship Id="{identifier}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for identifier, kind, target in entries
    )
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these parts, deflated."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook_parts(
    rows: str,
    *,
    strings: str = "",
    styles: str = "",
    before: str = "",
    after: str = "",
    book: str = "",
    sheet_name: str = "清单",
) -> dict[str, str | bytes]:
    """Return the parts of a workbook with one sheet, its XML given piece by piece."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}<sheets>'
        f'<sheet name="{sheet_name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return parts


def document_parts(body: str, **others: str) -> dict[str, str | bytes]:
    """Return the parts of a Word document with this body; others are parts under word/ by their relation's kind."""
    names = {kind: f"{kind}1.xml" if kind in ("header", "footer") else f"{kind}.xml" for kind in others}
    entries = [(f"rId{at}", kind, name) for at, (kind, name) in enumerate(names.items(), start=1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(*entries),
    }
    parts |= {f"word/{names[kind]}": content for kind, content in others.items()}
    return parts


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """Return a Word paragraph of one run."""
    return f"<w:p>{properties}<w:r>{run}<w:t>{text}</w:t></w:r></w:p>"


def table(*rows: str, columns: int = 2) -> str:
    """Return a Word table of raw rows."""
    grid = "<w:gridCol/>" * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """Return a Word table row of raw cells."""
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def cell(inner: str, properties: str = "") -> str:
    """Return a Word table cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def read(folder: Path, content: bytes | Mapping[str, str | bytes], name: str = "清单.xlsx") -> Document:
    """Write a file (bytes, or parts to be zipped) and read it as a filed document."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else zipped(content))
    return read_document(path)


def rules(document: Document) -> list[str]:
    """Return the rule ids of a document's faults."""
    return [fault.rule for fault in document.faults]


def by_address(document: Document, sheet: int = 0) -> dict[str, Cell]:
    """Return a sheet's cells by their own address (not that of their merged range)."""
    return {cell_address(found.row, found.column): found for found in document.sheets[sheet].cells}


def texts(document: Document, sheet: int = 0) -> dict[str, str]:
    """Return a sheet's texts by address."""
    return {address: found.text for address, found in by_address(document, sheet).items()}


def raw_zip(entries: list[tuple[str, bytes, dict[str, int]]]) -> bytes:
    """Return a zip whose headers may lie: each entry's dict overrides `size`, `crc` or `offset` in the directory."""
    blob, directory = b"", b""
    for name, content, lies in entries:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        encoded = name.encode()
        crc, size = lies.get("crc", zlib.crc32(content)), lies.get("size", len(content))
        common = b"".join(
            number.to_bytes(width, "little")
            for number, width in (
                (20, 2),
                (0x800, 2),
                (8, 2),
                (0, 2),
                (0x21, 2),
                (crc, 4),
                (len(packed), 4),
                (size, 4),
            )
        )
        offset = lies.get("offset", len(blob))
        directory += (
            b"PK\x01\x02\x14\0"
            + common
            + len(encoded).to_bytes(2, "little")
            + b"\0" * 12
            + offset.to_bytes(4, "little")
            + encoded
        )
        if "offset" not in lies:
            blob += b"PK\x03\x04" + common + len(encoded).to_bytes(2, "little") + b"\0\0" + encoded + packed
    count = len(entries).to_bytes(2, "little")
    end = (
        b"PK\x05\x06\0\0\0\0"
        + count
        + count
        + len(directory).to_bytes(4, "little")
        + len(blob).to_bytes(4, "little")
    )
    return blob + directory + end + b"\0\0"
