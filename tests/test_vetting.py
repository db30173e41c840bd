"""Documents sent down against the lists: measured on sentences that were labelled before the matcher was written."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator import register, settings, vetting
from generator.model.documents import Where
from generator.model.lists import CountyLists
from generator.model.prose import Passage, Prose
from generator.model.settings import County

ROOT = Path(__file__).resolve().parent.parent
LABELS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "vetting" / "sentences.toml").read_text(encoding="utf-8")
)["sentence"]


@cache
def binxian() -> tuple[CountyLists, County]:
    """The sample lists of 宾县 in force, and the county."""
    county = settings.load_site(ROOT / "content").county("230125")
    assert county is not None
    recorded = register.load(ROOT / "content", county.division.code)
    return register.in_force(recorded, as_of=date(2026, 1, 1), gates=county.gates), county


def prose_of(*passages: str, beside: Mapping[int, tuple[str, ...]] | None = None) -> Prose:
    """A document of these paragraphs; those of `beside` stand in a table, beside these cells."""
    cells = beside or {}
    return Prose(
        file="通知.docx",
        sha256="",
        format="docx",
        passages=tuple(
            Passage(
                number=number,
                text=text,
                place="cell" if number in cells else "paragraph",
                where=Where(file="通知.docx"),
                beside=cells.get(number, ()),
            )
            for number, text in enumerate(passages, start=1)
        ),
    )


def vetted(*passages: str, beside: Mapping[int, tuple[str, ...]] | None = None) -> vetting.Vetted:
    """What is said of a document of these paragraphs."""
    lists, county = binxian()
    return vetting.vet(prose_of(*passages, beside=beside), lists, county)


# ---------------------------------------------------------------------------------------- the labelled sentences


@dataclass(slots=True)
class Figures:
    """Counts over one half."""

    plain: int = 0
    plain_found: int = 0
    tasks: int = 0
    tasks_found: int = 0
    reported: int = 0
    classed: int = 0
    right: int = 0
    claimed: int = 0
    marks_labelled: int = 0
    marks_said: int = 0
    marks_right: int = 0
    shifts: int = 0
    shifts_found: int = 0

    @property
    def recall_plain(self) -> float:
        """Plain task sentences that were found to be tasks."""
        return self.plain_found / self.plain

    @property
    def precision(self) -> float:
        """Sentences reported as tasks that are tasks."""
        return self.tasks_found / self.reported

    @property
    def verdict_recall(self) -> float:
        """Tasks with the right verdict and, where one is named, the right item as the likeliest."""
        return self.right / self.classed

    @property
    def verdict_precision(self) -> float:
        """Verdicts that are right, of all that were given (to sentences that are no tasks, too)."""
        return self.right / self.claimed

    @property
    def mark_recall(self) -> float:
        """Forbidden wording that was marked."""
        return self.marks_right / self.marks_labelled

    @property
    def mark_precision(self) -> float:
        """Marks that are right."""
        return self.marks_right / self.marks_said

    def __str__(self) -> str:
        return (
            f"task sentences: plain recall {self.recall_plain:.3f} ({self.plain_found}/{self.plain}), "
            f"all {self.tasks_found}/{self.tasks}, precision {self.precision:.3f} ({self.tasks_found}/{self.reported}); "
            f"verdict and item: recall {self.verdict_recall:.3f} ({self.right}/{self.classed}), "
            f"precision {self.verdict_precision:.3f} ({self.right}/{self.claimed}); "
            f"marks: recall {self.mark_recall:.3f} ({self.marks_right}/{self.marks_labelled}), "
            f"precision {self.mark_precision:.3f} ({self.marks_right}/{self.marks_said}); "
            f"departments' duties seen: {self.shifts_found}/{self.shifts}"
        )


@cache
def measured(half: str) -> Figures:
    """Vet every sentence of a half, each as a paragraph with what stands before it, and count."""
    figures = Figures()
    for label in LABELS:
        if label["half"] == half:
            _count(label, figures)
    return figures


def _count(label: Mapping[str, Any], figures: Figures) -> None:
    lead = label.get("lead", "")
    own = [j for j in vetted(lead + label["text"]).judgements if j.start >= len(lead)]
    duties = [judgement for judgement in own if judgement.duty]
    figures.tasks += label["task"]
    figures.plain += label.get("plain", False)
    figures.reported += bool(duties)
    figures.tasks_found += label["task"] and bool(duties)
    figures.plain_found += label.get("plain", False) and bool(duties)
    right = any(_is_right(label, judgement) for judgement in duties)
    figures.classed += "class" in label
    figures.claimed += bool(duties) and ("class" in label or not label["task"])
    figures.right += "class" in label and right
    said = {mark.ban for judgement in own for mark in judgement.open_marks}
    meant = set(label.get("marks", ()))
    figures.marks_labelled += len(meant)
    figures.marks_said += len(said)
    figures.marks_right += len(said & meant)
    figures.shifts += label.get("department", False)
    figures.shifts_found += label.get("department", False) and any(j.shifts for j in duties)


def _is_right(label: Mapping[str, Any], judgement: vetting.Judgement) -> bool:
    if judgement.verdict != label.get("class"):
        return False
    if judgement.verdict == "unlisted":
        return True
    return judgement.matches[0].candidate.line.state.name in label["items"]


def test_labels_speak_of_items_in_force() -> None:
    """The labelled set is large enough, its halves are alike, and each item it names is on the sample lists."""
    lists, _ = binxian()
    kinds: dict[str, set[str]] = {}
    for version in lists.versions:
        for line in version.lines:
            group = "reclaimed" if line.kind == "reclaimed" else "listed"
            kinds.setdefault(group, set()).add(line.state.name)
    for label in LABELS:
        assert set(label.get("items", ())) <= kinds.get(label.get("class", ""), set()), label["text"]
        assert label["task"] or "class" not in label
    assert len(LABELS) == len({label["text"] for label in LABELS}) >= 90
    sizes = Counter(label["half"] for label in LABELS)
    assert abs(sizes["tune"] - sizes["final"]) <= 5
    assert set(sizes) == {"tune", "final"}


@pytest.mark.parametrize("half", ["tune", "final"])
def test_precision_and_recall(half: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On both halves: of plain task sentences 90 % are found; of tasks, verdicts and marks reported 80 % are right."""
    figures = measured(half)
    with capsys.disabled():
        print(f"\n  vet, half {half}: {figures}")
    assert figures.recall_plain >= 0.9
    assert figures.precision >= 0.8
    assert figures.verdict_recall >= 0.8
    assert figures.verdict_precision >= 0.8
    assert figures.mark_recall >= 0.8
    assert figures.mark_precision >= 0.8
