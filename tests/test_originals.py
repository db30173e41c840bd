"""Filed documents are offered for download where the county says so, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from generator.model.addresses import original_file
from generator.model.filings import Original
from generator.pages import render_county
from generator.pages.edition import show_size
from tests import mini_county as mini
from tests.golden_site import build_golden, golden_content
from tests.test_pages import Pages

FILING = "2022-06-20-first-list"


@pytest.fixture(scope="module", params=[False, True], ids=["kept", "offered"])
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bool, Path, Path]:
    """The golden county built with and without its originals: whether offered, content, site."""
    folder = tmp_path_factory.mktemp("originals")
    content = golden_content(folder)
    toml = content / "counties" / "230125" / "county.toml"
    if request.param:
        toml.write_text("originals_public = true\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    build_golden(content, folder / "site")
    return request.param, content, folder / "site"


def test_originals_are_copied_only_where_they_are_offered(built: tuple[bool, Path, Path]) -> None:
    """Every document of the filings shown is there, byte for byte, under a name of ours; by default there is none."""
    offered, content, site = built
    copies = sorted(path for path in (site / "230125" / "originals").rglob("*") if path.is_file())
    if not offered:
        assert copies == []
        return
    filed = [
        path
        for path in (content / "counties" / "230125" / "filings").rglob("*")
        if path.is_file() and path.name != "filing.toml"
    ]

    assert sorted(path.read_bytes() for path in copies) == sorted(path.read_bytes() for path in filed)
    for path in copies:
        assert re.fullmatch(r"\d+-[0-9a-f]{8}\.(xlsx|docx|csv)", path.name)
        assert sha256(path.read_bytes()).hexdigest().startswith(path.stem.partition("-")[2])


@pytest.mark.parametrize(
    "page",
    [
        "zh/230125100/basic-0001.html",
        "en/230125100/basic-0001.html",
        "zh/230125100/index.html",
        "zh/index.html",
    ],
)
def test_pages_link_a_document_only_where_it_is_offered(built: tuple[bool, Path, Path], page: str) -> None:
    """The name of the source document leads to it, and says how large it is; by default it is only a name."""
    offered, _, site = built
    path = site / "230125" / page
    links = re.findall(
        r'<a href="([^"]*originals/[^"]+)" download="([^"]+)">([^<]+)</a> <span class="qd-nowrap">\(([^)]+)\)',
        path.read_text(encoding="utf-8"),
    )

    assert bool(links) == offered
    for href, name, words, size in links:
        original = (path.parent / href).resolve()
        assert original.is_file()
        assert name == words
        assert not original.name.startswith(name[:2])
        assert size == show_size(original.stat().st_size)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("宾州镇.xlsx", "originals/2022-06-20-first-list/3-abcdef01.xlsx"),
        ("宾州镇.ET", "originals/2022-06-20-first-list/3-abcdef01.et"),
        ("清单.html", "originals/2022-06-20-first-list/3-abcdef01.bin"),
        ("清单", "originals/2022-06-20-first-list/3-abcdef01.bin"),
        ("a.xlsx.svg", "originals/2022-06-20-first-list/3-abcdef01.bin"),
    ],
)
def test_addresses_hold_nothing_filed(name: str, address: str) -> None:
    """An address is ASCII, and no suffix is kept by which a browser would run what a document holds."""
    assert original_file(FILING, 3, name, "abcdef01" + "0" * 56) == address


@pytest.mark.parametrize(
    ("size", "shown"), [(1, "1 KB"), (11_600, "12 KB"), (999_000, "999 KB"), (1_449_000, "1.4 MB")]
)
def test_sizes(size: int, shown: str) -> None:
    """A size is said in the unit that people know from their file browser."""
    assert show_size(size) == shown


def test_a_hostile_name_stays_text() -> None:
    """Quotes and markup in a document's name end neither the link nor its attribute."""
    of, evil = mini.mini(), '"><script>alert(1)</script>.xlsx'
    recorded = next(r for r in of.lists.filings if r.filing.id == of.lists.versions[0].filing)
    versions = tuple(
        replace(v, lines=tuple(replace(one, where=replace(one.where, file=evil)) for one in v.lines))
        for v in of.lists.versions
        if v.filing == recorded.filing.id
    )
    renamed = replace(recorded, sha256={evil: "0" * 64})
    filings = tuple(renamed if r is recorded else r for r in of.lists.filings)
    pages = Pages()
    render_county(
        of.county,
        replace(of.lists, filings=filings, versions=versions, removed=(), changes=()),
        of.tongues,
        mini.plain_shells(),
        {"zh": ()},
        mini.TEMPLATES,
        of.site,
        mini.AS_OF,
        False,
        pages.write,
        {(recorded.filing.id, evil): Original(address="originals/a/1-00000000.xlsx", size=2_000)},
    )

    offering = [page for page in pages.values() if 'originals/a/1-00000000.xlsx" download="' in page]
    assert offering
    assert all("&lt;script&gt;alert(1)" in page and "<script>alert" not in page for page in offering)
