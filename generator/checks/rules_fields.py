"""Rules about what has a form of its own wherever it stands: dates, phones, web addresses, document numbers, bases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
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
        ("“{date}”不是日历上有的日子。", "“{date}” is no day of the calendar."),
        ("请核对并改正这个日期。", "Check the date and correct it."),
        source="security.md C09",
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
        ("请写成“2025年6月1日”的样子。", "Write it as 2025年6月1日."),
        source="security.md C09",
        fails=_note("填报日期：25/6/1"),
        passes=_note("填报日期：2025.6.1"),
    ),
    rule(
        "PHONE-NUMERIC",
        "error",
        ("电话号码须存为文本。", "Phone numbers are kept as text."),
        (
            "电话号码“{found}”存为数值，开头的 0 会丢失，过长时还会变成科学记数。",
            "The phone number “{found}” is stored as a value: a leading 0 is lost, and a long one turns into an exponent.",
        ),
        (
            "请把单元格格式设为“文本”，连同区号重新输入。",
            "Format the cell as text and type the number again with its area code.",
        ),
        source="security.md C19",
        fails=_note("联系电话", "45100000000", at="!B4", marks={"B4": {"type": "number"}}),
        passes=_note("联系电话", "0000-0000000"),
    ),
    rule(
        "URL-SCHEME",
        "error",
        ("网址以 http:// 或 https:// 开头。", "A web address begins with http:// or https://."),
        ("“{found}”不是网址，而是一段会执行的代码。", "“{found}” is no web address but code to be run."),
        ("请删去；确需网址的，请写完整网址。", "Delete it; where an address is meant, write it in full."),
        source="security.md C24",
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
            "“{host}”不是公开的域名，群众无法访问或无法辨认。",
            "“{host}” is no public name that citizens can reach or read.",
        ),
        ("请改用公开的域名，或删去该网址。", "Use the public name, or delete the address."),
        source="security.md C24",
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
            "“{host}”不是政府网站（.gov.cn）的域名。",
            "“{host}” is not the name of a government site (.gov.cn).",
        ),
        (
            "请核对是否写错；确需写明的，请在 filing.toml 中确认。",
            "Check whether it is right; if it is meant, confirm it in filing.toml.",
        ),
        source="security.md D31",
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
            "“{part}”里有外文字母或数字（{codes}），看着像，实际不是。",
            "“{part}” holds letters or digits of another script ({codes}) that only look like the usual ones.",
        ),
        ("请用英文输入法重新输入。", "Type it again with an ordinary keyboard."),
        source="security.md U14",
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
        ("请改为 0；汉字年份改为 〇。", "Write 0, or 〇 in a year of Chinese numerals."),
        source="security.md U15",
        fails=_with_basis("《示例办法》（示例〔2O22〕1号）"),
        passes=_with_basis("《示例办法》（示例〔2022〕1号）"),
    ),
    rule(
        "BASIS-MISSING",
        "warning",
        ("权责和赋权事项写明依据。", "Powers and delegated powers name the law they rest on."),
        ("设定依据为空。", "The basis is empty."),
        (
            "请补填法律、法规或文件的名称和条款；与上一行相同的，请合并单元格或重复填写。",
            "Name the law or document and its article; where it is that of the line above, merge the cells or repeat it.",
        ),
        source="security.md D08",
        applies_to=("powers", "delegated"),
        fails=_powers("", "!C3"),
        passes=_powers("《中华人民共和国森林法》第七十三条"),
    ),
    rule(
        "BASIS-ARTICLE",
        "warning",
        ("依据所引的条款确实存在。", "The article that a basis cites exists."),
        (
            "“{law}”没有第 {article} 条那么多条文。",
            "“{law}” does not have as many articles as {article}.",
        ),
        ("请核对条款序号。", "Check the number of the article."),
        source="security.md D09",
        fails=_with_basis("《中华人民共和国森林法》第九百九十九条"),
        passes=_with_basis(_CIVIL_CODE),
    ),
    rule(
        "BASIS-REPEALED",
        "warning",
        ("依据在施行之日仍然有效。", "A basis is still law on the day the list takes effect."),
        ("《{law}》已于 {repealed} 废止。", "《{law}》 was repealed on {repealed}."),
        ("请改用现行法律，例如《{now}》。", "Name the law in force, for example 《{now}》."),
        source="《中华人民共和国民法典》第一千二百六十条; security.md D10",
        fails=replace(
            _with_basis("《中华人民共和国婚姻法》"), filing=ExampleFiling(effective=date(2022, 6, 20))
        ),
        passes=replace(_with_basis(_CIVIL_CODE, None), filing=ExampleFiling(effective=date(2022, 6, 20))),
    ),
)
