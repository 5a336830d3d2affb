"""One fan-out goes round for all changes of a partner: a newer change extends it, wherever it is, and it ends a lap
after the last one; no customer is read for a change that a newer one replaced."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.domain.recompute import FanOutStep, PartnerChanged, Recompute, parse_recompute
from shared.messaging.sender import Queue
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow import steps
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World

CHANGES, CUSTOMERS = 50, 200


@pytest.fixture(autouse=True)
def messages_of_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred and one customers are in two messages."""
    monkeypatch.setattr(steps, "MESSAGE", 100)


@pytest.fixture
def small_pages(messages_of_a_hundred: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner of 200 customers is to these what one of 200,000 is to those: a lap takes ten steps."""
    monkeypatch.setattr(steps, "PAGE", 10)
    monkeypatch.setattr(steps, "PAGES_PER_CALL", 2)
    monkeypatch.setattr(steps, "MESSAGE", 10)


def names(count: int = CUSTOMERS) -> list[str]:
    return [f"C-{number:03}" for number in range(count)]


async def attached_world(count: int = CUSTOMERS) -> World:
    world = World()
    await world.post(*events.qualified())
    for name in names(count):
        await world.post(events.attached(name))
    return world


def changes() -> Iterator[bytes]:
    """Each is a change of the partner, later than the one before."""
    for number in itertools.count():
        level = ("silver", "gold")[number % 2]
        yield events.certified(level=level, time=f"2026-04-01T{number // 60:02}:{number % 60:02}:00Z")


class Reading:
    """Processes that share the store; what they read of each table is counted, and the most messages that waited."""

    def __init__(self, world: World, processes: int = 1) -> None:
        self.world = world
        self.stores = [WatchedStore(world.store) for _ in range(processes)]
        self.ports = [world.worker(each) for each in self.stores]
        self.most = 0
        self._turn = itertools.cycle(self.ports)

    @property
    def reads(self) -> Counter[Table]:
        return Counter(call.table for store in self.stores for call in store.calls if not call.writes)

    async def change(self, body: bytes) -> None:
        """By a process whose reads are not counted: an event reads its fact and its partner, whatever comes of it."""
        await receive_event(self.world.ports, body, 1)

    async def deliver(self, count: int) -> None:
        queue = self.world.sent.queues[Queue.RECOMPUTE]
        for _ in range(count):
            if queue:
                self.most = max(self.most, len(queue))
                await recompute(next(self._turn), queue.popleft().body, 1)

    async def drain(self) -> int:
        """Deliver all; how many messages that took."""
        for number in itertools.count():
            if not self.world.sent.queues[Queue.RECOMPUTE]:
                return number
            await self.deliver(1)
        raise AssertionError


async def all_decided(world: World, count: int = CUSTOMERS) -> None:
    revision = (await world.ports.partners.load("P-1")).partner.revision
    assert {(await world.state(each)).evidence.partners["P-1"] for each in names(count)} == {revision}
    assert [each async for each in world.ports.fan_outs.all()] == []


@pytest.mark.parametrize("processes", [1, 4])
async def test_fifty_changes_that_wait_read_each_customer_once(processes: int) -> None:
    world = await attached_world()
    reading, some = Reading(world, processes), changes()
    for _ in range(CHANGES):
        await reading.change(next(some))
    await reading.drain()
    await all_decided(world)
    assert reading.reads[Table.CUSTOMERS] == CUSTOMERS
    assert reading.reads.total() <= 450


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("processes", [1, 4])
async def test_fifty_changes_in_the_middle_of_a_lap_make_it_two_laps_at_the_most(processes: int) -> None:
    world = await attached_world()
    reading, some = Reading(world, processes), changes()
    for _ in range(CHANGES // 2):
        await reading.change(next(some))
        await reading.change(next(some))
        await reading.deliver(1)
    await reading.drain()
    await all_decided(world)
    assert reading.reads[Table.CUSTOMERS] <= 2 * CUSTOMERS


@pytest.mark.usefixtures("small_pages")
async def test_a_partner_that_changes_ten_times_in_a_lap_is_gone_round_without_end_and_done_a_lap_after_the_last() -> (
    None
):
    """The messages of a lap are handled 30 at a time: before, each change began at the first customer again."""
    world = await attached_world()
    reading, some = Reading(world), changes()
    seen: list[int] = []
    for _ in range(10 * 10):
        await reading.change(next(some))
        await reading.deliver(3)
        seen.append(min([(await world.state(each)).evidence.partners["P-1"] for each in names()]))
    assert reading.most <= 2 * 3 + 3, "what waits does not grow"
    assert len(set(seen)) > 5, "the customer decided longest ago is decided again and again"
    handled = await reading.drain()
    await all_decided(world)
    assert handled <= 2 * 30


@pytest.mark.usefixtures("small_pages")
async def test_a_change_in_the_middle_of_a_lap_is_taken_round_from_there() -> None:
    """The last page is no message: its step decides it."""
    world = await attached_world()
    reading, some = Reading(world), changes()
    await reading.change(next(some))
    await reading.deliver(3)  # a step, and its two pages
    await reading.change(next(some))
    await reading.deliver(1)
    newest = (await world.ports.partners.load("P-1")).partner.revision
    handed_on = await _handed_on(world)
    assert handed_on == [(name, newest) for name in names()[20:] + names()[:10]]
    await all_decided(world)


@pytest.mark.usefixtures("small_pages")
async def test_a_lap_ends_where_it_began_though_its_pages_have_other_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where customers were attached or detached meanwhile."""
    world = await attached_world(60)
    reading, some = Reading(world), changes()
    await reading.change(next(some))
    await reading.deliver(3)
    await reading.change(next(some))
    monkeypatch.setattr(steps, "PAGE", 7)
    await reading.drain()
    assert reading.reads[Table.CUSTOMERS] == 20 + 60
    await all_decided(world, 60)


async def _handed_on(world: World) -> list[tuple[str, int]]:
    """Drained; the customers in the order of their messages, with the revision that these ask for."""
    queue, found = world.sent.queues[Queue.RECOMPUTE], []
    while queue:
        message = parse_recompute(body := queue.popleft().body)
        if isinstance(message, Recompute) and isinstance(message.reason, PartnerChanged):
            found += [(name, message.reason.revision) for name in message.customer_ids]
        await recompute(world.ports, body, 1)
    return found


async def test_a_step_that_another_replaced_reads_nothing_where_that_was_seen() -> None:
    world = await attached_world(3)
    reading, some = Reading(world), changes()
    for _ in range(CHANGES):
        await reading.change(next(some))
    await reading.deliver(1)
    reading.stores[0].calls.clear()
    assert await reading.drain() == CHANGES - 1
    assert reading.stores[0].calls == []


async def test_a_change_that_comes_after_a_lap_is_over_begins_another_in_the_same_process() -> None:
    world = await attached_world(3)
    reading, some = Reading(world), changes()
    for waiting in (3, 1, 2):
        for _ in range(waiting):
            await reading.change(next(some))
        await reading.drain()
        await all_decided(world, 3)


async def test_a_step_that_another_replaced_reads_the_rows_once_where_that_was_not_seen() -> None:
    world = await attached_world(3)
    reading, some = Reading(world), changes()
    for _ in range(CHANGES):
        await reading.change(next(some))
    await reading.deliver(1)
    other = Reading(world)
    assert await other.drain() == CHANGES - 1
    assert other.stores[0].calls == [Call("query", Table.WORK)] * (CHANGES - 1)


async def test_a_partner_of_no_more_customers_than_a_message_holds_is_decided_by_its_step() -> None:
    world = await attached_world(100)
    reading = Reading(world)
    await reading.change(next(changes()))
    assert await reading.drain() == 1
    await all_decided(world, 100)


@pytest.mark.parametrize("customers", [1, 3])
async def test_customers_whom_the_last_step_cannot_decide_get_a_message_and_the_fan_out_ends(customers: int) -> None:
    world = await attached_world(customers)

    async def broken(call: Call) -> None:
        if call.table is Table.CUSTOMERS:
            raise StoreUnavailableError("customers do not answer")

    await receive_event(world.ports, next(changes()), 1)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.worker(WatchedStore(world.store, before=broken)), queue.popleft().body, 1)
    assert [each async for each in world.ports.fan_outs.all()] == []
    (message,) = (parse_recompute(each.body) for each in queue)
    assert isinstance(message, Recompute)
    assert message.customer_ids == tuple(names(customers))
    await world.settle()
    await all_decided(world, customers)


async def test_a_fan_out_that_sent_messages_ends_behind_them() -> None:
    """So one change after the other finds it under way, and what waits is never more than one lap."""
    world = await attached_world(101)
    reading, some = Reading(world), changes()
    await reading.change(next(some))
    await reading.deliver(1)
    for _ in range(CHANGES):
        await reading.change(next(some))
    await reading.drain()
    await all_decided(world, 101)
    assert reading.reads[Table.CUSTOMERS] == 2 * 101


class LastStep:
    """The step that ends a lap over 101 customers; while it is handled, the partner may ``change`` again."""

    def __init__(self, world: World, some: Iterator[bytes]) -> None:
        self._world, self._some = world, some
        self._queue = world.sent.queues[Queue.RECOMPUTE]
        self.body = self._queue.popleft().body

    @classmethod
    async def of(cls, world: World) -> "LastStep":
        some = changes()
        await receive_event(world.ports, next(some), 1)
        for _ in range(3):
            await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)
        return cls(world, some)

    async def change(self) -> None:
        """With its step, which sees the fan-out under way or has no customer to decide yet."""
        await receive_event(self._world.ports, next(self._some), 1)
        await recompute(self._world.worker(), self._queue.popleft().body, 1)


@pytest.mark.parametrize("operation", ["delete", "query"])
async def test_a_change_that_comes_while_a_lap_ends_is_enqueued_by_the_step_that_ends_it(operation: str) -> None:
    world = await attached_world(101)
    last = await LastStep.of(world)
    store = WatchedStore(world.store, before=once_at(operation, Table.WORK, last.change))
    await recompute(world.worker(store), last.body, 1)
    await world.settle()
    await all_decided(world, 101)


async def test_a_step_that_dies_between_the_end_of_a_lap_and_its_look_for_changes_enqueues_them_when_retried() -> None:
    world = await attached_world(101)
    last = await LastStep.of(world)

    async def die() -> None:
        assert not world.sent.queues[Queue.RECOMPUTE], "the step of the change left it to this one"
        raise StoreUnavailableError("died")

    store = WatchedStore(world.store, before=once_at("delete", Table.WORK, last.change))
    store.after = once_at("delete", Table.WORK, die)
    with pytest.raises(StoreUnavailableError):
        await recompute(world.worker(store), last.body, 1)
    await recompute(world.worker(), last.body, 2)
    await world.settle()
    await all_decided(world, 101)


@pytest.mark.usefixtures("small_pages")
async def test_a_step_that_waits_for_long_behind_other_messages_loses_no_place_to_the_next_change() -> None:
    """After two minutes the next change takes the fan-out for one that stopped, and goes on where that was."""
    world = await attached_world(60)
    reading, some = Reading(world), changes()
    await reading.change(next(some))
    await reading.deliver(3)
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await reading.change(next(some))
    queue = world.sent.queues[Queue.RECOMPUTE]
    queue.rotate(1)  # the step of the change comes first
    assert [name for name, _ in await _handed_on(world)] == names(60)[20:] + names(60)[:10]
    await all_decided(world, 60)


async def test_a_fan_out_that_stopped_is_gone_on_with_by_the_next_change() -> None:
    world = await attached_world(101)
    some = changes()
    await receive_event(world.ports, next(some), 1)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    queue.clear()  # its step is lost
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await world.post(next(some))
    await all_decided(world, 101)


async def test_a_sweep_enqueues_none_of_a_partner_whose_fan_out_is_under_way() -> None:
    world = await attached_world(101)
    some = changes()
    for _ in range(2):
        await receive_event(world.ports, next(some), 1)
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    lost = queue.pop()  # its next step
    assert isinstance(parse_recompute(lost.body), FanOutStep)
    await world.settle()
    await sweep_fan_outs(world.ports)
    assert not queue
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await sweep_fan_outs(world.ports)
    assert queue
    await world.settle()
    await all_decided(world, 101)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("seed", range(40))
async def test_whatever_comes_in_which_order_and_how_often_all_are_decided_by_the_last_change(seed: int) -> None:
    """Messages in any order, some twice, steps that are lost and swept, changes at any time, by several processes."""
    chance = random.Random(seed)
    world = await attached_world(chance.choice((9, 10, 11, 30, 45)))
    count = len(await world.ports.indexes.attached("P-1", "", 1000))
    some, queue = changes(), world.sent.queues[Queue.RECOMPUTE]
    processes = [world.worker() for _ in range(3)]
    left = 12
    while left or queue:
        drawn = chance.random()
        if left and drawn < 0.2:
            left -= 1
            await receive_event(chance.choice(processes), next(some), 1)
        elif queue:
            message = queue[chance.randrange(len(queue))]
            queue.remove(message)
            is_step = isinstance(parse_recompute(message.body), FanOutStep)
            if not (is_step and drawn > 0.95):
                await recompute(chance.choice(processes), message.body, 1)
            if drawn < 0.25:
                queue.append(message)
        if drawn > 0.9:
            world.now += timedelta(minutes=3)
            await sweep_fan_outs(chance.choice(processes))
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await world.settle()
    await all_decided(world, count)
