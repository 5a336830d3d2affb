"""Failures that are not a message's own use up no attempt: it comes again for a day, with its first bytes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared.domain.recompute import DayCame, FanOutStep, Recompute
from shared.domain.retried import Retried
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow import keep
from shared.workflow.keep import FEWEST_COPIES, LAST_ATTEMPT, keep_dead_letter, keep_poison
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events
from tests.watched_store import Call, WatchedStore
from tests.world import World

HANDLERS = {Queue.EVENTS: receive_event, Queue.RECOMPUTE: recompute}
DAY = timedelta(days=1)


def down(world: World) -> Ports:
    """A process that reaches no customer, partner, rule or row of work; quarantine answers."""

    async def fail(call: Call) -> None:
        if call.table is not Table.QUARANTINE:
            raise StoreUnavailableError(f"gone at {call.operation} {call.table}")

    return world.worker(WatchedStore(world.store, before=fail))


MOST_COPIES = 24 * 60
"""Of a day, with the shortest delay."""


async def tried(ports: Ports, queue: Queue, body: bytes) -> None:
    """All tries that the host gives one message."""
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(PassingError):
            await HANDLERS[queue](ports, body, attempt)
    await HANDLERS[queue](ports, body, LAST_ATTEMPT)


async def retried(world: World, ports: Ports, queue: Queue, body: bytes) -> list[Message]:
    """Try it, and each copy that comes of it when it is there, until none does."""
    world.sent.queues[queue].append(Message(body))
    copies: list[Message] = []
    while world.sent.queues[queue]:
        message = world.sent.queues[queue].popleft()
        world.now += timedelta(seconds=message.delay + 40)
        await tried(ports, queue, message.body)
        copies += world.sent.queues[queue]
        assert len(copies) < MOST_COPIES, "it comes again for ever"
    return copies


MESSAGES = {
    "event": (Queue.EVENTS, events.spend()),
    "partner event": (Queue.EVENTS, events.certified()),
    "step": (Queue.RECOMPUTE, FanOutStep(FanOut("P-1", 1).id).to_bytes()),
    "customers": (Queue.RECOMPUTE, Recompute(("C-1",), DayCame(datetime(2026, 6, 1).date())).to_bytes()),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_that_meets_a_failing_store_comes_again_for_a_day_and_is_then_kept_as_it_first_came(
    name: str,
) -> None:
    queue, body = MESSAGES[name]
    world = World()
    began = world.now
    copies = await retried(world, down(world), queue, body)
    assert all(60 <= copy.delay <= 900 for copy in copies)
    assert timedelta(hours=24) < world.now - began < timedelta(hours=24, minutes=30)
    assert {Retried.of(copy.body).since for copy in copies} == {Retried.of(copies[0].body).since}
    (kept,) = await world.quarantine()
    assert (kept["queue"], kept["body"]) == (queue.value, body)
    assert kept["reason"].startswith(
        ("failed for 24 hours, last with: gone at get", "failed for 24 hours, last with: gone at query")
    )
    assert FEWEST_COPIES < len(copies) < 24 * 60


async def test_a_message_that_was_retried_for_hours_is_applied_when_the_store_answers() -> None:
    world = World()
    body = events.spend()
    ports = down(world)
    for _ in range(5):
        await tried(ports, Queue.EVENTS, body)
        (copy,) = world.sent.queues[Queue.EVENTS]
        world.sent.queues[Queue.EVENTS].clear()
        body = copy.body
    await receive_event(world.ports, body, 1)
    assert world.told() == [(1, "ineligible")]
    assert await world.quarantine() == []


@pytest.mark.parametrize("wrong", [timedelta(days=365), -timedelta(days=365)], ids=["ahead", "behind"])
async def test_a_process_whose_clock_is_a_year_off_neither_ends_the_day_early_nor_makes_it_a_year(
    wrong: timedelta,
) -> None:
    world = World()
    began, ports, off = world.now, down(world), down(world)
    off.clock = lambda: world.now + wrong
    body = events.spend(time="2020-01-01T00:00:00Z")
    for each in (ports, off, off, ports, off):
        await tried(each, Queue.EVENTS, body)
        body = world.sent.queues[Queue.EVENTS].popleft().body
        world.now += timedelta(minutes=15)
    assert await world.quarantine() == []
    await retried(world, ports, Queue.EVENTS, body)
    assert world.now - began < timedelta(hours=26)
    assert len(await world.quarantine()) == 1


async def test_a_message_that_can_never_succeed_and_cannot_be_kept_comes_again_too() -> None:
    world = World()

    async def fail(_: Call) -> None:
        raise StoreUnavailableError("gone")

    await tried(world.worker(WatchedStore(world.store, before=fail)), Queue.EVENTS, b"not an event")
    (copy,) = world.sent.queues[Queue.EVENTS]
    await receive_event(world.ports, copy.body, 1)
    (kept,) = await world.quarantine()
    assert kept["body"] == b"not an event"
    assert kept["reason"].startswith("not JSON")


async def test_faults_that_pass_and_faults_of_its_own_do_not_add_up() -> None:
    world = World()
    body = events.spend()
    await tried(down(world), Queue.EVENTS, body)
    (copy,) = world.sent.queues[Queue.EVENTS]

    class Broken(WatchedStore):
        async def get(self, table, partition, key, select=()):  # type: ignore[no-untyped-def]
            if table is Table.CUSTOMERS:
                raise ZeroDivisionError
            return await super().get(table, partition, key, select)

    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(ZeroDivisionError):
            await receive_event(world.worker(Broken(world.store)), copy.body, attempt)
    await receive_event(world.worker(Broken(world.store)), copy.body, LAST_ATTEMPT)
    (kept,) = await world.quarantine()
    assert (kept["body"], kept["reason"]) == (body, "failed 5 times, last with: ZeroDivisionError")


async def given_up(world: World, queue: Queue, body: bytes) -> None:
    await keep_poison(world.ports, queue, body)


async def dead(world: World, queue: Queue, body: bytes) -> None:
    await keep_dead_letter(world.ports, queue, body, 5, "MaxDeliveryCountExceeded", None)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("give_up", [given_up, dead], ids=["poison queue", "dead letter"])
async def test_a_valid_message_whose_tries_were_lost_is_put_back_twice_and_then_kept(
    name: str, give_up: Callable[[World, Queue, bytes], object]
) -> None:
    queue, body = MESSAGES[name]
    world, back = World(), body
    for _ in range(2):
        await give_up(world, queue, back)  # type: ignore[misc]
        copy = world.sent.queues[queue].popleft()
        assert copy.delay >= 60
        back = copy.body
        assert await world.quarantine() == []
    await give_up(world, queue, back)  # type: ignore[misc]
    assert not world.sent.queues[queue]
    (kept,) = await world.quarantine()
    assert (kept["queue"], kept["body"]) == (queue.value, body)
    assert kept["reason"].startswith("given up by ")
    assert kept["reason"].endswith("; it was put back 2 times")


async def test_an_event_put_back_from_poison_is_applied() -> None:
    world = World()
    await keep_poison(world.ports, Queue.EVENTS, events.spend())
    await receive_event(world.ports, world.sent.queues[Queue.EVENTS].popleft().body, 1)
    assert world.told() == [(1, "ineligible")]


async def test_what_is_put_back_after_lost_tries_and_for_a_failing_store_counts_each() -> None:
    world = World()
    body = events.spend()
    await keep_poison(world.ports, Queue.EVENTS, body)
    await tried(down(world), Queue.EVENTS, world.sent.queues[Queue.EVENTS].popleft().body)
    (copy,) = world.sent.queues[Queue.EVENTS]
    again = Retried.of(copy.body)
    assert (again.body, again.copies, again.lost) == (body, 1, 1)


@pytest.mark.parametrize("queue", [Queue.EVENTS, Queue.RECOMPUTE])
async def test_an_invalid_message_that_was_given_up_is_kept_at_once(queue: Queue) -> None:
    world = World()
    await keep_poison(world.ports, queue, b'{"any": "thing"}')
    assert not world.sent.queues[queue]
    (kept,) = await world.quarantine()
    assert kept["body"] == b'{"any": "thing"}'


async def test_a_message_that_cannot_even_be_read_without_a_death_is_kept_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Died(BaseException):
        pass

    def deadly(*_: object) -> None:
        raise Died

    monkeypatch.setattr(keep, "parse_event", deadly)
    world = World()
    for attempt in (1, 2, 3):
        with pytest.raises(Died):
            await keep_poison(world.ports, Queue.EVENTS, events.spend(), attempt)
    await keep_poison(world.ports, Queue.EVENTS, events.spend(), 4)
    assert len(await world.quarantine()) == 1


async def test_a_message_that_no_queue_takes_back_is_kept() -> None:
    world = World()

    class Closed:
        async def send(self, queue: Queue, message: Message) -> None:
            raise SenderUnavailableError("gone")

        async def check(self) -> None: ...

        async def create_queues(self) -> None: ...

    body = events.spend()
    await keep_poison(world.worker(sender=Closed()), Queue.EVENTS, body)
    (kept,) = await world.quarantine()
    assert kept["body"] == body


async def test_a_producers_own_envelope_does_no_more_than_have_its_message_kept_sooner() -> None:
    world = World()
    body = json.dumps({**json.loads(events.spend()), "id": "forged"}).encode()
    forged = Retried(body, "9999-01-01T00:00:00.000000Z", 10**9, 10**9).to_bytes()
    await tried(down(world), Queue.EVENTS, forged)
    (copy,) = world.sent.queues[Queue.EVENTS]
    assert Retried.of(copy.body).since <= world.ports.timestamp()
    forged = Retried(body, "2000-01-01T00:00:00.000000Z", 10**9, 10**9).to_bytes()
    await tried(down(world), Queue.EVENTS, forged)
    (kept,) = await world.quarantine()
    assert kept["body"] == body
    await receive_event(world.ports, forged, 1)
    assert world.told() == [(1, "ineligible")]
