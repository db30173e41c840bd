"""Rules about files: what a reader saw before there was any table. Intake's tests make the failing files."""

from __future__ import annotations

from generator.checks.rule import FINE, Example, Rule, from_reader, rule
from generator.model.findings import Severity

_SAVE = (
    "请用 Excel 或 WPS 打开原文件，另存为“Excel 工作簿（.xlsx）”后重新报送。",
    "Open the original in Excel or WPS, save it as an Excel workbook (.xlsx) and file it again.",
)
_SAVE_EITHER = (
    "请打开原文件，另存为 Excel 工作簿（.xlsx）或 Word 文档（.docx）后重新报送。",
    "Open the original, save it as an Excel workbook (.xlsx) or a Word document (.docx) and file it again.",
)
_AGAIN = (
    "请从原电脑重新复制或导出该文件后报送。",
    "Copy or export the file again from its computer and file that.",
)
_FORMATS = "xlsx、xls、et、docx、csv"


def _file(
    name: str,
    says: tuple[str, str],
    problem: tuple[str, str],
    fix: tuple[str, str] = _SAVE,
    *,
    severity: Severity = "error",
    cell: str | None = None,
    source: str = "security.md §3.1",
    **slots: str,
) -> Rule:
    """Return a rule that a reader applies; its failing example carries the reader's fault."""
    return rule(
        name, severity, says, problem, fix, source=source, passes=FINE, fails=from_reader(name, cell, **slots)
    )


def _zip(name: str, problem: tuple[str, str], says: tuple[str, str]) -> Rule:
    return _file(name, says, problem, part="xl/workbook.xml")


_ZIP_SAYS = ("文件内部结构须完整、规范。", "The inner structure of a file is whole and regular.")
_TOO_BIG = ("文件大小和内容数量须在限额以内。", "A file stays within the limits of size and number.")

FILE_RULES: tuple[Rule, ...] = (
    _file(
        "FILE-EMPTY",
        ("文件须有内容。", "A file has content."),
        ("文件是空的（0 字节）。", "The file is empty (0 bytes)."),
        _AGAIN,
    ),
    _file(
        "FILE-NOT-REGULAR",
        ("报送的须是普通文件。", "What is filed is an ordinary file."),
        ("这不是普通文件，而是{kind}。", "This is not an ordinary file but {kind_en}."),
        (
            "请直接报送文件本身，不要用快捷方式或文件夹。",
            "File the document itself, not a shortcut or a folder.",
        ),
        kind="symlink",
    ),
    _file(
        "FILE-UNREADABLE",
        ("文件须能打开。", "A file can be opened."),
        ("无法读取该文件：{reason}。", "The file cannot be read: {reason_en}."),
        (
            "请检查文件是否存在、是否有读取权限、是否被其他程序占用。",
            "Check that it exists, that you may read it, and that no other program holds it.",
        ),
        reason="Permission denied",
    ),
    _file(
        "FILE-CHANGED",
        ("读取期间文件不得改动。", "A file does not change while it is read."),
        ("读取期间文件被改动。", "The file changed while it was being read."),
        (
            "请关闭正在编辑的窗口，等保存或复制完成后再试。",
            "Close the window that edits it, wait until it is saved or copied, and try again.",
        ),
    ),
    _file(
        "FILE-NAME",
        ("文件名须是普通名称。", "A file has an ordinary name."),
        (
            "文件名“{found}”不便使用：{reason}。",
            "The file name “{found}” cannot be used well: {reason_en}.",
        ),
        ("请改名，例如“宾西镇履职事项清单.xlsx”。", "Rename it, for example 宾西镇履职事项清单.xlsx."),
        reason="control",
    ),
    rule(
        "FILE-NAME-CLASH",
        "error",
        (
            "同一次报送中文件名不得重复（不分大小写）。",
            "No two files of a filing have one name (whatever the case of letters).",
        ),
        ("文件名与“{other}”重复。", "The name is the same as that of “{other}”."),
        ("请改名。", "Rename one of them."),
        source="security.md F26",
        fails=Example(sheets=FINE.sheets, file="示例.xlsx|示例.XLSX"),
    ),
    _file(
        "FILE-IGNORED",
        ("临时文件和系统文件不作为报送文件。", "Temporary and system files are not documents."),
        (
            "这是 Office 或系统留下的临时文件，已忽略。",
            "Office or the system left this file behind; it was ignored.",
        ),
        ("无需处理。", "Nothing to do."),
        severity="info",
        source="security.md F32",
    ),
    _file(
        "FILE-TYPE",
        (
            f"文件须是 {_FORMATS} 之一，以内容为准，不看扩展名。",
            f"A file is one of {_FORMATS}, by its content, not its suffix.",
        ),
        (
            "文件内容是{kind}，不是可读取的表格。",
            "The file is really {kind_en}, not a table that can be read.",
        ),
        (
            "请报送可编辑的表格原件。扫描件、图片和 PDF 无法读取；纯文本请在 Excel 或 WPS 中打开，另存为 .xlsx。",
            "File the original, editable table. Scans, pictures and PDF cannot be read; open plain text in Excel or WPS and save it as .xlsx.",
        ),
        kind="PDF",
    ),
    _file(
        "FILE-TYPE-HTML",
        ("网页不能作为表格报送。", "A web page is not filed as a table."),
        (
            "文件其实是网页（HTML），只是扩展名像表格。",
            "The file is really a web page (HTML) with a table's suffix.",
        ),
    ),
    _file(
        "FILE-TYPE-SPREADSHEETML",
        ("不接收 XML 表格 2003 格式。", "XML Spreadsheet 2003 is not accepted."),
        ("文件是“XML 表格 2003”格式。", "The file is an XML Spreadsheet 2003."),
    ),
    _file(
        "FILE-ENCRYPTED",
        ("文件不得加密。", "A file is not encrypted."),
        ("文件设有打开密码。", "The file is protected by a password."),
        ("请去除密码后另存，再报送。", "Remove the password, save it and file it again."),
    ),
    _file(
        "FILE-MACRO",
        ("文件不得含宏或嵌入对象。", "A file holds no macros or embedded objects."),
        ("文件含有宏或嵌入对象（{part}）。", "The file holds macros or embedded objects ({part})."),
        part="vbaProject.bin",
    ),
    _file(
        "FILE-UNSUPPORTED",
        (f"只接收 {_FORMATS}。", f"Only {_FORMATS} are accepted."),
        ("文件是{kind}格式，无法读取。", "The file is in a format that cannot be read: {kind_en}."),
        _SAVE_EITHER,
        kind="xlsb",
    ),
    _file(
        "FILE-WPS-NATIVE",
        ("WPS 专有格式须另存。", "WPS's own format is saved as another one."),
        ("文件是 WPS 专有格式，无法读取。", "The file is in WPS's own format, which cannot be read."),
    ),
    _file(
        "FILE-TRUNCATED",
        ("文件须完整。", "A file is complete."),
        (
            "文件不完整，可能复制或下载中断。",
            "The file is cut off; perhaps copying or downloading was interrupted.",
        ),
        _AGAIN,
    ),
    _file(
        "FILE-BUDGET",
        _TOO_BIG,
        (
            "{what}为 {actual}，超过上限 {limit}。",
            "The {what_en} is {actual}; at most {limit} can be read.",
        ),
        (
            "请删去图片、空白行列和多余工作表，或分成几个文件报送。",
            "Remove pictures, blank rows and spare sheets, or file it in several parts.",
        ),
        what="file",
        limit="20.0 MiB",
        actual="31.5 MiB",
        part="",
    ),
    _file(
        "FILE-PARSER-DIED",
        ("文件须能在限定的时间和内存内读完。", "A file can be read within limits of time and memory."),
        ("未能读完该文件：{reason}。", "The file could not be read to its end: {reason_en}."),
        reason="signal",
        signal="6",
    ),
    _file(
        "FILE-FAULT",
        ("文件须能正常读取。", "A file can be read."),
        ("读取时发现问题：{rule}。", "The reader saw a fault: {rule}."),
        rule="UNKNOWN",
    ),
    _zip("ZIP-OVERLAP", ("文件内部有相互重叠的部分。", "Parts inside the file overlap."), _ZIP_SAYS),
    _zip(
        "ZIP-DUPNAME",
        ("文件内部有同名部分：{part}。", "Two parts inside the file have one name: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "ZIP-NAME",
        ("文件内部有不正常的名称：{part}。", "A part inside the file has an irregular name: {part}."),
        _ZIP_SAYS,
    ),
    _zip("ZIP-CRC", ("文件内部数据损坏：{part}。", "A part inside the file is damaged: {part}."), _ZIP_SAYS),
    _zip(
        "ZIP-SIZE-LIES",
        (
            "文件内部标明的大小与实际不符：{part}。",
            "A part inside the file is not of the size it states: {part}.",
        ),
        _ZIP_SAYS,
    ),
    _zip(
        "ZIP-METHOD",
        (
            "文件内部用了不支持的压缩方式：{part}。",
            "A part inside the file is compressed in an unsupported way: {part}.",
        ),
        _ZIP_SAYS,
    ),
    _zip(
        "XML-DTD",
        ("文件内部含有 DOCTYPE 声明：{part}。", "A part inside the file holds a DOCTYPE: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "XML-ENCODING",
        ("文件内部编码不正常：{part}。", "A part inside the file has an irregular encoding: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "XML-DEPTH",
        ("文件内部嵌套过深：{part}。", "A part inside the file is nested too deeply: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "XML-BROKEN",
        ("文件内部结构损坏：{part}。", "A part inside the file is not well-formed: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "REL-TARGET",
        ("文件内部引用越界：{part}。", "A part refers to a place outside the file: {part}."),
        _ZIP_SAYS,
    ),
    _zip(
        "REL-EXTERNAL",
        ("文件引用了外部文件：{part}。", "The file refers to another file: {part}."),
        ("文件不得引用外部文件。", "A file does not refer to other files."),
    ),
    _file(
        "LINK-IGNORED",
        ("单元格里的超链接不公布，只公布文字。", "Links in cells are not published, only their text."),
        (
            "此处的文字带有超链接“{target}”，公布时只保留文字。",
            "The text here is a link to “{target}”; only the text is published.",
        ),
        (
            "如需群众访问该网址，请把完整网址写在文字里；不需要的，无需处理。",
            "If citizens need the address, write it out in the text; if not, leave it.",
        ),
        severity="warning",
        cell="B3",
        source="security.md F15",
        target="https://www.example.gov.cn/",
    ),
    _zip(
        "BOOK-BROKEN",
        ("工作簿损坏，无法读取（{part}）。", "The workbook is damaged and cannot be read ({part})."),
        _ZIP_SAYS,
    ),
    _zip(
        "DOC-BROKEN",
        ("文档损坏，无法读取（{part}）。", "The document is damaged and cannot be read ({part})."),
        _ZIP_SAYS,
    ),
    _file(
        "DATE-1904",
        ("日期系统应为 1900 年制。", "The date system is that of 1900."),
        (
            "工作簿用 1904 年日期系统，日期可能差四年。",
            "The workbook uses the 1904 date system; dates may be four years off.",
        ),
        ("请核对文件中的日期。", "Check the dates in the file."),
        severity="warning",
    ),
    _file(
        "IMAGE-IGNORED",
        ("图片中的文字不会读取。", "Text in pictures is not read."),
        ("有图片 {count} 张，其中的文字未读取。", "Pictures: {count}. Their text was not read."),
        (
            "如图片中有清单内容，请录入为文字；没有的，无需处理。",
            "If a picture holds parts of the list, type them as text; if not, leave it.",
        ),
        severity="warning",
        count="1",
    ),
    _file(
        "DOC-TRACKED-CHANGES",
        ("报送前须接受或拒绝全部修订。", "All tracked changes are accepted or rejected before filing."),
        (
            "文档有 {count} 处修订尚未接受或拒绝。",
            "The document has tracked changes ({count}) that nobody has accepted or rejected.",
        ),
        (
            "请在“审阅”中接受或拒绝全部修订，保存后再报送。",
            "Accept or reject all changes under Review, save, and file again.",
        ),
        source="security.md S24",
        count="3",
    ),
    _file(
        "DOC-NO-TEXT",
        ("文档须有文字。", "A document holds text."),
        ("文档里没有文字，可能是扫描件。", "The document holds no text; it may be a scan."),
        ("请报送可编辑的原件。", "File the editable original."),
    ),
    _file(
        "DOC-NO-TABLE",
        ("清单须是表格。", "A list is a table."),
        ("文档有文字，但没有表格。", "The document has text but no table."),
        (
            "请把清单做成表格，可用 qingdan template 生成空表。",
            "Put the list into a table; qingdan template makes an empty one.",
        ),
    ),
    _file(
        "SHEET-EXTENT",
        _TOO_BIG,
        (
            "表格范围过大（上限 {rows} 行、{columns} 列）。",
            "The sheet reaches too far (at most {rows} rows and {columns} columns).",
        ),
        ("请删除表格外远处单元格的内容。", "Delete what stands in far-away cells."),
        cell="XFD1048576",
        source="security.md S07",
        rows="20000",
        columns="64",
    ),
    _file(
        "SHEET-BUDGET",
        _TOO_BIG,
        ("单元格超过 {limit} 个。", "There are more than {limit} cells."),
        ("请分成几个文件报送。", "File it in several parts."),
        cell="A1",
        source="security.md S21",
        limit="200000",
    ),
    _file(
        "ROW-REF",
        _ZIP_SAYS,
        ("行号不正常。", "A row has an irregular number."),
        cell="A1",
        source="security.md S08",
        row="0",
    ),
    _file(
        "CELL-REF",
        _ZIP_SAYS,
        ("单元格地址不正常。", "A cell has an irregular address."),
        cell="A1",
        source="security.md S09",
    ),
    _file(
        "MERGE-AREA",
        _TOO_BIG,
        ("合并单元格范围过大。", "A merged range is too large."),
        ("请取消该合并。", "Unmerge it."),
        cell="A1:XFD100",
        source="security.md S10",
        limit="200000",
    ),
    _file(
        "MERGE-OVERLAP",
        _ZIP_SAYS,
        ("合并单元格与 {other} 重叠。", "The merged range overlaps {other}."),
        ("请取消这两处合并后重新合并。", "Unmerge both and merge again."),
        cell="A3:B4",
        source="security.md S11",
        other="B4:C5",
    ),
    _file(
        "DOC-NESTED-TABLE",
        ("表格里不得再套表格。", "No table stands inside a table."),
        ("单元格里嵌套了表格。", "A table stands inside this cell."),
        ("请把嵌套表格的内容改成文字。", "Turn the inner table into text."),
        cell="B3",
        source="security.md S26",
    ),
    _file(
        "DOC-GRID",
        ("表格各行的列须对齐。", "The rows of a table have the same columns."),
        (
            "第 {row} 行有 {columns} 列，应为 {expected} 列。",
            "Row {row} has {columns} columns instead of {expected}.",
        ),
        (
            "请补齐、合并或拆分该行的单元格，使其与表头对齐。",
            "Add, merge or split cells so that the row stands under its headings.",
        ),
        cell="A3",
        source="security.md S28",
        row="3",
        columns="4",
        expected="5",
    ),
    _file(
        "CELL-SST",
        _ZIP_SAYS,
        ("单元格引用了不存在的文字。", "The cell refers to text that does not exist."),
        cell="B3",
        source="security.md C10",
        index="99",
    ),
    _file(
        "CELL-NUMBER",
        ("数字须是正常数值。", "Numbers are ordinary numbers."),
        ("单元格里的数值“{found}”不正常。", "The number “{found}” is irregular."),
        ("请重新录入。", "Type it again."),
        cell="B3",
        source="security.md C05",
    ),
    _file(
        "CELL-INVISIBLE-FORMAT",
        ("文字须看得见。", "Text can be seen."),
        ("文字用了与底色相同的颜色或极小字号。", "The text is in the colour of its background or tiny."),
        ("请确认该文字应当公开，否则删除。", "Make sure that the text is meant to be public, or delete it."),
        severity="warning",
        cell="B3",
        source="security.md C16",
    ),
    _file(
        "CENSUS-MISMATCH",
        ("读出的字数须与文件中的字数一致。", "As many characters are read as the file holds."),
        (
            "此处读出 {read} 个字符，文件中有 {counted} 个，为免漏字未予采用。",
            "{read} characters were read here, but the file holds {counted}; nothing may be lost.",
        ),
        cell="B3",
        source="security.md §5.3",
        read="10",
        counted="11",
    ),
    _file(
        "CSV-ENCODING",
        ("CSV 须是一种编码：UTF-8 或 GB18030。", "A CSV is in one encoding: UTF-8 or GB18030."),
        (
            "无法确定编码（第 {line} 行；试过 {tried}）。",
            "The encoding is not certain (line {line}; tried {tried}).",
        ),
        (
            "请在 Excel 或 WPS 中打开，核对文字无误后另存为 .xlsx 再报送。",
            "Open it in Excel or WPS, see that the text is right, save it as .xlsx and file that.",
        ),
        cell="A3",
        source="security.md F34",
        line="3",
        tried="utf-8, gb18030",
    ),
    rule(
        "CSV-READ",
        "info",
        ("CSV 按判明的编码读取。", "A CSV is read in the encoding that was found."),
        ("按 {encoding} 编码读取。", "It was read as {encoding}."),
        ("如有乱码，请另存为 .xlsx 后报送。", "If text is garbled, save it as .xlsx and file that."),
        source="security.md F33",
        fails=Example(sheets=FINE.sheets, file="示例.csv", format="csv", encoding="gb18030"),
    ),
    _file(
        "CSV-DELIM",
        ("CSV 以英文逗号分隔。", "A CSV is separated by commas."),
        ("分隔符是“{delimiter}”，不是英文逗号。", "The separator is “{delimiter}”, not a comma."),
        cell="A1",
        source="security.md F40",
        delimiter=";",
    ),
    _file(
        "CSV-RAGGED",
        ("CSV 各行列数须相同。", "All lines of a CSV have the same columns."),
        (
            "第 {line} 行有 {columns} 列，应为 {expected} 列。",
            "Line {line} has {columns} columns instead of {expected}.",
        ),
        cell="A3",
        source="security.md F39",
        line="3",
        columns="4",
        expected="5",
    ),
    _file(
        "CSV-NUL",
        ("CSV 不得含空字符。", "A CSV holds no NUL character."),
        (
            "第 {line} 行第 {column} 列含空字符（NUL）。",
            "Line {line} holds a NUL character in column {column}.",
        ),
        cell="A3",
        source="security.md F36",
        line="3",
        column="2",
    ),
    _file(
        "CSV-QUOTE",
        ("CSV 的引号须成对。", "Quotes in a CSV are closed."),
        ("第 {line} 行的引号没有关闭。", "The quote opened in line {line} is not closed."),
        cell="A3",
        source="security.md F37",
        line="3",
    ),
)
