"""The translations of the sample matters as PO files, keyed by the Chinese text as filed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import polib

from tests.samples.library import MATTERS

KOREAN = Path(__file__).parent / "korean.toml"


def write_po(path: Path, lang: str, translations: Mapping[str, str]) -> None:
    """Write one PO file, sorted by source text, without a date."""
    catalogue = polib.POFile(wrapwidth=0, encoding="utf-8")
    catalogue.metadata = {
        "Language": lang,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for source, translation in sorted(translations.items()):
        catalogue.append(polib.POEntry(msgid=source, msgstr=translation))
    path.write_text(str(catalogue) + "\n", encoding="utf-8", newline="\n")


def write_wording(folder: Path, english: Mapping[str, str]) -> None:
    """Write en.po with everything filed, and ko.po with the categories and core duties that korean.toml translates."""
    folder.mkdir(parents=True, exist_ok=True)
    write_po(folder / "en.po", "en", english)
    korean: dict[str, str] = dict(tomllib.loads(KOREAN.read_text(encoding="utf-8"))["korean"])
    categories = tomllib.loads((MATTERS / "categories.toml").read_text(encoding="utf-8"))
    korean |= {source: words["ko"] for source, words in categories.items() if "ko" in words}
    write_po(folder / "ko.po", "ko", {source: text for source, text in korean.items() if source in english})
