"""Clients of Storage queues at their defaults send events that the app applies, .NET's over HTTP too (F4, F61)."""

import json

import pytest
from azure.storage.queue import BinaryBase64EncodePolicy, QueueClient
from cloudevents.core.bindings.http import to_structured_event

from tests.clients.python_events import spend
from tests.clients.systems import Listening, dotnet, node

pytestmark = pytest.mark.timeout(200)


def test_python(storage: Listening) -> None:
    with QueueClient.from_connection_string(storage.connection, "eligibility-events") as queue:
        text = to_structured_event(spend("C-py-queue")).body.decode()
        queue.send_message(text)
        queue.send_message(json.dumps(json.loads(text.replace("C-py-queue", "C-py-queue-2")), indent=4))
    encoding = QueueClient.from_connection_string(
        storage.connection, "eligibility-events", message_encode_policy=BinaryBase64EncodePolicy()
    )
    with encoding:
        encoding.send_message(text.replace("C-py-queue", "C-py-queue-64").encode())
    assert storage.has_heard_of({"C-py-queue", "C-py-queue-2", "C-py-queue-64"})


def test_javascript(storage: Listening) -> None:
    node("storage_queue.mjs", storage.connection)
    assert storage.has_heard_of({"C-js-queue", "C-js-queue-indented", "C-js-queue-base64"})


def test_dotnet_by_a_queue_and_over_http(storage: Listening) -> None:
    """Both in one, since compiling takes most of the time."""
    printed = dotnet("storage-queue", storage.connection, "http", storage.events_url)
    answers = dict(line.split(" ", 1) for line in printed.splitlines())
    chunked = answers.pop("chunked")
    assert chunked.startswith("400 ")
    assert "await content.LoadIntoBufferAsync()" in chunked
    assert {answer[:3] for answer in answers.values()} == {"202"}, answers
    posted = ("structured", "binary", "batch-1", "batch-2", "object", "bytes", "buffered")
    queued = ("queue-object", "queue-bytes", "queue-data", "queue-base64")
    assert storage.has_heard_of({f"C-net-{name}" for name in (*posted, *queued)})
