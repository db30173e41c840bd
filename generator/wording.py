"""Words in every language: the program's own interface strings, and the translations of filed text.

Interface strings stand in `site_templates/strings/<room>.toml`, all languages of a string side by side. Translations
of filed text stand in `content/wording/<lang>.po`, keyed by the Chinese source, so that one translation serves every
township that files the same words; an entry marked fuzzy is somebody's suggestion and is never published. A text
without an entry is shown in Chinese and says so.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Formatter

from generator.errors import ContentError
from generator.model.text import ZH, Text, Tongue

INTERFACE_LANGUAGES = ("zh", "en", "ko")
"""The languages the program itself speaks; a county's site can have these."""

# CLDR names of our language codes: `zh` means Simplified Chinese throughout.
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB", "ko": "ko_KR"}


def load_tongues(content: Path, templates: Path, languages: Iterable[str]) -> dict[str, Tongue]:
    """Load the interface strings and translations of `languages`, by language code.

    Raises:
        ContentError: a string lacks a language or its slots differ between languages, a PO file cannot be read, or
            the program does not speak a language (all faults at once).
    """
    wanted = tuple(dict.fromkeys(languages))
    strings, faults = _read_strings(templates / "strings")
    for lang in wanted:
        if lang not in INTERFACE_LANGUAGES:
            faults.append(f"{lang}: {', '.join(INTERFACE_LANGUAGES)}")
    if faults:
        raise ContentError(
            Text(
                zh="界面文字不完整：" + "；".join(faults),
                en="Interface strings are incomplete: " + "; ".join(faults),
            ),
            Text(
                zh="请在 strings 文件夹中补全后重试。",
                en="Complete them in the strings folder and run again.",
            ),
        )
    return {
        lang: Tongue(
            lang=lang,
            strings={key: by_lang[lang] for key, by_lang in strings.items()},
            memory={} if lang == ZH else read_memory(content / "wording" / f"{lang}.po"),
        )
        for lang in wanted
    }


def read_memory(path: Path) -> dict[str, str]:
    """Return Chinese → translation from a PO file; a file that is not there holds none.

    Fuzzy, obsolete and empty entries are left out. Raises ContentError for a file that is no PO, and for a source
    text that stands twice with different translations.
    """
    if not path.exists():
        return {}
    import polib  # heavy enough to feel in `--help`

    try:
        entries = polib.pofile(str(path), encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ContentError(
            Text(
                zh=f"{path.name} 不是可用的译文（PO）文件：{error}",
                en=f"{path.name} is not a readable PO file: {error}",
            ),
            Text(zh="请用 PO 编辑器重新保存为 UTF-8。", en="Save it again as UTF-8 with a PO editor."),
        ) from error
    memory: dict[str, str] = {}
    for entry in entries:
        if entry.obsolete or entry.fuzzy or not entry.msgstr:
            continue
        if memory.setdefault(entry.msgid, entry.msgstr) != entry.msgstr:
            raise ContentError(
                Text(
                    zh=f"{path.name} 中“{entry.msgid}”有两种不同译文。",
                    en=f"{path.name} translates “{entry.msgid}” in two ways.",
                ),
                Text(zh="请只保留一种。", en="Keep one of them."),
            )
    return memory


def glossary_misses(content: Path, lang: str, memory: Mapping[str, str]) -> tuple[str, ...]:
    """Return the translations that do not use the glossary's word for a term that stands in their source.

    `content/wording/glossary.toml` holds a table per Chinese term with the accepted renderings per language; a
    longer term covers the shorter ones inside it.
    """
    terms = tomllib.loads((content / "wording" / "glossary.toml").read_text(encoding="utf-8"))
    accepted = {term: renderings[lang] for term, renderings in terms.items() if lang in renderings}
    misses = []
    for source, translation in memory.items():
        rest = source
        for term in sorted(accepted, key=lambda term: (-len(term), term)):
            if term not in rest:
                continue
            rest = rest.replace(term, "")
            if not any(word.lower() in translation.lower() for word in accepted[term]):
                misses.append(f"{source} → {translation}: {term} = {' / '.join(accepted[term])}")
    return tuple(misses)


def translation_misses(memory: Mapping[str, str]) -> tuple[str, ...]:
    """Return the translations that still hold Chinese characters, or a number that their source does not have.

    Numbers may be spelt out on either side, so only figures of the translation that the source lacks count.
    """
    misses = []
    for source, translation in memory.items():
        if re.search("[\u4e00-\u9fff]", translation):
            misses.append(f"{source} → {translation}: 汉字 / Han characters")
        figures = re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3})", "", translation))
        strange = sorted({int(figure) for figure in figures} - _numbers_of(source))
        if strange:
            misses.append(f"{source} → {translation}: {', '.join(map(str, strange))}")
    return tuple(misses)


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "初": 1,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}


def _numbers_of(source: str) -> set[int]:
    """Every number that a Chinese text can be meant to say, in figures or in characters."""
    plain = unicodedata.normalize("NFKC", source).replace(",", "")
    numbers = {int(figure) for figure in re.findall(r"\d+", plain)}
    for run in re.findall(r"[零〇一二两三四五六七八九十百千万初]+", plain):
        total, digit = 0, None
        for character in run:
            if character in _DIGITS:
                digit = _DIGITS[character]
                numbers.add(digit)
            else:
                total += (1 if digit is None else digit) * _UNITS[character]
                digit = None
        numbers.add(total + (digit or 0))
    if "刻" in plain:
        numbers |= {15 * number for number in numbers}
    return numbers


@lru_cache(maxsize=4096)
def show_date(day: date, lang: str) -> str:
    """Return a date the way a reader of `lang` writes it: 2022年6月20日, 20 June 2022, 2022년 6월 20일."""
    from babel.dates import format_date  # heavy enough to feel in `--help`

    return format_date(day, format="long", locale=LOCALES[lang])


def _read_strings(folder: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    strings: dict[str, dict[str, str]] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for key, by_lang in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key in strings:
                faults.append(f"{path.name}: {key} (twice)")
            missing = [lang for lang in INTERFACE_LANGUAGES if not by_lang.get(lang)]
            if missing:
                faults.append(f"{path.name}: {key} ({', '.join(missing)})")
            elif len({_slots(by_lang[lang]) for lang in INTERFACE_LANGUAGES}) > 1:
                faults.append(f"{path.name}: {key} ({{…}})")
            strings[key] = by_lang
    return strings, faults


def _slots(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
