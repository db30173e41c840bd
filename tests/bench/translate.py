"""A Jinja2 template of the pages room as a Go template, node by node, so that both engines do the same work.

Only what the item templates use is known here; anything else is refused by name, and this module must learn it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from jinja2 import nodes

from generator.pages.environment import environment

Sort = Literal["text", "markup"] | str
"""What stands at a path of a template's values: text to escape, markup, or the template of a shared part."""

_HEAD = "{{ $p := . }}{{ $say := index hugo.Data.say $p.lang }}"


def go_template(templates: Path, name: str, sorts: Mapping[str, Sort]) -> str:
    """Return the template `name` of `templates/pages` in Go's language.

    `sorts` says what stands at each path of its values: "filed.stages[][]". The Go template is called with the same
    values and `lang`; interface strings come from Hugo's data.

    Raises:
        ValueError: the template uses something that is not known here.
    """
    env = environment(templates)
    assert env.loader is not None
    source, _, _ = env.loader.get_source(env, name)
    return _HEAD + _Translation(sorts).block(env.parse(source, name).body, {})


Scope = Mapping[str, tuple[str, str]]
"""Loop variable → its Go variable and its path."""


class _Translation:
    def __init__(self, sorts: Mapping[str, Sort]) -> None:
        self._sorts = sorts

    def block(self, body: list[nodes.Node], scope: Scope) -> str:
        """Return a run of nodes."""
        return "".join(self._node(node, scope) for node in body)

    def _node(self, node: nodes.Node, scope: Scope) -> str:
        if isinstance(node, nodes.Output):
            return "".join(self._shown(part, scope) for part in node.nodes)
        if isinstance(node, nodes.If):
            return self._if(node, scope)
        if isinstance(node, nodes.For):
            return self._for(node, scope)
        raise _unknown(node)

    def _if(self, node: nodes.If, scope: Scope) -> str:
        text = f"{{{{ if {self._value(node.test, scope)} }}}}{self.block(node.body, scope)}"
        for other in node.elif_:
            text += f"{{{{ else if {self._value(other.test, scope)} }}}}{self.block(other.body, scope)}"
        if node.else_:
            text += "{{ else }}" + self.block(node.else_, scope)
        return text + "{{ end }}"

    def _for(self, node: nodes.For, scope: Scope) -> str:
        if node.else_ or node.test or node.recursive:
            raise _unknown(node)
        path = f"{self._path(node.iter, scope)}[]"
        row = f"$row{len(scope)}"
        head = f"{{{{ range {row} := {self._value(node.iter, scope)} }}}}"
        inner = dict(scope)
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = (row, path)
        elif isinstance(node.target, nodes.Tuple):
            for place, target in enumerate(node.target.items):
                assert isinstance(target, nodes.Name)
                inner[target.name] = (f"(index {row} {place})", f"{path}[]")
        else:
            raise _unknown(node)
        return head + self.block(node.body, inner) + "{{ end }}"

    def _shown(self, node: nodes.Expr, scope: Scope) -> str:
        if isinstance(node, nodes.TemplateData):
            if "{{" in node.data:
                raise ValueError(f"a brace pair cannot stand in a Go template: {node.data!r}")
            return node.data
        if isinstance(node, nodes.CondExpr):
            other = self._shown(node.expr2, scope) if node.expr2 else ""
            test = self._value(node.test, scope)
            return f"{{{{ if {test} }}}}{self._shown(node.expr1, scope)}{{{{ else }}}}{other}{{{{ end }}}}"
        value = self._value(node, scope)
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            sort = self._sorts.get(self._path(node, scope), "text")
            if sort == "markup":
                value += " | safeHTML"
            elif sort != "text":
                value = f"partialCached {json.dumps(sort)} (index hugo.Data.parts {value}) {value}"
        return f"{{{{ {value} }}}}"

    def _value(self, node: nodes.Node, scope: Scope) -> str:
        if isinstance(node, nodes.Const) and isinstance(node.value, bool | str | int):
            return json.dumps(node.value, ensure_ascii=False)
        if isinstance(node, nodes.Name):
            return scope[node.name][0] if node.name in scope else f"$p.{node.name}"
        if isinstance(node, nodes.Getattr):
            return f"{self._value(node.node, scope)}.{node.attr}"
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            if isinstance(node.arg.value, str):
                return f"{self._value(node.node, scope)}.{node.arg.value}"
            return f"(index {self._value(node.node, scope)} {node.arg.value})"
        if isinstance(node, nodes.Concat):
            return f"(print {' '.join(self._value(part, scope) for part in node.nodes)})"
        if isinstance(node, nodes.Call):
            return self._call(node, scope)
        return self._logic(node, scope)

    def _logic(self, node: nodes.Node, scope: Scope) -> str:
        if isinstance(node, nodes.And | nodes.Or):
            word = "and" if isinstance(node, nodes.And) else "or"
            return f"({word} {self._value(node.left, scope)} {self._value(node.right, scope)})"
        if isinstance(node, nodes.Not):
            return f"(not {self._value(node.node, scope)})"
        if isinstance(node, nodes.Compare) and len(node.ops) == 1 and node.ops[0].op in ("eq", "ne"):
            operand = node.ops[0]
            return f"({operand.op} {self._value(node.expr, scope)} {self._value(operand.expr, scope)})"
        raise _unknown(node)

    def _call(self, node: nodes.Call, scope: Scope) -> str:
        """`say("key")` without slots is the one call that is known."""
        called = isinstance(node.node, nodes.Name) and node.node.name == "say"
        if not called or len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise _unknown(node)
        return f"(index $say {self._value(node.args[0], scope)})"

    def _path(self, node: nodes.Node, scope: Scope) -> str:
        if isinstance(node, nodes.Name):
            return scope[node.name][1] if node.name in scope else node.name
        if isinstance(node, nodes.Getattr):
            return f"{self._path(node.node, scope)}.{node.attr}"
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            inner = f".{node.arg.value}" if isinstance(node.arg.value, str) else "[]"
            return self._path(node.node, scope) + inner
        raise _unknown(node)


def _unknown(node: nodes.Node) -> ValueError:
    return ValueError(f"tests/bench/translate.py does not know {type(node).__name__} (line {node.lineno})")
