"""Queue triggers beside what tests/host/behaviour lists: leases, the status, what a poison queue cannot read."""

import base64
import time
from pathlib import Path

from azure.storage.queue import QueueClient

from local.host.options import host_parser
from local.host.queue_trigger import Polling
from tests.host.hosts import RunningHost, eventually, running


def texts(queue: QueueClient) -> list[str]:
    return [message.content for message in queue.peek_messages(32)]


def test_a_message_in_flight_is_hidden_for_600_seconds_where_no_option_says_otherwise() -> None:
    assert host_parser().parse_args([]).lease == Polling().lease == 600


def test_a_message_reaches_its_function_as_bytes_and_is_deleted(host: RunningHost) -> None:
    host.send("binary", b"\x00\xffbytes")
    eventually(lambda: "\x00ÿbytes" in host.bodies("binary"))
    host.settle()
    assert host.bodies("binary").count("\x00ÿbytes") == 1


def test_a_function_sees_a_poisoned_message_as_a_first_delivery(host: RunningHost) -> None:
    host.send("binary", b"fail always")
    eventually(lambda: {"body": "fail always", "count": 1} in host.calls("poison"))


def test_a_message_that_is_not_base64_in_a_poison_queue_is_never_delivered_and_stays(host: RunningHost) -> None:
    host.queue("binary-poison").send_message("{raw poison}")
    eventually(lambda: "{raw poison}" not in texts(host.queue("binary-poison")))  # taken, and hidden by its lease
    eventually(lambda: "has nowhere to go" in host.log.read_text())
    assert host.status()["queues"][f"{host.prefix}-binary-poison"] == 1
    assert "{raw poison}" not in host.bodies("poison")
    host.queue("binary-poison").clear_messages()


def test_the_host_is_not_idle_until_all_of_a_batch_are_done(azurite: str, log: Path) -> None:
    prefix = "batch"
    queue = QueueClient.from_connection_string(azurite, f"{prefix}-binary")
    queue.create_queue()
    for _ in range(40):
        queue.send_message(base64.b64encode(b"wait all").decode())
    with running(azurite, log, prefix=prefix) as host:
        eventually(lambda: host.status()["inFlight"] == 16)
        status = host.status()
        assert not status["idle"]
        assert status["queues"][f"{prefix}-binary"] == 40
        host.open("all")
        host.settle()
        assert len(host.calls("binary")) == 40


def test_a_message_in_flight_longer_than_its_lease_is_not_delivered_again(azurite: str, log: Path) -> None:
    with running(azurite, log, "--lease", "1") as host:
        host.send("binary", b"wait long")
        eventually(lambda: host.calls("binary"))
        twice_the_lease = time.monotonic() + 2.2
        eventually(lambda: time.monotonic() > twice_the_lease or len(host.calls("binary")) > 1)
        host.open("long")
        host.settle()
        assert host.bodies("binary") == ["wait long"]


def test_a_message_whose_lease_was_lost_is_dropped_with_a_line_in_the_log(azurite: str, log: Path) -> None:
    with running(azurite, log) as host:
        host.send("binary", b"wait loss")
        eventually(lambda: host.calls("binary"))
        host.queue("binary").clear_messages()
        host.open("loss")
        host.settle()
        assert "was lost" in log.read_text()
        assert host.calls("poison") == []
