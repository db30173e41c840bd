"""Clauses that give a township duties without saying which: 完成上级交办的其他任务, 其他事项, 属地管理 by itself.

A clause counts only where nothing in it is concrete, so it is matched as a whole: 受理上级交办转送的信访事项 names a
duty (petitions), although it speaks of what is assigned from above.
"""

from __future__ import annotations

import re

from generator.checks.text import fold

_AND = r"[、和与及或并]|以及"
_DO = r"(?:负责|认真|按时|及时|积极|做好|抓好|完成|承办|承担|办理|落实|配合|协助|履行|执行|开展|处理)*"
_ABOVE = r"(?:上级|上一级|各级|县级|区级|市级|省级|以上|县|市|区|省|乡|镇|街道|党委|党工委|工委|委|人民政府|政府|办事处|业务|主管|有关|相关|部门|单位|领导|组织|[()]|、|和|与|及|或|以及)*"
_ASSIGNED = (
    rf"(?:临时|另行|依法)?(?:(?:交办|交付|交给|交代|安排|布置|部署|下达|赋予|委托|转办|指派)(?:{_AND})?)+"
)
_BY_LAW = (
    r"(?:(?:法律|法规|规章|党内法规|规范性文件|政策|文件)(?:、|和|及|以及|或)?)+(?:规定|明确|要求|授权|赋予)"
)
_VAGUE = r"(?:的|其他|其它|各项|各类|各种|临时性?|有关|相关|一切|所有|重点|中心|重要|应急性?|突发性?|阶段性|专项|日常)*"
_THINGS = rf"(?:(?:任务|工作|事项|事务|事宜|职责|职能|义务|业务)(?:{_AND})?)+"

_CATCH_ALL = re.compile(
    rf"(?:以及|和|并|及)?{_DO}(?:"
    rf"{_VAGUE}{_ABOVE}{_ASSIGNED}{_VAGUE}{_THINGS}"
    rf"|.{{1,24}}{_ASSIGNED}的?(?:其他|其它){_VAGUE}{_THINGS}"
    rf"|{_VAGUE}(?:{_BY_LAW}|规定)?的?(?:应当|应)?由?{_ABOVE}(?:{_BY_LAW}|规定)?{_DO}的?(?:其他|其它){_VAGUE}(?:{_THINGS})?"
    r")(?:等|完成)?"
)
_GROUND = re.compile(
    r"(?:按照|按|根据|坚持|依法)?(?:落实|履行|承担|压实|夯实|严格|全面|负责|做好|开展)*"
    r"属地(?:化)?(?:管理|监管|管控)?(?:主体)?(?:责任|职责|原则|任务)?(?:负责|管理)?"
    r"[,，]?(?:做好|负责|落实|履行|开展)*(?:相关|有关|各项)?(?:工作|事项|职责)?"
)
_TELLING = re.compile("其[他它]|交|安排|布置|部署|下达|赋予|委托|转办|指派|属地")
"""One of these stands in every such clause: most texts need no closer look."""
_LONGEST = 60
"""Characters: a longer clause says something."""
_CLAUSE_END = re.compile(r"[，,。.；;：:\n]")
_SERIAL = re.compile(r"^\s*(?:[（(]?[0-9０-９一二三四五六七八九十]{1,3}[)）]?[、.．,，]?\s*)")


def catch_all(text: str) -> str | None:
    """Return the first clause of a filed name or duty that is a catch-all, or None.

    属地管理 counts only where it is the whole text: after it, a long name mostly says what is meant.
    """
    if not _TELLING.search(text):
        return None
    if len(text) <= _LONGEST and _GROUND.fullmatch(fold(text).rstrip("。.；;")):
        return text
    for clause in _CLAUSE_END.split(text):
        said = _SERIAL.sub("", clause)
        if said and len(said) <= _LONGEST and _CATCH_ALL.fullmatch(fold(said)):
            return said
    return None
