"""What a kiosk release is made of: one small signed file, shards that list the tree, blobs that hold it.

`release.json`, the only file that TUF signs, names the shards; a shard is a compressed list of *groups*; a group is some
files, one after another, in one or more *pieces*. A piece and a shard are blobs: zlib, at most 1 MiB, named by the SHA-256 of
the bytes as they are stored and sent, so that nothing is uncompressed before it is known to be what was signed.

Where a group or shard begins is decided by the hash of a name, or where no more has room: a file that comes, changes or
goes moves few borders but its own (`cutting`).
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from generator.kiosk.refusal import Refusal
from generator.model.releases import Entry, Manifest
from generator.model.text import Text

FORMAT: Final = 1
TARGET: Final = "release.json"
BLOB_LIMIT: Final = 1 << 20
"""Bytes of a blob as stored, and of what a shard may uncompress to times four."""
RAW_LIMIT: Final = 4 << 20
RELEASE_LIMIT: Final = 1 << 20
TREE_LIMIT: Final = 2 << 30
FILES_LIMIT: Final = 500_000
NUMBER_LIMIT: Final = 1_000_000_000
"""A release number beyond it can only be meant to block every later one."""

_SHA = re.compile(r"[0-9a-f]{64}")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """Some bytes, compressed."""

    name: str
    """SHA-256 of the stored bytes."""
    size: int
    """Bytes as stored."""
    raw: int
    """Bytes uncompressed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Files, one after another, cut into pieces: what the pieces hold joined is what the files hold joined."""

    pieces: tuple[Blob, ...]
    files: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """`release.json`."""

    county: str
    number: int
    date: str  # the field's name in release.json
    """The day it was packed, in China."""
    address: str
    """Public address of the county's pages, for QR codes; empty where there is none."""
    files: int
    size: int
    manifest: str
    """SHA-256 of `Manifest.body()`: the whole tree, however it was cut."""
    shards: tuple[Blob, ...]

    def body(self) -> bytes:
        """Return the one way of writing this release."""
        fields = {
            "format": FORMAT,
            "county": self.county,
            "number": self.number,
            "date": self.date,
            "address": self.address,
            "files": self.files,
            "size": self.size,
            "manifest": self.manifest,
            "shards": [_blob_fields(shard) for shard in self.shards],
        }
        return (json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _blob_fields(blob: Blob) -> list[str | int]:
    return [blob.name, blob.size, blob.raw]


def shard_body(groups: tuple[Group, ...]) -> bytes:
    """Return the uncompressed bytes of a shard."""
    lines = [
        json.dumps(
            [
                [_blob_fields(piece) for piece in group.pieces],
                [[entry.path, entry.size, entry.sha256] for entry in group.files],
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for group in groups
    ]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def compress(body: bytes) -> tuple[Blob, bytes]:
    """Return a blob of `body` and its stored bytes."""
    stored = zlib.compress(body, 9)
    return Blob(name=hashlib.sha256(stored).hexdigest(), size=len(stored), raw=len(body)), stored


def uncompress(blob: Blob, stored: bytes) -> bytes:
    """Return what a blob holds, after its name was proved. Raises Refusal (`damaged`)."""
    if len(stored) != blob.size or hashlib.sha256(stored).hexdigest() != blob.name:
        raise damaged(f"blob {blob.name[:12]}")
    machine = zlib.decompressobj()
    try:
        # One byte more than it should hold: what says it is bigger must not fill the memory to prove it.
        body = machine.decompress(stored, blob.raw + 1)
    except zlib.error as error:
        raise damaged(f"blob {blob.name[:12]}") from error
    if len(body) != blob.raw or not machine.eof or machine.unused_data:
        raise damaged(f"blob {blob.name[:12]}")
    return body


def damaged(what: str) -> Refusal:
    """Say that something is not what was signed."""
    return Refusal(
        "damaged",
        Text(zh=f"更新内容与签名不符（{what}）。", en=f"The update is not what was signed ({what})."),
    )


def _malformed(what: str) -> Refusal:
    return Refusal(
        "format", Text(zh=f"更新内容格式不对（{what}）。", en=f"The update is malformed ({what}).")
    )


def release_from(body: bytes) -> Release:
    """Read `release.json`. Raises Refusal (`format`) for anything that `Release.body` would not write."""
    try:
        fields = json.loads(body)
        release = Release(
            county=str(fields["county"]),
            number=_count(fields["number"], NUMBER_LIMIT),
            date=str(fields["date"]),
            address=str(fields["address"]),
            files=_count(fields["files"], FILES_LIMIT),
            size=_count(fields["size"], TREE_LIMIT),
            manifest=_sha(fields["manifest"]),
            shards=tuple(_blob(shard) for shard in fields["shards"]),
        )
        # One spelling: a second reading of the same bytes cannot see something else.
        if release.body() != body or not _is_day(release.date) or release.number < 1:
            raise ValueError(TARGET)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _malformed(TARGET) from error
    return release


def groups_from(body: bytes) -> tuple[Group, ...]:
    """Read a shard. Raises Refusal (`format`): wrong shape, a name that leads out of the tree, sizes that do not add up."""
    try:
        groups = tuple(
            Group(
                pieces=tuple(_blob(piece) for piece in pieces),
                files=tuple(
                    Entry(path=_path(path), size=_count(size, TREE_LIMIT), sha256=_sha(sha))
                    for path, size, sha in files
                ),
            )
            for pieces, files in json.loads(body)
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _malformed("shard") from error
    for group in groups:
        if sum(piece.raw for piece in group.pieces) != sum(entry.size for entry in group.files):
            raise _malformed("group")
    return groups


def manifest_of(release: Release, groups: tuple[Group, ...]) -> Manifest:
    """Return the manifest that the shards of a release make together. Raises Refusal where it is not the signed one."""
    files = sorted((entry for group in groups for entry in group.files), key=lambda entry: entry.path)
    paths = {entry.path for entry in files}
    if len(paths) != len(files) or any(parent in paths for path in paths for parent in _parents(path)):
        raise _malformed("two files in one place")
    manifest = Manifest(unit=release.county, files=tuple(files))
    if manifest.digest != release.manifest or manifest.size != release.size or len(files) != release.files:
        raise damaged("manifest")
    return manifest


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _count(value: object, limit: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
        raise ValueError(value)
    return value


def _sha(value: object) -> str:
    if not isinstance(value, str) or not _SHA.fullmatch(value):
        raise ValueError(value)
    return value


def is_path(path: str) -> bool:
    """Whether kiosks take a file of this name: no dot file, no "..", nothing absolute, nothing a disk could read in another way."""
    return all(_SEGMENT.fullmatch(part) for part in path.split("/"))


def _path(value: object) -> str:
    if not isinstance(value, str) or not is_path(value):
        raise ValueError(value)
    return value


def _blob(value: object) -> Blob:
    if not isinstance(value, list):
        raise TypeError(value)
    name, size, raw = value
    return Blob(name=_sha(name), size=_count(size, BLOB_LIMIT), raw=_count(raw, RAW_LIMIT))
