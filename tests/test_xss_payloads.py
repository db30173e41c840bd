"""Sixty ways of smuggling a script into a page, each put into every field that is filed or set, opened in Chromium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from generator import search
from generator.chrome import build_shell
from generator.model.shell import Shell
from generator.pages import render_county, render_province
from tests import mini_county as mini

ROOT = mini.TEMPLATES.parent
TOWN = mini.TOWN.code
RUN = "window.__xss=1"

# Markup, attributes, URLs, scripts and templates; after the collections that browsers' parsers were broken with.
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script src=data:text/javascript,{RUN}></script>",
    f"<script\x0c>{RUN}</script>",
    f"<script/x>{RUN}</script>",
    f"<<script>{RUN}//<</script>",
    f"</script><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"--!><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</noscript><script>{RUN}</script>",
    f"</template><script>{RUN}</script>",
    f"</select><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror='{RUN}'>",
    f"<img src=x:x onerror={RUN}//",
    f"<img/src/onerror={RUN}>",
    f"<image src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{RUN}><text>x</text></a></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.__xss=1</script>'></iframe></foreignObject></svg>",  # noqa: F541
    f"<math><mtext></p><style><img src=x onerror={RUN}></style>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<body onload={RUN}>",
    f"<iframe src=javascript:parent.{RUN}></iframe>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}></select>",
    f"<textarea autofocus onfocus={RUN}></textarea>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<a href='java\tscript:{RUN}'>x</a>",
    f"<a href='&#106;avascript:{RUN}'>x</a>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<button formaction=javascript:{RUN}>x</button>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<link rel=stylesheet href=data:text/css,*{{}} onload={RUN}>",
    f"<style onload={RUN}></style>",
    f"<style>@import 'javascript:{RUN}';</style>",
    f"' onmouseover='{RUN}' x='",
    f'" onfocus="{RUN}" autofocus x="',
    f"` onclick=`{RUN}`",
    f"x onerror={RUN} src=x",
    f"javascript:{RUN}",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"\u2028</script><img src=x onerror={RUN}>\u2029",
    f"{{{{constructor.constructor('{RUN}')()}}}}${{{RUN}}}<%={RUN}%>",
    f"＜script＞{RUN}＜/script＞<script>{RUN}//",
    '"];window.__xss=1;//',
    "'};window.__xss=1;//",
    f"<x contenteditable onblur={RUN} tabindex=1 id=x>",
)

# What a script needs to run later: a handler, a script's address, or an element that we never write.
SUSPECTS = """() => [...document.querySelectorAll('*')].filter(e =>
  ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'IMG', 'VIDEO', 'AUDIO', 'MATH', 'MARQUEE', 'STYLE'].concat(/^qd-search( |$)/.test(e.getAttribute('class')) ? [] : ['FORM']).includes(e.tagName.toUpperCase())
  || (e.tagName === 'SCRIPT' && !e.src && e.type !== 'application/json')
  || [...e.attributes].some(a => /^on/i.test(a.name) || /^[\\s\\x00-\\x20]*(javascript|vbscript|data:text)/i.test(a.value)
       && /^(href|src|action|formaction|xlink:href|data|srcdoc)$/i.test(a.name)))
  .map(e => e.outerHTML.slice(0, 160))"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shell]:
    """The real frame in each language."""
    work = tmp_path_factory.mktemp("shells")
    return {
        lang: build_shell(ROOT / "content", mini.TEMPLATES, ROOT / "mkdocs.yml", lang, work)
        for lang in ("zh", "en", "ko")
    }


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in which only the escaping stands between a filed text and a script: the policy is off."""
    opened = chromium.new_context(bypass_csp=True)
    yield opened
    opened.close()


def written(of: mini.Mini, shells: Mapping[str, Shell], root: Path) -> Path:
    """Write the county with its search, and the province around it; return the county's folder."""

    def into(folder: Path, path: str, body: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)

    county = root / mini.COUNTY.code
    scripts: dict[str, tuple[str, ...]] = {}
    for lang in of.county.languages:
        files = {
            **search.build_search(of.county, of.lists, of.tongues[lang]),
            **search.shared_scripts(mini.TEMPLATES),
        }
        scripts[lang] = search.loading_order(files)
        for name, body in files.items():
            into(county, f"search/{name}", body)
    summary = render_county(
        of.county,
        of.lists,
        of.tongues,
        shells,
        scripts,
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        False,
        lambda path, body: into(county, path, body),
    )
    render_province(
        [summary],
        of.tongues,
        shells,
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        lambda path, body: into(root, path, body),
    )
    return county


def hostile(payload: str, monkeypatch: pytest.MonkeyPatch) -> mini.Mini:
    """The miniature with `payload` in every field: items, offices, places, translations."""
    monkeypatch.setattr(mini, "HOSTILE", payload)
    return mini.hostile_mini()


def open_and_look(page: Page, address: str) -> None:
    """Open a page and find nothing that ran, and nothing that could run later."""
    page.goto(address)
    assert page.evaluate("window.__xss") is None, address
    assert page.evaluate(SUSPECTS) == [], address


def test_there_are_sixty_of_them() -> None:
    """No payload stands twice."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_filed_text_stays_text(
    payload: str,
    shells: dict[str, Shell],
    context: BrowserContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An item, the reporting page, and the search page that draws its rows by script."""
    of = hostile(payload, monkeypatch)
    of = replace(
        of, county=replace(of.county, languages=("zh",))
    )  # a third of the time; the sweep has them all
    county = written(of, shells, tmp_path)
    page = context.new_page()
    for path in (f"zh/{TOWN}/supporting-0001.html", f"zh/{TOWN}/report.html"):
        open_and_look(page, (county / path).as_uri())
    address = (county / "zh" / "search.html").as_uri()
    open_and_look(page, address + "?q=" + quote(payload))
    open_and_look(page, address + "?q=" + quote("防汛"))
    page.wait_for_selector("#qd-search-results a, #qd-search a")
    assert page.evaluate("window.__xss") is None
    assert page.evaluate(SUSPECTS) == []


@pytest.mark.full
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_page_runs_it(
    payload: str,
    shells: dict[str, Shell],
    context: BrowserContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every page of the county in every language, and the province's."""
    written(hostile(payload, monkeypatch), shells, tmp_path)
    page = context.new_page()
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 60
    for path in pages:
        open_and_look(page, path.as_uri())


def test_the_policy_is_kept_on_clean_pages(
    shells: dict[str, Shell], chromium: Browser, tmp_path: Path
) -> None:
    """With the policy on, no kind of page of the plain miniature breaks it."""
    written(mini.mini(), shells, tmp_path)
    context = chromium.new_context()
    context.add_init_script(
        "window.__broken = []; addEventListener('securitypolicyviolation', e => window.__broken.push(e.violatedDirective + ' ' + e.blockedURI))"
    )
    page = context.new_page()
    kept = {path.parent.name + path.name.partition("-")[0]: path for path in sorted(tmp_path.rglob("*.html"))}
    for path in kept.values():  # one of each kind in each folder
        page.goto(path.as_uri())
        assert page.evaluate("window.__broken") == [], path.name
    context.close()


def test_escaping_is_what_protects(shells: dict[str, Shell], context: BrowserContext, tmp_path: Path) -> None:
    """The sweep can fail: one page with its escaping undone runs the payload."""
    county = written(mini.mini(), shells, tmp_path)
    path = county / "zh" / TOWN / "supporting-0001.html"
    path.write_text(
        path.read_text(encoding="utf-8").replace("</h1>", f"{PAYLOADS[0]}</h1>"), encoding="utf-8"
    )
    page = context.new_page()
    with pytest.raises(AssertionError):
        open_and_look(page, path.as_uri())
