"""The province's own pages, made from the small summaries of its counties."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from generator.model.addresses import county_home, county_page, guide_page
from generator.model.guide import Handbook
from generator.model.kinds import LIST_KINDS
from generator.model.settings import Site
from generator.model.shell import CountySummary, Shell
from generator.model.text import ZH, Tongue
from generator.pages.assets import bundle
from generator.pages.environment import environment
from generator.pages.feeds import SITEMAP, sitemap
from generator.pages.frame import About, Bundle, Frame, Link, Write
from generator.pages.guide import style_file, write_guide
from generator.pages.pictures import ChartRow, figures, kind_bar, kind_parts
from generator.pages.surround import band, footer, write_entry
from generator.pages.voice import OWN_NAMES, Voice, html_lang


def write_province(
    summaries: Sequence[CountySummary],
    tongues: Mapping[str, Tongue],
    shells: Mapping[str, Shell],
    templates: Path,
    site: Site,
    write: Write,
    *,
    preview: bool,
    handbooks: Mapping[str, Handbook],
) -> None:
    """Write the landing page, a page of counties per language, the hand-written pages, the guide and the assets."""
    written: list[str] = []

    def noted(path: str, body: bytes) -> None:
        written.append(path)
        write(path, body)

    languages = [lang for lang in tongues if lang in shells]
    env = environment(templates)
    assets, files = bundle(shells[languages[0]], templates)
    sample = any(summary.sample for summary in summaries)
    style, style_body = style_file(templates)
    guided = [lang for lang in languages if lang in handbooks]
    frames, sentences = {}, {}
    for lang in languages:
        voice = Voice(tongues[lang])
        links = _links(voice, shells[lang])
        guide = [Link(path=guide_page(lang), words=voice.say("guide.title"))] if lang in guided else []
        frames[lang] = _frame(
            voice, shells[lang], languages, site, env, assets, sample, preview, links, guide, noted
        )
        _home(frames[lang], voice, summaries, env, site, how="how-to-read" in shells[lang].prose)
        for name, prose in shells[lang].prose.items():
            _prose(frames[lang], voice, name, prose.title, prose.html, voice.place(site.province))
        if lang in guided:
            write_guide(frames[lang], env, handbooks[lang], guided, style, voice.place(site.province))
        place = voice.place_plain(site.province)
        sentences[lang] = (
            voice.tongue.say("site.province", province=place),
            voice.tongue.say("province.lead", province=place),
        )
    write_entry(frames, env, sentences)
    for path, body in {**files, style: style_body}.items() if guided else files.items():
        write(path, body)
    if site.base_url:
        write(SITEMAP, sitemap(site.base_url, [path for path in written if path.endswith(".html")]))


def _links(voice: Voice, shell: Shell) -> list[Link]:
    return [
        Link(path=county_page(voice.lang, name), words=prose.title)
        for name, prose in shell.prose.items()
        if name != "404"
    ]


def _frame(
    voice: Voice,
    shell: Shell,
    languages: Sequence[str],
    site: Site,
    env: jinja2.Environment,
    assets: Bundle,
    sample: bool,
    preview: bool,
    links: Sequence[Link],
    guide: Sequence[Link],
    write: Write,
) -> Frame:
    menu = [Link(path=county_home(voice.lang), words=voice.say("nav.home")), *links]
    return Frame(
        shell=shell,
        voice=voice,
        name=voice.say("site.province", province=voice.place(site.province)),
        languages=languages,
        bundle=assets,
        menu=lambda _township: menu,
        band=band(voice, sample=sample, preview=preview),
        footer=footer(env, voice, [*links, *guide], ()),
        sample=sample,
        hidden=sample or preview,
        site_meta={},
        base_url=site.base_url,
        feed=None,
        write=write,
    )


def _home(
    frame: Frame,
    voice: Voice,
    summaries: Sequence[CountySummary],
    env: jinja2.Environment,
    site: Site,
    *,
    how: bool,
) -> None:
    by_prefecture: dict[str, list[CountySummary]] = {}
    for summary in sorted(summaries, key=lambda summary: summary.code):
        # The first four digits of a county's code are its prefecture's.
        by_prefecture.setdefault(summary.code[:4], []).append(summary)
    whole = max((sum(summary.lines.values()) for summary in summaries), default=0)
    voice.missing = False
    body = env.get_template("province.html").render(
        say=voice.say,
        title=frame.name,
        lead=voice.say("province.lead", province=voice.place(site.province)),
        totals=_totals(voice, summaries) if len(summaries) > 1 else [],
        legend=[kind for kind in LIST_KINDS if any(summary.lines.get(kind) for summary in summaries)],
        how="how-to-read.html" if how else "",
        prefectures=[
            {
                "name": voice.named(group[0].prefecture, group[0].prefecture_english),
                "counties": [_row(voice, summary, whole) for summary in group],
            }
            for group in by_prefecture.values()
        ],
    )
    place = voice.place_plain(site.province)
    about = About(
        column=voice.tongue.say("meta.column"),
        description=voice.tongue.say("meta.description", place=place),
        keywords=voice.tongue.say("meta.column"),
    )
    title = voice.tongue.say("site.province", province=place)
    frame.page(county_home(voice.lang), title=title, body=frame.untranslated() + Markup(body), about=about)


def _totals(voice: Voice, summaries: Sequence[CountySummary]) -> list[tuple[int, Markup]]:
    """Return how many counties, townships and lines there are, each with its words."""
    return [
        (number, voice.say(f"province.total.{name}"))
        for name, number in (
            ("counties", len(summaries)),
            ("townships", sum(summary.townships for summary in summaries)),
            ("lines", sum(sum(summary.lines.values()) for summary in summaries)),
        )
    ]


def _row(voice: Voice, summary: CountySummary, whole: int) -> ChartRow:
    """Return a county's row; where it has no pages in this language its Chinese ones are linked, marked so."""
    lang = voice.lang if voice.lang in summary.languages else ZH
    total = sum(summary.lines.values())
    notes = [voice.count("count.townships", summary.townships)]
    if summary.latest:
        day = datetime.date.fromisoformat(summary.latest)
        notes.append(voice.say("province.latest", date=voice.date(day)))
    if lang != voice.lang:
        notes.append(Markup(OWN_NAMES[lang]))
    return ChartRow(
        href=f"../{summary.code}/{county_home(lang)}",
        lang=html_lang(lang) if lang != voice.lang else "",
        name=voice.named(summary.name, summary.english),
        mark=voice.say("province.marked") if summary.sample else "",
        total=voice.count("count.items", total) if total else "",
        bar=kind_bar(voice, summary.lines, whole),
        figures=figures(kind_parts(voice, summary.lines)) if total else voice.say("county.none"),
        note=Markup(" · ").join(notes),
    )


def _prose(frame: Frame, voice: Voice, name: str, title: str, html: str, home: Markup) -> None:
    path = county_page(voice.lang, name)
    crumbs = [Link(path=county_home(voice.lang), words=home)]
    body = frame.breadcrumb(path, crumbs, title) + Markup('<article class="qd-prose">{}</article>').format(
        Markup(html)
    )
    frame.page(path, title=title, body=body, about=About(column=title))
