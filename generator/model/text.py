"""Text with its translations, and how a page asks for it.

`zh` means Simplified Chinese (zh-Hans) and always prevails. Nothing here knows where translations are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ZH = "zh"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A sentence of ours in Chinese and English, kept side by side."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the sentence in `lang`; languages other than zh read the English."""
        return self.zh if lang == ZH else self.en


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A piece of filed text as one page shows it."""

    text: str
    lang: str
    """The language the text really is in: "zh" on a page of another language means "not yet translated"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """One language of a site: our own interface strings and the translations of filed text."""

    lang: str
    strings: Mapping[str, str]
    """Interface strings by key, e.g. "item.in_force_since"; complete in every language of the program."""
    memory: Mapping[str, str]
    """Filed Chinese text → its translation; empty for zh."""

    def say(self, key: str, **slots: object) -> str:
        """Return the interface string `key` with its {slots} filled. Raises KeyError for an unknown key."""
        sentence = self.strings[key]
        return sentence.format(**slots) if slots else sentence

    def of(self, filed: str) -> Wording:
        """Return the translation of a filed text, or the Chinese itself marked as such; never a guess."""
        if self.lang == ZH or not filed:
            return Wording(text=filed, lang=self.lang)
        translated = self.memory.get(filed)
        if translated is None:
            return Wording(text=filed, lang=ZH)
        return Wording(text=translated, lang=self.lang)
