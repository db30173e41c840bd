"""Rules that a reader applies before there is any table, and what it asks of the person at the keyboard."""

from __future__ import annotations

from generator.checks.rule import FINE, Rule, from_reader, rule
from generator.model.findings import Severity

SAVE = (
    "请用 WPS 或 Excel 打开原文件，点“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，报送新存的文件。",
    "Open the original in WPS or Excel, choose File → Save As → Excel Workbook (*.xlsx), and file the new copy.",
)
SAVE_EITHER = (
    "请用 WPS 或 Office 打开原文件，点“文件 → 另存为”，表格存为 .xlsx，文档存为 .docx，报送新存的文件；打不开的，请换一份完好的原件。",
    "Open the original in WPS or Office and choose File → Save As: a workbook as .xlsx, a document as .docx. File the new copy; if the original does not open, use an intact one.",
)
SAVE_WEB = (
    "请用 WPS 或 Excel 打开（提示“文件格式与扩展名不匹配”时点“是”），点“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，报送新存的文件。",
    "Open it in WPS or Excel (answer Yes if told that format and extension do not match), choose File → Save As → Excel Workbook (*.xlsx), and file the new copy.",
)
COPY_AGAIN = (
    "请到制作该文件的电脑上确认它能正常打开，再重新复制或导出一份报送。",
    "Make sure that it opens on the computer it was made on, then copy or export it again and file that copy.",
)


def reader_rule(
    name: str,
    says: tuple[str, str],
    problem: tuple[str, str],
    fix: tuple[str, str] = SAVE,
    *,
    severity: Severity = "error",
    cell: str | None = None,
    source: str = "promise G1",
    **slots: str,
) -> Rule:
    """Return a rule that a reader applies; its failing example carries the reader's fault."""
    return rule(
        name, severity, says, problem, fix, source=source, passes=FINE, fails=from_reader(name, cell, **slots)
    )


def damage_rule(name: str, problem: tuple[str, str], says: tuple[str, str]) -> Rule:
    """Return a rule about the inner parts of a file: only saving it anew can help."""
    return reader_rule(name, says, problem, SAVE_EITHER, part="xl/workbook.xml")
