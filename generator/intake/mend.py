"""Write a mended copy of a document: the planned cells change, every other byte of the content stays.

What comes out is read again before it is handed out: each planned cell must say its new text, and all the others what
they said before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from generator.errors import UsageError
from generator.intake.merged import read_address
from generator.intake.package_edit import BookEdit, SignedError, same_bytes
from generator.intake.parent import run_child
from generator.intake.xml_edit import (
    Edit,
    EditError,
    Tag,
    attribute,
    edited,
    escaped,
    ooxml_text,
    plain,
    tags,
    tree,
    with_attribute,
)
from generator.model.documents import Document, Sheet
from generator.model.mends import Mend
from generator.model.text import Text

_WHAT_TO_DO = {
    "xls": Text(
        zh="请用 WPS 或 Excel 打开，另存为 .xlsx，再对新存的文件运行一次。",
        en="Open it in WPS or Excel, save it as .xlsx, and run this again on the new file.",
    ),
    "docx": Text(
        zh="请在 WPS 或 Word 中按 qingdan check 列出的位置修改（同一个字多处要改的，可用“查找和替换”）。",
        en="Change it in WPS or Word at the places that qingdan check names; Find and Replace does many at once.",
    ),
}
_UNREADABLE = Text(
    zh="请先运行 qingdan check，按列出的问题处理。",
    en="Run qingdan check first and do what it says.",
)
# As `parts.decoded` reads them: an escape is one character, and a line break of two is one.
_UNIT = re.compile(r"(?P<break>(?:_x000[Dd]_|\r)(?:_x000[Aa]_|\n))|_x(?P<code>[0-9A-Fa-f]{4})_|.", re.DOTALL)
_FIELD = re.compile(r'"((?:[^"]++|"")*+)"|([^,\r\n]*+)')
_CSV_UNIT = re.compile(r'""|\r\n|.', re.DOTALL)


def mended_copy(path: Path, document: Document, mends: Sequence[Mend]) -> bytes:
    """Return the document with these cells mended.

    Raises:
        UsageError: this kind of document cannot be mended, or the file is not the one that was read.
    """
    refuse_unmendable(document)
    content = same_bytes(path, document)
    try:
        mended = _csv(content, document, mends) if document.format == "csv" else _xlsx(content, mends)
    except SignedError:
        raise UsageError(
            Text(
                zh=f"{document.file} 有数字签名，任何改动都会使签名失效，没有改动。",
                en=f"{document.file} carries a digital signature that any change would void; nothing was changed.",
            ),
            Text(zh="请在未签名的文件上修改。", en="Mend the unsigned file."),
        ) from None
    except (EditError, UnicodeError):
        raise _not_mended(document) from None
    order = {"file": document.file, "format": document.format, "encoding": document.encoding}
    if run_child(order, mended).sheets != _expected(document, mends):
        raise _not_mended(document)
    return mended


def refuse_unmendable(document: Document) -> None:
    """Raise UsageError, saying what to do instead, for a document that cannot be changed in places."""
    if document.format in ("xlsx", "csv"):
        return
    raise UsageError(
        Text(
            zh=f"{document.file} 不能自动修改，能自动修改的只有 .xlsx 和 .csv 文件。",
            en=f"{document.file} cannot be mended; only .xlsx and .csv files can.",
        ),
        _WHAT_TO_DO.get(document.format, _UNREADABLE),
    )


def _not_mended(document: Document) -> UsageError:
    return UsageError(
        Text(
            zh=f"{document.file} 的保存方式少见，自动修改可能动到别的内容，因此没有改动。",
            en=f"{document.file} was saved in an unusual way; mending could touch other content, so nothing was changed.",
        ),
        Text(
            zh="请按 qingdan check 列出的位置手工修改。",
            en="Mend the places that qingdan check names by hand.",
        ),
    )


def _expected(document: Document, mends: Sequence[Mend]) -> tuple[Sheet, ...]:
    texts = {(mend.sheet, mend.row, mend.column): mend.after for mend in mends}
    return tuple(
        replace(
            sheet,
            cells=tuple(
                replace(cell, text=texts.get((sheet.name, cell.row, cell.column), cell.text))
                for cell in sheet.cells
            ),
        )
        for sheet in document.sheets
    )


# ---------------------------------------------------------------- csv


def _csv(content: bytes, document: Document, mends: Sequence[Mend]) -> bytes:
    encoding = document.encoding or "utf-8"
    mark = b""
    for signature, meant in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if content.startswith(signature):
            mark, encoding = signature, meant
    text = content[len(mark) :].decode(encoding)
    if text.encode(encoding) != content[len(mark) :]:
        raise EditError("the encoding has two spellings of a character")
    wanted = {(mend.row, mend.column): mend for mend in mends}
    pieces: list[str] = []
    at = 0
    for row, column, match in _fields(text):
        mend = wanted.pop((row, column), None)
        if mend is not None:
            pieces += [text[at : match.start()], _mended_field(match, mend)]
            at = match.end()
    if wanted:
        raise EditError("a field is missing")
    return mark + ("".join(pieces) + text[at:]).encode(encoding)


def _fields(text: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Every field with its record and its place therein, both from 1."""
    at, row, column = 0, 1, 1
    while at < len(text):
        match = _FIELD.match(text, at)
        assert match is not None  # the second half of the pattern matches nothing at all, too
        yield row, column, match
        at = match.end()
        if text.startswith(",", at):
            at, column = at + 1, column + 1
            if at == len(text):
                return
        elif at < len(text):
            if text[at] not in "\r\n":
                raise EditError("a field goes on behind its quotes")
            at, row, column = at + (2 if text.startswith("\r\n", at) else 1), row + 1, 1


def _mended_field(match: re.Match[str], mend: Mend) -> str:
    quoted = match[1] is not None
    units = _CSV_UNIT.findall(match[1]) if quoted else list(match[2])
    says = {'""': '"', "\r\n": "\n"} if quoted else {}
    if "".join(says.get(unit, unit) for unit in units) != mend.before:
        raise EditError("the field says something else")
    kept = "".join(
        unit if piece == said else piece
        for unit, said, piece in zip(units, mend.before, mend.pieces, strict=True)
    )
    if quoted:
        return f'"{kept}"'
    # Behind the blanks that are gone may stand a quote, which now would open the field.
    return '"' + kept.replace('"', '""') + '"' if kept.startswith('"') else kept


# ---------------------------------------------------------------- xlsx


def _xlsx(content: bytes, mends: Sequence[Mend]) -> bytes:
    book = BookEdit(content)
    strings = _Strings(book)
    for name, part in book.sheets.items():
        wanted = {(mend.row, mend.column): mend for mend in mends if mend.sheet == name}
        if wanted:
            xml = book.read(part)
            book.write(part, edited(xml, _sheet_edits(xml, wanted, strings)))
    strings.write()
    return book.content()


def _sheet_edits(xml: bytes, wanted: dict[tuple[int, int], Mend], strings: _Strings) -> list[Edit]:
    edits: list[Edit] = []
    row = column = 0
    cell: Tag | None = None
    for tag in tags(xml):
        if tag.name == "row" and not tag.closes:
            stated = attribute(tag, "r")
            row, column = (int(stated) if stated and stated.isdecimal() else row + 1), 0
        elif tag.name == "c" and not tag.closes:
            stated = attribute(tag, "r")
            place = read_address(stated) if stated else (row, column + 1)
            if place is None:
                raise EditError("a cell without a place")
            column = place[1]
            cell = tag
        elif tag.name == "c" and cell is not None:
            mend = wanted.pop((row, column), None)
            if mend is not None:
                edits += _cell_edits(xml[cell.start : tag.end], cell.start, mend, strings)
            cell = None
    if wanted:
        raise EditError("a cell is missing")
    return edits


def _cell_edits(xml: bytes, start: int, mend: Mend, strings: _Strings) -> list[Edit]:
    """The edits of one `<c>…</c>`, which begins at `start` of its sheet."""
    node = tree(xml)
    kind = node.get("t")
    value, inline = node.child("v"), node.child("is")
    if node.child("f") is not None:
        raise EditError("a formula")
    if kind == "s" and value is not None:
        index = strings.mended(int(_text_of(xml, value.tag.end, value.body_end)), mend)
        edits = [Edit(value.tag.end, value.body_end, str(index).encode())]
    elif kind == "inlineStr" and inline is not None:
        edits = _string_edits(xml[inline.tag.start : inline.end], inline.tag.start, mend)
    elif kind == "str" and value is not None:
        edits = _texts_edits(xml, [(value.tag, value.body_end)], mend)
    else:
        raise EditError("no text")
    return [Edit(edit.start + start, edit.end + start, edit.new) for edit in edits]


class _Strings:
    """The shared strings: a mended one is added at the end, since other cells may mean the old one."""

    def __init__(self, book: BookEdit) -> None:
        self._book = book
        self._part = book.parts.get("sharedStrings")
        self._xml = b""
        self._old: list[tuple[int, int]] = []
        self._new: list[bytes] = []
        self._made: dict[tuple[int, tuple[str, ...]], int] = {}

    def _load(self) -> None:
        if self._part is None:
            raise EditError("no shared strings")
        self._xml = self._book.read(self._part)
        begun = 0
        for tag in tags(self._xml):
            if tag.name == "si" and not tag.closes:
                begun = tag.start
            if tag.name == "si" and (tag.closes or tag.empty):
                self._old.append((begun, tag.end))

    def mended(self, index: int, mend: Mend) -> int:
        """Return the number of the string that is string `index` mended."""
        if not self._old:
            self._load()
        key = (index, mend.pieces)
        if key not in self._made:
            start, end = self._old[index] if 0 <= index < len(self._old) else (0, 0)
            string = self._xml[start:end]
            self._new.append(edited(string, _string_edits(string, 0, mend)))
            self._made[key] = len(self._old) + len(self._new) - 1
        return self._made[key]

    def write(self) -> None:
        """Put the added strings into the workbook."""
        if not self._new or self._part is None:
            return
        root = next(tags(self._xml))
        end = self._xml.rindex(b"</")
        edits = [Edit(end, end, b"".join(self._new))]
        count = attribute(root, "uniqueCount")
        if count is not None:
            head = with_attribute(self._xml, root, "uniqueCount", str(len(self._old) + len(self._new)))
            edits.insert(0, Edit(root.start, root.end, head))
        self._book.write(self._part, edited(self._xml, edits))


def _string_edits(xml: bytes, start: int, mend: Mend) -> list[Edit]:
    """The edits of `<si>` or `<is>`, plain or in runs of several formats, which begins at `start`."""
    node = tree(xml)
    if any(child.tag.name in ("rPh", "phoneticPr") for child in node.children):
        raise EditError("phonetic readings count characters")
    texts = [
        (text.tag, text.body_end)
        for child in node.children
        for text in ([child] if child.tag.name == "t" else child.named("t") if child.tag.name == "r" else [])
    ]
    edits = _texts_edits(xml, texts, mend)
    return [Edit(edit.start + start, edit.end + start, edit.new) for edit in edits]


def _texts_edits(xml: bytes, texts: Sequence[tuple[Tag, int]], mend: Mend) -> list[Edit]:
    """The edits of some elements (opening tag, end of text) that together say what the mend says they said."""
    edits: list[Edit] = []
    at = 0
    for tag, end in texts:
        if tag.empty:
            continue
        new = ""
        written = _text_of(xml, tag.end, end)
        for unit in _UNIT.finditer(written):
            said = "\n" if unit["break"] else chr(int(unit["code"], 16)) if unit["code"] else unit[0]
            if mend.before[at : at + 1] != said:
                raise EditError("the cell says something else")
            piece = mend.pieces[at]
            new += escaped(unit[0]) if piece == said else ooxml_text(piece)
            at += 1
        if plain(new) == written:
            continue
        head = xml[tag.start : tag.end]
        if new.strip() != new and tag.name == "t":
            head = with_attribute(xml, tag, "xml:space", "preserve")
        edits.append(Edit(tag.start, end, head + new.encode()))
    if at != len(mend.before):
        raise EditError("the cell says something else")
    return edits


def _text_of(xml: bytes, start: int, end: int) -> str:
    written = xml[start:end].decode("utf-8")
    if "<" in written:
        raise EditError("comments or CDATA in a text")
    # What a parser makes of line ends (XML 1.0, 2.11).
    return plain(written.replace("\r\n", "\n").replace("\r", "\n"))
