"""The empty workbook: filled in, it is accepted; empty, it says so; the same plan gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from generator.checks import check_filing, template_plan
from generator.checks.examples import AS_OF, COUNTY, DIVISIONS, example_filing
from generator.checks.rule import ExampleFiling
from generator.intake import read_document
from generator.intake.template import template_bytes, write_template
from generator.model.findings import Checked
from generator.model.kinds import LIST_KINDS

_VALUES = {
    "number": "{n}",
    "category": "党的建设",
    "name": "示例事项第{n}号：开展矛盾纠纷排查",
    "basis": "《中华人民共和国人民调解法》",
    "departments": "县林业和草原局\n县应急管理局",
    "department_duty": "县林业和草原局：组织巡护。\n县应急管理局：统筹指导。",
    "township_duty": "开展宣传。",
    "method": "按年度计划开展监督检查。",
    "code": "示例-{n}",
    "subitem": "核发",
    "partners": "县水务局",
    "delegation": "委托",
    "agency": "东河镇人民政府",
    "liability": "对符合条件的申请不予受理的。",
    "deadline": "即时办理",
    "channel": "电话：0000-0000000",
}


def fill(kind: str, folder: Path, rows: int) -> Path:
    """Write the empty workbook of a kind and fill in some rows, as a clerk would."""
    path = folder / "东河镇.xlsx"
    plan = template_plan(kind, COUNTY.division)
    write_template(plan, path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    first = len(plan.notes) + 3
    for n in range(1, rows + 1):
        for column, planned in enumerate(plan.columns, start=1):
            sheet.cell(row=first + n - 1, column=column, value=_VALUES[planned.field].format(n=n))
    book.save(path)
    return path


def check(path: Path) -> Checked:
    """Check the workbook as filed for one township."""
    return check_filing(
        [read_document(path)],
        filing=example_filing(ExampleFiling(), path.name),
        county=COUNTY,
        divisions=DIVISIONS,
        as_of=AS_OF,
    )


@pytest.mark.parametrize("kind", LIST_KINDS)
def test_filled_in_it_is_accepted(kind: str, tmp_path: Path) -> None:
    """Every kind's workbook is read with all its fields, without error, confirmation or warning."""
    checked = check(fill(kind, tmp_path, rows=3))

    assert [f for f in checked.findings if f.severity != "info"] == []
    (checklist,) = checked.checklists
    assert (checklist.kind, len(checklist.items)) == (kind, 3)
    item = checklist.items[0]
    assert set(item.cells) == set(LIST_KINDS[kind].fields)
    if LIST_KINDS[kind].has("department_duty"):
        assert item.departments is not None
        assert [d.duty for d in item.departments] == ["组织巡护。", "统筹指导。"]


def test_empty_it_has_no_items(tmp_path: Path) -> None:
    """An empty workbook is recognised as the list of its kind, and said to be empty."""
    checked = check(fill("supporting", tmp_path, rows=0))

    assert [f.rule for f in checked.findings if f.severity == "error"] == ["LIST-EMPTY"]


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    """Nothing in the file depends on when it was written, and nothing is overwritten."""
    plan = template_plan("reclaimed", None)
    assert template_bytes(plan) == template_bytes(plan)

    write_template(plan, tmp_path / "a.xlsx")
    with pytest.raises(FileExistsError):
        write_template(plan, tmp_path / "a.xlsx")


@pytest.mark.parametrize("kind", LIST_KINDS)
def test_drop_downs_hints_and_examples(kind: str, tmp_path: Path) -> None:
    """The category has a drop-down, every column a hint and an example comment."""
    plan = template_plan(kind, None)
    write_template(plan, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    rules = sheet.data_validations.dataValidation

    assert len(rules) == len(plan.columns)
    assert all(rule.prompt and len(rule.prompt) <= 255 for rule in rules)
    lists = [rule for rule in rules if rule.type == "list"]
    assert len(lists) == sum(bool(column.choices) for column in plan.columns)
    assert all(len(one.formula1) <= 257 for one in lists)
    assert ("行政确认" if kind in ("powers", "delegated") else "乡村振兴") in lists[0].formula1
    header = len(plan.notes) + 2
    comments = [sheet.cell(row=header, column=c).comment for c in range(1, len(plan.columns) + 1)]
    assert all(comment is not None and comment.text.startswith("填写示例：") for comment in comments)
