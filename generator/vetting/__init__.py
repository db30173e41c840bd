"""Documents sent down, held against the lists: which sentences put a task on townships, and what the lists say of it.

Basis: the guidance of 2022, 三（二） (no task without the county's decision, no veto, pledge or target) and 四（二）
(documents are examined before they are sent down). A match is a likeness of words and is called that: whether a task
is on the list is decided by a person. Nothing here reads files; `intake` hands over the passages.
"""

from __future__ import annotations

from generator.vetting.report import as_json, as_lines, notes, unread
from generator.vetting.vet import Judgement, Verdict, Vetted, vet

__all__ = ["Judgement", "Verdict", "Vetted", "as_json", "as_lines", "notes", "unread", "vet"]
