"""Nothing is lost: what documents say is recorded, and what is recorded is published, character for character.

The site is read back from its pages and its open data, the documents are read anew; `tests/read_back.py` shares no line
with the program. Every comparison answers with sentences that name the place, so that an empty answer is the proof; the
last tests damage a copy and look for the sentence.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.build import BuildPlan, build_site
from tests.golden_site import AS_OF, ROOT, build_golden, golden_content
from tests.read_back import (
    KIND_ORDER,
    Facts,
    Grid,
    Recorded,
    Truth,
    counted,
    csv_rows,
    digest,
    expected_in_data,
    expected_on_page,
    filed_text,
    grids,
    guarded,
    json_rows,
    label,
    listed,
    parse,
    read_register,
    shown_on_page,
    truth,
    xlsx_rows,
)

GOLDEN = "230125"
CONTENT = ROOT / "content"
ITEM_PAGE = re.compile(r"[a-z]+-\d+\.html")
Check = Callable[[Path, Path, str, date], list[str]]
"""Takes the content, the site, the county and the day; returns what differs."""

# ---------------------------------------------------------------- what is compared


def pages_against_register(content: Path, site: Path, code: str, day: date) -> list[str]:
    """Every line has its page and every page its line, in every language; the Chinese says what is recorded."""
    known = truth(content, code, day)
    expected: dict[tuple[str, str], tuple[Recorded, dict[str, Any] | None]]
    expected = {(town, line.item): (line, None) for (town, _), all_ in known.current.items() for line in all_}
    expected |= {(town, item): gone for town, items in known.removed.items() for item, gone in items.items()}
    wrong = []
    for edition in sorted(path.parent for path in (site / code).glob("*/search.html")):
        there = {
            (page.parent.name, page.stem) for page in edition.glob("*/*") if ITEM_PAGE.fullmatch(page.name)
        }
        wrong += [f"{edition.name}/{town}/{item}: no page" for town, item in sorted(set(expected) - there)]
        wrong += [
            f"{edition.name}/{town}/{item}: not recorded" for town, item in sorted(there - set(expected))
        ]
    for (town, item), (line, removed_by) in sorted(expected.items()):
        page = site / code / "zh" / town / f"{item}.html"
        if page.exists():
            wrong += differences(f"zh/{town}/{item}", expected_on_page(line, removed_by), shown_on_page(page))
    return wrong


def lists_against_register(content: Path, site: Path, code: str, day: date) -> list[str]:
    """A township's page counts, and its category pages list, the lines of each list in the order filed."""
    known, wrong = truth(content, code, day), []
    for town in sorted({town for town, _ in known.current}):
        folder = site / code / "zh" / town
        home = parse(folder / "index.html")
        kinds = [kind for kind in KIND_ORDER if (town, kind) in known.current]
        sections = {
            node.attrs["id"]: node for node in home.all("section") if node.attrs.get("id") in KIND_ORDER
        }
        if list(sections) != kinds:
            wrong.append(f"zh/{town}/index: lists {list(sections)}, recorded {kinds}")
        linked = set()
        for kind, section in sections.items():
            by_category = in_categories(known, town, kind)
            told = [(name, counted(note), page) for page, _, name, note in listed(section)]
            counts = [(name, len(lines)) for name, lines in by_category.items()]
            wrong += unlike(f"zh/{town}/index {kind}", counts, [one[:2] for one in told])
            total = section.one("p", "qd-meta")
            shown = total.text.partition(" · ")[0] if total is not None else ""
            wrong += unlike(f"zh/{town}/index {kind} total", [sum(n for _, n in counts)], [counted(shown)])
            for name, _, page in told:
                linked.add(f"{page}.html")
                lines = listed(parse(folder / f"{page}.html"))
                wrong += unlike(f"zh/{town}/{page} ({name})", by_category.get(name, []), lines)
        there = {page.name for page in folder.glob("category-*.html")}
        wrong += unlike(f"zh/{town} categories", sorted(linked), sorted(there))
    return wrong


def in_categories(known: Truth, town: str, kind: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """A list's lines by category, both in the order filed, as a category page must show them."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for line in known.current.get((town, kind), ()):
        names = "、".join(one["name"] for one in line.state["departments"] or ())
        row = (line.item, line.occurrence["number"], line.state["name"], names)
        found.setdefault(line.state["category"] or label("category.none"), []).append(row)
    return found


def data_against_register(content: Path, site: Path, code: str, day: date) -> list[str]:
    """CSV, JSON and XLSX of the county and of each township hold its lines, in order, and nothing else."""
    known, folder = truth(content, code, day), site / code / "data"
    rows = [
        expected_in_data(town, line)
        for town in sorted({town for town, _ in known.current})
        for kind in KIND_ORDER
        for line in known.current.get((town, kind), ())
    ]
    places = {code: rows} | {
        town: [row for row in rows if row["township_code"] == town]
        for town in sorted({row["township_code"] for row in rows})
    }
    readers = {"csv": csv_rows, "json": json_rows, "xlsx": xlsx_rows}
    files = {f"{place}.{suffix}" for place in places for suffix in readers}
    wrong = unlike("data", sorted(files), sorted(path.name for path in folder.iterdir()))
    for place, expected in places.items():
        for suffix, read in readers.items():
            if not (folder / f"{place}.{suffix}").exists():
                continue
            shown = read(folder / f"{place}.{suffix}")
            wrong += unlike(
                f"{place}.{suffix} lines", [key(row) for row in expected], [key(row) for row in shown]
            )
            for must, says in zip(expected, shown, strict=False):
                if suffix == "csv":
                    must = {name: guarded(text) for name, text in must.items()}  # noqa: PLW2901
                where = f"{place}.{suffix} {'/'.join(key(must))}"
                wrong += differences(where, must, {name: says.get(name, "") for name in must})
    return wrong


def key(row: Facts) -> tuple[str, str]:
    """Which line a row of data is."""
    return row["township_code"], row["item"]


def differences(where: str, recorded: Facts, shown: Facts) -> list[str]:
    """Return a sentence for every field that is not the same, character for character."""
    return [
        f"{where}: {name}: recorded {text!r}, shown {shown.get(name, '')!r}"
        for name, text in recorded.items()
        if shown.get(name, "") != text
    ]


def unlike(where: str, recorded: Sequence[object], shown: Sequence[object]) -> list[str]:
    """Return a sentence for what only one of two lists has, or for another order."""
    if recorded == shown:
        return []
    lost, more = Counter(recorded) - Counter(shown), Counter(shown) - Counter(recorded)
    said = [f"{where}: lost {one!r}" for one in lost] + [f"{where}: not recorded {one!r}" for one in more]
    return said or [f"{where}: in another order"]


# ---------------------------------------------------------------- the documents, read anew

HEADINGS = frozenset({"事项名称", "事项", "履职事项", "职责任务", "项目名称", "权力名称"})
"""What stands over the column of names in filed documents."""
LABELS = re.compile(r"承接部门|工作方式")
"""Words that a cell holding both a department and its method puts before each."""
SERIALS = re.compile(r"[一二三四五六七八九十]+、|（\d+项）|\(\d+项\)")
SEPARATORS = re.compile(r"[\s、：:；;，,。\0]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What is recorded of one filed line."""

    name: str
    others: tuple[str, ...]
    """Basis, duties, method and number."""
    departments: frozenset[str]
    category: str


def recorded_rows(content: Path, code: str) -> dict[tuple[str, str], dict[str | None, dict[str, Row]]]:
    """Return what is recorded by filing and document, then sheet, then the cell of the name."""
    found: dict[tuple[str, str], dict[str | None, dict[str, Row]]] = {}
    for item in read_register(content, code)[1]:
        for state in item["states"]:
            departments = state["departments"] or ()
            texts = [state["basis"], state["township_duty"], state["method"]]
            texts += [one["duty"] for one in departments] + list((state.get("more") or {}).values())
            for one in state["occurrences"]:
                cells = found.setdefault((one["filing"], one["file"]), {}).setdefault(one["sheet"], {})
                cells[one["cell"].partition(":")[0]] = Row(
                    name=state["name"],
                    others=tuple(filter(None, [*texts, one["number"]])),
                    departments=frozenset(one["name"] for one in departments),
                    category=state["category"] or "",
                )
    return found


def documents_against_register(content: Path, code: str) -> list[str]:
    """Each name alone fills its cell, each cell under the heading is a recorded name, no word of a row is lost."""
    recorded, wrong = recorded_rows(content, code), []
    for filing in read_register(content, code)[0]:
        for document in filing["documents"]:
            path = content / "counties" / code / "filings" / filing["id"] / document["file"]
            where = f"{filing['id']}/{path.name}"
            if digest(path) != document["sha256"]:
                wrong.append(f"{where}: not the file that was recorded")
            filed, sheets = grids(path), recorded.pop((filing["id"], path.name), {})
            wrong += unlike(f"{where} sheets", sorted(map(str, sheets)), sorted(map(str, filed)))
            for name, rows in sheets.items():
                wrong += sheet_against_rows(f"{where} {name or ''}", filed.get(name, {}), rows)
    return wrong + [f"{filing}/{name}: no such document was filed" for filing, name in recorded]


def sheet_against_rows(where: str, grid: Grid, recorded: dict[str, Row]) -> list[str]:
    """Compare the cells of a sheet with the lines recorded from it, by the address of the name."""
    rows: dict[int, dict[str, str]] = {}
    for address, text in grid.items():
        column, row = split(address)
        rows.setdefault(row, {})[column] = text
    (names,) = {split(address)[0] for address in recorded}
    wrong = [
        f"{where} {names}{row}: not recorded {cells[names]!r}"
        for row, cells in sorted(rows.items())
        if names in cells and f"{names}{row}" not in recorded and cells[names] not in HEADINGS
    ]
    for address, line in recorded.items():
        text = grid.get(address, "")
        if filed_text(text) != line.name:
            wrong.append(f"{where} {address}: filed {text!r}, recorded {line.name!r}")
            continue
        row = split(address)[1]
        filed = list(rows[row].values())
        # A line can run over several rows, one for each department; a row with one cell is a category or a note.
        while names not in rows.get(row + 1, {names: ""}) and len(rows[row + 1]) > 1:
            row += 1
            filed += rows[row].values()
        wrong += [f"{where} {address}: {said}" for said in row_against_line(filed, line)]
    return wrong


def row_against_line(filed: Iterable[str], line: Row) -> list[str]:
    """Compare all that a line's rows hold with all that is recorded of it; only separators may be left over."""
    rest, wrong = "\0".join(map(filed_text, filed)), []
    for text in sorted((line.name, *line.others, *line.departments), key=len, reverse=True):
        if text not in rest:
            wrong.append(f"recorded {text!r}, not filed")
        # A department is named in a column of its own and again before its duty.
        rest = rest.replace(text, "\0", -1 if text in line.departments else 1)
    if line.category and line.category in rest:
        rest = SERIALS.sub("\0", rest.replace(line.category, "\0", 1))
    rest = SEPARATORS.sub("", LABELS.sub("", rest))
    return [*wrong, f"not recorded {rest!r}"] if rest else wrong


def split(address: str) -> tuple[str, int]:
    """Return column and row of an address."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", address)
    assert found is not None, address
    return found[1], int(found[2])


# ---------------------------------------------------------------- what must hold

SITE_CHECKS: tuple[Check, ...] = (
    pages_against_register,
    lists_against_register,
    data_against_register,
)
COUNTIES = sorted(path.name for path in (CONTENT / "register").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the golden content and the site built of it; never written to."""
    folder = tmp_path_factory.mktemp("golden")
    build_golden(golden_content(folder), folder / "site")
    return folder


@pytest.fixture(scope="module")
def sample_sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds the site of a sample county when it is first asked for."""

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
        return out

    return build


@pytest.mark.parametrize("check", SITE_CHECKS, ids=lambda check: check.__name__)
def test_what_is_recorded_is_published(check: Check, golden: Path) -> None:
    """Pages, lists and data of the golden county say what its register says, to the character."""
    assert check(golden / "content", golden / "site", GOLDEN, AS_OF) == []


def test_the_golden_county_has_what_can_get_lost(golden: Path) -> None:
    """The proof above speaks of removed items, of items without department, of shared duties and of line breaks."""
    known = truth(golden / "content", GOLDEN, AS_OF)
    lines = [line for all_ in known.current.values() for line in all_]
    assert sum(map(len, known.removed.values())) >= 2
    assert {line.kind for line in lines} == {"basic", "supporting", "reclaimed"}
    assert any(line.state["departments"] == [] for line in lines)
    assert any("\n" in (line.state["township_duty"] or "") for line in lines)
    assert any(len(line.state["departments"] or ()) > 1 for line in lines)


def test_what_is_filed_is_recorded(golden: Path) -> None:
    """The golden county's workbook, docx and csv, read anew, hold the recorded lines and no others."""
    assert documents_against_register(golden / "content", GOLDEN) == []


@pytest.mark.full
@pytest.mark.parametrize("check", SITE_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("code", ["230202", "232761"])
def test_what_counties_record_is_published(
    code: str, check: Check, sample_sites: Callable[[str], Path]
) -> None:
    """So do the county with the longest lists and the one with four kinds of list from old formats."""
    assert sum(map(len, truth(CONTENT, code, AS_OF).current.values())) > 500
    assert check(CONTENT, sample_sites(code), code, AS_OF)[:20] == []


@pytest.mark.full
@pytest.mark.parametrize("code", COUNTIES)
def test_what_counties_file_is_recorded(code: str) -> None:
    """Every document of every sample county, read anew, holds the recorded lines and no others."""
    assert documents_against_register(CONTENT, code)[:20] == []


# ---------------------------------------------------------------- and would be noticed


TOWN = "230125100"
PAGES = f"site/{GOLDEN}/zh/{TOWN}"
DATA = f"site/{GOLDEN}/data/{GOLDEN}"


def swap(old: str, new: str) -> Callable[[Path], None]:
    """Puts one text for another in a file, once."""

    def damage(path: Path) -> None:
        body = path.read_bytes().decode("utf-8")
        assert old in body, f"{path.name} has no {old!r}"
        path.write_bytes(body.replace(old, new, 1).encode())

    return damage


def unlink(path: Path) -> None:
    """Takes a page away."""
    path.unlink()


def stranger(path: Path) -> None:
    """Puts a page there that nobody recorded."""
    shutil.copy(path, path.with_name("basic-0999.html"))


def drop_line(path: Path) -> None:
    """Takes the first line out of a JSON file."""
    body = json.loads(path.read_text(encoding="utf-8"))
    del body["lines"][0]
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def drop_item(path: Path) -> None:
    """Takes the first item out of the register, as a reader that skips a row would."""
    body = json.loads(path.read_text(encoding="utf-8"))
    del body["items"][0]
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def cut_cell(path: Path) -> None:
    """Takes the last character off a name in a workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (column,) = (cell.column for cell in sheet[1] if cell.value == "name")
    cell = sheet.cell(2, column)
    cell.value = str(cell.value)[:-1]
    book.save(path)


def filed_check(content: Path, _site: Path, code: str, _day: date) -> list[str]:
    """`documents_against_register`, asked like the others."""
    return documents_against_register(content, code)


CASES = {
    "a character of a name": (
        pages_against_register,
        f"{PAGES}/supporting-0001.html",
        swap("<h1>秸秆露天焚烧管控", "<h1>秸秆露天焚烧管"),
        "zh/230125100/supporting-0001: name: recorded '秸秆露天焚烧管控', shown '秸秆露天焚烧管'",
    ),
    "a line break of a duty": (
        pages_against_register,
        f"{PAGES}/supporting-0001.html",
        swap("；\n2.依法", "； 2.依法"),
        "supporting-0001: departments: recorded",
    ),
    "a digit of the fingerprint": (
        pages_against_register,
        f"{PAGES}/basic-0001.html",
        swap('qd-hash">7', 'qd-hash">8'),
        "basic-0001: sha256: recorded",
    ),
    "the cell": (
        pages_against_register,
        f"{PAGES}/basic-0001.html",
        swap(">B4<", ">B5<"),
        "basic-0001: source: recorded",
    ),
    "a text that nobody recorded": (
        pages_against_register,
        f"{PAGES}/supporting-0001.html",
        swap(
            '<section class="qd-duty--township">',
            '<p class="qd-text">一</p><section class="qd-duty--township">',
        ),
        "supporting-0001: all text: recorded",
    ),
    "a page": (
        pages_against_register,
        f"{PAGES}/reclaimed-0002.html",
        unlink,
        "zh/230125100/reclaimed-0002: no page",
    ),
    "a page in English": (
        pages_against_register,
        f"site/{GOLDEN}/en/{TOWN}/basic-0001.html",
        unlink,
        "en/230125100/basic-0001: no page",
    ),
    "a page too many": (
        pages_against_register,
        f"{PAGES}/basic-0001.html",
        stranger,
        "zh/230125100/basic-0999: not recorded",
    ),
    "the word that an item was removed": (
        pages_against_register,
        f"{PAGES}/supporting-0002.html",
        swap("qd-notice--removed", "qd-notice--info"),
        "supporting-0002: removed by: recorded '2024-07-20', shown ''",
    ),
    "a count": (
        lists_against_register,
        f"{PAGES}/index.html",
        swap('qd-list__note">2项', 'qd-list__note">1项'),
        "zh/230125100/index basic: lost ('党的建设', 2)",
    ),
    "a line of a list": (
        lists_against_register,
        f"{PAGES}/category-reclaimed-e3b0c44298.html",
        swap('<span class="qd-list__number">1</span>', '<span class="qd-list__number">7</span>'),
        "lost ('reclaimed-0001', '1', '特种设备安全监察', '县市场监督管理局')",
    ),
    "a character of a csv": (
        data_against_register,
        f"{DATA}.csv",
        swap("网格巡查", "网格巡"),
        "230125.csv 230125100/supporting-0001: township_duty: recorded",
    ),
    "a row of a json": (
        data_against_register,
        f"{DATA}.json",
        drop_line,
        "230125.json lines: lost ('230125100', 'basic-0001')",
    ),
    "a cell of an xlsx": (
        data_against_register,
        f"{DATA}.xlsx",
        cut_cell,
        "230125.xlsx 230125100/basic-0001: name: recorded",
    ),
    "a file": (data_against_register, f"{DATA}.xlsx", unlink, "data: lost '230125.xlsx'"),
    "a row of a document": (
        filed_check,
        f"content/register/{GOLDEN}/basic.json",
        drop_item,
        "2022-06-20-first-list/永和乡基本履职事项.docx 表格1 B3: not recorded '落实党委理论学习中心组学习制度'",
    ),
    "a word of a duty": (
        filed_check,
        f"content/register/{GOLDEN}/supporting.json",
        swap("指导秸秆综合利用", "指导秸秆利用"),
        "配合履职事项 B3: recorded '指导秸秆利用。', not filed",
    ),
    "a duty whole": (
        filed_check,
        f"content/register/{GOLDEN}/reclaimed.json",
        swap('"按年度计划开展监督检查。"', "null"),
        "not recorded '按年度计划开展监督检查'",
    ),
}


@pytest.mark.parametrize(("check", "file", "damage", "sentence"), CASES.values(), ids=CASES)
def test_a_loss_is_named(
    check: Check, file: str, damage: Callable[[Path], None], sentence: str, golden: Path, tmp_path: Path
) -> None:
    """Take the least thing away, or add it, in a copy: the comparison says where and what."""
    copy = tmp_path / "copy"
    shutil.copytree(golden, copy)
    damage(copy / file)
    said = check(copy / "content", copy / "site", GOLDEN, AS_OF)
    assert any(sentence in one for one in said), said[:5]
