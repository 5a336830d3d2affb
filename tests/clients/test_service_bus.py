"""Clients of Service Bus at their defaults send events that the app applies, without a content type too (F61)."""

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from cloudevents.core.bindings.http import to_structured_event

from tests.clients.python_events import spend
from tests.clients.systems import Listening, dotnet, node

pytestmark = [pytest.mark.timeout(200), pytest.mark.own_broker]


def test_python(bus: Listening) -> None:
    bodies = [to_structured_event(spend(f"C-py-bus-{number}")).body for number in range(3)]
    with (
        ServiceBusClient.from_connection_string(bus.connection) as client,
        client.get_queue_sender("eligibility-events") as sender,
    ):
        sender.send_messages(ServiceBusMessage(bodies[0].decode()))
        sender.send_messages([ServiceBusMessage(bodies[1]), ServiceBusMessage(b"\xef\xbb\xbf" + bodies[2])])
    assert bus.has_heard_of({f"C-py-bus-{number}" for number in range(3)})


def test_javascript(bus: Listening) -> None:
    node("service_bus.mjs", bus.connection)
    assert bus.has_heard_of({f"C-js-bus-{name}" for name in ("object", "bytes", "batch-1", "batch-2")})


def test_dotnet(bus: Listening) -> None:
    dotnet("service-bus", bus.connection)
    assert bus.has_heard_of({f"C-net-bus-{name}" for name in ("object", "bytes", "data")})
