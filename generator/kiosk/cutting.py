"""Where files are joined and where they are cut, so that a small change is a small download."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

# Six pages of 7-8 KB make a group of 32-64 KB: enough for the compressor, little to fetch anew.
FILES_IN_GROUP: Final = 6
GROUP_LIMIT: Final = 64 << 10
# Above it a file is a group by itself, cut by its content.
LARGE: Final = 64 << 10
# Four groups, some fifteen files: their hashes compress to about 2 KB.
GROUPS_IN_SHARD: Final = 4
SHARD_LIMIT: Final = 64

PIECE_LEAST: Final = 8 << 10
PIECE_MOST: Final = 128 << 10
# A border where 14 bits of the rolling sum are zero: every 16 KB on average, after the first 8.
_MASK: Final = ((1 << 14) - 1) << 32
_WORD: Final = (1 << 64) - 1
_GEAR: Final = tuple(
    int.from_bytes(hashlib.sha256(bytes([value])).digest()[:8], "big") for value in range(256)
)


def draw(path: str) -> int:
    """Return the number that decides about borders at this path; it depends on nothing else."""
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big")


def grouped(sizes: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Yield the paths of `sizes` (sorted by path) in groups; a large file is one by itself."""
    group: list[str] = []
    held = 0
    for path, size in sizes:
        large = size > LARGE
        if group and (large or held + size > GROUP_LIMIT or draw(path) % FILES_IN_GROUP == 0):
            yield group
            group, held = [], 0
        if large:
            yield [path]
            continue
        group.append(path)
        held += size
    if group:
        yield group


def cut(body: bytes) -> Iterator[bytes]:
    """Yield `body` in pieces whose borders depend on the bytes before them only (a gear hash, as backup programs use)."""
    start, total = 0, len(body)
    while total - start > PIECE_LEAST:
        end = min(start + PIECE_MOST, total)
        rolling = 0
        for place in range(start + PIECE_LEAST - 64, end):
            rolling = ((rolling << 1) + _GEAR[body[place]]) & _WORD
            if place >= start + PIECE_LEAST and not rolling & _MASK:
                end = place + 1
                break
        yield body[start:end]
        start = end
    if start < total or not total:
        yield body[start:]
