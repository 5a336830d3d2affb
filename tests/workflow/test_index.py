"""The population index: a row per customer says what its state says, whoever writes it, dies or is slow meanwhile."""

from datetime import date, timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.recompute import PartnerChanged, Recompute
from shared.messaging.sender import Queue
from shared.storage import keys
from shared.storage.heads import Head
from shared.storage.store import ANY, Row, Span, StoreUnavailableError, Table
from shared.storage.work import Outbox
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_outboxes
from tests import events, older_version
from tests.restored import put_back
from tests.watched_store import WatchedStore, once_at
from tests.world import START, World

LESS = events.spend(amount="1", time="2026-04-01T00:00:00Z")
MOVED = events.spend(amount="400000", endsOn="2026-09-30", time="2026-04-01T00:00:00Z")
MOVED_AGAIN = events.spend(amount="400000", endsOn="2026-10-31", time="2026-05-01T00:00:00Z")
TODAY = START.date()


async def eligible() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    return world


async def head(world: World, customer: str = "C-1") -> Head:
    found = await world.ports.heads.load(customer)
    assert found
    return found


async def is_right(world: World) -> bool:
    return await head(world) == Head.of(await world.state()) and not [each async for each in differences(world.ports)]


async def dies(world: World, body: bytes, operation: str, table: Table) -> None:
    async def die() -> None:
        raise StoreUnavailableError("died")

    with pytest.raises(StoreUnavailableError):
        await receive_event(world.worker(WatchedStore(world.store, before=once_at(operation, table, die))), body, 1)


async def swept(world: World) -> None:
    world.now += timedelta(minutes=3)
    await sweep_outboxes(world.ports)


def older(world: World) -> World:
    """The same world as a version has it that has no index."""
    beside = World(world.store, now=world.now)
    beside.sent, beside.decisions = world.sent, older_version.DECISIONS
    beside.ports = beside.worker(older_version.OlderStore(world.store))
    return beside


async def test_a_customer_is_there_unassessed_before_its_first_decision_reads_the_rules() -> None:
    world, found = World(), []
    await world.post(events.spend("C-0"))

    async def look() -> None:
        found.append(await world.ports.heads.load("C-1"))

    ports = world.worker()
    await ports.rule_books.book(None)
    ports = world.worker(WatchedStore(world.store, before=once_at("get", Table.RULES, look)))
    ports.rule_books._book = world.ports.rule_books._book
    await receive_event(ports, events.spend(), 1)
    assert found == [Head("C-1")]
    assert (await head(world)).status == "ineligible"


async def test_a_first_decision_that_loses_to_another_leaves_the_row_of_that() -> None:
    world = World()
    other = world.worker()

    async def act() -> None:
        await receive_event(other, events.spend(), 1)

    slow = WatchedStore(world.store, before=once_at("write", Table.HEADS, act))
    await receive_event(world.worker(slow), events.spend(amount="300001", licence="L-2"), 1)
    assert await is_right(world)


async def test_its_partition_is_the_first_byte_of_the_sha_256_of_its_id() -> None:
    world = World()
    await world.post(events.spend("C-1001"))
    (row,) = await world.store.query(Table.HEADS, Span(), 10)
    assert (row.partition, row.key) == ("21", "C-1001")


async def test_the_row_says_since_when_the_status_is_so_and_by_which_decision() -> None:
    world = await eligible()
    world.now += timedelta(days=1)
    await world.post(events.project(project_id="J-2"))
    assert (await head(world)).since == TODAY, "other projects, the same status"
    assert (await head(world)).sequence == 3
    world.now += timedelta(days=1)
    await world.post(LESS)
    assert (await head(world)).since == TODAY + timedelta(days=2)
    assert await is_right(world)


async def test_an_event_that_changes_no_column_leaves_the_row_alone() -> None:
    world = await eligible()
    before = await head(world)
    await world.post(events.spend(amount="300001", time="2026-04-01T00:00:00Z"))
    assert (await head(world), (await head(world)).etag) == (before, before.etag)


@pytest.mark.parametrize("body", [LESS, MOVED], ids=["the outcome", "the next date alone"])
async def test_what_a_process_left_that_died_before_it_wrote_the_row_the_sweep_does(body: bytes) -> None:
    world = await eligible()
    await dies(world, body, "merge", Table.HEADS)
    assert not await is_right(world)
    await swept(world)
    assert await is_right(world)
    assert [each async for each in world.ports.work.outboxes()] == []
    assert world.told()[-1][0] == (await world.state()).sequence


async def test_a_process_that_dies_before_the_commit_changes_nothing_and_its_row_of_work_goes_within_days() -> None:
    world = await eligible()
    await dies(world, MOVED, "write", Table.CUSTOMERS)
    before = await head(world)
    await swept(world)
    assert (await head(world), len([each async for each in world.ports.work.outboxes()])) == (before, 1)
    world.now += timedelta(days=1)
    await swept(world)
    assert [each async for each in world.ports.work.outboxes()] == []


@pytest.mark.parametrize("late", [LESS, MOVED], ids=["the outcome", "the next date alone"])
@pytest.mark.parametrize("over", [True, False], ids=["it knows a version", "it reads the row"])
async def test_a_slow_process_does_not_write_over_a_later_commit(late: bytes, over: bool) -> None:
    world = await eligible()
    if not over:  # another version of the row than the state names
        await world.post(events.spend(amount="400000", endsOn="2026-11-29", time="2026-03-15T00:00:00Z"))
    other = world.worker()

    async def act() -> None:
        world.now += timedelta(seconds=1)
        await receive_event(other, MOVED_AGAIN, 1)

    slow = WatchedStore(world.store, before=once_at("merge", Table.HEADS, act))
    await receive_event(world.worker(slow), late, 1)
    await world.settle()
    assert (await head(world)).status == "eligible"
    assert await is_right(world)


async def test_a_process_between_whose_read_and_write_of_the_row_another_commits_reads_it_again() -> None:
    world = await eligible()
    await world.post(MOVED)  # the state does not name the version of the row that this left
    other = world.worker()

    async def act() -> None:
        world.now += timedelta(seconds=1)
        await receive_event(other, events.spend(amount="1", time="2026-06-01T00:00:00Z"), 1)

    slow = WatchedStore(world.store, after=once_at("get", Table.HEADS, act))
    await receive_event(world.worker(slow), MOVED_AGAIN, 1)
    assert (await head(world)).status == "ineligible"
    assert await is_right(world)


async def test_two_commits_of_which_the_first_relays_for_both_leave_the_row_of_the_second() -> None:
    """The first marks the second's decision as sent and deletes its row of work, and the second has died."""
    world = await eligible()

    async def act() -> None:
        world.now += timedelta(seconds=1)
        await dies(world, MOVED_AGAIN, "merge", Table.HEADS)

    slow = WatchedStore(world.store, before=once_at("merge", Table.CUSTOMERS, act))
    await receive_event(world.worker(slow), LESS, 1)
    await swept(world)
    assert await is_right(world)


async def test_a_customer_that_an_older_version_decided_gets_its_row_with_its_next_event() -> None:
    world = World()
    await older(world).post(*events.eligible(), *events.qualified())
    assert await world.store.query(Table.HEADS, Span(), 10) == []
    world.now += timedelta(days=9)
    await world.post(events.spend(amount="300001", time="2026-04-01T00:00:00Z"))
    assert (await head(world)).since == TODAY, "as its recorded decisions say"
    assert await is_right(world)


async def test_an_older_version_that_changes_the_outcome_is_made_up_for_by_the_next_event() -> None:
    world = await eligible()
    await older(world).post(LESS)
    assert (await head(world)).status == "eligible"
    world.now += timedelta(days=1)
    await world.post(events.spend(licence="L-2", amount="2", time="2026-05-01T00:00:00Z"))
    assert ((await head(world)).status, (await head(world)).since) == ("ineligible", TODAY)


@pytest.mark.parametrize("relays", ["a redelivery", "its sweep"])
async def test_an_older_version_that_relays_for_a_process_that_died_leaves_the_row_of_work(relays: str) -> None:
    world = await eligible()
    await dies(world, LESS, "merge", Table.HEADS)
    world.now += timedelta(minutes=3)
    beside, told = older(world), len(world.notifications())
    if relays == "its sweep":
        await sweep_outboxes(beside.ports)
    else:
        await receive_event(beside.ports, LESS, 2)
    assert len(world.notifications()) == told + 1
    await swept(world)
    assert await is_right(world)
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_an_outbox_of_an_older_version_is_sent_and_deleted() -> None:
    world = World()

    async def die() -> None:
        raise StoreUnavailableError("died")

    dying = WatchedStore(world.store, before=once_at("merge", Table.CUSTOMERS, die))
    with pytest.raises(StoreUnavailableError):
        await receive_event(world.worker(older_version.OlderStore(dying)), events.spend(), 1)
    (row,) = [each async for each in world.ports.work.outboxes()]
    assert row.key == keys.older_outbox_entry("C-1", 1)
    await swept(world)
    assert world.told() == [(1, "ineligible")]
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_a_state_that_went_back_gets_a_number_after_that_of_its_row() -> None:
    world = await eligible()
    state = await world.store.get(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    assert state
    await world.post(MOVED)
    lost = (await head(world)).commit
    await world.store.write(Table.CUSTOMERS, Row(state.partition, state.key, state.properties), ANY)
    await put_back(world.store, Table.UPCOMING, [])
    later = {"commit": lost + 10**9}  # of a clock that was ahead
    await world.store.merge(Table.HEADS, Row(keys.head_partition("C-1"), "C-1", later), ANY)
    await world.post(events.spend(amount="400000", endsOn="2026-12-31", time="2026-06-01T00:00:00Z"))
    assert (await head(world)).commit > lost + 10**9
    assert await is_right(world)


async def test_rows_that_are_lost_come_again_with_the_next_change() -> None:
    world = await eligible()
    await put_back(world.store, Table.HEADS, [])
    await world.post(LESS)
    assert await is_right(world)


async def test_a_date_that_comes_and_a_partners_change_write_the_rows_of_their_customers() -> None:
    world = await eligible()
    await world.post(MOVED)
    world.now += timedelta(days=122)
    await sweep_due(world.ports)
    await world.settle()
    assert ((await head(world)).status, (await head(world)).since) == ("ineligible", world.now.date())
    await world.post(events.spend(amount="400000", time="2026-05-01T00:00:00Z"))
    world.now += timedelta(days=1)
    await world.post(events.certified(level="none", time="2026-05-01T00:00:00Z"))
    assert ((await head(world)).status, (await head(world)).since) == ("ineligible", world.now.date())
    assert await is_right(world)


async def test_who_is_only_touched_has_no_row_of_a_decision() -> None:
    world = await eligible()
    message = Recompute(("C-7",), PartnerChanged("P-1", 1)).to_bytes()
    await recompute(world.ports, message, 1)
    assert await world.ports.heads.load("C-7") is None
    assert not world.sent.queues[Queue.RECOMPUTE]


async def test_a_row_of_work_opened_by_who_lost_is_deleted_when_the_winners_number_is_later() -> None:
    world = await eligible()
    number = (await head(world)).commit
    await world.ports.work.open_outbox(Outbox("C-1", 2, world.ports.timestamp(), commit=number))
    await swept(world)
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_the_day_of_a_loss_that_moves_alone_is_in_the_row() -> None:
    """The next change is before it: of two projects one is lost in September, the other with the customer."""
    world = await World().unwarned()
    await world.post(events.spend(), events.project(), events.project(project_id="J-2"))
    await world.post(events.attached(projectId="J-1"), events.attached(partner="P-2", projectId="J-2"))
    await world.post(*events.qualified(validUntil="2026-08-31"), *events.qualified("P-2", validUntil="2026-12-31"))
    before = await head(world)
    await world.post(events.certified("P-2", validUntil="2027-03-31", time="2026-04-01T00:00:00Z"))
    after = await head(world)
    assert (before.next_change_on, before.loses_on) == (date(2026, 9, 1), date(2027, 1, 1))
    assert (after.next_change_on, after.loses_on) == (date(2026, 9, 1), date(2027, 4, 1))
    assert await is_right(world)
