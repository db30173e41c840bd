"""Ed25519 keys in files, and signatures: the one place that knows the cryptography.

A private key stands in a PEM file (PKCS#8), in a passphrase where one is given, readable by its owner alone. A public key is
written as `ed25519:` and the base64 of its 32 bytes, short enough for a settings file or a sheet of paper.
"""

from __future__ import annotations

import base64
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UsageError
from generator.model.text import Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    PrivateKey = Ed25519PrivateKey  # for rooms that hand keys on and never look into them

_PREFIX = "ed25519:"


def make_key(path: Path, passphrase: bytes | None = None) -> str:
    """Write a new private key to `path` (0600, never over an existing file) and return its public half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    body = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            Text(zh=f"{path} 已存在，未改动。", en=f"{path} exists already and was left alone."),
            Text(
                zh="请换一个文件名；旧密钥不要覆盖。", en="Choose another name: keys are never overwritten."
            ),
        ) from error
    except OSError as error:
        raise UsageError(
            Text(
                zh=f"无法写入 {path}：{error.strerror}。", en=f"{path} cannot be written: {error.strerror}."
            ),
            Text(zh="请核对文件夹和权限。", en="Check the folder and its permissions."),
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return public_half(key)


def load_key(path: Path, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Read a private key.

    Raises:
        UsageError: it is missing, no Ed25519 key, open to other users, or the passphrase does not fit.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        body, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise UsageError(
            Text(zh=f"读不到密钥文件 {path}。", en=f"The key file {path} cannot be read."),
            Text(
                zh="请核对路径；新密钥用 qingdan keys make 生成。",
                en="Check the path; qingdan keys make makes a new key.",
            ),
        ) from error
    private = b"PRIVATE KEY-----" in body  # any other file may well be open to all
    if private and sys.platform != "win32" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            Text(zh=f"密钥文件 {path} 其他用户也能读。", en=f"Other users can read the key file {path}."),
            Text(zh=f"请运行 chmod 600 {path}。", en=f"Run chmod 600 {path}."),
        )
    try:
        key = load_pem_private_key(body, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # the last one for SM2, which offices have
        raise UsageError(
            Text(
                zh=f"{path} 不是可用的密钥，或口令不对。",
                en=f"{path} is no usable key, or the passphrase is wrong.",
            ),
            Text(zh="请核对文件和口令。", en="Check the file and the passphrase."),
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            Text(zh=f"{path} 不是 Ed25519 密钥。", en=f"{path} is not an Ed25519 key."),
            Text(zh="请用 qingdan keys make 生成。", en="Make one with qingdan keys make."),
        )
    return key


def public_half(key: Ed25519PrivateKey) -> str:
    """Return the public half of a private key, as it is written in settings."""
    return _PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def is_public_key(text: str) -> bool:
    """Whether `text` is a public key as `public_half` writes it."""
    try:
        return (
            text.startswith(_PREFIX)
            and len(base64.b64decode(text.removeprefix(_PREFIX), validate=True)) == 32
        )
    except ValueError:
        return False


def sign(key: Ed25519PrivateKey, body: bytes) -> str:
    """Return the signature of `body`, in base64."""
    return base64.b64encode(key.sign(body)).decode()


def is_signed(public: str, body: bytes, signature: str) -> bool:
    """Whether `signature` is what the owner of `public` made for exactly these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not is_public_key(public):
        return False
    raw = base64.b64decode(public.removeprefix(_PREFIX), validate=True)
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature, validate=True), body)
    except (InvalidSignature, ValueError):
        return False
    return True
