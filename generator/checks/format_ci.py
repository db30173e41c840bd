"""Findings for build servers: GitHub workflow commands, and JUnit XML, which all the others read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from generator.checks.formats import GRAVITY, Lines, path_of, place, sentence
from generator.checks.report import SEVERITIES
from generator.checks.text import escape
from generator.model.findings import Checked, Finding
from generator.model.text import ZH

# GitHub shows ten errors and ten warnings of a step and drops the rest without a word.
MOST_SHOWN = 10


def as_github(checked: Checked, lang: str = ZH, *, paths: Mapping[str, str]) -> list[str]:
    """Return workflow commands: the gravest ten errors and ten warnings, then one line that counts the others."""
    blocking = _gravest([f for f in checked.findings if f.severity in ("error", "confirm")])
    warnings = [f for f in checked.findings if f.severity == "warning"]
    shown = [*blocking[:MOST_SHOWN], *warnings[:MOST_SHOWN]]
    line_finder = Lines(checked)
    lines = [_command(finding, line_finder, lang, paths) for finding in shown]
    counts = (checked.count("error"), checked.count("confirm"), checked.count("warning"))
    more = len(blocking) + len(warnings) - len(shown)
    if lang == ZH:
        summary = "错误 {} 处，须确认 {} 处，提示 {} 处".format(*counts)
        summary += f"；另有 {more} 处未在此列出，请看完整报告。" if more else "。"
    else:
        summary = "Errors: {}, to confirm: {}, warnings: {}".format(*counts)
        summary += f"; {more} more are not shown here, see the full report." if more else "."
    return [
        *lines,
        f"::notice title={_property('清单检查' if lang == ZH else 'qingdan check')}::{_data(summary)}",
    ]


def _gravest(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: GRAVITY[finding.severity])


def _command(finding: Finding, lines: Lines, lang: str, paths: Mapping[str, str]) -> str:
    where = finding.where
    word = "warning" if finding.severity == "warning" else "error"
    line = lines.of(where)
    spot = place(where)
    title = " ".join(part for part in (spot, finding.rule) if part)
    properties = [f"file={_property(path_of(where.file, paths))}"]
    properties += [f"line={line}"] if line is not None else []
    properties.append(f"title={_property(title)}")
    told = f"{spot} {sentence(finding, lang)}" if spot else sentence(finding, lang)
    return f"::{word} {','.join(properties)}::{_data(told)}"


def _data(text: str) -> str:
    """A message as the runner reads it back (actions/toolkit, command.ts); a line break would begin a new command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_junit(checked: Checked, lang: str = ZH) -> str:
    """Return JUnit XML: a suite for each document, a failure for each error or open confirmation.

    JUnit knows no warnings: they pass, and stand in their suite's output.
    """
    by_file = {
        file: list(findings) for file, findings in groupby(checked.findings, key=lambda f: f.where.file)
    }
    names = list(dict.fromkeys([*(escape(document.file) for document in checked.documents), *by_file]))
    suites = [_suite(name, by_file.get(name, []), lang) for name in names]
    failures = checked.count("error") + checked.count("confirm")
    tests = failures + sum(_is_fine(by_file.get(name, [])) for name in names)
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="qingdan check" tests="{tests}" failures="{failures}" errors="0">',
            *suites,
            "</testsuites>",
            "",
        ]
    )


def _is_fine(findings: Sequence[Finding]) -> bool:
    return not any(finding.severity in ("error", "confirm") for finding in findings)


def _suite(file: str, findings: Sequence[Finding], lang: str) -> str:
    failing = [finding for finding in findings if finding.severity in ("error", "confirm")]
    others = [finding for finding in findings if finding.severity not in ("error", "confirm")]
    name = quoteattr(file)
    lines = [
        f'  <testsuite name={name} tests="{max(1, len(failing))}" failures="{len(failing)}" errors="0" skipped="0">'
    ]
    for finding in failing:
        title = quoteattr(" ".join(part for part in (place(finding.where), finding.rule) if part))
        problem = quoteattr(finding.problem.in_language(lang))
        body = xml_escape(finding.fix.in_language(lang))
        lines += [
            f"    <testcase name={title} classname={name}>",
            f'      <failure message={problem} type="{finding.severity}">{body}</failure>',
            "    </testcase>",
        ]
    if not failing:
        lines.append(
            f"    <testcase name={quoteattr('没有错误' if lang == ZH else 'no errors')} classname={name}/>"
        )
    if others:
        said = (
            f"{SEVERITIES[f.severity].in_language(lang)} {f.rule} {place(f.where)} {sentence(f, lang)}"
            for f in others
        )
        lines.append(f"    <system-out>{xml_escape(chr(10).join(said))}</system-out>")
    return "\n".join([*lines, "  </testsuite>"])
