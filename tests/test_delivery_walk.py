"""A tired webmaster, a keeper of keys and the person at a kiosk make mistakes: what they are told is true, and says what to do."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from generator import signing
from generator.__main__ import main
from generator.cli.common import FILING, MACHINES, PORTALS, SITE, Lang, progress
from generator.kiosk import repository
from generator.model.targets import BucketTarget, FolderTarget, SftpTarget
from tests.kiosk_page import RELEASED, shown, write_tree
from tests.kiosk_repo import COUNTY, TOWNSHIP, Bench
from tests.kiosk_repo import write_site as write_kiosk_site
from tests.mini_county import TOWN
from tests.portal_site import UNIT, write_site
from tests.test_release_settings import content_with

Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as typed; gives its exit code and all that it printed, in English unless told."""

    def command(*words: object, lang: str = "en") -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["qingdan", *map(str, words), "--lang", lang])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, shown.out + shown.err

    return command


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A content folder with a target and its key, and a built county; gives the arguments that name them."""
    public = signing.make_key(tmp_path / "release.pem")
    (tmp_path / "portal").mkdir()
    content = content_with(
        tmp_path,
        f'[signing]\npublic = "{public}"\n[[target]]\nname = "portal"\nkind = "folder"\npath = "portal"\n'
        'address = "https://www.example.invalid/qingdan/"\n',
    )
    monkeypatch.setenv("QINGDAN_RELEASE_KEY", str(tmp_path / "release.pem"))
    write_site(tmp_path / "site", 1)
    return ["--content", str(content)]


def test_a_county_is_not_published_in_the_place_of_the_province(
    tmp_path: Path, portal: list[str], run: Run
) -> None:
    """`--site site/230202` names one county's pages: they never replace the province's own."""
    county = tmp_path / "site" / UNIT
    (county / "summary.json").write_text("{}", encoding="utf-8")
    code, said = run("publish", "--site", county, *portal)
    assert code == 2, said
    assert f"Give --site {tmp_path / 'site'}, and --county {UNIT}" in said
    assert not (tmp_path / "portal" / "province" / "current").exists()


def test_a_site_that_is_not_there_is_named_in_one_sentence(
    tmp_path: Path, portal: list[str], run: Run
) -> None:
    """No blank in the middle of the sentence, and where else to look."""
    code, said = run("publish", "--site", tmp_path / "nothing", *portal, lang="zh")
    assert code == 2
    assert f"{tmp_path / 'nothing'} 中没有建成的网站。" in said
    assert "--site" in said


def test_going_back_says_to_what(tmp_path: Path, portal: list[str], run: Run) -> None:
    """The new line of the history has an id of its own: the release that is shown again is named beside it."""
    words = ["--county", UNIT, *portal]
    assert run("publish", "--site", tmp_path / "site", *words)[0] == 0
    first = (tmp_path / "portal" / UNIT / "current").readlink().name
    write_site(tmp_path / "site", 2)
    assert run("publish", "--site", tmp_path / "site", *words)[0] == 0
    code, said = run("rollback", "20200101T000000Z-0009", *words)
    assert code == 2
    assert "cannot go back to 20200101T000000Z-0009" in said
    assert f"Kept are: {first}" in said
    code, said = run("rollback", *words)
    assert code == 0
    assert f"Back to the pages of {first}." in said


def test_verify_says_what_to_do(tmp_path: Path, portal: list[str], run: Run) -> None:
    """A changed file is put back by publishing; a file too many is not, and is for a person to remove."""
    words = ["--county", UNIT, *portal]
    assert run("publish", "--site", tmp_path / "site", *words)[0] == 0
    current = tmp_path / "portal" / UNIT / "current"
    (current / "more.html").write_text("x", encoding="utf-8")
    code, said = run("verify", "portal", *words)
    assert (code, "remove them" in said, "puts back" in said) == (7, True, False), said
    (current / "more.html").unlink()
    (current / "index.html").write_text("x", encoding="utf-8")
    code, said = run("verify", "portal", *words)
    assert (code, "remove them" in said, "puts back" in said) == (7, False, True), said
    assert run("publish", "--site", tmp_path / "site", *words)[0] == 0
    assert run("verify", "portal", *words)[0] == 0


def test_a_preview_says_where_it_can_be_looked_at(tmp_path: Path, portal: list[str], run: Run) -> None:
    """The whole address, where the target has one."""
    code, said = run("publish", "--preview", "--county", UNIT, "--site", tmp_path / "site", *portal)
    assert code == 0
    assert re.search(rf"is at https://www\.example\.invalid/qingdan/{UNIT}/previews/[0-9TZ-]+/;", said), said


@pytest.fixture
def bench(tmp_path: Path) -> tuple[Bench, list[object]]:
    """A repository with one release and the keys for more; gives the arguments of `kiosk pack`."""
    bench = Bench(tmp_path / "bench")
    site = tmp_path / "built"
    write_kiosk_site(site / COUNTY)
    return bench, ["kiosk", "pack", "--repo", bench.repo, "--keys", bench.folder, "--site", site]


def test_a_repository_keeps_to_its_county(
    tmp_path: Path, bench: tuple[Bench, list[object]], run: Run
) -> None:
    """Another county's pages, packed into it by a slip, would be refused by every kiosk: they are not packed."""
    _, pack = bench
    assert run(*pack, "--county", COUNTY)[0] == 0
    write_kiosk_site(tmp_path / "built" / "230202")
    code, said = run(*pack, "--county", "230202")
    assert (code, f"is that of {COUNTY}" in said) == (2, True), said


def test_a_kiosk_without_its_home_is_told_where_to_look(
    tmp_path: Path, bench: tuple[Bench, list[object]], run: Run
) -> None:
    """A township that the county does not have is a slip in kiosk.toml, not an attack."""
    keys, pack = bench
    assert run(*pack, "--county", COUNTY)[0] == 0
    (tmp_path / "root.json").write_bytes(keys.root)
    state = tmp_path / "kiosk"
    setup = ["kiosk", "setup", "--state", state, "--root", tmp_path / "root.json", "--county", COUNTY]
    assert run(*setup, "--township", f"{COUNTY}999")[0] == 0
    code, said = run("kiosk", "pull", "--state", state)
    assert (code, "sources of kiosk.toml" in said) == (6, True), said
    code, said = run("kiosk", "pull", "--state", state, "--from", keys.repo)
    assert (code, "Check township and lang in kiosk.toml" in said) == (6, True), said


def test_a_refusal_names_its_code(tmp_path: Path, bench: tuple[Bench, list[object]], run: Run) -> None:
    """Who is asked to tell the webmaster a code is shown the code."""
    keys, pack = bench
    assert run(*pack, "--county", COUNTY)[0] == 0
    (tmp_path / "root.json").write_bytes(keys.root)
    state = tmp_path / "kiosk"
    setup = ["kiosk", "setup", "--state", state, "--root", tmp_path / "root.json", "--county", COUNTY]
    assert run(*setup, "--township", TOWNSHIP)[0] == 0
    timestamp = keys.repo / "metadata" / "timestamp.json"
    timestamp.write_bytes(timestamp.read_bytes().replace(b'"version"', b'"vorsion"'))
    code, said = run("kiosk", "pull", "--state", state, "--from", keys.repo)
    assert (code, "Tell the webmaster the code format" in said) == (6, True), said


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county as a kiosk has it."""
    folder = tmp_path_factory.mktemp("walk")
    return write_tree(folder / "tree", folder)


def test_the_day_is_that_of_china(tree: Path, chromium: Browser) -> None:
    """A machine left at UTC, in China's small hours: what was released today is from today, not from tomorrow."""
    with shown(tree) as address, page_in("UTC", chromium) as page:
        page.add_init_script(
            f"(() => {{ const Real = Date; window.Date = class extends Real {{ constructor(...given) {{"
            f'given.length ? super(...given) : super("{RELEASED - timedelta(days=1)}T17:00:00Z"); }} }}; }})()'
        )
        page.goto(f"{address}zh/{TOWN.code}/report.html")
        assert page.text_content(".qd-k-foot .qd-k-released strong") == "今天"


def test_the_report_page_asks_for_what_can_be_pressed(tree: Path, chromium: Browser) -> None:
    """Nobody is asked to type words where there are letters only."""
    with shown(tree) as address, page_in("Asia/Shanghai", chromium) as page:
        page.goto(f"{address}zh/{TOWN.code}/report.html")
        assert "第一个字母" in (page.text_content(".qd-steps .qd-js-only p") or "")
        assert "两个字以上" not in (page.text_content("main") or "")


@contextmanager
def page_in(zone: str, chromium: Browser) -> Iterator[Page]:
    """A page of a machine set to this time zone."""
    context = chromium.new_context(timezone_id=zone, viewport={"width": 1080, "height": 1920})
    yield context.new_page()
    context.close()


def test_a_key_of_another_role_does_not_sign_the_root(bench: tuple[Bench, list[object]], run: Run) -> None:
    """Its signature would count for nothing, and nobody would notice before `install`."""
    keys, _ = bench
    draft = keys.folder / "draft.json"
    draft.write_bytes(keys.new_root(by=()))
    before = draft.read_bytes()
    code, said = run("keys", "sign", draft, "--key", keys.folder / "targets.pem")
    assert (code, "the targets key, no root key" in said, draft.read_bytes() == before) == (2, True, True), (
        said
    )
    code, said = run("keys", "sign", draft, "--key", keys.folder / "root-1.pem")
    assert (code, "1 signature(s) to go" in said, "Next:" in said) == (0, True, False), said
    code, said = run("keys", "sign", draft, "--key", keys.folder / "root-4.pem")
    assert (code, "nothing was signed" in said, "--previous" in said) == (2, True, True), said
    following, before_it = keys.folder / "following.json", keys.folder / "first.json"
    before_it.write_bytes(keys.root)
    following.write_bytes(keys.new_root(keys.root, by=(), root=("root-3", "root-4", "root-5")))
    old = ("--key", keys.folder / "root-1.pem", "--previous", before_it)
    code, said = run("keys", "sign", following, *old)
    assert (code, "none of this version's root keys" in said) == (0, True), said
    code, said = run("keys", "sign", draft, "--key", keys.folder / "root-2.pem")
    assert (code, "Next: qingdan keys install" in said) == (0, True), said


def test_an_address_to_scan_is_one(bench: tuple[Bench, list[object]], run: Run) -> None:
    """What is no address would be a code on every screen that leads nowhere; the last slash is added."""
    keys, pack = bench
    code, said = run(*pack, "--county", COUNTY, "--address", "www.example.gov.cn")
    assert (code, "is no address" in said) == (2, True), said
    assert run(*pack, "--county", COUNTY, "--address", "https://www.example.invalid/qd/230125")[0] == 0
    standing = repository.standing(keys.repo)
    assert standing is not None
    assert standing.release.address == "https://www.example.invalid/qd/230125/"


def test_the_address_to_scan_is_the_portals(
    tmp_path: Path, portal: list[str], bench: tuple[Bench, list[object]], run: Run
) -> None:
    """Who says once, at the target, where the pages are, need not say it again."""
    keys, pack = bench
    assert run(*pack, "--county", COUNTY, *portal)[0] == 0
    standing = repository.standing(keys.repo)
    assert standing is not None
    assert standing.release.address == f"https://www.example.invalid/qingdan/{COUNTY}/"


def test_pages_that_were_not_built_are_not_packed(
    tmp_path: Path, bench: tuple[Bench, list[object]], run: Run
) -> None:
    """The message names the command that builds them."""
    _, pack = bench
    code, said = run(*pack[:-1], tmp_path / "nothing", "--county", COUNTY)
    assert (code, "Run qingdan build first" in said) == (2, True), said


def test_a_kiosk_says_how_it_is_in_words(
    tmp_path: Path, bench: tuple[Bench, list[object]], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Age in days, time as people there read it, how the last update went; where a stick's folder is given, its whole path is kept."""
    keys, pack = bench
    assert run(*pack, "--county", COUNTY)[0] == 0
    (tmp_path / "root.json").write_bytes(keys.root)
    state = tmp_path / "kiosk"
    monkeypatch.chdir(keys.folder)
    setup = ["kiosk", "setup", "--state", state, "--root", tmp_path / "root.json", "--county", COUNTY]
    code, said = run(*setup, "--township", TOWNSHIP, "--from", "repo")
    assert (code, f"run kiosk pull --state {state}" in said) == (0, True), said
    code, said = run("kiosk", "status", "--state", state)
    assert (code, said) == (6, "There is no content yet: run kiosk pull.\n")
    monkeypatch.chdir(tmp_path)
    assert run("kiosk", "pull", "--state", state)[0] == 0
    code, said = run("kiosk", "status", "--state", state)
    assert code == 0
    assert re.fullmatch(
        r"Release 1 of [0-9-]+, 0 day\(s\) old, good until [0-9-]+ [0-9:]+ \(China\)\.\nAll is well\.\n"
        r"Last update: [0-9-]+ [0-9:]+ \(China\), fine\.\n",
        said,
    ), said
    assert run("kiosk", "pull", "--state", state, "--from", tmp_path / "nothing")[0] == 6
    code, said = run("kiosk", "status", "--state", state, lang="zh")
    assert (code, "未成功（net-unreachable）" in said) == (0, True), said


def test_anybody_verifies_with_the_public_key_alone(
    tmp_path: Path, portal: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A citizen has no content folder: the key and the place are enough."""
    assert run("publish", "--county", UNIT, "--site", tmp_path / "site", *portal)[0] == 0
    public = signing.public_half(signing.load_key(tmp_path / "release.pem"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    place = tmp_path / "portal" / UNIT
    code, said = run("verify", place, "--public-key", public)
    assert (code, "are as signed" in said) == (0, True), said
    (place / "current" / "index.html").write_text("x", encoding="utf-8")
    assert run("verify", place, "--public-key", public)[0] == 7
    assert run("verify", place)[0] == 3, "without a key there is nothing to believe"


def test_help_follows_the_work(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Filing, site, portals, kiosks: each command stands under one of these headings, none under another."""
    monkeypatch.setattr(sys, "argv", ["qingdan", "--help"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    places = [said.index(heading) for heading in (FILING, SITE, PORTALS, MACHINES)]
    assert places == sorted(places)
    assert "Commands" not in said
    assert places[0] < said.index("│ check ") < places[1] < said.index("│ build ") < places[2]
    assert places[2] < said.index("│ publish ") < places[3] < said.index("│ kiosk ")


def test_every_key_of_the_site_is_documented() -> None:
    """docs/content.md names each key that site.toml can have: a key that nobody can find is none."""
    text = (Path(__file__).parent.parent / "docs" / "content.md").read_text(encoding="utf-8")
    section = text.split("## content/site.toml", 1)[1].split("\n## ", 1)[0]
    wanted = {"province", "base_url", "public", "former", "kind"}
    for settings in (FolderTarget, SftpTarget, BucketTarget):
        wanted |= {field.name for field in fields(settings)}
    assert wanted <= set(re.findall(r"^(?:# )?([a-z_]+) = ", section, flags=re.MULTILINE))


def test_changed_settings_of_a_kiosk_are_no_damage(
    tmp_path: Path, bench: tuple[Bench, list[object]], run: Run
) -> None:
    """Whoever edited kiosk.toml is told that it waits for the next update, not that files were tampered with."""
    keys, pack = bench
    assert run(*pack, "--county", COUNTY)[0] == 0
    (tmp_path / "root.json").write_bytes(keys.root)
    state = tmp_path / "kiosk"
    setup = ["kiosk", "setup", "--state", state, "--root", tmp_path / "root.json", "--county", COUNTY]
    assert run(*setup, "--township", TOWNSHIP, "--from", keys.repo)[0] == 0
    assert run("kiosk", "pull", "--state", state)[0] == 0
    settings = state / "kiosk.toml"
    settings.write_text(settings.read_text().replace("printing = false", "printing = true"))
    code, said = run("kiosk", "status", "--state", state)
    assert (code, "are not in use yet" in said) == (6, True), said
    assert run("kiosk", "pull", "--state", state)[0] == 0
    assert run("kiosk", "status", "--state", state)[0] == 0


def test_a_history_that_was_tampered_with_is_no_changed_page(
    tmp_path: Path, portal: list[str], run: Run
) -> None:
    """Every page as signed, a line of history gone: it is said so, with where to read on, not as "0 files differ"."""
    for edition in (1, 2):
        write_site(tmp_path / "site", edition)
        assert run("publish", "--county", UNIT, "--site", tmp_path / "site", *portal)[0] == 0
    ledger = tmp_path / "portal" / UNIT / "ledger.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[1:]))
    code, said = run("verify", "portal", "--county", UNIT, *portal)
    assert (code, "docs/delivery.md, 5" in said, "0 differ" in said) == (7, True, False), said
    assert "are as signed, but for what is said above" in said


def test_a_nightly_mail_is_short(
    tmp_path: Path,
    portal: list[str],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where nobody watches, a quick run says how it ended and no more; a long one says every ten seconds how far it is."""
    seconds = [0.0]
    monkeypatch.setattr("generator.cli.common.time.monotonic", lambda: seconds[0])
    code, said = run("publish", "--county", UNIT, "--site", tmp_path / "site", *portal)
    assert (code, len(said.splitlines())) == (0, 1), said
    capsys.readouterr()
    with progress(Lang.en) as show:
        for done in range(1, 31):
            seconds[0] += 1
            show("page", done, 30)
    assert capsys.readouterr().err.splitlines() == ["10/30 page", "20/30 page", "30/30 page"]
