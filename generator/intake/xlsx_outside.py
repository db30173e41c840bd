"""Text of a workbook that stands in no cell: comments, text boxes, charts, headers and footers.

A reader of the printed list sees it, so it must not vanish unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from generator.intake.faults import Faults
from generator.intake.parts import Package, decoded, local
from generator.model.documents import OutsideKind, OutsideText, Where, cell_address

# Layout codes of a header: sections, font name, size, colour and toggles. &P, &N, &D, &A … stand for text and stay.
_LAYOUT = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&\d{1,3}|&[LCRBIUESXYHO]')
_FIELDS = re.compile(r"&[PNDTZFAG](?:[+-]\d+)?|&&")
_WORKS = frozenset({"comments", "threadedComment", "drawing"})


def header_texts(element: Element, sheet: str, file: str) -> list[OutsideText]:
    """Return the headers and footers of a sheet that say more than a page number."""
    texts: list[OutsideText] = []
    for child in element:
        name = local(child)
        kind: OutsideKind | None = (
            "header" if name.endswith("Header") else "footer" if name.endswith("Footer") else None
        )
        if kind and (text := plain_header(decoded(child.text or ""))):
            texts.append(OutsideText(kind=kind, text=text, where=Where(file=file, sheet=sheet)))
    return texts


def plain_header(coded: str) -> str:
    """Return a header without its layout codes, or "" where it says no more than a page number or the like."""
    text = _LAYOUT.sub("", coded)
    return text if re.search(r"\w\w", re.sub(r"[第共总页]", "", _FIELDS.sub("", text))) else ""


def related_texts(package: Package, part: str, sheet: str, faults: Faults) -> list[OutsideText]:
    """Return the comments and the text of drawings that belong to a sheet; pictures are a fault of their own."""
    texts: list[OutsideText] = []
    for relation in package.relations(part):
        if relation.kind not in _WORKS or not package.has(relation.target):
            continue
        root = package.tree(relation.target)
        if relation.kind == "drawing":
            texts.extend(_drawing(package, relation.target, root, sheet, faults))
        else:
            texts.extend(_comments(root, sheet, faults.file))
    return texts


def _comments(root: Element, sheet: str, file: str) -> Iterable[OutsideText]:
    for comment in root.iter():
        if local(comment) not in ("comment", "threadedComment"):
            continue
        body = [child for child in comment if local(child) == "text"]
        text = "".join(_said(part) for part in body)
        if text.strip():
            yield OutsideText(
                kind="comment", text=text, where=Where(file=file, sheet=sheet, cell=comment.get("ref"))
            )


def _said(body: Element) -> str:
    """The text of a comment: its runs, or (in a threaded comment) its own text; phonetic readings left out."""
    pieces = [body.text or ""] if len(body) == 0 else []
    for child in body:
        if local(child) == "t":
            pieces.append(child.text or "")
        elif local(child) == "r":
            pieces.extend(part.text or "" for part in child if local(part) == "t")
    return decoded("".join(pieces))


def _drawing(package: Package, part: str, root: Element, sheet: str, faults: Faults) -> Iterable[OutsideText]:
    pictures = 0
    for anchor in root:
        pictures += sum(local(shape) == "pic" for shape in anchor.iter())
        text = drawn_text(anchor)
        if text.strip():
            where = Where(file=faults.file, sheet=sheet, cell=_corner(anchor))
            yield OutsideText(kind="textbox", text=text, where=where)
    if pictures:
        faults.add("IMAGE-IGNORED", sheet=sheet, count=pictures)
    for relation in package.relations(part):
        if relation.kind in ("chart", "chartEx", "diagramData") and package.has(relation.target):
            text = drawn_text(package.tree(relation.target))
            if text.strip():
                yield OutsideText(kind="drawing", text=text, where=Where(file=faults.file, sheet=sheet))


def drawn_text(root: Element) -> str:
    """Return the text of a shape or chart, one line for each of its paragraphs."""
    lines: list[str] = []
    for paragraph in root.iter():
        if local(paragraph) == "p":
            lines.append("".join(run.text or "" for run in paragraph.iter() if local(run) == "t"))
    return "\n".join(line for line in lines if line)


def _corner(anchor: Element) -> str | None:
    """The cell under the upper left corner of a shape."""
    start = next((child for child in anchor if local(child) == "from"), None)
    if start is None:
        return None
    places = {local(child): child.text or "" for child in start}
    row, column = places.get("row", ""), places.get("col", "")
    if row.isdecimal() and column.isdecimal() and len(row) < 8 and len(column) < 6:
        return cell_address(int(row) + 1, int(column) + 1)
    return None
