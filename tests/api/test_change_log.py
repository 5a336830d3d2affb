"""``GET log``: who did what and why, newest first; nothing is missing, and nothing is there that did not happen."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.who import Who
from shared.messaging.sender import Queue
from shared.storage.change_log import CLOSED, MESSAGE
from shared.storage.quarantined import Quarantined, id_of
from shared.workflow.change_log import logged
from shared.workflow.retention import LOG_KEPT_FOR, remove_expired
from tests.api.given import spend
from tests.api.test_rule_set_life import post, stricter
from tests.api.world import World


async def entries(world: World, **params: object) -> list[dict[str, Any]]:
    answer = await world.get("log", **params)
    assert answer.status == 200
    items: list[dict[str, Any]] = answer.value["items"]
    return items


async def kept(world: World, body: bytes) -> str:
    message = Quarantined(Queue.EVENTS.value, body, world.ports.timestamp(), "failed 5 times", (), 5)
    await world.ports.quarantine.keep(message)
    return id_of(Queue.EVENTS.value, body)


async def end(world: World, path: str, **body: object) -> None:
    world.pass_time(seconds=1)
    answer = await world.post(f"quarantine/{path}", json.dumps(body).encode())
    assert answer.status in (200, 202), answer.value


async def test_changes_of_rules_are_listed_newest_first_with_who_and_why(world: World) -> None:
    await post(world, stricter(), author="Ada", note="from the board")
    world.pass_time(seconds=1)
    await world.post("rule-sets/2/activate", b'{"author": "Bo", "note": "agreed"}')
    world.pass_time(seconds=1)
    retired = await world.post("rule-sets/2/retire")
    epochs = [each["epoch"] for each in retired.value["changes"]]
    told = await entries(world)
    assert [(each["action"], each["subject"], each["by"], each["why"], each["epoch"]) for each in told] == [
        ("retired", "2", None, None, epochs[0]),
        ("activated", "2", "Bo", "agreed", epochs[1]),
        ("drafted", "2", "Ada", "from the board", None),
    ]
    assert [each["at"] for each in told] == [f"2026-03-02T12:00:0{second}.000000Z" for second in (2, 1, 0)]
    assert {(each["kind"], each["verified"], each["done"]) for each in told} == {("rule-set", False, True)}


async def test_what_changes_nothing_and_what_is_refused_is_not_listed(world: World) -> None:
    await post(world, stricter())
    before = await entries(world)
    assert (await world.post("rule-sets/1/activate")).status == 200
    assert (await world.post("rule-sets/1/retire")).status == 409
    assert (await world.post("rule-sets/9/activate")).status == 404
    message = await kept(world, b"{}")
    assert (await world.post(f"quarantine/{message}/close", b'{"reason": " "}')).status == 400
    await end(world, "close", ids=[message], reason="a test", dryRun=True)
    await end(world, "redrive", ids=[message])
    assert await entries(world) == before


async def test_what_people_end_in_quarantine_is_listed_once_a_call(world: World) -> None:
    ids = [await kept(world, spend(f"C-{number}")) for number in range(4)]
    await end(world, f"{ids[0]}/close", reason="a test", author="Bo")
    await end(world, f"{ids[0]}/close", reason="again")
    await end(world, f"{ids[1]}/redrive", author="Cy")
    await end(world, f"{ids[2]}/resubmit", body=spend("C-2").decode())
    await end(world, "close", ids=ids, reason="of a test")
    bad = [await kept(world, body) for body in (b"{}", b"{ }")]
    fault = (await world.get("quarantine/faults")).value["items"][0]["fault"]
    await end(world, "close", fault=fault, reason="all of it", author="Bo")
    told = [(each["action"], each["kind"], each["subject"], each["count"], each["by"]) for each in await entries(world)]
    assert told == [
        ("closed", "fault", fault, len(bad), "Bo"),
        ("closed", "message", " ".join(ids), 1, None),
        ("resubmitted", "message", ids[2], 1, None),
        ("redriven", "message", ids[1], 1, "Cy"),
        ("closed", "message", ids[0], 1, "Bo"),
    ]


async def test_a_process_that_ends_in_the_middle_leaves_an_entry_that_says_so(world: World) -> None:
    message = await kept(world, b"{}")
    with pytest.raises(KeyboardInterrupt):
        async with logged(world.ports, CLOSED, MESSAGE, message, Who("Bo"), "a test"):
            raise KeyboardInterrupt
    (entry,) = await entries(world)
    assert (entry["done"], entry["count"], entry["by"], entry["why"]) == (False, 0, "Bo", "a test")


async def test_what_is_made_is_not_told_as_failed_because_its_entry_cannot_be_marked(world: World) -> None:
    async with logged(world.ports, CLOSED, MESSAGE, "7", Who("Bo")):
        world.store.down = True
    world.store.down = False
    (entry,) = await entries(world)
    assert not entry["done"]


async def test_nothing_is_changed_if_it_cannot_be_entered(world: World) -> None:
    message = await kept(world, b"{}")
    world.store.down = True
    assert (await world.post(f"quarantine/{message}/close", b'{"reason": "a test"}')).status == 503
    world.store.down = False
    assert (await world.get(f"quarantine/{message}")).value["state"] == "kept"


async def test_pages_follow_each_other_in_order_also_within_a_millisecond(world: World) -> None:
    for number in range(7):
        await post(world, stricter(str(400_000 + number)))
        world.pass_time(seconds=number % 2)
    pages = [page async for page in world.pages("log", "before", 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    told = [each for page in pages for each in page]
    assert sorted(each["subject"] for each in told) == [str(version) for version in range(2, 9)]
    assert [each["at"] for each in told] == sorted((each["at"] for each in told), reverse=True)


@pytest.mark.parametrize("params", [{"before": "x y"}, {"limit": "0"}, {"after": "1"}])
async def test_a_parameter_that_is_not_right_is_told(world: World, params: dict[str, str]) -> None:
    answer = await world.get("log", **params)
    assert (answer.status, answer.error_paths) == (400, [*params])


async def test_entries_go_after_400_days_and_not_before(world: World) -> None:
    await post(world, stricter())
    world.now += LOG_KEPT_FOR - timedelta(minutes=1)
    await post(world, stricter("400000"))
    await remove_expired(world.ports)
    assert len(await entries(world)) == 2
    world.pass_time(days=2)
    await remove_expired(world.ports)
    assert [each["subject"] for each in await entries(world)] == ["3"]
    assert (await world.get("rule-sets/2")).status == 200
