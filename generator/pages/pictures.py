"""Small pictures of figures: bars that show at a glance what a list is made of, with the same figures in words.

Inline SVG without script, style attribute or other file; shape and colour come from the stylesheet by class. The
figures always stand beside the bar as text, so that nothing hangs on seeing it or on its colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.model.kinds import LIST_KINDS
from generator.pages.voice import Voice

# A bar is drawn this many units wide and stretched to the room it has: fine enough for one item in a thousand.
WIDTH = 1000
HEIGHT = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a whole: its class in the stylesheet, what it is called, how many."""

    slug: str
    words: Markup
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartRow:
    """One row of a chart: where it leads, its name, its bar, its figures, a note."""

    href: str
    name: Markup
    total: Markup | str
    bar: Markup | str
    figures: Markup | str
    note: Markup | str = ""
    mark: Markup | str = ""
    lang: str = ""
    """`hreflang` of the page it leads to, where that is in another language."""


def bar(parts: Sequence[Part], whole: int, title: Markup) -> Markup:
    """Return a stacked bar of `parts` on a scale that ends at `whole`; nothing where there is nothing to draw.

    The edges are rounded, not the widths, so that neighbours meet and equal bars have equal bytes.
    """
    if whole <= 0 or not any(part.number for part in parts):
        return Markup("")
    drawn, before = [], 0
    for part in parts:
        left = round(WIDTH * before / whole)
        before += part.number
        right = round(WIDTH * before / whole)
        if right > left:
            drawn.append(
                f'<rect class="qd-bar--{part.slug}" x="{left}" width="{right - left}" height="{HEIGHT}"/>'
            )
    return Markup(
        '<svg class="qd-bar" role="img" viewBox="0 0 {} {}" preserveAspectRatio="none"><title>{}</title>{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("".join(drawn)))


def figures(parts: Sequence[Part]) -> Markup:
    """Return the figures in words, each with the colour that its part has in the bar."""
    return Markup(" ").join(
        Markup('<span class="qd-key qd-key--{}">{} {}</span>').format(part.slug, part.words, part.number)
        for part in parts
        if part.number
    )


def kind_parts(voice: Voice, lines: Mapping[str, int]) -> list[Part]:
    """Return a composition by kind of list, in the order of the kinds, those with any line."""
    return [
        Part(slug=kind, words=voice.say(f"kind.{kind}.short"), number=lines[kind])
        for kind in LIST_KINDS
        if lines.get(kind)
    ]


def kind_bar(voice: Voice, lines: Mapping[str, int], whole: int) -> Markup:
    """Return the picture of a composition by kind of list; its title says the figures with the kinds' full names."""
    parts = [
        Part(slug=kind, words=voice.say(f"kind.{kind}"), number=lines[kind])
        for kind in LIST_KINDS
        if lines.get(kind)
    ]
    return bar(parts, whole, named(voice, parts))


def named(voice: Voice, parts: Sequence[Part]) -> Markup:
    """Return a bar's title: its parts and their figures in a row."""
    return voice.joined([Markup("{} {}").format(part.words, part.number) for part in parts if part.number])
