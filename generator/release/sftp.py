"""A folder of another machine, reached over SSH: opening it. What is done there stands in `sftp_unit`.

The package that speaks SSH is an optional extra, loaded only when such a target is used.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.errors import NotInstalledError, UsageError
from generator.model.targets import SftpTarget
from generator.model.text import Text

if TYPE_CHECKING:
    from generator.release.sftp_unit import SftpPlace

_HOST_KEY: Final = re.compile(r"(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+=*(?: .*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a target that is far away may keep us waiting, in seconds."""

    silence: float = 60.0
    """Until one request that is not answered counts as a cut line."""
    first_pause: float = 1.0
    """Before the first new try; doubled each time."""
    longest_pause: float = 30.0
    tries: int = 6
    """Of one step, before the run gives up."""
    whole: float = 4 * 3600.0
    """For everything together: 200 MB at 128 kbit/s take three and a half hours."""
    beat: float = 5.0
    """Between two signs of life in the lock; a lock without any for three beats belongs to nobody."""


@contextmanager
def open_sftp(settings: SftpTarget, base: Path, patience: Patience = Patience()) -> Iterator[SftpPlace]:
    """Connect to an SFTP target; a relative key file counts from `base`.

    Raises:
        UsageError: the package for it is not installed, or the key file is missing, open to others, or no private key.
        PublishError: the machine cannot be reached, shows another host key than the pinned one, or refuses our key.
    """
    try:
        import asyncssh  # noqa: F401  the parts below need it; here it is only asked for
    except ImportError as error:
        raise NotInstalledError("asyncssh") from error
    from generator.release.sftp_line import Line
    from generator.release.sftp_unit import SftpPlace

    if not _HOST_KEY.fullmatch(settings.host_key):
        raise UsageError(
            Text(
                zh=f"发布目标“{settings.name}”没有写明服务器的主机公钥（host_key）。",
                en=f"The target {settings.name!r} does not say the server's host key.",
            ),
            Text(
                zh='请在服务器上读取 /etc/ssh/ssh_host_ed25519_key.pub，写成 host_key = "ssh-ed25519 AAAA…"。',
                en='Read /etc/ssh/ssh_host_ed25519_key.pub on the server itself: host_key = "ssh-ed25519 AAAA…".',
            ),
        )
    key_file = base / Path(settings.key_file).expanduser()
    _check_key_file(key_file)
    with Line(settings, key_file, patience) as line:
        yield SftpPlace(line, settings)


def _check_key_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(
            Text(zh=f"读不到 SSH 私钥 {path}。", en=f"The SSH key {path} cannot be read."),
            Text(zh="请核对 site.toml 中的 key_file。", en="Check key_file in site.toml."),
        ) from error
    if sys.platform != "win32" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            Text(zh=f"SSH 私钥 {path} 其他用户也能读。", en=f"Other users can read the SSH key {path}."),
            Text(zh=f"请运行 chmod 600 {os.fspath(path)}。", en=f"Run chmod 600 {os.fspath(path)}."),
        )
