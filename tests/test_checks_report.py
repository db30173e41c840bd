"""What `check` prints for a person: nothing hides what needs a hand, and a confirmation can be copied."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from generator.checks import RULES, as_lines
from generator.checks.examples import check_example, example_documents, example_filing
from generator.checks.report import confirmation_lines
from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    Example,
    ExampleFiling,
    Rule,
    basic,
    from_reader,
    sheet,
)
from generator.checks.words import spell

MERGED = sheet(
    BASIC_TITLE,
    ("类别", *BASIC_HEADER),
    ("党的建设", "1", "负责党员教育管理"),
    ("", "2", "开展矛盾纠纷排查化解"),
    merges=("A3:A4",),
)


def test_notes_of_one_kind_are_told_once() -> None:
    """Ten sheets with a merged category make one line and a count, and the error below stays in sight."""
    sheets = tuple(replace(MERGED, name=f"表{number}") for number in range(10))
    lines = as_lines(check_example(Example(sheets=sheets)), "zh")

    assert sum("MERGE-VERTICAL" in line for line in lines) == 1
    assert "      同类说明另有 9 处。" in lines


def test_an_open_confirmation_can_be_copied_into_filing_toml() -> None:
    """Under a finding to confirm stand its lines of TOML; filled in, they confirm exactly this finding."""
    example = basic(("1", "签订安全生产责任状"))
    (finding,) = check_example(example).findings
    lines = confirmation_lines(finding)
    printed = [line.strip() for line in as_lines(check_example(example), "zh")]

    assert printed[-len(lines) - 1 : -1] == lines
    assert printed[-len(lines) - 2].startswith("要确认的，把下面几行复制到 filing.toml 末尾")
    assert printed[-1].endswith("在此之前不能登记。")
    filled = "\n".join(lines).replace("date =", "date = 2022-06-18")
    (told,) = tomllib.loads(filled)["confirm"]
    filing = example_filing(ExampleFiling(confirmed=((told["rule"], told["sheet"], told["cell"]),)))
    assert filing.confirmations[0].file == told["file"] == example_documents(example)[0].file
    confirmed = replace(
        example, filing=ExampleFiling(confirmed=((told["rule"], told["sheet"], told["cell"]),))
    )
    assert [(f.rule, f.severity) for f in check_example(confirmed).findings] == [("PLEDGE-ITEM", "info")]


@pytest.mark.parametrize(
    ("rule", "slots", "zh", "en"),
    [
        ("FILE-NOT-REGULAR", {"kind": "symlink"}, "快捷方式或链接", "a link"),
        ("FILE-TYPE", {"kind": "ZIP"}, "压缩包", "a ZIP archive"),
        ("FILE-UNSUPPORTED", {"kind": "doc"}, "Word 97-2003（.doc）", "Word 97-2003 (.doc)"),
        (
            "FILE-BUDGET",
            {"what": "total", "actual": "99 MiB", "limit": "64 MiB"},
            "文件展开后的总大小",
            "once unpacked",
        ),
        (
            "FILE-PARSER-DIED",
            {"reason": "memory", "signal": ""},
            "所需内存超过限额",
            "more memory than allowed",
        ),
        ("FILE-UNREADABLE", {"reason": "Permission denied"}, "没有读取权限", "you may not read it"),
        ("FILE-UNREADABLE", {"reason": "Stale file handle"}, "Stale file handle", "Stale file handle"),
        ("FILE-NAME", {"reason": "long"}, "名称过长", "it is too long"),
    ],
)
def test_a_readers_terms_are_said_in_words(rule: str, slots: dict[str, str], zh: str, en: str) -> None:
    """A clerk reads 压缩包 and not ZIP, 用时超过限额 and not timeout; an unknown term is shown as it is."""
    findings = check_example(from_reader(rule, None, **slots)).findings
    (finding,) = [finding for finding in findings if finding.rule == rule]

    assert zh in finding.problem.zh
    assert en in finding.problem.en


def test_other_slots_stay_as_they_are() -> None:
    """Only terms are spelt out; numbers and names of the document are left alone."""
    assert spell({"part": "file", "row": "3"}) == {"part": "file", "row": "3"}


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_sentences_speak_to_a_clerk(rule: Rule) -> None:
    """Chinese says what to do politely and blames nobody; no option is named that the command line lacks."""
    if rule.severity != "info":
        assert any(word in rule.fix.zh for word in ("请", "的，")), rule.fix.zh
    for text in (rule.says, rule.problem, rule.fix):
        assert not any(word in text.zh for word in ("抄来", "错误地", "您没有", "却", "乱填", "粗心")), (
            text.zh
        )
        assert "--" not in text.zh + text.en
