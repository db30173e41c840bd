"""A filing: the documents a county filed, for whom, since when, and who approved them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from generator.model.places import DivisionCode

Stage = Literal["approval", "review", "record"]
"""County approval 审定 → prefecture review 审核 → province record 备案."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """One stage of the chain, as the county states it. What was not filed is None, never made up."""

    stage: Stage
    authority: str
    document_number: str | None
    date: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledDocument:
    """Which townships one document of a filing applies to."""

    file: str
    townships: tuple[DivisionCode, ...]
    """Sorted; for a workbook with a sheet per township the sheets themselves decide within these."""
    kind: str | None = None
    """The kind of list, where the document itself does not say it."""
    base: bool = False
    """The county's list for its townships, from which other documents may differ."""
    differs: str | None = None
    """The file of the base that it differs from: its lists hold only the lines that differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """A person's word that a finding of severity `confirm` is meant."""

    rule: str
    file: str
    sheet: str | None
    cell: str | None
    reason: str
    name: str
    date: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """A person's word that a new name is an item that was recorded before (or, with `item` None, a new one)."""

    kind: str
    name: str
    item: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """A document as filed, offered for download because its county says so."""

    address: str
    """From the county's folder."""
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """`filing.toml` as read: nothing of the documents themselves."""

    id: str
    """Name of its folder: `2022-06-20-first-list`. Sorts by date."""
    county: DivisionCode
    title: str
    effective: date
    approvals: tuple[Approval, ...]
    documents: tuple[FiledDocument, ...]
    confirmations: tuple[Confirmation, ...]
    renamings: tuple[Renaming, ...]
    sample: bool
    """Made-up content: marked on every page and data file, and never indexed."""
    folder: Path
    originals_public: bool = False
    """Whether the county offers the originals for download (they carry their authors' names)."""

    ignored: tuple[str, ...] = ()
    """Files of the folder that an editor or a system left there: not documents, and told."""

    def stage(self, stage: Stage) -> Approval | None:
        """Return that stage of the approval chain, or None where it was not filed."""
        return next((approval for approval in self.approvals if approval.stage == stage), None)
