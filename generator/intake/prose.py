"""Read a document sent down as running text, and write notes into a copy of it; runs in the parsing child.

A docx is read with the place of every character (`word_bytes`), plain text by the same ladder of encodings as a CSV.
"""

from __future__ import annotations

import base64
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError

from generator.intake.faults import MAX_CELLS, Faults, Refused
from generator.intake.parts import Package
from generator.intake.reading import Reading, to_json
from generator.intake.word_bytes import Paragraph, annotated, as_utf8, for_xml, paragraphs
from generator.model.documents import cell_address
from generator.model.prose import Note, Place

_OTHER_PARTS: dict[str, Place] = {
    "footnotes": "footnote",
    "endnotes": "footnote",
    "header": "header",
    "footer": "footer",
}
_MINIMAL = {
    "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def answer(order: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """Answer an order whose `job` is prose (read) or annotate (read, then write the notes into a copy)."""
    faults = Faults(order["file"])
    try:
        if order["format"] == "docx":
            document = _Docx(content, faults)
            passages, encoding, pictures = document.passages(), None, document.pictures
        else:
            passages, encoding = _of_text(content, faults)
            pictures = 0
        if len(passages) > MAX_CELLS:
            raise faults.refuse("SHEET-BUDGET", limit=MAX_CELLS)
        if not passages:
            raise faults.refuse("DOC-NO-TEXT")
        copy = b""
        if order["job"] == "annotate":
            notes = [Note(passage=p, start=s, end=e, text=t) for p, s, e, t in order["notes"]]
            if order["format"] != "docx":
                document = _Docx(_plain_docx([text for text, *_ in passages]), faults)
            copy = document.with_notes(notes)
    except Refused:
        return {**to_json(Reading(faults=tuple(faults.seen))), "passages": [], "pictures": 0, "copy": ""}
    return {
        **to_json(Reading(encoding=encoding, faults=tuple(faults.seen))),
        "passages": passages,
        "pictures": pictures,
        "copy": base64.b64encode(copy).decode("ascii"),
    }


Row = tuple[str, Place, str | None, str | None, tuple[str, ...]]
"""Text, place, table, cell, and the texts beside it in its row."""


class _Docx:
    """The parts of one docx that hold text, with the place of every character."""

    def __init__(self, content: bytes, faults: Faults) -> None:
        self.content = content
        package = Package(content, faults, broken="DOC-BROKEN")
        relations = package.relations("")
        main = next((r.target for r in relations if r.kind == "officeDocument"), "word/document.xml")
        if not package.has(main):
            raise faults.refuse("DOC-BROKEN", part=main)
        related = package.relations(main)
        self.pictures = sum(relation.kind == "image" for relation in related)
        names = {name.casefold(): name for name in package.names()}
        parts: list[tuple[str, Place]] = [(names[main.casefold()], "paragraph")]
        for relation in related:
            place, name = _OTHER_PARTS.get(relation.kind), names.get(relation.target.casefold())
            if place and name and all(name != known for known, _ in parts):
                parts.append((name, place))
        self.parts: list[tuple[str, Place, bytes, list[Paragraph]]] = []
        tables = 0
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name, place in parts:
                body = as_utf8(archive.read(name))
                try:
                    found, tables = paragraphs(body, tables_before=tables)
                except ExpatError:
                    raise faults.refuse("DOC-BROKEN", part=name) from None
                self.parts.append((name, place, body, found))

    def passages(self) -> list[Row]:
        """Return the passages; their numbers are their places in this list."""
        rows: list[Row] = []
        for _, place, _, found in self.parts:
            by_row: dict[tuple[int, int], list[Paragraph]] = defaultdict(list)
            for paragraph in found:
                if paragraph.cell:
                    by_row[paragraph.cell[:2]].append(paragraph)
            for paragraph in found:
                if paragraph.cell is None or paragraph.boxed:
                    rows.append((paragraph.text, "textbox" if paragraph.boxed else place, None, None, ()))
                    continue
                table, row, column = paragraph.cell
                beside = tuple(p.text for p in by_row[table, row] if p.cell != paragraph.cell and not p.boxed)
                rows.append((paragraph.text, "cell", f"表格{table}", cell_address(row, column), beside))
        return rows

    def with_notes(self, notes: Sequence[Note]) -> bytes:
        """Return the document with the notes written in; every other part as it was."""
        changed: dict[str, bytes] = {}
        before = 0
        for name, _, body, found in self.parts:
            own: dict[int, list[Note]] = defaultdict(list)
            for note in notes:
                if before < note.passage <= before + len(found):
                    own[note.passage - before - 1].append(note)
            if own:
                changed[name] = annotated(body, found, own)
            before += len(found)
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(self.content)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist():
                target.writestr(entry, changed.get(entry.filename, source.read(entry)))
        return out.getvalue()


def _of_text(content: bytes, faults: Faults) -> tuple[list[Row], str]:
    from generator.intake.csv_ import decode

    text, encoding = decode(content, faults, None)
    at = text.find("\0")
    if at >= 0:
        raise faults.refuse("CSV-NUL", line=text.count("\n", 0, at) + 1)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(line, "paragraph", None, None, ()) for line in lines if line.strip()], encoding


def _plain_docx(lines: Sequence[str]) -> bytes:
    """A docx of these paragraphs and nothing else: the copy of a plain text that notes can be written into."""
    shown = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{for_xml(line)}</w:t></w:r></w:p>' for line in lines
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{shown}</w:body></w:document>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (*_MINIMAL.items(), ("word/document.xml", body)):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), part)
    return out.getvalue()
