"""Parts that schemas are made of, as plain JSON (draft 2020-12).

``ref`` names another schema of ``catalogue``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain import event_data
from shared.domain.decision import JsonObject

type Schema = JsonObject

DEFINITIONS = "#/$defs/"


def ref(name: str) -> Schema:
    return {"$ref": DEFINITIONS + name}


def text(description: str, **limits: Any) -> Schema:
    return {"type": "string", "description": description, **limits}


def number(description: str, least: int = 0, **limits: Any) -> Schema:
    """A whole number."""
    return {"type": "integer", "description": description, "minimum": least, **limits}


def large_number(description: str, least: int = 0) -> Schema:
    """A whole number that needs more than 32 bits: generators of clients go by the format."""
    return number(description, least, format="int64")


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def one_of(description: str, words: Sequence[str]) -> Schema:
    return {"type": "string", "description": description, "enum": list(words)}


def list_of(items: Schema, description: str = "", **limits: Any) -> Schema:
    return {"type": "array", **({"description": description} if description else {}), "items": items, **limits}


def record(description: str, members: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """An object with these members, all required but the ``optional`` ones; there may be others."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "description": description, "required": required, "properties": dict(members)}


def titled(title: str, schema: Schema) -> Schema:
    """The same object with a name of its own, which generators of clients call it by."""
    return {"title": title, **schema}


def closed(schema: Schema) -> Schema:
    """The same object without any other members."""
    return {**schema, "additionalProperties": False}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    kind = schema.get("type")
    if kind is None or "const" in schema or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema if "null" in kind else {**schema, "type": [kind, "null"]}


IDENTIFIER, DAY, AREA = event_data.IDENTIFIER.schema, event_data.DAY.schema, event_data.AREA.schema
APPLICATION, MONEY, CURRENCY = event_data.APPLICATION.schema, event_data.MONEY.schema, event_data.CURRENCY.schema


def named(schema: Schema, description: str) -> Schema:
    """The same with another description."""
    return {**schema, "description": description}


def moment(description: str) -> Schema:
    """A time as this product writes it: UTC, microseconds, Z."""
    return text(description, format="date-time")
