"""Every schedule of some handlers with few preemptions and at most one crash, states merged.

A schedule says which handler makes the next call. To leave one that could go on costs a preemption; to leave one that
has ended, was killed or waits for another does not. States are equal if the store, what is queued and where each
handler stands are; from equal ones the search goes on once.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage.store import Conflict, Row
from shared.workflow.change_rules import ChangedSinceError, LastActiveError, NoSuchVersionError
from tests.exploration.handlers import Handler
from tests.exploration.processes import Call, Ended, Position, Program, Standing, Tree
from tests.exploration.snapshots import Snapshot

EXPECTED = (PassingError, LastActiveError, ChangedSinceError, NoSuchVersionError)
"""What a handler may raise though nothing failed."""


class Things(NamedTuple):
    """All that outlives processes: the store, the messages that wait, in no order, and the notifications sent."""

    store: Snapshot
    waiting: tuple[tuple[Queue, bytes], ...] = ()
    told: frozenset[bytes] = frozenset()

    def with_waiting(self, *messages: tuple[Queue, bytes]) -> "Things":
        return self._replace(waiting=tuple(sorted((*self.waiting, *messages))))

    def after(self, call: Call) -> tuple[Any, Hashable, "Things"]:
        """The call's answer, a key that stands for it, and what is after it."""
        if call.operation == "send":
            queue, message = call.args
            if queue is Queue.NOTIFICATIONS:
                return None, None, self._replace(told=self.told | {message.body})
            return None, None, self.with_waiting((queue, message.body))
        answer, store = self.store.after(call.operation, call.args)
        return answer, _key(answer, call, store), self if store is self.store else self._replace(store=store)


def _key(answer: Any, call: Call, store: Snapshot) -> Hashable:
    match answer:
        case Conflict():
            return "conflict"
        case Row():
            return store.row_id(call.args[0], answer)
        case list():
            return tuple(store.row_id(call.args[0], each) if isinstance(each, Row) else each for each in answer)
        case _:
            return str(answer)


class State(NamedTuple):
    """A moment of a schedule: ``running`` is the handler that made the last call, -1 if none has to be left."""

    things: Things
    positions: tuple[Position, ...]
    running: int
    preemptions: int
    crashes: int


KILLED = -1


class Search:
    """The schedules of one pair: their number, the states they lead through, the ends they come to, what went wrong.

    ``slots`` has for each handler its process and its place in that process's program.
    """

    def __init__(self, tree_of: Callable[[Program], Tree], slots: Sequence[tuple[int, int]]) -> None:
        self._tree_of, self._slots = tree_of, slots
        self.states: dict[State, int] = {}
        self.ends: dict[Things, State] = {}
        self.faults: dict[str, State] = {}
        self._came: dict[State, tuple[State, int]] = {}

    def schedules(self, state: State) -> int:
        """How many schedules go on from here; their states and ends are noted."""
        known = self.states.get(state)
        if known is not None:
            return known
        count = 0
        for step, after in self._steps(state):
            self._came.setdefault(after, (state, step))
            count += self.schedules(after)
        if not count:
            self.ends.setdefault(state.things, state)
            count = 1
        self.states[state] = count
        return count

    def _steps(self, state: State) -> Iterator[tuple[int, State]]:
        running = state.running
        goes_on = running >= 0 and isinstance(self._standing(state, running), Call)
        for handler in range(len(self._slots)):
            call = self._standing(state, handler)
            cost = int(goes_on and handler != running)
            if isinstance(call, Call) and cost <= state.preemptions:
                yield handler, self._advanced(state, handler, call, cost)
        if state.crashes and running >= 0:
            process, _ = self._slots[running]
            if not state.positions[process].has_ended:
                yield KILLED, self._killed(state, process)

    def _standing(self, state: State, handler: int) -> Standing:
        process, place = self._slots[handler]
        return state.positions[process].standing[place]

    def _advanced(self, state: State, handler: int, call: Call, cost: int) -> State:
        process, place = self._slots[handler]
        position = state.positions[process]
        answer, key, things = state.things.after(call)
        after = position.tree.after(position, place, key, answer)
        for number, end in enumerate(after.standing):
            if isinstance(end, Ended) and end.fault and not isinstance(position.standing[number], Ended):
                things = self._failed(state, things, position.tree.program.begun[number][0], end.fault)
        return State(things, _with(state.positions, process, after), handler, state.preemptions - cost, state.crashes)

    def _failed(self, state: State, things: Things, handler: Handler, fault: BaseException) -> Things:
        """A message whose handling failed waits again."""
        if not isinstance(fault, EXPECTED):
            self.faults.setdefault(f"{handler.name} raised {fault!r}", state)
        return things.with_waiting(handler.message) if handler.message else things

    def _killed(self, state: State, process: int) -> State:
        """The process is gone; its messages are delivered again, to another."""
        position = state.positions[process]
        program = position.tree.program
        again = tuple(
            (handler, attempt + 1 if handler.message and not isinstance(standing, Ended) else 0)
            for (handler, attempt), standing in zip(program.begun, position.standing, strict=True)
        )
        root = self._tree_of(Program(program.now, again)).root
        return State(state.things, _with(state.positions, process, root), -1, state.preemptions, state.crashes - 1)

    def way_to(self, state: State) -> list[str]:
        """The calls that led to a state, as they were first found."""
        way: list[str] = []
        while state in self._came:
            before, step = self._came[state]
            way.append(self._said(before, step))
            state = before
        return way[::-1]

    def _said(self, state: State, step: int) -> str:
        handler = state.running if step == KILLED else step
        process, place = self._slots[handler]
        name = state.positions[process].tree.program.begun[place][0].name
        return f"{name}: {'killed' if step == KILLED else self._standing(state, handler)}"


def _with(positions: tuple[Position, ...], process: int, after: Position) -> tuple[Position, ...]:
    return (*positions[:process], after, *positions[process + 1 :])
