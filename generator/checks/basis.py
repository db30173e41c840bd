"""Rules about the legal basis of an item: it names its document, in closed marks, still in force, an article that exists."""

from __future__ import annotations

import re
from datetime import date

from generator.checks.notebook import Notebook
from generator.checks.text import chinese_number, fold
from generator.model.documents import Where

_VAGUE = re.compile(r"^(?:根据|按照|依据)?(?:有关|相关)(?:法律|法规|政策|文件|规定|要求|精神|、)+[。.]?$")
_ARTICLE = re.compile(r"《([^《》]+)》[^《》]{0,12}?第\s*([0-9零〇一二三四五六七八九十百千]+)\s*条")
_CIVIL_CODE = "中华人民共和国民法典"
_CIVIL_CODE_ARTICLES = 1260
_MOST_ARTICLES = 700
"""No other law has so many; the longest judicial interpretation (on the Criminal Procedure Law, 2021) has 655."""

_BY_CIVIL_CODE = date(2021, 1, 1)
REPEALED: dict[str, tuple[date, str]] = {
    f"中华人民共和国{name}": (_BY_CIVIL_CODE, _CIVIL_CODE)
    for name in (
        "婚姻法",
        "继承法",
        "民法通则",
        "收养法",
        "担保法",
        "合同法",
        "物权法",
        "侵权责任法",
        "民法总则",
    )
}
"""Repealed law → since when, and what holds now. Only what a law itself says: 民法典 article 1260. To add one more,
add a line with its source."""


def check_basis(text: str, where: Where, day: date, notebook: Notebook) -> None:
    """Note what is wrong with a basis as filed; `day` is the day on which the list takes effect."""
    if text.count("《") != text.count("》"):
        notebook.add("BASIS-BRACKETS", where, text)
    if _VAGUE.match(fold(text)):
        notebook.add("BASIS-VAGUE", where, text)
    for law, number in _ARTICLE.findall(text):
        article = _article(number)
        most = _CIVIL_CODE_ARTICLES if fold(law).endswith("民法典") else _MOST_ARTICLES
        if article is not None and article > most:
            notebook.add("BASIS-ARTICLE", where, text, law=law, article=article)
    for law in dict.fromkeys(re.findall(r"《([^《》]+)》", text)):
        name = fold(law)
        repealed = REPEALED.get(name) or REPEALED.get(f"中华人民共和国{name}")
        if repealed and day >= repealed[0]:
            notebook.add(
                "BASIS-REPEALED", where, text, law=law, repealed=repealed[0].isoformat(), now=repealed[1]
            )


def _article(number: str) -> int | None:
    if number.isdigit():
        return int(number)
    thousands, mark, rest = number.rpartition("千")
    if not mark:
        return chinese_number(number)
    return (chinese_number(thousands) or 1) * 1000 + (chinese_number(rest.lstrip("零〇")) or 0)
