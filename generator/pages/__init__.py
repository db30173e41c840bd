"""Lists to HTML: every page of a county's site, and the province's.

A page is a body, rendered by the one Jinja2 environment with autoescape on, stamped into the shell that `chrome`
made once per language. Filed text reaches a page as text only. Pages link relatively, so that a county's folder works
in any sub-folder and from disk; nothing here reads the clock: the same lists give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from generator.model.filings import Original
from generator.model.guide import Handbook
from generator.model.lists import CountyLists
from generator.model.settings import County, Site
from generator.model.shell import CountySummary, Shell
from generator.model.text import ZH, Tongue
from generator.pages.assets import bundle, kiosk_face
from generator.pages.county import CountyPages, footer_links
from generator.pages.dossier import Dossier
from generator.pages.edition import Edition
from generator.pages.environment import environment, forget_templates, template_faults
from generator.pages.feeds import FEED, SITEMAP, feed, sitemap
from generator.pages.frame import Bundle, Frame
from generator.pages.province import write_province
from generator.pages.report import write_report
from generator.pages.surround import band, county_facts, footer, write_entry
from generator.pages.townships import TownshipPages
from generator.pages.voice import Voice

Write = Callable[[str, bytes], None]

__all__ = ["forget_templates", "render_county", "render_province"]


@template_faults()
def render_county(
    county: County,
    lists: CountyLists,
    tongues: Mapping[str, Tongue],
    shells: Mapping[str, Shell],
    search_assets: Mapping[str, tuple[str, ...]],
    templates: Path,
    site: Site,
    as_of: date,
    preview: bool,
    write: Write,
    originals: Mapping[tuple[str, str], Original] | None = None,
) -> CountySummary:
    """Write a county's pages in the languages that `search_assets` names, and return what the province shows of it.

    Languages can so be made by workers of their own; what no language owns (the way in, assets, site map) comes with
    the Chinese pages. `search_assets` holds the search scripts of each language in the order to load them, as names
    under `search/`; `write` takes a path from the county's folder and refuses a second write to it. `originals` are the
    documents offered for download, by filing and name; somebody else puts them at their addresses.
    """
    del as_of  # what is in force was decided by the register; nothing here may depend on today
    dossier = Dossier(county, lists)
    assets, files = bundle(shells[ZH], templates)
    base = f"{site.base_url}{county.division.code}/" if site.base_url else None
    written: list[str] = []

    def noted(path: str, body: bytes) -> None:
        written.append(path)
        write(path, body)

    editions = {
        lang: _edition(
            county,
            dossier,
            Voice(tongues[lang]),
            shells[lang],
            templates,
            assets,
            base,
            search=search_assets.get(lang, ()),
            originals=originals or {},
            preview=preview,
            write=noted,
        )
        for lang in county.languages
    }
    for lang, edition in editions.items():
        if lang in search_assets:
            _write_edition(edition, shells[lang], base, noted)
    if ZH in search_assets:
        sentences = {lang: edition.sentences() for lang, edition in editions.items()}
        write_entry(
            {lang: edition.frame for lang, edition in editions.items()}, environment(templates), sentences
        )
        spoken = {lang: tongues[lang] for lang in county.languages}
        for path, body in {**files, **kiosk_face(shells[ZH], templates, spoken)}.items():
            write(path, body)
        if base:
            write(SITEMAP, sitemap(base, _in_every_language(county, written)))
    return dossier.summary()


@template_faults()
def render_province(
    summaries: Sequence[CountySummary],
    tongues: Mapping[str, Tongue],
    shells: Mapping[str, Shell],
    templates: Path,
    site: Site,
    as_of: date,
    write: Write,
    preview: bool = False,
    handbooks: Mapping[str, Handbook] | None = None,
) -> None:
    """Write the province's pages: the way in, the counties by prefecture, the hand-written pages, the assets.

    `write` takes a path from the site's folder, in which each county's folder stands under its code. `handbooks` holds
    the clerks' guide by language; a language without one has no such pages, and no link to them.
    """
    del as_of  # as above
    write_province(
        summaries, tongues, shells, templates, site, write, preview=preview, handbooks=handbooks or {}
    )


def _edition(
    county: County,
    dossier: Dossier,
    voice: Voice,
    shell: Shell,
    templates: Path,
    assets: Bundle,
    base: str | None,
    *,
    search: Sequence[str],
    originals: Mapping[tuple[str, str], Original],
    preview: bool,
    write: Write,
) -> Edition:
    made = Edition(
        county=county,
        dossier=dossier,
        voice=voice,
        templates=environment(templates),
        search=[f"search/{name}" for name in search],
        originals=originals,
    )
    made.frame = Frame(
        shell=shell,
        voice=voice,
        name=made.name,
        languages=county.languages,
        bundle=assets,
        menu=made.menu,
        band=band(voice, sample=dossier.sample, preview=preview),
        footer=footer(
            environment(templates), voice, footer_links(made, shell.prose), county_facts(county, voice)
        ),
        sample=dossier.sample,
        hidden=dossier.sample or preview,
        site_meta={
            "SiteName": county.site_name or "",
            "SiteDomain": county.site_domain or "",
            "SiteIDCode": county.site_id_code or "",
        },
        base_url=base,
        feed=f"{voice.lang}/{FEED}" if base else None,
        write=write,
    )
    return made


def _write_edition(edition: Edition, shell: Shell, base: str | None, write: Write) -> None:
    CountyPages(edition, shell.prose).write()
    townships = TownshipPages(edition)
    for division in edition.county.townships:
        townships.write(division)
        write_report(edition, division)
    if base:
        path = f"{edition.lang}/{FEED}"
        write(path, feed(edition, base, path))


def _in_every_language(county: County, written: Sequence[str]) -> list[str]:
    """Return the pages of all languages: each language has the same ones as the Chinese."""
    pages = [path for path in written if path.endswith(".html")]
    chinese = [path.partition("/")[2] for path in pages if path.startswith(f"{ZH}/")]
    return ["index.html", *(f"{lang}/{rest}" for lang in county.languages for rest in chinese)]
