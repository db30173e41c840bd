"""The forms in which `check` prints its report, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from generator.checks.format_ci import as_github, as_junit
from generator.checks.format_html import as_html
from generator.checks.format_sarif import as_sarif
from generator.checks.report import as_json, as_lines
from generator.model.findings import Checked
from generator.model.text import ZH

FORMATS = ("text", "json", "sarif", "github", "junit", "html")


def printed(
    checked: Checked, form: str, lang: str = ZH, *, paths: Mapping[str, str], everything: bool = False
) -> str:
    """Return the report in one of `FORMATS`, ending with a line break.

    `paths` leads from file names to the paths that the caller gave, which build servers want. Only text is cut short
    where one rule fills a document, and not if `everything` is asked for.
    """
    if form == "json":
        return json.dumps(as_json(checked), ensure_ascii=False, indent=1) + "\n"
    if form == "sarif":
        return json.dumps(as_sarif(checked, lang, paths=paths), ensure_ascii=False, indent=1) + "\n"
    if form == "junit":
        return as_junit(checked, lang)
    if form == "html":
        return as_html(checked, lang)
    lines = (
        as_github(checked, lang, paths=paths)
        if form == "github"
        else as_lines(checked, lang, everything=everything)
    )
    return "\n".join(lines) + "\n"
