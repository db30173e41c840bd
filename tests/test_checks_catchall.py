"""Catch-all clauses are found where nothing concrete is said, and nowhere else."""

from __future__ import annotations

import pytest

from generator.checks.catchall import catch_all
from generator.checks.examples import check_example
from generator.checks.rule import basic, supporting


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("完成上级交办的其他任务", "完成上级交办的其他任务"),
        ("完成上级交办的其他工作", "完成上级交办的其他工作"),
        ("完成县委、县政府交办的其他工作任务。", "完成县委、县政府交办的其他工作任务"),
        ("承办上级党委、政府和有关部门交办的其他事项", "承办上级党委、政府和有关部门交办的其他事项"),
        ("做好上级部门安排的各项工作", "做好上级部门安排的各项工作"),
        ("完成县（市、区）委安排部署的重点工作", "完成县（市、区）委安排部署的重点工作"),
        ("上级临时交办事项", "上级临时交办事项"),
        ("其他事项", "其他事项"),
        ("其他", "其他"),
        ("其他工作", "其他工作"),
        ("法律法规规定的其他职责", "法律法规规定的其他职责"),
        ("法律、法规、规章规定的其他事项", "法律、法规、规章规定的其他事项"),
        ("负责信访工作，完成上级交办的其他任务", "完成上级交办的其他任务"),
        ("1.开展日常巡查；\n2.完成县林业和草原局交给的其他工作。", "完成县林业和草原局交给的其他工作"),
        ("1.开展日常巡查；\n2.做好其他相关工作。", "做好其他相关工作"),
        ("属地管理", "属地管理"),
        ("落实属地管理责任", "落实属地管理责任"),
        ("承担属地责任。", "承担属地责任。"),
        ("按照属地管理原则做好相关工作", "按照属地管理原则做好相关工作"),
        ("法律法规规定应由乡镇履行的其他职责", "法律法规规定应由乡镇履行的其他职责"),
    ],
)
def test_clauses_without_content(text: str, clause: str | None) -> None:
    """Whoever assigns it and however it is worded: a clause that names no duty is quoted by itself."""
    assert catch_all(text) == clause


@pytest.mark.parametrize(
    "text",
    [
        "负责信访工作，受理、办理群众来信来访和上级交办转送的信访事项，落实领导干部接访下访和包案制度",
        "承办上级交办的信访事项",
        "办理上级转办的环境投诉",
        "落实安全生产属地管理责任，开展安全生产宣传教育和日常巡查",
        "安全生产属地管理",
        "属地综合行政执法实施",
        "做好其他退役军人优抚对象服务",
        "公共法律服务以及其他便民服务",
        "落实各项惠民政策",
        "其他类型企业统计名录核查",
        "配合县应急管理局做好上级部署的森林防火演练",
    ],
)
def test_clauses_with_content(text: str) -> None:
    """A duty that is named stays a duty, even where it is assigned from above, is among others, or is local."""
    assert catch_all(text) is None


def test_a_hostile_text_takes_no_time() -> None:
    """Thousands of the words that a catch-all is made of are looked at once and not in every combination."""
    for text in ("有关相关" * 8_000, "各项其他" * 8_000 + "任务", "县委、" * 10_000, "其他各项" * 14 + "甲"):
        assert catch_all(text) is None


def test_found_in_the_cell_of_the_name_or_of_the_duty() -> None:
    """A catch-all stands in a name or among a township's duties, and is reported by the cell that holds it."""
    name = check_example(basic(("1", "负责党员教育管理"), ("2", "完成上级交办的其他任务")))
    duty = check_example(
        supporting(("1", "防汛", "县水务局", "组织抢险。", "1.巡查报告；\n2.完成上级交办的其他工作。"))
    )

    assert [(f.rule, f.where.cell) for f in name.findings] == [("CATCH-ALL", "B4")]
    assert [(f.rule, f.where.cell) for f in duty.findings] == [("CATCH-ALL", "E3")]
    assert duty.findings[0].problem.zh == "“完成上级交办的其他工作”是兜底条款，没有写明具体做什么。"


@pytest.mark.parametrize(
    "department",
    [
        "县文体广电和旅游局",
        "县文化广电和旅游局",
        "县生态环境局",
        "国家税务总局宾县税务局",
        "县工商联",
        "县农业农村局",
    ],
)
def test_present_names_of_departments(department: str) -> None:
    """A name that is in use is not called a former one."""
    assert check_example(supporting(("1", "防汛", department, "组织抢险。", "巡查报告。"))).findings == ()


@pytest.mark.parametrize(
    ("department", "now"),
    [
        ("县国土资源局", "自然资源局"),
        ("县环保局", "生态环境局"),
        ("县文化广电新闻出版局", "文体广电和旅游局"),
    ],
)
def test_former_names_of_departments(department: str, now: str) -> None:
    """A name from before the reforms is told with the present one."""
    (finding,) = check_example(supporting(("1", "防汛", department, "组织抢险。", "巡查报告。"))).findings

    assert finding.rule == "DEPARTMENT-FORMER"
    assert now in finding.problem.zh
