"""What to do when a task outside the list is assigned: one page per township, with a letter to print.

Static on purpose: nothing typed is stored or sent, and no anonymity is promised, since the county may well run the
portal, the office network and the camera over the kiosk. The county's own contact stands first; 12310 covers such
tasks by analogy only, and the page says so.
"""

from __future__ import annotations

from generator.model.addresses import county_page, relative, township_page
from generator.model.places import Division
from generator.pages.edition import Card, Edition

NATIONAL_LINES = ("12310", "12388", "12345")
"""机构编制, discipline inspection, and the general line, in the order to try them."""

HOW = ("document", "meeting", "phone", "message", "spoken", "pledge", "veto")
NOTES = ("who", "when", "how", "pressure", "what", "list")


def write_report(edition: Edition, division: Division) -> None:
    """Write the report page of one township."""
    voice, dossier = edition.voice, edition.dossier
    voice.missing = False
    path = township_page(edition.lang, division.code, "report")
    own = edition.self_name(division)
    versions = dossier.versions[division.code]
    filings = dossier.township_filings(division.code)
    pending = {version.filing for version in versions if version.pending}
    lists = [
        {
            "kind": version.kind,
            "href": f"index.html#{version.kind}",
            "items": voice.count("count.items", len(version.lines)),
        }
        for version in versions
    ]
    body = edition.render(
        "report.html",
        own=own,
        place=voice.place(division),
        lang=edition.lang,
        root="../" * path.count("/"),
        code=division.code,
        lists=lists,
        search=relative(path, county_page(edition.lang, "search")),
        notes=NOTES,
        how=HOW,
        cards=_county_cards(edition),
        lines=NATIONAL_LINES,
        addressee=[voice.own(c.office) for c in edition.county.contacts if c.role == "county"][:1],
        filings=[
            voice.say(
                f"report.letter.version.{'pending' if recorded.filing.id in pending else 'line'}",
                title=voice.filed(recorded.filing.title),
                date=voice.date(recorded.filing.effective),
            )
            for recorded in filings
        ],
        sample=dossier.sample,
    )
    place = voice.place_plain(division)
    edition.write(
        path,
        title=(voice.tongue.say("report.title"), place, voice.place_plain(edition.county.division)),
        crumbs=(edition.home_link(), edition.township_link(division)),
        here=voice.say("report.title"),
        body=body,
        about=edition.about(
            filings[0].filing if filings else None,
            column=voice.tongue.say("report.title"),
            description=voice.tongue.say("action.report.text"),
        ),
        township=division.code,
        scripts=edition.search if versions else (),
    )


def _county_cards(edition: Edition) -> list[Card]:
    """Return the county's own contacts, then its office for easing burdens; what is not known says so."""
    say = edition.voice.say
    cards: list[Card] = []
    for role in ("county", "relief"):
        purpose = say(f"report.tell.{role}")
        found = [edition.card(c, purpose) for c in edition.county.contacts if c.role == role]
        if not found:
            found = [Card(office=say(f"report.tell.{role}.none"), purpose="", phone="", tel="", facts=())]
        cards += found
    return cards
