"""What a release is made of: the files that were built, the text among them compressed too, and assets that readers still ask for."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator import sealing
from generator.errors import UsageError
from generator.model.releases import PROVINCE_UNIT, Entry, Manifest
from generator.model.text import Text
from generator.release.note import FOLDER
from generator.release.order import readers_order
from generator.release.target import Progress, Staged

_TEXT: Final = (".html", ".css", ".js", ".json", ".csv", ".svg", ".xml", ".txt", ".atom", ".webmanifest")
_SMALL: Final = 1024
"""Bytes; a file this short fits one packet as it is."""
_COUNTY: Final = re.compile(r"[0-9]{6}")
_SUMMARY: Final = "summary.json"
"""Only a county's pages have it, at their top."""
_AT_ONCE: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """One unit of a built site, sealed."""

    folder: Path
    manifest: Manifest
    preview: bool
    """Whether it was built with lists that are not in force, and says so in a band."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What the target has already and was seen to have unharmed: entries by path, and the place that holds them."""

    place: str
    entries: Mapping[str, Entry]


NOTHING_HELD: Final = Held(place="", entries={})


def entry_of(path: str, body: bytes) -> Entry:
    """Return the entry of a file with these bytes."""
    return Entry(path=path, size=len(body), sha256=hashlib.sha256(body).hexdigest())


def units_of(site: Path) -> tuple[str, ...]:
    """Return the units of a built site: its counties sorted by code, then the province's own pages."""
    if not site.is_dir():
        return ()
    counties = sorted(inner.name for inner in site.iterdir() if _COUNTY.fullmatch(inner.name))
    return (*counties, PROVINCE_UNIT) if (site / "index.html").is_file() else tuple(counties)


def built_unit(site: Path, unit: str) -> Built:
    """Seal one unit of a built site.

    Raises UsageError where it is not built, or holds what a release cannot: a link, or a folder of the release's own name.
    """
    folder = site if unit == PROVINCE_UNIT else site / unit
    if not (folder / "index.html").is_file():
        raise UsageError(
            Text(zh=f"{folder} 中没有建成的网站。", en=f"There is no built site in {folder}."),
            Text(zh="请先运行 qingdan build。", en="Run qingdan build first."),
        )
    if unit == PROVINCE_UNIT and (folder / _SUMMARY).is_file():
        raise UsageError(
            Text(
                zh=f"{folder} 是一个县的网页，不是整个网站。",
                en=f"{folder} holds the pages of one county, not a whole site.",
            ),
            Text(
                zh=f"请写 --site {folder.parent}；只发布这个县的，再加 --county {folder.name}。",
                en=f"Give --site {folder.parent}, and --county {folder.name} to publish that county alone.",
            ),
        )
    try:
        manifest = sealing.seal(folder, unit, _is_provincial if unit == PROVINCE_UNIT else None)
    except ValueError as error:
        raise _strange(folder, str(error)) from error
    if any(entry.path.startswith(FOLDER) for entry in manifest.files):
        raise _strange(folder, FOLDER)
    return Built(folder=folder, manifest=manifest, preview=sealing.is_preview(folder))


def _is_provincial(path: str) -> bool:
    return not _COUNTY.fullmatch(path.partition("/")[0])


def _strange(folder: Path, what: str) -> UsageError:
    return UsageError(
        Text(zh=f"{folder} 中有不属于网站的内容：{what}。", en=f"{folder} holds what no site has: {what}."),
        Text(
            zh="请删除整个网站文件夹，重新运行 qingdan build。",
            en="Remove the folder and run qingdan build again.",
        ),
    )


def assembled(
    built: Built, held: Held, carried: Sequence[Entry], progress: Progress
) -> tuple[Manifest, list[Staged]]:
    """Return the manifest of a release and its files in the order in which they may become visible.

    Files that `held` has unharmed are taken from there, and so are the `carried` assets.
    """
    staged = [
        Staged(
            entry=entry,
            source=built.folder / entry.path,
            held_in=held.place if held.entries.get(entry.path) == entry else None,
        )
        for entry in built.manifest.files
    ]
    staged += _compressed(built, held, progress)
    staged += [Staged(entry=entry, source=None, held_in=held.place) for entry in carried]
    return _ordered(built.manifest.unit, staged)


def repeated(unit: str, held: Held, carried: Held) -> tuple[Manifest, list[Staged]]:
    """Return the manifest and files of a release that shows `held` again, with assets of another one beside it."""
    staged = [
        Staged(entry=entry, source=None, held_in=source.place)
        for source in (held, carried)
        for entry in source.entries.values()
    ]
    return _ordered(unit, staged)


def _ordered(unit: str, staged: Sequence[Staged]) -> tuple[Manifest, list[Staged]]:
    entries = sorted((file.entry for file in staged), key=lambda entry: entry.path)
    return (
        Manifest(unit=unit, files=tuple(entries)),
        sorted(staged, key=lambda file: readers_order(file.entry.path)),
    )


def _compressed(built: Built, held: Held, progress: Progress) -> Iterator[Staged]:
    """Yield a compressed copy of every text file that gains by one; what the target has is not made again."""
    there = {entry.path for entry in built.manifest.files}
    to_make = []
    for entry in built.manifest.files:
        copy = f"{entry.path}.gz"
        if not entry.path.endswith(_TEXT) or entry.size <= _SMALL or copy in there:
            continue
        if held.entries.get(entry.path) == entry and copy in held.entries:
            yield Staged(entry=held.entries[copy], source=None, held_in=held.place)
        else:
            to_make.append(entry)
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # zlib lets go of the interpreter while it works
        bodies = pool.map(lambda entry: _gzip(sealing.read_as_sealed(built.folder, entry)), to_make)
        for done, (entry, body) in enumerate(zip(to_make, bodies, strict=True), start=1):
            progress(f"{entry.path}.gz", done, len(to_make))
            if len(body) < entry.size:
                made = entry_of(f"{entry.path}.gz", body)
                known = held.place if held.entries.get(made.path) == made else None
                yield Staged(entry=made, source=body, held_in=known)


def _gzip(body: bytes) -> bytes:
    """Compress without a date and without naming the system, so that the same text gives the same bytes everywhere."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = squeeze.compress(body) + squeeze.flush()
    # RFC 1952: magic, deflate, no flags, no time, slowest, unknown system; then CRC-32 and length.
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return head + packed + struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
