"""The clerks' guide is made from the tables of rules, and the committed copies are current."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from generator import build, checks, register
from generator.checks.guide import rule_lines, rules_lines
from generator.checks.markdown import as_markdown
from generator.checks.text import personal_numbers
from generator.model.guide import GuideEntry
from tests.refresh_docs import documents

ENTRIES = build.rules()


@pytest.mark.parametrize("path", list(documents()), ids=lambda path: path.name)
def test_committed_guide_is_current(path: Path) -> None:
    """docs/rules.*.md says what the program checks today."""
    committed = path.read_text(encoding="utf-8") if path.is_file() else ""

    assert committed == documents()[path], (
        f"{path.name} is out of date: run `make docs` (or `python -m tests.refresh_docs`) and commit it"
    )


def test_every_rule_is_told_once() -> None:
    """Rules of documents and rules of the register stand in one guide, each id once."""
    ids = [entry.id for entry in ENTRIES]

    assert len(ids) == len(set(ids))
    assert set(ids) == set(checks.RULES) | set(register.RULES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_entry_is_whole(entry: GuideEntry) -> None:
    """An entry has filled sentences, a source in full, and no empty quotation; pieces of filing.toml are TOML."""
    for text in (entry.says, entry.problem, entry.fix, entry.source):
        assert text.zh
        assert text.en
        assert "{" not in text.zh + text.en
        assert ".md" not in text.zh + text.en
    assert entry.group == "register" or entry.severity == checks.RULES[entry.id].severity
    for table in (*entry.passes, *entry.fails):
        assert table.rows
        if table.name == "filing.toml":
            tomllib.loads("\n".join(row[0] for row in table.rows))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_guide_shows_nothing_personal_or_hidden(lang: str) -> None:
    """Examples of personal numbers are masked, invisible characters are named, and no mark of secrecy is printed."""
    text = as_markdown(ENTRIES, lang)

    assert personal_numbers(text) == []
    assert not re.search(r"[\u200b-\u200f\u202a-\u202e\ue000-\uf8ff]", text)
    assert "机密★" not in text
    assert "U+202E" in text


def test_markdown_is_not_acted_upon() -> None:
    """Web code in an example stands in the guide as text, and a bar does not break a table."""
    text = as_markdown(ENTRIES, "zh")

    assert "<b>" not in text.replace("\\<b\\>", "")
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_one_rule_at_the_command_line() -> None:
    """`qingdan rules VETO-ITEM` says what it means, prints, asks for and rests on, with two small tables."""
    (veto,) = [entry for entry in ENTRIES if entry.id == "VETO-ITEM"]
    text = "\n".join(rule_lines(veto, "zh"))

    assert text.startswith("VETO-ITEM  [须确认]  除中央和省委明确要求外")
    assert (
        "办法：请核对：没有中央或省委明确依据的，请删去；有依据的，或只是提到而并非设置的，请在报送说明（filing.toml）中写明理由并确认。"
        in text
    )
    assert "指导意见（试行）》三（二）" in text
    assert "通过的例子：清单" in text
    assert "3  1 │ 招商引资实行一 票 否 決" in text


def test_a_rule_without_a_table_says_so() -> None:
    """A damaged file cannot be shown as a table, and the guide does not pretend."""
    (empty,) = [entry for entry in ENTRIES if entry.id == "FILE-EMPTY"]

    assert rule_lines(empty, "en")[-1] == "(It is about the file itself; no table can show it.)"


def test_all_rules_in_groups() -> None:
    """Without an id every rule is listed under what it looks at."""
    lines = rules_lines(ENTRIES, "zh")

    assert [line for line in lines if line and not line.startswith(" ")] == [
        "文件",
        "工作表和表格",
        "单元格和文字",
        "清单内容",
        "与登记册比对（qingdan accept）",
    ]
    assert len([line for line in lines if line.startswith("  ")]) == len(ENTRIES)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rules", "CATCH-ALL"], 0, "不用“完成上级交办的其他任务”一类兜底条款。"),
        (["rules", "catch-all", "--lang", "en"], 0, "There is no catch-all"),
        (["rules", "VETO"], 2, "是否指 VETO-ITEM？"),
        (["rules", "一"], 2, "可列出全部规则"),
    ],
)
def test_the_command(arguments: list[str], code: int, said: str) -> None:
    """Ids are read in any case; an unknown one is wrong usage and is answered with what is near."""
    ran = subprocess.run(
        [sys.executable, "-m", "generator", *arguments], capture_output=True, encoding="utf-8", check=False
    )

    assert ran.returncode == code
    assert said in ran.stdout + ran.stderr
