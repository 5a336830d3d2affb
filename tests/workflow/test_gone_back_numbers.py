"""No revision and no epoch is given twice, whatever rows went back, and nobody is decided by a lesser one (F39)."""

from datetime import timedelta
from random import Random

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.errors import WentBackError
from shared.ports import Ports
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from tests import events
from tests.gone_back import AGAIN, LATER, LOST, partner_gone_back, rules_gone_back, swept
from tests.memory_sender import MemorySender
from tests.restored import moment, put_back
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import START, World, nth_epoch, nth_revision


async def test_a_revision_that_was_lost_is_not_given_again() -> None:
    world = await partner_gone_back()
    lost = (await world.state()).evidence.partners["P-1"]
    await world.post(events.certified(level="gold", validFrom="2026-01-02", time=LATER))
    given = (await world.ports.partners.load("P-1")).partner.revision
    assert given > lost
    assert (await world.state()).evidence.partners == {"P-1": given}
    assert await world.status() == "eligible"


async def test_an_epoch_that_was_lost_is_not_given_again() -> None:
    world = await rules_gone_back()
    lost = (await world.state()).evidence.epoch
    await store_stricter_draft(world, "250000")
    world.ports = world.worker()
    await activate(world.ports, 3)
    await world.settle()
    state = await world.state()
    assert state.evidence.epoch > lost
    assert await world.status() == "eligible"


async def test_who_knew_later_rules_does_not_decide_by_those_that_went_back() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await store_stricter_draft(world)
    before = await moment(world.store)
    await activate(world.ports, 2)
    await world.settle()
    await put_back(world.store, Table.RULES, before[Table.RULES])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, events.spend("C-9"), 1)
    await swept(world)
    await world.post(events.spend("C-9"))
    assert (await world.state("C-9")).evidence.epoch > nth_epoch(2)


async def test_a_clock_that_was_ahead_gave_a_revision_and_the_next_is_greater_all_the_same() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified()[:3])
    world.now += timedelta(days=365)
    await world.post(events.trained(part="knowledge-check"))
    ahead = (await world.ports.partners.load("P-1")).partner.revision
    world.now -= timedelta(days=365)
    await world.post(LOST)
    after = (await world.ports.partners.load("P-1")).partner.revision
    assert after > ahead
    assert (await world.state()).evidence.partners == {"P-1": after}


async def test_one_given_by_a_clock_that_was_ahead_is_exceeded_even_if_it_is_lost() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await moment(world.store)
    ahead = world.worker()
    ahead.clock = lambda: world.now + timedelta(days=365)
    await world.post(LOST, ports=ahead)
    lost = (await world.state()).evidence.partners["P-1"]
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    assert (await world.state()).evidence.partners["P-1"] > lost
    assert await world.status() == "eligible"


async def test_a_version_whose_number_was_lost_and_given_again_decides_by_its_new_document() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await moment(world.store)
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await world.settle()
    assert await world.status() == "ineligible"
    world.now += timedelta(minutes=1)
    await put_back(world.store, Table.RULES, before[Table.RULES])
    elsewhere = world.worker()
    world.ports, knowing = elsewhere, world.ports
    assert await store_stricter_draft(world, "200000") == 2
    await activate(elsewhere, 2)
    await world.settle(knowing)
    assert await world.status() == "eligible"


def test_of_numbers_given_after_one_that_is_ahead_of_the_time_none_can_be_foretold() -> None:
    """Else one that was lost would be given again: the time says nothing until it has come so far."""
    ports = Ports(MemoryStore(), MemorySender(), lambda: START, chance=Random(1))
    ahead = nth_revision(1_000_000)
    given = {ports.number_after(ahead) for _ in range(20)}
    assert len(given) > 10
    assert min(given) > ahead
