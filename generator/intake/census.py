"""Count a document's characters cell by cell from its raw bytes, sharing nothing with the readers.

The readers interpret; this only counts, with regular expressions over the raw parts (xlsx, docx), over the bytes (csv)
or by another library (xls). Where both disagree, one of them lost something. No parser, no styles, no merges here.
Keys: "sheet!C17" (in a csv "!C17"), and for text outside cells "comment:<part>" and the like.
"""

from __future__ import annotations

import datetime
import html
import re
import zipfile
from io import BytesIO

from generator.intake.census_docx import count_docx
from generator.intake.census_raw import attributes, letters, raw_part, related
from generator.intake.gaps import words_in

_STRING = re.compile(r"<(?:\w+:)?si(?=[\s/>])[^<>]*?(?:/>|>(.*?)</(?:\w+:)?si\s*>)", re.DOTALL)
_PHONETIC = re.compile(r"<(?:\w+:)?rPh(?=[\s/>]).*?</(?:\w+:)?rPh\s*>", re.DOTALL)
_TEXT = re.compile(r"<(?:\w+:)?t(?:\s[^<>]*)?(?<!/)>([^<]*)<")
# First a cell as most programs write it: address, perhaps a style and a type, one value or text without entities.
_CELL_OR_ROW = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="[0-9]+")?(?: t="(\w+)")?>'
    r'(?:<v>([^<&_\r]*)</v>|<is><t(?: xml:space="preserve")?>([^<&_\r]*)</t></is>)</c>'
    r"|<(?:\w+:)?(row)(?=[\s/>])([^<>]*)>"
    r"|<(?:\w+:)?c(?=[\s/>])([^<>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)",
    re.DOTALL,
)
_VALUE = re.compile(r"<(?:\w+:)?v(?:\s[^<>]*)?(?<!/)>([^<]*)<")
_FORMULA = re.compile(r"<(?:\w+:)?f(?=[\s/>])")
_COMMENT_TEXT = re.compile(r"<(?:\w+:)?text(?=[\s>])[^<>]*>(.*?)</(?:\w+:)?text\s*>", re.DOTALL)
_HEADING = re.compile(r"<(?:\w+:)?(?:odd|even|first)(Header|Footer)(?:\s[^<>]*)?(?<!/)>([^<]*)<")
_CSV_TOKEN = re.compile(rb'("(?:[^"]|"")*+")|([^",\r\n][^,\r\n]*+)|(,)|(\r\n|\n|\r)')


def count(document_format: str, content: bytes, encoding: str | None) -> dict[str, int] | None:
    """Return the count of a document, or None where it cannot be counted."""
    if document_format == "csv":
        return _count_csv(content, encoding or "utf-8")
    if document_format == "xls":
        return _count_xls(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return _count_xlsx(archive) if document_format == "xlsx" else count_docx(archive)


def spoken(raw: str) -> str:
    """Return raw XML text as it reads: entities and `_xHHHH_` resolved, line breaks one character."""
    text = html.unescape(raw.replace("\r\n", "\n"))
    if "_x" not in text:
        return text.replace("\r\n", "\n")
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text).replace("\r\n", "\n")


def _run_text(raw: str) -> str:
    return spoken("".join(_TEXT.findall(_PHONETIC.sub("", raw))))


def _count_xlsx(archive: zipfile.ZipFile) -> dict[str, int]:
    book = next(
        (part for _, kind, part in related(archive, "") if kind == "officeDocument"), "xl/workbook.xml"
    )
    parts = {identifier: (kind, part) for identifier, kind, part in related(archive, book)}
    shared = [part for kind, part in parts.values() if kind == "sharedStrings"]
    lengths = [len(_run_text(raw)) for raw in _STRING.findall(raw_part(archive, shared[0]))] if shared else []
    counted: dict[str, int] = {}
    # The name of a sheet is free text: an attribute may hold a bare ">".
    for tag in re.findall(r"""<(?:\w+:)?sheet\s((?:[^<>"']|"[^"]*"|'[^']*')*)>""", raw_part(archive, book)):
        entry = attributes(tag)
        kind, part = parts.get(entry.get("id", ""), ("", ""))
        if kind not in ("worksheet", "chartsheet"):
            continue
        text = raw_part(archive, part)
        if kind == "worksheet":
            body, _, rest = text.partition("sheetData>")[2].partition("sheetData>")
            _count_sheet(body, entry.get("name", ""), lengths, counted)
            _count_headings(rest, part, counted)
        _count_related(archive, part, counted)
    return counted


def _count_sheet(body: str, name: str, lengths: list[int], counted: dict[str, int]) -> None:
    row, column = 0, ""
    for usual, kind, value, text, opens_row, row_tag, cell_tag, inner in _CELL_OR_ROW.findall(body):
        if usual:
            column = usual
            if size := _usual_size(kind, value, text, lengths):
                counted[f"{name}!{column}{row}"] = size
            continue
        if opens_row:
            row, column = int(attributes(row_tag).get("r", row + 1)), ""
            continue
        entry = attributes(cell_tag)
        address = entry.get("r", "")
        column = letters(_column_number(address) if address else _column_number(column) + 1)
        size = _value_size(entry.get("t", "n"), inner, lengths)
        if size or _FORMULA.search(inner):
            counted[f"{name}!{column}{row}"] = size


def _usual_size(kind: str, value: str, text: str, lengths: list[int]) -> int:
    """The characters of a cell without formula, entities and escapes."""
    if kind == "inlineStr":
        return len(value) + len(text)  # it has one of them
    return _stored_size(kind or "n", value, lengths)


def _value_size(kind: str, inner: str, lengths: list[int]) -> int:
    found = _VALUE.search(inner)
    stored = spoken(found[1]) if found else ""
    if kind == "inlineStr":
        return len(_run_text(inner)) if "is>" in inner else len(stored)
    return _stored_size(kind, stored, lengths)


def _stored_size(kind: str, stored: str, lengths: list[int]) -> int:
    if kind == "s":
        return lengths[int(stored)] if stored.strip() else 0
    if kind == "b" and stored:
        return len("TRUE") if stored.strip() in ("1", "true") else len("FALSE")
    return len(stored.strip()) if kind == "n" else len(stored)


def _column_number(address: str) -> int:
    number = 0
    for letter in address.replace("$", "").upper():
        if letter.isalpha():
            number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _count_headings(rest: str, part: str, counted: dict[str, int]) -> None:
    for kind, raw in _HEADING.findall(rest):
        said = re.sub(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&\d{1,3}|&[LCRBIUESXYHO]', "", spoken(raw))
        bare = re.sub(r"&[PNDTZFAG](?:[+-]\d+)?|&&|[第共总页]", "", said)
        if re.search(r"\w\w", bare):
            key = f"{kind.lower()}:{part}"
            counted[key] = counted.get(key, 0) + words_in(said)


def _count_related(archive: zipfile.ZipFile, part: str, counted: dict[str, int]) -> None:
    for _, kind, target in related(archive, part):
        raw = raw_part(archive, target)
        if kind in ("comments", "threadedComment"):
            texts = _COMMENT_TEXT.findall(raw)
            said = [_run_text(text) if "<" in text else spoken(text) for text in texts]
            counted[f"comment:{target}"] = sum(words_in(text) for text in said)
        elif kind == "drawing":
            counted[f"textbox:{target}"] = sum(words_in(html.unescape(text)) for text in _TEXT.findall(raw))
            for _, inner_kind, inner in related(archive, target):
                if inner_kind in ("chart", "chartEx", "diagramData"):
                    texts = _TEXT.findall(raw_part(archive, inner))
                    counted[f"drawing:{inner}"] = sum(words_in(html.unescape(text)) for text in texts)


def _count_csv(content: bytes, encoding: str) -> dict[str, int]:
    """Count over the bytes. In GB18030 no second byte is a comma, a quote or a line break; UTF-16 becomes UTF-8."""
    if encoding.startswith("utf-16"):
        content, encoding = content.decode(encoding).encode(), "utf-8"
    content = content.removeprefix(b"\xef\xbb\xbf")
    encoding = {"utf-8-sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}.get(encoding, encoding)
    counted: dict[str, int] = {}
    row, column = 1, 1
    for quoted, plain, comma, _line in _CSV_TOKEN.findall(content):
        if quoted or plain:
            inner = quoted[1:-1].replace(b'""', b'"').replace(b"\r\n", b"\n") if quoted else plain
            if inner:
                counted[f"!{letters(column)}{row}"] = len(inner.decode(encoding, "replace"))
        elif comma:
            column += 1
        else:
            row, column = row + 1, 1
    return counted


def _count_xls(content: bytes) -> dict[str, int] | None:
    from python_calamine import CalamineError, CalamineWorkbook  # for xls only

    counted: dict[str, int] = {}
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in book.sheet_names:
            for row, values in enumerate(
                book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1
            ):
                for column, value in enumerate(values, start=1):
                    if size := _xls_size(value):
                        counted[f"{name}!{letters(column)}{row}"] = size
    except CalamineError:
        return None
    return counted


def _xls_size(value: object) -> int:
    if isinstance(value, bool):
        return len("TRUE") if value else len("FALSE")
    if isinstance(value, str):
        return len(value.replace("\r\n", "\n"))
    if isinstance(value, float):
        return len(str(int(value))) if value.is_integer() else len(repr(value))
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return len(str(value))
    return len(str(value)) if value is not None else 0
