"""The clerks' guide as Markdown, for readers of the repository: docs/rules.zh.md and docs/rules.en.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from generator.checks.guide import guide_words, kind_names
from generator.checks.handbook import handbook
from generator.checks.report import SEVERITIES
from generator.model.documents import column_letters
from generator.model.guide import Grade, GuideEntry, GuideStep, GuideTable
from generator.model.text import ZH, Text

_TITLE: Final = Text(zh="填报指南和检查规则", en="Guide for filing, and the rules of the checks")
_MADE: Final = Text(
    zh="> 本页由规则表生成，请勿手工修改；规则改动后用 `make docs` 更新。网站上的“填报指南”与本页内容相同，并有图示。",
    en="> This page is made from the table of rules; do not edit it. After a change of the rules, `make docs` writes it again. The site's “Guide for filing” says the same, with pictures.",
)
_GRAVE: Final = Text(zh="## 问题分几种", en="## How grave a finding is")
_GRAVE_HEAD: Final = Text(zh="| 标记 | 含义 |", en="| mark | meaning |")


def as_markdown(entries: Sequence[GuideEntry], lang: str) -> str:
    """Return the whole guide as Markdown; filed-like text in it is escaped, so that nothing of it acts as markup."""
    book = handbook(entries, lang)
    parts = [f"# {_TITLE.in_language(lang)}", book.lead, _MADE.in_language(lang)]
    for step in book.steps:
        parts += _step(step, lang)
    parts += [_GRAVE.in_language(lang), _grades(book.grades, lang)]
    for chapter in book.chapters:
        parts += [f"## {chapter.title}", chapter.says]
        parts += [_section(entry, lang) for entry in chapter.entries]
    return "\n\n".join(parts) + "\n"


def _step(step: GuideStep, lang: str) -> list[str]:
    parts = [f"## {step.title}", *step.says]
    for language, lines in (("sh", step.commands), ("", step.lines)):
        if lines:
            parts.append("\n".join([f"```{language}", *lines, "```"]))
    parts += [_drawn("", table, lang) for table in step.tables]
    return [*parts, *step.after]


def _grades(grades: Sequence[Grade], lang: str) -> str:
    rows = [f"| **{grade.name}** | {grade.meaning} |" for grade in grades]
    return "\n".join([_GRAVE_HEAD.in_language(lang), "| --- | --- |", *rows])


def _section(entry: GuideEntry, lang: str) -> str:
    words = guide_words(lang)
    heading = f"### {entry.id} · {SEVERITIES[entry.severity].in_language(lang)}"
    facts = [f"- {words['problem']}{_plain(entry.problem.in_language(lang))}"]
    facts.append(f"- {words['fix']}{_plain(entry.fix.in_language(lang))}")
    if entry.kinds:
        facts.append(f"- {words['kinds']}{kind_names(entry.kinds, lang)}")
    facts.append(f"- {words['source']}{_plain(entry.source.in_language(lang))}")
    parts = [heading, entry.says.in_language(lang), "\n".join(facts)]
    for label, tables in ((words["passes"], entry.passes), (words["fails"], entry.fails)):
        parts += [_drawn(label, table, lang) for table in tables]
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """Text in a paragraph: no markup in it counts, and lines to copy stand in code."""
    first, *lines = text.split("\n")
    said = re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", first)
    return (
        said if not lines else "\n".join([said, "", "  ```toml", *(f"  {line}" for line in lines), "  ```"])
    )


def _drawn(label: str, table: GuideTable, lang: str) -> str:
    notes = (
        "；".join(note.zh for note in table.notes)
        if lang == ZH
        else "; ".join(note.en for note in table.notes)
    )
    if table.name == "filing.toml":
        lines = [f"{label}`filing.toml`", "", "```toml", *(row[0] for row in table.rows), "```"]
        return "\n".join(lines)
    name = _plain(table.name or "")
    width = max((len(row) for row in table.rows), default=1)
    head = [column_letters(column) for column in range(1, width + 1)]
    caption = f"{label}{name}" + (
        f"（{_plain(notes)}）" if notes and lang == ZH else f" ({_plain(notes)})" if notes else ""
    )
    lines = [caption, "", f"| | {' | '.join(head)} |", "| --- " * (width + 1) + "|"]
    for number, row in enumerate(table.rows, start=1):
        cells = ["<br>".join(map(_plain, text.split("\n"))) for text in row] + [""] * (width - len(row))
        lines.append(f"| {number} | {' | '.join(cells)} |")
    return "\n".join(lines)
