"""Grid of located cells → checklists and findings; the catalogue of rules and of column names.

A document's faults are values, collected all at once by the address that the clerk sees. Nothing is guessed: what is
not certain is a finding. How cells that say several things are read stands in `split`; which headings are known in
`headers`; every rule with its sentences and examples in the `rules_…` tables.
"""

from generator.checks.filing import check_filing
from generator.checks.marks import plan_report, why_apart
from generator.checks.mends import mend_lines, plan_mends
from generator.checks.printing import printed
from generator.checks.report import as_json, as_lines
from generator.checks.rule import Rule
from generator.checks.rules import RULES
from generator.checks.template import template_plan

__all__ = [
    "RULES",
    "Rule",
    "as_json",
    "as_lines",
    "check_filing",
    "mend_lines",
    "plan_mends",
    "plan_report",
    "printed",
    "template_plan",
    "why_apart",
]
