"""``warnings`` in the answer of ``POST events``: what is accepted and probably not meant so (F19)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.given import certified, event, project, spend
from tests.api.world import World


async def warnings(world: World, *messages: bytes) -> dict[str, str]:
    answer = await world.post("events", b"[" + b",".join(messages) + b"]")
    assert (answer.status, answer.value["accepted"]) == (202, len(messages)), answer.value
    return {each["path"]: each["message"] for each in answer.value.get("warnings", [])}


async def test_an_application_that_no_rule_set_lists_is_named_with_the_listed_one_that_is_near(world: World) -> None:
    assert await warnings(
        world,
        spend("C-1"),
        spend("C-1", application="finnance"),
        project("C-1", applications=["sales", "Customer-Service".lower(), "field-servise", "business-central"]),
    ) == {
        "$[1].data.application": '"finnance" counts for nothing: no rule set of today or later lists it; '
        'did you mean "finance"?',
        "$[2].data.applications[2]": '"field-servise" counts for nothing: no rule set of today or later lists it; '
        'did you mean "field-service"?',
        "$[2].data.applications[3]": '"business-central" counts for nothing: no rule set of today or later lists it',
    }


async def test_of_very_many_the_first_hundred_are_named_and_the_others_counted(world: World) -> None:
    unlisted = [f"app-{number}" for number in range(32)]
    told = await warnings(world, *(project("C-1", applications=unlisted) for _ in range(4)))
    assert len(told) == 101
    assert told["$"] == "and 28 more warnings"


async def test_a_currency_without_a_rate_is_named(world: World) -> None:
    told = await warnings(world, spend("C-1", currency="EUR"), spend("C-1", currency="BRL"))
    assert list(told) == ["$[1].data.currency"]
    assert told["$[1].data.currency"].startswith('"BRL" counts for nothing')
    assert "EUR" in told["$[1].data.currency"]


async def test_a_period_that_ends_before_it_starts_is_named(world: World) -> None:
    told = await warnings(world, certified(validUntil="2025-01-01"), certified(validUntil="2024-12-31"))
    assert told == {"$[1].data.validUntil": "is before validFrom, 2025-01-01: it holds on no day"}


async def test_an_application_that_a_coming_rule_set_lists_is_none(world: World) -> None:
    document: Any = (await world.get("rule-sets/1")).value["document"]
    listed = [*document["applications"], {"id": "copilot", "title": "Copilot", "areas": ["customer-engagement"]}]
    coming = {**document, "effectiveFrom": "2027-01-01", "applications": listed}
    assert await warnings(world, spend("C-1", application="copilot"))
    drafted = await world.post("rule-sets", json.dumps({"document": coming}).encode())
    assert (await world.post(f"rule-sets/{drafted.value['version']}/activate")).status == 200
    world.pass_time(minutes=6)  # a book is kept for five
    assert await warnings(world, spend("C-1", application="copilot")) == {}


async def test_an_application_that_only_a_past_rule_set_lists_counts_for_nothing(world: World) -> None:
    document: Any = (await world.get("rule-sets/1")).value["document"]
    fewer = [each for each in document["applications"] if each["id"] != "finance"]
    later = {**document, "effectiveFrom": "2026-01-01", "applications": fewer}
    assert await warnings(world, spend("C-1")) == {}
    drafted = await world.post("rule-sets", json.dumps({"document": later}).encode())
    assert (await world.post(f"rule-sets/{drafted.value['version']}/activate")).status == 200
    world.pass_time(minutes=6)
    assert list(await warnings(world, spend("C-1"))) == ["$[0].data.application"]


@pytest.mark.parametrize("application", ["finance", "fynance"])
async def test_events_are_accepted_without_warnings_while_rule_sets_cannot_be_read(
    world: World, application: str
) -> None:
    world.store.down = True
    assert await warnings(world, spend("C-1", application=application)) == {}


async def test_before_the_first_rule_set_is_in_force_the_coming_one_counts(world: World) -> None:
    await world.get("rule-sets")
    world.now = datetime(2022, 1, 1, tzinfo=UTC)
    assert await warnings(world, event("spend.updated", json.loads(spend("C-1"))["data"], "2021-12-31T00:00:00Z")) == {}


async def test_a_503_in_the_middle_of_a_batch_says_which_events_are_queued(world: World) -> None:
    world.sender.sends_left = 30
    answer = await world.post("events", b"[" + b",".join(spend(f"C-{number}") for number in range(50)) + b"]")
    assert (answer.status, answer.value["title"]) == (503, "Unavailable for now")
    assert answer.value["queued"] == list(range(30))
    assert "30 of 50 events are queued" in answer.value["detail"]
    world.sender.sends_left = 0
    answer = await world.post("events", spend("C-1"))
    assert (answer.status, "queued" in answer.value) == (503, False)
