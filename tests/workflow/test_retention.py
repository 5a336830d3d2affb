"""Retention: what is done expires, in rounds of bounded steps; what is kept or needed never does."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.api.previews import get_preview, post_preview
from shared.api.problems import Problem
from shared.api.quarantine import redrive
from shared.api.rule_sets import activate_rule_set, get_rule_set
from shared.domain.recompute import CUSTOMERS_PER_MESSAGE
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.chains import Chain
from shared.storage.fan_outs import FanOut
from shared.storage.rounds import Rounds
from shared.storage.store import Span, Table
from shared.storage.work import Due
from shared.workflow import preview as previewing
from shared.workflow import retention, steps
from shared.workflow.change_rules import activate
from shared.workflow.recompute import recompute
from shared.workflow.retention import remove_expired
from tests import events
from tests.due_rows import due_rows
from tests.watched_store import WatchedStore, breaking_at, once_at
from tests.workflow.test_change_rules import draft, programme
from tests.world import World

DAY = timedelta(days=1)


async def rows(world: World, table: Table, prefix: str) -> list[str]:
    found = await world.store.query(table, Span(partition_from=prefix, partition_to=prefix + keys.END), 10_000)
    return [row.key for row in found]


async def quarantined(world: World) -> list[str]:
    """Of each message that is done two, of one that is kept four."""
    found = await world.store.query(Table.QUARANTINE, Span(), 10_000)
    return [row.key for row in found if not row.key.startswith("count~")]


async def due(world: World) -> set[str]:
    return {each.day.isoformat() for each in await due_rows(world.ports)}


async def kept_and_redriven() -> World:
    """A message that is kept and one that was put back, on the same day."""
    world = World()
    await world.post(b"kept", b"redriven")
    (_, put_back), _ = await world.ports.quarantine.page("", 10)
    await redrive(world.ports, put_back.id)
    return world


async def states(world: World) -> list[tuple[bytes, str]]:
    return [(each["body"], each["state"]) for each in await world.quarantine()]


async def test_a_message_that_was_put_back_expires_and_one_that_is_kept_never_does() -> None:
    world = await kept_and_redriven()
    both = await states(world)
    world.now += 30 * DAY
    await remove_expired(world.ports)
    assert await states(world) == both
    world.now += DAY + timedelta(minutes=1)
    await remove_expired(world.ports)
    assert [state for _, state in await states(world)] == ["kept"]
    assert len(await quarantined(world)) == 4
    world.now += 4000 * DAY
    await remove_expired(world.ports)
    assert [state for _, state in await states(world)] == ["kept"]


async def test_what_was_put_back_long_after_it_was_kept_stays_as_long() -> None:
    world = World()
    await world.post(b"kept")
    world.now += 100 * DAY
    (message,), _ = await world.ports.quarantine.page("", 10)
    await redrive(world.ports, message.id)
    world.now += 29 * DAY
    await remove_expired(world.ports)
    assert len(await states(world)) == 1


async def test_a_message_that_comes_again_while_it_expires_stays() -> None:
    world = await kept_and_redriven()
    body = next(each for each, state in await states(world) if state == "redriven")
    world.now += 31 * DAY

    async def again() -> None:
        await world.post(body)

    await remove_expired(world.worker(WatchedStore(world.store, once_at("commit", Table.QUARANTINE, again))))
    assert [state for _, state in await states(world)] == ["kept", "kept"]


async def test_an_old_preview_expires_with_its_pages_and_one_that_counts_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previewing, "PAGE", 2)
    monkeypatch.setattr(retention, "PAGE", 2)
    monkeypatch.setattr(keys, "DUE_PARTS", keys.DUE_PARTS[:1])
    world = await programme(9)
    version = await draft(world, amount="340000")
    old = await post_preview(world.ports, version, {})
    await world.settle()
    world.now += 29 * DAY
    young = await post_preview(world.ports, version, {})
    await world.settle()
    world.now += timedelta(hours=23)
    await remove_expired(world.ports)
    assert {old["id"], young["id"]} <= {each.split("~")[1] for each in await rows(world, Table.RULES, "preview~")}
    await activate_rule_set(world.ports, version, {"previewId": young["id"], "maxLost": 9})
    world.now += 2 * DAY
    await remove_expired(world.ports)
    assert {each.split("~")[1] for each in await rows(world, Table.RULES, "preview~")} == {young["id"]}
    with pytest.raises(Problem, match="has no preview"):
        await get_preview(world.ports, version, old["id"])


async def test_a_step_of_a_preview_that_has_expired_does_nothing() -> None:
    world = await programme(3)
    await post_preview(world.ports, await draft(world, amount="340000"), {})
    message = world.sent.queues[Queue.RECOMPUTE].popleft()
    world.now += 31 * DAY
    await remove_expired(world.ports)
    await recompute(world.ports, message.body, 1)
    assert await rows(world, Table.RULES, "preview~") == []


async def activated(customers: int) -> tuple[World, int]:
    world = await programme(customers)
    version = await draft(world, amount="340000")
    await activate(world.ports, version)
    await world.settle()
    return world, version


async def test_of_old_progress_the_sum_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    world, version = await activated(CUSTOMERS_PER_MESSAGE + 5)
    progress = (await get_rule_set(world.ports, version))["progress"]
    assert progress
    assert progress["done"] == progress["of"] == CUSTOMERS_PER_MESSAGE + 5
    before = await rows(world, Table.WORK, "progress~")
    monkeypatch.setattr(retention, "PAGE", 1)
    world.now += 29 * DAY
    await remove_expired(world.ports)
    assert await rows(world, Table.WORK, "progress~") == before
    world.now += 2 * DAY
    await remove_expired(world.ports)
    assert [each.rsplit("~")[-1] for each in await rows(world, Table.WORK, "progress~")] == ["total"]
    assert (await get_rule_set(world.ports, version))["progress"] == progress


async def test_progress_that_goes_on_stays_however_old_until_it_is_superseded() -> None:
    world = await programme(5)
    version = await draft(world, amount="340000")
    await activate(world.ports, version)
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)  # the page
    (message,) = world.sent.queues[Queue.RECOMPUTE]
    world.now += 100 * DAY
    await remove_expired(world.ports)
    await world.settle()
    progress = (await get_rule_set(world.ports, version))["progress"]
    assert progress
    assert (progress["done"], progress["finishedAt"] is not None) == (5, True)
    assert message


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["messages", "previews", "progress", "chains"])
async def test_broken_at_any_call_it_goes_on_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, what: str, when: str
) -> None:
    monkeypatch.setattr(previewing, "PAGE", 1)
    broken, number = True, 0
    while broken:
        number += 1
        world, version = await activated(3)
        await post_preview(world.ports, version, {})
        await world.settle()
        await world.post(b"redriven")
        (message,), _ = await world.ports.quarantine.page("", 10)
        await redrive(world.ports, message.id)
        over = FanOut(None, 1, at=world.ports.timestamp())
        await world.ports.chains.open(Chain.of(over, world.ports.timestamp(), 2))
        progress = (await get_rule_set(world.ports, version))["progress"]
        world.now += 31 * DAY
        store = WatchedStore(world.store, **{when: breaking_at(number, perhaps=True)})
        monkeypatch.setattr(retention, "_PAGES", {what: retention._PAGES[what]})
        await remove_expired(world.worker(store))
        broken = len(store.calls) >= number
        await remove_expired(world.ports)
        assert (await get_rule_set(world.ports, version))["progress"] == progress
        left = {
            "messages": await quarantined(world),
            "previews": await rows(world, Table.RULES, "preview~"),
            "progress": [each for each in await rows(world, Table.WORK, "progress~") if "part" in each],
            "chains": await world.ports.chains.of(over.id),
        }
        assert left[what] == []
    assert number >= 5


async def split(world: World, version: int) -> str:
    """The version is put in force, and its fan-out split; gives its id."""
    await activate(world.ports, version)
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    return fan_out.id


async def test_chains_expire_with_their_fan_out_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that knows none ended it, or the step that did died before it deleted them."""
    monkeypatch.setattr(steps, "PAGE", 2)
    world = await programme(3)
    fan_out_id = await split(world, await draft(world, amount="340000"))
    chains = await world.ports.chains.of(fan_out_id)
    world.now += 100 * DAY
    await remove_expired(world.ports)
    assert await world.ports.chains.of(fan_out_id) == chains
    assert len(chains) == steps.SHARES + 1
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    await world.ports.fan_outs.close(fan_out)
    world.now += DAY + timedelta(minutes=1)
    await remove_expired(world.ports)
    assert await world.ports.chains.of(fan_out_id) == []


async def test_chains_of_one_fan_out_expire_though_those_of_another_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAGE", 2)
    world = await programme(3)
    over = [FanOut(None, epoch, at=world.ports.timestamp()) for epoch in (1, 3)]
    over.append(FanOut(None, 7, at=world.ports.timestamp(), decisions=2))
    for each in over:
        await world.ports.chains.open(Chain.of(each, world.ports.timestamp(), 2))
    under_way = await split(world, await draft(world, amount="340000"))
    await remove_expired(world.ports)
    assert [await world.ports.chains.of(each.id) for each in over] == [[], [], []]
    assert await world.ports.chains.of(under_way)


async def renewed() -> World:
    """Eligible by a certificate of which the end was moved from July to September."""
    world = await World(now=datetime(2026, 6, 1, tzinfo=UTC)).unwarned()
    await world.post(*events.eligible(), *events.qualified(validUntil="2026-07-31"))
    await world.post(events.certified(validUntil="2026-09-30", time="2026-05-20T00:00:00Z"))
    return world


async def test_the_due_row_of_a_date_that_moved_is_removed_and_that_of_the_next_change_stays() -> None:
    world = await renewed()
    assert await due(world) == {"2026-08-01", "2026-10-01"}
    await remove_expired(world.ports)
    assert await due(world) == {"2026-10-01"}
    assert [each async for each in differences(world.ports)] == []


@pytest.mark.parametrize(
    ("operation", "table"),
    [
        ("get", Table.WORK),
        ("query", Table.WORK),
        ("get", Table.CUSTOMERS),
        ("merge", Table.CUSTOMERS),
        ("delete", Table.WORK),
        ("write", Table.WORK),
    ],
)
async def test_a_date_that_moves_back_meanwhile_keeps_its_row(operation: str, table: Table) -> None:
    world = await renewed()

    async def back() -> None:
        await world.post(events.certified(validUntil="2026-07-31", time="2026-05-21T00:00:00Z"))

    await remove_expired(world.worker(WatchedStore(world.store, once_at(operation, table, back))))
    await remove_expired(world.ports)
    assert [each async for each in differences(world.ports)] == []


async def test_a_writer_that_read_before_the_row_was_removed_adds_it_again() -> None:
    world = await renewed()

    async def meanwhile() -> None:
        await remove_expired(world.ports)

    slower = world.worker(WatchedStore(world.store, once_at("write", Table.CUSTOMERS, meanwhile)))
    await world.post(events.certified(validUntil="2026-07-31", time="2026-05-21T00:00:00Z"), ports=slower)
    assert [each async for each in differences(world.ports)] == []


async def test_what_is_due_soon_is_left_to_its_sweep() -> None:
    world = await renewed()
    world.now = datetime(2026, 7, 31, 12, tzinfo=UTC)
    await remove_expired(world.ports)
    assert "2026-08-01" in await due(world)


async def test_a_round_goes_on_where_the_call_before_ended_and_then_rests_for_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    monkeypatch.setattr(keys, "DUE_PARTS", keys.DUE_PARTS[:1])
    world = World()
    monkeypatch.setattr(retention, "_PAGES", {"dates": one_page(world)})
    for number in range(5):
        await world.ports.work.add_due(f"C-{number}", date(2030, 1, 1))
    seen: list[tuple[str, bool]] = []
    for _ in range(4):
        await remove_expired(world.ports)
        noted = await Rounds(world.store).load("dates")
        seen.append((noted.after, noted.over))
        world.now += timedelta(hours=1)
    assert seen == [("2030-01-01~C-1~due-0", False), ("2030-01-01~C-3~due-0", False), ("", True), ("", True)]
    world.now += DAY
    await remove_expired(world.ports)
    assert (await Rounds(world.store).load("dates")).after == "2030-01-01~C-1~due-0"


async def test_a_round_over_dates_goes_on_from_one_date_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    monkeypatch.setattr(keys, "DUE_PARTS", keys.DUE_PARTS[:1])
    world = World()
    monkeypatch.setattr(retention, "_PAGES", {"dates": one_page(world)})
    for day, customers in ((1, 3), (2, 2)):
        for number in range(customers):
            await world.ports.work.add_due(f"C-{number}", date(2030, 1, day))
    seen: list[tuple[str, bool]] = []
    for _ in range(3):
        await remove_expired(world.ports)
        noted = await Rounds(world.store).load("dates")
        seen.append((noted.after, noted.over))
    assert seen == [("2030-01-01~C-1~due-0", False), ("2030-01-02~C-0~due-0", False), ("", True)]


def one_page(world: World) -> Callable[[Ports, str], Awaitable[str | None]]:
    """A page after which the time is up."""

    async def page(ports: Ports, after: str) -> str | None:
        place = await retention._moved_dates(ports, after)
        world.now += timedelta(minutes=2)
        return place

    return page


async def test_a_customer_that_cannot_be_read_does_not_stop_the_round() -> None:
    world = await renewed()
    await world.ports.work.add_due("A-5", date(2026, 7, 1))
    store = WatchedStore(world.store)
    broken = breaking_at(1)

    async def at_customers(call: object) -> None:
        if getattr(call, "table", None) is Table.CUSTOMERS:
            await broken(call)  # type: ignore[arg-type]

    store.before = at_customers
    await remove_expired(world.worker(store))
    assert Due(date(2026, 8, 1), "C-1") not in await due_rows(world.ports)


async def test_a_process_whose_clock_is_off_removes_nothing_and_notes_no_round() -> None:
    world = await kept_and_redriven()
    process = world.ahead(timedelta(days=366))
    await process.rule_sets.load()
    before = await world.store.query(Table.WORK, Span(), 1000), await states(world)
    await remove_expired(process)
    assert (await world.store.query(Table.WORK, Span(), 1000), await states(world)) == before
