"""A customer is decided again by the copies it has of its partners, if they are as new as its evidence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.facts import Deployment
from shared.domain.partner import Partner
from shared.domain.partner_copies import MOST_BYTES, copied, copies_in
from shared.domain.recompute import DayCame, PartnerChanged, Reason, Recompute, RulesChanged
from shared.messaging.sender import Queue
from shared.storage.partners import PartnerState, of_copy
from shared.storage.questions import SURVEY, Question
from shared.storage.rows import compressed_json
from shared.workflow.change_rules import activate
from shared.workflow.population.looking import look_of
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.repair_customer import repair_customer
from tests import events
from tests.exploration.preparing import store_rules_with
from tests.watched_store import WatchedStore
from tests.workflow.test_kept_partners import LATER, READS_A_PARTNER, two_partners
from tests.world import World


async def decided_for(world: World, reason: Reason) -> int:
    """By another process, which has read nothing yet; gives how often it read a partner."""
    store = WatchedStore(world.store)
    worker = world.worker(store)
    worker.kept_partners.begin((await worker.rule_books.book(None)).epoch)
    await recompute(worker, Recompute(("C-1",), reason).to_bytes(), 1)
    return store.calls.count(READS_A_PARTNER)


async def rules_changed(world: World) -> RulesChanged:
    """To rules by which customers have to spend more than C-1 does."""
    await store_rules_with(world.ports, "900000")
    await activate(world.ports, 2)
    world.sent.queues[Queue.RECOMPUTE].clear()
    state = await world.ports.rule_sets.load()
    assert state
    return RulesChanged(state.epoch)


async def revisions(world: World) -> dict[str, int]:
    return {name: copy.revision for name, copy in copies_in((await world.state()).copies).items()}


async def test_a_change_of_rules_reads_no_partner_of_which_the_customer_has_a_copy() -> None:
    world = await two_partners()
    assert await decided_for(world, await rules_changed(world)) == 0
    assert await world.status() == "ineligible"
    assert await revisions(world) == (await world.state()).evidence.partners


async def test_because_of_a_partner_or_a_date_partners_are_read_so_that_one_that_went_back_is_noticed() -> None:
    world = await two_partners()
    await receive_event(world.worker(), events.certified("P-1", "none", time=LATER), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    changed = (await world.ports.partners.load("P-1")).partner.revision
    assert await decided_for(world, PartnerChanged("P-1", changed)) == 2
    assert (await world.state()).evidence.partners["P-1"] == changed
    world.now += timedelta(days=1)
    assert await decided_for(world, DayCame(world.now.date())) == 2


async def test_a_copy_that_is_older_than_the_customers_evidence_is_not_used() -> None:
    """As where a version that knows no copies decided the customer in between, and left them as they were."""
    world = await two_partners()
    before = (await world.state()).copies
    await world.post(events.certified("P-1", "none", time=LATER), events.certified("P-2", "none", time=LATER))
    loaded = await world.ports.customers.load("C-1")
    await world.ports.customers.commit(replace(loaded.state, copies=before), loaded.etag)
    assert await decided_for(world, await rules_changed(world)) == 2
    assert await revisions(world) == (await world.state()).evidence.partners


async def test_a_partner_that_was_read_since_goes_before_an_older_copy() -> None:
    world = await two_partners()
    await receive_event(world.worker(), events.certified("P-1", "none", time=LATER), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    changed, worker = await rules_changed(world), world.worker()
    worker.kept_partners.begin(changed.epoch)
    read = (await worker.kept_partners.partner("P-1", None)).partner
    await recompute(worker, Recompute(("C-1",), changed).to_bytes(), 1)
    assert (await world.state()).evidence.partners["P-1"] == read.revision
    assert (await revisions(world))["P-1"] == read.revision


async def test_a_copy_says_how_many_facts_are_stored_of_the_partner() -> None:
    """What deciding takes is estimated by that."""
    world = await two_partners()
    (copy, _) = copies_in((await world.state()).copies).values()
    stored = (await world.ports.partners.load("P-1")).partner
    assert of_copy("P-1", copy).stored == stored.stored == 3


async def test_a_damaged_copy_is_not_used() -> None:
    world = await two_partners()
    loaded = await world.ports.customers.load("C-1")
    partners = [(await world.ports.partners.load(name)).partner for name in ("P-1", "P-2")]
    damaged = replace(partners[0], summary=b"?" + partners[0].summary[1:])
    await world.ports.customers.commit(replace(loaded.state, copies=copied([damaged, partners[1]])), loaded.etag)
    assert await decided_for(world, await rules_changed(world)) == 1
    assert await revisions(world) == (await world.state()).evidence.partners


async def test_an_event_is_decided_by_partners_as_they_are_stored_whatever_copies_there_are() -> None:
    world = await two_partners()
    for partner in ("P-1", "P-2"):
        await receive_event(world.worker(), events.certified(partner, "none", time=LATER), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    await receive_event(world.worker(), events.spend("C-1", licence="L-2", amount="5"), 1)
    assert await world.status() == "ineligible"


async def test_a_question_about_everybody_reads_no_partner_of_which_the_customer_has_a_copy() -> None:
    world = await two_partners()
    store, day = WatchedStore(world.store), world.now.date()
    at = world.ports.timestamp()
    look = await look_of(world.worker(store), Question("Q-1", SURVEY, 1, 1, day, day, at, at))
    assert await look("C-1") is not None
    assert READS_A_PARTNER not in store.calls


async def test_a_customer_whose_state_needs_the_room_of_its_row_has_no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await two_partners()
    size = (await world.state()).size
    for most, names in ((size + 100, ["P-1", "P-2"]), (size // 2, [])):
        monkeypatch.setattr("shared.storage.customers._MOST_BESIDE_COPIES", most)
        await world.post(events.spend("C-1", amount="310000", time=f"2026-05-0{3 - len(names)}T00:00:00Z"))
        assert list(await revisions(world)) == names


async def test_a_partner_with_a_large_summary_is_not_copied() -> None:
    world, days = World(), range(MOST_BYTES // 4)
    live_on = [date(2001, 1, 1) + timedelta(days=number * 104_729 % 9_001) for number in days]
    deployments = [Deployment(f"D-{each}", events.AREA, each, eligible=True) for each in live_on]
    large = PartnerState(Partner.of("P-1", deployments), len(deployments))
    await world.ports.partners.commit(world.ports.partners.writes(large, []))
    await world.post(*events.eligible())
    assert (await world.ports.partners.load("P-1")).partner.entries == len(days)
    assert copies_in((await world.state()).copies) == {}


async def test_a_copy_that_is_not_what_is_stored_is_found_and_repaired() -> None:
    world = await two_partners()
    loaded = await world.ports.customers.load("C-1")
    partners = [(await world.ports.partners.load(name)).partner for name in ("P-1", "P-2")]
    wrong = Partner("P-1", partners[0].revision, summary=compressed_json(Partner("P-1").rows() | {"cause": None}))
    await world.ports.customers.commit(replace(loaded.state, copies=copied([wrong, partners[1]])), loaded.etag)
    found = [each async for each in differences(world.ports)]
    assert found == [f"C-1: has a copy of P-1 as of revision {wrong.revision} that is not what is stored"]
    await repair_customer(world.ports, "C-1")
    assert [each async for each in differences(world.ports)] == []
