"""Groups and filters of the quarantine: bounded whatever is sent, and right beside rows of earlier versions."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.domain.quarantine_faults import MAX_FAULT, fault_of, named_in
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage import kept_counts, keys, quarantine_lists
from shared.storage.kept_counts import OTHER
from shared.storage.quarantine import Quarantine
from shared.storage.quarantine_lists import Wanted
from shared.storage.quarantined import CLOSED, KEPT, Ending, Quarantined
from shared.storage.store import ANY, Row, Span, Table
from shared.workflow.retention import remove_expired
from tests import events
from tests.storage.test_quarantine import at, before, keep, rows
from tests.watched_store import WatchedStore
from tests.world import World

SPEND = "fasttrack.spend.updated.v1"


def message(number: int, reason: str = "why", source: str = "/a") -> Quarantined:
    body = events.event("spend.updated", {"customerId": f"C-{number}"}, source=source)
    return Quarantined("eligibility-events", body, at(number), reason, (), 1)


async def faults(world: World) -> dict[str, int]:
    return dict((await world.ports.quarantine.count_kept()).faults)


async def every(ports: Ports, wanted: Wanted, limit: int = 1000) -> tuple[list[str], int]:
    """Ids of all that are wanted, oldest first, and in how many pages they came."""
    found: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        page, cursor = await ports.quarantine.page(cursor, limit, wanted)
        found, pages = found + [each.id for each in page], pages + 1
    return found, pages


async def close(ports: Ports, *messages: Quarantined) -> None:
    for each in messages:
        stored = await ports.quarantine.load(each.id)
        assert stored
        await ports.quarantine.end(stored, Ending(CLOSED, at(9)))


async def written_by_main(world: World, *messages: Quarantined) -> None:
    """As an earlier build wrote them: in their partitions, but with no fault."""
    await keep(world.ports, *messages)
    for row in await rows(world):
        known = {name: value for name, value in row.properties.items() if not name.startswith("fault")}
        if row.key.startswith((keys.in_state(KEPT), keys.OF_FAULT)):
            await world.store.delete(Table.QUARANTINE, row.partition, row.key)
        else:
            await world.store.write(Table.QUARANTINE, replace(row, properties=known, etag=""), ANY)


@pytest.mark.parametrize(
    ("reason", "paths", "named"),
    [
        ("", ["$.data.annualAmount", "$.data.currency"], f"{SPEND}: $.data.annualAmount"),
        ("", ["$.data.applications[3]"], f"{SPEND}: $.data.*"),
        ("", ["$.data.whatever7"], f"{SPEND}: $.data.*"),
        ("", ['$.data["what ever"]'], f"{SPEND}: $.data.*"),
        ("", ["$.time"], f"{SPEND}: $.time"),
        ("not JSON: the member 'x7' stands twice", ["$"], "not JSON: the member … stands twice"),
        ("customer contoso has 2000 facts", [], "customer … has N facts"),
        ("x" * 1000, [], "x" * MAX_FAULT),
    ],
)
def test_a_fault_is_named_without_what_only_one_message_has(reason: str, paths: Sequence[str], named: str) -> None:
    errors = [MemberError(path, "is wrong") for path in paths]
    assert fault_of(reason, errors, SPEND) == named


def test_the_fault_of_an_unknown_type_names_none() -> None:
    assert fault_of("", [MemberError("$.type", "is unknown")], "what a producer thinks of") == "$.type"
    assert fault_of("", [MemberError("$.data.amount", "is unknown")], "") == "$.data.*"


@pytest.mark.parametrize("body", [b"", b"\xff", b"[1]", b'{"source": 7, "type": null}', b'{"source": "\\u0000"}'])
def test_what_has_no_source_or_type_that_could_be_one_has_none(body: bytes) -> None:
    assert named_in(body) == ("", "")


async def test_faults_are_counted_without_a_message_being_read() -> None:
    world = World()
    await keep(world.ports, *(message(number, f"why {'abc'[number % 3]}") for number in range(60)))
    store = WatchedStore(world.store)
    counted = await world.worker(store).quarantine.count_kept()
    assert dict(counted.faults) == {"why a": 20, "why b": 20, "why c": 20}
    assert {call.operation for call in store.calls} == {"query"}
    assert len(store.calls) == 1 + len(keys.QUARANTINES)


async def test_of_a_fault_only_its_own_messages_are_read() -> None:
    world = World()
    few, many = message(200, "few"), [message(number, "many") for number in range(100)]
    await keep(world.ports, *many, few)
    store = WatchedStore(world.store)
    found, pages = await every(world.worker(store), Wanted(KEPT, fault="few"))
    assert (found, pages) == ([few.id], 1)
    assert [call.operation for call in store.calls].count("get") == 1


async def test_of_a_state_only_its_own_messages_are_read() -> None:
    world = World()
    messages = [message(number) for number in range(100)]
    await keep(world.ports, *messages)
    await close(world.ports, *messages[40:43])
    store = WatchedStore(world.store)
    assert await every(world.worker(store), Wanted(CLOSED)) == ([each.id for each in messages[40:43]], 1)
    assert [call.operation for call in store.calls].count("get") == 3


async def test_a_message_that_comes_again_for_another_reason_changes_its_group() -> None:
    world = World()
    first = message(1, "first")
    await keep(world.ports, first, message(2, "first"))
    await keep(world.ports, replace(first, reason="second", at=at(60)))
    assert await faults(world) == {"first": 1, "second": 1}
    assert (await every(world.ports, Wanted(KEPT, fault="second")))[0] == [first.id]
    again = await world.ports.quarantine.load(first.id)
    assert again
    assert (again.at, again.last, again.count) == (at(1), at(60), 2)


async def test_very_many_faults_share_a_group_in_the_end_and_leave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_counts, "MAX_FAULTS", 1)
    monkeypatch.setattr(kept_counts, "COUNTS", 1)
    world = World()
    await keep(world.ports, *(message(number, f"why {chr(97 + number)}") for number in range(26)))
    found = await faults(world)
    assert (len(found) <= len(keys.QUARANTINES) + 1, sum(found.values())) == (True, 26)
    others, _ = await every(world.ports, Wanted(KEPT, fault=OTHER))
    assert len(others) == found[OTHER]
    for each in others:
        stored = await world.ports.quarantine.load(each)
        assert stored
        await world.ports.quarantine.end(stored, Ending(CLOSED, at(1)))
    assert await faults(world) == {name: count for name, count in found.items() if name != OTHER}


async def test_a_filtered_list_looks_at_a_bounded_number_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_lists, "LOOKED_AT", 10)
    world = World()
    wanted = [message(number, source="/b") for number in (0, 30, 59)]
    others = [message(number) for number in range(60)]
    await keep(world.ports, *others, *wanted)
    found, pages = await every(world.ports, Wanted(KEPT, "/b"), 2)
    assert (found, pages >= 6) == ([each.id for each in wanted], True)
    closed = await world.ports.quarantine.load(wanted[1].id)
    assert closed
    await world.ports.quarantine.end(closed, Ending(CLOSED, at(100)))
    assert (await every(world.ports, Wanted(CLOSED), 2))[0] == [closed.id]
    assert len((await every(world.ports, Wanted(KEPT), 7))[0]) == 62


@pytest.mark.parametrize("written", [before, None], ids=["in the one partition of 0.2.0", "without faults"])
async def test_messages_of_earlier_versions_are_in_no_group_until_the_timer_has_put_them_there(
    written: object,
) -> None:
    world = World()
    messages = [message(number) for number in range(5)]
    if written:
        await keep(before(world), *messages)
    else:
        await written_by_main(world, *messages)
    counted = await world.ports.quarantine.count_kept()
    assert (counted.kept, counted.faults) == (5, ())
    assert (await every(world.ports, Wanted(source="/a", type=SPEND)))[0] == [each.id for each in messages]
    if written:
        assert (await every(world.ports, Wanted(KEPT)))[0] == [each.id for each in messages]
    await close(world.ports, messages[0])
    await remove_expired(world.ports)
    await remove_expired(world.ports)
    assert await faults(world) == {"why": 4}
    assert (await every(world.ports, Wanted(KEPT, fault="why")))[0] == [each.id for each in messages[1:]]


@pytest.mark.parametrize("prefix", [keys.in_state(KEPT), keys.in_state(CLOSED), keys.OF_FAULT])
async def test_a_list_that_lacks_or_has_too_much_is_found_and_repaired(prefix: str) -> None:
    world = World()
    await world.ports.rule_books.book(None)
    messages = [message(number) for number in range(1, 5)]
    await keep(world.ports, *messages)
    await close(world.ports, *messages[2:])
    lost, stale = [row for row in await rows(world) if row.key.startswith(prefix)]
    await world.store.delete(Table.QUARANTINE, lost.partition, lost.key)
    moved = stale.key.replace("2026", "2025")
    await world.store.write(Table.QUARANTINE, Row(stale.partition, moved))
    assert len([each async for each in differences(world.ports)]) >= 1
    async for _ in repair(world.worker()):
        pass
    assert [each async for each in differences(world.worker())] == []
    assert len((await every(world.ports, Wanted(KEPT)))[0]) == 2
    assert len((await every(world.ports, Wanted(CLOSED)))[0]) == 2
    assert len((await every(world.ports, Wanted(KEPT, fault="why")))[0]) == 2


async def test_messages_counted_under_another_fault_are_found_and_counted_again() -> None:
    world = World()
    await world.ports.rule_books.book(None)
    await keep(world.ports, message(1))
    (count,) = [row for row in await rows(world) if row.key.startswith("count~")]
    await world.store.write(
        Table.QUARANTINE, replace(count, properties={"kept": 1, "faults0": b'{"another": 1}'}, etag=""), ANY
    )
    assert len([each async for each in differences(world.ports)]) == 1
    async for _ in repair(world.worker()):
        pass
    assert await faults(world) == {"why": 1}


async def test_while_an_earlier_version_may_run_what_is_done_says_how_where_that_version_reads_it() -> None:
    world = World()
    ports = Ports(world.store, world.sent, lambda: world.now, oldest_version="0.2.0")
    await keep(ports, message(1))
    ((stored,), _) = await ports.quarantine.page("", 10)
    await ports.quarantine.end(stored, Ending(CLOSED, at(1), reason="done"))
    found = await world.store.query(Table.QUARANTINE, Span(), 100)
    assert {row.partition for row in found} == {keys.QUARANTINE}
    (done,), _ = await Quarantine(world.ports.rows).page("", 10)
    assert (done.state, [each.reason for each in done.trail]) == (CLOSED, ["done"])
