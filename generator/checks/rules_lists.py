"""Rules about what lists say: serials, counts, missing fields, departments, contradictions, dates of the filing."""

from __future__ import annotations

from dataclasses import replace

from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    RECLAIMED_HEADER,
    RECLAIMED_TITLE,
    SUPPORTING_HEADER,
    SUPPORTING_TITLE,
    Example,
    ExampleFiling,
    Rule,
    basic,
    reclaimed,
    rule,
    sheet,
    supporting,
)

_ONE, _TWO = ("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解")
_FILL = ("请补填。", "Fill it in.")
_DUTY, _OURS = "组织巡护，依法查处。", "开展宣传，发现火情立即报告。"
_LEAD = ("1", "森林草原防灭火", "县林业和草原局", _DUTY, _OURS)
_FINE_SUPPORTING = supporting(_LEAD)
_FINE_RECLAIMED = reclaimed(("1", "校车安全审查", "县教育局", "按计划审查。"))
_SUPPORTING, _RECLAIMED = ("supporting",), ("reclaimed",)


def _lead(at: str, **changes: str) -> Example:
    """The supporting item with some of its cells changed: number, name, department, duty, ours."""
    names = ("number", "name", "department", "duty", "ours")
    row = tuple(changes.get(name, old) for name, old in zip(names, _LEAD, strict=True))
    return supporting(row, at=at)


def _with_basis(text: str, at: str | None = None) -> Example:
    return Example(sheets=(sheet(BASIC_TITLE, (*BASIC_HEADER, "依据"), (*_ONE, text)),), at=at)


def _categories(first: str, second: str, number: str = "3", at: str | None = None) -> Example:
    return basic(
        (first, ""), _ONE, _TWO, (second, ""), (number, "推广农业技术"), merges=("A3:B3", "A6:B6"), at=at
    )


_CATEGORIES = _categories("一、党的建设（2项）", "二、经济发展（1项）")

LIST_RULES: tuple[Rule, ...] = (
    rule(
        "SERIAL-MISSING",
        "error",
        ("每项都有序号。", "Every item has a number."),
        ("这一项没有序号。", "This item has no number."),
        ("请补填序号。", "Fill in the number."),
        source="case D01",
        fails=basic(_ONE, ("", "开展矛盾纠纷排查化解"), at="!A4"),
    ),
    rule(
        "SERIAL-DUPLICATE",
        "error",
        ("序号不重复。", "Numbers are not repeated."),
        ("序号“{found}”与 {other} 的序号重复。", "The number “{found}” stands at {other} already."),
        (
            "请核对是否同一事项填了两次：是的，删去一行；不是的，重新编号。",
            "Check whether one item was entered twice: if so, delete a row; if not, number them again.",
        ),
        source="case D01",
        fails=basic(_ONE, ("1", "开展矛盾纠纷排查化解"), at="!A4"),
    ),
    rule(
        "SERIAL-GAP",
        "error",
        ("序号连续，从 1 开始。", "Numbers run on without a gap, from 1."),
        (
            "序号从 {before} 跳到 {after}，可能漏行或顺序有误。",
            "The numbers jump from {before} to {after}; a row may be missing or out of order.",
        ),
        (
            "请核对是否漏了事项：漏了的补上，没有漏的重新编号。",
            "Check whether an item is missing: if so, add it; if not, number the items again.",
        ),
        source="case D02",
        fails=basic(_ONE, ("3", "开展矛盾纠纷排查化解"), at="!A4"),
    ),
    rule(
        "SERIAL-RESTART",
        "error",
        (
            "序号要么全表连续，要么每类都从 1 开始。",
            "Numbers run through the list, or begin again with every category.",
        ),
        (
            "序号从此处重新从 1 开始，而其他类别是接着编的。",
            "The numbers begin again at 1 here, but run on in the other categories.",
        ),
        (
            "请统一：或全表连续编号，或每类都从 1 开始。",
            "Number either the whole list through, or every category from 1.",
        ),
        source="case D03",
        fails=basic(
            ("党的建设", ""),
            _ONE,
            ("经济发展", ""),
            ("2", "推广农业技术"),
            ("乡村振兴", ""),
            ("1", "推进人居环境整治"),
            merges=("A3:B3", "A5:B5", "A7:B7"),
            at="!A8",
        ),
        passes=_categories("党的建设", "经济发展", "1"),
    ),
    rule(
        "SERIAL-STYLE",
        "warning",
        ("序号写法统一。", "Numbers are written in one style."),
        (
            "序号“{found}”的写法与其他行不同。",
            "The number “{found}” is written in another style than others.",
        ),
        ("请与其他行统一，例如都写成 1、2、3。", "Write all numbers alike, for example 1, 2, 3."),
        source="case C07",
        fails=basic(_ONE, ("２．", "开展矛盾纠纷排查化解"), at="!A4"),
    ),
    rule(
        "SERIAL-UNREADABLE",
        "warning",
        ("序号是数字。", "Numbers are numbers."),
        (
            "看不出序号“{found}”是几，没有核对是否连续。",
            "The number “{found}” cannot be read as one; whether it follows on was not checked.",
        ),
        ("请改成数字，例如 12。", "Use digits, for example 12."),
        source="case C07",
        fails=basic(_ONE, ("新增", "开展矛盾纠纷排查化解"), at="!A4"),
    ),
    rule(
        "SERIAL-NUMERIC-FRACTION",
        "error",
        ("带小数点的序号须存为文本。", "Numbers with a point are kept as text."),
        (
            "序号“{found}”是按数值存的，1.10 会变成 1.1。",
            "The number “{found}” is stored as a value; 1.10 turns into 1.1.",
        ),
        (
            "请选中序号这一列，右键“设置单元格格式 → 数字 → 文本”，确定后重新输入序号。",
            "Select the column, right-click, choose Format Cells → Number → Text, and type the numbers again.",
        ),
        source="case C06",
        fails=basic(("1.1", "负责党员教育管理"), marks={"A3": {"type": "number", "raw": "1.1"}}, at="!A3"),
        passes=basic(_ONE, marks={"A3": {"type": "number"}}),
    ),
    rule(
        "SERIAL-AUTONUMBER",
        "error",
        ("序号要打出来，不用自动编号。", "Numbers are typed, not made by automatic numbering."),
        (
            "序号是自动编号，文件里没有存下数字。",
            "The number is made by automatic numbering; the file does not hold it.",
        ),
        (
            "请选中这些序号，在“开始”选项卡点“编号”按钮取消自动编号，再直接输入数字。",
            "Select the numbers, click Numbering on the Home tab to turn it off, and type them.",
        ),
        source="case S30",
        fails=basic(
            _ONE, ("", "开展矛盾纠纷排查化解"), marks={"A4": {"autonumber": True, "text": ""}}, at="!A4"
        ),
    ),
    rule(
        "NAME-MISSING",
        "error",
        ("每项都有名称。", "Every item has a name."),
        ("这一项没有事项名称。", "This item has no name."),
        ("请补填事项名称；多出的空行，请删除。", "Fill in the name, or delete the row if it is not needed."),
        source="case D07",
        fails=basic(_ONE, ("2", ""), at="!B4"),
    ),
    rule(
        "DEPARTMENT-MISSING",
        "error",
        ("配合履职事项须写明对应的上级部门。", "A supporting duty names the department that leads it."),
        ("没有填写对应上级部门。", "The department is not filled in."),
        ("请填写牵头该事项的上级部门全称。", "Enter the full name of the department that leads this duty."),
        source="policy 三(三); case D15",
        fails=_lead("!C3", department=""),
        passes=_FINE_SUPPORTING,
        applies_to=_SUPPORTING,
    ),
    rule(
        "DEPARTMENT-DUTY-MISSING",
        "error",
        ("配合履职事项须写明上级部门的职责。", "A supporting duty states the department's duty."),
        ("没有填写上级部门职责。", "The department's duty is not filled in."),
        ("请写明该部门在这一事项中做什么。", "State what the department does in this matter."),
        source="case D16",
        fails=_lead("!D3", duty=""),
        passes=_FINE_SUPPORTING,
        applies_to=_SUPPORTING,
    ),
    rule(
        "TOWNSHIP-DUTY-MISSING",
        "error",
        ("配合履职事项须写明乡镇（街道）的配合职责。", "A supporting duty states the township's part."),
        ("没有填写乡镇（街道）配合职责。", "The township's part is not filled in."),
        ("请写明乡镇（街道）在这一事项中配合做什么。", "State what the township does in support."),
        source="case D15",
        fails=_lead("!E3", ours=""),
        passes=_FINE_SUPPORTING,
        applies_to=_SUPPORTING,
    ),
    rule(
        "METHOD-MISSING",
        "error",
        ("收回事项须写明工作方式。", "A reclaimed duty says how it is now done."),
        ("没有填写工作方式。", "The method is not filled in."),
        (
            "请填写收回后怎样开展工作；不再开展的，写“取消”。",
            "Say how the work is done now that it is reclaimed; if it is given up, write 取消.",
        ),
        source="case D19",
        fails=reclaimed(("1", "校车安全审查", "县教育局", ""), at="!D3"),
        passes=_FINE_RECLAIMED,
        applies_to=_RECLAIMED,
    ),
    rule(
        "RECEIVER-MISSING",
        "error",
        (
            "收回事项须写明承接部门；取消和不再要求的除外。",
            "A reclaimed duty names the department that takes it over, unless it is given up (取消, 不再要求).",
        ),
        (
            "没有填写承接部门，工作方式中也没有写明取消或不再要求。",
            "The receiving department is not filled in, and the method does not say that the duty is given up.",
        ),
        (
            "请填写承接部门；不再开展的，请在工作方式中写明“取消”或“不再要求”。",
            "Enter the department; if the duty is given up, write 取消 or 不再要求 under the method.",
        ),
        source="policy 三(二); case D19",
        fails=reclaimed(("1", "校车安全审查", "", "按计划审查。"), at="!C3"),
        passes=reclaimed(("1", "出具无犯罪证明", "", "不再要求乡镇出具。")),
        applies_to=_RECLAIMED,
    ),
    rule(
        "PLACEHOLDER",
        "error",
        (
            "必填内容不得写“同上”“详见附件”“待定”等。",
            "No field that counts says 同上 (as above), 详见附件 (see annex) or the like.",
        ),
        (
            "“{found}”不是实际内容，公布后读者看不明白。",
            "“{found}” is not the text itself; readers would learn nothing from it.",
        ),
        (
            "请写出完整内容；与上一行相同的，请重写一遍。",
            "Write the text in full; where it is that of the row above, repeat it.",
        ),
        source="case D36",
        fails=_lead("!D3", duty="同上"),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "COUNT-CATEGORY",
        "error",
        ("类别后写的项数与实际一致。", "The number after a category is that of its items."),
        (
            "“{found}”写明 {said} 项，该类实有 {counted} 项。",
            "“{found}” says {said}, but the category has {counted} items.",
        ),
        (
            "请核对是否漏行：漏了的补上，没有漏的改正项数。",
            "Check for missing rows: if there are any, add them; if not, correct the number.",
        ),
        source="case D04",
        fails=_categories("一、党的建设（3项）", "二、经济发展（1项）", at="!A3:B3"),
        passes=_CATEGORIES,
    ),
    rule(
        "COUNT-TOTAL",
        "error",
        ("标题和备注中的总项数与实际一致。", "A total in a title or note is that of the items."),
        (
            "“{found}”写明共 {said} 项，本清单实有 {counted} 项。",
            "“{found}” says {said} in all, but this list has {counted} items.",
        ),
        (
            "请核对是否漏行：漏了的补上，没有漏的改正总数。",
            "Check for missing rows: if there are any, add them; if not, correct the total.",
        ),
        source="case D05",
        fails=basic(_ONE, _TWO, ("备注：共3项。", ""), merges=("A5:B5",), at="!A5:B5"),
        passes=basic(_ONE, _TWO, ("备注：共2项。", ""), merges=("A5:B5",)),
    ),
    rule(
        "CATEGORY-EMPTY",
        "warning",
        ("每个类别下都有事项。", "Every category has items."),
        ("类别“{found}”下面没有事项。", "The category “{found}” has no items."),
        (
            "请核对是否漏行；确实没有事项的，请删去该类别。",
            "Check for missing rows; if there are no items, delete the category.",
        ),
        source="case D04",
        fails=basic(("党的建设", ""), _ONE, ("经济发展", ""), merges=("A3:B3", "A5:B5"), at="!A5:B5"),
        passes=_CATEGORIES,
    ),
    rule(
        "CATEGORY-UNKNOWN",
        "warning",
        ("类别通常用全国统一的名称。", "Categories mostly have the names of the national form."),
        ("“{found}”不是常用的类别名称。", "“{found}” is not among the usual categories."),
        (
            "请核对有没有错字；确实用这个名称的，无需改动。",
            "Check for a slip; if the name is meant, leave it.",
        ),
        source="domain.md §1.2; case D32",
        fails=_categories("一、星际航行", "二、经济发展", at="!A3:B3"),
        passes=_CATEGORIES,
    ),
    rule(
        "CATEGORY-INHERITED",
        "info",
        ("类别列空白的行沿用上面的类别。", "A row with an empty category belongs to the category above."),
        ("此行起类别空白，沿用“{found}”。", "From this row on the category is empty; “{found}” was taken."),
        ("无需处理。", "Nothing to do."),
        source="domain.md §1.4",
        fails=Example(
            sheets=(sheet(BASIC_TITLE, ("类别", *BASIC_HEADER), ("党的建设", *_ONE), ("", *_TWO)),), at="!A4"
        ),
    ),
    rule(
        "ITEM-TWICE",
        "error",
        ("同一清单中事项不重复。", "An item stands once in a list."),
        ("“{found}”与 {other} 的事项名称相同。", "“{found}” is also the name of the item at {other}."),
        (
            "请核对：是同一事项的，删去一行；不是的，把名称写得能够区别。",
            "Check them: if they are one item, delete a row; if not, give them different names.",
        ),
        source="case D06",
        fails=basic(_ONE, ("2", "负责 党员教育管理"), at="!B4"),
    ),
    rule(
        "ITEM-SIMILAR",
        "warning",
        ("名称几乎相同的事项请核对。", "Items of nearly the same name are looked at."),
        ("“{found}”与 {other} 的“{name}”几乎相同。", "“{found}” is nearly the same as “{name}” at {other}."),
        (
            "请核对是否同一事项；确是两项的，无需改动。",
            "Check whether they are one item; if they are two, leave them.",
        ),
        source="case D06",
        fails=basic(
            ("1", "负责城乡居民基本医疗保险和基本养老保险的参保宣传动员和信息登记工作"),
            ("2", "负责城乡居民基本医疗保险和基本养老保险的参保宣传动员及信息登记工作"),
            at="!B4",
        ),
    ),
    rule(
        "ITEM-TWO-KINDS",
        "warning",
        ("同一事项通常不会既是基本又是配合履职。", "An item is seldom both a core and a supporting duty."),
        (
            "“{found}”也列在{kind}清单中（{other}）。",
            "“{found}” also stands in the list of {kind_en} ({other}).",
        ),
        (
            "请核对应列入哪一类；确需两类都列的，无需改动。",
            "Check which list it belongs to; if it belongs to both, leave it.",
        ),
        source="case D14",
        fails=Example(
            sheets=(
                sheet(BASIC_TITLE, BASIC_HEADER, ("1", _LEAD[1]), name="甲"),
                sheet(SUPPORTING_TITLE, SUPPORTING_HEADER, _LEAD, name="乙"),
            ),
            at="乙!B3",
        ),
    ),
    rule(
        "CONTRADICTION",
        "error",
        ("已收回的事项不得又列为基本或配合履职。", "A reclaimed duty is not also kept."),
        (
            "“{found}”已列为上级部门收回事项，{kind}清单中也有（{other}）。",
            "“{found}” is listed as reclaimed, and also under {kind_en} ({other}).",
        ),
        (
            "请核对这一事项现在由谁承担，只在一张清单中保留。",
            "Find out who is responsible for it now, and keep it on that list only.",
        ),
        source="policy 三(二); case D14",
        fails=Example(
            sheets=(
                sheet(BASIC_TITLE, BASIC_HEADER, ("1", "校车安全审查"), name="甲"),
                sheet(
                    RECLAIMED_TITLE,
                    RECLAIMED_HEADER,
                    ("1", "校车安全审查", "县教育局", "按计划审查。"),
                    name="乙",
                ),
            ),
            at="乙!B3",
        ),
    ),
    rule(
        "DUTY-INVERTED",
        "error",
        (
            "上级部门职责与乡镇（街道）配合职责不得相同。",
            "The department's duty and the township's are not the same.",
        ),
        (
            "乡镇（街道）配合职责与上级部门职责写得完全相同。",
            "The township's part is word for word the department's duty.",
        ),
        (
            "请核对是否粘贴有误，分别写明上级部门做什么、乡镇（街道）配合做什么。",
            "Check for a slip in copying, and state separately what the department and what the township does.",
        ),
        source="policy 三(二); case D16",
        fails=_lead("!E3", ours=_DUTY),
        passes=_FINE_SUPPORTING,
        applies_to=_SUPPORTING,
    ),
    rule(
        "DEPARTMENT-IS-TOWNSHIP",
        "error",
        ("上级部门不能是乡镇（街道）自己。", "The department is not the township itself."),
        (
            "部门一栏填的是乡镇（街道）本身（“{found}”）。",
            "The township itself stands as the department (“{found}”).",
        ),
        (
            "请改为牵头或承接该事项的上级部门全称。",
            "Enter the full name of the department that leads or takes over this duty.",
        ),
        source="case D18",
        fails=_lead("!C3", department="东河镇人民政府"),
        passes=_FINE_SUPPORTING,
        applies_to=("supporting", "reclaimed"),
    ),
    rule(
        "DEPARTMENT-NAME",
        "confirm",
        ("部门名称中间不换行。", "No line break stands inside a department's name."),
        (
            "“{found}”不像完整的部门名称，下一行是“{following}”。",
            "“{found}” does not look like a whole name; the next line is “{following}”.",
        ),
        (
            "是一个部门的，请删去名称中间的换行；确是两个部门的，请在报送说明（filing.toml）中写明理由并确认。",
            "If it is one department, delete the line break in its name; if they are two, say so in filing.toml and confirm it.",
        ),
        source="domain.md §1.4",
        fails=_lead("!C3", department="县住房和城乡\n建设局"),
        passes=_lead("!C3", department="县住房和城乡建设局\n县林业和草原局"),
    ),
    rule(
        "DEPARTMENT-TWICE",
        "warning",
        ("一项中部门不重复。", "A department stands once on a line."),
        ("“{found}”在同一事项中写了两次。", "“{found}” stands twice on this line."),
        ("请删去一处。", "Delete one of them."),
        source="domain.md §1.2",
        fails=_lead("!C3", department="县林业和草原局、县林业和草原局"),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "DEPARTMENT-FORMER",
        "warning",
        ("部门用现行名称。", "Departments have their present names."),
        (
            "“{found}”是机构改革以前的名称，其职责现多由“{now}”承担。",
            "“{found}” is a name from before the reforms; its work is now mostly done by “{now}”.",
        ),
        ("请核对，改用该部门的现行名称。", "Check it and use the department's present name."),
        source="case D17",
        fails=_lead("!C3", department="县国土资源局"),
        passes=_FINE_SUPPORTING,
    ),
    rule(
        "WRONG-TOWNSHIP-NAME",
        "confirm",
        ("清单里通常不出现别的乡镇（街道）。", "A township's list seldom names another township."),
        ("文字中出现了其他乡镇（街道）的名称“{name}”。", "The text names another township, “{name}”."),
        (
            "套用其他清单时没改过来的，请改正；确实要写的，请在报送说明（filing.toml）中写明理由并确认。",
            "Correct it if it is left over from another list; if it is meant, say why in filing.toml and confirm it.",
        ),
        source="case D38",
        fails=basic(("1", "推进西山乡人居环境整治"), at="!B3"),
        passes=basic(("1", "推进东河镇人居环境整治")),
    ),
    rule(
        "VETO-ITEM",
        "confirm",
        (
            "除中央和省委明确要求外，不得对乡镇（街道）设置“一票否决”。",
            "No department sets a one-vote veto for townships unless central or provincial authorities clearly require it.",
        ),
        ("此处写有“一票否决”：“{found}”。", "A one-vote veto (一票否决) stands here: “{found}”."),
        (
            "请核对：没有中央或省委明确依据的，请删去；有依据的，或只是提到而并非设置的，请在报送说明（filing.toml）中写明理由并确认。",
            "Check it: delete it unless there is a clear central or provincial basis; if there is, or if it is only spoken of, say so in filing.toml and confirm it.",
        ),
        source="policy 三(二); case D11",
        fails=basic(("1", "招商引资实行一 票 否 決"), at="!B3"),
        passes=replace(
            basic(("1", "招商引资实行一票否决"), at=None),
            filing=ExampleFiling(confirmed=(("VETO-ITEM", "清单", "B3"),)),
        ),
    ),
    rule(
        "PLEDGE-ITEM",
        "confirm",
        (
            "不得以签订“责任状”等方式把责任转嫁给乡镇（街道）。",
            "Responsibility is not shifted to townships by letters of responsibility.",
        ),
        (
            "此处写有“责任状”或“责任书”：“{found}”。",
            "A letter of responsibility (责任状, 责任书) stands here: “{found}”.",
        ),
        (
            "请核对：没有依据的，请删去；有依据的，或只是提到而并非要求签订的，请在报送说明（filing.toml）中写明理由并确认。",
            "Check it: delete it unless there is a basis; if there is, or if it is only spoken of, say so in filing.toml and confirm it.",
        ),
        source="policy 三(二); case D12",
        fails=basic(("1", "签订安全生产责任状"), at="!B3"),
    ),
    rule(
        "CATCH-ALL",
        "warning",
        (
            "不用“完成上级交办的其他任务”一类兜底条款。",
            "There is no catch-all such as “other tasks assigned by superiors”.",
        ),
        (
            "“{clause}”是兜底条款，没有写明具体做什么。",
            "“{clause}” is a catch-all that does not say what is to be done.",
        ),
        (
            "请写明具体做什么；确实没有具体内容的，请删去。",
            "Say what is to be done; if there is nothing to say, delete it.",
        ),
        source="case D13",
        fails=basic(("1", "完成上级交办的其他任务"), at="!B3"),
        passes=basic(("1", "受理、办理群众来信来访和上级交办转送的信访事项")),
    ),
    rule(
        "CONFIRMATION-UNUSED",
        "warning",
        ("每条确认都对应一处须确认的问题。", "Every confirmation answers a finding."),
        (
            "报送说明（filing.toml）确认了 {confirmed}，但这里没有这个问题。",
            "filing.toml confirms {confirmed}, but there is no such finding here.",
        ),
        (
            "请核对这条确认写的文件、工作表和单元格；问题已经改好的，请删去这条确认。",
            "Check the file, sheet and cell of that confirmation; if the matter is mended, delete the confirmation.",
        ),
        source="architecture.md §3",
        fails=replace(basic(_ONE, at="!B3"), filing=ExampleFiling(confirmed=(("VETO-ITEM", "清单", "B3"),))),
    ),
)
