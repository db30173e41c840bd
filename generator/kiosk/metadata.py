"""TUF metadata as bytes: who signs what, until when. python-tuf knows the format; where it is written is not its business.

python-tuf's own helpers for repositories are marked unstable and write in place, so metadata is built from its documented
classes and leaves as bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from securesystemslib.signer import CryptoSigner, Key, SSlibKey  # type: ignore[attr-defined]  # as below
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # its documented home; the package does not say so to mypy
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from generator import signing
from generator.errors import UsageError
from generator.kiosk.bundle import TARGET
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.signing import PrivateKey

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
ONLINE: Final = ("snapshot", "timestamp")
SIGNED_AT: Final = "x-qingdan-signed"
"""A field of timestamp.json: the moment of signing, the kiosks' lower bound of time. TUF itself carries expiries only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lifetimes:
    """How long a signature is good for. TUF's usual day for timestamps would blank a kiosk behind a weak link."""

    root: timedelta = timedelta(days=3 * 365)
    targets: timedelta = timedelta(days=365)
    snapshot: timedelta = timedelta(days=90)
    timestamp: timedelta = timedelta(days=14)


LIFETIMES: Final = Lifetimes()


def tuf_key(public: str) -> SSlibKey:
    """Return a public key as TUF keeps it. Raises UsageError for text that is no public key."""
    if not signing.is_public_key(public):
        raise UsageError(
            Text(zh=f"“{public}”不是公钥。", en=f"{public!r} is no public key."),
            Text(
                zh="公钥形如 ed25519:…，由 qingdan keys make 或 keys show 显示。",
                en="A public key looks like ed25519:…; qingdan keys make and keys show print it.",
            ),
        )
    raw = base64.b64decode(public.removeprefix("ed25519:"), validate=True)
    return SSlibKey(hashlib.sha256(raw).hexdigest(), "ed25519", "ed25519", {"public": raw.hex()})


def public_text(key: Key) -> str:
    """Return a key of TUF metadata as `signing.public_half` writes it."""
    return "ed25519:" + base64.b64encode(bytes.fromhex(str(key.keyval["public"]))).decode()


def signer(key: PrivateKey) -> CryptoSigner:
    """Return what signs TUF metadata with this private key."""
    return CryptoSigner(key, tuf_key(signing.public_half(key)))


def expiry(now: datetime, lifetime: timedelta) -> datetime:
    """Return when something signed now expires, in whole seconds as TUF writes it."""
    return (now + lifetime).replace(microsecond=0)


def root_from(body: bytes) -> tuple[Metadata[Root], Root]:
    """Read root metadata that has yet to be verified. Raises UsageError for anything else."""
    try:
        metadata = Metadata[Root].from_bytes(body)
    except (RepositoryError, ValueError) as error:
        raise _no_root() from error
    if not isinstance(metadata.signed, Root):
        raise _no_root()
    return metadata, metadata.signed


def _no_root() -> UsageError:
    return UsageError(
        Text(zh="这个文件不是根元数据（root.json）。", en="This file is no root metadata (root.json)."),
        Text(zh="请核对文件。", en="Check the file."),
    )


def new_root(
    publics: Mapping[str, Iterable[str]], *, version: int, threshold: int, expires: datetime
) -> Metadata[Root]:
    """Return unsigned root metadata in which each role has the given public keys and root needs `threshold` of its own.

    Raises:
        UsageError: a role without a key, one key twice, or a threshold that the root keys cannot meet.
    """
    keys: dict[str, Key] = {}
    roles: dict[str, Role] = {}
    for role in ROLES:
        held = [tuf_key(public) for public in publics.get(role, ())]
        ids = [key.keyid for key in held]
        needed = threshold if role == "root" else 1
        if not ids or len(set(ids)) != len(ids) or not 1 <= needed <= len(ids):
            raise UsageError(
                Text(
                    zh=f"角色 {role} 的公钥不够、重复，或门限不对。",
                    en=f"Role {role} has too few keys, one twice, or a wrong threshold.",
                ),
                Text(
                    zh="root 需要三把不同的公钥，其余角色各一把。",
                    en="Root needs three different keys, every other role one.",
                ),
            )
        keys.update({key.keyid: key for key in held})
        roles[role] = Role(ids, needed)
    return Metadata(
        Root(version=version, expires=expires, keys=keys, roles=roles, consistent_snapshot=True), {}
    )


def signed_targets(release: bytes, version: int, expires: datetime, keys: Iterable[PrivateKey]) -> bytes:
    """Return targets metadata that names `release.json`."""
    target = TargetFile(len(release), {"sha256": hashlib.sha256(release).hexdigest()}, TARGET)
    return _signed(Targets(version=version, expires=expires, targets={TARGET: target}), keys)


def signed_snapshot(
    targets: bytes, targets_version: int, version: int, expires: datetime, keys: Iterable[PrivateKey]
) -> bytes:
    """Return snapshot metadata that names one version of targets."""
    meta = {"targets.json": _file(targets, targets_version)}
    return _signed(Snapshot(version=version, expires=expires, meta=meta), keys)


def signed_timestamp(
    snapshot: bytes,
    snapshot_version: int,
    version: int,
    now: datetime,
    expires: datetime,
    keys: Iterable[PrivateKey],
) -> bytes:
    """Return timestamp metadata that names one version of snapshot and says when it was signed."""
    at = now.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _signed(
        Timestamp(
            version=version,
            expires=expires,
            snapshot_meta=_file(snapshot, snapshot_version),
            unrecognized_fields={SIGNED_AT: at},
        ),
        keys,
    )


def _file(body: bytes, version: int) -> MetaFile:
    return MetaFile(version, len(body), {"sha256": hashlib.sha256(body).hexdigest()})


def _signed(signed: Targets | Snapshot | Timestamp, keys: Iterable[PrivateKey]) -> bytes:
    metadata = cast("Metadata[Targets]", Metadata(signed, {}))  # one class signs them all
    for key in keys:
        metadata.sign(signer(key), append=True)
    return metadata.to_bytes()
