"""Updates that must not be shown: forged, old, mixed, oversized, malformed, foreign, half-copied.

Each attack starts from the honest repository at release 4 while the kiosk shows release 3, so that taking the newer release
would be right had nobody tampered with it. Whatever is tried: a refusal with a code, the page as before, the floor as before, and
the honest release taken the next time.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from generator import signing
from generator.errors import EXIT_KIOSK_REFUSED, KioskRefusedError, UsageError
from generator.kiosk import bundle, ceremony, floor, metadata, repository, state
from generator.kiosk.bundle import Blob, Group
from generator.kiosk.pull import pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.status import status
from generator.model.releases import Manifest
from tests.kiosk_repo import COUNTY, NOW, TOWNSHIP, Bench, groups, newest, shown

LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


class Scene:
    """Copies of the repository at each release, and a kiosk that shows the third."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.old: dict[int, Path] = {}
        for number in range(1, 5):
            self.bench.pack(f"text {number}", now=NOW)
            self.old[number] = self.bench.copy(f"release-{number}")
            if number == 3:
                self.kiosk = self.bench.kiosk()
                pull(self.kiosk, now=NOW)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One scene for all attacks; each works on copies."""
    return Scene(tmp_path_factory.mktemp("attacks") / "bench")


Attack = Callable[[Scene, Path], datetime | None]
ATTACKS: list[tuple[str, frozenset[str], Attack]] = []


def attack(*codes: str) -> Callable[[Attack], Attack]:
    """Add an attack to the list, with the codes that may answer it."""

    def add(run: Attack) -> Attack:
        ATTACKS.append((run.__name__, frozenset(codes), run))
        return run

    return add


def put(scene: Scene, evil: Path, path: str, number: int, name: str | None = None) -> None:
    """Put a file of an earlier release into the repository."""
    shutil.copy(scene.old[number] / path, evil / (name or path))


def versions(evil: Path) -> tuple[int, int, int]:
    """Return the versions of timestamp, snapshot and targets."""
    standing = repository.standing(evil)
    assert standing is not None
    return standing.timestamp, standing.snapshot, standing.targets


# --- older ---------------------------------------------------------------------------------------------------------------


@attack("older")
def rollback_of_everything(scene: Scene, evil: Path) -> None:
    """The whole repository as it was at release 1."""
    shutil.rmtree(evil)
    shutil.copytree(scene.old[1], evil)


@attack("older")
def rollback_by_one(scene: Scene, evil: Path) -> None:
    """The whole repository as it was at release 2."""
    shutil.rmtree(evil)
    shutil.copytree(scene.old[2], evil)


@attack("older")
def rollback_of_the_timestamp(scene: Scene, evil: Path) -> None:
    """Only timestamp.json is an old one."""
    put(scene, evil, "metadata/timestamp.json", 2)


@attack("older")
def rollback_of_the_snapshot_with_a_stolen_timestamp_key(scene: Scene, evil: Path) -> None:
    """A new timestamp names an old snapshot."""
    body = (evil / "metadata/2.snapshot.json").read_bytes()
    keys = [scene.bench.keys["timestamp"]]
    long = NOW + timedelta(days=14)
    (evil / "metadata/timestamp.json").write_bytes(metadata.signed_timestamp(body, 2, 9, NOW, long, keys))


@attack("older")
def rollback_of_targets_with_both_online_keys_stolen(scene: Scene, evil: Path) -> None:
    """A new timestamp and snapshot name the targets of release 2."""
    targets = (evil / "metadata/2.targets.json").read_bytes()
    long = NOW + timedelta(days=14)
    keys = scene.bench.keys
    body = metadata.signed_snapshot(targets, 2, 9, long, [keys["snapshot"]])
    (evil / "metadata/9.snapshot.json").write_bytes(body)
    stamp = metadata.signed_timestamp(body, 9, 9, NOW, long, [keys["timestamp"]])
    (evil / "metadata/timestamp.json").write_bytes(stamp)


@attack("older")
def older_release_signed_anew_by_everybody(scene: Scene, evil: Path) -> None:
    """All keys sign release 2 again under higher versions."""
    scene.bench.issue(evil, newest(scene.old[2]).body())


@attack("fork")
def another_tree_under_the_number_shown(scene: Scene, evil: Path) -> None:
    """Release 3 exists twice, with different pages."""
    scene.bench.issue(evil, replace(newest(evil), number=3).body())


@attack("expired")
def freeze(scene: Scene, evil: Path) -> datetime:
    """The same valid metadata for ever."""
    return NOW + timedelta(days=15)


# --- wrong signatures ----------------------------------------------------------------------------------------------------


@attack("not-signed")
def timestamp_by_a_wrong_key(scene: Scene, evil: Path) -> None:
    """Somebody else signs the timestamp."""
    scene.bench.again(evil / "metadata/timestamp.json", lambda fields: fields.update(version=9), "thief")


@attack("not-signed")
def snapshot_by_a_wrong_key(scene: Scene, evil: Path) -> None:
    """The timestamp key is stolen, the snapshot key is not."""
    scene.bench.issue(evil, newest(evil).body(), signers=("targets", "thief", "timestamp"))


@attack("not-signed")
def targets_by_a_wrong_key(scene: Scene, evil: Path) -> None:
    """Both online keys are stolen: no content can be made with them."""
    scene.bench.issue(
        evil, replace(newest(evil), number=9).body(), signers=("thief", "snapshot", "timestamp")
    )


@attack("not-signed")
def targets_by_an_online_key(scene: Scene, evil: Path) -> None:
    """An online key signs for targets."""
    scene.bench.issue(evil, newest(evil).body(), signers=("timestamp", "snapshot", "timestamp"))


@attack("not-signed")
def signature_taken_away(scene: Scene, evil: Path) -> None:
    """The timestamp has no signature at all."""
    scene.bench.again(evil / "metadata/timestamp.json", lambda fields: None)


@attack("not-signed")
def one_byte_of_a_signature(scene: Scene, evil: Path) -> None:
    """A flipped digit in a signature."""
    place = evil / "metadata/timestamp.json"
    fields = json.loads(place.read_bytes())
    sig = fields["signatures"][0]["sig"]
    fields["signatures"][0]["sig"] = ("0" if sig[0] != "0" else "1") + sig[1:]
    place.write_text(json.dumps(fields))


@attack("not-signed")
def another_countys_keys(scene: Scene, evil: Path) -> None:
    """A stick with the repository of somebody else entirely."""
    other = Bench(evil.parent / f"{evil.name}-other")
    for number in range(5):
        other.pack(f"foreign {number}")
    shutil.rmtree(evil)
    shutil.copytree(other.repo, evil)


# --- the root ------------------------------------------------------------------------------------------------------------


@attack("not-signed")
def root_by_one_of_two(scene: Scene, evil: Path) -> None:
    """One root key is not enough."""
    body = scene.bench.new_root(scene.bench.root, by=("root-1",), timestamp=("thief",))
    (evil / "metadata/2.root.json").write_bytes(body)


@attack("not-signed")
def root_by_new_keys_only(scene: Scene, evil: Path) -> None:
    """A root that installs its own keepers and is signed by them alone."""
    body = scene.bench.new_root(scene.bench.root, by=("root-4", "root-5"), root=("root-4", "root-5"))
    (evil / "metadata/2.root.json").write_bytes(body)


@attack("not-signed")
def root_by_old_keys_only(scene: Scene, evil: Path) -> None:
    """The old keepers sign a root whose own keepers have not."""
    body = scene.bench.new_root(scene.bench.root, by=("root-1", "root-2"), root=("root-4", "root-5"))
    (evil / "metadata/2.root.json").write_bytes(body)


@attack("older")
def root_with_a_version_skipped(scene: Scene, evil: Path) -> None:
    """Version 3, properly signed, in the place of version 2."""
    second = scene.bench.new_root(scene.bench.root)
    (evil / "metadata/2.root.json").write_bytes(scene.bench.new_root(second))


@attack("older")
def root_served_again(scene: Scene, evil: Path) -> None:
    """Version 1 in the place of version 2."""
    shutil.copy(evil / "metadata/1.root.json", evil / "metadata/2.root.json")


@attack("not-signed")
def root_of_somebody_else(scene: Scene, evil: Path) -> None:
    """A version 2 that does not come from our version 1."""
    other = Bench(evil.parent / f"{evil.name}-other")
    (evil / "metadata/2.root.json").write_bytes(other.new_root(other.root))


@attack("format")
def root_with_one_key_listed_twice(scene: Scene, evil: Path) -> None:
    """A threshold of two that one keeper could meet."""

    def twice(fields: dict[str, Any]) -> None:
        fields["version"] = 2
        keys = fields["roles"]["root"]["keyids"]
        fields["roles"]["root"]["keyids"] = [keys[0], keys[0]]

    place = evil / "metadata/2.root.json"
    shutil.copy(evil / "metadata/1.root.json", place)
    scene.bench.again(place, twice, "root-1", "root-2")


@attack("format")
def root_signed_twice_by_one(scene: Scene, evil: Path) -> None:
    """Two signatures of one key."""
    place = evil / "metadata/2.root.json"
    shutil.copy(evil / "metadata/1.root.json", place)
    scene.bench.again(place, lambda fields: fields.update(version=2), "root-1", "root-1")


@attack("expired")
def root_that_expired(scene: Scene, evil: Path) -> None:
    """A properly chained root from long ago."""
    body = scene.bench.new_root(scene.bench.root, now=NOW - timedelta(days=4000))
    (evil / "metadata/2.root.json").write_bytes(body)


@attack("expired")
def targets_that_expired(scene: Scene, evil: Path) -> None:
    """Everything else is renewed, the targets key has not signed for a year."""
    release = newest(evil).body()
    old = metadata.signed_targets(release, 100, NOW - timedelta(days=1), [scene.bench.keys["targets"]])
    scene.bench.issue(evil, release, targets=old)


@attack("expired")
def snapshot_that_expired(scene: Scene, evil: Path) -> None:
    """The timestamp is renewed, the snapshot is not."""
    body = (evil / "metadata/4.snapshot.json").read_bytes()
    stamp = metadata.signed_timestamp(
        body, 4, 9, NOW, NOW + timedelta(days=300), [scene.bench.keys["timestamp"]]
    )
    (evil / "metadata/timestamp.json").write_bytes(stamp)
    return NOW + timedelta(days=100)  # type: ignore[return-value]  # the clock of this attack


@attack("expired")
def timestamp_that_expired(scene: Scene, evil: Path) -> None:
    """A timestamp of a month ago, with a high version."""
    body = (evil / "metadata/4.snapshot.json").read_bytes()
    month = NOW - timedelta(days=30)
    stamp = metadata.signed_timestamp(
        body, 4, 99, month, month + timedelta(days=14), [scene.bench.keys["timestamp"]]
    )
    (evil / "metadata/timestamp.json").write_bytes(stamp)


# --- mixed and malformed -------------------------------------------------------------------------------------------------


@attack("damaged")
def snapshot_of_another_release(scene: Scene, evil: Path) -> None:
    """Mix and match: an old snapshot under the new one's name."""
    put(scene, evil, "metadata/2.snapshot.json", 2, "metadata/4.snapshot.json")


@attack("damaged")
def targets_of_another_release(scene: Scene, evil: Path) -> None:
    """Mix and match: old targets under the new one's name."""
    put(scene, evil, "metadata/2.targets.json", 2, "metadata/4.targets.json")


@attack("damaged")
def release_of_another_version(scene: Scene, evil: Path) -> None:
    """An old release.json under the new one's name."""
    (place,) = [path for path in (evil / "targets").iterdir() if newest(evil).body() == path.read_bytes()]
    place.write_bytes(newest(scene.old[2]).body())


@attack("damaged", "too-big")
def release_with_a_byte_more(scene: Scene, evil: Path) -> None:
    """Every release.json has one byte more."""
    for path in (evil / "targets").iterdir():
        path.write_bytes(path.read_bytes() + b" ")


@attack("format")
def unknown_version_of_the_specification(scene: Scene, evil: Path) -> None:
    """Metadata of a TUF 2."""
    scene.bench.again(
        evil / "metadata/timestamp.json",
        lambda fields: fields.update(spec_version="2.0.0", version=9),
        "timestamp",
    )


@attack("format", "not-signed")
def targets_in_the_place_of_the_timestamp(scene: Scene, evil: Path) -> None:
    """Properly signed, of another type."""
    shutil.copy(evil / "metadata/4.targets.json", evil / "metadata/timestamp.json")


@attack("format")
def deep_json(scene: Scene, evil: Path) -> None:
    """Eight thousand brackets."""
    (evil / "metadata/timestamp.json").write_bytes(b"[" * 8000)


@attack("format")
def no_json(scene: Scene, evil: Path) -> None:
    """Noise."""
    (evil / "metadata/timestamp.json").write_bytes(bytes(range(256)))


@attack("format")
def empty_timestamp(scene: Scene, evil: Path) -> None:
    """Nothing."""
    (evil / "metadata/timestamp.json").write_bytes(b"")


@attack("format")
def other_encoding(scene: Scene, evil: Path) -> None:
    """The same metadata in UTF-16."""
    place = evil / "metadata/timestamp.json"
    place.write_bytes(place.read_text().encode("utf-16"))


@attack("net-captive")
def a_login_page(scene: Scene, evil: Path) -> None:
    """HTML where metadata is due."""
    (evil / "metadata/timestamp.json").write_bytes(b"<!doctype html><title>Login</title>")


@attack("net-captive")
def a_login_page_for_the_root(scene: Scene, evil: Path) -> None:
    """HTML where a newer root would be."""
    (evil / "metadata/2.root.json").write_bytes(b"\n<html>")


@attack("format")
def timestamp_without_its_moment(scene: Scene, evil: Path) -> None:
    """Properly signed, but it does not say when."""
    scene.bench.again(
        evil / "metadata/timestamp.json",
        lambda fields: (fields.update(version=9), fields.pop(metadata.SIGNED_AT)),
        "timestamp",
    )


@attack("format")
def timestamp_signed_after_it_expired(scene: Scene, evil: Path) -> None:
    """A moment that would move this machine's time beyond everything."""
    scene.bench.again(
        evil / "metadata/timestamp.json",
        lambda fields: fields.update({"version": 9, metadata.SIGNED_AT: "2090-01-01T00:00:00Z"}),
        "timestamp",
    )


@attack("format")
def negative_version(scene: Scene, evil: Path) -> None:
    """Version -1."""
    scene.bench.again(evil / "metadata/timestamp.json", lambda fields: fields.update(version=-1), "timestamp")


@attack("format", "damaged")
def roles_with_odd_names(scene: Scene, evil: Path) -> None:
    """A snapshot that names a role like a path."""
    body = scene.bench.again(
        evil / "metadata/4.snapshot.json",
        lambda fields: fields.update(
            version=9, meta={"../../tárgets\u202e.json": fields["meta"].pop("targets.json")}
        ),
        "snapshot",
    )
    (evil / "metadata/9.snapshot.json").write_bytes(body)
    stamp = metadata.signed_timestamp(
        body, 9, 9, NOW, NOW + timedelta(days=9), [scene.bench.keys["timestamp"]]
    )
    (evil / "metadata/timestamp.json").write_bytes(stamp)


# --- too much ------------------------------------------------------------------------------------------------------------


def _endless(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 << 30)  # sparse: takes no room


@attack("too-big")
def endless_timestamp(scene: Scene, evil: Path) -> None:
    """Five gigabytes of timestamp."""
    _endless(evil / "metadata/timestamp.json")


@attack("too-big")
def endless_root(scene: Scene, evil: Path) -> None:
    """Five gigabytes of root."""
    _endless(evil / "metadata/2.root.json")


@attack("too-big")
def endless_snapshot(scene: Scene, evil: Path) -> None:
    """Five gigabytes of snapshot."""
    _endless(evil / "metadata/4.snapshot.json")


@attack("too-big", "damaged")
def endless_targets(scene: Scene, evil: Path) -> None:
    """Five gigabytes of targets."""
    _endless(evil / "metadata/4.targets.json")


@attack("too-big", "damaged")
def endless_release(scene: Scene, evil: Path) -> None:
    """Five gigabytes of release.json."""
    for path in (evil / "targets").iterdir():
        _endless(path)


@attack("damaged")
def endless_blobs(scene: Scene, evil: Path) -> None:
    """Five gigabytes in every blob."""
    for path in (evil / "blobs").glob("*/*"):
        _endless(path)


@attack("format")
def huge_release_signed(scene: Scene, evil: Path) -> None:
    """A release.json above its budget, properly signed."""
    scene.bench.issue(evil, b" " * ((1 << 20) + 1))


# --- release.json, properly signed and still not to be taken -----------------------------------------------------------


@attack("foreign")
def release_of_another_county(scene: Scene, evil: Path) -> None:
    """The same keepers, another county."""
    scene.bench.issue(evil, replace(newest(evil), county="230202").body())


@attack("jump")
def release_number_used_up(scene: Scene, evil: Path) -> None:
    """A thief of the targets key takes the highest number."""
    scene.bench.issue(evil, replace(newest(evil), number=bundle.NUMBER_LIMIT).body())


@attack("format")
def release_number_beyond_all(scene: Scene, evil: Path) -> None:
    """A number with a hundred digits."""
    scene.bench.issue(evil, replace(newest(evil), number=10**100).body())


@attack("format")
def release_in_another_spelling(scene: Scene, evil: Path) -> None:
    """The same fields with spaces between."""
    scene.bench.issue(evil, json.dumps(json.loads(newest(evil).body())).encode())


@attack("format")
def release_that_is_no_object(scene: Scene, evil: Path) -> None:
    """A list."""
    scene.bench.issue(evil, b"[]\n")


@attack("format")
def deep_release(scene: Scene, evil: Path) -> None:
    """A hundred thousand brackets, properly signed."""
    scene.bench.issue(evil, b"[" * 100_000)


@attack("format")
def release_without_its_target(scene: Scene, evil: Path) -> None:
    """Targets metadata that names no release.json."""
    release = newest(evil).body()
    targets = scene.bench.again(
        evil / "metadata/4.targets.json", lambda fields: fields.update(version=100, targets={}), "targets"
    )
    scene.bench.issue(evil, release, targets=targets)


@attack("damaged")
def manifest_that_does_not_add_up(scene: Scene, evil: Path) -> None:
    """Another manifest than that of the shards."""
    scene.bench.issue(evil, replace(newest(evil), manifest="0" * 64).body())


@attack("damaged")
def a_shard_left_out(scene: Scene, evil: Path) -> None:
    """One shard less."""
    release = newest(evil)
    scene.bench.issue(evil, replace(release, shards=release.shards[1:]).body())


def _with_group(scene: Scene, evil: Path, change: Callable[[Group], Any]) -> None:
    """Issue release 4 with one group written otherwise."""
    release = newest(evil)
    held = groups(evil, release)
    lines = [
        [
            [[piece.name, piece.size, piece.raw] for piece in group.pieces],
            [[entry.path, entry.size, entry.sha256] for entry in group.files],
        ]
        for group in held
    ]
    lines[0] = change(held[0])
    shard = scene.bench.store(evil, json.dumps(lines).encode())
    scene.bench.issue(evil, replace(release, shards=(shard,)).body())


def _renamed(path: str) -> Attack:
    def run(scene: Scene, evil: Path) -> None:
        def change(group: Group) -> Any:
            first = group.files[0]
            pieces = [[piece.name, piece.size, piece.raw] for piece in group.pieces]
            rest = [[entry.path, entry.size, entry.sha256] for entry in group.files[1:]]
            return [pieces, [[path, first.size, first.sha256], *rest]]

        _with_group(scene, evil, change)

    run.__name__ = f"file named {path!r}"
    return run


for _name in (
    "../../../etc/cron.d/x",
    "/etc/passwd",
    "zh/../../x",
    "..",
    ".hidden",
    "zh\\x",
    "C:x",
    "zh//x",
    "zh/",
    "",
    "a\x00b",
    "zh/ｘ",
    "a" * 300,
):
    attack("format")(_renamed(_name))


@attack("damaged")
def files_that_are_not_what_the_manifest_says(scene: Scene, evil: Path) -> None:
    """Blobs, shards and manifest fit together, but one file's hash is another's: only looking at the tree tells."""
    release = newest(evil)
    held = groups(evil, release)
    lied = [
        replace(held[0], files=(replace(held[0].files[0], sha256="0" * 64), *held[0].files[1:])),
        *held[1:],
    ]
    shard = scene.bench.store(evil, bundle.shard_body(tuple(lied)))
    files = sorted((entry for group in lied for entry in group.files), key=lambda entry: entry.path)
    manifest = Manifest(unit=COUNTY, files=tuple(files))
    scene.bench.issue(evil, replace(release, shards=(shard,), manifest=manifest.digest).body())


@attack("format")
def group_of_another_size(scene: Scene, evil: Path) -> None:
    """Files that are longer together than what they are cut from."""
    _with_group(
        scene,
        evil,
        lambda group: [[[p.name, p.size, p.raw + 1] for p in group.pieces], [["x", 1, "0" * 64]]],
    )


@attack("format")
def shard_that_is_no_list(scene: Scene, evil: Path) -> None:
    """A shard of numbers."""
    shard = scene.bench.store(evil, b"[1,2,3]")
    scene.bench.issue(evil, replace(newest(evil), shards=(shard,)).body())


@attack("format")
def deep_shard(scene: Scene, evil: Path) -> None:
    """A shard of brackets."""
    shard = scene.bench.store(evil, b"[" * 200_000)
    scene.bench.issue(evil, replace(newest(evil), shards=(shard,)).body())


@attack("format")
def shard_above_its_budget(scene: Scene, evil: Path) -> None:
    """A shard that says it uncompresses to a gigabyte."""
    release = newest(evil)
    shard = replace(release.shards[0], raw=1 << 30)
    scene.bench.issue(evil, replace(release, shards=(shard,)).body())


@attack("damaged")
def bomb(scene: Scene, evil: Path) -> None:
    """A blob that holds a hundred times what it says."""
    stored = zlib.compress(bytes(1 << 22), 9)
    name = hashlib.sha256(stored).hexdigest()
    place = evil / repository.blob_path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(stored)
    shard = Blob(name=name, size=len(stored), raw=4096)
    scene.bench.issue(evil, replace(newest(evil), shards=(shard,)).body())


# --- blobs and sticks ------------------------------------------------------------------------------------------------------


def _each_blob(evil: Path, change: Callable[[Path, bytes], object]) -> None:
    for path in sorted((evil / "blobs").glob("*/*")):
        change(path, path.read_bytes())


@attack("damaged")
def blobs_cut_short(scene: Scene, evil: Path) -> None:
    """One byte is missing."""
    _each_blob(evil, lambda path, body: path.write_bytes(body[:-1]))


@attack("damaged")
def blobs_too_long(scene: Scene, evil: Path) -> None:
    """One byte too many."""
    _each_blob(evil, lambda path, body: path.write_bytes(body + b"x"))


@attack("damaged")
def blobs_with_a_bit_flipped(scene: Scene, evil: Path) -> None:
    """One bit."""
    _each_blob(evil, lambda path, body: path.write_bytes(body[:-1] + bytes([body[-1] ^ 1])))


@attack("damaged")
def blobs_that_are_pages(scene: Scene, evil: Path) -> None:
    """HTML in every blob."""
    _each_blob(evil, lambda path, body: path.write_bytes(b"<html>".ljust(len(body))))


@attack("damaged")
def blobs_of_another_release(scene: Scene, evil: Path) -> None:
    """All blobs swapped among each other, shards included."""
    paths = sorted((evil / "blobs").glob("*/*"))
    bodies = [path.read_bytes() for path in paths]
    for path, body in zip(paths, [*bodies[1:], bodies[0]], strict=True):
        path.write_bytes(body)


@attack("net-incomplete")
def blobs_missing(scene: Scene, evil: Path) -> None:
    """Metadata without content."""
    shutil.rmtree(evil / "blobs")


@attack("net-incomplete")
def one_shard_missing(scene: Scene, evil: Path) -> None:
    """Half-copied: a shard that is new in this release is not there."""
    known = {shard.name for shard in newest(scene.old[3]).shards}
    new = next(shard.name for shard in newest(evil).shards if shard.name not in known)
    (evil / repository.blob_path(new)).unlink()


@attack("net-incomplete")
def release_missing(scene: Scene, evil: Path) -> None:
    """Half-copied: no release.json."""
    shutil.rmtree(evil / "targets")


@attack("net-incomplete")
def snapshot_missing(scene: Scene, evil: Path) -> None:
    """Half-copied: the timestamp came first."""
    (evil / "metadata/4.snapshot.json").unlink()


@attack("net-incomplete")
def timestamp_missing(scene: Scene, evil: Path) -> None:
    """Half-copied: no timestamp."""
    (evil / "metadata/timestamp.json").unlink()


@attack("net-incomplete")
def empty_stick(scene: Scene, evil: Path) -> None:
    """A stick with nothing on it."""
    shutil.rmtree(evil)
    evil.mkdir()


@attack("net-unreachable")
def no_stick(scene: Scene, evil: Path) -> None:
    """Pulled out."""
    shutil.rmtree(evil)


@attack("net-unreachable")
def timestamp_is_a_link(scene: Scene, evil: Path) -> None:
    """A link on the stick to a file of this machine."""
    place = evil / "metadata/timestamp.json"
    place.rename(evil / "real.json")
    place.symlink_to("../real.json")


@attack("net-unreachable")
def metadata_is_a_link(scene: Scene, evil: Path) -> None:
    """A folder on the stick that leads elsewhere."""
    (evil / "metadata").rename(evil.parent / f"{evil.name}-moved")
    (evil / "metadata").symlink_to(evil.parent / f"{evil.name}-moved")


@attack("net-unreachable")
def blobs_are_links(scene: Scene, evil: Path) -> None:
    """Each blob is a link to itself elsewhere."""

    def change(path: Path, body: bytes) -> None:
        other = evil / f"{path.name}.real"
        path.rename(other)
        path.symlink_to(other)

    _each_blob(evil, change)


@attack("net-unreachable")
def timestamp_is_a_named_pipe(scene: Scene, evil: Path) -> None:
    """A file that would wait for ever."""
    place = evil / "metadata/timestamp.json"
    place.unlink()
    os.mkfifo(place)


@attack("net-unreachable")
def timestamp_is_a_folder(scene: Scene, evil: Path) -> None:
    """A folder where a file is due."""
    place = evil / "metadata/timestamp.json"
    place.unlink()
    place.mkdir()


@pytest.mark.parametrize(("name", "codes", "run"), ATTACKS, ids=[name for name, _, _ in ATTACKS])
def test_an_attack_changes_nothing(
    scene: Scene, tmp_path: Path, name: str, codes: frozenset[str], run: Attack
) -> None:
    """Refused with its code; page and floor as before; the honest release is taken afterwards."""
    kiosk = Path(shutil.copytree(scene.kiosk, tmp_path / "kiosk", symlinks=True))
    evil = Path(shutil.copytree(scene.old[4], tmp_path / "evil"))
    now = run(scene, evil) or NOW
    before = shown(kiosk), floor.read_floors(kiosk).floor
    with pytest.raises(Refusal) as caught:
        pull(kiosk, now=now, sources=[str(evil)])
    assert caught.value.code in codes, caught.value
    assert (shown(kiosk), floor.read_floors(kiosk).floor) == before
    assert "text 3" in shown(kiosk)[1]
    assert status(kiosk, now=NOW, full=True).fields["verified"]["wrong"] == []
    assert pull(kiosk, now=NOW, sources=[str(scene.old[4])]).number == 4
    assert "text 4" in shown(kiosk)[1]


def test_there_are_enough_attacks() -> None:
    """At least forty, each under a name of its own."""
    assert len({name for name, _, _ in ATTACKS}) == len(ATTACKS) >= 40


# --- what a kiosk's own disk may lose ------------------------------------------------------------------------------------

CACHE = ("root_history", "timestamp", "snapshot", "targets", "floor.A", "floor.B")
STATES = list(product(("intact", "damaged", "deleted"), repeat=len(CACHE)))


def _spoil(kiosk: Path, name: str, how: str, salt: int) -> None:
    places = {
        "root_history": sorted((kiosk / "metadata/root_history").iterdir()),
        "floor.A": [kiosk / "floor.A"],
        "floor.B": [kiosk / "floor.B"],
    }.get(name, [kiosk / "metadata" / f"{name}.json"])
    for place in places:
        if how == "deleted":
            place.unlink()
        elif how == "damaged":
            body = place.read_bytes()
            half = body[: len(body) // 2]
            place.write_bytes((b"", half, bytes(64), body[:-9] + b"9" + body[-8:], b"{}")[salt % 5])


def _a_state(scene: Scene, tmp_path: Path, number: int) -> None:
    spoiled = STATES[number]
    kiosk = Path(shutil.copytree(scene.kiosk, tmp_path / f"kiosk-{number}", symlinks=True))
    for salt, (name, how) in enumerate(zip(CACHE, spoiled, strict=True)):
        _spoil(kiosk, name, how, salt + number)
    for old in (1, 2):
        with pytest.raises(Refusal) as caught:
            pull(kiosk, now=NOW, sources=[str(scene.old[old])])
        assert caught.value.code == "older", spoiled
        assert "text 3" in shown(kiosk)[1]
    found = status(kiosk, now=NOW)
    gone = spoiled[4] != "intact" and spoiled[5] != "intact"
    assert (found.fields["problem"] == "floor") == gone, spoiled
    assert found.exit_code == EXIT_KIOSK_REFUSED
    assert pull(kiosk, now=NOW, sources=[str(scene.old[3])]).number == 3
    assert floor.read_floors(kiosk).word == "fine"
    assert pull(kiosk, now=NOW, sources=[str(scene.old[4])]).number == 4
    shutil.rmtree(kiosk)


DRAWN = sorted(random.Random(20261123).sample(range(len(STATES)), 64))


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_cache_lets_nothing_older_in(scene: Scene, tmp_path: Path, part: int) -> None:
    """64 of the 729 ways in which cache and floor can be intact, damaged or gone: never older, and the next release comes."""
    for number in DRAWN[part::4]:
        _a_state(scene, tmp_path, number)


@pytest.mark.full
@pytest.mark.parametrize("part", range(9))
def test_every_damaged_cache_lets_nothing_older_in(scene: Scene, tmp_path: Path, part: int) -> None:
    """All 729."""
    for number in range(part, len(STATES), 9):
        _a_state(scene, tmp_path, number)


@pytest.mark.parametrize("emptied", list(product((False, True), repeat=3)))
def test_an_emptied_cache_of_tuf_lets_nothing_older_in(
    scene: Scene, tmp_path: Path, emptied: tuple[bool, ...]
) -> None:
    """The eight ways of emptying timestamp, snapshot and targets; python-tuf alone accepts release 1 in two of them."""
    kiosk = Path(shutil.copytree(scene.kiosk, tmp_path / "kiosk", symlinks=True))
    for role, empty in zip(("timestamp", "snapshot", "targets"), emptied, strict=True):
        if empty:
            (kiosk / "metadata" / f"{role}.json").write_bytes(b"")
    with pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW, sources=[str(scene.old[1])])
    assert caught.value.code == "older"
    assert pull(kiosk, now=NOW, sources=[str(scene.old[4])]).number == 4


def test_with_all_but_the_release_gone_nothing_older_is_taken(scene: Scene, tmp_path: Path) -> None:
    """Floors, records and cache lost: what stands on the screen is the floor."""
    kiosk = Path(shutil.copytree(scene.kiosk, tmp_path / "kiosk", symlinks=True))
    for name in ("metadata", "records"):
        shutil.rmtree(kiosk / name)
    for name in floor.NAMES:
        (kiosk / name).unlink()
    with pytest.raises(Refusal, match="older"):
        pull(kiosk, now=NOW, sources=[str(scene.old[2])])
    assert "text 3" in shown(kiosk)[1]
    assert status(kiosk, now=NOW).fields["problem"] == "damaged"
    (kiosk / "records").mkdir()
    assert pull(kiosk, now=NOW, sources=[str(scene.old[4])]).number == 4


def test_a_floor_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    """Any one byte of a copy changed or cut away, and it is no floor."""
    held = floor.Floor(
        release=7,
        manifest="ab",
        root=1,
        timestamp=9,
        snapshot=8,
        targets=7,
        keys=dict.fromkeys(floor.ROLES, "k"),
        signed="2026-11-23T00:00:00Z",
        expires="2026-12-07T00:00:00Z",
    )
    floor.write_floor(tmp_path, held)
    assert floor.read_floors(tmp_path).floor == held
    (tmp_path / "floor.B").unlink()
    body = (tmp_path / "floor.A").read_bytes()
    for at in range(len(body)):
        for spoiled in (body[:at], body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :]):
            (tmp_path / "floor.A").write_bytes(spoiled)
            assert floor.read_floors(tmp_path).floor is None, at


def test_floors_are_written_in_turns(tmp_path: Path) -> None:
    """A copy is never written over while it is the only newest one."""
    held = floor.Floor(
        release=0,
        manifest="",
        root=1,
        timestamp=1,
        snapshot=1,
        targets=1,
        keys=dict.fromkeys(floor.ROLES, "k"),
        signed="2026-11-23T00:00:00Z",
        expires="2026-12-07T00:00:00Z",
    )
    for release in range(1, 9):
        before = {name: (tmp_path / name).read_bytes() for name in floor.NAMES if (tmp_path / name).exists()}
        floor.write_floor(tmp_path, replace(held, release=release))
        assert floor.read_floors(tmp_path).floor == replace(held, release=release)
        changed = [name for name, body in before.items() if (tmp_path / name).read_bytes() != body]
        assert len(changed) <= 1


# --- keys that are replaced ------------------------------------------------------------------------------------------------


def test_five_missed_rotations_of_the_root_are_followed(tmp_path: Path) -> None:
    """A kiosk that was off while the keepers changed five times still takes the next release."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    root, keepers = bench.root, ("root-1", "root-2", "root-3")
    for turn in range(5):
        new = (f"root-{(turn + 3) % 5 + 1}", *keepers[:2])
        root = bench.new_root(root, by=sorted({*keepers, *new}), root=new)
        ceremony.install_root(bench.repo, root, now=NOW)
        keepers = new
    bench.pack("two")
    assert pull(kiosk, now=NOW).number == 2
    held = floor.read_floors(kiosk).floor
    assert held is not None
    assert held.root == 6


def test_a_replaced_key_signs_no_more(tmp_path: Path) -> None:
    """After a rotation of all three other keys the old ones are refused, and packing renews everything."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    before = bench.copy("before")
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    old = dict(bench.keys)
    for role in ("targets", "snapshot", "timestamp"):
        path = bench.folder / f"new-{role}.pem"
        bench.public[role] = signing.make_key(path)
        bench.keys[role] = signing.load_key(path)
    root = bench.new_root(bench.root, targets=("targets",), snapshot=("snapshot",), timestamp=("timestamp",))
    ceremony.install_root(bench.repo, root, now=NOW)
    with pytest.raises(UsageError):
        repository.pack(bench.repo, bench.folder / "site", COUNTY, old, now=NOW, date="2026-11-23")
    packed = bench.pack("one")
    assert (packed.number, packed.new) == (1, False)
    assert pull(kiosk, now=NOW).number == 1
    (before / "metadata/2.root.json").write_bytes(root)
    with pytest.raises(Refusal, match="signatures"):
        pull(kiosk, now=NOW, sources=[str(before)])


def test_a_fast_forward_is_recovered_from_by_new_keys(tmp_path: Path) -> None:
    """A thief used up the versions and the time; once root replaces the stolen keys, the kiosk goes on."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    stolen = bench.copy("stolen")
    far = NOW + timedelta(days=3650)
    huge = 2**31
    snapshot = metadata.signed_snapshot(
        (stolen / "metadata/1.targets.json").read_bytes(),
        1,
        huge,
        far + timedelta(days=9),
        [bench.keys["snapshot"]],
    )
    (stolen / "metadata" / f"{huge}.snapshot.json").write_bytes(snapshot)
    (stolen / "metadata/timestamp.json").write_bytes(
        metadata.signed_timestamp(
            snapshot, huge, huge, far, far + timedelta(days=9), [bench.keys["timestamp"]]
        )
    )
    assert pull(kiosk, now=NOW, sources=[str(stolen)]).number == 1
    with pytest.raises(Refusal):
        pull(kiosk, now=NOW)
    for role in ("snapshot", "timestamp"):
        path = bench.folder / f"new-{role}.pem"
        bench.public[role] = signing.make_key(path)
        bench.keys[role] = signing.load_key(path)
    ceremony.install_root(
        bench.repo, bench.new_root(bench.root, snapshot=("snapshot",), timestamp=("timestamp",)), now=NOW
    )
    bench.pack("two")
    assert pull(kiosk, now=NOW).number == 2
    assert status(kiosk, now=NOW).fields["problem"] is None


def test_the_ceremony_needs_old_and_new_keepers(tmp_path: Path) -> None:
    """Signed one key at a time, installed only when two old and two new keepers have signed, in the right order."""
    bench = Bench(tmp_path / "bench")
    draft = bench.new_root(bench.root, by=(), root=("root-3", "root-4", "root-5"))
    for name, enough in (("root-4", False), ("root-5", False), ("root-1", False), ("root-3", True)):
        draft = ceremony.sign_root(draft, bench.keys[name], previous=bench.root)
        if not enough:
            with pytest.raises(KioskRefusedError):
                ceremony.install_root(bench.repo, draft, now=NOW)
    facts = ceremony.install_root(bench.repo, draft, now=NOW)
    assert (facts.version, len(facts.signed_by)) == (2, 3)
    with pytest.raises(UsageError):
        ceremony.install_root(bench.repo, draft, now=NOW)


def test_a_root_key_has_one_office_and_counts_once(tmp_path: Path) -> None:
    """No key twice, no root key in another role, no threshold that cannot be met."""
    bench = Bench(tmp_path / "bench")
    for roles in (
        {"root": ("root-1", "root-1", "root-2")},
        {"targets": ("root-1",)},
        {"root": ("root-1",)},
        {"timestamp": ()},
    ):
        with pytest.raises(UsageError):
            bench.new_root(**roles)


def test_a_stranger_cannot_sign_the_root(tmp_path: Path) -> None:
    """A signature of a key that is no keeper's counts for nothing."""
    bench = Bench(tmp_path / "bench")
    draft = bench.new_root(bench.root, by=("root-1",))
    with pytest.raises(UsageError, match="nothing was signed"):
        ceremony.sign_root(draft, bench.keys["thief"], previous=bench.root)
    signed, _ = metadata.root_from(draft)
    signed.sign(metadata.signer(bench.keys["thief"]), append=True)
    draft = signed.to_bytes()
    with pytest.raises(KioskRefusedError):
        ceremony.install_root(bench.repo, draft, now=NOW)


def test_a_number_may_jump_after_a_theft(tmp_path: Path) -> None:
    """A stolen targets key used numbers up to 500; the next honest release is above them."""
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    assert bench.pack("two", number=501).number == 501
    assert pull(kiosk, now=NOW).number == 501
    with pytest.raises(UsageError):
        bench.pack("three", number=17)


def test_home_pages_are_of_the_township() -> None:
    """The page a kiosk starts with."""
    settings = state.KioskSettings(county=COUNTY, township=TOWNSHIP, lang="en")
    assert settings.home == f"en/{TOWNSHIP}/index.html"
