"""./dev up: replay, notifications and table; clear errors; and nothing left running, however it ends."""

import re
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from local.host.development_storage import connection_string
from local.host.ports import HOST, answers
from tests.host.hosts import ask, eventually
from tests.up.running_up import Up, spend


def test_once_replays_shows_each_notification_and_the_table_and_ends_with_status_0(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(f"# a comment\n\n{spend(1, '100')}\n{{malformed\n{spend(2, '200')}\n")
    up = Up()
    ended = up.run("--once", "--events", str(events))
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == f"portal http://{HOST}:{up.port}/api/portal"
    assert lines[1] == f"ready http://{HOST}:{up.port}"
    assert [line for line in lines if line.startswith("notified  C-1/1") and "unassessed -> ineligible" in line]
    assert [line.split()[:3] for line in lines if line.startswith("C-1 ")] == [["C-1", "-", "ineligible"]]
    assert lines[-1].startswith("3 events replayed, 1 customers decided (0 eligible), 1 notifications sent")
    assert lines[-1].endswith("1 messages in quarantine")
    assert up.leaves_nothing()


def test_the_queues_of_producers_and_subscribers_are_there_when_it_is_ready(tmp_path: Path) -> None:
    up = Up()
    with up.start("--no-events", "--data", str(tmp_path)) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("portal")
        blob, queue, table = up.azurite
        service = QueueServiceClient.from_connection_string(connection_string((blob, queue, table)))
        assert {"eligibility-events", "eligibility-notifications"} <= {queue.name for queue in service.list_queues()}
        assert ask(f"http://{HOST}:{up.port}/api/health").status == 200


def test_the_same_over_a_service_bus_of_its_own(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    events.write_text(f"{spend(1, '100')}\n{{malformed\n{spend(2, '200')}\n")
    up = Up()
    ended = up.run("--once", "--events", str(events), "--transport", "service-bus")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    bus = re.match(r"Service Bus Endpoint=sb://localhost:(\d+);", lines[2])
    assert bus
    assert not answers(int(bus[1]))
    assert [line for line in lines if line.startswith("notified  C-1/1") and "unassessed -> ineligible" in line]
    assert lines[-1].startswith("3 events replayed, 1 customers decided (0 eligible), 1 notifications sent")
    assert lines[-1].endswith("1 messages in quarantine")
    assert up.leaves_nothing()


def test_what_was_stored_stays_with_data_and_the_clock_can_be_set(tmp_path: Path) -> None:
    events, data = tmp_path / "events.jsonl", tmp_path / "data"
    events.write_text(spend(1, "100"))
    assert Up().run("--once", "--events", str(events), "--data", str(data)).returncode == 0
    up = Up()
    with up.start("--no-events", "--data", str(data), "--clock", "2031-05-06") as process:
        assert process.stdout
        assert process.stdout.readline().startswith("portal")
        decision = ask(f"http://{HOST}:{up.port}/api/customers/C-1/eligibility").json()
        assert decision["decidedOn"] == "2031-05-06"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert up.leaves_nothing()


@pytest.mark.parametrize("which", ["--port", "--azurite-ports"])
def test_a_port_in_use_is_one_clear_line_and_status_2_before_anything_is_started(which: str) -> None:
    up = Up()
    taken = up.port if which == "--port" else up.azurite[1]
    with socket.create_server((HOST, taken)):
        ended = up.run("--once")
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [f"dev up: port {taken} is in use: choose another with {which}"]
    assert ended.stdout == ""


def test_a_missing_events_file_is_status_2(tmp_path: Path) -> None:
    ended = Up().run("--events", str(tmp_path / "none.jsonl"))
    assert (ended.returncode, ended.stderr) == (2, f"dev up: there is no file {tmp_path / 'none.jsonl'}\n")


@pytest.mark.parametrize(("place", "why"), [("file", "it is not a folder"), ("file/in", "Not a directory")])
def test_a_place_where_nothing_can_be_kept_is_status_2(place: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    data = tmp_path / place
    ended = Up().run("--data", str(data))
    told = f"dev up: --data {data} cannot be used ({why}): name a folder that is there or can be made\n"
    assert (ended.returncode, ended.stderr) == (2, told)


def test_a_service_bus_that_cannot_be_one_is_named_by_its_setting_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ServiceBusConnection", "canary")
    ended = Up().run("--transport", "service-bus")
    (told,) = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert told.startswith("dev up: ServiceBusConnection is not a connection string of a Service Bus namespace")
    assert "canary" not in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", ["imports", "Azurite", "ready"])
def test_a_signal_ends_it_with_its_status_and_leaves_no_process_at_any_moment_of_its_start(
    number: signal.Signals, moment: str, tmp_path: Path
) -> None:
    up = Up()
    data = tmp_path / "data"
    with up.start("--no-events", "--data", str(data)) as process:
        if moment == "imports":
            eventually(lambda: _handles(process.pid, number))
        elif moment == "Azurite":
            eventually((data / "azurite.log").exists)
        else:
            assert process.stdout
            assert process.stdout.readline().startswith("portal")
        asked = time.monotonic()
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert time.monotonic() - asked < 15
    eventually(up.leaves_nothing)


if sys.platform == "linux":  # only there does the kernel end a child with its parent

    def test_azurite_does_not_outlive_a_killed_up(tmp_path: Path) -> None:
        up = Up()
        with up.start("--no-events", "--data", str(tmp_path)) as process:
            assert process.stdout
            assert process.stdout.readline().startswith("portal")
            process.kill()
        eventually(up.leaves_nothing)


def _handles(pid: int, number: signal.Signals) -> bool:
    """Whether the process has taken charge of the signal (./dev holds it back until then)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & 1 << number - 1) and bool(int(caught.split()[1], 16) & 1 << 14)
