"""The proof of each item page: what the register says of the line stands in the page, character for character.

A mistake in a template would shorten tens of thousands of pages at once and look like a page that has less to say.
So every page is held against its line before it is published. A text counts when it fills an element by itself: the
same words within a longer text prove nothing. A page in another language must have the text as its readers get it:
the translation, or the Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import escape

from generator.errors import LostTextError
from generator.model.lists import Line, State
from generator.model.text import Text
from generator.pages.voice import Voice

_TAG = re.compile(r"<[^>]*>")

FIELDS = {
    "name": Text(zh="事项名称", en="the name"),
    "category": Text(zh="类别", en="the category"),
    "basis": Text(zh="依据", en="the basis"),
    "departments": Text(zh="部门", en="a department"),
    "department_duty": Text(zh="部门职责", en="a department's duty"),
    "township_duty": Text(zh="乡镇职责", en="the township's duty"),
    "method": Text(zh="工作方式", en="the method"),
    "more": Text(zh="其他内容", en="further particulars"),
    "number": Text(zh="序号", en="the number"),
}
"""What the message calls a text that is not there."""


class Proof:
    """Holds the item pages of one language against what is recorded."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        # By identity: the states live as long as the lists do, and comparing them would cost more than the page.
        self._wanted: dict[int, list[tuple[str, str]]] = {}
        self._between = str(voice.say("list.separator"))

    def hold(self, path: str, line: Line, page: str) -> None:
        """Raise LostTextError if a text of `line` does not stand in `page`, the whole of what is written at `path`."""
        wanted = self._wanted.get(id(line.state))
        if wanted is None:
            wanted = self._wanted[id(line.state)] = [
                (field, f">{escape(self._voice.plain(text))}<") for field, text in _texts(line.state) if text
            ]
        for field, shown in wanted:
            if shown not in page and not self._listed(shown[1:-1], page):
                raise _lost(path, line, field)
        number = str(escape(line.number))
        if number and f">{number}<" not in page and not self._listed(number, page):
            raise _lost(path, line, "number")

    def _listed(self, text: str, page: str) -> bool:
        """Whether a text stands among others in a list, or with blanks around it: seldom, so that it may take time."""
        for inside in _TAG.split(page):
            if inside.strip() == text or text in inside.split(self._between):
                return True
        return False


def _texts(state: State) -> Iterator[tuple[str, str | None]]:
    yield "name", state.name
    yield "category", state.category
    yield "basis", state.basis
    for department in state.departments or ():
        yield "departments", department.name
        yield "department_duty", department.duty
    yield "township_duty", state.township_duty
    yield "method", state.method
    for _, text in state.more:
        yield "more", text


def _lost(path: str, line: Line, field: str) -> LostTextError:
    said = FIELDS[field]
    return LostTextError(
        Text(
            zh=f"网页 {path} 缺少登记的内容：事项“{line.state.name}”的{said.zh}没有一字不差地出现在网页上。网站未更新，仍是原来的内容。",
            en=f"The page {path} lacks what is recorded: {said.en} of the item “{line.state.name}” does not stand in it word for word. The site was not replaced; the old one stands.",
        ),
        Text(
            zh="清单本身没有问题。请检查 site_templates/pages 中最近改动的模板；没有改过的，请联系维护人员。",
            en="The list is not at fault. Check the templates changed lately in site_templates/pages; if none were, tell the program's makers.",
        ),
    )
