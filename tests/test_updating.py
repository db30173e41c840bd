"""An update records what is new, builds what its inputs touch and nothing else, and never trusts a file time."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator import settings
from generator.build import BuildPlan, build_site
from generator.durable import locked
from generator.errors import DiffersError, LockedError
from generator.model.releases import PROVINCE_UNIT
from generator.sealing import seal
from generator.updating import (
    Updated,
    alone,
    common_inputs,
    county_inputs,
    inputs_path,
    program_digest,
    read_record,
    update,
)
from tests.golden_site import ROOT, golden_content

COUNTY, NEIGHBOUR = "230125", "230102"
FIRST, SECOND = "2022-06-20-first-list", "2024-07-20-adjusted-list"
BEFORE, AFTER = date(2024, 1, 1), date(2026, 1, 1)


def plan_for(folder: Path, *, as_of: date = AFTER, preview: bool = False) -> BuildPlan:
    """A plan over the content of a scratch folder."""
    return BuildPlan(
        content=folder / "content",
        templates=ROOT / "site_templates",
        mkdocs_yml=ROOT / "mkdocs.yml",
        out=folder / "site",
        as_of=as_of,
        preview=preview,
    )


def two_counties(folder: Path) -> Path:
    """The golden county and a neighbour that has filed nothing."""
    content = golden_content(folder)
    home = content / "counties" / NEIGHBOUR
    home.mkdir()
    (home / "county.toml").write_text('languages = ["zh"]\nsample = true\n', encoding="utf-8")
    rows = (ROOT / "content" / "divisions.csv").read_text(encoding="utf-8").splitlines()
    there = (content / "divisions.csv").read_text(encoding="utf-8").splitlines()
    wanted = [row for row in rows if row.startswith(f"{NEIGHBOUR},")]
    (content / "divisions.csv").write_text("\n".join([*there, *wanted]) + "\n", encoding="utf-8")
    return content


def run(plan: BuildPlan, *, frozen: bool = False) -> Updated:
    """One update."""
    with alone(plan.out):
        return update(plan, lambda *_: None, frozen=frozen)


def why(updated: Updated) -> dict[str, tuple[str, ...]]:
    """The units that were built again, and for what reasons."""
    return {unit.unit: unit.why for unit in updated.rebuilt}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a tree."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def updated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scratch folder whose site was made by an update."""
    folder = tmp_path_factory.mktemp("updated")
    two_counties(folder)
    run(plan_for(folder))
    return folder


@pytest.fixture
def scratch(updated_once: Path, tmp_path: Path) -> Path:
    """A copy of it, record and all."""
    shutil.copytree(updated_once, tmp_path / "scratch")
    return tmp_path / "scratch"


def test_new_filings_are_recorded_and_shown(tmp_path: Path) -> None:
    """Two filings nobody recorded: both are, in their order, and the site is what accepting and building gives."""
    content = golden_content(tmp_path)
    recorded = bytes_of(content / "register" / COUNTY)
    shutil.rmtree(content / "register")
    done = run(plan_for(tmp_path))
    assert [one.folder.name for one in done.accepted] == [FIRST, SECOND]
    assert all(one.recorded for one in done.accepted)
    assert not done.refused
    assert bytes_of(content / "register" / COUNTY) == recorded
    assert why(done) == {COUNTY: ("new",), PROVINCE_UNIT: ("new",)}
    build_site(replace(plan_for(tmp_path), out=tmp_path / "cold"), lambda *_: None)
    assert bytes_of(tmp_path / "site") == bytes_of(tmp_path / "cold")


def test_the_same_content_twice_builds_nothing(scratch: Path) -> None:
    """Nothing new: no unit is built, even where every file has another time and no page was looked at since."""
    before = {path: path.stat().st_mtime_ns for path in (scratch / "site").rglob("*.html")}
    for path in (scratch / "content").rglob("*"):
        os.utime(path, (1, 1))
    assert why(run(plan_for(scratch))) == {}
    assert before == {path: path.stat().st_mtime_ns for path in (scratch / "site").rglob("*.html")}


def test_a_change_of_same_size_and_time_is_seen(scratch: Path) -> None:
    """A digit of a county's phone is changed and the file's time set back: the county is built again."""
    path = scratch / "content" / "counties" / COUNTY / "county.toml"
    times = path.stat()
    old = path.read_text(encoding="utf-8")
    new = old.replace("0000-0000000", "0000-0000001", 1)
    assert new != old
    path.write_text(new, encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    done = run(plan_for(scratch))
    assert why(done) == {COUNTY: ("county",)}
    assert done.rebuilt[0].changed > 0
    assert (done.rebuilt[0].added, done.rebuilt[0].removed) == (0, 0)


def test_a_county_is_built_alone(scratch: Path) -> None:
    """What is new in one county leaves the files of another as they are; the province follows the summaries."""
    path = scratch / "content" / "counties" / NEIGHBOUR / "county.toml"
    path.write_text('languages = ["zh", "en"]\nsample = true\n', encoding="utf-8")
    other = scratch / "site" / COUNTY / "index.html"
    kept = other.stat().st_ino
    done = run(plan_for(scratch))
    assert set(why(done)) == {NEIGHBOUR, PROVINCE_UNIT}
    assert why(done)[PROVINCE_UNIT] == ("summaries",)
    assert other.stat().st_ino == kept
    build_site(replace(plan_for(scratch), out=scratch / "cold"), lambda *_: None)
    assert bytes_of(scratch / "site") == bytes_of(scratch / "cold")


def test_a_list_comes_into_force_by_its_day_alone(tmp_path: Path) -> None:
    """The day before and the day of a filing, with not one byte of input changed: its lists appear, and it is told."""
    golden_content(tmp_path)
    run(plan_for(tmp_path, as_of=date(2024, 7, 19)))
    assert why(run(plan_for(tmp_path, as_of=date(2024, 7, 18)))) == {}  # another day, the same lists
    done = run(plan_for(tmp_path, as_of=date(2024, 7, 20)))
    assert why(done) == {COUNTY: ("lists",), PROVINCE_UNIT: ("summaries",)}
    (came,) = done.rebuilt[0].in_force
    assert came.filing.id == SECOND
    told = {(change.type, change.item) for version in came.changes for change in version.changes}
    assert {("added", "basic-0005"), ("removed", "supporting-0002"), ("changed", "supporting-0001")} <= told


@pytest.mark.full
def test_a_list_can_go_out_of_force(scratch: Path) -> None:
    """Asked for an earlier day, the site is that day's, and says which filing is not in force."""
    done = run(plan_for(scratch, as_of=date(2024, 7, 19)))
    assert done.rebuilt[0].no_longer == (SECOND,)
    build_site(replace(plan_for(scratch, as_of=date(2024, 7, 1)), out=scratch / "cold"), lambda *_: None)
    assert bytes_of(scratch / "site") == bytes_of(scratch / "cold")


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


def _page(site: Path) -> Path:
    return site / COUNTY / "zh" / "index.html"


DAMAGE: dict[str, Callable[[Path], object]] = {
    "flipped bit": lambda site: _flip(_page(site)),
    "truncated": lambda site: _page(site).write_bytes(b""),
    "gone": lambda site: _page(site).unlink(),
    "foreign file": lambda site: (site / COUNTY / "zh" / "left.html").write_text("left", encoding="utf-8"),
    "link": lambda site: (site / COUNTY / "zh" / "away").symlink_to("/"),
    "whole county": lambda site: shutil.rmtree(site / COUNTY),
    "summary": lambda site: (site / COUNTY / "summary.json").write_text("{}", encoding="utf-8"),
}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage, id=name, marks=[] if name == "flipped bit" else pytest.mark.full)
        for name, damage in DAMAGE.items()
    ],
)
def test_a_damaged_tree_is_built_again(scratch: Path, damage: Callable[[Path], object]) -> None:
    """Whatever happened to a county's pages, the next update gives the bytes of a first build."""
    good = bytes_of(scratch / "site")
    damage(scratch / "site")
    done = run(plan_for(scratch))
    assert "damaged" in why(done)[COUNTY]
    assert NEIGHBOUR not in why(done)
    assert bytes_of(scratch / "site") == good
    assert not [path for path in (scratch / "site").rglob("*") if path.is_symlink()]


def test_a_damaged_province_is_built_alone(scratch: Path) -> None:
    """A province's page that was changed, and a county's folder that is no county's: neither county is built."""
    good = bytes_of(scratch / "site")
    _flip(scratch / "site" / "index.html")
    shutil.copytree(scratch / "site" / NEIGHBOUR, scratch / "site" / "230999")
    assert why(run(plan_for(scratch))) == {PROVINCE_UNIT: ("damaged",)}
    assert bytes_of(scratch / "site") == good


@pytest.mark.full
def test_the_pages_of_a_county_that_is_gone_are_taken_away(scratch: Path) -> None:
    """A county taken out of content is not in the site any more, as in a first build."""
    shutil.rmtree(scratch / "content" / "counties" / NEIGHBOUR)
    done = run(plan_for(scratch))
    assert set(why(done)) == {PROVINCE_UNIT}
    build_site(replace(plan_for(scratch), out=scratch / "cold"), lambda *_: None)
    assert bytes_of(scratch / "site") == bytes_of(scratch / "cold")


RECORDS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda body: b"",
    "truncated": lambda body: body[: len(body) // 2],
    "flipped bit": lambda body: body.replace(b'"2022-06-20', b'"2023-06-20', 1),
    "another make": lambda body: body.replace(b'"format": 1', b'"format": 0'),
    "from the future": lambda body: body.replace(b'"format": 1', b'"format": 99'),
    "no record": lambda body: b"[]",
    "of other shape": lambda body: b'{"format": 1, "sha256": "", "units": []}',
}


@pytest.mark.parametrize("spoil", RECORDS.values(), ids=RECORDS)
def test_a_record_that_does_not_hold_is_not_believed(scratch: Path, spoil: Callable[[bytes], bytes]) -> None:
    """A record that is damaged, foreign, older or newer counts as none."""
    record = inputs_path(scratch / "site")
    body = record.read_bytes()
    assert spoil(body) != body
    record.write_bytes(spoil(body))
    assert read_record(record) == {}


@pytest.mark.full
def test_without_a_record_all_is_built(scratch: Path) -> None:
    """Nothing is known of the pages that lie there: all are built, with the same bytes and the same record."""
    good, record = bytes_of(scratch / "site"), inputs_path(scratch / "site")
    body = record.read_bytes()
    record.unlink()
    assert why(run(plan_for(scratch))) == dict.fromkeys((NEIGHBOUR, COUNTY, PROVINCE_UNIT), ("new",))
    assert bytes_of(scratch / "site") == good
    assert record.read_bytes() == body


def test_every_flipped_bit_of_the_record_is_noticed(scratch: Path) -> None:
    """No single changed byte of the record can make an update believe in pages it should not."""
    record = inputs_path(scratch / "site")
    body = record.read_bytes()
    sound = read_record(record)
    assert set(sound) == {NEIGHBOUR, COUNTY, PROVINCE_UNIT}
    for place in range(len(body)):
        record.write_bytes(body[:place] + bytes([body[place] ^ 0x04]) + body[place + 1 :])
        read = read_record(record)
        assert read in ({}, sound), place


INPUTS: dict[str, Callable[[Path], object]] = {
    "county": lambda content: (content / "counties" / COUNTY / "note.txt").write_text(
        "note", encoding="utf-8"
    ),
    "register": lambda content: (content / "register" / COUNTY / "basic.json").write_text(
        "{}", encoding="utf-8"
    ),
    "wording": lambda content: (content / "wording" / "en.po").write_text("", encoding="utf-8"),
    "prose": lambda content: (content / "prose" / "zh" / "about.md").write_text("# 关于\n", encoding="utf-8"),
    "site": lambda content: (content / "site.toml").write_text(
        'province = "230000"\nbase_url = "https://www.example.gov.cn/"\n', encoding="utf-8"
    ),
}


@pytest.mark.parametrize("part", INPUTS)
def test_each_input_counts_and_is_named(tmp_path: Path, part: str) -> None:
    """Each part of what a page is made of changes that part's digest, and no other's."""
    content = golden_content(tmp_path)
    plan = plan_for(tmp_path)
    before = _inputs(plan)
    INPUTS[part](content)
    after = _inputs(plan)
    assert {name for name in before if before[name] != after[name]} == {part}


def test_where_releases_go_is_no_input(tmp_path: Path) -> None:
    """A new target or key in site.toml changes no page, so nothing is built for it."""
    content = golden_content(tmp_path)
    plan = plan_for(tmp_path)
    before = _inputs(plan)
    with (content / "site.toml").open("a", encoding="utf-8") as file:
        file.write('[signing]\npublic = "ed25519:x"\n[[target]]\nname = "portal"\n')
    assert {**before, **common_inputs(plan)} == before


def test_templates_and_program_are_inputs(tmp_path: Path) -> None:
    """Another template, another frame or another line of the program: another digest."""
    golden_content(tmp_path)
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "site_templates", templates)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path / "mkdocs.yml")
    plan = replace(plan_for(tmp_path), templates=templates, mkdocs_yml=tmp_path / "mkdocs.yml")
    digests = [_inputs(plan)["templates"]]
    for path in (
        templates / "pages" / "item.html",
        templates / "strings" / "pages.toml",
        tmp_path / "mkdocs.yml",
    ):
        path.write_bytes(path.read_bytes() + b"\n")
        digests.append(_inputs(plan)["templates"])
    assert len(set(digests)) == 4
    program = tmp_path / "program"
    program.mkdir()
    (program / "a.py").write_text("one = 1\n", encoding="utf-8")
    one = program_digest(program)
    (program / "__pycache__").mkdir()
    (program / "__pycache__" / "a.pyc").write_bytes(b"whatever")
    assert program_digest(program) == one
    (program / "a.py").write_text("one = 2\n", encoding="utf-8")
    assert program_digest(program) != one


def _inputs(plan: BuildPlan) -> dict[str, str]:
    site = settings.load_site(plan.content)
    county = site.county(COUNTY)
    assert county is not None
    common = common_inputs(plan)
    return dict(county_inputs(plan, site, county, common, (FIRST,)))


def test_a_refused_filing_stops_everything(scratch: Path) -> None:
    """One bad cell: not recorded, later filings wait, no page is written, not even for what else is new."""
    filings = scratch / "content" / "counties" / COUNTY / "filings"
    bad, later = filings / "2025-01-01-bad-list", filings / "2025-02-01-later-list"
    for folder, day in ((bad, "2025-01-01"), (later, "2025-02-01")):
        shutil.copytree(filings / SECOND, folder)
        text = (folder / "filing.toml").read_text(encoding="utf-8")
        (folder / "filing.toml").write_text(text.replace("2024-07-20", day), encoding="utf-8")
    (bad / "宾州镇履职事项清单.xlsx").write_bytes(b"no workbook")
    path = scratch / "content" / "counties" / NEIGHBOUR / "county.toml"
    path.write_text('languages = ["zh", "en"]\nsample = true\n', encoding="utf-8")
    site, register = bytes_of(scratch / "site"), bytes_of(scratch / "content" / "register")
    done = run(plan_for(scratch))
    assert done.refused
    assert [one.folder.name for one in done.accepted] == [bad.name]
    assert done.accepted[0].checked.count("error") > 0
    assert [folder.name for folder in done.waiting] == [later.name]
    assert done.rebuilt == ()
    assert bytes_of(scratch / "site") == site
    assert bytes_of(scratch / "content" / "register") == register


@pytest.mark.full
def test_new_approvals_are_recorded(scratch: Path) -> None:
    """A record number that arrives later is accepted like a new filing, and shown."""
    path = scratch / "content" / "counties" / COUNTY / "filings" / SECOND / "filing.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("示例〔2024〕2号", "示例〔2024〕3号"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    done = run(plan_for(scratch))
    assert [one.folder.name for one in done.accepted] == [SECOND]
    assert done.accepted[0].recorded
    assert set(why(done)[COUNTY]) == {"county", "register"}


def test_frozen_records_nothing(scratch: Path) -> None:
    """With `frozen` a filing that is not recorded is refused: by name, or with its faults; nothing is written."""
    content, before = scratch / "content", bytes_of(scratch / "site")
    assert why(run(plan_for(scratch), frozen=True)) == {}
    shutil.rmtree(content / "register" / COUNTY)
    with pytest.raises(DiffersError, match=SECOND):
        run(plan_for(scratch), frozen=True)
    (content / "counties" / COUNTY / "filings" / SECOND / "宾州镇履职事项清单.xlsx").write_bytes(
        b"no workbook"
    )
    done = run(plan_for(scratch), frozen=True)
    assert [one.folder.name for one in done.accepted if one.checked.count("error")] == [SECOND]
    assert done.refused
    assert bytes_of(scratch / "site") == before
    assert not (content / "register" / COUNTY).exists()


def test_a_second_update_says_that_one_runs(scratch: Path) -> None:
    """Two updates of one site: the second ends at once and says so."""
    with locked(scratch / ".site.update.lock"), pytest.raises(LockedError):
        run(plan_for(scratch))


def test_a_preview_is_not_mistaken_for_the_site(scratch: Path) -> None:
    """Pages with the preview's band have other inputs than those without, for every unit."""
    plan = plan_for(scratch)
    assert common_inputs(plan)["site"] != common_inputs(replace(plan, preview=True))["site"]


def test_the_record_is_not_published(scratch: Path) -> None:
    """The record stands beside the site, and names the trees that lie there by their manifests."""
    record = json.loads(inputs_path(scratch / "site").read_text(encoding="utf-8"))
    assert inputs_path(scratch / "site").parent == scratch
    assert record["units"][COUNTY]["manifest"] == seal(scratch / "site" / COUNTY, COUNTY).digest
