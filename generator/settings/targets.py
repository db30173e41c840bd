"""Where releases go and which key signs them: [signing] and [[target]] of `site.toml`."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Final

from generator.model.releases import PROVINCE_UNIT
from generator.model.targets import BucketTarget, FolderTarget, SftpTarget, TargetSettings
from generator.model.text import Text
from generator.settings.reading import Table
from generator.signing import is_public_key

ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[^\s?#]*)?/")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")
_UNIT: Final = re.compile(rf"[0-9]{{6}}|{PROVINCE_UNIT}")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9._/-]+")
_HOST_KEYS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_A_KEY: Final = '"ed25519:…"'
_A_HOST_KEY: Final = '"ssh-ed25519 AAAA…"'
_AN_ADDRESS: Final = '"https://www.example.gov.cn/qingdan/"'


def read_signing(site: Table) -> tuple[str | None, tuple[str, ...]]:
    """Return the public half of the release key and those of former ones; None and () without [signing]."""
    table = site.table("signing")
    if table is None:
        return None, ()
    public = table.needed("public", example=_A_KEY)
    former = table.texts("former", example=f"[{_A_KEY}]")
    table.close()
    for key, value in (("public", public), *(("former", one) for one in former)):
        if value and not is_public_key(value):
            table.fault(
                key,
                Text(zh=f"“{value[:60]}”不是公钥。", en=f"{value[:60]!r} is no public key."),
                Text(
                    zh="请写 qingdan keys make 显示的那一行，以 ed25519: 开头。",
                    en="Write the line that qingdan keys make shows; it starts with ed25519:.",
                ),
            )
    return public or None, former


def read_targets(site: Table) -> tuple[TargetSettings, ...]:
    """Return every [[target]] in the order written."""
    targets: list[TargetSettings] = []
    for table in site.tables("target"):
        name = _matching(table, "name", _NAME, '"portal"')
        if name and name in {target.name for target in targets}:
            table.fault(
                "name",
                Text(zh=f"已有一个叫“{name}”的目标。", en=f"There is a target named {name!r} already."),
                Text(zh="请换一个名称。", en="Give it another name."),
            )
        kind = table.needed("kind", example='"folder"')
        if kind in _KINDS:
            targets.append(_KINDS[kind](table, name))
            table.close()
        elif kind:
            table.fault(
                "kind",
                Text(zh=f"不认识“{kind[:40]}”。", en=f"{kind[:40]!r} is not known."),
                Text(zh=f"可以写：{'、'.join(_KINDS)}。", en=f"Known are: {', '.join(_KINDS)}."),
            )
    return tuple(targets)


def _folder(table: Table, name: str) -> FolderTarget:
    return FolderTarget(
        name=name,
        path=table.needed("path", example='"/srv/qingdan"'),
        address=_address(table),
        units=_units(table),
        require_atomic=table.flag("require_atomic"),
    )


def _sftp(table: Table, name: str) -> SftpTarget:
    host_key = table.needed("host_key", example=_A_HOST_KEY)
    if host_key and not _is_host_key(host_key):
        table.fault(
            "host_key",
            Text(zh="不是 SSH 主机公钥。", en="It is no SSH host key."),
            Text(
                zh="请写服务器 /etc/ssh/ssh_host_ed25519_key.pub 的前两段，并当面或电话核对。",
                en="Write the first two words of the server's /etc/ssh/ssh_host_ed25519_key.pub, "
                "checked with its keeper.",
            ),
        )
    return SftpTarget(
        name=name,
        host=_matching(table, "host", _HOST, '"files.example.gov.cn"'),
        port=table.number("port", default=22, low=1, high=65535),
        user=table.needed("user", example='"qingdan"'),
        key_file=table.needed("key_file", example='"~/.ssh/id_ed25519"'),
        host_key=host_key,
        path=PurePosixPath(table.needed("path", example='"/srv/qingdan"')),
        address=_address(table),
        units=_units(table),
        require_atomic=table.flag("require_atomic"),
    )


def _bucket(table: Table, name: str) -> BucketTarget:
    prefix = table.text("prefix", example='"qingdan"') or ""
    if prefix and (not _PREFIX.fullmatch(prefix) or ".." in prefix.split("/")):
        _wrong(table, "prefix", prefix, '"qingdan"')
    endpoint = table.text("endpoint", example='"https://oss.example.com/"')
    if endpoint is not None and not ADDRESS.fullmatch(f"{endpoint.rstrip('/')}/"):
        _wrong(table, "endpoint", endpoint, '"https://oss.example.com/"')
    return BucketTarget(
        name=name,
        bucket=_matching(table, "bucket", _BUCKET, '"qingdan"'),
        prefix=prefix.strip("/"),
        endpoint=endpoint,
        region=table.text("region", example='"cn-north-1"'),
        address=_address(table),
        units=_units(table),
        require_atomic=table.flag("require_atomic"),
    )


_KINDS: Final[Mapping[str, Callable[[Table, str], TargetSettings]]] = {
    "folder": _folder,
    "sftp": _sftp,
    "s3": _bucket,
}


def _matching(table: Table, key: str, pattern: re.Pattern[str], example: str) -> str:
    value = table.needed(key, example=example)
    if value and not pattern.fullmatch(value):
        _wrong(table, key, value, example)
    return value


def _address(table: Table) -> str | None:
    address = table.text("address", example=_AN_ADDRESS)
    if address is not None and not ADDRESS.fullmatch(address):
        _wrong(table, "address", address, _AN_ADDRESS)
    return address


def _units(table: Table) -> tuple[str, ...]:
    example = f'["230202", "{PROVINCE_UNIT}"]'
    units = table.texts("units", example=example)
    for unit in units:
        if not _UNIT.fullmatch(unit):
            _wrong(table, "units", unit, example)
    return units


def _is_host_key(text: str) -> bool:
    kind, _, body = text.partition(" ")
    try:
        raw = base64.b64decode(body.split(" ")[0], validate=True)
    except ValueError:
        return False
    # RFC 4253, 6.6: the blob begins with the length and name of its own kind.
    return kind in _HOST_KEYS and raw[4 : 4 + len(kind)] == kind.encode()


def _wrong(table: Table, key: str, value: str, example: str) -> None:
    table.fault(
        key,
        Text(zh=f"值“{value[:60]}”不合格式。", en=f"The value {value[:60]!r} has the wrong form."),
        Text(zh=f"请写成 {key} = {example}。", en=f"Write it as {key} = {example}."),
    )
