"""Filed text: trimming, folding for comparison, and showing it safely.

What is recorded is the text as filed, without its outer blanks. Everything else here makes *keys* to compare with,
or makes text safe to put into a report: no control or invisible character, no personal number, nothing classified.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from generator.model.folding import VARIANTS

BLANKS = " \t\r\n\u00a0\u3000"
"""What Excel and Word users take for nothing: spaces (also U+3000 and NBSP), tabs, line breaks."""

_NOT_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK_PUNCTUATION = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff5e\u201c\u201d\u2018\u2019\u2014"
_INNER_BREAK = re.compile(
    rf"(?<=[{_HAN}{_CJK_PUNCTUATION}])[ \t\r\u3000]*\n[ \t\r\n\u3000]*(?=[{_HAN}{_CJK_PUNCTUATION}])"
)
_OTHER_BREAK = re.compile(r"[ \t\r]*\n[ \t\r\n]*")

MAX_FOUND = 80
"""Characters of a cell that a finding quotes: enough to recognise it on the screen."""


def trim(text: str) -> str:
    """Return the text without outer blanks: the only change that filed text ever undergoes as a whole."""
    return text.strip(BLANKS)


def one_line(text: str) -> str:
    """Return a name on one line: a break between Han characters vanishes, any other becomes a space."""
    if "\n" not in text and "\r" not in text:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _OTHER_BREAK.sub(" ", _INNER_BREAK.sub("", text))


# What NFKC leaves alone and has neither case nor blanks, and the marks that it only narrows: nearly all of a list.
_MORE_THAN_WIDE = re.compile("[^\u3400-\u9fff0-9a-z.,;()、。《》“”，；：（）]")
_WIDE = tuple(zip("，；：（）", ",;:()", strict=True))


@lru_cache(maxsize=16_384)  # the same names and departments stand in many townships' lists
def fold(text: str) -> str:
    """Return a key for comparing: NFKC, case folded, without any blank."""
    if _MORE_THAN_WIDE.search(text):
        return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return text


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Return only letters and digits of the folded text, variants made standard: for words that must be found
    however they are spelt (一 票 否 決)."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).translate(VARIANTS)


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SERIAL_TRIM = re.compile(r"^[\s(\[【第]+|[\s)\]】.、,，:：号项]+$")


def chinese_number(text: str) -> int | None:
    """Return 十七 as 17, up to 九百九十九; None for anything else."""
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in "十百":
            unit = 10 if character == "十" else 100
            total += (1 if digit is None else digit) * unit
            digit = None
        else:
            return None
    return total + (digit or 0) if text else None


def read_count(text: str) -> int | None:
    """Return a count written in digits of any width or in Chinese; None where it is neither."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else chinese_number(plain)


def read_serial(text: str) -> int | None:
    """Return the number of a serial in any of the usual styles: 1, 01, 1．, （一）, ①, 十七; None for other text."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) < 7 else None
    plain = _SERIAL_TRIM.sub("", unicodedata.normalize("NFKC", trim(text)))
    if plain.endswith(".0") and plain[:-2].isdigit():
        plain = plain[:-2]
    return read_count(plain) if plain else None


_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])")
# Every number looked for has three figures in a row, of whatever width, or is written in circles.
_SOME_DIGITS = re.compile("\\d\\d\\d|[\u2460-\u24ff]{3}")
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z])(?:62\d{14,17}|[45]\d{15})(?![0-9A-Za-z])")
_SECRET_MARK = re.compile(r"(?:绝密|机密|秘密)\s*[★☆*＊]|(?:绝密|机密|秘密)\s*[★☆]?\s*$")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_id_number(text: str) -> bool:
    """Whether 18 characters carry the checksum of a resident identity number (GB 11643)."""
    if len(text) != 18 or not text[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def _is_luhn(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def personal_numbers(text: str) -> list[str]:
    """Return identity, mobile and bank card numbers in the text, each as it stands there."""
    if not _SOME_DIGITS.search(text):
        return []
    plain = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    found = [match for match in _ID_NUMBER.findall(plain) if is_id_number(match)]
    found += _MOBILE.findall(plain)
    found += [match for match in _BANK_CARD.findall(plain) if _is_luhn(match) and match not in found]
    return found


def mask(number: str) -> str:
    """Return a personal number with all but its first three characters hidden."""
    return number[:3] + "*" * (len(number) - 3)


def is_shown_raw(character: str) -> bool:
    """Whether a report may carry the character itself: nothing invisible, reordering or without meaning."""
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


def escape(text: str) -> str:
    """Return the text with every invisible or control character written as <U+202E>."""
    parts = []
    for character in text.replace("\r\n", "\n").replace("\r", "\n"):
        if is_shown_raw(character):
            parts.append(character)
        elif character == "\n":
            parts.append("⏎")
        elif character == "\u3000":
            parts.append(" ")
        else:
            parts.append(f"<U+{ord(character):04X}>")
    return "".join(parts)


def show(text: str) -> str:
    """Return a quotation fit for a report: escaped, personal numbers masked, shortened; nothing classified."""
    if _SECRET_MARK.search(text):
        return ""
    text = trim(text)
    numbers = personal_numbers(text)
    if numbers:
        text = unicodedata.normalize("NFKC", text)
        for number in numbers:
            text = text.replace(number, mask(number))
    shown = escape(text)
    return shown if len(shown) <= MAX_FOUND else shown[: MAX_FOUND - 1] + "…"
