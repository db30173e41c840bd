"""What has a form of its own wherever it stands in a document: dates, web addresses, phones, document numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from generator.checks.notebook import Notebook
from generator.checks.text import chinese_number, trim
from generator.model.documents import Cell, Where

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")

# Most texts hold none of this: one look decides, before anything is normalized.
_MAYBE = re.compile(r"年|\d\s*[./\-．／－]\s*\d|[:：]\s*[/／]|[wｗＷ]{3}|[taｔａＴＡ]\s*[:：]", re.IGNORECASE)
_STRANGE_DIGIT = re.compile("(?![0-9０-９])\\d")

_CODE = re.compile(r"(?:javascript|vbscript)\s*:|data\s*:\s*(?:[a-z]+/[a-z]|[,;])", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|(?<![\w.])(?=www\.))(?:[^\s/?#@]*@)?([^\s/?#:,;，。；、：（）()《》“”\"'<>\[\]]+)",
    re.IGNORECASE,
)
_BRACKETED_HOST = re.compile(r"(?:https?|ftp)://(\[[0-9A-Fa-f:.]+\])")
_ASCII_HOST = re.compile(r"[A-Za-z0-9.-]*[A-Za-z0-9]")
_GOVERNMENT = re.compile(r"(?:^|\.)(?:gov\.cn|政务)$")
_LONG_DIGITS = re.compile(r"\d(?:[\d -]*\d)?")

_ZEROS = "OoОоＯｏ○◯"
_NUMERALS = "零〇一二三四五六七八九十百"
_DOCUMENT_NUMBER = re.compile(
    rf"[〔\[(（【]\s*([0-9０-９{_ZEROS}{_NUMERALS}]{{4}})\s*[〕\])）】]\s*第?\s*([0-9０-９{_ZEROS}{_NUMERALS}]{{1,5}})\s*号"
)
_DIGIT = re.compile("[0-9０-９]")

_N = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_WRITTEN_DATE = re.compile(rf"(\d{{4}}|[一二三四五六七八九〇○零]{{4}})\s*年\s*{_N}\s*月\s*{_N}\s*日")
_POINTED_DATE = re.compile(r"(?:[^:]{0,12}:)?\s*((\d{4})[./-](\d{1,2})[./-](\d{1,2}))\s*")
_SHORT_DATE = re.compile(
    r"(?:[^:]{0,12}(?:日期|时间)\s*:\s*(\d{1,2}[./-]\d{1,2}[./-]\d{1,2})|(\d{2}/\d{1,2}/\d{1,2}))\s*"
)
_PHONE_LABEL = re.compile(r"电\s*话|手\s*机|传\s*真|联\s*系\s*方\s*式")


def check_forms(text: str, where: Where, notebook: Notebook) -> None:
    """Note every date, web address, phone and document number of a text that has not the form of one."""
    if "号" in text:
        check_document_numbers(text, where, notebook)
    if _STRANGE_DIGIT.search(text):
        _check_digits(text, where, notebook)
    if not _MAYBE.search(text):
        return
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    _check_addresses(text, plain, where, notebook)
    _check_dates(plain, where, notebook)


def _check_addresses(text: str, plain: str, where: Where, notebook: Notebook) -> None:
    if _CODE.match("".join(plain.split())):
        notebook.add("URL-SCHEME", where, text)
    hosts = [match[1].rstrip(".-") for match in _ADDRESS.finditer(plain)]
    for host in dict.fromkeys(hosts + _BRACKETED_HOST.findall(plain)):
        foreign = sorted({c for c in host if not c.isascii() and c.isalpha() and not _HAN.match(c)})
        # A sentence often goes on right behind an address: what is Chinese there is not its host.
        plainly = _ASCII_HOST.match(host)
        name = (plainly[0] if plainly and "." in plainly[0] else host).lower()
        if foreign:
            notebook.add("FIELD-ASCII", where, text, part=host, codes=_codes(foreign))
        elif _is_private(name):
            notebook.add("URL-HOST", where, text, host=name)
        elif not _GOVERNMENT.search(name):
            notebook.add("LINK-OUTSIDE", where, text, host=name)


def _is_private(host: str) -> bool:
    """No public name: an IP address, a name of one word, or one in the spelling of machines."""
    labels = host.split(".")
    return (
        host.startswith("[")
        or len(labels) < 2
        or all(label.isdigit() for label in labels)
        or any(label.startswith("xn--") for label in labels)
        or labels[-1] in ("local", "lan", "internal", "intranet")
    )


def _codes(characters: Sequence[str]) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in characters)


def _check_digits(text: str, where: Where, notebook: Notebook) -> None:
    """Digits of other scripts in what is as long as a phone number; full-width ones are only wide."""
    for run in _LONG_DIGITS.findall(text):
        strange = sorted({c for c in run if c.isdigit() and not c.isascii() and not "０" <= c <= "９"})
        if strange and sum(c.isdigit() for c in run) >= 7:
            notebook.add("FIELD-ASCII", where, text, part=run, codes=_codes(strange))


def check_document_numbers(text: str, where: Where, notebook: Notebook) -> None:
    """Note document numbers such as 〔2O22〕1号, whose zero is a letter or a circle."""
    for match in _DOCUMENT_NUMBER.finditer(text):
        strange = {c for c in match[1] + match[2] if c in _ZEROS}
        strange |= {c for part in match.groups() if _DIGIT.search(part) for c in part if c in "零〇"}
        if strange:
            notebook.add("DOCNO-ZERO", where, text, number=match[0], codes=_codes(sorted(strange)))


def _check_dates(plain: str, where: Where, notebook: Notebook) -> None:
    for match in _WRITTEN_DATE.finditer(plain):
        if not _is_day(_year(match[1]), _number(match[2]), _number(match[3])):
            notebook.add("DATE-INVALID", where, plain, date=match[0])
    whole = trim(plain)
    pointed = _POINTED_DATE.fullmatch(whole)
    if pointed and not _is_day(int(pointed[2]), int(pointed[3]), int(pointed[4])):
        notebook.add("DATE-INVALID", where, plain, date=pointed[1])
    short = _SHORT_DATE.fullmatch(whole)
    if short:
        notebook.add("DATE-AMBIGUOUS", where, plain, date=short[1] or short[2])


def _year(text: str) -> int:
    if text.isdigit():
        return int(text)
    return int("".join(str("零一二三四五六七八九".index(c)) if c not in "〇○" else "0" for c in text))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else chinese_number(text) or 0


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def numeric_phones(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells of notes that hold a phone as a number: those right of a label such as 联系电话."""
    labelled: set[int] = set()
    found = []
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        if _PHONE_LABEL.search(cell.text):
            labelled.add(cell.row)
        elif cell.row in labelled and cell.type == "number":
            found.append(cell)
    return found
