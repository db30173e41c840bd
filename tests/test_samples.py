"""The committed sample filings: reading them gives the answers that their maker wrote, field by field.

Every county is compared; those whose filings are many documents only by `make test-full` (mark `full`).
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.checks import check_filing
from generator.intake import read_document
from generator.model.findings import Checked, Checklist, FiledItem
from generator.model.settings import County, Site
from generator.settings import filing_folders, load_filing, load_site
from generator.wording import read_memory
from tests.samples.library import KINDS, load
from tests.samples.make_samples import read_divisions, townships_of
from tests.samples.pilots import PILOTS

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content"
ANSWERS = ROOT / "tests" / "samples" / "answers"
AS_OF = date(2026, 1, 1)

# One county for each format and packaging; together a few seconds.
QUICK = {
    "230221",  # xls, a sheet per township
    "230822",  # xlsx, two-row header, one list for all townships
    "231223",  # saved again by LibreOffice
    "230302",  # 2022 task lists
    "230405",  # docx over several tables
    "232761",  # .et
}
FILINGS = sorted(
    (folder.parents[1].name, folder.name)
    for folder in (CONTENT / "counties").glob("*/filings/*")
    if folder.is_dir()
)


@pytest.fixture(scope="module")
def site() -> Site:
    """The committed content."""
    return load_site(CONTENT)


def answers_of(code: str) -> dict[str, list[dict[str, Any]]]:
    """Return the answers of a county: filing → its checklists."""
    content: dict[str, list[dict[str, Any]]] = json.loads(
        gzip.decompress((ANSWERS / f"{code}.json.gz").read_bytes())
    )
    return content


def county_of(site: Site, code: str) -> County:
    """Return a county that must be there."""
    county = site.county(code)
    assert county is not None
    return county


def check(site: Site, code: str, name: str) -> Checked:
    """Read and check one committed filing as `qingdan accept` does."""
    county = county_of(site, code)
    folder = next(folder for folder in filing_folders(county) if folder.name == name)
    filing = load_filing(folder, county, site)
    documents = [read_document(folder / document.file) for document in filing.documents]
    return check_filing(documents, filing=filing, county=county, divisions=site.divisions, as_of=AS_OF)


def as_answer(item: FiledItem) -> dict[str, Any]:
    """Return an item in the form of the answers."""
    return {
        "number": item.number,
        "category": item.category,
        "name": item.name,
        "basis": item.basis,
        "departments": (
            None if item.departments is None else [{"name": d.name, "duty": d.duty} for d in item.departments]
        ),
        "township_duty": item.township_duty,
        "method": item.method,
        "where": {"sheet": item.where.sheet, "cell": item.where.cell},
    }


def key_of(checklist: Checklist) -> tuple[str, tuple[str, ...]]:
    """Return what tells one list of a filing from the others."""
    return checklist.kind, tuple(checklist.townships)


@pytest.mark.parametrize(
    ("code", "name"),
    [pytest.param(*filing, marks=[] if filing[0] in QUICK else [pytest.mark.full]) for filing in FILINGS],
)
def test_reading_equals_the_answers(site: Site, code: str, name: str) -> None:
    """Every list of a committed filing is read with exactly the fields and cells that were written."""
    checked = check(site, code, name)
    blocking = [
        f"{f.rule} {f.where} {f.found}" for f in checked.findings if f.severity in ("error", "confirm")
    ]
    assert blocking == []
    wanted = {(a["kind"], tuple(a["townships"])): a for a in answers_of(code)[name]}
    found = {key_of(checklist): checklist for checklist in checked.checklists}
    assert len(found) == len(checked.checklists), "two lists of one kind for the same townships"
    assert set(found) == set(wanted)
    for key, answer in wanted.items():
        checklist = found[key]
        assert (checklist.where.file, checklist.where.sheet) == (answer["file"], answer["sheet"])
        assert [as_answer(item) for item in checklist.items] == answer["items"], key
        assert {item.where.file for item in checklist.items} == {answer["file"]}


def first_lists() -> list[tuple[str, dict[str, Any]]]:
    """Return county and answer of every list in the first filings."""
    return [
        (pilot.code, answer)
        for pilot in PILOTS
        for answer in answers_of(pilot.code)[f"{pilot.effective}-first-list"]
    ]


def test_seventeen_pilots_have_181_townships() -> None:
    """Each of the 181 townships of the 17 pilots has a list, and nobody else has."""
    divisions = read_divisions()
    real = {township.code for pilot in PILOTS for township in townships_of(pilot.code, divisions)}
    assert (len(PILOTS), len(real)) == (17, 181)
    assert {code for _, answer in first_lists() for code in answer["townships"]} == real
    assert all(divisions[code].english for code in real)


def test_sizes_are_those_of_real_lists() -> None:
    """Longsha files the national average for every township, and all pilots together over 20,000 lines."""
    sizes = {
        (answer["kind"], township): len(answer["items"])
        for code, answer in first_lists()
        if code == "230202"
        for township in answer["townships"]
    }
    assert Counter((kind, size) for (kind, _), size in sizes.items()) == {
        ("basic", 117): 7,
        ("supporting", 99): 7,
        ("reclaimed", 124): 7,
    }
    assert sum(len(answer["items"]) * len(answer["townships"]) for _, answer in first_lists()) > 20_000


def test_library_holds_distinct_matters_of_every_kind() -> None:
    """The samples hold at least 150 distinct matters, and every kind has its own."""
    library = load()
    names = {(kind, matter.name.zh) for kind, matters in library.items() for matter in matters}
    assert len(names) >= 150
    assert {kind for kind, _ in names} == set(KINDS)
    filed = {(answer["kind"], item["name"]) for _, answer in first_lists() for item in answer["items"]}
    assert len(filed) >= 150


def test_counties_are_no_copies() -> None:
    """No two townships with lists of their own file the same lists, and no two counties nearly the same ones."""
    lists: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    counties: dict[str, set[tuple[str, str]]] = {}
    for code, answer in first_lists():
        lines = {(answer["kind"], item["name"]) for item in answer["items"]}
        lists.setdefault((code, *answer["townships"]), set()).update(lines)
        counties.setdefault(code, set()).update(lines)
    assert len({frozenset(lines) for lines in lists.values()}) == len(lists)
    for one, other in itertools.combinations(counties.values(), 2):
        assert len(one & other) / len(one | other) < 0.7


@pytest.mark.parametrize("pilot", [pilot for pilot in PILOTS if pilot.later], ids=lambda pilot: pilot.code)
def test_later_filing_adds_changes_renumbers_and_removes(pilot: Any) -> None:
    """A later filing differs from the first in every way that the differences page must show."""
    answers = answers_of(pilot.code)
    before, after = (
        {(a["kind"], tuple(a["townships"])): {i["name"]: i for i in a["items"]} for a in answers[name]}
        for name in (f"{pilot.effective}-first-list", f"{pilot.later.effective}-{pilot.later.slug}")
    )
    seen: Counter[str] = Counter()
    for key, old in before.items():
        new = after[key]
        seen["added"] += len(new.keys() - old.keys())
        seen["removed"] += len(old.keys() - new.keys())
        for name in old.keys() & new.keys():
            seen["renumbered"] += old[name]["number"] != new[name]["number"]
            seen["changed"] += any(
                old[name][k] != new[name][k] for k in ("departments", "township_duty", "method")
            )
        if key[0] == "supporting":
            seen["moved"] += len((old.keys() - new.keys()) & after["reclaimed", key[1]].keys())
    assert all(seen[way] for way in ("added", "removed", "renumbered", "changed", "moved")), seen


def test_every_filed_text_has_its_english() -> None:
    """The sample matters are fully translated, and no translation has a placeholder or Han characters left."""
    memory = read_memory(CONTENT / "wording" / "en.po")
    filed: set[str] = set()
    for pilot in PILOTS:
        for answers in answers_of(pilot.code).values():
            for item in (item for answer in answers for item in answer["items"]):
                parts = item["departments"] or []
                texts = [item[k] for k in ("name", "category", "basis", "township_duty", "method")]
                filed |= {t for t in [*texts, *(p["name"] for p in parts), *(p["duty"] for p in parts)] if t}
    assert sorted(filed - memory.keys()) == []
    assert [t for t in memory.values() if re.search(r"[{}\u4e00-\u9fff]", t)] == []


def test_korean_only_speaks_of_filed_text() -> None:
    """Every Korean translation belongs to a text that 东宁市 files; a few dozen core duties have one."""
    memory = read_memory(CONTENT / "wording" / "ko.po")
    texts = {
        text
        for answers in answers_of("231086").values()
        for answer in answers
        for item in answer["items"]
        for text in (item["category"], item["name"])
    }
    assert len(memory.keys() & texts) >= 24
    assert [text for text in memory.values() if re.search(r"[\u4e00-\u9fff]", text)] == []


def test_samples_say_that_they_are_samples(site: Site) -> None:
    """Titles, document numbers and phones of every sample filing are marked and cannot be taken for real ones."""
    for county in site.counties:
        assert county.sample
        assert {contact.phone for contact in county.contacts} == {"0000-0000000"}
        assert all(contact.verified is None for contact in county.contacts)
        for folder in filing_folders(county):
            filing = load_filing(folder, county, site)
            assert filing.sample
            assert "示例" in filing.title
            assert all("示例" in (a.document_number or "示例") for a in filing.approvals)
            assert all("示例" in a.authority for a in filing.approvals)


def test_only_one_filing_awaits_review(site: Site) -> None:
    """All filings are in force, but for one of 伊美区 that shows what `--preview` is for."""
    pending = [
        (county.division.code, folder.name)
        for county in site.counties
        for folder in filing_folders(county)
        if load_filing(folder, county, site).stage("review") is None
    ]
    assert pending == [("230717", "2025-12-01-awaiting-review")]
