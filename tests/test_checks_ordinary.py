"""Looks that spare a rule its work must never spare it a text that the rule would have spoken of."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from random import Random

from generator.checks import RULES
from generator.checks.cells import _is_silent
from generator.checks.characters import check_characters
from generator.checks.fields import check_forms
from generator.checks.items import _says_nothing
from generator.checks.likeness import _TOO_COMMON, _bigrams, _overlap, similar_pairs
from generator.checks.meaning import _MAY_SAY_WORD, _PLEDGE, _VETO
from generator.checks.notebook import Notebook
from generator.checks.text import bare, fold, read_count, read_serial, trim
from generator.checks.vocabulary import PLACEHOLDERS_ANYWHERE, PLACEHOLDERS_REQUIRED
from generator.model.documents import Where

_HERE = Where(file="示例.xlsx")
# Pieces at which rules begin, of every width, and what stands between them in a list.
_PIECES = (
    *"年月日号第《》〈〉〔〕【】[]（）()：:；;，,。．.、/／-－—～~!！?？%％@＠<>＜＞#*＊★☆\"'“”‘’… \u3000\t\r\n\u00a0\u200b\u00ad\u202e",
    *"0123456789０１２３９①②⑳⑴⒈㈠㊀〇零○Ｏo一二三四五六七八九十百Ⅷ½²٣५",
    *"票书状書狀責责决決壹任否密绝机部内公开同见详参附待暂无没空略〃上项件表",
    *"鎮屯烫锟斤拷锘鐨勭浜嬮\ufffd\ue000\u2f49\uf98e\u2ed8\u0301\u3400\u9fff\U00020000\U0002f800\u0378",
    *("1380000", "13900001111", "2025", "二〇二五", "6", "31", "www.", "ｗｗｗ．", "http://", "javascript:", "data:"),
    *("机密", "秘密★", "内部资料", "不予公开", "公开属性：", "一票否决", "1 票 否 决", "责任状", "責 任 書", "&&", "n/a", "tbd"),
    *("负责党员教育管理", "县农业农村局", "1.组织开展排查；", "村（社区）", "ABC", "example.com", "a@b.cn"),
)  # fmt: skip


def _texts(number: int, seed: int = 1) -> list[str]:
    """Texts of one to eight pieces; every piece once by itself, too."""
    random = Random(seed)
    made = ["".join(random.choices(_PIECES, k=random.randint(1, 8))) for _ in range(number)]
    return [*_PIECES, *made]


def _examples() -> list[str]:
    """Every text in the examples of the rules."""
    return [
        text
        for rule in RULES.values()
        for example in (rule.passes, rule.fails)
        for sheet in example.sheets
        for row in sheet.rows
        for text in row
        if text
    ]


def test_a_silent_text_is_one_of_which_no_rule_speaks() -> None:
    """Of 60,000 texts, what one look takes for ordinary gives no finding under the rules themselves."""
    silent = 0
    for text in _texts(60_000) + _examples():
        if _is_silent(text):
            silent += 1
            notebook = Notebook()
            check_characters(text, _HERE, notebook)
            check_forms(text, _HERE, notebook)
            assert notebook.findings == [], repr(text)
    assert silent > 1_000


def test_lists_are_mostly_silent() -> None:
    """What real lists consist of is told at one look; otherwise the look would only cost."""
    for text in (
        "负责党员教育管理",
        "县农业农村局：1.组织排查；\n2.发布预警，登记（社区）老年人。",
        "12",
        "落实“一窗受理、集成服务”",
    ):
        assert _is_silent(text)


def test_a_word_that_needs_a_decision_is_never_passed_over() -> None:
    """一票否决 and 责任状 in every spelling that `bare` reads get past the first look."""
    found = 0
    for text in _texts(60_000, seed=2):
        word = bare(text)
        if _VETO.search(word) or _PLEDGE.search(word):
            found += 1
            assert _MAY_SAY_WORD.search(text), repr(text)
    assert found > 100


def test_folding_is_nfkc_case_and_blanks() -> None:
    """The short way of folding a text gives what the long way gives."""
    for text in _texts(60_000, seed=3):
        assert fold(text) == re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold(), repr(text)


def test_placeholders_are_found_whatever_they_begin_with() -> None:
    """No text that stands for another one, or for nothing, is passed over for its first character."""
    found = 0
    for text in map(trim, _texts(60_000, seed=4)):
        if not text:
            continue
        key = fold(text)
        anywhere, required = PLACEHOLDERS_ANYWHERE.match(key), PLACEHOLDERS_REQUIRED.match(key)
        found += bool(anywhere or required)
        assert _says_nothing(text, needed=True) == bool(anywhere or required), repr(text)
        assert _says_nothing(text, needed=False) == bool(anywhere), repr(text)
    assert found > 50


def test_serials_of_plain_digits_are_read_as_all_others() -> None:
    """1, 007 and 1000000 are read as what every other style of them is read as."""
    for text in ("1", "007", "0", "123456", "1234567", "9" * 30):
        assert read_serial(text) == read_serial(f"（{text}）") == read_count(text)


def test_likeness_compares_the_rarest_bigrams_first() -> None:
    """The names compared are those that the definition gives: sharing one of their rarest bigrams, in a fixed order."""
    random = Random(5)
    words = [
        "开展矛盾纠纷排查",
        "负责党员教育管理",
        "组织防汛抢险演练",
        "落实惠农补贴政策",
        "做好信访接待工作",
    ]
    names = ["".join(random.choices(words, k=3)) for _ in range(300)]
    names += [name[:9] + "等" + name[10:] for name in names[:100]]
    grams = [_bigrams(name) for name in names]
    assert grams[0] == {names[0][i : i + 2] for i in range(len(names[0]) - 1)}
    assert _bigrams("党") == frozenset()
    rarity = Counter(gram for own in grams for gram in own)
    holders: dict[str, list[int]] = {}
    compared = set()
    for position, own in enumerate(grams):
        ordered = sorted(own, key=lambda gram: (rarity[gram], gram))
        for gram in (prefix := ordered[: len(own) - math.ceil(0.8 * len(own)) + 1]):
            near = holders.get(gram, [])
            if len(near) <= _TOO_COMMON:
                compared |= {(other, position) for other in near if _overlap(own, grams[other]) >= 0.8}
        for gram in prefix:
            holders.setdefault(gram, []).append(position)
    found = similar_pairs(names)
    assert found
    assert set(found) <= compared
