"""Schemas as a strict reader takes them.

Arrives: a schema. Leaves: what is wrong with a value by it. Formats count, ``$`` in a pattern is the very end, and on
demand no object may have a member that the schema does not name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

type Json = dict[str, Any]


def _pattern(_: Any, pattern: str, value: object, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Every reason why the value is not valid, with its path."""
    validator = _Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{each.json_path}: {each.message:.300}" for each in validator.iter_errors(value)]


def is_valid(schema: Mapping[str, Any], value: Any) -> bool:
    return not faults(schema, value)


def without_nullable(schema: Any) -> Any:
    """The JSON Schema that a schema of OpenAPI 3.0 means: ``nullable`` is one or null."""
    if isinstance(schema, list):
        return [without_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: without_nullable(each) for name, each in schema.items() if name != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def closed(schema: Any) -> Any:
    """The same schema, each of its objects without members it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items()}
    if "properties" in schema and "object" in str(schema.get("type")):
        inner.setdefault("additionalProperties", False)
    return inner
