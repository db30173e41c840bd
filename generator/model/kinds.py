"""The kinds of list, as rows of one table. To add a kind is to add a row here and its wording.

Source: the national three-list form of 2024-25 (基本/配合/收回) and the provincial guidance of 2022 (职责任务清单);
for the older public formats the headers of published lists: 权责清单 (明光市明南街道, 2019), 公共服务事项 (霍邱县乌龙镇),
赋权方式 下放/委托 (大姚县, 2023), 属地管理 牵头/协同/乡镇责任 (莲都区, 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal[
    "number",
    "category",
    "name",
    "basis",
    "departments",
    "department_duty",
    "township_duty",
    "method",
    "code",
    "subitem",
    "partners",
    "delegation",
    "agency",
    "liability",
    "deadline",
    "channel",
]
"""The columns a list can have, by what they mean. `departments` names them; `department_duty` is what they do."""

MORE_FIELDS: tuple[Field, ...] = (
    "code",
    "subitem",
    "partners",
    "delegation",
    "agency",
    "liability",
    "deadline",
    "channel",
)
"""Columns that only the older public formats have, in the order in which they are told: 项目编码, 子项, 协同部门,
赋权方式, 办理主体, 追责情形, 期限, 监督渠道. What they say is plain text, kept together as `more`."""

More = tuple[tuple[Field, str], ...]
"""What the columns of `MORE_FIELDS` say on one line: those that are filled, in that order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListKind:
    """One kind of list: which columns it has, and which of them each line must fill."""

    slug: str
    zh: str
    """The name as the national form prints it."""
    fields: tuple[Field, ...]
    required: frozenset[Field]
    leads: Literal["township", "department", "as-listed"]
    """Who answers for a duty of this kind."""

    def has(self, field: Field) -> bool:
        """Whether lists of this kind have the column at all; other fields are None on their items."""
        return field in self.fields

    @property
    def more(self) -> tuple[Field, ...]:
        """The columns of `MORE_FIELDS` that lists of this kind have."""
        return tuple(field for field in MORE_FIELDS if field in self.fields)


LIST_KINDS: dict[str, ListKind] = {
    kind.slug: kind
    for kind in (
        ListKind(
            slug="basic",
            zh="基本履职事项",
            fields=("number", "category", "name", "basis"),
            required=frozenset({"number", "name"}),
            leads="township",
        ),
        ListKind(
            slug="supporting",
            zh="配合履职事项",
            fields=("number", "category", "name", "basis", "departments", "department_duty", "township_duty"),
            required=frozenset({"number", "name", "departments", "department_duty", "township_duty"}),
            leads="department",
        ),
        ListKind(
            slug="reclaimed",
            zh="上级部门收回事项",
            fields=("number", "category", "name", "basis", "departments", "method"),
            # 取消 and 不再要求 items have no receiving department; the rule itself knows that exception.
            required=frozenset({"number", "name", "departments", "method"}),
            leads="department",
        ),
        ListKind(
            slug="task",
            zh="职责任务清单",
            fields=("number", "category", "name", "basis", "departments", "department_duty", "township_duty"),
            required=frozenset({"number", "name", "township_duty"}),
            leads="as-listed",
        ),
        # The older public formats. Real files leave 项目编码 and 子项 blank, and not every county has every column.
        ListKind(
            slug="powers",
            zh="权责清单",
            fields=(
                "number",
                "category",
                "code",
                "name",
                "subitem",
                "agency",
                "basis",
                "township_duty",
                "liability",
            ),
            required=frozenset({"number", "name"}),
            leads="township",
        ),
        ListKind(
            slug="delegated",
            zh="赋权事项",
            fields=("number", "category", "code", "name", "departments", "delegation", "agency", "basis"),
            required=frozenset({"number", "name"}),
            leads="township",
        ),
        ListKind(
            slug="territorial",
            zh="属地管理事项",
            fields=(
                "number",
                "category",
                "name",
                "basis",
                "departments",
                "department_duty",
                "partners",
                "township_duty",
            ),
            required=frozenset({"number", "name", "departments", "township_duty"}),
            leads="as-listed",
        ),
        ListKind(
            slug="services",
            zh="公共服务事项",
            fields=("number", "name", "category", "agency", "basis", "deadline", "channel"),
            required=frozenset({"number", "name"}),
            leads="township",
        ),
    )
}
