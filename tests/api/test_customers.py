"""``GET customers`` and ``GET customers/{id}``."""

import json
from dataclasses import replace
from typing import Any

from shared.api.customer_lists import list_customers
from shared.ports import Ports
from shared.storage.store import Table
from tests.api.given import attached, covered, detached, project, qualified, spend
from tests.api.world import World
from tests.watched_store import Call, WatchedStore


async def test_the_list_names_decided_customers_by_id_with_what_they_are_now(world: World) -> None:
    await world.handle(*qualified(), spend("C-2", "5"), *covered("C-10"))
    world.pass_time(hours=1)
    await world.handle(spend("C-1", "5"))
    answer = await world.get("customers")
    assert (answer.status, answer.type) == (200, "application/json")
    first, later = "2026-03-02T12:00:00.000000Z", "2026-03-02T13:00:00.000000Z"
    items = [
        {"customerId": "C-1", "status": "ineligible", "sequence": 1, "decidedAt": later, "why": short("5")},
        {"customerId": "C-10", "status": "eligible", "sequence": 2, "decidedAt": first, "why": "Eligible with J-1"},
        {"customerId": "C-2", "status": "ineligible", "sequence": 1, "decidedAt": first, "why": short("5")},
    ]
    names = {"name": None, "owner": None}
    beside = {
        **names,
        "since": "2026-03-02",
        "byException": False,
        "undecided": False,
        "losesOn": None,
        "gainsOn": None,
    }
    spends = ("5.00", "300000.00", "5.00")
    right = [{**each, **beside, "spend": amount} for each, amount in zip(items, spends, strict=True)]
    assert answer.value == {"items": right, "next": None}


def short(amount: str) -> str:
    return f"Annual spend on new deployments: USD {amount} of the 300,000 needed, and 1 more"


async def listed(world: World) -> dict[str, Any]:
    """What the list says of the one customer."""
    (item,) = (await world.get("customers")).value["items"]
    return {name: item[name] for name in ("since", "why")}


async def test_the_list_says_why_as_of_the_last_recorded_decision_and_since_when_the_status_is_what_it_is(
    world: World,
) -> None:
    await world.handle(spend("C-1", "5"))
    world.pass_time(days=1)
    await world.handle(spend("C-1", "6"))  # changes no outcome
    assert await listed(world) == {"since": "2026-03-02", "why": short("5")}
    world.pass_time(days=1)
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-04T09:30:00Z"))
    assert await listed(world) == {"since": "2026-03-04", "why": "Eligible with J-1"}


async def test_of_what_an_older_version_decided_the_list_says_why_once_it_is_decided_again(world: World) -> None:
    await world.handle(spend("C-1", "5"))
    row = await world.store.get(Table.CUSTOMERS, "C-1", "state~C-1")
    assert row is not None
    without = {name: each for name, each in row.properties.items() if name != "why"}
    await world.store.write(Table.CUSTOMERS, replace(row, properties=without), row.etag)
    assert (await listed(world))["why"] is None
    await world.handle(spend("C-1", "6"))
    assert (await listed(world))["why"] == short("6")
    assert (await world.get("customers/C-1")).value["decision"]["sequence"] == 1


async def test_the_list_is_empty_before_any_event(world: World) -> None:
    assert (await world.get("customers")).value == {"items": [], "next": None}


async def test_after_leaves_out_what_comes_up_to_it_whether_or_not_it_is_a_customer(world: World) -> None:
    await world.handle(spend("A"), spend("A-1"), spend("A.1"), spend("B"))
    listed = [each["customerId"] for each in (await world.get("customers", after="A-1")).value["items"]]
    assert listed == ["A.1", "B"]
    listed = [each["customerId"] for each in (await world.get("customers", after="A-zzz")).value["items"]]
    assert listed == ["A.1", "B"]


async def test_a_customer_is_told_with_each_fact_and_the_event_it_came_from(world: World) -> None:
    messages = [spend("C-1", endsOn="2027-01-01"), project("C-1"), attached("C-1")]
    ids = [json.loads(message)["id"] for message in messages]
    await world.handle(*messages)
    answer = await world.get("customers/C-1")
    assert (answer.status, answer.type) == (200, "application/json")
    events = [
        {"source": "/tests", "id": each, "type": f"fasttrack.{name}.v1", "time": "2026-03-01T09:30:00.000000Z"}
        for each, name in zip(ids, ("spend.updated", "project.updated", "partner.attached"), strict=True)
    ]
    licence = {"licenceId": "L-1", "application": "finance", "annualAmount": "300000", "currency": "USD"}
    assert answer.value["licences"] == [{**licence, "newDeployment": True, "endsOn": "2027-01-01", "event": events[0]}]
    planned = {"applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
    assert answer.value["projects"] == [{"projectId": "J-1", **planned, "event": events[1]}]
    assert answer.value["attachments"] == [{"partnerId": "P-1", "attached": True, "event": events[2]}]


async def test_a_detachment_is_told_as_an_attachment_that_is_no_longer(world: World) -> None:
    await world.handle(attached("C-1"), detached("C-1"))
    [fact] = (await world.get("customers/C-1")).value["attachments"]
    assert (fact["partnerId"], fact["attached"]) == ("P-1", False)
    assert fact["event"]["type"] == "fasttrack.partner.detached.v1"


async def test_a_customer_is_told_with_its_current_decision(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    answer = (await world.get("customers/C-1")).value
    decision = answer["decision"]
    assert (answer["customerId"], answer["decidedAt"]) == ("C-1", "2026-03-02T12:00:00.000000Z")
    assert (decision["status"], decision["eligibleProjects"], decision["sequence"]) == ("eligible", ["J-1"], 2)
    assert (decision["decidedOn"], decision["ruleSetVersion"]) == ("2026-03-02", 1)
    assert decision["cause"]["type"] == "fasttrack.partner.attached.v1"
    assert decision["criteria"]["verdict"] == "met"
    assert decision["benefits"]
    assert "selfGuidedResources" not in decision


async def test_a_customer_no_event_told_of_is_not_found(world: World) -> None:
    for path in ("customers/C-1", "customers/C-1/eligibility", "customers/C-1/history"):
        answer = await world.get(path)
        assert (answer.status, answer.type) == (404, "application/problem+json"), path
        assert "C-1" in answer.value["detail"]


async def test_texts_beyond_ascii_are_answered_as_they_came(world: World) -> None:
    await world.handle(json.dumps({**json.loads(spend("C-1")), "source": "/büro/東京"}).encode())
    [licence] = (await world.get("customers/C-1")).value["licences"]
    assert licence["event"]["source"] == "/büro/東京"


async def test_a_page_of_the_list_reads_a_row_a_customer_whatever_is_recorded_of_them(world: World) -> None:
    for number in range(3):
        for day in range(1, 5):
            amount = ("300000", "1")[day % 2]
            await world.handle(*covered(f"C-{number}"), spend(f"C-{number}", amount, time=f"2026-02-0{day}T00:00:00Z"))
    store = WatchedStore(world.store)
    page = await list_customers(Ports(store, world.sender), "", None, "", "", 2, (None, ""))
    assert ([each["customerId"] for each in page["items"]], page["next"]) == (["C-0", "C-1"], "C-1")
    assert store.calls == [Call("query", Table.DIRECTORY), *[Call("get", Table.CUSTOMERS)] * 2]


async def test_a_customer_in_the_directory_that_is_not_decided_yet_makes_a_page_shorter(world: World) -> None:
    await world.handle(spend("C-1"), spend("C-3"))
    await world.ports.indexes.enter_in_directory("C-2")
    first = (await world.get("customers", limit=2)).value
    assert ([each["customerId"] for each in first["items"]], first["next"]) == (["C-1"], "C-2")
    last = (await world.get("customers", limit=2, after="C-2")).value
    assert ([each["customerId"] for each in last["items"]], last["next"]) == (["C-3"], None)
