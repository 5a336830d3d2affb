"""The sweep that settles rows that went back may die, fail and run twice (F39)."""

from contextlib import suppress
from datetime import timedelta

import pytest

from shared.storage.gone_back import GoneBack, RowsGoneBack
from shared.storage.store import ANY, Row, StoreUnavailableError, Table
from shared.workflow import gone_back as sweeping
from shared.workflow.gone_back import ACCEPTED_AFTER, sweep_gone_back
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.gone_back import Deaf, Made, both, dependencies, noted, swept
from tests.restored import moment, put_back
from tests.watched_store import Call, WatchedStore, breaking_at
from tests.world import World


@both
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_sweep_that_dies_at_any_call_is_made_up_for_by_the_next(gone_back: Made, after: bool) -> None:
    counted = await noted(gone_back)
    counting = WatchedStore(counted.store)
    await sweep_gone_back(counted.worker(counting))
    for number in range(1, len(counting.calls) + 1):
        world = await noted(gone_back)
        watched = WatchedStore(world.store, **{"after" if after else "before": breaking_at(number)})
        with suppress(StoreUnavailableError):
            await sweep_gone_back(world.worker(watched))
        await world.settle()
        for _ in range(3):
            await swept(world)
            await sweep_fan_outs(world.ports)
            await world.settle()
        assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"], number
        assert "rows" not in await dependencies(world)


@both
async def test_a_sweep_that_cannot_send_leaves_its_fan_out_to_be_found(gone_back: Made) -> None:
    world = await noted(gone_back)
    await sweep_gone_back(world.worker(sender=Deaf()))
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["ineligible", "ineligible"]
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]


@both
@pytest.mark.parametrize("call", [1, 2, 3, 4, 5, 6, 7, 8])
async def test_two_sweeps_at_once_accept_it_once(gone_back: Made, call: int) -> None:
    world = await noted(gone_back)
    other, left = world.worker(), call

    async def meanwhile(_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            await sweep_gone_back(other)

    await sweep_gone_back(world.worker(WatchedStore(world.store, before=meanwhile)))
    await world.settle()
    state = await world.state()
    assert state.outcome.status == "eligible"
    stored = (await world.ports.partners.load("P-1")).partner.revision
    assert state.evidence.partners == {"P-1": stored}
    assert [sequence for sequence, _ in world.told()] == list(range(1, state.sequence + 1))


async def test_a_sweep_ends_in_time_and_the_next_goes_on_where_it_was() -> None:
    world = World()
    noting = RowsGoneBack(world.ports.rows)
    for number in range(5):
        await noting.note(GoneBack(f"P-{number}", 1, world.ports.timestamp()))
    world.now += ACCEPTED_AFTER + timedelta(seconds=1)

    async def slow(call: Call) -> None:
        if call == Call("delete", Table.WORK):
            world.now += timedelta(minutes=2)

    for left in (3, 1, 0):
        await sweep_gone_back(world.worker(WatchedStore(world.store, before=slow)))
        assert len(await noting.page("", 10)) == left
    for _ in range(2):
        await sweep_gone_back(world.ports)
    assert await noting.page("", 10) == []


async def test_rows_that_cannot_be_settled_do_not_keep_those_after_them_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 1)
    monkeypatch.setattr(sweeping, "LONGEST_SWEEP", timedelta(0))
    world = World()
    noting = RowsGoneBack(world.ports.rows)
    for number in range(3):
        await noting.note(GoneBack(f"P-{number}", 1, world.ports.timestamp()))
    await world.store.merge(Table.PARTNERS, Row("P-0", "summary~P-0", {"format": 2}), ANY)
    world.now += ACCEPTED_AFTER + timedelta(seconds=1)

    async def slow(_: Call) -> None:
        world.now += timedelta(seconds=1)

    for _ in range(3):
        await sweep_gone_back(world.worker(WatchedStore(world.store, before=slow)))
    assert [each.partner_id for each in await noting.page("", 10)] == ["P-0"]


async def test_a_note_is_settled_whatever_of_the_table_work_was_set_back_while_it_was_made() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await moment(world.store)

    async def lost(call: Call) -> None:
        if call == Call("write", Table.WORK):
            await put_back(world.store, Table.WORK, before[Table.WORK])

    noting = RowsGoneBack(world.worker(WatchedStore(world.store, before=lost)).rows)
    await noting.note(GoneBack("P-1", 1, world.ports.timestamp()))
    assert (await dependencies(world))["rows"].startswith("rows of partners or of the rules are older")
    await sweep_gone_back(world.ports)
    assert await noting.page("", 10) == []
    assert "rows" not in await dependencies(world)
