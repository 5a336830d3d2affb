"""The app unmodified, served by the development host over the transports that the settings choose."""

import base64
from contextlib import suppress
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.storage.queue import QueueClient

from local.broker import Broker
from shared.domain.retried import Retried
from shared.messaging.sender import Queue
from shared.workflow.keep import MOST_LOST
from tests import events
from tests.host.hosts import RunningHost, ask, eventually
from tests.messaging.mail import SUBSCRIPTION
from tests.running_app import running_app

EVENTS = Queue.EVENTS.value


def decision(host: RunningHost, customer: str) -> Any:
    answer = ask(f"{host.url}/api/customers/{customer}")
    return answer.json()["decision"] if answer.status == 200 else None


def put_dead_letter(broker: Broker, body: bytes) -> None:
    with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        with client.get_queue_sender(EVENTS) as sender:
            sender.send_messages(ServiceBusMessage(body))
        with client.get_queue_receiver(EVENTS) as receiver:
            [message] = receiver.receive_messages(1, max_wait_time=10)
            receiver.dead_letter_message(message, reason="by hand", error_description="looked odd")


def test_a_dead_letter_is_kept_with_its_reason_and_applied_once_it_is_redriven(
    azurite: str, broker: Broker, tmp_path: Path
) -> None:
    body = events.spend("C-dead-letter")
    put_dead_letter(broker, Retried(body, lost=MOST_LOST).to_bytes())  # put back as often as it is
    both = {"EVENTS_TRANSPORT": "service-bus", "NOTIFICATIONS_TRANSPORT": "service-bus"}
    with running_app(azurite, tmp_path / "log", **both, ServiceBusConnection=broker.connection_string) as host:
        [kept] = eventually(lambda: ask(f"{host.url}/api/quarantine").json()["items"])
        assert (kept["queue"], kept["body"], kept["attempts"]) == (EVENTS, body.decode(), 0)
        assert kept["reason"] == f"given up by Service Bus: by hand: looked odd; it was put back {MOST_LOST} times"
        assert ask(f"{host.url}/api/quarantine/{kept['id']}/redrive", "POST").status == 202
        assert eventually(lambda: decision(host, "C-dead-letter"))["status"] == "ineligible"
        eventually(lambda: broker.count(SUBSCRIPTION) == 1)
        states = {"tables": "up", "queues": "up", "service-bus": "up"}
        assert ask(f"{host.url}/api/health").json() == {"status": "healthy", "dependencies": states}
        eventually(lambda: (broker.count(EVENTS), broker.count(f"{EVENTS}/$DeadLetterQueue")) == (0, 0))


def test_events_may_come_by_a_storage_queue_and_notifications_go_to_service_bus(
    azurite: str, broker: Broker, tmp_path: Path
) -> None:
    one = {"NOTIFICATIONS_TRANSPORT": "service-bus", "ServiceBusConnection": broker.connection_string}
    with running_app(azurite, tmp_path / "log", **one) as host:
        assert ask(f"{host.url}/api/events", "POST", events.spend("C-mixed")).status == 202
        assert eventually(lambda: decision(host, "C-mixed"))
        eventually(lambda: broker.count(SUBSCRIPTION) == 1)
    assert broker.count(EVENTS) == 0


def test_with_a_wrong_transport_events_wait_untouched_and_every_answer_names_the_setting(
    azurite: str, tmp_path: Path
) -> None:
    queue = QueueClient.from_connection_string(azurite, EVENTS)
    with suppress(ResourceExistsError):
        queue.create_queue()
    queue.clear_messages()
    with running_app(azurite, tmp_path / "log", EVENTS_TRANSPORT="servicebus") as host:
        queue.send_message(base64.b64encode(events.spend("C-wrong")).decode())
        health = ask(f"{host.url}/api/health")
        told = "EVENTS_TRANSPORT is 'servicebus'; set it to storage-queue or service-bus, or leave it out"
        assert (health.status, health.json()["dependencies"]) == (503, {"settings": told})
        problem = ask(f"{host.url}/api/events", "POST", b"[]")
        assert (problem.status, problem.json()["detail"]) == (503, told)
    [waiting] = queue.peek_messages()
    queue.clear_messages()
    assert waiting.dequeue_count == 0
