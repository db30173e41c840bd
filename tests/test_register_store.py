"""The register on disk, its proof against the originals, and traces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator import register
from generator.errors import ContentError
from generator.model.findings import Checklist, FiledItem
from generator.model.lists import CountyRegister
from generator.model.places import DivisionCode
from tests.register_filings import (
    CODE,
    DONE,
    EMPTY,
    STEPS,
    A,
    B,
    checklist,
    grown,
    line,
    proposed,
)


def _recorded(content: Path, *steps: tuple[str, Checklist]) -> CountyRegister:
    for effective, stated in steps:
        proposal = proposed(register.load(content, CODE), effective, stated)
        register.record(content, proposal)
    return register.load(content, CODE)


def test_the_files_are_text_with_one_filed_line_a_line(tmp_path: Path) -> None:
    """A diff of the register shows whole facts: every occurrence is one line, every field another."""
    content = tmp_path / "content"
    _recorded(content, *STEPS[:1])
    folder = content / "register" / CODE
    text = (folder / "supporting.json").read_text(encoding="utf-8")

    assert sorted(path.name for path in folder.iterdir()) == ["filings.json", "supporting.json"]
    assert json.loads(text)["next"] == 6
    assert text.splitlines()[5:16] == [
        '  {"id": "supporting-0001", "states": [',
        '   {"category": "民生",',
        '    "name": "低保",',
        '    "basis": null,',
        '    "departments": [',
        '     {"name": "县民政局", "duty": "组织实施"}',
        "    ],",
        '    "township_duty": "配合核实",',
        '    "method": null,',
        '    "occurrences": [',
        '     {"filing": "2022-06-20-list", "position": 1, "number": "1", "file": "清单.xlsx", "sheet": "配合", "cell": "C3", "townships": ["230125100"]}',
    ]


def test_nothing_recorded_is_an_empty_register(tmp_path: Path) -> None:
    """A county without a register folder has one with nothing in it."""
    assert register.load(tmp_path, CODE) == EMPTY


@pytest.mark.parametrize("damage", ["kind-newer", "kind-gone", "filings-gone", "unknown-file", "not-json"])
def test_a_half_written_set_is_refused(tmp_path: Path, damage: str) -> None:
    """Whatever a killed run, a merge or an edit leaves, the set is refused as a whole."""
    content = tmp_path / "content"
    _recorded(content, *STEPS[:1])
    folder = content / "register" / CODE
    items, head = folder / "supporting.json", folder / "filings.json"
    match damage:
        case "kind-newer":
            items.write_text(items.read_text(encoding="utf-8").replace("低保", "高保"), encoding="utf-8")
        case "kind-gone":
            items.unlink()
        case "filings-gone":
            head.unlink()
        case "unknown-file":
            (folder / "basic.json").write_text("{}", encoding="utf-8")
        case _:
            head.write_text("<<<<<<< HEAD", encoding="utf-8")

    with pytest.raises(ContentError, match="register/230125/"):
        register.load(content, CODE)


@pytest.mark.parametrize("dies_at", ["supporting.json", "filings.json"])
def test_a_run_killed_while_recording_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    """Killed before the first rename nothing has changed; killed between two, the set is refused."""
    content = tmp_path / "content"
    before = _recorded(content, *STEPS[:1])
    rename = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if target.name == dies_at:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        register.record(content, proposed(before, *STEPS[1]))
    monkeypatch.undo()

    if dies_at == "supporting.json":
        assert register.load(content, CODE) == before
    else:
        with pytest.raises(ContentError):
            register.load(content, CODE)


def test_a_checkout_with_other_line_ends_is_the_same(tmp_path: Path) -> None:
    """Git on Windows may write CRLF: the register is still the one recorded."""
    content = tmp_path / "content"
    recorded = _recorded(content, *STEPS)
    for path in (content / "register" / CODE).iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert register.load(content, CODE) == recorded


def test_originals_read_again_prove_the_register() -> None:
    """The same filings in the order recorded give the same register, and no difference."""
    recorded = grown(*STEPS)
    assert register.differences(recorded, grown(*STEPS)) == ()
    assert [one.filing.id[:4] for one in register.in_recorded_order(recorded)] == ["2022", "2023", "2024"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param(line("低保", "9"), "№ 9", id="number"),
        pytest.param(line("低保", duty="别的职责"), "别的职责", id="text"),
        pytest.param(line("低保", row=8), "C8", id="cell"),
    ],
)
def test_a_difference_is_told_with_its_place(changed: FiledItem, told: str) -> None:
    """A fact that the original tells otherwise is named: filing, document, cell and township."""
    recorded = grown(("2022-06-20", checklist(["低保", "防汛"])))
    rebuilt = grown(("2022-06-20", checklist([changed, "防汛"])))
    found = register.differences(recorded, rebuilt)

    assert any(told in one and "清单.xlsx 配合" in one and A in one for one in found)
    assert all(one.startswith("230125 2022-06-20-list") for one in found)


def test_a_missing_line_is_a_difference() -> None:
    """A reader that drops a row cannot pass."""
    recorded = grown(("2022-06-20", checklist(["低保", "防汛"])))
    assert register.differences(recorded, grown(("2022-06-20", checklist(["低保"]))))


@pytest.mark.parametrize(
    ("asked", "townships"),
    [
        ("supporting-0001", [A, B]),
        (f"{B}/supporting-0001", [B]),
        (f"https://www.example.gov.cn/qd/230125/zh/{A}/supporting-0001.html?from=search#duty", [A]),
        (f"230125\\en\\{A}\\supporting-0001.html", [A]),
        ("230126/supporting-0001", []),
        ("supporting-0009", []),
        ("hello", []),
    ],
)
def test_a_line_is_traced_to_its_cell(asked: str, townships: Sequence[DivisionCode]) -> None:
    """From an id or any form of a page's address to document, sheet, cell, digest and approvals."""
    recorded = grown(("2022-06-20", checklist(["低保"], towns=[A, B])))
    traces = register.find_traces([recorded], asked)

    assert [trace.township for trace in traces] == townships
    for trace in traces:
        assert (trace.where.cell, trace.sha256, trace.approvals) == ("C3", "a" * 64, DONE)


def test_the_trace_is_told_in_full() -> None:
    """What was not filed is said to be not filed."""
    recorded = grown(("2022-06-20", checklist(["低保"])))
    told = register.trace_lines(register.find_traces([recorded], "supporting-0001"), "zh")

    assert told[0] == f"{A}/supporting-0001 低保（序号 1）"
    assert "    清单.xlsx 配合 C3" in told
    assert f"    SHA-256 {'a' * 64}" in told
    assert "    市（地）审核：市委编办，示例〔2022〕1号，2022-01-02" in told
    assert "    省级备案：未报送" in told


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "zh",
            [
                "示例0镇，配合履职事项，与 2022-06-20-list 比：新增 1，变更 1，取消 0，仅序号调整 1。",
                "    新增 6 电梯 [supporting-0006]",
                "    变更 2 低保 [supporting-0001]（乡镇（街道）职责）",
                "事项对应：按名称确定 5，经确认 0，新事项 1，待确认 0。",
                "已登记：2023-06-20-list。",
            ],
        ),
        (
            "en",
            [
                "示例0镇, supporting duties, against 2022-06-20-list: new 1, changed 1, removed 0, renumbered 1.",
                "    new 6 电梯 [supporting-0006]",
                "    changed 2 低保 [supporting-0001] (township's duty)",
                "Matches: 5 certain by name, 0 confirmed, 1 new items, 0 to be confirmed.",
                "Recorded: 2023-06-20-list.",
            ],
        ),
    ],
)
def test_a_proposal_is_told_to_the_clerk(lang: str, expected: list[str]) -> None:
    """What changes against the version before, and how sure the matches are."""
    proposal = proposed(grown(STEPS[0]), *STEPS[1])
    assert register.as_lines(proposal, lang, recorded=True) == expected
