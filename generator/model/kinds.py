"""The kinds of list, as rows of one table. To add a kind is to add a row here and its wording.

Source: the national three-list form of 2024-25 (基本/配合/收回) and the provincial guidance of 2022 (职责任务清单).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal[
    "number", "category", "name", "basis", "departments", "department_duty", "township_duty", "method"
]
"""The columns a list can have, by what they mean. `departments` names them; `department_duty` is what they do."""


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
    )
}
