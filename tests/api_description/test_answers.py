"""What the product really answers and sends is what the schemas say, every member named."""

import json
from random import Random
from typing import Any

import pytest

from shared.api_description.catalogue import published
from shared.api_description.help_schema import ACTIONS
from shared.api_description.openapi import openapi_json
from shared.messaging.sender import Queue
from shared.rules.would_help import would_help
from tests.api_description.validators import closed, faults
from tests.queries.given import covered, project, qualified, spend
from tests.queries.world import Answer, World
from tests.rules.given import ON, rule_set
from tests.rules.random_facts import random_customer, random_partners

type Json = dict[str, Any]

COMPONENTS: Json = closed(json.loads(openapi_json())["components"])


def unlike(answer: Answer, name: str) -> list[str]:
    """How the answer differs from a schema that allows no member it does not name."""
    return faults({"$ref": f"#/components/schemas/{name}", "components": COMPONENTS}, answer.value)


def unlike_items(answer: Answer, name: str) -> list[str]:
    items = answer.value["items"]
    assert items
    schema = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}, "components": COMPONENTS}
    return faults(schema, items)


async def customers(world: World) -> list[str]:
    return [each["customerId"] for each in (await world.get("customers")).value["items"]]


async def test_customers(programme: World) -> None:
    assert unlike_items(await programme.get("customers"), "customer-item") == []
    for each in await customers(programme):
        assert unlike(await programme.get(f"customers/{each}"), "customer") == []


async def test_eligibility_and_what_would_help(programme: World) -> None:
    for each in await customers(programme):
        answer = await programme.get(f"customers/{each}/eligibility")
        assert unlike(answer, "decision") == []
        assert faults(published("decision"), answer.value) == []


def test_every_action_that_would_help_and_no_other_is_described() -> None:
    seen, draw = set(), Random(3)
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/would-help"}, "components": COMPONENTS}
    for number in range(400):
        partners = random_partners(draw)
        known = list(partners.values()) if number % 2 else []
        ways = would_help(rule_set(), random_customer(draw), partners, ON, known)
        assert faults(schema, ways) == []
        seen |= {change["action"] for way in ways for change in way["changes"]}
    assert seen == set(ACTIONS)


async def test_history_and_each_recorded_decision(programme: World) -> None:
    for each in (await customers(programme))[:20]:
        assert unlike_items(await programme.get(f"customers/{each}/history"), "recorded-decision") == []
        assert unlike(await programme.get(f"customers/{each}/history/1"), "kept-decision") == []


async def test_notifications(programme: World) -> None:
    sent = [json.loads(each.body) for each in programme.sender.queues[Queue.NOTIFICATIONS]]
    assert len(sent) > 40
    schema = closed(published("notification"))
    assert [each for value in sent for each in faults(schema, value)] == []


async def test_a_notification_with_the_tails_of_long_lists_left_out(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    await world.handle(spend("C-1", "0", time="2026-03-01T10:00:00Z"))
    await world.handle(*(project("C-1", f"J-{number:060}") for number in range(80)))
    await world.handle(spend("C-1", "900000", time="2026-03-01T11:00:00Z"))
    value = json.loads(world.sender.queues[Queue.NOTIFICATIONS][-1].body)
    assert value["data"]["eligibleProjectsOmitted"] > 0
    assert faults(closed(published("notification")), value) == []
    assert unlike_items(await world.get("customers/C-1/history"), "recorded-decision") == []


async def test_partners(programme: World) -> None:
    for each in ("P-fabrikam", "P-litware", "P-lamna", "P-woodgrove"):
        assert unlike(await programme.get(f"partners/{each}"), "partner") == []
        assert unlike_items(await programme.get(f"partners/{each}/customers"), "partner-customer") == []


async def test_quarantine(programme: World) -> None:
    answer = await programme.get("quarantine")
    assert unlike_items(answer, "quarantined") == []
    redriven = await programme.post(f"quarantine/{answer.value['items'][0]['id']}/redrive")
    assert redriven.status == 202
    assert unlike(redriven, "quarantined") == []


async def test_a_message_that_is_no_text(world: World) -> None:
    await world.handle(b"\xff")
    assert unlike_items(await world.get("quarantine"), "quarantined") == []


async def test_the_life_of_a_rule_set(programme: World) -> None:
    shipped = (await programme.get("rule-sets/1")).value
    assert unlike(await programme.get("rule-sets/1"), "rule-set-version") == []
    document = {**shipped["document"], "effectiveFrom": "2026-01-01", "currency": "USD"}
    document["criteria"]["criteria"][0]["amount"] = "330000"
    drafted = await programme.post("rule-sets", json.dumps({"document": document}).encode())
    assert drafted.status == 201
    assert unlike(drafted, "rule-set-version") == []
    version = drafted.value["version"]
    started = await programme.post(f"rule-sets/{version}/preview")
    assert unlike(started, "preview") == []
    await programme.handle()
    path = f"rule-sets/{version}/previews/{started.value['id']}"
    preview = await programme.get(path)
    assert preview.value["state"] == "finished"
    assert unlike(preview, "preview") == []
    assert unlike_items(await programme.get(f"{path}/customers", change="lost"), "preview-customer") == []
    await too_many_would_lose(programme, version, started.value["id"])
    await activated_and_retired(programme, version)
    assert unlike_items(await programme.get("rule-sets"), "rule-set-item") == []


async def too_many_would_lose(programme: World, version: int, preview: str) -> None:
    body = json.dumps({"previewId": preview, "maxLost": 0}).encode()
    refused = await programme.post(f"rule-sets/{version}/activate", body)
    assert (refused.status, unlike(refused, "problem")) == (409, [])
    assert refused.value["lost"]


async def activated_and_retired(programme: World, version: int) -> None:
    for action in ("activate", "retire"):
        answer = await programme.post(f"rule-sets/{version}/{action}", b'{"author": "A", "note": "N"}')
        assert (answer.status, unlike(answer, "rule-set-version")) == (200, [])
        await programme.handle()
        assert unlike(await programme.get(f"rule-sets/{version}"), "rule-set-version") == []
        customer = (await programme.get("customers/C-1019")).value
        assert unlike(Answer(200, "", customer), "customer") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "customers/C-none", b"", 404),
        ("GET", "customers/a b", b"", 400),
        ("POST", "events", b"[]", 400),
        ("POST", "events", b"{", 400),
        ("POST", "rule-sets", b'{"document": {}}', 422),
        ("POST", "check", b'{"on": 1, "customer": []}', 400),
        ("POST", "events", b" " * 6_000_000, 413),
    ],
)
async def test_problems(world: World, method: str, path: str, body: bytes, status: int) -> None:
    answer = await world.ask(method, path, body, {})
    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert unlike(answer, "problem") == []
    assert faults(closed(published("problem")), answer.value) == []


async def test_health_up_and_down(world: World) -> None:
    assert unlike(await world.get("health"), "health") == []
    world.store.down = True
    answer = await world.get("health")
    assert (answer.status, unlike(answer, "health")) == (503, [])


async def test_what_is_posted_is_told(world: World) -> None:
    assert unlike(await world.post("events", spend("C-1")), "accepted") == []
    warned = await world.post("events", spend("C-1", application="finnance"))
    assert warned.value["warnings"]
    assert unlike(warned, "accepted") == []
    world.sender.sends_left = 1
    partly = await world.post("events", b"[" + b",".join([spend("C-1")] * 2) + b"]")
    assert (partly.status, partly.value["queued"], unlike(partly, "problem")) == (503, [0], [])


async def test_what_if(programme: World) -> None:
    questions = [{"customerId": "C-1001"}, {"customerId": "C-1002", "on": "2025-01-01"}, {"customerId": "C-none"}, {}]
    answer = await programme.post("check", json.dumps(questions).encode())
    assert unlike(answer, "checked") == []
    for question in questions[:2]:
        assert unlike(await programme.post("check", json.dumps(question).encode()), "checked") == []


async def test_the_list_of_schemas(world: World) -> None:
    assert unlike(await world.get("schemas"), "schema-list") == []
