"""What somebody who means harm, or a bad day, could make of delivery: each was possible once."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from generator.errors import DiffersError, PublishError
from generator.model.releases import manifest_from
from generator.release import publish_preview
from generator.release.folder import FolderUnit
from generator.release.ledger import read_ledger
from generator.release.note import read_note
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
