"""One language of one county: what all its pages share, made once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import jinja2
from markupsafe import Markup

from generator.model.addresses import (
    category_page,
    county_home,
    county_page,
    department_page,
    relative,
    township_home,
    township_page,
)
from generator.model.confirmed import PUBLISHED
from generator.model.filings import Approval, Filing, Original, Stage
from generator.model.lists import Line, RecordedFiling, Version
from generator.model.places import Division, DivisionCode
from generator.model.settings import Contact, County
from generator.pages.dossier import Dossier
from generator.pages.frame import About, Frame, Link
from generator.pages.voice import Voice

STAGES: tuple[Stage, ...] = ("approval", "review", "record")

# A phone number that a browser can dial; anything else is shown as text only.
_DIALABLE = re.compile(r"[0-9][0-9 +()-]{2,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One link of a list: where to, its number as filed, its words, a note below."""

    href: str
    name: Markup
    number: str = ""
    note: Markup | str = ""
    marks: Sequence[Markup] = ()
    """What a reader is to know of it at once: 涉及一票否决."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledView:
    """A filing as a page shows it."""

    title: Markup
    effective: Markup
    covers: Markup | str
    stages: Sequence[tuple[Markup, Markup]]
    documents: Sequence[Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A contact as a page shows it."""

    office: Markup
    purpose: Markup | str
    phone: str
    tel: str
    facts: Sequence[tuple[Markup, Markup]]


class Edition:
    """What the pages of one county in one language are made with."""

    def __init__(
        self,
        *,
        county: County,
        dossier: Dossier,
        voice: Voice,
        templates: jinja2.Environment,
        search: Sequence[str],
        originals: Mapping[tuple[str, str], Original],
    ) -> None:
        self.county = county
        self.dossier = dossier
        self.voice = voice
        self.name = voice.say("site.name", county=voice.place(county.division))
        """The site's name, as the header shows it."""
        self.frame: Frame
        """Given right after making: the frame needs the edition's menu."""
        self.search = search
        """The search scripts, in the order to load them, as paths from the county's folder."""
        self.originals = originals
        """The documents offered for download, by filing and name; mostly none."""
        self._templates = templates
        self.lang = voice.lang
        self.sort = _sort(county.townships)
        """"subdistricts", "rural" or "townships" (both): a district without a township should not speak of them."""

    def template(self, name: str) -> jinja2.Template:
        """Return a template to be rendered many times."""
        return self._templates.get_template(name)

    def render(self, template: str, **values: object) -> Markup:
        """Render a template of the pages; `say` and `count` are there for all of them."""
        return Markup(self.template(template).render(say=self.voice.say, count=self.voice.count, **values))

    def write(
        self,
        path: str,
        *,
        title: Sequence[str],
        crumbs: Sequence[Link],
        here: str | Markup,
        body: Markup,
        about: About,
        township: DivisionCode | None = None,
        scripts: Sequence[str] = (),
    ) -> str:
        """Write a page: breadcrumb, the note on untranslated text where it applies, and the body; return it whole.

        `title` goes from the page to the county; `self.voice.missing` must have been reset before the body was made.
        """
        whole = self.frame.breadcrumb(path, crumbs, here) + self.frame.untranslated() + body
        return self.frame.page(
            path, title=" - ".join(title), body=whole, about=about, township=township, scripts=scripts
        )

    def county_lead(self) -> Markup:
        """Return the sentence that says what the county's site is."""
        return self.voice.say(
            "county.lead", county=self.voice.place(self.county.division), units=self.units()
        )

    def sentences(self) -> tuple[str, str]:
        """Return the site's name and the sentence that says what it is, as plain text."""
        name = self.voice.place_plain(self.county.division)
        say = self.voice.tongue.say
        return say("site.name", county=name), say(
            "county.lead", county=name, units=say(f"units.{self.sort}.within")
        )

    def units(self) -> Markup:
        """Return what the county's townships are called together, as it stands within a sentence."""
        return self.voice.say(f"units.{self.sort}.within")

    def count_townships(self, number: int) -> Markup:
        """Return "7 subdistricts", in the word that fits this county."""
        return self.voice.count(f"count.{self.sort}", number)

    def self_name(self, division: Division) -> Markup:
        """Return 本镇, 本街道 …: what a township's page calls its township."""
        return self.voice.say(f"self.{division.level}")

    def category(self, category: str | None) -> Markup:
        """Return a category's name; lines that were filed without one have a name of ours."""
        return self.voice.filed(category) if category else self.voice.say("category.none")

    def original(self, page: str, filing: str, file: str) -> dict[str, str]:
        """Return the link from `page` to a document as filed and its size; both empty where it is not offered."""
        offered = self.originals.get((filing, file))
        if offered is None:
            return {"href": "", "size": ""}
        return {"href": relative(page, offered.address), "size": show_size(offered.size)}

    def filed(
        self,
        recorded: RecordedFiling,
        *,
        covers: Markup | str = "",
        files: Collection[str] | None = None,
        page: str = "",
    ) -> FiledView:
        """Return a filing with its chain of approvals; a stage that was not filed says so.

        `files` narrows its documents to those named (None: all); `page` is where links to them stand.
        """
        filing = recorded.filing
        return FiledView(
            title=self.voice.filed(filing.title),
            effective=self.voice.date(filing.effective),
            covers=covers,
            stages=[(self.voice.say(f"stage.{stage}"), self.stage(filing.stage(stage))) for stage in STAGES],
            documents=[
                {"name": name, "sha256": digest, **self.original(page, filing.id, name)}
                for name, digest in sorted(recorded.sha256.items())
                if files is None or name in files
            ],
        )

    def marks(self, line: Line) -> list[Markup]:
        """Return the badges of what the county confirmed of a line, each once."""
        names = [PUBLISHED[confirmation.rule] for confirmation in self.dossier.confirmations(line)]
        return [self.voice.say(f"confirmed.{name}") for name in dict.fromkeys(names)]

    def since(self, filing: str) -> Markup:
        """Return since when a filing's lists are in force, or from when they are to be."""
        key = "township.planned" if filing in self.dossier.pending else "township.in_force_since"
        return self.voice.say(key, date=self.voice.date(self.dossier.filings[filing].filing.effective))

    def stage(self, approval: Approval | None) -> Markup:
        """Return one stage of approval: authority, document number, date; what was not filed is said to be so."""
        if approval is None:
            return self.voice.say("stage.none")
        number = (
            Markup('<span lang="zh-Hans-CN">{}</span>').format(approval.document_number)
            if approval.document_number
            else self.voice.say("stage.nonumber")
        )
        day = self.voice.date(approval.date) if approval.date else self.voice.say("stage.nodate")
        return Markup("{}<br>{} {}").format(self.voice.filed(approval.authority), number, day)

    def about(
        self, filing: Filing | None, *, column: str = "", description: str = "", article: str = ""
    ) -> About:
        """Return the metadata of a page that shows what `filing` states."""
        approval = filing.stage("approval") if filing else None
        host = self.county.host
        source = self.voice.plain(approval.authority) if approval else host.get(self.lang, host.get("zh", ""))
        return About(
            column=column,
            description=description,
            keywords=self.voice.tongue.say("meta.column") if column else "",
            article=article,
            published=filing.effective.isoformat() if filing and article else "",
            source=source if article else "",
        )

    def card(self, contact: Contact, purpose: Markup | str = "") -> Card:
        """Return a contact; hours and address only where they are known, and always when it was last verified."""
        say = self.voice.say
        facts = []
        if contact.hours:
            facts.append((say("contact.hours"), self.voice.own(contact.hours)))
        if contact.address:
            facts.append((say("contact.address"), self.voice.own(contact.address)))
        verified = self.voice.date(contact.verified) if contact.verified else say("contact.unverified")
        facts.append((say("contact.verified"), verified))
        # A sample's number must not be dialled by mistake.
        dialable = not self.dossier.sample and _DIALABLE.fullmatch(contact.phone)
        return Card(
            office=self.voice.own(contact.office),
            purpose=purpose,
            phone=contact.phone,
            tel=re.sub(r"[ ()]", "", contact.phone) if dialable else "",
            facts=facts,
        )

    def home_link(self) -> Link:
        """Return the link to the county's home page as a breadcrumb begins: by the county's name."""
        return Link(path=county_home(self.lang), words=self.voice.place(self.county.division))

    def township_link(self, division: Division) -> Link:
        """Return the link to a township's home page."""
        return Link(path=township_home(self.lang, division.code), words=self.voice.place(division))

    def menu(self, township: DivisionCode | None) -> list[Link]:
        """Return the menu; on pages of a township it leads to the township's report page too."""
        say = self.voice.say
        links = [
            Link(path=county_home(self.lang), words=say("nav.home")),
            Link(path=county_page(self.lang, "search"), words=say("nav.search")),
        ]
        if self.dossier.holdings:
            links.append(Link(path=county_page(self.lang, "departments"), words=say("nav.departments")))
        links.append(Link(path=county_page(self.lang, "changes"), words=say("nav.changes")))
        if township is not None:
            links.append(Link(path=township_page(self.lang, township, "report"), words=say("nav.report")))
        return links

    def file_of(self, path: str) -> str:
        """Return the last part of an address, for links between pages of one folder."""
        return path.rpartition("/")[2]

    def category_file(self, line: Line, township: DivisionCode) -> str:
        """Return the address of a line's category page, from another page of its township."""
        return self.file_of(category_page(self.lang, township, line.kind, line.state.category or ""))

    def department_file(self, name: str) -> str:
        """Return the address of a department's page, from another page of the same folder."""
        return self.file_of(department_page(self.lang, name))

    def by_category(self, version: Version) -> dict[str, list[Line]]:
        """Return a list's lines by category, both in the order filed; "" holds those without one."""
        found: dict[str, list[Line]] = {}
        for line in version.lines:
            found.setdefault(line.state.category or "", []).append(line)
        return found


def _sort(townships: Sequence[Division]) -> str:
    levels = {division.level for division in townships}
    if levels == {"subdistrict"}:
        return "subdistricts"
    return "rural" if levels <= {"town", "township"} else "townships"


def show_size(size: int) -> str:
    """Return a size in bytes as people read it: 12 KB, 1.4 MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1000))} KB"


def short_hash(digest: str) -> Markup:
    """Return the beginning of a SHA-256, with the whole of it behind a click."""
    return Markup(
        '<details><summary><code>{}…</code></summary><code class="qd-hash">{}</code></details>'
    ).format(digest[:12], digest)
