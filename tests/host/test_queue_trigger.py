"""Queue triggers behave as in Azure: decoding, retries, the poison queue, leases and the metadata overlay."""

import base64
import json
import time
from pathlib import Path

from azure.storage.queue import QueueClient

from tests.host.hosts import RunningHost, ask, eventually, running

VISIBILITY = "AzureFunctionsJobHost__extensions__queues__visibilityTimeout"


def texts(queue: QueueClient) -> list[str]:
    return [message.content for message in queue.peek_messages(32)]


def test_a_message_reaches_its_function_decoded_and_is_deleted(host: RunningHost) -> None:
    host.send("binary", b"\x00\xffbytes")
    eventually(lambda: "\x00ÿbytes" in host.bodies("binary"))
    host.settle()
    assert host.bodies("binary").count("\x00ÿbytes") == 1


def test_a_message_that_keeps_failing_is_tried_five_times_and_then_poisoned_unchanged(host: RunningHost) -> None:
    host.send("binary", b"fail always")
    eventually(lambda: {"body": "fail always", "count": 1} in host.calls("poison"))
    assert host.bodies("binary").count("fail always") == 5


def test_a_failed_message_waits_for_the_visibility_timeout(azurite: str, log: Path) -> None:
    with running(azurite, log, **{VISIBILITY: "00:00:02"}) as host:
        host.send("binary", b"fail slowly")
        eventually(lambda: len(host.calls("binary")) >= 2)
        first, second = [call["at"] for call in host.calls("binary")][:2]
    assert second - first >= 1.9


def test_a_message_that_is_not_base64_is_poisoned_raw_without_a_call(host: RunningHost) -> None:
    poison = host.queue("text-poison")
    host.queue("text").send_message("{not base64}")
    eventually(lambda: "{not base64}" in texts(poison))
    assert "{not base64}" not in host.bodies("text")


def test_a_message_that_is_not_base64_in_a_poison_queue_is_never_delivered_and_stays(host: RunningHost) -> None:
    host.queue("binary-poison").send_message("{raw poison}")
    eventually(lambda: "{raw poison}" not in texts(host.queue("binary-poison")))  # taken, and hidden by its lease
    eventually(lambda: "has nowhere to go" in host.log.read_text())
    assert host.status()["queues"][f"{host.prefix}-binary-poison"] == 1
    assert "{raw poison}" not in host.bodies("poison")
    host.queue("binary-poison").clear_messages()


def test_a_message_failing_in_a_poison_queue_stays_hidden_there(host: RunningHost) -> None:
    host.send("binary-poison", b"stubborn")
    eventually(lambda: "stubborn" in host.bodies("poison"))
    eventually(lambda: host.status()["inFlight"] == 0)
    assert host.status()["queues"][f"{host.prefix}-binary-poison"] == 1
    assert host.bodies("poison").count("stubborn") == 1
    host.queue("binary-poison").clear_messages()


def test_members_of_a_json_body_are_laid_over_the_trigger_metadata_case_blind(host: RunningHost) -> None:
    host.send("text", b'{"iD": 7, "subject": "x"}')
    call = eventually(lambda: [each for each in host.calls("text") if "subject" in each["body"]])[0]
    assert call["id"] == "7"


def test_a_body_whose_member_breaks_the_metadata_fails_every_call(host: RunningHost) -> None:
    body = '{"insertionTime": "tomorrow"}'
    host.send("text", body.encode())
    poisoned = base64.b64encode(body.encode()).decode()
    eventually(lambda: poisoned in texts(host.queue("text-poison")))
    assert body not in host.bodies("text")


def test_a_binary_binding_escapes_the_overlay(host: RunningHost) -> None:
    body = json.dumps({"insertionTime": "tomorrow", "id": 7})
    host.send("binary", body.encode())
    eventually(lambda: body in host.bodies("binary"))
    assert [call["id"] for call in host.calls("binary") if call["body"] == body] != ["7"]


def test_a_batch_is_in_flight_at_once_and_the_host_is_not_idle_until_all_are_done(azurite: str, log: Path) -> None:
    prefix = "batch"
    queue = QueueClient.from_connection_string(azurite, f"{prefix}-binary")
    queue.create_queue()
    for _ in range(40):
        queue.send_message(base64.b64encode(b"wait").decode())
    with running(azurite, log, prefix=prefix) as host:
        eventually(lambda: host.status()["inFlight"] == 16)
        status = host.status()
        assert not status["idle"]
        assert status["queues"][f"{prefix}-binary"] == 40
        _open(host)
        host.settle()
        assert len(host.calls("binary")) == 40
        assert _most(host) <= 24


def test_a_message_in_flight_longer_than_its_lease_is_not_delivered_again(azurite: str, log: Path) -> None:
    with running(azurite, log, "--lease", "1") as host:
        host.send("binary", b"wait long")
        eventually(lambda: host.calls("binary"))
        twice_the_lease = time.monotonic() + 2.2
        eventually(lambda: time.monotonic() > twice_the_lease or len(host.calls("binary")) > 1)
        _open(host)
        host.settle()
        assert host.bodies("binary") == ["wait long"]


def test_a_message_whose_lease_was_lost_is_dropped_with_a_line_in_the_log(azurite: str, log: Path) -> None:
    with running(azurite, log) as host:
        host.send("binary", b"wait for the loss")
        eventually(lambda: host.calls("binary"))
        host.queue("binary").clear_messages()
        _open(host)
        host.settle()
        assert "no longer ours" in log.read_text()
        assert host.calls("poison") == []


def test_a_message_whose_host_was_killed_comes_back_after_its_lease(azurite: str, log: Path) -> None:
    with running(azurite, log, "--lease", "1") as host:
        host.send("binary", b"wait, killed")
        eventually(lambda: host.calls("binary"))
        host.process.kill()
        prefix = host.prefix
    with running(azurite, log, prefix=prefix) as second:
        eventually(lambda: second.bodies("binary") == ["wait, killed"])
        _open(second)
        second.settle()


def test_a_message_that_was_taken_too_often_is_poisoned_without_a_call(azurite: str, log: Path) -> None:
    prefix = "taken-too-often"
    queue = QueueClient.from_connection_string(azurite, f"{prefix}-binary")
    queue.create_queue()
    queue.send_message("aGk=")
    for _ in range(5):
        message = queue.receive_message()
        assert message
        queue.update_message(message, visibility_timeout=0)
    with running(azurite, log, prefix=prefix) as host:
        eventually(lambda: {"body": "hi", "count": 1} in host.calls("poison"))
        assert host.calls("binary") == []


def _open(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/open", "POST", b"").status == 204


def _most(host: RunningHost) -> int:
    return int(ask(f"{host.url}/api/calls").json()["most"])
