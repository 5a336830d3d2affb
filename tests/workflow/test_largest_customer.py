"""The largest customer there may be, on the path of its events."""

from dataclasses import replace
from datetime import timedelta

from shared.domain.customer_state import MAX_PAIRS
from shared.messaging.sender import Queue
from shared.workflow.receive_event import receive_event
from tests import events
from tests.counted import counted, counted_by_turns
from tests.world import World

PROJECTS, PARTNERS = 200, 100
MOST_CALLS, MOST_TO_EXPLAIN, MOST_IN_A_TURN = 60_000, 1_000_000, 50_000
"""Of Python functions: three for each pair, a dozen each time it is explained, and a few hundredths of a second."""


async def largest() -> World:
    """200 projects with 100 partners on all of them, decided once."""
    world = World()
    await world.post(events.spend(), events.project(), events.attached())
    loaded = await world.ports.customers.load("C-1")
    registers = {kind: dict(held) for kind, held in loaded.state.registers.items()}
    for held, member, count in (("project", "projectId", PROJECTS), ("attachment", "partnerId", PARTNERS)):
        ((key, one),) = registers[held].items()
        for number in range(1, count):
            name = key.replace(one.data[member], f"X-{number}")
            registers[held][name] = replace(one, data={**one.data, member: f"X-{number}"})
    await world.ports.customers.commit(replace(loaded.state, registers=registers), loaded.etag)
    return world


async def test_an_event_of_20_000_pairs_is_decided_in_few_steps_and_lets_others_have_their_turn() -> None:
    world = await largest()
    with counted() as work:
        await world.post(events.spend(amount="1", time="2026-05-01T00:00:00Z"))
    with counted_by_turns() as turns:
        await world.post(events.spend(amount="2", time="2026-05-02T00:00:00Z"))
    assert (await world.state()).customer.open_pairs == MAX_PAIRS
    assert work.calls < MOST_CALLS
    assert turns.longest < MOST_IN_A_TURN


async def test_so_it_is_with_more_dates_ahead_than_are_looked_at() -> None:
    """110 small licences of which one ends each day, and ten of its partners qualified for a while each."""
    world = await largest()
    for number in range(110):
        ends = (world.now + timedelta(days=number)).date().isoformat()
        await world.post(events.spend(licence=f"S-{number}", amount="1", endsOn=ends))
    for number in range(1, 11):
        name, until = f"X-{number}", (world.now + timedelta(days=number)).date().isoformat()
        for body in events.qualified(name, validUntil=until):
            await receive_event(world.ports, body, 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    with counted() as work:
        await world.post(events.spend(amount="1", time="2026-05-01T00:00:00Z"))
    with counted_by_turns() as turns:
        await world.post(events.spend(amount="2", time="2026-05-02T00:00:00Z"))
    assert ((await world.state()).current_decision or {})["knownUntil"]
    assert work.calls < MOST_CALLS
    assert turns.longest < MOST_IN_A_TURN


async def test_so_are_its_recorded_decisions_which_have_reasons() -> None:
    world = await largest()
    with counted() as work:
        await world.post(*events.qualified())
    with counted_by_turns() as turns:
        await world.post(events.spend(amount="2", time="2026-05-02T00:00:00Z"))
    assert [len(each["data"]["criteria"]["children"]) for each in world.notifications()] == [1, 2, 1]
    assert work.calls < MOST_TO_EXPLAIN
    assert turns.longest < MOST_IN_A_TURN


async def test_one_pair_more_is_in_quarantine_with_that_reason() -> None:
    world = await largest()
    await world.post(events.project(project_id="one-more"))
    (kept,) = await world.quarantine()
    assert "would have 20100 pairs of an open project and a partner attached to it" in kept["reason"]
