"""The OpenAPI document: valid, of just the routes the app is bound to, with examples that work."""

import json
import re
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from local.descriptions.catalogue import definitions
from local.descriptions.openapi import operation
from shared.api.description import PUBLISHED, SCHEMAS
from shared.api.parameters import DEFAULT_LIMIT, MAX_LIMIT
from shared.api.routes import ROUTES as DECLARED
from tests.api.validators import faults, without_nullable
from tests.api.world import World
from tests.functions.children import ROOT, told_by

type Json = dict[str, Any]

DOCUMENT: Json = json.loads((PUBLISHED / "openapi.json").read_bytes())
OPERATIONS: dict[str, tuple[str, str, Json]] = {
    re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", operation["operationId"]): (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
"""By the name of the function: ``getCustomer`` is get_customer."""


def whole(schema: Json) -> Json:
    """A schema of the document with those it refers to beside it."""
    found: Json = without_nullable({**schema, "components": DOCUMENT["components"]})
    return found


def test_it_is_valid_openapi_3_0() -> None:
    assert DOCUMENT["openapi"] == "3.0.3"
    assert [each.message for each in OpenAPIV30SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_describes_just_the_routes_the_app_is_bound_to() -> None:
    """A route without a description, or a description without a route: see the file of its noun. HEAD is as GET."""
    bound = {
        (name, method, "/" + trigger["route"].replace("{*", "{"), trigger["authLevel"] == "ANONYMOUS")
        for name, trigger in told_by("tell_triggers").items()
        for method in trigger.get("methods", ())
        if name != "unrouted" and method != "HEAD"
    }
    described = {
        (name, method, path, operation["security"] == []) for name, (method, path, operation) in OPERATIONS.items()
    }
    assert described == bound


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_route_has_a_summary_a_group_and_its_path_parameters(name: str) -> None:
    _, path, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["tags"][0] in [tag["name"] for tag in DOCUMENT["tags"]]
    in_path = [each for each in operation.get("parameters", ()) if each["in"] == "path"]
    assert [each["name"] for each in in_path] == re.findall(r"\{(\w+)\}", path)
    assert all(each["required"] and "example" in each for each in in_path)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_answer_has_a_schema_and_each_problem_is_a_problem_document(name: str) -> None:
    for status, response in OPERATIONS[name][2]["responses"].items():
        told = DOCUMENT["components"]["responses"][status] if "$ref" in response else response
        assert told["description"]
        if "$ref" in response and status != "401":
            assert list(told["content"]) == ["application/problem+json"]
        elif status != "401":
            assert all(each["schema"] for each in told["content"].values())


def test_every_parameter_says_what_it_is_and_lists_say_their_limits() -> None:
    parameters = [each for _, _, operation in OPERATIONS.values() for each in operation.get("parameters", ())]
    assert all(each["description"] for each in parameters)
    limits = [each["schema"] for each in parameters if each["name"] == "limit"]
    assert limits
    assert all((each["minimum"], each["maximum"], each["default"]) == (1, MAX_LIMIT, DEFAULT_LIMIT) for each in limits)


@pytest.mark.parametrize("name", definitions())
def test_every_schema_is_one_and_is_used(name: str) -> None:
    Draft202012Validator.check_schema(definitions()[name])
    is_used = f'"#/$defs/{name}"' in json.dumps([*definitions().values(), *map(operation, DECLARED)])
    assert is_used or name in SCHEMAS


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_component_is_used_but_the_notification_which_no_route_answers(name: str) -> None:
    assert f'"#/components/schemas/{name}"' in json.dumps(DOCUMENT) or name == "Notification"


async def test_it_is_served_to_everyone_with_the_version_of_the_project(world: World) -> None:
    answer = await world.get("openapi.json")
    assert (answer.status, answer.type, answer.value) == (200, "application/json", DOCUMENT)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == answer.value["info"]["version"]


EXAMPLES = [
    (name, example["summary"])
    for name, (_, _, operation) in OPERATIONS.items()
    for content in operation.get("requestBody", {}).get("content", {}).values()
    for example in content.get("examples", {}).values()
]


def body_of(name: str, summary: str) -> tuple[Json, Any]:
    content = OPERATIONS[name][2]["requestBody"]["content"]["application/json"]
    (value,) = [each["value"] for each in content["examples"].values() if each["summary"] == summary]
    return content["schema"], value


@pytest.mark.parametrize(("name", "summary"), EXAMPLES)
def test_every_example_of_a_body_is_valid(name: str, summary: str) -> None:
    schema, value = body_of(name, summary)
    assert faults(whole(schema), value) == []


NOT_THERE_YET = {
    **dict.fromkeys(("get_quarantined", "redrive", "close_quarantined", "resubmit_quarantined"), 404),
    "get_preview": 404,
    "list_preview_customers": 404,
    "get_question": 404,
    "list_customers_of_preview": 404,
    "retire_rule_set": 409,  # the only version there is
    "approve_rule_set": 403,  # with keys nobody is verified
}
JSON_ANSWERS = sorted(set(OPERATIONS) - {"get_docs"})


def filled(name: str) -> tuple[str, str, dict[str, str]]:
    """The method, the path and the query of an operation with its examples."""
    method, path, operation = OPERATIONS[name]
    query = {}
    for each in operation.get("parameters", ()):
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(each["example"]))
        elif "example" in each:
            query[each["name"]] = str(each["example"])
    return method, path.removeprefix("/"), query


@pytest.mark.parametrize(("name", "summary"), [*((name, None) for name in JSON_ANSWERS), *EXAMPLES])
async def test_every_example_works_against_the_sample_programme(
    programme: World, name: str, summary: str | None
) -> None:
    method, path, query = filled(name)
    if summary is None and OPERATIONS[name][2].get("requestBody", {}).get("required"):
        return
    body = json.dumps(body_of(name, summary)[1]).encode() if summary else b""
    answer = await programme.ask(method, path, body, query)
    responses = OPERATIONS[name][2]["responses"]
    expected = NOT_THERE_YET.get(name) or next(int(each) for each in responses if int(each) < 300)
    assert answer.status == expected, answer.value
    told = responses[str(expected)]
    told = DOCUMENT["components"]["responses"][str(expected)] if "$ref" in told else told
    assert faults(whole(told["content"][answer.type]["schema"]), answer.value) == []
