"""Rules about sheets and tables: headers, columns, rows, merges, hidden parts, what a table is about."""

from __future__ import annotations

from dataclasses import replace

from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    FINE,
    RECLAIMED_HEADER,
    SUPPORTING_HEADER,
    Example,
    Rule,
    Sheetful,
    basic,
    filed,
    reclaimed,
    rule,
    sheet,
    supporting,
    table,
)
from generator.checks.rules_places import PLACE_RULES
from generator.model.documents import OutsideText, Where

_ONE, _TWO = ("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解")
_LEAD = ("1", "森林草原防灭火", "县林业和草原局", "组织巡护，依法查处。", "开展宣传，发现火情立即报告。")


def _outside(kind: str, text: str) -> Example:
    where = Where(file="示例.xlsx", sheet="清单", cell="B3")
    return Example(sheets=FINE.sheets, at="!B3", outside=(OutsideText(kind=kind, text=text, where=where),))  # type: ignore[arg-type]


_UNTITLED = table((("乡镇履职事项清单",), BASIC_HEADER, _ONE), "!A2")
_FINE_SUPPORTING = supporting(_LEAD)

TABLE_RULES: tuple[Rule, ...] = (
    rule(
        "LIST-NONE",
        "error",
        ("每个文件至少有一张清单。", "Every file holds at least one list."),
        ("文件里没有找到清单。", "No list was found in the file."),
        (
            "请核对文件是否报错；确是清单的，请补上标题（写明清单种类）和表头，可参照 qingdan template 生成的空白表。",
            "Check that this is the right file; if it is a list, give it a title that names its kind and a header row, as in the workbook that qingdan template makes.",
        ),
        source="promise G1",
        fails=Example(sheets=(Sheetful(name="封面", rows=(("东河镇",),)),)),
    ),
    rule(
        "LIST-EMPTY",
        "error",
        ("清单至少有一项。", "A list has at least one item."),
        ("只有表头，没有事项。", "There is a header but no item."),
        ("请填写事项；不用的空表，请删除。", "Fill in the items, or delete the table if it is not used."),
        source="case S20",
        fails=basic(at="清单!"),
    ),
    rule(
        "LIST-TWICE",
        "error",
        ("同一乡镇（街道）同类清单只报一张。", "A township has one list of a kind in a filing."),
        (
            "该乡镇（街道）的{kind}清单已在“{other}”中报送。",
            "This township's list of this kind stands in “{other}” already.",
        ),
        ("请核对哪一张是正确的，删去另一张。", "Find out which of the two is right and delete the other."),
        source="case D40",
        fails=Example(
            sheets=(
                sheet(BASIC_TITLE, BASIC_HEADER, _ONE, name="甲"),
                sheet(BASIC_TITLE, BASIC_HEADER, ("1", "发展村级集体经济"), name="乙"),
            ),
            at="乙!",
        ),
    ),
    rule(
        "HEADER-MISSING",
        "error",
        ("清单须有表头。", "A list has a header."),
        (
            "没有找到表头（至少要有“序号”“事项名称”）。",
            "No header was found (it needs at least 序号 and 事项名称).",
        ),
        (
            "请在第一项上方补一行列名，至少写“序号”“事项名称”；可参照 qingdan template 生成的空白表。",
            "Above the first item add a row of column names, at least 序号 and 事项名称, as in the workbook that qingdan template makes.",
        ),
        source="case S16",
        fails=table((_ONE, _TWO), "清单!"),
    ),
    rule(
        "HEADER-REPEATED",
        "info",
        ("分页重复的表头按表头处理。", "A header repeated after a page break is taken as a header."),
        ("此处重复了表头，已跳过。", "The header is repeated here; it was skipped."),
        ("无需处理。", "Nothing to do."),
        source="case S15",
        fails=basic(_ONE, BASIC_HEADER, _TWO, at="!A4:B4"),
    ),
    rule(
        "TABLE-SECOND",
        "error",
        ("一张工作表只放一张清单。", "A sheet holds one list."),
        (
            "同一张工作表里还有另一张表格，从“{found}”开始。",
            "There is another table on this sheet, beginning at “{found}”.",
        ),
        ("请新建一张工作表，把这张表格剪切过去。", "Add a sheet and move this table there (cut and paste)."),
        source="case S19",
        fails=basic(_ONE, SUPPORTING_HEADER, _LEAD, at="!A4"),
    ),
    rule(
        "TABLE-JOINED",
        "info",
        ("同一清单可分成几张表格。", "A list may be spread over several tables of a document."),
        ("本表与“{other}”合并为一张清单。", "This table and “{other}” were read as one list."),
        ("无需处理。", "Nothing to do."),
        source="case S29",
        fails=Example(
            sheets=(
                sheet(BASIC_TITLE, BASIC_HEADER, _ONE, name="表格1"),
                Sheetful(name="表格2", rows=(BASIC_HEADER, _TWO)),
            ),
            at="表格2!",
            file="示例.docx",
            format="docx",
        ),
    ),
    rule(
        "SHEET-NOTES",
        "info",
        ("封面、目录和说明页不作为清单。", "Covers, contents and instructions are not lists."),
        (
            "这张工作表不是清单，没有读取为事项。",
            "This sheet is not a list; nothing on it was read as an item.",
        ),
        ("如其中有事项，请加上表头。", "If it holds items, give it a header."),
        source="case S18",
        fails=Example(sheets=(*FINE.sheets, Sheetful(name="封面", rows=(("东河镇",),))), at="封面!"),
    ),
    rule(
        "ROW-UNMAPPED",
        "error",
        ("每一行都是标题、类别、事项或备注。", "Every row is a title, a category, an item or a note."),
        (
            "看不出“{found}”这一行是类别、事项还是备注。",
            "It is not clear whether this row, “{found}”, is a category, an item or a note.",
        ),
        (
            "是事项的，请填上序号和事项名称；是备注的，请以“备注：”开头；是类别的，请放在该类事项上方。",
            "If it is an item, give it a number and a name; if a note, begin it with 备注：; if a category, put it above its items.",
        ),
        source="case S18",
        fails=basic(_ONE, ("以上内容由县里解释", ""), merges=("A4:B4",), at="!A4:B4"),
        passes=basic(_ONE, ("备注：以上内容由县里解释", ""), merges=("A4:B4",)),
    ),
    rule(
        "ROW-GROUP",
        "error",
        (
            "一项占几行时，只有部门及其职责可以分行。",
            "Where an item takes several rows, only departments and their duties are spread over them.",
        ),
        (
            "这一项占了几行，而这一列也分成了几格，看不出是一项还是几项。",
            "This item takes several rows, and this column is divided too; it may be one item or several.",
        ),
        (
            "是一项的，请把这一列的内容合到一个单元格；是几项的，请每行各填序号和事项名称。",
            "If it is one item, put the text of this column into one cell; if several, give each row its own number and name.",
        ),
        source="domain.md §1.4",
        fails=supporting(
            _LEAD, ("", "", "县应急管理局", "统筹指导。", "另行巡查。"), merges=("A3:A4", "B3:B4"), at="!E4"
        ),
        passes=supporting(
            _LEAD, ("", "", "县应急管理局", "统筹指导。", ""), merges=("A3:A4", "B3:B4", "E3:E4")
        ),
    ),
    rule(
        "ROW-HIDDEN",
        "error",
        ("不得有隐藏的行。", "No row is hidden."),
        ("第 {row} 行隐藏着，里面有内容。", "Row {row} is hidden but has content."),
        (
            "请拖选它上下两行的行号，右键选“取消隐藏”；不该公开的，显示出来后删除该行。",
            "Select the row numbers above and below it, right-click and choose Unhide; if it is not to be public, then delete the row.",
        ),
        source="case S02",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_rows=(4,)),), at="!A4:B4"),
    ),
    rule(
        "ROW-FILTERED",
        "error",
        ("不得有被筛选掉的行。", "No row is filtered out."),
        ("第 {row} 行被筛选隐藏了。", "Row {row} is hidden by a filter."),
        (
            "请在“数据”选项卡点一下“筛选”按钮，清除筛选后保存；不该公开的行，显示出来后删除。",
            "Click Filter on the Data tab to clear the filter, and save; delete rows that are not to be public.",
        ),
        source="case S04",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_rows=(4,), filtered=True),), at="!A4:B4"),
    ),
    rule(
        "COL-HIDDEN",
        "error",
        ("不得有隐藏的列。", "No column is hidden."),
        ("{column} 列隐藏着，里面有内容。", "Column {column} is hidden but has content."),
        (
            "请拖选它左右两列的列标，右键选“取消隐藏”；不该公开的，显示出来后删除该列。",
            "Select the column letters on both sides of it, right-click and choose Unhide; if it is not to be public, then delete the column.",
        ),
        source="case S03",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_columns=(2,)),), at="!B2:B4"),
    ),
    rule(
        "SHEET-HIDDEN",
        "error",
        ("不得有隐藏的工作表。", "No sheet is hidden."),
        ("工作表“{found}”隐藏着，里面有内容。", "The sheet “{found}” is hidden but has content."),
        (
            "请在下方任一工作表标签上右键，选“取消隐藏”；不该报送的，显示出来后删除。",
            "Right-click any sheet tab, choose Unhide; if it is not to be filed, then delete it.",
        ),
        source="case S01",
        fails=Example(sheets=(*FINE.sheets, replace(FINE.sheets[0], name="旧表", hidden=True)), at="旧表!"),
    ),
    rule(
        "SHEET-HIDDEN-EMPTY",
        "info",
        ("空的隐藏工作表不影响报送。", "An empty hidden sheet does no harm."),
        (
            "工作表“{found}”被隐藏，没有内容，已忽略。",
            "The sheet “{found}” is hidden and empty; it was ignored.",
        ),
        ("无需处理。", "Nothing to do."),
        source="case S01",
        fails=Example(sheets=(*FINE.sheets, Sheetful(name="旧表", rows=(("",),), hidden=True)), at="旧表!"),
    ),
    rule(
        "COL-MISSING",
        "error",
        ("每类清单须有规定的各列。", "A list has the columns of its kind."),
        ("{kind}清单缺少“{column}”列。", "The list lacks the column “{column_en}” ({column})."),
        (
            "请补上这一列，逐项填写；已有但叫别的名字的，请改成这个列名。各列名称可参照 qingdan template 生成的空白表。",
            "Add the column and fill it in; if it is there under another name, use this one. qingdan template makes a workbook with the right headings.",
        ),
        source="case S16",
        fails=table((("东河镇配合履职事项清单",), SUPPORTING_HEADER[:4], _LEAD[:4]), "!A2"),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "COL-UNKNOWN",
        "error",
        ("每一列都须认得，或没有内容。", "Every column is known, or empty."),
        ("不认识“{found}”这一列，里面有内容。", "The column “{found}” is not known and has content."),
        (
            "与规定的列同义的，请改用规定的列名（见 qingdan template 生成的空白表）；不应公布的，请删除该列。",
            "If it means one of the prescribed columns, use that heading (see the workbook that qingdan template makes); if it is not to be public, delete the column.",
        ),
        source="case S16",
        fails=table(((BASIC_TITLE,), (*BASIC_HEADER, "经办科室"), (*_ONE, "组织办")), "!C2"),
        passes=table(((BASIC_TITLE,), (*BASIC_HEADER, "依据"), (*_ONE, "《中国共产党章程》")), None),
    ),
    rule(
        "COL-EMPTY",
        "info",
        ("不认得的空列不影响报送。", "An unknown column does no harm while it is empty."),
        ("“{found}”列没有内容，已忽略。", "The column “{found}” is empty and was ignored."),
        ("无需处理。", "Nothing to do."),
        source="case S16",
        fails=table(((BASIC_TITLE,), (*BASIC_HEADER, "经办科室"), _ONE), "!C2"),
    ),
    rule(
        "COL-REMARKS",
        "confirm",
        (
            "“备注”列的内容不随事项公布，须确认。",
            "What stands in a column of remarks is not published with its items, which somebody must confirm.",
        ),
        (
            "“{found}”列有内容，不会在网站上显示。",
            "The column “{found}” has content, which the site will not show.",
        ),
        (
            "应公布的，请移到相应的列；确实不公布的，请在报送说明（filing.toml）中写明理由并确认。",
            "Move what is to be public to its column; if none of it is, say so in filing.toml and confirm it.",
        ),
        source="promise G1",
        fails=table(((BASIC_TITLE,), (*BASIC_HEADER, "备注"), (*_ONE, "重点")), "!C2"),
        passes=table(((BASIC_TITLE,), (*BASIC_HEADER, "备注"), _ONE), None),
    ),
    rule(
        "COL-DUPLICATE",
        "error",
        ("每种内容只有一列。", "Every meaning has one column."),
        (
            "“{found}”列与 {other} 的列意思相同，看不出以哪一列为准。",
            "“{found}” means the same as the column at {other}; it is not clear which counts.",
        ),
        (
            "请合并成一列；内容不同的，请改用不同的列名。",
            "Merge the two columns; if they differ, give one of them another heading.",
        ),
        source="case S16",
        fails=table(((BASIC_TITLE,), (*BASIC_HEADER, "履职事项"), (*_ONE, "甲")), "!C2"),
    ),
    rule(
        "COMBINED-UNSPLIT",
        "error",
        (
            "“承接部门及工作方式”须写明哪是部门、哪是方式。",
            "A cell with both says which is the department and which the method.",
        ),
        (
            "看不出“{found}”里哪是承接部门、哪是工作方式。",
            "It is not certain which part of “{found}” is the department and which the method.",
        ),
        ("请写成“承接部门：……。工作方式：……。”", "Write 承接部门：…。工作方式：…。"),
        source="case D20",
        applies_to=("reclaimed",),
        fails=table(
            (
                ("东河镇上级部门收回事项清单",),
                ("序号", "事项名称", "承接部门及工作方式"),
                ("1", "校车安全审查", "县教育局按计划审查"),
            ),
            "!C3",
        ),
        passes=table(
            (
                ("东河镇上级部门收回事项清单",),
                ("序号", "事项名称", "承接部门及工作方式"),
                ("1", "校车安全审查", "工作方式：按计划审查。承接部门：县教育局"),
            ),
            None,
        ),
    ),
    rule(
        "MERGE-ACROSS",
        "error",
        ("事项行内不得跨列合并。", "No cell of an item is merged over several columns."),
        (
            "“{found}”跨列合并，看不出属于哪一列。",
            "“{found}” is merged across columns; it is not clear to which it belongs.",
        ),
        (
            "请选中该处，在“开始”选项卡点“合并”按钮，选“取消合并单元格”，再在各列分别填写。",
            "Select the range and choose Home → Merge → Unmerge Cells, then fill in each column.",
        ),
        source="case S11",
        fails=supporting(
            ("1", "森林草原防灭火", "县林业和草原局", "共同负责。", ""), merges=("D3:E3",), at="!D3:E3"
        ),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "MERGE-KEY",
        "error",
        ("序号和事项名称不得上下合并给几个事项。", "A number or a name is not merged over several items."),
        (
            "“{found}”一直合并到第 {row} 行，而那是另一个事项。",
            "“{found}” is merged down to row {row}, which is another item.",
        ),
        (
            "请选中该处，在“开始”选项卡点“合并”按钮，选“取消合并单元格”，再给每个事项各填序号和名称。",
            "Select the range and choose Home → Merge → Unmerge Cells, then give every item its own number and name.",
        ),
        source="case S12",
        fails=basic(_ONE, ("", "开展矛盾纠纷排查化解"), merges=("A3:A4",), at="!A3:A4"),
    ),
    rule(
        "MERGE-VERTICAL",
        "info",
        ("上下合并的单元格对其各行有效。", "A cell merged downwards holds for all its rows."),
        (
            "“{found}”合并了几行，按适用于各行读取。",
            "“{found}” is merged over several rows and was read for all of them.",
        ),
        ("无需处理。", "Nothing to do."),
        source="case S12",
        fails=Example(
            sheets=(
                sheet(
                    BASIC_TITLE, ("类别", *BASIC_HEADER), ("党的建设", *_ONE), ("", *_TWO), merges=("A3:A4",)
                ),
            ),
            at="!A3:A4",
        ),
    ),
    rule(
        "MERGE-HIDDEN-VALUE",
        "error",
        ("合并单元格下面不得藏有内容。", "Nothing is hidden under a merged cell."),
        (
            "合并单元格下面还压着“{found}”，表上看不见。",
            "“{found}” lies under a merged cell and cannot be seen on the sheet.",
        ),
        (
            "请选中该处，在“开始”选项卡点“合并”按钮，选“取消合并单元格”，看到这些文字后，删除或移到该放的地方。",
            "Select the range and choose Home → Merge → Unmerge Cells; when the text appears, delete it or move it to its place.",
        ),
        source="case S13",
        fails=basic(_ONE, _TWO, ("3", "藏起来的字"), marks={"B5": {"hidden_value": True}}, at="!B5"),
    ),
    rule(
        "TEXT-OUTSIDE-CELLS",
        "error",
        ("清单内容只写在单元格里。", "What a list says stands in its cells."),
        (
            "“{found}”写在批注、文本框或脚注等处，不在单元格里，程序不会公布。",
            "“{found}” stands in a comment, text box or footnote, not in a cell, and would not be published.",
        ),
        (
            "应公布的，请移到单元格，或表后以“备注：”开头的一行；不公布的，请删除（批注：右键单元格 →“删除批注”）。",
            "If it is to be public, move it into a cell or a row below the table that begins with 备注：; if not, delete it (comments: right-click the cell → Delete Comment).",
        ),
        source="case S22",
        fails=_outside("comment", "这一条再核实"),
        passes=_outside("comment", "填写示例：县林业和草原局"),
    ),
    rule(
        "TEXT-MARGIN",
        "info",
        ("页眉页脚不公布。", "Page headers and footers are not published."),
        ("页眉或页脚“{found}”不随清单公布。", "The page header or footer “{found}” is not published."),
        ("无需处理。", "Nothing to do."),
        source="case S22",
        fails=_outside("footer", "第 1 页"),
    ),
    rule(
        "KIND-UNKNOWN",
        "error",
        ("须看得出是哪一类清单。", "It can be seen which kind of list it is."),
        (
            "看不出这是哪一类清单（基本履职事项、配合履职事项、上级部门收回事项、职责任务清单等）。",
            "It is not clear which kind of list this is (core, supporting or reclaimed duties, the list of 2022 …).",
        ),
        (
            "请在标题或工作表名称中写明清单种类，如“东河镇基本履职事项清单”；也可在报送说明（filing.toml）中写明 kind。",
            "Name the kind in the title or the sheet's name, such as 东河镇基本履职事项清单, or give kind in filing.toml.",
        ),
        source="architecture.md §3",
        fails=_UNTITLED,
        passes=filed(replace(_UNTITLED, at=None), kind="basic"),
    ),
    rule(
        "KIND-CONFLICT",
        "error",
        ("标题、列和报送说明所指的清单种类须一致。", "Title, columns and filing speak of one kind of list."),
        (
            "标题或报送说明写的是“{found}”，而表中的列或其他说明是另一类清单。",
            "The title or the filing says “{found}”, but the columns or another statement are those of another kind of list.",
        ),
        (
            "请核对标题、工作表名称、表头和报送说明（filing.toml）中的 kind，改成同一类。",
            "Check the title, the sheet's name, the header and kind in filing.toml, and make them agree.",
        ),
        source="case D35",
        fails=table(
            ((BASIC_TITLE,), RECLAIMED_HEADER, ("1", "校车安全审查", "县教育局", "按计划审查。")), "!A2"
        ),
        passes=reclaimed(("1", "校车安全审查", "县教育局", "按计划审查。")),
    ),
    rule(
        "KIND-MIXED",
        "error",
        (
            "一个文件只用一种体例：2022 年的职责任务清单，或基本、配合、收回三张清单。",
            "A file follows one model: the list of 2022, or the three lists that took its place.",
        ),
        (
            "“{found}”与“{other}”中的{kind}不是同一套清单，不能放在一个文件里。",
            "“{found}” and the {kind_en} of “{other}” belong to different sets of lists and cannot stand in one file.",
        ),
        (
            "请核对要报送的是哪一套；两套都要报的，请分成两个文件。",
            "Find out which set is to be filed; if both are, put them into two files.",
        ),
        source="case D35",
        fails=Example(
            sheets=(
                sheet(BASIC_TITLE, BASIC_HEADER, _ONE, name="甲"),
                sheet(
                    "东河镇职责任务清单",
                    ("序号", "事项名称", "乡镇职责"),
                    ("1", _LEAD[1], _LEAD[4]),
                    name="乙",
                ),
            ),
            at="乙!",
        ),
    ),
    rule(
        "CELL-UNACCOUNTED",
        "error",
        ("每个单元格的内容都须有去处。", "The content of every cell goes somewhere."),
        (
            "这个单元格有内容，但没有对应的列，程序不知道放到哪里，没有采用。",
            "This cell has content but belongs to no column; it was not taken over.",
        ),
        (
            "请把它移到相应的列，或删除；表格没有问题的，请联系维护人员。",
            "Move it to its column or delete it; if the table is right, tell the makers of this program.",
        ),
        source="promise G1",
        fails=replace(FINE, at="!B9", census={"清单!B9": 4}),
        passes=replace(FINE, census={"清单!B3": 8}),
    ),
    *PLACE_RULES,
)
