"""A customer is decided again on the next date on which its outcome changes, and has a due row for no other.

Where a loss is not warned of: test_expiring.py has that.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.customer_state import CustomerState
from shared.rule_books import SHIPPED
from shared.rules.document import MOST_STEP, parse_document
from shared.rules.forecast import MOST_DATES
from shared.rules.timeline import Timeline
from shared.storage import keys
from shared.storage.rows import packed
from shared.storage.store import ANY, Row, Table
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.retention import remove_expired
from shared.workflow.sweep import sweep_due
from tests import events
from tests.due_rows import due_rows
from tests.world import World

TODAY = date(2026, 6, 1)
START = "2026-07-01"


async def due(world: World) -> set[tuple[str, str]]:
    rows = await due_rows(world.ports)
    return {(row.customer_id, row.day.isoformat()) for row in rows}


async def come(world: World, day: str) -> None:
    """The day comes: the timer finds what is due."""
    world.now = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)
    await sweep_due(world.ports)
    await world.settle()


async def scheduled(world: World, **criterion: Any) -> None:
    """Rules that ask for more spend from a later day."""
    document = json.loads(SHIPPED.read_bytes()) | {"effectiveFrom": START, "warnDaysBefore": []}
    document["criteria"]["criteria"][0] |= {"amount": "400000", **criterion}
    await activate(world.ports, (await store_draft(world.ports, parse_document(document), ChangeNote())).version)
    await world.settle()


async def two_customers(world: World) -> None:
    """C-1 spends enough for today's rules, C-2 for those to come."""
    await world.post(*events.qualified(), *events.eligible("C-1"), *events.eligible("C-2"))
    await world.post(events.spend("C-2", "500000", time="2026-03-02T00:00:00Z"))


async def test_a_date_on_which_no_outcome_changes_has_no_row() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible("C-1"))
    await world.post(events.spend("C-1", "1", "L-2", endsOn="2026-06-10"))
    await world.post(events.certified(level="silver", validFrom="2026-08-01"))
    assert await due(world) == set()
    assert [each async for each in differences(world.ports)] == []


async def test_a_rule_date_has_rows_for_those_alone_whom_it_changes() -> None:
    world = await World().unwarned()
    await two_customers(world)
    await scheduled(world)
    assert await due(world) == {("C-1", START)}
    told = len(world.notifications("C-2"))
    await come(world, START)
    assert [(await world.state(each)).outcome.status.value for each in ("C-1", "C-2")] == ["ineligible", "eligible"]
    assert world.notifications("C-1")[-1]["data"]["cause"] == {"kind": "date", "date": START}
    assert len(world.notifications("C-2")) == told
    assert await due(world) == set()


async def test_who_is_not_changed_stays_decided_by_the_rules_of_its_day_and_that_is_no_difference() -> None:
    world = await World().unwarned()
    await two_customers(world)
    await scheduled(world)
    await come(world, START)
    versions = [(await world.state(each)).decision or {} for each in ("C-1", "C-2")]
    assert [each["ruleSetVersion"] for each in versions] == [2, 1]
    assert [each async for each in differences(world.ports)] == []
    await world.post(events.spend("C-2", "500001", time="2026-03-03T00:00:00Z"))
    assert ((await world.state("C-2")).decision or {})["ruleSetVersion"] == 2


async def test_a_first_decision_and_an_event_after_the_change_of_rules_see_the_date_too() -> None:
    world = await World().unwarned()
    await scheduled(world)
    await two_customers(world)
    assert await due(world) == {("C-1", START), ("C-2", START)}  # C-2 was poorer before; that row is not needed
    assert (await world.state("C-2")).due_on is None


async def many_dates(world: World) -> CustomerState:
    """A licence that is enough, and small ones of which one more than is looked at ends, each on a day of its own."""
    await world.post(*events.qualified(), *events.eligible("C-1"))
    for number in range(MOST_DATES + 1):
        ends = (TODAY + timedelta(days=number)).isoformat()
        await world.post(events.spend("C-1", "1", f"S-{number}", endsOn=ends))
    return await world.state()


LAST = TODAY + timedelta(days=MOST_DATES)


async def test_with_too_many_dates_ahead_it_is_decided_again_on_the_last_that_is_known() -> None:
    world = await World().unwarned()
    state = await many_dates(world)
    made = state.current_decision
    assert made
    assert (made["nextChangeOn"], made["knownUntil"]) == (None, LAST.isoformat())
    assert ("C-1", LAST.isoformat()) in await due(world)
    told = len(world.notifications())
    await come(world, LAST.isoformat())
    after = await world.state()
    assert (after.evidence.on, after.due_on, len(world.notifications())) == (LAST, None, told)
    assert (after.decision or {})["cause"] == {"kind": "date", "date": LAST.isoformat()}
    assert "knownUntil" not in (after.decision or {})


async def test_that_row_is_not_removed_by_this_version_nor_by_one_that_knows_the_next_change_alone() -> None:
    world = await World().unwarned()
    state = await many_dates(world)
    assert state.decision
    assert state.decision["nextChangeOn"] == LAST.isoformat()  # all that such a version looks at
    await remove_expired(world.ports)
    assert ("C-1", LAST.isoformat()) in await due(world)
    assert [each async for each in differences(world.ports)] == []


async def test_a_decision_that_is_recorded_or_answered_says_what_is_known() -> None:
    world = await World().unwarned()
    await many_dates(world)
    await world.post(events.spend("C-1", "1", time="2026-04-01T00:00:00Z"))
    notified = world.notifications()[-1]["data"]
    assert (notified["nextChangeOn"], notified["knownUntil"], "changesOn" in notified) == (
        None,
        LAST.isoformat(),
        False,
    )


async def lose(world: World) -> None:
    await world.store.delete(Table.RULES, keys.RULES, keys.rule_set_version(2))


async def replace_by_later(world: World) -> None:
    """By one that only a later version reads."""
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(2))
    assert row
    document = json.dumps(json.loads(SHIPPED.read_bytes()) | {"schema": "fasttrack.rule-set/v9"}).encode()
    properties = {**row.properties, **packed("document", document)}
    await world.store.write(Table.RULES, Row(row.partition, row.key, properties), ANY)


@pytest.mark.parametrize("change", [lose, replace_by_later])
async def test_rules_to_come_that_cannot_be_read_stop_nothing_until_their_day(
    change: Callable[[World], Awaitable[None]],
) -> None:
    world = await World().unwarned()
    await scheduled(world)
    await change(world)
    await world.post(*events.qualified(), *events.eligible("C-1"), ports=world.worker())
    made = (await world.state()).current_decision
    assert made
    assert (made["status"], made["nextChangeOn"], made["knownUntil"]) == ("eligible", None, "2026-06-30")
    assert await due(world) == {("C-1", "2026-06-30")}


async def test_it_is_decided_on_the_day_before_and_on_the_day_itself() -> None:
    """By then they can be read."""
    world = await World().unwarned()
    await scheduled(world)
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(2))
    assert row
    await replace_by_later(world)
    await world.post(*events.qualified(), *events.eligible("C-1"), ports=world.worker())
    await world.store.write(Table.RULES, row, ANY)
    await come(world, "2026-06-30")
    assert (await world.state()).due_on == date(2026, 7, 1)
    await come(world, START)
    assert await world.status() == "ineligible"


async def test_of_very_many_rule_sets_to_come_one_more_is_looked_at_than_dates_are_walked() -> None:
    """So that the walk is cut, and does not end as if no other were to come; of those near enough to be warned of,
    all are."""
    world = World()
    book = await world.ports.rule_books.book(None)
    for apart, looked_at in ((400, MOST_DATES + 1), (5, MOST_STEP // 5)):
        days = [(number, TODAY + timedelta(days=number * apart)) for number in range(1, MOST_DATES + 30)]
        later = await world.ports.rule_books.later(replace(book, timeline=Timeline(days)), TODAY)
        assert [day for day, _ in later] == [day for _, day in days[:looked_at]]
