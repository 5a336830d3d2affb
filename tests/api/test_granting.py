"""Exceptions over HTTP: with app roles they take a role of their own, and are approved by who posts them."""

import base64
import json
from typing import Any

import pytest

from shared.messaging.sender import Queue
from tests.api.world import Answer, World
from tests.events import granted, spend
from tests.functions.principals import principal

GRANTED = granted(approvedBy="somebody else")
CLOUDEVENT = {"content_type": "application/cloudevents+json"}


async def post(world: World, body: bytes, *roles: str, path: str = "events", **headers: str) -> Answer:
    told = {"x_ms_client_principal": principal(*roles, preferred_username="lead@example.com")}
    return await world.post(path, body, **told, **headers)


def queued(world: World) -> list[dict[str, Any]]:
    return [json.loads(each.body)["data"] for each in world.sender.queues[Queue.EVENTS]]


def in_base64(event: bytes) -> bytes:
    value = json.loads(event)
    data = base64.b64encode(json.dumps(value.pop("data")).encode()).decode()
    return json.dumps({**value, "data_base64": data}).encode()


@pytest.mark.usefixtures("app_roles")
@pytest.mark.parametrize("body", [GRANTED, in_base64(GRANTED), b"[%b]" % GRANTED, granted(revoked=True)])
async def test_who_may_publish_events_may_not_grant_an_exception(world: World, body: bytes) -> None:
    answer = await post(world, body, "Events.Publish")
    assert (answer.status, answer.value["title"]) == (403, "Forbidden")
    assert "Exceptions.Manage" in answer.value["detail"]
    assert not queued(world)


@pytest.mark.usefixtures("app_roles")
async def test_of_a_batch_with_an_exception_nothing_is_queued(world: World) -> None:
    answer = await post(world, b"[%b, %b]" % (spend(), GRANTED), "Events.Publish")
    assert answer.status == 403
    assert answer.value["detail"].startswith("$[1] ")
    assert not queued(world)


@pytest.mark.usefixtures("app_roles")
@pytest.mark.parametrize("body", [GRANTED, in_base64(GRANTED), b"[%b]" % GRANTED])
async def test_the_verified_caller_approves_it_whatever_was_given(world: World, body: bytes) -> None:
    assert (await post(world, body, "Events.Publish", "Exceptions.Manage")).status == 202
    (data,) = queued(world)
    assert data == json.loads(GRANTED)["data"] | {"approvedBy": "lead@example.com"}


@pytest.mark.usefixtures("app_roles")
async def test_other_events_take_no_such_role(world: World) -> None:
    assert (await post(world, spend(), "Events.Publish")).status == 202


async def test_with_keys_nobody_is_verified_and_it_stays_as_given(world: World) -> None:
    assert (await post(world, GRANTED, "Events.Publish")).status == 202
    assert [each["approvedBy"] for each in queued(world)] == ["somebody else"]


async def test_the_queue_is_trusted(world: World) -> None:
    await world.handle(GRANTED)
    (fact,) = (await world.get("customers/C-1")).value["exceptions"]
    assert (fact["exceptionId"], fact["approvedBy"]) == ("X-1", "somebody else")


@pytest.mark.usefixtures("app_roles")
@pytest.mark.parametrize(("roles", "status"), [((), 403), (("Exceptions.Manage",), 202)])
async def test_so_is_a_corrected_one_posted_in_a_messages_place(
    world: World, roles: tuple[str, ...], status: int
) -> None:
    await world.handle(b"not an event")
    ((message,), _) = await world.ports.quarantine.page("", 1)
    body = json.dumps({"body": GRANTED.decode()}).encode()
    answer = await post(world, body, "Operations.Manage", *roles, path=f"quarantine/{message.id}/resubmit")
    assert answer.status == status
    assert [each["approvedBy"] for each in queued(world)] == (["lead@example.com"] if status == 202 else [])
    assert (await world.ports.quarantine.page("", 1))[0][0].state == ("resubmitted" if status == 202 else "kept")


async def test_a_what_if_question_about_one_takes_no_role(world: World) -> None:
    customer = {
        "exceptions": [{name: each for name, each in json.loads(GRANTED)["data"].items() if name != "customerId"}]
    }
    answer = await world.post("check", json.dumps({"customer": customer}).encode())
    assert answer.status == 200


async def grant(world: World, **members: object) -> Answer:
    return await world.post("customers/C-1/exceptions", json.dumps(members).encode())


GRANT = {"reason": "agreed", "approvedBy": "Ada Lovelace", "validUntil": "2026-06-30"}


async def listed(world: World, **params: object) -> list[tuple[str, str]]:
    items = (await world.get("customers/C-1/exceptions", **params)).value["items"]
    return [(each["exceptionId"], each["state"]) for each in items]


async def test_an_exception_is_granted_by_an_event_on_the_queue(world: World) -> None:
    await world.handle(spend())
    answer = await grant(world, **GRANT)
    assert (answer.status, answer.value["verified"], answer.value["approvedBy"]) == (202, False, "Ada Lovelace")
    (data,) = queued(world)
    name = answer.value["exceptionId"]
    assert data == {"customerId": "C-1", "exceptionId": name, "validFrom": "2026-03-02", **GRANT}
    await world.handle_queued()
    assert await listed(world) == [(name, "holds")]


async def test_none_is_granted_while_a_version_may_run_that_handles_no_customer_with_one(world: World) -> None:
    await world.handle(spend())
    world.ports.oldest_version = "0.2.0"
    answer = await grant(world, **GRANT)
    assert (answer.status, answer.value["title"]) == (409, "Not while an older version may run")
    assert queued(world) == []


async def test_one_is_revoked_by_its_id_and_stays_as_it_was_granted(world: World) -> None:
    await world.handle(spend(), granted(reason="agreed"))
    answer = await grant(world, exceptionId="X-1", revoked=True, approvedBy="Grace Hopper")
    assert answer.status == 202
    (data,) = queued(world)
    assert (data["reason"], data["approvedBy"], data["revoked"]) == ("agreed", "Grace Hopper", True)
    await world.handle_queued()
    assert await listed(world) == [("X-1", "revoked")]


async def test_the_change_log_says_who_granted_what_and_why(world: World) -> None:
    await world.handle(spend(), granted(reason="agreed"))
    await grant(world, **GRANT)
    world.pass_time(seconds=1)
    await grant(world, exceptionId="X-1", revoked=True, approvedBy="Grace Hopper", reason="no longer")
    revoked, made = (await world.get("log")).value["items"]
    said = ("action", "kind", "subject", "detail", "by", "verified", "why", "done")
    assert [revoked[name] for name in said] == [
        *("revoked", "customer", "C-1", "X-1", "Grace Hopper", False, "no longer", True)
    ]
    assert (made["action"], made["by"], made["why"]) == ("granted", "Ada Lovelace", "agreed")


async def test_they_are_listed_by_their_last_day_a_page_at_a_time(world: World) -> None:
    ends = {"X-1": "2026-03-02", "X-2": "2026-03-01", "X-3": "2026-12-31", "X-4": "2027-12-31"}
    starts = {"X-4": "2026-04-01"}
    for name, day in ends.items():
        await world.handle(granted(exception=name, validUntil=day, validFrom=starts.get(name, "2026-01-01")))
    assert await listed(world) == [("X-2", "ended"), ("X-1", "holds"), ("X-3", "holds"), ("X-4", "starts")]
    pages = [page async for page in world.pages("customers/C-1/exceptions", "after", 3)]
    assert [[each["exceptionId"] for each in page] for page in pages] == [["X-2", "X-1", "X-3"], ["X-4"]]
    item = pages[0][1]
    assert item == {
        "customerId": "C-1",
        "name": None,
        "owner": None,
        "exceptionId": "X-1",
        "state": "holds",
        "reason": "agreed",
        "approvedBy": "Ada Lovelace",
        "validFrom": "2026-01-01",
        "validUntil": "2026-03-02",
        "changedAt": "2026-03-01T00:00:00.000000Z",
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reason": None}, "$.reason"),
        ({"reason": "a\nb"}, "$.reason"),
        ({"approvedBy": None}, "$.approvedBy"),
        ({"validUntil": "soon"}, "$.validUntil"),
        ({"validUntil": "2026-03-01"}, "$.validUntil"),
        ({"exceptionId": "a b"}, "$.exceptionId"),
        ({"revoked": "yes"}, "$.revoked"),
        ({"until": "2026-06-30"}, "$.until"),
    ],
)
async def test_a_grant_that_is_wrong_names_the_member(world: World, changes: dict[str, object], path: str) -> None:
    await world.handle(spend())
    answer = await grant(world, **{**GRANT, **changes})
    assert (answer.status, answer.error_paths) == (400, [path])
    assert not queued(world)


async def test_neither_an_unknown_customer_nor_an_unknown_exception_is_found(world: World) -> None:
    assert (await grant(world, **GRANT)).status == 404
    await world.handle(spend())
    assert (await grant(world, exceptionId="X-9", revoked=True, approvedBy="Ada")).status == 404
    assert (await world.get("customers/C-9/exceptions")).status == 404


async def test_where_no_rule_set_allows_exceptions_the_answer_warns_of_that(world: World) -> None:
    await world.handle(spend())
    said = "counts for nothing: no rule set of today or later allows exceptions"
    assert (await grant(world, **GRANT)).value["warnings"] == [{"path": "$", "message": said}]
    posted = await post(world, GRANTED)
    assert posted.value["warnings"] == [{"path": "$.data", "message": said}]


@pytest.mark.usefixtures("app_roles")
async def test_the_verified_caller_grants_in_its_own_name_and_needs_the_role(world: World) -> None:
    await world.handle(spend())
    body = json.dumps(GRANT).encode()
    for role in ("Events.Publish", "Operations.Manage", "Rules.Manage", "Eligibility.Read"):
        assert (await post(world, body, role, path="customers/C-1/exceptions")).status == 403
    answer = await post(world, body, "Exceptions.Manage", path="customers/C-1/exceptions")
    assert (answer.value["approvedBy"], answer.value["verified"]) == ("lead@example.com", True)
    assert [each["approvedBy"] for each in queued(world)] == ["lead@example.com"]
