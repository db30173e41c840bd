"""The frame of every page: what MkDocs is asked for, and what is left of Material's page."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.utils.yaml import yaml_load

from generator.chrome import PROSE, build_shell
from generator.errors import ContentError
from generator.model.shell import SLOTS, Shell
from tests.chrome_page import ITEM, stamp

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "site_templates"
LANGUAGES = ("zh", "en", "ko")
VOID = {"meta", "link", "input", "br", "hr", "img"}


def shell_of(
    lang: str, workdir: Path, *, content: Path = ROOT / "content", templates: Path = TEMPLATES
) -> Shell:
    """Build the shell of the project's own content."""
    return build_shell(content, templates, ROOT / "mkdocs.yml", lang, workdir)


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shell]:
    """The shell of each language."""
    return {lang: shell_of(lang, tmp_path_factory.mktemp("shell")) for lang in LANGUAGES}


@pytest.fixture
def own_content(tmp_path: Path) -> Path:
    """A copy of the prose pages that a test may damage."""
    shutil.copytree(ROOT / "content" / "prose", tmp_path / "content" / "prose")
    return tmp_path / "content"


class Nesting(HTMLParser):
    """Collects tags that are closed in the wrong order or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag until it is closed."""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note a tag that does not close the last one opened."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_shell_is_lean(shells: dict[str, Shell], lang: str) -> None:
    """The frame stays within its budget: it stands on every page, so its bytes are the cost of the site."""
    size = sum(len(piece.encode()) for piece in shells[lang].pieces)

    assert size <= 2500, "4,500 is the promise; the frame measured 1.6 KB and may not grow unseen"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_shell_has_every_slot_once(shells: dict[str, Shell], lang: str) -> None:
    """Every slot of the contract stands once; `root` does not, since the frame itself links no file."""
    shell = shells[lang]

    assert sorted(shell.slots) == sorted(SLOTS - {"root"})
    assert len(shell.pieces) == len(shell.slots) + 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param("<script", id="scripts-are-files"),
        pytest.param("<style", id="styles-are-files"),
        pytest.param(" style=", id="blocked-by-the-policy"),
        pytest.param(" onclick", id="blocked-by-the-policy-too"),
        pytest.param("http:", id="no-absolute-address"),
        pytest.param("https:", id="no-absolute-address-tls"),
        pytest.param("integrity=", id="breaks-file"),
        pytest.param('rel="alternate"', id="asks-for-sitemaps"),
        pytest.param("<input", id="left-over-of-material"),
        pytest.param("md-dialog", id="left-over-of-material-dialog"),
        pytest.param("generator", id="no-version-to-attack"),
        pytest.param("@@", id="mark-not-filled"),
    ],
)
def test_shell_does_without(shells: dict[str, Shell], lang: str, forbidden: str) -> None:
    """What would break the policy, the kiosk or the budget is not in the frame."""
    assert forbidden not in "".join(shells[lang].pieces)


@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh-Hans-CN"), ("en", "en"), ("ko", "ko")])
def test_shell_names_its_language(shells: dict[str, Shell], lang: str, tag: str) -> None:
    """The page says which language it is in, Chinese with its script."""
    assert (
        shells[lang].pieces[0].startswith(f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">')
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stamped_page_nests_properly(shells: dict[str, Shell], lang: str) -> None:
    """Cutting Material's wrappers leaves no tag open and none closed twice."""
    parser = Nesting()
    parser.feed(stamp(shells[lang], ITEM, "../"))

    assert parser.faults == []
    assert parser.open == []


def test_policy_comes_before_anything_it_governs(shells: dict[str, Shell]) -> None:
    """A policy in <meta> holds only for what stands after it."""
    head = shells["zh"].pieces[0]

    assert (
        "content=\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'\"" in head
    )
    assert head.index("Content-Security-Policy") < head.index("<link")


def test_same_bytes_from_another_folder(shells: dict[str, Shell], tmp_path: Path) -> None:
    """The shell does not depend on where it was built, or on what was built before in the process."""
    assert shell_of("zh", tmp_path / "elsewhere") == shells["zh"]


def test_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    """A worker that builds shells keeps its logging, its environment and its folder."""
    logger = logging.getLogger("mkdocs")
    before = (logger.handlers[:], logger.level, logger.propagate, dict(os.environ), Path.cwd())

    shell_of("en", tmp_path)

    assert (logger.handlers[:], logger.level, logger.propagate, dict(os.environ), Path.cwd()) == before


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PROSE)
def test_prose_links_stay_inside(shells: dict[str, Shell], lang: str, name: str) -> None:
    """A prose page links only to its sisters and the home page: both stand in every county and in the province."""
    page = shells[lang].prose[name]
    links = set(re.findall(r'href="([^"]*)"', page.html))

    assert links <= {"index.html", *(f"{other}.html" for other in PROSE)}
    assert links
    assert " style=" not in page.html
    assert f"<h1>{page.title}</h1>" in page.html


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", PROSE)
def test_translated_prose_is_complete(shells: dict[str, Shell], lang: str, name: str) -> None:
    """A translation has the same headings, lists and links in the same order as the Chinese page."""

    def outline(html: str) -> list[str]:
        return re.findall(r'<(?:h\d|ul|ol|li|dl|dt|dd|a href="[^"]*")', html)

    assert outline(shells[lang].prose[name].html) == outline(shells["zh"].prose[name].html)


def test_chinese_is_marked_on_other_pages(shells: dict[str, Shell]) -> None:
    """Chinese words on an English page are read aloud as Chinese; on a Chinese page nothing is marked."""
    english = shells["en"].prose["policy"].html

    assert '(<span lang="zh-Hans-CN">一票否决</span>)' in english
    assert '<span lang="zh-Hans-CN">《关于推行乡镇（街道）职责清单的指导意见（试行）》</span>' in english
    assert '<span lang="zh-Hans-CN">示例〔2022〕1号</span>' in shells["ko"].prose["how-to-read"].html
    assert "<span lang" not in shells["zh"].prose["policy"].html


def test_missing_pages_are_named_together(own_content: Path, tmp_path: Path) -> None:
    """All pages that a language lacks are named at once."""
    for name in ("about", "404"):
        (own_content / "prose" / "zh" / f"{name}.md").unlink()

    with pytest.raises(ContentError, match=r"about\.md, 404\.md"):
        shell_of("zh", tmp_path, content=own_content)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("# 题\n\n[甲](nowhere.md)\n", r"nowhere\.md", id="broken-link"),
        pytest.param("# 题\n\n# 又一题\n", "has 2 headings of the first level", id="two-titles"),
        pytest.param("没有标题。\n", "has 0 headings of the first level", id="no-title"),
    ],
)
def test_faulty_prose_is_refused(own_content: Path, tmp_path: Path, text: str, complaint: str) -> None:
    """A fault of a prose page is said with the page's name, and stops the build."""
    (own_content / "prose" / "zh" / "about.md").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match=rf"(?s)about\.md.*{complaint}"):
        shell_of("zh", tmp_path, content=own_content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('id="main" tabindex="-1"', 'id="other"', id="wrapper-changed"),
        pytest.param("{{ config.extra.slots.body | safe }}", "", id="body-lost"),
        pytest.param("{{ config.extra.slots.title or page.title or config.site_name }}", "x", id="slot-lost"),
    ],
)
def test_frame_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """Should Material or an override change its markup, the build stops instead of shipping a broken frame."""
    templates = tmp_path / "site_templates"
    shutil.copytree(TEMPLATES, templates)
    main = templates / "chrome" / "main.html"
    text = main.read_text(encoding="utf-8")
    assert old in text
    main.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(ContentError, match="templates of the page frame do not fit"):
        shell_of("zh", tmp_path, templates=templates)


def test_frame_words_are_those_of_the_preview() -> None:
    """mkdocs.yml repeats the Chinese words for `mkdocs build`; the two say the same."""
    strings = tomllib.loads((TEMPLATES / "strings" / "chrome.toml").read_text(encoding="utf-8"))
    words = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["extra"]["words"]

    assert {f"chrome.{key}": said for key, said in words.items() if key not in {"language", "direction"}} == {
        key: said["zh"] for key, said in strings.items()
    }
    assert all(set(said) == set(LANGUAGES) and all(said.values()) for said in strings.values())


def test_plain_mkdocs_builds_it_too(tmp_path: Path) -> None:
    """Whoever writes prose can look at it with `mkdocs build`: the same settings and overrides, without us."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "--site-dir",
            str(tmp_path / "site"),
        ],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert run.returncode == 0, run.stderr
    page = (tmp_path / "site" / "about.html").read_text(encoding="utf-8")
    assert "<title>关于本站</title>" in page
    assert "@@" not in page


def test_stylesheet_is_one_that_old_browsers_know() -> None:
    """Chromium 87 drops a whole rule for one selector it does not know; and nothing is fetched by the stylesheet."""
    css = re.sub(
        r"/\*.*?\*/", "", (TEMPLATES / "assets" / "chrome.css").read_text(encoding="utf-8"), flags=re.DOTALL
    )

    for newer in (
        ":is(",
        ":where(",
        ":has(",
        "color-mix(",
        "@container",
        "@layer",
        "aspect-ratio",
        "dvh",
        "url(",
        "@import",
    ):
        assert newer not in css
    assert css.count("{") == css.count("}")


def test_both_ways_to_the_dark_are_equally_dark() -> None:
    """The palette of the reader's system and the chosen one are the same colours."""
    css = (TEMPLATES / "assets" / "chrome.css").read_text(encoding="utf-8")
    by_system = re.search(r':not\(\[data-md-color-scheme="default"\]\) \{(.*?)\}', css, re.DOTALL)
    by_choice = re.search(r':root\[data-md-color-scheme="slate"\] \{(.*?)\}', css, re.DOTALL)

    assert by_system is not None
    assert by_choice is not None
    assert by_system[1].split() == by_choice[1].split()


def test_script_is_classic_and_asks_for_nothing() -> None:
    """The script runs from disk in Chromium 87: no module, no request, no markup from text."""
    script = (TEMPLATES / "assets" / "chrome.js").read_text(encoding="utf-8")

    for forbidden in (
        "import ",
        "export ",
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "eval(",
        "?.",
        "??",
        "http:",
        "https:",
    ):
        assert forbidden not in script
