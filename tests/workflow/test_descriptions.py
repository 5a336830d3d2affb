"""Names and owners: what a description changes, and all that it does not cause."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.domain.customer_state import MAX_FACTS
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.names import Entry
from shared.storage.store import Row, StoreUnavailableError, Table
from shared.workflow.erase import STRETCH, ask_for_erasure, sweep_erasures
from shared.workflow.names import forget_if_wrong
from shared.workflow.receive_event import receive_event
from shared.workflow.search import search
from tests import events
from tests.naming import rows_that_say
from tests.watched_store import Call, WatchedStore, breaking_at, once_at
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
CANARY = "Zanzibar-7"


async def known() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    return world


async def yielding(_: Call) -> None:
    await asyncio.sleep(0)


async def at_once(world: World, bodies: Sequence[bytes]) -> None:
    """Handled together: the first leads, the others wait."""
    ports = world.worker(WatchedStore(world.store, before=yielding, after=yielding))
    await asyncio.gather(*(receive_event(ports, body, 1) for body in bodies))
    await world.settle()


async def facts_of(world: World, customer: str = "C-1") -> Any:
    """All of a customer but its description."""
    state = await world.state(customer)
    registers = {kind: each for kind, each in state.registers.items() if kind != "description"}
    return registers, state.decision, state.decided_at, state.sequence, state.sent, state.evidence, state.indexed


async def test_a_description_is_kept_and_causes_no_decision_and_no_notification() -> None:
    world = await known()
    before, told = await facts_of(world), world.told()
    world.now += timedelta(hours=1)
    await world.post(events.described(name="Contoso", owner="Ada"))
    assert (await world.state()).named == ("Contoso", "Ada")
    assert (await facts_of(world), world.told()) == (before, told)
    listed = await world.ports.customers.listed("C-1")
    assert listed
    assert (listed.status, listed.spend) == ("eligible", "300000.00")


async def test_the_greatest_description_stays_and_one_without_a_member_takes_it_away() -> None:
    world = await known()
    await world.post(events.described(name="New", time=LATER), events.described(name="Old", owner="Ada"))
    assert (await world.state()).named == ("New", None)
    await world.post(events.described(name=None, time="2026-05-01T00:00:00Z"))
    assert (await world.state()).named == (None, None)


async def test_a_described_partner_has_no_other_revision_no_cause_and_no_fan_out() -> None:
    world = await known()
    before, state = await world.ports.partners.load("P-1"), await facts_of(world)
    await world.post(events.partner_described(owner="Ada"))
    after = await world.ports.partners.load("P-1")
    assert (after.partner, after.cause, after.facts) == (before.partner, before.cause, before.facts + 1)
    assert after.named == ("Fabrikam", "Ada")
    assert await facts_of(world) == state
    assert [each async for each in world.ports.fan_outs.all()] == []


@pytest.mark.parametrize("description", ["2026-03-01T00:00:00Z", LATER], ids=["lesser", "greater"])
async def test_the_cause_of_what_is_decided_together_is_never_a_description(description: str) -> None:
    world = await known()
    spend = events.spend(amount="1", time="2026-03-15T00:00:00Z")
    await at_once(world, [events.described(time=description), spend, events.described(name="B", time=description)])
    assert (await world.state()).named.name == "B"
    assert world.notifications()[-1]["data"]["cause"]["type"] == "fasttrack.spend.updated.v1"
    certified = events.certified(level="none", time="2026-03-15T00:00:00Z")
    await at_once(world, [events.partner_described(time=description), certified])
    partner = await world.ports.partners.load("P-1")
    assert partner.named.name == "Fabrikam"
    assert partner.cause
    assert partner.cause.named["type"] == "fasttrack.partner.certified.v1"


async def test_an_unchanged_event_beside_a_description_decides_nothing() -> None:
    world = await known()
    before = await facts_of(world)
    world.now += timedelta(hours=1)
    await at_once(world, [events.spend(time="2026-02-01T00:00:00Z"), events.described()])
    assert (await world.state()).named.name == "Contoso"
    assert await facts_of(world) == before


async def test_who_is_only_described_is_not_decided_and_in_no_index() -> None:
    world = await known()
    await world.post(events.described("C-9"), events.described("C-9"), events.partner_described("P-9"))
    state = await world.state("C-9")
    assert (state.decision, state.sequence, state.named.name) == (None, 0, "Contoso")
    assert world.told("C-9") == []
    assert not await world.ports.indexes.is_in_directory("C-9")
    assert await world.ports.heads.load("C-9") is None
    assert [each.customer_id for each in await world.heads()] == ["C-1"]
    assert [each async for each in differences(world.ports)] == []


async def test_descriptions_alone_are_no_customers_and_rules_change_without_them() -> None:
    world = World()
    await world.post(events.described("C-9"))
    assert not await world.ports.has_customers()


async def test_who_was_described_before_is_decided_with_its_first_fact() -> None:
    world = World()
    await world.post(events.described(time=LATER), *events.qualified(), *events.eligible())
    assert (await world.status(), (await world.state()).named.name) == ("eligible", "Contoso")
    assert world.told()[-1] == ((await world.state()).sequence, "eligible")
    assert [each async for each in differences(world.ports)] == []


async def test_a_description_takes_the_room_of_no_fact_and_finds_room_where_no_fact_does() -> None:
    world = await known()
    loaded = await world.ports.customers.load("C-1")
    licence, left = loaded.state.registers["licence"]["L-1"], MAX_FACTS - 1 - loaded.state.fact_count
    more = {"L-1": licence, **{f"M-{number}": licence for number in range(left)}}
    full = replace(loaded.state, registers={**loaded.state.registers, "licence": more})
    await world.ports.customers.commit(full, loaded.etag)
    await world.post(
        events.described(name="Adatum"), events.spend(licence="L-last"), events.spend(licence="L-too-much")
    )
    await world.post(events.described(name="Contoso", time=LATER))
    assert (await world.state()).named.name == "Contoso"
    (refused,) = await world.quarantine()
    assert "L-too-much" in refused["body"].decode()


async def test_an_erased_customer_has_no_name_and_a_later_description_starts_no_decision() -> None:
    world = await known()
    await world.post(events.described(name=CANARY, owner=f"{CANARY} of sales"), events.described("C-2", CANARY[::-1]))
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.ports)
    world.now += STRETCH + timedelta(seconds=1)
    await sweep_erasures(world.ports)
    assert await rows_that_say(world.store, CANARY) == []
    told = world.told()
    await world.post(events.described(name="Too late", time=LATER))
    assert (await world.state()).is_erased
    await world.post(events.described(name="Again", time="2026-06-01T12:05:00.000001Z"))
    state = await world.state()
    assert (state.is_erased, state.decision, state.named.name) == (False, None, "Again")
    assert world.told() == told
    assert [each async for each in differences(world.ports)] == []
    async for _ in repair(world.ports):
        pass
    assert ((await world.state()).decision, world.told()) == (None, told)


async def test_who_is_only_described_is_erased_without_a_notification() -> None:
    world = World()
    await world.post(events.described("C-9", CANARY))
    await ask_for_erasure(world.ports, "C-9")
    await sweep_erasures(world.ports)
    assert (await world.state("C-9")).is_erased
    assert await rows_that_say(world.store, CANARY) == []
    assert world.sent.queues[Queue.NOTIFICATIONS] == type(world.sent.queues[Queue.NOTIFICATIONS])()


@pytest.mark.parametrize("of", ["customer", "partner"])
async def test_a_name_that_comes_back_while_it_is_removed_stays_found(of: str) -> None:
    """The delete comes after the commit of whoever gave it back."""
    world, describe = await known(), events.described if of == "customer" else events.partner_described
    await world.post(describe(name="Contoso"))
    back = describe(name="Contoso", time="2026-05-01T00:00:00Z")
    slow = WatchedStore(world.store, before=once_at("delete", Table.NAMES, lambda: world.post(back)))
    await receive_event(world.worker(slow), describe(name="Adatum", time=LATER), 1)
    assert [hit.named.name for hit in (await search(world.ports, "contoso"))[0]] == ["Contoso"]
    assert [each async for each in differences(world.ports)] == []


@pytest.mark.parametrize("of", ["customer", "partner", "customer and its spend"])
async def test_a_name_is_found_wherever_the_worker_that_has_it_dies(of: str) -> None:
    """At each call, before and after it; the message comes again."""
    describe = events.partner_described if of == "partner" else events.described
    for number in range(1, 20):
        for when in ("before", "after"):
            world = await known()
            body, beside = describe(name="Adatum"), events.spend(amount="5", time=LATER)
            bodies = [body, beside] if of == "customer and its spend" else [body]
            breaking = {"before": yielding, "after": yielding} | {when: breaking_at(number, perhaps=True)}
            store = WatchedStore(world.store, **breaking)
            with suppress(StoreUnavailableError):
                await handled_together(world.worker(store), bodies)
            for each in bodies:
                await world.post(each)
            assert [hit.named.name for hit in (await search(world.ports, "adatum"))[0]] == ["Adatum"], (number, when)


@pytest.mark.parametrize("of", ["customer", "partner", "customer described first"])
async def test_a_wrong_name_that_is_about_to_be_right_is_not_deleted(of: str) -> None:
    world = World() if of == "customer described first" else await known()
    describe = events.partner_described if of == "partner" else events.described
    table = Table.PARTNERS if of == "partner" else Table.CUSTOMERS

    async def delete() -> None:
        for row in await world.ports.names.rows(None, 10):
            await forget_if_wrong(world.worker(), Entry.of(row))

    slow = WatchedStore(world.store, before=once_at("commit" if of == "partner" else "write", table, delete))
    await receive_event(world.worker(slow), describe(name="Adatum"), 1)
    assert [hit.named.name for hit in (await search(world.ports, "adatum"))[0]] == ["Adatum"]


async def handled_together(ports: Ports, bodies: Sequence[bytes]) -> None:
    for end in await asyncio.gather(*(receive_event(ports, body, 1) for body in bodies), return_exceptions=True):
        if isinstance(end, BaseException):
            raise end


async def test_a_partner_whose_summary_lost_its_name_is_found_and_repaired() -> None:
    world = await known()
    await world.post(events.partner_described())
    row = await world.store.get(Table.PARTNERS, "P-1", "summary~P-1")
    assert row
    others = {name: value for name, value in row.properties.items() if name != "name"}
    await world.store.write(Table.PARTNERS, Row(row.partition, row.key, others), row.etag)
    assert [each async for each in differences(world.ports)] == [
        "P-1: its summary is not that of its facts",
        "partner~0~name~66616272696b616d~P-1: is in the index of names, and its partner has no such name",
    ]
    async for _ in repair(world.ports):
        pass
    assert (await world.ports.partners.load("P-1")).named.name == "Fabrikam"
    assert [each async for each in differences(world.ports)] == []
