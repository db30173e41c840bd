"""The rules of the register for the clerks' guide: what each says, and what it prints in a small case.

The sentences are those of `sentences`, asked for with made-up lines, so that the guide cannot say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from generator.model.documents import Where
from generator.model.filings import FiledDocument, Filing, Renaming
from generator.model.findings import Checklist, FiledItem, Finding
from generator.model.guide import GuideEntry, GuideTable
from generator.model.lists import Item, ItemId, State
from generator.model.places import DivisionCode
from generator.model.text import Text
from generator.register import sentences

_FILE = "东河镇履职事项清单.xlsx"
_OLD, _NEW = "开展安全生产日常检查", "开展安全生产日常巡查"
_TOWN = DivisionCode("990101100")

_SAYS: Final[Mapping[str, Text]] = {
    "ITEM-RENAMED": Text(
        zh="新的名称如与不再出现的事项相近，须确认是否同一事项；同一事项的网址和编号不变。",
        en="Where a new name is like that of an item no longer listed, somebody says whether it is the same matter; the same matter keeps its id and address.",
    ),
    "ITEM-RENAMED-TWICE": Text(
        zh="一个登记过的事项在同一份清单中只占一行。", en="A recorded item has one line in a list."
    ),
    "RENAMED-UNKNOWN": Text(
        zh="[[renamed]] 写的名称在本次报送的清单中，编号是登记过的。",
        en="A [[renamed]] names a line of this filing and an item that is recorded.",
    ),
    "MASS-CHANGE": Text(
        zh="清单比上一版减少超过五分之一，或整类取消的，须确认没有报错文件。",
        en="Where a list loses over a fifth of its lines, or a whole category, somebody confirms that it is the right file.",
    ),
    "VERSION-OLDER": Text(
        zh="已登记更晚的清单后，不再登记更早的清单。",
        en="No list is recorded that is older than the one recorded last.",
    ),
    "FILE-ALREADY": Text(
        zh="与以前登记的文件完全相同的，予以说明。",
        en="A document that was recorded before, byte for byte, is told.",
    ),
    "RECORD-NUMBER-TWICE": Text(
        zh="一个备案号一般只用于一次报送。", en="A record number mostly belongs to one filing."
    ),
    "FILING-ALREADY": Text(
        zh="同一份报备再次登记，不产生变化。", en="Recording a filing again changes nothing."
    ),
    "FILING-UPDATED": Text(
        zh="文件不变时，可以补充审定、审核、备案等信息。",
        en="While the documents stay the same, approvals can still be added.",
    ),
    "FILING-CHANGED": Text(
        zh="登记过的原件和施行日期、适用乡镇（街道）不得改动。",
        en="Recorded originals, their day and their townships are never changed.",
    ),
    "LIST-NOWHERE": Text(
        zh="登记的清单须写明适用的乡镇（街道）。", en="A recorded list says for which townships it is."
    ),
    "NAME-TWICE": Text(zh="同一份清单中事项名称不重复。", en="A name stands once in a list."),
}
"""LIST-TWICE is told by `checks`, which sees it first; here it only bars the way a second time."""

_SOURCE: Final = Text(
    zh="程序设计 §3（登记册、事项编号）", en="design of this program, §3 (the register, ids of items)"
)


def guide_entries() -> tuple[GuideEntry, ...]:
    """Return the rules of this room that `checks` has not told of already."""
    found = _findings()
    return tuple(
        GuideEntry(
            id=rule,
            group="register",
            severity=sentences.RULES[rule],
            says=says,
            problem=found[rule].problem,
            fix=found[rule].fix,
            source=_SOURCE,
            passes=_EXAMPLES.get(rule, ((), ()))[0],
            fails=_EXAMPLES.get(rule, ((), ()))[1],
        )
        for rule, says in sorted(_SAYS.items())
    )


def _line(name: str, row: int) -> FiledItem:
    return FiledItem(
        number=str(row - 2),
        category=None,
        name=name,
        basis=None,
        departments=None,
        township_duty=None,
        method=None,
        where=Where(file=_FILE, sheet="基本履职事项", cell=f"B{row}"),
        cells={"name": f"B{row}"},
    )


def _filing(folder: str, effective: date, renamings: tuple[Renaming, ...] = ()) -> Filing:
    return Filing(
        id=folder,
        county=DivisionCode("990101"),
        title="示例县乡镇（街道）履职事项清单（示例）",
        effective=effective,
        approvals=(),
        documents=(FiledDocument(file=_FILE, townships=(_TOWN,)),),
        confirmations=(),
        renamings=renamings,
        sample=True,
        folder=Path(folder),
    )


def _findings() -> dict[str, Finding]:
    """One finding of each rule, made by the sentences themselves."""
    state = State(category=None, name=_OLD, basis=None, departments=None, township_duty=None, method=None)
    item = Item(id=ItemId("basic-0007"), kind="basic", states=(state,))
    before = _filing("2022-06-20-first-list", date(2022, 6, 20))
    after = _filing("2024-07-01-adjusted-list", date(2024, 7, 1))
    wrong = _filing(
        "2024-07-01-adjusted-list", date(2024, 7, 1), (Renaming(kind="basic", name=_OLD, item=None),)
    )
    lines = (_line(_NEW, 3), _line(_NEW, 4))
    checklist = Checklist(
        kind="basic",
        county=DivisionCode("990101"),
        townships=(_TOWN,),
        items=lines,
        where=Where(file=_FILE, sheet="基本履职事项"),
    )
    findings = (
        sentences.item_renamed("basic", lines[0], [(0.9, item)], together=False),
        sentences.renamed_twice("basic", lines[0], item),
        *sentences.unknown_renamings(wrong, [checklist], {}),
        sentences.mass_change(checklist, after, {"党的建设（17 项）": ("东河镇",)}),
        sentences.version_older(checklist, before, after),
        sentences.same_document(_FILE, before),
        sentences.record_number_twice("示例〔2022〕3号", before),
        sentences.already(before),
        sentences.updated(before),
        sentences.documents_changed(before, [_FILE]),
        sentences.no_township(checklist),
        sentences.name_twice(lines[1], lines[0]),
    )
    return {finding.rule: finding for finding in findings}


def _sheet(name: str, *items: str) -> GuideTable:
    rows = [("东河镇基本履职事项清单",), ("序号", "事项名称")]
    return GuideTable(name=name, rows=(*rows, *((str(n), item) for n, item in enumerate(items, start=1))))


def _toml(*lines: str) -> GuideTable:
    return GuideTable(name="filing.toml", rows=tuple((line,) for line in lines))


_BEFORE, _AFTER = "2022-06-20-first-list", "2024-07-01-adjusted-list"
_SAME_MATTER = _toml("[[renamed]]", 'kind = "basic"', f'name = "{_NEW}"', 'item = "basic-0007"')
_EXAMPLES: Final[Mapping[str, tuple[tuple[GuideTable, ...], tuple[GuideTable, ...]]]] = {
    "ITEM-RENAMED": (
        (_sheet(_BEFORE, _OLD), _sheet(_AFTER, _NEW), _SAME_MATTER),
        (_sheet(_BEFORE, _OLD), _sheet(_AFTER, _NEW)),
    ),
    "ITEM-RENAMED-TWICE": (
        (_sheet(_AFTER, _NEW), _SAME_MATTER),
        (_sheet(_AFTER, _OLD, _NEW), _SAME_MATTER),
    ),
    "RENAMED-UNKNOWN": (
        (_sheet(_AFTER, _NEW), _SAME_MATTER),
        (_sheet(_AFTER, "推广农业技术"), _SAME_MATTER),
    ),
    "NAME-TWICE": ((_sheet(_AFTER, _OLD, _NEW),), (_sheet(_AFTER, _OLD, _OLD),)),
    "VERSION-OLDER": ((_toml("effective = 2024-07-01"),), (_toml("effective = 2021-12-31"),)),
    "LIST-NOWHERE": (
        (_toml("[[document]]", f'file = "{_FILE}"', f'townships = ["{_TOWN}"]'),),
        (_toml("[[document]]", f'file = "{_FILE}"', "townships = []"),),
    ),
}
"""Passing and failing example; what takes two filings of many lines, or no table at all, is left to its sentence."""
