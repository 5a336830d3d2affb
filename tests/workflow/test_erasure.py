"""An erased customer: what is left, what is told, what later and older events do, and what a stop in between leaves."""

import base64
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.notification import ERASED
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.storage import keys
from shared.storage.quarantined import Quarantined
from shared.storage.store import Row, StoreUnavailableError, Table
from shared.workflow.erase import STRETCH, ask_for_erasure, sweep_erasures
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.repair_customer import repair_customer
from shared.workflow.sweep import sweep_due, sweep_outboxes
from tests import events
from tests.azure_stores import table_store
from tests.memory_sender import MemorySender
from tests.naming import rows_that_say
from tests.restored import empty
from tests.watched_store import WatchedStore, breaking_at, once_at
from tests.world import World

CANARY = "Zanzibar-7"


def after(world: World, minutes: int) -> str:
    return (world.now + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def known(world: World) -> None:
    """C-1 was eligible and lost it; it has a due row, a partner it left, and is named by a deployment of another."""
    world.now -= timedelta(days=1)
    await world.post(*events.qualified(), *events.eligible(), events.spend("C-1", "1", CANARY, endsOn="2026-12-31"))
    await world.post(events.attached("C-1", "P-2"), events.detached("C-1", "P-2"), deployed())
    world.now += timedelta(days=1)
    await world.post(events.spend("C-1", "2000", time="2026-04-01T00:00:00Z"), *events.eligible("C-2", "P-1"))


def deployed(time: str = "2026-03-01T00:00:00Z", **more: Any) -> bytes:
    data = {"partnerId": "P-3", "deploymentId": "D-1", "area": events.AREA, "liveOn": "2026-01-01", "eligible": True}
    return events.event("deployment.recorded", {**data, "customerId": "C-1", **more}, time, id="d-1")


async def erased(world: World, customer: str = "C-1") -> None:
    """Erased, to the end of the last pass."""
    await ask_for_erasure(world.ports, customer)
    await sweep_erasures(world.ports)
    world.now += STRETCH + timedelta(seconds=1)
    await sweep_erasures(world.ports)


async def test_no_row_names_it_afterwards_but_its_own_and_its_last_notification() -> None:
    world = World()
    await known(world)
    await receive_event(world.ports, events.spend("C-1", "no money"), 1)
    await erased(world)
    last = keys.recorded_decision("C-1", (await world.state()).sequence)
    assert await rows_that_say(world.store, "C-1") == [f"customers C-1 {last}", "customers C-1 state~C-1"]
    assert await rows_that_say(world.store, CANARY) == []
    assert await rows_that_say(world.store, "C-2") != []
    assert await world.quarantine() == []
    assert [each async for each in differences(world.ports)] == []


async def test_the_erasure_is_notified_once_with_the_next_sequence_and_no_fact() -> None:
    world = World()
    await known(world)
    await erased(world)
    assert [status for _, status in world.told()] == ["ineligible", "eligible", "ineligible", "unassessed"]
    (last,) = [each for each in world.notifications() if each["type"] == ERASED]
    assert last["id"] == f"C-1/{last['data']['sequence']}"
    assert (last["data"]["previousStatus"], last["data"]["eligibleProjects"]) == ("ineligible", [])
    assert last["data"]["erasedAt"] == "2026-06-01T12:05:00.000000Z"


async def test_an_event_of_the_time_before_is_not_taken_and_a_later_one_starts_it_again_with_the_next_number() -> None:
    world = World()
    await known(world)
    await erased(world)
    sequence = (await world.state()).sequence
    await world.post(events.spend("C-1", CANARY.replace("Zanzibar-", "9"), time="2026-06-01T12:05:00Z"))
    assert (await world.state()).is_erased
    await world.post(events.spend("C-1", time="2026-06-01T12:05:00.000001Z"))
    state = await world.state()
    assert (state.sequence, state.sent, state.outcome.status.value) == (sequence + 1, sequence + 1, "ineligible")
    assert world.notifications()[-1]["data"]["previousStatus"] == "unassessed"
    assert await world.ports.indexes.is_in_directory("C-1")
    assert [each async for each in differences(world.ports)] == []
    await world.post(events.spend("C-1", "400000", time="2026-06-01T12:04:00Z", licence="L-9"))
    assert list((await world.state()).registers["licence"]) == ["L-1"]


async def test_messages_that_still_name_it_do_not_bring_it_back() -> None:
    world = World()
    await known(world)
    late = [events.spend("C-1"), events.attached("C-1", "P-1")]
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.ports)
    await world.post(*late, events.certified(level="silver", time="2026-05-01T00:00:00Z"))
    await recompute(world.ports, b'{"customers":["C-1"],"epoch":1}', 1)
    await recompute(world.ports, b'{"customers":["C-1"],"day":"2026-05-31"}', 1)
    world.now += timedelta(days=300)
    await sweep_due(world.ports)
    await world.settle()
    await sweep_erasures(world.ports)
    left = [each for each in await rows_that_say(world.store, "C-1") if "progress~" not in each]  # until it expires
    assert len(left) == 2
    assert (await world.state()).is_erased


async def test_who_decided_on_facts_read_before_the_erasure_loses() -> None:
    """The erasure comes between its read and its write."""
    world = World()
    await known(world)
    store = WatchedStore(world.store, once_at("commit", Table.CUSTOMERS, lambda: _asked_and_swept(world)))
    await world.post(events.spend("C-1", time="2026-05-01T00:00:00Z"), ports=world.worker(store))
    assert (await world.state()).is_erased
    assert world.notifications()[-1]["type"] == ERASED


async def _asked_and_swept(world: World) -> None:
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.ports)


async def test_what_is_recorded_and_not_sent_is_sent_first() -> None:
    world = World()
    await known(world)
    before = len(world.notifications())
    world.sent.queues[Queue.NOTIFICATIONS].clear()
    state = await world.state()
    row = await world.store.get(Table.CUSTOMERS, "C-1", "state~C-1")
    assert row is not None
    assert before
    await world.store.merge(Table.CUSTOMERS, Row("C-1", "state~C-1", {"sent": state.sequence - 1}), row.etag)
    await _asked_and_swept(world)
    assert [each["data"]["sequence"] for each in world.notifications()] == [state.sequence, state.sequence + 1]


async def test_a_deployment_that_names_it_is_stored_without_it_and_counts_as_before() -> None:
    world = World()
    await known(world)
    await erased(world)
    for late in (deployed(), deployed("2026-05-01T00:00:00Z")):
        before = await world.ports.partners.load_fact("P-3", "deployment", "D-1")
        await world.post(late)
        fact = await world.ports.partners.load_fact("P-3", "deployment", "D-1")
        assert before
        assert fact
        assert "customerId" not in fact.register.data
    await world.post(deployed(after(world, 1)))
    fact = await world.ports.partners.load_fact("P-3", "deployment", "D-1")
    assert fact
    assert fact.register.data["customerId"] == "C-1"


async def test_a_repeated_deployment_changes_nothing_after_the_erasure() -> None:
    world = World()
    await known(world)
    await erased(world)
    before = await world.ports.partners.load_fact("P-3", "deployment", "D-1")
    await world.post(deployed())
    assert await world.ports.partners.load_fact("P-3", "deployment", "D-1") == before


async def test_a_message_in_quarantine_about_others_too_is_kept_for_them() -> None:
    world = World()
    await known(world)
    body = b'{"customers":["C-1","C-2"],"epoch":1}'
    kept = Quarantined(Queue.RECOMPUTE.value, body, world.ports.timestamp(), "failed 5 times", (), 5)
    await world.ports.quarantine.keep(kept)
    await erased(world)
    others = [(each["queue"], json.loads(each["body"]), each["state"]) for each in await world.quarantine()]
    assert others == [(Queue.RECOMPUTE.value, {"customers": ["C-2"], "epoch": 1}, "kept")]


async def test_a_message_in_quarantine_that_names_it_in_base64_goes() -> None:
    world = World()
    await known(world)
    event = json.loads(events.spend("C-1", "no money"))
    event["data_base64"] = base64.b64encode(json.dumps(event.pop("data")).encode()).decode()
    await receive_event(world.ports, json.dumps(event).encode(), 1)
    assert len(await world.quarantine()) == 1
    await erased(world)
    assert await world.quarantine() == []


async def test_a_customer_that_was_never_decided_is_erased_without_a_notification() -> None:
    world = World()
    await known(world)
    await world.ports.customers.touch(await world.ports.customers.load("C-9"), world.ports.timestamp())
    await erased(world, "C-9")
    assert world.notifications("C-9") == []
    assert await rows_that_say(world.store, "C-9") == ["customers C-9 state~C-9"]
    await world.post(events.spend("C-9"))
    assert (await world.state("C-9")).is_erased


async def test_erased_twice_it_keeps_the_last_notification_alone() -> None:
    world = World()
    await known(world)
    await erased(world)
    await world.post(events.spend("C-1", time=after(world, 1)))
    await erased(world)
    assert len(await rows_that_say(world.store, "C-1")) == 2
    assert [each["type"] for each in world.notifications()].count(ERASED) == 2


@pytest.mark.parametrize("lost", range(60))
async def test_killed_at_any_call_the_next_sweep_ends_it_the_same(lost: int) -> None:
    world = World()
    await known(world)
    await ask_for_erasure(world.ports, "C-1")
    with suppress(StoreUnavailableError):
        await sweep_erasures(world.worker(WatchedStore(world.store, before=breaking_at(lost + 1, perhaps=True))))
    await sweep_outboxes(world.ports)
    await sweep_erasures(world.ports)
    world.now += STRETCH + timedelta(seconds=1)
    await sweep_erasures(world.ports)
    assert len(await rows_that_say(world.store, "C-1")) == 2
    assert await rows_that_say(world.store, CANARY) == []
    assert len({json.dumps(each) for each in world.notifications() if each["type"] == ERASED}) == 1


async def test_a_lost_row_of_an_erased_customer_is_made_of_its_last_notification() -> None:
    world = World()
    await known(world)
    await erased(world)
    right = await world.state()
    await world.store.delete(Table.CUSTOMERS, "C-1", "state~C-1")
    assert [each async for each in differences(world.ports)] != []
    await repair_customer(world.ports, "C-1")
    state = await world.state()
    assert (state.is_erased, state.erased_at, state.sequence) == (True, right.erased_at, right.sequence)


@pytest.mark.timeout(120)
async def test_over_table_storage_no_row_names_it_afterwards(azurite: str) -> None:
    async with table_store(azurite) as store:
        await empty(store)
        world, customer, partner = World(store), "C-erased", "P-of-erased"
        await world.post(*events.qualified(partner), *events.eligible(customer, partner), deployed(customerId=customer))
        await world.post(events.spend(customer, "1", CANARY, endsOn="2026-12-31"))
        await receive_event(world.ports, events.spend(customer, "no money"), 1)
        await erased(world, customer)
        last = keys.recorded_decision(customer, (await world.state(customer)).sequence)
        left = [f"customers {customer} {last}", f"customers {customer} state~{customer}"]
        assert await rows_that_say(store, customer) == left
        assert await rows_that_say(store, CANARY) == []
        assert world.notifications(customer)[-1]["type"] == ERASED


async def test_a_day_to_come_is_named_nowhere_afterwards() -> None:
    world = World()
    await world.post(*events.qualified(validUntil="2026-12-31"), *events.eligible())
    named = await rows_that_say(world.store, "C-1")
    assert {each.partition(" ")[0] for each in named} >= {"upcoming", "work"}
    await erased(world)
    assert len(await rows_that_say(world.store, "C-1")) == 2


class NoNotifications(MemorySender):
    """Notifications cannot be sent."""

    async def send(self, queue: Queue, message: Message) -> None:
        if queue is Queue.NOTIFICATIONS:
            raise SenderUnavailableError("down")
        await super().send(queue, message)


async def test_the_notification_of_an_erasure_that_died_is_sent_by_the_sweep_of_outboxes() -> None:
    world = World()
    await known(world)
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.worker(sender=NoNotifications()))
    assert (await world.state()).is_erased
    world.now += timedelta(minutes=3)
    await sweep_outboxes(world.ports)
    assert world.notifications()[-1]["type"] == ERASED


async def test_a_delivery_that_died_leaves_nothing_when_it_comes_again() -> None:
    """It had entered the customer in the index of a partner that no fact names, before the erasure."""
    world = World()
    await known(world)
    attached = events.attached("C-1", "P-9")
    dying = WatchedStore(world.store, once_at("write", Table.CUSTOMERS, down))
    with pytest.raises(StoreUnavailableError):
        await receive_event(world.worker(dying), attached, 1)
    await erased(world)
    assert [each for each in await rows_that_say(world.store, "C-1") if "P-9" in each]
    await receive_event(world.ports, attached, 2)
    assert len(await rows_that_say(world.store, "C-1")) == 2


async def down() -> None:
    raise StoreUnavailableError("died")


async def test_a_deployment_that_names_it_again_stays_as_it_is() -> None:
    """Recorded between the two passes, of a time after the erasure."""
    world = World()
    await known(world)
    await _asked_and_swept(world)
    world.now += STRETCH + timedelta(minutes=1)
    await world.post(deployed(after(world, 0)))
    await sweep_erasures(world.ports)
    fact = await world.ports.partners.load_fact("P-3", "deployment", "D-1")
    assert fact
    assert fact.register.data["customerId"] == "C-1"


async def test_where_all_are_erased_there_are_no_customers_and_a_lost_directory_is_still_noticed() -> None:
    world = World()
    await world.post(*events.eligible("C-1"))
    await erased(world)
    assert not await world.ports.has_customers()
    assert await world.ports.customers.listed("C-1") is None
    await world.post(*events.eligible("C-2"))
    await world.store.delete(Table.DIRECTORY, "C-2", "C-2")
    assert await world.ports.has_customers()
