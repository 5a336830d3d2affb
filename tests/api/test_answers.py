"""What the product really answers and sends is what the schemas say, every member named."""

import json
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest

from local.descriptions.catalogue import definitions, published
from local.descriptions.flat import COMPONENTS, called
from local.descriptions.parts import DEFINITIONS
from shared.api.description import PUBLISHED
from shared.messaging.sender import Queue
from shared.rules.changes.base import CHANGES
from tests.api.asking import PROJECT
from tests.api.given import covered, project, qualified, spend
from tests.api.test_openapi import OPERATIONS
from tests.api.validators import closed, faults, without_nullable
from tests.api.world import Answer, World
from tests.rules.applied import ways
from tests.rules.given import ON, competency, customer, partner, read, rule_set
from tests.rules.random_facts import random_customer, random_partners

type Json = dict[str, Any]

PRECISE: Json = {"$defs": closed(dict(definitions()))}
OPENAPI: Json = json.loads((PUBLISHED / "openapi.json").read_bytes())
FLAT: Json = {"components": closed(without_nullable(OPENAPI["components"]))}


def unlike(answer: Answer, name: str) -> list[str]:
    """How the answer differs from the JSON Schema and from the flat one; neither allows a member it does not name."""
    flat = faults({"$ref": COMPONENTS + called(name), **FLAT}, answer.value) if name != "checked" else []
    return flat + faults({"$ref": DEFINITIONS + name, **PRECISE}, answer.value)


def unlike_items(answer: Answer, name: str) -> list[str]:
    assert answer.value["items"]
    return [each for item in answer.value["items"] for each in unlike(Answer(200, "", item), name)]


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
    for number in range(400):
        partners = random_partners(draw)
        known = list(partners.values()) if number % 2 else []
        found = ways(rule_set(), random_customer(draw), partners, ON, known)
        assert [each for way in found for each in unlike(Answer(200, "", way), "way")] == []
        seen |= {change["action"] for way in found for change in way["changes"]}
    (waiting, *_) = ways(rule_set(), *read(customer(), partner(competencies=[competency(validFrom="2026-03-09")])), ON)
    assert unlike(Answer(200, "", waiting), "way") == []
    seen |= {change["action"] for change in waiting["changes"]}
    assert seen == {each.action for each in CHANGES.values()}


async def test_history_and_each_recorded_decision(programme: World) -> None:
    for each in (await customers(programme))[:20]:
        assert unlike_items(await programme.get(f"customers/{each}/history"), "recorded-decision") == []
        assert unlike(await programme.get(f"customers/{each}/history/1"), "kept-decision") == []


async def test_notifications(programme: World) -> None:
    sent = [json.loads(each.body) for each in programme.sender.queues[Queue.NOTIFICATIONS]]
    assert len(sent) > 40
    assert [each for value in sent for each in unlike(Answer(200, "", value), "notification")] == []


async def test_a_notification_with_the_tails_of_long_lists_left_out(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    await world.handle(spend("C-1", "0", time="2026-03-01T10:00:00Z"))
    await world.handle(*(project("C-1", f"J-{number:060}") for number in range(80)))
    await world.handle(spend("C-1", "900000", time="2026-03-01T11:00:00Z"))
    value = json.loads(world.sender.queues[Queue.NOTIFICATIONS][-1].body)
    assert value["data"]["eligibleProjectsOmitted"] > 0
    assert unlike(Answer(200, "", value), "notification") == []
    assert unlike_items(await world.get("customers/C-1/history"), "recorded-decision") == []


async def test_partners(programme: World) -> None:
    for each in ("P-fabrikam", "P-litware", "P-lamna", "P-woodgrove"):
        assert unlike(await programme.get(f"partners/{each}"), "partner") == []
        assert unlike_items(await programme.get(f"partners/{each}/customers"), "partner-customer") == []


async def test_upcoming(programme: World) -> None:
    assert unlike_items(await programme.get("upcoming"), "upcoming-item") == []


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
        started = await programme.post(f"rule-sets/{version}/preview", json.dumps({"action": action}).encode())
        await programme.handle()
        body = {"author": "A", "note": "N", "previewId": started.value["id"]}
        answer = await programme.post(f"rule-sets/{version}/{action}", json.dumps(body).encode())
        assert (answer.status, unlike(answer, "changed-rule-set")) == (200, [])
        assert answer.value["preview"]
        await programme.handle()
        assert unlike(await programme.get(f"rule-sets/{version}"), "rule-set-version") == []
        customer = (await programme.get("customers/C-1019")).value
        assert unlike(Answer(200, "", customer), "customer") == []


_PROJECTS = [{**PROJECT, "projectId": f"J-{number}"} for number in range(320)]
_ATTACHMENTS = [{"partnerId": f"P-{number}", "attached": True} for number in range(320)]
TOO_MANY_PAIRS = json.dumps({"customer": {"projects": _PROJECTS, "attachments": _ATTACHMENTS}}).encode()
PROBLEMS = [
    ("get_customer", "customers/C-none", b"", 404),
    ("get_customer", "customers/a b", b"", 400),
    ("get_eligibility", "customers/C-1/eligibility?On=2026-01-01", b"", 400),
    ("list_schemas", "schemas?limit=1", b"", 400),
    ("get_docs", "docs?theme=dark", b"", 400),
    ("get_eligibility", "customers/C-1/eligibility?on=2020-01-01", b"", 409),
    ("post_events", "events", b"[]", 400),
    ("post_events", "events", b"{", 400),
    ("post_events", "events", b" " * 6_000_000, 413),
    ("post_rule_set", "rule-sets", b'{"document": {}}', 422),
    ("post_rule_set", "rule-sets", b"<xml/>", 415),
    ("check", "check", b'{"on": 1, "customer": []}', 400),
    ("check", "check", b'{"customerId": "C-none"}', 404),
    ("check", "check", TOO_MANY_PAIRS, 422),
    ("check", "check", b'{"on": "2020-01-01"}', 409),
    ("check", "check", b"<xml/>", 415),
    ("post_events", "events", b"<xml/>", 415),
    ("activate_rule_set", "rule-sets/1/activate", b"<xml/>", 415),
    ("retire_rule_set", "rule-sets/1/retire", b"<xml/>", 415),
    ("retire_rule_set", "rule-sets/1/retire", b"", 409),
    ("post_preview", "rule-sets/1/preview", b"<xml/>", 415),
    ("redrive", "quarantine/0123/redrive", b" " * 2_000_000, 413),
]


@pytest.mark.parametrize(("name", "path", "body", "status"), PROBLEMS)
async def test_problems_are_of_a_status_and_a_form_that_are_declared(
    world: World, name: str, path: str, body: bytes, status: int
) -> None:
    await world.handle(*covered("C-1"))
    method, _, operation = OPERATIONS[name]
    headers = {"content_type": "application/xml"} if body.startswith(b"<") else {}
    place, _, query = path.partition("?")
    answer = await world.ask(method, place, body, dict(parse_qsl(query)), headers)
    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert str(status) in operation["responses"]
    assert unlike(answer, "problem") == []
    assert faults(closed(published("problem")), answer.value) == []


async def test_health_up_and_down(world: World) -> None:
    assert unlike(await world.get("health"), "health") == []
    world.store.down = True
    answer = await world.get("health")
    assert (answer.status, unlike(answer, "health")) == (503, [])


async def test_what_is_posted_is_told(world: World) -> None:
    assert unlike(await world.post("events", spend("C-1")), "acceptance") == []
    warned = await world.post("events", spend("C-1", application="finnance"))
    assert warned.value["warnings"]
    assert unlike(warned, "acceptance") == []
    world.sender.sends_left = 1
    partly = await world.post("events", b"[" + b",".join([spend("C-1")] * 2) + b"]")
    assert (partly.status, partly.value["queued"], unlike(partly, "problem")) == (503, [0], [])


async def test_what_if(programme: World) -> None:
    questions = [{"customerId": "C-1001"}, {"customerId": "C-1002", "on": "2025-01-01"}, {"customerId": "C-none"}, {}]
    answer = await programme.post("check", json.dumps(questions).encode())
    assert unlike(answer, "checked") == []
    for question in questions[:2]:
        one = await programme.post("check", json.dumps(question).encode())
        assert unlike(one, "checked") + unlike(one, "decision") == []


async def test_the_list_of_schemas(world: World) -> None:
    assert unlike(await world.get("schemas"), "schema-list") == []
