"""One document through: sentence by sentence, who is meant, which item it may be, and which words are forbidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generator.model.documents import Where
from generator.model.lists import CountyLists
from generator.model.places import DivisionCode
from generator.model.prose import Passage, Prose
from generator.model.settings import County
from generator.vetting.duties import Duty, Townships, find_duty, topic_of
from generator.vetting.matching import LIKELY, Match, Matcher, candidates
from generator.vetting.sentences import Sentence, is_heading, sentences
from generator.vetting.words import Mark, marks

Verdict = Literal["listed", "reclaimed", "unlisted"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What there is to say of one sentence: a task on townships, forbidden wording, or both."""

    passage: int
    where: Where
    start: int
    end: int
    text: str
    duty: Duty | None
    """None where the sentence is only here for its wording."""
    verdict: Verdict | None
    """None where there is no duty."""
    matches: tuple[Match, ...]
    """The items it may be about, likeliest first; none for `unlisted`."""
    nearest: Match | None
    """For `unlisted`: the item that came nearest, though not near enough."""
    absent: tuple[str, ...]
    """Townships that the sentence names and whose list has not the likeliest item."""
    marks: tuple[Mark, ...]

    @property
    def open_marks(self) -> tuple[Mark, ...]:
        """The forbidden wording without a central or provincial basis beside it."""
        return tuple(mark for mark in self.marks if mark.basis is None)

    @property
    def shifts(self) -> bool:
        """Whether it seems to ask townships for what the list gives to a department."""
        return bool(self.matches) and self.matches[0].closer_to is not None

    @property
    def to_look_at(self) -> bool:
        """Whether a person should look: not found on a list, reclaimed, another's part, or forbidden wording."""
        return (
            self.verdict in ("reclaimed", "unlisted")
            or self.shifts
            or bool(self.absent)
            or bool(self.open_marks)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Vetted:
    """A document held against a county's lists in force."""

    prose: Prose
    county: County
    lists: CountyLists
    judgements: tuple[Judgement, ...]
    """In reading order."""

    def count(self, verdict: Verdict) -> int:
        """Return how many sentences have this verdict."""
        return sum(judgement.verdict == verdict for judgement in self.judgements)

    @property
    def to_look_at(self) -> bool:
        """Whether any sentence needs a person."""
        return any(judgement.to_look_at for judgement in self.judgements)


def vet(prose: Prose, lists: CountyLists, county: County) -> Vetted:
    """Hold every sentence of a document against all lists in force in the county."""
    townships = Townships(division.name for division in county.townships)
    matcher = Matcher(candidates(lists))
    addressed = any(_is_salutation(passage, townships) for passage in prose.passages)
    judgements: list[Judgement] = []
    heading: str | None = None
    for passage in prose.passages:
        if passage.place != "cell" and is_heading(passage.text):
            heading = topic_of(passage.text.strip().rstrip("：:"), townships) or None
            if passage.text.rstrip().endswith(("：", ":")):
                continue
        before = heading if passage.place != "cell" else None
        for sentence in sentences(passage.text):
            duty = find_duty(
                sentence.text, townships, beside=passage.beside, before=before, addressed=addressed
            )
            judged = _judge(passage, sentence, duty, townships, matcher, county)
            if judged.duty or judged.marks:
                judgements.append(judged)
            topic = topic_of(sentence.text, townships)
            before = before if topic is None else topic or None
    return Vetted(prose=prose, county=county, lists=lists, judgements=tuple(judgements))


def _is_salutation(passage: Passage, townships: Townships) -> bool:
    """各乡镇人民政府，县直各有关部门： names whom the document is for."""
    text = passage.text.strip()
    return (
        text.endswith(("：", ":"))
        and len(text) <= 60
        and bool(townships.named_in(text[:20]))
        and "要" not in text
    )


def _judge(
    passage: Passage,
    sentence: Sentence,
    duty: Duty | None,
    townships: Townships,
    matcher: Matcher,
    county: County,
) -> Judgement:
    near = matcher.best(sentence.text) if duty else ()
    likely = tuple(match for match in near if match.score >= LIKELY)
    verdict: Verdict | None = None
    if duty:
        verdict = "unlisted"
        if likely:
            verdict = "reclaimed" if likely[0].candidate.line.kind == "reclaimed" else "listed"
    on_townships = duty is not None or townships.named_in(sentence.text) is not None
    return Judgement(
        passage=passage.number,
        where=passage.where,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        duty=duty,
        verdict=verdict,
        matches=likely,
        nearest=near[0] if near and not likely else None,
        absent=_absent(duty, likely[0].candidate.townships, county) if duty and verdict == "listed" else (),
        marks=marks(sentence.text, on_townships=on_townships),
    )


def _absent(duty: Duty, having: Sequence[DivisionCode], county: County) -> tuple[str, ...]:
    """Townships named as those who must do it, without the item on their list."""
    return tuple(
        division.name
        for division in county.townships
        if division.name in duty.who and division.code not in having
    )
