"""Targets and the release key in site.toml: read whole, every fault told at once, and nothing published without a key."""

from __future__ import annotations

import base64
from pathlib import Path, PurePosixPath

import pytest

from generator import settings
from generator.errors import ContentError
from generator.model.targets import BucketTarget, FolderTarget, SftpTarget

DIVISIONS = """\
code,name,level,parent,english,successor
230000,黑龙江省,province,,Heilongjiang Province,
230200,齐齐哈尔市,prefecture,230000,Qiqihar,
230202,龙沙区,county,230200,Longsha District,
230202001,五龙街道,subdistrict,230202,,
"""
PUBLIC = "ed25519:" + base64.b64encode(bytes(32)).decode()
HOST_KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(32)).decode()


def content_with(folder: Path, tables: str) -> Path:
    """A content folder of one county whose site.toml ends with `tables`."""
    content = folder / "content"
    (content / "counties/230202").mkdir(parents=True, exist_ok=True)
    (content / "divisions.csv").write_text(DIVISIONS, "utf-8")
    (content / "counties/230202/county.toml").write_text('languages = ["zh"]\n', "utf-8")
    (content / "site.toml").write_text(f'province = "230000"\n{tables}', "utf-8")
    return content


def test_targets_of_three_kinds_are_read(tmp_path: Path) -> None:
    """A folder, an SFTP server and a bucket, with the key that signs and those that did."""
    site = settings.load_site(
        content_with(
            tmp_path,
            f"""
[signing]
public = "{PUBLIC}"
former = ["{PUBLIC.replace("AAAA", "BBBB", 1)}"]
[[target]]
name = "portal"
kind = "folder"
path = "/srv/qingdan"
address = "https://www.example.gov.cn/qingdan/"
units = ["230202", "province"]
[[target]]
name = "mirror"
kind = "sftp"
host = "files.example.gov.cn"
user = "qingdan"
key_file = "~/.ssh/id_ed25519"
host_key = "{HOST_KEY}"
path = "/www/qingdan"
require_atomic = true
[[target]]
name = "cloud"
kind = "s3"
bucket = "qingdan"
prefix = "/public/"
endpoint = "https://oss.example.com"
""",
        )
    )
    assert site.public_key == PUBLIC
    assert len(site.former_keys) == 1
    assert site.targets == (
        FolderTarget(
            name="portal",
            path="/srv/qingdan",
            address="https://www.example.gov.cn/qingdan/",
            units=("230202", "province"),
            require_atomic=False,
        ),
        SftpTarget(
            name="mirror",
            host="files.example.gov.cn",
            port=22,
            user="qingdan",
            key_file="~/.ssh/id_ed25519",
            host_key=HOST_KEY,
            path=PurePosixPath("/www/qingdan"),
            address=None,
            units=(),
            require_atomic=True,
        ),
        BucketTarget(
            name="cloud",
            bucket="qingdan",
            prefix="public",
            endpoint="https://oss.example.com",
            region=None,
            address=None,
            units=(),
            require_atomic=False,
        ),
    )


def test_a_site_without_targets_is_fine(tmp_path: Path) -> None:
    """Whoever only builds needs neither target nor key."""
    site = settings.load_site(content_with(tmp_path, ""))
    assert (site.public_key, site.former_keys, site.targets) == (None, (), ())


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Each by its place, with what to write instead, in one run."""
    content = content_with(
        tmp_path,
        """
[signing]
public = "ssh-ed25519 AAAA"
[[target]]
name = "Portal 1"
kind = "ftp"
[[target]]
name = "a"
kind = "folder"
address = "www.example.gov.cn"
units = ["23"]
pth = "/srv"
[[target]]
name = "a"
kind = "sftp"
host = "a b"
port = 70000
user = "q"
key_file = "k"
host_key = "ssh-ed25519 !!!"
path = "/x"
[[target]]
name = "c"
kind = "s3"
bucket = "No"
prefix = "../x"
endpoint = "oss"
""",
    )
    with pytest.raises(ContentError) as caught:
        settings.load_site(content)
    said = caught.value.problem.en
    for place in (
        "signing.public",
        "target[1].name",
        "target[1].kind",
        "target[2].path",
        "target[2].address",
        "target[2].units",
        "target[2].pth",
        "target[3].name",
        "target[3].host",
        "target[3].port",
        "target[3].host_key",
        "target[4].bucket",
        "target[4].prefix",
        "target[4].endpoint",
    ):
        assert f"content/site.toml, {place}:" in said
    assert len(said.splitlines()) == 14
    assert len(caught.value.problem.zh.splitlines()) == 14
