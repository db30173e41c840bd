"""Real-size counties as built from the sample register: what the search finds, what the figures say, where links lead.

东宁市 (three languages) is looked at in every run; 龙沙区, whose lists are the longest, and the slow questions only in the
full one. The oracle reads the recorded JSON itself and scans it: it shares no line with the search.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import unescape
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypinyin import Style, pinyin

from generator import register, settings, wording
from generator.build import BuildPlan, build_site
from generator.model.addresses import category_page, department_page
from generator.model.lists import CountyLists, ItemId
from generator.model.places import Division, DivisionCode
from generator.search import build_search, shared_scripts
from tests.golden_site import ROOT

CONTENT = ROOT / "content"
AS_OF = date(2026, 1, 1)
DONGNING, LONGSHA = "231086", "230202"
SEARCH_BUDGET = 250_000
"""Bytes of all search scripts of one language, compressed."""
ITEM_BUDGET = 8 * 1024

pytestmark = pytest.mark.browser
COUNTIES = [
    pytest.param(DONGNING, id="dongning"),
    pytest.param(LONGSHA, id="longsha", marks=pytest.mark.full),
]
EDITIONS = [
    pytest.param(DONGNING, "zh", id="dongning-zh"),
    pytest.param(DONGNING, "en", id="dongning-en"),
    pytest.param(DONGNING, "ko", id="dongning-ko"),
    pytest.param(LONGSHA, "zh", id="longsha-zh", marks=pytest.mark.full),
    pytest.param(LONGSHA, "en", id="longsha-en", marks=pytest.mark.full),
]

# ---------------------------------------------------------------- the oracle


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """One line of a township's list in force, as the register's JSON has it."""

    item: str
    kind: str
    township: str
    name: str
    texts: tuple[str, ...]
    """All that is searched: name, basis, departments, duties, method."""
    category: str | None


@cache
def filed(code: str) -> tuple[Filed, ...]:
    """Every line in force, by the definition alone: the latest filing approved, reviewed and begun states it."""
    folder = CONTENT / "register" / code
    latest: dict[tuple[str, str], tuple[str, str]] = {}
    for filing in json.loads((folder / "filings.json").read_text(encoding="utf-8"))["filings"]:
        passed = {stage["stage"]: stage["date"] for stage in filing["approvals"]}
        if max(passed["approval"], passed["review"], filing["effective"]) > AS_OF.isoformat():
            continue
        for kind, townships in filing["covers"].items():
            for township in townships:
                key = (filing["effective"], filing["id"])
                latest[kind, township] = max(key, latest.get((kind, township), key))
    return tuple(
        Filed(
            item=item["id"],
            kind=path.stem,
            township=township,
            name=state["name"],
            texts=tuple(filter(None, _texts(state))),
            category=state["category"],
        )
        for path in sorted(folder.glob("*.json"))
        if path.stem != "filings"
        for item in json.loads(path.read_text(encoding="utf-8"))["items"]
        for state in item["states"]
        for occurrence in state["occurrences"]
        for township in occurrence["townships"]
        if latest.get((path.stem, township), ("", ""))[1] == occurrence["filing"]
    )


def _texts(state: dict[str, Any]) -> Iterator[str | None]:
    yield from (state["name"], state["basis"], state["township_duty"], state["method"])
    for department in state["departments"] or ():
        yield from (department["name"], department["duty"])


@cache
def memory(lang: str) -> dict[str, str]:
    """The translations into a language."""
    path = CONTENT / "wording" / f"{lang}.po"
    if not path.exists():
        return {}
    return {e.msgid: e.msgstr for e in polib.pofile(str(path)) if e.msgstr and not e.fuzzy and not e.obsolete}


@cache
def plain(text: str) -> str:
    """Text as it is compared."""
    return unicodedata.normalize("NFKC", text).lower()


def shown(line: Filed, lang: str) -> list[str]:
    """What a page of this language holds of a line: the Chinese, and the translations there are."""
    return [*line.texts, *(memory(lang)[text] for text in line.texts if text in memory(lang))]


def holding(code: str, lang: str, holds: Callable[[Filed, list[str]], bool]) -> set[tuple[str, str]]:
    """(item, township) of every line of which `holds` is true."""
    seen: dict[tuple[str, ...], bool] = {}
    for line in filed(code):
        if line.texts not in seen:
            seen[line.texts] = holds(line, [plain(text) for text in shown(line, lang)])
    return {(line.item, line.township) for line in filed(code) if seen[line.texts]}


def has(*pieces: str) -> Callable[[Filed, list[str]], bool]:
    """Every piece stands somewhere in the texts."""
    return lambda _line, texts: all(any(plain(piece) in text for text in texts) for piece in pieces)


def reads(term: str) -> Callable[[Filed, list[str]], bool]:
    """A word begins with the term, or the name reads like it."""
    return lambda line, texts: any(_begins(text, term) for text in texts) or _reads(plain(line.name), term)


def _begins(text: str, term: str) -> bool:
    return any(
        not (at.start() and text[at.start() - 1].isalnum() and text[at.start() - 1] < "\u2e80")
        for at in re.finditer(f"(?={re.escape(term)})", text)
    )


@cache
def readings(character: str) -> frozenset[str]:
    """Every reading of a Han character; a letter reads as itself."""
    if character.isascii():
        return frozenset(character) if character.isalpha() else frozenset()
    return frozenset(
        reading
        for reading in pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        if reading != character
    )


def _reads(name: str, term: str) -> bool:
    def written(at: int, rest: str) -> bool:
        if at == len(name):
            return False
        return any(
            (reading.startswith(rest) and (len(rest) > 1 or rest != term))
            or (rest.startswith(reading) and written(at + 1, rest[len(reading) :]))
            for reading in readings(name[at])
        )

    def entered(at: int) -> bool:
        return not (at and _latin(name[at]) and _latin(name[at - 1]))

    initials = [{reading[0] for reading in readings(character)} for character in name]
    return any(
        entered(at)
        and (
            (at + len(term) <= len(name) and all(letter in initials[at + n] for n, letter in enumerate(term)))
            or written(at, term)
        )
        for at in range(len(name))
    )


def _latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds a county when it is first asked for, and returns its folder."""

    @cache
    def build(code: str) -> Path:
        out = tmp_path_factory.mktemp(code) / "site"
        plan = BuildPlan(
            content=CONTENT,
            templates=ROOT / "site_templates",
            mkdocs_yml=ROOT / "mkdocs.yml",
            out=out,
            as_of=AS_OF,
            only=(code,),
            jobs=2,
        )
        build_site(plan, lambda *_: None)
        return out / code

    return build


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that may open files and nothing else, and that makes no complaint."""
    complaints: list[str] = []
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    context.route(re.compile("^(?!file:|data:)"), lambda route: route.abort())
    tab = context.new_page()
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    context.close()
    assert complaints == []


def ask(page: Page, queries: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
    """(item, township) of every result of every query, from `window.qingdan.search`."""
    answers: list[list[dict[str, Any]]] = page.evaluate(
        "queries => Promise.all(queries.map(query => window.qingdan.search(query)))", list(queries)
    )
    return {
        query: {
            (result["url"].rsplit("/", 1)[1].removesuffix(".html"), township)
            for result in results
            for township in result["townships"]
        }
        for query, results in zip(queries, answers, strict=True)
    }


def drawn(code: str, count: int, pattern: str, seed: int) -> list[str]:
    """Distinct pieces of the lists in force that `pattern` describes whole, two to eight characters long."""
    dice = random.Random(seed)
    texts = sorted({text for line in filed(code) for text in line.texts})
    pieces: dict[str, None] = {}
    while len(pieces) < count:
        run = dice.choice(re.findall(pattern, dice.choice(texts)) or [""])
        length = dice.randint(2, 8)
        start = dice.randint(0, max(0, len(run) - length))
        piece = run[start : start + length]
        if len(re.findall("[\u4e00-\u9fff]", piece)) >= 2:
            pieces[piece] = None
    return list(pieces)


HAN, ANYTHING = "[\u4e00-\u9fff]{2,}", r"\S{2,}"


@pytest.mark.parametrize("code", COUNTIES)
def test_the_oracle_agrees_on_what_is_in_force(code: str) -> None:
    """The plain reading of the JSON and the register room mean the same lines."""
    county = settings.find_county(settings.load_site(CONTENT), code)
    assert county is not None
    lists = register.in_force(register.load(CONTENT, county.division.code), as_of=AS_OF, gates=county.gates)
    lines = {(line.item, v.township, line.state.name) for v in lists.versions for line in v.lines}
    assert lines == {(line.item, line.township, line.name) for line in filed(code)}


@pytest.mark.parametrize(("code", "lang"), EDITIONS)
def test_any_piece_is_found_and_nothing_else(
    sites: Callable[[str], Path], page: Page, code: str, lang: str
) -> None:
    """Pieces of two to eight characters, of Han alone and with whatever stands between, one and two at a time."""
    page.goto((sites(code) / lang / "search.html").as_uri())
    pieces = [*drawn(code, 300, HAN, 1), *drawn(code, 100, ANYTHING, 2)]
    for piece, found in ask(page, pieces).items():
        assert found == holding(code, lang, has(piece)), piece
    pairs = {f"{one} {two}": (one, two) for one, two in pairwise(drawn(code, 80, HAN, 3))}
    for query, found in ask(page, list(pairs)).items():
        assert found == holding(code, lang, has(*pairs[query])), query


@pytest.mark.parametrize("code", COUNTIES)
def test_what_stands_nowhere_is_not_found(sites: Callable[[str], Path], page: Page, code: str) -> None:
    """Pieces turned round, where they do not happen to stand anywhere."""
    page.goto((sites(code) / "zh" / "search.html").as_uri())
    turned = [piece[::-1] for piece in drawn(code, 200, HAN, 4)]
    nowhere = [piece for piece in turned if not holding(code, "zh", has(piece))]
    assert len(nowhere) >= 100
    assert {piece: found for piece, found in ask(page, nowhere).items() if found} == {}


@pytest.mark.parametrize("code", COUNTIES)
def test_pinyin_finds_names_in_every_reading(sites: Callable[[str], Path], page: Page, code: str) -> None:
    """Initials of two to five neighbouring characters and their written pinyin, all readings of each."""
    page.goto((sites(code) / "zh" / "search.html").as_uri())
    dice = random.Random(5)
    terms: dict[str, str] = {}
    for name in dice.sample(sorted({line.name for line in filed(code)}), 60):
        run = dice.choice(re.findall(HAN, name))
        piece = run[(start := dice.randint(0, len(run) - 2)) : start + dice.randint(2, 5)]
        spoken = [sorted(readings(character)) for character in piece]
        for one in list(product(*spoken))[:8]:
            terms["".join(syllable[0] for syllable in one)] = piece
            terms["".join(one)] = piece
            terms["".join(one)[:-1]] = piece  # the last syllable is not written out yet
    assert len(terms) > 150
    for term, found in ask(page, list(terms)).items():
        assert found == holding(code, "zh", reads(term)), term
        assert found >= holding(code, "zh", lambda line, _: terms[term] in line.name), term  # noqa: B023  called at once


@pytest.mark.parametrize("code", COUNTIES)
def test_english_words_are_found(sites: Callable[[str], Path], page: Page, code: str) -> None:
    """Words of translated names, departments and duties, in any case, and their beginnings."""
    page.goto((sites(code) / "en" / "search.html").as_uri())
    words = sorted(
        {
            word
            for line in filed(code)
            for text in line.texts
            for word in re.findall("[A-Za-z]{3,}", memory("en").get(text, ""))
        }
    )
    assert len(words) > 200
    queries = [word for n, word in enumerate(random.Random(6).sample(words, 120))]
    queries += [word.upper()[:4] for word in queries[::3]]
    for query, found in ask(page, queries).items():
        assert found == holding(code, "en", reads(query.lower())), query
        assert found, query


@pytest.mark.parametrize("code", COUNTIES)
def test_results_lead_to_their_pages(sites: Callable[[str], Path], page: Page, code: str) -> None:
    """Title, kind and address of a result are those of the item's page; a township's results lead into it."""
    search = sites(code) / "zh" / "search.html"
    page.goto(search.as_uri())
    for piece in drawn(code, 12, HAN, 7):
        results = page.evaluate("query => window.qingdan.search(query)", piece)
        for result in results:
            target = (search.parent / result["url"]).resolve()
            text = target.read_text(encoding="utf-8")
            heading = re.search("<h1>(.*?)</h1>", text, flags=re.DOTALL)
            assert heading is not None
            assert unescape(re.sub("<[^>]+>", "", heading[1])) == result["title"]
            assert target.name.startswith(result["kind"] + "-")
            assert target.parent.name in result["townships"]


@pytest.mark.parametrize("code", COUNTIES)
def test_the_search_keeps_its_budget(sites: Callable[[str], Path], code: str) -> None:
    """All scripts of one language, compressed as a web server would."""
    folder = sites(code) / "search"
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in folder.iterdir()}
    shared = sum(size for name, size in sizes.items() if not name.startswith("items-"))
    for name, size in sizes.items():
        if name.startswith("items-"):
            print(f"{code} {name}: {size + shared} bytes with what all languages share")
            assert size + shared <= SEARCH_BUDGET, name


@pytest.mark.parametrize("code", COUNTIES)
def test_pages_data_and_register_have_the_same_figures(sites: Callable[[str], Path], code: str) -> None:
    """Counts by kind and category on the pages, lines of the data files, and lines in force are the same."""
    county = sites(code)
    townships = sorted({line.township for line in filed(code)})
    for township in townships:
        lines = [line for line in filed(code) if line.township == township]
        expected = Counter(line.kind for line in lines)
        data = json.loads((county / "data" / f"{township}.json").read_text(encoding="utf-8"))
        assert data["counts"] == expected, township
        assert Counter(row["name"] for row in data["lines"]) == Counter(line.name for line in lines)
        for lang in ("zh", "en"):
            home = (county / lang / township / "index.html").read_text(encoding="utf-8")
            figures = re.findall(r'class="qd-counts--(\w+)">\s*<a[^>]*>\s*<strong>(\d+)</strong>', home)
            assert {kind: int(count) for kind, count in figures} == expected, township
            for (kind, category), count in Counter((line.kind, line.category) for line in lines).items():
                path = category_page(lang, DivisionCode(township), kind, category or "")
                text = (county / path).read_text(encoding="utf-8")
                assert text.count('class="qd-list__number"') == count, path
    whole = json.loads((county / "data" / f"{code}.json").read_text(encoding="utf-8"))
    assert len(whole["lines"]) == len(filed(code))


@pytest.mark.parametrize("code", COUNTIES)
def test_every_link_leads_somewhere(sites: Callable[[str], Path], code: str) -> None:
    """Every link, script, stylesheet and fragment of every page of the county, in all languages."""
    county = sites(code)
    pages = {path: path.read_text(encoding="utf-8") for path in county.rglob("*.html")}
    files = {path for path in county.parent.rglob("*") if path.is_file()}
    anchors = {path: set(re.findall(r'\sid="([^"]+)"', text)) for path, text in pages.items()}
    resolved: dict[tuple[Path, str], Path] = {}
    broken = set()
    for path, text in pages.items():
        for link in set(re.findall(r'\s(?:href|src)="([^"]*)"', text)):
            if link.startswith(("data:", "tel:")):
                continue
            target, _, fragment = unescape(link).partition("#")
            if (path.parent, target) not in resolved:
                resolved[path.parent, target] = Path(_normal(path.parent / target.partition("?")[0]))
            there = resolved[path.parent, target] if target else path
            if there not in files or (fragment and fragment not in anchors[there]):
                broken.add((str(path.relative_to(county)), link))
    assert not broken, sorted(broken)[:20]


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return str(Path(*parts))


@pytest.mark.parametrize("code", COUNTIES)
def test_item_pages_keep_their_budget(sites: Callable[[str], Path], code: str) -> None:
    """An item page is at most 8 KB, frame included, plus the text that its list gives it."""
    largest = 0
    for path in sites(code).rglob("*-[0-9][0-9][0-9][0-9].html"):
        text = path.read_text(encoding="utf-8")
        main = re.search("<main.*</main>", text, flags=re.DOTALL)
        assert main is not None
        own = len(unescape(re.sub("<[^>]+>", "", main[0])).encode())
        largest = max(largest, len(text.encode()) - own)
        assert len(text.encode()) - own <= ITEM_BUDGET, path
    print(f"{code}: {largest} bytes at most besides an item's own text")


# ---------------------------------------------------------------- only in the full run


def kinds_of_pages(county: Path, code: str) -> dict[str, str]:
    """A real page of every kind; {lang} stands for the language."""
    line = next(line for line in filed(code) if line.kind == "supporting")
    department = next(text for text in line.texts if text.endswith("局"))
    township = DivisionCode(line.township)
    kinds = {
        "way in": "index.html",
        "province": "../{lang}/index.html",
        "department": department_page("{lang}", department),
        "category": category_page("{lang}", township, line.kind, line.category or ""),
        "search results": "{lang}/search.html?q=防汛",
    }
    kinds |= {name: f"{{lang}}/{name}.html" for name in ("index", "search", "departments", "changes", "data",
                                                         "sitemap", "about", "how-to-read", "policy", "404")}  # fmt: skip
    kinds |= {f"town {name}": f"{{lang}}/{township}/{name}.html" for name in ("index", "changes", "report")}
    for kind in ("basic", "supporting", "reclaimed"):
        item = next(one.item for one in filed(code) if one.township == township and one.kind == kind)
        kinds[kind] = f"{{lang}}/{township}/{item}.html"
    living = {(line.item, line.township) for line in filed(code)}
    gone = [p for p in county.glob("zh/2*/*-[0-9]*[0-9].html") if (p.stem, p.parent.name) not in living]
    items = [path for path in gone if re.fullmatch(r"[a-z]+-\d{4}", path.stem)]
    if items:
        kinds["removed"] = f"{{lang}}/{items[0].parent.name}/{items[0].name}"
    return kinds


@pytest.mark.full
@pytest.mark.parametrize(("code", "lang"), EDITIONS)
def test_axe_finds_nothing(sites: Callable[[str], Path], page: Page, code: str, lang: str) -> None:
    """axe-core: no violation on a real page of any kind."""
    county = sites(code)
    axe = Axe()
    for kind, path in kinds_of_pages(county, code).items():
        page.goto(f"{county.as_uri()}/{path.format(lang=lang)}")
        found = axe.run(page).response["violations"]
        assert found == [], f"{kind} {lang}: {json.dumps(found, ensure_ascii=False)[:2000]}"


@pytest.mark.full
def test_how_large_the_largest_county_could_be() -> None:
    """15 townships of 340 items as counties have them keep the budget; what no county has is measured and printed."""
    site = settings.load_site(CONTENT)
    county = settings.find_county(site, LONGSHA)
    assert county is not None
    lists = register.in_force(register.load(CONTENT, county.division.code), as_of=AS_OF, gates=county.gates)
    longest = max({v.township for v in lists.versions}, key=lambda t: _length(lists, t))
    whole = [version for version in lists.versions if version.township == longest]
    townships = tuple(
        Division(
            code=DivisionCode(f"{LONGSHA}{n:03d}"),
            name=f"示例{n}街道",
            english=f"Sample {n} Subdistrict",
            level="subdistrict",
            parent=county.division.code,
        )
        for n in range(1, 16)
    )
    sizes = {}
    # Alike: what townships share is one item. Distinct: every line of every township is an item of its own.
    for case, alike in (("alike", True), ("distinct", False)):
        versions = tuple(
            replace(
                version,
                township=town.code,
                lines=version.lines
                if alike
                else tuple(
                    replace(
                        line,
                        item=ItemId(f"{line.kind}-{n * 400 + at:04d}"),
                        state=replace(line.state, name=f"{line.state.name}（{town.name}{at}）"),
                    )
                    for at, line in enumerate(version.lines)
                ),
            )
            for n, town in enumerate(townships)
            for version in whole
        )
        large = replace(lists, versions=versions)
        for lang in ("zh", "en"):
            tongue = wording.load_tongues(CONTENT, ROOT / "site_templates", [lang])[lang]
            scripts = build_search(replace(county, townships=townships), large, tongue)
            scripts |= shared_scripts(ROOT / "site_templates")
            sizes[case, lang] = sum(len(gzip.compress(body, 9)) for body in scripts.values())
    print(f"15 townships of {_length(lists, longest)} lines, compressed: {sizes}")
    assert max(sizes["alike", lang] for lang in ("zh", "en")) <= SEARCH_BUDGET


def _length(lists: CountyLists, township: str) -> int:
    return sum(len(version.lines) for version in lists.versions if version.township == township)
