"""Rules about what has a form of its own wherever it stands: dates, phones, web addresses, document numbers, bases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    FINE,
    Example,
    ExampleFiling,
    Rule,
    basic,
    rule,
    sheet,
)

_ONE, _TWO = ("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解")


def _text(text: str) -> Example:
    """An example whose only item has this name."""
    return basic(("1", text), at="!B3")


def _note(*cells: str, at: str = "!A4", **more: object) -> Example:
    """An example with a line of these cells below its only item."""
    return basic(_ONE, cells, at=at, **more)


def _with_basis(text: str, at: str | None = "!C3") -> Example:
    return Example(sheets=(sheet(BASIC_TITLE, (*BASIC_HEADER, "依据"), (*_ONE, text)),), at=at)


def _powers(basis: str, at: str | None = None) -> Example:
    header = ("序号", "事项名称", "设定依据")
    return Example(sheets=(sheet("东河镇权责清单", header, ("1", "对擅自用火行为的处罚", basis)),), at=at)


_CIVIL_CODE = "《中华人民共和国民法典》第一百零一条"

FIELD_RULES: tuple[Rule, ...] = (
    rule(
        "DATE-INVALID",
        "error",
        ("文字里的日期须是日历上有的日子。", "A date in a text is a day of the calendar."),
        ("没有“{date}”这一天。", "There is no such day as “{date}”."),
        ("请核对并改正这个日期。", "Check the date and correct it."),
        source="case C09",
        fails=_note("填报日期：2025年6月31日"),
        passes=_note("填报日期：二〇二五年六月三十日"),
    ),
    rule(
        "DATE-AMBIGUOUS",
        "warning",
        ("日期写明年、月、日。", "A date says which part is the year, the month and the day."),
        (
            "看不出“{date}”里哪个是年、哪个是月、哪个是日。",
            "It cannot be seen which part of “{date}” is the year, the month and the day.",
        ),
        (
            "请把年、月、日写全，例如“2025年6月1日”。",
            "Write out year, month and day, for example 2025年6月1日.",
        ),
        source="case C09",
        fails=_note("填报日期：25/6/1"),
        passes=_note("填报日期：2025.6.1"),
    ),
    rule(
        "PHONE-NUMERIC",
        "error",
        ("电话号码须存为文本。", "Phone numbers are kept as text."),
        (
            "电话号码“{found}”是按数值存的，开头的 0 会丢，号码长了还会变成 4.5E+10 的样子。",
            "The phone number “{found}” is stored as a value: a leading 0 is lost, and a long number turns into something like 4.5E+10.",
        ),
        (
            "请选中该单元格，右键“设置单元格格式 → 数字 → 文本”，确定后连同区号重新输入。",
            "Select the cell, right-click, choose Format Cells → Number → Text, and type the number again with its area code.",
        ),
        source="case C19",
        fails=_note("联系电话", "45100000000", at="!B4", marks={"B4": {"type": "number"}}),
        passes=_note("联系电话", "0000-0000000"),
    ),
    rule(
        "URL-SCHEME",
        "error",
        ("网址以 http:// 或 https:// 开头。", "A web address begins with http:// or https://."),
        ("“{found}”不是网址，而是能运行的代码。", "“{found}” is not a web address but code that could run."),
        ("请删去；确需网址的，请写完整网址。", "Delete it; where an address is meant, write it in full."),
        source="case C24",
        fails=_text("javascript:alert(1)"),
        passes=_text("登录 https://www.example.gov.cn/ 查询办理进度"),
    ),
    rule(
        "URL-HOST",
        "error",
        (
            "网址用公开的域名，不用内网地址、IP 地址或转码域名。",
            "A web address has a public name: no internal or IP address, no punycode.",
        ),
        (
            "“{host}”是内网地址、IP 地址或看不懂的域名，群众无法访问或辨认。",
            "“{host}” is an internal address, an IP address or an unreadable name; citizens cannot reach or recognise it.",
        ),
        ("请改用对外公开的网址，或删去。", "Use the public address, or delete it."),
        source="case C24",
        fails=_text("登录 http://10.0.0.1/banshi 查询办理进度"),
        passes=_text("登录 http://www.example.gov.cn/banshi 查询办理进度"),
    ),
    rule(
        "LINK-OUTSIDE",
        "confirm",
        (
            "清单里的网址一般是政府网站（.gov.cn）。",
            "A web address in a list mostly is that of a government site (.gov.cn).",
        ),
        (
            "“{host}”不是政府网站的网址（.gov.cn）。",
            "“{host}” is not the address of a government site (.gov.cn).",
        ),
        (
            "请核对网址是否写对；确实要写的，请在报送说明（filing.toml）中写明理由并确认。",
            "Check that the address is right; if it is meant, say why in filing.toml and confirm it.",
        ),
        source="case D31",
        fails=_text("登录 https://www.example.com/ 查询办理进度"),
        passes=_text("登录 https://www.example.gov.cn/ 查询办理进度"),
    ),
    rule(
        "FIELD-ASCII",
        "error",
        (
            "网址和电话号码不用外文字母和数字冒充。",
            "Web addresses and phone numbers hold no letters or digits of other scripts that look like theirs.",
        ),
        (
            "“{part}”里混有外国字母或数字（{codes}），看着像英文字母，其实不是，打不开也拨不通。",
            "“{part}” holds letters or digits of another script ({codes}) that only look like the usual ones; it cannot be opened or dialled.",
        ),
        ("请切换到英文输入状态，重新输入。", "Switch to English input and type it again."),
        source="case U14",
        fails=_text("登录 http://www.ex\u0430mple.gov.cn/ 查询办理进度"),
        passes=_text("登录 http://www.example.gov.cn/ 查询办理进度"),
    ),
    rule(
        "DOCNO-ZERO",
        "warning",
        (
            "文号里的零写法统一：数字用 0，汉字用 〇。",
            "The zero of a document number is 0 among digits and 〇 among Chinese numerals.",
        ),
        (
            "文号“{number}”里的零写成了字母或圆圈（{codes}）。",
            "The zero of the document number “{number}” is a letter or a circle ({codes}).",
        ),
        (
            "请把它改为数字 0；年份用汉字书写的，改为“〇”。",
            "Change it to the digit 0, or to 〇 in a year written in Chinese numerals.",
        ),
        source="case U15",
        fails=_with_basis("《示例办法》（示例〔2O22〕1号）"),
        passes=_with_basis("《示例办法》（示例〔2022〕1号）"),
    ),
    rule(
        "BASIS-MISSING",
        "warning",
        ("权责和赋权事项写明依据。", "Powers and delegated powers name the law they rest on."),
        ("没有填写设定依据。", "The basis is not filled in."),
        (
            "请补填法律、法规或文件的名称和条款；与上一行相同的，请合并单元格或重复填写。",
            "Name the law or document and its article; where it is that of the line above, merge the cells or repeat it.",
        ),
        source="case D08",
        applies_to=("powers", "delegated"),
        fails=_powers("", "!C3"),
        passes=_powers("《中华人民共和国森林法》第七十三条"),
    ),
    rule(
        "BASIS-ARTICLE",
        "warning",
        ("依据所引的条款确实存在。", "The article that a basis cites exists."),
        ("《{law}》似乎没有第 {article} 条。", "《{law}》 does not seem to have an article {article}."),
        ("请对照现行文本核对条款序号。", "Check the number of the article against the current text."),
        source="case D09",
        fails=_with_basis("《中华人民共和国森林法》第九百九十九条"),
        passes=_with_basis(_CIVIL_CODE),
    ),
    rule(
        "BASIS-REPEALED",
        "warning",
        ("依据在施行之日仍然有效。", "A basis is still law on the day the list takes effect."),
        ("《{law}》已于 {repealed} 废止。", "《{law}》 was repealed on {repealed}."),
        (
            "请核对后改用现行法律，例如《{now}》。",
            "Check it and name the law in force, for example 《{now}》.",
        ),
        source="《中华人民共和国民法典》第一千二百六十条; case D10",
        fails=replace(
            _with_basis("《中华人民共和国婚姻法》"), filing=ExampleFiling(effective=date(2022, 6, 20))
        ),
        passes=replace(_with_basis(_CIVIL_CODE, None), filing=ExampleFiling(effective=date(2022, 6, 20))),
    ),
    rule(
        "BASIS-BRACKETS",
        "error",
        ("书名号成对。", "Title marks are closed."),
        ("依据“{found}”的书名号不成对。", "The title marks of “{found}” do not match."),
        ("请补全书名号，一个《对一个》。", "Complete the title marks: each 《 needs its 》."),
        source="case D09",
        fails=_with_basis("《中国共产党章程", "!C3"),
        passes=_with_basis("《中国共产党章程》"),
    ),
    rule(
        "BASIS-VAGUE",
        "warning",
        ("依据写明文件名称。", "A basis names its document."),
        ("依据“{found}”没有写明文件名称。", "The basis “{found}” names no document."),
        (
            "请写明法律、法规或文件的全称，例如《中华人民共和国突发事件应对法》。",
            "Give the full title of the law or document, for example 《中华人民共和国突发事件应对法》.",
        ),
        source="case D09",
        fails=_with_basis("根据有关规定", "!C3"),
        passes=_with_basis("《中国共产党章程》"),
    ),
    rule(
        "DATE-RANGE",
        "error",
        (
            "日期合理：2000 年以后，不晚于核查日一年以上。",
            "Dates are sensible: after 2000, and not more than a year ahead.",
        ),
        (
            "日期“{found}”不合理：没有这一天，或早于 2000 年，或晚于今天一年以上。",
            "The date “{found}” cannot be right: there is no such day, or it lies before 2000 or more than a year ahead.",
        ),
        ("请核对并改正这个日期。", "Check the date and correct it."),
        source="case D21",
        fails=replace(FINE, filing=ExampleFiling(effective=date(2099, 1, 1))),
        passes=replace(FINE, filing=ExampleFiling()),
    ),
    rule(
        "DATE-ORDER",
        "error",
        ("施行日期不早于审定日期。", "A list does not take effect before its approval."),
        (
            "施行日期 {found} 早于审定日期 {approved}。",
            "The list takes effect on {found}, before its approval on {approved}.",
        ),
        (
            "请核对报送说明（filing.toml）中的施行日期（effective）和审定日期（[approval] 下的 date）。",
            "Check the day it takes effect (effective) and the day of approval (date under [approval]) in filing.toml.",
        ),
        source="case D21",
        fails=replace(FINE, filing=ExampleFiling(approved=date(2022, 7, 1))),
        passes=replace(FINE, filing=ExampleFiling()),
    ),
)
