"""Bodies of resources against what Azure takes.

Arrives: a template. Leaves: a line for each member that Azure does not know, wants and does not get, or would not take
the value of. What only Azure can work out is taken to be right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.infra.models import MODELS, UNCHECKED, Member, members, narrowed
from tests.infra.template import Declaration, Expression, File, Template, Value

BICEP_ONLY = ("name", "parent", "scope", "dependsOn")
"""Members of a declaration that are Bicep's own."""

_DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
_KINDS: dict[type, tuple[str, ...]] = {
    bool: ("bool",),
    int: ("int",),
    str: ("str", "enum", "duration"),
    list: ("list",),
    dict: ("model", "dict"),
}
_PARAMETER_KINDS = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


def body_faults(template: Template) -> Iterator[str]:
    """Each fault with its file, line and path."""
    for file, resource in template.resources():
        where = f"{file.path}:{resource.line} {resource.name}"
        if resource.of in UNCHECKED:
            continue
        model = MODELS.get(resource.of) or MODELS.get(f"{resource.of} {resource.body.get('name')}")
        if model is None:
            yield f"{where}: {resource.of} is no resource type and version in use here"
        else:
            yield from _Check(file).body(where, resource, model)


@dataclass(frozen=True)
class _Check:
    file: File

    def body(self, where: str, resource: Declaration, model: Any) -> Iterator[str]:
        body = {name: value for name, value in resource.body.items() if name not in BICEP_ONLY}
        if "name" not in resource.body:
            yield f"{where}.name is missing"
        yield from self.model(where, body, model)

    def model(self, where: str, body: dict[str, Value], model: Any) -> Iterator[str]:
        known = model if isinstance(model, dict) else members(narrowed(model, body))
        for name, value in body.items():
            path = f"{where}.{name}"
            if name not in known:
                yield f"{path} is unknown; known are {', '.join(sorted(known))}"
            elif known[name].read_only:
                yield f"{path} is Azure's to say"
            else:
                for option in self.file.options(value):
                    yield from self.value(path, option, known[name])
        for name, member in known.items():
            if member.required and name not in body:
                yield f"{where}.{name} is missing"

    def value(self, path: str, value: Value, member: Member) -> Iterator[str]:
        if value is None or member.kind == "any":
            return
        if isinstance(value, Expression):
            yield from self.expression(path, value, member)
        elif member.kind not in _KINDS[type(value)] and not _is_number(value, member):
            yield f"{path} is {value!r}; give a value of type {_name(member)}"
        else:
            yield from self.inside(path, value, member)

    def inside(self, path: str, value: Value, member: Member) -> Iterator[str]:
        if isinstance(value, dict) and member.kind == "model":
            yield from self.model(path, value, member.of)
        elif isinstance(value, dict):
            for name, each in value.items():
                for option in self.file.options(each):
                    yield from self.value(f"{path}.{name}", option, member.of)
        elif isinstance(value, list):
            for number, each in enumerate(value):
                for option in self.file.options(each):
                    yield from self.value(f"{path}[{number}]", option, member.of)
        elif member.kind == "enum" and value not in _values(member):
            yield f"{path} is {value!r}; give one of {', '.join(map(str, _values(member)))}"
        elif member.kind == "duration" and not _DURATION.fullmatch(str(value)):
            yield f"{path} is {value!r}; give a duration such as PT5M"

    def expression(self, path: str, value: Expression, member: Member) -> Iterator[str]:
        """Of what is worked out later: a text with gaps is a text, a parameter is of its type and of its values."""
        if value.kind == "call_expression" and value.text == "union":
            for part in value.parts:
                for option in self.file.options(part):
                    yield from self.value(path, option, member)
            return
        found = self.file.find(value.text) if value.kind == "identifier" else None
        kind = str if value.kind == "string" else _PARAMETER_KINDS.get(found.of) if found else None
        if kind is not None and member.kind not in _KINDS[kind]:
            yield f"{path} is a {kind.__name__} ({value.text}); give a value of type {_name(member)}"
        allowed = found.decorators.get("allowed") if found else None
        for each in allowed if isinstance(allowed, list) and member.kind == "enum" else []:
            yield from self.inside(f"{path} ({value.text})", each, member)


def _values(member: Member) -> list[Any]:
    return [each.value for each in member.of]


def _is_number(value: Value, member: Member) -> bool:
    return isinstance(value, int) and member.kind == "enum"


def _name(member: Member) -> str:
    return f"{member.kind} ({', '.join(map(str, _values(member)))})" if member.kind == "enum" else member.kind
