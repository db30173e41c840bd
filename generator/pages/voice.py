"""How one page language says things: interface strings, filed text, places and dates, ready for a template.

Filed text without a translation is shown in Chinese inside an element that says so (`lang`), and the voice remembers
that it happened, so that the page can tell its reader.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from string import Formatter

from markupsafe import Markup, escape

from generator.model.places import Division
from generator.model.text import ZH, Tongue

# BCP 47: `zh` in our addresses means Simplified Chinese as written in China.
HTML_LANG: Mapping[str, str] = {"zh": "zh-Hans-CN"}
OWN_NAMES: Mapping[str, str] = {"zh": "中文", "en": "English", "ko": "한국어"}
"""What speakers call their language; another language shows its code until somebody adds its name."""


def html_lang(lang: str) -> str:
    """Return the `lang` attribute for one of our language codes."""
    return HTML_LANG.get(lang, lang)


class Voice:
    """One language of one county. Caches by text: the same few thousand texts stand on tens of thousands of pages."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue
        self.lang = tongue.lang
        self.missing = False
        """Whether filed text without a translation was shown since somebody set this to False."""
        self._said: dict[str, Markup] = {}
        self._cut: dict[str, list[tuple[str, str | None]]] = {}
        self._filed: dict[str, tuple[Markup, bool]] = {}
        self._dates: dict[datetime.date, Markup] = {}

    def say(self, key: str, **slots: object) -> Markup:
        """Return an interface string; slots are escaped unless they are markup already."""
        if slots:
            return self._filled(key, slots)
        sentence = self._said.get(key)
        if sentence is None:
            sentence = self._said[key] = escape(self.tongue.say(key))
        return sentence

    def _filled(self, key: str, slots: Mapping[str, object]) -> Markup:
        """A sentence cut once at its slots is put together fifteen times as fast as `Markup.format` reads it anew."""
        cut = self._cut.get(key)
        if cut is None:
            parsed = Formatter().parse(self.tongue.strings[key])
            cut = self._cut[key] = [(str(escape(literal)), name) for literal, name, _, _ in parsed]
        return Markup(
            "".join([text if name is None else f"{text}{escape(slots[name])}" for text, name in cut])
        )

    def count(self, key: str, number: int) -> Markup:
        """Return "3 items", in the singular where the language has one: the key `<key>.one` serves a single one."""
        return self.say(f"{key}.one" if number == 1 else key, n=number)

    def filed(self, text: str) -> Markup:
        """Return filed text in this language, or in Chinese and marked as such."""
        known = self._filed.get(text)
        if known is None:
            wording = self.tongue.of(text)
            missing = wording.lang != self.lang
            shown = _chinese(wording.text) if missing else escape(wording.text)
            known = self._filed[text] = (shown, missing)
        if known[1]:
            self.missing = True
        return known[0]

    def plain(self, text: str) -> str:
        """Return filed text for a title or an attribute, which cannot carry marks; not yet escaped."""
        return self.tongue.of(text).text

    def place(self, division: Division) -> Markup:
        """Return a division's name in this language, or its Chinese name marked as such."""
        name = self._place(division)
        if name is None:
            self.missing = True
            return _chinese(division.name)
        return escape(name)

    def place_plain(self, division: Division) -> str:
        """Return a division's name for a title or an attribute; not yet escaped."""
        return self._place(division) or division.name

    def named(self, name: str, english: str | None) -> Markup:
        """Return a place of which only the two names are known (the province's pages)."""
        if self.lang == ZH:
            return escape(name)
        if self.lang == "en" and english:
            return escape(english)
        wording = self.tongue.of(name)
        return escape(wording.text) if wording.lang == self.lang else _chinese(name)

    def own(self, by_language: Mapping[str, str]) -> Markup:
        """Return a setting kept by language (host, office, hours), or its Chinese marked as such."""
        text = by_language.get(self.lang)
        if text is not None:
            return escape(text)
        self.missing = True
        return _chinese(by_language[ZH])

    def date(self, day: datetime.date) -> Markup:
        """Return a date as readers of this language write it, inside a <time>."""
        known = self._dates.get(day)
        if known is None:
            known = self._dates[day] = Markup('<time datetime="{}">{}</time>').format(
                day.isoformat(), self.date_plain(day)
            )
        return known

    def date_plain(self, day: datetime.date) -> str:
        """Return a date as readers of this language write it."""
        month = self.tongue.say(f"date.month.{day.month}")
        return self.tongue.say("date.long", year=day.year, month=month, day=day.day)

    def joined(self, parts: list[Markup]) -> Markup:
        """Return a list the way this language separates the parts of one (、 or a comma)."""
        return self.say("list.separator").join(parts)

    def _place(self, division: Division) -> str | None:
        if self.lang == ZH:
            return division.name
        if self.lang == "en" and division.english:
            return division.english
        return self.tongue.memory.get(division.name)


def _chinese(text: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[ZH], text)
