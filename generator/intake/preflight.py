"""A look at a zip package's bytes before any parser sees them: no bomb, no double meaning, no DTD.

Nothing a header says is believed: every part is decompressed here in pieces, counted and checked against its CRC, and
thrown away again. So memory stays small whatever the file claims. The ids of the rules are those of the catalogue.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from generator.intake.faults import MAX_CELLS, Faults

MAX_ENTRIES = 2_000
MAX_PART_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 200 * 1024 * 1024
# Sheet XML of real lists packs 10 to 40 times; a part of 1 MiB and more that packs better than this is made to harm.
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024
_CHUNK = 1024 * 1024
_OVERLAP = 16  # longer than the longest mark looked for, so that none is missed between two pieces
_DECLARED = re.compile(r"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MARKS = ("<!DOCTYPE", "<!ENTITY")
_MACRO_PARTS = re.compile(
    r"(?i)vbaproject\.bin|vbadata\.xml|/activex/|/embeddings/|/macrosheets/|/ctrlprops/.*\.bin|oleobject"
)
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf-16": "utf-16"}


def preflight(content: bytes, faults: Faults) -> None:
    """Check a zip package. Raises Refused after noting what makes it unfit; returns only for a sound one."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
        raise faults.refuse("FILE-TRUNCATED") from None
    if len(entries) > MAX_ENTRIES:
        raise faults.refuse("FILE-BUDGET", what="entries", limit=MAX_ENTRIES, actual=len(entries), part="")
    _check_names(entries, faults)
    _check_places(content, entries, faults)
    _check_declared_sizes(entries, faults)
    _stop_if_any(faults, "ZIP-", "FILE-")
    total = 0
    for entry in entries:
        total += _check_part(content, entry, faults, room=MAX_TOTAL_BYTES - total)
    _stop_if_any(faults, "ZIP-", "FILE-", "XML-", "SHEET-")


def _stop_if_any(faults: Faults, *families: str) -> None:
    """Stop where a fault of these families was noted; FILE-NAME and FILE-CHANGED do not hinder reading."""
    if any(f.rule.startswith(families) and f.rule not in ("FILE-NAME", "FILE-CHANGED") for f in faults.seen):
        last = faults.seen[-1]
        faults.seen.pop()
        raise faults.refuse(
            last.rule, sheet=last.where.sheet, cell=last.where.cell, found=last.found, **last.slots
        )


def _check_names(entries: list[zipfile.ZipInfo], faults: Faults) -> None:
    taken: set[str] = set()
    for entry in entries:
        # orig_filename: zipfile itself cuts a name at its first NUL.
        name = entry.orig_filename
        plain = name.replace("\\", "/")
        odd = (
            "\0" in name
            or "\\" in name
            or plain.startswith("/")
            or re.match(r"^[A-Za-z]:", plain) is not None
            or any(step in ("..", ".") for step in plain.split("/"))
            or any(ord(character) < 32 for character in name)
        )
        if odd or not plain:
            faults.add("ZIP-NAME", found=name, part=name)
        folded = plain.casefold()
        if folded in taken:
            faults.add("ZIP-DUPNAME", found=name, part=name)
        taken.add(folded)
        if _MACRO_PARTS.search("/" + plain):
            faults.add("FILE-MACRO", found=name, part=name)


def _check_places(content: bytes, entries: list[zipfile.ZipInfo], faults: Faults) -> None:
    """Local headers must agree with the directory, and no two entries may share bytes."""
    reached = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        start = _data_start(content, entry)
        if entry.header_offset < reached:
            faults.add("ZIP-OVERLAP", found=entry.filename, part=entry.filename)
            continue
        if start is None or start + entry.compress_size > len(content):
            faults.add("FILE-TRUNCATED", part=entry.filename)
            continue
        length = struct.unpack_from("<H", content, entry.header_offset + 26)[0]
        local = content[entry.header_offset + 30 : entry.header_offset + 30 + length]
        if local not in (_encoded(entry.orig_filename, "cp437"), _encoded(entry.orig_filename, "utf-8")):
            faults.add("ZIP-NAME", found=entry.filename, part=entry.filename)
        if entry.flag_bits & 0x1:
            faults.add("FILE-ENCRYPTED", part=entry.filename)
        reached = start + entry.compress_size


def _encoded(name: str, encoding: str) -> bytes | None:
    try:
        return name.encode(encoding)
    except UnicodeEncodeError:
        return None


def _data_start(content: bytes, entry: zipfile.ZipInfo) -> int | None:
    offset = entry.header_offset
    if offset < 0 or content[offset : offset + 4] != b"PK\x03\x04" or offset + 30 > len(content):
        return None
    name, extra = struct.unpack_from("<HH", content, offset + 26)
    return int(offset + 30 + name + extra)


def _check_declared_sizes(entries: list[zipfile.ZipInfo], faults: Faults) -> None:
    """What a header itself admits to be too large needs no decompression."""
    total = 0
    for entry in entries:
        total += entry.file_size
        if entry.file_size > MAX_PART_BYTES:
            _over("part", MAX_PART_BYTES, entry.file_size, entry, faults)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            faults.add("ZIP-METHOD", part=entry.filename)
    if total > MAX_TOTAL_BYTES:
        faults.add("FILE-BUDGET", what="total", limit=_mib(MAX_TOTAL_BYTES), actual=_mib(total), part="")


def _over(what: str, limit: int, actual: int, entry: zipfile.ZipInfo, faults: Faults) -> None:
    faults.add("FILE-BUDGET", what=what, limit=_mib(limit), actual=_mib(actual), part=entry.filename)


def _mib(size: int) -> str:
    return f"{size / 1048576:.1f} MB"


def _check_part(content: bytes, entry: zipfile.ZipInfo, faults: Faults, *, room: int) -> int:
    """Decompress one part piece by piece; return its true size."""
    size = crc = cells = 0
    scan: _XmlScan | None = None
    sheet = re.search(r"(?i)worksheets/[^/]+\.xml$", entry.filename) is not None
    try:
        for piece in _pieces(content, entry):
            if size == 0:
                scan = _XmlScan.begin(entry.filename, piece)
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            if sheet:
                cells += piece.count(b"<c ") + piece.count(b"<c>") + piece.count(b"<c/>")
            if size > min(MAX_PART_BYTES, room):
                what, limit = (
                    ("part", MAX_PART_BYTES) if size > MAX_PART_BYTES else ("total", MAX_TOTAL_BYTES)
                )
                _over(what, limit, size, entry, faults)
                return size
            if scan:
                scan.feed(piece)
    except zlib.error:
        faults.add("ZIP-CRC", found=entry.filename, part=entry.filename)
        return size
    if size != entry.file_size:
        faults.add("ZIP-SIZE-LIES", found=entry.filename, part=entry.filename)
    elif crc != entry.CRC:
        faults.add("ZIP-CRC", found=entry.filename, part=entry.filename)
    if size > _RATIO_FROM_BYTES and size > MAX_RATIO * max(entry.compress_size, 1):
        if cells > MAX_CELLS:
            faults.add("SHEET-BUDGET", found=entry.filename, limit=MAX_CELLS)
        else:
            ratio = size // max(entry.compress_size, 1)
            faults.add("FILE-BUDGET", what="ratio", limit=MAX_RATIO, actual=ratio, part=entry.filename)
    if scan:
        scan.close()
        for rule in scan.complaints:
            faults.add(rule, found=entry.filename, part=entry.filename)
    return size


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's content in pieces of at most 1 MiB, however large it says it is. Raises zlib.error."""
    start = _data_start(content, entry)
    if start is None:
        raise zlib.error("no local header")
    packed = memoryview(content)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        for offset in range(0, len(packed), _CHUNK):
            yield bytes(packed[offset : offset + _CHUNK])
        return
    unpacker = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    while True:
        piece = unpacker.decompress(rest, _CHUNK)
        rest = unpacker.unconsumed_tail
        if piece:
            yield piece
        if unpacker.eof:
            return
        if not rest and not piece:
            raise zlib.error("ends early")


class _XmlScan:
    """Looks through an XML part for a DTD, in UTF-8 or in UTF-16 with a byte order mark: no other encoding passes."""

    def __init__(self, encoding: str | None) -> None:
        self.complaints: list[str] = [] if encoding else ["XML-ENCODING"]
        self._decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
        self._tail = ""

    @classmethod
    def begin(cls, name: str, head: bytes) -> _XmlScan | None:
        """Return a scan if the part is XML by its name or its first bytes, else None (pictures and the like)."""
        named = name.casefold().endswith((".xml", ".rels", ".vml"))
        utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
        wide = head[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0") or head[:4] == b"+/v8"
        bare16 = head[:2] in (b"<\0", b"\0<")
        looks = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
        if not (named or utf16 or wide or bare16 or looks):
            return None
        if wide or bare16:
            return cls(None)
        encoding = "utf-16" if utf16 else "utf-8"
        text = (
            head[:400]
            .decode("utf-16" if utf16 else "latin-1", "replace")
            .lstrip("\ufeff")
            .removeprefix("ï»¿")
        )
        declared = _DECLARED.match(text)
        if declared and _ENCODINGS.get(declared[1].lower(), declared[1].lower()) != encoding:
            return cls(None)
        return cls(encoding)

    def feed(self, piece: bytes) -> None:
        """Scan the next bytes of the part."""
        if self._decoder is None:
            return
        try:
            text = self._tail + self._decoder.decode(piece)
        except UnicodeDecodeError:
            self._complain("XML-ENCODING")
            self._decoder = None
            return
        if any(mark in text for mark in _MARKS):
            self._complain("XML-DTD")
        self._tail = text[-_OVERLAP:]

    def close(self) -> None:
        """Note a part that ends within a character."""
        if self._decoder is None:
            return
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self._complain("XML-ENCODING")

    def _complain(self, rule: str) -> None:
        if rule not in self.complaints:
            self.complaints.append(rule)
