"""A kiosk for tests: the miniature county with the real frame and search, shown by the kiosks' own server or from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Error, Page

from generator.chrome import build_shell
from generator.kiosk.face import SETTINGS, FaceSettings, settings_script
from generator.kiosk.serving import serving
from generator.pages import render_county
from generator.search import build_search, loading_order, shared_scripts
from tests.mini_county import AS_OF, TEMPLATES, TOWN, mini

ROOT = TEMPLATES.parent
RELEASED = date(2026, 11, 20)
UPRIGHT, BROAD = (1080, 1920), (1920, 1080)
ADDRESS = "https://www.example.gov.cn/qingdan/230125/"

PLAIN = FaceSettings(
    township=TOWN.code,
    number=12,
    released=RELEASED,
    fresh_until=date(2026, 12, 4),
    signed=datetime(2026, 11, 20, 8, tzinfo=UTC),
    address=ADDRESS,
)


def write_tree(folder: Path, work: Path) -> Path:
    """Write the miniature county, whole, as a kiosk has it (nothing to download), and return its folder."""

    def write(path: str, body: bytes) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    of, shared, order = mini(), shared_scripts(TEMPLATES), {}
    shells = {
        lang: build_shell(ROOT / "content", TEMPLATES, ROOT / "mkdocs.yml", lang, work)
        for lang in of.county.languages
    }
    for lang in of.county.languages:
        own = build_search(of.county, of.lists, of.tongues[lang])
        order[lang] = loading_order({**own, **shared})
        for name, body in {**own, **shared}.items():
            write(f"search/{name}", body)
    render_county(
        of.county, of.lists, of.tongues, shells, order, TEMPLATES, of.site, AS_OF, preview=False, write=write
    )
    return folder


def on_disk(tree: Path, folder: Path, **changes: object) -> str:
    """Copy the tree with these settings instead of the plain ones, and return the address of its folder."""
    shutil.copytree(tree, folder, copy_function=os.link)
    settings = replace(PLAIN, **changes)  # type: ignore[arg-type]
    (folder / SETTINGS).unlink()
    (folder / SETTINGS).write_bytes(settings_script(settings, folder))
    return f"{folder.resolve().as_uri()}/"


@contextmanager
def shown(tree: Path, **changes: object) -> Iterator[str]:
    """Serve the tree with these settings instead of the plain ones; gives the address."""
    with TemporaryDirectory(dir=tree.parent) as work:
        folder = Path(work) / "release"
        on_disk(tree, folder, **changes)
        home = f"{changes.get('lang', PLAIN.lang)}/{PLAIN.township}/index.html"
        with serving(folder, home=home, port=0) as address:
            yield address


@contextmanager
def window(
    browser: Browser,
    size: tuple[int, int] = UPRIGHT,
    *,
    script: bool = True,
    despite: str = "no fault at all",
) -> Iterator[Page]:
    """A touch screen of this size on a day when the release is three days old; any complaint fails the test.

    `despite` stands in what is expected to go wrong. A page that is left stops what it was loading: nobody's fault.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=True,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"{request.url}: {request.failure}"))
    page.on(
        "console",
        lambda message: faults.append(f"{page.url}: {message.text}") if message.type == "error" else None,
    )
    page.on("popup", lambda other: faults.append(f"a window opened: {other.url}"))
    page.on("download", lambda file: faults.append(f"a download began: {file.url}"))
    if script:
        on_day(page, "2026-11-23")
    try:
        yield page
        assert [fault for fault in faults if despite not in fault and "ERR_ABORTED" not in fault] == []
    finally:
        context.close()


def on_day(page: Page, day: str) -> None:
    """From the next page on, the kiosk's clock shows noon of this day; time goes on as it does."""
    page.add_init_script(
        f"""(() => {{ const from = Date.now(), RealDate = Date, base = RealDate.parse("{day}T12:00:00");
        window.Date = class extends RealDate {{
          constructor(...given) {{ given.length ? super(...given) : super(base + RealDate.now() - from); }} }}; }})()"""
    )


def press(page: Page, selector: str, text: str = "") -> None:
    """Press the first element that matches and, if given, holds exactly this text. Works in Chromium 90 too."""
    found = page.evaluate(
        """([selector, text]) => { const one = [...document.querySelectorAll(selector)]
          .find(e => !text || e.textContent.trim() === text); if (one) one.click(); return Boolean(one); }""",
        [selector, text],
    )
    assert found, f"{selector} {text} is not on {page.url}"


def letters(page: Page, text: str) -> None:
    """Press these letters on the keyboard of the page."""
    for letter in text:
        press(page, ".qd-k-letter", letter)


def shows(page: Page, selector: str) -> bool:
    """Whether something that matches can be seen."""
    there: bool = page.evaluate(
        """selector => [...document.querySelectorAll(selector)].some(e =>
          e.getClientRects().length > 0 && getComputedStyle(e).visibility === "visible")""",
        selector,
    )
    return there


def comes(page: Page, selector: str) -> None:
    """Wait until something that matches can be seen, on this page or the next one. Works in Chromium 90 too."""
    for _ in range(300):
        try:
            if shows(page, selector):
                return
        except Error as left:
            if "context" not in str(left):
                raise
            # The page was left while it was asked.
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} does not come on {page.url}")
