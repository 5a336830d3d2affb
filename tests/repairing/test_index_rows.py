"""What is wrong in the population index is found, and mended by a repair or by writing the index again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.reindex import reindex
from local.commands.repairing.repair import repair
from shared.errors import PassingError
from shared.ports import Ports
from shared.storage import keys
from shared.storage.heads import Head
from shared.storage.store import ANY, Row, Span, Table
from shared.storage.upcoming import DayKind, Entry
from tests import events, older_version
from tests.repairing.test_repair_kinds import breaking_after_write
from tests.restored import put_back
from tests.watched_store import WatchedStore
from tests.world import World

RIGHT = keys.head_partition("C-1")
WRONG = "00"
MOVED = events.spend(amount="400000", endsOn="2026-09-30", time="2026-04-01T00:00:00Z")

type Plant = Callable[[World], Awaitable[None]]
type Mend = Callable[[Ports], AsyncIterator[Any]]


async def sound() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified(), events.spend("C-2"))
    return world


async def _merged(world: World, **properties: Any) -> None:
    await world.store.merge(Table.HEADS, Row(RIGHT, "C-1", properties), ANY)


async def missing(world: World) -> None:
    await world.store.delete(Table.HEADS, RIGHT, "C-1")


async def all_missing(world: World) -> None:
    await put_back(world.store, Table.HEADS, [])


async def wrong_status(world: World) -> None:
    await _merged(world, status="ineligible")


async def wrong_day(world: World) -> None:
    await _merged(world, since="2025-01-01", nextChangeOn="2026-07-01")


async def of_an_earlier_commit(world: World) -> None:
    await _merged(world, commit=1)


async def as_it_was_entered(world: World) -> None:
    await world.store.write(Table.HEADS, Row(RIGHT, "C-1", await _entered(world)), ANY)


async def _entered(world: World) -> dict[str, Any]:
    await world.ports.heads.enter("C-9")
    row = await world.store.get(Table.HEADS, keys.head_partition("C-9"), "C-9")
    assert row
    return dict(row.properties)


async def of_a_later_commit(world: World) -> None:
    """The state went back."""
    before = await world.store.get(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    assert before
    await world.post(MOVED)
    await world.store.write(Table.CUSTOMERS, Row(before.partition, before.key, before.properties), ANY)


async def in_the_wrong_partition(world: World) -> None:
    row = await world.store.get(Table.HEADS, RIGHT, "C-1")
    assert row
    await world.store.write(Table.HEADS, Row(WRONG, "C-1", row.properties), ANY)


async def only_in_the_wrong_partition(world: World) -> None:
    await in_the_wrong_partition(world)
    await missing(world)


async def too_much(world: World) -> None:
    """A customer of whom nothing is stored."""
    await world.ports.heads.write(Head("C-9", "eligible", None, 3, commit=7), None)


async def all_missing_by_day(world: World) -> None:
    await world.post(MOVED)
    await put_back(world.store, Table.UPCOMING, [])


async def too_much_by_day(world: World) -> None:
    """One of a partner that the customer has not, and one of a customer of whom nothing is stored."""
    await world.ports.upcoming.add(Entry(DayKind.GAINS, keys.of_partner("P-9"), date(2026, 7, 1), "C-1"))
    await world.ports.upcoming.add(Entry(DayKind.LOSES, "all~0", date(2026, 7, 1), "C-9"))


LISTS = ("loses~all~0", "loses~partner~P-1")
"""Those that C-1 is in."""
LEFT = "is in a list by day, and its customer's decision names no such day"
KINDS: dict[Plant, list[str]] = {
    missing: ["C-1: is not in the population index"],
    all_missing: ["C-1: is not in the population index", "C-2: is not in the population index"],
    wrong_status: ["C-1: the population index has status ineligible, its state status eligible"],
    wrong_day: [
        "C-1: the population index has since 2025-01-01, its state since 2026-06-01",
        "C-1: the population index has nextChangeOn 2026-07-01, its state nextChangeOn None",
    ],
    of_an_earlier_commit: ["C-1: its row in the population index is of an earlier commit than its state"],
    as_it_was_entered: [
        "C-1: the population index has status unassessed, its state status eligible",
        "C-1: the population index has since None, its state since 2026-06-01",
        "C-1: the population index has sequence 0, its state sequence 2",
    ],
    of_a_later_commit: [
        "C-1: its row in the population index is of a later commit than its state",
        *(f"{each}~2026-10-01~C-1: {LEFT}" for each in LISTS),
    ],
    in_the_wrong_partition: [f"{WRONG}~C-1: is in the wrong partition of the population index"],
    only_in_the_wrong_partition: [
        "C-1: is not in the population index",
        f"{WRONG}~C-1: is in the wrong partition of the population index",
    ],
    all_missing_by_day: [f"C-1: is not in the list {each} on 2026-10-01" for each in LISTS],
    too_much_by_day: [f"{each}: {LEFT}" for each in ("gains~partner~P-9~2026-07-01~C-1", "loses~all~0~2026-07-01~C-9")],
    too_much: [
        f"{keys.head_partition('C-9')}~C-9: the population index has status eligible, and no decision is stored"
    ],
}
each_kind = pytest.mark.parametrize("plant", KINDS)
by_both = pytest.mark.parametrize("mend", [repair, reindex])


async def found(world: World) -> list[str]:
    return [each async for each in differences(world.worker())]


async def mended(ports: Ports, mend: Mend) -> None:
    _ = [each async for each in mend(ports)]


async def assert_right(world: World) -> None:
    assert await found(world) == []
    for customer_id in ("C-1", "C-2"):
        head = await world.ports.heads.load(customer_id)
        assert head == Head.of(await world.state(customer_id))
    rows = await world.store.query(Table.HEADS, Span(), 100)
    assert all(row.partition == keys.head_partition(row.key) for row in rows)


@each_kind
async def test_reconciling_says_what_is_wrong(plant: Plant) -> None:
    world = await sound()
    await plant(world)
    assert await found(world) == KINDS[plant]


@each_kind
@by_both
async def test_it_is_mended(plant: Plant, mend: Mend) -> None:
    world = await sound()
    await plant(world)
    await mended(world.worker(), mend)
    await assert_right(world)
    nothing = [each.changed async for each in reindex(world.worker())]
    assert not any(nothing)


@each_kind
@by_both
async def test_what_breaks_off_after_any_write_is_ended_by_another(plant: Plant, mend: Mend) -> None:
    number, broke = 0, True
    while broke:
        number += 1
        world = await sound()
        await plant(world)
        try:
            await mended(world.worker(WatchedStore(world.store, after=breaking_after_write(number))), mend)
            broke = False
        except PassingError:
            await mended(world.worker(), mend)
        await assert_right(world)
    assert number > 1, "nothing was written"


@each_kind
async def test_whatever_event_comes_between_two_calls_the_index_is_right_in_the_end(plant: Plant) -> None:
    number, done = 0, False
    while not done:
        number, calls, done = number + 1, 0, True
        world = await sound()
        await plant(world)

        async def change(_: object, at: int = number, world: World = world) -> None:
            nonlocal calls, done
            calls += 1
            if calls == at:
                done = False
                await world.post(events.spend(amount="1", time="2026-05-20T00:00:00Z"), ports=world.worker())

        await mended(world.worker(WatchedStore(world.store, before=change)), reindex)
        await assert_right(world)


async def test_writing_the_index_again_decides_nobody() -> None:
    world = await sound()
    before = await world.ports.customers.load("C-1")
    await wrong_status(world)
    await missing(world)
    await mended(world.worker(), reindex)
    assert await world.ports.customers.load("C-1") == before


async def test_of_what_an_older_version_decided_nothing_is_told_and_the_index_is_made() -> None:
    world = World()
    older = World(world.store)
    older.decisions = older_version.DECISIONS
    older.ports = older.worker(older_version.OlderStore(world.store))
    await older.post(*events.eligible(), *events.qualified(), events.spend("C-2"))
    assert await found(world) == [], "an upgrade is to decide them again"
    await mended(world.worker(), reindex)
    await assert_right(world)
    assert not any([each.changed async for each in reindex(world.worker())])
