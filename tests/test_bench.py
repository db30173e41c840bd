"""The bench runs on a tiny county and compares like with like; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import register, settings
from tests.bench import __main__ as command
from tests.bench import report
from tests.bench.__main__ import Prepared, first_trees, prepare, rounds
from tests.bench.compare import compare
from tests.bench.corpus import AS_OF, make_content
from tests.bench.translate import go_template

PROSE = Path(__file__).resolve().parent.parent / "content" / "prose"
TOWNSHIPS, ITEMS = 5, 10


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A county of five townships in two languages, and the Hugo project of it."""
    work = tmp_path_factory.mktemp("bench")
    return prepare(work, townships=TOWNSHIPS, items=ITEMS, languages=("zh", "en"))


@pytest.mark.parametrize(("townships", "items"), [(1, 3), (5, 10), (6, 700)])
def test_the_corpus_has_the_size_asked_for(tmp_path: Path, townships: int, items: int) -> None:
    """Every township lists as many items as asked for, also beyond what the library of matters holds."""
    content = tmp_path / "content"
    make_content(content, PROSE, townships=townships, items=items, languages=("zh", "en"))
    county = settings.load_site(content).counties[0]
    recorded = register.load(content, county.division.code)
    lists = register.in_force(recorded, as_of=AS_OF, gates=county.gates)
    assert len(county.townships) == townships
    for township in county.townships:
        lines = [line for v in lists.versions if v.township == township.code for line in v.lines]
        assert len(lines) == items
        assert len({line.item for line in lines}) == items


def test_the_same_corpus_comes_out_twice(tmp_path: Path) -> None:
    """The corpus depends on its size alone, so that two runs time the same work."""
    bodies = []
    for name in ("a", "b"):
        make_content(tmp_path / name, PROSE, townships=5, items=20, languages=("zh", "en"))
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        bodies.append([(str(path.relative_to(tmp_path / name)), path.read_bytes()) for path in files])
    assert bodies[0] == bodies[1]


def test_hugo_writes_the_same_pages(prepared: Prepared, tmp_path: Path) -> None:
    """Hugo's tree holds the very files of ours with the same text; a page with another text is noticed."""
    assert prepared.recording.items == TOWNSHIPS * ITEMS * 2
    ours, theirs, recording = first_trees(tmp_path, prepared)
    assert "all of them byte for byte" in compare(ours, theirs, recording)
    page = theirs / next(iter(sorted(recording.pages)))
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", "！</h1>"), encoding="utf-8")
    with pytest.raises(RuntimeError, match="another text"):
        compare(ours, theirs, recording)
    page.unlink()
    with pytest.raises(RuntimeError, match="other files"):
        compare(ours, theirs, recording)


def test_every_leg_writes_its_tree(prepared: Prepared, tmp_path: Path) -> None:
    """All four legs run, the pages' legs write the same files, and the table names them and their ratios."""
    found = rounds(tmp_path, prepared, 1)
    trees = {
        name: {str(p.relative_to(tmp_path / f"0-{step}")) for p in (tmp_path / f"0-{step}").rglob("*.html")}
        for step, name in enumerate(found)
    }
    assert trees[report.PAGES] == trees[report.HUGO] == trees[report.RAW] != set()
    assert all(run.whole.cpu > 0 and run.whole.wall > 0 for runs in found.values() for run in runs)
    text = report.table("here", found, prepared.recording)
    for name in (report.PAGES, report.HUGO, report.RAW, report.BUILD):
        assert text.count(name) >= 2


def test_an_unknown_template_construct_is_refused_by_name(tmp_path: Path) -> None:
    """What cannot be said in Go stops the bench instead of making the comparison unequal in silence."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "item.html").write_text("{{ name|upper }}", encoding="utf-8")
    with pytest.raises(ValueError, match="does not know Filter"):
        go_template(tmp_path, "item.html", {})


def test_the_command_prints_what_it_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m tests.bench` runs from end to end, says what it left out and what differs, and cleans up."""
    monkeypatch.setattr(command, "MEMORY", tmp_path / "no-such-memory")
    monkeypatch.setattr(command, "DISK", tmp_path / "disk")
    assert command.main(["--townships", "1", "--items", "3", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert "1 townships × 3 items" in printed
    assert "memory (tmpfs): left out" in printed
    assert "ratios (CPU, wall)" in printed
    assert "Hugo is spared work" in printed
    assert list((tmp_path / "disk").iterdir()) == []
