"""Reconciling: silent about a sound store, tells each kind of difference, and never writes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.events import parse_event
from shared.domain.facts import Competency
from shared.storage import keys
from shared.storage.store import Table
from shared.workflow.index import reindex_customer
from tests import events
from tests.due_rows import due_rows
from tests.watched_store import WatchedStore
from tests.world import World

ENDS = "2026-12-31"
DUE = "2027-01-01"

type Plant = Callable[[World], Awaitable[None]]


async def sound() -> World:
    """C-1 and C-2 eligible until the end of the year with P-1."""
    world = await World().unwarned()
    await world.post(*events.eligible("C-1"), *events.eligible("C-2"), *events.qualified(validUntil=ENDS))
    return world


async def found(world: World) -> list[str]:
    watched = WatchedStore(world.store)
    lines = [each async for each in differences(world.worker(watched))]
    assert not any(call.writes for call in watched.calls)
    return lines


async def test_a_sound_store_has_no_differences() -> None:
    assert await found(await sound()) == []


async def test_a_store_never_used_is_told_and_left_alone() -> None:
    (line,) = await found(World())
    assert line.startswith("rules: no rule set is stored")


async def _change(world: World, **members: Any) -> None:
    loaded = await world.ports.customers.load("C-1")
    assert loaded.state.decision
    state = replace(loaded.state, decision={**loaded.state.decision, **members})
    await world.ports.customers.commit(state, loaded.etag)


async def no_directory_row(world: World) -> None:
    await world.store.delete(Table.DIRECTORY, "C-1", "C-1")


async def no_index_row(world: World) -> None:
    await world.store.delete(Table.ATTACHMENTS, "P-1", keys.attachment("P-1", "C-1"))


async def no_due_row(world: World) -> None:
    (row, _) = await due_rows(world.ports)
    await world.ports.work.delete_due(row)


async def no_recorded_decision(world: World) -> None:
    await world.store.delete(Table.CUSTOMERS, "C-1", keys.recorded_decision("C-1", 2))


async def wrong_projects(world: World) -> None:
    await _change(world, eligibleProjects=["J-9"])


async def wrong_status(world: World) -> None:
    await _change(world, status="ineligible", eligibleProjects=[])


async def wrong_rule_set(world: World) -> None:
    await _change(world, ruleSetVersion=9)


async def wrong_date(world: World) -> None:
    await _change(world, nextChangeOn=None)


async def later_date(world: World) -> None:
    await _change(world, nextChangeOn="2027-01-02")
    await world.ports.work.add_due("C-1", date(2027, 1, 2))


async def undecided(world: World) -> None:
    state = (await world.state("C-1x")).applying(parse_event(events.spend("C-1x"), world.now))
    assert state
    await world.ports.indexes.enter_in_directory("C-1x")
    await world.ports.customers.commit(state, None)


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (no_directory_row, ["C-1: is not in the directory"]),
        (no_index_row, ["C-1: is not in the index of P-1"]),
        (no_due_row, [f"C-1: nothing will decide it on {DUE}"]),
        (no_recorded_decision, ["C-1: recorded decision 2 is not there"]),
        (
            wrong_projects,
            [
                "C-1: is decided eligible for J-9, its facts say eligible for J-1",
                "C-1: recorded decision 2 is for other projects than the current one",
            ],
        ),
        (
            wrong_status,
            [
                "C-1: is decided ineligible, its facts say eligible for J-1",
                "C-1: the population index has status eligible, its state status ineligible",
                "C-1: recorded decision 2 is eligible, the current one ineligible",
            ],
        ),
        (wrong_rule_set, ["C-1: is decided by rule set 9, in force was 1 on 2026-06-01"]),
        (
            wrong_date,
            [
                f"C-1: is decided next on no day, its facts change it on {DUE}",
                f"C-1: the population index has nextChangeOn {DUE}, its state nextChangeOn None",
            ],
        ),
        (
            later_date,
            [
                f"C-1: is decided next on 2027-01-02, its facts change it on {DUE}",
                f"C-1: the population index has nextChangeOn {DUE}, its state nextChangeOn 2027-01-02",
            ],
        ),
        (undecided, ["C-1x: has facts and no decision"]),
    ],
)
async def test_each_kind_of_difference_is_told_once(plant: Plant, told: list[str]) -> None:
    world = await sound()
    await plant(world)
    assert await found(world) == told


async def test_a_date_before_that_of_the_change_as_older_versions_stored_it_is_no_difference() -> None:
    """They decided again whenever any fact started or stopped."""
    world = await sound()
    await _change(world, nextChangeOn="2026-09-01")
    await world.ports.work.add_due("C-1", date(2026, 9, 1))
    await reindex_customer(world.ports, "C-1")
    assert await found(world) == []


async def test_a_partners_summary_that_is_not_that_of_its_facts_is_told_once() -> None:
    world = await sound()
    state = await world.ports.partners.load("P-1")
    (fact,) = [row async for row in world.ports.partners.facts("P-1") if row.kind == Competency.kind]
    partners, without = world.ports.partners, replace(state.partner, competencies=frozenset())
    await partners.commit(partners.writes(replace(state, partner=without), [fact]))
    assert await found(world) == ["P-1: its summary is not that of its facts"], "and customers are held against these"


async def test_what_was_under_way_at_the_first_look_is_not_told() -> None:
    world = await sound()
    await no_directory_row(world)
    looks = 0

    async def heal(call: Any) -> None:
        nonlocal looks
        looks += call.operation == "get" and call.table is Table.DIRECTORY
        if looks == 2:
            await world.ports.indexes.enter_in_directory("C-1")

    watched = WatchedStore(world.store, after=heal)
    assert [each async for each in differences(world.worker(watched))] == []
