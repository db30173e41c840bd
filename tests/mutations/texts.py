"""Operators on the text of cells: characters, numbers that are somebody's, words that must be answered for."""

from __future__ import annotations

from random import Random

from tests.mutations.paper import TOWNSHIP, Form, Page, Paper
from tests.mutations.planted import Act, Operator, Planted, free_item


def _inserted(rule: str, text: str) -> Act:
    """Put characters into the middle of a name."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        name = row.cells[1]
        at = random.randint(1, len(name) - 1)
        row.cells[1] = name[:at] + text + name[at:]
        return Planted(rule=rule, page=page, row=row, column=2)

    return act


def _replaced(rule: str, text: str, meaning: str = "name") -> Act:
    """Write something else in the place of a field."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        column = page.column(meaning)
        row.cells[column - 1] = text
        return Planted(rule=rule, page=page, row=row, column=column)

    return act


def _surrounded(rule: str, text: str) -> Act:
    """Put words around a name: {} is the name."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        row.cells[1] = text.format(row.cells[1])
        return Planted(rule=rule, page=page, row=row, column=2)

    return act


def _same_as(rule: str, target: str, source: str) -> Act:
    """Copy one field of a line over another."""

    def act(paper: Paper, page: Page, random: Random) -> Planted | None:
        row = free_item(page, random)
        if row is None:
            return None
        if "：" in row.cells[page.column(source) - 1]:
            row.cells[page.column("departments") - 1] = "县应急管理局"
            row.cells[page.column(source) - 1] = "组织巡查，依法查处。"
        row.cells[page.column(target) - 1] = row.cells[page.column(source) - 1]
        return Planted(rule=rule, page=page, row=row, column=page.column(target))

    return act


def _said_twice(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None:
        return None
    row.cells[page.column("township_duty") - 1] = "组织巡查报告。\n组织巡查报告。"
    return Planted(rule="TEXT-DUPLICATED", page=page, row=row, column=page.column("township_duty"))


def _former(paper: Paper, page: Page, random: Random) -> Planted | None:
    row = free_item(page, random)
    if row is None:
        return None
    row.cells[page.column("departments") - 1] = "县国土资源局"
    return Planted(rule="DEPARTMENT-FORMER", page=page, row=row, column=page.column("departments"))


_LED = ("supporting", "reclaimed")
_SUPPORTING = ("supporting",)
_BASIC = ("basic",)
_WHERE_STORED: tuple[Form, ...] = ("xlsx", "csv")
"""Word's XML cannot hold these characters at all."""

TEXT_OPERATORS: tuple[Operator, ...] = (
    *(
        Operator(name=name, act=_inserted(rule, text))
        for name, rule, text in (
            ("direction override", "CHAR-BIDI", "\u202e"),
            ("direction isolate", "CHAR-BIDI", "\u2066"),
            ("right-to-left mark", "CHAR-BIDI", "\u200f"),
            ("zero-width space", "CHAR-INVISIBLE", "\u200b"),
            ("byte order mark inside", "CHAR-INVISIBLE", "\ufeff"),
            ("tag character", "CHAR-INVISIBLE", "\U000e0041"),
            ("next-line control", "CHAR-CONTROL", "\u0085"),
            ("line separator", "CHAR-CONTROL", "\u2028"),
            ("noncharacter", "CHAR-CONTROL", "\U0001fffe"),
            ("unassigned character", "CHAR-UNASSIGNED", "\u0378"),
            ("private-use character", "CHAR-PRIVATE", "\ue123"),
            ("radical", "CHAR-LOOKALIKE", "\u2f00"),
            ("compatibility character", "CHAR-COMPATIBILITY", "\uf9dc"),
            ("variation selector", "CHAR-VARIATION", "\U000e0100"),
            ("stacked marks", "CHAR-COMBINING", "e" + "\u0301" * 5),
            ("traditional character", "CHAR-TRADITIONAL", "鎮"),
            ("replacement character", "TEXT-MOJIBAKE", "\ufffd"),
            ("garbled text", "TEXT-MOJIBAKE", "锟斤拷"),
            ("web code", "TEXT-MARKUP", "<script>alert(1)</script>"),
            ("line break", "TEXT-LINEBREAK", "\n"),
            ("identity number", "PERSONAL-DATA", "，990101199001010000，"),
            ("mobile number", "PERSONAL-DATA", "（13900001111）"),
            ("private e-mail", "PERSONAL-DATA", "（a@example.com）"),
            ("one-vote veto", "VETO-ITEM", "一票否决"),
            ("spaced veto", "VETO-ITEM", "一 票　否 決"),
            ("letter of responsibility", "PLEDGE-ITEM", "签订责任状"),
            ("impossible date", "DATE-INVALID", "2025年2月30日"),
            ("internal address", "URL-HOST", " http://192.168.1.1/a "),
            ("punycode address", "URL-HOST", " http://xn--fiqs8s.cn/ "),
            ("foreign address", "LINK-OUTSIDE", " https://www.example.com/ "),
            ("address with a foreign letter", "FIELD-ASCII", " http://www.ex\u0430mple.gov.cn/ "),
            ("phone in foreign digits", "FIELD-ASCII", "٠٠٠٠-٠٠٠٠٠٠٠"),
        )
    ),
    Operator(name="control character", act=_inserted("CHAR-CONTROL", "\x07"), forms=_WHERE_STORED),
    Operator(name="code for an address", act=_replaced("URL-SCHEME", "javascript:alert(1)")),
    Operator(name="mark of secrecy", act=_replaced("CLASSIFIED-MARK", "机密★1年")),
    Operator(name="catch-all", act=_replaced("CATCH-ALL", "完成上级交办的其他任务"), tag="catch-all"),
    Operator(name="text too long", act=_replaced("CELL-TOO-LONG", "长" * 40_000)),
    Operator(name="another township", act=_surrounded("WRONG-TOWNSHIP-NAME", "{}（西山乡）"), tag="title"),
    Operator(name="no name", act=_replaced("NAME-MISSING", "")),
    Operator(name="name of blanks", act=_replaced("NAME-MISSING", "\u3000 "), forms=_WHERE_STORED),
    Operator(name="no department", act=_replaced("DEPARTMENT-MISSING", "", "departments"), kinds=_SUPPORTING),
    Operator(
        name="no duty", act=_replaced("DEPARTMENT-DUTY-MISSING", "", "department_duty"), kinds=_SUPPORTING
    ),
    Operator(name="no part", act=_replaced("TOWNSHIP-DUTY-MISSING", "", "township_duty"), kinds=_SUPPORTING),
    Operator(name="no method", act=_replaced("METHOD-MISSING", "", "method"), kinds=("reclaimed",)),
    Operator(name="as above", act=_replaced("PLACEHOLDER", "同上", "township_duty"), kinds=_SUPPORTING),
    Operator(
        name="a dash for a duty", act=_replaced("PLACEHOLDER", "—", "department_duty"), kinds=_SUPPORTING
    ),
    Operator(name="see the annex", act=_replaced("PLACEHOLDER", "详见附件", "method"), kinds=("reclaimed",)),
    Operator(
        name="the township as department",
        act=_replaced("DEPARTMENT-IS-TOWNSHIP", f"{TOWNSHIP}人民政府", "departments"),
        kinds=_LED,
    ),
    Operator(
        name="one duty for both",
        act=_same_as("DUTY-INVERTED", "township_duty", "department_duty"),
        kinds=_SUPPORTING,
    ),
    Operator(name="former department", act=_former, kinds=_LED),
    Operator(
        name="department twice",
        act=_replaced("DEPARTMENT-TWICE", "县水务局、县水务局", "departments"),
        kinds=("reclaimed",),
    ),
    Operator(
        name="department broken over lines",
        act=_replaced("DEPARTMENT-NAME", "县住房和城乡\n建设局", "departments"),
        kinds=("reclaimed",),
    ),
    Operator(name="the same line twice", act=_said_twice, kinds=_SUPPORTING),
    Operator(name="vague basis", act=_replaced("BASIS-VAGUE", "根据有关规定", "basis"), kinds=_BASIC),
    Operator(
        name="open title mark", act=_replaced("BASIS-BRACKETS", "《中国共产党章程", "basis"), kinds=_BASIC
    ),
    Operator(name="repealed law", act=_replaced("BASIS-REPEALED", "《婚姻法》", "basis"), kinds=_BASIC),
    Operator(
        name="article too high", act=_replaced("BASIS-ARTICLE", "《森林法》第九百条", "basis"), kinds=_BASIC
    ),
    Operator(
        name="letter for a zero",
        act=_replaced("DOCNO-ZERO", "《示例办法》（〔2O22〕1号）", "basis"),
        kinds=_BASIC,
    ),
)
