"""Each measured line about Storage queues holds: of the development host always, of a real one where one is named."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueMessage

from tests.host.behaviour.queue_cases import CASES, CASES_OF_NONE, QueueCase, in_base64
from tests.host.hosts import ServedApp, eventually

RUN = uuid.uuid4().hex[:8]
LONG = 40


@pytest.fixture(scope="module")
def sent() -> set[str]:
    """Hosts that were sent every case at once, since some take five tries."""
    return set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_measured_line_holds(case: QueueCase, fed: ServedApp, sent: set[str]) -> None:
    check(case, CASES, fed, sent)


@pytest.mark.parametrize("case", CASES_OF_NONE, ids=lambda case: case.name)
def test_a_measured_line_holds_without_an_encoding(case: QueueCase, fed_second: ServedApp, sent: set[str]) -> None:
    check(case, CASES_OF_NONE, fed_second, sent)


def check(case: QueueCase, cases: tuple[QueueCase, ...], app: ServedApp, sent: set[str]) -> None:
    if app.url not in sent:
        with suppress(ResourceNotFoundError):  # the host makes it
            app.client("text-poison").delete_queue()
        for each in cases:
            app.queue(each.queue).send_message(_text(each))
        sent.add(app.url)
    if case.is_poisoned:
        [copy] = eventually(lambda: _found(app, _text(case)), LONG)
        assert copy.dequeue_count == 0
        assert _days_kept(copy) == timedelta(days=7)
    else:
        eventually(lambda: _calls(app, case), LONG)
    calls = _calls(app, case)
    assert len(calls) == case.calls
    assert case.id is None or [each["id"] for each in calls] == [case.id]
    if case.queue == "binary":
        assert all(uuid.UUID(each["id"]) for each in calls)


def test_a_failed_message_is_visible_again_after_the_visibility_timeout(fed: ServedApp) -> None:
    """And taken at the next poll, up to maxPollingInterval later."""
    body = f"fail later {RUN}"
    fed.send("text", body.encode())
    tries = eventually(lambda: [found for found in [_at(fed, body)] if len(found) >= 2], LONG)[0]
    assert tries[1] - tries[0] >= 0.9


def test_what_fails_in_a_poison_queue_stays_hidden_there(fed: ServedApp) -> None:
    fed.send("binary-poison", f"stubborn {RUN}".encode())
    eventually(lambda: f"stubborn {RUN}" in fed.bodies("poison"), LONG)
    after_another_round = f"fail in another round {RUN}"
    fed.send("text", after_another_round.encode())
    eventually(lambda: len(_at(fed, after_another_round)) >= 2, LONG)
    assert fed.bodies("poison").count(f"stubborn {RUN}") == 1
    assert fed.queue("binary-poison").get_queue_properties().approximate_message_count
    fed.queue("binary-poison").clear_messages()


def test_a_queue_that_is_missing_is_polled_until_it_is_there(fed: ServedApp) -> None:
    """Deleted or never made: what is sent to it once it is made is taken."""
    queue = fed.queue("batch")
    queue.delete_queue()
    eventually(lambda: _made(fed, "batch"), LONG)
    fed.send("batch", f"after all {RUN}".encode())
    eventually(lambda: f"after all {RUN}" in fed.bodies("batch"), LONG)


@pytest.mark.parametrize("deleted", ["message", "queue"])
def test_a_message_deleted_under_a_running_function_costs_a_warning_alone(deleted: str, fed: ServedApp) -> None:
    gate = f"{deleted}-{RUN}"
    fed.send("batch", f"wait {gate}".encode())
    eventually(lambda: fed.most_at_once(gate), LONG)
    if deleted == "message":
        fed.queue("batch").clear_messages()
    else:
        fed.queue("batch").delete_queue()
        eventually(lambda: _made(fed, "batch"), LONG)
    fed.open(gate)
    fed.send("batch", f"next {gate}".encode())
    eventually(lambda: f"next {gate}" in fed.bodies("batch"), LONG)
    assert fed.bodies("batch").count(f"wait {gate}") == 1


def test_sixteen_are_taken_at_once_and_never_more_than_twenty_four(fed: ServedApp) -> None:
    gate = f"batch-{RUN}"
    with held_back(fed):
        for _ in range(40):
            fed.send("batch", f"wait {gate}".encode())
    eventually(lambda: fed.most_at_once(gate) == 16, LONG)
    fed.open(gate)
    eventually(lambda: fed.bodies("batch").count(f"wait {gate}") == 40, LONG)
    assert 16 <= fed.most_at_once(gate) <= 24


def test_a_message_taken_a_sixth_time_goes_to_poison_without_a_call(fed: ServedApp) -> None:
    body = f"taken too often {RUN}"
    with held_back(fed):
        fed.send("batch", body.encode())
        for _ in range(5):
            message = fed.queue("batch").receive_message()
            assert message
            fed.queue("batch").update_message(message, visibility_timeout=0)
    eventually(lambda: _found(fed, in_base64(body), "batch-poison"), LONG)
    assert body not in fed.bodies("batch")


@contextmanager
def held_back(app: ServedApp) -> Iterator[None]:
    """Nine in flight keep the host from taking more of the queue ``batch``."""
    gate = f"held-{uuid.uuid4().hex}"
    for _ in range(9):
        app.send("batch", f"wait {gate}".encode())
    eventually(lambda: app.most_at_once(gate) == 9, LONG)
    yield
    app.open(gate)


def _text(case: QueueCase) -> str:
    return case.encode(case.body.replace("RUN", RUN))


def _calls(app: ServedApp, case: QueueCase) -> list[dict[str, Any]]:
    expected = case.body.replace("RUN", RUN)
    if case.queue == "binary":
        expected = expected.encode().decode("latin-1")
    return [each for each in app.calls(case.queue) if each["body"] == expected]


def _found(app: ServedApp, text: str, queue: str = "text-poison") -> list[QueueMessage]:
    try:
        return [each for each in app.client(queue).peek_messages(32) if each.content == text]
    except ResourceNotFoundError:
        return []


def _days_kept(message: QueueMessage) -> timedelta:
    assert message.expires_on
    assert message.inserted_on
    return message.expires_on - message.inserted_on


def _at(app: ServedApp, body: str) -> list[float]:
    return [each["at"] for each in app.calls("text") if each["body"] == body]


def _made(app: ServedApp, name: str) -> bool:
    """The service refuses to make a queue again while it is being deleted."""
    app.queues.pop(name, None)
    return bool(app.queue(name).get_queue_properties().name)
