"""Events: who is decided, what a repetition does, and what it costs."""

import itertools
import json
import random
from collections import Counter
from dataclasses import replace

import pytest

from shared.domain.customer_state import MAX_BYTES_AFTER_NEW_FACT, CustomerState
from shared.domain.events import parse_event
from shared.domain.partner import MAX_FACTS
from shared.errors import PermanentError
from shared.storage.store import Table
from tests import events
from tests.watched_store import WatchedStore
from tests.world import World


async def test_a_customer_becomes_eligible_when_the_last_fact_arrives_and_is_told_so() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    assert world.told() == [(1, "ineligible"), (2, "eligible")]
    (state,) = [await world.state()]
    assert (state.sequence, state.sent, state.outcome.eligible_projects) == (2, 2, ("J-1",))


async def test_the_order_of_events_does_not_change_where_a_customer_ends() -> None:
    world = World()
    await world.post(*reversed([*events.eligible(), *events.qualified()]))
    assert await world.status() == "eligible"


async def test_a_first_decision_is_a_change_from_unassessed() -> None:
    world = World()
    await world.post(events.spend())
    (notification,) = world.notifications()
    assert notification["data"]["previousStatus"] == "unassessed"
    assert notification["data"]["previousEligibleProjects"] == []
    assert notification["id"] == "C-1/1"
    assert notification["subject"] == "customers/C-1"


async def test_a_repeated_event_changes_nothing_and_tells_nothing() -> None:
    world = World()
    message = events.spend()
    await world.post(message)
    before = await world.ports.customers.load("C-1")
    await world.post(message, message)
    assert await world.ports.customers.load("C-1") == before
    assert len(world.notifications()) == 1


async def test_an_older_event_of_a_register_changes_nothing() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await world.post(events.spend(amount="1", time="2026-02-01T00:00:00Z"))
    await world.post(events.certified(level="none", time="2026-02-01T00:00:00Z"))
    assert await world.status() == "eligible"


async def test_a_detachment_takes_the_partner_away_and_a_late_one_does_not() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await world.post(events.detached(time="2026-02-01T00:00:00Z"))
    assert await world.status() == "eligible"
    await world.post(events.detached(time="2026-04-01T00:00:00Z"))
    assert await world.status() == "ineligible"


async def test_detaching_from_all_projects_leaves_a_projects_own_attachment_alone() -> None:
    world = World()
    await world.post(*events.eligible(), events.attached(projectId="J-1"), *events.qualified())
    await world.post(events.detached())
    assert await world.status() == "eligible"
    await world.post(events.detached(projectId="J-1"))
    assert await world.status() == "ineligible"


async def test_an_attachment_made_before_the_partner_is_heard_of_counts_when_it_is() -> None:
    world = World()
    await world.post(*events.eligible())
    assert await world.status() == "ineligible"
    await world.post(*events.qualified())
    assert await world.status() == "eligible"


async def test_a_partner_event_touches_the_customers_attached_to_it_and_nobody_else() -> None:
    world = World()
    for number in range(20):
        await world.post(*events.eligible(f"C-{number}", partner=f"P-{number % 4}"))
    before = {f"C-{number}": await world.ports.customers.load(f"C-{number}") for number in range(20)}
    await world.post(*events.qualified("P-1"))
    touched = [each for each, loaded in before.items() if await world.ports.customers.load(each) != loaded]
    assert touched == ["C-1", "C-5", "C-9", "C-13", "C-17"]


async def test_a_partner_fact_that_changes_nothing_of_its_summary_decides_nobody() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await world.ports.customers.load("C-1")
    await world.post(events.certified(time="2026-03-09T00:00:00Z"))
    assert await world.ports.customers.load("C-1") == before


async def test_the_decision_names_the_event_that_caused_it() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified()[:2])
    message = events.certified()
    await world.post(message)
    cause = world.notifications()[-1]["data"]["cause"]
    assert cause == {
        "kind": "event",
        "source": "/test",
        "id": json.loads(message)["id"],
        "type": "fasttrack.partner.certified.v1",
    }


def described(calls: WatchedStore) -> Counter[str]:
    return Counter(f"{call.operation} {call.table}" for call in calls.calls)


async def settled_world() -> tuple[World, WatchedStore]:
    """A customer decided before, with one partner, under rules that are cached."""
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    watched = WatchedStore(world.store)
    ports = world.worker(watched)
    await ports.rule_books.in_force(await ports.rule_books.book(None), ports.today())
    watched.calls.clear()
    world.ports = ports
    return world, watched


async def test_an_unchanged_outcome_costs_one_read_one_write_and_one_read_per_partner() -> None:
    world, watched = await settled_world()
    await world.post(events.spend(amount="300001"))
    assert described(watched) == {"get customers": 1, "get partners": 1, "write customers": 1}


async def test_a_changed_outcome_costs_four_calls_more_and_one_send() -> None:
    world, watched = await settled_world()
    sent = len(world.notifications())
    await world.post(events.spend(amount="1", time="2026-04-01T00:00:00Z"))
    assert described(watched) == {
        "get customers": 1,
        "get partners": 1,
        "merge work": 1,
        "commit customers": 1,
        "merge heads": 1,
        "merge customers": 1,
        "delete work": 1,
    }
    assert len(world.notifications()) == sent + 1


async def test_an_attachment_adds_its_index_row_a_moved_date_its_row_its_lists_by_day_and_the_population_index() -> (
    None
):
    world, watched = await settled_world()
    await world.post(events.attached(partner="P-2"))
    assert described(watched) == {
        "get customers": 1,
        "merge attachments": 1,
        "get partners": 2,
        "write customers": 1,
    }
    watched.calls.clear()
    await world.post(events.spend(amount="300002", endsOn="2026-09-30", time="2026-04-01T00:00:00Z"))
    assert described(watched) == {
        "get customers": 1,
        "get partners": 2,
        "merge work": 2,
        "merge upcoming": 3,
        "write customers": 1,
        "merge heads": 1,
        "delete work": 1,
    }


async def test_a_repeated_event_costs_one_read() -> None:
    world, watched = await settled_world()
    message = events.spend(amount="300001")
    await world.post(message)
    watched.calls.clear()
    await world.post(message)
    assert described(watched) == {"get customers": 1}


async def test_a_recompute_costs_two_calls_per_customer_whose_outcome_stays() -> None:
    world = World()
    for number in range(100):
        await world.post(*events.eligible(f"C-{number}"))
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await world.post(events.trained())
    per_customer = [call for call in watched.calls if call.table is Table.CUSTOMERS]
    assert len(per_customer) == 200
    assert len(watched.calls) - len(per_customer) <= 12, "the message itself costs a dozen calls, whatever it holds"


@pytest.mark.parametrize("count", [1, 7])
async def test_a_customer_with_many_partners_reads_each_once(count: int) -> None:
    world, watched = await settled_world()
    for number in range(2, count + 1):
        await world.post(events.attached(partner=f"P-{number}"))
    watched.calls.clear()
    await world.post(events.spend(amount="300009"))
    assert described(watched)["get partners"] == count


async def test_a_second_learner_of_the_same_dates_is_kept_and_no_customer_is_decided_for_it() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await world.ports.customers.load("C-1")
    await world.post(events.trained(learnerId="A-2"))
    assert await world.ports.customers.load("C-1") == before
    await world.post(events.trained(time="2026-03-02T00:00:00Z", revoked=True))
    assert await world.status() == "eligible"
    await world.post(events.trained(learnerId="A-2", time="2026-03-02T00:00:00Z", revoked=True))
    assert await world.status() == "ineligible"


async def full_of_large_projects(world: World) -> int:
    """C-1 gets projects of 32 random applications each until there is no room for a new one; how many they are."""
    await world.ports.rule_books.book(None)
    chance = random.Random(1)
    state = CustomerState("C-1")
    for number in itertools.count():
        applications = [chance.randbytes(32).hex() for _ in range(32)]
        body = events.project(project_id=f"J-{number}", applications=applications)
        more = state.applying(parse_event(body, world.now))
        assert more is not None
        if number >= 500:  # fewer fit for sure, and each look costs a compression of all
            try:
                await World().ports.customers.commit(more, None, limit=MAX_BYTES_AFTER_NEW_FACT)
            except PermanentError:
                await world.ports.customers.commit(more, None)
                return number + 1
        state = more
    raise AssertionError


async def test_a_customer_with_no_room_for_another_fact_can_still_be_cancelled_and_detached() -> None:
    world = World()
    most = await full_of_large_projects(world)
    applications = [f"{number:064x}" for number in range(32)]
    await world.post(events.project(project_id=f"J-{most}", applications=applications))
    (kept,) = await world.quarantine()
    assert "are kept" in kept["reason"]
    longer = [random.Random(2).randbytes(32).hex() for _ in range(32)]
    await world.post(
        events.project(project_id="J-0", applications=longer, status="cancelled", time="2026-04-01T00:00:00Z")
    )
    assert len(await world.quarantine()) == 1
    projects = (await world.state()).customer.projects
    assert [each.status for each in projects if each.project_id == "J-0"] == ["cancelled"]


async def test_a_partner_with_no_room_for_another_fact_leaves_no_work_behind() -> None:
    world = World()
    await world.post(*events.qualified())
    partners = world.ports.partners
    state = await partners.load("P-1")
    fact, *_ = [each async for each in partners.facts("P-1")]
    await partners.commit(partners.writes(replace(state, facts=MAX_FACTS), [fact]))
    await world.post(events.certified(area="customer-engagement"))
    (kept,) = await world.quarantine()
    assert "more facts than" in kept["reason"]
    assert [each async for each in world.ports.fan_outs.all()] == []
