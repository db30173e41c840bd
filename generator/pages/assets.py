"""The one script and the one stylesheet that every page of a site loads, under names that tell their contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from generator.model.shell import Shell
from generator.pages.frame import Bundle

# In this order: what comes later builds on, and may override, what came before.
_STYLES = ("chrome.css", "pages.css", "search.css")
_SCRIPTS = ("chrome.js", "pages.js")


def bundle(shell: Shell, templates: Path) -> tuple[Bundle, Mapping[str, bytes]]:
    """Return where the assets stand, and their bytes by path from the site's root.

    What the shell brings is taken from the shell, the rest from `templates/assets`; any other asset of the shell
    (an image) keeps its name.
    """
    style = _joined(_STYLES, shell, templates)
    script = _joined(_SCRIPTS, shell, templates)
    files = {
        f"assets/qingdan.{_digest(style)}.css": style,
        f"assets/qingdan.{_digest(script)}.js": script,
    }
    found = Bundle(style=next(iter(files)), script=list(files)[1])
    others = {
        f"assets/{name}": body for name, body in shell.assets.items() if name not in (*_STYLES, *_SCRIPTS)
    }
    return found, {**files, **others}


def _joined(names: tuple[str, ...], shell: Shell, templates: Path) -> bytes:
    parts = []
    for name in names:
        path = templates / "assets" / name
        if name in shell.assets:
            parts.append(shell.assets[name])
        elif path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:10]
