"""The clerks' guide: every rule with its sentences, its source, and an example that passes beside one that fails.

`qingdan rules`, docs/rules.*.md and the guide's pages are all made of these, out of the table that the checks
themselves go by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from generator.checks.examples import check_example, read_range
from generator.checks.mended import MENDS, at_fault, mended, mended_cells
from generator.checks.report import SEVERITIES
from generator.checks.rule import FINE, Example, ExampleFiling, Rule, Sheetful
from generator.checks.rules import RULES
from generator.checks.rules_fields import FIELD_RULES
from generator.checks.rules_files import FILE_RULES
from generator.checks.rules_tables import TABLE_RULES
from generator.checks.rules_text import TEXT_RULES
from generator.checks.text import escape, show
from generator.checks.vocabulary import KINDS_IN_ENGLISH
from generator.model.addresses import guide_page
from generator.model.documents import column_letters
from generator.model.findings import Severity
from generator.model.guide import GuideEntry, GuideTable, RuleGroup
from generator.model.kinds import LIST_KINDS
from generator.model.text import ZH, Text

GROUPS: Final[Mapping[RuleGroup, Text]] = {
    "file": Text(zh="文件", en="Files"),
    "table": Text(zh="工作表和表格", en="Sheets and tables"),
    "text": Text(zh="单元格和文字", en="Cells and text"),
    "list": Text(zh="清单内容", en="What a list says"),
    "register": Text(zh="与登记册比对（qingdan accept）", en="Against the register (qingdan accept)"),
}
MEANINGS: Final[Mapping[Severity, Text]] = {
    "error": Text(zh="必须改正，改正前不能登记。", en="Must be mended; nothing is recorded before."),
    "confirm": Text(
        zh="可能有误，也可能确实如此。请改正，或由经办人在 filing.toml 中写明理由、姓名和日期加以确认；确认前不能登记。",
        en="It may be wrong, or meant. Mend it, or confirm it in filing.toml with reason, name and date; nothing is recorded before.",
    ),
    "warning": Text(zh="请核对；不影响登记。", en="Look at it; it does not stand in the way of recording."),
    "info": Text(zh="说明程序是怎样读取的，无需处理。", en="Says how something was read; nothing to do."),
}
_SOURCES: Final = (
    (
        re.compile(r"^policy "),
        Text(
            zh="《关于推行乡镇（街道）职责清单的指导意见（试行）》",
            en="Guiding Opinions on township checklists (trial), ",
        ),
    ),
    # Each case is a named test: tests/catalogue.
    (re.compile(r"^case "), Text(zh="问题案例目录 ", en="catalogue of cases, ")),
    (re.compile(r"^promise G1$"), Text(zh="承诺：原件内容一处不丢", en="promise: nothing filed is lost")),
    (re.compile(r"^domain\.md "), Text(zh="各地清单样式调研 ", en="survey of lists as filed, ")),
    (re.compile(r"^architecture\.md "), Text(zh="程序设计 ", en="design of this program, ")),
)


def guide_entries() -> tuple[GuideEntry, ...]:
    """Return every rule of this room for the guide, in the order of its tables."""
    groups: dict[str, RuleGroup] = {row.id: "file" for row in FILE_RULES}
    groups |= {row.id: "table" for row in TABLE_RULES}
    groups |= {row.id: "text" for row in (*TEXT_RULES, *FIELD_RULES)}
    return tuple(_entry(row, groups.get(row.id, "list")) for row in RULES.values())


def _entry(row: Rule, group: RuleGroup) -> GuideEntry:
    found = next(finding for finding in check_example(row.fails).findings if finding.rule == row.id)
    shown = not row.fails.faults
    return GuideEntry(
        id=row.id,
        group=group,
        severity=row.severity,
        says=row.says,
        problem=found.problem,
        fix=found.fix,
        source=_source(row.source),
        kinds=row.applies_to,
        passes=_passing(row) if shown else (),
        fails=_failing(row) if shown else (),
        frequent=row.id in MENDS,
        compared=row.id in MENDS or row.passes is not FINE,
    )


def _source(source: str) -> Text:
    """Name a source in full: the catalogue cites it in short."""
    parts = [_one_source(part) for part in source.split("; ")]
    return Text(zh="；".join(part.zh for part in parts), en="; ".join(part.en for part in parts))


def _one_source(part: str) -> Text:
    for pattern, name in _SOURCES:
        if pattern.match(part):
            rest = pattern.sub("", part)
            return Text(zh=name.zh + rest.replace("(", "（").replace(")", "）"), en=name.en + rest)
    return Text(zh=part, en=part)


# ---------------------------------------------------------------- examples


def _failing(row: Rule) -> tuple[GuideTable, ...]:
    """The failing example with the place of the finding marked."""
    name, place = at_fault(row.fails)
    if row.fails.at is None:
        return _tables(row.fails)
    name = name or row.fails.sheets[-1].name
    return tuple(
        replace(table, marked=(place,) if place else (), marked_name=place is None)
        if table.name == name
        else table
        for table in _tables(row.fails)
    )


def _passing(row: Rule) -> tuple[GuideTable, ...]:
    """The passing example; of a frequent fault with the cells marked that were mended."""
    example = mended(row)
    tables = _tables(example)
    if row.id not in MENDS:
        return tables
    marks = {sheet.name: mended_cells(row, sheet) for sheet in example.sheets}
    return tuple(
        replace(table, marked=marks[table.name][0], marked_name=marks[table.name][1])
        if table.name in marks
        else table
        for table in tables
    )


def _tables(example: Example) -> tuple[GuideTable, ...]:
    tables = [_table(sheetful) for sheetful in (*example.base, *example.sheets)]
    outside = tuple(
        Text(
            zh=f"{one.where.cell or ''}处的批注等：“{one.text}”",
            en=f"comment or the like at {one.where.cell}: “{one.text}”",
        )
        for one in example.outside
    )
    if outside and tables:
        tables[-1] = replace(tables[-1], notes=(*tables[-1].notes, *outside))
    if example.filing is not None:
        tables.append(_filing_table(example.filing, example.file))
    return tuple(tables)


def _filing_table(filing: ExampleFiling, file: str) -> GuideTable:
    """What matters of an example's filing.toml, as it is written there."""
    lines = [f"effective = {filing.effective.isoformat()}", ""]
    if filing.approved:
        lines += ["[approval]", 'authority = "示例县人民政府"', f"date = {filing.approved.isoformat()}", ""]
    townships = ", ".join(f'"{code}"' for code in filing.townships)
    lines += ["[[document]]", f'file = "{file}"', f"townships = [{townships}]"]
    if filing.differs:
        at = lines.index("[[document]]")
        lines[at:at] = ["[[document]]", f'file = "{filing.differs}"', 'townships = "all"', "base = true", ""]
        lines.append(f'differs = "{filing.differs}"')
    if filing.kind:
        lines.append(f'kind = "{filing.kind}"')
    for rule, sheet, cell in filing.confirmed:
        lines += [
            "",
            "[[confirm]]",
            f'rule = "{rule}"',
            f'file = "{file}"',
            f'sheet = "{sheet}"',
            f'cell = "{cell}"',
        ]
        lines += ['reason = "示例依据"', 'name = "张示例"', "date = 2022-06-18"]
    return GuideTable(name="filing.toml", rows=tuple((line,) for line in lines))


def _safe(text: str) -> str:
    # show() gives nothing for a mark of secrecy: not even an example of one is printed.
    return show(text) if show(text) or not text else "（密级标志）"


def _table(sheetful: Sheetful) -> GuideTable:
    notes = [Text(zh=f"合并单元格：{merge}", en=f"merged: {merge}") for merge in sheetful.merges]
    rows = [[_safe(text) for text in row] for row in sheetful.rows]
    for address, mark in sheetful.marks.items():
        place = read_range(address)
        if "text" in mark:
            rows[place.top - 1][place.left - 1] = _safe(str(mark["text"]))
        notes += _mark_notes(address, mark)
    notes += [Text(zh=f"第 {row} 行隐藏", en=f"row {row} is hidden") for row in sheetful.hidden_rows]
    notes += [
        Text(zh=f"{column_letters(column)} 列隐藏", en=f"column {column_letters(column)} is hidden")
        for column in sheetful.hidden_columns
    ]
    if sheetful.hidden:
        notes.append(Text(zh="工作表隐藏", en="the sheet is hidden"))
    if sheetful.filtered:
        notes.append(Text(zh="有筛选", en="a filter is on"))
    return GuideTable(
        name=sheetful.name,
        rows=tuple(map(tuple, rows)),
        notes=tuple(notes),
        merges=tuple(map(read_range, sheetful.merges)),
        struck=tuple(read_range(address) for address, mark in sheetful.marks.items() if mark.get("struck")),
        hidden_rows=frozenset(sheetful.hidden_rows),
        hidden_columns=frozenset(sheetful.hidden_columns),
    )


_MARKS: Final[Mapping[str, Text]] = {
    "hidden_value": Text(zh="藏在合并单元格下面", en="lies under a merged cell"),
    "struck": Text(zh="带删除线", en="struck through"),
    "hidden_text": Text(zh="设为隐藏文字", en="formatted as hidden"),
    "autonumber": Text(zh="自动编号", en="numbered automatically"),
}
_TYPES: Final[Mapping[object, Text]] = {
    "number": Text(zh="数值", en="a number"),
    "boolean": Text(zh="真假值", en="a truth value"),
    "date": Text(zh="日期", en="a date"),
    "formula": Text(zh="公式", en="a formula"),
    "error": Text(zh="错误值", en="an error value"),
}


def _mark_notes(address: str, mark: Mapping[str, object]) -> list[Text]:
    notes = [
        Text(zh=f"{address} {said.zh}", en=f"{address} {said.en}")
        for key, said in _MARKS.items()
        if mark.get(key)
    ]
    kind = _TYPES.get(mark.get("type"))
    if kind is not None:
        value = _safe(str(mark.get("raw") or mark.get("text") or ""))
        notes.append(
            Text(zh=f"{address} 是{kind.zh} {value}".rstrip(), en=f"{address} is {kind.en} {value}".rstrip())
        )
    return notes


# ---------------------------------------------------------------- the command


def rule_lines(entry: GuideEntry, lang: str) -> list[str]:
    """Return one rule as lines for a person at the command line."""
    words = guide_words(lang)
    lines = [f"{entry.id}  [{SEVERITIES[entry.severity].in_language(lang)}]  {entry.says.in_language(lang)}"]
    lines.append(f"{words['means']}{MEANINGS[entry.severity].in_language(lang)}")
    if entry.kinds:
        lines.append(f"{words['kinds']}{kind_names(entry.kinds, lang)}")
    lines.append(f"{words['problem']}{entry.problem.in_language(lang)}")
    lines.append(f"{words['fix']}{entry.fix.in_language(lang)}")
    lines.append(f"{words['source']}{entry.source.in_language(lang)}")
    lines.append(f"{words['page']}{guide_page(lang, entry.group)}#{entry.id}")
    for label, tables in ((words["passes"], entry.passes), (words["fails"], entry.fails)):
        for table in tables:
            lines += ["", f"{label}{escape(table.name or '')}"]
            if table.name == "filing.toml":
                lines += [f"    {row[0]}" for row in table.rows]
            else:
                lines += [
                    f"  {number:>3}  {' │ '.join(row)}" for number, row in enumerate(table.rows, start=1)
                ]
            lines += [f"       ({note.in_language(lang)})" for note in table.notes]
    if not entry.fails:
        lines += ["", words["none"]]
    return lines


def rules_lines(entries: Iterable[GuideEntry], lang: str) -> list[str]:
    """Return all rules, a line each, under what they look at."""
    lines: list[str] = []
    rules = list(entries)
    for group, title in GROUPS.items():
        lines += ["", title.in_language(lang)]
        for entry in (one for one in rules if one.group == group):
            severity = SEVERITIES[entry.severity].in_language(lang)
            lines.append(f"  {entry.id:<26} [{severity}] {entry.says.in_language(lang)}")
    return lines[1:]


def kind_names(kinds: Sequence[str], lang: str) -> str:
    """Return the names of kinds of list in one language, in one line."""
    if lang == ZH:
        return "、".join(LIST_KINDS[kind].zh for kind in kinds)
    return ", ".join(KINDS_IN_ENGLISH[kind] for kind in kinds)


_WORDS: Final[Mapping[str, Text]] = {
    "means": Text(zh="含义：", en="Means: "),
    "kinds": Text(zh="适用清单：", en="For lists of: "),
    "problem": Text(zh="显示：", en="It prints: "),
    "fix": Text(zh="办法：", en="What to do: "),
    "source": Text(zh="来源：", en="Source: "),
    "page": Text(zh="指南网页：", en="Page of the guide: "),
    "passes": Text(zh="通过的例子：", en="Passes: "),
    "fails": Text(zh="不通过的例子：", en="Fails: "),
    "none": Text(
        zh="（文件本身的问题，没有表格可以示例。）", en="(It is about the file itself; no table can show it.)"
    ),
}


def guide_words(lang: str) -> dict[str, str]:
    """Return the labels of a rule's parts in one language."""
    return {key: text.in_language(lang) for key, text in _WORDS.items()}
