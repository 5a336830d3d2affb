"""Service Bus: what stands beside a body, faults of the network and the service, many senders at once."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import time
from typing import Any

import pytest
from azure.core.settings import settings
from azure.core.tracing.ext.opentelemetry_span import OpenTelemetrySpan
from azure.servicebus.aio import ServiceBusClient
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from local.broker import Broker, Fault
from local.entities import PRODUCT
from shared.messaging.sender import Message, Queue, QueueMissingError, SenderUnavailableError
from shared.messaging.service_bus import ServiceBusSender, distinct
from shared.ports import utc_now
from shared.storage_clock import StorageClock
from shared.workflow.receive_event import receive_event
from tests import events
from tests.messaging.mail import RETRIES, SUBSCRIPTION, Reader, body_of, notification
from tests.world import World


@pytest.fixture
async def client(broker: Broker) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(broker.connection_string, **RETRIES) as made:
        yield made


@pytest.fixture
def sender(client: ServiceBusClient) -> ServiceBusSender:
    return ServiceBusSender(client, [Queue.EVENTS, Queue.NOTIFICATIONS], utc_now)


@pytest.fixture
def reader(broker: Broker, client: ServiceBusClient) -> Reader:
    return Reader(broker, client)


async def sent_events(sender: ServiceBusSender, bodies: list[bytes]) -> list[BaseException | None]:
    """The fault of each, sent all at once."""
    return await asyncio.gather(*(sender.send(Queue.EVENTS, Message(body)) for body in bodies), return_exceptions=True)


def numbered(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


async def test_a_recorded_decision_is_notified_with_what_subscriptions_filter_by(
    sender: ServiceBusSender, reader: Reader
) -> None:
    world = World()
    world.ports.sender = sender
    await receive_event(world.ports, events.spend(), 1)
    [sent] = await reader.read(Queue.NOTIFICATIONS)
    told = json.loads(body_of(sent))
    customer = told["data"]["customerId"]
    assert (sent.message_id, sent.session_id) == (distinct(f"{customer}/1"), distinct(customer))
    assert (sent.subject, sent.content_type) == ("fasttrack.eligibility.changed.v1", "application/cloudevents+json")
    properties = {_text(name): _text(value) for name, value in (sent.application_properties or {}).items()}
    assert properties == {
        "customerId": customer,
        "status": "ineligible",
        "previousStatus": "unassessed",
        "ruleSetVersion": told["data"]["ruleSetVersion"],
        "type": "fasttrack.eligibility.changed.v1",
    }
    assert isinstance(properties["ruleSetVersion"], int)  # so that a filter can say: at least 3


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


async def test_a_notification_sent_again_is_in_the_subscription_once(sender: ServiceBusSender, reader: Reader) -> None:
    for sequence in (1, 1, 2, 1):
        await sender.send(Queue.NOTIFICATIONS, notification("C-1", sequence))
    assert [sent.message_id for sent in await reader.read(Queue.NOTIFICATIONS)] == [
        distinct("C-1/1"),
        distinct("C-1/2"),
    ]


async def test_an_event_sent_again_is_on_the_queue_again(sender: ServiceBusSender, reader: Reader) -> None:
    """Otherwise a redriven one would be lost."""
    for _ in range(2):
        await sender.send(Queue.EVENTS, Message(b"{}"))
    assert len(await reader.read(Queue.EVENTS)) == 2


@pytest.mark.parametrize("fault", Fault)
async def test_a_fault_at_any_send_is_healed_and_the_notification_is_in_the_subscription_once(
    broker: Broker, sender: ServiceBusSender, reader: Reader, fault: Fault
) -> None:
    broker.faults.at(fault, 1, 3, 4)
    for sequence in (1, 2, 3):
        await sender.send(Queue.NOTIFICATIONS, notification("C-1", sequence))
    assert broker.faults.left == 0
    sent = [each.message_id for each in await reader.read(Queue.NOTIFICATIONS)]
    assert sent == [distinct(f"C-1/{sequence}") for sequence in (1, 2, 3)]


async def test_200_notifications_through_cut_connections_arrive_once_each_and_in_order_per_customer(
    broker: Broker, sender: ServiceBusSender, reader: Reader
) -> None:
    customers = [f"C-{number}" for number in range(10)]
    broker.faults.at(Fault.CONNECTION_CUT, 2, 9, 16, 23)

    async def relay(customer: str) -> None:
        for sequence in range(1, 21):
            await sender.send(Queue.NOTIFICATIONS, notification(customer, sequence))

    await asyncio.gather(*map(relay, customers))
    assert broker.faults.left <= 1  # how many transfers it takes depends on what waits together
    by_customer: dict[str | None, list[str | None]] = {}
    for sent in await reader.read(Queue.NOTIFICATIONS):
        by_customer.setdefault(sent.session_id, []).append(sent.message_id)
    assert by_customer == {
        distinct(each): [distinct(f"{each}/{sequence}") for sequence in range(1, 21)] for each in customers
    }


@pytest.mark.parametrize("blind", [True, False], ids=["duplicates without case", "duplicates with case"])
async def test_of_customers_whose_ids_differ_only_in_case_each_has_its_own_session_with_every_notification_once(
    blind: bool,
) -> None:
    customers = ["c-1a", "C-1a", "c-1A"]
    with Broker(replace(PRODUCT, case_blind_duplicates=blind)) as broker:
        async with ServiceBusClient.from_connection_string(broker.connection_string, **RETRIES) as client:
            sender = ServiceBusSender(client, [Queue.NOTIFICATIONS], utc_now)
            for sequence in (1, 2, 2, 3):
                for customer in customers:
                    await sender.send(
                        Queue.NOTIFICATIONS, notification(customer, sequence, f"{customer} {sequence}".encode())
                    )
            sent = await Reader(broker, client).read(Queue.NOTIFICATIONS)
    assert len({(each.session_id or "").lower() for each in sent}) == len(customers)
    for customer in customers:
        of_customer = [body_of(each).decode() for each in sent if each.session_id == distinct(customer)]
        assert of_customer == [f"{customer} {sequence}" for sequence in (1, 2, 3)]


@pytest.mark.parametrize(
    ("plain", "on_the_bus"),
    [
        ("c-1001", "c-1001"),
        ("C-1001", "C-1001~2121eef3"),
        ("C-1001/7", "C-1001/7~80014cee"),
        (None, None),
    ],
)
def test_an_id_with_a_capital_letter_is_followed_by_the_start_of_its_digest(
    plain: str | None, on_the_bus: str | None
) -> None:
    assert distinct(plain) == on_the_bus


def test_the_longest_ids_stay_within_what_service_bus_takes() -> None:
    longest = "C" * 64
    assert len(distinct(longest)) <= 128
    assert len(distinct(f"{longest}/{2**63}")) <= 128


async def test_what_waits_while_one_send_is_under_way_goes_out_as_one_batch_in_its_order(
    broker: Broker, sender: ServiceBusSender, reader: Reader
) -> None:
    await sender.send(Queue.EVENTS, Message(b"first"))
    broker.faults.at(Fault.SERVER_BUSY, 4)
    bodies = numbered(100)
    assert await sent_events(sender, bodies) == [None] * 100
    assert broker.faults.left == 1  # it took less than four transfers
    assert [body_of(each) for each in await reader.read(Queue.EVENTS)] == [b"first", *bodies]


async def test_more_than_a_batch_holds_goes_out_in_several(sender: ServiceBusSender, reader: Reader) -> None:
    bodies = [number.ljust(48 * 1024, b" ") for number in numbered(30)]
    assert await sent_events(sender, bodies) == [None] * 30
    assert [body_of(each) for each in await reader.read(Queue.EVENTS)] == bodies


@pytest.mark.parametrize(
    "wrong",
    [Message(b"x" * 2_000_000), Message(b"{}", id="x" * 129), Message(b"{}", session="x" * 129)],
    ids=["too large", "id too long", "session too long"],
)
async def test_a_message_that_cannot_be_sent_fails_alone(
    sender: ServiceBusSender, reader: Reader, wrong: Message
) -> None:
    several = [Message(b"1"), wrong, Message(b"2")]
    faults = await asyncio.gather(*(sender.send(Queue.EVENTS, each) for each in several), return_exceptions=True)
    assert [type(fault) for fault in faults] == [type(None), SenderUnavailableError, type(None)]
    assert [body_of(each) for each in await reader.read(Queue.EVENTS)] == [b"1", b"2"]


async def test_a_service_that_stays_busy_is_a_passing_error_for_all_who_waited_and_the_next_send_works(
    broker: Broker, sender: ServiceBusSender, reader: Reader
) -> None:
    broker.faults.at(Fault.SERVER_BUSY, *range(1, 5))
    faults = await sent_events(sender, numbered(3))
    assert [str(fault) for fault in faults] == ["Service Bus eligibility-events: ServiceBusServerBusyError"] * 3
    await sender.send(Queue.EVENTS, Message(b"later"))
    assert [body_of(each) for each in await reader.read(Queue.EVENTS)] == [b"later"]


async def test_a_connection_broken_while_nothing_is_sent_is_opened_again_by_the_next_send(
    broker: Broker, sender: ServiceBusSender, reader: Reader
) -> None:
    for body in (b"1", b"2", b"3"):
        await sender.send(Queue.EVENTS, Message(body))
        broker.cut_connections()
    assert [body_of(each) for each in await reader.read(Queue.EVENTS)] == [b"1", b"2", b"3"]


async def test_a_service_that_goes_away_is_told_of_by_sends_and_checks_until_it_is_back(
    broker: Broker, sender: ServiceBusSender
) -> None:
    await sender.send(Queue.EVENTS, Message(b"1"))
    broker.stop()
    with pytest.raises(SenderUnavailableError, match="Service Bus eligibility-events: "):
        await sender.send(Queue.EVENTS, Message(b"2"))
    with pytest.raises(SenderUnavailableError, match="Service Bus eligibility-"):
        await sender.check()  # it asks all queues at a time, and says which failed first
    with Broker(PRODUCT, broker.port) as again:
        await sender.check()
        await sender.send(Queue.EVENTS, Message(b"3"))
        assert again.count(Queue.EVENTS.value) == 1


async def test_an_entity_that_is_not_there_is_told_by_name(client: ServiceBusClient) -> None:
    sender = ServiceBusSender(client, [Queue.RECOMPUTE], utc_now)
    with pytest.raises(SenderUnavailableError, match="Service Bus eligibility-recompute: "):
        await sender.send(Queue.RECOMPUTE, Message(b"{}"))
    with pytest.raises(QueueMissingError, match="missing: eligibility-recompute"):
        await sender.check()


async def test_a_caller_that_is_cancelled_harms_nobody_else(sender: ServiceBusSender, reader: Reader) -> None:
    first = asyncio.create_task(sender.send(Queue.EVENTS, Message(b"1")))
    other = asyncio.create_task(sender.send(Queue.EVENTS, Message(b"2")))
    await asyncio.sleep(0)  # both wait now, and the link is being opened for them
    first.cancel()
    await other
    with pytest.raises(asyncio.CancelledError):
        await first
    await sender.send(Queue.EVENTS, Message(b"3"))
    assert {b"2", b"3"} <= {body_of(each) for each in await reader.read(Queue.EVENTS)}


async def test_looking_whether_it_answers_leaves_nothing_behind(broker: Broker, sender: ServiceBusSender) -> None:
    await asyncio.gather(*(sender.check() for _ in range(5)))
    assert (broker.count(Queue.EVENTS.value), broker.count(SUBSCRIPTION)) == (0, 0)


@pytest.fixture
def traced() -> Iterator[None]:
    """As the SDK is set up where telemetry is on."""
    settings.tracing_implementation.set_value(OpenTelemetrySpan)
    yield
    settings.tracing_implementation.unset_value()


async def test_messages_of_one_batch_carry_each_the_trace_of_its_own_sender(
    traced: None, sender: ServiceBusSender, reader: Reader
) -> None:
    async def send(number: int) -> None:
        span = NonRecordingSpan(SpanContext(trace_id=number, span_id=7, is_remote=True, trace_flags=TraceFlags(1)))
        with use_span(span):
            await sender.send(Queue.EVENTS, Message(str(number).encode()))

    await asyncio.gather(*(send(number) for number in (1, 2, 3)))
    traces = {
        body_of(sent): _text((sent.application_properties or {})[b"traceparent"]).split("-")[1]
        for sent in await reader.read(Queue.EVENTS)
    }
    assert traces == {str(number).encode(): f"{number:032x}" for number in (1, 2, 3)}


@pytest.mark.parametrize("wrong", [timedelta(days=366), timedelta(days=-366)])
async def test_a_delay_counts_from_the_storages_time_whatever_the_machines_clock_says(
    client: ServiceBusClient, reader: Reader, wrong: timedelta
) -> None:
    clock = StorageClock(lambda: time() + wrong.total_seconds())
    clock.answered(format_datetime(datetime.now(UTC), usegmt=True))
    sender = ServiceBusSender(client, [Queue.EVENTS], clock.now)
    began = datetime.now(UTC)
    await sender.send(Queue.EVENTS, Message(b"{}", delay=2))
    assert len(await reader.read(Queue.EVENTS)) == 0
    while not (found := await reader.read(Queue.EVENTS)):
        assert datetime.now(UTC) - began < timedelta(seconds=20)
    assert len(found) == 1


async def test_a_message_is_not_delayed_while_no_answer_told_what_time_it_is(
    client: ServiceBusClient, reader: Reader
) -> None:
    sender = ServiceBusSender(client, [Queue.EVENTS], StorageClock().now)
    await sender.send(Queue.EVENTS, Message(b"{}", delay=3600))
    assert len(await reader.read(Queue.EVENTS)) == 1
