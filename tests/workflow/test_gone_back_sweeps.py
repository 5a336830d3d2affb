"""The sweep that settles rows that went back may die, fail and run twice (F39)."""

from contextlib import suppress
from datetime import timedelta

import pytest

from shared.storage.store import StoreUnavailableError
from shared.workflow.gone_back import sweep_gone_back
from shared.workflow.sweep import sweep_fan_outs
from tests.gone_back import Deaf, Made, both, dependencies, noted, swept
from tests.watched_store import WatchedStore, breaking_at


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
