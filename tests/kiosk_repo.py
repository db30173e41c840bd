"""A county's update repository in a small way, the kiosk that trusts it, and a bench to forge updates on.

`Bench` holds every key. What it packs is packed by the real thing; what it forges is signed exactly as far as each test says.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.formats import encode_canonical

from generator import signing
from generator.kiosk import bundle, ceremony, metadata, repository, state
from generator.kiosk.bundle import Group, Release

COUNTY, TOWNSHIP = "230125", "230125001"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NAMES = ("root-1", "root-2", "root-3", "root-4", "root-5", "targets", "snapshot", "timestamp", "thief")
PAGE = (
    '<!doctype html><html><head><title>{title}</title><script src="{up}assets/settings.js"></script>'
    '<link rel="stylesheet" href="{up}assets/kiosk.1234.css"></head><body><main><h1>{title}</h1>{text}</main></body></html>\n'
)


def write_site(folder: Path, text: str = "", *, pages: int = 6) -> Path:
    """Write a tree like a county's: two home pages, some items, the kiosk's assets, and a script that is cut."""
    shutil.rmtree(folder, ignore_errors=True)
    files = {
        "index.html": PAGE.format(title="示例县", up="", text=""),
        "assets/kiosk.1234.css": "main{display:block}",
        "assets/kiosk.1234.js": "void 0;",
        "assets/settings.js": "window.qingdan = window.qingdan || {};",
        "search/items-zh.1234.js": "".join(f"item({number});\n" for number in range(9000)),
        "data/list.json": "{}",
    }
    for lang in ("zh", "en"):
        files[f"{lang}/{TOWNSHIP}/index.html"] = PAGE.format(title="示例街道", up="../../", text=text)
        for page in range(pages):
            files[f"{lang}/{TOWNSHIP}/basic-{page:04}.html"] = PAGE.format(
                title=f"第{page}项", up="../../", text=""
            )
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(body, encoding="utf-8")
    return folder


class Bench:
    """The keys of a county, and its repository at `repo`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repo = folder, folder / "repo"
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            signing.make_key(folder / f"{name}.pem")
        self.keys = {name: signing.load_key(folder / f"{name}.pem") for name in NAMES}
        self.public = {name: signing.public_half(key) for name, key in self.keys.items()}
        self.root = self.new_root()
        ceremony.install_root(self.repo, self.root, now=NOW)

    def new_root(
        self,
        previous: bytes | None = None,
        *,
        by: Sequence[str] = ("root-1", "root-2"),
        now: datetime = NOW,
        **roles: Sequence[str],
    ) -> bytes:
        """Draw up root metadata with the named keys and sign it with those of `by`."""
        if previous is None:
            roles = {
                "root": ("root-1", "root-2", "root-3"),
                "targets": ("targets",),
                "snapshot": ("snapshot",),
                "timestamp": ("timestamp",),
            } | roles
        body = ceremony.draft_root(
            {role: [self.public[name] for name in names] for role, names in roles.items()},
            previous=previous,
            now=now,
        )
        for name in by:
            body = ceremony.sign_root(body, self.keys[name], previous=previous)
        return body

    def pack(self, text: str, *, now: datetime = NOW, **other: Any) -> repository.Packed:
        """Pack a site that says `text` at its township's home."""
        site = write_site(self.folder / "site", text)
        return repository.pack(self.repo, site, COUNTY, self.keys, now=now, date="2026-11-23", **other)

    def copy(self, name: str) -> Path:
        """Copy the repository as it stands."""
        return Path(shutil.copytree(self.repo, self.folder / name))

    def kiosk(self, name: str = "kiosk", **settings: Any) -> Path:
        """Set up a kiosk that trusts the first root."""
        folder = self.folder / name
        settings.setdefault("sources", (str(self.repo),))
        state.set_up(folder, state.KioskSettings(county=COUNTY, township=TOWNSHIP, **settings), self.root)
        return folder

    def sign(self, fields: Mapping[str, Any], *names: str) -> bytes:
        """Return metadata of any shape, signed by the named keys."""
        said = str(encode_canonical(dict(fields))).encode()
        signatures = [
            {
                "keyid": metadata.tuf_key(self.public[name]).keyid,
                "sig": self.keys[name].sign(said).hex(),
            }
            for name in names
        ]
        return json.dumps({"signatures": signatures, "signed": fields}).encode()

    def again(self, path: Path, change: Callable[[dict[str, Any]], object], *names: str) -> bytes:
        """Change what metadata says and sign it anew with the named keys."""
        fields = json.loads(path.read_bytes())["signed"]
        change(fields)
        body = self.sign(fields, *names)
        path.write_bytes(body)
        return body

    def issue(
        self,
        repo: Path,
        release: bytes,
        *,
        version: int = 100,
        targets: bytes | None = None,
        now: datetime = NOW,
        signers: Sequence[str] = ("targets", "snapshot", "timestamp"),
    ) -> None:
        """Publish any bytes as release.json, with every signature right (or by other `signers`), as version `version`."""
        first, second, third = (self.keys[name] for name in signers)
        long = now + timedelta(days=30)
        (repo / "targets" / f"{hashlib.sha256(release).hexdigest()}.release.json").write_bytes(release)
        targets = targets or metadata.signed_targets(release, version, long, [first])
        snapshot = metadata.signed_snapshot(targets, version, version, long, [second])
        timestamp = metadata.signed_timestamp(snapshot, version, version, now, long, [third])
        (repo / "metadata" / f"{version}.targets.json").write_bytes(targets)
        (repo / "metadata" / f"{version}.snapshot.json").write_bytes(snapshot)
        (repo / "metadata" / "timestamp.json").write_bytes(timestamp)

    def store(self, repo: Path, body: bytes) -> bundle.Blob:
        """Put a blob into a repository."""
        blob, stored = bundle.compress(body)
        place = repo / repository.blob_path(blob.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(stored)
        return blob


def newest(repo: Path) -> Release:
    """Return the release that a repository offers."""
    standing = repository.standing(repo)
    assert standing is not None
    return standing.release


def groups(repo: Path, release: Release) -> list[Group]:
    """Return the groups of a release."""
    found: list[Group] = []
    for shard in release.shards:
        stored = (repo / repository.blob_path(shard.name)).read_bytes()
        found += bundle.groups_from(bundle.uncompress(shard, stored))
    return found


def shown(kiosk: Path) -> tuple[int | None, str]:
    """Return the number of the release on the screen and what its home page says."""
    home = kiosk / "current" / "zh" / TOWNSHIP / "index.html"
    return state.current_number(kiosk), home.read_text(encoding="utf-8") if home.is_file() else ""
