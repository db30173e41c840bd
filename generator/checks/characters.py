"""Rules about the characters of a text, whatever it means. One pattern finds out whether there is anything to say."""

from __future__ import annotations

import re
import unicodedata

from generator.checks.notebook import Notebook
from generator.checks.text import mask, personal_numbers, trim
from generator.model.documents import Where

_BIDI = "\u202a-\u202e\u2066-\u2069\u061c"
_MARKS = "\u200e\u200f"
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff\U000e0000-\U000e007f"
_CONTROL = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010fffd"
_RADICAL = "\u2e80-\u2ef3\u2f00-\u2fd5"
_COMPATIBLE = "\uf900-\ufaff\U0002f800-\U0002fa1f"
_SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_COMBINING = "\u0300-\u036f"
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_STACK = re.compile(rf"[{_COMBINING}]{{5,}}")

_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(f"[{characters}]"))
    for rule, characters in (
        ("CHAR-BIDI", _BIDI + _MARKS),
        ("CHAR-INVISIBLE", _INVISIBLE),
        ("CHAR-CONTROL", _CONTROL),
        ("CHAR-PRIVATE", _PRIVATE),
        ("CHAR-LOOKALIKE", _RADICAL),
        ("CHAR-COMPATIBILITY", _COMPATIBLE),
        ("CHAR-VARIATION", _SELECTOR),
    )
)
_ANY = re.compile(
    f"[{_BIDI}{_MARKS}{_INVISIBLE}{_CONTROL}{_PRIVATE}{_RADICAL}{_COMPATIBLE}{_SELECTOR}{_COMBINING}]"
)
# Radicals of the supplement that NFKC does not fold; those a Chinese input method or PDF copy really produces.
_RADICALS = dict(
    zip("⺟⻔⻋⻢⻅⻚⻰⻬⻛⻜⻘⻓⻥⻦⻨⻩⺠⻝", "母门车马见页龙齐风飞青长鱼鸟麦黄民食", strict=True)
)

# Characters of our own of old systems that GB 18030-2022 has given a place of their own, and six it leaves where they were.
_GIVEN_PLACES = dict(
    zip(
        "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue816\ue817\ue818\ue831\ue83b\ue855",
        "龴龵龶龷龸龹龺龻︐︒︑︓︔︕︖︗︘︙𠂇𠂉𠃌𡗗𢦏𤇾",
        strict=True,
    )
)
# Characters in everyday use, so that few texts need a look at each of theirs; later extensions of Han lie in planes 2 and 3.
_RARE = re.compile(
    "[^\t\n\r -~\u00a0-\u017f\u2010-\u2027\u2030-\u205e\u2460-\u24ff\u3000-\u303f\u3400-\u9fff\uff01-\uff5e\uffe0-\uffe6\U00020000-\U0003fffd]"
)

# U+FFFD; UTF-8 read as GBK (锟斤拷), uninitialised memory (烫, 屯); UTF-8 read as Latin-1.
_MOJIBAKE = re.compile(
    "\ufffd|锟斤拷|烫烫烫|屯屯屯|ï»¿|(?:[Ã-ï][\u0080-¿]{1,2}){2,}|[ÃÂ][\u0080-¿]|锘縚|锘|鐨勭|浜嬮|鍩烘"
)
_MARKUP = re.compile(r"<\s*/?\s*[A-Za-z!][^<>]{0,200}>|<script|<svg|<img|javascript:|\]\]>|<!--", re.I)
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@(?!.*gov\.cn)[A-Za-z0-9-]+\.[A-Za-z.]{2,}")
# Simplified text uses none of these; a list that does was pasted from elsewhere.
_TRADITIONAL = re.compile("[鎮鄉縣區責狀決黨書護業務產農會員務關於實為與對發開動據應導領級門務環質檢驗標準]")
_SECRET = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆*＊]|^[\s（(【\[]*(?:绝密|机密|秘密|内部资料|内部文件|内部使用|不予公开|仅供内部(?:使用|参考))"
    r"(?:[,，、\s]*(?:注意保存|请勿外传|严禁外传))?[\s)）】\]！!]*$|(?:公开(?:属性|方式|类型|形式)|密级)\s*[:：]\s*(?:不予公开|依申请公开|绝密|机密|秘密|内部)"
)


def standard_form(character: str) -> str:
    """Return the ordinary character that a radical, compatibility or private-use character looks like."""
    known = _RADICALS.get(character) or _GIVEN_PLACES.get(character)
    return known or unicodedata.normalize("NFKC", character)


def is_classified(text: str) -> bool:
    """Whether a text carries a mark of secrecy or 不予公开 (not: speaks of keeping secrets)."""
    return ("密" in text or "内部" in text or "公开" in text) and _SECRET.search(text) is not None


def check_characters(text: str, where: Where, notebook: Notebook) -> None:
    """Note everything that is wrong with the characters of one text."""
    if text.isascii() and text.isdigit() and len(text) < 11:
        return
    if is_classified(text):
        notebook.add("CLASSIFIED-MARK", where)
    if _ANY.search(text):
        _check_rare(text, where, notebook)
    if _RARE.search(text) and (unassigned := sorted(filter(_is_unassigned, set(_RARE.findall(text))))):
        codes = " ".join(f"U+{ord(character):04X}" for character in unassigned)
        position = min(map(text.index, unassigned)) + 1
        notebook.add("CHAR-UNASSIGNED", where, text, codes=codes, position=position)
    if _MOJIBAKE.search(text):
        notebook.add("TEXT-MOJIBAKE", where, text)
    if _TRADITIONAL.search(text):
        found = "".join(sorted(set(_TRADITIONAL.findall(text))))
        notebook.add("CHAR-TRADITIONAL", where, text, characters=found)
    if ("<" in text or ":" in text or "]" in text) and _MARKUP.search(text):
        notebook.add("TEXT-MARKUP", where, text)
    for number in personal_numbers(text):
        notebook.add("PERSONAL-DATA", where, mask(number))
    if "@" in text and _EMAIL.search(text):
        notebook.add("PERSONAL-DATA", where, mask(_EMAIL.findall(text)[0]))
    if says_twice(text):
        notebook.add("TEXT-DUPLICATED", where, text)


def says_twice(text: str) -> bool:
    """Whether a text is two lines that say the same."""
    lines = trim(text).split("\n")
    return len(lines) == 2 and len(lines[0]) > 3 and trim(lines[0]) == trim(lines[1])


def _is_unassigned(character: str) -> bool:
    return unicodedata.category(character) == "Cn" and not re.match(f"[{_CONTROL}]", character)


def _check_rare(text: str, where: Where, notebook: Notebook) -> None:
    for rule, pattern in _CLASSES:
        found = sorted(set(pattern.findall(text)))
        if rule == "CHAR-BIDI" and _RTL.search(text):
            found = [c for c in found if c not in _MARKS]
        if found:
            codes = " ".join(f"U+{ord(character):04X}" for character in found)
            position = min(text.index(character) for character in found) + 1
            standard = "".join(standard_form(character) for character in found)
            known = [_GIVEN_PLACES[character] for character in found if character in _GIVEN_PLACES]
            hint = f"（可能是“{''.join(known)}”）" if known else ""
            hint_en = f" (perhaps “{''.join(known)}”)" if known else ""
            notebook.add(
                rule,
                where,
                text,
                codes=codes,
                position=position,
                standard=standard,
                hint=hint,
                hint_en=hint_en,
            )
    if _STACK.search(text):
        notebook.add("CHAR-COMBINING", where, text)
