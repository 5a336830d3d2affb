"""The published schemas: kept in ``docs/schemas`` as they are served, and valid as schemas."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from local.reference.schemas import ASYNCAPI, FOLDER
from shared.api import asyncapi
from shared.api.schemas.catalogue import PUBLISHED, as_file, published
from shared.domain.events import EVENT_TYPES
from tests.api.world import World

ROOT = Path(__file__).parents[2]


def test_what_is_kept_is_what_is_generated() -> None:
    """If not: ``./dev reference``."""
    kept = {file.name: file.read_text("utf-8") for file in (ROOT / "docs" / "schemas").iterdir()}
    assert kept == {f"{name}.json": as_file(name) for name in PUBLISHED}
    assert ASYNCAPI.read_text("utf-8") == asyncapi.as_file()


def test_the_command_writes_where_they_are_kept() -> None:
    assert (FOLDER, ASYNCAPI) == (ROOT / "docs" / "schemas", ROOT / "docs" / "asyncapi.json")


def test_each_event_the_rule_set_the_question_what_is_answered_and_sent_and_the_problem_are_published() -> None:
    others = {"rule-set", "question", "checked", "decision", "notification", "problem"}
    assert set(PUBLISHED) == {*EVENT_TYPES, *others}


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_is_a_schema_complete_in_itself(name: str) -> None:
    schema = published(name)
    Draft202012Validator.check_schema(schema)
    references = [line for line in as_file(name).splitlines() if '"$ref"' in line]
    assert all(any(f'"#/$defs/{each}"' in line for each in schema["$defs"]) for line in references)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["description"]


@pytest.mark.parametrize("name", PUBLISHED)
async def test_each_is_served(world: World, name: str) -> None:
    answer = await world.get(f"schemas/{name}")
    assert (answer.status, answer.value) == (200, json.loads(as_file(name)))


async def test_they_are_listed_with_what_they_describe(world: World) -> None:
    answer = await world.get("schemas")
    assert [each["name"] for each in answer.value["items"]] == list(PUBLISHED)
    assert all(each["description"] for each in answer.value["items"])
    assert answer.value["next"] is None


async def test_another_name_is_answered_with_those_there_are(world: World) -> None:
    answer = await world.get("schemas/passwd")
    assert (answer.status, answer.type) == (404, "application/problem+json")
    assert all(name in answer.value["detail"] for name in PUBLISHED)
