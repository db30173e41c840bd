"""The search index of one county in one language, and the tokenizer that the browser shares.

The browser answers in two steps. The *truth* of a match is a plain scan of the filed text: any piece of a name, duty,
department or basis is found and nothing else is. The *order* of the matches comes from a lunr index of names and
departments, built here with our own tokens (Han and Hangul in overlapping pairs, other scripts in words), because a
dictionary that cuts the text one way and the query another loses words that stand there. The same item in many
townships is one entry that lists its townships.

Files are classic scripts, so that they load from disk too. `site_templates/assets/search.js` holds the other half;
`tests/search_vectors.json` keeps the two in step.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from generator.model.addresses import item_page, township_page
from generator.model.lists import CountyLists, ItemId, Line
from generator.model.places import DivisionCode
from generator.model.settings import County
from generator.model.text import Tongue

Key = tuple[object, ...]


@dataclass(kw_only=True, slots=True)
class _Entry:
    """One content of one item, and the townships that have it."""

    line: Line
    pending: bool
    townships: list[DivisionCode] = field(default_factory=list)


def shared_scripts(templates: Path) -> dict[str, bytes]:
    """Return the scripts that all languages of a county share, by file name; names carry a digest of the bytes."""
    return _named({"lunr": _lunr_js(), "search": (templates / "assets" / "search.js").read_bytes()})


def loading_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return script names in the order a page loads them: the items, lunr, then the search that uses both."""
    return tuple(
        sorted(names, key=lambda name: (("items", "lunr", "search").index(re.split("[-.]", name)[0]), name))
    )


def build_search(county: County, lists: CountyLists, tongue: Tongue) -> dict[str, bytes]:
    """Return the script with a county's items in one language, by its file name.

    With the shared scripts it has at most 250 KB compressed at 15 townships of 340 items.
    """
    entries = _entries(lists)
    folding = _folding(text for entry in entries for text in _texts(entry.line) if text)
    body = {
        "lang": tongue.lang,
        "page": item_page(tongue.lang, DivisionCode("{township}"), ItemId("{item}")),
        "report": township_page(tongue.lang, DivisionCode("{township}"), "report"),
        **_table(county, lists, entries, tongue),
        "folding": "".join(old + new for old, new in sorted(folding.items())),
        "readings": _readings(entry.line.state.name for entry in entries),
        "lunr": _lunr_index(entries, folding, tongue),
        "strings": {
            key.removeprefix("search."): text
            for key, text in sorted(tongue.strings.items())
            if key.startswith("search.")
        },
    }
    data = "window.qingdan=window.qingdan||{};window.qingdan.searchData=" + _script_json(body) + ";\n"
    return _named({f"items-{tongue.lang}": data.encode()})


def _named(scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.{hashlib.sha256(body).hexdigest()[:10]}.js": body for name, body in scripts.items()}


def fold(text: str, folding: Mapping[str, str]) -> str:
    """Return the text as it is compared: NFKC and lower case by code point, traditional characters simplified.

    Code point by code point, so that the browser can tell from a place in the folded text which characters to mark.
    """
    folded = "".join(unicodedata.normalize("NFKC", character).lower() for character in text)
    return "".join(folding.get(character, character) for character in folded)


def tokens(folded: str) -> list[str]:
    """Cut folded text for the ranking index: pairs of Han or Hangul characters (one alone stays), other words whole.

    "基层12345热线" → 基层, 12345, 热线.
    """
    found: list[str] = []
    for kind, run in _runs(folded):
        if kind == "pairs" and len(run) > 1:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif kind:
            found.append(run)
    return found


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Cut into runs of one class: "pairs" (Han, Hangul), "word" (other letters and digits), "" (the rest)."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _script(text[end]) != _script(text[start]):
            yield _script(text[start]), text[start:end]
            start = end


def _script(character: str) -> str:
    # The same ranges stand in search.js: Han with its extensions and 〇, and Hangul syllables.
    point = ord(character)
    if (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or 0x20000 <= point <= 0x323AF
        or point == 0x3007
        or 0xAC00 <= point <= 0xD7A3
    ):
        return "pairs"
    return "word" if character.isalnum() and point < 0x2E80 else ""


def _entries(lists: CountyLists) -> list[_Entry]:
    found: dict[Key, _Entry] = {}
    for version in lists.versions:
        for line in version.lines:
            state = line.state
            key = (
                line.item,
                state.category,
                state.name,
                state.basis,
                state.departments,
                state.township_duty,
                state.method,
                state.more,
                version.pending,
            )
            entry = found.setdefault(key, _Entry(line=line, pending=version.pending))
            entry.townships.append(version.township)
    return sorted(found.values(), key=lambda entry: (entry.line.item, entry.townships))


def _texts(line: Line) -> Iterator[str | None]:
    """What is searched: name, basis, departments and duties."""
    state = line.state
    yield from (state.name, state.basis, state.township_duty, state.method)
    for department in state.departments or ():
        yield from (department.name, department.duty)
    for _, text in state.more:
        yield text


def _table(county: County, lists: CountyLists, entries: list[_Entry], tongue: Tongue) -> dict[str, object]:
    """The entries with their names, duties and townships; repeated strings stand once and are numbered."""
    kinds = list(dict.fromkeys(version.kind for version in lists.versions))
    present = {version.township for version in lists.versions}
    townships = [division for division in county.townships if division.code in present]
    place = {division.code: number for number, division in enumerate(townships)}
    categories = _Numbers()
    departments = _Numbers()
    sets = _Numbers()
    rows = []
    for entry in entries:
        state = entry.line.state
        rows.append(
            [
                entry.line.item,
                kinds.index(entry.line.kind),
                categories.of(state.category or ""),
                sets.of(",".join(str(place[code]) for code in sorted(entry.townships))),
                state.name,
                state.basis or 0,
                [[departments.of(d.name), d.duty or 0] for d in state.departments or ()],
                state.township_duty or 0,
                state.method or 0,
                _translated(entry.line, tongue),
                int(entry.pending),
                # Only the older formats have further columns: other rows end here.
                *([[[m, t, _translation(t, tongue)] for m, t in state.more]] if state.more else ()),
            ]
        )
    more = {meaning for entry in entries for meaning, _ in entry.line.state.more}
    return {
        "townships": [[d.code, d.name if tongue.lang == "zh" else d.english or d.name] for d in townships],
        "kinds": [[kind, tongue.say(f"search.kind.{kind}")] for kind in kinds],
        "categories": [[name, tongue.of(name).text if name else ""] for name in categories.names],
        "departments": [[name, _translation(name, tongue)] for name in departments.names],
        "sets": [[int(number) for number in numbers.split(",")] for numbers in sets.names],
        "rows": rows,
        **({"more": {meaning: tongue.say(f"field.{meaning}") for meaning in sorted(more)}} if more else {}),
    }


class _Numbers:
    """Numbers strings in the order they are first met."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))


def _translated(line: Line, tongue: Tongue) -> list[object] | int:
    """The translations of a line's name, basis, duties and method, 0 where there is none; 0 for a Chinese site."""
    if tongue.lang == "zh":
        return 0
    state = line.state
    return [
        _translation(state.name, tongue),
        _translation(state.basis, tongue),
        [_translation(d.duty, tongue) for d in state.departments or ()],
        _translation(state.township_duty, tongue),
        _translation(state.method, tongue),
    ]


def _translation(filed: str | None, tongue: Tongue) -> str | int:
    if not filed or tongue.lang == "zh":
        return 0
    wording = tongue.of(filed)
    return wording.text if wording.lang == tongue.lang else 0


def ranking_index(
    entries: Sequence[tuple[Iterable[str], Iterable[str]]], folding: Mapping[str, str]
) -> dict[str, Any]:
    """Return a lunr index of entries, each its names and its departments, as lunr.py serializes it."""
    from lunr.builder import Builder  # only a build needs it

    builder = Builder()
    builder.ref("id")
    # A hit in the name says more than one in a department that leads fifty duties.
    builder.field("name", boost=5)
    builder.field("departments")
    # No stemmer, no stop words, no trimmer: they know English only, and the browser would have to repeat them.
    builder.pipeline.reset()
    builder.search_pipeline.reset()
    for number, (names, departments) in enumerate(entries):
        builder.add(
            {
                "id": str(number),
                "name": [token for text in names for token in tokens(fold(text, folding))],
                "departments": [token for text in departments for token in tokens(fold(text, folding))],
            }
        )
    index: dict[str, Any] = builder.build().serialize()
    return index


def _lunr_index(entries: list[_Entry], folding: Mapping[str, str], tongue: Tongue) -> object:
    """The index for the order of results, shortened; None where nothing is in force yet.

    Of the inverted index only the terms are kept, in the order that the vectors number them: where each stands is what
    the vectors say, and the browser works it out again (a third of all that it would have to load). A score is told
    from another by its first decimal well enough.
    """
    if not entries:
        return None
    index = ranking_index([_ranked(entry.line, tongue) for entry in entries], folding)
    terms = sorted(index["invertedIndex"], key=lambda posting: posting[1]["_index"])
    vectors = [
        [ref, [round(value, 1) if place % 2 else value for place, value in enumerate(vector)]]
        for ref, vector in index["fieldVectors"]
    ]
    return {
        "version": index["version"],
        "fields": index["fields"],
        "fieldVectors": vectors,
        "terms": [term for term, _ in terms],
    }


def _ranked(line: Line, tongue: Tongue) -> tuple[list[str], list[str]]:
    """The names and the departments of a line, as filed and as translated."""

    def both(texts: Iterable[str]) -> list[str]:
        return [str(one) for text in texts for one in (text, _translation(text, tongue)) if one]

    return both([line.state.name]), both(d.name for d in line.state.departments or ())


@lru_cache(maxsize=1)
def _lunr_js() -> bytes:
    """lunr.js 2.3.9 as MkDocs ships it (MIT): the version that lunr.py's indexes are written for."""
    return Path(
        str(distribution("mkdocs").locate_file("mkdocs/contrib/search/templates/search/lunr.js"))
    ).read_bytes()


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """OpenCC's table of traditional characters and their first simplified form."""
    import opencc  # only its table is wanted

    table = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {old: new.split(" ")[0] for old, new in pairs if old != new.split(" ")[0]}


def _folding(texts: Iterable[str]) -> dict[str, str]:
    """The part of the table that can matter here: either form stands somewhere in the texts."""
    characters = {character for text in texts for character in text}
    return {
        old: new
        for old, new in _simplified().items()
        if (old in characters or new in characters) and len(old) == len(new) == 1
    }


def _readings(names: Iterable[str]) -> dict[str, str]:
    """Every reading of every Han character of the names, without tones: {"行": "hang heng xing"}."""
    characters = sorted({c for name in names for c in name if _script(c) == "pairs" and ord(c) < 0xAC00})
    return {character: read for character in characters if (read := _readings_of(character))}


@cache
def _readings_of(character: str) -> str:
    """The readings of one character, "" for one without; the counties of a build share most of theirs."""
    # Single characters need none of its 47,000 phrases, which take four fifths of its start.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False, errors="ignore")
    return " ".join(sorted(set(found[0]))) if found else ""


def _script_json(body: object) -> str:
    """JSON that is also JavaScript in old engines (U+2028/2029) and safe inside a script element."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("<", "\\u003c")
