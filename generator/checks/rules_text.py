"""Rules about cells and characters: formulas, errors, invisible characters, personal and classified data."""

from __future__ import annotations

from dataclasses import replace

from generator.checks.rule import Example, Rule, basic, rule, supporting
from generator.model.findings import Severity

_NAME = "开展矛盾纠纷排查化解"


def _text(text: str) -> Example:
    """An example whose only item has this name."""
    return basic(("1", text), at="!B3")


def _marked(**marks: object) -> Example:
    return basic(("1", _NAME), marks={"B3": marks}, at="!B3")


_RETYPE = ("请用输入法重新输入该字{hint}。", "Type the character again{hint_en}.")


def _char(
    name: str, severity: Severity, text: str, says: tuple[str, str], problem: tuple[str, str], source: str
) -> Rule:
    fix = (
        _RETYPE
        if name == "CHAR-PRIVATE"
        else (
            "请删去该字，用输入法重新输入“{standard}”。"
            if name in ("CHAR-LOOKALIKE", "CHAR-COMPATIBILITY")
            else "请删去这段文字，重新输入；从网页或 PDF 粘贴时请选“只保留文本”。",
            "Delete it and type “{standard}” instead."
            if name in ("CHAR-LOOKALIKE", "CHAR-COMPATIBILITY")
            else "Delete the text and type it again; paste from web pages or PDF as plain text.",
        )
    )
    return rule(name, severity, says, problem, fix, source=source, fails=_text(text), passes=_text(_NAME))


TEXT_RULES: tuple[Rule, ...] = (
    rule(
        "CELL-FORMULA",
        "error",
        ("单元格里是文字，不是公式。", "Cells hold text, not formulas."),
        ("单元格是公式“{found}”，显示为“{value}”。", "The cell is a formula, “{found}”, showing “{value}”."),
        (
            "请复制该单元格，再在原处“选择性粘贴”为“数值”。",
            "Copy the cell and paste it in place as a value (Paste Special).",
        ),
        source="security.md C02",
        fails=_marked(type="formula", raw="=Sheet2!B3"),
        passes=_text("=开头的文字"),
    ),
    rule(
        "CELL-FORMULA-NOVALUE",
        "error",
        ("单元格里是文字，不是公式。", "Cells hold text, not formulas."),
        ("单元格是没有结果的公式“{found}”。", "The cell is a formula without a result: “{found}”."),
        (
            "请用 Excel 或 WPS 打开，计算后粘贴为数值。",
            "Open it in Excel or WPS, let it calculate, and paste it as a value.",
        ),
        source="security.md C01",
        fails=_marked(type="formula", raw="=A1", text=""),
    ),
    rule(
        "CELL-ERROR",
        "error",
        ("单元格里没有错误值。", "No cell holds an error value."),
        ("单元格是错误值“{found}”。", "The cell holds the error value “{found}”."),
        ("请填写正确的文字。", "Type the right text."),
        source="security.md C04",
        fails=_marked(type="error", text="#REF!"),
    ),
    rule(
        "CELL-TYPE",
        "error",
        ("文字列里是文字。", "Text columns hold text."),
        (
            "此处应为文字，现为数字、日期或真假值“{found}”。",
            "Text is expected here; the cell holds a number, date or truth value, “{found}”.",
        ),
        ("请把单元格格式设为“文本”后重新输入。", "Format the cell as text and type it again."),
        source="security.md C18",
        fails=_marked(type="boolean", text="TRUE"),
    ),
    rule(
        "CELL-DIGITS-LOST",
        "error",
        ("长数字须存为文本。", "Long numbers are kept as text."),
        (
            "数字“{found}”超过 15 位，末位可能已丢失。",
            "The number “{found}” has more than 15 digits; the last ones may be lost.",
        ),
        ("请把格式设为“文本”后重新输入。", "Format the cell as text and type it again."),
        source="security.md C20",
        fails=_marked(type="number", text="990101199001010000"),
    ),
    rule(
        "CELL-TOO-LONG",
        "error",
        ("一个单元格不超过 32,767 个字符。", "A cell holds at most 32,767 characters."),
        ("单元格有 {length} 个字符，上限 {limit}。", "The cell holds {length} characters, at most {limit}."),
        ("请精简，或分成几项。", "Shorten it or divide it into several items."),
        source="security.md C12",
        fails=_text("长" * 32_768),
    ),
    rule(
        "CELL-STRIKE",
        "error",
        ("不得有带删除线的文字。", "No text is struck through."),
        (
            "“{found}”带有删除线，不能确定是否已删除。",
            "“{found}” is struck through; it is not certain whether it is deleted.",
        ),
        (
            "请删除这些文字；如需保留，请去掉删除线。",
            "Delete the text; if it stays, remove the line through it.",
        ),
        source="security.md C15",
        fails=_marked(struck=True),
    ),
    rule(
        "DOC-HIDDEN-TEXT",
        "error",
        ("不得有隐藏文字。", "No text is hidden."),
        ("“{found}”里有隐藏文字。", "“{found}” holds hidden text."),
        ("请显示并删除隐藏文字。", "Show hidden text and delete it."),
        source="security.md S27",
        fails=_marked(hidden_text=True),
    ),
    _char(
        "CHAR-BIDI",
        "error",
        "开展\u202e矛盾纠纷排查",
        ("文字中没有改变方向的控制符。", "No character turns the direction of writing."),
        (
            "第 {position} 个字符起有方向控制符（{codes}）。",
            "There are direction controls ({codes}), the first at character {position}.",
        ),
        "security.md U01",
    ),
    _char(
        "CHAR-INVISIBLE",
        "error",
        "开展\u200b矛盾纠纷排查",
        ("文字中没有看不见的字符。", "No character is invisible."),
        (
            "第 {position} 个字符起有看不见的字符（{codes}）。",
            "There are invisible characters ({codes}), the first at character {position}.",
        ),
        "security.md U03",
    ),
    _char(
        "CHAR-CONTROL",
        "error",
        "开展\u0007矛盾纠纷排查",
        ("文字中没有控制字符。", "There are no control characters."),
        (
            "第 {position} 个字符起有控制字符（{codes}）。",
            "There are control characters ({codes}), the first at character {position}.",
        ),
        "security.md U18",
    ),
    _char(
        "CHAR-PRIVATE",
        "error",
        "开展\ue123矛盾纠纷排查",
        ("文字中没有自造字。", "There are no private-use characters."),
        (
            "第 {position} 个字符起有自造字（{codes}），别的电脑显示不出。",
            "There are private-use characters ({codes}), the first at character {position}; other computers cannot show them.",
        ),
        "security.md U07",
    ),
    _char(
        "CHAR-UNASSIGNED",
        "error",
        "开展\u0378矛盾纠纷排查",
        ("文字中没有尚未定义的字符。", "Every character is one that Unicode defines."),
        (
            "第 {position} 个字符起有尚未定义的字符（{codes}），各处显示不同或显示不出。",
            "There are characters that nobody has defined ({codes}), the first at character {position}.",
        ),
        "security.md U05",
    ),
    _char(
        "CHAR-LOOKALIKE",
        "error",
        "开展\u2f00次矛盾纠纷排查",
        ("文字中没有貌似汉字的部首符号。", "There are no radicals that only look like characters."),
        (
            "“{codes}”是部首符号，不是汉字“{standard}”。",
            "{codes} is a radical, not the character “{standard}”.",
        ),
        "security.md U08",
    ),
    _char(
        "CHAR-COMPATIBILITY",
        "warning",
        "开展\uf9dc盾纠纷排查",
        ("文字用通用汉字编码。", "Characters have their ordinary code."),
        (
            "“{codes}”是兼容字，通用字是“{standard}”。",
            "{codes} is a compatibility character; the ordinary one is “{standard}”.",
        ),
        "security.md U09",
    ),
    _char(
        "CHAR-VARIATION",
        "warning",
        "葛\U000e0100洲社区网格管理",
        ("字形选择符可能显示不出。", "Variation selectors may not be shown."),
        ("文字含字形选择符（{codes}）。", "The text holds variation selectors ({codes})."),
        "security.md U19",
    ),
    _char(
        "CHAR-COMBINING",
        "error",
        "开展e\u0301\u0301\u0301\u0301\u0301排查",
        ("附加符号不叠加。", "Combining marks are not piled up."),
        ("一个字符上叠加了过多附加符号。", "Too many combining marks stand on one character."),
        "security.md U12",
    ),
    rule(
        "CHAR-TRADITIONAL",
        "warning",
        ("文字用规范简体字。", "Text is in standard simplified characters."),
        ("有繁体字“{characters}”。", "There are traditional characters: “{characters}”."),
        ("请改为简体字；专名除外。", "Use simplified characters, save in proper names."),
        source="security.md U10",
        fails=_text("開展矛盾纠纷排查化解"),
    ),
    rule(
        "TEXT-MOJIBAKE",
        "error",
        ("文字没有乱码。", "Text is not garbled."),
        ("“{found}”像是编码转换产生的乱码。", "“{found}” looks garbled by a change of encoding."),
        (
            "请从原件重新复制这段文字；CSV 请另存为 .xlsx。",
            "Copy the text again from its original; save a CSV as .xlsx.",
        ),
        source="security.md U13",
        fails=_text("开展锟斤拷矛盾排查"),
    ),
    rule(
        "TEXT-MARKUP",
        "warning",
        ("文字中通常没有网页代码。", "Text seldom holds code of web pages."),
        (
            "“{found}”里有网页代码，将按原样显示为文字。",
            "“{found}” holds code of web pages; it will be shown as text.",
        ),
        (
            "如是从网页粘贴时带入的，请删除；确属内容的，无需处理。",
            "Delete it if it came along from a web page; if it is meant, leave it.",
        ),
        source="security.md C21",
        fails=_text("<b>开展</b>矛盾纠纷排查"),
    ),
    rule(
        "TEXT-DUPLICATED",
        "warning",
        ("同一单元格的文字不重复两遍。", "A cell does not say the same twice."),
        ("“{found}”中有两行文字相同。", "Two lines of “{found}” are the same."),
        ("请删去重复的一行。", "Delete one of them."),
        source="security.md C28",
        fails=supporting(("1", "防汛", "县水务局", "组织防汛抢险。\n组织防汛抢险。", "巡查报告。"), at="!D3"),
        passes=supporting(("1", "防汛", "县水务局", "组织防汛抢险。\n发布预警。", "巡查报告。")),
    ),
    rule(
        "TEXT-LINEBREAK",
        "warning",
        ("序号、名称和类别写成一行。", "Numbers, names and categories stand on one line."),
        ("“{found}”里有换行，公布时写成一行。", "“{found}” holds a line break; it is shown on one line."),
        (
            "无需分行的，请删去换行，改用单元格格式中的“自动换行”。",
            "Delete the break and let the cell wrap its text.",
        ),
        source="security.md C14",
        fails=_text("开展矛盾纠纷\n排查化解"),
    ),
    rule(
        "TEXT-AUTONUMBER",
        "warning",
        ("文字里的编号要打出来。", "Numbers within text are typed."),
        (
            "“{found}”用了自动编号，编号不会公布。",
            "“{found}” is numbered automatically; the numbers will not be shown.",
        ),
        (
            "请把自动编号转换成文字（复制后只粘贴文本）。",
            "Turn automatic numbers into text (copy and paste as plain text).",
        ),
        source="security.md S30",
        fails=_marked(autonumber=True),
    ),
    rule(
        "PERSONAL-DATA",
        "error",
        ("清单里没有个人信息。", "A list holds no personal data."),
        (
            "有身份证号、手机号、银行卡号或个人邮箱（{found}）。",
            "There is an identity, mobile or bank card number or a personal e-mail address ({found}).",
        ),
        (
            "请删除；需要联系方式的，请改为单位的办公电话。",
            "Delete it; where a contact is needed, give the office phone.",
        ),
        source="security.md D28",
        fails=_text("联系13900001111开展排查"),
        passes=_text("联系0000-0000000开展排查"),
    ),
    rule(
        "CLASSIFIED-MARK",
        "error",
        ("涉密和不予公开的内容不得报送。", "Nothing classified or withheld from publication is filed."),
        (
            "此处有密级或不予公开的标记，内容不在此显示。",
            "Here stands a mark of secrecy or of withholding; the content is not shown.",
        ),
        (
            "请立即停止处理该文件，报告本单位保密工作机构。",
            "Stop handling this file at once and tell your office's secrecy unit.",
        ),
        source="security.md D29",
        fails=replace(basic(("机密★1年", ""), ("1", _NAME)), at="!A3"),
        passes=_text("开展保守国家秘密宣传教育"),
    ),
)
