"""The directory of an OLE compound file: which streams and storages it holds, and nothing else of it.

Just enough of [MS-CFB] to tell a workbook from a Word document or an encrypted package without a parser of
strangers' bytes in C. Every chain is walked at most once per sector, so that a loop ends.
"""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFF0  # sector numbers from here on are marks, not sectors
_ENTRY = 128


def names(data: bytes) -> tuple[str, ...] | None:
    """Return the names of all streams and storages, or None where the file is cut short or damaged."""
    try:
        return _names(data)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _names(data: bytes) -> tuple[str, ...] | None:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return None
    size = 1 << shift
    table = _sector_table(data, size)
    sector = struct.unpack_from("<I", data, 48)[0]
    found: list[str] = []
    walked = 0
    while sector < _FREE:
        start = (sector + 1) * size
        if start + size > len(data) or walked > len(table):
            return None
        for offset in range(start, start + size, _ENTRY):
            length, kind = struct.unpack_from("<HB", data, offset + 64)
            if kind in (1, 2, 5) and 2 <= length <= 64:
                found.append(data[offset : offset + length - 2].decode("utf-16-le"))
        sector = table[sector]
        walked += 1
    return tuple(found)


def _sector_table(data: bytes, size: int) -> list[int]:
    """The file allocation table: for each sector the one that follows it."""
    sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _FREE]
    more, count = struct.unpack_from("<II", data, 68)
    per_sector = size // 4
    for _ in range(min(count, len(data) // size)):
        if more >= _FREE:
            break
        entries = struct.unpack_from(f"<{per_sector}I", data, (more + 1) * size)
        sectors.extend(s for s in entries[:-1] if s < _FREE)
        more = entries[-1]
    table: list[int] = []
    for sector in sectors[: len(data) // size + 1]:
        table.extend(struct.unpack_from(f"<{per_sector}I", data, (sector + 1) * size))
    return table
