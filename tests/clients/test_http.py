"""CloudEvents SDKs at their defaults post events that the app applies, or are told what to change (F3, F61)."""

import json

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.v1.conversion import to_binary, to_structured
from cloudevents.v1.http import CloudEvent

from tests.clients.python_events import spend
from tests.clients.systems import Listening, node
from tests.host.hosts import ask

pytestmark = pytest.mark.timeout(200)


def test_python_in_structured_and_binary_mode(storage: Listening) -> None:
    for made, name in ((to_structured_event, "structured"), (to_binary_event, "binary")):
        message = made(spend(f"C-py-{name}", datacontenttype="application/json", subject='é "quoted" 100%'))
        answer = ask(storage.events_url, "POST", message.body, message.headers)
        assert (answer.status, answer.json()) == (202, {"accepted": 1})
    assert storage.has_heard_of({"C-py-structured", "C-py-binary"})


def test_python_by_the_functions_of_its_first_version(storage: Listening) -> None:
    """Which write no content type in binary mode unless the event names one."""
    for made, name in ((to_structured, "structured"), (to_binary, "binary")):
        modern = spend(f"C-py1-{name}")
        attributes = {"source": modern.get_source(), "type": modern.get_type()}
        headers, body = made(CloudEvent(attributes, modern.get_data()))
        answer = ask(storage.events_url, "POST", body, {"content-type": "", **headers})
        assert (answer.status, answer.json()) == (202, {"accepted": 1})
    assert storage.has_heard_of({"C-py1-structured", "C-py1-binary"})


def test_javascript_in_each_mode_and_chunked_by_its_own_transport(storage: Listening) -> None:
    answers = json.loads(node("http.mjs", storage.events_url))
    emitted = [answers.pop(name) for name in ("emittedBinary", "emittedStructured")]
    assert {name: answer["status"] for name, answer in answers.items()} == dict.fromkeys(answers, 202)
    assert len(answers) == 3
    for answer in emitted:
        assert "is empty: a body sent in chunks" in answer["body"]
    assert storage.has_heard_of({"C-js-structured", "C-js-binary", "C-js-batch-1", "C-js-batch-2"})
