"""Calls counted by table, partition and kind, and that they are those that the real handlers make."""

import asyncio
from datetime import UTC, datetime

import pytest

from bench._counted import CUSTOMER, PARTNER, CountedWorld, Owners, Place, Profile
from bench._everybody import A_PARTNER, DATE, RULES, everybody
from shared.messaging.sender import Queue
from shared.storage.store import Row, Span, Table
from tests import events
from tests.virtual_time import run

WORK, OF_A_CUSTOMER = Place(Table.WORK, "due"), Place(Table.CUSTOMERS, CUSTOMER)
ATTACHED = Place(Table.ATTACHMENTS, PARTNER)


def test_a_counted_store_counts_rows_by_whose_partition_they_are_in() -> None:
    async def counts() -> Profile:
        world = CountedWorld(datetime(2026, 6, 1, tzinfo=UTC))
        world.owners.customers, world.owners.partners = {"C-1"}, {"P-1"}
        with world.counting(1) as counting:
            for number, partition in enumerate(("due~2026-01-01", "due-4~2026-01-01", "due-4~2026-01-01")):
                await world.store.merge(Table.WORK, Row(partition, f"due~{number}"), "*")
            await world.store.query(Table.WORK, Span(), 10)
            await world.store.get(Table.CUSTOMERS, "C-1", "state")
            await world.store.get(Table.ATTACHMENTS, "P-1", "key")
        return counting

    counting = run(counts())
    assert counting.requests == 6
    assert counting.rows == {WORK: 6, OF_A_CUSTOMER: 1, ATTACHED: 1}
    assert counting.kinds == {(WORK, "write"): 3, (WORK, "query"): 3, (OF_A_CUSTOMER, "read"): 1, (ATTACHED, "read"): 1}
    assert counting.spread(WORK) == 2


def test_partitions_named_by_a_hash_alone_are_alike() -> None:
    owners = Owners()
    assert {owners.place(Table.WORK, name) for name in ("0f", "f", "a3")} == {Place(Table.WORK, "")}
    assert owners.place(Table.WORK, "fan-out") == Place(Table.WORK, "fan-out")


def test_calls_at_the_same_time_take_the_time_of_one() -> None:
    async def seconds() -> tuple[float, float]:
        world = CountedWorld(datetime(2026, 6, 1, tzinfo=UTC))
        with world.counting(1, latency=2) as together:
            await asyncio.gather(*(world.store.get(Table.WORK, "any", "key") for _ in range(3)))
        with world.counting(1, latency=2) as after_each_other:
            for _ in range(3):
                await world.store.get(Table.WORK, "any", "key")
        return together.seconds, after_each_other.seconds

    assert run(seconds()) == pytest.approx((2, 6))


def test_an_event_is_counted_as_its_handler_makes_the_calls() -> None:
    async def unchanged() -> Profile:
        world = CountedWorld(datetime(2026, 6, 1, tzinfo=UTC))
        world.owners.customers, world.owners.partners = {"C-1"}, {"P-1", "P-2"}
        await world.post(*events.qualified(), *events.eligible(), events.attached(partner="P-2"))
        with world.counting(1) as counting:
            await world.post(events.spend(amount="400000", time="2026-03-02T00:00:00Z"))
        return counting

    counting = run(unchanged())
    assert (counting.rows[OF_A_CUSTOMER], counting.rows[Place(Table.PARTNERS, PARTNER)]) == (2, 2)


def test_everybody_is_found_and_decided_by_the_real_handlers_for_every_reason() -> None:
    by_reason = run(everybody(customers=440, latency=0.01))
    for reason in (A_PARTNER, RULES, DATE):
        decided, walk = by_reason.decided[reason], by_reason.walked[reason].walks[-1]
        assert decided.change.sent[Queue.NOTIFICATIONS] == decided.change.number
        assert decided.change.requests_each > 4
        assert walk.sent[Queue.RECOMPUTE] > 0
        assert walk.seconds > 0
    for reason in (A_PARTNER, RULES):
        assert by_reason.decided[reason].stay.sent.total() == 0
        assert 2 <= by_reason.decided[reason].stay.requests_each < 2.5
