"""A part of a Word document as bytes: which bytes are the text of which paragraph, and how to write between them.

Other readers give the text and forget where it stood; this one keeps the place of every character, so that a copy can
be annotated by insertions alone: take them out again and the part is, byte for byte, what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from generator.model.prose import Note

WORD_NAMESPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
# Not text of the reader's: what tracked changes deleted or moved away, phonetic readings, the drawing for old programs.
_SKIPPED = frozenset({"del", "moveFrom", "rt", "Fallback"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
# What may stand behind w:highlight in w:rPr (ECMA-376 EG_RPrBase): the highlight goes before the first of these.
_BEHIND_HIGHLIGHT = frozenset(
    {"u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout"}
    | {"specVanish", "oMath", "rPrChange"}
)
_PIECES = re.compile(r"&[^;&]*;|\r\n|.", re.DOTALL)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Run:
    """The run (`w:r`) that text stands in."""

    prefix: str
    properties: tuple[int, int] | None = None
    """Where its `w:rPr` stands."""
    highlight_at: int | None = None
    """Where a highlight belongs within it; None where it has one already."""


@dataclass(slots=True)
class _Unit:
    """One `w:t`: its bytes, and its place in the paragraph's text."""

    run: _Run
    start: int
    end: int
    offset: int
    text: str
    divisible: bool


@dataclass(slots=True)
class Paragraph:
    """One paragraph that has text."""

    text: str
    end: int
    """Where its end tag begins."""
    boxed: bool
    """It stands in a text box."""
    cell: tuple[int, int, int] | None
    """Table, row and column, counted from 1."""
    prefix: str
    units: list[_Unit] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    number: int
    row: int = 0
    column: int = 0
    width: int = 1
    """Grid columns of the cell that is open."""


class _Reader:
    """One pass of expat over a part."""

    def __init__(self, content: bytes, tables_before: int) -> None:
        self.content = content
        self.done: list[Paragraph] = []
        self.tables = tables_before
        self._open: list[tuple[str, int]] = []
        self._paragraphs: list[Paragraph] = []
        self._order: list[Paragraph] = []
        self._runs: list[_Run] = []
        self._grid: list[_Table] = []
        self._boxes = 0
        self._skipping = 0
        self._text: list[str] | None = None
        self._text_start = -1
        self._parser = expat.ParserCreate(namespace_separator="\n")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self) -> list[Paragraph]:
        """Return the paragraphs that have text, in the order they begin. Raises ExpatError."""
        self._parser.Parse(self.content, True)
        return [paragraph for paragraph in self._order if paragraph.text.strip()]

    def _name(self, tag: str) -> str:
        space, _, name = tag.rpartition("\n")
        if space in WORD_NAMESPACES:
            return name
        return name if name == "Fallback" else ""

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        name = self._name(tag)
        self._open.append((name, at))
        self._skipping += name in _SKIPPED
        if name == "p":
            self._begin_paragraph(at)
        elif name == "r":
            self._runs.append(_Run(prefix=self._prefix(at)))
        elif name == "t" and not self._skipping and self._paragraphs:
            self._text, self._text_start = [], -1
        elif name in _SIGNS and not self._skipping and self._in_run():
            self._paragraphs[-1].text += _SIGNS[name]
        elif name == "txbxContent":
            self._boxes += 1
        elif name == "tbl":
            self.tables += 1
            self._grid.append(_Table(number=self.tables))
        elif self._grid:
            self._start_in_table(name, attributes)
        self._look_for_highlight(name, at)

    def _in_run(self) -> bool:
        """Whether the element that was just opened stands directly in a run: a w:tab of w:tabs does not."""
        return len(self._open) > 1 and self._open[-2][0] == "r" and bool(self._paragraphs)

    def _start_in_table(self, name: str, attributes: Mapping[str, str]) -> None:
        table = self._grid[-1]
        value = next((value for key, value in attributes.items() if key.rpartition("\n")[2] == "val"), "")
        number = int(value) if re.fullmatch(r"\d{1,3}", value) else 1
        if name == "tr":
            table.row, table.column, table.width = table.row + 1, 0, 1
        elif name == "gridBefore":
            table.column += number
        elif name == "tc":
            table.column += table.width if table.column else 1
            table.width = 1
        elif name == "gridSpan":
            table.width = number

    def _look_for_highlight(self, name: str, at: int) -> None:
        """Remember where a highlight belongs among the properties of the run that is open."""
        if len(self._open) < 3 or self._open[-2][0] != "rPr" or self._open[-3][0] != "r":
            return
        run = self._runs[-1]
        if name == "highlight":
            run.highlight_at = -1
        elif name in _BEHIND_HIGHLIGHT and run.highlight_at is None:
            run.highlight_at = at

    def _begin_paragraph(self, at: int) -> None:
        table = self._grid[-1] if self._grid else None
        cell = (table.number, table.row, max(table.column, 1)) if table else None
        paragraph = Paragraph(text="", end=-1, boxed=self._boxes > 0, cell=cell, prefix=self._prefix(at))
        self._paragraphs.append(paragraph)
        self._order.append(paragraph)

    def _prefix(self, at: int) -> str:
        match = re.compile(rb"<([^\s/>:]+):").match(self.content, at)
        return match[1].decode() + ":" if match else ""

    def _characters(self, text: str) -> None:
        if self._text is None:
            return
        if self._text_start < 0:
            self._text_start = self._parser.CurrentByteIndex
        self._text.append(text)

    def _end(self, _tag: str) -> None:
        at = self._parser.CurrentByteIndex
        name, began = self._open.pop()
        self._skipping -= name in _SKIPPED
        if name == "p":
            self._paragraphs.pop().end = at
        elif name == "r":
            self._runs.pop()
        elif name == "t" and self._text is not None:
            self._end_text(began, at)
        elif name == "txbxContent":
            self._boxes -= 1
        elif name == "tbl":
            self._grid.pop()
        elif name == "rPr" and self._open and self._open[-1][0] == "r":
            closing = self.content.startswith(b"</", at)
            end = self.content.index(b">", at) + 1
            run = self._runs[-1]
            run.properties = (began, end)
            if run.highlight_at is None and closing:
                run.highlight_at = at

    def _end_text(self, began: int, at: int) -> None:
        text = "".join(self._text or ())
        paragraph = self._paragraphs[-1]
        start = self.content.index(b">", began) + 1
        whole = self._open[-1][0] == "r" and bool(text)
        raw = self.content[start:at].decode() if whole else ""
        paragraph.units.append(
            _Unit(
                run=self._runs[-1] if self._runs else _Run(prefix=""),
                start=start,
                end=at,
                offset=len(paragraph.text),
                text=text,
                # CDATA and the like: the bytes are not simply the characters
                divisible=whole and len(_PIECES.findall(raw)) == len(text) and "<" not in raw,
            )
        )
        paragraph.text += text
        self._text = None


def as_utf8(content: bytes) -> bytes:
    """Return an XML part in UTF-8: what is not, has a byte order mark of UTF-16 (the preflight allows nothing else)."""
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return content
    text = content.decode("utf-16")
    return re.sub(r"""(<\?xml[^>]*encoding=["'])[^"']*""", r"\1UTF-8", text, count=1).encode()


def paragraphs(content: bytes, *, tables_before: int = 0) -> tuple[list[Paragraph], int]:
    """Return the paragraphs with text of a part (UTF-8), and how many tables there are up to its end.

    Raises ExpatError where it is not XML.
    """
    reader = _Reader(content, tables_before)
    return reader.read(), reader.tables


def annotated(content: bytes, found: Sequence[Paragraph], notes: Mapping[int, Iterable[Note]]) -> bytes:
    """Return the part with each noted piece highlighted and its note behind it, by insertions alone.

    `notes` has the notes of the paragraphs by their position in `found`.
    """
    insertions: list[tuple[int, bytes]] = []
    for position, remarks in notes.items():
        paragraph = found[position]
        for note in sorted(remarks, key=lambda note: note.start):
            insertions += _insertions(content, paragraph, note)
    parts, reached = [], 0
    for at, inserted in sorted(insertions, key=lambda entry: entry[0]):
        parts += [content[reached:at], inserted]
        reached = at
    return b"".join([*parts, content[reached:]])


def _insertions(content: bytes, paragraph: Paragraph, note: Note) -> list[tuple[int, bytes]]:
    touched = [
        unit
        for unit in paragraph.units
        if unit.divisible and unit.offset < note.end and unit.offset + len(unit.text) > note.start
    ]
    if not touched:
        return [(paragraph.end, _note_run(paragraph.prefix, note.text))]
    insertions = []
    for unit in touched:
        first = _byte_at(content, unit, max(note.start - unit.offset, 0))
        last = _byte_at(content, unit, min(note.end - unit.offset, len(unit.text)))
        prefix = unit.run.prefix
        close = f"</{prefix}t></{prefix}r>".encode()
        remark = _note_run(prefix, note.text) if unit is touched[-1] else b""
        insertions.append((first, close + _open_run(content, unit.run, highlight=True)))
        insertions.append((last, close + remark + _open_run(content, unit.run, highlight=False)))
    return insertions


def _byte_at(content: bytes, unit: _Unit, character: int) -> int:
    pieces = _PIECES.findall(content[unit.start : unit.end].decode())
    return unit.start + len("".join(pieces[:character]).encode())


def _open_run(content: bytes, run: _Run, *, highlight: bool) -> bytes:
    """The start of a run with the same properties, up to its text."""
    prefix = run.prefix.encode()
    mark = b'<%shighlight %sval="yellow"/>' % (prefix, prefix)
    properties = b"" if run.properties is None else content[slice(*run.properties)]
    if highlight:
        at = run.highlight_at
        if run.properties is None or at is None:
            properties = b"<%srPr>%s</%srPr>" % (prefix, mark, prefix)
        elif at >= 0:
            inner = at - run.properties[0]
            properties = properties[:inner] + mark + properties[inner:]
    return b'<%sr>%s<%st xml:space="preserve">' % (prefix, properties, prefix)


def for_xml(text: str) -> str:
    """Return text as it can stand in an element: characters that XML cannot hold become U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", text))


def _note_run(prefix: str, text: str) -> bytes:
    """A run of our own: bold and dark red, so that nobody takes it for the document's text."""
    p = prefix
    shown = for_xml(text)
    return (
        f'<{p}r><{p}rPr><{p}b/><{p}color {p}val="C00000"/></{p}rPr><{p}t xml:space="preserve">{shown}</{p}t></{p}r>'
    ).encode()
