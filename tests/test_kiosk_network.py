"""Updates over the network: kept connections, continued blobs, and what is not the repository."""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from generator.build import BuildPlan, build_site
from generator.kiosk import repository, state
from generator.kiosk.fetch import Limits, Stick, Web
from generator.kiosk.pull import pull
from generator.kiosk.refusal import Refusal
from generator.kiosk.status import status
from tests.kiosk_net import Answer, Files, Line, serve
from tests.kiosk_repo import COUNTY, NOW, TOWNSHIP, Bench, newest, shown, write_site
from tests.mini_county import TEMPLATES

QUICK = Limits(total=20, silence=0.5, window=0.4, rate=1000, retries=2, pause=0.01)


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A county with two releases; `release-1` is the repository before the second."""
    bench = Bench(tmp_path_factory.mktemp("network") / "bench")
    bench.pack("one")
    bench.copy("release-1")
    bench.pack("two")
    return bench


@pytest.fixture
def kiosk(bench: Bench, tmp_path: Path) -> Path:
    """A kiosk that shows the first release."""
    folder = tmp_path / "kiosk"
    state.set_up(folder, state.KioskSettings(county=COUNTY, township=TOWNSHIP), bench.root)
    pull(folder, now=NOW, sources=[str(bench.folder / "release-1")])
    return folder


def test_an_address_is_as_good_as_a_stick(bench: Bench, kiosk: Path) -> None:
    """The same release over HTTP, without a redirect, a temporary file or a request too many."""
    with serve(bench.repo) as (address, asked):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2
    assert "two" in shown(kiosk)[1]
    assert sorted(asked) == sorted(set(asked))
    assert status(kiosk, now=NOW, full=True).fields["problem"] is None


def test_no_temporary_folder_is_needed(
    bench: Bench, kiosk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TMPDIR may be full or missing: whatever is written is written into the state folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with serve(bench.repo) as (address, _):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2


def _page(request: Files) -> bool:
    request.give(HTTPStatus.OK, b"<html>Login</html>", ("Content-Type", "text/html"))
    return True


def _moved(request: Files) -> bool:
    request.give(HTTPStatus.FOUND, b"", ("Location", "http://login.example/"))
    return True


def _forbidden(request: Files) -> bool:
    request.give(HTTPStatus.FORBIDDEN, b"no")
    return True


def _login_needed(request: Files) -> bool:
    request.give(HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED, b"log in")
    return True


def _broken(request: Files) -> bool:
    request.give(HTTPStatus.INTERNAL_SERVER_ERROR, b"")
    return True


def _silent(request: Files) -> bool:
    time.sleep(2)
    return True


def _slow_head(request: Files) -> bool:
    for _ in range(40):
        request.wfile.write(b"H")
        request.wfile.flush()
        time.sleep(0.1)
    return True


def _drip(request: Files) -> bool:
    request.send_response_only(HTTPStatus.OK)
    request.send_header("Content-Length", "16000")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)
    return True


def _endless(request: Files) -> bool:
    request.send_response_only(HTTPStatus.OK)
    request.end_headers()
    request.close_connection = True
    while True:
        request.wfile.write(b" " * 65536)


def _announced(request: Files) -> bool:
    request.send_response_only(HTTPStatus.OK)
    request.send_header("Content-Length", str(5 << 30))
    request.end_headers()
    return True


def _hung_up(request: Files) -> bool:
    request.connection.close()
    return True


def _blobs_only(run: Answer) -> Answer:
    return lambda request: request.path.startswith("/blobs/") and run(request)


def _roots_only(run: Answer) -> Answer:
    return lambda request: request.path.endswith("2.root.json") and run(request)


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (_page, {"net-captive"}),
        (_moved, {"net-captive"}),
        (_forbidden, {"net-captive"}),
        (_login_needed, {"net-captive"}),
        (_broken, {"net-unreachable"}),
        (_silent, {"net-unreachable"}),
        (_slow_head, {"net-unreachable"}),
        (_drip, {"net-slow"}),
        (_endless, {"too-big"}),
        (_announced, {"too-big"}),
        (_hung_up, {"net-unreachable"}),
        (_blobs_only(_page), {"net-captive"}),
        (_blobs_only(_moved), {"net-captive"}),
        (_blobs_only(_forbidden), {"net-captive"}),
        (_blobs_only(_drip), {"net-slow", "damaged"}),
        (_blobs_only(_endless), {"damaged"}),
        (_blobs_only(_announced), {"damaged"}),
        (_roots_only(_page), {"net-captive"}),
        (_roots_only(_moved), {"net-captive"}),
        (_roots_only(_broken), {"net-unreachable"}),
    ],
)
def test_what_is_not_the_repository_is_not_shown(
    bench: Bench, kiosk: Path, answer: Answer, codes: set[str]
) -> None:
    """Login pages, redirects, silence, drips and floods end soon, with a code, and the old release stays."""
    with serve(bench.repo, answer) as (address, _), pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW, sources=[address], limits=QUICK)
    assert caught.value.code in codes
    assert "one" in shown(kiosk)[1]
    assert not list((kiosk / "releases").glob(".tmp-*"))
    with serve(bench.repo) as (address, _):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2


def test_a_root_that_is_hidden_is_noted(bench: Bench, kiosk: Path) -> None:
    """403 where a newer root would be: the update goes on, and the record tells that a new root could not be seen."""
    with serve(bench.repo, _roots_only(_forbidden)) as (address, _):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2
    last = status(kiosk, now=NOW).fields["last_update"]
    assert last["results"][0]["root_hidden"] is True


def _cutting(percent: int) -> Answer:
    """Hang up three times on each blob, so that `percent` of it have come by then."""
    met: dict[str, int] = {}

    def answer(request: Files) -> bool:
        met[request.path] = met.get(request.path, 0) + 1
        if not request.path.startswith("/blobs/") or met[request.path] > 3:
            return False
        body = (request.folder / request.path.lstrip("/")).read_bytes()
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        request.send_response_only(HTTPStatus.PARTIAL_CONTENT if start else HTTPStatus.OK)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.send_header("Content-Length", str(len(body) - start))
        request.end_headers()
        request.wfile.write(body[start : start + len(body) * percent // 300])
        request.close_connection = True
        return True

    return answer


@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_a_cut_blob_is_continued(bench: Bench, kiosk: Path, percent: int) -> None:
    """Each blob is cut three times: what arrived is not asked for again."""
    with serve(bench.repo, _cutting(percent)) as (address, asked):
        limits = Limits(total=30, silence=1, window=5, rate=1, retries=5, pause=0)
        assert pull(kiosk, now=NOW, sources=[address], limits=limits).number == 2
    ranges = [said for path, said in asked if path.startswith("/blobs/")]
    assert bool(percent) == any(ranges)
    assert status(kiosk, now=NOW, full=True).fields["problem"] is None


def test_a_server_without_ranges_starts_anew(bench: Bench, kiosk: Path) -> None:
    """200 to a Range request: the whole blob is taken, not appended."""
    partial = kiosk / "blobs" / ".partial"
    partial.mkdir(parents=True, exist_ok=True)
    for path in (bench.repo / "blobs").glob("*/*"):
        (partial / path.name).write_bytes(b"something else")
    with serve(bench.repo, ranges=False) as (address, _):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2


def test_a_partial_blob_of_other_bytes_is_fetched_again(bench: Bench, kiosk: Path) -> None:
    """What was continued on rubbish is found out by its hash and fetched whole."""
    partial = kiosk / "blobs" / ".partial"
    partial.mkdir(parents=True, exist_ok=True)
    for path in (bench.repo / "blobs").glob("*/*"):
        (partial / path.name).write_bytes(b"rubbish")
    with serve(bench.repo) as (address, _):
        assert pull(kiosk, now=NOW, sources=[address], limits=QUICK).number == 2
    assert status(kiosk, now=NOW, full=True).fields["problem"] is None


def test_an_interrupted_update_goes_on_where_it_was(bench: Bench, kiosk: Path) -> None:
    """The second run asks for no blob that the first one brought."""
    count = iter(range(1000))

    def ends(request: Files) -> bool:
        if request.path.startswith("/blobs/") and next(count) >= 3:
            request.connection.close()
            return True
        return False

    with serve(bench.repo, ends) as (address, first), pytest.raises(Refusal):
        pull(kiosk, now=NOW, sources=[address], limits=QUICK)
    with serve(bench.repo) as (address, second):
        pull(kiosk, now=NOW, sources=[address], limits=QUICK)
    brought = [path for path, _ in first if path.startswith("/blobs/")][:3]
    assert not set(brought) & {path for path, _ in second}


def test_a_full_disk_is_not_the_networks_fault(bench: Bench, kiosk: Path) -> None:
    """What cannot be written is said as such, at once, and not tried again and again."""
    shutil.rmtree(kiosk / "blobs")
    (kiosk / "blobs").mkdir()
    (kiosk / "blobs" / ".partial").mkdir()
    for path in (bench.repo / "blobs").glob("*/*"):
        (kiosk / "blobs" / ".partial" / path.name).symlink_to("/dev/full")
    with serve(bench.repo) as (address, asked), pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW, sources=[address], limits=QUICK)
    assert caught.value.code == "disk-full"
    assert len([path for path, _ in asked if path.startswith("/blobs/")]) == 1


def test_the_deadline_holds_for_everything(bench: Bench, kiosk: Path) -> None:
    """A source that is always just quick enough still ends at the deadline."""

    def slow(request: Files) -> bool:
        time.sleep(0.15)
        return False

    with serve(bench.repo, slow) as (address, _), pytest.raises(Refusal) as caught:
        pull(kiosk, now=NOW, sources=[address], limits=Limits(total=0.4))
    assert caught.value.code == "net-slow"


@pytest.mark.parametrize("make", [Stick, lambda folder: Web(f"http://127.0.0.1:9/{folder.name}/", QUICK)])
def test_a_source_that_is_not_there(tmp_path: Path, make: Callable[[Path], Web | Stick]) -> None:
    """A dead address and a stick that was pulled out are said in the same way."""
    with pytest.raises(Refusal) as caught:
        make(tmp_path / "gone").read("metadata/timestamp.json", 10)
    assert caught.value.code == "net-unreachable"


def _over_a_thin_line(folder: Path, size: int, rate: float, cut_every: float) -> tuple[float, int]:
    """Pull about `size` stored bytes over a line; return bytes carried by bytes needed, and the number of cuts."""
    bench = Bench(folder / "bench")
    site = write_site(folder / "site")
    noise = random.Random(1)
    # Noise does not compress: what is written is what travels.
    for number in range(size // 30_000):
        page = site / f"zh/{TOWNSHIP}/supporting-{number:04}.html"
        page.write_bytes(noise.randbytes(30_000))
    packed = repository.pack(bench.repo, site, COUNTY, bench.keys, now=NOW, date="2026-11-23")
    assert packed.fetched > size * 0.9
    kiosk = bench.kiosk()
    with serve(bench.repo) as (address, _):
        line = Line(urlsplit(address).port or 0, bytes_per_second=rate, cut_every=cut_every)
        limits = Limits(silence=5, pause=0.05)
        try:
            pulled = pull(kiosk, now=NOW, sources=[f"http://127.0.0.1:{line.port}/"], limits=limits)
        finally:
            line.close()
    assert pulled.number == newest(bench.repo).number
    assert status(kiosk, now=NOW, full=True).fields["problem"] is None
    return line.carried / packed.fetched, line.cuts


def test_a_thin_line_that_is_cut_again_and_again(tmp_path: Path) -> None:
    """The small form: 600 KB at 4 Mbit/s, cut every third of a second, arrive with at most 1.15 times their bytes."""
    ratio, cuts = _over_a_thin_line(tmp_path, 600_000, 500_000, 0.33)
    print(f"{ratio:.3f} times the bytes, {cuts} cuts")
    assert cuts >= 2
    assert ratio <= 1.15


@pytest.mark.full
def test_ten_megabytes_over_a_quarter_of_a_megabit(tmp_path: Path) -> None:
    """10 MB at 256 kbit/s, cut every ten seconds, arrive with at most 1.15 times their bytes."""
    ratio, cuts = _over_a_thin_line(tmp_path, 10_000_000, 32_000, 10)
    print(f"{ratio:.3f} times the bytes, {cuts} cuts")
    assert cuts >= 20
    assert ratio <= 1.15


def test_one_item_costs_little(tmp_path: Path) -> None:
    """One changed page of a county with 2,000: some ten kilobytes, not the site."""
    bench = Bench(tmp_path / "bench")
    site = write_site(tmp_path / "site", pages=1000)
    repository.pack(bench.repo, site, COUNTY, bench.keys, now=NOW, date="2026-11-23")
    page = site / "zh" / TOWNSHIP / "basic-0500.html"
    page.write_text(page.read_text(encoding="utf-8").replace("第500项", "第五百项"), encoding="utf-8")
    packed = repository.pack(bench.repo, site, COUNTY, bench.keys, now=NOW, date="2026-11-23")
    assert packed.new
    assert packed.fetched < 40_000


@pytest.mark.full
@pytest.mark.parametrize("field", ["duty", "name"])
def test_one_item_of_a_real_county_costs_at_most_300_kb(tmp_path: Path, field: str) -> None:
    """One item that all seven townships of a county share reads otherwise, and the county is built again for it."""
    content, county = tmp_path / "content", "230202"
    shutil.copytree(TEMPLATES.parent / "content", content)
    bench = Bench(tmp_path / "bench")
    first = _packed_county(bench, content, county, tmp_path / "site-1")
    register = content / "register" / county / "supporting.json"
    before = register.read_text(encoding="utf-8")
    old, new = {
        "duty": ("协助转移受威胁群众，做好临时安置和灾情统计上报", "协助转移受威胁群众，做好临时安置"),
        "name": ('"name": "防汛抗旱应急处置"', '"name": "防汛抗旱处置"'),
    }[field]
    assert before.count(old) == 1
    register.write_text(before.replace(old, new), encoding="utf-8")
    filings = register.with_name("filings.json")  # it knows the register's own files by their digests
    known = hashlib.sha256(before.encode()).hexdigest()
    digest = hashlib.sha256(register.read_bytes()).hexdigest()
    filings.write_text(filings.read_text(encoding="utf-8").replace(known, digest), encoding="utf-8")
    second = _packed_county(bench, content, county, tmp_path / "site-2")
    print(f"{second.fetched} bytes of {first.size}")
    assert second.new
    assert second.fetched <= 300_000


def _packed_county(bench: Bench, content: Path, county: str, out: Path) -> repository.Packed:
    plan = BuildPlan(
        content=content,
        templates=TEMPLATES,
        mkdocs_yml=TEMPLATES.parent / "mkdocs.yml",
        out=out,
        as_of=NOW.date(),
        only=(county,),
        jobs=2,
    )
    build_site(plan, lambda *_: None)
    return repository.pack(bench.repo, out / county, county, bench.keys, now=NOW, date="2026-11-23")
