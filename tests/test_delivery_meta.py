"""The tests of delivery test something: with a protection taken away, the test that stands for it turns red."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from playwright.sync_api import BrowserContext

from generator.kiosk.serving import HEADERS
from generator.model.shell import Shell
from generator.pages.environment import forget_templates
from generator.release.folder import FolderUnit
from tests import test_kiosk_attacks as attacks
from tests import test_web_server as servers
from tests import test_xss_payloads as xss
from tests.portal_site import UNIT, built, go
from tests.web_site import WEB, ask, nginx

shells = xss.shells
context = xss.context
scene = attacks.scene
_quick_disk = attacks._quick_disk

RED = (AssertionError, pytest.fail.Exception)
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def directives(policy: str) -> dict[str, str]:
    """A content policy as what it allows, by kind."""
    return {kind: allowed for kind, _, allowed in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Templates that put text into pages as it was filed."""
    forget_templates()
    real = jinja2.Environment
    monkeypatch.setattr("jinja2.Environment", lambda **settings: real(**{**settings, "autoescape": False}))
    yield
    forget_templates()


@pytest.mark.browser
@pytest.mark.usefixtures("unescaped")
def test_without_escaping_the_hostile_texts_run(
    shells: dict[str, Shell], context: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Autoescape off: the test of the sixty payloads is red."""
    with pytest.raises(RED):
        xss.test_filed_text_stays_text(xss.PAYLOADS[0], shells, context, tmp_path, monkeypatch)


@pytest.mark.parametrize("emptied", [(True, True, True), (True, True, False)])
def test_without_the_floor_an_emptied_cache_lets_older_in(
    scene: attacks.Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emptied: tuple[bool, ...]
) -> None:
    """The version floor taken away: the test of emptied caches is red, since TUF alone takes release 1."""
    monkeypatch.setattr("generator.kiosk.floor.must_not_be_older", lambda _floor, _seen: None)
    with pytest.raises(RED):
        attacks.test_an_emptied_cache_of_tuf_lets_nothing_older_in(scene, tmp_path, emptied)


def test_without_the_floor_damaged_caches_let_older_in(
    scene: attacks.Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of the test of damaged caches, where everything of TUF is gone."""
    monkeypatch.setattr("generator.kiosk.floor.must_not_be_older", lambda _floor, _seen: None)
    gone = attacks.STATES.index(("deleted", "deleted", "deleted", "deleted", "intact", "intact"))
    with pytest.raises(RED):
        attacks._a_state(scene, tmp_path, gone)


def test_the_policy_of_pages_kiosks_and_samples_is_the_strict_one() -> None:
    """Nothing inline, nothing from elsewhere, no form, no frame: pages, kiosk server and both samples say exactly that."""
    assert directives(servers.page_policy()) == POLICY
    assert directives(dict(HEADERS)["Content-Security-Policy"]) == {**POLICY, "frame-ancestors": "'none'"}
    for sample in ("nginx.conf", "Caddyfile"):
        said = re.findall(r'Content-Security-Policy "([^"]+)"', (WEB / sample).read_text(encoding="utf-8"))
        assert said
        assert all(directives(one) == {**POLICY, "frame-ancestors": "'self'"} for one in said), sample


@pytest.mark.parametrize("loosened", ["script-src 'self' 'unsafe-inline'", "script-src 'self' https:"])
def test_a_loosened_policy_of_a_server_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loosened: str
) -> None:
    """A server that allows more than the pages do: the test of its headers is red."""
    sample = (WEB / "nginx.conf").read_text(encoding="utf-8")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "nginx.conf").write_text(sample.replace("script-src 'self'", loosened), "utf-8")
    monkeypatch.setattr("tests.web_site.WEB", tmp_path / "web")
    (tmp_path / "srv").mkdir()
    go(FolderUnit(tmp_path / "srv" / UNIT), built(tmp_path, 1), 0)
    with nginx(tmp_path / "nginx", tmp_path / "srv") as port:
        answer = ask(port, f"/{UNIT}/index.html")
        assert answer.status == 200
        with pytest.raises(RED):
            servers.assert_protected(answer)
