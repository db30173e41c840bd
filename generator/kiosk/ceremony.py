"""The root of trust: drawn up from public keys, signed by one key at a time, put in place when enough have signed.

No step needs two private keys on one machine, and none but signing needs a private key at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator import durable
from generator.errors import KioskRefusedError, UsageError
from generator.kiosk import metadata
from generator.kiosk.metadata import LIFETIMES, ROLES, Lifetimes
from generator.model.text import Text
from generator.signing import public_half

if TYPE_CHECKING:
    from generator.signing import PrivateKey

PACK_LOCK: Final = "pack.lock"
"""In a repository: held by whoever writes to it."""
_THRESHOLD: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class RootFacts:
    """What a person compares before signing or trusting root metadata."""

    version: int
    expires: str
    """ISO day."""
    keys: Mapping[str, tuple[str, ...]]
    """Public keys by role."""
    threshold: int
    """Signatures that root itself needs."""
    signed_by: tuple[str, ...]
    """Its own root keys that have signed."""
    fingerprint: str
    """SHA-256 of the file."""


def draft_root(
    publics: Mapping[str, Sequence[str]],
    *,
    previous: bytes | None,
    now: datetime,
    threshold: int | None = None,
    lifetimes: Lifetimes = LIFETIMES,
) -> bytes:
    """Return unsigned root metadata; roles without keys in `publics` keep those they have in `previous`.

    Without `threshold`, root needs as many signatures as in `previous`; two in the first version.

    Raises:
        UsageError: a key that is none, one key twice, or a role without one.
    """
    keys = {role: tuple(publics.get(role, ())) for role in ROLES}
    version, kept = 1, _THRESHOLD
    if previous is not None:
        before = facts(previous)
        version, kept = before.version + 1, before.threshold
        keys = {role: keys[role] or before.keys[role] for role in ROLES}
    owners = [public for role in ROLES for public in set(keys[role])]
    shared = sorted({public for public in keys["root"] if owners.count(public) > 1})
    if shared:
        raise UsageError(
            Text(
                zh=f"根密钥不能兼任其他角色：{shared[0]}",
                en=f"A root key must not serve another role: {shared[0]}",
            ),
            Text(zh="请为每个角色单独生成密钥。", en="Make a key for each role."),
        )
    expires = metadata.expiry(now, lifetimes.root)
    return metadata.new_root(keys, version=version, threshold=threshold or kept, expires=expires).to_bytes()


def sign_root(draft: bytes, key: PrivateKey, *, previous: bytes | None = None) -> bytes:
    """Return the draft with one more signature. The key may be one of the new root keys or one of those in `previous`.

    Raises:
        UsageError: it is another role's key, or nobody's: its signature would count for nothing.
    """
    signed, _ = metadata.root_from(draft)
    public = public_half(key)
    role = next((role for role, publics in facts(draft).keys.items() if public in publics), "root")
    if role != "root":
        raise UsageError(
            Text(
                zh=f"这把是 {role} 密钥，不是根密钥，未签名。",
                en=f"This is the {role} key, no root key; nothing was signed.",
            ),
            Text(zh="请换用根密钥，如 root-1.pem。", en="Use a root key, such as root-1.pem."),
        )
    if public not in (*facts(draft).keys["root"], *(facts(previous).keys["root"] if previous else ())):
        raise UsageError(
            Text(
                zh=f"草案和上一版都没有登记这把密钥（{public}），未签名。",
                en=f"Neither the draft nor the version before names this key ({public}); nothing was signed.",
            ),
            Text(
                zh="请核对密钥文件；更换根密钥时，旧密钥签名要加 --previous 上一版文件。",
                en="Check the key's file; when root keys are replaced, old ones sign with --previous FILE.",
            ),
        )
    signed.sign(metadata.signer(key), append=True)
    return signed.to_bytes()


def facts(body: bytes) -> RootFacts:
    """Return what root metadata says, and which of its own keys have signed it. Raises UsageError for anything else."""
    signed, root = metadata.root_from(body)
    result = root.get_verification_result("root", signed.signed_bytes, signed.signatures)
    return RootFacts(
        version=root.version,
        expires=root.expires.date().isoformat(),
        keys={
            role: tuple(metadata.public_text(root.keys[keyid]) for keyid in root.roles[role].keyids)
            for role in ROLES
        },
        threshold=root.roles["root"].threshold,
        signed_by=tuple(sorted(metadata.public_text(key) for key in result.signed.values())),
        fingerprint=hashlib.sha256(body).hexdigest(),
    )


def latest_root(repo: Path) -> bytes | None:
    """Return the newest root metadata of a repository, or None in an empty one."""
    versions = [
        int(path.name.split(".")[0])
        for path in (repo / "metadata").glob("*.root.json")
        if path.name.split(".")[0].isdigit()
    ]
    return (repo / "metadata" / f"{max(versions)}.root.json").read_bytes() if versions else None


def install_root(repo: Path, body: bytes, *, now: datetime) -> RootFacts:
    """Put signed root metadata into the repository, next to all those before it.

    Raises:
        LockedError: another run writes this repository.
        KioskRefusedError: too few signatures by its own keys or, after the first, by those of the root before it.
        UsageError: it does not follow the newest root, or has expired: every kiosk would refuse it.
    """
    with durable.locked(repo / PACK_LOCK):
        return _installed(repo, body, now)


def _installed(repo: Path, body: bytes, now: datetime) -> RootFacts:
    signed, root = metadata.root_from(body)
    if root.expires <= now:
        raise UsageError(
            Text(
                zh=f"这一版根元数据已于 {root.expires:%Y-%m-%d} 到期，未放入。",
                en=f"This root expired on {root.expires:%Y-%m-%d} and was not installed.",
            ),
            Text(
                zh="请核对本机时钟；时钟无误的，请重新起草（qingdan keys draft）并签名。",
                en="Check this machine's clock; if it is right, draft anew (qingdan keys draft) and have it signed.",
            ),
        )
    newest = latest_root(repo)
    before = metadata.root_from(newest)[1] if newest is not None else None
    expected = before.version + 1 if before else 1
    if root.version != expected:
        raise UsageError(
            Text(
                zh=f"这是第 {root.version} 版根元数据，更新库现在需要第 {expected} 版。",
                en=f"This is root version {root.version}; the repository needs version {expected} next.",
            ),
            Text(
                zh="请用 qingdan keys draft --previous 在最新版上起草。",
                en="Draft on the newest with qingdan keys draft --previous.",
            ),
        )
    for keeper, whose in ((root, Text(zh="新", en="new")), (before, Text(zh="旧", en="old"))):
        if keeper is None:
            continue
        result = keeper.get_verification_result("root", signed.signed_bytes, signed.signatures)
        if not result:
            raise KioskRefusedError(
                Text(
                    zh=f"{whose.zh}根密钥的签名不够：需要 {result.threshold} 个，现有 {len(result.signed)} 个。",
                    en=f"Too few signatures by the {whose.en} root keys: {len(result.signed)} of {result.threshold}.",
                ),
                Text(zh="请继续用 qingdan keys sign 签名。", en="Go on with qingdan keys sign."),
            )
    durable.make_folders(repo / "metadata")
    durable.replace_file(repo / "metadata" / f"{root.version}.root.json", body)
    return facts(body)
