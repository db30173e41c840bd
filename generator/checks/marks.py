"""Plan the report workbook: which cells are marked how, and the list of all findings."""

from __future__ import annotations

from collections.abc import Sequence

from generator.checks.formats import GRAVITY, faults_first, first_cell, sentence
from generator.checks.report import SEVERITIES
from generator.checks.text import escape
from generator.model.documents import Document, Sheet
from generator.model.findings import Checked, Finding
from generator.model.reports import Mark, ReportPlan, ReportRow
from generator.model.text import ZH, Text

_SHEET = Text(zh="问题清单", en="Findings")
_TITLE = Text(zh="问题清单", en="Findings")
_COLUMNS: tuple[tuple[Text, int], ...] = (
    (Text(zh="编号", en="No."), 6),
    (Text(zh="程度", en="Severity"), 10),
    (Text(zh="文件", en="File"), 22),
    (Text(zh="工作表", en="Sheet"), 18),
    (Text(zh="单元格", en="Cell"), 11),
    (Text(zh="问题", en="Problem"), 46),
    (Text(zh="怎样修改", en="What to do"), 46),
    (Text(zh="原文", en="As filed"), 30),
    (Text(zh="规则", en="Rule"), 24),
)
_SEVERITY, _FILE, _CELL = 1, 2, 4
_COMMENT = Text(zh="【{severity}】{told}", en="[{severity}] {told}")
_LEGEND = Text(
    zh="有问题的单元格已填色并加批注：红色为错误，橙色为须确认，黄色为提示。点“单元格”一列可直接跳到该处。",
    en="The cells are filled and carry a comment: red is an error, orange must be confirmed, yellow is a warning. "
    "The column “Cell” leads there.",
)
_COPY = Text(
    zh="这是供对照修改的副本，不用于报备：请在原文件上修改，改好后再检查一次。",
    en="This copy is for comparing, not for filing: mend the original, then check it again.",
)
_ALONE = Text(zh="请在原文件上修改，改好后再检查一次。", en="Mend the original, then check it again.")
_FINE = Text(zh="没有发现问题。", en="Nothing found.")
# A range of one finding can be a whole column; the first cells say it well enough.
_MOST_CELLS_OF_A_RANGE = 50


def why_apart(checked: Checked) -> Text | None:
    """Return why the faults cannot be marked in the documents themselves; None where they can."""
    if len(checked.documents) != 1:
        return Text(
            zh="检查的文件不止一份，问题汇总在本报告中，原文件一字未动。",
            en="More than one document was checked: this report has all findings, the originals are as they were.",
        )
    document = checked.documents[0]
    if document.format == "unknown" or (document.format == "xlsx" and not document.sheets):
        return Text(
            zh="文件读不出来，不能在其中标注，问题列在本报告中。",
            en="The document could not be read, so nothing can be marked in it; this report has the findings.",
        )
    if document.format != "xlsx":
        return Text(
            zh=f"不能在 {document.format} 文件中标注，问题列在本报告中，原文件一字未动。",
            en=f"Nothing can be marked in a {document.format} file: this report has the findings, the original is as it was.",
        )
    return None


def plan_report(checked: Checked, lang: str = ZH, *, apart: Text | None = None) -> ReportPlan:
    """Return the report on checked documents. With `apart`, the reason why it stands alone, nothing is linked."""
    several = len(checked.documents) > 1
    columns = [column for at, column in enumerate(_COLUMNS) if several or at != _FILE]
    names = [heading for heading, _ in columns]
    linked = () if apart else checked.documents
    sheets = {sheet.name for document in linked for sheet in document.sheets if sheet.name is not None}
    rows = tuple(
        _row(number, finding, lang, several=several, sheets=sheets)
        for number, finding in enumerate(faults_first(checked.findings), start=1)
    )
    notes = [apart, _ALONE] if apart else [_LEGEND, _COPY]
    return ReportPlan(
        sheet=_SHEET.in_language(lang),
        title=_TITLE.in_language(lang),
        lines=(
            _documents(checked.documents, lang),
            _counts(checked, lang),
            *(note.in_language(lang) for note in (notes if checked.findings else [_FINE])),
        ),
        headings=tuple(heading.in_language(lang) for heading in names),
        widths=tuple(width for _, width in columns),
        severity_column=_SEVERITY,
        link_column=names.index(_COLUMNS[_CELL][0]),
        rows=rows,
        marks=() if apart else _marks(checked, lang),
        author="清单检查" if lang == ZH else "qingdan check",
    )


def _documents(documents: Sequence[Document], lang: str) -> str:
    if len(documents) > 1:
        return f"检查的文件：{len(documents)} 份" if lang == ZH else f"Documents checked: {len(documents)}"
    named = "，".join(f"{escape(document.file)}（SHA-256 {document.sha256[:16]}…）" for document in documents)
    if lang == ZH:
        return f"检查的文件：{named}"
    return "Document checked: " + named.replace("（", " (").replace("）", ")")


def _counts(checked: Checked, lang: str) -> str:
    parts = [f"{name.in_language(lang)} {checked.count(severity)}" for severity, name in SEVERITIES.items()]
    if lang == ZH:
        return f"读出 {len(checked.checklists)} 张清单、{checked.item_count} 项；" + "，".join(parts) + "。"
    return f"Lists: {len(checked.checklists)}, items: {checked.item_count}; {', '.join(parts)}."


def _row(number: int, finding: Finding, lang: str, *, several: bool, sheets: set[str]) -> ReportRow:
    where = finding.where
    texts = [
        str(number),
        SEVERITIES[finding.severity].in_language(lang),
        where.file,
        escape(where.sheet or ""),
        escape(where.cell or ""),
        finding.problem.in_language(lang),
        "" if finding.severity == "info" else finding.fix.in_language(lang),
        finding.found,
        finding.rule,
    ]
    if not several:
        del texts[_FILE]
    target = None
    if where.sheet in sheets and where.sheet is not None:
        target = (where.sheet, where.cell if first_cell(where.cell) and where.cell else "A1")
    return ReportRow(severity=finding.severity, texts=tuple(texts), target=target)


def _marks(checked: Checked, lang: str) -> tuple[Mark, ...]:
    """The cells to be marked, each once, with everything that is said of it. Notes are not marked: nothing is wrong."""
    sheets = {sheet.name: sheet for document in checked.documents for sheet in document.sheets}
    found: dict[tuple[str, int, int], list[Finding]] = {}
    told: dict[tuple[str, int, int], list[str]] = {}
    for finding in checked.findings:
        sheet = sheets.get(finding.where.sheet)
        if finding.severity == "info" or sheet is None or sheet.name is None:
            continue
        for at, (row, column) in enumerate(_cells(finding.where.cell, sheet)):
            found.setdefault((sheet.name, row, column), []).append(finding)
            if at == 0:  # the other cells of a range are filled, but need not say it again
                told.setdefault((sheet.name, row, column), []).append(_comment(finding, lang))
    return tuple(
        Mark(
            sheet=place[0],
            row=place[1],
            column=place[2],
            severity=min((finding.severity for finding in findings), key=GRAVITY.__getitem__),
            comment="\n".join(told.get(place, [])),
        )
        for place, findings in sorted(found.items())
    )


def _comment(finding: Finding, lang: str) -> str:
    severity = SEVERITIES[finding.severity].in_language(lang)
    return _COMMENT.in_language(lang).format(severity=severity, told=sentence(finding, lang))


def _cells(address: str | None, sheet: Sheet) -> list[tuple[int, int]]:
    """The cells that an address shows, merged ones as their anchor."""
    first = first_cell(address)
    if first is None or address is None:
        return []
    last = first_cell(address.partition(":")[2]) or first
    cells: list[tuple[int, int]] = []
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            merge = next((merge for merge in sheet.merges if merge.holds(row, column)), None)
            cell = (merge.top, merge.left) if merge else (row, column)
            if cell not in cells:
                cells.append(cell)
            if len(cells) >= _MOST_CELLS_OF_A_RANGE:
                return cells
    return cells
