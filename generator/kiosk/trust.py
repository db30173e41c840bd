"""What a source can prove: python-tuf's verification, and our own floor on top of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Root  # type: ignore[attr-defined]  # its documented home
from tuf.api.serialization import DeserializationError
from tuf.ngclient import Updater, UpdaterConfig  # type: ignore[attr-defined]  # its documented home

from generator import durable
from generator.kiosk import bundle, floor
from generator.kiosk.bundle import TARGET, Release
from generator.kiosk.fetch import Fetcher, Source
from generator.kiosk.floor import ROLES, Floor
from generator.kiosk.metadata import SIGNED_AT
from generator.kiosk.refusal import Refusal
from generator.model.text import Text

# Ours are a few kilobytes; what is bigger is not ours.
_CONFIG: Final = UpdaterConfig(
    max_root_rotations=256,
    root_max_length=65_536,
    timestamp_max_length=16_384,
    snapshot_max_length=65_536,
    targets_max_length=65_536,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A release whose signatures hold, and the versions that the floor will move to once it is on the screen."""

    release: Release
    floor: Floor
    root_hidden: bool
    """The source answered 403 where a newer root would be: perhaps none, perhaps kept from us."""


def prove(state: Path, source: Source, county: str, bound: Floor | None, now: datetime) -> Proof:
    """Return what the source offers, verified from this machine's own root.json on and held against the floor.

    `now` is the machine's clock; what was signed later than that is believed more.

    Raises:
        Refusal: nothing that could be shown, and why.
    """
    root = _root(state)
    time = max(now, bound.signed_at) if bound else now
    fetcher = Fetcher(source)
    updater = _updater(state, fetcher, root, time)
    try:
        try:
            updater.refresh()
        except ExpiredMetadataError:
            # A thief of the timestamp key may have signed in the far future: once root has replaced that key, its word
            # about time counts no more.
            replaced = bound is not None and _keys(_root_of(updater))["timestamp"] != bound.keys["timestamp"]
            if not replaced or time == now:
                raise
            updater = _updater(state, fetcher, root, now)
            updater.refresh()
        release = _release(updater, fetcher)
        seen = _seen(updater, release)
    except (RepositoryError, DownloadError) as error:
        raise _refusal(error, fetcher) from error
    floor.must_not_be_older(bound, seen)
    if release.county != county:
        raise Refusal(
            "foreign",
            Text(
                zh=f"这是 {release.county} 的内容，本机属于 {county}。",
                en=f"This is the content of {release.county}; this machine is of {county}.",
            ),
        )
    return Proof(release=release, floor=seen, root_hidden=fetcher.root_forbidden)


def _root(state: Path) -> bytes:
    try:
        return (state / "root.json").read_bytes()
    except OSError as error:
        raise _no_root() from error


def _no_root() -> Refusal:
    return Refusal(
        "root",
        Text(
            zh="本机的 root.json 缺失或损坏，请重新放入。",
            en="This machine's root.json is missing or damaged; put it there again.",
        ),
    )


def _updater(state: Path, fetcher: Fetcher, root: bytes, time: datetime) -> Updater:
    cache = state / "metadata"
    durable.make_folders(cache)
    try:
        updater = _made(cache, fetcher, root)
    except OSError:
        # Only a cache: whatever stands in its way (a folder where a file should be) is not worth an update.
        durable.remove_tree(cache)
        durable.make_folders(cache)
        updater = _made(cache, fetcher, root)
    except (RepositoryError, ValueError) as error:
        raise _no_root() from error
    # python-tuf reads the machine's clock itself and has no argument for another; a test holds on to this name.
    updater._trusted_set.reference_time = time
    return updater


def _made(cache: Path, fetcher: Fetcher, root: bytes) -> Updater:
    _sweep(cache)
    return Updater(
        metadata_dir=str(cache),
        metadata_base_url="metadata/",
        target_base_url="targets/",
        fetcher=fetcher,
        config=_CONFIG,
        bootstrap=root,
    )


def _sweep(cache: Path) -> None:
    """Take away what a killed run left, and folders where files should be."""
    for path in sorted(cache.iterdir()):
        known = path.name in ("root.json", *(f"{role}.json" for role in ROLES)) and not path.is_dir()
        if not known and (path.name != "root_history" or not path.is_dir()):
            durable.remove_tree(path)
    with suppress(FileNotFoundError):
        for path in sorted((cache / "root_history").iterdir()):
            if path.is_dir():
                durable.remove_tree(path)


def _root_of(updater: Updater) -> Root:
    return updater._trusted_set.root


def _keys(root: Root) -> dict[str, str]:
    """Return by role a short name of who may sign it."""
    return {
        role: hashlib.sha256(
            f"{root.roles[role].threshold} {' '.join(sorted(root.roles[role].keyids))}".encode()
        ).hexdigest()[:16]
        for role in ROLES
    }


def _release(updater: Updater, fetcher: Fetcher) -> Release:
    info = updater.get_targetinfo(TARGET)
    if info is None or info.length > bundle.RELEASE_LIMIT or "sha256" not in info.hashes:
        raise RepositoryError("no release")
    with fetcher.download_file(f"targets/{info.hashes['sha256']}.{TARGET}", info.length) as file:
        body = file.read()
    info.verify_length_and_hashes(body)
    return bundle.release_from(body)


def _seen(updater: Updater, release: Release) -> Floor:
    trusted = updater._trusted_set
    timestamp = trusted.timestamp
    signed, expires = timestamp.unrecognized_fields.get(SIGNED_AT), floor.moment_text(timestamp.expires)
    try:
        if floor.moment_from(str(signed)) > timestamp.expires:
            raise ValueError(signed)
    except ValueError as error:
        raise RepositoryError("timestamp without its moment") from error
    return Floor(
        release=release.number,
        manifest=release.manifest,
        root=trusted.root.version,
        timestamp=timestamp.version,
        snapshot=trusted.snapshot.version,
        targets=trusted.targets.version,
        keys=_keys(trusted.root),
        signed=str(signed),
        expires=expires,
    )


def _refusal(error: Exception, fetcher: Fetcher) -> Refusal:
    """Return what an error of TUF's means to whoever watches over kiosks."""
    if fetcher.refusal is not None and type(error) is DownloadError:
        return fetcher.refusal
    said = f"{type(error).__name__}: {error}"[:200]
    kinds: tuple[tuple[type[Exception], str, str, str], ...] = (
        (ExpiredMetadataError, "expired", "来源的签名已过期", "The signatures of the source have expired"),
        (UnsignedMetadataError, "not-signed", "签名不对或不够", "Wrong or too few signatures"),
        (
            BadVersionNumberError,
            "older",
            "来源比已验证过的内容旧",
            "The source is older than what was verified",
        ),
        (LengthOrHashMismatchError, "damaged", "内容与签名不符", "The content is not what was signed"),
        (DownloadLengthMismatchError, "too-big", "内容超出规定的大小", "More than may be sent"),
        (DeserializationError, "format", "元数据格式不对", "The metadata is malformed"),
    )
    for kind, code, zh, en in kinds:
        if isinstance(error, kind):
            return Refusal(code, Text(zh=f"{zh}（{said}）。", en=f"{en} ({said})."))
    return Refusal(
        "format", Text(zh=f"元数据不能采用（{said}）。", en=f"The metadata cannot be used ({said}).")
    )
