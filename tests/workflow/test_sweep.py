"""Dates: what lapses is decided without any event, each due customer once, at the cost of what is due."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.storage import keys
from shared.storage.rounds import Round, Rounds
from shared.storage.store import Table
from shared.storage.work import Due, Outbox
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import LONGEST_SWEEP, sweep_due, sweep_fan_outs, sweep_outboxes
from tests import events
from tests.due_rows import due_rows
from tests.exploration.preparing import much_spend_is_enough
from tests.memory_sender import MemorySender
from tests.watched_store import Call, WatchedStore, once_at
from tests.workflow.test_crashes import BreakingSender
from tests.world import World


async def sweep(world: World) -> None:
    await sweep_due(world.ports)
    await world.settle()


async def eligible_until(last_day: str, now: datetime = datetime(2026, 6, 1, tzinfo=UTC)) -> World:
    world = World(now=now)
    await world.post(*events.eligible(), *events.qualified(validUntil=last_day))
    return world


async def test_a_certificate_that_lapses_tonight_changes_the_decision_tomorrow() -> None:
    world = await eligible_until("2026-06-01")
    await sweep(world)
    assert await world.status() == "eligible"
    world.now += timedelta(days=1)
    await sweep(world)
    assert await world.status() == "ineligible"
    assert world.notifications()[-1]["data"]["cause"] == {"kind": "date", "date": "2026-06-02"}


async def test_a_date_handled_where_the_clock_is_behind_waits_for_a_clock_that_is_not() -> None:
    world = await eligible_until("2026-06-01", now=datetime(2026, 6, 1, tzinfo=UTC))
    world.now += timedelta(days=1)
    behind = world.worker()
    behind.clock = lambda: world.now - timedelta(milliseconds=100)
    await sweep_due(world.ports)
    with pytest.raises(PassingError, match="2026-06-02 has not come yet"):
        await world.settle(behind)
    assert [row.day for row in await due_rows(world.ports)] == [date(2026, 6, 2)]
    await sweep(world)
    assert await world.status() == "ineligible"


@pytest.mark.parametrize("last_day", ["2026-12-31", "2028-02-28", "2028-02-29"])
async def test_the_day_after_a_years_end_or_a_leap_day_is_found(last_day: str) -> None:
    world = await eligible_until(last_day)
    ends = datetime.fromisoformat(f"{last_day}T23:59:59+00:00")
    world.now = ends
    await sweep(world)
    assert await world.status() == "eligible"
    world.now = ends + timedelta(seconds=1)
    await sweep(world)
    assert await world.status() == "ineligible"


async def test_a_period_posted_early_takes_over_on_its_first_day() -> None:
    world = await eligible_until("2026-06-10")
    await world.post(events.certified(level="silver", validFrom="2026-06-20"))
    seen = []
    for day in range(8, 25):
        world.now = datetime(2026, 6, day, tzinfo=UTC)
        await sweep(world)
        seen.append((day, await world.status()))
    assert [day for day, status in seen if status == "eligible"] == [8, 9, 10, *range(20, 25)]


async def test_several_days_that_pass_at_once_decide_each_due_customer_once() -> None:
    world = await World().unwarned()
    for number in range(3):
        await world.post(*events.eligible(f"C-{number}"))
    await world.post(*events.qualified(validUntil="2026-06-03"))
    for number in range(3):
        await world.post(events.spend(f"C-{number}", endsOn="2026-06-02", time="2026-03-02T00:00:00Z"))
        await world.post(events.spend(f"C-{number}", time="2026-04-01T00:00:00Z"))
    assert {row.day for row in await due_rows(world.ports)} == {date(2026, 6, 3), date(2026, 6, 4)}
    world.now += timedelta(days=30)
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await sweep(world)
    assert sum(call.writes for call in watched.calls if call.table is Table.CUSTOMERS) == 6, "a commit and a mark each"
    assert [await world.status(f"C-{number}") for number in range(3)] == ["ineligible"] * 3
    assert [len(world.told(f"C-{number}")) for number in range(3)] == [3, 3, 3]
    assert await due_rows(world.ports) == []


async def test_a_sweep_with_nothing_due_reads_no_customer_whatever_their_number() -> None:
    world = World()
    for number in range(50):
        await world.post(*events.eligible(f"C-{number}"))
    await world.post(*events.qualified(validUntil="2026-06-05"))
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await sweep(world)
    await sweep_fan_outs(world.ports)
    await sweep_outboxes(world.ports)
    assert {call.table for call in watched.calls} == {Table.WORK}
    assert len(watched.calls) < 60, "two for each part of the due rows, one for each partition of outboxes"


async def test_a_due_row_too_many_costs_one_read_and_goes_away() -> None:
    world = await eligible_until("2026-06-05")
    world.now += timedelta(days=10)
    await sweep(world)
    decided = await world.ports.customers.load("C-1")
    await world.ports.work.add_due("C-1", date(2026, 6, 6))
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await sweep(world)
    assert [call.operation for call in watched.calls if call.table is Table.CUSTOMERS] == ["get"]
    assert await world.ports.customers.load("C-1") == decided
    assert await due_rows(world.ports) == []


async def test_a_due_date_moved_away_and_back_is_kept() -> None:
    world = await eligible_until("2026-06-05")
    await world.post(events.certified(validUntil="2026-07-05", time="2026-04-01T00:00:00Z"))
    await world.post(events.certified(validUntil="2026-06-05", time="2026-05-01T00:00:00Z"))
    world.now = datetime(2026, 6, 6, tzinfo=UTC)
    await sweep(world)
    assert await world.status() == "ineligible"


async def test_a_day_with_more_customers_than_a_page_is_handed_on_whole() -> None:
    world = World()
    for number in range(1005):
        await world.ports.work.add_due(f"C-{number:04d}", date(2026, 5, 1 + number % 2))
    await sweep_due(world.ports)
    ids = [each for message in world.sent.queues[Queue.RECOMPUTE] for each in _customers(message.body)]
    assert sorted(ids) == [f"C-{number:04d}" for number in range(1005)]


async def test_a_licence_counts_on_its_last_day_and_not_after() -> None:
    world = World()
    await world.post(
        *events.eligible(), *events.qualified(), events.spend(endsOn="2026-06-02", time="2026-04-01T00:00:00Z")
    )
    for day, expected in [(1, "eligible"), (2, "eligible"), (3, "ineligible")]:
        world.now = datetime(2026, 6, day, tzinfo=UTC)
        await sweep(world)
        assert (day, await world.status()) == (day, expected)


async def test_an_outbox_row_whose_decision_never_came_to_be_is_dropped_after_a_day() -> None:
    world = World()
    await world.ports.work.open_outbox(Outbox("C-1", 1, world.ports.timestamp()))
    world.now += timedelta(hours=1)
    await sweep_outboxes(world.ports)
    assert len([each async for each in world.ports.work.outboxes()]) == 1, "its writer may still be at work"
    world.now += timedelta(days=1)
    await sweep_outboxes(world.ports)
    assert [each async for each in world.ports.work.outboxes()] == []


def _customers(body: bytes) -> list[str]:
    from shared.domain.recompute import Recompute, parse_recompute

    message = parse_recompute(body)
    assert isinstance(message, Recompute)
    return list(message.customer_ids)


async def test_a_date_entered_again_by_a_first_decision_that_lost_to_its_handling_is_kept() -> None:
    """The writer's clock is behind: what it decides has the date still before it, and it ends while the handler, which
    found no decision, is about to delete the row."""
    world = World(now=datetime(2026, 6, 2, tzinfo=UTC))
    await much_spend_is_enough(world)
    about_to_delete, decided = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        about_to_delete.set()
        await decided.wait()

    handler = world.worker(WatchedStore(world.store, before=once_at("delete", Table.WORK, wait)))
    handling: list[asyncio.Task[None]] = []

    async def handle_the_date() -> None:
        await sweep_due(world.ports)
        body = world.sent.queues[Queue.RECOMPUTE].popleft().body
        handling.append(asyncio.create_task(recompute(handler, body, 1)))
        await about_to_delete.wait()

    behind = world.worker(WatchedStore(world.store, before=once_at("commit", Table.CUSTOMERS, handle_the_date)))
    behind.clock = lambda: world.now - timedelta(milliseconds=100)
    await receive_event(behind, events.spend(amount="1000000", endsOn="2026-06-01"), 1)
    decided.set()
    await handling[0]
    assert [str(each) async for each in differences(world.ports)] == []


async def test_in_a_long_outage_a_sweep_stops_sending_early_and_still_tells_how_much_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    away = Away(world, timedelta(seconds=1))  # so that time alone would not stop it
    world.ports = world.worker(sender=away)
    for number in range(40):
        with pytest.raises(SenderUnavailableError):
            await receive_event(world.ports, events.spend(f"C-{number}"), 1)
    world.now += timedelta(minutes=3)
    away.tries = 0
    with caplog.at_level("INFO"):
        await sweep_outboxes(world.ports)
    assert away.tries == 16, "as many as are sent at once"
    assert '"outboxes":40' in caplog.messages[-1]


async def test_a_sweep_of_very_many_outboxes_ends_in_time_and_the_next_goes_on() -> None:
    world = World()
    world.ports = world.worker(sender=Away(world, timedelta()))
    for number in range(40):
        with pytest.raises(SenderUnavailableError):
            await receive_event(world.ports, events.spend(f"C-{number}"), 1)
    world.now += timedelta(minutes=3)
    slow = Slow(world, LONGEST_SWEEP / 32)
    for left in (8, 0):
        await sweep_outboxes(world.worker(sender=slow))
        assert len([each async for each in world.ports.work.outboxes()]) == left


class Slow(MemorySender):
    """Takes what it is sent, each after a while; ``tries`` counts."""

    def __init__(self, world: World, takes: timedelta) -> None:
        super().__init__()
        self.world, self.takes, self.tries = world, takes, 0

    async def send(self, queue: Queue, message: Message) -> None:
        self.world.now += self.takes
        self.tries += 1


class Away(Slow):
    """Takes nothing."""

    async def send(self, queue: Queue, message: Message) -> None:
        await super().send(queue, message)
        raise SenderUnavailableError("away")


async def test_one_customer_whose_outbox_cannot_be_sent_does_not_stop_the_others() -> None:
    world = World()
    for customer in ("C-1", "C-2"):
        world.ports = world.worker(sender=BreakingSender(world, 1, after=False))
        with pytest.raises(SenderUnavailableError):
            await receive_event(world.ports, events.spend(customer), 1)
    world.now += timedelta(minutes=3)
    world.ports = world.worker(sender=BreakingSender(world, 1, after=False))
    await sweep_outboxes(world.ports)
    assert sorted(len(world.told(customer)) for customer in ("C-1", "C-2")) == [0, 1]


def sent(world: World) -> list[str]:
    """The customers named by what waits on the recompute queue, which is emptied."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    found = [customer for message in queue for customer in _customers(message.body)]
    queue.clear()
    return found


def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten customers have all that a thousand have, and all due rows are in one part."""
    monkeypatch.setattr("shared.workflow.due_parts.PAGE", 10)
    monkeypatch.setattr(keys, "DUE_PARTS", keys.DUE_PARTS[:1])


async def due_today(world: World, count: int) -> list[str]:
    names = [f"C-{number:03}" for number in range(count)]
    for name in names:
        await world.ports.work.add_due(name, world.ports.today())
    return names


async def test_a_sweep_out_of_time_goes_on_where_it_was_and_sends_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_pages(monkeypatch)
    world = World()
    names = await due_today(world, 35)

    async def slow(call: Call) -> None:
        if call.operation == "query":
            world.now += timedelta(minutes=2)

    worker = world.worker(WatchedStore(world.store, before=slow))
    found: list[str] = []
    for _ in range(4):
        await sweep_due(worker)
        found += sent(world)
    assert found == names


async def test_after_a_large_round_the_next_waits_and_then_sends_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pages(monkeypatch)
    world = World()
    names = await due_today(world, 25)
    await sweep_due(world.ports)
    assert sent(world) == names
    world.now += timedelta(minutes=5)
    await sweep_due(world.ports)
    assert sent(world) == []
    world.now += timedelta(minutes=26)
    await sweep_due(world.ports)
    assert sent(world) == names


async def test_the_next_day_is_swept_at_once_however_large_the_round_before(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pages(monkeypatch)
    world = World(now=datetime(2026, 6, 1, 23, 59, tzinfo=UTC))
    names = await due_today(world, 25)
    await sweep_due(world.ports)
    sent(world)
    world.now += timedelta(minutes=2)
    await sweep_due(world.ports)
    assert sent(world) == names


async def test_the_next_day_is_swept_at_once_though_the_round_before_ended_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_pages(monkeypatch)
    world = World(now=datetime(2026, 6, 1, 23, 59, 50, tzinfo=UTC))
    names = await due_today(world, 25)
    tomorrow = [f"T-{number}" for number in range(3)]
    for name in tomorrow:
        await world.ports.work.add_due(name, date(2026, 6, 2))

    async def slow(call: Call) -> None:
        if call.operation == "query":
            world.now += timedelta(seconds=6)

    await sweep_due(world.worker(WatchedStore(world.store, before=slow)))
    world.now += timedelta(minutes=5)
    await sweep_due(world.ports)
    assert set(sent(world)) == {*names, *tomorrow}


async def test_a_round_that_a_clock_a_minute_ahead_took_into_the_next_day_sends_nothing_of_that_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_pages(monkeypatch)
    world = World(now=datetime(2026, 6, 1, 23, 59, 30, tzinfo=UTC))
    names = await due_today(world, 2)
    for name in ("T-1", "T-2"):
        await world.ports.work.add_due(name, date(2026, 6, 2))
    noted = Due(date(2026, 6, 2), "T-1", keys.DUE_PARTS[0])
    await Rounds(world.store).note(Round(noted.part, noted.place, "2026-06-02T00:00:20.000000Z"))
    await sweep_due(world.ports)
    assert sent(world) == names


async def test_of_two_sweeps_at_once_one_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pages(monkeypatch)
    world = World()
    names = await due_today(world, 40)

    async def other() -> None:
        await sweep_due(world.ports)

    await sweep_due(world.worker(WatchedStore(world.store, before=once_at("write", Table.WORK, other))))
    found = sent(world)
    assert set(found) == set(names)
    assert len(found) == 50
