"""Bodies of the other routes: JSON and said to be; where one may be missing, what got lost is not taken for none."""

import json

import pytest

from tests.api.world import World

REQUIRED = ("check", "rule-sets")
OPTIONAL = ("rule-sets/1/activate", "rule-sets/1/retire", "rule-sets/1/preview")


@pytest.mark.parametrize("path", [*REQUIRED, *OPTIONAL])
@pytest.mark.parametrize(
    "given", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml", "text/json"]
)
async def test_a_body_of_another_type_is_415_and_changes_nothing(world: World, path: str, given: str) -> None:
    await world.get("rule-sets")
    writes = world.store.writes
    answer = await world.post(path, b"{}", content_type=given)
    assert (answer.status, answer.type) == (415, "application/problem+json")
    assert answer.value["detail"].endswith("; send application/json")
    assert world.store.writes == writes


@pytest.mark.parametrize("path", [*REQUIRED, *OPTIONAL])
async def test_an_encoded_body_is_415(world: World, path: str) -> None:
    assert (await world.post(path, b"{}", content_encoding="gzip")).status == 415


@pytest.mark.parametrize("given", ["application/json", "Application/JSON; charset=utf-8"])
async def test_json_is_accepted_with_parameters(world: World, given: str) -> None:
    assert (await world.post("check", b'{"on": "2026-03-02"}', content_type=given)).status == 200


@pytest.mark.parametrize("path", REQUIRED)
async def test_an_empty_body_is_said_to_be_empty(world: World, path: str) -> None:
    for headers in ({}, {"transfer_encoding": "chunked", "content_type": "application/json"}):
        answer = await world.post(path, b"", **headers)
        assert (answer.status, answer.error_paths) == (400, ["$"])
        assert "is empty" in answer.value["detail"]
        assert "LoadIntoBufferAsync" in answer.value["detail"]


@pytest.mark.parametrize("path", OPTIONAL)
@pytest.mark.parametrize("given", ["", "application/json", "application/x-www-form-urlencoded"])
async def test_where_a_body_may_be_missing_no_type_is_asked_of_none(world: World, path: str, given: str) -> None:
    await world.get("rule-sets")
    assert (await world.post(path, b"", content_type=given)).status in (200, 202, 409)


async def test_a_guard_that_was_sent_in_chunks_is_not_taken_for_none(world: World) -> None:
    """Else a rule set would be activated as if its ``maxLost`` had not been given."""
    document = (await world.get("rule-sets/1")).value["document"]
    drafted = await world.post("rule-sets", json.dumps({"document": document}).encode())
    path = f"rule-sets/{drafted.value['version']}"
    answer = await world.post(f"{path}/activate", b"", transfer_encoding="chunked", content_type="application/json")
    assert (answer.status, answer.error_paths) == (400, ["$"])
    assert (await world.get(path)).value["state"] == "draft"


async def test_unknown_nulls_in_a_question_are_refused_like_other_unknown_members(world: World) -> None:
    gold = {"competency": "cloud-business-applications", "area": "customer-engagement", "level": "gold"}
    partner = {"partnerId": "P-1", "competencies": [{**gold, "validFrom": "2025-01-01", "validTo": None}]}
    licence = {"licenceId": "L-1", "application": "finance", "annualAmount": 5, "currency": "USD"}
    question = {
        "partners": [partner],
        "customer": {"licences": [{**licence, "newDeployment": True, "validUntil": None}]},
    }
    answer = await world.post("check", json.dumps(question).encode())
    told = {each["path"]: each["message"] for each in answer.value["errors"]}
    assert told["$.partners[0].competencies[0].validTo"] == 'is not a member here, write "validUntil"'
    assert told["$.customer.licences[0].validUntil"] == 'is not a member here, write "endsOn"'
    assert told["$.customer.licences[0].annualAmount"].endswith('; here "5.00"')
