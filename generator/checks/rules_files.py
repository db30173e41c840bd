"""Rules about files: what a reader saw before there was any table. Intake's tests make the failing files."""

from __future__ import annotations

from generator.checks.reader_rule import COPY_AGAIN, SAVE_EITHER, SAVE_WEB, damage_rule, reader_rule
from generator.checks.rule import FINE, Example, Rule, rule
from generator.checks.rules_csv import CSV_RULES

_FORMATS = "xlsx、xls、et、docx、csv"


_ZIP_SAYS = ("文件内部结构须完整、规范。", "The inner structure of a file is whole and regular.")
_TOO_BIG = ("文件大小和内容数量须在限额以内。", "A file stays within the limits of size and number.")

FILE_RULES: tuple[Rule, ...] = (
    reader_rule(
        "FILE-EMPTY",
        ("文件须有内容。", "A file has content."),
        ("文件是空的（0 字节）。", "The file is empty (0 bytes)."),
        COPY_AGAIN,
    ),
    reader_rule(
        "FILE-NOT-REGULAR",
        ("报送的须是普通文件。", "What is filed is an ordinary file."),
        ("这不是普通文件，而是{kind}。", "This is not an ordinary file but {kind_en}."),
        (
            "请直接报送文件本身，不要用快捷方式或文件夹。",
            "File the document itself, not a shortcut or a folder.",
        ),
        kind="symlink",
    ),
    reader_rule(
        "FILE-UNREADABLE",
        ("文件须能打开。", "A file can be opened."),
        ("无法读取该文件：{reason}。", "The file cannot be read: {reason_en}."),
        (
            "请核对文件是否还在原处，关闭正在打开它的程序；提示没有权限的，请复制到自己的文件夹后再试。",
            "Check that the file is still there and close the program that has it open; if you have no permission, copy it into a folder of your own.",
        ),
        reason="Permission denied",
    ),
    reader_rule(
        "FILE-CHANGED",
        ("读取期间文件不得改动。", "A file does not change while it is read."),
        ("读取期间文件被改动。", "The file changed while it was being read."),
        (
            "请关闭正在编辑的窗口，等保存或复制完成后再试。",
            "Close the window that edits it, wait until it is saved or copied, and try again.",
        ),
    ),
    reader_rule(
        "FILE-NAME",
        ("文件名须是普通名称。", "A file has an ordinary name."),
        ("文件名“{found}”不能使用：{reason}。", "The file name “{found}” cannot be used: {reason_en}."),
        (
            "请右键点该文件，选“重命名”，例如改为“宾西镇履职事项清单.xlsx”。",
            "Right-click the file, choose Rename, and name it, for example, 宾西镇履职事项清单.xlsx.",
        ),
        reason="control",
    ),
    rule(
        "FILE-NAME-CLASH",
        "error",
        (
            "同一次报送中文件名不得重复（不分大小写）。",
            "No two files of a filing have one name (whatever the case of letters).",
        ),
        ("有两个文件同名：本文件与“{other}”。", "Two files have the same name: this one and “{other}”."),
        ("请把其中一个文件改名。", "Rename one of the two."),
        source="case F26",
        fails=Example(sheets=FINE.sheets, file="示例.xlsx|示例.XLSX"),
    ),
    reader_rule(
        "FILE-IGNORED",
        ("临时文件和系统文件不作为报送文件。", "Temporary and system files are not documents."),
        (
            "这是 Office 或系统留下的临时文件，已忽略。",
            "Office or the system left this file behind; it was ignored.",
        ),
        ("无需处理。", "Nothing to do."),
        severity="info",
        source="case F32",
    ),
    reader_rule(
        "FILE-TYPE",
        (
            f"文件须是 {_FORMATS} 之一，以内容为准，不看扩展名。",
            f"A file is one of {_FORMATS}, by its content, not its suffix.",
        ),
        ("文件内容是{kind}，程序不能读取。", "The file is really {kind_en}, which cannot be read."),
        (
            "请报送可以编辑的表格原件（如 .xlsx）。扫描件、图片和 PDF 不能读取；压缩包请先解压；纯文本请用 WPS 或 Excel 打开，另存为 .xlsx。",
            "File the original, editable table (such as .xlsx). Scans, pictures and PDFs cannot be read; unpack archives first; open plain text in WPS or Excel and save it as .xlsx.",
        ),
        kind="PDF",
    ),
    reader_rule(
        "FILE-TYPE-HTML",
        ("网页不能作为表格报送。", "A web page is not filed as a table."),
        (
            "文件其实是网页（HTML），只是扩展名像表格；从业务系统导出的文件常常这样。",
            "The file is really a web page (HTML) with the extension of a workbook, as some systems export it.",
        ),
        SAVE_WEB,
    ),
    reader_rule(
        "FILE-TYPE-SPREADSHEETML",
        ("不接收 XML 表格 2003 格式。", "XML Spreadsheet 2003 is not accepted."),
        (
            "文件是旧的“XML 表格 2003”格式，多由业务系统导出。",
            "The file is in the old XML Spreadsheet 2003 format, as some systems export it.",
        ),
        SAVE_WEB,
    ),
    reader_rule(
        "FILE-ENCRYPTED",
        ("文件不得加密。", "A file is not encrypted."),
        ("文件设有打开密码。", "The file is protected by a password."),
        (
            "请打开文件，清空密码后保存，再报送。WPS：文件 → 文档加密 → 密码加密；Excel：文件 → 信息 → 保护工作簿 → 用密码进行加密。",
            "Open it, clear the password, save, and file it again. WPS: File → Encrypt; Excel: File → Info → Protect Workbook → Encrypt with Password.",
        ),
    ),
    reader_rule(
        "FILE-MACRO",
        ("文件不得含宏或嵌入对象。", "A file holds no macros or embedded objects."),
        (
            "文件带有宏（能自动运行的程序）或插入的附件（{part}）。",
            "The file holds macros (programs that run by themselves) or embedded objects ({part}).",
        ),
        (
            "请删去插入的附件，再点“文件 → 另存为”，存为不带宏的 .xlsx 或 .docx，报送新存的文件。",
            "Delete embedded objects, then choose File → Save As, save as .xlsx or .docx without macros, and file the new copy.",
        ),
        part="vbaProject.bin",
    ),
    reader_rule(
        "FILE-UNSUPPORTED",
        (f"只接收 {_FORMATS}。", f"Only {_FORMATS} are accepted."),
        ("文件是{kind}格式，无法读取。", "The file is in a format that cannot be read: {kind_en}."),
        SAVE_EITHER,
        kind="xlsb",
    ),
    reader_rule(
        "FILE-WPS-NATIVE",
        ("WPS 专有格式须另存。", "WPS's own format is saved as another one."),
        ("文件是 WPS 自己的格式，程序不能读取。", "The file is in WPS's own format, which cannot be read."),
        SAVE_EITHER,
    ),
    reader_rule(
        "FILE-TRUNCATED",
        ("文件须完整。", "A file is complete."),
        (
            "文件不完整，可能是复制或下载时中断了。",
            "The file is incomplete; copying or downloading may have been interrupted.",
        ),
        COPY_AGAIN,
    ),
    reader_rule(
        "FILE-BUDGET",
        _TOO_BIG,
        ("{what}为 {actual}，超过上限 {limit}。", "The {what_en} is {actual}, over the limit of {limit}."),
        (
            "请删去图片、表格外的空白行列和多余的工作表后保存；仍超过上限的，请分成几个文件报送。",
            "Delete pictures, blank rows and columns around the table, and spare sheets, then save; if it is still over the limit, file it in several parts.",
        ),
        what="file",
        limit="20.0 MB",
        actual="31.5 MB",
        part="",
    ),
    reader_rule(
        "FILE-PARSER-DIED",
        ("文件须能在限定的时间和内存内读完。", "A file can be read within limits of time and memory."),
        (
            "程序没能读完该文件：{reason}。其他文件不受影响。",
            "The file could not be read to its end: {reason_en}. Other files are not affected.",
        ),
        SAVE_EITHER,
        reason="signal",
        signal="6",
    ),
    reader_rule(
        "FILE-FAULT",
        ("文件须能正常读取。", "A file can be read."),
        (
            "文件有问题，程序还没有对应的说明（代号 {rule}）。",
            "Something is wrong with the file for which there is no explanation yet (code {rule}).",
        ),
        SAVE_EITHER,
        rule="UNKNOWN",
    ),
    damage_rule(
        "ZIP-OVERLAP",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部各部分相互重叠）。",
            "The file is damaged, or was not saved by WPS or Office (parts inside it overlap).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "ZIP-DUPNAME",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部有两个部分同名：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (two parts inside it have the same name: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "ZIP-NAME",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部有名称异常的部分：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (a part inside it has an irregular name: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "ZIP-CRC",
        (
            "文件已损坏，可能是复制或下载时出了错（{part}）。",
            "The file is damaged; copying or downloading may have gone wrong ({part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "ZIP-SIZE-LIES",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部标明的大小与实际不符：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (a part inside it is not of the size it states: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "ZIP-METHOD",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部用了不常见的压缩方法：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (a part inside it is compressed in an unusual way: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "XML-DTD",
        (
            "文件内部夹带了不应有的声明（DOCTYPE），正常保存的文件没有：{part}。",
            "The file carries a declaration (DOCTYPE) that no normally saved file has: {part}.",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "XML-ENCODING",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部文字的保存方式异常：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (text inside it is encoded irregularly: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "XML-DEPTH",
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（内部层次过多：{part}）。",
            "The file is damaged, or was not saved by WPS or Office (a part inside it is nested too deeply: {part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "XML-BROKEN",
        (
            "文件已损坏，内部内容不完整（{part}）。",
            "The file is damaged; its contents are incomplete ({part}).",
        ),
        _ZIP_SAYS,
    ),
    damage_rule(
        "REL-TARGET",
        (
            "文件内部指向了文件以外的位置，正常保存的文件不会这样（{part}）。",
            "The file points to a place outside itself, which no normally saved file does ({part}).",
        ),
        _ZIP_SAYS,
    ),
    reader_rule(
        "REL-EXTERNAL",
        ("文件不得引用外部文件。", "A file does not refer to other files."),
        ("文件里有指向其他文件的链接（{part}）。", "The file is linked to another file ({part})."),
        (
            "表格请点“数据 → 编辑链接 → 断开链接”，文档请把链接的图片改为直接插入，保存后再报送。",
            "In a workbook choose Data → Edit Links → Break Link; in a document insert linked pictures themselves; save and file it again.",
        ),
        part="xl/workbook.xml",
    ),
    reader_rule(
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
        source="case F15",
        target="https://www.example.gov.cn/",
    ),
    damage_rule(
        "BOOK-BROKEN",
        ("工作簿已损坏，无法读取（{part}）。", "The workbook is damaged and cannot be read ({part})."),
        _ZIP_SAYS,
    ),
    damage_rule(
        "DOC-BROKEN",
        ("文档已损坏，无法读取（{part}）。", "The document is damaged and cannot be read ({part})."),
        _ZIP_SAYS,
    ),
    reader_rule(
        "DATE-1904",
        ("日期系统应为 1900 年制。", "The date system is that of 1900."),
        (
            "工作簿用的是 1904 年日期系统，表中日期可能相差四年零一天。",
            "The workbook uses the 1904 date system; its dates may be four years and a day off.",
        ),
        ("请核对文件中的每个日期。", "Check every date in the file."),
        severity="warning",
    ),
    reader_rule(
        "IMAGE-IGNORED",
        ("图片中的文字不会读取。", "Text in pictures is not read."),
        ("有图片 {count} 张，其中的文字未读取。", "Pictures: {count}. Their text was not read."),
        (
            "图片中如有清单内容，请录入单元格；没有的，无需处理。",
            "If a picture holds part of the list, type it into cells; if not, leave it.",
        ),
        severity="warning",
        count="1",
    ),
    reader_rule(
        "DOC-TRACKED-CHANGES",
        ("报送前须接受或拒绝全部修订。", "All tracked changes are accepted or rejected before filing."),
        (
            "文档有 {count} 处修订还没有接受或拒绝。",
            "The document has {count} tracked change(s) not yet accepted or rejected.",
        ),
        (
            "请点“审阅 → 接受 → 接受所有修订”（不采用的先逐处拒绝），保存后再报送。",
            "Choose Review → Accept → Accept All Changes (first reject those you do not want), save, and file it again.",
        ),
        source="case S24",
        count="3",
    ),
    reader_rule(
        "DOC-NO-TEXT",
        ("文档须有文字。", "A document holds text."),
        ("文档里没有文字，可能是扫描件。", "The document holds no text; it may be a scan."),
        (
            "请报送可以编辑的 Word 或 Excel 原件，不要报送扫描件。",
            "File the editable Word or Excel original, not a scan.",
        ),
    ),
    reader_rule(
        "DOC-NO-TABLE",
        ("清单须是表格。", "A list is a table."),
        ("文档里只有文字，没有表格。", "The document has text but no table."),
        (
            "请把清单做成表格，第一行写“序号、事项名称”等列名；可用 qingdan template 生成空白表。",
            "Put the list into a table whose first row holds the column names (序号, 事项名称 …); qingdan template makes an empty one.",
        ),
    ),
    reader_rule(
        "SHEET-EXTENT",
        _TOO_BIG,
        (
            "清单以外很远的地方有内容，超出可读范围（最多 {rows} 行、{columns} 列）。",
            "There is content far away from the list, beyond what is read (at most {rows} rows and {columns} columns).",
        ),
        (
            "请删去那里的内容：选中清单下方或右侧多余的行、列，右键选“删除”，保存后再报送。",
            "Delete what stands there: select the spare rows below or columns to the right of the list, right-click, choose Delete, save, and file it again.",
        ),
        cell="XFD1048576",
        source="case S07",
        rows="20000",
        columns="64",
    ),
    reader_rule(
        "SHEET-BUDGET",
        _TOO_BIG,
        (
            "文件的单元格超过 {limit} 个，程序没有全部读取。",
            "The file has more than {limit} cells; not all were read.",
        ),
        (
            "请删去表格外的空白行、列；确实这么多的，请分成几个文件报送。",
            "Delete blank rows and columns around the table; if there really are so many, file it in several parts.",
        ),
        cell="A1",
        source="case S21",
        limit="200000",
    ),
    reader_rule(
        "ROW-REF",
        _ZIP_SAYS,
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（表内保存的行号有误）。",
            "The file is damaged, or was not saved by WPS or Office (a row has an irregular number).",
        ),
        cell="A1",
        source="case S08",
        row="0",
    ),
    reader_rule(
        "CELL-REF",
        _ZIP_SAYS,
        (
            "文件已损坏，或不是由 WPS、Office 正常保存的（表内保存的单元格位置有误）。",
            "The file is damaged, or was not saved by WPS or Office (a cell has an irregular address).",
        ),
        cell="A1",
        source="case S09",
    ),
    reader_rule(
        "MERGE-AREA",
        _TOO_BIG,
        ("合并单元格的范围过大。", "The merged range is too large."),
        (
            "请选中该处，在“开始”选项卡点“合并”按钮，选“取消合并单元格”。",
            "Select the range and choose Home → Merge → Unmerge Cells.",
        ),
        cell="A1:XFD100",
        source="case S10",
        limit="200000",
    ),
    reader_rule(
        "MERGE-OVERLAP",
        _ZIP_SAYS,
        ("这处合并单元格与 {other} 重叠。", "This merged range overlaps {other}."),
        (
            "请选中这两处，在“开始”选项卡点“合并”按钮，选“取消合并单元格”，再分别合并。",
            "Select both, choose Home → Merge → Unmerge Cells, and merge each again.",
        ),
        cell="A3:B4",
        source="case S11",
        other="B4:C5",
    ),
    reader_rule(
        "DOC-NESTED-TABLE",
        ("表格里不得再套表格。", "No table stands inside a table."),
        ("这个单元格里又插了一张表格。", "Another table stands inside this cell."),
        (
            "请把里面的表格改成文字：选中里面的表格，点“表格工具（布局）→ 转换为文本”。",
            "Turn the inner table into text: select it and choose Layout → Convert to Text.",
        ),
        cell="B3",
        source="case S26",
    ),
    reader_rule(
        "DOC-GRID",
        ("表格各行的列须对齐。", "The rows of a table have the same columns."),
        (
            "第 {row} 行有 {columns} 列，而表头有 {expected} 列。",
            "Row {row} has {columns} columns; the header has {expected}.",
        ),
        (
            "请在该行补齐、合并或拆分单元格，使每一格都对着自己的列名。",
            "Add, merge or split cells in that row so that each stands under its heading.",
        ),
        cell="A3",
        source="case S28",
        row="3",
        columns="4",
        expected="5",
    ),
    reader_rule(
        "CELL-SST",
        _ZIP_SAYS,
        (
            "单元格里的文字没有存进文件，可能已损坏。",
            "The text of this cell is not in the file, which may be damaged.",
        ),
        cell="B3",
        source="case C10",
        index="99",
    ),
    reader_rule(
        "CELL-NUMBER",
        ("数字须是正常数值。", "Numbers are ordinary numbers."),
        ("单元格里的数“{found}”不是正常的数字。", "“{found}” is not an ordinary number."),
        ("请清空该单元格，重新输入。", "Clear the cell and type it again."),
        cell="B3",
        source="case C05",
    ),
    reader_rule(
        "CELL-INVISIBLE-FORMAT",
        ("文字须看得见。", "Text can be seen."),
        (
            "此处文字的颜色与底色相同，或字号极小，表上看不见，但会公布。",
            "The text here has the colour of its background or is tiny: nobody sees it on the sheet, yet it will be published.",
        ),
        (
            "应公布的，请把字体颜色改为黑色、字号改为正常；不应公布的，请删除。",
            "If it is meant to be public, make it black and of normal size; if not, delete it.",
        ),
        severity="warning",
        cell="B3",
        source="case C16",
    ),
    reader_rule(
        "CENSUS-MISMATCH",
        ("读出的字数须与文件中的字数一致。", "As many characters are read as the file holds."),
        (
            "程序从此处读出 {read} 个字，文件里存有 {counted} 个；为防漏字，没有采用。",
            "{read} characters were read here, but the file holds {counted}; it was not taken over, lest something be lost.",
        ),
        cell="B3",
        source="promise G1",
        read="10",
        counted="11",
    ),
    *CSV_RULES,
)
