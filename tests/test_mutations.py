"""Valid filings with one to three things wrong: nothing raises, every fault is reported where it was put, no cell is lost."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from generator.checks import as_json, as_lines, check_filing
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS
from generator.errors import EXIT_DOCUMENT, EXIT_FINE
from generator.model.findings import Checked
from tests.catalogue.desk import read_here
from tests.intake_files import zipped
from tests.mutations.packages import PACKAGE_OPERATORS
from tests.mutations.paper import Form, Paper, base
from tests.mutations.planted import Operator, Planted
from tests.mutations.tables import TABLE_OPERATORS
from tests.mutations.texts import TEXT_OPERATORS

OPERATORS = (*TEXT_OPERATORS, *TABLE_OPERATORS, *PACKAGE_OPERATORS)
FORMS: tuple[Form, ...] = ("xlsx", "xlsx", "docx", "csv")
"""Workbooks twice: most filings are, and most can go wrong in them."""
CHUNK, CHUNKS, FULL = 300, 5, 20_000
"""1,500 mutations take some fifteen seconds; the long sweep takes minutes."""
CONTENT = Path(__file__).parents[1] / "content" / "counties"
LOST = {"CENSUS-MISMATCH", "CELL-UNACCOUNTED"}


def checked(paper: Paper, folder: Path) -> Checked:
    """Write a document, read it in this process and check it."""
    path = folder / paper.file
    path.write_bytes(paper.write())
    document = read_here(path)
    return check_filing([document], filing=None, county=COUNTY, divisions=DIVISIONS, as_of=AS_OF)


def mutated(random: Random) -> tuple[Paper, list[tuple[Operator, Planted]]]:
    """A valid filing with one to three operators applied, and what they planted."""
    while True:
        paper = base(random.choice(FORMS), random)
        done: list[tuple[Operator, Planted]] = []
        for operator in _chosen(paper, random):
            pages = [
                page for page in paper.pages if page.kind in operator.kinds and operator.tag not in page.tags
            ]
            if not pages:
                continue
            page = random.choice(pages)
            planted = operator.act(paper, page, random)
            if planted is not None:
                page.tags |= {operator.tag} - {""}
                done.append((operator, planted))
        if done:
            return paper, done


def _chosen(paper: Paper, random: Random) -> list[Operator]:
    fitting = [operator for operator in OPERATORS if paper.form in operator.forms]
    first = random.choice(fitting)
    if first.alone:
        return [first]
    others = [operator for operator in fitting if not operator.alone and operator is not first]
    return [first, *random.sample(others, random.randint(0, 2))]


def assert_found(paper: Paper, done: list[tuple[Operator, Planted]], found: Checked) -> None:
    """Everything planted is reported with its rule at its address, and the exit code says so."""
    places = {(finding.rule, finding.where.sheet, finding.where.cell) for finding in found.findings}
    for operator, planted in done:
        assert (planted.rule, *planted.where(paper)) in places, (operator.name, planted.where(paper), places)
    assert LOST.isdisjoint(finding.rule for finding in found.findings)
    blocking = found.count("error") + found.count("confirm")
    code = EXIT_DOCUMENT if blocking else EXIT_FINE
    planted_blocks = {
        finding.severity for finding in found.findings for _, planted in done if finding.rule == planted.rule
    } & {"error", "confirm"}
    assert code == EXIT_DOCUMENT or not planted_blocks
    assert as_lines(found, "zh", everything=True)
    assert as_json(found)["summary"]


def _run(numbers: Iterator[int] | range, folder: Path) -> Counter[str]:
    """Mutate once for each number (its seed), and count the operators used."""
    used: Counter[str] = Counter()
    for number in numbers:
        paper, done = mutated(Random(number))
        try:
            found = checked(paper, folder)
            assert_found(paper, done, found)
        except Exception as error:
            names = " + ".join(operator.name for operator, _ in done)
            raise AssertionError(f"seed {number}, {paper.form}: {names}: {error}") from error
        used.update(operator.name for operator, _ in done)
    return used


def test_there_are_enough_operators() -> None:
    """Each has a name of its own."""
    assert len({operator.name for operator in OPERATORS}) == len(OPERATORS) >= 60


@pytest.mark.parametrize("form", ["xlsx", "docx", "csv"])
@pytest.mark.parametrize("seed", range(8))
def test_the_bases_are_fine(form: Form, seed: int, tmp_path: Path) -> None:
    """Before anything goes wrong nothing stands against the filing."""
    found = checked(base(form, Random(seed)), tmp_path)
    assert [(one.rule, one.where.cell, one.found) for one in found.findings if one.severity != "info"] == []
    assert found.item_count >= 5


@pytest.mark.parametrize("operator", OPERATORS, ids=[operator.name for operator in OPERATORS])
def test_each_operator_by_itself(operator: Operator, tmp_path: Path) -> None:
    """In each form that it fits, what an operator plants is found."""
    for seed, form in enumerate(operator.forms):
        random = Random(seed)
        paper = base(form, random)
        while not any(page.kind in operator.kinds for page in paper.pages):
            paper = base(form, random)
        page = next(page for page in paper.pages if page.kind in operator.kinds)
        planted = operator.act(paper, page, random)
        assert planted is not None
        assert_found(paper, [(operator, planted)], checked(paper, tmp_path))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutations(chunk: int, tmp_path: Path) -> None:
    """1,500 seeded mutations, one to three operators each."""
    _run(range(chunk * CHUNK, (chunk + 1) * CHUNK), tmp_path)


COMMITTED = (
    "230125/filings/2022-06-20-first-list/宾州镇履职事项清单.xlsx",
    "230602/filings/2022-06-20-first-list/铁人街道履职事项清单.xls",
    "230405/filings/2022-06-28-first-list/镇上级部门收回事项",
    "230503/filings/2022-06-29-first-list/长胜乡基本履职事项.csv",
)


def committed(start: str) -> Path:
    """The committed document whose path begins so."""
    folder, _, name = start.rpartition("/")
    [path] = [path for path in (CONTENT / folder).iterdir() if path.name.startswith(name)]
    return path


@pytest.mark.parametrize("start", COMMITTED)
def test_damaged_documents(start: str, tmp_path: Path) -> None:
    """A committed document, cut or with bytes changed anywhere, gives findings or a reading: never an exception."""
    original = committed(start)
    content = original.read_bytes()
    random = Random(start)
    for _ in range(12):
        at = random.randrange(len(content))
        damaged = random.choice(
            (
                content[:at],
                content[:at] + random.randbytes(4) + content[at + 4 :],
                content[at:] + content[:at],
            )
        )
        path = tmp_path / original.name
        path.write_bytes(damaged)
        found = check_filing([read_here(path)], filing=None, county=COUNTY, divisions=DIVISIONS, as_of=AS_OF)
        assert as_lines(found, "en")
        assert "CELL-UNACCOUNTED" not in {finding.rule for finding in found.findings}
        # A CSV cut at the end of a line is a shorter list; nothing in it can tell.
        assert len(damaged) == len(content) or original.suffix == ".csv" or found.count("error")


def test_names_of_a_committed_workbook(tmp_path: Path) -> None:
    """In a committed workbook as its program wrote it, a character put into any name is found at that name's cell."""
    original = committed(COMMITTED[0])
    before = check_filing([read_here(original)], filing=None, county=None, divisions={}, as_of=AS_OF)
    items = [item for checklist in before.checklists for item in checklist.items]
    assert len(items) > 100
    random = Random(1)
    with zipfile.ZipFile(original) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for item in random.sample(items, 6):
        # openpyxl without lxml writes Han characters as references.
        old, new = (
            "".join(f"&#{ord(character)};" for character in text).encode()
            for text in (item.name, f"{item.name[:2]}\u202e{item.name[2:]}")
        )
        assert any(old in body for body in parts.values())
        changed: dict[str, str | bytes] = {name: body.replace(old, new) for name, body in parts.items()}
        path = tmp_path / original.name
        path.write_bytes(zipped(changed))
        found = check_filing([read_here(path)], filing=None, county=None, divisions={}, as_of=AS_OF)
        places = {(one.where.sheet, one.where.cell) for one in found.findings if one.rule == "CHAR-BIDI"}
        assert (item.where.sheet, item.where.cell) in places
        assert LOST.isdisjoint(one.rule for one in found.findings)


@pytest.mark.full
def test_all_mutations(tmp_path: Path) -> None:
    """The long sweep; every operator takes part in it."""
    used = _run(range(FULL), tmp_path)
    assert set(used) == {operator.name for operator in OPERATORS}
