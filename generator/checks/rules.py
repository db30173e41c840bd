"""The catalogue: every rule by its id. The tables are in `rules_files`, `rules_tables`, `rules_text`,
`rules_fields`, `rules_lists` and `rules_differences`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generator.checks.rule import Rule
from generator.checks.rules_differences import DIFFERENCE_RULES
from generator.checks.rules_fields import FIELD_RULES
from generator.checks.rules_files import FILE_RULES
from generator.checks.rules_lists import LIST_RULES
from generator.checks.rules_tables import TABLE_RULES
from generator.checks.rules_text import TEXT_RULES

_TABLES = (FILE_RULES, TABLE_RULES, TEXT_RULES, FIELD_RULES, LIST_RULES, DIFFERENCE_RULES)

RULES: Mapping[str, Rule] = MappingProxyType(
    {row.id: row for row in sorted((row for table in _TABLES for row in table), key=lambda row: row.id)}
)
assert len(RULES) == sum(map(len, _TABLES)), "two rules have one id"
