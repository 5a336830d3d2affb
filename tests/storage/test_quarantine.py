"""The quarantine: messages over several partitions, listed in order, counted without being read, moved from where
earlier versions keep them."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random

import pytest

from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import NotARowError
from local.commands.repairing.reconcile import differences
from local.commands.repairing.reconcile_quarantine import quarantine_differences, repair_quarantine
from local.commands.repairing.repair import repair
from shared.at_once import at_once
from shared.ports import Ports
from shared.storage import keys
from shared.storage.quarantine import Quarantine
from shared.storage.quarantined import KEPT, REDRIVEN, Ending, Quarantined
from shared.storage.store import ANY, Row, Span, Store, Table
from shared.workflow.decide import until_first
from shared.workflow.retention import remove_expired
from tests.counted import counted
from tests.watched_store import Call, WatchedStore
from tests.world import World


def message(number: int, at: str = "2026-03-02T12:00:00.000000Z") -> Quarantined:
    return Quarantined("eligibility-events", f"message {number}".encode(), at, "why", (), 1)


def at(number: int) -> str:
    return f"2026-03-02T12:{number // 60:02}:{number % 60:02}.000000Z"


async def keep(ports: Ports, *messages: Quarantined) -> None:
    await at_once(lambda each: until_first(ports, lambda: ports.quarantine.keep(each)), messages)


async def redrive(ports: Ports, kept: Quarantined) -> None:
    stored = await ports.quarantine.load(kept.id)
    assert stored
    await until_first(ports, lambda: ports.quarantine.end(stored, Ending(REDRIVEN, ports.timestamp())))


async def rows(world: World) -> list[Row]:
    return await world.store.query(Table.QUARANTINE, Span(), 100_000)


async def kept(ports: Ports) -> int:
    """As the list has it."""
    found, cursor = await ports.quarantine.page("", 1000)
    assert cursor is None
    return sum(each.state == KEPT for each in found)


class Always(Random):
    """Draws one number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return self._number


def counting_in(store: Store, number: int) -> Quarantine:
    """A process that draws this one of the counts."""
    return Quarantine(store, Always(number))


def of_one_partition() -> list[Quarantined]:
    return [each for each in map(message, range(200)) if keys.quarantine(each.id) == keys.QUARANTINES[0]]


def before(world: World) -> Ports:
    """A process of a version that keeps all messages in one partition."""
    ports = world.worker()
    ports.quarantine = Quarantine(ports.rows, is_old=True)
    return ports


async def test_no_partition_takes_the_messages_of_a_producer_that_breaks_its_format() -> None:
    world = World()
    await keep(world.ports, *map(message, range(800)))
    found = Counter(row.partition for row in await rows(world) if row.key.startswith(keys.quarantined("")))
    assert sum(found.values()) == 800
    assert max(found.values()) < 800 / 6


async def test_a_list_goes_on_through_all_partitions_oldest_first() -> None:
    world = World()
    messages = [message(number, at(number)) for number in range(50)]
    await keep(world.ports, *Random(1).sample(messages, 50))
    found: list[bytes] = []
    cursor: str | None = ""
    while cursor is not None:
        page, cursor = await world.ports.quarantine.page(cursor, 7)
        found += [each.body for each in page]
    assert found == [each.body for each in messages]


async def test_a_list_of_one_partition_alone_goes_on_too() -> None:
    world = World()
    await keep(before(world), *(message(number, at(number)) for number in range(5)))
    found, cursor = await world.ports.quarantine.page("", 2)
    rest, last = await world.ports.quarantine.page(cursor or "", 3)
    assert [each.body for each in (*found, *rest)] == [f"message {number}".encode() for number in range(5)]
    assert (bool(cursor), last) == (True, None)


async def test_two_messages_kept_at_once_and_counted_in_the_same_count_are_two() -> None:
    world = World()
    first, second, third, *_ = of_one_partition()
    await counting_in(world.store, 0).keep(first)

    async def comes(call: Call) -> None:
        if call.operation == "commit" and not done:
            done.append(call)
            await counting_in(world.store, 0).keep(second)

    done: list[Call] = []
    slow = counting_in(WatchedStore(world.store, comes), 0)
    await until_first(world.ports, lambda: slow.keep(third))
    assert (await world.ports.quarantine.count_kept()).kept == 3


async def test_kept_messages_are_counted_without_one_of_them_being_read() -> None:
    world = World()
    await keep(world.ports, *map(message, range(300)))
    store = WatchedStore(world.store)
    read: list[Row] = []
    ports = world.worker(store)
    query = ports.rows.query

    async def watched(table: Table, span: Span, limit: int, select: tuple[str, ...] = ()) -> list[Row]:
        read.extend(found := await query(table, span, limit, select))
        return found

    ports.rows.query = watched  # type: ignore[method-assign, assignment]
    counted = await ports.quarantine.count_kept()
    assert (counted.kept, counted.all) == (300, True)
    assert {row.key.partition("~")[0] for row in read} == {"count"}


async def test_whatever_becomes_of_messages_the_count_is_that_of_the_list() -> None:
    world, draw = World(), Random(7)
    for _ in range(400):
        each = message(draw.randrange(12))
        if draw.random() < 0.6:
            await keep(world.ports, each)
        elif await world.ports.quarantine.load(each.id):
            await redrive(world.ports, each)
        assert (await world.ports.quarantine.count_kept()).kept == await kept(world.ports)


async def test_of_many_writers_at_once_none_is_left_out_of_the_count() -> None:
    world = World()
    ports = [world.worker() for _ in range(8)]
    messages = [message(number) for number in range(40)]

    async def one(number: int) -> None:
        await until_first(ports[number % 8], lambda: ports[number % 8].quarantine.keep(messages[number % 40]))

    await at_once(one, range(120), 60)
    assert (await world.ports.quarantine.count_kept()).kept == 40
    assert sum(each.count for each in (await world.ports.quarantine.page("", 100))[0]) == 120


async def test_a_message_that_came_again_while_it_was_put_back_stays_kept_and_counted() -> None:
    world = World()
    await keep(world.ports, message(1))
    stored = await world.ports.quarantine.load(message(1).id)
    assert stored
    await keep(world.ports, message(1))
    await world.ports.quarantine.end(stored, Ending(REDRIVEN, at(1)))
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 1


async def test_a_message_is_marked_as_put_back_though_another_wrote_the_count_first() -> None:
    world = World()
    await keep(world.ports, message(1))

    async def others_count(call: Call) -> None:
        if call.operation == "commit" and not done:
            done.append(call)
            for row in await rows(world):
                if row.key.startswith("count~"):
                    await world.store.write(Table.QUARANTINE, row, ANY)

    done: list[Call] = []
    ports = world.worker(WatchedStore(world.store, others_count))
    await redrive(ports, message(1))
    assert done
    assert (await world.ports.quarantine.count_kept()).kept == 0


async def test_messages_of_an_earlier_version_are_listed_counted_and_put_back() -> None:
    world = World()
    await keep(before(world), message(1, at(1)), message(3, at(3)))
    await keep(world.ports, message(2, at(2)))
    found, _ = await world.ports.quarantine.page("", 10)
    assert [each.body for each in found] == [b"message 1", b"message 2", b"message 3"]
    await redrive(world.ports, message(3))
    counted = await world.ports.quarantine.count_kept()
    assert (counted.kept, counted.all) == (2, True)


async def test_while_an_earlier_version_may_run_messages_are_kept_where_it_reads_them() -> None:
    world = World()
    ports = Ports(world.store, world.sent, lambda: world.now, oldest_version="0.2.0")
    await keep(ports, message(1))
    await remove_expired(ports)
    assert {row.partition for row in await rows(world)} == {keys.QUARANTINE}
    assert (await ports.quarantine.count_kept()).kept == 1


async def test_messages_of_an_earlier_version_are_moved_and_then_counted_without_being_read() -> None:
    world = World()
    old = [message(number, at(number)) for number in range(30)]
    await keep(before(world), *old)
    await redrive(before(world), old[0])
    await remove_expired(world.ports)
    assert not [row for row in await rows(world) if row.partition == keys.QUARANTINE]
    found, _ = await world.ports.quarantine.page("", 100)
    assert [(each.body, each.at) for each in found] == [(each.body, each.at) for each in old]
    assert (await world.ports.quarantine.count_kept()).kept == 29


@pytest.mark.parametrize("which", range(2))
async def test_a_move_that_ended_in_the_middle_is_made_again_and_counts_nothing_twice(which: int) -> None:
    world = World()
    await keep(before(world), message(1))

    async def ends(call: Call) -> None:
        if call.operation == "commit":
            commits.append(call)
            if len(commits) == which + 1:
                raise RuntimeError("the process ends here")

    commits: list[Call] = []
    with pytest.raises(RuntimeError):
        await world.worker(WatchedStore(world.store, ends)).quarantine.move_old(10)
    await world.ports.quarantine.move_old(10)
    found, _ = await world.ports.quarantine.page("", 10)
    assert [(each.body, each.count) for each in found] == [(b"message 1", 1)]
    assert (await world.ports.quarantine.count_kept()).kept == 1


async def test_a_message_put_back_here_and_kept_again_by_an_earlier_version_is_kept_after_it_was_moved() -> None:
    world = World()
    await keep(world.ports, message(1))
    await redrive(world.ports, message(1))
    await keep(before(world), message(1))
    await world.ports.quarantine.move_old(10)
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 1


async def test_a_message_kept_again_by_an_earlier_version_can_be_put_back_before_it_is_moved() -> None:
    world = World()
    await keep(world.ports, message(1))
    await redrive(world.ports, message(1))
    await keep(before(world), message(1))
    found = await world.ports.quarantine.load(message(1).id)
    assert found
    assert found.state == KEPT
    await redrive(world.ports, message(1))
    await world.ports.quarantine.move_old(10)
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 0


async def test_a_message_that_was_moved_while_it_was_put_back_is_marked_where_it_is_now() -> None:
    world = World()
    await keep(before(world), message(1))
    stored = await world.ports.quarantine.load(message(1).id)
    assert stored
    await world.ports.quarantine.move_old(10)
    await world.ports.quarantine.end(stored, Ending(REDRIVEN, at(1)))
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 0


async def test_a_message_that_came_again_elsewhere_while_it_was_put_back_stays_kept() -> None:
    world = World()
    await keep(before(world), message(1, at(1)))
    stored = await world.ports.quarantine.load(message(1).id)
    assert stored
    await keep(world.ports, message(1, at(2)))
    await world.ports.quarantine.move_old(10)
    await world.ports.quarantine.end(stored, Ending(REDRIVEN, at(3)))
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 1


async def test_a_message_whose_move_ended_in_the_middle_is_listed_once() -> None:
    world = World()
    await keep(before(world), *(message(number, at(number)) for number in range(3)))
    old = [row for row in await rows(world) if row.partition == keys.QUARANTINE]
    await world.ports.quarantine.move_old(10)
    for row in old:
        await world.store.write(Table.QUARANTINE, row)
    found, cursor = await world.ports.quarantine.page("", 2)
    assert [each.body for each in found] == [b"message 0", b"message 1"]
    found, cursor = await world.ports.quarantine.page(cursor or "", 2)
    assert ([each.body for each in found], cursor) == ([b"message 2"], None)


async def test_a_page_of_what_is_done_begins_at_the_place_that_an_earlier_version_noted() -> None:
    world = World()
    ids = sorted(message(number).id for number in range(3))
    by_id = {message(number).id: message(number) for number in range(3)}
    await keep(before(world), *by_id.values())
    for each in by_id.values():
        await redrive(before(world), each)
    passed = await world.ports.quarantine.passed(ids[0], 10)
    assert [each.id for each in passed.done] == ids[1:]


async def wrong_count(world: World) -> None:
    (row,) = [row for row in await rows(world) if row.key.startswith("count~")][:1]
    await world.store.write(Table.QUARANTINE, replace(row, properties={"kept": 40}), ANY)


async def count_is_gone(world: World) -> None:
    for row in await rows(world):
        if row.key.startswith("count~"):
            await world.store.delete(Table.QUARANTINE, row.partition, row.key)


async def place_is_gone(world: World) -> None:
    (row,) = [row for row in await rows(world) if row.key.startswith(keys.QUARANTINED_AT)][:1]
    await world.store.delete(Table.QUARANTINE, row.partition, row.key)


async def place_of_nothing(world: World) -> None:
    await world.store.write(Table.QUARANTINE, Row(keys.QUARANTINES[3], f"{keys.QUARANTINED_AT}{at(5)}~{'3' * 32}"))


FAULTS = [wrong_count, count_is_gone, place_is_gone, place_of_nothing]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_what_is_wrong_with_lists_and_counts_is_found_and_repaired(
    fault: Callable[[World], Awaitable[None]],
) -> None:
    world = World()
    await world.ports.rule_books.book(None)
    await keep(world.ports, *map(message, range(5)))
    assert [each async for each in differences(world.ports)] == []
    await fault(world)
    assert len([each async for each in differences(world.worker())]) >= 1
    async for passed in repair(world.worker()):
        assert not [each.failed for each in passed.repaired if each.failed]
    assert [each async for each in differences(world.worker())] == []
    assert await kept(world.ports) == (await world.ports.quarantine.count_kept()).kept == 5


async def test_a_repair_of_the_count_gives_way_to_who_writes_it() -> None:
    world = World()
    await keep(world.ports, *map(message, range(3)))
    await wrong_count(world)

    async def writes(call: Call) -> None:
        if call.operation == "commit" and not done:
            done.append(call)
            await keep(world.ports, *map(message, range(100, 200)))

    done: list[Call] = []
    ports = world.worker(WatchedStore(world.store, writes))
    for _ in range(3):
        async for _ in repair(ports):
            pass
    assert (await world.ports.quarantine.count_kept()).kept == await kept(world.ports) == 103


async def test_a_repair_of_the_count_sees_a_message_that_comes_between_counts_and_messages() -> None:
    world = World()
    first, second, *_ = of_one_partition()
    await counting_in(world.store, 0).keep(first)
    await wrong_count(world)

    async def comes(call: Call) -> None:
        if call.operation == "query" and not done:
            done.append(call)
            await counting_in(world.store, 1).keep(second)

    done: list[Call] = []
    await repair_quarantine(world.worker(WatchedStore(world.store, after=comes)), keys.QUARANTINES[0])
    assert (await world.ports.quarantine.count_kept()).kept == 2


async def test_a_repair_leaves_the_place_of_a_message_that_comes_meanwhile_where_nothing_is_counted() -> None:
    world = World()
    old = before(world)
    await keep(old, message(1, at(1)), message(2, at(2)))
    await place_is_gone(world)

    async def comes(call: Call) -> None:
        if call.operation == "query":
            queries.append(call)
            if len(queries) == 3:
                await keep(old, message(3, at(3)))

    queries: list[Call] = []
    await repair_quarantine(world.worker(WatchedStore(world.store, comes)), keys.QUARANTINE)
    assert await quarantine_differences(world.ports, keys.QUARANTINE) == []
    assert await kept(world.ports) == 3


async def test_holding_twice_as_many_messages_against_their_list_is_twice_the_work() -> None:
    async def calls(number: int) -> int:
        world = World()
        await keep(before(world), *(message(each, at(each)) for each in range(number)))
        with counted() as done:
            await quarantine_differences(world.ports, keys.QUARANTINE)
        return done.calls

    assert await calls(400) < 3 * await calls(200)


async def test_a_place_or_a_count_in_another_partition_than_its_own_is_refused() -> None:
    message_id, other = "3" * 32, keys.QUARANTINES[4]
    await check_row(Table.QUARANTINE, Row(keys.QUARANTINES[3], f"{keys.QUARANTINED_AT}{at(1)}~{message_id}"))
    for row in (
        Row(other, f"{keys.QUARANTINED_AT}{at(1)}~{message_id}"),
        Row(other, keys.kept_count(keys.QUARANTINES[3], 1), {"kept": 1}),
    ):
        with pytest.raises(NotARowError):
            await check_row(Table.QUARANTINE, row)


async def test_every_row_of_the_quarantine_is_one_that_an_import_takes() -> None:
    world = World()
    await keep(world.ports, *map(message, range(3)))
    await keep(before(world), message(9))
    await redrive(world.ports, message(2))
    for row in await rows(world):
        await check_row(Table.QUARANTINE, row)
