"""The largest customer there may be, on the path of its events."""

import asyncio
from dataclasses import replace
from time import process_time, thread_time

from shared.domain.customer_state import MAX_PAIRS
from tests import events
from tests.world import World

PROJECTS, PARTNERS = 200, 100


async def largest() -> World:
    """200 projects with 100 partners on all of them, decided once."""
    world = World()
    await world.post(events.spend(), events.project(), events.attached())
    loaded = await world.ports.customers.load("C-1")
    registers = {kind: dict(held) for kind, held in loaded.state.registers.items()}
    for held, member, count in (("project", "projectId", PROJECTS), ("attachment", "partnerId", PARTNERS)):
        ((key, one),) = registers[held].items()  # type: ignore[index]
        for number in range(1, count):
            name = key.replace(one.data[member], f"X-{number}")
            registers[held][name] = replace(one, data={**one.data, member: f"X-{number}"})  # type: ignore[index]
    await world.ports.customers.commit(replace(loaded.state, registers=registers), loaded.etag)
    return world


async def test_an_event_of_20_000_pairs_takes_well_under_a_second_and_lets_others_have_their_turn() -> None:
    world = await largest()
    longest, over = 0.0, asyncio.Event()

    async def heartbeat() -> None:
        """What the loop's own thread takes between two turns, whatever else the machine does."""
        nonlocal longest
        while not over.is_set():
            before = thread_time()
            await asyncio.sleep(0)
            longest = max(longest, thread_time() - before)

    beating = asyncio.create_task(heartbeat())
    began = process_time()
    await world.post(events.spend(amount="1", time="2026-05-01T00:00:00Z"))
    took = process_time() - began
    over.set()
    await beating
    state = await world.state()
    assert state.customer.open_pairs == MAX_PAIRS
    assert state.decision is not None
    assert state.decision["criteria"]["children"]
    assert took < 1
    assert longest < 0.25


async def test_one_pair_more_is_in_quarantine_with_that_reason() -> None:
    world = await largest()
    await world.post(events.project(project_id="one-more"))
    (kept,) = await world.quarantine()
    assert "would have 20100 pairs of an open project and a partner attached to it" in kept["reason"]
