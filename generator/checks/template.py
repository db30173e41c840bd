"""The empty workbook that a clerk fills in: headings, hints and examples in the words that the checks know."""

from __future__ import annotations

from generator.checks.vocabulary import CATEGORY_NAMES, POWER_TYPES
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
    "code": "项目编码",
    "subitem": "子项",
    "partners": "协同部门",
    "delegation": "赋权方式",
    "agency": "办理主体",
    "liability": "追责情形",
    "deadline": "期限",
    "channel": "监督渠道",
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
    "code": 18,
    "subitem": 28,
    "partners": 24,
    "delegation": 12,
    "agency": 24,
    "liability": 48,
    "deadline": 18,
    "channel": 24,
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
    "code": "按文本填写，可不填。",
    "subitem": "一个项目分几个子项的，每个子项一行，项目名称照写；没有子项的不填。",
    "partners": "填写全称；几个部门的，每行一个；没有的不填。",
    "delegation": "填写下放或委托。",
    "agency": "填写全称，可不填。",
    "liability": "写明出现哪些情形追究责任，可不填。",
    "deadline": "写明办理期限，可不填。",
    "channel": "写单位办公电话或其他渠道；不写个人电话。",
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
    "code": "示例-001",
    "subitem": "核发",
    "partners": "县应急管理局",
    "delegation": "委托",
    "agency": "镇人民政府",
    "liability": "对符合条件的申请不予受理的。",
    "deadline": "即时办理",
    "channel": "电话：0000-0000000",
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
    ("powers", "category"): "行政确认",
    ("powers", "name"): "独生子女父母光荣证核发与注销",
    ("powers", "basis"): "《中华人民共和国人口与计划生育法》",
    ("powers", "township_duty"): "1.受理：一次性告知补正材料。2.审查：在期限内作出决定。",
    ("delegated", "category"): "行政处罚",
    ("delegated", "name"): "对擅自占用城市绿化用地的处罚",
    ("delegated", "basis"): "《城市绿化条例》",
    ("delegated", "departments"): "县住房和城乡建设局",
    ("territorial", "category"): "应急管理及消防",
    ("territorial", "name"): "森林草原防灭火",
    ("territorial", "basis"): "《森林防火条例》",
    ("territorial", "departments"): "县林业和草原局",
    ("territorial", "department_duty"): "1.组织巡护。2.依法查处。",
    ("services", "category"): "公共服务",
    ("services", "name"): "未成年人安全事故防范和安全知识宣传教育",
    ("services", "basis"): "《中华人民共和国未成年人保护法》",
}
"""So that the comments of one workbook speak of one matter."""
_OWN: dict[tuple[str, Field], str] = {
    ("reclaimed", "departments"): "承接部门",
    ("task", "departments"): "牵头部门",
    ("task", "department_duty"): "部门职责",
    ("task", "township_duty"): "乡镇（街道）职责",
    ("powers", "category"): "权力类型",
    ("powers", "name"): "项目名称",
    ("powers", "agency"): "实施主体",
    ("powers", "basis"): "实施依据",
    ("powers", "township_duty"): "责任事项",
    ("delegated", "category"): "权力类型",
    ("delegated", "code"): "事项编码",
    ("delegated", "departments"): "赋权部门",
    ("delegated", "agency"): "实施主体",
    ("delegated", "basis"): "实施依据",
    ("territorial", "departments"): "牵头部门",
    ("territorial", "department_duty"): "牵头部门职责",
    ("territorial", "township_duty"): "乡镇（街道）责任",
    ("services", "category"): "事项类别",
    ("services", "basis"): "行使依据",
}
_CHOICES: dict[tuple[str, Field], tuple[str, ...]] = {
    ("powers", "category"): POWER_TYPES,
    ("delegated", "category"): POWER_TYPES,
    ("delegated", "delegation"): ("下放", "委托"),
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
            choices=_CHOICES.get((kind, meaning), CATEGORY_NAMES if meaning == "category" else ()),
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
    if (kind, meaning) == ("powers", "township_duty"):
        return "写明受理、审查、决定、送达、事后监管各环节的责任。"
    if (kind, meaning) == ("territorial", "township_duty"):
        return "写明乡镇（街道）承担什么责任，不得与牵头部门职责相同。"
    return _HINTS[meaning]
