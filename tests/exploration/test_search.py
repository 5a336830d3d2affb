"""The search finds every schedule there is, and each once: held against lists made by hand."""

import itertools
from datetime import timedelta

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.store import ANY, Row, Table
from tests.exploration.handlers import Handler, Rules
from tests.exploration.processes import Program, Tree
from tests.exploration.search import Search, State, Things
from tests.exploration.snapshots import Snapshot
from tests.world import START


def writing(name: str, times: int) -> Handler:
    """Writes its own row so many times."""

    async def begin(ports: Ports, _: int) -> None:
        for number in range(times):
            await ports.store.write(Table.WORK, Row("p", name, {"number": number}), ANY)

    return Handler(name, begin, None, timedelta(), Rules.UNREAD)


def adding(name: str) -> Handler:
    """Adds one to a row, whatever was written to it since it was read."""

    async def begin(ports: Ports, _: int) -> None:
        row = await ports.store.get(Table.WORK, "p", "sum")
        number = int(row.properties["number"]) if row else 0
        await ports.store.write(Table.WORK, Row("p", "sum", {"number": number + 1}), ANY)

    return Handler(name, begin, (Queue.EVENTS, name.encode()), timedelta(), Rules.UNREAD)


def telling(name: str) -> Handler:
    async def begin(ports: Ports, attempt: int) -> None:
        await ports.sender.send(Queue.NOTIFICATIONS, Message(f"{name}, {attempt}".encode()))
        await ports.sender.send(Queue.NOTIFICATIONS, Message(b"done"))

    return Handler(name, begin, (Queue.EVENTS, name.encode()), timedelta(), Rules.UNREAD)


def searched(
    *handlers: Handler, preemptions: int = 2, crashes: int = 0, in_one_process: bool = False
) -> tuple[int, Search]:
    base = Snapshot.of(MemoryStore())
    trees: dict[Program, Tree] = {}

    def tree_of(program: Program) -> Tree:
        return trees.setdefault(program, Tree(program, base))

    begun = tuple((each, 1) for each in handlers)
    programs = [Program(START, begun)] if in_one_process else [Program(START, (each,)) for each in begun]
    search = Search(tree_of, [(0, at) if in_one_process else (at, 0) for at in range(len(handlers))])
    roots = tuple(tree_of(each).root for each in programs)
    return search.schedules(State(Things(base), roots, -1, preemptions, crashes)), search


def orders(one: int, other: int, preemptions: int) -> int:
    """In how many orders two handlers can make their calls, each left so often before it has made all."""
    found = 0
    for places in itertools.combinations(range(one + other), one):
        order = ["one" if at in places else "other" for at in range(one + other)]
        left = {"one": one, "other": other}
        switches = 0
        for now, then in itertools.pairwise(order):
            left[now] -= 1
            switches += now != then and left[now] > 0
        found += switches <= preemptions
    return found


@pytest.mark.parametrize("in_one_process", [False, True])
@pytest.mark.parametrize("preemptions", [0, 1, 2, 9])
@pytest.mark.parametrize(("one", "other"), [(1, 1), (2, 3), (4, 4), (5, 2)])
def test_every_order_of_two_handlers_calls_with_so_many_preemptions_is_one_schedule(
    one: int, other: int, preemptions: int, in_one_process: bool
) -> None:
    handlers = writing("one", one), writing("other", other)
    found, search = searched(*handlers, preemptions=preemptions, in_one_process=in_one_process)
    assert found == orders(one, other, preemptions)
    assert len(search.ends) == 1, "they write different rows: whatever the order, the store is the same"


@pytest.mark.parametrize(("preemptions", "sums"), [(0, {2}), (1, {1, 2})])
def test_an_update_is_lost_by_one_preemption_and_by_none_less(preemptions: int, sums: set[int]) -> None:
    _, search = searched(adding("one"), adding("other"), preemptions=preemptions)
    rows = [end.store.after("get", (Table.WORK, "p", "sum"))[0] for end in search.ends]
    assert {row.properties["number"] for row in rows} == sums


def test_a_killed_handlers_message_is_delivered_once_more_at_any_later_moment() -> None:
    _, search = searched(telling("one"), writing("other", 1), crashes=1)
    assert {end.told for end in search.ends} == {
        frozenset({b"one, 1", b"done"}),
        frozenset({b"one, 1", b"one, 2", b"done"}),
    }
    after_the_last_call = ["one: send eligibility-notifications", "one: send eligibility-notifications", "one: killed"]
    assert any(search.way_to(state)[:3] == after_the_last_call for state in search.states)
    way = ["one: send eligibility-notifications", "one: killed", "other: write work"]
    assert any(search.way_to(state)[:3] == way for state in search.states)


def test_what_no_message_began_is_not_begun_again_when_it_is_killed() -> None:
    _, search = searched(writing("one", 2), writing("other", 1), crashes=1)
    numbers = set()
    for end in search.ends:
        row = end.store.after("get", (Table.WORK, "p", "one"))[0]
        numbers.add(row.properties["number"])
    assert numbers == {0, 1}
