"""What a stored row must have: without it, it is no such row; what later versions add is left out or kept."""

import json

import pytest

from shared.domain.facts import FACTS, Licence
from shared.domain.partner import Partner
from shared.errors import MemberError
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.quarantined import Quarantined
from shared.storage.rows import packed
from shared.storage.store import ANY, Row, Span, Table
from tests.domain.given import GOOD
from tests.world import World


async def only_row(world: World, table: Table, partition: str) -> Row:
    (row,) = await world.store.query(table, Span(partition), 1)
    return row


@pytest.mark.parametrize("name", ["partnerId", "revision", "after", "handedOn", "at"])
async def test_a_fan_out_without_a_property_that_every_version_wrote_is_not_read(name: str) -> None:
    world = World()
    await world.ports.fan_outs.open(FanOut("P-1", 5, at=world.ports.timestamp()))
    row = await only_row(world, Table.WORK, "fan-out")
    less = {key: value for key, value in row.properties.items() if key != name}
    await world.store.write(Table.WORK, Row(row.partition, row.key, less), row.etag)
    with pytest.raises(KeyError):
        await world.ports.fan_outs.get(FanOut("P-1", 5).id)


async def test_what_only_an_upgrade_needs_is_in_no_other_fan_outs_row() -> None:
    world = World()
    await world.ports.fan_outs.open(FanOut("P-1", 5, at=world.ports.timestamp()))
    await world.ports.fan_outs.open(FanOut(None, 1, at=world.ports.timestamp(), decisions=2))
    rows = await world.store.query(Table.WORK, Span("fan-out"), 2)
    assert sorted("decisions" in row.properties for row in rows) == [False, True]


async def test_a_fan_out_of_an_older_version_began_when_it_was_opened() -> None:
    world = World()
    at = world.ports.timestamp()
    await world.ports.fan_outs.open(FanOut("P-1", 5, at=at))
    row = await only_row(world, Table.WORK, "fan-out")
    less = {key: value for key, value in row.properties.items() if key != "since"}
    await world.store.write(Table.WORK, Row(row.partition, row.key, less), row.etag)
    found = await world.ports.fan_outs.get(FanOut("P-1", 5).id)
    assert found is not None
    assert found.since == at


async def test_what_a_later_version_says_of_a_quarantined_messages_error_is_left_out() -> None:
    world = World()
    kept = Quarantined("eligibility-events", b"x", world.ports.timestamp(), "no", (MemberError("$", "wrong"),), 1)
    await world.ports.quarantine.keep(kept)
    row = Row(keys.QUARANTINE, keys.quarantined(kept.id), {})
    said = packed("errors", json.dumps([{"path": "$", "message": "wrong", "code": "E17"}]).encode())
    await world.store.merge(Table.QUARANTINE, Row(row.partition, row.key, said), ANY)
    found, _ = await world.ports.quarantine.page("", 10)
    assert [each.errors for each in found] == [(MemberError("$", "wrong"),)]
    await world.ports.quarantine.keep(kept)


@pytest.mark.parametrize(
    ("fact", "name"), [(fact, name) for fact in FACTS.values() for name in fact.required() if name != fact.by_type]
)
def test_a_stored_fact_without_a_member_that_it_must_have_is_not_read(fact: type[Licence], name: str) -> None:
    (event_type, _), *_ = fact.events
    data = {key: value for key, value in GOOD[event_type].items() if key != name}
    with pytest.raises(KeyError):
        fact.from_data(data)


@pytest.mark.parametrize("name", ["competencies", "designations", "deployments", "trainings"])
def test_a_summary_without_one_of_its_lists_is_not_read(name: str) -> None:
    rows = {key: value for key, value in Partner("P-1").rows().items() if key != name}
    with pytest.raises(KeyError):
        Partner.of_rows("P-1", 1, rows)
