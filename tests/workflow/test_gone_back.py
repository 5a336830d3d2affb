"""A row that went back is recognised, accepted five minutes later, and all whom it concerns are decided again (F39)."""

import json
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.api.health import dependencies as health
from shared.errors import WentBackError
from shared.messaging.sender import Queue
from shared.storage.store import Table
from shared.workflow.keep import LAST_ATTEMPT
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due
from tests import events
from tests.gone_back import AGAIN, LOST, Made, both, delivered, dependencies, partner_gone_back, swept
from tests.restored import moment, put_back
from tests.world import World


@both
async def test_it_is_accepted_after_five_minutes_and_all_are_decided_by_what_is_stored(gone_back: Made) -> None:
    world = await gone_back()
    await delivered(world)
    (copy,) = world.sent.queues[Queue.EVENTS]
    await swept(world)
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]
    assert world.notifications("C-2")[-1]["data"]["cause"] == {"kind": "repair"}
    await world.post(copy.body)
    assert (await world.state()).fact_count == 4
    assert await world.quarantine() == []
    assert [each async for each in differences(world.ports)] == []


@both
async def test_before_it_is_not_accepted_however_often_it_is_looked_at(gone_back: Made) -> None:
    world = await gone_back()
    await delivered(world)
    for _ in range(4):
        await swept(world, timedelta(minutes=1))
    assert await world.status() == "ineligible"
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world, timedelta(minutes=1, seconds=1))
    assert await world.status() == "eligible", "the time of the first note counts"


@both
async def test_health_tells_until_it_is_settled(gone_back: Made) -> None:
    world = await gone_back()
    assert "rows" not in await dependencies(world)
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    assert "a table was restored" in (await dependencies(world))["rows"]
    assert (await health(world.ports))["status"] == "unhealthy"
    for _ in range(2):
        await swept(world)
    assert "rows" not in await dependencies(world)


async def test_a_row_that_comes_back_is_not_accepted_but_used() -> None:
    world = await partner_gone_back()
    gone_back = await moment(world.store)
    await world.post(LOST)
    now = await moment(world.store)
    await put_back(world.store, Table.PARTNERS, gone_back[Table.PARTNERS])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await put_back(world.store, Table.PARTNERS, now[Table.PARTNERS])
    await swept(world)
    await world.post(AGAIN)
    assert await world.status() == "ineligible"
    assert (await world.ports.partners.load("P-1")).partner.revision == (await world.state()).evidence.partners["P-1"]


async def test_a_date_that_comes_meanwhile_waits_and_is_decided_then() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified(validUntil="2026-08-31"))
    before = await moment(world.store)
    await world.post(events.trained(completedOn="2026-01-16"))
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    world.now += timedelta(days=92)
    await sweep_due(world.ports)
    (message,) = world.sent.queues[Queue.RECOMPUTE]
    world.sent.queues[Queue.RECOMPUTE].clear()
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(WentBackError):
            await recompute(world.ports, message.body, attempt)
    await recompute(world.ports, message.body, LAST_ATTEMPT)
    (copy,) = world.sent.queues[Queue.RECOMPUTE]
    world.sent.queues[Queue.RECOMPUTE].clear()
    await swept(world)
    await recompute(world.ports, copy.body, 1)
    assert (await world.status(), await world.quarantine()) == ("ineligible", [])


@both
async def test_a_message_of_what_was_lost_waits_too(gone_back: Made) -> None:
    """Its customers were perhaps not decided yet: nobody else need know of it."""
    world = await gone_back()
    evidence = (await world.state()).evidence
    by_partner = {"partnerId": "P-1", "revision": evidence.partners["P-1"]}
    reason = by_partner if gone_back is partner_gone_back else {"epoch": evidence.epoch}
    body = json.dumps({"customers": ["C-2"], **reason}).encode()
    with pytest.raises(WentBackError):
        await recompute(world.ports, body, 1)
    await swept(world)
    await recompute(world.ports, body, 2)
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]


@both
async def test_a_customer_whose_index_rows_are_lost_too_is_found_by_its_own_event(gone_back: Made) -> None:
    world = await gone_back()
    for table in (Table.ATTACHMENTS, Table.DIRECTORY, Table.HEADS, Table.WORK):
        await put_back(world.store, table, [])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    assert (await world.status("C-1"), await world.status("C-2")) == ("eligible", "ineligible")


async def test_a_partner_that_is_lost_whole_is_one_without_facts() -> None:
    world = await partner_gone_back()
    await put_back(world.store, Table.PARTNERS, [])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    await world.post(AGAIN)
    assert await world.status() == "ineligible"
    await world.post(*events.qualified())
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]
