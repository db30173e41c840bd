"""The findings that only the register can give, in the words a clerk reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from generator.model.documents import Where
from generator.model.filings import Confirmation, Filing
from generator.model.findings import Checklist, FiledItem, Finding, Severity
from generator.model.kinds import LIST_KINDS
from generator.model.lists import Item, ItemId
from generator.model.text import Text
from generator.register.names import name_key

FILING_TOML: Final = Where(file="filing.toml")

RULES: Final[Mapping[str, Severity]] = {
    "ITEM-RENAMED": "confirm",
    "ITEM-RENAMED-TWICE": "error",
    "RENAMED-UNKNOWN": "error",
    "MASS-CHANGE": "confirm",
    "VERSION-OLDER": "error",
    "FILE-ALREADY": "info",
    "RECORD-NUMBER-TWICE": "warning",
    "FILING-ALREADY": "info",
    "FILING-UPDATED": "info",
    "FILING-CHANGED": "error",
    "LIST-NOWHERE": "error",
    "LIST-TWICE": "error",
    "NAME-TWICE": "error",
}
"""Every rule of this room, and how grave it is."""


def _finding(rule: str, where: Where, found: str, problem: Text, fix: Text) -> Finding:
    return Finding(rule=rule, severity=RULES[rule], where=where, found=found, problem=problem, fix=fix)


def _quoted(value: str) -> str:
    """Return a value as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def _one_line(name: str) -> str:
    return "".join(name.splitlines())


def item_renamed(
    kind: str, line: FiledItem, candidates: Sequence[tuple[float, Item]], *, together: bool
) -> Finding:
    """A new name may be a recorded item (`together`: an item whose other name stands in the same list)."""
    name = _one_line(line.name)
    shown_zh = "；".join(
        f"{item.id}“{_one_line(item.states[-1].name)}”（相似度 {score:.0%}）" for score, item in candidates
    )
    shown_en = "; ".join(
        f"{item.id} “{_one_line(item.states[-1].name)}” ({score:.0%} alike)" for score, item in candidates
    )
    if together:
        problem = Text(
            zh=f"“{name}”曾登记为 {candidates[0][1].id}，而该事项在同一份清单中已另有一行。",
            en=f"“{name}” was recorded as {candidates[0][1].id}, which has another line in this same list.",
        )
        answer, other = "new", str(candidates[0][1].id)
    else:
        problem = Text(
            zh=f"“{name}”没有登记过，但与新清单中不再出现的事项相近：{shown_zh}。",
            en=f"“{name}” was not recorded before, but is like an item no longer in the new list: {shown_en}.",
        )
        answer, other = str(candidates[0][1].id), "new"
    lines = f"\n[[renamed]]\nkind = {_quoted(kind)}\nname = {_quoted(name)}\nitem = {_quoted(answer)}"
    return _finding(
        "ITEM-RENAMED",
        line.where,
        name,
        problem,
        Text(
            zh=f"请核对是否同一事项，并在 filing.toml 中写明（若不是，item 改为 {_quoted(other)}）：{lines}",
            en=f"Find out whether it is the same matter and say so in filing.toml (if not, item = {_quoted(other)}):{lines}",
        ),
    )


def renamed_twice(kind: str, line: FiledItem, item: Item) -> Finding:
    """A [[renamed]] would put one item into one list twice."""
    name = _one_line(line.name)
    return _finding(
        "ITEM-RENAMED-TWICE",
        line.where,
        name,
        Text(
            zh=f"filing.toml 把“{name}”认作 {item.id}，但该事项在同一份清单中已另有一行。",
            en=f"filing.toml takes “{name}” for {item.id}, which has another line in this same list.",
        ),
        Text(
            zh=f'请改正 kind = "{kind}" 的这段 [[renamed]]，写上另一编号或 "new"。',
            en=f'Mend that [[renamed]] of kind = "{kind}": another id, or "new".',
        ),
    )


def unknown_renamings(
    filing: Filing, checklists: Sequence[Checklist], items: Mapping[ItemId, Item]
) -> list[Finding]:
    """Find [[renamed]] answers about a name that is not filed or an item that is not recorded."""
    filed = {(checklist.kind, name_key(line.name)) for checklist in checklists for line in checklist.items}
    findings: list[Finding] = []
    for one in filing.renamings:
        if (one.kind, name_key(one.name)) not in filed:
            problem = Text(
                zh=f"[[renamed]] 中的“{one.name}”不在本次报送的{LIST_KINDS[one.kind].zh}清单中。",
                en=f"The “{one.name}” of a [[renamed]] is in no {one.kind} list of this filing.",
            )
        elif one.item is not None and one.item not in items:
            problem = Text(
                zh=f"[[renamed]] 中的编号 {one.item} 没有登记过。",
                en=f"The item {one.item} of a [[renamed]] was never recorded.",
            )
        else:
            continue
        findings.append(
            _finding(
                "RENAMED-UNKNOWN",
                FILING_TOML,
                one.name,
                problem,
                Text(
                    zh="请核对名称和编号，或删去这一段。",
                    en="Check the name and the id, or delete that part.",
                ),
            )
        )
    return findings


def _confirms(confirmation: Confirmation, rule: str, where: Where) -> bool:
    """Whether a person's word is on this finding; the sheet is enough, since the finding is about a whole list."""
    same_list = (confirmation.rule, confirmation.file, confirmation.sheet) == (rule, where.file, where.sheet)
    cell = where.cell or ""
    return same_list and (confirmation.cell in {None, cell} or cell.startswith(f"{confirmation.cell}:"))


def mass_change(checklist: Checklist, filing: Filing, losses: Mapping[str, Sequence[str]]) -> Finding:
    """A list loses more than a fifth of its lines or a whole category; info once a person has confirmed it.

    `losses` tells what was lost, and by which townships.
    """
    where = checklist.where
    confirmed = next((one for one in filing.confirmations if _confirms(one, "MASS-CHANGE", where)), None)
    found = "；".join(f"{'、'.join(names)}：{loss}" for loss, names in losses.items())
    zh = f"{LIST_KINDS[checklist.kind].zh}比上一版大幅减少（事项减少超过五分之一，或整类取消）：{found}。"
    en = f"The {checklist.kind} list shrinks strongly (by over a fifth, or by a whole category): {found}."
    if confirmed is not None:
        return Finding(
            rule="MASS-CHANGE",
            severity="info",
            where=where,
            found=found,
            problem=Text(zh=zh, en=en),
            fix=Text(
                zh=f"已由{confirmed.name}确认（{confirmed.date.isoformat()}）：{confirmed.reason}",
                en=f"Confirmed by {confirmed.name} ({confirmed.date.isoformat()}): {confirmed.reason}",
            ),
        )
    places = [("file", where.file), ("sheet", where.sheet), ("cell", where.cell)]
    lines = "".join(f"\n{key} = {_quoted(value)}" for key, value in places if value is not None)
    toml = f'\n[[confirm]]\nrule = "MASS-CHANGE"{lines}\nreason = \nname = \ndate = '
    return _finding(
        "MASS-CHANGE",
        where,
        found,
        Text(zh=zh, en=en),
        Text(
            zh=f"请核对是否报错了文件。确属调整的，请在 filing.toml 中写明理由、姓名和日期：{toml}",
            en=f"Check that this is the right file. If it is meant, say why, who and when in filing.toml:{toml}",
        ),
    )


def version_older(checklist: Checklist, filing: Filing, later: Filing) -> Finding:
    """A later version of the list is recorded already."""
    return _finding(
        "VERSION-OLDER",
        checklist.where,
        filing.effective.isoformat(),
        Text(
            zh=f"本清单自 {filing.effective.isoformat()} 起施行，而已登记更晚的版本：{later.id}（{later.effective.isoformat()}）。",
            en=f"This list takes effect on {filing.effective.isoformat()}, but a later one is recorded: {later.id} ({later.effective.isoformat()}).",
        ),
        Text(
            zh="旧版不能覆盖新版。请核对施行日期；确需恢复旧内容的，请作为新的清单报送。",
            en="An old list cannot take the place of a newer one. Check the date; to restore old content, file it as a new list.",
        ),
    )


def same_document(file: str, other: Filing) -> Finding:
    """The very same document was recorded with an earlier filing."""
    return _finding(
        "FILE-ALREADY",
        Where(file=file),
        other.id,
        Text(
            zh=f"这个文件与已登记的 {other.id} 中的文件完全相同。",
            en=f"This document is byte for byte one that {other.id} has recorded.",
        ),
        Text(
            zh="清单未变的，无须处理；否则请核对是否报错了文件。",
            en="If the list has not changed, leave it; else check the file.",
        ),
    )


def record_number_twice(number: str, other: Filing) -> Finding:
    """Two filings carry one record number."""
    return _finding(
        "RECORD-NUMBER-TWICE",
        FILING_TOML,
        number,
        Text(
            zh=f"备案号“{number}”已用于 {other.id}。",
            en=f"The record number “{number}” stands in {other.id} already.",
        ),
        Text(
            zh="请核对 [record] 的 document_number；一份备案文件包含几次报送的，无须改动。",
            en="Check document_number of [record]; if one record covers several filings, leave it.",
        ),
    )


def already(filing: Filing) -> Finding:
    """The filing is recorded and nothing about it is new."""
    return _finding(
        "FILING-ALREADY",
        FILING_TOML,
        filing.id,
        Text(
            zh=f"{filing.id} 已登记，文件相同。",
            en=f"{filing.id} is recorded already, with the same documents.",
        ),
        Text(zh="无须再做什么。", en="Nothing needs to be done."),
    )


def updated(filing: Filing) -> Finding:
    """Only what the filing says about itself is new: approvals, title, confirmations."""
    return _finding(
        "FILING-UPDATED",
        FILING_TOML,
        filing.id,
        Text(
            zh=f"{filing.id} 的文件未变，更新其审定、审核、备案等信息。",
            en=f"The documents of {filing.id} are the same; what it says of its approvals is updated.",
        ),
        Text(zh="无须再做什么。", en="Nothing needs to be done."),
    )


def documents_changed(filing: Filing, files: Sequence[str]) -> Finding:
    """A recorded original is not the same file any more."""
    names = "、".join(files)
    return _finding(
        "FILING-CHANGED",
        Where(file=files[0]),
        names,
        Text(
            zh=f"{filing.id} 已登记，但这些文件与登记时不同：{names}。",
            en=f"{filing.id} is recorded, but these documents are not the ones recorded: {names}.",
        ),
        Text(
            zh="原件不得改动。请恢复原件，把更正后的清单作为新的一次报送（另建文件夹）。",
            en="Originals are never edited. Restore them, and file the corrected list in a folder of its own.",
        ),
    )


def filing_changed(filing: Filing) -> Finding:
    """A recorded filing says something else about its day, its townships or its renamings."""
    return _finding(
        "FILING-CHANGED",
        FILING_TOML,
        filing.id,
        Text(
            zh=f"{filing.id} 已登记，但施行日期、文件适用的乡镇（街道）或更名说明与登记时不同。",
            en=f"{filing.id} is recorded, but with another day, other townships or other renamings.",
        ),
        Text(
            zh="这些内容登记后不得改动。请恢复 filing.toml，把更正作为新的一次报送（另建文件夹）。",
            en="These cannot change once recorded. Restore filing.toml, and file the correction in a folder of its own.",
        ),
    )


def no_township(checklist: Checklist) -> Finding:
    """Nobody has said which township a list is for."""
    return _finding(
        "LIST-NOWHERE",
        checklist.where,
        LIST_KINDS[checklist.kind].zh,
        Text(
            zh="不知道这份清单适用于哪个乡镇（街道）。", en="Nobody has said which township this list is for."
        ),
        Text(
            zh="请在 filing.toml 的 [[document]] 中写明 townships。",
            en="Say it in townships of its [[document]] in filing.toml.",
        ),
    )


def list_twice(checklist: Checklist, before: Checklist, township: str) -> Finding:
    """One township has two lists of one kind in one filing."""
    first = "，".join(part for part in (before.where.file, before.where.sheet, before.where.cell) if part)
    return _finding(
        "LIST-TWICE",
        checklist.where,
        township,
        Text(
            zh=f"{township}的{LIST_KINDS[checklist.kind].zh}清单报了两份，另一份在：{first}。",
            en=f"{township} has two {checklist.kind} lists in this filing; the other one is in {first}.",
        ),
        Text(zh="请只留一份。", en="Keep one of them."),
    )


def name_twice(item: FiledItem, twin: FiledItem) -> Finding:
    """One list has one name twice."""
    return _finding(
        "NAME-TWICE",
        item.where,
        _one_line(item.name),
        Text(
            zh=f"同一份清单中“{_one_line(item.name)}”出现两次，另一处在 {twin.where.cell}。",
            en=f"“{_one_line(item.name)}” stands twice in one list; the other one is in {twin.where.cell}.",
        ),
        Text(zh="请合并，或把名称写得不同。", en="Merge the two lines, or tell their names apart."),
    )
