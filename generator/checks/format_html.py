"""Findings as one HTML page that needs nothing else: to be opened from disk, sent by mail, or printed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape as html_escape
from itertools import groupby

from generator.checks.formats import faults_first
from generator.checks.report import SEVERITIES
from generator.checks.text import escape
from generator.model.findings import Checked, Finding
from generator.model.text import ZH, Text

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1b1b1b;
background:#fff;max-width:72rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem;margin:0 0 .5rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:.75rem 0;list-style:none}
.counts li{border:1px solid #767676;border-radius:.25rem;padding:.1rem .6rem}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:#4a4a4a;padding-bottom:.3rem}
th,td{border:1px solid #9a9a9a;padding:.4rem .55rem;text-align:left;vertical-align:top}
th{background:#eceff3}
td{overflow-wrap:anywhere}
.kind,.spot{white-space:nowrap}
.error{background:#ffd9dc}.confirm{background:#ffe3bd}.warning{background:#fff3b8}.info{background:#e2edf8}
.found{color:#4a4a4a}
code{font-family:ui-monospace,Consolas,monospace;font-size:.85em}
footer{margin-top:2rem;color:#4a4a4a}
@media screen and (max-width:40rem){thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
tr{display:block;border:1px solid #9a9a9a;margin-bottom:.75rem}td{display:block;border:0}.spot{white-space:normal}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}thead{display:table-header-group}
tr,h2{break-inside:avoid}h2{break-after:avoid}.error,.confirm,.warning,.info,th{print-color-adjust:exact;
-webkit-print-color-adjust:exact}@page{size:A4 landscape;margin:14mm}}
"""

_TITLE = Text(zh="清单检查报告", en="Checklist report")
_COLUMNS = (
    Text(zh="程度", en="Severity"),
    Text(zh="位置", en="Place"),
    Text(zh="问题", en="Problem"),
    Text(zh="怎样修改", en="What to do"),
    Text(zh="规则", en="Rule"),
)
_FINE = Text(zh="没有发现问题。", en="Nothing found.")
_FOOT = Text(
    zh="请在原文件上修改，改好后再检查一次。",
    en="Mend the original document, then check it again.",
)


def as_html(checked: Checked, lang: str = ZH) -> str:
    """Return a whole HTML page; what was filed stands in it as text only, and the page may load nothing."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    title = _TITLE.in_language(lang)
    body = "\n".join(_document(file, findings, lang) for file, findings in _by_document(checked))
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="{"zh-Hans" if lang == ZH else "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{_read(checked, lang)}</p>
<ul class="counts">{_counts(checked, lang)}</ul>
{body}
</main>
<footer><p>{_FOOT.in_language(lang)}</p></footer>
</body>
</html>
"""


def _read(checked: Checked, lang: str) -> str:
    documents, lists, items = len(checked.documents), len(checked.checklists), checked.item_count
    if lang == ZH:
        return f"检查文件 {documents} 份，读出 {lists} 张清单、{items} 项。"
    return f"Documents: {documents}; lists read: {lists}; items: {items}."


def _counts(checked: Checked, lang: str) -> str:
    return "".join(
        f'<li class="{severity}">{_text(name.in_language(lang))} {checked.count(severity)}</li>'
        for severity, name in SEVERITIES.items()
        if checked.count(severity) or severity == "error"
    )


def _by_document(checked: Checked) -> list[tuple[str, list[Finding]]]:
    """Every document with its findings, those without any too."""
    found = {file: list(group) for file, group in groupby(checked.findings, key=lambda f: f.where.file)}
    files = dict.fromkeys([*(escape(document.file) for document in checked.documents), *found])
    return [(file, found.get(file, [])) for file in files]


def _document(file: str, findings: Sequence[Finding], lang: str) -> str:
    if not findings:
        return f"<section>\n<h2>{_text(file)}</h2>\n<p>{_FINE.in_language(lang)}</p>\n</section>"
    heads = "".join(f'<th scope="col">{column.in_language(lang)}</th>' for column in _COLUMNS)
    rows = "\n".join(_row(finding, lang) for finding in faults_first(findings))
    return (
        f"<section>\n<h2>{_text(file)}</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</section>"
    )


def _row(finding: Finding, lang: str) -> str:
    where = finding.where
    spot = " › ".join(_text(escape(part)) for part in (where.sheet, where.cell) if part)
    fix = "" if finding.severity == "info" else _text(finding.fix.in_language(lang))
    return (
        f'<tr><td class="kind {finding.severity}">{_text(SEVERITIES[finding.severity].in_language(lang))}</td>'
        f'<td class="spot">{spot}</td><td>{_text(finding.problem.in_language(lang))}</td>'
        f"<td>{fix}</td><td><code>{_text(finding.rule)}</code></td></tr>"
    )


def _text(text: str) -> str:
    return html_escape(text, quote=True)
