"""Schemas of the models that check what is sent: null is the same as an absent member."""

import re
from collections.abc import Iterator

from pydantic import BaseModel, create_model

from shared.api.schemas.parts import Schema, closed, nullable
from shared.domain.event_data import EventData
from shared.rules.given_members import fields_of


def data_schema(data: EventData) -> Schema:
    """The schema of an event's data, which has no other members."""
    return closed(model_schema(create_model("Data", **dict(fields_of(data)))))


def model_schema(model: type[BaseModel]) -> Schema:
    """The schema of a model that holds no other."""
    return _clean(model.model_json_schema(by_alias=True))


def models_inside(model: type[BaseModel]) -> Iterator[tuple[str, Schema]]:
    """The schemas of a model and of those it holds, by name: ``GivenLicence`` is given-licence."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    for name, each in [*schema.pop("$defs").items(), (model.__name__, schema)]:
        yield _kebab(name), _clean(each)


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _clean(schema: Schema) -> Schema:
    required = schema.get("required", [])
    properties = {name: _member(each, name in required) for name, each in schema["properties"].items()}
    kept = {name: each for name, each in schema.items() if name in ("type", "additionalProperties")}
    return {**kept, "required": required, "properties": properties}


def _member(schema: Schema, required: bool) -> Schema:
    either = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    plain = _referring({name: value for name, value in (either[0] if either else schema).items() if name != "title"})
    return plain if required else nullable(plain)


def _referring(schema: Schema) -> Schema:
    """References by the names that ``models_inside`` gives."""
    if "items" in schema:
        return {**schema, "items": _referring(schema["items"])}
    if "$ref" in schema:
        head, _, name = schema["$ref"].rpartition("/")
        return {**schema, "$ref": f"{head}/{_kebab(name)}"}
    return schema
