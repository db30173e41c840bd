"""How filed tables are read: the habits of offices, one by one, and the account of every cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks import as_json, as_lines, check_filing, items
from generator.checks.examples import (
    AS_OF,
    COUNTY,
    DIVISIONS,
    check_example,
    example_documents,
    example_filing,
)
from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    SUPPORTING_HEADER,
    SUPPORTING_TITLE,
    Example,
    ExampleFiling,
    Sheetful,
    basic,
    sheet,
    supporting,
)
from generator.model.documents import OutsideText, Where
from generator.model.findings import Checked, Department, FiledItem

ONE, TWO = ("1", "负责党员教育管理"), ("2", "开展矛盾纠纷排查化解")
LEAD = ("1", "森林草原防灭火", "县林业和草原局", "组织巡护。", "开展宣传。")


def table(
    *rows: tuple[str, ...], name: str | None = "清单", merges: tuple[str, ...] = (), **more: object
) -> Checked:
    """Check one sheet of these rows as a document of the example county."""
    return check_example(Example(sheets=(Sheetful(name=name, rows=rows, merges=merges),), **more))  # type: ignore[arg-type]


def loud(checked: Checked) -> list[tuple[str, str | None]]:
    """Rule and cell of every finding that is more than information."""
    return [(f.rule, f.where.cell) for f in checked.findings if f.severity != "info"]


def only_items(checked: Checked) -> tuple[FiledItem, ...]:
    """The items of a document that has one list and nothing wrong with it."""
    assert loud(checked) == []
    (checklist,) = checked.checklists
    return checklist.items


def test_lines_around_the_table_are_notes() -> None:
    """附件1, title, 填报单位 and date stand above the header, 备注 below: all kept, none an item."""
    checked = table(
        ("附件1", ""),
        ("东河镇基本履职事项清单", ""),
        ("填报单位：东河镇人民政府", "2022年6月10日"),
        BASIC_HEADER,
        ONE,
        TWO,
        ("备注：1.本清单共2项。", ""),
        ("2.由县委编办负责解释。", ""),
        merges=("A2:B2", "A7:B7", "A8:B8"),
    )

    assert [item.name for item in only_items(checked)] == ["负责党员教育管理", "开展矛盾纠纷排查化解"]
    assert checked.checklists[0].notes == (
        "附件1",
        "东河镇基本履职事项清单",
        "填报单位：东河镇人民政府",
        "2022年6月10日",
        "备注：1.本清单共2项。",
        "2.由县委编办负责解释。",
    )
    assert checked.checklists[0].townships == ("990101100",)


@pytest.mark.parametrize(
    ("title", "category"),
    [
        pytest.param("一、党的建设（2项）", "党的建设", id="serial-and-count"),
        pytest.param("（一）党的建设(2项)", "党的建设", id="bracketed-serial"),
        pytest.param("党的建设", "党的建设", id="plain"),
        pytest.param("一、党的建设 共2项", "党的建设", id="count-without-brackets"),
        pytest.param("一、党的建设（二项）", "党的建设", id="count-in-characters"),
        pytest.param("第一类 党的建设", "党的建设", id="first-class"),
        pytest.param("一、村（社区）建设（2项）", "村（社区）建设", id="brackets-of-its-own"),
    ],
)
@pytest.mark.parametrize("merges", [("A3:B3",), ()], ids=["merged", "unmerged"])
def test_category_rows(title: str, category: str, merges: tuple[str, ...]) -> None:
    """A row over the whole width, or a known category in the first cell, holds for the lines below it."""
    items = only_items(table((BASIC_TITLE,), BASIC_HEADER, (title, ""), ONE, TWO, merges=merges))

    assert [(item.category, item.cells["category"]) for item in items] == [
        (category, merges[0] if merges else "A3")
    ] * 2


def test_category_in_a_merged_column() -> None:
    """A category merged downwards holds for each of its rows, with its count."""
    checked = table(
        (BASIC_TITLE,),
        ("序号", "类别", "事项名称"),
        ("1", "党的建设\n（2项）", "负责党员教育管理"),
        ("2", "", "整顿软弱涣散党组织"),
        ("3", "经济发展（2项）", "推广农业技术"),
        merges=("B3:B4",),
    )

    assert [item.category for item in checked.checklists[0].items] == ["党的建设", "党的建设", "经济发展"]
    assert [item.cells["category"] for item in checked.checklists[0].items] == ["B3:B4", "B3:B4", "B5"]
    assert loud(checked) == [("TEXT-LINEBREAK", "B3:B4"), ("COUNT-CATEGORY", "B5")]


def test_categories_of_two_levels() -> None:
    """（一） under 一、 is a part of it: items carry both names, and the upper count takes in the parts."""
    items = only_items(
        table(
            (BASIC_TITLE,),
            BASIC_HEADER,
            ("一、党的建设（2项）", ""),
            ("（一）组织建设（1项）", ""),
            ONE,
            ("（二）作风建设（1项）", ""),
            ("2", "加强党风廉政建设"),
            ("二、经济发展（1项）", ""),
            ("3", "推广农业技术"),
            merges=("A3:B3", "A4:B4", "A6:B6", "A8:B8"),
        )
    )

    assert [item.category for item in items] == ["党的建设 · 组织建设", "党的建设 · 作风建设", "经济发展"]


def test_category_serial_in_its_own_cell() -> None:
    """ "一" under 序号 beside "党的建设（2项）" is a category where the items have Arabic numbers."""
    items = only_items(table((BASIC_TITLE,), BASIC_HEADER, ("一", "党的建设（2项）"), ONE, TWO))

    assert [(item.number, item.category) for item in items] == [("1", "党的建设"), ("2", "党的建设")]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "unmerged"])
def test_header_of_two_rows(merged: bool) -> None:
    """Group headings over the headings themselves: the lower row decides."""
    checked = table(
        (SUPPORTING_TITLE,),
        ("序号", "事项名称", "对应上级部门", "职责分工", ""),
        ("", "", "", "上级部门职责", "乡镇配合职责"),
        LEAD,
        merges=("A2:A3", "B2:B3", "C2:C3", "D2:E2") if merged else (),
    )

    (item,) = only_items(checked)
    assert item.departments == (Department(name="县林业和草原局", duty="组织巡护。"),)
    assert (item.township_duty, item.cells["township_duty"]) == ("开展宣传。", "E4")


@pytest.mark.parametrize(
    "header",
    [
        ("序 号", "事　项", "牵头部门", "部门职责", "街道配合职责"),
        ("编号", "履职事项", "上级部门", "牵头部门职责", "镇配合职责"),
        ("序号", "配合履职事项名称", "对应县直部门", "县级部门职责", "乡镇（街道）配合职责"),
        ("序号", "事项\n名称", "对应上级部门", "上级部门\n职责", "乡镇(街道)\n配合职责"),
        ("序号：", "事项名称", "主管部门", "主管部门职责", "配合职责"),
    ],
)
def test_header_variants(header: tuple[str, ...]) -> None:
    """Headings vary by county: blanks, brackets, 街道 or 镇, 牵头 or 对应."""
    (item,) = only_items(table((SUPPORTING_TITLE,), header, LEAD))

    assert item.departments == (Department(name="县林业和草原局", duty="组织巡护。"),)
    assert item.township_duty == "开展宣传。"


@pytest.mark.parametrize("order", ["departments-first", "method-first", "lines"])
def test_combined_cell(order: str) -> None:
    """承接部门及工作方式 in one cell is divided at its labels, in either order."""
    text = {
        "departments-first": "承接部门：县教育局、县公安局。工作方式：按计划审查。",
        "method-first": "工作方式：按计划审查。承接部门：县教育局、县公安局。",
        "lines": "承接部门：县教育局\n县公安局\n工作方式：按计划审查。",
    }[order]
    (item,) = only_items(
        table(
            ("东河镇上级部门收回事项清单",),
            ("序号", "事项名称", "承接部门及工作方式"),
            ("1", "校车安全审查", text),
        )
    )

    assert item.departments == (Department(name="县教育局"), Department(name="县公安局"))
    assert item.method == "按计划审查。"
    assert (item.cells["departments"], item.cells["method"]) == ("C3", "C3")


@pytest.mark.parametrize("departments", ["", "无", "/", "——"])
def test_a_duty_given_up_has_no_department(departments: str) -> None:
    """取消 and 不再要求 items name nobody, and a dash there is nobody either."""
    (item,) = only_items(
        table(
            ("东河镇上级部门收回事项清单",),
            ("序号", "事项名称", "承接部门", "工作方式"),
            ("1", "出具亲属关系证明", departments, "不再要求乡镇出具。"),
        )
    )

    assert item.departments == ()


def test_item_over_several_rows() -> None:
    """Number and name merged over rows with a department and duty each make one item."""
    checked = table(
        (SUPPORTING_TITLE,),
        SUPPORTING_HEADER,
        LEAD,
        ("", "", "县应急管理局", "统筹指导。", ""),
        ("2", *LEAD[1:][:0], "农机安全", "县农业农村局", "组织检查。", "开展宣传。"),
        merges=("A3:A4", "B3:B4", "E3:E4"),
    )

    first, second = only_items(checked)
    assert first.departments == (
        Department(name="县林业和草原局", duty="组织巡护。"),
        Department(name="县应急管理局", duty="统筹指导。"),
    )
    assert first.cells["departments"] == "C3:C4"
    assert second.name == "农机安全"


def test_merged_department_holds_for_its_rows() -> None:
    """A department merged over several items belongs to each of them."""
    checked = table(
        (SUPPORTING_TITLE,),
        SUPPORTING_HEADER,
        LEAD,
        ("2", "湿地保护", "", "组织监测。", "开展巡查。"),
        merges=("C3:C4",),
    )

    assert [d.name for item in only_items(checked) for d in item.departments or ()] == ["县林业和草原局"] * 2


def test_docx_list_over_several_tables() -> None:
    """Tables of one document go on with the list: header repeated or not, category running on."""
    sheets = (
        Sheetful(name="表格1", rows=(BASIC_HEADER, ("一、党的建设（3项）", ""), ONE), merges=("A2:B2",)),
        Sheetful(name="表格2", rows=(BASIC_HEADER, TWO)),
        Sheetful(name="表格3", rows=(("3", "整顿软弱涣散党组织"),)),
    )
    paragraph = OutsideText(kind="paragraph", text=BASIC_TITLE, where=Where(file="示例.docx", sheet="表格1"))
    checked = check_example(Example(sheets=sheets, file="示例.docx", format="docx", outside=(paragraph,)))

    items = only_items(checked)
    assert [(i.number, i.category, i.where.sheet, i.where.cell) for i in items] == [
        ("1", "党的建设", "表格1", "B3"),
        ("2", "党的建设", "表格2", "B2"),
        ("3", "党的建设", "表格3", "B1"),
    ]
    assert checked.checklists[0].notes == (BASIC_TITLE,)


def test_docx_new_list_where_a_paragraph_names_one() -> None:
    """A paragraph that names another kind or township begins another list, even with the same columns."""
    sheets = (
        Sheetful(name="表格1", rows=(BASIC_HEADER, ONE)),
        Sheetful(name="表格2", rows=(BASIC_HEADER, ONE)),
    )
    outside = tuple(
        OutsideText(
            kind="paragraph", text=f"{name}基本履职事项清单", where=Where(file="示例.docx", sheet=sheet_name)
        )
        for name, sheet_name in (("东河镇", "表格1"), ("西山乡", "表格2"))
    )
    checked = check_example(Example(sheets=sheets, file="示例.docx", format="docx", outside=outside))

    assert [c.townships for c in checked.checklists] == [("990101100",), ("990101200",)]
    assert loud(checked) == []


def test_workbook_with_a_sheet_per_township() -> None:
    """Sheet names decide which township a list is for, within those that the filing names."""
    sheets = tuple(
        sheet("基本履职事项清单", BASIC_HEADER, ONE, TWO, name=name)
        for name in ("东河镇", "西山乡", "城中街道")
    )
    filing = ExampleFiling(townships=("990101001", "990101100", "990101200"))
    checked = check_example(Example(sheets=sheets, filing=filing))

    assert [c.townships for c in checked.checklists] == [("990101100",), ("990101200",), ("990101001",)]
    assert loud(checked) == []


def test_one_county_list_for_all() -> None:
    """A list that names no township is for all that the filing names."""
    filing = ExampleFiling(townships=("990101001", "990101100", "990101200"))
    rows = sheet("示例县乡镇（街道）基本履职事项清单", BASIC_HEADER, ONE)
    checked = check_example(Example(sheets=(rows,), filing=filing))

    assert [c.townships for c in checked.checklists] == [filing.townships]
    assert loud(checked) == []


def test_county_found_without_being_told() -> None:
    """Without a county the title's beginning says which it is; a name that stands twice is not taken."""
    checked = check_example(
        Example(sheets=(sheet("示例县东河镇基本履职事项清单", BASIC_HEADER, ONE),), without_county=True)
    )

    assert (checked.checklists[0].county, checked.checklists[0].townships) == ("990101", ("990101100",))


@pytest.mark.parametrize(
    ("title", "header", "kind"),
    [
        ("东河镇职责任务清单", ("序号", "事项", "牵头部门", "部门职责", "乡镇职责"), "task"),
        (
            "东河镇履职事项清单",
            ("序号", "配合事项", "对应上级部门", "上级部门职责", "乡镇配合职责"),
            "supporting",
        ),
        ("东河镇清单", ("序号", "事项名称", "对应上级部门", "上级部门职责", "镇配合职责"), "supporting"),
    ],
)
def test_kinds(title: str, header: tuple[str, ...], kind: str) -> None:
    """Title, sheet name and columns together say which kind a list is."""
    checked = table((title,), header, LEAD)

    assert [c.kind for c in checked.checklists] == [kind]
    assert loud(checked) == []


def test_numbers_may_run_on_over_the_lists_of_a_workbook() -> None:
    """A second list may begin where the first ended; one that begins anywhere else has a gap."""
    first = sheet(BASIC_TITLE, BASIC_HEADER, ONE, TWO, name="基本")
    second = sheet(SUPPORTING_TITLE, SUPPORTING_HEADER, ("3", *LEAD[1:]), name="配合")
    assert loud(check_example(Example(sheets=(first, second)))) == []

    gap = replace(second, rows=(*second.rows[:2], ("4", *LEAD[1:])))
    assert loud(check_example(Example(sheets=(first, gap)))) == [("SERIAL-GAP", "A3")]


def test_an_item_whose_name_begins_like_a_note() -> None:
    """联系…, 审核… and 单位… begin items too: without a number they are missing one, not notes."""
    checked = table(
        (BASIC_TITLE,),
        BASIC_HEADER,
        ("1", "审核确认最低生活保障"),
        ("", "联系服务辖区企业"),
        ("2", "说明情况"),
    )

    assert [item.name for item in checked.checklists[0].items] == [
        "审核确认最低生活保障",
        "联系服务辖区企业",
        "说明情况",
    ]
    assert loud(checked) == [("SERIAL-MISSING", "A4")]


def test_break_in_a_name_is_dropped_and_said() -> None:
    """A name stands on one line; duties keep theirs."""
    checked = check_example(
        supporting(("1", "森林草原\n防灭火", "县林业和草原局", "1.巡护。\n2.查处。", " 宣传。　"))
    )
    (item,) = checked.checklists[0].items

    assert item.name == "森林草原防灭火"
    assert item.departments == (Department(name="县林业和草原局", duty="1.巡护。\n2.查处。"),)
    assert item.township_duty == "宣传。"
    assert loud(checked) == [("TEXT-LINEBREAK", "B3")]


def test_lists_of_one_filing_are_held_against_each_other() -> None:
    """What one document takes back and another keeps contradicts itself for the townships of both."""
    basics = Example(sheets=(sheet(BASIC_TITLE, BASIC_HEADER, ("1", "校车安全审查")),), file="甲.xlsx")
    gone = Example(
        sheets=(
            sheet(
                "东河镇上级部门收回事项清单",
                ("序号", "事项名称", "承接部门", "工作方式"),
                ("1", "校车安全审查", "县教育局", "按计划审查。"),
            ),
        ),
        file="乙.xlsx",
    )
    documents = (*example_documents(basics), *example_documents(gone))
    checked = check_filing(documents, filing=None, county=COUNTY, divisions=DIVISIONS, as_of=AS_OF)

    (finding,) = [f for f in checked.findings if f.rule == "CONTRADICTION"]
    assert (finding.where.file, finding.where.cell) == ("乙.xlsx", "B3")
    assert "甲.xlsx 清单 B3" in finding.problem.zh


def test_a_confirmation_turns_its_finding_into_information() -> None:
    """A confirmed veto no longer blocks, and says by whom and why it was confirmed."""
    checked = check_example(
        replace(
            basic(("1", "落实一票否决要求")), filing=ExampleFiling(confirmed=(("VETO-ITEM", "清单", "B3"),))
        )
    )

    (finding,) = [f for f in checked.findings if f.rule == "VETO-ITEM"]
    assert finding.severity == "info"
    assert "张示例" in finding.problem.zh
    assert "示例依据" in finding.problem.zh


def test_a_confirmation_of_another_cell_confirms_nothing() -> None:
    """A confirmation answers exactly one cell."""
    checked = check_example(
        replace(
            basic(ONE, ("2", "落实一票否决要求")),
            filing=ExampleFiling(confirmed=(("VETO-ITEM", "清单", "B3"),)),
        )
    )

    assert ("VETO-ITEM", "B4") in loud(checked)
    assert ("CONFIRMATION-UNUSED", "B3") in loud(checked)


def test_a_cell_that_the_mapper_drops_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a mapped cell lost on its way into an item, the account at the end would name it."""
    read = items._TableItems.item

    def forgetful(self: items._TableItems, line: object) -> FiledItem | None:
        item = read(self, line)  # type: ignore[arg-type]
        assert item is not None
        kept = dict(item.cells)
        del kept["township_duty"]
        return replace(item, township_duty=None, cells=kept)

    assert loud(check_example(supporting(LEAD))) == []
    monkeypatch.setattr(items._TableItems, "item", forgetful)
    assert ("CELL-UNACCOUNTED", "E3") in loud(check_example(supporting(LEAD)))


def test_findings_are_sorted_by_place() -> None:
    """Findings stand in the order of the document: row by row, not rule by rule."""
    checked = table(
        (BASIC_TITLE,),
        BASIC_HEADER,
        ("1", "完成上级交办的其他任务"),
        ("1", "签订责任状"),
        ("3", ""),
        ("", "一票否决"),
    )

    places = [f.where.cell for f in checked.findings]
    assert places == ["B3", "A4", "B4", "A5", "B5", "A6", "B6"]


_WORDS = st.text(alphabet="党建设县局办一二三（）：。；、\n 12", min_size=1, max_size=12)


@given(rows=st.lists(st.tuples(_WORDS, _WORDS, _WORDS, _WORDS, _WORDS), max_size=5))
def test_nothing_is_ever_lost(rows: list[tuple[str, ...]]) -> None:
    """Whatever stands in the cells, the check ends, and no cell is left without an account or a finding."""
    checked = check_example(supporting(*rows))

    assert "CELL-UNACCOUNTED" not in {f.rule for f in checked.findings}
    texts = {
        part.strip()
        for checklist in checked.checklists
        for item in checklist.items
        for part in (item.name, item.township_duty or "")
    }
    if not [f for f in checked.findings if f.severity == "error"]:
        for row in rows:
            if row[1].strip() and "\n" not in row[1].strip() and checked.item_count == len(rows):
                assert row[1].strip() in texts


def test_json_is_the_contract() -> None:
    """`--format json` prints exactly these keys; fields that a kind does not have are null."""
    printed = as_json(check_example(replace(basic(("1", "落实一票否决要求")), filing=ExampleFiling())))

    assert list(printed) == ["documents", "checklists", "findings", "summary"]
    assert printed["documents"] == [{"file": "示例.xlsx", "sha256": "0" * 64, "sheets": ["清单"]}]
    assert printed["checklists"] == [
        {
            "kind": "basic",
            "county": "990101",
            "townships": ["990101100"],
            "items": [
                {
                    "number": "1",
                    "category": None,
                    "name": "落实一票否决要求",
                    "basis": None,
                    "departments": None,
                    "township_duty": None,
                    "method": None,
                    "where": {"file": "示例.xlsx", "sheet": "清单", "cell": "B3"},
                }
            ],
        }
    ]
    findings = printed["findings"]
    assert isinstance(findings, list)
    (finding,) = findings
    assert list(finding) == ["rule", "severity", "file", "sheet", "cell", "found", "problem", "fix"]
    assert (finding["rule"], finding["severity"], finding["cell"]) == ("VETO-ITEM", "confirm", "B3")
    assert set(finding["problem"]) == set(finding["fix"]) == {"zh", "en"}
    assert printed["summary"] == {"errors": 0, "confirms": 1, "warnings": 0, "items": 1}


def test_lines_for_a_person() -> None:
    """A report names file, place, what is wrong and what to do, in either language."""
    checked = check_example(basic(ONE, ("3", "开展矛盾纠纷排查化解")))

    assert as_lines(checked, "zh") == [
        "示例.xlsx",
        "  清单 › A4 · 序号从 1 跳到 3，可能漏行或顺序有误。 [错误 SERIAL-GAP]",
        "      请核对是否漏了事项：漏了的补上，没有漏的重新编号。",
        "共 1 张清单、2 项；错误 1 处，须确认 0 处，提示 0 处。请逐处改正或确认，再检查一次；在此之前不能登记。",
    ]
    assert as_lines(checked, "en")[1] == (
        "  清单 › A4 · The numbers jump from 1 to 3; a row may be missing or out of order. [error SERIAL-GAP]"
    )


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2099, 1, 1), date(2023, 7, 3)])
def test_dates_out_of_range(day: date) -> None:
    """Nothing takes effect in 1999, in 2099 or more than a year ahead."""
    filing = example_filing(ExampleFiling(effective=day, approved=None))
    documents = example_documents(basic(ONE))
    checked = check_filing(
        documents, filing=filing, county=COUNTY, divisions=DIVISIONS, as_of=date(2022, 7, 1)
    )

    assert [(f.rule, f.where.file, f.found) for f in checked.findings] == [
        ("DATE-RANGE", "filing.toml", day.isoformat())
    ]


def test_a_long_list_of_like_names_is_clean() -> None:
    """A thousand lines that differ in little more than a number are a thousand items, without a fault."""
    rows = [
        (
            str(n),
            f"第{n}项示例：开展某某领域第{n * 7919 % 1000}号隐患排查和宣传教育工作",
            "县林业和草原局\n县应急管理局",
            f"县林业和草原局：1.组织巡护{n}次。\n2.依法查处。\n县应急管理局：统筹指导。",
            f"1.开展宣传。\n2.发现第{n}类隐患立即报告。",
        )
        for n in range(1, 1001)
    ]
    checked = check_example(supporting(*rows))

    assert checked.item_count == 1000
    assert [f.rule for f in checked.findings if f.severity == "error"] == []
