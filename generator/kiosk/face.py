"""The settings script of one kiosk: what turns the pages of a county into the face of one service centre.

Every page loads `assets/settings.js` before anything else. On a portal it holds nothing; on a kiosk it holds what
this module writes, and brings in the kiosk's own stylesheet and script before the page's first paint.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from generator.errors import KioskRefusedError
from generator.model.addresses import township_home
from generator.model.places import DivisionCode
from generator.model.text import Text

SETTINGS = "assets/settings.js"
"""Where the script stands, from the county's folder."""

# Parser-blocking, so that nothing of the plain page is seen first. The address is the one the page itself wrote, so
# that a folder's name can put nothing into the markup. A page already drawn (an old tab) is left as it is.
_LOADER = """(function () {
  var own = document.currentScript;
  if (!own || document.readyState !== "loading") return;
  var folder = own.getAttribute("src").replace(/settings\\.js.*$/, "");
  document.write('<link rel="stylesheet" href="' + folder + STYLE + '"><script src="' + folder + SCRIPT + '"><\\/script>');
})();
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceSettings:
    """What the pages of one kiosk need to know about it, and about the release that it shows."""

    township: str
    """Code of the township whose service centre this is; its home page is the kiosk's."""
    number: int
    """Of the release."""
    released: date
    fresh_until: date | None
    """The last day on which nothing is said about the release's age; None where it was not told."""
    signed: datetime | None = None
    lang: str = "zh"
    elder: bool = False
    idle_seconds: int = 60
    countdown_seconds: int = 10
    printing: bool = False
    address: str = ""
    """Where the county's pages stand on the web, or nothing; shown as a QR code only."""


def settings_script(settings: FaceSettings, tree: Path) -> bytes:
    """Return what `assets/settings.js` holds on a kiosk that shows `tree`, a county's folder as built.

    The same settings and tree give the same bytes.

    Raises:
        KioskRefusedError: the tree has no kiosk face, or no page of the township in the kiosk's language.
    """
    style, script = _only(tree, "css"), _only(tree, "js")
    home = township_home(settings.lang, DivisionCode(settings.township))
    if not (tree / home).is_file():
        raise KioskRefusedError(
            Text(
                zh=f"本次发布中没有本机的首页 {home}。",
                en=f"The release holds no home page for this kiosk: {home}.",
            ),
            Text(
                zh="请核对 kiosk.toml 中的乡镇（街道）代码和语言；如该乡镇已撤并，请改为新的代码。",
                en="Check the township and the language in kiosk.toml; a township that was merged has another code.",
            ),
        )
    said = {
        "kiosk": True,
        "township": settings.township,
        "lang": settings.lang,
        "elder": settings.elder,
        "dark": False,
        "idleSeconds": settings.idle_seconds,
        "countdownSeconds": settings.countdown_seconds,
        "printing": settings.printing,
        "release": {
            "number": settings.number,
            "date": settings.released.isoformat(),
            "freshUntil": settings.fresh_until.isoformat() if settings.fresh_until else "",
            "signed": _moment(settings.signed) if settings.signed else "",
        },
        "address": _folder(settings.address),
        "items": _items(tree),
    }
    loader = _LOADER.replace("STYLE", _script_json(style)).replace("SCRIPT", _script_json(script))
    return (
        f"window.qingdan = window.qingdan || {{}};\nwindow.qingdan.settings = {_script_json(said)};\n{loader}"
    ).encode()


def _only(tree: Path, kind: str) -> str:
    """Return the name of the one kiosk asset of a kind."""
    found = sorted(path.name for path in (tree / "assets").glob(f"kiosk.*.{kind}"))
    if len(found) != 1:
        raise KioskRefusedError(
            Text(
                zh=f"本次发布中应有且只有一个 assets/kiosk.*.{kind}，现有 {len(found)} 个。",
                en=f"The release should hold one assets/kiosk.*.{kind} and holds {len(found)}.",
            ),
            Text(zh="请重新打包后再更新。", en="Pack the site again and update once more."),
        )
    return found[0]


def _items(tree: Path) -> dict[str, str]:
    """Return the scripts with the county's items by language: what the attract screen draws its questions from."""
    return {
        path.name.split(".")[0].removeprefix("items-"): f"search/{path.name}"
        for path in sorted((tree / "search").glob("items-*.*.js"))
    }


def _moment(signed: datetime) -> str:
    return signed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _folder(address: str) -> str:
    return address if not address or address.endswith("/") else address + "/"


def _script_json(body: object) -> str:
    """JSON that is also JavaScript in old engines (U+2028/2029) and safe inside a script element."""
    text = json.dumps(body, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("<", "\\u003c")
