"""What an unknown column may mean, and the line of `columns.toml` that would say so.

A proposal only: the office knows what its column means. Nothing is read by it until the line stands in the county's
folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import get_args

from generator.checks.headers import REMARKS, heading_key, known_headings, read_heading
from generator.checks.notebook import NOTHING_MORE
from generator.checks.text import escape, fold, trim
from generator.checks.vocabulary import CATEGORIES, INSTITUTION_ENDS
from generator.model.documents import Sheet
from generator.model.kinds import LIST_KINDS, Field
from generator.model.text import Text

LONGEST = 40
"""A heading of more characters is a sentence, which no office keeps to."""
_ALIKE = 0.7
_ENOUGH = 3
"""So many cells say together what a column holds."""
_DELEGATION = re.compile(r"^(?:直接)?(?:下放|委托|赋权|授权)(?:行使|实施|执法)?$")
_PHONE = re.compile(r"(?:电话|热线|[0-9]{3,4}-?[0-9]{7,8}|12345)")

FIELD_NAMES: dict[Field, tuple[str, str]] = {
    "number": ("序号", "serial number"),
    "category": ("类别", "category"),
    "name": ("事项名称", "item name"),
    "basis": ("依据", "basis"),
    "departments": ("对应上级部门（承接部门）", "department"),
    "department_duty": ("上级部门职责", "department's duties"),
    "township_duty": ("乡镇（街道）配合职责", "township's duties"),
    "method": ("工作方式", "method"),
    "code": ("项目编码", "code"),
    "subitem": ("子项", "sub-item"),
    "partners": ("协同部门", "partner departments"),
    "delegation": ("赋权方式", "form of delegation"),
    "agency": ("办理主体", "agency"),
    "liability": ("追责情形", "liability"),
    "deadline": ("期限", "time limit"),
    "channel": ("监督渠道", "supervision channel"),
}


def mapping_for(
    heading: str, values: Sequence[str], *, taken: Collection[Field], kinds: Collection[str]
) -> Text:
    """Return the sentence with the line to add for an unknown column, empty where nothing suggests one.

    `values` are its cells; `taken` the columns that the list has already; `kinds` what its titles say it is.
    """
    fields: set[Field] = set(get_args(Field))
    if len(kinds) == 1:
        fields = set(LIST_KINDS[next(iter(kinds))].fields)
    free = fields - set(taken)
    meant = _by_words(heading, free) or _by_values(values, free)
    return _sentence(heading, meant)


def mapping_for_name(sheet: Sheet) -> Text:
    """Return the sentence for a table without a header because no heading of its first rows is known for the name."""
    rows: dict[int, list[str]] = {}
    for cell in sheet.cells:
        if trim(cell.text):
            rows.setdefault(cell.row, []).append(trim(cell.text))
    for row in sorted(rows)[:8]:
        known = [read_heading(text) for text in rows[row]]
        fields = {field for meaning in known if isinstance(meaning, tuple) for field in meaning}
        unknown = [text for text, meaning in zip(rows[row], known, strict=True) if meaning is None]
        if len(fields) >= 2 and "name" not in fields and unknown and REMARKS not in fields:
            alike = [text for text in unknown if _by_words(text, {"name"})]
            return _sentence((alike or unknown)[0], "name")
    return NOTHING_MORE


def _sentence(heading: str, meant: Field | None) -> Text:
    if meant is None or not trim(heading) or len(trim(heading)) > LONGEST or "\n" in trim(heading):
        return NOTHING_MORE
    line = f"{json.dumps(escape(trim(heading)), ensure_ascii=False)} = {json.dumps(meant)}"
    zh, en = FIELD_NAMES[meant]
    return Text(
        zh=f"如系本县固定用法、就是“{zh}”，可在本县文件夹的 columns.toml 的 [columns] 下写一行：{line}",
        en=f" If your county always writes it so and means the {en}, put this line under [columns] in columns.toml"
        f" of the county's folder: {line}",
    )


def _by_words(heading: str, free: Collection[Field]) -> Field | None:
    """Return the field whose heading stands at the end of this one (办理依据: 依据), else the one most like it."""
    key = heading_key(heading)
    ends: list[tuple[int, str, Field]] = []
    alike: list[tuple[float, str, Field]] = []
    for word, fields in known_headings().items():
        if len(fields) != 1 or fields[0] not in free or len(word) < 2 or word.isascii():
            continue
        if key.endswith(word):
            ends.append((len(word), word, fields[0]))
        else:
            alike.append((SequenceMatcher(None, word, key, autojunk=False).ratio(), word, fields[0]))
    if ends:
        return max(ends)[2]
    likeness, _, field = max(alike, default=(0.0, "", "name"))
    return field if likeness >= _ALIKE else None


def _by_values(values: Sequence[str], free: Collection[Field]) -> Field | None:
    """Return the field whose texts look like these: categories, laws, offices, 下放 or 委托, telephones."""
    texts = [fold(value) for value in values if trim(value)]
    if len(texts) < _ENOUGH:
        return None
    found: Field | None = None
    if all(text in CATEGORIES for text in texts):
        found = "category"
    elif all(_DELEGATION.match(text) for text in texts):
        found = "delegation"
    elif all("《" in text for text in texts):
        found = "basis"
    elif all(_PHONE.search(text) for text in texts):
        found = "channel"
    elif all(len(text) <= 20 and INSTITUTION_ENDS.search(text) for text in texts):
        found = "departments" if "departments" in free else "agency"
    return found if found in free else None
