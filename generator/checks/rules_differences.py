"""Rules about documents that say how single townships differ from a county's base list."""

from __future__ import annotations

from typing import Final

from generator.checks.rule import (
    BASIC_HEADER,
    BASIC_TITLE,
    Example,
    ExampleFiling,
    Rule,
    Sheetful,
    rule,
    sheet,
)

_BASE: Final = "县级统一清单.xlsx"
_FILING: Final = ExampleFiling(differs=_BASE)
_COUNTY_LIST: Final = sheet(
    "示例县乡镇（街道）基本履职事项清单",
    BASIC_HEADER,
    ("1", "负责党员教育管理"),
    ("2", "开展矛盾纠纷排查化解"),
    name="县级清单",
)
_HEADER: Final = (*BASIC_HEADER, "适用情况")
_SOURCE: Final = "domain.md §7.2"


def _differing(
    *sheets: Sheetful, at: str | None = None, base: tuple[Sheetful, ...] = (_COUNTY_LIST,)
) -> Example:
    return Example(sheets=sheets, at=at, base=base, filing=_FILING)


def _lines(*rows: tuple[str, ...], name: str = "清单") -> Sheetful:
    return sheet(BASIC_TITLE, _HEADER, *rows, name=name)


_FINE: Final = _differing(_lines(("2", "开展矛盾纠纷排查化解", "不适用"), ("3", "做好渡口安全管理", "")))

DIFFERENCE_RULES: tuple[Rule, ...] = (
    rule(
        "DIFFERENCE-MARK",
        "error",
        (
            "差异清单的“适用情况”只写“适用”“不适用”或“删除”，也可留空。",
            "In a difference list 适用情况 says 适用, 不适用 or 删除, or nothing.",
        ),
        (
            "看不出“{found}”是适用还是不适用。",
            "It is not clear whether “{found}” means that the item applies.",
        ),
        (
            "不适用于这些乡镇（街道）的，请写“不适用”；其余请写“适用”或留空。",
            "Write 不适用 where the item does not apply to these townships, else 适用 or nothing.",
        ),
        source=_SOURCE,
        passes=_FINE,
        fails=_differing(_lines(("2", "开展矛盾纠纷排查化解", "暂缓")), at="!C3"),
    ),
    rule(
        "DIFFERENCE-NOT-IN-BASE",
        "error",
        (
            "标明不适用的事项，须是县级统一清单中的事项。",
            "What is marked as not applying is an item of the county's base list.",
        ),
        (
            "“{found}”标明不适用，但县级统一清单（{base}）中没有这一事项。",
            "“{found}” is marked as not applying, but the county's base list ({base}) has no such item.",
        ),
        (
            "请核对名称，与县级统一清单写得一致；不需要的，请删去此行。",
            "Write the name as the base list has it, or delete the row if it is not needed.",
        ),
        source=_SOURCE,
        passes=_FINE,
        fails=_differing(_lines(("2", "开展纠纷排查", "不适用")), at="!B3"),
    ),
    rule(
        "DIFFERENCE-NUMBER",
        "error",
        (
            "差异清单中的序号不与县级统一清单的其他事项重复。",
            "No line of a difference list has the number of another item of the base list.",
        ),
        ("序号 {found} 已用于“{name}”（{other}）。", "Number {found} is that of “{name}” ({other})."),
        (
            "修改县级事项的，请保持名称和序号与县级统一清单一致；新增事项请接着县级统一清单编号。",
            "Where the line changes an item, keep that item's name and number; number new items on from the base list.",
        ),
        source=_SOURCE,
        passes=_FINE,
        fails=_differing(_lines(("1", "做好渡口安全管理", "")), at="!A3"),
    ),
    rule(
        "DIFFERENCE-TWICE",
        "error",
        (
            "一个乡镇（街道）的同类清单只报一张差异清单。",
            "A township has one difference list of a kind.",
        ),
        (
            "{found}的{kind}差异清单已在“{other}”中报送。",
            "A difference list of this kind for {found} stands in “{other}” already.",
        ),
        ("请把两张差异清单合并成一张。", "Put the two difference lists into one."),
        source=_SOURCE,
        passes=_FINE,
        fails=_differing(
            _lines(("3", "做好渡口安全管理", ""), name="甲"),
            _lines(("4", "发展村级集体经济", ""), name="乙"),
            at="乙!",
        ),
    ),
    rule(
        "DIFFERENCE-NO-BASE",
        "error",
        (
            "差异清单对应的县级统一清单中，须有同类清单。",
            "The base list that a difference list names has a list of the same kind.",
        ),
        (
            "“{base}”中没有适用于{found}的{kind}清单。",
            "“{base}” has no list of this kind for {found}.",
        ),
        (
            "请核对报送说明（filing.toml）中的 differs 和 townships，或在县级统一清单中补上这类清单。",
            "Check differs and townships in filing.toml, or add that list to the base document.",
        ),
        source=_SOURCE,
        passes=_FINE,
        fails=_differing(
            _lines(("3", "做好渡口安全管理", "")),
            at="!",
            base=(
                sheet(
                    "示例县乡镇（街道）上级部门收回事项清单",
                    ("序号", "事项名称", "承接部门", "工作方式"),
                    ("1", "校车安全审查", "县教育局", "按计划审查。"),
                    name="县级清单",
                ),
            ),
        ),
    ),
)
