"""Customers and partners that are made with many facts: as if events had brought each."""

from bench._grown import grow_customer, grow_partner
from tests import events
from tests.world import World


async def test_a_grown_customer_has_so_many_facts_and_its_outcome_stays_until_an_event_changes_it() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible())
    await grow_customer(world.ports, "C-1", 500)
    assert ((await world.state()).fact_count, await world.status()) == (500, "eligible")
    await world.post(events.spend(amount="400000", time="2026-03-02T00:00:00Z"))
    assert ((await world.state()).fact_count, await world.status()) == (500, "eligible")
    await world.post(events.spend(amount="1", time="2026-03-03T00:00:00Z"))
    assert ((await world.state()).fact_count, await world.status()) == (500, "ineligible")


async def test_a_grown_partner_has_so_many_facts_and_decides_its_customers_as_before() -> None:
    world = World()
    await world.post(*events.qualified())
    await grow_partner(world.ports, "P-1", 250)
    await world.post(*events.eligible())
    assert ((await world.ports.partners.load("P-1")).facts, await world.status()) == (250, "eligible")
    assert len([each async for each in world.ports.partners.facts("P-1")]) == 250


async def test_who_has_so_many_facts_already_stays() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible())
    before = await world.state()
    await grow_customer(world.ports, "C-1", 3)
    await grow_partner(world.ports, "P-1", 3)
    assert await world.state() == before
