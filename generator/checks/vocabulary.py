"""Words that rules look for: categories, kinds of list, placeholders, former departments.

Sources: categories and kinds as the national three-list form prints them; former departments from the institutional
reform of 2018 (中共中央《深化党和国家机构改革方案》) and of 2023.
"""

from __future__ import annotations

import re

from generator.checks.text import fold

_NATIONAL = (
    "党的建设 经济发展 民生服务 平安法治 乡村振兴 社会管理 社会保障 精神文明建设 民族宗教 安全稳定 自然资源 生态环保 城乡建设 "
    "交通运输 商贸流通 文化和旅游 教育培训监管 卫生健康 应急管理及消防 市场监管 投资促进 人民武装 综合政务 行政执法"
)
CATEGORY_NAMES: tuple[str, ...] = tuple(_NATIONAL.split())
"""The categories of the national form; the template offers them."""

_OTHERS = (
    "基层党建 农业农村 村（社区）建设 村(社区)建设 综合治理 综合执法 公共服务 综合保障 文化旅游 文旅体育 生态环境 生态保护 应急管理 安全生产 "
    "应急管理和消防 教育培训 教育 民政 水务 林业草原 区域发展 社区治理 城市管理 公共安全 公共管理 平安建设 法治建设 统战工作 群团工作 "
    "乡村建设 营商环境 边境管理 边防 边境安全 林业 农业 就业创业 退役军人 武装 其他 综合服务 基层治理 社会治理 社会事务 民生保障 意识形态 政治建设 "
    "经济建设 文化建设 社会建设 生态文明建设 党建工作 党群工作 双拥 行政事务 政务服务 科技 工业 财政 统计 城镇管理 城乡建设和管理"
)
POWER_TYPES: tuple[str, ...] = (
    "行政许可",
    "行政处罚",
    "行政强制",
    "行政征收",
    "行政给付",
    "行政检查",
    "行政确认",
    "行政奖励",
    "行政裁决",
    "其他权力",
)
"""权力类型 of lists of powers (《关于推行地方各级政府工作部门权力清单制度的指导意见》, 2015: nine types and the rest)."""
_OTHER_TYPES = frozenset({"行政调解", "行政备案", "其他行政权力", "其他职权", "公共服务事项", "便民服务"})
CATEGORIES = frozenset(CATEGORY_NAMES) | frozenset(_OTHERS.split()) | frozenset(POWER_TYPES) | _OTHER_TYPES

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("basic", re.compile(r"基本履职|基本职责|基本事项|基本清单")),
    ("supporting", re.compile(r"配合履职|配合事项|配合职责|配合清单|履职配合")),
    ("reclaimed", re.compile(r"收回|回收")),
    (
        "powers",
        re.compile(r"权责(?:清单|事项|目录)|权力(?:和|与|、)?(?:责任)?清单|行政权力(?:事项)?(?:清单|目录)"),
    ),
    ("delegated", re.compile(r"赋权(?:事项|清单|目录)|(?:下放|委托)(?:行政)?(?:权力|职权|执法)?事项")),
    ("territorial", re.compile(r"属地管理")),
    ("services", re.compile(r"(?:公共|为民)服务(?:事项)?(?:清单|目录)|公共服务事项")),
    ("task", re.compile(r"职责任务|职责清单")),
)

KINDS_IN_ENGLISH = {
    "basic": "core duties",
    "supporting": "supporting duties",
    "reclaimed": "duties reclaimed by higher-level departments",
    "task": "responsibilities and tasks (2022)",
    "powers": "powers and responsibilities",
    "delegated": "delegated powers",
    "territorial": "matters under territorial management",
    "services": "public services",
}


def kinds_named(text: str) -> tuple[str, ...]:
    """Return the kinds of list that a title, sheet or file name speaks of."""
    key = fold(text)
    found = [kind for kind, pattern in _KINDS if pattern.search(key)]
    if "reclaimed" in found and "delegated" in found:
        found.remove("delegated")  # 赋权事项收回清单: what was delegated is taken back
    return tuple(found[:-1] if "task" in found and len(found) > 1 else found)


PLACEHOLDERS_ANYWHERE = re.compile(
    r"^(?:同上|同前|同左|〃|见上|[详参]?见附[件表]\d*|详见.{0,6}附件.{0,4}|待定|待补充?|待完善|待明确|待核实|暂缺|tbd|…+|\.{3,}|[x×*?？]{2,})[。.]?$"
)
"""Text that stands for other text: wherever it stands, the meaning is elsewhere."""

PLACEHOLDERS_REQUIRED = re.compile(r"^(?:无|暂无|没有|空|略|[/\\／|]+|[-—–－_~]+|n/?a|none|0|。|、)[。.]?$")
"""Nothing, said in a word: fine where a field may be empty."""

PLACEHOLDERS_BEGIN = "同见详参附待暂无没空略"
"""The Han characters with which a placeholder of either sort can begin."""

INSTITUTION_ENDS = re.compile(
    r"(?:局|委|办|部|室|会|队|院|所|站|中心|公司|政府|法院|联|团|处|厅|司|署|社|馆|校|行|军|组|专班|集团|组织|机构|部门|单位|科|股|台|库|园|场|"
    r"协会|网|乡镇|街道|企业|银行|工会|海关|监狱|党校|机关|等|人员|妇联|残联|工商联|科协|文联|侨联|旗|盟|州)"
    r"(?:[（(].*[)）])?$"
)
"""How the name of an office ends; used only to notice a line break inside a name."""

FORMER_DEPARTMENTS: dict[str, str] = {
    "国土资源局": "自然资源局",
    "环境保护局": "生态环境局",
    "环保局": "生态环境局",
    "安全生产监督管理局": "应急管理局",
    "安监局": "应急管理局",
    "工商行政管理局": "市场监督管理局",
    "工商局": "市场监督管理局",
    "质量技术监督局": "市场监督管理局",
    "食品药品监督管理局": "市场监督管理局",
    "卫生和计划生育局": "卫生健康局",
    "卫计局": "卫生健康局",
    "国家税务局": "税务局",
    "地方税务局": "税务局",
    "扶贫开发办公室": "农业农村局",
    "扶贫办": "农业农村局",
    "文化广电新闻出版局": "文体广电和旅游局",
}
