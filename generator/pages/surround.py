"""What stands around every page of a site: the band above it, the footer below it, the way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import jinja2
from markupsafe import Markup

from generator.model.addresses import county_home
from generator.model.settings import County
from generator.pages.frame import About, Frame, Link
from generator.pages.voice import OWN_NAMES, Voice, html_lang


def band(voice: Voice, *, sample: bool, preview: bool) -> Markup:
    """Return the band that says what is not to be taken for real or for final; nothing on a real site."""
    marks = [name for name, applies in (("sample", sample), ("preview", preview)) if applies]
    return Markup("").join(
        Markup('<div class="qd-band qd-band--{}" role="note"><p><strong>{}</strong> {}</p></div>').format(
            mark, voice.say(f"mark.{mark}"), voice.say(f"mark.{mark}.text")
        )
        for mark in marks
    )


def footer(
    templates: jinja2.Environment, voice: Voice, links: Sequence[Link], facts: Sequence[Markup]
) -> Callable[[str], Markup]:
    """Return the footer as a function of the way up to the site's root."""
    template = templates.get_template("footer.html")
    return lambda up: Markup(template.render(say=voice.say, up=up, links=links, facts=facts))


def county_facts(county: County, voice: Voice) -> list[Markup]:
    """Return the footer's facts in the order of the guideline (国办发〔2017〕47号): what is not known is left out."""
    say = voice.say
    facts = []
    if county.host:
        facts.append(say("foot.host", host=voice.own(county.host)))
    for contact in county.contacts:
        if contact.role == "county":
            facts.append(say("foot.contact", phone=contact.phone))
            break
    if county.site_id_code:
        facts.append(say("foot.site_id", code=county.site_id_code))
    facts += [
        Markup('<span lang="zh-Hans-CN">{}</span>').format(number)
        for number in (county.icp_number, county.police_number)
        if number
    ]
    return facts


def write_entry(
    frames: Mapping[str, Frame],
    templates: jinja2.Environment,
    sentences: Mapping[str, tuple[str, str]],
) -> None:
    """Write `index.html` at a site's root: a way into every language, in the frame of the first.

    `sentences` gives each language's title and one sentence about the site. No redirect: from disk, in a kiosk and
    without script the reader must be able to choose.
    """
    languages = list(sentences)
    first = frames[languages[0]]
    parts = [
        {
            "lang": html_lang(lang),
            "title": title,
            "lead": lead,
            "href": county_home(lang),
            "name": OWN_NAMES.get(lang, lang),
        }
        for lang, (title, lead) in sentences.items()
    ]
    body = templates.get_template("entry.html").render(parts=parts)
    first.page("index.html", title=sentences[languages[0]][0], body=body, about=About())
