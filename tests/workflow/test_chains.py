"""A change of rules over more customers than a page: chains go over everybody side by side, and nobody is missed."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import timedelta

import pytest

from local.commands.repairing.reindex import reindex
from shared.domain.recompute import FanOutStep, PreviewStep, Recompute, parse_recompute
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.chains import DIRECTORY
from shared.storage.heads import Head, Place, Share
from shared.storage.progress import Progressed
from shared.storage.store import Row, Table
from shared.workflow import steps
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from tests import events, older_version
from tests.watched_store import WatchedStore, breaking_at
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World

CUSTOMERS = [f"C-{number}" for number in range(1, 8)]


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"MESSAGE": 1, "PAGE": 2, "PAGES_PER_CALL": 2, "DIRECTORY_PAGES": 2, "SHARES": 3}.items():
        monkeypatch.setattr(steps, name, size)


async def programme(oldest_version: str | None = None) -> World:
    """Seven customers who spend; a version without the index entered the last. A stricter rule set is stored."""
    world = World(oldest_version=oldest_version)
    await world.post(*(events.spend(each) for each in CUSTOMERS))
    await world.ports.heads.delete(Place(keys.head_partition(CUSTOMERS[-1]), CUSTOMERS[-1]))
    await store_stricter_draft(world)
    return world


async def activated(oldest_version: str | None = None) -> World:
    """It is put in force, and the first step has split the fan-out."""
    world = await programme(oldest_version)
    await activate(world.ports, 2)
    await one(world)
    return world


async def one(world: World, ports: Ports | None = None) -> None:
    await recompute(ports or world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)


async def progressed(world: World) -> Progressed:
    state = await world.ports.rule_sets.load()
    assert state
    return await world.ports.progress.read(state.epoch)


async def undecided(world: World) -> list[str]:
    state = await world.ports.rule_sets.load()
    assert state
    return [each for each in CUSTOMERS if (await world.state(each)).evidence.epoch != state.epoch]


async def left(world: World) -> list[str]:
    """Rows of fan-outs and of chains."""
    rows = [each.id async for each in world.ports.fan_outs.all()]
    state = await world.ports.rule_sets.load()
    assert state
    return rows + [each.name for each in await world.ports.chains.of(f"~{state.epoch:010d}")]


async def ended(world: World) -> tuple[list[str], list[str], tuple[int, int | None]]:
    progress = await progressed(world)
    return await undecided(world), await left(world), (progress.done, progress.of)


ENDED: tuple[list[str], list[str], tuple[int, int]] = [], [], (len(CUSTOMERS), len(CUSTOMERS))


def test_shares_have_every_partition_once_and_are_about_equal() -> None:
    for number in (1, 3, 16, 256):
        shares = [each.name.split("-") for each in Share.all(number)]
        sizes = [int(last, 16) - int(first, 16) + 1 for first, last in shares]
        assert sum(sizes) == len(keys.HEAD_PARTITIONS)
        assert max(sizes) - min(sizes) <= 1
        assert [first for first, _ in shares[1:]] == [f"{int(last, 16) + 1:02x}" for _, last in shares[:-1]]


async def test_everybody_is_decided_once_by_chains_of_which_the_directorys_has_whom_the_index_lacks() -> None:
    world = await activated()
    queue = world.sent.queues[Queue.RECOMPUTE]
    chains = [
        each.chain for each in map(parse_recompute, [each.body for each in queue]) if isinstance(each, FanOutStep)
    ]
    assert chains == [*(each.name for each in Share.all(3)), DIRECTORY]
    handed_on: list[tuple[str, ...]] = []
    while queue:
        message = parse_recompute(queue[0].body)
        if isinstance(message, Recompute):
            handed_on.append((*message.customer_ids, message.chain))
        await one(world)
    assert sorted(handed_on) == [*((each, "") for each in CUSTOMERS[:-1]), (CUSTOMERS[-1], DIRECTORY)]
    assert await ended(world) == ENDED


@pytest.mark.parametrize("seed", range(20))
async def test_chains_may_go_on_and_end_in_any_order_and_their_steps_may_come_twice(seed: int) -> None:
    world, chance = await activated(), random.Random(seed)
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        chance.shuffle(queue)
        if chance.random() < 0.3:
            queue.append(queue[0])
        await one(world)
    assert await ended(world) == ENDED


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whichever_call_of_a_step_fails_it_is_done_when_it_comes_again(*, after: bool) -> None:
    number = 1
    while await broken_at(number, after=after):
        number += 1
    assert number > 30, "all calls of all steps"


async def broken_at(number: int, *, after: bool) -> bool:
    """Handle all; the steps' call of this number fails. Tells whether there was one."""
    world = await programme()
    await activate(world.ports, 2)
    queue, breaks, failed = world.sent.queues[Queue.RECOMPUTE], breaking_at(number, perhaps=True), False
    store = WatchedStore(world.store, after=breaks) if after else WatchedStore(world.store, before=breaks)
    breaking = world.worker(store)
    while queue:
        message = queue.popleft()
        is_step = isinstance(parse_recompute(message.body), FanOutStep)
        try:
            await recompute(breaking if is_step else world.ports, message.body, 1)
        except PassingError:
            failed = True
            queue.append(message)
    assert await ended(world) == ENDED, f"call {number}"
    return failed


async def test_a_chain_whose_step_was_lost_is_found_by_the_sweep() -> None:
    world = await activated()
    queue = world.sent.queues[Queue.RECOMPUTE]
    del queue[1]
    await world.settle()
    assert await undecided(world)
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await ended(world) == ENDED


async def test_a_chain_that_stopped_half_way_is_found_by_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAGES_PER_CALL", 1)
    monkeypatch.setattr(steps, "SHARES", 1)
    world = await activated()
    await one(world)
    queue = world.sent.queues[Queue.RECOMPUTE]
    messages = [(each, parse_recompute(each.body)) for each in queue]
    queue.remove(next(each for each, read in messages if isinstance(read, FanOutStep) and read.chain != DIRECTORY))
    await world.settle()
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await ended(world) == ENDED


async def test_whom_a_handler_entered_after_its_chain_and_did_not_decide_is_handed_on_by_the_directorys() -> None:
    world = await activated()
    queue = world.sent.queues[Queue.RECOMPUTE]
    last = queue.pop()
    await world.settle()
    await world.ports.heads.enter(CUSTOMERS[-1])
    queue.append(last)
    await world.settle()
    assert await ended(world) == ENDED


@pytest.mark.parametrize("entered", [False, True], ids=["it had no row", "it had one of no commit"])
async def test_whose_row_is_made_of_its_state_after_its_chain_is_handed_on_by_the_directorys(*, entered: bool) -> None:
    """Who writes the index again reads no rules, so such a row does not say that the newest were read."""
    world = await activated()
    queue = world.sent.queues[Queue.RECOMPUTE]
    last = queue.pop()
    await world.settle()
    if entered:
        await world.ports.heads.enter(CUSTOMERS[-1])
    assert any([each.changed async for each in reindex(world.worker())])
    queue.append(last)
    await world.settle()
    assert await ended(world) == ENDED


async def test_whose_lost_row_comes_back_with_an_event_decided_by_kept_rules_is_handed_on_by_the_directorys() -> None:
    world = await programme()
    other = world.worker()
    await receive_event(other, events.spend("C-1"), 1)  # it keeps the rules of now
    await activate(world.ports, 2)
    await one(world)
    queue = world.sent.queues[Queue.RECOMPUTE]
    last = queue.pop()
    await world.settle()
    await world.post(*events.qualified(), *events.eligible(CUSTOMERS[-1]), ports=other)
    head = await world.ports.heads.load(CUSTOMERS[-1])
    assert head
    assert head.commit
    assert await undecided(world) == [CUSTOMERS[-1]]
    queue.append(last)
    await world.settle()
    assert await ended(world) == ENDED


async def test_whom_two_chains_hand_on_is_counted_twice_and_the_end_is_seen() -> None:
    world = await programme()
    await world.ports.heads.enter(CUSTOMERS[-1])
    await activate(world.ports, 2)
    await world.settle()
    progress = await progressed(world)
    assert (progress.done, progress.of) == (len(CUSTOMERS) + 1, len(CUSTOMERS) + 1)


async def test_of_more_customers_than_partitions_those_are_found_that_the_index_lacks() -> None:
    world, some = World(), [f"C-{number:04d}" for number in range(300)]
    for each in some:
        await world.ports.heads.enter(each)
        if each not in some[100:104]:
            await world.ports.heads.write(Head(each, commit=1), "*")
    assert await world.ports.heads.lacking(some, "2026") == some[100:104]
    assert await world.ports.heads.lacking(some[90:110], "2026") == some[100:104]


async def test_a_version_that_knows_no_chains_goes_on_with_the_fan_out_from_the_start() -> None:
    """It takes each chain's step for one of the fan-out, whose row is as it was."""
    world = await activated()
    await one(world)
    older = older_version.ports(world)
    for message in iter_of(world.sent.queues[Queue.RECOMPUTE]):
        known = FanOutStep(message.fan_out_id) if isinstance(message, FanOutStep) else message
        await recompute(older, known.to_bytes(), 1)
    assert await undecided(world) == []
    assert [each async for each in world.ports.fan_outs.all()] == []


def iter_of(queue: deque[Message]) -> Iterator[FanOutStep | PreviewStep | Recompute]:
    while queue:
        yield parse_recompute(queue.popleft().body)


async def test_beside_an_older_version_a_fan_out_is_not_split() -> None:
    world = await activated("0.2.0")
    assert [each.chain for each in steps_waiting(world)] == [""]
    await world.settle()
    assert await ended(world) == ENDED


async def test_a_fan_out_over_fewer_than_a_page_is_not_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAGE", len(CUSTOMERS) + 1)
    world = await activated()
    assert steps_waiting(world) == []
    await world.settle()
    assert await ended(world) == ENDED


def steps_waiting(world: World) -> list[FanOutStep]:
    waiting = map(parse_recompute, [each.body for each in world.sent.queues[Queue.RECOMPUTE]])
    return [each for each in waiting if isinstance(each, FanOutStep)]


async def test_a_newer_change_of_rules_ends_the_chains_of_the_one_before() -> None:
    world = await activated()
    (before,) = [each.id async for each in world.ports.fan_outs.all()]
    await one(world)
    await store_stricter_draft(world)
    world.now += timedelta(minutes=1)
    await activate(world.ports, 3)
    await world.settle()
    assert await ended(world) == ENDED
    assert await world.ports.chains.of(before) == []


async def test_a_fan_out_that_another_replaced_leaves_no_chains_though_no_step_of_theirs_comes() -> None:
    world = await activated()
    (before,) = [each.id async for each in world.ports.fan_outs.all()]
    await store_stricter_draft(world)
    world.now += timedelta(minutes=1)
    await activate(world.ports, 3)
    world.sent.queues[Queue.RECOMPUTE].clear()
    world.now += steps.LEFT_AFTER + timedelta(seconds=1)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await ended(world) == ENDED
    assert await world.ports.chains.of(before) == []


async def test_chains_that_a_fan_out_of_the_same_number_left_are_not_taken_for_its_own() -> None:
    world = await activated()
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    chains = await world.ports.chains.of(fan_out.id)
    for each in chains:
        row = await world.store.get(Table.WORK, keys.chains(fan_out.id), keys.chain(fan_out.id, each.name))
        assert row
        over = Row(row.partition, row.key, {"over": True, "since": "2026-05-01T00:00:00.000000Z"})
        await world.store.merge(Table.WORK, over, row.etag)
    world.sent.queues[Queue.RECOMPUTE].clear()
    world.sent.queues[Queue.RECOMPUTE].append(Message(FanOutStep(fan_out.id).to_bytes()))
    await world.settle()
    assert await ended(world) == ENDED


async def test_whom_an_older_version_decided_is_in_the_index_before_the_rules_are_read() -> None:
    """Else a change of rules might pass it by in the index, and find it there for the directory."""
    world = World()
    await world.post(events.spend(), ports=older_version.ports(world))
    watched = WatchedStore(world.store)
    await world.post(events.spend(amount="5", time="2026-04-01T00:00:00Z"), ports=world.worker(watched))
    calls = [(each.operation, each.table) for each in watched.calls]
    assert ("get", Table.RULES) in calls[calls.index(("write", Table.HEADS)) :], "read, and not kept from before"
