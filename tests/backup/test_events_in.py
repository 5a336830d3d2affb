"""Events as lines of JSON: what is right goes to the queue, sorted; what is not is listed; a stopped import goes on."""

import csv
import json
from asyncio import to_thread
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from local.broker import Broker
from local.commands import restore
from local.commands.app import CommandError
from local.commands.backup.event_export import export_events
from local.commands.backup.files import MAX_LINE
from local.commands.bulk.event_import import import_events
from local.commands.bulk.given import Given, json_lines
from local.commands.bulk.sources import JsonLines, Row
from local.entities import PRODUCT
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from tests import events
from tests.backup.accounts import kill_an_import, names, point_at, take_events
from tests.backup.programme import programme
from tests.memory_sender import MemorySender
from tests.world import World

type Out = pytest.CaptureFixture[str]


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def sent(sender: MemorySender) -> list[bytes]:
    return [message.body for message in sender.queues[Queue.EVENTS]]


async def test_lines_that_are_not_right_are_listed_by_number_and_member_and_the_others_sent(
    tmp_path: Path, capsys: Out
) -> None:
    good = events.spend(), events.project(), events.attached()
    wrong = events.spend(amount="300,000"), b"no JSON \x1b[31m", events.spend(time="2099-01-01T00:00:00Z")
    file = written(tmp_path / "f", good[0], wrong[0], b"", good[1] + b"\r", wrong[1], wrong[2], good[2])
    sender = MemorySender()
    done = await import_events(World().ports, sender, json_lines(file), "memory")
    assert sorted(sent(sender)) == sorted(good)
    assert (done.lines, done.refused) == (3, 3)
    listed = list(csv.reader((tmp_path / "f.errors.csv").open(encoding="utf-8-sig")))
    assert [line[:4] for line in listed] == [
        ["row", "level", "column", "member"],
        ["2", "error", "", "$.data.annualAmount"],
        ["5", "error", "", "$"],
        ["6", "error", "", "$.time"],
    ]
    assert '"300,000" is not right; give a decimal string' in listed[1][4]
    shown = capsys.readouterr().err
    assert "row 2: $.data.annualAmount " in shown
    assert "\x1b" not in shown


async def test_what_was_corrected_in_the_file_is_sent_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    world = World()
    file = written(tmp_path / "f", events.spend(amount="1,5"), events.project())
    first, second = MemorySender(), MemorySender()
    await import_events(world.ports, first, json_lines(file), "memory")
    assert names(tmp_path) == ["f", "f.errors.csv"]
    file.write_bytes(file.read_bytes().replace(b"1,5", b"1.5"))
    done = await import_events(world.ports, second, json_lines(file), "memory")
    assert (done.lines, done.refused, len(sent(first)), len(sent(second))) == (2, 0, 1, 2)
    assert names(tmp_path) == ["f"]


async def test_partners_come_first_and_the_events_of_each_customer_are_together(tmp_path: Path) -> None:
    bodies = [
        body
        for number in range(40)
        for customer in ("C-1", "C-1-1", "c-1", "C-10")
        for body in (events.spend(customer, licence=f"L-{number}"), events.trained("P-1", learnerId=f"A-{number}"))
    ]
    Random(7).shuffle(bodies)
    sender = MemorySender()
    await import_events(World().ports, sender, json_lines(written(tmp_path / "f", *bodies)), "memory")
    owners = [json.loads(body)["data"].get("customerId", "") for body in sent(sender)]
    assert [owner for owner, _ in groupby(owners)] == ["", *sorted(("C-1", "C-1-1", "c-1", "C-10"))]
    assert Counter(sent(sender)) == Counter(bodies)


async def test_an_application_that_no_rule_set_lists_is_sent_with_a_warning(tmp_path: Path) -> None:
    world, sender = World(), MemorySender()
    await world.post(events.spend())
    file = written(tmp_path / "f", events.spend(application="finnance"), events.spend())
    done = await import_events(world.ports, sender, json_lines(file), "memory")
    assert (done.lines, done.refused) == (2, 0)
    (_, line) = csv.reader((tmp_path / "f.errors.csv").open(encoding="utf-8-sig"))
    assert line[:4] == ["1", "warning", "", "$.data.application"]
    assert 'did you mean "finance"?' in line[4]


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
    file, world = written(tmp_path / "f", *lines), World()
    broken = BreakingSender(1_200)
    with pytest.raises(SenderUnavailableError):
        await import_events(world.ports, broken, json_lines(file), "memory")
    capsys.readouterr()
    rest = MemorySender()
    done = await import_events(world.ports, rest, json_lines(file), "memory")
    shown = capsys.readouterr().err
    assert "goes on after 1000 events" in shown
    assert "rows checked" not in shown
    assert set(sent(broken)) | set(sent(rest)) == set(lines) - set(wrong.values())
    assert len(sent(rest)) < 700
    assert (done.lines, done.refused) == (1_696, 4)
    assert names(tmp_path) == ["f", "f.errors.csv"]


async def test_an_import_whose_check_was_stopped_begins_again(tmp_path: Path) -> None:
    file = written(tmp_path / "f", *(events.spend(f"C-{number}") for number in range(50)))
    (tmp_path / "f.sorted.part").write_bytes(b"half of an eve")
    (tmp_path / "f.sorted").write_bytes(events.spend("C-other") + b"\n")
    sender = MemorySender()
    await import_events(World().ports, sender, json_lines(file), "memory")
    assert sorted(sent(sender)) == sorted(file.read_bytes().splitlines())
    assert names(tmp_path) == ["f"]


@pytest.mark.parametrize("takes", [0, 1, 499, 500, 501, 999, 1_000, 1_049])
async def test_wherever_it_is_stopped_nothing_is_lost_and_nothing_is_left_behind(tmp_path: Path, takes: int) -> None:
    lines = [events.spend(f"C-{number % 70}", licence=f"L-{number}") for number in range(1_050)]
    file, ports = written(tmp_path / "f", *lines), World().ports
    broken, rest = BreakingSender(takes), MemorySender()
    with pytest.raises(SenderUnavailableError):
        await import_events(ports, broken, json_lines(file), "memory")
    await import_events(ports, rest, json_lines(file), "memory")
    assert {*sent(broken), *sent(rest)} == set(lines)
    assert len(sent(broken)) + len(sent(rest)) < len(lines) + 500
    assert names(tmp_path) == ["f"]


async def test_a_kill_before_the_journal_or_after_the_end_loses_nothing(tmp_path: Path) -> None:
    lines = sorted(events.spend(f"C-{number}") for number in range(9))
    file, ports = written(tmp_path / "f", *lines), World().ports
    with pytest.raises(SenderUnavailableError):
        await import_events(ports, BreakingSender(0), json_lines(file), "memory")
    journal, left = (tmp_path / "f.journal").read_bytes(), (tmp_path / "f.sorted").read_bytes()
    for of_journal, of_sorted in ((None, left), (journal, None), (None, b"")):
        for name, body in (("f.journal", of_journal), ("f.sorted", of_sorted)):
            (tmp_path / name).unlink(missing_ok=True)
            if body is not None:
                (tmp_path / name).write_bytes(body)
        sender = MemorySender()
        await import_events(ports, sender, json_lines(file), "memory")
        assert sorted(sent(sender)) == lines
        assert names(tmp_path) == ["f"]


@dataclass(frozen=True)
class Unreadable(JsonLines):
    """Breaks off after its rows."""

    def rows(self) -> Iterator[Row]:
        yield from super().rows()
        raise CommandError("the disk broke")


async def test_an_import_is_not_gone_on_in_what_another_one_left(tmp_path: Path) -> None:
    mine, others = [events.spend("C-1")], [events.spend("C-2"), events.spend("C-3")]
    file, ports = written(tmp_path / "f", *mine), World().ports
    first = json_lines(file)
    with pytest.raises(SenderUnavailableError):
        await import_events(ports, BreakingSender(0), first, "memory")
    other = Given(file, Unreadable(written(tmp_path / "g", *others)), "other")
    with pytest.raises(CommandError):
        await import_events(ports, MemorySender(), other, "memory")
    sender = MemorySender()
    written(tmp_path / "f.sorted", *others)  # it had come to an end, but for its journal
    await import_events(ports, sender, first, "memory")
    assert sent(sender) == mine


async def test_a_journal_of_another_file_or_account_is_not_gone_on_from(tmp_path: Path) -> None:
    file, ports = written(tmp_path / "f", *(events.spend(f"C-{number}") for number in range(600))), World().ports
    with pytest.raises(SenderUnavailableError):
        await import_events(ports, BreakingSender(550), json_lines(file), "here")
    elsewhere = MemorySender()
    await import_events(ports, elsewhere, json_lines(file), "there")
    assert len(sent(elsewhere)) == 600


async def test_a_file_without_line_ends_is_refused_and_not_read_whole(tmp_path: Path) -> None:
    file = written(tmp_path / "f", events.spend(), b"x" * (MAX_LINE + 1))
    with pytest.raises(CommandError, match="line 2 has more than"):
        await import_events(World().ports, MemorySender(), json_lines(file), "memory")


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
    assert f"1 rows not sent, see {file}.errors.csv: correct them in {file} and import it again" in told.out


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
        await import_events(moved.ports, sender, json_lines(tmp_path / name), "memory")
    await moved.post(*reversed(sent(sender)))
    await export_events(moved.ports, tmp_path / "third")
    assert (tmp_path / "third").read_bytes() == (tmp_path / "second").read_bytes()
