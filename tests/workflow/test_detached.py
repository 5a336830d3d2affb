"""A customer that was detached is forgotten by its partner's index at the first event of the partner, and not before
that is safe: whoever attaches it meanwhile is found by the next one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.receive_event import receive_event
from tests import events
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World

LATER, LATEST = "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"
LOST, WON_BACK = events.certified(level="none", time=LATER), events.certified(time=LATEST)
ATTACHED_AGAIN = events.attached(time=LATEST)


async def detached_world(*customers: str) -> World:
    world = World()
    await world.post(*events.qualified())
    for each in customers or ("C-1",):
        await world.post(*events.eligible(each), events.detached(each, time=LATER))
    return world


async def calls_of(world: World, event: bytes) -> list[Call]:
    store = WatchedStore(world.store)
    await world.post(event, ports=world.worker(store))
    return store.calls


async def indexed(world: World) -> list[str]:
    return await world.ports.indexes.attached("P-1", "", 1000)


async def test_an_event_of_a_partner_reads_customers_that_were_detached_once_and_never_again() -> None:
    world = await detached_world(*(f"C-{number}" for number in range(30)))
    first, second = await calls_of(world, LOST), await calls_of(world, WON_BACK)
    assert first.count(Call("get", Table.CUSTOMERS)) == 30
    assert not [each for each in second if each.table is Table.CUSTOMERS]
    assert len(second) <= 12
    assert await indexed(world) == []


async def test_a_customer_that_is_attached_again_is_decided_by_the_next_event_of_the_partner() -> None:
    world = await detached_world()
    await world.post(LOST, ATTACHED_AGAIN)
    assert await indexed(world) == ["C-1"]
    assert await world.status() == "ineligible"
    await world.post(WON_BACK)
    assert await world.status() == "eligible"


async def test_a_customer_that_is_detached_from_one_of_two_projects_stays_in_the_index() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible(), events.attached(projectId="J-1"))
    await world.post(events.detached(time=LATER), LOST)
    assert await indexed(world) == ["C-1"]
    assert await world.status() == "ineligible"


async def test_other_partners_of_the_customer_keep_their_rows() -> None:
    world = await detached_world()
    await world.post(events.attached(partner="P-2"), LOST)
    assert await indexed(world) == []
    assert await world.ports.indexes.attached("P-2", "", 1000) == ["C-1"]


async def test_a_customer_that_was_never_decided_costs_later_events_nothing_either() -> None:
    """Its worker died after it had entered it; its event comes again when it likes."""
    world = World()
    await world.post(events.spend("C-2"), *events.qualified())
    attached = events.attached("C-9")

    async def die() -> None:
        raise StoreUnavailableError("died")

    dying = WatchedStore(world.store, before=once_at("commit", Table.CUSTOMERS, die))
    with pytest.raises(StoreUnavailableError):
        await receive_event(world.worker(dying), attached, 1)
    assert await indexed(world) == ["C-9"]
    await world.post(LOST)
    assert not [each for each in await calls_of(world, WON_BACK) if each.table is Table.CUSTOMERS]
    await world.post(events.spend("C-9"), events.project("C-9"), attached)
    assert await indexed(world) == ["C-9"]
    assert await world.status("C-9") == "eligible"


async def test_a_customer_whose_evidence_still_names_the_partner_stays_in_the_index() -> None:
    """Whoever attaches it would not enter it again."""
    world = await detached_world()
    state, etag = (loaded := await world.ports.customers.load("C-1")).state, loaded.etag
    evidence = replace(state.evidence, partners={"P-1": 1})
    await world.ports.customers.commit(replace(state, evidence=evidence), etag)
    await world.post(LOST)
    assert await indexed(world) == ["C-1"]


@pytest.mark.parametrize("call", ["get customers", "get attachments", "merge customers", "delete attachments"])
async def test_whoever_attaches_the_customer_while_it_is_forgotten_is_in_the_index(call: str) -> None:
    world = await detached_world()
    other = world.worker()

    async def attach() -> None:
        await world.post(ATTACHED_AGAIN, ports=other)

    await _interrupted(world, call, attach, LOST)
    assert await indexed(world) == ["C-1"]
    await world.post(WON_BACK)
    assert await world.status() == "eligible"


@pytest.mark.parametrize("call", ["merge attachments", "get partners", "commit customers"])
async def test_whoever_is_forgotten_while_it_is_attached_is_in_the_index(call: str) -> None:
    world = await detached_world()
    other = world.worker()

    async def lose() -> None:
        await world.post(LOST, ports=other)

    await _interrupted(world, call, lose, ATTACHED_AGAIN)
    assert await indexed(world) == ["C-1"]
    assert await world.status() == "ineligible"
    await world.post(WON_BACK)
    assert await world.status() == "eligible"


async def _interrupted(world: World, call: str, act: Callable[[], Awaitable[None]], event: bytes) -> None:
    operation, table = call.split()
    await world.post(event, ports=world.worker(WatchedStore(world.store, before=once_at(operation, Table(table), act))))
