"""The page of one item in one township: tens of thousands of them, so whatever they share is made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from generator.model.addresses import item_page
from generator.model.confirmed import PUBLISHED
from generator.model.findings import Department
from generator.model.kinds import LIST_KINDS
from generator.model.lists import Line, RecordedFiling, Version
from generator.model.places import Division, DivisionCode
from generator.pages.dossier import Removed
from generator.pages.edition import Edition, Row, short_hash
from generator.pages.frame import About, Link
from generator.pages.proof import Proof

# What every item page says in the same words: looked up once a language, not once a page.
LABELS = (
    "action.print",
    "action.report",
    "item.category",
    "item.facts",
    "item.history",
    "item.leads",
    "item.number",
    "item.removed",
    "item.removed.moved",
    "item.since",
    "item.source_language",
    "mark.pending",
    "nav.next",
    "nav.previous",
    "nav.prevnext",
    "source.document",
    "source.hash",
    "source.title",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shared:
    """A made part of a page, and whether it shows untranslated text."""

    markup: Markup
    missing: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    """The way to the pages of one category of one township's list."""

    crumbs: tuple[Link, ...]
    place: Markup
    category: Markup | str
    category_href: str
    missing: bool


class ItemPages:
    """Writes the item pages of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._template = edition.template("item.html")
        self._labels = {key.replace(".", "_"): edition.voice.say(key) for key in LABELS}
        # States are kept alive by the lists, so their identity is theirs for the run; comparing them by value would
        # cost more than the page.
        self._cores: dict[tuple[int, str], _Shared] = {}
        self._led_by: dict[tuple[int, str], _Shared] = {}
        self._filings: dict[str, _Shared] = {}
        self._abouts: dict[str, About] = {}
        self._sinces: dict[str, Markup] = {}
        self._ways: dict[tuple[DivisionCode, str, str | None, bool], _Way] = {}
        self._hashes: dict[tuple[str, str], Markup] = {}
        self._proof = Proof(edition.voice)

    def write_township(self, division: Division) -> None:
        """Write the pages of every line in force of a township, and of those removed from its lists."""
        for version in self.edition.dossier.versions[division.code]:
            rows = [self.row(line) for line in version.lines]
            for place, line in enumerate(version.lines):
                before = rows[place - 1] if place else None
                after = rows[place + 1] if place + 1 < len(rows) else None
                self._write(division, line, version=version, before=before, after=after)
        for removed in self.edition.dossier.removed[division.code].values():
            self._write(division, removed.line, removed=removed)

    def row(self, line: Line) -> Row:
        """Return the link to a line's page from a page of the same township."""
        return Row(
            href=f"{line.item}.html", name=self.edition.voice.filed(line.state.name), number=line.number
        )

    def _write(
        self,
        division: Division,
        line: Line,
        *,
        version: Version | None = None,
        before: Row | None = None,
        after: Row | None = None,
        removed: Removed | None = None,
    ) -> None:
        edition, voice, state = self.edition, self.edition.voice, line.state
        voice.missing = False
        recorded = edition.dossier.filings[line.filing]
        path = item_page(voice.lang, division.code, line.item)
        name = voice.filed(state.name)
        shown_in = voice.plain(state.name)
        nth = voice.say("item.nth", number=line.number)
        way = self._way(division, line, removed=removed is not None)
        voice.missing = voice.missing or way.missing
        values = {
            **self._labels,
            "kind": line.kind,
            "kind_name": voice.say(f"kind.{line.kind}"),
            "means": voice.say(f"kind.{line.kind}.means"),
            "nth": nth,
            "place": way.place,
            "pending": version is not None and version.pending,
            "name": name,
            "original": state.name if shown_in != state.name else "",
            "removed": self._removed(removed),
            "marks": edition.marks(line),
            "confirmed": self._confirmed(line),
            "core": self._shared(self._cores, division, line, self._core),
            "history": self._history(division, line),
            "number": line.number,
            "category": way.category,
            "category_href": way.category_href,
            "leads": self._shared(self._led_by, division, line, self._who_leads),
            "since": self._since(line.since),
            "source": {
                "file": line.where.file,
                "sheet": line.where.sheet,
                "cell": line.where.cell,
                "hash": self._hash(recorded, line.where.file),
                **edition.original(path, line.filing, line.where.file),
            },
            "filing": self._filing(recorded),
            "before": before,
            "after": after,
        }
        body = Markup(self._template.render(values))
        title = (shown_in, voice.place_plain(division), voice.place_plain(edition.county.division))
        page = edition.write(
            path,
            title=title,
            crumbs=way.crumbs,
            here=nth,
            body=body,
            about=self._about(recorded, shown_in),
            township=division.code,
        )
        self._proof.hold(path, line, page)

    def _way(self, division: Division, line: Line, *, removed: bool) -> _Way:
        """Return the way to a line's page; a removed line has no category page to come from."""
        edition, voice, named = self.edition, self.edition.voice, line.state.category
        key = (division.code, line.kind, named, removed)
        found = self._ways.get(key)
        if found is None:
            before, voice.missing = voice.missing, False
            crumbs = [edition.home_link(), edition.township_link(division)]
            category, href = edition.category(named), ""
            if not removed:
                href = edition.category_file(line, division.code)
                crumbs.append(Link(path=f"{voice.lang}/{division.code}/{href}", words=category))
            found = self._ways[key] = _Way(
                crumbs=tuple(crumbs),
                place=voice.place(division),
                category=category if named else "",
                category_href=href,
                missing=voice.missing,
            )
            voice.missing = before
        return found

    def _shared(
        self,
        made: dict[tuple[int, str], _Shared],
        division: Division,
        line: Line,
        make: Callable[[Division, Line], Markup],
    ) -> Markup:
        """Return a part that is the same wherever townships of one level file the same words."""
        voice = self.edition.voice
        key = (id(line.state), division.level)
        found = made.get(key)
        if found is None:
            before, voice.missing = voice.missing, False
            markup = make(division, line)
            found = made[key] = _Shared(markup=markup, missing=voice.missing)
            voice.missing = before
        voice.missing = voice.missing or found.missing
        return found.markup

    def _core(self, division: Division, line: Line) -> Markup:
        voice, state = self.edition.voice, line.state
        say, own = voice.say, self.edition.self_name(division)
        department = {
            "supporting": "item.departments.lead",
            "reclaimed": "item.receives",
            "delegated": "item.delegates",
            "territorial": "item.departments.lead",
        }
        township = "item.township_duty.support" if line.kind == "supporting" else "item.township_duty"
        return self.edition.render(
            "item_core.html",
            pairs=self._duties(
                state.departments or (), undivided=LIST_KINDS[line.kind].has("department_duty")
            ),
            department_label=say(department.get(line.kind, "item.departments")),
            township_duty=voice.filed(state.township_duty) if state.township_duty else "",
            township_label=say(township, own=own),
            method=voice.filed(state.method) if state.method else "",
            basis=voice.filed(state.basis) if state.basis else "",
            more=[(say(f"field.{meaning}"), voice.filed(text)) for meaning, text in state.more],
        )

    def _duties(
        self, departments: Sequence[Department], *, undivided: bool
    ) -> list[tuple[Markup, Markup | str]]:
        """Return departments with their duty; neighbours with the very same duty share it."""
        voice = self.edition.voice
        pairs: list[tuple[Markup, Markup | str]] = []
        for duty, together in groupby(departments, key=lambda department: department.duty):
            names = voice.joined([self._department(department.name) for department in together])
            if duty:
                pairs.append((names, voice.filed(duty)))
            else:
                pairs.append((names, voice.say("item.undivided") if undivided else ""))
        return pairs

    def _department(self, name: str) -> Markup:
        """Return a department with the link to its page, which only departments of lists in force have."""
        shown = self.edition.voice.filed(name)
        if name not in self.edition.dossier.holdings:
            return shown
        return Markup('<a href="../{}">{}</a>').format(self.edition.department_file(name), shown)

    def _who_leads(self, division: Division, line: Line) -> Markup:
        voice, own = self.edition.voice, self.edition.self_name(division)
        names = voice.joined([voice.filed(department.name) for department in line.state.departments or ()])
        if line.kind == "delegated":
            return voice.say(f"item.leads.{_delegation(line)}", own=own)
        if line.kind in ("powers", "services"):
            return voice.say(f"item.leads.{line.kind}", own=own)
        if line.kind == "reclaimed":
            key = "item.leads.reclaimed" if names else "item.leads.cancelled"
        elif LIST_KINDS[line.kind].leads == "township":
            key = "item.leads.township"
        elif LIST_KINDS[line.kind].leads == "department":
            key = "item.leads.department"
        else:
            key = "item.leads.shared" if names else "item.leads.alone"
        how = voice.say(key, own=own)
        return Markup("<strong>{}</strong><br>{}").format(names, how) if names else how

    def _since(self, filing: str) -> Markup:
        known = self._sinces.get(filing)
        if known is None:
            known = self._sinces[filing] = self.edition.since(filing)
        return known

    def _filing(self, recorded: RecordedFiling) -> Markup:
        voice = self.edition.voice
        found = self._filings.get(recorded.filing.id)
        if found is None:
            before, voice.missing = voice.missing, False
            markup = self.edition.render("item_filing.html", filed=self.edition.filed(recorded, files=()))
            found = self._filings[recorded.filing.id] = _Shared(markup=markup, missing=voice.missing)
            voice.missing = before
        voice.missing = voice.missing or found.missing
        return found.markup

    def _history(self, division: Division, line: Line) -> list[tuple[Markup, Markup]]:
        voice = self.edition.voice
        entries = []
        for event in reversed(self.edition.dossier.history(division.code, line)):
            what = voice.say(
                f"item.history.{event.change.type if event.change else 'first'}", number=event.number
            )
            if event.change and event.change.type == "changed":
                what = Markup('<a href="changes.html">{}</a>').format(what)
            entries.append((voice.date(event.filing.filing.effective), what))
        return entries

    def _removed(self, removed: Removed | None) -> dict[str, Markup | str] | None:
        if removed is None:
            return None
        edition, voice = self.edition, self.edition.voice
        filing = edition.dossier.filings[removed.filing].filing
        text = voice.say(
            "item.removed.text", date=voice.date(filing.effective), filing=voice.filed(filing.title)
        )
        if removed.moved_to is None:
            return {"text": text, "href": "", "name": ""}
        kind = removed.moved_to.partition("-")[0]
        return {"text": text, "href": f"{removed.moved_to}.html", "name": voice.say(f"kind.{kind}")}

    def _confirmed(self, line: Line) -> list[dict[str, Markup]]:
        """Return what the county answered for, with its basis; who signed for it stays in the register."""
        voice = self.edition.voice
        return [
            {
                "text": voice.say(f"confirmed.{PUBLISHED[confirmation.rule]}.text"),
                "reason": voice.filed(confirmation.reason),
                "date": voice.say("confirmed.date", date=voice.date_plain(confirmation.date)),
            }
            for confirmation in self.edition.dossier.confirmations(line)
        ]

    def _hash(self, recorded: RecordedFiling, file: str) -> Markup:
        key = (recorded.filing.id, file)
        if key not in self._hashes:
            self._hashes[key] = short_hash(recorded.sha256[file])
        return self._hashes[key]

    def _about(self, recorded: RecordedFiling, name: str) -> About:
        kept = self._abouts.get(recorded.filing.id)
        if kept is None:
            kept = self._abouts[recorded.filing.id] = self.edition.about(recorded.filing, article="-")
        return replace(kept, article=name)


def _delegation(line: Line) -> str:
    """Return how a power was handed on, as far as the list says: 委托 is done in the department's name, 下放 is not."""
    how = dict(line.state.more).get("delegation", "")
    said = [key for word, key in (("下放", "transferred"), ("委托", "entrusted")) if word in how]
    return said[0] if len(said) == 1 else "delegated"
