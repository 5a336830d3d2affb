"""Repairing one thing at a time: each kind that reconciling finds, broken off at any call, and beside other writers."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import Repaired, repair
from shared.domain.facts import Competency
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage import keys
from shared.storage.store import ANY, Row, StoreUnavailableError, Table
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.sweep import sweep_fan_outs, sweep_outboxes
from tests import events
from tests.exploration.pace import quick
from tests.fresh_seed import fresh_seed
from tests.repairing.test_reconcile import (
    no_directory_row,
    no_due_row,
    no_index_row,
    no_recorded_decision,
    undecided,
    wrong_date,
    wrong_projects,
    wrong_rule_set,
    wrong_status,
)
from tests.restored import moment, put_back
from tests.watched_store import Call, WatchedStore, Watcher, once_at
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World

ENDS = "2026-12-31"
LATER = "2026-05-01T00:00:00Z"
LOOSER = parse_document(json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"200000"')))
STRICTER = parse_document(json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"900000"')))

type Plant = Callable[[World], Awaitable[None]]


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick(page=1000):
        yield


async def sound() -> World:
    world = World()
    await world.post(*events.eligible("C-1"), *events.eligible("C-2"), *events.qualified(validUntil=ENDS))
    return world


async def wrong_summary(world: World) -> None:
    state, partners = await world.ports.partners.load("P-1"), world.ports.partners
    (fact,) = [row async for row in partners.facts("P-1") if row.kind == Competency.kind]
    without = replace(state.partner, competencies=frozenset())
    await partners.commit(partners.writes(replace(state, partner=without), [fact]))


async def no_summary(world: World) -> None:
    await world.store.delete(Table.PARTNERS, "P-1", keys.partner_summary("P-1"))


async def not_a_candidate(world: World) -> None:
    await world.store.delete(Table.ATTACHMENTS, keys.CANDIDATES, keys.candidate("P-1"))


async def _restored(world: World, table: Table, *bodies: bytes) -> None:
    before = await moment(world.store)
    await world.post(*bodies)
    await put_back(world.store, table, before[table])


async def partner_went_back(world: World) -> None:
    await _restored(world, Table.PARTNERS, events.certified(level="none", time=LATER))


async def rules_went_back(world: World) -> None:
    before = await moment(world.store)
    draft = await store_draft(world.ports, LOOSER, ChangeNote())
    await activate(world.ports, draft.version)
    await world.settle()
    await put_back(world.store, Table.RULES, before[Table.RULES])


async def latest_version_is_behind(world: World) -> None:
    await store_draft(world.ports, LOOSER, ChangeNote())
    state = await world.ports.rule_sets.load()
    assert state
    await world.ports.rule_sets.save(replace(state, latest=1))


async def fan_out_lost(world: World) -> None:
    """The partner changed and its customers were not decided again: row and message are gone."""
    await receive_event(world.ports, events.certified(level="none", time=LATER), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    async for fan_out in world.ports.fan_outs.all():
        await world.ports.fan_outs.close(fan_out)


async def of_the_future(world: World) -> None:
    """Decided by a process whose clock was a year ahead: the partner's certificate had lapsed by then."""
    world.now += timedelta(days=365)
    await world.post(events.spend(amount="400000", time=LATER))
    world.now -= timedelta(days=365)


async def not_notified(world: World) -> None:
    """The state went back to before it was noted as sent, and the row that says it has to be is gone."""
    loaded = await world.ports.customers.load("C-1")
    await world.ports.customers.mark_sent("C-1", 1, loaded.etag or "")
    rows = (await moment(world.store))[Table.WORK]
    await put_back(world.store, Table.WORK, [row for row in rows if row.key.startswith("due~")])


async def recorded_beyond(world: World) -> None:
    """The state is older than its recorded decisions: the next number is one that was given."""
    row = await world.store.get(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    assert row
    await world.post(events.spend(amount="1", time=LATER))
    await world.store.write(Table.CUSTOMERS, Row(row.partition, row.key, row.properties), ANY)


async def none_recorded(world: World) -> None:
    for sequence in (1, 2):
        await world.store.delete(Table.CUSTOMERS, "C-1", keys.recorded_decision("C-1", sequence))
    loaded = await world.ports.customers.load("C-1")
    await world.ports.customers.mark_sent("C-1", 0, loaded.etag or "")


KINDS: list[Plant] = [
    *(no_directory_row, no_index_row, no_due_row, no_recorded_decision, undecided),
    *(wrong_projects, wrong_rule_set, wrong_status, wrong_date),
    *(wrong_summary, no_summary, not_a_candidate, partner_went_back, rules_went_back, latest_version_is_behind),
    *(fan_out_lost, of_the_future, not_notified, recorded_beyond, none_recorded),
]


async def repaired(ports: Ports) -> list[Repaired]:
    return [each async for passed in repair(ports) for each in passed.repaired]


async def timers(world: World) -> None:
    world.now += timedelta(minutes=5)
    await sweep_outboxes(world.worker())
    await sweep_fan_outs(world.worker())
    await world.settle(world.worker())


async def assert_sound(world: World) -> None:
    await timers(world)
    assert [each async for each in differences(world.worker())] == []
    for customer_id in ("C-1", "C-2"):
        state = await world.state(customer_id)
        assert state.outcome.status.value == await by_its_facts(world, customer_id)
        last = state.sequence, state.outcome.status.value
        assert (state.sent, world.told(customer_id)[-1]) == (state.sequence, last)


async def by_its_facts(world: World, customer_id: str) -> str:
    """The rules leave two things open here: whether P-1 is certified, and how much is spent."""
    facts = [row async for row in world.ports.partners.facts("P-1")]
    levels = [row.register.data["level"] for row in facts if row.kind == Competency.kind]
    spent = sum(each.annual_amount for each in (await world.state(customer_id)).customer.licences)
    return "eligible" if levels == ["gold"] and spent >= 300_000 else "ineligible"


@pytest.mark.parametrize("plant", KINDS)
async def test_each_kind_that_is_found_is_repaired_and_twice_changes_nothing(plant: Plant) -> None:
    world = await sound()
    await plant(world)
    assert [each async for each in differences(world.worker())] != []
    assert not any(each.failed for each in await repaired(world.worker()))
    await assert_sound(world)
    before = await moment(world.store)
    assert await repaired(world.worker()) == []
    assert await moment(world.store) == before


@pytest.mark.parametrize("plant", [no_directory_row, wrong_date])
async def test_who_is_decided_as_before_leaves_no_work_to_the_timers(plant: Plant) -> None:
    world = await sound()
    await plant(world)
    await repaired(world.worker())
    assert [each async for each in world.ports.work.outboxes()] == []
    assert [each async for each in differences(world.worker())] == []


def breaking_after_write(number: int) -> Watcher:
    """A break at a read, or before a write, leaves what one after the write before leaves."""
    left = number

    async def watch(call: Call) -> None:
        nonlocal left
        left -= call.writes
        if call.writes and left == 0:
            raise StoreUnavailableError("broken")

    return watch


@pytest.mark.parametrize("plant", KINDS)
async def test_a_repair_that_breaks_off_after_any_write_is_ended_by_another(plant: Plant) -> None:
    number, broke = 0, True
    while broke:
        number += 1
        world = await sound()
        await plant(world)
        try:
            await repaired(world.worker(WatchedStore(world.store, after=breaking_after_write(number))))
            broke = False
        except PassingError:
            await repaired(world.worker())
        await assert_sound(world)
    assert number > 1, "nothing was written"


async def test_who_is_decided_otherwise_is_notified_with_the_repair_as_the_cause() -> None:
    world = await sound()
    await fan_out_lost(world)
    await repaired(world.worker())
    await timers(world)
    data = max(world.notifications("C-1"), key=lambda each: int(each["data"]["sequence"]))["data"]
    assert (data["status"], data["previousStatus"], data["cause"]) == ("ineligible", "eligible", {"kind": "repair"})


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.deep)])
@pytest.mark.parametrize("plant", [partner_went_back, no_index_row])
async def test_a_partner_that_changes_meanwhile_is_what_everybody_is_decided_by(plant: Plant, every: int) -> None:
    """At every call, or every seventh from a fresh one on."""
    number, done = fresh_seed() % every - every + 1, False
    while not done:
        number += every
        world = await sound()
        await plant(world)
        calls = 0
        done = True

        async def change(_: object, at: int = number, world: World = world) -> None:
            nonlocal calls, done
            calls += 1
            if calls == at:
                done = False
                await world.post(events.certified(level="none", time="2026-05-20T00:00:00Z"), ports=world.worker())

        await repaired(world.worker(WatchedStore(world.store, before=change)))
        await timers(world)
        if not done:
            assert [await world.status(each) for each in ("C-1", "C-2")] == ["ineligible"] * 2, f"at call {number}"
            assert [each async for each in differences(world.worker())] == []


async def test_rules_that_change_meanwhile_are_those_that_everybody_is_decided_by() -> None:
    world = await sound()
    await store_draft(world.ports, STRICTER, ChangeNote())
    await put_back(world.store, Table.DIRECTORY, [])
    other = world.worker()

    async def change() -> None:
        await activate(other, 2)

    await repaired(world.worker(WatchedStore(world.store, before=once_at("merge", Table.DIRECTORY, change))))
    await world.settle(other)
    await timers(world)
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["ineligible"] * 2
    assert [each async for each in differences(world.worker())] == []


async def test_what_a_repair_left_that_never_comes_back_the_apps_timers_end() -> None:
    world = await sound()
    await partner_went_back(world)
    await world.store.delete(Table.PARTNERS, "P-1", keys.partner_summary("P-1"))
    passes = repair(world.worker())
    while not (await anext(passes)).repaired:  # the partner; its customers are not reached
        pass
    revision = (await world.ports.partners.load("P-1")).partner.revision
    assert (await world.state()).evidence.partners["P-1"] < revision
    await timers(world)
    assert (await world.state()).evidence.partners["P-1"] == revision


async def test_one_that_cannot_be_read_does_not_stop_the_others() -> None:
    world = await sound()
    await no_directory_row(world)
    await world.store.merge(Table.CUSTOMERS, Row("C-2", keys.customer_state("C-2"), {"state0": b"?"}), ANY)
    ends = {each.found.id: each.failed for each in await repaired(world.worker())}
    assert ends["C-1"] == ""
    assert ends["C-2"]
    assert await world.ports.indexes.is_in_directory("C-1")


async def test_an_empty_directory_is_not_taken_for_one_of_nobody() -> None:
    world = await sound()
    await put_back(world.store, Table.DIRECTORY, [])
    draft = await store_draft(world.ports, LOOSER, ChangeNote())
    await activate(world.ports, draft.version)
    with pytest.raises(PassingError, match="the directory is empty"):
        await world.settle()
    await repaired(world.worker())
    await timers(world)
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert [each async for each in differences(world.worker())] == []


async def test_whom_a_fan_out_found_after_its_state_was_lost_does_not_stop_the_next_change_of_rules() -> None:
    world = await sound()
    await put_back(world.store, Table.CUSTOMERS, [])
    await put_back(world.store, Table.DIRECTORY, [])
    await world.post(events.certified(level="silver", time="2026-04-01T00:00:00Z"))
    assert "C-1: is not in the directory" in [each async for each in differences(world.worker())]
    async for passed in repair(world.worker()):
        assert not [each.failed for each in passed.repaired if each.failed]
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await world.settle()
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert [each async for each in differences(world.worker())] == []
