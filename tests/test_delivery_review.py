"""What somebody who means harm, or a bad day, could make of delivery: each was possible once."""

from __future__ import annotations

import base64
import errno
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path

import asyncssh
import pytest

from generator import durable, signing
from generator.cli.keys import make_command
from generator.errors import DiffersError, LockedError, PublishError, UsageError
from generator.kiosk import bundle, ceremony, repository, state
from generator.kiosk.fetch import Limits, Source, shared, source_from
from generator.kiosk.pull import pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.serving import serving as serving_kiosk
from generator.kiosk.status import status
from generator.model.releases import Entry, Manifest, manifest_from
from generator.release import ShownPortal, built_unit, open_target, publish_preview
from generator.release.folder import FolderUnit
from generator.release.ledger import read_ledger
from generator.release.note import read_note
from generator.release.sftp_line import PIECE
from generator.release.sftp_stage import flush, sync_folder
from generator.release.tree import entry_of
from generator.sealing import differences, seal
from tests.kiosk_net import Files, serve
from tests.kiosk_repo import COUNTY, NOW, Bench, newest
from tests.kiosk_repo import write_site as write_kiosk_site
from tests.portal_site import UNIT, built, go, office, roll_back_to, silent, write_site
from tests.sftp_servers import openssh
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


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A county with one release packed for its kiosks, on a disk whose power nobody cuts."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    bench = Bench(tmp_path / "bench")
    bench.pack("one")
    return bench


def test_a_stray_file_goes_though_the_record_is_lost(bench: Bench) -> None:
    """Both at once, as after a bad disk check: the next update puts the screen right, not the next release."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    shutil.rmtree(kiosk / "records")
    (kiosk / "current/zh/stray.html").write_text("stray")
    assert pull(kiosk, now=NOW).number == 1
    assert not (kiosk / "current/zh/stray.html").exists()
    assert status(kiosk, now=NOW, full=True).fields["problem"] is None


@pytest.mark.parametrize("address", ["http://host:port/", "https://[::1/", "http:///kiosk/"])
def test_a_source_that_is_no_address_leaves_the_others_to_be_asked(bench: Bench, address: str) -> None:
    """A slip in kiosk.toml costs that source only, and monitoring sees which."""
    kiosk = bench.kiosk(sources=(address, str(bench.repo)))
    assert pull(kiosk, now=NOW).number == 1
    last = status(kiosk, now=NOW).fields["last_update"]
    assert [one["code"] for one in last["results"]] == ["net-unreachable", "fine"]


def test_a_source_under_a_chinese_path_is_asked(bench: Bench, tmp_path: Path) -> None:
    """Addresses are written as people see them."""
    (tmp_path / "web/%E4%B8%80%E4%BD%93%E6%9C%BA").parent.mkdir()
    (tmp_path / "web/%E4%B8%80%E4%BD%93%E6%9C%BA").symlink_to(bench.repo)
    with serve(tmp_path / "web") as (address, _):
        assert pull(bench.kiosk(), now=NOW, sources=[f"{address}一体机"]).number == 1


def _between_chunks(request: Files) -> None:
    request.send_response_only(HTTPStatus.OK)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"1;")


def _in_a_404(request: Files) -> None:
    request.send_response_only(HTTPStatus.NOT_FOUND)
    request.send_header("Content-Length", "9999")
    request.end_headers()


@pytest.mark.parametrize("start", [_between_chunks, _in_a_404])
def test_no_drip_outlives_the_deadline(bench: Bench, start: Callable[[Files], None]) -> None:
    """Bytes that never count as content, one every moment: the kiosk hangs up at its deadline, not when the server tires."""
    tired = []

    def drip(request: Files) -> bool:
        start(request)
        with suppress(OSError):
            for _ in range(200):
                request.wfile.write(b"x")
                request.wfile.flush()
                time.sleep(0.02)
            tired.append(request.path)
        request.close_connection = True
        return True

    limits = Limits(total=0.5, silence=5, window=60, rate=0, retries=0, pause=0)
    with serve(bench.repo, drip) as (address, _), pytest.raises(Refusal) as refused:
        pull(bench.kiosk(), now=NOW, sources=[address], limits=limits)
    assert refused.value.code == "net-slow"
    assert tired == []


@pytest.mark.parametrize(
    "line", ["township = 230125001", 'sources = "https://www.example.gov.cn/"', 'county = "２３０１２５"']
)
def test_what_people_miswrite_in_kiosk_toml_is_told(bench: Bench, line: str) -> None:
    """A code without quotation marks, one address without brackets, full-width digits: said, and never taken for something else."""
    kiosk = bench.kiosk()
    lines = (kiosk / "kiosk.toml").read_text("utf-8").splitlines()
    kept = [one for one in lines if one.split(" =")[0] != line.split(" =", maxsplit=1)[0]]
    (kiosk / "kiosk.toml").write_text("\n".join([*kept, line]), "utf-8")
    with pytest.raises(UsageError, match=line.split(" =", maxsplit=1)[0]):
        state.load_settings(kiosk)


def test_a_shard_lost_from_an_older_release_stops_no_packing(bench: Bench) -> None:
    """What no kiosk can use any more is no reason to end with an error after the new release went out."""
    for shard in newest(bench.repo).shards:
        (bench.repo / repository.blob_path(shard.name)).unlink()
    write_kiosk_site(bench.folder / "site", "two", pages=1)
    packed = repository.pack(
        bench.repo, bench.folder / "site", COUNTY, bench.keys, now=NOW, date="2026-11-23"
    )
    assert packed.number == 2
    assert pull(bench.kiosk(), now=NOW).number == 2


def test_a_preview_is_not_packed_for_kiosks(bench: Bench) -> None:
    """Lists that are not in force reach no screen, as they reach no portal."""
    entrance = bench.folder / "site/index.html"
    entrance.write_text(entrance.read_text("utf-8") + '<div class="qd-band qd-band--preview">', "utf-8")
    with pytest.raises(UsageError, match="preview"):
        repository.pack(bench.repo, bench.folder / "site", COUNTY, bench.keys, now=NOW, date="2026-11-24")


def test_half_a_character_in_a_signed_release_is_malformed(bench: Bench) -> None:
    """Whoever holds the targets key can sign anything; the update is refused, with a code."""
    body = newest(bench.repo).body().replace(b'"address":""', b'"address":"\\ud800"')
    with pytest.raises(Refusal) as refused:
        bundle.release_from(body)
    assert refused.value.code == "format"


def test_half_an_address_is_a_bad_request(bench: Bench) -> None:
    """The kiosk's server answers what no browser asks, and writes no traceback into the machine's journal."""
    kiosk = bench.kiosk()
    pull(kiosk, now=NOW)
    with serving_kiosk(kiosk / "current", home="index.html", port=0) as address:
        host = address.removeprefix("http://").rstrip("/")
        with socket.create_connection(("127.0.0.1", int(host.partition(":")[2]))) as line:
            line.sendall(f"GET http://[ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_a_failed_way_back_is_not_called_the_old_release(
    unit: FolderUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new pages do not read back and the disk refuses the switch back: nobody is told that the old ones are live."""
    go(unit, built(tmp_path, 1), 0)
    old = unit.pointer()
    switch = unit.switch

    def refusing(expected: str | None, to: str) -> None:
        if to == old:
            raise OSError(errno.EIO, "Input/output error")
        switch(expected, to)

    monkeypatch.setattr(unit, "switch", refusing)
    monkeypatch.setattr(unit, "read_live", lambda _: b"")
    with pytest.raises(PublishError) as refused:
        go(unit, built(tmp_path, 2), 1)
    assert "could not be shown again" in refused.value.problem.en
    assert "still live" not in refused.value.problem.en


def test_pages_that_are_being_built_are_not_published(unit: FolderUnit, tmp_path: Path) -> None:
    """A build that writes while a release is compressed: said to be that, not a broken disk, and nothing is staged."""
    tree = built(tmp_path, 1)
    (tree.folder / "zh/report.html").write_text("being built", "utf-8")
    with pytest.raises(UsageError, match="changed while"):
        go(unit, tree, 0)
    assert list((unit.root).rglob("*.html")) == []


def test_a_key_of_another_kind_is_told(tmp_path: Path) -> None:
    """An SM2 key, which government offices have, is no release key: wrong usage and no fault of ours."""
    # PKCS#8 with the curve 1.2.156.10197.1.301 and the number 1.
    body = bytes.fromhex(
        "304102010030130607 2a8648ce3d0201 06082a811ccf5501822d 0427 3025020101 0420".replace(" ", "")
    )
    body += (1).to_bytes(32, "big")
    path = tmp_path / "sm2.pem"
    pem = f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(body).decode()}\n-----END PRIVATE KEY-----\n"
    path.write_text(pem, "ascii")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="no usable key"):
        signing.load_key(path)


def test_a_new_key_outlives_a_power_cut(tmp_path: Path) -> None:
    """A key whose public half was sent to every kiosk must not be gone: not its file alone is flushed, its name is too."""
    steps: list[tuple[str, str]] = []
    with durable.watched(lambda step: steps.append((step.call, step.path))):
        make_command(tmp_path / "root-1.pem")
    assert steps == [("fsync_dir", str(tmp_path))]
    assert (tmp_path / "root-1.pem").stat().st_mode & 0o777 == 0o600


def test_the_merge_request_script_spares_what_is_not_committed(tmp_path: Path) -> None:
    """Run in somebody's own copy it stops, instead of resetting a register with work in it."""
    register = tmp_path / "content/register/230202"
    register.mkdir(parents=True)
    (register / "list.jsonl").write_text("committed")
    git = ["git", "-c", "user.name=ci", "-c", "user.email=ci@example.invalid", "-C", str(tmp_path)]
    for words in (("init", "-qb", "main"), ("add", "-A"), ("commit", "-qm", "start")):
        subprocess.run([*git, *words], check=True)
    (register / "list.jsonl").write_text("an afternoon's work")
    (register / "new.jsonl").write_text("more of it")
    script = Path(__file__).resolve().parent.parent / "docs/ci/qingdan-ci.sh"
    done = subprocess.run(
        ["sh", str(script), "merge-request", "main"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "not committed" in done.stdout) == (2, True), done
    assert (register / "list.jsonl").read_text() == "an afternoon's work"
    assert (register / "new.jsonl").exists()


@pytest.mark.parametrize("name", [".well-known.txt", "zh/说明.html", "zh/a b.html"])
def test_what_kiosks_refuse_is_not_signed(bench: Bench, name: str) -> None:
    """A name that no kiosk takes would have stopped every kiosk of the county at this release."""
    (bench.folder / "site" / name).write_text("x", "utf-8")
    with pytest.raises(UsageError, match="no file of this name"):
        repository.pack(bench.repo, bench.folder / "site", COUNTY, bench.keys, now=NOW, date="2026-11-24")
    assert newest(bench.repo).number == 1


def test_a_disk_that_fails_over_there_fails_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose disk cannot flush a folder has not made the release last: exit 4; "I know no fsync" alone may pass."""

    async def broken(_handle: asyncssh.SFTPClientFile) -> None:
        raise asyncssh.SFTPFailure("Input/output error")

    with openssh(tmp_path / "server") as server, open_target(server.settings(), tmp_path) as target:
        (server.root / "page.html").write_text("a page", encoding="utf-8")
        monkeypatch.setattr(asyncssh.SFTPClientFile, "fsync", broken)
        line = target.unit(UNIT)._line  # type: ignore[attr-defined]
        for work, place in ((flush, server.root / "page.html"), (sync_folder, server.root)):
            with pytest.raises(PublishError, match="refused"):
                line.run(partial(work, line, str(place)))


def test_a_small_file_is_sent_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line's patience is for one request: the history of many years does not go over a slow line as one."""
    sent: list[int] = []
    really = asyncssh.SFTPClientFile.write

    async def noted(handle: asyncssh.SFTPClientFile, data: bytes, offset: int | None = None) -> int:
        sent.append(len(data))
        return await really(handle, data, offset)

    body = bytes(range(256)) * 1000
    with openssh(tmp_path / "server") as server, open_target(server.settings(), tmp_path) as target:
        unit = target.unit(UNIT)
        with unit.lock("me"):
            monkeypatch.setattr(asyncssh.SFTPClientFile, "write", noted)
            unit.write("ledger.jsonl", body)
            assert unit.read("ledger.jsonl", len(body)) == body
    assert max(sent) <= PIECE


def test_all_sources_together_keep_to_one_deadline(tmp_path: Path) -> None:
    """Two sources that drip do not take twice the time: the first leaves the second its half, and that is all there is."""
    bench = Bench(tmp_path)
    bench.pack("a")
    given: list[float] = []

    def opener(name: str, limits: Limits) -> Source:
        given.append(limits.total)
        return source_from(str(tmp_path / name), limits)

    with pytest.raises(Refusal):
        pull(bench.kiosk(), now=NOW, sources=["x", "y"], limits=Limits(total=100), opener=opener)
    assert given[0] == pytest.approx(50, abs=1)
    assert given[1] <= 100
    clock = iter((0.0, 0.0, 50.0))
    assert [share.total for share in shared(Limits(total=100), 2, lambda: next(clock))] == [50, 50]
    service = (Path(__file__).parents[1] / "deploy/kiosk/systemd/qingdan-kiosk-pull.service").read_text()
    assert "TimeoutStartSec=2h15min" in service
    assert Limits().total == 7200


def test_an_expired_root_is_not_installed(tmp_path: Path) -> None:
    """Every kiosk would refuse it; and nobody installs one while the repository is written to."""
    bench = Bench(tmp_path)
    root = bench.new_root(bench.root)
    with pytest.raises(UsageError, match="expired"):
        ceremony.install_root(bench.repo, root, now=NOW + timedelta(days=3653))
    with durable.locked(bench.repo / "pack.lock"), pytest.raises(LockedError):
        ceremony.install_root(bench.repo, root, now=NOW)
    assert ceremony.install_root(bench.repo, root, now=NOW).version == 2


def test_the_threshold_of_the_root_stays(tmp_path: Path) -> None:
    """A draft that says nothing of it asks for as many signatures as before."""
    bench = Bench(tmp_path)
    three = ceremony.draft_root({}, previous=bench.root, now=NOW, threshold=3)
    assert ceremony.facts(three).threshold == 3
    assert ceremony.facts(ceremony.draft_root({}, previous=three, now=NOW)).threshold == 3


def test_a_key_that_nobody_named_signs_no_root(tmp_path: Path) -> None:
    """A wrong file is told at once; an old keeper's key signs where the version that names it is given."""
    bench = Bench(tmp_path)
    draft = bench.new_root(bench.root, by=(), root=("root-3", "root-4", "root-5"))
    for previous in (None, bench.root):
        with pytest.raises(UsageError, match="nothing was signed"):
            ceremony.sign_root(draft, bench.keys["thief"], previous=previous)
    with pytest.raises(UsageError, match="nothing was signed"):
        ceremony.sign_root(draft, bench.keys["root-1"])
    assert b"sig" in ceremony.sign_root(draft, bench.keys["root-1"], previous=bench.root)


def test_a_clock_that_is_behind_signs_nothing(tmp_path: Path) -> None:
    """Signed "earlier" than the last time, an update would look stale; new keys, which mend a clock that ran ahead, go on."""
    bench = Bench(tmp_path)
    bench.pack("a", now=NOW + timedelta(days=30))
    before = (bench.repo / "metadata/timestamp.json").read_bytes()
    with pytest.raises(UsageError, match="clock"):
        bench.pack("b")
    with pytest.raises(UsageError, match="clock"):
        repository.refresh(bench.repo, bench.keys, now=NOW)
    assert (bench.repo / "metadata/timestamp.json").read_bytes() == before
    for role in ("snapshot", "timestamp"):
        bench.public[role] = signing.make_key(tmp_path / f"new-{role}.pem")
        bench.keys[role] = signing.load_key(tmp_path / f"new-{role}.pem")
    root = bench.new_root(bench.root, snapshot=("snapshot",), timestamp=("timestamp",))
    ceremony.install_root(bench.repo, root, now=NOW)
    assert bench.pack("b").number == 2


def test_a_named_pipe_in_a_tree_keeps_nobody_waiting(unit: FolderUnit, tmp_path: Path) -> None:
    """A pipe where a file was is a change, told at once: reading it would wait for ever, with the lock held."""
    go(unit, built(tmp_path, 1), 0)
    page = unit.root / "current/index.html"
    place = f"releases/{unit.pointer()}"
    manifest = manifest_from((unit.root / "current/release/manifest.json").read_bytes())
    page.unlink()
    os.mkfifo(page)
    assert [entry for entry in unit.reread(place, silent) if entry.path == "index.html"] == [
        Entry(path="index.html", size=0, sha256="")
    ]
    assert unit.read_live("index.html") is None
    wrong = differences(manifest, unit.root / "current")
    assert ("index.html", "changed") in {(one.path, one.what) for one in wrong}
    with pytest.raises(ValueError, match="no file"):
        seal(unit.root / "current", UNIT)
    (unit.root / "ledger.jsonl").unlink()
    os.mkfifo(unit.root / "ledger.jsonl")
    with pytest.raises(PublishError, match="no regular file"):
        unit.read("ledger.jsonl", 1000)


def test_a_stick_is_mounted_as_the_kinds_that_sticks_have() -> None:
    """Only FAT and exFAT: a stick does not choose which of the kernel's other file systems reads it."""
    service = (Path(__file__).parents[1] / "deploy/kiosk/systemd/qingdan-kiosk-stick@.service").read_text()
    assert "/bin/mount -t vfat,exfat -o ro," in service


def test_watched_or_not_a_tree_is_removed_by_the_same_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tests of crashes watch is what runs: no other way when nobody looks; links are not followed."""
    monkeypatch.setattr(shutil, "rmtree", None)
    kept = tmp_path / "kept.txt"
    kept.write_text("kept", encoding="utf-8")

    def grow() -> Path:
        (tmp_path / "tree/inner").mkdir(parents=True)
        (tmp_path / "tree/inner/file").write_text("a", encoding="utf-8")
        (tmp_path / "tree/link").symlink_to(tmp_path)
        return tmp_path / "tree"

    steps: list[str] = []
    with durable.watched(lambda step: steps.append(f"{step.call} {Path(step.path).name}")):
        durable.remove_tree(grow())
    durable.remove_tree(grow())
    assert steps == ["unlink file", "rmdir inner", "unlink link", "rmdir tree"]
    assert list(tmp_path.iterdir()) == [kept]
