"""Due rows in parts: a date is spread, swept in several chains at once, and rows of other versions are moved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.recompute import DayCame, Recompute, parse_recompute
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import ANY, Row, Span, StoreUnavailableError, Table
from shared.storage.work import Due
from shared.workflow import due_parts
from shared.workflow.due_parts import REST, move_due
from shared.workflow.sweep import sweep_due
from tests import events
from tests.due_rows import due_rows, told_of_older
from tests.later_version import OWN, write_as_later
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World

TODAY = date(2026, 6, 1)
YESTERDAY = date(2026, 5, 31)
LONG = [f"C-{number}" for number in range(400)]
"""So many that each part has more than a page of ten."""


@pytest.fixture
def pages_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_parts, "PAGE", 10)


async def due_on(world: World, day: date, *customers: str, ports: Ports | None = None) -> None:
    for each in customers:
        await (ports or world.ports).work.add_due(each, day)


def sent(world: World) -> list[tuple[date, str]]:
    """The days and customers of what waits on the recompute queue, in order; the queue is emptied."""
    found = []
    for message in world.sent.queues[Queue.RECOMPUTE]:
        read = parse_recompute(message.body)
        assert isinstance(read, Recompute)
        assert isinstance(read.reason, DayCame)
        found += [(read.reason.day, each) for each in read.customer_ids]
    world.sent.queues[Queue.RECOMPUTE].clear()
    return found


async def partitions(world: World) -> Counter[str]:
    rows = await world.store.query(Table.WORK, Span(partition_from="due", partition_to="due~~"), 100_000)
    return Counter(row.partition for row in rows)


async def test_the_rows_of_a_date_are_spread_evenly_over_sixteen_partitions() -> None:
    world = World()
    await due_on(world, TODAY, *(f"C-{number:05}" for number in range(3200)))
    found = await partitions(world)
    assert set(found) == {f"due-{digit:x}~2026-06-01" for digit in range(16)}
    assert max(found.values()) < 1.25 * 200


def test_where_a_row_is_outlives_the_code() -> None:
    """Rows that are stored would not be found: these are facts."""
    assert [keys.due_part(each) for each in ("C-1", "C-2", "contoso-7")] == ["due-0", "due-8", "due-5"]
    assert keys.due_on("due-5", TODAY) == "due-5~2026-06-01"


async def test_in_each_part_days_before_come_first(pages_of_ten: None) -> None:
    world = World()
    await due_on(world, TODAY, *LONG[:200])
    await due_on(world, YESTERDAY, *LONG[200:])
    await sweep_due(world.ports)
    by_part: dict[str, list[date]] = {}
    for day, customer in (found := sent(world)):
        by_part.setdefault(keys.due_part(customer), []).append(day)
    assert len(found) == len(set(found)) == len(LONG)
    assert all(days == sorted(days) for days in by_part.values())


async def test_a_call_that_dies_anywhere_costs_at_most_a_page_of_each_part_sent_again(pages_of_ten: None) -> None:
    for number in range(1, 121, 8):
        world = World()
        await due_on(world, TODAY, *LONG)
        left = number

        async def dies(_: Call) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise StoreUnavailableError("died")

        with pytest.raises(StoreUnavailableError):
            await sweep_due(world.worker(WatchedStore(world.store, after=dies)))
        await sweep_due(world.ports)
        found = Counter(each for _, each in sent(world))
        assert set(found) == set(LONG)
        assert max(found.values()) <= 2
        again = Counter(keys.due_part(each) for each, times in found.items() if times > 1)
        assert max(again.values(), default=0) <= 10


async def test_two_calls_at_once_send_at_most_a_page_of_each_part_twice(pages_of_ten: None) -> None:
    world = World()
    await due_on(world, TODAY, *LONG)

    async def other() -> None:
        await sweep_due(world.ports)

    await sweep_due(world.worker(WatchedStore(world.store, before=once_at("write", Table.WORK, other))))
    found = Counter(each for _, each in sent(world))
    assert set(found) == set(LONG)
    assert sum(found.values()) - len(LONG) <= 16 * 10


async def test_a_part_that_fails_stops_no_other_and_is_gone_on_with() -> None:
    world = World()
    await due_on(world, TODAY, *LONG[:20])
    store = BreakingSpan(world, keys.DUE_PARTS[3])
    with pytest.raises(StoreUnavailableError):
        await sweep_due(world.worker(store))
    first = {each for _, each in sent(world)}
    assert first == {each for each in LONG[:20] if keys.due_part(each) != keys.DUE_PARTS[3]}
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == set(LONG[:20])


class BreakingSpan(WatchedStore):
    """A store that cannot read one part."""

    def __init__(self, world: World, part: str) -> None:
        super().__init__(world.store)
        self.part = part

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        if span.partition_from.startswith(self.part):
            raise StoreUnavailableError("not now")
        return await super().query(table, span, limit, select)


async def test_a_part_with_more_than_a_page_rests_and_the_others_do_not(pages_of_ten: None) -> None:
    world = World()
    large = [each for each in LONG if keys.due_part(each) == keys.DUE_PARTS[0]]
    small = [each for each in LONG if keys.due_part(each) == keys.DUE_PARTS[1]][:5]
    await due_on(world, TODAY, *large, *small)
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == {*large, *small}
    world.now += timedelta(minutes=5)
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == set(small)
    world.now += REST
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == {*large, *small}


async def test_no_partition_gives_more_than_a_page_in_two_seconds(pages_of_ten: None) -> None:
    world = World()
    await due_on(world, TODAY, *LONG)
    at: dict[str, list[float]] = {}
    ports = world.worker(TimedSpans(world, at))

    async def passes(seconds: float) -> None:
        world.now += timedelta(seconds=seconds)

    ports.pause = passes
    await sweep_due(ports)
    assert len(at) == 16
    assert all(len(set(times)) > 1 for times in at.values())
    for times in at.values():
        assert all(
            later - earlier >= due_parts.PAGE_TAKES.total_seconds() for earlier, later in pairwise(sorted(set(times)))
        )


class TimedSpans(WatchedStore):
    """Notes when a page of each part is read: perhaps in two queries at a time, of a day and of later ones."""

    def __init__(self, world: World, at: dict[str, list[float]]) -> None:
        super().__init__(world.store)
        self.world, self.at = world, at

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        part = (span.partition or span.partition_from).partition("~")[0]
        if part in keys.DUE_PARTS:
            self.at.setdefault(part, []).append(self.world.now.timestamp())
        return await super().query(table, span, limit, select)


async def test_rows_of_an_older_version_are_moved_and_its_dates_that_have_come_are_swept_at_once() -> None:
    world = World()
    await due_on(world, TODAY, *LONG[:20], ports=told_of_older(world))
    await due_on(world, date(2027, 1, 1), *LONG[:20], ports=told_of_older(world))
    assert set(await partitions(world)) == {"due~2026-06-01", "due~2027-01-01"}
    assert await world.ports.work.is_due("C-1", TODAY)
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == set(LONG[:20])
    assert all(part.startswith("due-") for part in await partitions(world))
    assert [(each.day, each.customer_id) for each in await due_rows(world.ports)] == [
        (day, each) for day in (TODAY, date(2027, 1, 1)) for each in sorted(LONG[:20])
    ]


async def test_beside_an_older_version_rows_are_moved_back_to_where_that_finds_them() -> None:
    world = World()
    await due_on(world, TODAY, *LONG[:20])
    await sweep_due(told_of_older(world))
    assert set(await partitions(world)) == {"due~2026-06-01"}
    assert {each for _, each in sent(world)} == set(LONG[:20])
    await due_on(world, YESTERDAY, "C-1", ports=told_of_older(world))
    assert "due~2026-05-31" in await partitions(world)
    assert await told_of_older(world).work.is_due("C-2", TODAY)


async def test_a_date_is_decided_and_its_row_gone_whichever_process_does_it() -> None:
    """One swept, another handles the message: a row that stays costs one read and goes with the next sweep."""
    for sweeping in (False, True):
        world = World()
        await world.post(*events.eligible(), *events.qualified(validUntil="2026-06-30"))
        world.now += timedelta(days=60)
        one, other = (told_of_older(world), world.ports) if sweeping else (world.ports, told_of_older(world))
        await sweep_due(one)
        await world.settle(other)
        assert await world.status() == "ineligible"
        await sweep_due(other)
        await world.settle(other)
        assert await due_rows(world.ports) == []
        assert [each async for each in differences(world.ports)] == []


async def test_what_a_later_version_added_to_a_row_is_moved_with_it() -> None:
    world = World()
    await due_on(world, TODAY, "C-1", ports=told_of_older(world))
    row = await world.store.get(Table.WORK, "due~2026-06-01", keys.due_customer(TODAY, "C-1"))
    assert row
    await write_as_later(world.store, Table.WORK, row)
    await sweep_due(world.ports)
    moved = await world.store.get(Table.WORK, "due-0~2026-06-01", keys.due_customer(TODAY, "C-1"))
    assert moved
    assert moved.properties[OWN] == "kept"


@pytest.mark.parametrize("operation", ["query", "merge", "delete"])
async def test_a_row_that_is_added_again_while_it_is_moved_is_not_lost(operation: str) -> None:
    """By an older version, or by a process that moves the other way."""
    for meanwhile in (added_again, moved_back):
        world = World()
        await due_on(world, date(2027, 1, 1), "C-1", ports=told_of_older(world))
        await meanwhile(world, operation)
        assert [each.customer_id for each in await due_rows(world.ports)] in (["C-1"], ["C-1", "C-1"])
        await sweep_due(world.ports)
        assert await partitions(world) == {"due-0~2027-01-01": 1}


async def added_again(world: World, operation: str) -> None:
    async def again() -> None:
        await due_on(world, date(2027, 1, 1), "C-1", ports=told_of_older(world))

    await sweep_due(world.worker(WatchedStore(world.store, once_at(operation, Table.WORK, again))))


async def moved_back(world: World, operation: str) -> None:
    async def back() -> None:
        await sweep_due(told_of_older(world))

    await sweep_due(world.worker(WatchedStore(world.store, once_at(operation, Table.WORK, back))))


async def test_moving_that_is_out_of_time_goes_on_where_it_was(pages_of_ten: None) -> None:
    world = World()
    await due_on(world, TODAY, *LONG, ports=told_of_older(world))

    async def slowly(call: Call) -> None:
        world.now += timedelta(seconds=10 * (call.operation == "query"))

    await sweep_due(world.worker(WatchedStore(world.store, before=slowly)))
    assert sent(world) == []
    assert 0 < (await partitions(world))["due~2026-06-01"] < len(LONG)
    await sweep_due(world.ports)
    assert Counter(each for _, each in sent(world)) == Counter(LONG)


async def test_while_another_call_moves_rows_no_part_is_swept_so_that_none_rests_before_it_is_whole(
    pages_of_ten: None,
) -> None:
    world = World()
    await due_on(world, TODAY, *LONG, ports=told_of_older(world))

    async def passes(_: Call) -> None:
        world.now += timedelta(seconds=1)

    async def other() -> None:
        """A page."""
        await move_due(world.worker(WatchedStore(world.store, before=passes)), timedelta())

    await sweep_due(world.worker(WatchedStore(world.store, before=once_at("write", Table.WORK, other))))
    assert sent(world) == []
    assert (await partitions(world))["due~2026-06-01"] > 0
    await sweep_due(world.ports)
    assert Counter(each for _, each in sent(world)) == Counter(LONG)


async def test_a_call_that_fails_to_move_a_row_fails_and_the_next_one_goes_on() -> None:
    world = World()
    await due_on(world, TODAY, "C-1", "C-2", ports=told_of_older(world))

    async def fails() -> None:
        raise StoreUnavailableError("not now")

    with pytest.raises(StoreUnavailableError):
        await sweep_due(world.worker(WatchedStore(world.store, once_at("merge", Table.WORK, fails))))
    await sweep_due(world.ports)
    assert {each for _, each in sent(world)} == {"C-1", "C-2"}


async def test_a_row_in_the_wrong_part_is_named_swept_and_moved() -> None:
    world = await World().unwarned()
    await world.post(*events.eligible(), *events.qualified(validUntil="2026-08-31"))
    (row,) = await due_rows(world.ports)
    await world.store.delete(Table.WORK, keys.due_on(row.part, row.day), keys.due_customer(row.day, "C-1"))
    await plant(world, replace(row, part=keys.DUE_PARTS[5]))
    assert [each async for each in differences(world.ports)] == ["C-1: nothing will decide it on 2026-09-01"]
    world.now += timedelta(days=100)
    await sweep_due(world.ports)
    assert set(await partitions(world)) == {"due-0~2026-09-01"}
    await world.settle()
    assert await world.status() == "ineligible"
    assert await due_rows(world.ports) == []


async def plant(world: World, due: Due) -> None:
    key = keys.due_customer(due.day, due.customer_id)
    row = Row(keys.due_on(due.part, due.day), key, {"customerId": due.customer_id})
    await world.store.write(Table.WORK, row, ANY)
