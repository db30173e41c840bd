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
    ExampleFiling,
    Rule,
    Sheetful,
    basic,
    reclaimed,
    rule,
    sheet,
    supporting,
)
from generator.model.documents import OutsideText, Where

_ONE, _TWO = ("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解")
_LEAD = ("1", "森林草原防灭火", "县林业和草原局", "组织巡护，依法查处。", "开展宣传，发现火情立即报告。")


def _table(
    rows: tuple[tuple[str, ...], ...], at: str | None, name: str | None = "清单", **more: object
) -> Example:
    return Example(sheets=(Sheetful(name=name, rows=rows),), at=at, **more)  # type: ignore[arg-type]


def _outside(kind: str, text: str) -> Example:
    where = Where(file="示例.xlsx", sheet="清单", cell="B3")
    return Example(sheets=FINE.sheets, at="!B3", outside=(OutsideText(kind=kind, text=text, where=where),))  # type: ignore[arg-type]


def _filed(example: Example = FINE, **more: object) -> Example:
    return replace(example, filing=ExampleFiling(**more))  # type: ignore[arg-type]


_UNTITLED = _table((("乡镇履职事项清单",), BASIC_HEADER, _ONE), "!A2")
_FINE_SUPPORTING = supporting(_LEAD)

TABLE_RULES: tuple[Rule, ...] = (
    rule(
        "LIST-NONE",
        "error",
        ("每个文件至少有一张清单。", "Every file holds at least one list."),
        ("文件里没有找到清单。", "No list was found in the file."),
        (
            "请核对文件；如是清单，请参照 qingdan template 生成的空表补上标题和表头。",
            "Check that this is the right file; if it is a list, give it a title and a header as in the workbook that qingdan template makes.",
        ),
        source="security.md G1",
        fails=Example(sheets=(Sheetful(name="封面", rows=(("东河镇",),)),)),
    ),
    rule(
        "LIST-EMPTY",
        "error",
        ("清单至少有一项。", "A list has at least one item."),
        ("只有表头，没有事项。", "There is a header but no item."),
        ("请填写事项，或删除这张空表。", "Fill in the items or delete the empty table."),
        source="security.md S20",
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
        ("请保留正确的一张。", "Keep the right one."),
        source="security.md D40",
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
            "请补上表头，可参照 qingdan template 生成的空表。",
            "Add the header row, as in the workbook that qingdan template makes.",
        ),
        source="security.md S16",
        fails=_table((_ONE, _TWO), "清单!"),
    ),
    rule(
        "HEADER-REPEATED",
        "info",
        ("分页重复的表头按表头处理。", "A header repeated after a page break is taken as a header."),
        ("此处重复了表头，已跳过。", "The header is repeated here; it was skipped."),
        ("无需处理。", "Nothing to do."),
        source="security.md S15",
        fails=basic(_ONE, BASIC_HEADER, _TWO, at="!A4:B4"),
    ),
    rule(
        "TABLE-SECOND",
        "error",
        ("一张工作表只放一张清单。", "A sheet holds one list."),
        ("从“{found}”起是同一工作表中的另一张表格。", "Another table begins on this sheet at “{found}”."),
        ("请把它移到单独的工作表。", "Move it to a sheet of its own."),
        source="security.md S19",
        fails=basic(_ONE, SUPPORTING_HEADER, _LEAD, at="!A4"),
    ),
    rule(
        "TABLE-JOINED",
        "info",
        ("同一清单可分成几张表格。", "A list may be spread over several tables of a document."),
        ("本表与“{other}”合并为一张清单。", "This table and “{other}” were read as one list."),
        ("无需处理。", "Nothing to do."),
        source="security.md S29",
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
        source="security.md S18",
        fails=Example(sheets=(*FINE.sheets, Sheetful(name="封面", rows=(("东河镇",),))), at="封面!"),
    ),
    rule(
        "ROW-UNMAPPED",
        "error",
        ("每一行都是标题、类别、事项或备注。", "Every row is a title, a category, an item or a note."),
        (
            "不能确定“{found}”是类别、事项还是备注。",
            "It is not certain whether “{found}” is a category, an item or a note.",
        ),
        (
            "备注请以“备注：”开头；类别请放在事项之前；事项请填序号和名称。",
            "Begin notes with 备注：, put categories above their items, give items a number and a name.",
        ),
        source="security.md S18",
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
            "该事项占了几行，这一列也有几个单元格，不能确定是一项还是几项。",
            "The item takes several rows and has several cells in this column; it may be one item or several.",
        ),
        (
            "如是一项，请把内容写在一个单元格里；如是几项，请每行各填序号和名称。",
            "If it is one item, write it into one cell; if several, give each row its own number and name.",
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
        ("第 {row} 行被隐藏，但有内容。", "Row {row} is hidden and has content."),
        ("请取消隐藏；不该公开的请删除该行。", "Unhide it, or delete the row if it is not to be public."),
        source="security.md S02",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_rows=(4,)),), at="!A4:B4"),
    ),
    rule(
        "ROW-FILTERED",
        "error",
        ("不得有被筛选掉的行。", "No row is filtered out."),
        ("第 {row} 行被筛选隐藏。", "Row {row} is hidden by a filter."),
        ("请清除筛选后保存。", "Clear the filter and save."),
        source="security.md S04",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_rows=(4,), filtered=True),), at="!A4:B4"),
    ),
    rule(
        "COL-HIDDEN",
        "error",
        ("不得有隐藏的列。", "No column is hidden."),
        ("{column} 列被隐藏，但有内容。", "Column {column} is hidden and has content."),
        ("请取消隐藏；不该公开的请删除该列。", "Unhide it, or delete the column if it is not to be public."),
        source="security.md S03",
        fails=Example(sheets=(replace(FINE.sheets[0], hidden_columns=(2,)),), at="!B2:B4"),
    ),
    rule(
        "SHEET-HIDDEN",
        "error",
        ("不得有隐藏的工作表。", "No sheet is hidden."),
        ("工作表“{found}”被隐藏，但有内容。", "The sheet “{found}” is hidden and has content."),
        ("请取消隐藏，或删除该工作表。", "Unhide it or delete the sheet."),
        source="security.md S01",
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
        source="security.md S01",
        fails=Example(sheets=(*FINE.sheets, Sheetful(name="旧表", rows=(("",),), hidden=True)), at="旧表!"),
    ),
    rule(
        "COL-MISSING",
        "error",
        ("每类清单须有规定的各列。", "A list has the columns of its kind."),
        ("{kind}清单缺少“{column}”列。", "The list lacks the column “{column_en}”."),
        (
            "请补上该列并逐项填写；表头写法可参照 qingdan template 生成的空表。",
            "Add the column and fill it in; qingdan template makes a workbook with the right headings.",
        ),
        source="security.md S16",
        fails=_table((("东河镇配合履职事项清单",), SUPPORTING_HEADER[:4], _LEAD[:4]), "!A2"),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "COL-UNKNOWN",
        "error",
        ("每一列都须认得，或没有内容。", "Every column is known, or empty."),
        ("不认得“{found}”这一列，其中有内容。", "The column “{found}” is unknown and has content."),
        (
            "如与规定的某列同义，请改用规定的列名；不应公布的，请删除该列。",
            "If it means one of the prescribed columns, use that heading; if it is not to be public, delete it.",
        ),
        source="security.md S16",
        fails=_table(((BASIC_TITLE,), (*BASIC_HEADER, "经办科室"), (*_ONE, "组织办")), "!C2"),
        passes=_table(((BASIC_TITLE,), (*BASIC_HEADER, "依据"), (*_ONE, "《中国共产党章程》")), None),
    ),
    rule(
        "COL-EMPTY",
        "info",
        ("不认得的空列不影响报送。", "An unknown column does no harm while it is empty."),
        ("“{found}”列没有内容，已忽略。", "The column “{found}” is empty and was ignored."),
        ("无需处理。", "Nothing to do."),
        source="security.md S16",
        fails=_table(((BASIC_TITLE,), (*BASIC_HEADER, "经办科室"), _ONE), "!C2"),
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
            "请把应公布的内容移到相应的列；确不公布的，请在 filing.toml 中确认。",
            "Move what is to be public to its column, or confirm in filing.toml that it is not.",
        ),
        source="security.md G1",
        fails=_table(((BASIC_TITLE,), (*BASIC_HEADER, "备注"), (*_ONE, "重点")), "!C2"),
        passes=_table(((BASIC_TITLE,), (*BASIC_HEADER, "备注"), _ONE), None),
    ),
    rule(
        "COL-DUPLICATE",
        "error",
        ("每种内容只有一列。", "Every meaning has one column."),
        ("“{found}”列与 {other} 列含义相同。", "“{found}” means the same as the column at {other}."),
        (
            "请合并成一列；内容不同的，请改用不同的列名。",
            "Merge them into one; if they differ, give one another heading.",
        ),
        source="security.md S16",
        fails=_table(((BASIC_TITLE,), (*BASIC_HEADER, "履职事项"), (*_ONE, "甲")), "!C2"),
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
        source="security.md D20",
        applies_to=("reclaimed",),
        fails=_table(
            (
                ("东河镇上级部门收回事项清单",),
                ("序号", "事项名称", "承接部门及工作方式"),
                ("1", "校车安全审查", "县教育局按计划审查"),
            ),
            "!C3",
        ),
        passes=_table(
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
            "“{found}”跨列合并，不能确定属于哪一列。",
            "“{found}” is merged over several columns; it is not certain to which it belongs.",
        ),
        ("请取消合并，在各列分别填写。", "Unmerge it and fill in each column."),
        source="security.md S11",
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
            "“{found}”合并到了第 {row} 行的另一个事项。",
            "“{found}” is merged down to another item in row {row}.",
        ),
        ("请取消合并，每个事项各填序号和名称。", "Unmerge it and give every item its own number and name."),
        source="security.md S12",
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
        source="security.md S12",
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
        ("“{found}”藏在合并单元格下面，表上看不见。", "“{found}” is hidden under a merged cell."),
        ("请取消合并，删除或移出该内容。", "Unmerge the range and delete or move the text."),
        source="security.md S13",
        fails=basic(_ONE, _TWO, ("3", "藏起来的字"), marks={"B5": {"hidden_value": True}}, at="!B5"),
    ),
    rule(
        "TEXT-OUTSIDE-CELLS",
        "error",
        ("清单内容只写在单元格里。", "What a list says stands in its cells."),
        (
            "“{found}”写在批注、文本框、脚注等处，不在单元格里。",
            "“{found}” stands in a comment, text box or footnote, not in a cell.",
        ),
        (
            "应公布的，请移到单元格或表后的“备注：”行；不公布的，请删除。",
            "If it is to be public, move it to a cell or a 备注： row below the table; if not, delete it.",
        ),
        source="security.md S22",
        fails=_outside("comment", "这一条再核实"),
        passes=_outside("comment", "填写示例：县林业和草原局"),
    ),
    rule(
        "TEXT-MARGIN",
        "info",
        ("页眉页脚不公布。", "Page headers and footers are not published."),
        ("页眉或页脚“{found}”不随清单公布。", "The page header or footer “{found}” is not published."),
        ("无需处理。", "Nothing to do."),
        source="security.md S22",
        fails=_outside("footer", "第 1 页"),
    ),
    rule(
        "KIND-UNKNOWN",
        "error",
        ("须看得出是哪一类清单。", "It can be seen which kind of list it is."),
        (
            "看不出这是基本履职、配合履职、收回事项还是职责任务清单。",
            "It cannot be seen whether these are core, supporting or reclaimed duties or a 2022 list of responsibilities.",
        ),
        (
            "请在标题或工作表名中写明，或在 filing.toml 中写 kind。",
            "Say so in the title or the sheet's name, or give kind in filing.toml.",
        ),
        source="architecture.md §3",
        fails=_UNTITLED,
        passes=_filed(replace(_UNTITLED, at=None), kind="basic"),
    ),
    rule(
        "KIND-CONFLICT",
        "error",
        ("标题、列和报送说明所指的清单种类须一致。", "Title, columns and filing speak of one kind of list."),
        (
            "标题或报送说明是“{found}”，但列或其他说明不是。",
            "The title or the filing says “{found}”, but the columns or another statement do not.",
        ),
        (
            "请核对标题、工作表名、表头和 filing.toml 的 kind。",
            "Check title, sheet name, header and kind in filing.toml.",
        ),
        source="security.md D35",
        fails=_table(
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
            "“{found}”与“{other}”中的{kind}不是同一体例。",
            "“{found}” and the {kind_en} of “{other}” are of different models.",
        ),
        (
            "请核对报送的是哪一种；确需都报的，请分成两个文件。",
            "Find out which model is filed; if both are, put them into two files.",
        ),
        source="security.md D35",
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
        "TOWNSHIP-UNKNOWN",
        "error",
        ("报送时须知道清单属于哪个乡镇（街道）。", "A filed list says which township it is for."),
        ("看不出清单属于哪个乡镇（街道）。", "It cannot be seen which township the list is for."),
        (
            "请在标题或工作表名中写全称，或在 filing.toml 中写 townships。",
            "Write its full name in the title or sheet name, or give townships in filing.toml.",
        ),
        source="security.md D24",
        fails=_filed(_table((("基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"), townships=()),
        passes=_filed(),
    ),
    rule(
        "TOWNSHIP-NOT-NAMED",
        "info",
        ("单独核查的文件可以不写乡镇（街道）。", "A file checked by itself need not name its township."),
        ("文件没有写明属于哪个乡镇（街道）。", "The file does not say which township it is for."),
        ("报送时由 filing.toml 说明。", "The filing's filing.toml will say so."),
        source="architecture.md §3",
        fails=_table((("基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"),
    ),
    rule(
        "TOWNSHIP-CONFLICT",
        "error",
        (
            "标题、工作表名、文件名和报送说明所指的乡镇（街道）须一致。",
            "Title, sheet name, file name and filing speak of one township.",
        ),
        (
            "清单属于哪个乡镇（街道）各处不一致：一处是“{one}”，另一处是“{other}”（“{found}”）。",
            "Places differ on the township: one says “{one}”, another “{other}” (“{found}”).",
        ),
        ("请核对并改成一致。", "Check them and make them agree."),
        source="security.md D24",
        fails=_table(((BASIC_TITLE,), BASIC_HEADER, _ONE), "西山乡!", name="西山乡"),
        passes=_table(((BASIC_TITLE,), BASIC_HEADER, _ONE), None, name="东河镇"),
    ),
    rule(
        "TOWNSHIP-NOT-IN-COUNTY",
        "error",
        ("乡镇（街道）须属于本县（市、区）。", "The township belongs to the county."),
        ("“{name}”不属于{county}。", "“{name}” does not belong to {county}."),
        ("请核对名称或代码。", "Check the name or code."),
        source="security.md D25",
        fails=_filed(_table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990102100",)),
        passes=_filed(),
    ),
    rule(
        "TOWNSHIP-PSEUDO",
        "error",
        (
            "农场、林场等单位须经县里指名才能报送。",
            "Farms and forest bureaus file only when the county names them.",
        ),
        (
            "“{name}”是农场、林场一类单位，未列入本县名单。",
            "“{name}” is a farm or the like that the county has not opted in.",
        ),
        (
            "确需报送的，请在 county.toml 的 units 中写明。",
            "If it does file, name it under units in county.toml.",
        ),
        source="security.md D26",
        fails=_filed(_table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990101500",)),
        passes=_filed(),
    ),
    rule(
        "DIVISION-UNKNOWN",
        "error",
        ("行政区划代码须在区划代码表中。", "A division code stands in the table of divisions."),
        ("区划代码表中没有 {found}。", "The table of divisions has no {found}."),
        (
            "请核对 filing.toml 中的代码；代码无误的，请更新 divisions.csv。",
            "Check the code in filing.toml; if it is right, bring divisions.csv up to date.",
        ),
        source="security.md D24",
        fails=_filed(_table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990199100",)),
        passes=_filed(),
    ),
    rule(
        "DIVISION-REVOKED",
        "error",
        ("行政区划须仍在使用。", "A division is still in use."),
        (
            "“{name}”（{found}）已撤销，现为“{new}”（{successor}）。",
            "“{name}” ({found}) was abolished; it is now “{new}” ({successor}).",
        ),
        ("请改用新的代码和名称。", "Use the new code and name."),
        source="security.md D23",
        fails=_filed(_table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990101300",)),
        passes=_filed(),
    ),
    rule(
        "SHEET-WRONG-UNIT",
        "error",
        ("工作簿里不得有别县（市、区）的清单。", "No list of another county stands in the workbook."),
        (
            "“{found}”写的是别的县（市、区），不是{county}。",
            "“{found}” speaks of another county, not of {county}.",
        ),
        ("请核对标题，删除不属于本县的工作表。", "Check the title; delete sheets that are not the county's."),
        source="security.md S32",
        fails=_table((("北原县基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"),
        passes=_table((("示例县基本履职事项清单",), BASIC_HEADER, _ONE), None),
    ),
    rule(
        "CELL-UNACCOUNTED",
        "error",
        ("每个单元格的内容都须有去处。", "The content of every cell goes somewhere."),
        (
            "此处的内容“{found}”没有对应的列，未能读入。",
            "What stands here, “{found}”, belongs to no column and was not read.",
        ),
        (
            "请把它移到相应的列；如表格无误，请联系程序维护人员。",
            "Move it to its column; if the table is right, tell the makers of this program.",
        ),
        source="security.md §5.3",
        fails=replace(FINE, at="!B9", census={"清单!B9": 4}),
        passes=replace(FINE, census={"清单!B3": 8}),
    ),
)
