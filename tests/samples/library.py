"""The library of sample matters, and their wording in one place.

`matters/*.toml` holds true-to-life duties with placeholders; `Place` is who a document speaks to (a county and one or
more of its townships), and fills them. Everything a document says, and its English, goes through `Place.fill`.

Placeholders: zh {县} {乡镇} {村} {党委} {办}; en {County}/{county} {Township}/{township} {village}/{villages}
{Villages} {Village} {committee} {office}.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MATTERS = Path(__file__).parent / "matters"
KINDS = ("basic", "supporting", "reclaimed", "task")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text and its English, with placeholders."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A department and, where the kind says so, its duty."""

    name: Text
    duty: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One duty as the library words it."""

    kind: str
    category: Text
    name: Text
    basis: Text | None
    fits: frozenset[str]
    core: bool
    parts: tuple[Part, ...]
    township_duty: Text | None
    method: Text | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Who a document speaks to: the words that fill the placeholders, and what kind of place it is."""

    county_word: str
    """县, 市 or 区."""
    levels: frozenset[str]
    """Levels of the townships spoken to, out of subdistrict, town, township."""
    traits: frozenset[str]
    """urban, rural, border, forest, …: what the matters' `fits` speak of."""
    translations: dict[str, str] = field(default_factory=dict)
    """Final Chinese → English, of everything filled so far (shared by all places)."""

    @property
    def words(self) -> dict[str, str]:
        """What fills the Chinese placeholders."""
        sub, rural = "subdistrict" in self.levels, self.levels - {"subdistrict"}
        word = {"town": "镇", "township": "乡"}
        name = word[next(iter(rural))] if len(rural) == 1 else "乡镇"
        if sub:
            name = "街道" if not rural else "乡镇（街道）"
        only_sub = sub and not rural
        return {
            "县": self.county_word,
            "乡镇": name,
            "村": "社区" if only_sub else "村（社区）",
            "党委": "党工委" if only_sub else "党（工）委" if sub else "党委",
            "办": "办事处" if only_sub else "政府（办事处）" if sub else "政府",
        }

    @property
    def english_words(self) -> dict[str, str]:
        """What fills the English placeholders."""
        sub, rural = "subdistrict" in self.levels, self.levels - {"subdistrict"}
        word = {"town": "town", "township": "township"}
        name = word[next(iter(rural))] if len(rural) == 1 else "township"
        if sub:
            name = "subdistrict" if not rural else "township (subdistrict)"
        only_sub = sub and not rural
        village, villages = (
            ("community", "communities") if only_sub else ("village (community)", "villages (communities)")
        )
        county = {"县": "county", "市": "city", "区": "district"}[self.county_word]
        committee = "Party working committee" if only_sub else "Party committee"
        return {
            "county": county,
            "County": {"县": "County", "市": "Municipal", "区": "District"}[self.county_word],
            "township": name,
            "Township": name.capitalize(),
            "village": village,
            "villages": villages,
            "Village": village.capitalize(),
            "Villages": villages.capitalize(),
            "committee": committee,
            "office": "subdistrict office" if only_sub else f"{name} government",
        }

    def fill(self, text: Text) -> str:
        """Return the Chinese as this place files it, and keep its English. Raises KeyError for an unknown placeholder."""
        zh_words, en_words = self.words, self.english_words
        zh = _PLACEHOLDER.sub(lambda found: zh_words[found[1]], text.zh)
        en = _PLACEHOLDER.sub(lambda found: en_words[found[1]], text.en)
        self.translations.setdefault(zh, en)
        return zh


def _text(value: Mapping[str, Any]) -> Text:
    return Text(zh=value["zh"].strip(), en=value["en"].strip())


def _department_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for path in sorted(MATTERS.glob("departments*.toml")):
        names |= _names_in(tomllib.loads(path.read_text(encoding="utf-8")))
    return names


def _names_in(table: Any) -> dict[str, str]:
    """Return every zh → en pair of a file of names, whatever its tables are called."""
    names: dict[str, str] = {}
    if isinstance(table, dict):
        if isinstance(table.get("zh"), str) and isinstance(table.get("en"), str):
            return {table["zh"].strip(): table["en"].strip()}
        for key, value in table.items():
            if isinstance(value, str):
                names[key.strip()] = value.strip()
            elif isinstance(value, dict) and "en" in value and "zh" not in value:
                names[key.strip()] = value["en"].strip()
            else:
                names |= _names_in(value)
    elif isinstance(table, list):
        for value in table:
            names |= _names_in(value)
    return names


def _named(zh: str, names: Mapping[str, str]) -> Text:
    if zh not in names:
        raise KeyError(f"no English for {zh!r} in {MATTERS}")
    return Text(zh=zh, en=names[zh])


def _part(value: Any, names: Mapping[str, str]) -> Part:
    if isinstance(value, str):
        return Part(name=_named(value.strip(), names))
    name = value["name"]
    label = _named(name.strip(), names) if isinstance(name, str) else _text(name)
    return Part(name=label, duty=_text(value["duty"]) if "duty" in value else None)


def _matter(kind: str, row: Mapping[str, Any], names: Mapping[str, str]) -> Matter:
    category = row["category"]
    return Matter(
        kind=kind,
        category=_named(category.strip(), names) if isinstance(category, str) else _text(category),
        name=_text(row["name"]),
        basis=_text(row["basis"]) if "basis" in row else None,
        fits=frozenset(row.get("fits", ())),
        core=bool(row.get("core", False)),
        parts=tuple(_part(value, names) for value in row.get("departments", ())),
        township_duty=_text(row["township_duty"]) if "township_duty" in row else None,
        method=_text(row["method"]) if "method" in row else None,
    )


def load() -> dict[str, tuple[Matter, ...]]:
    """Return the matters by kind, in the order they stand. Raises KeyError for a name without English."""
    categories = _names_in(tomllib.loads((MATTERS / "categories.toml").read_text(encoding="utf-8")))
    names = categories | _department_names()
    return {
        kind: tuple(
            _matter(kind, row, names)
            for row in tomllib.loads((MATTERS / f"{kind}.toml").read_text(encoding="utf-8")).get("matter", ())
        )
        for kind in KINDS
    }


def categories_in_order(matters: Iterable[Matter]) -> tuple[str, ...]:
    """Return the categories as they first stand."""
    return tuple(dict.fromkeys(matter.category.zh for matter in matters))
