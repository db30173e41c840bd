"""History cannot be edited, thinned out, cut short or forked without being told from one another by four messages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import DiffersError, PublishError
from generator.release.folder import FolderUnit
from generator.release.ledger import Ledger, moment_text, read_ledger
from tests.portal_site import UNIT, built, go, office, roll_back_to


def chain(lines: int, *, unit: str = UNIT, salt: str = "") -> Ledger:
    """A history of some releases."""
    ledger = Ledger(unit=unit)
    for number in range(1, lines + 1):
        moment = office(number).moment
        ledger = ledger.with_line(
            f"{moment:%Y%m%dT%H%M%SZ}-{number:04d}", salt * 64 or "a" * 64, moment_text(moment), None
        )
    return ledger


def body(ledger: Ledger) -> bytes:
    """The file, signed with the release key."""
    return ledger.body(office().sign)


def read(file: bytes, known: dict[int, str] | None = None) -> Ledger:
    """Read as publishing does."""
    return read_ledger(file, UNIT, office().is_signed, known)


def test_history_reads_as_it_was_written() -> None:
    """What is written is read back, and the file has one spelling."""
    for lines in (1, 2, 9):
        assert read(body(chain(lines))) == chain(lines)
        assert body(read(body(chain(lines)))) == body(chain(lines))


def edited(lines: list[bytes]) -> list[bytes]:
    """The third line's manifest is another."""
    return [line.replace(b"aaaa", b"bbbb", 1) if place == 2 else line for place, line in enumerate(lines)]


def edited_last(lines: list[bytes]) -> list[bytes]:
    """The last line's manifest is another."""
    return [*lines[:-3], lines[-3].replace(b"aaaa", b"bbbb", 1), *lines[-2:]]


def removed(lines: list[bytes]) -> list[bytes]:
    """The third line is gone."""
    return lines[:2] + lines[3:]


def truncated(lines: list[bytes]) -> list[bytes]:
    """The last two releases are gone, the head is there."""
    return lines[:3] + lines[-2:]


def beheaded(lines: list[bytes]) -> list[bytes]:
    """The signed last line is gone."""
    return [*lines[:-2], b""]


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (edited, "Line 3 of the ledger of 230202 was edited"),
        (edited_last, "Line 5 of the ledger of 230202 was edited"),
        (removed, "Line 3 of the ledger of 230202 was removed"),
        (truncated, "was cut short: it ends at line 3 and should reach 5"),
        (beheaded, "was cut short: its signed last line is gone"),
        (lambda _: [b""], "was cut short"),
        (lambda lines: [lines[0], b"\xff{", *lines[1:]], "Line 2 of the ledger of 230202 was edited"),
        (
            lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]],
            "Line 1 of the ledger of 230202 was edited",
        ),
        (lambda lines: [lines[0], lines[0], *lines[1:]], "Line 2 of the ledger of 230202 was edited"),
    ],
)
def test_tampering_is_named(tamper: Callable[[list[bytes]], list[bytes]], message: str) -> None:
    """An edited, a removed and a cut line are found, and said to be what they are."""
    with pytest.raises(DiffersError, match=message):
        read(b"\n".join(tamper(body(chain(5)).split(b"\n"))))


def test_forked_history_is_named() -> None:
    """Two histories with valid signatures that part at line 4: whoever knows a line of one is not shown the other."""
    true, other = chain(5), Ledger(unit=UNIT, lines=chain(3).lines)
    for number in (4, 5):
        other = other.with_line(f"20261124T000000Z-000{number}", "c" * 64, "2026-11-24T00:00:00Z", None)
    known = {line.number: line.hash for line in true.lines}
    assert read(body(other)) == other
    assert read(body(true), known) == true
    with pytest.raises(DiffersError, match="forked: it is signed, but line 4"):
        read(body(other), known)
    with pytest.raises(DiffersError, match="cut short"):
        read(body(chain(3)), known)


def test_four_tamperings_have_four_messages() -> None:
    """The sentences differ, in both languages."""
    lines = body(chain(5)).split(b"\n")
    found = []
    for tampered in (edited(lines), removed(lines), truncated(lines)):
        with pytest.raises(DiffersError) as caught:
            read(b"\n".join(tampered))
        found.append(caught.value.problem)
    with pytest.raises(DiffersError) as forked:
        read(body(chain(5, salt="b")), {5: chain(5).hash})
    found.append(forked.value.problem)
    for words in (("改动", "缺第", "截短", "两个版本"), ("edited", "removed", "cut short", "forked")):
        texts = [text.zh if words[0] == "改动" else text.en for text in found]
        for word, text in zip(words, texts, strict=True):
            assert [word in other for other in texts].count(True) == 1
            assert word in text


def test_history_signed_by_nobody_or_for_another_county() -> None:
    """A head of another key, and one that belongs to another county, are refused."""
    for file in (chain(3).body(lambda _: "AAAA"), body(chain(3, unit="230102"))):
        with pytest.raises(DiffersError, match="not signed with this site's release key"):
            read(file)


def test_every_single_edited_byte_is_found() -> None:
    """No byte of the file can be changed unseen."""
    file = body(chain(3))
    for place in range(len(file)):
        damaged = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        try:
            same = read(damaged) == chain(3)
        except DiffersError:
            continue
        # The head may be spelt otherwise where that says the same: base64 has spare bits at its end.
        assert same
        assert place >= file.rindex(b"signature")


@pytest.fixture
def portal(tmp_path: Path) -> FolderUnit:
    """A unit with three releases."""
    (tmp_path / "srv").mkdir()
    unit = FolderUnit(tmp_path / "srv" / UNIT)
    for edition in (1, 2, 3):
        go(unit, built(tmp_path, edition), edition)
    return unit


def test_publishing_stops_at_a_tampered_history(portal: FolderUnit, tmp_path: Path) -> None:
    """Nothing is published on top of a false history, and what is live stays."""
    file = portal.root / "ledger.jsonl"
    lines, live = file.read_bytes().split(b"\n"), portal.pointer()
    for tampered, message in (
        ([lines[0].replace(b"2026", b"2025", 1), *lines[1:]], "edited"),
        ([lines[0], *lines[2:]], "removed"),
        ([*lines[:1], *lines[3:]], "cut short"),
    ):
        file.write_bytes(b"\n".join(tampered))
        with pytest.raises(PublishError, match=message):
            go(portal, built(tmp_path, 4), 9)
        assert portal.pointer() == live
    file.unlink()
    note = portal.root / "current/release/release.json"
    for damage in (lambda: None, lambda: note.write_text("{}"), (portal.root / "current").unlink):
        damage()
        with pytest.raises(PublishError, match="cut short"):
            go(portal, built(tmp_path, 4), 9)


def test_an_older_history_put_back_is_found(portal: FolderUnit, tmp_path: Path) -> None:
    """A signed but older ledger beside a newer release: two lines behind is a cut; one is what a killed run leaves, and is completed."""
    whole = (portal.root / "ledger.jsonl").read_bytes()
    first, second = (portal.root / f"releases/{name}/release/ledger.jsonl" for name in portal.releases()[:2])
    (portal.root / "ledger.jsonl").write_bytes(first.read_bytes())
    with pytest.raises(PublishError, match="cut short: it ends at line 1 and should reach 3"):
        go(portal, built(tmp_path, 4), 9)
    (portal.root / "ledger.jsonl").write_bytes(second.read_bytes())
    done = go(portal, built(tmp_path, 3), 9)
    assert done.id is None
    assert (portal.root / "ledger.jsonl").read_bytes() == whole


def test_machines_that_published_apart_are_found(portal: FolderUnit, tmp_path: Path) -> None:
    """A history grown on an old backup does not fit the release that is live: forked."""
    backup = tmp_path / "backup"
    shutil.copytree(portal.root, backup / UNIT, symlinks=True)
    go(portal, built(tmp_path, 4), 5)
    go(portal, built(tmp_path, 5), 6)
    other = FolderUnit(backup / UNIT)
    go(other, built(tmp_path, 6), 7)
    go(other, built(tmp_path, 7), 8)
    shutil.copy(backup / UNIT / "ledger.jsonl", portal.root / "ledger.jsonl")
    with pytest.raises(PublishError, match="forked"):
        go(portal, built(tmp_path, 8), 9)


def test_rollback_is_a_line_and_not_a_deletion(portal: FolderUnit) -> None:
    """After rolling back from 3 to 1 the history has four lines and every release is still there."""
    first = portal.releases()[0]
    roll_back_to(portal, first, 9)
    ledger = read((portal.root / "ledger.jsonl").read_bytes())
    assert [line.number for line in ledger.lines] == [1, 2, 3, 4]
    assert ledger.lines[-1].repeats == first
    assert len(portal.releases()) == 4
