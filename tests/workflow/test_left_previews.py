"""A preview that nothing goes on with is handed on, or ended as out of date."""

import json
from datetime import timedelta

import pytest

from shared.api.previews import get_preview, post_preview
from shared.messaging.sender import Queue
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.population import places, walk
from shared.workflow.population.walk import GIVEN_UP_AFTER, LEFT_AFTER, sweep_questions
from shared.workflow.recompute import recompute
from tests.restored import moment, put_back
from tests.workflow.test_change_rules import draft, programme
from tests.world import World


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHARES", 1)
    monkeypatch.setattr(places, "PAGE", 2)
    monkeypatch.setattr(walk, "PAGES_PER_CALL", 1)


async def set_back_to_running() -> tuple[World, int, str]:
    """A preview of five customers, finished; then its table is restored to when it had looked at two."""
    world = await programme(5)
    world.now += timedelta(hours=1)  # all were in the population index before
    version = await draft(world, amount="340000")
    preview_id = (await post_preview(world.ports, version, {}))["id"]
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)
    before = await moment(world.store)
    await world.settle()
    assert (await get_preview(world.ports, version, preview_id))["state"] == "finished"
    await put_back(world.store, Table.QUESTIONS, before[Table.QUESTIONS])
    assert (await get_preview(world.ports, version, preview_id))["state"] == "running"
    return world, version, preview_id


async def swept(world: World, later: timedelta) -> None:
    world.now += later + timedelta(seconds=1)
    await sweep_questions(world.ports)


async def test_one_set_back_to_running_goes_on_where_it_was() -> None:
    world, version, preview_id = await set_back_to_running()
    await swept(world, LEFT_AFTER)
    await world.settle()
    preview = await get_preview(world.ports, version, preview_id)
    assert (preview["state"], preview["outOfDate"], preview["done"]) == ("finished", False, 5)


async def test_one_that_has_just_made_progress_is_left_alone() -> None:
    world, *_ = await set_back_to_running()
    await swept(world, timedelta(minutes=1))
    assert not world.sent.queues[Queue.RECOMPUTE]


async def test_one_of_other_rules_ends_as_out_of_date() -> None:
    world, version, preview_id = await set_back_to_running()
    await activate(world.ports, version)
    world.sent.queues[Queue.RECOMPUTE].clear()
    await swept(world, LEFT_AFTER)
    preview = await get_preview(world.ports, version, preview_id)
    assert (preview["state"], preview["outOfDate"], preview["done"]) == ("finished", True, 2)
    assert not world.sent.queues[Queue.RECOMPUTE]


async def test_one_that_has_come_no_further_for_a_day_ends_as_out_of_date() -> None:
    world, version, preview_id = await set_back_to_running()
    await swept(world, GIVEN_UP_AFTER)
    preview = await get_preview(world.ports, version, preview_id)
    assert (preview["state"], preview["outOfDate"]) == ("finished", True)


async def test_one_that_cannot_be_read_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    world, version, preview_id = await set_back_to_running()
    other = (await post_preview(world.ports, version, {}))["id"]
    load = world.ports.questions.load
    world.sent.queues[Queue.RECOMPUTE].clear()
    first = preview_id

    async def broken(name: str) -> object:
        if name == first:
            raise ValueError
        return await load(name)

    monkeypatch.setattr(world.ports.questions, "load", broken)
    await swept(world, LEFT_AFTER)
    assert {json.loads(each.body)["preview"] for each in world.sent.queues[Queue.RECOMPUTE]} == {other}
