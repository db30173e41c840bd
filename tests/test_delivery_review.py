"""What somebody who means harm, or a bad day, could make of delivery: each was possible once."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from generator import durable
from generator.errors import DiffersError, PublishError, UsageError
from generator.model.releases import Manifest, manifest_from
from generator.release import ShownPortal, built_unit, publish_preview
from generator.release.folder import FolderUnit
from generator.release.ledger import read_ledger
from generator.release.note import read_note
from generator.release.tree import entry_of
from generator.sealing import differences
from tests.portal_site import UNIT, built, go, office, roll_back_to, silent, write_site
from tests.test_release_cli import Run, run  # noqa: F401  a fixture
from tests.test_release_verify import Quiet, serving


@pytest.fixture
def unit(tmp_path: Path) -> FolderUnit:
    """One county's folder on a portal where nothing was published yet."""
    (tmp_path / "srv").mkdir()
    return FolderUnit(tmp_path / "srv" / UNIT)


def test_a_preview_in_the_place_of_a_release_is_not_gone_back_to(unit: FolderUnit, tmp_path: Path) -> None:
    """A preview is signed too: laid where an old release was, it would have been signed anew as the list in force."""
    first = go(unit, built(tmp_path, 1), 0).id
    go(unit, built(tmp_path, 2), 1)
    preview = publish_preview(unit, built(tmp_path, 3), office(2), silent).id
    shutil.rmtree(unit.root / "releases" / str(first))
    shutil.copytree(unit.root / "previews" / str(preview), unit.root / "releases" / str(first))
    with pytest.raises(PublishError) as refused:
        roll_back_to(unit, first, 3)
    assert "not the release of the history" in refused.value.problem.en
    assert "第2版" in (unit.root / "current/index.html").read_text("utf-8")


def test_what_no_json_of_ours_says_is_a_difference(unit: FolderUnit, tmp_path: Path) -> None:
    """Half characters, endless depth and infinity from a hostile portal are answers that differ, never a fault of ours."""
    go(unit, built(tmp_path, 1), 0)
    honest = (unit.root / "ledger.jsonl").read_bytes()
    line, rest = honest.split(b"\n", 1)
    half = line.replace(b'"id":"', b'"id":"\\ud800') + b"\n" + rest
    with pytest.raises(DiffersError, match="Line 1"):
        read_ledger(half, UNIT, office().is_signed)
    deep = b"[" * 200_000
    infinite = (unit.root / "current/release/release.json").read_bytes().replace(b": 1,", b": Infinity,")
    for body in (deep, infinite):
        with pytest.raises(DiffersError):
            read_note(body, UNIT, office().is_signed)
    for body in (deep + b"\n", b'{"head":{"unit":"x","number":Infinity,"hash":"","signature":""}}\n'):
        with pytest.raises(DiffersError):
            read_ledger(body, UNIT, office().is_signed)
    for body in (deep, b'{"unit":"x","files":[["a",Infinity,""]]}'):
        with pytest.raises(ValueError, match="no manifest"):
            manifest_from(body)


def test_pages_stripped_of_their_signature_do_not_pass_for_unpublished(tmp_path: Path, run: Run) -> None:  # noqa: F811
    """One county without its release.json among others that are fine: exit 7 by address and by folder, and it is named."""
    site = write_site(tmp_path / "site", 1)
    shutil.copytree(site / UNIT, site / "230125")
    assert run("publish", "--site", str(site))[0] == 0
    web = tmp_path / "web"
    web.mkdir()
    for county in (UNIT, "230125"):
        (web / county).symlink_to(tmp_path / "portal" / county / "current")
    with serving(partial(Quiet, directory=web)) as address:
        asked = [(address,), (str(tmp_path / "portal"),), (address, "--county", UNIT)]
        asked.append((str(tmp_path / "portal"), "--county", UNIT))
        for arguments in asked:
            assert run("verify", *arguments)[0] == 0
        (web / UNIT / "release/release.json").unlink()
        for arguments in asked:
            code, said = run("verify", *arguments)
            assert (code, UNIT in said, "not signed" in said) == (7, True, True), said
        (web / UNIT / "index.html").unlink()
        for arguments in asked[2:]:
            assert run("verify", *arguments)[0] == 7


def test_another_countys_release_does_not_pass_at_a_countys_address(tmp_path: Path, run: Run) -> None:  # noqa: F811
    """Signed pages of the county next door, at this county's own address or in its folder, are a difference."""
    assert run("publish", "--site", str(write_site(tmp_path / "site", 1)))[0] == 0
    web = tmp_path / "web"
    web.mkdir()
    (web / "230125").symlink_to(tmp_path / "portal" / UNIT / "current")
    with serving(partial(Quiet, directory=web)) as address:
        for what in (f"{address}230125/", str(web / "230125")):
            code, said = run("verify", what)
            assert code == 7, said


def test_a_target_that_cannot_be_opened_is_told_once(tmp_path: Path, run: Run) -> None:  # noqa: F811
    """However many units it takes, and on one line with its name; nothing of it is left over on another stream."""
    site = write_site(tmp_path / "site", 1)
    (site / "index.html").write_text("<h1>全省</h1>", "utf-8")
    shutil.rmtree(tmp_path / "portal")
    code, said = run("publish", "--site", str(site), lang="zh")
    assert code == 4
    assert said.splitlines()[0].startswith("portal：发布目标“portal”的文件夹 ")
    assert said.count("portal：") == said.count("不存在") == 1


def test_a_unit_is_a_county_or_the_province(tmp_path: Path, run: Run) -> None:  # noqa: F811
    """A name from the command line becomes a folder's name; and a unit that no target takes is no quiet success."""
    site = str(write_site(tmp_path / "site", 1))
    for command in ("rollback", "releases"):
        code, said = run(command, "--county", "../elsewhere")
        assert (code, "no code of a county" in said) == (2, True), said
    assert not (tmp_path / "elsewhere").exists()
    settings = tmp_path / "content/site.toml"
    settings.write_text(settings.read_text("utf-8") + 'units = ["province"]\n', "utf-8")
    for arguments in (("publish", "--site", site), ("rollback",)):
        code, said = run(*arguments, "--county", UNIT)
        assert (code, f"takes {UNIT}" in said) == (2, True), said


def test_a_folder_that_cannot_be_read_is_not_left_out_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails for one folder of the built site: a signed release without its pages would have gone out."""
    site = write_site(tmp_path / "site", 1)
    whole = os.scandir

    def failing(path: str) -> object:
        if str(path).endswith("/zh"):
            raise OSError(errno.EIO, "Input/output error", path)
        return whole(path)

    monkeypatch.setattr("os.scandir", failing)
    with pytest.raises(OSError, match="Input/output error"):
        built_unit(site, UNIT)
    assert differences(Manifest(unit=UNIT, files=(entry_of("zh/a", b""),)), site / UNIT)[-1].what == "missing"


def test_two_runs_may_make_one_folder(tmp_path: Path) -> None:
    """Before the first release, two publishers both find no folder: the slower one goes on; a file in its place stops it."""

    def other(step: durable.Step) -> None:
        if step.call == "mkdir" and step.path.endswith("unit"):
            Path(step.path).mkdir()

    with durable.watched(other):
        durable.make_folders(tmp_path / "unit" / "releases")
    assert (tmp_path / "unit/releases").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        durable.make_folders(tmp_path / "file")


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.gov.cn:port/",
        "https://user:word@www.example.gov.cn/",
        "https://[::1/",
        "https:///",
    ],
)
def test_what_is_no_address_is_told(address: str) -> None:
    """A port that is no number, an account, half a bracket: wrong usage, before anybody is asked."""
    with pytest.raises(UsageError, match="no address of a portal"):
        ShownPortal(address)


def test_a_portal_under_a_chinese_path_is_asked(unit: FolderUnit, tmp_path: Path) -> None:
    """People paste addresses as their browser shows them."""
    go(unit, built(tmp_path, 1), 0)
    (tmp_path / "web").mkdir()
    (tmp_path / "web/清单").symlink_to(unit.root / "current")
    with (
        serving(partial(Quiet, directory=tmp_path / "web")) as address,
        closing(ShownPortal(f"{address}清单")) as one,
    ):
        assert one.has_release()


def test_a_redirect_cannot_write_on_the_terminal() -> None:
    """Where a portal sends readers is shown to the webmaster, without what only a terminal sees."""

    class Elsewhere(Quiet):
        def do_GET(self) -> None:  # noqa: N802  the base class names it so
            self.send_response(302)
            self.send_header("Location", "http://x/\x1b[2J\x07")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with (
        serving(Elsewhere) as address,
        closing(ShownPortal(address)) as one,
        pytest.raises(PublishError) as sent,
    ):
        one.has_release()
    assert "http://x/[2J" in sent.value.problem.en
    assert "\x1b" not in sent.value.problem.en
