"""Two at once: what another commits in between never leaves a customer on older facts, rules or dates.

Each test lets one worker act in full at a chosen call of another.
"""

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.settings import RELEASED
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.change_rules import ChangeNote, activate, retire, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World, nth_epoch, nth_revision


def interrupted(world: World, operation: str, table: Table, act: Callable[[], Awaitable[None]]) -> World:
    """The same world; the next worker lets ``act`` happen before its first such call."""
    watched = WatchedStore(world.store, before=once_at(operation, table, act))
    world.ports = world.worker(watched, oldest_version=world.ports.oldest_version)
    return world


async def store_stricter_draft(world: World, amount: str = "900000") -> int:
    """The version of a draft like the shipped rule set that demands more spend."""
    document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', f'"{amount}"'.encode()))
    if world.oldest_version:
        del document["warnDaysBefore"]
    return (await store_draft(world.ports, parse_document(document), ChangeNote("me", "stricter"))).version


@pytest.mark.parametrize("call", ["merge attachments", "get partners", "write customers"])
async def test_a_partner_change_while_a_customer_attaches_is_seen_by_one_side_or_the_other(call: str) -> None:
    world = World()
    await world.post(events.spend(), events.project())
    other = world.worker()

    async def qualify() -> None:
        await world.post(*events.qualified(), ports=other)

    operation, table = call.split()
    await interrupted(world, operation, Table(table), qualify).post(events.attached())
    assert await world.status() == "eligible"


@pytest.mark.parametrize("call", ["merge directory", "merge attachments", "get partners", "commit customers"])
async def test_a_partner_change_during_a_customers_very_first_event_is_not_missed(call: str) -> None:
    world = World()
    await world.post(events.attached(time="2026-02-01T00:00:00Z", customer="C-0"))
    other = world.worker()

    async def qualify() -> None:
        await world.post(*events.qualified(), ports=other)

    operation, table = call.split()
    await interrupted(world, operation, Table(table), qualify).post(events.attached())
    await world.post(events.spend(), events.project())
    assert await world.status() == "eligible"
    assert [sequence for sequence, _ in world.told()] == [1, 2]
    state = await world.state()
    assert state.evidence.partners == {"P-1": nth_revision(3)}


@pytest.mark.parametrize("call", ["merge directory", "get rules", "commit customers"])
async def test_an_activation_during_a_customers_very_first_event_is_not_missed(call: str) -> None:
    world = World()
    await store_stricter_draft(world)
    other = world.worker()

    async def change_rules() -> None:
        await activate(other, 2)
        await world.settle(other)

    operation, table = call.split()
    await interrupted(world, operation, Table(table), change_rules).post(events.spend())
    state = await world.state()
    assert state.decision
    assert state.decision["ruleSetVersion"] == 2
    assert state.evidence.epoch == nth_epoch(2)


async def test_a_recompute_that_changes_nothing_makes_a_slower_writer_with_an_older_partner_read_again() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified()[:2])
    other = world.worker()

    async def certify() -> None:
        await world.post(events.spend(amount="1", time="2026-04-01T00:00:00Z"), events.certified(), ports=other)

    late = events.spend(time="2026-05-01T00:00:00Z")
    await interrupted(world, "write", Table.CUSTOMERS, certify).post(late)
    assert await world.status() == "eligible"
    assert (await world.state()).evidence.partners == {"P-1": nth_revision(3)}


async def test_a_fan_out_opened_twice_because_others_changed_facts_but_no_summary_is_not_dropped() -> None:
    """Both tries of the event lead to one revision, and so to one fan-out."""
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    other = world.worker()

    async def train_another() -> None:
        await world.post(events.trained(learnerId="E-2"), ports=other)

    lost = events.certified(level="none", time="2026-04-01T00:00:00Z")
    await interrupted(world, "commit", Table.PARTNERS, train_another).post(lost)
    assert await world.status() == "ineligible"


async def test_a_page_that_read_its_partner_before_a_newer_change_refreshes_it() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    other = world.worker()

    async def lose_competency() -> None:
        await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"), ports=other)

    await interrupted(world, "get", Table.CUSTOMERS, lose_competency).post(events.trained(completedOn="2026-01-16"))
    assert await world.status() == "ineligible"
    assert (await world.state()).evidence.partners == {"P-1": nth_revision(5)}


async def test_a_page_about_the_rules_refreshes_a_partner_that_a_worker_with_old_rules_used_newer() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    version = await store_stricter_draft(world, "200000")
    slow = world.worker()
    await slow.rule_books.book(None)
    await activate(world.ports, version)
    queue = world.sent.queues[Queue.RECOMPUTE]
    await recompute(world.ports, queue.popleft().body, 1)
    page = queue.popleft()

    async def lose_competency() -> None:
        await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"), ports=slow)

    interrupted(world, "write", Table.CUSTOMERS, lose_competency)
    await recompute(world.ports, page.body, 1)
    state = await world.state()
    assert (state.outcome.status, state.evidence.partners, state.evidence.epoch) == (
        "ineligible",
        {"P-1": nth_revision(4)},
        nth_epoch(2),
    )


async def test_a_worker_with_old_rules_does_not_put_them_over_newer_ones() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await store_stricter_draft(world)
    slow = world.worker()
    await slow.rule_books.book(None)
    await activate(world.ports, 2)
    await world.settle()
    assert await world.status() == "ineligible"
    await world.post(events.spend(amount="300001", time="2026-05-01T00:00:00Z"), ports=slow)
    assert await world.status() == "ineligible"
    assert (await world.state()).evidence.epoch == nth_epoch(2)


async def test_a_retirement_brings_the_older_version_back_under_a_newer_epoch() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await world.settle()
    slow = world.worker()
    await slow.rule_books.book(None)
    await retire(world.ports, 2)
    await world.settle()
    await world.post(events.spend(amount="300001", time="2026-05-01T00:00:00Z"), ports=slow)
    state = await world.state()
    assert state.decision
    assert (state.outcome.status, state.decision["ruleSetVersion"], state.evidence.epoch) == (
        "eligible",
        1,
        nth_epoch(3),
    )
    assert world.told() == [(1, "ineligible"), (2, "eligible"), (3, "ineligible"), (4, "eligible")]


async def test_a_newer_activation_supersedes_the_fan_out_of_an_older_one() -> None:
    world = World()
    for number in range(5):
        await world.post(events.spend(f"C-{number}"))
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await retire(world.ports, 2)
    queue = world.sent.queues[Queue.RECOMPUTE]
    older = queue.popleft()
    await recompute(world.ports, older.body, 1)
    assert len(queue) == 1, "the older fan-out hands on nobody"
    await world.settle()
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert (await world.state("C-4")).evidence.epoch == nth_epoch(3)


async def test_a_writer_that_began_yesterday_decides_as_of_today_once_today_was_used() -> None:
    world = World(now=datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    await world.post(*events.eligible(), *events.qualified(validUntil="2026-08-31"))
    assert await world.status() == "eligible"
    other = world.worker()

    async def midnight_passes() -> None:
        other.clock = lambda: datetime(2026, 9, 1, tzinfo=UTC)
        await world.post(events.spend(licence="L-2", amount="5"), ports=other)

    await interrupted(world, "write", Table.CUSTOMERS, midnight_passes).post(events.spend(licence="L-3", amount="5"))
    assert await world.status() == "ineligible"
    assert [status for _, status in world.told()] == ["ineligible", "eligible", "ineligible"]


async def test_a_second_call_at_the_same_page_of_a_fan_out_stops() -> None:
    world = World()
    await world.post(*(events.attached(f"C-{number:04d}") for number in range(1001)))
    other = world.worker()
    await receive_event(other, events.certified(), 1)
    queue = world.sent.queues[Queue.RECOMPUTE]
    step = queue.popleft()

    async def same_step_elsewhere() -> None:
        await recompute(other, step.body, 1)

    interrupted(world, "write", Table.WORK, same_step_elsewhere)
    await recompute(world.ports, step.body, 1)
    assert len(queue) == 10 + 12, "the loser enqueued its first page only; behind them is the step that finds the end"
    await world.settle()
    assert (await world.state("C-1000")).evidence.partners == {"P-1": nth_revision(1)}


@pytest.mark.parametrize("seed", range(20))
async def test_sixteen_workers_on_one_customer_lose_nothing(seed: int) -> None:
    world = World()
    chance = random.Random(seed)

    async def yielding(_call: Call) -> None:
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)

    messages = [*events.eligible(), *events.qualified()]
    messages += [events.spend(licence=f"L-{number}", amount=str(number)) for number in range(2, 12)]
    chance.shuffle(messages)
    workers = [world.worker(WatchedStore(world.store, yielding, yielding)) for _ in messages]
    await asyncio.gather(*(receive_event(ports, each, 1) for ports, each in zip(workers, messages, strict=True)))
    await world.settle()
    state = await world.state()
    assert len(state.customer.licences) == 11
    assert state.outcome.status == "eligible"
    told = world.told()
    assert [sequence for sequence, _ in told] == list(range(1, state.sequence + 1))
    assert all(one[1] != other[1] for one, other in itertools.pairwise(told))
    assert (state.sent, told[-1][1]) == (state.sequence, "eligible")


both_numbers = pytest.mark.parametrize(
    "oldest", [None, RELEASED[-1]], ids=["another number each time", "the same number again"]
)
"""Beside a version that has no room for longer ones numbers go up by one: a second try opens the same fan-out."""


@both_numbers
async def test_a_fan_out_opened_again_a_day_after_a_failed_try_is_not_taken_for_abandoned(oldest: str | None) -> None:
    world = World()
    world.ports.oldest_version = oldest
    await world.post(*events.eligible(), *events.qualified())
    other, lost = world.worker(oldest_version=oldest), events.certified(level="none", time="2026-04-01T00:00:00Z")

    async def fail() -> None:
        raise StoreUnavailableError("broken")

    async def sweep() -> None:
        await sweep_fan_outs(other)
        await world.settle(other)

    with pytest.raises(StoreUnavailableError):
        await interrupted(world, "commit", Table.PARTNERS, fail).post(lost)
    world.now += timedelta(days=2)
    await interrupted(world, "commit", Table.PARTNERS, sweep).post(lost)
    assert await world.status() == "ineligible"


@both_numbers
async def test_a_fan_out_found_abandoned_stays_if_it_is_opened_again_before_it_is_dropped(oldest: str | None) -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    lost = events.certified(level="none", time="2026-04-01T00:00:00Z")

    async def fail() -> None:
        raise StoreUnavailableError("broken")

    async def deliver_again() -> None:
        await receive_event(world.worker(oldest_version=oldest), lost, 2)

    broken = WatchedStore(world.store, before=once_at("commit", Table.PARTNERS, fail))
    with pytest.raises(StoreUnavailableError):
        await world.post(lost, ports=world.worker(broken, oldest_version=oldest))
    world.now += timedelta(days=2)
    watched = WatchedStore(world.store, before=once_at("delete", Table.WORK, deliver_again))
    sweeper = world.worker(watched, oldest_version=oldest)
    await sweep_fan_outs(sweeper)  # reads the row, then comes to delete it only after it was opened again
    await world.settle(sweeper)
    await world.settle(world.worker())
    assert await world.status() == "ineligible"


@pytest.mark.parametrize("passes", [timedelta(seconds=1), timedelta(hours=-1)], ids=["a second", "a clock set back"])
async def test_a_partners_event_that_lost_leaves_no_fan_out_of_the_attempt_before(passes: timedelta) -> None:
    """Set back, the clock gives the attempt that succeeds a number below that of the one that lost."""
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    world.now += timedelta(hours=2)

    async def another() -> None:
        world.now += passes
        await world.post(events.certified(level="gold", validFrom="2026-01-02", time="2026-04-01T00:00:00Z"))

    watched = WatchedStore(world.store, before=once_at("commit", Table.PARTNERS, another))
    await receive_event(world.worker(watched), events.certified(level="none", time="2026-05-01T00:00:00Z"), 1)
    await world.settle()
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert await world.status() == "eligible"
