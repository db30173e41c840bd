"""The seventeen pilots of the provincial guidance, and how each of them files: kinds, sizes, formats, habits.

The table is made up (who filed what in which format is not public); names, codes and levels of the townships are real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.samples.shapes import Style

Packaging = Literal["township", "township-kind", "kind", "level", "level-kind"]
"""`township`: a file per township, sheets per kind · `township-kind`: a file per township and kind · `kind`: a file
per kind, sheets per township · `level`: a file for all townships of one level, sheets per kind · `level-kind`: a file
for all townships of one level and one kind."""
Format = Literal[
    "xlsx", "xls", "docx", "csv-gb18030", "csv-bom", "et-xlsx", "et-xls", "office-xlsx", "office-xls"
]
"""`et-…`: the same bytes under the suffix that WPS gives. `office-…`: saved again by LibreOffice."""

THREE = ("basic", "supporting", "reclaimed")


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Some kinds of list, filed together in one way."""

    sizes: Mapping[str, int]
    """Kind → lines for each township."""
    packaging: Packaging
    format: Format
    style: Style
    merge_levels: bool = False
    """With `level`: one list for towns and subdistricts alike."""


@dataclass(frozen=True, kw_only=True)
class Later:
    """A later filing of the first bundle, with lines added, changed and removed."""

    slug: str
    effective: str
    reviewed: bool = True


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """One pilot county's filings."""

    code: str
    traits: frozenset[str]
    """What the county has besides town and country: border, forest."""
    effective: str
    bundles: tuple[Bundle, ...]
    later: Later | None = None
    languages: tuple[str, ...] = ("zh", "en")
    recorded: Literal["number", "no-number", "absent"] = "number"


def _three(basic: int, supporting: int, reclaimed: int) -> dict[str, int]:
    return {"basic": basic, "supporting": supporting, "reclaimed": reclaimed}


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Header variants seen in published lists."""

    leading: Mapping[str, str] = field(
        default_factory=lambda: {"departments": "牵头部门", "department_duty": "部门职责", "name": "履职事项"}
    )
    superior: Mapping[str, str] = field(
        default_factory=lambda: {"departments": "上级部门", "name": "事项", "basis": "法律法规及政策依据"}
    )
    task: Mapping[str, str] = field(
        default_factory=lambda: {
            "departments": "牵头部门",
            "department_duty": "部门职责",
            "township_duty": "{级}职责",
            "name": "职责任务",
            "basis": "依据来源",
        }
    )


WORDS = _Words()

PILOTS: tuple[Pilot, ...] = (
    Pilot(
        code="230125",  # 宾县
        traits=frozenset(),
        effective="2022-06-20",
        later=Later(slug="adjusted-list", effective="2024-07-01"),
        bundles=(
            Bundle(
                sizes=_three(45, 38, 36),
                packaging="township",
                format="xlsx",
                style=Style(basis=True, total=True),
            ),
        ),
    ),
    Pilot(
        code="230221",  # 龙江县
        traits=frozenset(),
        effective="2022-06-25",
        bundles=(
            Bundle(
                sizes=_three(48, 42, 36),
                packaging="kind",
                format="xls",
                style=Style(category="column", words=WORDS.superior),
            ),
        ),
        recorded="no-number",
    ),
    Pilot(
        code="231086",  # 东宁市
        traits=frozenset({"border", "forest"}),
        effective="2022-06-28",
        languages=("zh", "en", "ko"),
        bundles=(
            Bundle(
                sizes=_three(52, 46, 40),
                packaging="township",
                format="docx",
                style=Style(category="row", combined=True),
            ),
        ),
    ),
    Pilot(
        code="230822",  # 桦南县
        traits=frozenset(),
        effective="2022-06-22",
        bundles=(
            Bundle(
                sizes={"task": 92},
                packaging="level",
                format="xlsx",
                style=Style(category="column", two_row_header=True, basis=True, words=WORDS.task),
            ),
        ),
    ),
    Pilot(
        code="231183",  # 嫩江市
        traits=frozenset({"border"}),
        effective="2022-06-24",
        bundles=(
            Bundle(
                sizes=_three(42, 36, 32),
                packaging="township",
                format="et-xlsx",
                style=Style(combined=True, words=WORDS.leading),
            ),
            Bundle(
                sizes={"task": 40},
                packaging="level-kind",
                format="docx",
                style=Style(category="column", words=WORDS.task, breaks="br"),
            ),
        ),
        recorded="absent",
    ),
    Pilot(
        code="231223",  # 青冈县
        traits=frozenset(),
        effective="2022-06-27",
        bundles=(
            Bundle(
                sizes=_three(46, 40, 34),
                packaging="level",
                format="office-xlsx",
                style=Style(basis=True),
            ),
        ),
    ),
    Pilot(
        code="230102",  # 道里区
        traits=frozenset(),
        effective="2022-06-18",
        bundles=(
            Bundle(
                sizes=_three(42, 36, 32),
                packaging="kind",
                format="xlsx",
                style=Style(category="column", numbers="text"),
            ),
        ),
    ),
    Pilot(
        code="230202",  # 龙沙区
        traits=frozenset(),
        effective="2022-06-21",
        later=Later(slug="adjusted-list", effective="2025-06-30"),
        bundles=(
            Bundle(
                # The national average of a township's three lists.
                sizes=_three(117, 99, 124),
                packaging="township",
                format="office-xlsx",
                style=Style(combined=True, words={"departments": "对应上级部门"}),
            ),
        ),
    ),
    Pilot(
        code="231002",  # 东安区
        traits=frozenset(),
        effective="2022-06-23",
        bundles=(
            Bundle(
                sizes=_three(50, 44, 38),
                packaging="township-kind",
                format="csv-bom",
                style=Style(category="repeat", numbers="text", appendix=False),
            ),
        ),
    ),
    Pilot(
        code="230803",  # 向阳区
        traits=frozenset(),
        effective="2022-06-26",
        bundles=(
            Bundle(
                sizes=_three(56, 50, 46),
                packaging="township",
                format="et-xls",
                style=Style(words=WORDS.leading, prefix_single=True),
            ),
        ),
    ),
    Pilot(
        code="230602",  # 萨尔图区
        traits=frozenset(),
        effective="2022-06-20",
        bundles=(
            Bundle(
                sizes=_three(52, 42, 38),
                packaging="township",
                format="office-xls",
                style=Style(category="column", basis=True),
            ),
        ),
        recorded="no-number",
    ),
    Pilot(
        code="230302",  # 鸡冠区
        traits=frozenset(),
        effective="2022-06-22",
        bundles=(
            Bundle(
                sizes={"task": 100},
                packaging="kind",
                format="xlsx",
                style=Style(category="row", basis=True, words=WORDS.task),
            ),
        ),
    ),
    Pilot(
        code="230503",  # 岭东区
        traits=frozenset(),
        effective="2022-06-29",
        bundles=(
            Bundle(
                sizes=_three(44, 36, 32),
                packaging="township-kind",
                format="csv-gb18030",
                style=Style(category="row", combined=True, appendix=False),
            ),
        ),
        recorded="absent",
    ),
    Pilot(
        code="230717",  # 伊美区
        traits=frozenset({"forest"}),
        effective="2022-06-30",
        later=Later(slug="awaiting-review", effective="2025-12-01", reviewed=False),
        bundles=(
            Bundle(
                sizes=_three(48, 42, 36),
                packaging="township",
                format="office-xlsx",
                style=Style(category="column", words=WORDS.superior),
            ),
        ),
    ),
    Pilot(
        code="230903",  # 桃山区
        traits=frozenset(),
        effective="2022-06-25",
        bundles=(
            Bundle(
                sizes=_three(46, 40, 34),
                packaging="township",
                format="xlsx",
                style=Style(category="column", two_row_header=True, restart=True),
            ),
        ),
    ),
    Pilot(
        code="230405",  # 兴安区
        traits=frozenset(),
        effective="2022-06-28",
        bundles=(
            Bundle(
                sizes=_three(46, 42, 36),
                packaging="level-kind",
                format="docx",
                style=Style(category="row", words=WORDS.superior, breaks="br", table_rows=18),
            ),
        ),
    ),
    Pilot(
        code="232761",  # 加格达奇区
        traits=frozenset({"forest"}),
        effective="2022-06-24",
        bundles=(
            Bundle(
                sizes=_three(42, 34, 30),
                packaging="kind",
                format="xls",
                style=Style(category="row", restart=True),
            ),
            Bundle(
                sizes={"task": 30},
                packaging="level",
                format="et-xlsx",
                style=Style(category="row", words=WORDS.task),
                merge_levels=True,
            ),
        ),
    ),
)
