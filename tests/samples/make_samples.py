"""Write the sample filings of the seventeen pilots, their settings, their translations and the answers.

    python -m tests.samples.make_samples OUTDIR

writes OUTDIR/content/counties/<code>/… and OUTDIR/content/wording/*.po, and OUTDIR/tests/samples/answers/<code>.json.gz:
what reading every document must give, field by field, with the cell of every name. The maker wrote each cell itself, so
it knows; it shares no code with generator/. With the repository's own folder as OUTDIR the committed samples are
written again (the copies that LibreOffice saves differ in bytes between its versions, never in cells).
"""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.samples import settings, writers
from tests.samples.choose import as_line, choose, later
from tests.samples.library import Matter, Place, load
from tests.samples.pilots import PILOTS, Bundle, Pilot
from tests.samples.shapes import Grid, Line, address, count_categories, numbered, shape
from tests.samples.wording import write_wording

ROOT = Path(__file__).parents[2]
KIND_NAMES = {
    "basic": "基本履职事项清单",
    "supporting": "配合履职事项清单",
    "reclaimed": "上级部门收回事项清单",
    "task": "职责任务清单",
}
SHEET_NAMES = {
    "basic": "基本履职事项",
    "supporting": "配合履职事项",
    "reclaimed": "上级部门收回事项",
    "task": "职责任务清单",
}
SUFFIXES = {
    "xlsx": "xlsx",
    "xls": "xls",
    "docx": "docx",
    "csv-gb18030": "csv",
    "csv-bom": "csv",
    "et-xlsx": "et",
    "et-xls": "et",
    "office-xlsx": "xlsx",
    "office-xls": "xls",
}
SAMPLE_LINE = "示例数据：本清单为演示所用，不作为履职和问责依据。"


@dataclass(frozen=True, kw_only=True)
class Division:
    """A row of divisions.csv."""

    code: str
    name: str
    level: str
    parent: str
    english: str


@dataclass(kw_only=True)
class Made:
    """One county's filing folder while it is being written."""

    folder: Path
    documents: list[tuple[str, Sequence[str], str | None]] = field(default_factory=list)
    """File, townships, and the kind where the document itself does not say it."""
    checklists: list[dict[str, Any]] = field(default_factory=list)
    office: list[tuple[Path, str]] = field(default_factory=list)
    """Files to be saved again by LibreOffice, and as what."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The townships that one list is for, and the list's lines by kind."""

    name: str
    """As titles and file names say it: 宾州镇, or 乡镇 for all of a level."""
    unit: str
    """填报单位."""
    level_word: str
    townships: tuple[str, ...]
    matters: Mapping[str, Sequence[Matter]]
    place: Place


def read_divisions() -> dict[str, Division]:
    """Return the reviewed table of divisions by code."""
    with (ROOT / "content" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Division(**{k: v for k, v in row.items() if k != "successor"}) for row in csv.DictReader(file)
        ]
    return {row.code: row for row in rows}


def townships_of(county: str, divisions: Mapping[str, Division]) -> list[Division]:
    """Return the real townships of a county, by code."""
    levels = ("subdistrict", "town", "township")
    return sorted(
        (d for d in divisions.values() if d.parent == county and d.level in levels), key=lambda d: d.code
    )


def place_for(levels: frozenset[str], pilot: Pilot, county: Division, translations: dict[str, str]) -> Place:
    """Return the place that townships of these levels are, in this county."""
    kind = (
        {"urban"}
        if levels == {"subdistrict"}
        else {"rural"}
        if "subdistrict" not in levels
        else {"urban", "rural"}
    )
    return Place(
        county_word=county.name[-1], levels=levels, traits=pilot.traits | kind, translations=translations
    )


def scopes_for(
    bundle: Bundle,
    pilot: Pilot,
    county: Division,
    townships: Sequence[Division],
    library: Mapping[str, Sequence[Matter]],
    translations: dict[str, str],
) -> list[Scope]:
    """Return the lists of a bundle: one for each township, or one for all townships of a level."""
    rural = frozenset(t.level for t in townships if t.level != "subdistrict")
    groups: list[tuple[str, frozenset[str], list[Division]]]
    if bundle.packaging.startswith("level"):
        every = frozenset(t.level for t in townships)
        groups = [("", frozenset({"subdistrict"}), [t for t in townships if t.level == "subdistrict"])]
        groups.append(("", rural, [t for t in townships if t.level != "subdistrict"]))
        if bundle.merge_levels:
            groups = [("", every, list(townships))]
        groups = [group for group in groups if group[2]]
    else:
        groups = [
            (t.name, frozenset({"subdistrict"}) if t.level == "subdistrict" else rural, [t])
            for t in townships
        ]
    scopes = []
    for name, levels, members in groups:
        place = place_for(levels, pilot, county, translations)
        word = place.words["乡镇"]
        key = members[0].code if name else "+".join(sorted(levels))
        office = f"{name}办事处" if levels == {"subdistrict"} else f"{name}人民政府"
        scopes.append(
            Scope(
                name=name or word,
                unit=f"{county.name}{office}（示例）" if name else f"{county.name}人民政府（示例）",
                level_word=word,
                townships=tuple(t.code for t in members),
                matters=choose(library, bundle.sizes, place, county.code, key),
                place=place,
            )
        )
    return scopes


def lines_of(scope: Scope, kind: str, bundle: Bundle) -> list[Line]:
    """Return the lines of a list with their serials."""
    plain = [as_line(matter, scope.place, with_basis=bundle.style.basis) for matter in scope.matters[kind]]
    return numbered(plain, bundle.style)


def surroundings(
    scope: Scope, kind: str, lines: Sequence[Line], bundle: Bundle, county: Division
) -> tuple[list[str], list[str]]:
    """Return the lines of text above and below a table."""
    total = f"（共{len(lines)}项）" if bundle.style.total else ""
    above = [f"附件{list(bundle.sizes).index(kind) + 1}"] if bundle.style.appendix else []
    above += [f"{county.name}{scope.name}{KIND_NAMES[kind]}{total}", SAMPLE_LINE, f"填报单位：{scope.unit}"]
    return above, ["备注：本清单为示例数据，由示例单位负责解释。"]


def grid_of(scope: Scope, kind: str, bundle: Bundle, county: Division, title: str) -> tuple[Grid, list[Line]]:
    """Return one list as one sheet."""
    lines = lines_of(scope, kind, bundle)
    above, below = surroundings(scope, kind, lines, bundle, county)
    grid = shape(
        kind, lines, bundle.style, title=title, level_word=scope.level_word, above=above, below=below
    )
    return grid, lines


def answer(
    kind: str, scope: Scope, file: str, placed: Sequence[tuple[Line, str | None, str]]
) -> dict[str, Any]:
    """Return what reading one list must give. `placed`: line, sheet, cell of the name."""
    return {
        "kind": kind,
        "townships": list(scope.townships),
        "file": file,
        "sheet": placed[0][1],
        "items": [
            {
                "number": line.number,
                "category": line.category,
                "name": line.name,
                "basis": line.basis,
                "departments": (
                    None
                    if line.departments is None
                    else [{"name": name, "duty": duty} for name, duty in line.departments]
                ),
                "township_duty": line.township_duty,
                "method": line.method,
                "where": {"sheet": sheet, "cell": cell},
            }
            for line, sheet, cell in placed
        ],
    }


def write_book(
    made: Made, stem: str, sheets: Sequence[tuple[Scope, str, str]], bundle: Bundle, county: Division
) -> None:
    """Write one workbook. `sheets`: scope, kind, sheet name."""
    grids = []
    file = f"{stem}.{SUFFIXES[bundle.format]}"
    for scope, kind, title in sheets:
        grid, lines = grid_of(scope, kind, bundle, county, title)
        grids.append(grid)
        placed = [(line, title, address(*name)) for line, name in zip(lines, grid.names, strict=True)]
        made.checklists.append(answer(kind, scope, file, placed))
    path = made.folder / file
    if bundle.format in ("xls", "et-xls"):
        writers.write_xls(grids, path)
    else:
        first = path.with_suffix(".xlsx")
        writers.write_xlsx(grids, first)
        if bundle.format == "et-xlsx":
            first.rename(path)
        elif bundle.format.startswith("office"):
            made.office.append((first, SUFFIXES[bundle.format]))
    codes = sorted({code for scope, _, _ in sheets for code in scope.townships})
    made.documents.append((file, codes, None))


def write_csv(made: Made, scope: Scope, kind: str, bundle: Bundle, county: Division) -> None:
    """Write one list as a CSV; its file name, title line and filing.toml say what it is."""
    file = f"{scope.name}{SHEET_NAMES[kind]}.csv"
    grid, lines = grid_of(scope, kind, bundle, county, "")
    writers.write_csv(grid, made.folder / file, "gb18030" if bundle.format == "csv-gb18030" else "utf-8-sig")
    placed = [(line, None, address(*name)) for line, name in zip(lines, grid.names, strict=True)]
    made.checklists.append(answer(kind, scope, file, placed))
    made.documents.append((file, list(scope.townships), kind))


def write_document(
    made: Made, stem: str, scope: Scope, kinds: Sequence[str], bundle: Bundle, county: Division
) -> None:
    """Write one docx: for each kind its titles as paragraphs, and the list cut into tables that repeat the header."""
    blocks: list[str | Grid] = []
    tables = 0
    file = f"{stem}.docx"
    for kind in kinds:
        lines = lines_of(scope, kind, bundle)
        above, below = surroundings(scope, kind, lines, bundle, county)
        blocks += above
        counts = count_categories(lines)
        said: frozenset[str | None] = frozenset()
        placed: list[tuple[Line, str | None, str]] = []
        for start in range(0, len(lines), bundle.style.table_rows):
            part = lines[start : start + bundle.style.table_rows]
            grid = shape(
                kind,
                part,
                bundle.style,
                title="",
                level_word=scope.level_word,
                category_counts=counts,
                said=said,
            )
            said |= {line.category for line in part}
            tables += 1
            placed += [
                (line, f"表格{tables}", address(*name)) for line, name in zip(part, grid.names, strict=True)
            ]
            blocks.append(grid)
        blocks += below
        made.checklists.append(answer(kind, scope, file, placed))
    writers.write_docx(blocks, made.folder / file, breaks=bundle.style.breaks)
    made.documents.append((file, list(scope.townships), None))


def write_bundle(made: Made, bundle: Bundle, scopes: Sequence[Scope], county: Division) -> None:
    """Write all documents of a bundle as its county packs them."""
    kinds = list(bundle.sizes)
    for scope in scopes:
        if bundle.format == "docx":
            if bundle.packaging.endswith("-kind"):
                for kind in kinds:
                    write_document(made, f"{scope.name}{SHEET_NAMES[kind]}", scope, [kind], bundle, county)
            else:
                write_document(made, f"{scope.name}履职事项清单", scope, kinds, bundle, county)
        elif bundle.format.startswith("csv"):
            for kind in kinds:
                write_csv(made, scope, kind, bundle, county)
        elif bundle.packaging in ("township", "level"):
            what = "职责任务清单" if kinds == ["task"] else "履职事项清单"
            sheets = [(scope, kind, SHEET_NAMES[kind]) for kind in kinds]
            write_book(made, f"{scope.name}{what}", sheets, bundle, county)
    if bundle.packaging == "kind":
        for kind in kinds:
            sheets = [(scope, kind, scope.name) for scope in scopes]
            write_book(made, f"{county.name}{SHEET_NAMES[kind]}", sheets, bundle, county)


def make_county(
    pilot: Pilot,
    out: Path,
    divisions: Mapping[str, Division],
    library: Mapping[str, Sequence[Matter]],
    translations: dict[str, str],
) -> list[tuple[Path, str]]:
    """Write one pilot's settings, filings and answers. Returns the files that LibreOffice is to save again, and as what."""
    county = divisions[pilot.code]
    prefecture = divisions[county.parent]
    townships = townships_of(pilot.code, divisions)
    folder = out / "content" / "counties" / pilot.code
    shutil.rmtree(folder, ignore_errors=True)
    people = settings.People.of(county.name, county.english, prefecture.name, prefecture.english)
    translations |= people.translations
    filings: list[Made] = []

    def begin(name: str) -> Made:
        made = Made(folder=folder / "filings" / name)
        made.folder.mkdir(parents=True)
        filings.append(made)
        return made

    first = begin(f"{pilot.effective}-first-list")
    for number, bundle in enumerate(pilot.bundles):
        scopes = scopes_for(bundle, pilot, county, townships, library, translations)
        write_bundle(first, bundle, scopes, county)
        if pilot.later and number == 0:
            second = begin(f"{pilot.later.effective}-{pilot.later.slug}")
            changed = [
                replace(scope, matters=later(scope.matters, library, scope.place, pilot.code))
                for scope in scopes
            ]
            write_bundle(second, bundle, changed, county)
    every = [township.code for township in townships]
    whole = place_for(frozenset(township.level for township in townships), pilot, county, translations)
    for index, made in enumerate(filings):
        settings.write_filing(made.folder, made.documents, every, pilot, people, index, whole)
    settings.write_county(folder, pilot, people)
    write_answers(out / "tests" / "samples" / "answers" / f"{pilot.code}.json.gz", filings)
    return [entry for made in filings for entry in made.office]


def write_answers(path: Path, filings: Sequence[Made]) -> None:
    """Write the answers of one county: filing → its checklists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {made.folder.name: made.checklists for made in filings}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main(arguments: Sequence[str]) -> int:
    """Write everything below the folder named; returns an exit code."""
    if len(arguments) != 1:
        print("usage: python -m tests.samples.make_samples OUTDIR", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    divisions, library = read_divisions(), load()
    translations: dict[str, str] = {}
    office: list[tuple[Path, str]] = []
    for pilot in PILOTS:
        office += make_county(pilot, out, divisions, library, translations)
        print(pilot.code, divisions[pilot.code].name)
    for suffix in ("xlsx", "xls"):
        paths = [path for path, wanted in office if wanted == suffix]
        if paths:
            writers.resave(paths, suffix)
    write_wording(out / "content" / "wording", translations)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
