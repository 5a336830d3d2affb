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


@pytest.fixture
def app_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")


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
