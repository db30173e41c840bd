"""Search pages as the site has them: the search of the miniature county, stamped into the real frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator.model.places import Division, DivisionCode
from generator.model.shell import Shell
from generator.search import build_search, loading_order, shared_scripts
from tests.chrome_page import stamp
from tests.mini_county import COUNTY, TEMPLATES, Mini, mini

HEADINGS = {"zh": "搜索职责事项", "en": "Search the duties"}


def wide_mini() -> Mini:
    """The miniature with six more towns that have the lists of the first: results that stand in many townships."""
    of = mini()
    more = tuple(
        Division(
            code=DivisionCode(f"23012530{n}"),
            name=f"示例{n}镇",
            english=f"Sample Town No. {n}",
            level="town",
            parent=COUNTY.code,
        )
        for n in range(6)
    )
    source = of.county.townships[1].code
    versions = tuple(
        replace(version, township=division.code)
        for division in more
        for version in of.lists.versions
        if version.township == source
    )
    return replace(
        of,
        county=replace(of.county, townships=of.county.townships + more),
        lists=replace(of.lists, versions=of.lists.versions + versions),
    )


def write_search_page(folder: Path, of: Mini, shell: Shell, mount: str = "qd-search") -> Path:
    """Write the search of one language, its scripts and styles below `folder`, and return the page."""
    lang = shell.lang
    for part in ("assets", "search", lang):
        (folder / part).mkdir(parents=True, exist_ok=True)
    # One stylesheet, joined in the order in which a site's pages join it.
    styles = [
        (TEMPLATES / "assets" / name).read_bytes() for name in ("chrome.css", "pages.css", "search.css")
    ]
    (folder / "assets" / "chrome.css").write_bytes(b"\n".join(styles))
    (folder / "assets" / "chrome.js").write_bytes(shell.assets["chrome.js"])
    scripts = shared_scripts(TEMPLATES) | build_search(of.county, of.lists, of.tongues[lang])
    for name, body in scripts.items():
        (folder / "search" / name).write_bytes(body)
    box = (
        f'<h1>{HEADINGS[lang]}</h1><div id="{mount}" data-root="../" data-lang="{lang}" '
        f'data-township="{of.county.townships[1].code}"></div>'
        + "".join(f'<script src="../search/{name}" defer></script>' for name in loading_order(scripts))
    )
    page = folder / lang / f"{mount}.html"
    page.write_text(stamp(shell, box, "../", title=HEADINGS[lang]), encoding="utf-8")
    return page
