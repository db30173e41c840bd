"""Where releases are published to, as `site.toml` says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderTarget:
    """A folder of this machine, or one that is mounted on it."""

    name: str
    path: str
    """As written; a relative one counts from the folder that holds `content/`."""
    address: str | None
    """The public address of the folder, with a slash at its end; None where nobody has said it."""
    units: tuple[str, ...]
    """Counties, and `province`; empty for all."""
    require_atomic: bool
    """Refuse to publish where pages could only change one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SftpTarget:
    """A folder of another machine, reached over SSH."""

    name: str
    host: str
    port: int
    user: str
    key_file: str
    """The private SSH key; a relative path counts from the folder that holds `content/`, `~` is the user's home."""
    host_key: str
    """The one public key that the server must show: `ssh-ed25519 AAAA…`."""
    path: PurePosixPath
    address: str | None
    units: tuple[str, ...]
    require_atomic: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketTarget:
    """A bucket of an object storage that speaks S3. Credentials never stand in settings: the environment or a profile has them."""

    name: str
    bucket: str
    prefix: str
    """Before every object's name, without slashes at its ends; may be empty."""
    endpoint: str | None
    region: str | None
    address: str | None
    units: tuple[str, ...]
    require_atomic: bool


TargetSettings = FolderTarget | SftpTarget | BucketTarget
