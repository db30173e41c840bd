"""Where files are joined and where they are cut, so that a small change is a small download."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

# Pages of 7-8 KB make groups of 32-64 KB: enough for the compressor, little to fetch anew.
NAMES_IN_GROUP: Final = 6
GROUP_LIMIT: Final = 64 << 10
# Above it a file is a group by itself, cut by its content.
LARGE: Final = 64 << 10
# Four groups, some fifteen files: their hashes compress to about 2 KB.
GROUPS_IN_SHARD: Final = 4
SHARD_LIMIT: Final = 64

PIECE_LEAST: Final = 4 << 10
PIECE_MOST: Final = 128 << 10
# A border where 12 bits of the rolling sum are zero: every 4 KB on average, after the first 4.
_MASK: Final = ((1 << 12) - 1) << 32
_TOWNSHIP: Final = re.compile(r"/\d{9}/")
_WORD: Final = (1 << 64) - 1
_GEAR: Final = tuple(
    int.from_bytes(hashlib.sha256(bytes([value])).digest()[:8], "big") for value in range(256)
)


def draw(path: str) -> int:
    """Return the number that decides about borders at this path; it depends on nothing else."""
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big")


def grouped(sizes: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    """Yield the paths of `sizes` (any order) in groups; a large file is one by itself.

    Pages of one name in all townships stay together: they are alike, and what changes one mostly changes all.
    """
    group: list[str] = []
    held = 0
    for name, pages in groupby(
        sorted((_shared_name(path), path, size) for path, size in sizes), itemgetter(0)
    ):
        bunch = [(path, size) for _, path, size in pages]
        whole = sum(size for _, size in bunch)
        if group and (held + whole > GROUP_LIMIT or draw(name) % NAMES_IN_GROUP == 0):
            yield group
            group, held = [], 0
        for path, size in bunch:
            if group and (size > LARGE or held + size > GROUP_LIMIT):
                yield group
                group, held = [], 0
            if size > LARGE:
                yield [path]
                continue
            group.append(path)
            held += size
    if group:
        yield group


def _shared_name(path: str) -> str:
    return _TOWNSHIP.sub("/", path, count=1)


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
