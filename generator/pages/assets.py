"""The script and the stylesheet that every page of a site loads, and those that kiosks load beside them.

All have names that tell their contents, but one: `assets/settings.js` is the same tiny file on every page, and the
place where a kiosk puts its own settings. Portals never load what it would lead to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from generator.model.shell import Shell
from generator.model.text import Tongue
from generator.pages.frame import Bundle

# In this order: what comes later builds on, and may override, what came before.
_STYLES = ("chrome.css", "pages.css", "search.css")
_SCRIPTS = ("chrome.js", "pages.js")
_SETTINGS = "settings.js"
_KIOSK_SCRIPTS = ("kiosk_qr.js", "kiosk.js", "kiosk_face.js")


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
    settings = f"assets/{_SETTINGS}"
    found = Bundle(style=next(iter(files)), script=list(files)[1], settings=settings)
    others = {
        f"assets/{name}": body for name, body in shell.assets.items() if name not in (*_STYLES, *_SCRIPTS)
    }
    return found, {**files, settings: (templates / "assets" / _SETTINGS).read_bytes(), **others}


def kiosk_face(shell: Shell, templates: Path, tongues: Mapping[str, Tongue]) -> Mapping[str, bytes]:
    """Return the stylesheet and the script of a county's kiosks, which holds its words in all of its languages."""
    words = {
        lang: {
            key.removeprefix("kiosk."): text
            for key, text in sorted(tongue.strings.items())
            if key.startswith("kiosk.")
        }
        for lang, tongue in tongues.items()
    }
    said = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    head = f"window.qingdan=window.qingdan||{{}};window.qingdan.kioskWords={said};\n".encode()
    style = (templates / "assets" / "kiosk.css").read_bytes()
    script = head + _joined(_KIOSK_SCRIPTS, shell, templates)
    return {
        f"assets/kiosk.{_digest(style)}.css": style,
        f"assets/kiosk.{_digest(script)}.js": script,
    }


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
