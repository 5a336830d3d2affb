"""Schemas as every generator of clients reads them: OpenAPI 3.0, one object where there are alternatives.

What a generator cannot read is left out or said in the description; the published JSON Schemas stay precise:

- alternatives (``oneOf``, ``anyOf``) of objects become one object that has the members of all;
- null is ``nullable``; an optional member that is a plain value is nullable too, so that a client can tell "absent"
  from false, zero and the first of some words;
- no member has a ``default``: some clients would send it, others would ask for the member;
- a constant is a text whose description says it, or a boolean;
- names are written without dots and dashes, and objects inside objects get names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from local.descriptions.parts import DEFINITIONS, Schema

COMPONENTS = "#/components/schemas/"
_KEPT = frozenset(
    (
        *("type", "description", "format", "pattern", "enum", "default"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    )
)
_FORMATS = ("date", "date-time")
_VALUES = ("boolean", "integer", "number", "string")


class Flattener:
    """Flattens schemas, and collects what they refer to as ``components``."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self.components: dict[str, Schema] = {}

    def flat(self, schema: Schema, name: str = "") -> Schema:
        """The schema; ``name`` is what an object in it is called."""
        if "$ref" in schema:
            return self._reference(schema["$ref"].removeprefix(DEFINITIONS))
        inner, null = _without_null(schema)
        found = self._of_kind(inner, name)
        if not null:
            return found
        return {"allOf": [found], "nullable": True} if "$ref" in found else {**found, "nullable": True}

    def _of_kind(self, schema: Schema, name: str) -> Schema:
        if "$ref" in schema:
            return self.flat(schema)
        name = called(schema["title"]) if "title" in schema else name
        if "properties" in schema or ("type" not in schema and "oneOf" in schema) or "anyOf" in schema:
            self.components[name] = self._object(self._merged(schema), name)
            return {"$ref": COMPONENTS + name}
        found = {key: value for key, value in schema.items() if key in _KEPT}
        if "const" in schema:
            found |= _constant(schema)
        if "enum" in found:
            found["type"] = "string"
        if found.pop("format", None) in _FORMATS:
            found["format"] = schema["format"]
            found.pop("pattern", None)  # generators hold it against the date or time they have made of the text
        if "type" not in found:
            found["nullable"] = True  # anything is here, null too
        if "items" in schema:
            found["items"] = self.flat(schema["items"], name)
        if found.get("type") == "object":
            values = schema.get("additionalProperties", True)
            found["additionalProperties"] = values if values is True else self.flat(values, f"{name}Value")
        return found

    def _reference(self, definition: str) -> Schema:
        name, schema = called(definition), self._definitions[definition]
        if schema.get("type") == "object" and "properties" not in schema:
            return self._of_kind(schema, name)  # to name an object of any members is to lose them in some clients
        if name not in self.components:
            self.components[name] = {}  # so that a schema may refer to itself
            found = self._of_kind(schema, name)
            if "$ref" not in found:
                self.components[name] = found
        return {"$ref": COMPONENTS + name}

    def _object(self, schema: Schema, name: str) -> Schema:
        required = list(schema.get("required", ()))
        properties = {
            each: self._member(value, each in required, name + called(each))
            for each, value in schema["properties"].items()
        }
        described = {"type": "object", "description": schema.get("description", "")}
        return {**described, **({"required": required} if required else {}), "properties": properties}

    def _member(self, schema: Schema, required: bool, name: str) -> Schema:
        found = self.flat({key: value for key, value in schema.items() if key != "default"}, name)
        return found if required or found.get("type") not in _VALUES else {**found, "nullable": True}

    def _merged(self, schema: Schema, labels: Sequence[str] = ()) -> Schema:
        """One object with the members of all alternatives; those that only some have are optional, and say so."""
        if "properties" in schema:
            return schema
        every = [self._merged(self._resolved(each)) for each in _alternatives(schema)]
        labels = labels or _labels(every)
        names = dict.fromkeys(name for each in every for name in each["properties"])
        required = [name for name in names if all(name in each.get("required", ()) for each in every)]
        properties = {name: self._one(name, every, labels) for name in names}
        described = schema.get("description", every[0].get("description", ""))
        return {"description": described, "required": required, "properties": properties}

    def _one(self, name: str, every: Sequence[Schema], labels: Sequence[str]) -> Schema:
        """The schema of a member that some alternatives have."""
        having = [(each, label) for each, label in zip(every, labels, strict=True) if name in each["properties"]]
        schemas = [each["properties"][name] for each, _ in having]
        if all("properties" in each for each in schemas):
            return self._merged({"oneOf": schemas}, [label for _, label in having])
        words = list(dict.fromkeys(word for each in schemas for word in _words(each)))
        found = {"type": "string", "enum": words} if len(words) > 1 else schemas[0]
        described = schemas[0].get("description", "")
        if len(having) < len(every) and any(labels):
            owners = [label + (" (required)" if name in each["required"] else "") for each, label in having]
            described = "; ".join(filter(None, (described, f"for {', '.join(owners)}")))
        return {**found, **({"description": described} if described else {})}

    def _resolved(self, schema: Schema) -> Schema:
        return self._definitions[schema["$ref"].removeprefix(DEFINITIONS)] if "$ref" in schema else schema


def _alternatives(schema: Schema) -> list[Schema]:
    found: list[Schema] = schema.get("oneOf") or schema["anyOf"]
    return found


def _labels(alternatives: Sequence[Schema]) -> list[str]:
    """The word by which a reader tells each alternative from the others; empty where there is none."""
    for name in alternatives[0]["properties"]:
        words = [each["properties"].get(name, {}).get("const") for each in alternatives]
        if None not in words and len(set(words)) == len(words):
            return words
    return [""] * len(alternatives)


def _without_null(schema: Schema) -> tuple[Schema, bool]:
    """The schema of what is not null, and whether it may be null."""
    if isinstance(schema.get("type"), list):
        (kind,) = [each for each in schema["type"] if each != "null"]
        return {**schema, "type": kind}, True
    if schema.get("type") == "null":
        return {"type": "string", "description": schema.get("description", "always null")}, True
    either = schema.get("anyOf", ())
    if {"type": "null"} in either:
        (other,) = [each for each in either if each != {"type": "null"}]
        described = {"description": schema["description"]} if "description" in schema else {}
        return {**other, **described}, True
    return schema, False


def _constant(schema: Schema) -> Schema:
    if isinstance(schema["const"], bool):
        return {"type": "boolean"}
    word, described = f'"{schema["const"]}"', schema.get("description", "")
    return {
        "type": "string",
        "description": described if word in described else "; ".join(filter(None, (described, f"always {word}"))),
    }


def _words(schema: Schema) -> Iterator[str]:
    if isinstance(schema.get("const"), str):
        yield schema["const"]
    yield from (each for each in schema.get("enum", ()) if each is not None)


def called(definition: str) -> str:
    """``rule-set-item`` is RuleSetItem."""
    words = re.split(r"[-._]", definition)
    return "".join(word[:1].upper() + word[1:] for word in words)
