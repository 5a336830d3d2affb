"""Lists by day whatever happens between two calls: processes that die, older versions, days that pass."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from shared.errors import PassingError
from shared.storage import keys
from shared.storage.listed import Listed
from shared.storage.rounds import Rounds
from shared.storage.store import Table
from shared.storage.upcoming import DayKind, Entry
from shared.workflow import retention
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.retention import remove_expired
from shared.workflow.upcoming import forget_if_wrong
from tests import events, older_version
from tests.due_rows import due_rows
from tests.upcoming_lists import entries, upcoming
from tests.watched_store import WatchedStore, once_at
from tests.workflow.test_change_rules import draft
from tests.world import World

LATER, LATEST = "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"
SOON = events.spend(endsOn="2026-06-30", time=LATER)
MOVED = events.spend(endsOn="2026-07-31", time=LATEST)


async def losing() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified(), SOON)
    return world


async def days(world: World) -> list[str]:
    """Those of C-1 in rows, right or not."""
    return sorted({each.day.isoformat() for each in await entries(world.ports)})


async def fail() -> None:
    raise PassingError("died")


@pytest.mark.parametrize(("operation", "table"), [("commit", Table.CUSTOMERS), ("delete", Table.UPCOMING)])
async def test_rows_of_a_handler_that_died_before_or_after_the_commit_are_not_shown(
    operation: str, table: Table
) -> None:
    world = await losing()
    dying = WatchedStore(world.store, before=once_at(operation, table, fail))
    is_made = table is Table.UPCOMING
    with nullcontext() if is_made else pytest.raises(PassingError):
        await receive_event(world.worker(dying), MOVED, 1)
    assert await days(world) == ["2026-07-01", "2026-08-01"]
    assert await upcoming(world.ports, DayKind.LOSES) == [("2026-08-01" if is_made else "2026-07-01", "C-1")]
    await world.post(MOVED)
    assert await upcoming(world.ports, DayKind.LOSES) == [("2026-08-01", "C-1")]


async def test_a_row_is_there_before_the_commit_that_makes_it_right() -> None:
    world = await losing()
    seen: list[str] = []

    async def look() -> None:
        seen.extend(await days(world))

    store = WatchedStore(world.store, before=once_at("commit", Table.CUSTOMERS, look))
    await receive_event(world.worker(store), MOVED, 1)
    assert (seen, await days(world)) == (["2026-07-01", "2026-08-01"], ["2026-08-01"])


async def test_a_row_that_another_handler_makes_right_again_is_not_deleted() -> None:
    world = await losing()
    back = events.spend(endsOn="2026-06-30", time="2026-05-02T00:00:00Z")
    slow = WatchedStore(world.store, before=once_at("delete", Table.UPCOMING, lambda: world.post(back)))
    await receive_event(world.worker(slow), MOVED, 1)
    for partner in ("", "P-1"):
        assert await upcoming(world.ports, DayKind.LOSES, partner) == [("2026-07-01", "C-1")]


async def test_a_wrong_row_that_is_about_to_be_right_is_not_deleted() -> None:
    world = await losing()

    async def delete() -> None:
        for each in await entries(world.ports):
            if each.day == date(2026, 8, 1):
                await forget_if_wrong(world.worker(), each)

    slow = WatchedStore(world.store, before=once_at("commit", Table.CUSTOMERS, delete))
    await receive_event(world.worker(slow), MOVED, 1)
    assert await upcoming(world.ports, DayKind.LOSES) == [("2026-08-01", "C-1")]


async def test_what_an_older_version_decided_is_listed_when_it_is_decided_again() -> None:
    world = await losing()
    world.now += timedelta(minutes=1)
    await world.post(MOVED, ports=older_version.ports(world))
    listed = await world.ports.customers.listed("C-1")
    assert listed == Listed.of_state(await world.state())
    assert listed
    assert (listed.loses_on, listed.spend, listed.undecided, listed.because) == (None, None, None, None)
    assert await upcoming(world.ports, DayKind.LOSES) == []
    await world.post(events.spend(endsOn="2026-07-31", amount="300001", time="2026-05-02T00:00:00Z"))
    for partner in ("", "P-1"):
        assert await upcoming(world.ports, DayKind.LOSES, partner) == [("2026-08-01", "C-1")]
    listed = await world.ports.customers.listed("C-1")
    assert listed == Listed.of_state(await world.state())
    assert listed
    assert (listed.loses_on, listed.spend) == (date(2026, 8, 1), "300001.00")
    assert listed.because
    assert "ended on 31 Jul 2026" in listed.because


async def test_why_is_said_by_the_rules_of_that_day() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    version = await draft(world, amount="350000", effectiveFrom="2026-07-01")
    await activate(world.ports, version)
    await world.settle()
    listed = await world.ports.customers.listed("C-1")
    assert listed
    assert listed.loses_on == date(2026, 7, 1)
    assert listed.because == "Annual spend on new deployments: USD 300,000 of the 350,000 needed"


async def test_rows_whose_day_is_past_are_removed_unless_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await losing()
    await world.post(events.spend("C-2"))
    for customer in ("C-1", "C-2"):
        for day in (date(2026, 6, 20), date(2027, 6, 1), date(2027, 6, 2)):
            for scope in (keys.everybody(customer), keys.of_partner("P-1")):
                await world.ports.upcoming.add(Entry(DayKind.LOSES, scope, day, customer))
    monkeypatch.setattr(retention, "PAGE", 2)
    before = await world.ports.customers.load("C-2")
    world.now += timedelta(days=60)  # and no timer has decided who was due
    await remove_expired(world.worker())
    assert await days(world) == ["2026-07-01", "2027-06-01", "2027-06-02"]
    assert len([each for each in await entries(world.ports) if each.day.year == 2027]) == 2 * 2 * 2
    assert (await Rounds(world.store).load("days")).over
    assert await upcoming(world.ports, DayKind.LOSES) == [("2026-07-01", "C-1")]
    assert (await world.ports.customers.load("C-2")).etag != before.etag, "a slower writer has to read again"
    assert {each.customer_id for each in await due_rows(world.ports)} == {"C-1"}
