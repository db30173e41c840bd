"""Numbers, dates and number formats of spreadsheets, as their screen shows them where that is certain."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from generator.model.documents import CellType

# ECMA-376 18.8.30: built-in formats that show dates or times; 27-36 and 50-58 are those of Chinese Excel.
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILT_IN: dict[int, str] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    41: "¥#,##0",
    42: "¥#,##0",
    43: "¥#,##0.00",
    44: "¥#,##0.00",
    48: "##0.0E+0",
    49: "@",
}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhsYMDHSeEgbB年月日]")
_PLAIN = re.compile(r"(?:General|G/通用格式|@|#|#?0+|0+\.0+|#,##0(?:\.0+)?)(?:[_ )]*)", re.IGNORECASE)
_LAST_DAY = 2_958_465  # 9999-12-31, the last that Excel knows


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberFormat:
    """What a number format does to a number, as far as it matters here."""

    code: str
    kind: Literal["plain", "date", "other", "hidden"]
    """`other`: percent, currency, letters added …: what the screen shows is not the number itself."""


def number_format(identifier: int, code: str | None) -> NumberFormat:
    """Return the format of that id; `code` is its own code where the workbook defines one."""
    if code is None:
        if identifier in _BUILT_IN_DATES:
            return NumberFormat(code="yyyy-mm-dd", kind="date")
        code = _BUILT_IN.get(identifier, "General")
    first = code.split(";")[0]
    if code.replace(";", "") == "" and ";" in code:
        return NumberFormat(code=code, kind="hidden")
    bare = _QUOTED.sub("", first)
    named = re.fullmatch(r"(?i)general|g/通用格式", bare.strip()) is not None
    dated = _DATE_LETTERS.search(bare) and not re.search(r"[0#?]", bare.split(".", maxsplit=1)[0])
    if not named and (_ELAPSED.search(first) or dated):
        return NumberFormat(code=code, kind="date")
    kept = re.sub(
        r"\[(?:Red|Blue|Black|红色|蓝色|黑色|\$-[0-9A-Fa-f]+|DBNum\d)\]|_.|\*.",
        "",
        first,
        flags=re.IGNORECASE,
    )
    if _PLAIN.fullmatch(kept.strip()) and "DBNum" not in first:
        return NumberFormat(code=kept.strip(), kind="plain")
    return NumberFormat(code=code, kind="other")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number as it becomes a cell."""

    text: str
    type: CellType
    raw: str
    fault: str | None = None
    """The rule it breaks: CELL-NUMBER, CELL-TYPE or DATE-RANGE."""


def figure(stored: str, style: NumberFormat, *, from_1904: bool) -> Figure:
    """Return the cell for a stored number: whole numbers as the sheet shows them, others as `repr`."""
    try:
        value = float(stored)
    except ValueError:
        return Figure(text=stored, type="number", raw=stored, fault="CELL-NUMBER")
    if not math.isfinite(value):
        return Figure(text=stored, type="number", raw=stored, fault="CELL-NUMBER")
    if style.kind == "date":
        day = _date_text(value, from_1904=from_1904)
        if day is None:
            return Figure(text=stored, type="date", raw=stored, fault="DATE-RANGE")
        return Figure(text=day, type="date", raw=stored)
    text = _number_text(stored, value, style)
    as_shown = value.is_integer() and text == stored
    fault = "CELL-TYPE" if style.kind == "other" else None
    return Figure(text=text, type="number", raw="" if as_shown else stored, fault=fault)


def _number_text(stored: str, value: float, style: NumberFormat) -> str:
    spelled = re.fullmatch(r"[+-]?\d{1,40}", stored) is not None
    if not value.is_integer() or (abs(value) >= 1e17 and not spelled):
        return repr(value)
    whole = int(stored) if spelled else int(value)
    if (
        style.kind == "plain"
        and (match := re.fullmatch(r"(#,##)?(0*)(?:\.(0+))?", style.code))
        and style.code
    ):
        digits = f"{abs(whole):,}" if match[1] else str(abs(whole)).zfill(len(match[2]))
        return ("-" if whole < 0 else "") + digits + ("." + match[3] if match[3] else "")
    return str(whole)


def _date_text(serial: float, *, from_1904: bool) -> str | None:
    """ISO text of a serial date; None where Excel's calendar has no such day (day 60 is the false 29 February 1900)."""
    days = math.floor(serial)
    seconds = round((serial - days) * 86_400)
    if from_1904:
        start, valid = datetime(1904, 1, 1), 0 <= days <= _LAST_DAY - 1462  # noqa: DTZ001  (no zone in a workbook)
    else:
        start = datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)  # noqa: DTZ001
        valid = 1 <= days <= _LAST_DAY and days != 60
    if not valid:
        if days == 0 and seconds > 0:
            return (datetime(1900, 1, 1) + timedelta(seconds=seconds)).strftime("%H:%M:%S")  # noqa: DTZ001
        return None
    moment = start + timedelta(days=days, seconds=seconds)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if seconds else moment.strftime("%Y-%m-%d")
