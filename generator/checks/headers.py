"""The dictionary of column headings, and the search for a header in a grid.

Counties name the same column differently (街道配合职责, 乡镇配合职责; 牵头部门, 对应上级部门). A heading is compared
after NFKC and without blanks, brackets around a part and 的. To accept one more heading everywhere, add it here;
what only one county writes stands in its `columns.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from generator.checks.text import fold
from generator.model.documents import Cell, Range, cell_address
from generator.model.kinds import Field

_WORDS: dict[Field, str] = {
    "number": "序号 编号 序 号 事项序号 事项编号 清单序号 顺序号 no no.",
    "category": "类别 分类 事项类别 事项分类 职责类别 职责分类 类 领域 事项领域 所属类别 所属领域 一级事项 大类 类别名称 项目类别 "
    "权力类型 权力类别 职权类型 职权类别 行政权力类别 事项类型 服务类别 服务类型",
    "name": "事项名称 履职事项 事项 名称 事项内容 履职事项名称 基本履职事项 基本履职事项名称 配合履职事项 配合履职事项名称 配合事项 "
    "配合事项名称 收回事项 收回事项名称 上级部门收回事项 上级部门收回事项名称 职责事项 职责名称 职责事项名称 职责任务 职责任务名称 "
    "任务名称 工作事项 工作事项名称 具体事项 二级事项 清单事项 清单事项名称 具体事项名称 主要事项 职责任务事项 项目名称 权力名称 权力事项 "
    "权力事项名称 职权名称 职权事项 赋权事项 赋权事项名称 属地管理事项 属地管理事项名称 公共服务事项 公共服务事项名称 服务事项 服务事项名称",
    "basis": "依据 法律依据 实施依据 政策依据 设定依据 事项依据 职责依据 法律法规依据 法律法规及政策依据 法律法规政策依据 依据来源 主要依据 "
    "履职依据 法定依据 制定依据 相关依据 法律政策依据 政策法规依据 工作依据 法规依据 依据文件 法律法规和政策依据 行使依据 办理依据 权力依据 赋权依据 服务依据",
    "departments": "对应上级部门 上级部门 牵头部门 主管部门 责任部门 牵头单位 责任单位 对应部门 承接部门 承接单位 收回部门 上级主管部门 县级部门 "
    "县直部门 业务主管部门 对应县级部门 对应县直部门 牵头主管部门 行业主管部门 部门 部门名称 上级部门名称 承接部门名称 收回承接部门 接收部门 "
    "县级主管部门 县级牵头部门 县直主管部门 对应单位 区级部门 区直部门 市级部门 市直部门 对应区级部门 对应市级部门 对应区直部门 对应市直部门 "
    "县市区部门 对应上级部门名称 上级责任部门 上级牵头部门 县级责任部门 牵头县直部门 牵头县级部门 县区部门 县级承接部门 对应上级单位 "
    "赋权部门 赋权单位 下放部门 委托部门 委托机关 原实施部门 原实施机关 原行使部门",
    "department_duty": "上级部门职责 部门职责 县级部门职责 牵头部门职责 主管部门职责 县直部门职责 上级部门主要职责 上级职责 对应上级部门职责 责任部门职责 "
    "区级部门职责 区直部门职责 市级部门职责 市直部门职责 部门责任 上级部门责任 部门主要职责 县级职责 县直部门责任 县级部门责任 部门职责任务 "
    "牵头单位职责 上级主管部门职责 行业主管部门职责 业务主管部门职责 上级部门工作职责 部门工作职责 县级主管部门职责",
    "method": "工作方式 承接方式 履职方式 工作方法 收回后工作方式 部门工作方式 承接部门工作方式 具体工作方式 承接后工作方式",
    "township_duty": "责任事项 直接实施责任 实施责任",
    "code": "项目编码 事项编码 权力编码 职权编码 项目代码 事项代码 权力代码",
    "subitem": "子项 子项名称 事项子项",
    "partners": "协同部门 协同单位 协办部门 协办单位 配合部门 配合单位 协同配合部门",
    "delegation": "赋权方式 赋权形式 下放方式 放权方式",
    "agency": "办理主体 实施主体 行使主体 服务主体 办理单位 实施机关",
    "liability": "追责情形 追责依据 追责情形及依据 追责情形和依据 追责情形与依据 追责情形/依据 追责情形、依据",
    "deadline": "期限 办理期限 办理时限 办结时限 承诺时限 承诺办结时限 服务时限 时限",
    "channel": "监督渠道 监督途径 监督方式 监督电话 监督投诉渠道 监督投诉电话 投诉电话 投诉渠道",
}

_PLACE = r"(?:乡镇街道|街道乡镇|镇街道|镇街|乡镇|乡|镇|街道|街道办事处|乡镇政府|镇政府|乡政府|乡镇人民政府|属地|镇乡|乡镇党委政府|乡镇办)"
_TOWNSHIP_DUTY = re.compile(
    rf"^(?:{_PLACE}(?:主要|工作|具体)?(?:配合)?(?:事项)?(?:主要|工作|具体)?(?:职责|责任|任务|职责任务|内容)|{_PLACE}配合事项|{_PLACE}配合"
    r"|配合(?:职责|责任|内容|任务)|(?:工作|主要)配合职责)$"
)
_COMBINED = re.compile(
    r"^(?:承接|收回|接收)(?:部门|单位)(?:及|和|与|、|,|/)?(?:其)?(?:具体)?(?:工作|承接|履职)方式$"
)
_REMARKS = frozenset({"备注", "说明", "备注说明", "附注"})
_BRACKETS = re.compile(r"[()\[\]【】]")

_ALIASES: dict[str, tuple[Field, ...]] = {
    word: (field,) for field, words in _WORDS.items() for word in words.split()
}

REMARKS = "remarks"

OwnHeadings = Mapping[str, Field]
"""A county's own headings, as `heading_key` writes them."""
NO_OWN: OwnHeadings = {}


def heading_key(text: str) -> str:
    """Return what two spellings of one heading share."""
    return fold(text).rstrip(":：")


def known_headings() -> Mapping[str, tuple[Field, ...]]:
    """Return the dictionary: heading → what it means."""
    return _ALIASES


def read_heading(text: str, own: OwnHeadings = NO_OWN) -> tuple[Field, ...] | str | None:
    """Return the fields that a heading means (two for 承接部门及工作方式), REMARKS for 备注, None for an unknown one.

    What the county says of its own headings goes before the dictionary.
    """
    if own and (meant := own.get(heading_key(text))):
        return (meant,)
    return _read_heading(text)


@lru_cache(maxsize=1024)
def _read_heading(text: str) -> tuple[Field, ...] | str | None:
    key = heading_key(text)
    if len(key) > 24:
        return None
    for candidate in (key, _BRACKETS.sub("", key), re.sub(r"[(\[【].*?[)\]】]", "", key)):
        if candidate in _ALIASES:
            return _ALIASES[candidate]
        if candidate in _REMARKS:
            return REMARKS
        if _COMBINED.match(candidate):
            return ("departments", "method")
        if _TOWNSHIP_DUTY.match(candidate):
            return ("township_duty",)
    return None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Column:
    """One column of a table; equal to itself alone, so that lines can be looked up by it at no cost."""

    left: int
    right: int
    heading: str
    row: int
    """The row of its lowest heading."""
    fields: tuple[Field, ...] | str | None
    """REMARKS for a column of remarks, None for a heading that is not in the dictionary."""

    @property
    def address(self) -> str:
        """The cell of its heading."""
        return cell_address(self.row, self.left)


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """A header of one or two rows."""

    top: int
    bottom: int
    columns: tuple[Column, ...]
    texts: tuple[tuple[tuple[int, str], ...], ...]
    """Per row, column and folded text: by these a header repeated after a page break is known."""

    def column_at(self, column: int) -> Column | None:
        """Return the column that covers a grid column."""
        return next((c for c in self.columns if c.left <= column <= c.right), None)

    def fields(self) -> tuple[Field, ...]:
        """Return every field that the header names, repeats included."""
        return tuple(field for c in self.columns if isinstance(c.fields, tuple) for field in c.fields)


Rows = Mapping[int, list[Cell]]
"""The cells with text by row, in the order of their columns; those under a merge left out."""


def _span(cell: Cell) -> Range:
    return cell.merged or Range(top=cell.row, left=cell.column, bottom=cell.row, right=cell.column)


def row_key(cells: list[Cell]) -> tuple[tuple[int, str], ...]:
    """Return what makes two header rows the same row."""
    return tuple((cell.column, fold(cell.text)) for cell in cells)


def _resolve(stack: list[Cell], own: OwnHeadings) -> tuple[Field, ...] | str | None:
    """Read the headings above one column, top first: together (上级部门 + 职责), else the lowest, else the group's."""
    texts = [cell.text for cell in stack]
    for text in ("".join(texts), texts[-1], texts[0]):
        meaning = read_heading(text, own)
        if meaning is not None:
            return meaning
    return None


def _columns(rows: Rows, top: int, bottom: int, own: OwnHeadings) -> tuple[Column, ...]:
    """Return the columns of a header block, by the narrowest headings."""
    cells = [cell for row in range(top, bottom + 1) for cell in rows.get(row, ())]
    spans = [(cell, _span(cell)) for cell in cells]
    columns: list[Column] = []
    position = min(span.left for _, span in spans)
    last = max(span.right for _, span in spans)
    while position <= last:
        stack = [(cell, span) for cell, span in spans if span.left <= position <= span.right]
        if not stack:
            position += 1
            continue
        lowest, narrowest = stack[-1]
        fields = _resolve([cell for cell, _ in stack], own)
        columns.append(
            Column(
                left=max(position, narrowest.left),
                right=narrowest.right,
                heading=lowest.text,
                row=lowest.row,
                fields=fields,
            )
        )
        position = narrowest.right + 1
    return tuple(columns)


def _is_second_row(rows: Rows, top: int, bottom: int, own: OwnHeadings) -> bool:
    """Whether the row below an unmerged header row belongs to it: all of it headings under grouped columns."""
    below = rows.get(bottom + 1, [])
    first = rows.get(top, [])
    if not below or row_key(below) == row_key(first) or any(cell.type != "text" for cell in below):
        return False
    free = {cell.column for cell in first if read_heading(cell.text, own) is not None}
    if any(
        cell.column in free for cell in below if read_heading(_above(first, cell) + cell.text, own) is None
    ):
        return False
    return all(
        read_heading(_above(first, cell) + cell.text, own) is not None
        or read_heading(cell.text, own) is not None
        for cell in below
    )


def _above(first: list[Cell], cell: Cell) -> str:
    return next((c.text for c in first if _span(c).left <= cell.column <= _span(c).right), "")


def header_at(rows: Rows, row: int, own: OwnHeadings = NO_OWN) -> Header | None:
    """Return the header that begins in this row, if one does: it names items and at least one more column."""
    cells = rows.get(row)
    if not cells or len(cells) < 2:
        return None
    if sum(read_heading(cell.text, own) is not None for cell in cells) < min(2, len(cells) - 1):
        return None
    bottom = max(_span(cell).bottom for cell in cells)
    if bottom > row + 2:
        return None
    if bottom == row and _is_second_row(rows, row, row, own):
        bottom = row + 1
    columns = _columns(rows, row, bottom, own)
    fields = [field for column in columns if isinstance(column.fields, tuple) for field in column.fields]
    if "name" not in fields or len(set(fields)) < 2:
        return None
    texts = tuple(row_key(rows[r]) for r in range(row, bottom + 1) if rows.get(r))
    return Header(top=row, bottom=bottom, columns=columns, texts=texts)
