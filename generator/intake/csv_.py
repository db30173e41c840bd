"""Read a CSV: one encoding for the whole file, by a fixed ladder; commas only; every record complete.

Nothing is guessed that could be wrong unseen: bytes that do not decode, another delimiter or a quote that never closes
are faults at their line. A record is a row, as a spreadsheet would number it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from generator.intake.faults import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Faults, Refused, fitting
from generator.intake.reading import Reading
from generator.model.documents import Cell, Sheet, cell_address

# Words that stand in the header of any filed list; a text without one of them may have been decoded wrongly.
_HEADER_WORDS = (
    "序号",
    "编号",
    "事项",
    "名称",
    "部门",
    "职责",
    "类别",
    "内容",
    "单位",
    "依据",
    "任务",
    "清单",
)
_TRADITIONAL_WORDS = ("序號", "編號", "事項", "名稱", "部門", "職責", "類別", "內容", "單位", "任務", "清單")
_HEAD_CHARACTERS = 4_000
_DELIMITERS: tuple[tuple[str, str], ...] = (
    ("\t", "tab"),
    (";", ";"),
    ("，", "，"),
    ("；", "；"),
    ("、", "、"),
    ("|", "|"),
)
_HAN = re.compile("[\u3400-\u9fff]")
_HEADER_BY_COMMA = re.compile(r'\s*"?\s*(序号|编号)\s*"?,')
_UNQUOTED = re.compile(r"[^,\r\n]*")

Record = list[str]


def read_csv(content: bytes, faults: Faults, *, encoding: str | None = None) -> Reading:
    """Return the file as one sheet without a name. Raises Refused where it cannot be read as one table."""
    text, used = decode(content, faults, encoding)
    _check_characters(text, faults)
    _check_delimiter(text, faults)
    records, lines = _records(text, faults)
    _check_width(records, lines, faults)
    cells = _cells(records, faults)
    return Reading(sheets=(Sheet(name=None, cells=tuple(cells)),), encoding=used, faults=tuple(faults.seen))


def decode(content: bytes, faults: Faults, asked: str | None) -> tuple[str, str]:
    """Return the text and its encoding. The ladder: what the caller asked for → byte order mark → strict UTF-8 → strict GB18030."""
    if asked is not None:
        return _strict(content, "gb18030" if _is_gb(asked) else asked, faults), asked.lower()
    if content.startswith(b"\xef\xbb\xbf"):
        return _strict(content, "utf-8-sig", faults), "utf-8-sig"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strict(content, "utf-16", faults), "utf-16"
    utf8, gb = _try(content, "utf-8"), _try(content, "gb18030")
    if utf8 is not None and (content.isascii() or gb is None):
        return utf8, "utf-8"
    if utf8 is not None and gb is not None:
        return _settle(content, utf8, gb, faults)
    if gb is None:
        raise _undecodable(content, faults)
    big5 = _try(content, "big5")
    if big5 is not None and _sane(big5, _TRADITIONAL_WORDS) and not _sane(gb, _HEADER_WORDS):
        raise faults.refuse("CSV-ENCODING", line="", tried="gb18030, big5")
    return gb, "gb18030"


def _is_gb(encoding: str) -> bool:
    """gb2312 and gbk lack the rare characters of place names; gb18030 reads all that they read."""
    return encoding.lower().replace("-", "").replace("_", "") in ("gb2312", "gbk", "gb18030", "cp936", "gb")


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _strict(content: bytes, encoding: str, faults: Faults) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecoded(content[: error.start], encoding, faults) from None
    except (LookupError, ValueError):
        raise faults.refuse("CSV-ENCODING", line="", tried=encoding) from None


def _sane(text: str, words: Sequence[str]) -> bool:
    return any(word in text[:_HEAD_CHARACTERS] for word in words)


def _settle(content: bytes, utf8: str, gb: str, faults: Faults) -> tuple[str, str]:
    """Both decodings are valid: the header decides, then the Han characters, then charset-normalizer between the two."""
    sane8, sane_gb = _sane(utf8, _HEADER_WORDS), _sane(gb, _HEADER_WORDS)
    if sane8 != sane_gb:
        return (utf8, "utf-8") if sane8 else (gb, "gb18030")
    # UTF-8 spells a Han character in three bytes of a strict pattern: chance does not make one, but it does make the
    # two-byte letters that GB18030 text of a few characters can look like.
    if _HAN.search(utf8) or _HAN.search(gb):
        return (utf8, "utf-8") if _HAN.search(utf8) else (gb, "gb18030")
    from charset_normalizer import from_bytes  # 20 ms that only an ambiguous file costs

    best = from_bytes(content, cp_isolation=["utf_8", "gb18030"]).best()
    if best is not None and best.encoding == "utf_8":
        return utf8, "utf-8"
    if best is not None and best.encoding == "gb18030":
        return gb, "gb18030"
    raise faults.refuse("CSV-ENCODING", line="", tried="utf-8, gb18030")


def _undecodable(content: bytes, faults: Faults) -> Refused:
    """The fault at the line where the better of both encodings fails."""
    furthest = 0
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    return _undecoded(content[:furthest], "utf-8, gb18030", faults)


def _undecoded(before: bytes, tried: str, faults: Faults) -> Refused:
    """The fault behind the bytes that could be read. No second byte of a character is a quote or a line break."""
    record, _ = _place(before.decode("latin-1"))
    return faults.refuse("CSV-ENCODING", cell=f"A{record}", line=before.count(b"\n") + 1, tried=tried)


def _place(before: str) -> tuple[int, int]:
    """Record and field that a text goes on with: line breaks and commas within quotes are none."""
    bare = re.sub('"[^"]*(?:"|$)', "", before)
    last = bare.rpartition("\n")[2]
    return bare.count("\n") + 1, last.count(",") + 1


def _check_characters(text: str, faults: Faults) -> None:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        record, column = _place(text[:at])
        raise faults.refuse(
            "CSV-NUL", cell=cell_address(record, min(column, MAX_COLUMNS)), line=line, column=column
        )


def _check_delimiter(text: str, faults: Faults) -> None:
    """Another delimiter would put a whole record into one cell."""
    if re.match(r"\s*\"?sep=", text, re.IGNORECASE):
        raise faults.refuse("CSV-DELIM", cell="A1", found=text[:6], delimiter="sep")
    # A quoted field may go on over several lines: what it holds separates nothing.
    lines = [line for line in re.sub('"[^"]*"', "", text[:20_000]).splitlines() if line.strip()][:20]
    bare = lines
    commas = max((line.count(",") for line in bare), default=0)
    # A list of two columns has one comma a line, and its names may well hold more full-width ones.
    if commas >= 2 or any(_HEADER_BY_COMMA.match(line) for line in lines):
        return
    for mark, name in _DELIMITERS:
        counts = Counter(line.count(mark) for line in bare if mark in line)
        # A header and a line of it with the same number of marks, in most of the lines.
        if counts and max(counts) > commas and (counts.most_common(1)[0][1] * 2 >= len(bare)):
            if name in ("，", "、", "；") and max(counts) < 2:
                continue
            raise faults.refuse("CSV-DELIM", cell="A1", found=lines[0], delimiter=name)


def _records(text: str, faults: Faults) -> tuple[list[Record], list[int]]:
    """All records, and for each the line of the file that it begins on."""
    records: list[Record] = []
    lines: list[int] = []
    at, line = 0, 1
    while at < len(text):
        record: Record = []
        lines.append(line)
        while True:
            start = at
            field, at = _field(text, at, line, len(records) + 1, faults)
            record.append(field)
            line += text.count("\n", start, at)
            if at < len(text) and text[at] == ",":
                at += 1
                continue
            break
        if len(records) >= MAX_ROWS:
            raise faults.refuse("SHEET-EXTENT", cell=f"A{MAX_ROWS + 1}", rows=MAX_ROWS, columns=MAX_COLUMNS)
        records.append(record)
        if text.startswith("\r\n", at):
            at += 2
            line += 1
        elif at < len(text):
            line += text[at] == "\n"
            at += 1
    return records, lines


def _field(text: str, at: int, line: int, record: int, faults: Faults) -> tuple[str, int]:
    """One field from `at`, and where it ends: at a comma, a line break or the end."""
    if not text.startswith('"', at):
        match = _UNQUOTED.match(text, at)
        assert match is not None
        return match[0], match.end()
    end = at + 1
    while True:
        end = text.find('"', end)
        if end < 0:
            raise faults.refuse("CSV-QUOTE", cell=f"A{record}", found=text[at : at + 40], line=line)
        if not text.startswith('"', end + 1):
            break
        end += 2
    if end + 1 < len(text) and text[end + 1] not in ",\r\n":
        raise faults.refuse("CSV-QUOTE", cell=f"A{record}", found=text[at : at + 40], line=line)
    return text[at + 1 : end].replace('""', '"').replace("\r\n", "\n"), end + 1


def _check_width(records: Sequence[Record], lines: Sequence[int], faults: Faults) -> None:
    """Every record of more than one field has as many as most records; empty ones at the end are only padding."""
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return
    expected = max(widths, key=lambda width: (widths[width], width))
    for number, (record, line) in enumerate(zip(records, lines, strict=True), start=1):
        filled = max((at for at, field in enumerate(record, start=1) if field.strip()), default=0)
        # A title or a note may stand alone in its line.
        short = 1 < len(record) < expected and filled > 1
        if short or filled > expected:
            faults.add(
                "CSV-RAGGED",
                cell=f"A{number}",
                found=",".join(record),
                line=line,
                columns=len(record),
                expected=expected,
            )


def _cells(records: Sequence[Record], faults: Faults) -> list[Cell]:
    cells: list[Cell] = []
    for row, record in enumerate(records, start=1):
        for column, field in enumerate(record, start=1):
            if field == "":
                continue
            if column > MAX_COLUMNS:
                where = cell_address(row, column)
                raise faults.refuse("SHEET-EXTENT", cell=where, rows=MAX_ROWS, columns=MAX_COLUMNS)
            if len(cells) >= MAX_CELLS:
                raise faults.refuse("SHEET-BUDGET", limit=MAX_CELLS)
            cells.append(Cell(row=row, column=column, text=fitting(field, faults, None, row, column)))
    return cells
