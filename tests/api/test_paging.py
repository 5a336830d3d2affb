"""Every list, followed page by page, visits each item once, in its order, whatever the number of items."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.given import attached, detached, project, qualified, spend
from tests.api.test_rule_sets import store_draft
from tests.api.world import World

LIMIT = 3
SIZES = [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT]


async def visited(world: World, path: str, cursor: str, member: str) -> list[object]:
    pages = [page async for page in world.pages(path, cursor, LIMIT)]
    assert all(len(page) == LIMIT for page in pages[:-1]), "only the last page may be short"
    assert len(pages) <= sum(map(len, pages)) // LIMIT + 1
    return [item[member] for page in pages for item in page]


@pytest.mark.parametrize("size", SIZES)
async def test_customers(world: World, size: int) -> None:
    await world.handle(*(spend(f"C-{number:02d}") for number in reversed(range(size))))
    assert await visited(world, "customers", "after", "customerId") == [f"C-{number:02d}" for number in range(size)]


async def test_customers_that_were_only_touched_and_never_decided_are_passed_over(world: World) -> None:
    await world.handle(*(spend(f"C-{number:02d}") for number in range(LIMIT + 1)))
    for number in range(20, 20 + 2 * LIMIT):
        await world.ports.customers.touch(await world.ports.customers.load(f"B-{number}"), world.ports.timestamp())
    assert len(await visited(world, "customers", "after", "customerId")) == LIMIT + 1


@pytest.mark.parametrize("size", [size for size in SIZES if size])
async def test_history(world: World, size: int) -> None:
    await world.handle(*qualified(), project("C-1"), spend("C-1"))
    for number in range(1, size):
        change = attached if number % 2 else detached
        await world.handle(change("C-1", time=f"2026-03-01T10:00:{number:02d}Z"))
    assert await visited(world, "customers/C-1/history", "before", "sequence") == list(range(size, 0, -1))


@pytest.mark.parametrize("size", SIZES)
async def test_a_partners_customers_with_ones_once_attached_between_them(world: World, size: int) -> None:
    await world.handle(*qualified())
    for number in range(size):
        stays, left = f"C-{number:02d}", f"C-{number:02d}-left"
        await world.handle(attached(stays), attached(left), detached(left))
    found = await visited(world, "partners/P-1/customers", "after", "customerId")
    assert found == [f"C-{number:02d}" for number in range(size)]


@pytest.mark.parametrize("size", [size for size in SIZES if size])
async def test_rule_sets(world: World, size: int) -> None:
    for version in range(2, size + 1):
        await store_draft(world, version, "2026-01-01")
    assert await visited(world, "rule-sets", "before", "version") == list(range(size, 0, -1))


@pytest.mark.parametrize("seconds", [0, 1], ids=["kept at the same time", "kept one after another"])
@pytest.mark.parametrize("size", SIZES)
async def test_quarantine(world: World, size: int, seconds: int) -> None:
    for number in range(size):
        await world.handle(f"message {number}".encode())
        world.pass_time(seconds=seconds)
    found = await visited(world, "quarantine", "after", "body")
    expected = [f"message {number}" for number in range(size)]
    assert (found if seconds else sorted(map(str, found))) == expected


type Feed = Callable[[World], Awaitable[None]]


async def _customers(world: World) -> None:
    await world.handle(*(spend(f"C-{number:02d}") for number in range(51)))


async def _rule_sets(world: World) -> None:
    for version in range(2, 52):
        await store_draft(world, version, "2026-01-01")


async def _quarantine(world: World) -> None:
    await world.handle(*(f"message {number}".encode() for number in range(51)))


@pytest.mark.parametrize(
    ("path", "feed"), [("customers", _customers), ("rule-sets", _rule_sets), ("quarantine", _quarantine)]
)
async def test_a_page_has_50_items_unless_asked_otherwise(world: World, path: str, feed: Feed) -> None:
    await feed(world)
    answer = (await world.get(path)).value
    assert len(answer["items"]) == 50
    assert answer["next"] is not None
    assert len((await world.get(path, limit=1000)).value["items"]) == 51
    assert len((await world.get(path, limit=1)).value["items"]) == 1
