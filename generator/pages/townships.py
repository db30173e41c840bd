"""A township's own pages: its lists, their categories and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from generator.model.addresses import (
    category_page,
    county_page,
    data_file,
    item_page,
    relative,
    township_home,
    township_page,
)
from generator.model.lists import Change, ChangeType, FieldChange, Line, Version, VersionChanges
from generator.model.places import Division
from generator.pages.differences import differences
from generator.pages.edition import Edition, Row
from generator.pages.items import ItemPages
from generator.pages.pictures import Part, bar, figures, kind_bar, named
from generator.pages.voice import Voice

CHANGE_ORDER: tuple[ChangeType, ...] = ("added", "changed", "removed", "renumbered")
# A changed number alone changes no duty: pictures leave those out, and the county counts them without listing them.
LISTED_CHANGES: tuple[ChangeType, ...] = ("added", "changed", "removed")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListView:
    """One list of a township as its home page shows it."""

    kind: str
    items: Markup
    since: Markup
    pending: bool
    categories: list[Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeView:
    """One changed line as a page shows it."""

    href: str
    name: Markup
    note: Markup | str
    fields: list[tuple[Markup, Markup]]
    moved: tuple[str, Markup] | None = None


class TownshipPages:
    """Writes the pages of townships in one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.items = ItemPages(edition)

    def write(self, division: Division) -> None:
        """Write every page of one township but its report page."""
        self._home(division)
        for version in self.edition.dossier.versions[division.code]:
            groups = self.edition.by_category(version)
            for category, lines in groups.items():
                self._category(division, version, category, lines, list(groups))
        self._changes(division)
        self.items.write_township(division)

    def category_rows(self, division: Division, version: Version, path: str) -> list[Row]:
        """Return the links to a list's categories from the page at `path`, each with its count."""
        edition = self.edition
        return [
            Row(
                href=relative(path, category_page(edition.lang, division.code, version.kind, category)),
                name=edition.category(category),
                note=edition.voice.count("count.items", len(lines)),
            )
            for category, lines in edition.by_category(version).items()
        ]

    def _home(self, division: Division) -> None:
        edition, voice, dossier = self.edition, self.edition.voice, self.edition.dossier
        voice.missing = False
        path = township_home(edition.lang, division.code)
        versions = dossier.versions[division.code]
        lists = [
            ListView(
                kind=version.kind,
                items=voice.count("count.items", len(version.lines)),
                since=edition.since(version.filing),
                pending=version.pending,
                categories=self.category_rows(division, version, path),
            )
            for version in versions
        ]
        lines = {version.kind: len(version.lines) for version in versions}
        filings = dossier.township_filings(division.code)
        files = {line.where.file for version in versions for line in version.lines}
        own, name = edition.self_name(division), voice.place_plain(division)
        covers = {
            recorded.filing.id: voice.joined(
                [voice.say(f"kind.{v.kind}") for v in versions if v.filing == recorded.filing.id]
            )
            for recorded in filings
        }
        body = edition.render(
            "township.html",
            name=voice.place(division),
            original=division.name if name != division.name else "",
            lead=voice.say(
                "township.lead",
                county=voice.place(edition.county.division),
                level=voice.say(f"level.{division.level}"),
                own=own,
            ),
            own=own,
            bar=kind_bar(voice, lines, sum(lines.values())),
            counts=[{"kind": kind, "number": number} for kind, number in lines.items() if number],
            lists=lists,
            filings=[edition.filed(r, covers=covers[r.filing.id], files=files, page=path) for r in filings],
            search=relative(path, county_page(edition.lang, "search")),
            code=division.code,
            data=relative(path, data_file(f"{division.code}.xlsx")) if versions else "",
        )
        county = voice.place_plain(edition.county.division)
        edition.write(
            path,
            title=(name, county),
            crumbs=(edition.home_link(),),
            here=voice.place(division),
            body=body,
            about=edition.about(
                filings[0].filing if filings else None,
                column=name,
                description=voice.tongue.say("meta.description", place=name),
            ),
            township=division.code,
        )

    def _category(
        self,
        division: Division,
        version: Version,
        category: str,
        lines: list[Line],
        all_categories: list[str],
    ) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = category_page(edition.lang, division.code, version.kind, category)
        shown = edition.category(category)
        others = [
            Row(
                href=edition.file_of(category_page(edition.lang, division.code, version.kind, other)),
                name=edition.category(other),
                note="page" if other == category else "",
            )
            for other in all_categories
        ]
        body = edition.render(
            "category.html",
            kind=version.kind,
            place=voice.place(division),
            category=shown,
            pending=version.pending,
            contains=voice.say(
                "category.contains",
                own=edition.self_name(division),
                items=voice.count("count.items", len(lines)),
            ),
            lines=[self._item_row(line) for line in lines],
            others=others if len(others) > 1 else [],
        )
        name = voice.plain(category) if category else voice.tongue.say("category.none")
        kind = voice.tongue.say(f"kind.{version.kind}")
        whole = voice.tongue.say("category.title", kind=kind, category=name)
        place = voice.place_plain(division)
        edition.write(
            path,
            title=(whole, place, voice.place_plain(edition.county.division)),
            crumbs=(edition.home_link(), edition.township_link(division)),
            here=shown,
            body=body,
            about=edition.about(
                None, column=whole, description=voice.tongue.say("meta.description", place=place)
            ),
            township=division.code,
        )

    def _item_row(self, line: Line) -> Row:
        """Return a line's link with the departments that lead or took it back."""
        voice = self.edition.voice
        names = [voice.filed(department.name) for department in line.state.departments or ()]
        return Row(
            href=f"{line.item}.html",
            name=voice.filed(line.state.name),
            number=line.number,
            note=voice.joined(names),
            marks=self.edition.marks(line),
        )

    def _changes(self, division: Division) -> None:
        edition, voice, dossier = self.edition, self.edition.voice, self.edition.dossier
        voice.missing = False
        path = township_page(edition.lang, division.code, "changes")
        by_filing: dict[str, list[VersionChanges]] = {}
        for changed in dossier.changes[division.code]:
            by_filing.setdefault(changed.filing, []).append(changed)
        latest_first = [id_ for id_ in reversed(dossier.filings) if id_ in by_filing]
        counts = {
            filing: Counter(change.type for changed in lists for change in changed.changes)
            for filing, lists in by_filing.items()
        }
        entries = [
            {
                "picture": change_picture(voice, counts[filing]),
                "renumbered": renumbered(voice, counts[filing]["renumbered"]),
                "title": voice.filed(dossier.filings[filing].filing.title),
                "since": edition.since(filing),
                "lists": [self._changed_list(division, changed) for changed in by_filing[filing]],
            }
            for filing in latest_first
        ]
        marked = any(change.type == "changed" for c in dossier.changes[division.code] for change in c.changes)
        body = edition.render(
            "changes.html",
            name=voice.place(division),
            entries=entries,
            marked=marked,
            filings=[edition.filed(r, files=()) for r in dossier.township_filings(division.code)],
        )
        say, place = voice.tongue.say, voice.place_plain(division)
        latest = dossier.filings[latest_first[0]].filing if latest_first else None
        edition.write(
            path,
            title=(say("changes.title"), place, voice.place_plain(edition.county.division)),
            crumbs=(edition.home_link(), edition.township_link(division)),
            here=voice.say("changes.title"),
            body=body,
            about=edition.about(latest, article=f"{place} {say('changes.title')}"),
            township=division.code,
        )

    def _changed_list(self, division: Division, changed: VersionChanges) -> Mapping[str, object]:
        voice = self.edition.voice
        groups = []
        for change_type in CHANGE_ORDER:
            views = [self._change(division, c) for c in changed.changes if c.type == change_type]
            if views:
                groups.append(
                    {"type": change_type, "items": voice.count("count.items", len(views)), "changes": views}
                )
        before = self.edition.dossier.filings.get(changed.before)
        return {
            "kind": changed.kind,
            "before": voice.say("changes.by", before=voice.filed(before.filing.title)) if before else "",
            "groups": groups,
        }

    def _change(self, division: Division, change: Change) -> ChangeView:
        edition, voice = self.edition, self.edition.voice
        note: Markup | str = ""
        if change.old_number and change.new_number and change.old_number != change.new_number:
            note = voice.say("changes.number", old=change.old_number, new=change.new_number)
        elif change.type in {"added", "removed"}:
            note = voice.say("item.nth", number=change.new_number or change.old_number)
        moved = None
        if change.moved_to is not None and self._has_page(division, change.moved_to):
            kind = change.moved_to.partition("-")[0]
            moved = (f"{change.moved_to}.html", voice.say(f"kind.{kind}"))
        return ChangeView(
            href=edition.file_of(item_page(edition.lang, division.code, change.item)),
            name=voice.filed(change.name),
            note=note,
            fields=[(voice.say(f"field.{field.field}"), marked(edition, field)) for field in change.fields],
            moved=moved,
        )

    def _has_page(self, division: Division, item: str) -> bool:
        dossier = self.edition.dossier
        return item in dossier.removed[division.code] or any(
            line.item == item for version in dossier.versions[division.code] for line in version.lines
        )


def change_parts(voice: Voice, types: Mapping[ChangeType, int]) -> list[Part]:
    """Return what a filing changed as the parts of a picture: what was added, reworded and removed."""
    return [
        Part(slug=kind, words=voice.say(f"changes.{kind}"), number=types[kind])
        for kind in LISTED_CHANGES
        if types.get(kind)
    ]


def change_picture(voice: Voice, types: Mapping[ChangeType, int]) -> Markup:
    """Return a bar of what one filing changed, with its figures below."""
    parts = change_parts(voice, types)
    whole = sum(part.number for part in parts)
    return bar(parts, whole, named(voice, parts)) + figures(parts)


def renumbered(voice: Voice, number: int) -> Markup | str:
    """Return how many lines have another number and say the same, if any."""
    return voice.say("changes.renumbered.count", items=voice.count("count.items", number)) if number else ""


def marked(edition: Edition, change: FieldChange) -> Markup:
    """Return a changed field with its new words inserted and its old ones deleted.

    Both sides are shown in the page's language where both are translated, otherwise both in Chinese: a comparison of
    two languages would mark everything.
    """
    voice = edition.voice
    old, new = (_translation(voice, change.field, text) for text in (change.old, change.new))
    translated = old is not None and new is not None
    was, now = (old, new) if old is not None and new is not None else (change.old, change.new)
    pieces = Markup("").join(_piece(edition, mark, text) for mark, text in differences(was, now))
    if translated:
        return pieces
    voice.missing = True
    return Markup('<span lang="zh-Hans-CN">{}</span>').format(pieces)


def _translation(voice: Voice, field: str, text: str) -> str | None:
    """Return a changed field in the voice's language, or None where any part of it is not translated.

    The register writes departments one a line, and the duties of several as `name：duty`, a duty perhaps over
    several lines.
    """
    whole = _word(voice, text)
    if whole is not None:
        return whole
    if field == "departments":
        parts = [_word(voice, name) for name in text.split("\n")]
    elif field == "department_duty":
        parts = [_duty(voice, stated) for stated in _stated(voice, text)]
    else:
        return None
    known = [part for part in parts if part is not None]
    return "\n".join(known) if len(known) == len(parts) else None


def _word(voice: Voice, text: str) -> str | None:
    wording = voice.tongue.of(text)
    return wording.text if wording.lang == voice.lang else None


def _stated(voice: Voice, text: str) -> list[str]:
    """Return the `name：duty` parts: one begins at each line that begins with a name known to the translations."""
    parts: list[str] = []
    for line in text.split("\n"):
        name, colon, _ = line.partition("：")
        if not parts or (colon and _word(voice, name) is not None):
            parts.append(line)
        else:
            parts[-1] += f"\n{line}"
    return parts


def _duty(voice: Voice, stated: str) -> str | None:
    name, colon, duty = stated.partition("：")
    translated = (_word(voice, name), _word(voice, duty)) if colon else (None, None)
    return None if None in translated else f"{translated[0]}: {translated[1]}"


def _piece(edition: Edition, mark: str, text: str) -> Markup:
    if mark == "same":
        return escape(text)
    # Screen readers seldom announce <ins> and <del>; sight gets the underline, hearing gets a word.
    return Markup('<{0}><span class="qd-hidden">{1}</span>{2}</{0}>').format(
        Markup(mark), edition.voice.say(f"changes.{mark}"), text
    )
