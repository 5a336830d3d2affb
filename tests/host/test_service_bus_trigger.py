"""Service Bus triggers behave as in Azure: locks, retries, dead letters, the metadata and its overlay."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from local.broker import Broker, Entities, QueueEntity, TopicEntity
from local.host.ports import answers
from tests.host.hosts import RunningHost, eventually, running

PREFIX, DRAINED = "bus", "drained"
EVENTS, TOPIC, ALL = f"{PREFIX}-events", f"{PREFIX}-topic", f"{PREFIX}-topic/Subscriptions/all"
LOCK = 1.0
ENTITIES = Entities(
    queues=(
        QueueEntity(EVENTS, lock=LOCK, max_delivery_count=3),
        QueueEntity(f"{DRAINED}-events", lock=LOCK, max_delivery_count=3),
    ),
    topics=tuple(
        TopicEntity(f"{each}-topic", (QueueEntity("all", max_delivery_count=2),)) for each in (PREFIX, DRAINED)
    ),
)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(ENTITIES) as started:
        yield started


@pytest.fixture(scope="module")
def bus(broker: Broker) -> Iterator[ServiceBusClient]:
    with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        yield client


@pytest.fixture(scope="module")
def host(azurite: str, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    log = tmp_path_factory.mktemp("host") / "log"
    with running(azurite, log, prefix=PREFIX, ServiceBusConnection=broker.connection_string) as started:
        yield started


def send(bus: ServiceBusClient, *messages: ServiceBusMessage, topic: bool = False) -> None:
    with bus.get_topic_sender(TOPIC) if topic else bus.get_queue_sender(EVENTS) as sender:
        sender.send_messages(list(messages))


def test_a_message_reaches_its_function_with_its_properties_and_is_completed(
    host: RunningHost, broker: Broker, bus: ServiceBusClient
) -> None:
    sent = ServiceBusMessage(
        b"\x00\xffbytes", message_id="m-1", subject="s", session_id="C-1", application_properties={"a": "b", "n": 7}
    )
    send(bus, sent)
    host.settle()
    (call,) = [each for each in host.calls("event") if each["id"] == "m-1"]
    assert (call["body"], call["count"], call["subject"], call["session"]) == ("\x00ÿbytes", 1, "s", "C-1")
    assert call["properties"] == {"a": "b", "n": 7}
    assert call["enqueued"]
    assert broker.count(EVENTS) == 0


def test_the_metadata_has_the_names_the_real_host_gives(host: RunningHost, bus: ServiceBusClient) -> None:
    send(bus, ServiceBusMessage("x", subject="names", session_id="s", reply_to_session_id="s"))
    (call,) = eventually(lambda: [each for each in host.calls("event") if each["names"]])
    assert {"DeliveryCount", "LockToken", "SequenceNumber", "EnqueuedTimeUtc", "UserProperties"} <= set(call["names"])
    assert "DeadLetterReason" not in call["names"]


def test_a_message_that_keeps_failing_is_tried_as_often_as_the_queue_says_and_then_dead_lettered(
    host: RunningHost, bus: ServiceBusClient
) -> None:
    send(bus, ServiceBusMessage("fail always"))
    (dead,) = eventually(lambda: [each for each in host.calls("dead letter") if each["body"] == "fail always"])
    assert (dead["reason"], dead["source"]) == ("MaxDeliveryCountExceeded", EVENTS)
    assert [each["count"] for each in host.calls("event") if each["body"] == "fail always"] == [1, 2, 3]
    host.settle()


def test_members_of_a_json_body_are_laid_over_the_metadata_unless_the_binding_is_binary(
    host: RunningHost, broker: Broker, bus: ServiceBusClient
) -> None:
    body = '{"messageId": 7}'
    send(bus, ServiceBusMessage(body, message_id="m-7"))
    send(bus, ServiceBusMessage(body, message_id="m-7"), topic=True)
    host.settle()
    assert [each["id"] for each in host.calls("event") if each["body"] == body] == ["m-7"]
    assert [each["id"] for each in host.calls("notice") if each["body"] == body] == ["7"]
    send(bus, ServiceBusMessage('{"enqueuedTimeUtc": "tomorrow"}'), topic=True)
    eventually(lambda: broker.count(f"{ALL}/$DeadLetterQueue") == 1)


def test_sixteen_are_in_flight_at_once_and_the_host_is_not_idle_until_all_are_done(
    azurite: str, broker: Broker, bus: ServiceBusClient, host: RunningHost, log: Path
) -> None:
    send(bus, *(ServiceBusMessage("wait bus") for _ in range(20)))
    eventually(lambda: host.status()["inFlight"] == 16)
    longer_than_their_locks = time.monotonic() + 2 * LOCK
    eventually(lambda: time.monotonic() > longer_than_their_locks)
    status = host.status()
    assert not status["idle"]
    assert status["queues"][EVENTS] == broker.count(EVENTS) == 20
    host.open("bus")
    host.settle()
    assert [each["count"] for each in host.calls("event") if each["body"] == "wait bus"] == [1] * 20
    assert host.most_at_once("bus") == 16


def test_sigterm_takes_no_other_message_and_completes_what_runs(
    azurite: str, broker: Broker, bus: ServiceBusClient, log: Path
) -> None:
    with running(azurite, log, prefix=DRAINED, ServiceBusConnection=broker.connection_string) as host:
        with bus.get_queue_sender(f"{DRAINED}-events") as sender:
            sender.send_messages(ServiceBusMessage("wait 3"))
            eventually(lambda: host.most_at_once("3") == 1)
            host.process.send_signal(signal.SIGTERM)
            eventually(lambda: not answers(urlsplit(host.url).port or 0))
            sender.send_messages([ServiceBusMessage("late"), ServiceBusMessage("later")])
        assert host.process.wait(20) == 0
    # A receive that was under way, of one message, may have got the first of them.
    assert 1 <= broker.count(f"{DRAINED}-events") <= 2
    assert "comes again" not in log.read_text()


def test_a_host_goes_on_after_its_connections_were_cut(
    host: RunningHost, broker: Broker, bus: ServiceBusClient
) -> None:
    broker.cut_connections()
    send(bus, ServiceBusMessage("after the cut"))
    eventually(lambda: [each for each in host.calls("event") if each["body"] == "after the cut"])
    host.settle()


def test_a_trigger_without_its_connection_is_named(azurite: str, log: Path) -> None:
    with pytest.raises(AssertionError, match="no setting 'ServiceBusConnection'"):  # noqa: SIM117
        with running(azurite, log, ServiceBusConnection=""):
            pass
