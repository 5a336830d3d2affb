"""Due rows in parts, and those of the last released version: each version's dates come, whichever sweeps them."""

from datetime import timedelta
from pathlib import Path

from local.commands.repairing.reconcile import differences
from shared.settings import RELEASED
from shared.storage import keys
from shared.storage.store import Span, Table
from shared.workflow.sweep import sweep_due
from tests import events
from tests.due_rows import as_older, due_rows, told_of_older
from tests.released.test_released_rows import loaded, released, written
from tests.world import World

CUSTOMERS = ("D-1", "D-2", "D-3")
"""None of those of the events that follow: they would be decided by their own."""


async def eligible_until_july() -> World:
    """Both days of it come while the released version goes on."""
    world = await World().unwarned()
    await world.post(*events.qualified(validUntil="2026-07-31"))
    for customer in CUSTOMERS:
        await world.post(*events.eligible(customer))
    return world


async def by_the_released_one(world: World, folder: Path) -> dict[str, str]:
    """What it makes of these rows in half a year: everybody's status."""
    after = await loaded(released(RELEASED[-1], folder, await written(world)))
    return {each: await after.status(each) for each in CUSTOMERS}


async def test_what_was_written_beside_the_last_released_version_is_swept_by_it(tmp_path: Path) -> None:
    world = World()
    world.ports = told_of_older(world)
    await world.post(*events.qualified(validUntil="2026-07-31"))
    for customer in CUSTOMERS:
        await world.post(*events.eligible(customer))
    assert await by_the_released_one(world, tmp_path) == dict.fromkeys(CUSTOMERS, "ineligible")


async def test_before_a_rollback_rows_are_moved_to_where_the_released_version_sweeps_them(tmp_path: Path) -> None:
    world = await eligible_until_july()
    assert await by_the_released_one(world, tmp_path / "too early") == dict.fromkeys(CUSTOMERS, "eligible")
    await sweep_due(told_of_older(world))
    assert await by_the_released_one(world, tmp_path / "moved") == dict.fromkeys(CUSTOMERS, "ineligible")


async def test_rows_in_parts_stop_no_sweep_of_the_released_version_and_wait_for_this_one(tmp_path: Path) -> None:
    """Its own rows are swept; those in parts are swept when this version runs again."""
    world = await eligible_until_july()
    await as_older(world)
    for each in (await due_rows(world.ports))[1:]:
        await world.ports.work.move_due(each)
    after = await loaded(released(RELEASED[-1], tmp_path, await written(world)))
    assert [await after.status(each) for each in CUSTOMERS] == ["ineligible", "eligible", "eligible"]
    after.now += timedelta(days=130, minutes=30)
    await sweep_due(after.ports)
    await after.settle()
    assert [await after.status(each) for each in CUSTOMERS] == ["ineligible"] * 3
    assert await due_rows(after.ports) == []
    assert [each async for each in differences(after.ports)] == []


async def test_dates_that_the_released_version_wrote_are_swept_by_this_one() -> None:
    world = await eligible_until_july()
    await as_older(world)
    rows = await world.store.query(Table.WORK, Span(partition_from=keys.DUE + "~", partition_to=keys.DUE + "~~"), 10)
    assert {row.partition for row in rows} == {"due~2026-08-01"}
    world.now += timedelta(days=100)
    await sweep_due(world.ports)
    await world.settle()
    assert [await world.status(each) for each in CUSTOMERS] == ["ineligible"] * 3
    assert await due_rows(world.ports) == []
