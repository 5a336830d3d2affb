"""``GET exceptions``: everybody's by their last day, found by rows that are a superset."""

import pytest

from local.commands.repairing.reconcile import differences
from shared.storage.upcoming import DayKind
from shared.workflow.retention import remove_expired
from tests.api.world import World
from tests.events import granted, spend
from tests.upcoming_lists import entries

MARCH, JUNE, DECEMBER = "2026-03-31", "2026-06-30", "2026-12-31"


async def ends(world: World, limit: int = 50, **params: object) -> list[tuple[str, str, str]]:
    pages = world.pages("exceptions", "after", limit, **params)
    return [
        (each["validUntil"], each["customerId"], each["exceptionId"])
        for page in [p async for p in pages]
        for each in page
    ]


async def rows(world: World) -> list[tuple[str, str]]:
    return sorted(
        (str(each.day), each.customer_id) for each in await entries(world.ports) if each.kind == DayKind.EXCEPTION
    )


async def three_customers(world: World) -> None:
    await world.handle(
        granted("C-1", "X-1", validUntil=JUNE),
        granted("C-1", "X-2", validUntil=JUNE),
        granted("C-1", "X-3", validUntil=DECEMBER),
        granted("C-2", "X-1", validUntil=MARCH, revoked=True),
        granted("C-3", "X-1", validUntil=JUNE),
        spend("C-4"),
    )


ALL = [
    (MARCH, "C-2", "X-1"),
    (JUNE, "C-1", "X-1"),
    (JUNE, "C-1", "X-2"),
    (JUNE, "C-3", "X-1"),
    (DECEMBER, "C-1", "X-3"),
]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 50])
async def test_they_are_listed_by_their_last_day_a_page_at_a_time(world: World, limit: int) -> None:
    await three_customers(world)
    assert await ends(world, limit) == ALL


@pytest.mark.parametrize(
    ("before", "number"), [("2026-03-31", 0), ("2026-04-01", 1), ("2026-07-01", 4), ("9999-12-31", 5)]
)
async def test_those_that_end_before_a_day_are_asked_for_alone(world: World, before: str, number: int) -> None:
    await three_customers(world)
    assert await ends(world, endsBefore=before) == ALL[:number]
    assert await ends(world, endsBefore="0001-01-01") == []


async def test_one_that_is_granted_for_longer_is_at_its_new_end_alone(world: World) -> None:
    await world.handle(granted(validUntil=JUNE), granted(validUntil=DECEMBER, time="2026-03-01T01:00:00Z"))
    assert await ends(world) == [(DECEMBER, "C-1", "X-1")]
    assert await rows(world) == [(DECEMBER, "C-1")]
    await world.handle(granted(validUntil=JUNE, time="2026-03-01T02:00:00Z"))
    assert await rows(world) == [(JUNE, "C-1")]
    assert [each async for each in differences(world.ports)] == []


async def test_a_row_that_is_wrong_is_not_shown_and_an_ended_exception_stays(world: World) -> None:
    await three_customers(world)
    (wrong, *_) = [each for each in await entries(world.ports) if each.customer_id == "C-3"]
    await world.handle(granted("C-3", validUntil=DECEMBER, time="2026-03-01T01:00:00Z"))
    await world.ports.upcoming.add(wrong)
    assert (JUNE, "C-3", "X-1") not in await ends(world)
    assert await world.get("exceptions", limit=3)
    world.pass_time(days=400)
    await remove_expired(world.ports)
    assert len(await ends(world)) == len(ALL)


async def test_a_customer_that_another_event_changes_stays_in_the_list(world: World) -> None:
    await world.handle(granted(validUntil=JUNE), spend(), spend(amount="5", time="2026-03-01T01:00:00Z"))
    assert await ends(world) == [(JUNE, "C-1", "X-1")]


@pytest.mark.parametrize("after", ["x", "2026-06-30", "2026-13-01~C-1", "2026-06-30~C-1~", "~C-1"])
async def test_what_is_no_cursor_is_refused(world: World, after: str) -> None:
    assert (await world.get("exceptions", after=after)).error_paths == ["after"]
