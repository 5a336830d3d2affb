"""Rules that change: everybody is decided again, with progress to see, and who lost or gained is told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.api.rule_set_shapes import Progress
from shared.api.rule_sets import get_rule_set
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.change_rules import ChangeNote, LastActiveError, NoSuchVersionError, activate, retire, store_draft
from shared.workflow.recompute import LONGEST, OutOfTimeError, recompute
from shared.workflow.sweep import sweep_due
from tests import events
from tests.watched_store import Call, WatchedStore, Watcher, breaking_at
from tests.world import World, nth_epoch


async def draft(world: World, **changes: Any) -> int:
    """A draft like the shipped rule set but for some members, or the spend it demands."""
    document = json.loads(SHIPPED.read_bytes())
    document["criteria"]["criteria"][0]["amount"] = changes.pop("amount", "300000")
    document |= changes
    return (await store_draft(world.ports, parse_document(document), ChangeNote("Ada", "a try"))).version


async def programme(count: int) -> World:
    """Customers who spend 300,000, 310,000, 320,000 and so on with one qualified partner."""
    world = World()
    for number in range(count):
        customer = f"C-{number:03d}"
        await world.post(events.spend(customer, str(300_000 + 10_000 * number)))
        await world.post(events.project(customer), events.attached(customer))
    await world.post(*events.qualified())
    return world


async def progress(world: World, version: int) -> Progress:
    found = (await get_rule_set(world.ports, version))["progress"]
    assert found
    return found


async def test_an_activation_decides_everybody_and_tells_those_whose_outcome_changed() -> None:
    world = await programme(10)
    told = {f"C-{number:03d}": len(world.told(f"C-{number:03d}")) for number in range(10)}
    version = await draft(world, amount="350000")
    await activate(world.ports, version, ChangeNote("Ada", "from the board"))
    await world.settle()
    for number in range(10):
        customer = f"C-{number:03d}"
        state = await world.state(customer)
        assert state.decision
        assert state.decision["ruleSetVersion"] == version
        assert state.outcome.status == ("ineligible" if number < 5 else "eligible")
        assert len(world.told(customer)) - told[customer] == (number < 5)
    cause = world.notifications("C-000")[-1]["data"]["cause"]
    assert cause == {"kind": "rule-set", "ruleSetVersion": version, "action": "activated", "epoch": nth_epoch(2)}


async def test_the_first_rules_decide_nobody_again() -> None:
    world = await programme(3)
    assert (await get_rule_set(world.ports, 1))["progress"] is None


async def test_progress_counts_customers_done_and_changed_and_is_the_same_after_repetitions() -> None:
    world = await programme(10)
    version = await draft(world, amount="350000")
    await activate(world.ports, version)
    begun = await progress(world, version)
    assert (begun["done"], begun["of"], begun["finishedAt"]) == (0, None, None)
    queue = world.sent.queues[Queue.RECOMPUTE]
    messages = []
    while queue:
        messages.append(queue.popleft())
        await recompute(world.ports, messages[-1].body, 1)
    ended = await progress(world, version)
    assert (ended["done"], ended["of"], ended["changed"]) == (10, 10, 5)
    assert ended["finishedAt"]
    for message in messages:
        await recompute(world.ports, message.body, 1)
    await world.settle()
    assert await progress(world, version) == ended


async def test_progress_names_the_change_that_superseded_one_before_it_was_finished() -> None:
    world = await programme(3)
    first, second = await draft(world, amount="310000"), await draft(world, amount="320000")
    await activate(world.ports, first)
    assert (await progress(world, first))["supersededBy"] is None
    world.now += timedelta(milliseconds=1)
    await activate(world.ports, second)
    by = {"version": second, "action": "activated", "epoch": nth_epoch(3)}
    assert (await progress(world, first))["supersededBy"] == by
    await world.settle()
    superseded, last = await progress(world, first), await progress(world, second)
    assert (superseded["epoch"], superseded["finishedAt"], superseded["supersededBy"]) == (nth_epoch(2), None, by)
    assert (last["epoch"], last["done"], last["supersededBy"]) == (nth_epoch(3), 3, None)
    assert last["finishedAt"]
    world.now += timedelta(milliseconds=1)
    await retire(world.ports, second)
    by = {"version": second, "action": "retired", "epoch": nth_epoch(4)}
    assert (await progress(world, first))["supersededBy"] == by


async def test_a_change_that_was_finished_before_the_next_one_is_not_superseded() -> None:
    world = await programme(3)
    first, second = await draft(world, amount="310000"), await draft(world, amount="320000")
    await activate(world.ports, first)
    await world.settle()
    ended = await progress(world, first)
    await activate(world.ports, second)
    assert await progress(world, first) == ended
    assert (ended["done"], ended["supersededBy"]) == (3, None)


async def test_a_customer_retried_alone_is_counted_once_though_its_message_comes_again() -> None:
    world = await programme(10)
    version = await draft(world, amount="350000")
    await activate(world.ports, version)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)  # the fan-out's only page
    message = queue.popleft().body
    await recompute(world.worker(WatchedStore(world.store, before=breaking_at(5))), message, 1)
    assert (await progress(world, version))["done"] == 9
    await recompute(world.ports, message, 2)
    await world.settle()
    ended = await progress(world, version)
    assert (ended["done"], ended["of"], ended["changed"]) == (10, 10, 5)


async def test_a_message_whose_customers_all_wait_for_the_same_is_tried_again_whole() -> None:
    world = await programme(10)
    await activate(world.ports, await draft(world, amount="350000"))
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    message = queue.popleft().body
    away = world.worker(WatchedStore(world.store, before=breaking_on(Table.CUSTOMERS)))
    with pytest.raises(StoreUnavailableError):
        await recompute(away, message, 1)
    assert not queue, "nobody is retried alone"
    await recompute(world.ports, message, 2)
    assert await world.status("C-000") == "ineligible"


async def test_a_message_that_takes_too_long_stops_early_and_the_next_try_goes_on() -> None:
    world = await programme(40)
    version = await draft(world, amount="350000")
    await activate(world.ports, version)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    message = queue.popleft().body

    async def take_long(call: Call) -> None:
        world.now += LONGEST / 30 if call == Call("get", Table.CUSTOMERS) else timedelta()

    slow = world.worker(WatchedStore(world.store, after=take_long))
    with pytest.raises(OutOfTimeError):
        await recompute(slow, message, 1)
    done = [number for number in range(40) if (await world.state(f"C-{number:03d}")).evidence.epoch == nth_epoch(2)]
    assert 16 <= len(done) < 40
    await recompute(world.ports, message, 2)
    await world.settle()
    assert [(await world.state(f"C-{number:03d}")).evidence.epoch for number in range(40)] == [nth_epoch(2)] * 40
    assert (await progress(world, version))["done"] == 40


async def test_a_process_that_hears_of_no_change_of_rules_sees_it_within_five_minutes() -> None:
    """The customer's own message of it may be in quarantine."""
    world = await programme(1)
    kept = world.worker()
    await world.post(events.spend("C-000", "300001", time="2026-03-02T00:00:00Z"), ports=kept)
    await activate(world.ports, await draft(world, amount="350000"))
    world.sent.queues[Queue.RECOMPUTE].clear()
    await world.post(events.spend("C-000", "300002", time="2026-03-03T00:00:00Z"), ports=kept)
    assert await world.status("C-000") == "eligible"
    world.now += timedelta(minutes=6)
    await world.post(events.spend("C-000", "300003", time="2026-03-04T00:00:00Z"), ports=kept)
    assert await world.status("C-000") == "ineligible"


def breaking_on(table: Table) -> Watcher:
    """Fails at every call of one table."""

    async def watch(call: Call) -> None:
        if call.table is table:
            raise StoreUnavailableError(f"broken at {call.operation}")

    return watch


async def test_a_retirement_puts_the_version_before_in_force_again() -> None:
    world = await programme(6)
    version = await draft(world, amount="350000")
    await activate(world.ports, version)
    await world.settle()
    await retire(world.ports, version, ChangeNote("Bo", "too strict"))
    await world.settle()
    assert await world.status("C-000") == "eligible"
    (retired, activated) = (await get_rule_set(world.ports, version))["changes"]
    assert (retired["action"], retired["author"], retired["note"]) == ("retired", "Bo", "too strict")
    assert activated["action"] == "activated"


async def test_the_last_active_rule_set_cannot_be_retired_and_a_missing_one_not_activated() -> None:
    world = World()
    with pytest.raises(LastActiveError):
        await retire(world.ports, 1)
    with pytest.raises(NoSuchVersionError):
        await activate(world.ports, 7)


async def test_an_activation_for_a_later_date_decides_everybody_on_that_date_by_the_timer() -> None:
    world = await programme(3)
    version = await draft(world, amount="900000", effectiveFrom="2026-07-01")
    await activate(world.ports, version)
    await world.settle()
    assert await world.status("C-002") == "eligible"
    world.now = datetime(2026, 7, 1, tzinfo=UTC)
    await sweep_due(world.ports)
    await world.settle()
    assert [await world.status(f"C-{number:03d}") for number in range(3)] == ["ineligible"] * 3


async def test_activating_what_is_active_changes_nothing() -> None:
    world = await programme(2)
    before = await world.ports.rule_sets.load()
    await activate(world.ports, 1)
    assert await world.ports.rule_sets.load() == before
    assert not world.sent.queues[Queue.RECOMPUTE]


async def test_the_same_document_again_is_a_draft_of_its_own_and_decides_nobody() -> None:
    world = await programme(1)
    assert [await draft(world), await draft(world)] == [2, 3]
    assert not world.sent.queues[Queue.RECOMPUTE]
    assert (await get_rule_set(world.ports, 3))["state"] == "draft"
