"""Makes JSON Schemas of the types that routes declare (``shared.api.shapes``)."""

import re
from types import UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints

from local.descriptions.parts import Schema, closed, list_of, nullable, number, record, ref
from shared.api.route import Route
from shared.api.shapes import Shape, is_record
from shared.domain.event_data import MemberKind

type Definitions = dict[str, Schema]


def answer_of(route: Route) -> Shape:
    """What the route's answer is described by."""
    return route.answer or route.hints["return"]


def schema_of(shape: Any, definitions: Definitions, *, is_closed: bool = False) -> Schema:
    """The schema; those of TypedDicts are put into ``definitions`` by name, without other members if ``is_closed``."""
    shape, notes = _unfolded(shape)
    may_be_null = get_origin(shape) in (Union, UnionType)
    if may_be_null:
        shape, inner = _unfolded(next(each for each in get_args(shape) if each is not type(None)))
        notes = [*inner, *notes]
    described = next((note for note in reversed(notes) if isinstance(note, str)), "")
    schema = _of_type(shape, described, definitions, is_closed)
    for note in notes:
        if isinstance(note, MemberKind):
            schema = note.schema | ({"description": described} if described else {})
        elif not isinstance(note, str):
            more = note() if callable(note) else note
            schema = more if "type" in more or "$ref" in more else schema | more
    return nullable(schema) if may_be_null else schema


def _unfolded(shape: Any) -> tuple[Any, list[Any]]:
    return (shape.__origin__, list(shape.__metadata__)) if get_origin(shape) is Annotated else (shape, [])


def _of_type(shape: Any, described: str, definitions: Definitions, is_closed: bool) -> Schema:
    if is_record(get_origin(shape) or shape):
        return _of_record(shape, definitions, is_closed)
    if get_origin(shape) is list:
        (item,) = get_args(shape)
        return list_of(schema_of(item, definitions, is_closed=is_closed), described)
    text = {"description": described} if described else {}
    if get_origin(shape) is dict:
        values = schema_of(get_args(shape)[1], definitions, is_closed=is_closed)
        return {"type": "object", **text, "additionalProperties": values}
    if shape is int:
        return number(described)
    return {"type": _TYPES[shape], **text} if shape in _TYPES else {}


_TYPES = {str: "string", bool: "boolean"}


def _of_record(shape: Any, definitions: Definitions, is_closed: bool) -> Schema:
    """Also of a Page, whose name is that of its items."""
    items = get_args(shape)
    declared = get_origin(shape) or shape
    hints = get_type_hints(declared, include_extras=True)
    if items:
        hints["items"] = list[items[0]]  # type: ignore[valid-type]
    name = _name(_unfolded(items[0]), declared) if items else _kebab(declared.__name__)
    if name not in definitions:
        definitions[name] = {}  # so that a record may hold itself
        members = {each: schema_of(_required(hint), definitions, is_closed=is_closed) for each, hint in hints.items()}
        optional = [each for each, hint in hints.items() if get_origin(hint) is NotRequired]
        schema = record(" ".join((declared.__doc__ or "").split()), members, optional)
        definitions[name] = closed(schema) if is_closed else schema
    return ref(name)


def _required(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def _name(item: tuple[Any, list[Any]], declared: Any) -> str:
    shape, notes = item
    named = next((note["$ref"].rpartition("/")[2] for note in notes), None) or _kebab(shape.__name__)
    return f"{named}-{_kebab(declared.__name__)}"


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
