"""Lists by day over both stores: what is answered, page by page, while days move, partners go and rows are left."""

from datetime import date

import pytest

from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import NotARowError
from shared.api.customer_lists import list_customers
from shared.storage import keys
from shared.storage.store import Conflict, Row, Span, Store, Table
from shared.storage.upcoming import DayKind, Entry
from tests import events
from tests.upcoming_lists import entries, upcoming
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
DAY = date(2026, 8, 1)


async def programme(store: Store, number: int = 6) -> World:
    world = World()
    world.store = store
    world.ports = world.worker(store)
    await world.post(*events.qualified())
    for each in range(number):
        day = f"2026-0{7 + each % 2}-15"
        licence = events.spend(f"C-{each}", endsOn=day)
        await world.post(licence, events.project(f"C-{each}"), events.attached(f"C-{each}"))
    return world


@pytest.mark.parametrize("limit", [1, 4, 100])
async def test_all_and_a_partners_customers_are_answered_by_day_then_by_id(store: Store, limit: int) -> None:
    world = await programme(store)
    even, odd = (
        [(f"2026-0{month}-16", f"C-{each}") for each in each_of] for month, each_of in ((7, (0, 2, 4)), (8, (1, 3, 5)))
    )
    assert await upcoming(world.ports, DayKind.LOSES, limit=limit) == [*even, *odd]
    assert await upcoming(world.ports, DayKind.LOSES, "P-1", limit) == [*even, *odd]
    page = await list_customers(world.ports, "", date(2026, 8, 1), "", "", 10, (None, ""))
    assert [(each["customerId"], each["losesOn"]) for each in page["items"]] == [(each, day) for day, each in even]


async def test_what_is_not_so_any_more_has_no_row_and_what_is_left_is_not_answered(store: Store) -> None:
    world = await programme(store, 2)
    await world.ports.upcoming.add(Entry(DayKind.LOSES, keys.of_partner("P-1"), DAY, "C-0"))
    await world.post(events.detached("C-0", time=LATER), events.spend("C-1", endsOn="2026-07-31", time=LATER))
    right = [("2026-08-01", "C-1")]
    assert await upcoming(world.ports, DayKind.LOSES) == await upcoming(world.ports, DayKind.LOSES, "P-1") == right
    assert {(each.day, each.customer_id) for each in await entries(world.ports)} == {(DAY, "C-1"), (DAY, "C-0")}


async def test_a_row_that_was_written_again_is_not_deleted_as_it_was_read(store: Store) -> None:
    world = World()
    entry, noun = Entry(DayKind.GAINS, "all~0", DAY, "C-1"), world.worker(store).upcoming
    await noun.add(entry)
    read = await noun.load(entry)
    assert read
    await noun.add(entry)
    with pytest.raises(Conflict):
        await noun.delete(read)
    again = await noun.load(entry)
    assert again
    await noun.delete(again)
    assert await noun.load(entry) is None


async def test_rows_are_gone_through_list_by_list_with_or_without_the_rest_of_one(store: Store) -> None:
    noun = World().worker(store).upcoming
    for scope in ("all~0", "partner~P-1", "partner~P-1.1"):
        for customer in ("C-1", "C-2"):
            await noun.add(Entry(DayKind.LOSES, scope, DAY, customer))
    every = await noun.rows(None, 100)
    assert [len(every), every[:3]] == [6, await noun.rows(None, 3)]
    assert await noun.rows(every[2], 100) == every[3:]
    assert await noun.rows(every[2], 2, rest_of_partition=False) == every[4:]


@pytest.mark.parametrize(
    ("partition", "key"),
    [
        ("loses~all~0", "loses~all~0~2026-08-01~C-9"),
        ("loses~all~0", "loses~all~1~2026-08-01~C-1"),
        ("loses~partner~P 1", "loses~partner~P 1~2026-08-01~C-1"),
        ("stays~all~0", "stays~all~0~2026-08-01~C-1"),
        ("loses~all~0", "loses~all~0~2026-08-32~C-1"),
    ],
)
async def test_a_row_of_no_list_is_not_imported(partition: str, key: str, store: Store) -> None:
    await check_row(Table.UPCOMING, Row("loses~all~0", "loses~all~0~2026-08-01~C-1"))
    with pytest.raises(NotARowError):
        await check_row(Table.UPCOMING, Row(partition, key))
    assert await store.query(Table.UPCOMING, Span(), 1) == []
