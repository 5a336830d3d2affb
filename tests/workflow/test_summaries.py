"""The summary of a recorded decision: made when it is recorded, and the same bytes from then on."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.commands.decide_again import decide_again
from shared.api.customers import get_customer, get_eligibility, get_history, get_recorded
from shared.domain.decision import Status
from shared.own_json import compact_bytes
from shared.storage import keys
from shared.storage.rows import compressed, packed
from shared.storage.store import ANY, Row, Table
from tests import events, older_version
from tests.api.validators import faults
from tests.world import World

type Json = dict[str, Any]

PUBLISHED = Path(__file__).parents[2] / "shared" / "api" / "published"
WORDS = [{"verdict": "met", "text": "Written by another version"}]


async def decided() -> World:
    world = World()
    await world.post(*events.qualified("P-1"), *events.eligible("C-1"))
    return world


async def recorded_as(world: World, **summary: Any) -> bytes:
    """Give the last recorded decision another summary, or none, as another version would have; its bytes."""
    sequence = (await world.state()).sequence
    notified = json.loads(await world.ports.customers.notification("C-1", sequence))
    del notified["data"]["summary"]
    notified["data"] |= summary
    body = compact_bytes(notified)
    row = Row("C-1", keys.recorded_decision("C-1", sequence), packed("notification", compressed(body)))
    await world.store.merge(Table.CUSTOMERS, row, ANY)
    return body


async def sent_again(world: World) -> bytes:
    """What is sent if nobody noted that the last notification was."""
    await world.store.merge(Table.CUSTOMERS, Row("C-1", keys.customer_state("C-1"), {"sent": 0}), ANY)
    await world.post(events.spend("C-1"))
    return compact_bytes(world.notifications()[-1])


async def test_it_is_in_the_notification_in_the_history_and_in_what_a_question_is_answered_with() -> None:
    world = await decided()
    notified = world.notifications()[-1]["data"]
    assert notified["summary"][0]["text"] == "Eligible with J-1"
    assert (await get_eligibility(world.ports, "C-1", None))["summary"] == notified["summary"]
    assert ((await get_customer(world.ports, "C-1"))["decision"] or {})["summary"] == notified["summary"]
    assert (await get_history(world.ports, "C-1", None, 1))["items"][0]["summary"] == notified["summary"]


async def test_it_says_what_else_is_so_though_the_recorded_tree_has_only_what_decided() -> None:
    world = await decided()
    await world.post(events.spend("C-1", "1", time="2026-03-02T00:00:00Z"))
    summary = world.notifications()[-1]["data"]["summary"]
    assert [each["verdict"] for each in summary[:2]] == ["unmet", "unmet"]
    assert {each["verdict"] for each in summary[2:]} == {"met"}


@pytest.mark.parametrize("summary", [{"summary": WORDS}, {}], ids=["in other words", "without one"])
async def test_what_another_version_recorded_is_answered_and_sent_again_as_it_was(summary: Json) -> None:
    world = await decided()
    body = await recorded_as(world, **summary)
    assert await sent_again(world) == body
    (item,) = (await get_history(world.ports, "C-1", None, 1))["items"]
    assert item.get("summary") == summary.get("summary")
    schema = json.loads((PUBLISHED / "schemas" / "notification.json").read_text("utf-8"))
    assert faults(schema, json.loads(body)) == []


@pytest.mark.parametrize("summary", [{"summary": WORDS}, {}], ids=["in other words", "without one"])
async def test_what_another_version_recorded_replays_to_the_same(summary: Json) -> None:
    world = await decided()
    await recorded_as(world, **summary)
    answer = await get_recorded(world.ports, "C-1", (await world.state()).sequence)
    assert decide_again(json.loads(json.dumps(answer))) == []


LATER = "2026-03-02T00:00:00Z"
LOST = [
    ("endedOn", events.certified("P-1", "none", validFrom="2026-05-01", time=LATER)),
    ("notCounted", events.spend("C-1", newDeployment=False, time=LATER)),
]


@pytest.mark.parametrize(("added", "event"), LOST, ids=[added for added, _ in LOST])
async def test_what_a_version_without_summaries_recorded_replays_though_its_tree_said_less(
    added: str, event: bytes
) -> None:
    """And what differs in all that both say is still found."""
    world = await decided()
    await world.post(event)
    answer = json.loads(json.dumps(await get_recorded(world.ports, "C-1", (await world.state()).sequence)))
    assert f'"{added}"' in json.dumps(answer)
    del answer["summary"]
    without = json.loads(json.dumps(answer), object_hook=as_it_was)
    assert f'"{added}"' not in json.dumps(without)
    assert decide_again(without) == []
    without["criteria"]["actual"] = "2 of 2 met"
    assert len(decide_again(without)) == 1


def as_it_was(value: Json) -> Json:
    added = ("endedOn", "endedLevel", "startsOn", "startsLevel", "notCounted")
    return {name: each for name, each in value.items() if name not in added}


async def test_the_reasons_in_one_line_are_not_those_of_before_an_older_version_decided() -> None:
    world = await decided()
    await world.post(events.spend("C-1", "1", time=LATER), ports=older_version.ports(world))
    await world.post(events.spend("C-1", "2", time="2026-03-03T00:00:00Z"))
    state = await world.state()
    assert (state.sequence, state.outcome.status) == (len(world.told()), Status.INELIGIBLE)
    assert state.why == "Annual spend on new deployments: USD 2 of the 300,000 needed"


async def test_a_repeat_on_a_later_day_has_the_same_bytes() -> None:
    """Even though what would be said now is something else."""
    world = await decided()
    before = compact_bytes(world.notifications()[-1])
    world.now += timedelta(days=400)
    assert await sent_again(world) == before
