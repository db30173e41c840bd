"""Whether a tree would work on the screen: looked at before a release is shown, and once more after."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from generator.kiosk.refusal import Refusal
from generator.model.text import Text

_NAMES_A_FILE: Final = {"script": "src", "img": "src"}


class _Page(HTMLParser):
    """What a page needs from others, and whether it is one at all."""

    def __init__(self) -> None:
        super().__init__()
        self.assets: list[str] = []
        self.title = ""
        self.has_main = False
        self.ended = False
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.has_main |= tag == "main"
        self._in_title = tag == "title"
        name = said.get(_NAMES_A_FILE.get(tag, ""))
        if tag == "link" and "stylesheet" in (said.get("rel") or "").split():
            name = said.get("href")
        if name and not urlsplit(name).scheme:
            self.assets.append(name)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        self.ended |= tag == "html"


def check(tree: Path, home: str) -> None:
    """Look whether the front page and the home page are whole and find everything they load.

    Raises:
        Refusal: `unhealthy`, naming the first file that is missing, empty or no page.
    """
    for path in ("index.html", home):
        page = _Page()
        try:
            page.feed((tree / path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _unhealthy(path) from error
        page.close()
        if not (page.title.strip() and page.has_main and page.ended):
            raise _unhealthy(path)
        for asset in page.assets:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(urlsplit(asset).path)))
            found = tree / place
            if place.startswith("..") or not found.is_file() or not found.stat().st_size:
                raise _unhealthy(place)


def _unhealthy(path: str) -> Refusal:
    return Refusal(
        "unhealthy",
        Text(zh=f"新内容不能正常显示：{path}。", en=f"The new content would not work on the screen: {path}."),
    )
