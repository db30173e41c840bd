"""One cell, several meanings: departments of a line, whose duty is whose, 承接部门 and 工作方式 in one cell.

Decisions, so that every reading can be foretold:

* Departments stand on lines of their own or between 、 ； ; ， and , — never split inside brackets.
* A duty text is divided only when it is certain whose part is whose: it begins with the name of a department and a
  colon, and every department of the line stands so exactly once (at the start of a line or after 。 or ；). Otherwise
  every department of the line carries the *same whole text*: they answer for it together, and nothing is lost.
* 承接部门 and 工作方式 in one cell are divided at these labels, in either order. With two pairs in a cell the
  departments are all named and the method is the whole text as filed. Without labels nothing is divided.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from generator.checks.text import BLANKS, fold, one_line, read_count, trim

_OPENING, _CLOSING = "（(【[《〈「", "）)】]》〉」"
_SEPARATORS = "\n、；;，,"
_LIST_NUMBER = re.compile(r"^(?:\d{1,2}[.．、]|[（(]\d{1,2}[)）])\s*(?=\D)")


def split_departments(text: str) -> tuple[str, ...]:
    """Return the department names of a cell, in their order."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif character in _SEPARATORS and not depth:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    names = (_LIST_NUMBER.sub("", one_line(part.strip(BLANKS)).rstrip("。." + BLANKS)) for part in parts)
    return tuple(name for name in names if name)


@lru_cache(maxsize=512)  # the same departments lead many lines
def _prefixes(names: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(r"\s*".join(map(re.escape, name)) for name in names)
    return re.compile(rf"(?:^|(?<=[\n。；;]))[ \t\u3000\u00a0]*({alternatives})[ \t\u3000]*(?:[：:]|(?=\n))")


def split_duties(text: str, departments: tuple[str, ...]) -> tuple[str, ...]:
    """Return each department's duty: its own part where that is certain, else the whole text for each."""
    text = trim(text)
    names = sorted(set(departments), key=lambda name: (-len(name), name))
    if not names or len(names) != len(departments):
        return (text,) * len(departments)
    marks = list(_prefixes(tuple(names)).finditer(text))
    owners = [fold(mark.group(1)) for mark in marks]
    wanted = [fold(name) for name in departments]
    if sorted(owners) != sorted(wanted) or marks[0].start() != 0:
        return (text,) * len(departments)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    own = {owner: trim(text[mark.end() : end]) for owner, mark, end in zip(owners, marks, ends, strict=True)}
    if not all(own.values()):
        return (text,) * len(departments)
    return tuple(own[name] for name in wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Combined:
    """What a cell 承接部门及工作方式 says; None for a label that it does not have."""

    departments: str | None
    method: str | None


_LABEL = re.compile(
    r"(?P<department>(?:承接|收回|接收|责任|主管)?\s*(?:部门|单位))\s*[:：]|(?P<method>(?:具体)?(?:工作|承接|履职)方式)\s*[:：]"
)


def split_combined(text: str) -> Combined | None:
    """Return departments and method of a combined cell, or None where it is not certain which is which."""
    text = trim(text)
    marks = [
        mark
        for mark in _LABEL.finditer(text)
        if not mark.start() or text[mark.start() - 1] in "\n。；;，, \u3000"
    ]
    if not marks or marks[0].start() != 0:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    departments, methods = [], []
    for mark, end in zip(marks, ends, strict=True):
        part = trim(text[mark.end() : end])
        if mark.lastgroup == "department":
            departments.append(part.rstrip("。；;，," + BLANKS))
        else:
            methods.append(part)
    if len(departments) > 1 or len(methods) > 1:
        return Combined(departments="\n".join(departments), method=text)
    return Combined(
        departments=departments[0] if departments else None, method=methods[0] if methods else None
    )


_CANCELLED = re.compile(r"取消|不再|停止(?:开展|执行|下达)|予以废止")


def is_cancelled(method: str | None) -> bool:
    """Whether a reclaimed duty is given up altogether, so that no department takes it over."""
    return bool(method and _CANCELLED.search(method))


_NUMERAL = "[一二三四五六七八九十百]"
_CATEGORY_SERIAL = re.compile(
    rf"^(?:第?{_NUMERAL}+\s*[、.．,，]|[（(]\s*{_NUMERAL}+\s*[)）][、.．]?|第{_NUMERAL}+(?:类|部分)[、：: \u3000]?|\d{{1,2}}\s*[、.．]|[（(]\d{{1,2}}[)）])\s*"
)
_CATEGORY_COUNT = re.compile(
    r"\s*(?:[（(【\[]\s*(?:共|共计)?\s*(?P<bracketed>[\d０-９一二三四五六七八九十百]+)\s*[项条个件]\s*[)）】\]]|[ \u3000：:，,]+共?\s*(?P<plain>[\d０-９]+)\s*[项条个件])\s*$"
)
_CONTINUED = re.compile(r"\s*[（(]?续表?[)）]?\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class CategoryTitle:
    """A category as filed, taken apart: "一、党的建设（17项）" is 党的建设 with 17 items."""

    name: str
    count: int | None
    has_serial: bool


def read_category(text: str) -> CategoryTitle:
    """Return name and count of a category line."""
    line = one_line(trim(text))
    counted = _CATEGORY_COUNT.search(line)
    count = read_count(counted.group("bracketed") or counted.group("plain")) if counted else None
    rest = line[: counted.start()] if counted else line
    serial = _CATEGORY_SERIAL.match(rest)
    name = trim(rest[serial.end() :] if serial else rest)
    if len(name) > 2:
        name = _CONTINUED.sub("", name) if re.search(r"[（(]续表?[)）]\s*$", name) else name
    return CategoryTitle(name=name, count=count, has_serial=serial is not None)


_TOTAL = re.compile(
    r"(?:共|共计|合计|总计|总共)\s*[:：]?\s*(?:有)?\s*([\d０-９]+|[一二三四五六七八九十百]+)\s*[项条]"
)


def read_totals(text: str) -> list[int]:
    """Return the totals that a title or note claims: 共112项 is 112."""
    counts = (read_count(number) for number in _TOTAL.findall(text))
    return [count for count in counts if count is not None]
