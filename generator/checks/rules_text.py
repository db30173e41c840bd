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


_RETYPE = ("请删去该字，用输入法重新输入{hint}。", "Delete the character and type it again{hint_en}.")


def _char(
    name: str, severity: Severity, text: str, says: tuple[str, str], problem: tuple[str, str], source: str
) -> Rule:
    fix = (
        _RETYPE
        if name == "CHAR-PRIVATE"
        else (
            "请删去该字，用输入法重新输入“{standard}”。"
            if name in ("CHAR-LOOKALIKE", "CHAR-COMPATIBILITY")
            else "请删去这一处前后的文字，重新输入；从网页、PDF 或聊天窗口粘贴时，右键选“只保留文本”。",
            "Delete it and type “{standard}” instead."
            if name in ("CHAR-LOOKALIKE", "CHAR-COMPATIBILITY")
            else "Delete the text around it and type it again; when pasting from a web page, a PDF or a chat, right-click and choose Keep Text Only.",
        )
    )
    return rule(name, severity, says, problem, fix, source=source, fails=_text(text), passes=_text(_NAME))


TEXT_RULES: tuple[Rule, ...] = (
    rule(
        "CELL-FORMULA",
        "error",
        ("单元格里是文字，不是公式。", "Cells hold text, not formulas."),
        (
            "单元格里是公式“{found}”，现在显示“{value}”，别处一改它就会变。",
            "The cell holds a formula, “{found}”, now showing “{value}”; it changes with other cells.",
        ),
        (
            "请选中该单元格，按 Ctrl+C 复制，再在原处右键“选择性粘贴”，选“数值”。",
            "Select the cell, copy it (Ctrl+C), right-click in the same place and choose Paste Special → Values.",
        ),
        source="case C02",
        fails=_marked(type="formula", raw="=Sheet2!B3"),
        passes=_text("=开头的文字"),
    ),
    rule(
        "CELL-FORMULA-NOVALUE",
        "error",
        ("单元格里是文字，不是公式。", "Cells hold text, not formulas."),
        (
            "单元格里的公式“{found}”还没有算出结果。",
            "The cell holds a formula, “{found}”, that has no result yet.",
        ),
        (
            "请用 WPS 或 Excel 打开并保存一次，再选中该单元格，Ctrl+C 复制，在原处右键“选择性粘贴”，选“数值”。",
            "Open and save the file in WPS or Excel once; then copy the cell (Ctrl+C), right-click in the same place and choose Paste Special → Values.",
        ),
        source="case C01",
        fails=_marked(type="formula", raw="=A1", text=""),
    ),
    rule(
        "CELL-ERROR",
        "error",
        ("单元格里没有错误值。", "No cell holds an error value."),
        (
            "单元格显示错误值“{found}”，公式没有算成。",
            "The cell shows the error “{found}”: its formula failed.",
        ),
        ("请直接输入应有的文字。", "Type the text that belongs here."),
        source="case C04",
        fails=_marked(type="error", text="#REF!"),
    ),
    rule(
        "CELL-TYPE",
        "error",
        ("文字列里是文字。", "Text columns hold text."),
        (
            "此处应是文字，现在存的是数字、日期或“是/否”一类的值：“{found}”。",
            "Text is expected here, but the cell holds a number, a date or a true/false value: “{found}”.",
        ),
        (
            "请选中该处，右键“设置单元格格式 → 数字 → 文本”，确定后重新输入。",
            "Select it, right-click, choose Format Cells → Number → Text, and type it again.",
        ),
        source="case C18",
        fails=_marked(type="boolean", text="TRUE"),
    ),
    rule(
        "CELL-DIGITS-LOST",
        "error",
        ("长数字须存为文本。", "Long numbers are kept as text."),
        (
            "数字“{found}”超过 15 位，表格软件可能已把末位变成 0。",
            "The number “{found}” has more than 15 digits; the software may have turned the last ones into zeros.",
        ),
        (
            "请选中该处，右键“设置单元格格式 → 数字 → 文本”，确定后重新输入。",
            "Select it, right-click, choose Format Cells → Number → Text, and type it again.",
        ),
        source="case C20",
        fails=_marked(type="number", text="990101199001010000"),
    ),
    rule(
        "CELL-TOO-LONG",
        "error",
        ("一个单元格不超过 32,767 个字符。", "A cell holds at most 32,767 characters."),
        (
            "单元格有 {length} 个字，最多只能有 {limit} 个。",
            "The cell holds {length} characters; {limit} is the most it can.",
        ),
        ("请精简，或分成几项。", "Shorten it or divide it into several items."),
        source="case C12",
        fails=_text("长" * 32_768),
    ),
    rule(
        "CELL-STRIKE",
        "error",
        ("不得有带删除线的文字。", "No text is struck through."),
        (
            "“{found}”带有删除线，看不出是否已经删去。",
            "“{found}” is struck through; it is not clear whether it is deleted.",
        ),
        (
            "不要的，请删除这些文字；要保留的，请选中后按 Ctrl+1，在“字体”中去掉“删除线”。",
            "Delete the text, or, to keep it, select it, press Ctrl+1 and clear Strikethrough under Font.",
        ),
        source="case C15",
        fails=_marked(struck=True),
    ),
    rule(
        "DOC-HIDDEN-TEXT",
        "error",
        ("不得有隐藏文字。", "No text is hidden."),
        ("“{found}”里有设为“隐藏”的文字，平时看不见。", "“{found}” holds text that is formatted as hidden."),
        (
            "请按 Ctrl+A 全选，按 Ctrl+D 打开“字体”，去掉“隐藏文字”的勾，看到后删去不该有的文字。",
            "Select all (Ctrl+A), open Font (Ctrl+D), clear Hidden, then delete what should not be there.",
        ),
        source="case S27",
        fails=_marked(hidden_text=True),
    ),
    _char(
        "CHAR-BIDI",
        "error",
        "开展\u202e矛盾纠纷排查",
        ("文字中没有改变方向的控制符。", "No character turns the direction of writing."),
        (
            "第 {position} 个字处有看不见、会打乱文字顺序的符号（{codes}）。",
            "At character {position} there are invisible marks that change the order of the text ({codes}).",
        ),
        "case U01",
    ),
    _char(
        "CHAR-INVISIBLE",
        "error",
        "开展\u200b矛盾纠纷排查",
        ("文字中没有看不见的字符。", "No character is invisible."),
        (
            "第 {position} 个字处有看不见的符号（{codes}）。",
            "At character {position} there are invisible characters ({codes}).",
        ),
        "case U03",
    ),
    _char(
        "CHAR-CONTROL",
        "error",
        "开展\u0007矛盾纠纷排查",
        ("文字中没有控制字符。", "There are no control characters."),
        (
            "第 {position} 个字处有不能显示的符号（{codes}）。",
            "At character {position} there are control characters, which cannot be shown ({codes}).",
        ),
        "case U18",
    ),
    _char(
        "CHAR-PRIVATE",
        "error",
        "开展\ue123矛盾纠纷排查",
        ("文字中没有自造字。", "There are no private-use characters."),
        (
            "第 {position} 个字处有自造字（{codes}），别的电脑显示不出。",
            "At character {position} there are private-use characters ({codes}), which other computers cannot show.",
        ),
        "case U07",
    ),
    _char(
        "CHAR-UNASSIGNED",
        "error",
        "开展\u0378矛盾纠纷排查",
        ("文字中没有尚未定义的字符。", "Every character is one that Unicode defines."),
        (
            "第 {position} 个字处有不通用的字（{codes}），很多电脑显示不出。",
            "At character {position} there are characters that no standard defines ({codes}); many computers cannot show them.",
        ),
        "case U05",
    ),
    _char(
        "CHAR-LOOKALIKE",
        "error",
        "开展\u2f00次矛盾纠纷排查",
        ("文字中没有貌似汉字的部首符号。", "There are no radicals that only look like characters."),
        (
            "有一个字看着像“{standard}”，其实是部首符号（{codes}），别人搜索不到。",
            "One character looks like “{standard}” but is a radical symbol ({codes}); searches would not find it.",
        ),
        "case U08",
    ),
    _char(
        "CHAR-COMPATIBILITY",
        "warning",
        "开展\uf9dc盾纠纷排查",
        ("文字用通用汉字编码。", "Characters have their ordinary code."),
        (
            "有一个字是“{standard}”的另一种写法（{codes}），别人可能搜索不到。",
            "One character is a variant code ({codes}) of “{standard}”; searches may not find it.",
        ),
        "case U09",
    ),
    _char(
        "CHAR-VARIATION",
        "warning",
        "葛\U000e0100洲社区网格管理",
        ("字形选择符可能显示不出。", "Variation selectors may not be shown."),
        (
            "文字里有指定字形的符号（{codes}），别的电脑可能显示不同。",
            "The text holds variation selectors ({codes}); other computers may show it differently.",
        ),
        "case U19",
    ),
    _char(
        "CHAR-COMBINING",
        "error",
        "开展e\u0301\u0301\u0301\u0301\u0301排查",
        ("附加符号不叠加。", "Combining marks are not piled up."),
        (
            "一个字上叠加了过多的附加符号，显示会错乱。",
            "Too many combining marks stand on one character; it cannot be shown properly.",
        ),
        "case U12",
    ),
    rule(
        "CHAR-TRADITIONAL",
        "warning",
        ("文字用规范简体字。", "Text is in standard simplified characters."),
        ("有繁体字“{characters}”。", "There are traditional characters: “{characters}”."),
        (
            "请改为规范简体字；人名、地名等确实这样写的，无需改动。",
            "Use simplified characters; leave proper names that are written so.",
        ),
        source="case U10",
        fails=_text("開展矛盾纠纷排查化解"),
    ),
    rule(
        "TEXT-MOJIBAKE",
        "error",
        ("文字没有乱码。", "Text is not garbled."),
        ("“{found}”像是乱码。", "“{found}” looks garbled."),
        (
            "请从原件重新复制这段文字；CSV 请另存为 .xlsx。",
            "Copy the text again from its original; save a CSV as .xlsx.",
        ),
        source="case U13",
        fails=_text("开展锟斤拷矛盾排查"),
    ),
    rule(
        "TEXT-MARKUP",
        "warning",
        ("文字中通常没有网页代码。", "Text seldom holds code of web pages."),
        (
            "“{found}”里有网页代码（尖括号里的字母），会原样显示出来。",
            "“{found}” holds web page code (letters in angle brackets), which would be shown as it stands.",
        ),
        (
            "如是从网页粘贴时带入的，请删除；确属内容的，无需处理。",
            "Delete it if it came along from a web page; if it is meant, leave it.",
        ),
        source="case C21",
        fails=_text("<b>开展</b>矛盾纠纷排查"),
    ),
    rule(
        "TEXT-DUPLICATED",
        "warning",
        ("同一单元格的文字不重复两遍。", "A cell does not say the same twice."),
        ("“{found}”中有两行文字相同。", "Two lines of “{found}” are the same."),
        ("请删去重复的一行。", "Delete one of them."),
        source="case C28",
        fails=supporting(("1", "防汛", "县水务局", "组织防汛抢险。\n组织防汛抢险。", "巡查报告。"), at="!D3"),
        passes=supporting(("1", "防汛", "县水务局", "组织防汛抢险。\n发布预警。", "巡查报告。")),
    ),
    rule(
        "TEXT-LINEBREAK",
        "warning",
        ("序号、名称和类别写成一行。", "Numbers, names and categories stand on one line."),
        (
            "“{found}”中间有换行，公布时会连成一行。",
            "“{found}” holds a line break; it is published on one line.",
        ),
        (
            "请删去换行（光标放在换行处按 Delete）；想在格内分行显示的，请点“开始”里的“自动换行”。",
            "Delete the break (place the cursor there and press Delete); to wrap text in the cell, use Home → Wrap Text.",
        ),
        source="case C14",
        fails=_text("开展矛盾纠纷\n排查化解"),
    ),
    rule(
        "TEXT-AUTONUMBER",
        "warning",
        ("文字里的编号要打出来。", "Numbers within text are typed."),
        (
            "“{found}”前的编号是自动编号，公布时不会带上。",
            "“{found}” is numbered automatically; the numbers will not be published.",
        ),
        (
            "请选中这些文字，在“开始”选项卡点“编号”按钮取消自动编号，再直接输入编号。",
            "Select the text, click Numbering on the Home tab to turn it off, and type the numbers.",
        ),
        source="case S30",
        fails=_marked(autonumber=True),
    ),
    rule(
        "PERSONAL-DATA",
        "error",
        ("清单里没有个人信息。", "A list holds no personal data."),
        (
            "此处像是有身份证号、手机号、银行卡号或个人邮箱（{found}）。",
            "There seems to be an identity, mobile or bank card number or a personal e-mail address here ({found}).",
        ),
        (
            "请删去；需要联系方式的，请改写单位的办公电话。",
            "Delete it; where a contact is needed, give an office phone.",
        ),
        source="case D28",
        fails=_text("联系13900001111开展排查"),
        passes=_text("联系0000-0000000开展排查"),
    ),
    rule(
        "CLASSIFIED-MARK",
        "error",
        ("涉密和不予公开的内容不得报送。", "Nothing classified or withheld from publication is filed."),
        (
            "此处有密级或不予公开的标记，内容不在这里显示。",
            "A mark of secrecy or of withholding from publication stands here; the content is not shown.",
        ),
        (
            "请先停止处理和传送该文件，向本单位保密工作机构报告；误用标记的，由其确认后删去。",
            "Stop handling or sending this file and report it to your office's secrecy unit; if the mark is there by mistake, remove it once they say so.",
        ),
        source="case D29",
        fails=replace(basic(("机密★1年", ""), ("1", _NAME)), at="!A3"),
        passes=_text("开展保守国家秘密宣传教育"),
    ),
)
