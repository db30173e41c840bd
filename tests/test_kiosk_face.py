"""The kiosk face: what a visitor finds on a touch screen, what it keeps from them, and what it forgets after them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from generator.errors import KioskRefusedError
from generator.kiosk.face import settings_script
from generator.model.addresses import category_page, department_page
from tests.kiosk_page import (
    ADDRESS,
    BROAD,
    PLAIN,
    UPRIGHT,
    comes,
    letters,
    on_day,
    on_disk,
    press,
    shown,
    shows,
    window,
    write_tree,
)
from tests.mini_county import TEMPLATES, TOWN
from tests.old_chromium import launched_old

KINDS = {
    "home": f"{{lang}}/{TOWN.code}/index.html#home",
    "category": category_page("{lang}", TOWN.code, "supporting", "生态环保"),
    "item": f"{{lang}}/{TOWN.code}/supporting-0001.html",
    "item-basic": f"{{lang}}/{TOWN.code}/basic-0004.html",
    "item-removed": f"{{lang}}/{TOWN.code}/basic-0007.html",
    "changes": f"{{lang}}/{TOWN.code}/changes.html",
    "report": f"{{lang}}/{TOWN.code}/report.html",
    "county": "{lang}/index.html",
    "search": "{lang}/search.html",
    "departments": "{lang}/departments.html",
    "department": department_page("{lang}", "县农业农村局"),
    "county-changes": "{lang}/changes.html",
    "sitemap": "{lang}/sitemap.html",
    "prose": "{lang}/how-to-read.html",
    "waiting": f"{{lang}}/{TOWN.code}/index.html",
}
USUAL = ("home", "item", "report", "search", "waiting")
HOME = f"zh/{TOWN.code}/index.html"
ITEM = f"zh/{TOWN.code}/supporting-0001.html"

# What a finger can press, smaller than 60 pixels (the minimum) on either side.
SMALL = """() => [...document.querySelectorAll('a[href],button,input,summary,select,textarea,[role=button]')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.height && getComputedStyle(e).visibility === 'visible' && (box.width < 60 || box.height < 60);
}).map(e => [Math.round(e.getBoundingClientRect().width), Math.round(e.getBoundingClientRect().height), e.outerHTML.slice(0, 160)])"""
# Text in type smaller than 24 pixels; badges and figures included.
FINE = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) { const e = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && e.getClientRects().length && getComputedStyle(e).visibility === 'visible' &&
        !e.closest('svg,.qd-hidden,noscript') && parseFloat(getComputedStyle(e).fontSize) < 24) found.push(e.outerHTML.slice(0, 120)); }
  return found; }"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STORED = "() => [localStorage.length, sessionStorage.length, window.name]"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county as a kiosk has it."""
    return write_tree(tmp_path_factory.mktemp("release") / "230125", tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def kiosk(tree: Path) -> Iterator[str]:
    """A kiosk that asks nobody to leave."""
    with shown(tree, idle_seconds=3600) as address:
        yield address


@pytest.fixture(scope="module")
def hasty(tree: Path) -> Iterator[str]:
    """A kiosk that asks after a second and forgets after another."""
    with shown(tree, idle_seconds=1, countdown_seconds=1) as address:
        yield address


# ---------------------------------------------------------------- the settings script


def test_the_same_settings_and_tree_give_the_same_bytes(tree: Path) -> None:
    """The script is a function of settings and tree; it names the assets that the tree has."""
    script = settings_script(PLAIN, tree)
    assert script == settings_script(PLAIN, tree)
    for path in (tree / "assets").glob("kiosk.*"):
        assert path.name.encode() in script
    assert b'"date": "2026-11-20"' in script
    assert b'"freshUntil": "2026-12-04"' in script
    assert b'"signed": "2026-11-20T08:00:00Z"' in script


def test_settings_cannot_leave_their_script(tree: Path) -> None:
    """Nothing of the settings can end the script or the element around it."""
    script = settings_script(replace(PLAIN, address='https://x/</script>\u2028"'), tree).decode()
    assert "</script" not in script.replace("<\\/script>", "")
    assert "\u2028" not in script


def test_a_release_without_the_home_page_is_refused(tree: Path) -> None:
    """A township that the release lacks is said in words, in both languages, before anything is shown."""
    with pytest.raises(KioskRefusedError, match="230125999") as refused:
        settings_script(replace(PLAIN, township="230125999"), tree)
    assert refused.value.fix is not None
    assert "kiosk.toml" in refused.value.fix.zh


def test_a_release_without_a_face_is_refused(tmp_path: Path) -> None:
    """A tree that lacks the kiosk's assets would show the portal's pages: it is not taken."""
    with pytest.raises(KioskRefusedError, match="css"):
        settings_script(PLAIN, tmp_path)


def test_every_word_of_the_face_stands_in_the_strings() -> None:
    """The scripts say nothing that has no translation, and no string is left over."""
    strings = tomllib.loads((TEMPLATES / "strings" / "kiosk.toml").read_text(encoding="utf-8"))
    script = (TEMPLATES / "assets" / "kiosk_face.js").read_text(encoding="utf-8")
    said = set(re.findall(r'say\((?:\w+ \? )?"([\w.]+)"', script)) | set(
        re.findall(r'(?:say\(\w+ \? "[\w.]+" : |(?:barButton|scrollButton)\()"([\w.]+)"', script)
    )
    said |= set(re.findall(r'say\("([\w.]+)"', script))
    assert {f"kiosk.{key}" for key in said} == set(strings)


def test_a_portal_pays_nearly_nothing(tree: Path, chromium: Browser) -> None:
    """On a portal the settings are one tiny file: nothing of the kiosk is loaded or drawn."""
    assert (tree / "assets" / "settings.js").stat().st_size <= 100
    asked: list[str] = []
    with window(chromium) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tree / ITEM).as_uri())
        assert page.evaluate("document.documentElement.className") == "js"
        assert page.evaluate("document.querySelectorAll('[class*=qd-k-]').length") == 0
        assert shows(page, ".md-tabs")
    assert not [url for url in asked if "kiosk" in url]


def test_without_script_the_pages_still_lead_on(kiosk: str, chromium: Browser) -> None:
    """A kiosk whose browser runs no script shows the plain pages."""
    with window(chromium, script=False) as page:
        page.goto(kiosk + HOME)
        page.click("main .qd-list--short a >> nth=0")
        assert "category-" in page.url
        assert page.is_visible("h1")


# ---------------------------------------------------------------- codes


def codes(page: Page, texts: list[str]) -> list[list[list[int]] | None]:
    """What the page's own encoder makes of texts."""
    found: list[list[list[int]] | None] = page.evaluate("texts => texts.map(window.qingdan.qr)", texts)
    return found


def addresses(lengths: range) -> list[str]:
    """Addresses of these lengths, no two alike in what they hold."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789/-._~"
    return [
        ("https://" + "".join(letters[(n * n + 7 * i + i * i) % 41] for i in range(n)))[:n] for n in lengths
    ]


@pytest.mark.parametrize(
    "texts",
    [
        [*addresses(range(1, 214, 6)), "https://示例.政务.cn/" + "甲" * 20],
        pytest.param(addresses(range(1, 214)), marks=pytest.mark.full),
    ],
    ids=["some", "all"],
)
def test_codes_are_those_of_segno(chromium: Browser, texts: list[str]) -> None:
    """Bit for bit, in every version from 1 to 10: the same version, words, correction and mask."""
    with window(chromium) as page:
        page.add_script_tag(path=str(TEMPLATES / "assets" / "kiosk_qr.js"))
        versions = set()
        for text, found in zip(texts, codes(page, texts), strict=True):
            code = segno.make(text, error="m", mode="byte", encoding="utf-8", boost_error=False, micro=False)
            versions.add(code.version)
            assert found == [list(row) for row in code.matrix], text
        assert versions == set(range(1, 11))


def test_an_address_too_long_has_no_code(chromium: Browser) -> None:
    """214 bytes are more than version 10 holds at level M."""
    with window(chromium) as page:
        page.add_script_tag(path=str(TEMPLATES / "assets" / "kiosk_qr.js"))
        assert codes(page, ["x" * 214]) == [None]


def test_an_address_leaves_as_a_code_with_its_text(kiosk: str, chromium: Browser) -> None:
    """The bar offers the page's public address, as a QR code of those very words and the words below it."""
    with window(chromium) as page:
        page.goto(kiosk + ITEM)
        press(page, ".qd-k-bar__code")
        assert page.text_content(".qd-k-address") == ADDRESS + ITEM
        drawn = page.get_attribute(".qd-k-code path", "d") or ""
        code = segno.make(ADDRESS + ITEM, error="m", mode="byte", boost_error=False, micro=False)
        dark = {(x + 4, y + 4) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}
        assert {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn)} == dark


def test_without_an_address_there_is_no_code(tree: Path, chromium: Browser) -> None:
    """Where no public address is known, nothing is offered."""
    with shown(tree, address="") as address, window(chromium) as page:
        page.goto(address + ITEM)
        assert not shows(page, ".qd-k-bar__code")


# ---------------------------------------------------------------- every page


@pytest.mark.parametrize(
    ("size", "lang", "elder"),
    [
        pytest.param(UPRIGHT, "zh", False, id="usual"),
        pytest.param(UPRIGHT, "zh", False, marks=pytest.mark.full),
        pytest.param(BROAD, "zh", False, marks=pytest.mark.full),
        pytest.param(UPRIGHT, "en", False, marks=pytest.mark.full),
        pytest.param(BROAD, "en", False, marks=pytest.mark.full),
        pytest.param(UPRIGHT, "zh", True, marks=pytest.mark.full),
        pytest.param(BROAD, "en", True, marks=pytest.mark.full),
        pytest.param(UPRIGHT, "ko", True, marks=pytest.mark.full),
    ],
)
def test_every_page_is_made_for_fingers(
    tree: Path,
    chromium: Browser,
    size: tuple[int, int],
    lang: str,
    elder: bool,
    request: pytest.FixtureRequest,
) -> None:
    """No target below 60 pixels, no type below 24, nothing wider than the screen, nothing that axe finds."""
    axe = Axe()
    usual = "usual" in request.node.name
    with shown(tree, elder=elder, lang=lang) as address, window(chromium, size) as page:
        for kind, path in KINDS.items():
            if usual and kind not in USUAL:
                continue
            page.goto("about:blank")
            page.goto(address + path.format(lang=lang))
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert page.evaluate(SMALL) == [], kind
            assert page.evaluate(FINE) == [], kind
            assert page.evaluate(WIDE) <= 0, kind
            # The bar covers the page's foot only while it is not scrolled to its end.
            found = axe.run(page).response["violations"]
            assert found == [], f"{kind}: {json.dumps(found, ensure_ascii=False)[:1500]}"


def test_the_bar_is_always_in_reach(kiosk: str, chromium: Browser) -> None:
    """Home, back, search, languages and large type stand at the same place on every page, however far it is scrolled."""
    with window(chromium) as page:
        for kind in ("home", "item", "search"):
            path = KINDS[kind].format(lang="zh")
            page.goto(kiosk + path)
            page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
            words = page.evaluate(
                "[...document.querySelectorAll('.qd-k-bar button')].map(b => b.textContent)"
            )
            assert words == ["首页", "返回", "查事项", "English", "한국어", "长者模式", "手机查看"], path
            box = page.evaluate("document.querySelector('.qd-k-bar').getBoundingClientRect().bottom")
            assert 1900 <= box <= 1920
            assert "2026年11月20日发布" in (page.text_content(".qd-k-foot .qd-k-released") or "")
            assert "3天前" in (page.text_content(".qd-k-foot .qd-k-released") or "")


# ---------------------------------------------------------------- the way through


def test_the_first_screen_shows_what_can_be_looked_up(kiosk: str, chromium: Browser) -> None:
    """It names the township, a duty of its list and its categories; a touch anywhere leads to the tiles."""
    with window(chromium) as page:
        page.goto(kiosk)
        page.wait_for_selector(".qd-k-question__name")
        assert page.text_content(".qd-k-attract__place") == TOWN.name
        assert "轻触屏幕开始" in (page.text_content(".qd-k-attract__begin") or "")
        assert "生态环保" in (page.text_content(".qd-k-topics") or "")
        assert not shows(page, "main")
        page.mouse.click(40, 900)
        assert shows(page, ".qd-k-lists .qd-list--short a")
        assert not shows(page, ".qd-k-attract")


@pytest.mark.parametrize("size", [UPRIGHT, BROAD])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_categories_without_room_are_counted(
    kiosk: str, chromium: Browser, size: tuple[int, int], lang: str
) -> None:
    """Thirty categories more than the first screen has room for: whole rows, and how many are left out."""
    more = "".join(
        f'<p class="qd-list--short"><span class="qd-list__name">城乡规划建设类别{number}</span></p>'
        for number in range(30)
    )

    def widened(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", more + "</main>", 1))

    with window(chromium, size) as page:
        page.route(f"**/{TOWN.code}/index.html", widened)
        page.goto(kiosk + KINDS["home"].format(lang=lang).partition("#")[0])
        page.wait_for_selector(".qd-k-topics__more")
        topics = page.eval_on_selector_all(".qd-k-topics li", "all => all.map(one => one.textContent)")
        left = re.fullmatch(r"另有(\d+)类|and (\d+) more", topics.pop())
        assert left
        there = page.eval_on_selector_all(
            ".qd-list--short .qd-list__name", "all => new Set(all.map(one => one.textContent.trim())).size"
        )
        assert len(topics) + int(left[1] or left[2]) == there > 30
        clipped = page.eval_on_selector_all(
            ".qd-k-topics li",
            """all => all.filter(one => one.getBoundingClientRect().bottom
              > one.parentElement.getBoundingClientRect().bottom + 1).length""",
        )
        assert clipped == 0


def test_the_way_in_leads_to_the_township(kiosk: str, chromium: Browser) -> None:
    """The county's index, which offers languages on a portal, is the township's first screen here."""
    with window(chromium) as page:
        page.goto(f"{kiosk}index.html")
        page.wait_for_selector(".qd-k-attract__begin")
        assert page.url == kiosk + HOME


def test_one_list_at_a_time(kiosk: str, chromium: Browser) -> None:
    """The home page shows the categories of one list; the others are a touch away, and it remembers which."""
    with window(chromium) as page:
        page.goto(kiosk + KINDS["home"].format(lang="zh"))
        assert shows(page, "#basic")
        press(page, ".qd-k-tab--supporting")
        assert shows(page, "#supporting")
        assert not shows(page, "#basic")
        press(page, "#supporting .qd-list--short a")
        page.wait_for_selector("h1")
        press(page, ".qd-k-bar__back")
        page.wait_for_url("**/index.html#home")
        page.wait_for_selector(".qd-k-tabs")
        assert shows(page, "#supporting")


def test_the_keyboard_finds_by_initials(kiosk: str, chromium: Browser) -> None:
    """J G L T finds 秸秆露天焚烧管控 in this township first; delete and clear do what they say; nothing can be typed into."""
    with window(chromium) as page:
        page.goto(kiosk + KINDS["home"].format(lang="zh"))
        press(page, ".qd-k-find")
        page.wait_for_selector(".qd-k-keys")
        assert page.eval_on_selector("#qd-t", "select => select.value") == TOWN.code
        assert not shows(page, ".qd-results > li"), "nothing was asked yet"
        letters(page, "JGLT")
        assert "秸秆露天焚烧管控" in (page.text_content(".qd-results > li a") or "")
        assert f"/{TOWN.code}/" in (page.get_attribute(".qd-results > li a", "href") or "")
        press(page, ".qd-k-letter", "删除")
        assert page.input_value("#qd-q") == "jgl"
        press(page, ".qd-k-letter", "清空")
        assert page.input_value("#qd-q") == ""
        assert page.eval_on_selector("#qd-q", "input => input.readOnly")
        assert (
            page.evaluate(
                "[...document.querySelectorAll('input,textarea,select')].filter(e => e.getClientRects().length).length"
            )
            == 1
        )


def test_a_search_can_be_widened(kiosk: str, chromium: Browser) -> None:
    """Where to search and which list are buttons; the one that is chosen is marked."""
    with window(chromium) as page:
        page.goto(f"{kiosk}zh/search.html")
        letters(page, "JG")
        press(page, ".qd-k-choice", "全部乡镇（街道）")
        page.wait_for_timeout(50)
        assert page.eval_on_selector("#qd-t", "select => select.value") == ""
        pressed = "[...document.querySelectorAll('.qd-k-choice[aria-pressed=true]')].map(b => b.textContent)"
        assert page.evaluate(pressed) == ["全部乡镇（街道）", "全部"]


def test_back_returns_to_the_search_as_it_was(kiosk: str, chromium: Browser) -> None:
    """返回 leads to the results again, with the letters; the browser's own history holds nothing."""
    with window(chromium) as page:
        page.goto(f"{kiosk}zh/search.html")
        length = page.evaluate("history.length")
        letters(page, "JG")
        press(page, ".qd-results > li a")
        page.wait_for_url("**/supporting-0001.html")
        press(page, ".qd-k-bar__back")
        page.wait_for_selector(".qd-results > li a")
        assert page.input_value("#qd-q") == "jg"
        assert page.evaluate("history.length") == length


def test_a_language_leads_to_the_same_page(kiosk: str, chromium: Browser) -> None:
    """The bar's languages lead to the page in that language, and 返回 stays in it."""
    with window(chromium) as page:
        page.goto(kiosk + KINDS["home"].format(lang="zh"))
        press(page, "#basic .qd-list--short a")
        page.wait_for_url("**/category-*")
        press(page, ".qd-k-bar button", "English")
        page.wait_for_url("**/en/**")
        assert "Content released 20 November 2026" in (page.text_content(".qd-k-foot .qd-k-released") or "")
        press(page, ".qd-k-bar__back")
        page.wait_for_url(f"**/en/{TOWN.code}/index.html#home")
        assert shows(page, ".qd-k-tabs")


def test_whom_to_call_is_large(kiosk: str, chromium: Browser) -> None:
    """The report page shows office and phone first and large, as words and not as a link; its search has the keyboard."""
    with window(chromium) as page:
        page.goto(f"{kiosk}zh/{TOWN.code}/report.html")
        phone = page.query_selector(".qd-k-contact strong")
        assert phone is not None
        assert phone.text_content() == "0000-0000000"
        assert phone.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 40
        assert phone.evaluate("e => e.getBoundingClientRect().bottom < 1600")
        assert page.query_selector("a[href^='tel:']") is None
        assert not shows(page, ".qd-k-keys")
        press(page, "#qd-q")
        letters(page, "JG")
        assert "秸秆" in (page.text_content(".qd-results > li a") or "")


# ---------------------------------------------------------------- what is forgotten


def test_everything_is_forgotten_after_a_visitor(hasty: str, chromium: Browser) -> None:
    """Query, language, large type, scroll, storage and the way back: after the countdown none of it is left."""
    with window(chromium) as page:
        page.goto(hasty + KINDS["home"].format(lang="zh"))
        length = page.evaluate("history.length")
        press(page, ".qd-k-tab--supporting")
        press(page, "[data-qd=elder]")
        press(page, ".qd-k-bar button", "English")
        page.wait_for_url("**/en/**")
        press(page, ".qd-k-find")
        page.wait_for_selector(".qd-k-keys")
        letters(page, "JG")
        page.evaluate("window.scrollTo(0, 400); window.name = 'visitor'")
        assert page.evaluate("document.documentElement.hasAttribute('data-qd-elder')")
        assert page.evaluate("localStorage.length + sessionStorage.length") >= 2
        page.wait_for_selector("[role=alertdialog]")
        page.wait_for_url(hasty + HOME)
        page.wait_for_selector(".qd-k-attract__begin")
        assert page.evaluate(STORED) == [0, 0, ""]
        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
        assert not page.evaluate("document.documentElement.hasAttribute('data-qd-elder')")
        assert page.evaluate("window.pageYOffset") == 0
        assert page.evaluate("history.length") == length, "there is no way back"


@pytest.mark.full
def test_idle_at_home_waits_again(hasty: str, chromium: Browser) -> None:
    """Left on the home page itself, the screen goes back to waiting, with the first list chosen."""
    with window(chromium) as page:
        page.goto(hasty + HOME)
        press(page, ".qd-k-attract__begin")
        assert page.url.endswith("#home")
        press(page, ".qd-k-tab--supporting")
        page.wait_for_selector(".qd-k-attract__begin")
        assert page.url == hasty + HOME
        press(page, ".qd-k-attract__begin")
        assert shows(page, "#basic")


@pytest.mark.full
def test_a_server_that_is_away_leaves_no_empty_screen(tree: Path, chromium: Browser) -> None:
    """When home cannot be had the last visitor's page is covered and forgotten; once it can, it comes by itself."""
    with shown(tree, idle_seconds=1, countdown_seconds=1) as address, window(chromium, despite="503") as page:
        page.goto(address + ITEM)
        page.route("**/*", lambda route: route.fulfill(status=503, body=""))
        page.wait_for_selector(".qd-k-attract [role=status]")
        assert page.url == address + ITEM
        assert not shows(page, "main")
        assert not shows(page, ".qd-k-over")
        assert page.evaluate(STORED) == [0, 0, ""]
        page.unroute("**/*")
        page.wait_for_selector(".qd-k-attract__begin")
        assert page.url == address + HOME


def test_whoever_is_still_there_may_stay(tree: Path, chromium: Browser) -> None:
    """The countdown counts, says what will happen, and 继续使用 leaves page and query as they were."""
    with shown(tree, idle_seconds=1, countdown_seconds=30) as address, window(chromium) as page:
        page.goto(f"{address}zh/search.html")
        letters(page, "JG")
        page.wait_for_selector("[role=alertdialog]")
        assert 25 <= int(page.text_content(".qd-k-count strong") or "") <= 30
        assert page.evaluate("document.activeElement.textContent") == "继续使用"
        assert page.evaluate(SMALL) == []
        press(page, ".qd-k-choices button", "继续使用")
        assert not shows(page, "[role=alertdialog]")
        assert page.input_value("#qd-q") == "jg"
        page.wait_for_selector("[role=alertdialog]")
        press(page, ".qd-k-choices button", "结束使用")
        page.wait_for_selector(".qd-k-attract__begin")
        assert page.evaluate(STORED) == [0, 0, ""]


@pytest.mark.full
def test_a_touch_puts_the_question_off(tree: Path, chromium: Browser) -> None:
    """Somebody who goes on touching is not asked."""
    with shown(tree, idle_seconds=2, countdown_seconds=30) as address, window(chromium) as page:
        page.goto(address + ITEM)
        for _ in range(6):
            page.wait_for_timeout(500)
            page.mouse.wheel(0, 5)
            assert not shows(page, "[role=alertdialog]")
        page.wait_for_selector("[role=alertdialog]")


# ---------------------------------------------------------------- what is kept from visitors


def test_no_menu_no_selection_no_print(kiosk: str, chromium: Browser) -> None:
    """Context menu, selection, dragging, copying, printing, zoom and new windows are refused."""
    with window(chromium) as page:
        page.goto(kiosk + ITEM)
        for name in ("contextmenu", "selectstart", "dragstart", "copy", "paste", "auxclick", "drop"):
            went = page.evaluate(
                "name => document.querySelector('h1').dispatchEvent(new Event(name, {bubbles: true, cancelable: true}))",
                name,
            )
            assert went is False, name
        for key in ("p", "n", "+", "s"):
            went = page.evaluate(
                "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey: true, bubbles: true, cancelable: true}))",
                key,
            )
            assert went is False, key
        page.mouse.move(60, 420)
        page.mouse.down()
        page.mouse.move(900, 900)
        page.mouse.up()
        assert page.evaluate("String(getSelection())") == ""
        assert page.evaluate("window.open('https://example.org/')") is None
        assert page.evaluate("getComputedStyle(document.documentElement).touchAction") == "pan-y"
        assert not shows(page, "[data-qd-print]")
        assert page.evaluate("String(window.print)") == "function () {}"


def test_printing_is_a_setting(tree: Path, chromium: Browser) -> None:
    """Where the settings allow it the bar has a print button and the letter is shown; on paper there is no bar."""
    with shown(tree, printing=True) as address, window(chromium) as page:
        page.goto(f"{address}zh/{TOWN.code}/report.html")
        assert shows(page, ".qd-k-bar__print")
        assert shows(page, ".qd-letter")
        page.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; 0")
        press(page, ".qd-k-bar__print")
        assert page.evaluate("window.printed") == 1
        page.emulate_media(media="print")
        assert not shows(page, ".qd-k-foot")


def test_an_outside_link_is_a_code(kiosk: str, chromium: Browser) -> None:
    """A link to another site opens nothing: its address is shown to scan. Files and phones are words."""
    with window(chromium) as page:
        page.goto(kiosk + ITEM)
        page.evaluate(
            """() => { for (const [href, id] of [['https://example.org/x', 'out'], ['tel:12345', 'tel'],
              ['../../data/230125100.xlsx', 'file'], ['javascript:window.ran=1', 'script'], ['blob:x', 'blob']]) {
              const a = document.createElement('a'); a.href = href; a.id = id; a.target = '_blank'; a.textContent = href;
              document.querySelector('main').append(a); } }"""
        )
        for name in ("tel", "file", "script", "blob"):
            press(page, f"#{name}")
        press(page, "#out")
        assert page.text_content(".qd-k-address") == "https://example.org/x"
        assert shows(page, ".qd-k-code")
        assert page.get_attribute("#tel", "href") == "tel:12345", (
            "put there after the page was drawn, and refused"
        )
        press(page, ".qd-k-choices button")
        page.wait_for_timeout(200)
        assert page.url == kiosk + ITEM
        assert page.evaluate("window.ran === undefined")


LINKS = "[...document.querySelectorAll('a[href]')].map(a => [a.href, window.qingdan.kiosk.fate(a)])"


def wander(page: Page, address: str, start: str, limit: int) -> set[str]:
    """Press links until no page is new, and return where they led. Fails where a link does not stay in the kiosk.

    From every page to one that is new, where it has such a link; else on from a page seen before.
    """
    page.goto(address + start)
    ways: dict[str, list[str]] = {}
    seen, here = {start}, start
    while len(seen) < limit:
        if here not in ways:
            links: list[tuple[str, str]] = page.evaluate(LINKS)
            for href, fate in links:
                assert fate == "inside", f"{here}: {href} {fate}"
                assert href.startswith(address), f"{here}: {href}"
            ways[here] = [href.removeprefix(address).split("#")[0].split("?")[0] for href, _ in links]
        n = next((n for n, path in enumerate(ways[here]) if path not in seen), None)
        if n is None:
            onward = next((one for one, paths in ways.items() if set(paths) - seen), None)
            if onward is None:
                break
            here = onward
            page.goto(address + here)
            continue
        here = ways[here][n]
        seen.add(here)
        with page.expect_navigation(url=f"{address}{here}**", wait_until="domcontentloaded"):
            page.evaluate("n => { document.querySelectorAll('a[href]')[n].click(); }", n)
        assert page.title(), here
    return seen


@pytest.mark.parametrize("limit", [10, pytest.param(10_000, marks=pytest.mark.full)])
def test_no_link_leaves_the_kiosk(kiosk: str, chromium: Browser, limit: int) -> None:
    """Every link that can be pressed leads to a page of this county that is there."""
    with window(chromium) as page:
        seen = wander(page, kiosk, HOME, limit)
        assert len(seen) >= min(limit, 60)


# ---------------------------------------------------------------- the age of what is shown


@pytest.mark.parametrize(
    ("day", "age", "stale"),
    [
        ("2026-11-20", "今天", False),
        pytest.param("2026-11-21", "1天前", False, marks=pytest.mark.full),
        pytest.param("2026-12-04", "14天前", False, marks=pytest.mark.full),
        ("2026-12-05", "15天前", True),
        pytest.param("2038-01-20", "4079天前", True, marks=pytest.mark.full),
        ("2026-11-19", "", False),
        pytest.param("1970-01-02", "", False, marks=pytest.mark.full),
    ],
)
def test_date_and_age_are_always_said(kiosk: str, chromium: Browser, day: str, age: str, stale: bool) -> None:
    """The date of release always; its age unless the clock stands before it; a dated band once it is too old."""
    with window(chromium) as page:
        on_day(page, day)
        for path, place in ((ITEM, ".qd-k-foot"), (HOME, ".qd-k-attract")):
            page.goto(kiosk + path)
            assert page.text_content(f"{place} .qd-k-released span") == "本机内容：2026年11月20日发布"
            said = page.query_selector(f"{place} .qd-k-released strong")
            assert (said.text_content() if said else "") == age
            assert shows(page, f"{place} .qd-k-stale") is stale
            if stale:
                assert "更新期限为2026年12月4日" in (page.text_content(f"{place} .qd-k-stale") or "")


# ---------------------------------------------------------------- from disk, and in an old browser


def journey(page: Page, address: str) -> None:
    """A visitor begins, searches, reads, and is forgotten. `address` is that of a hasty kiosk.

    Playwright's own question whether something is visible asks for what Chromium 90 does not know.
    """
    page.goto(address + HOME)
    comes(page, ".qd-k-question__name")
    press(page, ".qd-k-attract__begin")
    assert shows(page, ".qd-k-tabs")
    press(page, ".qd-k-find")
    comes(page, ".qd-k-keys")
    letters(page, "JGLT")
    assert "秸秆露天焚烧管控" in (page.text_content(".qd-results > li a") or "")
    press(page, ".qd-results > li a")
    comes(page, ".qd-item")
    comes(page, ".qd-k-bar")
    press(page, ".qd-k-bar__back")
    comes(page, ".qd-results > li a")
    comes(page, "[role=alertdialog]")
    comes(page, ".qd-k-attract__begin")
    assert page.url == address + HOME
    assert page.evaluate(STORED) == [0, 0, ""]


def test_it_works_from_disk(tree: Path, chromium: Browser, tmp_path: Path) -> None:
    """The same face from a folder, without any server; the folder's name may hold anything."""
    address = on_disk(tree, tmp_path / "发布 &lt;12'", idle_seconds=2, countdown_seconds=1)
    with window(chromium) as page:
        journey(page, address)


@pytest.mark.full
@pytest.mark.parametrize("way", ["served", "disk"])
def test_it_works_in_chromium_90(tree: Path, chromium: Browser, tmp_path: Path, way: str) -> None:
    """The same journey in the oldest browser that is promised, and no page of it complains or overflows."""
    with launched_old(chromium) as old, window(old) as page:
        if way == "disk":
            journey(page, on_disk(tree, tmp_path / "release", idle_seconds=3, countdown_seconds=1))
        else:
            with shown(tree, idle_seconds=3, countdown_seconds=1) as address:
                journey(page, address)
        with shown(tree) as address:
            for kind, path in KINDS.items():
                page.goto("about:blank")
                page.goto(address + path.format(lang="zh"))
                assert page.evaluate(SMALL) == [], kind
                assert page.evaluate(WIDE) <= 0, kind
