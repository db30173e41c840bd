"""C01 to C28: single cells."""

from __future__ import annotations

from generator.data import guard
from generator.settings import load_filing, load_site
from tests import test_settings
from tests.catalogue.desk import Desk, case
from tests.catalogue.files import filing_folder
from tests.catalogue.papers import (
    BASIC_HEADER,
    BASIC_TITLE,
    ONE,
    TWO,
    basic,
    book,
    inline,
    one_name,
    supporting,
)

_LONG_NAME = "开展矛盾纠纷排查化解"


def _raw(inner: str, attributes: str = "", **more: str) -> dict[str, str | bytes]:
    """A basic list whose item's name is this raw cell."""
    return basic(("1", "x"), raw={"B3": f'<c r="B3"{attributes}>{inner}</c>'}, **more)


@case("C01")
def _formula_without_value(desk: Desk) -> None:
    desk.look(_raw("<f>A1</f>")).has("CELL-FORMULA-NOVALUE", "B3", says="=A1")


@case("C02")
def _formulas(desk: Desk) -> None:
    for formula, value in (
        ('HYPERLINK("http://x","开展排查")', "开展排查"),
        ("VLOOKUP(A1,[1]Sheet1!A:B,2)", "负责管理"),
    ):
        looked = desk.look(_raw(f"<f>{formula.replace(chr(34), '&quot;')}</f><v>{value}</v>", ' t="str"'))
        looked.has("CELL-FORMULA", "B3", says=(formula[:9], value))


@case("C03")
def _like_formulas(desk: Desk) -> None:
    names = ("=cmd|'/c calc'!A1", "+86开头的事项", "-开展巡查", "@全体人员开展培训")
    looked = desk.look(basic(*((str(n), name) for n, name in enumerate(names, 1))))
    assert looked.fine().names() == list(names)
    assert all(guard(name) == f"'{name}" for name in names)


@case("C04")
def _error_values(desk: Desk) -> None:
    for value in ("#REF!", "#N/A", "#NAME?"):
        desk.look(_raw(f"<v>{value}</v>", ' t="e"')).has("CELL-ERROR", "B3", says=value)


@case("C05")
def _no_numbers(desk: Desk) -> None:
    for value in ("NaN", "1e999"):
        desk.look(_raw(f"<v>{value}</v>")).has("CELL-NUMBER", "B3", says=value)


@case("C06")
def _serial_with_a_point(desk: Desk) -> None:
    parts = basic(("x", ONE[1]), raw={"A3": '<c r="A3"><v>1.1</v></c>'})
    desk.look(parts).has("SERIAL-NUMERIC-FRACTION", "A3", says="文本")


@case("C07")
def _styles_of_serials(desk: Desk) -> None:
    for first, second in (("01", "02"), ("1．", "2．"), ("(一)", "(二)"), ("①", "②"), ("1.0", "2.0")):
        looked = desk.look(basic((first, ONE[1]), (second, TWO[1])))
        assert [item.number for item in looked.fine().checked.checklists[0].items] == [first, second]
    desk.look(basic(ONE, ("②", TWO[1]))).has("SERIAL-STYLE", "A4", says="②")


@case("C08")
def _dates_that_are_not(desk: Desk) -> None:
    for serial in ("60", "0", "-1", "2958466"):
        parts = basic(
            ONE,
            ("填报日期：", "x"),
            raw={"B4": f'<c r="B4" s="1"><v>{serial}</v></c>'},
            styles='<cellXfs><xf/><xf numFmtId="14"/></cellXfs>',
        )
        desk.look(parts).has("DATE-RANGE", "B4", says=serial)


@case("C09")
def _dates_as_text(desk: Desk) -> None:
    for text in ("2025.6.31", "二〇二五年六月三十一日"):
        desk.look(basic(ONE, (f"填报日期：{text}",))).has("DATE-INVALID", "A4", says=text)
    looked = desk.look(one_name("2025年6月31日前完成排查"))
    looked.has("DATE-INVALID", "B3", says="2025年6月31日")
    desk.look(basic(ONE, ("填报日期：25/6/1",))).has("DATE-AMBIGUOUS", "A4", says="25/6/1")
    # The dates that count stand in filing.toml and are dates there, never text.
    home = test_settings.content(desk.folder)
    folder = filing_folder(
        home, test_settings.FILING.replace("effective = 2022-06-20", 'effective = "2025.6.31"')
    )
    site = load_site(home)
    desk.refused(lambda: load_filing(folder, site.counties[0], site), "effective", "2025.6.31")


@case("C10")
def _missing_string(desk: Desk) -> None:
    desk.look(_raw("<v>99</v>", ' t="s"', strings="<si><t>甲</t></si>")).has("CELL-SST", "B3")


@case("C11")
def _escapes(desk: Desk) -> None:
    looked = desk.look(one_name("负责_x005F_x0041_管理"))
    assert looked.fine().names() == ["负责_x0041_管理"]
    desk.look(one_name("负责_x0000_管理")).has("CHAR-CONTROL", "B3", says="U+0000")
    desk.look(one_name("负责_x0007_管理")).has("CHAR-CONTROL", "B3", says="U+0007")
    broken = desk.look(one_name("负责_x000D_管理"))
    assert broken.names() == ["负责管理"]


@case("C12")
def _too_long(desk: Desk) -> None:
    desk.look(one_name("长" * 32_768)).has("CELL-TOO-LONG", "B3", says="32768")
    lines = "\n".join(f"{n}.排查。" for n in range(1_002))
    desk.look(supporting(("1", "防汛", "县水务局", "组织。", lines))).has("CELL-TOO-LONG", "E3")


@case("C13")
def _blanks(desk: Desk) -> None:
    for blank in ("   ", "\u3000\u3000", "\u00a0", "\t"):
        desk.look(basic(ONE, ("2", blank))).has("NAME-MISSING", "B4")
    rows = ((BASIC_TITLE,), (*BASIC_HEADER, "依据"), (*ONE, "\u3000"))
    desk.look(book(rows)).fine(items=1)


@case("C14")
def _soft_breaks(desk: Desk) -> None:
    looked = desk.look(supporting(("1", "森林\n防火", "县林业和草原局", "1.巡护。\n2.查处。", "宣传。")))
    looked.only("TEXT-LINEBREAK").has("TEXT-LINEBREAK", "B3")
    [item] = looked.checked.checklists[0].items
    assert item.name == "森林防火"
    assert item.departments is not None
    assert item.departments[0].duty == "1.巡护。\n2.查处。"


@case("C15")
def _struck(desk: Desk) -> None:
    rich = "<is><r><t>负责党员教育</t></r><r><rPr><strike/></rPr><t>和管理</t></r></is>"
    desk.look(_raw(rich, ' t="inlineStr"')).has("CELL-STRIKE", "B3")


@case("C16")
def _unseen(desk: Desk) -> None:
    for font in ('<color rgb="FFFFFFFF"/>', '<sz val="1"/>'):
        styles = f'<fonts><font/><font>{font}</font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs>'
        looked = desk.look(basic(("1", "x"), raw={"B3": inline("B3", _LONG_NAME, ' s="1"')}, styles=styles))
        looked.only("CELL-INVISIBLE-FORMAT").has("CELL-INVISIBLE-FORMAT", "B3")


@case("C17")
def _phonetics(desk: Desk) -> None:
    strings = "<si><t>开展排查</t><rPh sb='0' eb='1'><t>kaizhan</t></rPh><phoneticPr/></si>"
    looked = desk.look(_raw("<v>0</v>", ' t="s"', strings=strings))
    assert looked.fine().names() == ["开展排查"]


@case("C18")
def _truth_value(desk: Desk) -> None:
    desk.look(_raw("<v>1</v>", ' t="b"')).has("CELL-TYPE", "B3", says="TRUE")


@case("C19")
def _phone_as_number(desk: Desk) -> None:
    parts = basic(ONE, ("联系电话", "x"), raw={"B4": '<c r="B4"><v>4.5186E+10</v></c>'})
    desk.look(parts).has("PHONE-NUMERIC", "B4", says="45186000000")
    home = test_settings.content(
        desk.folder,
        county=test_settings.COUNTY
        + '[[contact]]\nrole = "county"\nphone = 45100000000\noffice = { zh = "办" }\n',
    )
    desk.refused(lambda: load_site(home), "phone", "45100000000")


@case("C20")
def _digits_lost(desk: Desk) -> None:
    desk.look(_raw("<v>990101199001010000</v>")).has("CELL-DIGITS-LOST", "B3", says="末位")


@case("C21")
def _markup(desk: Desk) -> None:
    for text in (
        "<script>alert(1)</script>",
        "<svg onload=x>",
        '"><img src=x>',
        "</title>",
        "<!-- 说明",
        "]]>",
    ):
        looked = desk.look(one_name(f"开展{text}排查"))
        looked.only("TEXT-MARKUP").has("TEXT-MARKUP", "B3")
        assert looked.names() == [f"开展{text}排查"]


@case("C22")
def _markdown(desk: Desk) -> None:
    for text in ("{: onclick=x}", "![]()", "`开展`排查", "# 开展排查"):
        assert desk.look(one_name(text)).fine().names() == [text]
    link = "[开展](javascript:alert(1))"
    looked = desk.look(one_name(link))
    assert looked.only("TEXT-MARKUP").names() == [link]
    looked.has("TEXT-MARKUP", "B3")


@case("C23")
def _templates(desk: Desk) -> None:
    for text in ("{{ 7*7 }}", "{% raw %}开展", "{#开展"):
        assert desk.look(one_name(text)).fine().names() == [text]


@case("C24")
def _addresses(desk: Desk) -> None:
    for text in ("javascript:alert(1)", "JavaScript :alert(1)", "data:text/html,x", "vbscript:x"):
        desk.look(one_name(text)).has("URL-SCHEME", "B3")
    for host in ("10.0.0.1", "xn--fiqs8s.cn", "localhost"):
        looked = desk.look(one_name(f"登录 http://{host}/a 查询"))
        looked.has("URL-HOST", "B3", says=host)


@case("C25")
def _names_like_paths(desk: Desk) -> None:
    names = ("../../index", "con", "%2e%2e", "index.html")
    looked = desk.look(basic(*((str(n), name) for n, name in enumerate(names, 1))))
    assert looked.fine().names() == list(names)


@case("C26")
def _apostrophes(desk: Desk) -> None:
    styles = '<cellXfs><xf/><xf quotePrefix="1"/></cellXfs>'
    parts = basic(("1", "x"), ("2", "'开展排查"), raw={"B3": inline("B3", "=开展", ' s="1"')}, styles=styles)
    assert desk.look(parts).fine().names() == ["=开展", "'开展排查"]


@case("C27")
def _formatted_numbers(desk: Desk) -> None:
    for number_format in ("9", "44"):
        styles = f'<cellXfs><xf/><xf numFmtId="{number_format}"/></cellXfs>'
        desk.look(_raw("<v>0.5</v>", ' s="1"', styles=styles)).has("CELL-TYPE", "B3", says="文本")


@case("C28")
def _said_twice(desk: Desk) -> None:
    looked = desk.look(supporting(("1", "防汛", "县水务局", "组织防汛抢险。\n组织防汛抢险。", "巡查报告。")))
    looked.only("TEXT-DUPLICATED").has("TEXT-DUPLICATED", "D3")
