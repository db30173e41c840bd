"""A very small county site in editions, with pages, a hashed script and data, and the office that publishes it with a real key."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator import signing
from generator.release import Built, Office, Published, built_unit, publish, roll_back
from generator.release.folder import FolderUnit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

UNIT = "230202"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PHONE = "0000-0000000"


@cache
def keys() -> tuple[Ed25519PrivateKey, str]:
    """A release key made for this run of the tests, and its public half."""
    folder = Path(tempfile.mkdtemp())
    try:
        public = signing.make_key(folder / "key.pem")
        return signing.load_key(folder / "key.pem"), public
    finally:
        shutil.rmtree(folder)


def office(hours: float = 0, unit: str = UNIT) -> Office:
    """Who publishes, some hours after the first release."""
    key, public = keys()
    return Office(
        unit=unit,
        moment=START + timedelta(hours=hours),
        owner="webmaster@test",
        sign=partial(signing.sign, key),
        is_signed=partial(signing.is_signed, public),
    )


def script_of(edition: int) -> str:
    """The name of the script that pages of an edition ask for."""
    return f"assets/qingdan.{hashlib.sha256(b'%d' % edition).hexdigest()[:10]}.js"


def write_site(site: Path, edition: int, *, more: int = 0) -> Path:
    """Write the site of an edition over what stands there; its home, one page and the script differ between editions."""
    county = site / UNIT
    shutil.rmtree(county, ignore_errors=True)
    script = script_of(edition)
    padding = "一体机和门户显示同样的网页。" * 40
    pages = {
        "index.html": f"<script src={script}></script>清单 第{edition}版 {padding}",
        "zh/index.html": f"<script src=../{script}></script>第{edition}版 {padding}",
        "zh/report.html": f"<p>联系电话 {PHONE}</p>{padding}",
        "data/list.csv": "序号,事项名称\n1,示例事项\n",
        script: f"// edition {edition}\n" + "var a=1;\n" * 200,
        **{f"zh/basic-{number:04}.html": f"<p>{number}</p>" for number in range(1, more + 1)},
    }
    for path, text in pages.items():
        (county / path).parent.mkdir(parents=True, exist_ok=True)
        (county / path).write_text(text, encoding="utf-8")
    return site


def built(folder: Path, edition: int, *, more: int = 0) -> Built:
    """Write and seal an edition in a folder of its own."""
    return built_unit(write_site(folder / f"site-{edition}-{more}", edition, more=more), UNIT)


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def go(unit: FolderUnit, tree: Built, hours: float, *, max_deletes: int = 256) -> Published:
    """Publish a tree, as a command does."""
    return publish(unit, unit.pointer(), tree, office(hours), max_deletes, silent)


def read(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def pages(folder: Path) -> dict[str, bytes]:
    """What readers come for: without compressed copies and what the release says of itself."""
    return {
        path: body
        for path, body in read(folder).items()
        if not path.startswith("release/") and not path.endswith(".gz")
    }


def roll_back_to(unit: FolderUnit, release: str | None, hours: float) -> Published:
    """Show an earlier release again, as a command does."""
    return roll_back(unit, unit.pointer(), release, office(hours), silent)
