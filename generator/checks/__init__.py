"""Grid of located cells → checklists and findings; the catalogue of rules and of column names.

A document's faults are values, collected all at once by the address that the clerk sees. Nothing is guessed: what is
not certain is a finding. How cells that say several things are read stands in `split`; which headings are known in
`headers`; every rule with its sentences and examples in the `rules_…` tables.
"""

from generator.checks.filing import check_filing
from generator.checks.format_ci import as_github, as_junit
from generator.checks.format_html import as_html
from generator.checks.format_sarif import as_sarif
from generator.checks.marks import plan_report
from generator.checks.mends import mend_lines, plan_mends
from generator.checks.report import as_json, as_lines
from generator.checks.rule import Rule
from generator.checks.rules import RULES
from generator.checks.template import template_plan

__all__ = [
    "RULES",
    "Rule",
    "as_github",
    "as_html",
    "as_json",
    "as_junit",
    "as_lines",
    "as_sarif",
    "check_filing",
    "mend_lines",
    "plan_mends",
    "plan_report",
    "template_plan",
]
