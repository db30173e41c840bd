"""The empty workbook that a clerk fills in: headings, hints and examples in the words that the checks know."""

from __future__ import annotations

from generator.checks.vocabulary import CATEGORY_NAMES
from generator.model.kinds import LIST_KINDS, Field
from generator.model.places import Division
from generator.model.templates import TemplateColumn, TemplatePlan

ROWS = 400
"""Rows prepared: the national average of a township's three lists together is 340 items."""

_HEADINGS: dict[Field, str] = {
    "number": "序号",
    "category": "类别",
    "name": "事项名称",
    "basis": "依据",
    "departments": "对应上级部门",
    "department_duty": "上级部门职责",
    "township_duty": "乡镇（街道）配合职责",
    "method": "工作方式",
}
_WIDTHS: dict[Field, float] = {
    "number": 7,
    "category": 16,
    "name": 44,
    "basis": 40,
    "departments": 24,
    "department_duty": 48,
    "township_duty": 48,
    "method": 48,
}
_HINTS: dict[Field, str] = {
    "number": "从 1 起连续编号，不要用公式或自动编号。",
    "category": "从下拉列表中选择；列表中没有的可以直接填写。",
    "name": "写一行，不要换行；同一清单中不得重复。",
    "basis": "写明法律法规或文件的全称，可不填。",
    "departments": "填写全称；几个部门的，每行一个。",
    "department_duty": "几个部门的，每个部门的职责另起一行，以“部门全称：”开头。",
    "township_duty": "写明乡镇（街道）配合做什么，不得与上级部门职责相同。",
    "method": "写明收回后如何开展；不再开展的写“取消”或“不再要求”。",
}
_EXAMPLES: dict[Field, str] = {
    "number": "1",
    "category": "平安法治",
    "name": "开展矛盾纠纷排查、调处、化解",
    "basis": "《中华人民共和国人民调解法》",
    "departments": "县林业和草原局\n县应急管理局",
    "department_duty": "县林业和草原局：1.组织巡护。2.依法查处。\n县应急管理局：1.统筹指导。2.组织扑救。",
    "township_duty": "1.开展宣传。2.发现火情立即报告。",
    "method": "按年度计划开展监督检查。",
}
_OWN_EXAMPLES: dict[tuple[str, Field], str] = {
    ("supporting", "category"): "应急管理及消防",
    ("supporting", "name"): "森林草原防灭火",
    ("supporting", "basis"): "《森林防火条例》",
    ("reclaimed", "category"): "城乡建设",
    ("reclaimed", "name"): "燃气使用安全检查",
    ("reclaimed", "basis"): "《城镇燃气管理条例》",
    ("reclaimed", "departments"): "县住房和城乡建设局",
    ("task", "category"): "应急管理及消防",
    ("task", "name"): "森林草原防灭火",
    ("task", "basis"): "《森林防火条例》",
}
"""So that the comments of one workbook speak of one matter."""
_OWN: dict[tuple[str, Field], str] = {
    ("reclaimed", "departments"): "承接部门",
    ("task", "departments"): "牵头部门",
    ("task", "department_duty"): "部门职责",
    ("task", "township_duty"): "乡镇（街道）职责",
}


def template_plan(kind: str, county: Division | None) -> TemplatePlan:
    """Return the plan of an empty workbook for a kind of list. Raises KeyError for an unknown kind."""
    row = LIST_KINDS[kind]
    columns = tuple(
        TemplateColumn(
            field=meaning,
            heading=_OWN.get((kind, meaning), _HEADINGS[meaning]),
            width=_WIDTHS[meaning],
            hint=_hint(kind, meaning),
            example=_OWN_EXAMPLES.get((kind, meaning), _EXAMPLES[meaning]),
            choices=CATEGORY_NAMES if meaning == "category" else (),
        )
        for meaning in row.fields
    )
    place = f"{county.name}＿＿＿＿乡（镇、街道）" if county else "＿＿＿＿乡（镇、街道）"
    name = row.zh if row.zh.endswith("清单") else f"{row.zh}清单"
    return TemplatePlan(
        kind=kind,
        sheet=row.zh,
        title=f"{place}{name}",
        notes=(
            "填报单位：",
            "填表说明：一行一项，逐列填写；不合并单元格，不用公式，不隐藏行列；备注写在表后，以“备注：”开头。",
        ),
        columns=columns,
        rows=ROWS,
    )


def _hint(kind: str, meaning: Field) -> str:
    if (kind, meaning) == ("reclaimed", "departments"):
        return "填写承接部门全称，每行一个；取消或不再要求的事项可不填。"
    return _HINTS[meaning]
