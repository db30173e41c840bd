"""What machines read: the site map for search engines and the Atom feed of changes. Only with a base address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from generator.model.addresses import county_page
from generator.model.lists import RecordedFiling
from generator.pages.edition import Edition
from generator.pages.voice import html_lang

FEED = "changes.atom"
SITEMAP = "sitemap.xml"

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def sitemap(base: str, paths: Iterable[str]) -> bytes:
    """Return a sitemaps.org site map of these pages; `base` ends with a slash."""
    lines = [f"<url><loc>{escape(base + path)}</loc></url>" for path in paths]
    return (
        f'{_HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(lines)
        + "\n</urlset>\n"
    ).encode()


def feed(edition: Edition, base: str, path: str) -> bytes:
    """Return the Atom feed of a county's filings, latest first; every date is a filing's own (RFC 4287)."""
    voice, dossier = edition.voice, edition.dossier
    filings = list(reversed(dossier.filings.values()))
    title = voice.tongue.say("site.name", county=voice.place_plain(edition.county.division))
    entries = "".join(_entry(edition, base, recorded) for recorded in filings)
    host = edition.county.host
    author = host.get(edition.lang, host.get("zh", title))
    return (
        f"{_HEAD}<feed xmlns={quoteattr('http://www.w3.org/2005/Atom')} xml:lang={quoteattr(html_lang(edition.lang))}>\n"
        f"<id>{escape(base + path)}</id>\n<title>{escape(title)}</title>\n"
        f"<updated>{_moment(filings)}</updated>\n<author><name>{escape(author)}</name></author>\n"
        f'<link rel="self" href={quoteattr(base + path)}/>\n'
        f"<link href={quoteattr(base + county_page(edition.lang, 'changes'))}/>\n{entries}</feed>\n"
    ).encode()


def _entry(edition: Edition, base: str, recorded: RecordedFiling) -> str:
    voice, filing = edition.voice, recorded.filing
    types = [
        change.type
        for lists in edition.dossier.changes.values()
        for changed in lists
        if changed.filing == filing.id
        for change in changed.changes
    ]
    counts = [
        f"{voice.tongue.say(f'changes.{kind}')} {types.count(kind)}"
        for kind in ("added", "changed", "removed", "renumbered")
        if kind in types
    ]
    address = f"{base}{county_page(edition.lang, 'changes')}#{filing.id}"
    summary = voice.tongue.say("list.separator").join(counts)
    return (
        f"<entry><id>{escape(address)}</id><title>{escape(voice.plain(filing.title))}</title>"
        f"<updated>{_moment([recorded])}</updated><link href={quoteattr(address)}/>"
        f"<summary>{escape(summary or voice.plain(filing.title))}</summary></entry>\n"
    )


def _moment(filings: Sequence[RecordedFiling]) -> str:
    """Return the first moment, Beijing time, of the latest effective date."""
    latest = max((recorded.filing.effective for recorded in filings), default=None)
    # Atom demands a moment even of an empty feed; the year the format was published harms nobody.
    return f"{latest.isoformat()}T00:00:00+08:00" if latest else "2005-12-01T00:00:00+08:00"
