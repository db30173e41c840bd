"""The forms in which `check` reports: for forges, build servers, browsers, and a screen that is not endless."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from generator import checks
from generator.checks.format_ci import MOST_SHOWN
from generator.checks.report import MOST_OF_A_RULE
from generator.intake import read_document
from generator.model.documents import Cell, Document, Sheet, Where
from generator.model.findings import Checked, Finding, Severity
from generator.model.text import Text
from tests.test_cli import broken_workbook, qingdan

EVIL = "<script>alert(1)</script>&\"'::error::%0A\n\u202e]]>"


def finding(
    severity: Severity = "error",
    cell: str | None = "B4",
    *,
    rule: str = "NAME-MISSING",
    problem: str = "为空。",
    **where: str,
) -> Finding:
    """A finding as the checks make it."""
    place = Where(file=where.get("file", "清单.xlsx"), sheet=where.get("sheet", "清单"), cell=cell)
    return Finding(
        rule=rule,
        severity=severity,
        where=place,
        found="原文",
        problem=Text(zh=problem, en=f"en {problem}"),
        fix=Text(zh="请补填。", en="Fill it in."),
    )


def document(file: str = "清单.xlsx", **more: Any) -> Document:
    """A document without content."""
    values: dict[str, Any] = {"sha256": "0" * 64, "size": 7, "format": "xlsx", "sheets": ()}
    return Document(file=file, **{**values, **more})


def reported(*findings: Finding, documents: tuple[Document, ...] = ()) -> Checked:
    """A check with these findings."""
    return Checked(documents=documents or (document(),), checklists=(), findings=findings)


def sarif(checked: Checked, lang: str = "zh", **paths: str) -> dict[str, Any]:
    """The only run of the SARIF log."""
    log = json.loads(checks.printed(checked, "sarif", lang, paths=paths))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert log["$schema"].endswith("sarif-2.1.0.json")
    run: dict[str, Any] = log["runs"][0]
    return run


# ---------------------------------------------------------------- SARIF


def test_sarif_lists_all_rules_and_points_at_them() -> None:
    """Every rule stands in the table once, and a result's index leads to its own."""
    run = sarif(reported(finding(), finding("warning", rule="SERIAL-STYLE")))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(checks.RULES)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")


def test_sarif_says_where_and_how_grave() -> None:
    """File by its path, sheet!cell as logical place; what must be confirmed blocks, so it is an error."""
    severities: tuple[Severity, ...] = ("error", "confirm", "warning", "info")
    run = sarif(
        reported(*(finding(severity) for severity in severities)), **{"清单.xlsx": "报备 1/清单.xlsx"}
    )
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "note"]
    location = run["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"] == {
        "uri": "%E6%8A%A5%E5%A4%87%201/%E6%B8%85%E5%8D%95.xlsx",
        "index": 0,
    }
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "清单!B4"
    assert run["results"][0]["message"]["text"] == "清单!B4 为空。请补填。"
    assert run["artifacts"][0]["hashes"] == {"sha-256": "0" * 64}
    assert sarif(reported(), **{"清单.xlsx": "C:\\报备\\a.xlsx"})["artifacts"][0]["location"][
        "uri"
    ].startswith("file:///C:/")


def test_lines_of_a_csv_count_breaks_inside_fields() -> None:
    """A record's region is the line of the file it begins on, in SARIF and in GitHub's commands."""
    cells = (
        Cell(row=1, column=1, text="序号"),
        Cell(row=2, column=2, text="一\n二\n三"),
        Cell(row=3, column=1, text="2"),
    )
    csv = document("清单.csv", format="csv", sheets=(Sheet(name=None, cells=cells),))
    found = Finding(
        rule="NAME-MISSING",
        severity="error",
        where=Where(file="清单.csv", cell="B3"),
        found="",
        problem=Text(zh="为空。", en="Empty."),
        fix=Text(zh="请补填。", en="Fill in."),
    )
    said = reported(found, documents=(csv,))
    physical = sarif(said)["results"][0]["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 5}
    assert ",line=5," in checks.printed(said, "github", paths={})


def test_fingerprints_tell_findings_apart_and_stay() -> None:
    """The same finding has the same fingerprint in every run; another cell has another."""
    first, again = (sarif(reported(finding(cell="B4"), finding(cell="B5"))) for _ in range(2))
    prints = [result["partialFingerprints"]["qingdan/v1"] for result in first["results"]]
    assert len(set(prints)) == 2
    assert prints == [result["partialFingerprints"]["qingdan/v1"] for result in again["results"]]


# ---------------------------------------------------------------- GitHub


def test_github_shows_the_gravest_and_counts_the_others() -> None:
    """Ten errors and ten warnings are all that GitHub shows: errors before confirmations, the rest in one line."""
    findings = [finding("confirm", f"A{n}") for n in range(1, 9)]
    findings += [finding("error", f"B{n}") for n in range(1, 8)] + [
        finding("warning", f"C{n}") for n in range(1, 15)
    ]
    lines = checks.printed(reported(*findings), "github", "en", paths={}).splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == MOST_SHOWN
    assert ["!B" in line for line in errors] == [True] * 7 + [False] * 3
    assert len([line for line in lines if line.startswith("::warning ")]) == MOST_SHOWN
    assert lines[-1].startswith("::notice ")
    assert "Errors: 7, to confirm: 8, warnings: 14; 9 more are not shown here" in lines[-1]


def test_github_commands_cannot_be_forged() -> None:
    """Line breaks, colons and commas of a document never end a property or begin a command."""
    said = reported(finding(problem=EVIL, sheet="a,b::c"), documents=(document("清单.xlsx"),))
    lines = checks.printed(said, "github", paths={"清单.xlsx": "d,e:f/清单.xlsx"}).splitlines()
    assert len(lines) == 2
    head, message = lines[0].split("::", 2)[1:]
    assert head == "error file=d%2Ce%3Af/清单.xlsx,title=a%2Cb%3A%3Ac!B4 NAME-MISSING"
    assert "%250A%0A" in message


# ---------------------------------------------------------------- JUnit


def test_junit_fails_what_blocks() -> None:
    """A suite for each document; errors and confirmations fail, warnings are told, a clean document passes."""
    said = reported(
        finding("error"),
        finding("confirm", problem=EVIL),
        finding("warning", problem="写法不同。"),
        documents=(document(), document("好.xlsx")),
    )
    root = ElementTree.fromstring(checks.printed(said, "junit", paths={}))
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    first, second = root.findall("testsuite")
    assert (first.get("name"), first.get("failures"), second.get("failures")) == ("清单.xlsx", "2", "0")
    failures = first.findall("testcase/failure")
    assert failures[0].get("message") == "为空。"
    assert failures[0].text == "请补填。"
    assert "写法不同。" in (first.findtext("system-out") or "")
    assert len(second.findall("testcase")) == 1


# ---------------------------------------------------------------- HTML


class _Page(HTMLParser):
    """What a browser would take for elements."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        assert not {key for key in values if key.startswith("on") or key in ("src", "href", "style")}
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values.get("content") or ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_html_is_one_page_that_loads_nothing(lang: str) -> None:
    """No script, no address, every filed character escaped; the policy allows our own style and nothing else."""
    said = reported(finding(problem=EVIL, sheet="<b>"), documents=(document(), document("好.xlsx")))
    page = checks.printed(said, "html", lang, paths={})
    parsed = _Page()
    parsed.feed(page)
    assert not {"script", "b", "img", "link", "a", "form"} & set(parsed.tags)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in parsed.policy
    assert parsed.policy.startswith("default-src 'none'")
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page
    assert ("没有发现问题" if lang == "zh" else "Nothing found") in page


@pytest.mark.browser
def test_html_reads_well_on_screens_and_paper(tmp_path: Path, chromium: Browser) -> None:
    """The style is applied (its digest is right), nothing is wider than the screen, heads come again on each page."""
    said = reported(*(finding(cell=f"B{n}", problem="事项名称为空。" * 6) for n in range(3, 60)))
    path = tmp_path / "报告.html"
    path.write_text(checks.printed(said, "html", paths={}), encoding="utf-8")
    for width in (360, 1280):
        page = chromium.new_page(viewport={"width": width, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))  # noqa: B023  (asked at once)
        page.goto(path.as_uri())
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colour = page.evaluate("getComputedStyle(document.querySelector('td.error')).backgroundColor")
        assert colour == "rgb(255, 217, 220)"
        page.emulate_media(media="print")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
        )
        page.close()


# ---------------------------------------------------------------- text


def test_one_rule_does_not_fill_the_screen() -> None:
    """Twenty findings of a rule, then how many more; others are shown all the same, and the counts are whole."""
    findings = [finding(cell=f"B{n}") for n in range(1, MOST_OF_A_RULE + 6)]
    findings.append(finding("warning", rule="SERIAL-STYLE", cell="A99"))
    said = reported(*findings)
    text = checks.printed(said, "text", paths={})
    assert text.count("[错误 NAME-MISSING]") == MOST_OF_A_RULE
    assert "… NAME-MISSING 同类问题另有 5 处没有列出（qingdan check --all 可全部列出）" in text
    assert "SERIAL-STYLE" in text
    assert "错误 25 处" in text
    whole = checks.printed(said, "text", paths={}, everything=True)
    assert whole.count("[错误 NAME-MISSING]") == 25
    assert "还有" not in whole
    assert len(json.loads(checks.printed(said, "json", paths={}))["findings"]) == 26
    assert "5 more findings of NAME-MISSING are not listed" in checks.printed(said, "text", "en", paths={})


def test_the_cap_counts_each_document_by_itself() -> None:
    """What one township did twenty times does not hide what another did once."""
    findings = [finding(cell=f"B{n}") for n in range(1, 31)] + [finding(cell="B1", file="乙.xlsx")]
    text = checks.printed(reported(*findings, documents=(document(), document("乙.xlsx"))), "text", paths={})
    assert text.count("[错误 NAME-MISSING]") == MOST_OF_A_RULE + 1
    assert text.count("同类问题另有") == 1


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_the_command_prints_every_form(tmp_path: Path, form: str) -> None:
    """Exit code 1 for a faulty document whatever is printed; the program's output is the report alone, in UTF-8."""
    path = broken_workbook(tmp_path / "清单.xlsx")
    run = qingdan("check", path, "--format", form, "--as-of", "2026-01-01")
    assert (run.returncode, run.stderr) == (1, "")
    said = checks.check_filing(
        [read_document(path)], filing=None, county=None, divisions={}, as_of=date(2026, 1, 1)
    )
    # The command knows the divisions of the sample content; where lines stand is the same.
    for place in {f.where.cell for f in said.findings if f.severity == "error" and f.where.cell}:
        assert place in run.stdout
    if form == "github":
        assert f"file={path.as_posix()}," in run.stdout
