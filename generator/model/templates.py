"""What an empty workbook for clerks holds; how it is written is intake's business."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.kinds import Field


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateColumn:
    """One column of an empty workbook."""

    field: Field
    heading: str
    width: float
    """In characters, as a spreadsheet counts them."""
    hint: str
    """Shown beside a cell while it is selected; at most 255 characters."""
    example: str
    """Shown as a comment on the heading, after 填写示例：."""
    choices: tuple[str, ...] = ()
    """Offered in a drop-down; other text may be written all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplatePlan:
    """An empty workbook for one kind of list."""

    kind: str
    sheet: str
    title: str
    notes: tuple[str, ...]
    """Lines between title and header, each beginning with a label that checks knows as a note."""
    columns: tuple[TemplateColumn, ...]
    rows: int
    """How many empty rows are formatted and carry the drop-downs."""
