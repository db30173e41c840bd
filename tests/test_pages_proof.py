"""Each item page is held against the register before it is published: a template that drops text stops the build."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.build import BuildPlan, build_site
from generator.errors import EXIT_OURS, LostTextError
from generator.pages import forget_templates, render_county
from generator.pages.proof import FIELDS, Proof
from generator.pages.voice import Voice
from tests import mini_county
from tests.golden_site import AS_OF, ROOT, build_golden, golden_content, tree
from tests.mini_county import Mini

ITEM, CORE = "item.html", "item_core.html"


def templates_with(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the templates in which one line reads otherwise."""
    copy = folder / "site_templates"
    shutil.copytree(ROOT / "site_templates", copy)
    file = copy / "pages" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def render(of: Mini, templates: Path, write: Callable[[str, bytes], None] = lambda *_: None) -> None:
    """Render the miniature with these templates."""
    scripts: dict[str, tuple[str, ...]] = dict.fromkeys(of.county.languages, ())
    shells = mini_county.plain_shells()
    render_county(
        of.county, of.lists, of.tongues, shells, scripts, templates, of.site, mini_county.AS_OF, False, write
    )


@pytest.mark.parametrize(
    ("field", "name", "old", "new"),
    [
        pytest.param("name", ITEM, "<h1>{{ name }}</h1>", "<h1>{{ name[:-1] }}</h1>", id="name"),
        pytest.param("category", ITEM, "{% if category %}", "{% if false %}", id="category"),
        pytest.param("number", ITEM, "<dd>{{ number }}</dd>", "<dd></dd>", id="number"),
        pytest.param("basis", CORE, "{% if basis %}", "{% if false %}", id="basis"),
        pytest.param(
            "department_duty", CORE, "{{ duty }}</p>", "{{ duty | lower }}。</p>", id="department-duty"
        ),
        pytest.param(
            "township_duty", CORE, "{{ township_duty }}", "{{ township_duty | truncate(9) }}", id="cut"
        ),
        pytest.param("method", CORE, "{% if method and pairs %}", "{% if false %}", id="method"),
    ],
)
def test_a_template_that_drops_a_text_is_stopped(
    field: str, name: str, old: str, new: str, tmp_path: Path
) -> None:
    """The message names the page, the item and the field, in Chinese and English."""
    with pytest.raises(LostTextError) as caught:
        render(mini_county.mini(), templates_with(tmp_path, name, old, new))
    assert caught.value.exit_code == EXIT_OURS
    said = caught.value.problem
    assert FIELDS[field].zh in said.zh
    assert FIELDS[field].en in said.en
    assert re.search(r"zh/[0-9]{9}/[a-z]+-[0-9]{4}\.html", said.zh)
    assert said.zh.partition("事项“")[2].partition("”")[0] in said.en


def test_a_department_that_stands_nowhere_is_stopped(tmp_path: Path) -> None:
    """A department heads its duties and leads among the facts; one of the two places is enough."""
    templates = templates_with(tmp_path, CORE, "<h3>{{ names }}</h3>", "")
    render(mini_county.mini(), templates)
    facts = templates / "pages" / ITEM
    facts.write_text(facts.read_text(encoding="utf-8").replace("<dd>{{ leads }}</dd>", ""), encoding="utf-8")
    forget_templates()
    with pytest.raises(LostTextError, match="a department"):
        render(mini_county.mini(), templates)


def test_a_text_that_reaches_the_page_as_markup_is_stopped(tmp_path: Path) -> None:
    """Filed text must stand escaped: `safe` in a template is found with the first text that needs it."""
    of = mini_county.mini()
    versions = tuple(
        replace(version, lines=tuple(bold(line) for line in version.lines)) for version in of.lists.versions
    )
    of = replace(of, lists=replace(of.lists, versions=versions))
    render(of, ROOT / "site_templates")
    with pytest.raises(LostTextError):
        render(
            of, templates_with(tmp_path, ITEM, "<h1>{{ name }}</h1>", "<h1>{{ name.unescape() | safe }}</h1>")
        )


def bold(line: Any) -> Any:
    """The line with a name that would be markup."""
    return replace(line, state=replace(line.state, name=f"{line.state.name}<b>&"))


def test_blanks_around_a_text_are_no_loss(tmp_path: Path) -> None:
    """A template may put a text on a line of its own."""
    render(
        mini_county.mini(), templates_with(tmp_path, ITEM, "<h1>{{ name }}</h1>", "<h1>\n  {{ name }}\n</h1>")
    )


def test_the_same_words_within_a_longer_text_prove_nothing() -> None:
    """A name that is only spoken of in a duty is not shown."""
    of = mini_county.mini()
    line = of.lists.versions[0].lines[0]
    line = replace(line, number="", state=replace(line.state, category=None, basis=None, departments=None))
    line = replace(line, state=replace(line.state, township_duty=None, method=None, more=(), name="巡河"))
    proof = Proof(Voice(of.tongues["zh"]))
    proof.hold("页", line, "<h1>巡河</h1>")
    proof.hold("页", line, "<p>县水利局、巡河</p>")
    with pytest.raises(LostTextError):
        proof.hold("页", line, "<title>巡河 - 镇</title><p>开展巡河工作</p>")


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_site_stays_as_it_was(jobs: int, tmp_path: Path) -> None:
    """A build stopped by the proof leaves the old site to the byte, with workers and without."""
    content, out = golden_content(tmp_path), tmp_path / "site"
    build_golden(content, out)
    before = tree(out)
    templates = templates_with(tmp_path, CORE, "{{ township_duty }}", "{{ township_duty[:-1] }}")
    plan = BuildPlan(
        content=content, templates=templates, mkdocs_yml=ROOT / "mkdocs.yml", out=out, as_of=AS_OF, jobs=jobs
    )
    with pytest.raises(LostTextError, match="word for word"):
        build_site(plan, lambda *_: None)
    assert tree(out) == before
    assert not list(tmp_path.glob(".site.staging"))
