"""The update repository of one county: packing a release into it, and keeping its signatures fresh.

Whoever reads it at any moment sees a whole state: content is there before what names it, and timestamp.json, the one
file that is ever replaced under its own name, comes last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # its documented home; the package does not say so to mypy
    Metadata,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

from generator import durable, sealing, signing
from generator.errors import UsageError
from generator.kiosk import bundle, ceremony, cutting, metadata
from generator.kiosk.bundle import TARGET, Blob, Group, Release
from generator.kiosk.floor import FURTHEST_JUMP, moment_from, moment_text
from generator.kiosk.metadata import LIFETIMES, Lifetimes
from generator.kiosk.refusal import Refusal
from generator.model.releases import Entry, Manifest
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.signing import PrivateKey

LEFT_OUT: Final = ("data/", "originals/")
"""Nothing can be downloaded on a kiosk."""
KEPT_RELEASES: Final = 3
"""The blobs of so many releases stay, for kiosks that are in the middle of one."""

Keys = Mapping[str, "PrivateKey"]
"""Private keys by role: targets, snapshot, timestamp."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """What packing did."""

    number: int
    new: bool
    """False: the content is that of the newest release, and only its signatures were renewed."""
    files: int
    size: int
    """Bytes of the tree."""
    fetched: int
    """Bytes that a kiosk with the release before needs to fetch: new blobs and release.json."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The repository's metadata as it stands, not yet verified: it is our own."""

    timestamp: int
    snapshot: int
    targets: int
    release: Release
    targets_body: bytes
    timestamp_body: bytes


def blob_path(name: str) -> str:
    """Return where a blob stands in a repository or a kiosk's store."""
    return f"blobs/{name[:2]}/{name}"


def standing(repo: Path) -> Standing | None:
    """Return what the repository offers now, or None where nothing was packed yet.

    Raises:
        UsageError: its files do not fit together.
    """
    folder = repo / "metadata"
    try:
        timestamp_body = (folder / "timestamp.json").read_bytes()
        timestamp = Metadata[Timestamp].from_bytes(timestamp_body).signed
        snapshot_version = timestamp.snapshot_meta.version
        snapshot = (
            Metadata[Snapshot].from_bytes((folder / f"{snapshot_version}.snapshot.json").read_bytes()).signed
        )
        targets_version = snapshot.meta["targets.json"].version
        targets_body = (folder / f"{targets_version}.targets.json").read_bytes()
        target = Metadata[Targets].from_bytes(targets_body).signed.targets[TARGET]
        release = bundle.release_from((repo / "targets" / f"{target.hashes['sha256']}.{TARGET}").read_bytes())
    except FileNotFoundError:
        if not (folder / "timestamp.json").exists():
            return None
        raise _broken(repo) from None
    except (RepositoryError, KeyError, Refusal) as error:
        raise _broken(repo) from error
    return Standing(
        timestamp=timestamp.version,
        snapshot=snapshot_version,
        targets=targets_version,
        release=release,
        targets_body=targets_body,
        timestamp_body=timestamp_body,
    )


def _other_county(repo: Path, its: str, county: str) -> UsageError:
    return UsageError(
        Text(
            zh=f"更新库 {repo} 是 {its} 的，不能放入 {county} 的内容。",
            en=f"The update repository {repo} is that of {its}; {county} does not belong into it.",
        ),
        Text(
            zh="每县一个更新库：请核对 --repo 和 --county。",
            en="One repository a county: check --repo and --county.",
        ),
    )


def _broken(repo: Path) -> UsageError:
    return UsageError(
        Text(zh=f"更新库 {repo} 不完整。", en=f"The update repository {repo} is not whole."),
        Text(
            zh="请从备份恢复整个文件夹，再重新打包。",
            en="Bring the folder back from a backup and pack again.",
        ),
    )


def seal(site: Path, county: str) -> Manifest:
    """Return the manifest of what a kiosk shows: a county's pages without what can be downloaded."""
    return sealing.seal(site, county, keep=lambda path: not path.startswith(LEFT_OUT))


def pack(
    repo: Path,
    site: Path,
    county: str,
    keys: Keys,
    *,
    now: datetime,
    date: str,
    address: str = "",
    number: int | None = None,
    lifetimes: Lifetimes = LIFETIMES,
) -> Packed:
    """Make a release of the county's built pages in `site`; the same content again only renews the signatures.

    `date` is the day that kiosks show; `number` jumps ahead of the running number (after a stolen targets key).

    Raises:
        UsageError: no root is installed, a key is not the one that root names, the number is not higher, the clock is behind
            the last signature, or the pages were built as a preview.
        LockedError: another run packs this repository.
    """
    if sealing.is_preview(site):
        raise UsageError(
            Text(
                zh=f"{site} 是预览（含未生效的清单），不能打包。",
                en=f"{site} is a preview (with lists not in force) and cannot be packed.",
            ),
            Text(zh="请不带 --preview 重新建站。", en="Build it without --preview."),
        )
    _root_body(repo)  # before there is a lock: a mistyped folder is not made
    with durable.locked(repo / ceremony.PACK_LOCK):
        root = _root(repo, keys, ("targets", *metadata.ONLINE))
        before = standing(repo)
        if before is not None and before.release.county != county:
            raise _other_county(repo, before.release.county, county)
        _must_be_later(root, before, now)
        manifest = seal(site, county)
        _must_be_taken(manifest)
        same = (
            before is not None
            and before.release.manifest == manifest.digest
            and before.release.address == address
            and number is None
            and _is_complete(repo, before.release)
        )
        if before is not None and same:
            targets, version = _targets_again(before, root, keys, now, lifetimes)
            _publish(repo, targets, version, before, keys, now, lifetimes)
            return _packed(before.release, new=False, fetched=0)
        following = _number(before, number)
        groups, fetched = _store(repo, site, manifest, _known(repo, before))
        shards, more = _store_shards(repo, groups)
        release = Release(
            county=county,
            number=following,
            date=date,
            address=address,
            files=len(manifest.files),
            size=manifest.size,
            manifest=manifest.digest,
            shards=shards,
        )
        body = release.body()
        _write(repo / "targets" / f"{hashlib.sha256(body).hexdigest()}.{TARGET}", body)
        version = before.targets + 1 if before else 1
        targets = metadata.signed_targets(
            body, version, metadata.expiry(now, lifetimes.targets), [keys["targets"]]
        )
        _publish(repo, targets, version, before, keys, now, lifetimes)
        _forget(repo)
        return _packed(release, new=True, fetched=fetched + more + len(body))


def refresh(repo: Path, keys: Keys, *, now: datetime, lifetimes: Lifetimes = LIFETIMES) -> int:
    """Sign snapshot and timestamp anew, so that kiosks know the content is still the newest. Returns the release number.

    Raises:
        UsageError: nothing was packed yet, a key is not the one that root names, or the clock is behind the last signature.
        LockedError: another run writes this repository.
    """
    _root_body(repo)  # before there is a lock: a mistyped folder is not made
    with durable.locked(repo / ceremony.PACK_LOCK):
        root = _root(repo, keys, metadata.ONLINE)
        before = standing(repo)
        if before is None:
            raise UsageError(
                Text(zh=f"更新库 {repo} 里还没有内容。", en=f"Nothing was packed into {repo} yet."),
                Text(zh="请先运行 qingdan kiosk pack。", en="Run qingdan kiosk pack first."),
            )
        _must_be_later(root, before, now)
        _must_be_signed(root, before.targets_body)
        _publish(repo, before.targets_body, before.targets, before, keys, now, lifetimes)
        return before.release.number


def _must_be_later(root: Root, before: Standing | None, now: datetime) -> None:
    """Raise UsageError where the clock is behind what was signed last: kiosks would take the content for older.

    What keys signed that root has replaced since says nothing: replacing them is how a clock that ran ahead is put right.
    """
    if before is None:
        return
    held = Metadata[Timestamp].from_bytes(before.timestamp_body)
    if not root.get_verification_result("timestamp", held.signed_bytes, held.signatures):
        return
    try:
        signed = moment_from(str(held.signed.unrecognized_fields.get(metadata.SIGNED_AT)))
    except ValueError:
        return
    if now.replace(microsecond=0) < signed:
        raise UsageError(
            Text(
                zh=f"本机时钟（{moment_text(now)}）早于上次签名的时间（{moment_text(signed)}），未签名。",
                en=f"This machine's clock ({moment_text(now)}) is behind the moment of the last signature "
                f"({moment_text(signed)}); nothing was signed.",
            ),
            Text(
                zh="请校准时钟后重试；如果是上次签名时时钟快了，请等过了那个时间，或按 docs/keys.md 更换 timestamp 和 snapshot 密钥。",
                en="Set the clock and run again; if it was ahead at the last signature, wait until that moment is over, "
                "or replace the timestamp and snapshot keys as docs/keys.md says.",
            ),
        )


def _must_be_taken(manifest: Manifest) -> None:
    """Raise UsageError where every kiosk would refuse what is going to be signed."""
    strange = [entry.path for entry in manifest.files if not bundle.is_path(entry.path)]
    if strange:
        raise UsageError(
            Text(
                zh=f"一体机不接受这样的文件名：{strange[0]}。",
                en=f"Kiosks take no file of this name: {strange[0]}.",
            ),
            Text(
                zh="文件名只能用英文字母、数字、点、横线和下划线，且不以点开头。请删除整个网站文件夹，重新运行 qingdan build。",
                en="Letters, digits, dots, hyphens and underlines only, no dot first. Remove the site and run qingdan build again.",
            ),
        )


def _packed(release: Release, *, new: bool, fetched: int) -> Packed:
    return Packed(number=release.number, new=new, files=release.files, size=release.size, fetched=fetched)


def _root_body(repo: Path) -> bytes:
    body = ceremony.latest_root(repo)
    if body is None:
        raise UsageError(
            Text(zh=f"更新库 {repo} 还没有根元数据。", en=f"The repository {repo} has no root yet."),
            Text(
                zh="请先按 docs/keys.md 生成密钥并运行 qingdan keys install。",
                en="Make the keys as docs/keys.md says and run qingdan keys install.",
            ),
        )
    return body


def _root(repo: Path, keys: Keys, roles: Sequence[str]) -> Root:
    root = metadata.root_from(_root_body(repo))[1]
    for role in roles:
        public = signing.public_half(keys[role])
        if metadata.tuf_key(public).keyid not in root.roles[role].keyids:
            raise UsageError(
                Text(
                    zh=f"{role} 的密钥不是根元数据里登记的那一把。",
                    en=f"The key for {role} is not the one that root names.",
                ),
                Text(
                    zh=f"这一把的公钥是 {public}；请在密钥文件夹中换上登记的那一把（qingdan keys show 查看）。",
                    en=f"The public half of this one is {public}; put the one that root names into the folder of keys "
                    "(see qingdan keys show).",
                ),
            )
    return root


def _is_signed(root: Root, targets: bytes) -> bool:
    held = Metadata[Targets].from_bytes(targets)
    return bool(root.get_verification_result("targets", held.signed_bytes, held.signatures))


def _must_be_signed(root: Root, targets: bytes) -> None:
    if not _is_signed(root, targets):
        raise UsageError(
            Text(
                zh="targets 密钥已更换，只续签不够。",
                en="The targets key was replaced; renewing is not enough.",
            ),
            Text(zh="请运行 qingdan kiosk pack。", en="Run qingdan kiosk pack."),
        )


def _targets_again(
    before: Standing, root: Root, keys: Keys, now: datetime, lifetimes: Lifetimes
) -> tuple[bytes, int]:
    """Return the targets metadata to go on with: signed anew where its key changed or half its time is over."""
    held = Metadata[Targets].from_bytes(before.targets_body)
    if _is_signed(root, before.targets_body) and held.signed.expires - now > lifetimes.targets / 2:
        return before.targets_body, before.targets
    version = before.targets + 1
    expires = metadata.expiry(now, lifetimes.targets)
    return metadata.signed_targets(before.release.body(), version, expires, [keys["targets"]]), version


def _is_complete(repo: Path, release: Release) -> bool:
    """Whether every blob of a release is there; one that was lost is made again by packing a new release."""
    try:
        pieces = _pieces(repo, release)
    except (OSError, Refusal):
        return False
    return all((repo / blob_path(piece.name)).is_file() for group in pieces for piece in group)


def _number(before: Standing | None, asked: int | None) -> int:
    last = before.release.number if before else 0
    most = min(last + FURTHEST_JUMP, bundle.NUMBER_LIMIT)
    if asked is not None and not last < asked <= most:
        raise UsageError(
            Text(
                zh=f"期数必须大于 {last}，不超过 {most}。",
                en=f"The number must be above {last} and at most {most}.",
            )
        )
    return asked or last + 1


def _publish(
    repo: Path,
    targets: bytes,
    targets_version: int,
    before: Standing | None,
    keys: Keys,
    now: datetime,
    lifetimes: Lifetimes,
) -> None:
    folder = repo / "metadata"
    version = before.snapshot + 1 if before else 1
    snapshot = metadata.signed_snapshot(
        targets, targets_version, version, metadata.expiry(now, lifetimes.snapshot), [keys["snapshot"]]
    )
    timestamp = metadata.signed_timestamp(
        snapshot,
        version,
        before.timestamp + 1 if before else 1,
        now,
        metadata.expiry(now, lifetimes.timestamp),
        [keys["timestamp"]],
    )
    # What a killed run left under these names was never named by a timestamp: nobody has read it.
    _write(folder / f"{targets_version}.targets.json", targets)
    _write(folder / f"{version}.snapshot.json", snapshot)
    durable.replace_file(folder / "timestamp.json", timestamp)
    for name, newest in (("snapshot", version), ("targets", targets_version)):
        for path in sorted(folder.glob(f"*.{name}.json")):
            number = path.name.split(".")[0]
            if number.isdigit() and int(number) < newest - KEPT_RELEASES:
                durable.unlink(path)


def _write(path: Path, body: bytes) -> None:
    durable.make_folders(path.parent)
    if not path.is_file() or path.read_bytes() != body:
        durable.replace_file(path, body)


def _known(repo: Path, before: Standing | None) -> Mapping[str, tuple[Blob, ...]]:
    """Return the pieces of the newest release by what they hold: another zlib must not send everything anew."""
    known: dict[str, tuple[Blob, ...]] = {}
    for shard in before.release.shards if before else ():
        with suppress(OSError, Refusal):
            stored = (repo / blob_path(shard.name)).read_bytes()
            for group in bundle.groups_from(bundle.uncompress(shard, stored)):
                known[_holds(group.files)] = group.pieces
    return known


def _holds(files: Sequence[Entry]) -> str:
    return hashlib.sha256("".join(entry.sha256 for entry in files).encode()).hexdigest()


def _store(
    repo: Path, site: Path, manifest: Manifest, known: Mapping[str, tuple[Blob, ...]]
) -> tuple[list[Group], int]:
    entries = {entry.path: entry for entry in manifest.files}
    groups: list[Group] = []
    new = 0
    for paths in cutting.grouped([(entry.path, entry.size) for entry in manifest.files]):
        files = tuple(entries[path] for path in paths)
        pieces = known.get(_holds(files))
        if pieces is None or not all(_is_stored(repo, piece) for piece in pieces):
            body = b"".join(sealing.read_as_sealed(site, entry) for entry in files)
            parts = list(cutting.cut(body)) if files[0].size > cutting.LARGE else [body]
            held = [_store_blob(repo, part) for part in parts]
            pieces = tuple(blob for blob, _ in held)
            new += sum(blob.size for blob, fresh in held if fresh)
        groups.append(Group(pieces=pieces, files=files))
    return groups, new


def _is_stored(repo: Path, blob: Blob) -> bool:
    path = repo / blob_path(blob.name)
    return path.is_file() and not path.is_symlink() and sealing.hash_file(path) == (blob.size, blob.name)


def _store_blob(repo: Path, body: bytes) -> tuple[Blob, bool]:
    blob, stored = bundle.compress(body)
    if blob.size > bundle.BLOB_LIMIT:
        raise ValueError(f"a blob of {blob.size} bytes")  # the cutter's limits make this impossible
    fresh = not _is_stored(repo, blob)
    if fresh:
        path = repo / blob_path(blob.name)
        durable.make_folders(path.parent)
        durable.replace_file(path, stored)
    return blob, fresh


def _store_shards(repo: Path, groups: Sequence[Group]) -> tuple[tuple[Blob, ...], int]:
    shards: list[Blob] = []
    new = 0
    held: list[Group] = []
    for index, group in enumerate(groups):
        held.append(group)
        following = groups[index + 1] if index + 1 < len(groups) else None
        ends = (
            following is None
            or cutting.draw("shard " + following.files[0].path) % cutting.GROUPS_IN_SHARD == 0
        )
        if ends or len(held) == cutting.SHARD_LIMIT:
            blob, fresh = _store_blob(repo, bundle.shard_body(tuple(held)))
            shards.append(blob)
            new += blob.size if fresh else 0
            held = []
    return tuple(shards), new


def _forget(repo: Path) -> None:
    """Take away releases before the newest few, and blobs that none of those left names."""
    releases: list[tuple[int, Path, Release]] = []
    for path in sorted((repo / "targets").glob(f"*.{TARGET}")):
        with suppress(Refusal):
            release = bundle.release_from(path.read_bytes())
            releases.append((release.number, path, release))
    releases.sort(key=lambda found: found[0], reverse=True)
    kept: set[str] = set()
    for _, _, release in releases[:KEPT_RELEASES]:
        kept.update(shard.name for shard in release.shards)
        with suppress(OSError, Refusal):  # an older release that lost a shard is no use to any kiosk
            kept.update(piece.name for pieces in _pieces(repo, release) for piece in pieces)
    for _, path, _ in releases[KEPT_RELEASES:]:
        durable.unlink(path)
    for path in sorted((repo / "blobs").glob("*/*")):
        if path.name not in kept:
            durable.unlink(path)


def _pieces(repo: Path, release: Release) -> list[tuple[Blob, ...]]:
    found: list[tuple[Blob, ...]] = []
    for shard in release.shards:
        stored = (repo / blob_path(shard.name)).read_bytes()
        found += [group.pieces for group in bundle.groups_from(bundle.uncompress(shard, stored))]
    return found
