"""Partners that one recompute message read decide the customers of the next; how old they may be depends on the
customer's evidence, not on the clock alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.customer_state import Evidence
from shared.domain.recompute import PartnerChanged, Recompute, RulesChanged
from shared.gathering import KEPT_FOR, Gathering
from shared.messaging.sender import Queue
from shared.storage.partners import PartnerState
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events
from tests.exploration.preparing import store_rules_with
from tests.watched_store import Call, WatchedStore
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
READS_A_PARTNER = Call("get", Table.PARTNERS)


async def two_partners() -> World:
    """C-1 and C-2 are both attached to P-1 and P-2."""
    world = World()
    for partner in ("P-1", "P-2"):
        await world.post(*events.qualified(partner))
    for customer in ("C-1", "C-2"):
        await world.post(*events.eligible(customer), events.attached(customer, "P-2"))
    return world


async def watched(world: World) -> WatchedStore:
    """The store of another process, which has seen the rules and no partner."""
    store = WatchedStore(world.store)
    world.ports = world.worker(store)
    book = await world.ports.rule_books.book(None)
    await world.ports.kept_partners.partners((), {}, book.epoch)
    return store


async def revision_of(world: World, partner: str) -> int:
    return (await world.worker().partners.load(partner)).partner.revision


async def without_copies(world: World, customer: str, evidence: Evidence | None = None) -> None:
    """As versions wrote customers that knew no copies of partners; with that evidence."""
    loaded = await world.worker().customers.load(customer)
    state = replace(loaded.state, evidence=evidence or loaded.state.evidence, copies=b"")
    await world.worker().customers.commit(state, loaded.etag)


async def decided_for(world: World, partner: str, customer: str) -> None:
    """Decided again, as if the partner's revision were one that its evidence does not know."""
    state = await world.state(customer)
    evidence = replace(state.evidence, partners={**state.evidence.partners, partner: 1})
    await without_copies(world, customer, evidence)
    changed = PartnerChanged(partner, await revision_of(world, partner))
    await recompute(world.ports, Recompute((customer,), changed).to_bytes(), 1)


async def test_partners_are_read_once_for_the_messages_of_five_minutes() -> None:
    world = await two_partners()
    store = await watched(world)
    await decided_for(world, "P-1", "C-1")
    assert store.calls.count(READS_A_PARTNER) == 2
    world.now += KEPT_FOR - timedelta(seconds=1)
    await decided_for(world, "P-1", "C-2")
    assert store.calls.count(READS_A_PARTNER) == 2
    world.now += timedelta(seconds=1)
    await decided_for(world, "P-1", "C-1")
    assert store.calls.count(READS_A_PARTNER) == 4


async def test_a_clock_that_is_set_back_keeps_nothing_for_long() -> None:
    world = await two_partners()
    store = await watched(world)
    await decided_for(world, "P-1", "C-1")
    world.now -= KEPT_FOR
    await decided_for(world, "P-1", "C-2")
    assert store.calls.count(READS_A_PARTNER) == 4


async def test_a_message_is_never_decided_by_a_revision_before_the_one_it_asks_for() -> None:
    world = await two_partners()
    await watched(world)
    await decided_for(world, "P-1", "C-1")
    await receive_event(world.worker(), events.certified("P-1", "none", time=LATER), 1)
    await receive_event(world.worker(), events.certified("P-2", "none", time=LATER), 1)
    await world.settle()
    assert (await world.status("C-1"), await world.status("C-2")) == ("ineligible", "ineligible")


async def test_a_customer_whose_evidence_names_a_later_revision_is_not_decided_by_the_one_that_is_kept() -> None:
    world = await two_partners()
    await watched(world)
    await decided_for(world, "P-1", "C-1")
    other = world.worker()
    await receive_event(other, events.certified("P-2", "none", time=LATER), 1)
    await receive_event(other, events.spend("C-2", licence="L-2", amount="5"), 1)
    await decided_for(world, "P-1", "C-2")
    assert (await world.state("C-2")).evidence.partners["P-2"] == await revision_of(world, "P-2")


async def test_a_partner_that_a_customers_evidence_does_not_name_yet_is_read_though_it_is_kept() -> None:
    """Its index row is newer than what is kept: the fan-out of a change in between did not find the customer."""
    world = await two_partners()
    await watched(world)
    await decided_for(world, "P-2", "C-1")
    other = world.worker()
    await receive_event(other, events.certified("P-2", "none", time=LATER), 1)
    await without_copies(world, "C-2", replace((await world.state("C-2")).evidence, partners={"P-1": 1}))
    await recompute(
        world.ports, Recompute(("C-2",), PartnerChanged("P-1", await revision_of(world, "P-1"))).to_bytes(), 1
    )
    assert (await world.state("C-2")).evidence.partners["P-2"] == await revision_of(world, "P-2")


async def test_no_partner_that_was_read_before_a_change_of_rules_was_seen_decides_after_it() -> None:
    world = await two_partners()
    await store_rules_with(world.worker(), "900000")
    store = await watched(world)
    await decided_for(world, "P-1", "C-1")
    await activate(world.worker(), 2)
    world.sent.queues[Queue.RECOMPUTE].clear()
    state = await world.worker().rule_sets.load()
    assert state
    for customer in ("C-1", "C-2"):
        await without_copies(world, customer)
    await recompute(world.ports, Recompute(("C-1", "C-2"), RulesChanged(state.epoch)).to_bytes(), 1)
    assert store.calls.count(READS_A_PARTNER) == 4, "both partners again, and once for both customers"


async def test_an_event_is_decided_by_partners_as_they_are_now() -> None:
    world = await two_partners()
    store = await watched(world)
    await decided_for(world, "P-1", "C-1")
    store.calls.clear()
    await receive_event(world.ports, events.spend("C-2", licence="L-2", amount="5"), 1)
    assert store.calls.count(READS_A_PARTNER) == 2


async def kept(world: World, gathering: Gathering, store: WatchedStore, partners: list[str]) -> list[str]:
    """Those of the partners that are not read again."""
    found = []
    for each in partners:
        before = len(store.calls)
        await gathering.partner(each, 0)
        found += [each] * (len(store.calls) == before)
    return found


async def test_of_very_many_partners_those_read_first_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.gathering.MOST", 3)
    world = World()
    store = await watched(world)
    gathering, names = world.ports.gathering(), [f"P-{number}" for number in range(5)]
    for each in names:
        await gathering.partner(each, None)
    assert await kept(world, gathering, store, names[2:]) == names[2:]
    assert await kept(world, gathering, store, names[:2]) == []


async def test_partners_with_very_many_facts_are_kept_in_smaller_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.gathering.MOST_ENTRIES", 5)
    world = World()
    for partner in ("P-1", "P-2"):
        await world.post(*events.qualified(partner))  # three entries each
    store = await watched(world)
    gathering = world.ports.gathering()
    for each in ("P-1", "P-2", "P-3"):
        await gathering.partner(each, None)
    assert await kept(world, gathering, store, ["P-3", "P-2"]) == ["P-3", "P-2"]
    assert await kept(world, gathering, store, ["P-1"]) == []


async def test_of_two_reads_at_once_the_newer_one_is_kept_whichever_ends_last() -> None:
    world = await two_partners()
    old = await world.ports.partners.load("P-1")
    await world.post(events.certified("P-1", "none", time=LATER))
    new = await world.ports.partners.load("P-1")
    gathering = Gathering(Given([new, old]), lambda: world.now)  # type: ignore[arg-type]
    await gathering.partner("P-1", None)
    assert await gathering.partner("P-1", None) == old
    assert await gathering.partner("P-1", 1) == new


class Given:
    """Partners whose reads give these states in turn."""

    def __init__(self, states: list[PartnerState]) -> None:
        self._states = states

    async def load(self, _: str) -> PartnerState:
        return self._states.pop(0)
