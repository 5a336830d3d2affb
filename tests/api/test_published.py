"""What is published: files of the app, as the declarations make them; the schemas among them are valid."""

import json

import pytest
from jsonschema import Draft202012Validator

from local.descriptions.catalogue import published
from local.descriptions.files import files
from shared.api.description import PUBLISHED, SCHEMAS
from shared.domain.events import EVENT_TYPES
from tests.api.world import World


def test_what_is_served_is_what_is_generated() -> None:
    """If not: ``./dev reference``."""
    assert {file: file.read_text("utf-8") for file in PUBLISHED.rglob("*.*")} == files()


def test_each_event_the_rule_set_the_question_what_is_answered_and_sent_and_the_problem_are_published() -> None:
    others = {"rule-set", "question", "checked", "decision", "notification", "erasure-notification", "problem"}
    assert set(SCHEMAS) == {*EVENT_TYPES, *others}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_complete_in_itself(name: str) -> None:
    schema = published(name)
    Draft202012Validator.check_schema(schema)
    references = [line for line in json.dumps(schema, indent=1).splitlines() if '"$ref"' in line]
    assert all(any(f'"#/$defs/{each}"' in line for each in schema["$defs"]) for line in references)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["description"]


@pytest.mark.parametrize("name", SCHEMAS)
async def test_each_is_served(world: World, name: str) -> None:
    answer = await world.get(f"schemas/{name}")
    assert (answer.status, answer.value) == (200, published(name))


async def test_they_are_listed_with_what_they_describe(world: World) -> None:
    answer = await world.get("schemas")
    assert [each["name"] for each in answer.value["items"]] == list(SCHEMAS)
    assert all(each["description"] for each in answer.value["items"])
    assert answer.value["next"] is None


async def test_another_name_is_answered_with_those_there_are(world: World) -> None:
    answer = await world.get("schemas/passwd")
    assert (answer.status, answer.type) == (404, "application/problem+json")
    assert all(name in answer.value["detail"] for name in SCHEMAS)
