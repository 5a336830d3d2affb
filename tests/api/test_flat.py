"""What generators break on is not in ``openapi.json``; docs/decisions says which generator fails on what."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.descriptions.catalogue import definitions, published
from local.descriptions.flat import COMPONENTS, Flattener
from local.descriptions.parts import closed, list_of, nullable, record, ref, text
from shared.api.description import PUBLISHED
from tests.api.given import covered, qualified
from tests.api.validators import faults, without_nullable
from tests.api.world import World

type Json = dict[str, Any]

DOCUMENT: Json = json.loads((PUBLISHED / "openapi.json").read_bytes())
SCHEMAS: Json = DOCUMENT["components"]["schemas"]


def parts(value: Any, path: str = "$") -> Iterator[tuple[str, Json]]:
    """Every object of the document but examples, with where it is."""
    if isinstance(value, dict):
        yield path, value
        for name, each in value.items():
            if name not in ("example", "examples"):
                yield from parts(each, f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from parts(each, path)


def where(is_so: Any) -> list[str]:
    return [path for path, part in parts(DOCUMENT) if is_so(path, part)]


def is_member(path: str) -> bool:
    return re.search(r"\.properties\.\w+$", path) is not None


@pytest.mark.parametrize("word", ["oneOf", "anyOf", "not", "const", "propertyNames", "contentEncoding", "uniqueItems"])
def test_no_schema_has_a_word_that_some_generator_cannot_read(word: str) -> None:
    assert where(lambda path, part: word in part and not path.endswith(".properties")) == []


def test_a_type_is_one_word_and_never_null() -> None:
    kinds = ("array", "boolean", "integer", "object", "string")
    schemas = [
        (path, part) for path, part in parts(DOCUMENT) if not path.endswith((".properties", ".appRole", ".functionKey"))
    ]
    assert [path for path, part in schemas if part.get("type", "string") not in kinds] == []


def test_an_enum_has_words_only() -> None:
    assert where(lambda _, part: isinstance(part.get("enum"), list) and set(map(type, part["enum"])) != {str}) == []


def test_every_object_with_members_has_a_name_without_dots_and_dashes() -> None:
    assert where(lambda path, part: isinstance(part.get("properties"), dict) and path.count(".") != 3) == []
    assert [name for name in SCHEMAS if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []


def test_no_member_has_a_default() -> None:
    assert where(lambda path, part: is_member(path) and "default" in part) == []


def test_an_optional_plain_value_may_be_null_so_that_a_client_can_leave_it_out() -> None:
    plain = ("boolean", "integer", "string")
    optional = [
        (name, member)
        for name, schema in SCHEMAS.items()
        for member, each in schema["properties"].items()
        if member not in schema.get("required", ()) and each.get("type") in plain and "nullable" not in each
    ]
    assert optional == []


def test_dates_and_times_have_no_pattern_beside_their_format() -> None:
    assert where(lambda _, part: "format" in part and "pattern" in part) == []


def test_operation_ids_are_in_camel_case() -> None:
    ids = [operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids) > 20
    assert [each for each in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each)] == []


def test_only_the_first_type_of_a_body_has_a_schema() -> None:
    bodies = [
        op["requestBody"]["content"]
        for item in DOCUMENT["paths"].values()
        for op in item.values()
        if "requestBody" in op
    ]
    assert all(["schema" in each for each in body.values()] == [True, *[False] * (len(body) - 1)] for body in bodies)
    events = DOCUMENT["paths"]["/events"]["post"]["requestBody"]["content"]
    assert list(events) == ["application/json", "application/cloudevents-batch+json", "application/cloudevents+json"]


def test_alternatives_become_one_object_whose_members_say_which_alternative_has_them() -> None:
    bird = record("a bird", {"kind": {"const": "bird"}, "name": text("a name"), "wings": text("how wide")})
    fish = record("a fish", {"kind": {"const": "fish"}, "name": text("a name"), "fins": list_of(text("a fin"))})
    flattener = Flattener({"pet-animal": {"description": "A pet.", "oneOf": [bird, ref("fish")]}, "fish": closed(fish)})
    assert flattener.flat(nullable(ref("pet-animal"))) == {
        "allOf": [{"$ref": COMPONENTS + "PetAnimal"}],
        "nullable": True,
    }
    pet = flattener.components["PetAnimal"]
    assert pet["required"] == ["kind", "name"]
    assert pet["properties"]["kind"] == {"type": "string", "enum": ["bird", "fish"]}
    assert pet["properties"]["wings"] == {
        "type": "string",
        "description": "how wide; for bird (required)",
        "nullable": True,
    }
    assert pet["properties"]["fins"] == {
        "type": "array",
        "description": "for fish (required)",
        "items": {"type": "string", "description": "a fin"},
    }


async def test_what_the_flat_schema_lets_pass_the_json_schema_does_not(world: World) -> None:
    await world.handle(*covered("C-1"), *qualified())
    decision = (await world.get("customers/C-1/eligibility")).value
    assert decision.pop("benefits")
    flat = without_nullable({"$ref": COMPONENTS + "Decision", "components": DOCUMENT["components"]})
    assert faults(flat, decision) == []
    assert faults(published("decision"), decision)


def test_every_event_type_and_each_of_their_members_is_in_the_flat_event() -> None:
    events = [schema for name, schema in definitions().items() if name.startswith("fasttrack.")]
    assert SCHEMAS["Event"]["properties"]["type"]["enum"] == [each["properties"]["type"]["const"] for each in events]
    members = {name for each in events for name in each["properties"]["data"]["properties"]}
    assert set(SCHEMAS["EventData"]["properties"]) == members
