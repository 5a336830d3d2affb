"""A scene's pairs explored: what every schedule of two handlers comes to, held against the oracle."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from local.commands.backup.memory_store import MemoryStore
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from tests.exploration import snapshots
from tests.exploration.bare_loop import BareLoop
from tests.exploration.handlers import Handler, Rules, message
from tests.exploration.pace import quick
from tests.exploration.preparing import two_drafts
from tests.exploration.processes import Program, Tree
from tests.exploration.scenes import Scene
from tests.exploration.search import Search, State, Things
from tests.exploration.settling import Settling
from tests.exploration.snapshots import Snapshot
from tests.oracle.oracle import Oracle
from tests.world import START, World

PREEMPTIONS, CRASHES = 2, 1


@dataclass(frozen=True)
class Pair:
    """Two handlers of a scene, each in a process of its own or both in one."""

    one: Handler
    other: Handler
    in_one_process: bool = False

    def __str__(self) -> str:
        where = ", in one process" if self.in_one_process else ""
        return f"{self.one.name} | {self.other.name}{where}"


@dataclass
class Counts:
    """What was explored, and each violation with the first schedule found that leads to it."""

    pairs: int = 0
    schedules: int = 0
    states: int = 0
    ends: int = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.pairs} pairs, {self.schedules} schedules, {self.states} states, {self.ends} ends"
        return f"{told}, {len(self.violations)} violations"


class Exploration:
    """One scene, begun once; its pairs share what is known of handlers and of ends.

    So many ``crashes`` are explored of a pair; without one, what needs a timer to go on is a violation, too.
    """

    def __init__(self, scene: Scene, crashes: int = CRASHES) -> None:
        snapshots.forget()
        self._scene, self._crashes = scene, crashes
        self._trees: dict[Program, Tree] = {}
        with quick(scene.page):
            BareLoop().run(self._begin())
        self._settling = Settling(self._tree, scene.now)

    async def _begin(self) -> None:
        store = MemoryStore()
        world = World(store, now=START, oldest_version=self._scene.oldest)
        await world.post(*self._scene.before)
        await two_drafts(world)
        self._before = Snapshot.of(store)
        await self._scene.prepared(world)
        self._start = Things(Snapshot.of(store), _waiting(world), _told(world))

    def _tree(self, program: Program) -> Tree:
        if program not in self._trees:
            known = self._before if program.begun[0][0].rules is Rules.READ_BEFORE else self._start.store
            self._trees[program] = Tree(program, known, self._scene.oldest)
        return self._trees[program]

    @cached_property
    def pairs(self) -> list[Pair]:
        """All pairs, those of messages that one worker might take also in one process."""
        waiting = [message(queue, body, f"what waits on {queue}: {body!r}") for queue, body in self._start.waiting]
        made = itertools.combinations_with_replacement((*self._scene.handlers, *waiting), 2)
        return [
            Pair(one, other, in_one_process)
            for one, other in made
            for in_one_process in ((False, True) if _may_share(one, other) else (False,))
        ]

    def explore(self, pairs: Iterable[Pair]) -> Counts:
        """Explore pairs, up to the first with a violation."""
        counts = Counts()
        with quick(self._scene.page):
            for pair in pairs:
                self._explore(pair, counts)
                if counts.violations:
                    break
        for tree in self._trees.values():
            tree.end()
        return counts

    def _explore(self, pair: Pair, counts: Counts) -> None:
        search = self._searched(pair, counts)
        oracle = self._oracle(pair)
        found = dict(search.faults)
        for end, state in search.ends.items():
            left = () if self._crashes else self._settling.left_to_timers(end)
            for violation in (*left, *self._settling.violations(end, oracle)):
                found.setdefault(violation, state)
        for violation, state in found.items():
            way = "\n    ".join(search.way_to(state))
            counts.violations.append(f"{pair}\n  {violation}\n    {way}")
        counts.pairs += 1
        counts.states += len(search.states)
        counts.ends += len(search.ends)

    def _searched(self, pair: Pair, counts: Counts) -> Search:
        one, other, now = (pair.one, 1), (pair.other, 1), self._scene.now
        together = pair.in_one_process
        programs = [Program(now, (one, other))] if together else [Program(now, (each,)) for each in (one, other)]
        search = Search(self._tree, [(0, 0), (0, 1) if together else (1, 0)])
        held = (pair.one.message, pair.other.message)
        things = self._start._replace(waiting=tuple(each for each in self._start.waiting if each not in held))
        roots = tuple(self._tree(each).root for each in programs)
        counts.schedules += search.schedules(State(things, roots, -1, PREEMPTIONS, self._crashes))
        return search

    def _oracle(self, pair: Pair) -> Oracle:
        now = self._scene.now
        oracle = Oracle(json.loads(SHIPPED.read_bytes()), now.date(), now)
        handled = [each.message for each in (pair.one, pair.other) if each.message]
        events = [body for queue, body in handled if queue is Queue.EVENTS]
        for body in (*self._scene.before, *self._scene.heard, *events):
            oracle.hear(body)
        return oracle


def _may_share(one: Handler, other: Handler) -> bool:
    return bool(one.message and other.message) and (one.ahead, one.rules) == (other.ahead, other.rules)


def _waiting(world: World) -> tuple[tuple[Queue, bytes], ...]:
    queues = world.sent.queues
    return tuple(sorted((queue, each.body) for queue in (Queue.EVENTS, Queue.RECOMPUTE) for each in queues[queue]))


def _told(world: World) -> frozenset[bytes]:
    return frozenset(each.body for each in world.sent.queues[Queue.NOTIFICATIONS])
