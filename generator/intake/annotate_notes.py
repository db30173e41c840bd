"""Comments on cells: their text, and the old drawing language (VML) in which every office keeps their boxes.

A comment that a cell carries already stays, and ours is written behind it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from generator.intake.annotate_cells import SheetLook
from generator.intake.package_edit import OFFICE, BookEdit
from generator.intake.xml_edit import Edit, EditError, Node, appended, edited, escaped, ooxml_text, tree
from generator.model.documents import cell_address
from generator.model.reports import Mark

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
# On every element that is added: another program may have bound other prefixes at the root.
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_VML_HEAD = (
    f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    "<v:shape "
    + _SPACES
    + ' id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;'
    'margin-top:1.5pt;width:{width}pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_ID = re.compile(rb"_x0000_s(\d{1,9})")
_POINTS = 9
_WIDTH_POINTS = 300
# Thirty Chinese characters of nine points and a margin.
_LINE_WIDTH = 2 * (_WIDTH_POINTS - 24) // _POINTS
_LINE_POINTS = 13
_TALLEST_POINTS = 400
# Excel's limit for the text of a cell; a comment holds about as much.
_LONGEST = 8_000


def lines_of(text: str, width: int) -> int:
    """Return how many lines of `width` half-width characters a text takes; Chinese ones count two."""
    lines = 0
    for line in text.split("\n"):
        length = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)
        lines += max(1, -(-length // width))
    return lines


def box_size(text: str) -> tuple[int, int]:
    """Return width and height in points of a box that shows the whole text (up to a screen's height)."""
    return _WIDTH_POINTS, min(_TALLEST_POINTS, _LINE_POINTS * lines_of(text, _LINE_WIDTH) + 20)


def add_notes(book: BookEdit, part: str, look: SheetLook, marks: Sequence[Mark], author: str) -> list[Edit]:
    """Put a sheet's marks into its comments; return the edits of the sheet itself that lead there."""
    marks = [mark for mark in marks if mark.comment]
    if not marks:
        return []
    related = {relation.kind: relation.target for relation in book.package.relations(part)}
    comments = related.get("comments")
    # A conversation in the new style keeps a copy of itself here, which must stay word for word.
    untouchable = "threadedComment" in related
    if comments is None:
        comments = book.free_name("xl/comments{}.xml")
        book.add(
            comments, f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode(), _COMMENTS
        )
        book.relate(part, "comments", comments)
    body, fresh = _with_comments(book.read(comments), marks, author, keep_old=untouchable)
    book.write(comments, body)
    drawing = related.get("vmlDrawing")
    if look.notes is not None and drawing is None:
        raise EditError("the drawing of the comments is missing")
    if look.notes is not None and drawing is not None:
        book.write(drawing, _with_boxes(book.read(drawing), look, fresh, marks))
        return []
    drawing = book.free_name("xl/drawings/vmlDrawing{}.vml")
    book.add(drawing, _with_boxes(_VML_HEAD.encode(), look, fresh, []), _VML, by_extension=True)
    identifier = book.relate(part, "vmlDrawing", drawing)
    prefix = look.root.prefix.decode()
    link = f'<{prefix}legacyDrawing xmlns:r="{OFFICE}" r:id="{identifier}"/>'
    return [Edit(look.notes_at, look.notes_at, link.encode())]


def _with_comments(
    xml: bytes, marks: Sequence[Mark], author: str, *, keep_old: bool
) -> tuple[bytes, list[Mark]]:
    """The comments with ours, and the marks whose cells had none before."""
    root = tree(xml)
    authors, listed = root.child("authors"), root.child("commentList")
    if authors is None or listed is None:
        raise EditError("comments without authors")
    p = root.tag.prefix.decode()
    own = len(authors.children)
    old = {(node.get("ref") or "").replace("$", ""): node for node in listed.children}
    edits = [appended(authors, f"<{p}author>{escaped(author)}</{p}author>".encode())]
    new: list[str] = []
    fresh: list[Mark] = []
    for mark in marks:
        address = cell_address(mark.row, mark.column)
        node = old.get(address)
        if node is None:
            fresh.append(mark)
            new.append(
                f'<{p}comment ref="{address}" authorId="{own}"><{p}text>{_run(mark.comment, p)}</{p}text></{p}comment>'
            )
        elif not keep_old:
            edits.append(_behind(node, _run("\n" + mark.comment, p)))
    if new:
        edits.append(appended(listed, "".join(new).encode()))
    return edited(xml, edits), fresh


def _behind(node: Node, run: str) -> Edit:
    text = node.child("text")
    if text is None:
        raise EditError("a comment without text")
    # Phonetic readings stand behind the runs.
    phonetic = next((child for child in text.children if child.tag.name not in ("t", "r")), None)
    return appended(text, run.encode(), before=phonetic)


def _run(text: str, p: str) -> str:
    return (
        f'<{p}r><{p}rPr><{p}sz val="{_POINTS}"/><{p}color indexed="81"/><{p}rFont val="宋体"/>'
        f'<{p}charset val="134"/></{p}rPr><{p}t xml:space="preserve">{ooxml_text(text[:_LONGEST])}</{p}t></{p}r>'
    )


def _with_boxes(vml: bytes, look: SheetLook, fresh: Sequence[Mark], all_marks: Sequence[Mark]) -> bytes:
    """The drawing with a box for each new comment; boxes of old comments that grew become larger."""
    end = vml.rfind(b"</xml>")
    if end < 0 or vml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise EditError("a drawing of comments in an unusual form")
    number = max((int(found) for found in _ID.findall(vml)), default=1024)
    added = "" if b'"_x0000_t202"' in vml else _SHAPE_TYPE
    for mark in fresh:
        number += 1
        width, height = box_size(mark.comment)
        added += _SHAPE.format(
            number=number,
            width=width,
            height=height,
            anchor=_anchor(look, mark, width * 4 // 3, height * 4 // 3),
            row=mark.row - 1,
            column=mark.column - 1,
        )
    made = {(mark.row, mark.column) for mark in fresh}
    grown = {
        (mark.row, mark.column): box_size(mark.comment)[1]
        for mark in all_marks
        if (mark.row, mark.column) not in made
    }
    return _enlarged(vml[:end], grown) + added.encode() + vml[end:]


_GAP = 12


def _anchor(look: SheetLook, mark: Mark, width: int, height: int) -> str:
    """Where a box of so many pixels begins and ends: column, offset, row, offset, twice, all counted from 0."""
    column, across = _reach(look.width, mark.column + 1, width + _GAP)
    row, down = _reach(look.height, mark.row, height)
    return ", ".join(map(str, (mark.column, _GAP, mark.row - 1, 0, column - 1, across, row - 1, down)))


def _reach(size: Callable[[int], int], at: int, pixels: int) -> tuple[int, int]:
    """The column or row that lies so many pixels behind the beginning of `at`, and how far into it."""
    # Hidden ones take no room: the end of what a list can hold ends the search.
    last = at + 2_000
    while pixels > size(at) and at < last:
        pixels -= size(at)
        at += 1
    return at, min(pixels, size(at))


_BOX = re.compile(rb"<(\w*:?)shape\s(?:[^<]|<(?!/\1shape>))*+</\1shape>")
_ANCHOR = re.compile(rb"(:?Anchor>)([\s\d,]+)(</)")
_HEIGHT = re.compile(rb"(?<=[;\"'\s])(height:)([\d.]+)(pt|px)")
_ROW_POINTS = 15


def _enlarged(vml: bytes, grown: Mapping[tuple[int, int], int]) -> bytes:
    """The drawing with the boxes of these cells (row, column) higher by so many points."""

    def larger(match: re.Match[bytes]) -> bytes:
        box = match[0]
        at = tuple(_number(box, name) for name in (b"Row", b"Column"))
        more = grown.get((at[0] + 1, at[1] + 1), 0)
        if not more:
            return box
        box = _HEIGHT.sub(lambda m: m[1] + f"{float(m[2]) + more:g}".encode() + m[3], box, count=1)
        return _ANCHOR.sub(lambda m: m[1] + _lower(m[2], more) + m[3], box, count=1)

    return _BOX.sub(larger, vml) if grown else vml


def _number(box: bytes, name: bytes) -> int:
    match = re.search(name + rb">\s*(\d{1,7})\s*</", box)
    return int(match[1]) if match else -2


def _lower(anchor: bytes, points: int) -> bytes:
    """An anchor (left column, offset, top row, offset, right column, offset, bottom row, offset) further down."""
    numbers = [int(word) for word in anchor.split(b",") if word.strip().isdigit()]
    if len(numbers) != 8:
        return anchor
    numbers[4] += 2
    numbers[6] += -(-points // _ROW_POINTS)
    return ", ".join(map(str, numbers)).encode()
