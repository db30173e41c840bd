"""The webmaster's commands: what they print, and the code they end with."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from generator import signing
from generator.__main__ import main
from tests.portal_site import PHONE, UNIT, script_of, write_site
from tests.test_release_settings import content_with
from tests.test_release_verify import Quiet, serving

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a content folder with one folder target and a key; returns its code and all it printed."""
    public = signing.make_key(tmp_path / "release.pem")
    (tmp_path / "portal").mkdir()
    content = content_with(
        tmp_path,
        f"""
[signing]
public = "{public}"
[[target]]
name = "portal"
kind = "folder"
path = "portal"
address = "https://www.example.gov.cn/qingdan/"
""",
    )
    monkeypatch.setenv("QINGDAN_RELEASE_KEY", str(tmp_path / "release.pem"))

    def command(name: str, *arguments: str, lang: str = "en") -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr(
            sys, "argv", ["qingdan", name, *arguments, "--content", str(content), "--lang", lang]
        )
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        code = end.value.code
        assert isinstance(code, int)
        return code, shown.out + shown.err

    return command


def test_publish_releases_rollback_verify(tmp_path: Path, run: Run) -> None:
    """A webmaster's week: publish, publish the same, publish a change, look, go back, verify."""
    site = str(write_site(tmp_path / "site", 1))
    code, said = run("publish", "--site", site)
    assert code == 0, said
    assert "is live (https://www.example.gov.cn/qingdan/230202/). 9 files travel" in said
    code, said = run("publish", "--site", site)
    assert (code, "nothing to publish" in said) == (0, True)
    write_site(tmp_path / "site", 2)
    code, said = run("publish", "--site", site, "--dry-run")
    assert code == 0
    assert f"+ {script_of(2)}" in said
    assert "nothing was touched" in said
    code, said = run("publish", "--site", site, "--county", UNIT, "--target", "portal")
    assert (code, "6 files travel" in said) == (0, True), said
    code, said = run("rollback", "--county", UNIT)
    assert code == 0, said
    code, said = run("releases", lang="zh")
    assert code == 0
    assert [word in said for word in ("退回到", "在线", "可退回")] == [True, True, True]
    code, said = run("verify", "portal")
    assert (code, "are as signed. Line of history 3:" in said) == (0, True), said
    noted = said.split("history ")[1].split()[0]
    assert run("verify", "portal", "--known", noted)[0] == 0
    code, said = run("verify", "portal", "--known", f"2:{'0' * 64}")
    assert (code, "forked" in said) == (7, True)


def test_verify_finds_a_changed_phone_number(tmp_path: Path, run: Run) -> None:
    """By address, by folder and by target: exit 7, and the page is named, in both languages."""
    run("publish", "--site", str(write_site(tmp_path / "site", 1)))
    current = tmp_path / "portal" / UNIT / "current"
    page = current / "zh/report.html"
    page.write_bytes(page.read_bytes().replace(PHONE.encode(), b"0000-0000001"))
    with serving(partial(Quiet, directory=current)) as address:
        for what in (address, str(current), str(tmp_path / "portal"), "portal"):
            code, said = run("verify", what)
            assert code == 7, said
            assert "differs:" in said
            assert "zh/report.html" in said
            assert said.count("differs:") == 1
        code, said = run("verify", address, lang="zh")
        assert "内容不同：" in said


def test_verify_finds_counties_under_the_portals_address(tmp_path: Path, run: Run) -> None:
    """The address of the whole portal leads to every county that is published under it."""
    run("publish", "--site", str(write_site(tmp_path / "site", 1)))
    web = tmp_path / "web"
    web.mkdir()
    (web / UNIT).symlink_to(tmp_path / "portal" / UNIT / "current")
    with serving(partial(Quiet, directory=web)) as address:
        code, said = run("verify", address)
        assert (code, f"{address}{UNIT}/" in said) == (0, True), said
        code, said = run("verify", address, "--public-key", "ed25519:" + "A" * 43 + "=")
        assert (code, "not signed" in said) == (7, True), said
    code, said = run("verify", str(tmp_path / "web" / "nothing"))
    assert code == 2


def test_what_cannot_be_meant_is_refused(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, another key, an unknown target or county, a site that is not built, a rollback of everything: exit 2, untouched."""
    site = str(write_site(tmp_path / "site", 1))
    for arguments, words in (
        (("publish", "--site", site, "--target", "protal"), "no target named 'protal'"),
        (("publish", "--site", site, "--county", "230102"), "holds no built 230102"),
        (("publish", "--site", str(tmp_path / "none")), "Run qingdan build first"),
        (("rollback",), "which county"),
        (("verify", "portal", "--public-key", "x"), "no public key"),
        (("verify", "portal", "--known", "x"), "no line of a history"),
    ):
        code, said = run(*arguments)
        assert (code, words in said) == (2, True), said
    signing.make_key(tmp_path / "other.pem")
    code, said = run("publish", "--site", site, "--key", str(tmp_path / "other.pem"))
    assert (code, "not the one in site.toml" in said) == (2, True)
    monkeypatch.delenv("QINGDAN_RELEASE_KEY")
    code, said = run("publish", "--site", site)
    assert (code, "--key FILE" in said) == (2, True)
    assert list((tmp_path / "portal").iterdir()) == []


def test_a_replaced_key_is_believed_beside_the_former_one(tmp_path: Path, run: Run) -> None:
    """A lost or retired key: history goes on with the new one; without the former public half it is not believed."""
    site = write_site(tmp_path / "site", 1)
    assert run("publish", "--site", str(site))[0] == 0
    settings = tmp_path / "content/site.toml"
    text = settings.read_text("utf-8")
    old = text.split('public = "')[1].split('"')[0]
    new = signing.make_key(tmp_path / "new.pem")
    settings.write_text(text.replace(old, new), "utf-8")
    write_site(site, 2)
    code, said = run("publish", "--site", str(site), "--key", str(tmp_path / "new.pem"))
    assert (code, "not signed" in said) == (4, True), said
    settings.write_text(text.replace(f'"{old}"', f'"{new}"\nformer = ["{old}"]'), "utf-8")
    code, said = run("publish", "--site", str(site), "--key", str(tmp_path / "new.pem"))
    assert (code, "6 files travel" in said) == (0, True), said
    assert run("verify", "portal")[0] == 0


def test_verify_sees_a_portal_that_was_emptied(tmp_path: Path, run: Run) -> None:
    """No `current`, but a history: that is no unit which was never published."""
    run("publish", "--site", str(write_site(tmp_path / "site", 1)))
    (tmp_path / "portal" / UNIT / "current").unlink()
    code, said = run("verify", "portal")
    assert (code, "not signed" in said) == (7, True), said


def test_one_county_that_fails_keeps_no_other_from_its_release(tmp_path: Path, run: Run) -> None:
    """The province's pages go live though a county is refused; the run ends with the county's code and says which."""
    site = write_site(tmp_path / "site", 1, more=3)
    (site / "index.html").write_text("<h1>全省</h1>", "utf-8")
    assert run("publish", "--site", str(site))[0] == 0
    write_site(site, 2)
    (site / "index.html").write_text("<h1>全省 新</h1>", "utf-8")
    code, said = run("publish", "--site", str(site), "--max-deletes", "2")
    assert code == 4
    assert f"portal / {UNIT}: " in said
    assert "--max-deletes 3" in said
    assert "新" in (tmp_path / "portal/province/current/index.html").read_text("utf-8")
    assert not (tmp_path / "portal/province/current" / UNIT).exists()
    assert "第1版" in (tmp_path / f"portal/{UNIT}/current/index.html").read_text("utf-8")


def test_a_target_that_is_not_there_is_told(tmp_path: Path, run: Run) -> None:
    """A disk that is not mounted: exit 4, nothing is made in its place."""
    shutil.rmtree(tmp_path / "portal")
    code, said = run("publish", "--site", str(write_site(tmp_path / "site", 1)))
    assert (code, "is not there" in said) == (4, True), said
    assert not (tmp_path / "portal").exists()


def test_preview_is_told_where_it_is(tmp_path: Path, run: Run) -> None:
    """The address of a preview is printed, and what is live is unchanged."""
    code, said = run("publish", "--site", str(write_site(tmp_path / "site", 1)), "--preview")
    assert code == 0
    assert f"{UNIT}/previews/20" in said
    assert not (tmp_path / "portal" / UNIT / "current").exists()
    assert "Nothing has been published yet" in run("releases")[1]
