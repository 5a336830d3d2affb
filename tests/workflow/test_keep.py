"""Quarantine: what can never succeed is kept whole, with its reason; what may pass, after its last try."""

from collections.abc import Sequence

import pytest

from shared.api.problems import Problem
from shared.api.quarantine import redrive
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage.store import Row, Table
from shared.workflow.keep import LAST_ATTEMPT, keep_dead_letter, keep_poison
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events
from tests.watched_store import WatchedStore
from tests.world import World


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"{", b"[]", b"{}", events.event("unknown", {}), b"x" * 50_000])
async def test_a_message_that_can_never_succeed_is_kept_whole_and_not_raised(body: bytes) -> None:
    world = World()
    await receive_event(world.ports, body, 1)
    (kept,) = await world.quarantine()
    assert (kept["body"], kept["queue"], kept["state"]) == (body, "eligibility-events", "kept")
    assert kept["reason"]


async def test_the_same_message_again_is_counted_in_the_same_row() -> None:
    world = World()
    for _ in range(3):
        await receive_event(world.ports, b"{", 1)
    (kept,) = await world.quarantine()
    assert kept["count"] == 3


class Unreadable(WatchedStore):
    """Fails, for no reason that could pass, at every read of a customer."""

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        if table is Table.CUSTOMERS:
            raise ZeroDivisionError
        return await super().get(table, partition, key, select)


async def test_a_failure_for_another_reason_is_raised_until_the_last_try_and_then_kept_with_its_reason() -> None:
    world = World()
    world.ports = world.worker(Unreadable(world.store))
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(ZeroDivisionError):
            await receive_event(world.ports, events.spend(), attempt)
    message = events.spend()
    await receive_event(world.ports, message, LAST_ATTEMPT)
    (kept,) = await world.quarantine()
    assert kept["body"] == message
    assert kept["reason"] == "failed 5 times, last with: ZeroDivisionError"


async def test_what_the_host_gave_up_is_kept() -> None:
    world = World()
    await keep_poison(world.ports, Queue.RECOMPUTE, b"\x00 whatever")
    (kept,) = await world.quarantine()
    assert (kept["queue"], kept["body"]) == ("eligibility-recompute", b"\x00 whatever")


@pytest.mark.parametrize(
    ("attempts", "reason", "description", "told"),
    [
        (0, "TTLExpiredException", None, "given up by Service Bus: TTLExpiredException"),
        (5, "MaxDeliveryCountExceeded", "5 times", "given up by Service Bus: MaxDeliveryCountExceeded: 5 times"),
        (2, None, None, "given up by Service Bus: no reason told"),
    ],
)
async def test_a_dead_letter_is_kept_with_what_service_bus_says_of_it(
    attempts: int, reason: str | None, description: str | None, told: str
) -> None:
    world = World()
    await keep_dead_letter(world.ports, Queue.EVENTS, b"{", attempts, reason, description)
    (kept,), _ = await world.ports.quarantine.page("", 10)
    assert (kept.queue, kept.body, kept.reason, kept.attempts) == ("eligibility-events", b"{", told, attempts)


async def test_a_redriven_message_goes_back_to_its_queue_once_and_comes_back_as_kept_if_it_fails_again() -> None:
    world = World()
    await receive_event(world.ports, b"{", 1)
    (message,), _ = await world.ports.quarantine.page("", 10)
    for _ in range(2):
        assert (await redrive(world.ports, message.id))["state"] == "redriven"
    (back,) = world.sent.queues[Queue.EVENTS]
    assert back.body == b"{"
    await receive_event(world.ports, back.body, 1)
    (kept,) = await world.quarantine()
    assert (kept["state"], kept["count"]) == ("kept", 2)


async def test_what_no_queue_takes_is_not_put_back_and_stays_kept() -> None:
    world = World()
    await keep_poison(world.ports, Queue.EVENTS, b"x" * 49_153)
    (kept,), _ = await world.ports.quarantine.page("", 10)
    with pytest.raises(Problem) as refused:
        await redrive(world.ports, kept.id)
    assert refused.value.status == 409
    assert not world.sent.queues[Queue.EVENTS]
    assert [each["state"] for each in await world.quarantine()] == ["kept"]


async def test_an_event_kept_by_mistake_is_decided_after_its_redrive() -> None:
    world = World()
    message = events.spend()
    await receive_event(world.worker(Unreadable(world.store)), message, LAST_ATTEMPT)
    (kept,), _ = await world.ports.quarantine.page("", 10)
    await redrive(world.ports, kept.id)
    await world.post(world.sent.queues[Queue.EVENTS].popleft().body)
    assert world.told() == [(1, "ineligible")]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[1]",
        b'{"customers": ["C-1"]}',
        b'{"customers": [1], "epoch": 1}',
        b'{"customers": ["C-1"], "day": "2026-02-30"}',
        b'{"fanOut": 1}',
    ],
)
async def test_a_recompute_message_not_of_our_making_is_kept(body: bytes) -> None:
    world = World()
    await recompute(world.ports, body, 1)
    (kept,) = await world.quarantine()
    assert (kept["queue"], kept["body"]) == ("eligibility-recompute", body)


async def test_one_customer_that_fails_among_many_is_retried_alone_and_the_others_are_decided() -> None:
    world = World()
    for number in range(5):
        await world.post(*events.eligible(f"C-{number}"))
    await world.post(*events.qualified()[:2])
    broken_customer = "C-3"

    class Broken(WatchedStore):
        async def get(self, table, partition, key, select=()):  # type: ignore[no-untyped-def]
            if partition == broken_customer:
                raise PassingError("this one does not answer")
            return await super().get(table, partition, key, select)

    healthy, world.ports = world.ports, world.worker(Broken(world.store))
    await receive_event(world.ports, events.certified(), 1)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    assert [await _status(healthy, number) for number in range(5)] == ["eligible"] * 3 + ["ineligible", "eligible"]
    (alone,) = queue
    with pytest.raises(PassingError):
        await recompute(world.ports, alone.body, 1)
    await recompute(world.ports, alone.body, LAST_ATTEMPT)
    assert b'"C-3"' in alone.body
    assert b'"C-1"' not in alone.body
    assert await world.quarantine() == []
    _, later = queue
    await recompute(healthy, later.body, 1)
    assert await _status(healthy, 3) == "eligible"


async def _status(ports, number: int) -> str:  # type: ignore[no-untyped-def]
    return str((await ports.customers.load(f"C-{number}")).state.outcome.status)


async def test_a_customer_past_its_facts_cap_goes_to_quarantine_with_that_reason() -> None:
    world = World()
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await _fill(world, 2000)
    await world.post(events.spend(licence="L-new"))
    (kept,) = await world.quarantine()
    assert "2000 facts" in kept["reason"]
    await world.post(events.spend(licence="L-5", amount="7", time="2026-05-01T00:00:00Z"))
    assert len(await world.quarantine()) == 1, "a register that stands may still be updated"


async def _fill(world: World, count: int) -> None:
    """A customer with so many licences, laid in directly."""
    from shared.domain.events import parse_event

    await world.ports.rule_books.book(None)
    state = await world.state()
    for number in range(count):
        laid = state.applying(parse_event(events.spend(licence=f"L-{number}", amount="1"), world.now))
        assert laid
        state = laid
    await world.ports.customers.commit(state, None)
