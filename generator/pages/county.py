"""A county's own pages: home, search, departments, changes, data, site map and prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from generator.model.addresses import (
    county_home,
    county_page,
    data_file,
    department_page,
    item_page,
    relative,
    township_home,
    township_page,
)
from generator.model.kinds import LIST_KINDS
from generator.model.lists import Change, ChangeType, RecordedFiling
from generator.model.places import Division, DivisionCode
from generator.model.shell import Prose
from generator.pages.dossier import Holding
from generator.pages.edition import Edition, Row
from generator.pages.frame import About, Link
from generator.pages.pictures import ChartRow, Part, bar, figures, kind_bar, kind_parts, named
from generator.pages.townships import LISTED_CHANGES, change_parts, renumbered

# As many as fit beside the filings on a desktop without becoming a second index.
TOP_DEPARTMENTS = 8
# Of each type, so that what was removed is not pushed out by what was added.
LATEST_CHANGES = 2
DATA_FORMATS = ("xlsx", "csv", "json")


@dataclass(kw_only=True, slots=True)
class _Shared:
    """The same change or duty in several townships."""

    name: Markup
    duty: Markup | str = ""
    note: Markup | str = ""
    townships: dict[DivisionCode, Markup] = field(default_factory=dict)


class CountyPages:
    """Writes the county's own pages in one edition."""

    def __init__(self, edition: Edition, prose: Mapping[str, Prose]) -> None:
        self.edition = edition
        self._prose = prose
        self._lines = {
            code: {version.kind: len(version.lines) for version in versions}
            for code, versions in edition.dossier.versions.items()
        }

    def write(self) -> None:
        """Write every page of the county that belongs to no township."""
        self._home()
        self._search()
        if self.edition.dossier.holdings:
            self._departments()
        for name, holdings in self.edition.dossier.holdings.items():
            self._department(name, holdings)
        self._changes()
        self._data()
        self._sitemap()
        for name in self._prose:
            self._prose_page(name)

    def _write(
        self, name: str, title: str, body: Markup, *, about: About | None = None, scripts: Sequence[str] = ()
    ) -> None:
        edition = self.edition
        edition.write(
            county_page(edition.lang, name),
            title=(title, edition.voice.place_plain(edition.county.division)),
            crumbs=(edition.home_link(),),
            here=title,
            body=body,
            about=about or edition.about(None, column=title),
            scripts=scripts,
        )

    def _home(self) -> None:
        edition, voice, dossier = self.edition, self.edition.voice, self.edition.dossier
        voice.missing = False
        path = county_home(edition.lang)
        county = edition.county.division
        filings = dossier.in_force()
        name = voice.place_plain(county)
        body = edition.render(
            "county.html",
            prefecture=voice.place(edition.county.prefecture),
            title=edition.name,
            original=county.name if voice.lang != "zh" and name != county.name else "",
            lead=edition.county_lead(),
            search=relative(path, county_page(edition.lang, "search")),
            units=voice.say(f"units.{edition.sort}"),
            units_lead=voice.say(
                "county.townships.lead", townships=edition.count_townships(len(self._lines))
            ),
            townships=self._townships(path),
            kinds=self._kinds(),
            filings=[
                edition.filed(recorded, covers=self._covers(recorded), page=path) for recorded in filings
            ],
            changes=self._latest(path),
            changes_href=relative(path, county_page(edition.lang, "changes")),
            departments=self._top(path),
            departments_href=relative(path, county_page(edition.lang, "departments")),
            contacts=[edition.card(contact) for contact in edition.county.contacts],
            guides=[
                Row(
                    href=relative(path, township_page(edition.lang, division.code, "report")),
                    name=voice.place(division),
                )
                for division in edition.county.townships
            ],
            how=relative(path, county_page(edition.lang, "how-to-read"))
            if "how-to-read" in self._prose
            else "",
        )
        about = edition.about(
            filings[0].filing if filings else None,
            column=voice.tongue.say("meta.column"),
            description=voice.tongue.say("meta.description", place=name),
        )
        title = voice.tongue.say("site.name", county=name)
        whole = edition.frame.untranslated() + body
        edition.frame.page(
            path, title=f"{title} - {voice.place_plain(edition.county.prefecture)}", body=whole, about=about
        )

    def _townships(self, path: str) -> list[ChartRow]:
        """Return a row per township with its composition, all on one scale."""
        edition, voice = self.edition, self.edition.voice
        whole = max((sum(lines.values()) for lines in self._lines.values()), default=0)
        rows = []
        for division in edition.county.townships:
            lines = self._lines[division.code]
            total = sum(lines.values())
            rows.append(
                ChartRow(
                    href=relative(path, township_home(edition.lang, division.code)),
                    name=voice.place(division),
                    total=voice.count("count.items", total) if total else "",
                    bar=kind_bar(voice, lines, whole),
                    figures=figures(kind_parts(voice, lines)) if total else voice.say("county.none"),
                )
            )
        return rows

    def _kinds(self) -> list[Mapping[str, object]]:
        """Return the kinds of list that the county has, with how many different items are on them."""
        found: list[Mapping[str, object]] = []
        for kind in LIST_KINDS:
            items = {
                line.item
                for versions in self.edition.dossier.versions.values()
                for version in versions
                if version.kind == kind
                for line in version.lines
            }
            if items:
                found.append({"kind": kind, "items": self.edition.voice.count("count.items", len(items))})
        return found

    def _covers(self, recorded: RecordedFiling) -> Markup:
        """Return the townships whose lists in force a filing states."""
        edition, voice = self.edition, self.edition.voice
        townships = [
            division
            for division in edition.county.townships
            if any(v.filing == recorded.filing.id for v in edition.dossier.versions[division.code])
        ]
        everywhere = edition.count_townships(len(townships))
        if len(townships) == len(edition.county.townships) > 1:
            return voice.say("department.everywhere", townships=everywhere)
        return voice.joined([voice.place(division) for division in townships])

    def _latest(self, path: str) -> list[Mapping[str, object]]:
        """Return the latest filing that changed anything: how much, and the first changes of each type."""
        edition, voice = self.edition, self.edition.voice
        for recorded in reversed(edition.dossier.filings.values()):
            groups = self._shared_changes(recorded, path)
            shown = [
                {"type": kind, "name": shared.name, "href": next(iter(shared.townships.values()))}
                for kind in LISTED_CHANGES
                for shared in groups.get(kind, [])[:LATEST_CHANGES]
            ]
            if shown:
                parts = change_parts(voice, {kind: len(found) for kind, found in groups.items()})
                whole = sum(part.number for part in parts)
                return [
                    {
                        "title": voice.filed(recorded.filing.title),
                        "since": edition.since(recorded.filing.id),
                        "changes": shown,
                        "bar": bar(parts, whole, named(voice, parts)),
                        "figures": figures(parts),
                    }
                ]
        return []

    def _top(self, path: str) -> list[Row]:
        edition = self.edition
        return [
            Row(
                href=relative(path, department_page(edition.lang, name)),
                name=edition.voice.filed(name),
                note=edition.voice.count("count.items", len({h.line.item for h in holdings})),
            )
            for name, holdings in self._by_items()[:TOP_DEPARTMENTS]
        ]

    def _by_items(self) -> list[tuple[str, list[Holding]]]:
        """Return departments, those with the most different items first."""
        holdings = self.edition.dossier.holdings.items()
        return sorted(holdings, key=lambda pair: (-len({h.line.item for h in pair[1]}), pair[0]))

    def _search(self) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = county_page(edition.lang, "search")
        body = edition.render(
            "search.html",
            lang=edition.lang,
            root="../" * path.count("/"),
            searchable=bool(edition.search),
            lead=voice.say(
                "find.lead",
                county=voice.place(edition.county.division),
                units=edition.units(),
            ),
            units=voice.say(f"units.{edition.sort}"),
            townships=self._townships(path),
        )
        self._write("search", voice.tongue.say("find.form"), body, scripts=edition.search)

    def _departments(self) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = county_page(edition.lang, "departments")
        found = [(name, holdings, _by_kind(holdings)) for name, holdings in self._by_items()]
        whole = max(sum(counts.values()) for _, _, counts in found)
        rows = []
        for name, holdings, counts in found:
            short, full = (
                [
                    Part(slug=kind, words=voice.say(f"department.{kind}{form}"), number=number)
                    for kind, number in counts.items()
                ]
                for form in (".short", "")
            )
            townships = len({h.township.code for h in holdings})
            rows.append(
                ChartRow(
                    href=relative(path, department_page(edition.lang, name)),
                    name=voice.filed(name),
                    total=voice.count("count.items", sum(counts.values())),
                    bar=bar(full, whole, named(voice, full)),
                    figures=figures(short),
                    note=voice.say("departments.some", townships=edition.count_townships(townships))
                    if townships < len(edition.county.townships)
                    else "",
                )
            )
        kinds = [kind for kind in LIST_KINDS if any(counts.get(kind) for _, _, counts in found)]
        body = edition.render("departments.html", kinds=kinds, rows=rows)
        self._write("departments", voice.tongue.say("departments.title"), body)

    def _department(self, name: str, holdings: list[Holding]) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = department_page(edition.lang, name)
        groups = []
        for kind in LIST_KINDS:
            found: dict[tuple[str, str, str | None], _Shared] = {}
            for holding in holdings:
                if holding.line.kind != kind:
                    continue
                line, duty = holding.line, holding.department.duty or holding.line.state.method
                shared = found.setdefault(
                    (line.item, line.state.name, duty),
                    _Shared(name=voice.filed(line.state.name), duty=voice.filed(duty) if duty else ""),
                )
                target = item_page(edition.lang, holding.township.code, line.item)
                shared.townships[holding.township.code] = Markup(relative(path, target))
            if found:
                label = voice.say("item.method" if kind == "reclaimed" else "department.duty")
                groups.append({"kind": kind, "label": label, "shared": self._views(list(found.values()))})
        shown = voice.plain(name)
        body = edition.render(
            "department.html",
            name=voice.filed(name),
            original=name if shown != name else "",
            lead=voice.say(
                "department.lead",
                townships=edition.count_townships(len({h.township.code for h in holdings})),
                items=voice.count("count.items", len({h.line.item for h in holdings})),
            ),
            groups=groups,
        )
        departments = Link(path=county_page(edition.lang, "departments"), words=voice.say("nav.departments"))
        edition.write(
            path,
            title=(shown, voice.place_plain(edition.county.division)),
            crumbs=(edition.home_link(), departments),
            here=voice.filed(name),
            body=body,
            about=edition.about(None, column=shown),
        )

    def _views(self, found: list[_Shared]) -> list[Mapping[str, object]]:
        """Return shared entries with links to their townships; the first link serves as the entry's own."""
        edition, voice = self.edition, self.edition.voice
        places, everywhere = edition.dossier.places, len(edition.county.townships)
        return [
            {
                "name": shared.name,
                "duty": shared.duty,
                "note": shared.note,
                "href": next(iter(shared.townships.values())),
                "places": voice.joined([voice.place(places[code]) for code in shared.townships]),
                "all": voice.say("department.everywhere", townships=edition.count_townships(everywhere))
                if len(shared.townships) == everywhere > 1
                else "",
                "townships": [
                    {"href": href, "name": voice.place(places[code])}
                    for code, href in shared.townships.items()
                ],
            }
            for shared in found
        ]

    def _shared_changes(self, recorded: RecordedFiling, path: str) -> dict[ChangeType, list[_Shared]]:
        """Return what a filing changed, by type, the same change in several townships once."""
        edition, voice = self.edition, self.edition.voice
        found: dict[tuple[str, str, str], tuple[Change, _Shared]] = {}
        for code, changed_lists in edition.dossier.changes.items():
            for changed in changed_lists:
                if changed.filing != recorded.filing.id:
                    continue
                for change in changed.changes:
                    key = (change.type, change.item, change.name)
                    if key not in found:
                        note = voice.say(f"kind.{changed.kind}")
                        found[key] = (change, _Shared(name=voice.filed(change.name), note=note))
                    target = item_page(edition.lang, code, change.item)
                    found[key][1].townships[code] = Markup(relative(path, target))
        groups: dict[ChangeType, list[_Shared]] = {}
        for change, shared in found.values():
            groups.setdefault(change.type, []).append(shared)
        return groups

    def _changes(self) -> None:
        edition, voice, dossier = self.edition, self.edition.voice, self.edition.dossier
        voice.missing = False
        path = county_page(edition.lang, "changes")
        entries = []
        for recorded in reversed(dossier.filings.values()):
            groups = self._shared_changes(recorded, path)
            if not groups:
                continue
            entries.append(
                {
                    "id": recorded.filing.id,
                    "title": voice.filed(recorded.filing.title),
                    "since": edition.since(recorded.filing.id),
                    "groups": [
                        {
                            "type": kind,
                            "items": voice.count("count.items", len(groups[kind])),
                            "shared": self._views(groups[kind]),
                        }
                        for kind in LISTED_CHANGES
                        if kind in groups
                    ],
                    "townships": self._changed_townships(recorded, path),
                }
            )
        filings = [edition.filed(r, covers=self._covers(r), files=()) for r in dossier.in_force()]
        body = edition.render("county_changes.html", entries=entries, filings=filings, units=edition.units())
        latest = next((r for r in reversed(dossier.filings.values())), None)
        title = voice.tongue.say("changes.title")
        about = edition.about(latest.filing if latest else None, article=title)
        self._write("changes", title, body, about=about)

    def _changed_townships(self, recorded: RecordedFiling, path: str) -> list[ChartRow]:
        """Return a row per township that a filing changed, all on one scale; mere numbers stand in words only."""
        edition, voice = self.edition, self.edition.voice
        counted: dict[DivisionCode, Counter[ChangeType]] = {}
        for code, changed_lists in edition.dossier.changes.items():
            types = Counter(
                change.type
                for changed in changed_lists
                if changed.filing == recorded.filing.id
                for change in changed.changes
            )
            if types:
                counted[code] = types
        whole = max((sum(types[kind] for kind in LISTED_CHANGES) for types in counted.values()), default=0)
        rows = []
        for code, types in counted.items():
            parts = change_parts(voice, types)
            rows.append(
                ChartRow(
                    href=relative(path, township_page(edition.lang, code, "changes")),
                    name=voice.place(edition.dossier.places[code]),
                    total="",
                    bar=bar(parts, whole, named(voice, parts)),
                    figures=figures(parts),
                    note=renumbered(voice, types["renumbered"]),
                )
            )
        return rows

    def _data(self) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = county_page(edition.lang, "data")
        county = edition.county.division
        counts = {
            division: sum(len(version.lines) for version in edition.dossier.versions[division.code])
            for division in edition.county.townships
        }
        rows = [
            self._download(division, count, path, voice.place(division), voice.place_plain(division))
            for division, count in counts.items()
            if count
        ]
        if rows:
            name = voice.place_plain(county)
            whole = voice.say("data.whole", county=voice.place(county))
            rows.insert(0, self._download(county, sum(counts.values()), path, whole, name))
        body = edition.render("data.html", rows=rows)
        self._write("data", voice.tongue.say("data.title"), body)

    def _download(
        self, division: Division, count: int, path: str, name: Markup, plain: str
    ) -> Mapping[str, object]:
        files = [
            {
                "href": relative(path, data_file(f"{division.code}.{suffix}")),
                "format": suffix.upper(),
                "label": self.edition.voice.tongue.say("data.file", place=plain, format=suffix.upper()),
            }
            for suffix in DATA_FORMATS
        ]
        return {"name": name, "count": count, "files": files}

    def _sitemap(self) -> None:
        edition, voice = self.edition, self.edition.voice
        voice.missing = False
        path = county_page(edition.lang, "sitemap")
        sections = [*edition.menu(None), *footer_links(edition, self._prose)]
        townships = []
        for division in edition.county.townships:
            pages = [
                Row(
                    href=relative(path, township_home(edition.lang, division.code)) + f"#{version.kind}",
                    name=voice.say(f"kind.{version.kind}"),
                )
                for version in edition.dossier.versions[division.code]
            ]
            for name, words in (("changes", "changes.title"), ("report", "nav.report")):
                href = relative(path, township_page(edition.lang, division.code, name))
                pages.append(Row(href=href, name=voice.say(words)))
            home = relative(path, township_home(edition.lang, division.code))
            townships.append({"name": voice.place(division), "href": home, "pages": pages})
        body = edition.render(
            "sitemap.html",
            units=voice.say(f"units.{edition.sort}"),
            sections=[Row(href=relative(path, s.path), name=Markup("{}").format(s.words)) for s in sections],
            townships=townships,
        )
        self._write("sitemap", voice.tongue.say("nav.sitemap"), body)

    def _prose_page(self, name: str) -> None:
        self.edition.voice.missing = False
        prose = self._prose[name]
        # Our own words, rendered by Material from the project's Markdown: the one markup that is not escaped.
        body = Markup('<article class="qd-prose">{}</article>').format(Markup(prose.html))
        self._write(name, prose.title, body)


def _by_kind(holdings: Sequence[Holding]) -> dict[str, int]:
    """Return how many different items a department stands on, by kind of list."""
    counts = {kind: len({h.line.item for h in holdings if h.line.kind == kind}) for kind in LIST_KINDS}
    return {kind: number for kind, number in counts.items() if number}


def footer_links(edition: Edition, prose: Mapping[str, Prose]) -> list[Link]:
    """Return the links of the footer: data, the hand-written pages, the site map."""
    voice = edition.voice
    links = [Link(path=county_page(edition.lang, "data"), words=voice.say("nav.data"))]
    for name, page in prose.items():
        if name != "404":
            links.append(Link(path=county_page(edition.lang, name), words=page.title))
    links.append(Link(path=county_page(edition.lang, "sitemap"), words=voice.say("nav.sitemap")))
    return links
