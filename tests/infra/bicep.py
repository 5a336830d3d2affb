"""Reading Bicep, by tree-sitter's grammar.

Arrives: the folder of a template. Leaves: the template as data.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tests.infra.template import REQUIRED, Declaration, Expression, File, Template, Value

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_MEANINGLESS = ("comment", "diagnostic_comment")


def read_template(folder: Path) -> Template:
    paths = sorted(folder.rglob("*.bicep"))
    return Template(folder, tuple(_read(path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths))


def _read(path: str, text: bytes) -> File:
    root = _PARSER.parse(text).root_node
    errors = tuple(each.start_point.row + 1 for each in _walk(root) if each.is_error or each.is_missing)
    if errors:
        return File(path, (), errors, frozenset())
    declared, decorators = [], dict[str, Value]()
    for node in root.named_children:
        if node.type == "decorators":
            decorators = dict(_decorator(each) for each in node.named_children)
        elif node.type.endswith("_declaration"):
            declared.append(_declaration(node, decorators))
            decorators = {}
    return File(path, tuple(declared), (), frozenset(_used(root)))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _used(root: Node) -> Iterator[str]:
    for node in _walk(root):
        parent = node.parent
        if node.type != "identifier" or parent is None:
            continue
        if parent.type.endswith("_declaration") and parent.named_children[0] == node:
            continue
        if parent.type == "object_property" and parent.named_children[0] == node:
            continue
        yield _text(node)


def _decorator(node: Node) -> tuple[str, Value]:
    call = _value(node.named_children[0])
    if isinstance(call, Expression) and call.kind == "call_expression":
        return call.text, call.parts[0] if call.parts else None
    return _text(node), None


def _declaration(node: Node, decorators: dict[str, Value]) -> Declaration:
    kind = {"parameter": "param"}.get(kind := node.type.removesuffix("_declaration"), kind)
    name, *rest = _meaning(node)
    of = ""
    if kind in ("resource", "module"):
        of = str(_value(rest.pop(0)))
    elif kind in ("param", "output"):
        of = _text(rest.pop(0))
    value = _value(rest[-1]) if rest else REQUIRED
    declared = Declaration(kind, _text(name), node.start_point.row + 1, of, value, decorators)
    if not rest or rest[-1].type != "for_statement":
        return declared
    each, items, *_ = _meaning(rest[-1])
    return replace(declared, loop=_text(each), items=_value(items))


def _value(node: Node) -> Value:
    return _READERS.get(node.type, _expression)(node)


def _string(node: Node) -> Value:
    if any(each.type == "interpolation" for each in node.named_children):
        return Expression("string", _text(node), tuple(_value(each) for each in node.named_children if each.children))
    return "".join(_text(each) for each in node.named_children).replace("\\'", "'")


def _property(node: Node) -> tuple[str, Value]:
    key, value = _meaning(node)
    return _text(key).strip("'"), _value(value)


def _expression(node: Node) -> Expression:
    children = _meaning(node)
    if node.type == "call_expression":
        arguments = tuple(_value(each) for each in _meaning(children[1]))
        return Expression(node.type, _text(children[0]), arguments, _text(node))
    if node.type == "ternary_expression":
        return Expression(node.type, _text(node), tuple(_value(each) for each in children[1:]))
    parts = [_value(each) for each in children if each.type != "property_identifier"]
    return Expression(node.type, _text(node), tuple(parts))


def _meaning(node: Node) -> list[Node]:
    return [each for each in node.named_children if each.type not in _MEANINGLESS]


def _text(node: Node) -> str:
    return (node.text or b"").decode()


_READERS: dict[str, Callable[[Node], Value]] = {
    "string": _string,
    "number": lambda node: int(_text(node)),
    "boolean": lambda node: _text(node) == "true",
    "null": lambda _: None,
    "array": lambda node: [_value(each) for each in _meaning(node)],
    "object": lambda node: dict(_property(each) for each in _meaning(node)),
    "for_statement": lambda node: _value(_meaning(node)[-1]),
    "if_statement": lambda node: _value(_meaning(node)[-1]),
    "parenthesized_expression": lambda node: _value(_meaning(node)[0]),
}
