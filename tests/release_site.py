"""A small built site in numbered editions, and the office that publishes it: for every test of a target."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generator.release import Built, Office, Published, Target, built_unit, publish

UNIT = "230125"
START = datetime(2026, 1, 1, tzinfo=UTC)


def edition(folder: Path, number: int, pages: int = 12, weight: int = 200) -> Built:
    """Write the site of edition `number`: pages that name a script and a style of their own edition, some pages unchanged."""
    site = folder / f"edition-{number}"
    body = f"/* edition {number} */ ".encode() + b"x" * weight
    style = f"assets/qingdan.{hashlib.sha256(b'css' + body).hexdigest()[:10]}.css"
    script = f"assets/qingdan.{hashlib.sha256(b'js' + body).hexdigest()[:10]}.js"
    files: dict[str, bytes] = {style: body, script: body + b"//js"}
    for page in range(pages):
        name = "index.html" if page == 0 else f"zh/page-{page:03}.html"
        up = "" if page == 0 else "../"
        changed = number if page % 2 == 0 else 0
        head = (
            f'<script src="{up}{script}"></script><link rel="stylesheet" href="{up}{style}">'
            if changed
            else ""
        )
        text = f"<!doctype html><title>{page}</title>{head}<p>edition {changed}</p>".encode()
        files[name] = text + b"<!--" + bytes(97 + (page + i) % 26 for i in range(weight)) + b"-->"
    files["data/list.csv"] = f"edition,{number}\n".encode() + b"y," * weight
    files["data/same.csv"] = b"same,\n" * weight
    for path, content in files.items():
        place = site / UNIT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return built_unit(site, UNIT)


def office(number: int, owner: str = "test@here") -> Office:
    """The office at the moment of its `number`-th run, a minute after the one before; its signatures prove nothing."""
    return Office(
        unit=UNIT,
        moment=START + timedelta(minutes=number),
        owner=owner,
        sign=lambda body: hashlib.sha256(b"key" + body).hexdigest(),
        is_signed=lambda body, signature: signature == hashlib.sha256(b"key" + body).hexdigest(),
    )


def silent(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def publish_edition(target: Target, built: Built, number: int) -> Published:
    """Publish one edition on an open target."""
    unit = target.unit(UNIT)
    return publish(unit, unit.pointer(), built, office(number), 1000, silent)


def shown(root: Path) -> dict[str, bytes]:
    """Every file that readers of a folder see."""
    current = root / UNIT / "current"
    return {
        p.relative_to(current).as_posix(): p.read_bytes() for p in sorted(current.rglob("*")) if p.is_file()
    }


def shows(root: Path, built: Built) -> bool:
    """Whether readers of a folder see this edition, every file of it."""
    there = shown(root)
    return all(
        there.get(entry.path) == (built.folder / entry.path).read_bytes() for entry in built.manifest.files
    )
