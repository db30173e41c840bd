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

KINDS_IN_ENGLISH: Final = {
    "basic": "core duties",
    "supporting": "supporting duties",
    "reclaimed": "reclaimed duties",
    "task": "responsibilities and tasks",
    "powers": "powers and responsibilities",
    "delegated": "delegated powers",
    "territorial": "matters under territorial management",
    "services": "public services",
}

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
            zh=f"“{name}”以前登记为 {candidates[0][1].id}，而本清单的另一行已经是这一事项。",
            en=f"“{name}” was recorded as {candidates[0][1].id} before, but another row of this list is that item already.",
        )
        answer, other = "new", str(candidates[0][1].id)
    else:
        problem = Text(
            zh=f"“{name}”没有登记过，但与上一版中有、这一版中没有的事项相近，可能是改了名称：{shown_zh}。",
            en=f"“{name}” was not recorded before, but is like an item of the last list that this one lacks; it may have been renamed: {shown_en}.",
        )
        answer, other = str(candidates[0][1].id), "new"
    lines = f"\n[[renamed]]\nkind = {_quoted(kind)}\nname = {_quoted(name)}\nitem = {_quoted(answer)}"
    return _finding(
        "ITEM-RENAMED",
        line.where,
        name,
        problem,
        Text(
            zh=f"请核对是不是同一事项，再把下面几行复制到 filing.toml 末尾（不是同一事项的，把 item 改为 {_quoted(other)}）：{lines}",
            en=f"Find out whether it is the same matter, then copy these lines to the end of filing.toml (if it is not, with item = {_quoted(other)}):{lines}",
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
            zh=f"filing.toml 写明“{name}”就是 {item.id}，但本清单的另一行已经是这一事项。",
            en=f"filing.toml says that “{name}” is {item.id}, but another row of this list is that item already.",
        ),
        Text(
            zh=f'请改正 filing.toml 中写有这个名称的 [[renamed]]（kind = "{kind}"）：item 写另一个编号，确是新事项的写 "new"。',
            en=f'Mend the [[renamed]] with this name (kind = "{kind}") in filing.toml: give item another id, or "new" if it is a new item.',
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
                zh=f"filing.toml 的更名说明 [[renamed]] 写有“{one.name}”，但本次报送的{LIST_KINDS[one.kind].zh}清单中没有它。",
                en=f"A [[renamed]] of filing.toml names “{one.name}”, which is not on the list of {KINDS_IN_ENGLISH[one.kind]} of this filing.",
            )
        elif one.item is not None and one.item not in items:
            problem = Text(
                zh=f"filing.toml 的更名说明 [[renamed]] 写有编号 {one.item}，但登记册中没有它。",
                en=f"A [[renamed]] of filing.toml names the item {one.item}, which was never recorded.",
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
                    zh="请核对名称和编号有没有写错；不需要的，删去这一段。",
                    en="Check the name and the id; if it is not needed, delete that part.",
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
    zh = f"{LIST_KINDS[checklist.kind].zh}比上一版少了很多（减少超过五分之一，或整类取消）：{found}。"
    en = f"The list of {KINDS_IN_ENGLISH[checklist.kind]} is much shorter than the last one (by over a fifth, or a whole category): {found}."
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
    toml = f'\n[[confirm]]\nrule = "MASS-CHANGE"{lines}\nreason = ""\nname = ""\ndate ='
    return _finding(
        "MASS-CHANGE",
        where,
        found,
        Text(zh=zh, en=en),
        Text(
            zh=f"请核对是否报错了文件。确实是调整的，请把下面几行复制到 filing.toml 末尾，填好理由、姓名和日期：{toml}",
            en=f"Check that this is the right file. If it is meant, copy these lines to the end of filing.toml and fill in reason, name and date:{toml}",
        ),
    )


def version_older(checklist: Checklist, filing: Filing, later: Filing) -> Finding:
    """A later version of the list is recorded already."""
    return _finding(
        "VERSION-OLDER",
        checklist.where,
        filing.effective.isoformat(),
        Text(
            zh=f"本清单自 {filing.effective.isoformat()} 起施行，但以前已登记了更晚施行的清单：{later.id}（{later.effective.isoformat()}）。",
            en=f"This list takes effect on {filing.effective.isoformat()}, but a later one is recorded: {later.id} ({later.effective.isoformat()}).",
        ),
        Text(
            zh="请核对报送说明中的施行日期（effective）。较早的清单不能顶替较晚的；要恢复原来内容的，请按新的施行日期重新报送。",
            en="Check the date (effective) in filing.toml. An older list cannot take the place of a newer one; to restore its content, file it again with a new date.",
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
            en=f"This document is exactly the one recorded with {other.id}.",
        ),
        Text(
            zh="清单本来没有变化的，无需处理；否则请核对是否放错了文件。",
            en="If the list has not changed, leave it; otherwise check that this is the right file.",
        ),
    )


def record_number_twice(number: str, other: Filing) -> Finding:
    """Two filings carry one record number."""
    return _finding(
        "RECORD-NUMBER-TWICE",
        FILING_TOML,
        number,
        Text(
            zh=f"备案文号“{number}”在 {other.id} 中已经用过。",
            en=f"The record number “{number}” was used in {other.id} already.",
        ),
        Text(
            zh="请核对 filing.toml 中 [record] 下的 document_number（备案文号）；一份备案文件包含几次报送的，无需改动。",
            en="Check document_number under [record] in filing.toml; if one record covers several filings, leave it.",
        ),
    )


def already(filing: Filing) -> Finding:
    """The filing is recorded and nothing about it is new."""
    return _finding(
        "FILING-ALREADY",
        FILING_TOML,
        filing.id,
        Text(
            zh=f"{filing.id} 已经登记过，文件也相同。",
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
            zh=f"{filing.id} 的文件没有变化，只更新审定、审核、备案等信息。",
            en=f"The documents of {filing.id} are the same; only what it says of approvals and the like is updated.",
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
            zh=f"{filing.id} 登记以后，这些文件被改动过：{names}。",
            en=f"These documents were changed after {filing.id} was recorded: {names}.",
        ),
        Text(
            zh="登记过的原件不能改动。请放回原来的文件；要更正的，另建一个文件夹，作为新的一次报送。",
            en="Recorded originals must stay as they are. Put them back; to correct a list, file it in a new folder.",
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
            en=f"{filing.id} is recorded, but the day it takes effect, its townships or its renamings now differ from what was recorded.",
        ),
        Text(
            zh="这些内容登记后不能改动。请把 filing.toml 改回原样；要更正的，另建一个文件夹，作为新的一次报送。",
            en="These must stay as they were recorded. Restore filing.toml; to correct them, file anew in another folder.",
        ),
    )


def no_township(checklist: Checklist) -> Finding:
    """Nobody has said which township a list is for."""
    return _finding(
        "LIST-NOWHERE",
        checklist.where,
        LIST_KINDS[checklist.kind].zh,
        Text(
            zh="没有写明这份清单适用于哪个乡镇（街道）。",
            en="It is not said which township this list is for.",
        ),
        Text(
            zh='请在 filing.toml 中这个文件的 [[document]] 下写明 townships（9 位代码，全县适用的写 "all"）。',
            en='Say so under its [[document]] in filing.toml: townships = 9-digit codes, or "all".',
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
            en=f"{township} has two lists of {KINDS_IN_ENGLISH[checklist.kind]} in this filing; the other is in {first}.",
        ),
        Text(
            zh="请核对哪一份是正确的，删去另一份。",
            en="Find out which of the two is right and delete the other.",
        ),
    )


def name_twice(item: FiledItem, twin: FiledItem) -> Finding:
    """One list has one name twice."""
    return _finding(
        "NAME-TWICE",
        item.where,
        _one_line(item.name),
        Text(
            zh=f"同一份清单中“{_one_line(item.name)}”出现两次，另一处在 {twin.where.cell}。",
            en=f"“{_one_line(item.name)}” stands twice in one list; the other is in {twin.where.cell}.",
        ),
        Text(
            zh="请核对：是同一事项的，合并成一行；不是的，把名称写得能够区别。",
            en="Check them: if they are one item, merge the rows; if not, give them different names.",
        ),
    )
