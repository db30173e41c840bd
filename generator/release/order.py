"""In which order files become visible where they cannot all at once: what a page needs stands there before the page does."""

from __future__ import annotations

import re
from typing import Final

from generator.release.note import FOLDER

# The builder names assets by their content: `qingdan.4ffa199836.js`. Pages never are.
_BY_CONTENT: Final = re.compile(r"\.[0-9a-f]{8,64}\.[a-z0-9]+(?:\.gz)?$")
_PAGE: Final = re.compile(r"\.html(?:\.gz)?$")


def is_by_content(path: str) -> bool:
    """Whether a file is named by what is in it, so that it can stand beside any release for ever."""
    return _BY_CONTENT.search(path) is not None and not is_page(path)


def is_page(path: str) -> bool:
    """Whether a file is a page, or a page compressed."""
    return _PAGE.search(path) is not None


def readers_order(path: str) -> tuple[int, str]:
    """Sort key: assets, then data, then pages (entrances last), and what the release says of itself at the very end."""
    if path.startswith(FOLDER):
        return (4, path)
    if is_page(path):
        return (3 if path.removesuffix(".gz").rpartition("/")[2] == "index.html" else 2, path)
    return (0 if is_by_content(path) else 1, path)
