"""Where there are customers and no rules, none are made up: nothing is decided until somebody puts some in force."""

import json
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.api.health import dependencies
from shared.api.rule_sets import get_rule_set, list_rule_sets
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED, RulesMissingError
from shared.rules.document import parse_document
from shared.storage.store import Table
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from shared.workflow.upgrade import sweep_upgrade
from tests import events
from tests.restored import moment, put_back
from tests.watched_store import WatchedStore
from tests.world import World

STRICTER = parse_document(json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"900000"')))


async def without_rules(*also: Table) -> World:
    """Two customers, decided; then the rules are gone, and perhaps what one could tell by that there are any."""
    world = World()
    await world.post(*events.eligible("C-1"), *events.qualified(), events.spend("C-2"))
    for table in (Table.RULES, *also):
        await put_back(world.store, table, [])
    world.ports = world.worker()
    return world


@pytest.mark.parametrize("also", [(), (Table.CUSTOMERS,), (Table.DIRECTORY,)], ids=["rules", "customers", "directory"])
@pytest.mark.parametrize("event", [events.spend("C-3"), events.spend(time="2026-05-01T00:00:00Z")], ids=["new", "old"])
async def test_an_event_waits_and_nothing_is_seeded_decided_or_kept(also: tuple[Table, ...], event: bytes) -> None:
    world = await without_rules(*also)
    before = await moment(world.store)
    for attempt in (1, 5):
        if attempt < 5:
            with pytest.raises(RulesMissingError, match="restore the table rules"):
                await receive_event(world.ports, event, attempt)
        else:
            await receive_event(world.ports, event, attempt)
    assert await moment(world.store) == before
    assert world.sent.queues[Queue.EVENTS], "put back, with no attempt used up"


@pytest.mark.parametrize("sweep", [sweep_due, sweep_fan_outs, sweep_outboxes, sweep_upgrade])
async def test_no_timer_seeds(sweep: object) -> None:
    world = await without_rules()
    world.now += timedelta(days=400)
    assert callable(sweep)
    await sweep(world.ports)
    for message in world.sent.queues[Queue.RECOMPUTE]:
        with pytest.raises(RulesMissingError):
            await recompute(world.ports, message.body, 1)
    assert await world.ports.rule_sets.load() is None


@pytest.mark.parametrize("question", [get_rule_set, list_rule_sets])
async def test_no_question_seeds(question: object) -> None:
    world = await without_rules()
    with pytest.raises(RulesMissingError):
        await (get_rule_set(world.ports, 1) if question is get_rule_set else list_rule_sets(world.ports, None, 10))
    assert await world.ports.rule_sets.load() is None


async def test_health_says_what_is_missing_and_what_to_do() -> None:
    world = await without_rules()
    answer = await dependencies(world.ports)
    assert answer["status"] == "unhealthy"
    assert "restore the table rules" in answer["dependencies"]["rules"]
    assert "rules" not in (await dependencies(World().ports))["dependencies"], "nobody is there yet"


async def test_reconciling_says_so_and_a_repair_does_not_make_it_up() -> None:
    world = await without_rules()
    (line,) = [each async for each in differences(world.ports)]
    assert line.startswith("rules: no rule set is in force")
    (ended,) = [each async for passed in repair(world.ports) for each in passed.repaired]
    assert "restore the table rules" in ended.failed
    assert await world.ports.rule_sets.load() is None


async def test_rules_that_are_restored_are_in_force_again() -> None:
    world = World()
    await world.post(*events.eligible("C-1"), *events.qualified())
    before = await moment(world.store)
    await put_back(world.store, Table.RULES, [])
    ports = world.worker()
    late = events.spend("C-2")
    with pytest.raises(RulesMissingError):
        await receive_event(ports, late, 1)
    await put_back(world.store, Table.RULES, before[Table.RULES])
    await world.post(late, ports=ports)
    assert (await dependencies(ports))["status"] == "healthy"
    assert await world.status("C-2") == "ineligible"


async def test_a_rule_set_may_be_stored_and_activated_instead() -> None:
    world = await without_rules()
    draft = await store_draft(world.ports, STRICTER, ChangeNote("me", "the table is lost"))
    assert "rules" in (await dependencies(world.ports))["dependencies"], "a draft decides nobody"
    with pytest.raises(RulesMissingError):
        await receive_event(world.ports, events.spend("C-3"), 1)
    await activate(world.ports, draft.version, ChangeNote("me", ""))
    _ = [each async for each in repair(world.worker())]
    await world.settle()
    assert [each async for each in differences(world.worker())] == []
    assert await world.status("C-1") == "ineligible", "its 300,000 are not 900,000"


async def test_the_first_customer_of_all_costs_one_read_more_and_is_decided() -> None:
    world = World()
    watched = WatchedStore(world.store)
    await world.post(events.spend(), ports=world.worker(watched))
    assert await world.status() == "ineligible"
    await world.post(events.spend("C-2"), ports=(second := world.worker(watched)))
    watched.calls.clear()
    await world.post(events.spend("C-3"), ports=second)
    rules = [call for call in watched.calls if call.table is Table.RULES]
    assert [(call.operation) for call in rules] == ["get"], "a process that knows rules reads them once, as before"


async def test_what_a_first_customer_left_that_crashed_is_no_sign_of_lost_rules() -> None:
    world = World()
    for number in range(1, 12):
        world = World()
        calls = 0

        async def die(_: object, at: int = number) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                raise ConnectionError

        with pytest.raises(ConnectionError):
            await receive_event(world.worker(WatchedStore(world.store, after=die)), events.spend(), 1)
        await world.post(events.spend(), ports=world.worker())
        assert await world.status() == "ineligible"
