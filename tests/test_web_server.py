"""The sample web-server configurations of docs/web, in real servers: headers, types, refusals, and a release going live."""

from __future__ import annotations

import gzip
import os
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.golden_site import build_golden, golden_content
from tests.web_site import ROOT, WEB, Answer, ask, assets_of, caddy, free_port, nginx

Server = Callable[[Path, Path], AbstractContextManager[int]]

COUNTY = "230125"
TOWNSHIP = "230125100"
PAGE = f"/{COUNTY}/zh/index.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden site."""
    work = tmp_path_factory.mktemp("golden")
    build_golden(golden_content(work), work / "site")
    return work / "site"


def lay_out(built: Path, site: Path) -> None:
    """Put the golden site into `site` as releases, one of each unit, with everything beside them that must stay hidden."""
    for unit in (COUNTY, "province"):
        release = site / unit / "releases" / "20260101T000000Z-0001"
        if unit == COUNTY:
            shutil.copytree(built / COUNTY, release)
        else:
            shutil.copytree(built, release, ignore=lambda _folder, names: [n for n in names if n == COUNTY])
        (site / unit / "current").symlink_to("releases/20260101T000000Z-0001")
        (release / "release").mkdir()
        (release / "release" / "manifest.json").write_text("{}\n")
        (release / "release" / "ledger.jsonl").write_text("{}\n")
        (release / ".hidden").write_text("hidden\n")
        (site / unit / "releases" / ".tmp-20260102T000000Z-0002").mkdir()
        (site / unit / "publish.lock").write_text("someone\n")
        (site / unit / "ledger.jsonl").write_text("{}\n")
    page = site / COUNTY / "current" / "zh" / "index.html"
    (page.parent / "index.html.gz").write_bytes(gzip.compress(page.read_bytes(), mtime=0))
    preview = site / COUNTY / "previews" / "20260102T000000Z-0002" / "zh"
    preview.mkdir(parents=True)
    (preview / "index.html").write_text("a preview\n")
    originals = site / COUNTY / "current" / "originals" / "2022-06-20-first-list"
    originals.mkdir(parents=True)
    (originals / "1-0123abcd.bin").write_bytes(b"<script>alert(1)</script>")


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def server(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """A server with the sample configuration over the golden site; each test runs on nginx and on Caddy."""
    work = tmp_path_factory.mktemp(str(request.param))
    lay_out(built, work / "site")
    with (nginx if request.param == "nginx" else caddy)(work / "run", work / "site") as port:
        yield port


def page_policy() -> str:
    """The policy that every page carries in its head."""
    shell = (ROOT / "site_templates" / "chrome" / "main.html").read_text(encoding="utf-8")
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', shell)
    assert found is not None
    return found[1]


def assert_protected(answer: Answer) -> None:
    """Every answer, errors too, carries the headers that protect its reader."""
    assert answer.headers["content-security-policy"] == f"{page_policy()}; frame-ancestors 'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert "/" not in answer.headers.get("server", "")  # no version


@pytest.mark.parametrize(
    "path",
    ["/", "/zh/index.html", f"/{COUNTY}/", PAGE, f"/{COUNTY}/en/{TOWNSHIP}/index.html", "/no-such-page"],
)
def test_every_answer_carries_the_headers(server: int, path: str) -> None:
    """Pages of the province and of a county, and what is not found, come with the policy of the pages and UTF-8."""
    answer = ask(server, path)
    assert answer.status == (404 if path == "/no-such-page" else 200)
    assert_protected(answer)
    assert answer.headers["content-type"].lower() == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_county_and_the_province_come_from_their_own_units(server: int, built: Path) -> None:
    """/<county>/ shows the county's current release, / the province's."""
    assert ask(server, "/").body == (built / "index.html").read_bytes()
    assert ask(server, f"/{COUNTY}/").body == (built / COUNTY / "index.html").read_bytes()
    assert ask(server, f"/{COUNTY}/zh/").body == (built / COUNTY / "zh" / "index.html").read_bytes()


@pytest.mark.parametrize("unit", [f"{COUNTY}/", ""])
def test_every_page_is_served_as_it_was_signed(server: int, built: Path, unit: str) -> None:
    """`qingdan verify` compares what a portal answers byte for byte: no page is changed on the way, the 404 pages neither."""
    pages = sorted((built / unit).glob("*/*.html"))
    assert {page.name for page in pages} >= {"index.html", "404.html"}
    for page in pages:
        path = f"/{page.relative_to(built).as_posix()}"
        answer = ask(server, path)
        if answer.status in (
            301,
            302,
            308,
        ):  # Caddy knows an entrance by its folder only, and verify asks there
            answer = ask(server, urljoin(path, answer.headers["location"]))
        assert (answer.status, answer.body) == (200, page.read_bytes()), path


@pytest.mark.parametrize("path", [f"/{COUNTY}", f"/{COUNTY}/zh", "/zh"])
def test_a_folder_without_its_slash_is_redirected_within_the_site(server: int, path: str) -> None:
    """Relative links count from the slash; the redirect names no host, so that it holds behind a portal's own server."""
    answer = ask(server, path)
    assert answer.status in (301, 308)
    assert answer.headers["location"] == path + "/"


def test_assets_named_by_their_digest_are_kept_and_pages_are_asked_for_again(server: int) -> None:
    """A hashed asset is immutable; a page answers 304 to its ETag, as long as it is the same."""
    for name in assets_of(ask(server, PAGE).body):
        answer = ask(server, urljoin(PAGE, name))
        assert answer.status == 200
        assert_protected(answer)
        hashed = re.search(r"\.[0-9a-f]{10}\.(css|js)$", name)
        assert answer.headers["cache-control"] == (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
    etag = ask(server, PAGE).headers["etag"]
    assert ask(server, PAGE, If_None_Match=etag).status == 304


def test_a_missing_asset_is_never_cached_for_ever(server: int) -> None:
    """An asset that is not there (yet) must be found as soon as it is."""
    answer = ask(server, f"/{COUNTY}/assets/qingdan.0123456789.js")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-cache"


def test_precompressed_files_are_sent_with_the_type_of_the_page(server: int, built: Path) -> None:
    """The .gz beside a page travels as it is, as HTML; who cannot read gzip gets the page itself."""
    page = (built / COUNTY / "zh" / "index.html").read_bytes()
    packed = ask(server, PAGE, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == gzip.compress(page, mtime=0)
    assert packed.headers["content-type"].lower() == "text/html; charset=utf-8"
    assert "accept-encoding" in packed.headers["vary"].lower()
    plain = ask(server, PAGE)
    assert "content-encoding" not in plain.headers
    assert plain.body == page


def test_what_has_no_gz_beside_it_is_compressed_on_the_way(server: int, built: Path) -> None:
    """A release without compressed files still travels small."""
    answer = ask(server, f"/{COUNTY}/en/index.html", Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == (built / COUNTY / "en" / "index.html").read_bytes()


def test_data_and_originals_are_downloads_of_their_own_type(server: int, built: Path) -> None:
    """Data are attachments with their type; an original of no known type is bytes, never a page."""
    types = {
        "csv": "text/csv; charset=utf-8",
        "json": "application/json; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    for suffix, kind in types.items():
        answer = ask(server, f"/{COUNTY}/data/{COUNTY}.{suffix}")
        assert answer.status == 200
        assert answer.headers["content-type"].lower() == kind
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.body == (built / COUNTY / "data" / f"{COUNTY}.{suffix}").read_bytes()
    answer = ask(server, f"/{COUNTY}/originals/2022-06-20-first-list/1-0123abcd.bin")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert "content-disposition" not in ask(server, PAGE).headers
    assert "content-disposition" not in ask(server, f"/{COUNTY}/data/none.csv").headers


def test_what_a_release_says_of_itself_can_be_read(server: int) -> None:
    """Manifest and ledger of the live release are public: anybody can check the portal against them."""
    for unit in (f"/{COUNTY}", ""):
        assert ask(server, f"{unit}/release/manifest.json").body == b"{}\n"
        ledger = ask(server, f"{unit}/release/ledger.jsonl")
        assert ledger.body == b"{}\n"
        assert ledger.headers["content-type"].lower() == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        f"/{COUNTY}/.hidden",
        "/.hidden",
        f"/{COUNTY}/data/",
        f"/{COUNTY}/assets/",
        "/assets/",
        f"/{COUNTY}/releases/20260101T000000Z-0001/index.html",
        f"/{COUNTY}/releases/",
        f"/{COUNTY}/current/index.html",
        f"/{COUNTY}/publish.lock",
        f"/{COUNTY}/ledger.jsonl",
        "/province/current/index.html",
        f"/{COUNTY}/../{COUNTY}/publish.lock",
        f"/{COUNTY}/%2e%2e/publish.lock",
        f"/{COUNTY}/..%2fpublish.lock",
        "/..%2f..%2f..%2f..%2fetc/passwd",
        f"/{COUNTY}/%00",
        "/999999/",
        "/999999/zh/index.html",
    ],
)
def test_nothing_but_the_current_release_is_there(server: int, path: str) -> None:
    """No listing, no dot file, no way into other releases, locks, staging areas or out of the site."""
    answer = ask(server, path)
    assert answer.status in (400, 404, 500)  # 500: a NUL byte, as Caddy says it
    assert "publish.lock" not in answer.body.decode()
    if answer.status == 404:
        assert_protected(answer)


def test_nothing_but_reading_is_allowed(server: int) -> None:
    """POST, PUT and DELETE change nothing and get 405."""
    for method in ("POST", "PUT", "DELETE"):
        assert ask(server, PAGE, method).status == 405
    assert ask(server, PAGE, "HEAD").status == 200


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (f"/{COUNTY}/zh/{TOWNSHIP}/no/such.html", f"{COUNTY}/zh"),
        (f"/{COUNTY}/en/no-such.html", f"{COUNTY}/en"),
        (f"/{COUNTY}/no-such.html", f"{COUNTY}/zh"),
        ("/en/deep/er/no-such.html", "en"),
        ("/no-such.html", "zh"),
    ],
)
def test_what_is_not_found_gets_the_page_of_its_county_and_language(
    server: int, built: Path, path: str, page: str
) -> None:
    """The 404 page speaks the reader's language, and its links and styles lead somewhere from any depth."""
    answer = ask(server, path)
    assert answer.status == 404
    home = f"/{COUNTY}/" if page.startswith(COUNTY) else "/"
    if answer.headers.get("server") == "Caddy" or "nginx" not in answer.headers["server"]:
        assert f'href="{home}"' in answer.body.decode()  # a sentence of its own: Caddy cannot rewrite links
        return
    heading = re.search(rb"<h1[^>]*>.*?</h1>", (built / page / "404.html").read_bytes())
    assert heading is not None
    assert heading[0] in answer.body
    links = [link for link in re.findall(r'(?:href|src)="([^"#]+)"', answer.body.decode()) if ":" not in link]
    assert len(links) >= 8
    for link in links:
        target = urljoin(path, link)
        assert ask(server, target).status == 200 or target.endswith("/404.html"), link
        assert posixpath.normpath(target).startswith(f"/{COUNTY}/" if page.startswith(COUNTY) else "/")


def test_a_preview_is_not_for_everybody(server: int) -> None:
    """A preview is shown to the machine itself and to the networks that the office names, and to no search engine."""
    answer = ask(server, f"/{COUNTY}/previews/20260102T000000Z-0002/zh/index.html")
    assert answer.status == 200
    assert answer.body == b"a preview\n"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert_protected(answer)
    assert "x-robots-tag" not in ask(server, PAGE).headers
    stranger = ask(server, f"/{COUNTY}/previews/20260102T000000Z-0002/zh/index.html", reader="127.0.0.2")
    assert stranger.status == 404


@pytest.mark.parametrize("run", [nginx, caddy])
def test_a_release_is_seen_the_moment_its_link_is_swapped(run: Server, built: Path, tmp_path: Path) -> None:
    """The next request after the swap gets the new page, with an ETag of its own though its size is the same."""
    site = tmp_path / "site"
    lay_out(built, site)
    unit = site / COUNTY
    shutil.copytree(unit / "current", unit / "releases" / "20260102T000000Z-0002")
    page = unit / "releases" / "20260102T000000Z-0002" / "zh" / "about.html"
    old = page.read_bytes()
    new = old.replace(b"0000-0000000", b"0000-1111111")
    assert len(new) == len(old) != 0
    assert new != old
    os.utime(unit / "current" / "zh" / "about.html", (1_700_000_000, 1_700_000_000))
    page.write_bytes(new)
    with run(tmp_path / "run", site) as port:
        before = ask(port, f"/{COUNTY}/zh/about.html")
        assert before.body == old
        (unit / "current.new").symlink_to("releases/20260102T000000Z-0002")
        (unit / "current.new").replace(unit / "current")
        after = ask(port, f"/{COUNTY}/zh/about.html", If_None_Match=before.headers["etag"])
        assert after.status == 200
        assert after.body == new


def test_the_sample_works_under_a_sub_folder_of_a_portal(built: Path, tmp_path: Path) -> None:
    """Behind a portal that shows the site under /qingdan/, redirects and the links of a 404 page stay there."""
    lay_out(built, tmp_path / "site")
    front, port = free_port(), free_port()
    readme = (WEB / "README.md").read_text(encoding="utf-8")
    found = re.search(r"location /qingdan/ \{.*?\n\}", readme, re.S)
    assert found is not None
    recipe = found[0].replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    portal = f"server {{ listen 127.0.0.1:{front}; server_tokens off; {recipe} }}"
    with nginx(tmp_path / "run", tmp_path / "site", port=port, mount="/qingdan", extra=portal):
        assert ask(front, f"/qingdan{PAGE}").status == 200
        assert ask(front, f"/qingdan/{COUNTY}").headers["location"].endswith(f"/qingdan/{COUNTY}/")
        missing = ask(front, f"/qingdan/{COUNTY}/zh/no/such/page.html")
        assert missing.status == 404
        assert_protected(missing)
        links = re.findall(r'(?:href|src)="(/[^"#]+)"', missing.body.decode())
        assert len(links) >= 8
        assert all(ask(front, link).status == 200 for link in links if not link.endswith("404.html"))
