"""What leaves the house: a sealed tree, and the releases of it.

A *unit* is what is released by itself: one county (its six digits), or the province's own pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

PROVINCE_UNIT = "province"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file of a sealed tree."""

    path: str
    """Relative to the unit's folder, with slashes."""
    size: int
    """Bytes."""
    sha256: str
    """Of its bytes, 64 lower-case hex digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One file that is not as it was sealed."""

    path: str
    what: str
    """`changed`, `missing` or `extra`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Every file of one unit, so that two trees with one manifest hold the same bytes."""

    unit: str
    files: tuple[Entry, ...]
    """Sorted by path."""

    @property
    def size(self) -> int:
        """Bytes over all files."""
        return sum(entry.size for entry in self.files)

    def body(self) -> bytes:
        """Return the one way of writing this manifest; its SHA-256 names the tree."""
        files = [[entry.path, entry.size, entry.sha256] for entry in self.files]
        lines = ",\n".join(json.dumps(file, ensure_ascii=False, separators=(",", ":")) for file in files)
        return f'{{"unit":"{self.unit}","files":[\n{lines}\n]}}\n'.encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `body()`, in hex."""
        return hashlib.sha256(self.body()).hexdigest()


def manifest_from(body: bytes) -> Manifest:
    """Read what `Manifest.body` wrote. Raises ValueError for anything else, a second spelling included."""
    try:
        fields = json.loads(body)
        files: Sequence[tuple[str, int, str]] = [
            (str(path), int(size), str(sha)) for path, size, sha in fields["files"]
        ]
        manifest = Manifest(
            unit=str(fields["unit"]),
            files=tuple(Entry(path=path, size=size, sha256=sha) for path, size, sha in files),
        )
    except (KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("no manifest") from error
    if manifest.body() != body:
        raise ValueError("a manifest in another spelling")
    return manifest
