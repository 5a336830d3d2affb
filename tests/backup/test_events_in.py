"""Events from a file: what is right goes to the queue, what is not is reported; a stopped import goes on."""

import json
from asyncio import to_thread
from datetime import timedelta
from pathlib import Path

import pytest

from local.broker import Broker
from local.commands import restore
from local.commands.app import CommandError
from local.commands.backup.event_export import export_events
from local.commands.backup.event_import import import_events
from local.commands.backup.files import MAX_LINE
from local.entities import PRODUCT
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from tests import events
from tests.backup.accounts import kill_an_import, names, point_at, take_events
from tests.backup.programme import programme
from tests.memory_sender import MemorySender
from tests.world import START, World

type Out = pytest.CaptureFixture[str]


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def sent(sender: MemorySender) -> list[bytes]:
    return [message.body for message in sender.queues[Queue.EVENTS]]


async def test_lines_that_are_not_right_are_reported_by_number_and_kept_and_the_others_sent(
    tmp_path: Path, capsys: Out
) -> None:
    good = events.spend(), events.project(), events.attached()
    wrong = events.spend(amount="300,000"), b"no JSON \x1b[31m", events.spend(time="2099-01-01T00:00:00Z")
    file = written(tmp_path / "f", good[0], wrong[0], b"", good[1] + b"\r", wrong[1], wrong[2], good[2])
    sender = MemorySender()
    done = await import_events(World().ports, sender, file, "memory")
    assert sorted(sent(sender)) == sorted(good)
    assert (done.sent, done.rejected) == (3, 3)
    assert (tmp_path / "f.rejected").read_bytes().splitlines() == list(wrong)
    reported = [line for line in capsys.readouterr().err.splitlines() if line.startswith("line ")]
    assert [line.partition(":")[0] for line in reported] == ["line 2", "line 5", "line 6"]
    assert '$.data.annualAmount "300,000" is not right' in reported[0].replace(": ", " ")
    assert "\x1b" not in "".join(reported)


async def test_what_was_corrected_is_imported_by_itself_and_nothing_is_left_behind(tmp_path: Path) -> None:
    ports, sender = World().ports, MemorySender()
    file = written(tmp_path / "f", events.spend(amount="1,5"), events.project())
    await import_events(ports, sender, file, "memory")
    rejected = tmp_path / "f.rejected"
    rejected.write_bytes(rejected.read_bytes().replace(b"1,5", b"1.5"))
    done = await import_events(ports, sender, rejected, "memory")
    assert (done.sent, done.rejected, len(sent(sender))) == (1, 0, 2)
    assert names(tmp_path) == ["f", "f.rejected"]


class BreakingSender(MemorySender):
    """Takes so many messages and then none."""

    def __init__(self, takes: int) -> None:
        super().__init__()
        self.left = takes

    async def send(self, queue: Queue, message: Message) -> None:
        if not self.left:
            raise SenderUnavailableError("queue: no answer")
        self.left -= 1
        await super().send(queue, message)


async def test_an_import_that_was_stopped_goes_on_and_sends_again_at_most_a_portion(
    tmp_path: Path, capsys: Out
) -> None:
    right = [events.spend(f"C-{number}") for number in range(1_700)]
    wrong = {line: events.spend(f"W-{line}", "x") for line in (3, 700, 1_000, 1_690)}
    lines = [wrong.get(number, body) for number, body in enumerate(right)]
    lines[1_100] = events.spend("E-1", time=(START + timedelta(hours=1)).isoformat())
    file, world = written(tmp_path / "f", *lines), World()
    broken = BreakingSender(1_200)
    with pytest.raises(SenderUnavailableError):
        await import_events(world.ports, broken, file, "memory")
    assert lines[1_100] in (tmp_path / "f.rejected").read_bytes().splitlines()
    world.now += timedelta(hours=1)
    rest = MemorySender()
    done = await import_events(world.ports, rest, file, "memory")
    assert "goes on after line 1000" in capsys.readouterr().err
    assert set(sent(broken)) | set(sent(rest)) == set(lines) - set(wrong.values())
    assert len(sent(rest)) < 700
    assert (done.sent, done.rejected) == (1_696, 4)
    assert (tmp_path / "f.rejected").read_bytes().splitlines() == list(wrong.values())
    assert not (tmp_path / "f.journal").exists()


async def test_a_journal_of_another_file_or_account_is_not_gone_on_from(tmp_path: Path) -> None:
    file, ports = written(tmp_path / "f", *(events.spend(f"C-{number}") for number in range(600))), World().ports
    with pytest.raises(SenderUnavailableError):
        await import_events(ports, BreakingSender(550), file, "here")
    elsewhere = MemorySender()
    await import_events(ports, elsewhere, file, "there")
    assert len(sent(elsewhere)) == 600


async def test_a_file_without_line_ends_is_refused_and_not_read_whole(tmp_path: Path) -> None:
    file = written(tmp_path / "f", events.spend(), b"x" * (MAX_LINE + 1))
    with pytest.raises(CommandError, match="line 2 has more than"):
        await import_events(World().ports, MemorySender(), file, "memory")


def test_a_killed_import_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str
) -> None:
    point_at(monkeypatch, own_azurite)
    lines = [events.spend(f"C-{number}") for number in range(2_000)]
    file = written(tmp_path / "f", *lines)
    kill_an_import(file, lambda noted: noted["lines"] >= 500)
    assert restore.main([str(file)]) == 0
    bodies = take_events(own_azurite)
    assert set(bodies) == set(lines)
    assert len(bodies) < 2_000 + 1_500


async def test_without_a_source_of_its_own_it_warns_and_with_a_bad_line_its_status_is_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str, capsys: Out
) -> None:
    point_at(monkeypatch, own_azurite)
    file = written(tmp_path / "f", events.spend(), b"{}")
    assert await to_thread(restore.main, [str(file)]) == 1
    told = capsys.readouterr()
    assert "warning: NOTIFICATIONS_SOURCE is not set here" in told.err
    assert f"1 lines rejected, kept in {file}.rejected" in told.out


async def test_with_the_transport_service_bus_events_go_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str
) -> None:
    point_at(monkeypatch, own_azurite)
    lines = [events.spend(f"C-{number}") for number in range(40)]
    with Broker(PRODUCT) as broker:
        monkeypatch.setenv("EVENTS_TRANSPORT", "service-bus")
        monkeypatch.setenv("ServiceBusConnection", broker.connection_string)
        assert await to_thread(restore.main, [str(written(tmp_path / "f", *lines))]) == 0
        assert await _received(broker.connection_string, len(lines)) == set(lines)


async def _received(connection: str, count: int) -> set[bytes]:
    from azure.servicebus.aio import ServiceBusClient

    from tests.broker.bus import body, receive

    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_receiver(Queue.EVENTS.value) as receiver,
    ):
        return {body(each) for each in await receive(receiver, count)}


async def test_an_exported_event_says_all_that_its_register_keeps(tmp_path: Path) -> None:
    world = World()
    posted = events.event("spend.updated", json.loads(events.spend())["data"], source="/süd\u2028", id="ä\U0001f600")
    await world.post(posted)
    await export_events(world.ports, tmp_path / "f")
    (line,) = (tmp_path / "f").read_text(encoding="ascii").splitlines()
    assert json.loads(line) == {**json.loads(posted), "time": "2026-03-01T00:00:00.000000Z"}


async def test_an_export_of_events_while_events_arrive_is_completed_by_a_later_one(tmp_path: Path) -> None:
    world = await programme(5)
    await export_events(world.ports, tmp_path / "first")
    await world.post(events.spend("C-00001", "1", time="2026-05-01T00:00:00Z"), events.spend("C-9"))
    await export_events(world.ports, tmp_path / "second")
    moved, sender = World(), MemorySender()
    for name in ("second", "first"):
        await import_events(moved.ports, sender, tmp_path / name, "memory")
    await moved.post(*reversed(sent(sender)))
    await export_events(moved.ports, tmp_path / "third")
    assert (tmp_path / "third").read_bytes() == (tmp_path / "second").read_bytes()
