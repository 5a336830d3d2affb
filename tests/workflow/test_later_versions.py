"""Rows, messages and rule sets of a later version: nothing of them is lost, and no event is put aside for them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.api.health import dependencies
from shared.errors import LaterVersionError
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.rows import packed
from shared.storage.store import ANY, Row, Store, Table
from shared.workflow.change_rules import ChangeNote, activate, retire, store_draft
from shared.workflow.population.asking import ask_about_change
from shared.workflow.population.places import names_of
from shared.workflow.population.walk import step
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.renew import renew_partner
from tests import events
from tests.later_version import OWN, all_rows, own, read_document, write_as_later
from tests.world import World

ROWS = {
    "the customer": (Table.CUSTOMERS, "C-1", "state~C-1"),
    "its partner": (Table.PARTNERS, "P-1", "summary~P-1"),
    "the rules": (Table.RULES, "rules", "epoch"),
}


async def eligible_world() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    return world


async def put_in_force(world: World, document: object) -> None:
    """As a version does that can read it: version 2, in force."""
    await store_draft(world.ports, parse_document(json.loads(SHIPPED.read_bytes())), ChangeNote())
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(2))
    assert row
    text = json.dumps(document).encode()
    properties = {name: value for name, value in row.properties.items() if not name.startswith("document")}
    await world.store.write(Table.RULES, Row(row.partition, row.key, {**properties, **packed("document", text)}), ANY)
    state = await world.ports.rule_sets.load()
    assert state
    changed = {"epoch": 2, "latest": 2, **packed("state", _in_force(2))}
    await world.store.write(Table.RULES, Row(keys.RULES, keys.RULES_EPOCH, changed), state.etag)


def _in_force(version: int) -> bytes:
    cause = {"kind": "rule-set", "ruleSetVersion": version, "action": "activated", "epoch": version}
    return json.dumps({"active": [[version, "2023-02-13"]], "cause": cause}).encode()


LATER_RULES = {
    "a type of criterion": lambda document: {
        **document,
        "criteria": {
            "type": "any-of",
            "id": "root",
            "title": "Either",
            "criteria": [document["criteria"], {"type": "none-of", "id": "none", "title": "None"}],
        },
    },
    "a member": lambda document: {**document, "graceDays": 7},
    "a schema": lambda document: {**document, "schema": "fasttrack.rule-set/v9"},
}


@pytest.mark.parametrize("later", LATER_RULES)
async def test_a_rule_set_in_force_that_this_version_cannot_read_puts_no_event_aside(later: str) -> None:
    world = await eligible_world()
    await put_in_force(world, LATER_RULES[later](json.loads(SHIPPED.read_bytes())))
    ports = world.worker()
    for attempt in (1, 2):
        with pytest.raises(LaterVersionError, match="rule set 2 is not one that this version reads: \\$"):
            await receive_event(ports, events.spend("C-2"), attempt)
    assert await world.quarantine() == []
    assert (await dependencies(ports))["dependencies"]["versions"] == "rule set 2 is not one that this version reads"


async def test_it_is_decided_by_such_a_rule_set_when_a_version_that_reads_it_is_there() -> None:
    world = await eligible_world()
    document = json.loads(SHIPPED.read_bytes())
    await put_in_force(world, {**document, "graceDays": 7})
    with pytest.raises(LaterVersionError):
        await receive_event(world.worker(), events.spend("C-2"), 1)
    await put_back(world, document)
    await world.post(events.spend("C-2"), ports=world.worker())
    assert await world.status("C-2") == "ineligible"


async def put_back(world: World, document: object) -> None:
    """This process as one of a version that reads what is stored."""
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(2))
    assert row
    properties = {**row.properties, **packed("document", json.dumps(document).encode())}
    await world.store.write(Table.RULES, Row(row.partition, row.key, properties), ANY)


@pytest.mark.parametrize("name", ROWS)
async def test_a_row_of_a_later_format_puts_no_event_aside_and_is_left_as_it_is(name: str) -> None:
    world = await eligible_world()
    table, partition, key = ROWS[name]
    row = await world.store.get(table, partition, key)
    assert row
    await write_as_later(world.store, table, row, 2)
    before = await world.store.get(table, partition, key)
    ports = world.worker()
    changed = events.certified(level="silver", time="2026-04-01T00:00:00Z")
    event = changed if name == "its partner" else events.spend(amount="1", time="2026-04-01T00:00:00Z")
    with pytest.raises(LaterVersionError, match=f"row {key} of the table {table} has format 2"):
        await receive_event(ports, event, 1)
    assert await world.quarantine() == []
    assert await world.store.get(table, partition, key) == before
    named = f"rows of the table {table} have format 2, and this version reads formats up to 1"
    answer = await dependencies(ports)
    assert answer["status"] == "unhealthy"
    assert named in answer["dependencies"].values(), "and without whose row it is"


async def test_health_forgets_a_row_of_a_later_format_after_ten_minutes() -> None:
    world = await eligible_world()
    row = await world.store.get(*ROWS["the customer"])
    assert row
    await write_as_later(world.store, Table.CUSTOMERS, row, 2)
    with pytest.raises(LaterVersionError):
        await receive_event(world.ports, events.spend(), 1)
    world.now += timedelta(minutes=9)
    assert (await dependencies(world.ports))["status"] == "unhealthy"
    world.now += timedelta(minutes=2)
    assert (await dependencies(world.ports))["status"] == "healthy"


async def test_a_message_of_a_later_format_waits_for_a_version_that_reads_it() -> None:
    world = World()
    body = json.dumps({"format": 2, "customers": ["C-1"], "day": "2026-06-01"}).encode()
    with pytest.raises(LaterVersionError, match="messages of the recompute queue have format 2"):
        await recompute(world.ports, body, 1)
    assert await world.quarantine() == []
    assert "messages of the recompute queue" in (await dependencies(world.ports))["dependencies"]["versions"]


@pytest.mark.parametrize("number", ["2", None, 2.5])
async def test_a_format_that_is_no_number_is_none_of_ours(number: object) -> None:
    world = World()
    await recompute(world.ports, json.dumps({"format": number, "customers": "C-1"}).encode(), 1)
    assert len(await world.quarantine()) == 1


async def test_what_a_later_version_added_is_still_there_when_this_one_has_written_every_kind_of_row() -> None:
    world = await eligible_world()
    await world.post(b"{}")
    await store_draft(world.ports, parse_document(json.loads(SHIPPED.read_bytes())), ChangeNote())
    draft = await world.ports.rule_sets.version(2)
    assert draft
    preview = await ask_about_change(world.ports, draft)
    await recompute_none(world)
    added = await add_everywhere(world.store)
    for name in names_of(preview):
        await step(world.ports, preview.id, name)
    await world.post(b"{}", events.spend(amount="300001", time="2026-04-01T00:00:00Z"))
    await world.post(events.certified(level="silver", time="2026-04-01T00:00:00Z"))
    await activate(world.ports, 2)
    await retire(world.ports, 1)
    await world.settle()
    after = await all_rows(world.store)
    rewritten = {where for where, row in after.items() if where in added and row.etag != added[where].etag}
    kinds = {where[2].partition("~")[0] for where in rewritten}
    assert {"state", "summary", "fact", "epoch", "version", "question", "message"} <= kinds
    for where in sorted(rewritten):
        assert own(where[0], after[where]) == own(where[0], added[where]), where


async def recompute_none(world: World) -> None:
    """What is queued is dropped: the test hands on itself."""
    for queue in world.sent.queues.values():
        queue.clear()


async def add_everywhere(store: Store) -> dict[tuple[Table, str, str], Row]:
    for (table, _, _), row in (await all_rows(store)).items():
        await write_as_later(store, table, row)
    return await all_rows(store)


async def test_what_a_later_version_noted_of_an_event_goes_only_with_the_event() -> None:
    world = await eligible_world()
    row = await world.store.get(*ROWS["the customer"])
    assert row
    await write_as_later(world.store, Table.CUSTOMERS, row)
    await world.post(events.spend(amount="1", time="2026-04-01T00:00:00Z"))
    after = await world.store.get(*ROWS["the customer"])
    assert after
    registers = read_document("state", after.properties)["registers"]
    assert [len(each) for each in registers["licence"].values()] == [5]
    assert [each[5:] for each in registers["project"].values()] == [["", "kept"]]
    assert OWN in registers


async def test_a_fan_out_under_way_keeps_what_a_later_version_added() -> None:
    world = await eligible_world()
    await receive_event(world.ports, events.certified(level="silver", time="2026-04-01T00:00:00Z"), 1)
    ((where, row),) = [each for each in (await all_rows(world.store)).items() if each[0][1] == keys.FAN_OUTS]
    await write_as_later(world.store, Table.WORK, row)
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    await world.ports.fan_outs.advance(fan_out)
    assert own(Table.WORK, (await all_rows(world.store))[where]) == ["kept"]


async def test_a_fan_out_opened_again_or_extended_keeps_what_a_later_version_added() -> None:
    world = await eligible_world()
    at = world.ports.timestamp()
    (fan_out,) = await world.ports.fan_outs.open(FanOut("P-9", 5, at=at))
    (other,) = await world.ports.fan_outs.open(FanOut("P-9", 6, at=at))
    ((where, row), _) = [each for each in (await all_rows(world.store)).items() if each[0][1] == keys.FAN_OUTS]
    await write_as_later(world.store, Table.WORK, row)
    world.now += timedelta(hours=2)
    await world.ports.fan_outs.open(FanOut("P-9", 5, at=world.ports.timestamp()))
    assert own(Table.WORK, (await all_rows(world.store))[where]) == ["kept"]
    fan_out, other = await world.ports.fan_outs.of_partner("P-9")
    await world.ports.fan_outs.take_over(fan_out.lapping(6, "", at), [other])
    assert own(Table.WORK, (await all_rows(world.store))[where]) == ["kept"]


async def test_a_row_of_this_version_says_no_format_and_so_costs_no_more() -> None:
    world = await eligible_world()
    assert [row for row in (await all_rows(world.store)).values() if "format" in row.properties] == []


async def add_fact_of_a_later_kind(world: World, partner_id: str) -> None:
    """As an event of a type does that only a later version knows."""
    rows = (await all_rows(world.store)).items()
    like = next(row for (_, _, key), row in rows if key.startswith(f"fact~{partner_id}~"))
    row = Row(partner_id, keys.partner_fact(partner_id, "later", "X-1"), like.properties)
    await world.store.write(Table.PARTNERS, row)
    state = await world.ports.partners.load(partner_id)
    await world.ports.partners.commit(world.ports.partners.writes(replace(state, facts=state.facts + 1), ()))


async def test_a_partner_with_a_fact_of_a_later_kind_is_repaired_without_taking_note_of_it() -> None:
    world = await eligible_world()
    await add_fact_of_a_later_kind(world, "P-1")
    right = await world.ports.partners.load("P-1")
    assert await renew_partner(world.ports, "P-1", right.partner.revision) is None
    without = replace(right, partner=replace(right.partner, competencies=frozenset()))
    await world.ports.partners.commit(world.ports.partners.writes(without, ()))
    assert await renew_partner(world.ports, "P-1", 0)
    renewed = await world.ports.partners.load("P-1")
    assert (renewed.partner.competencies, renewed.facts) == (right.partner.competencies, right.facts)
