"""Where a process can come to: a tree of positions, each known by the answers that its handlers were given so far.

What a handler does depends on those answers alone. So it is run once for each sequence of them, however it comes about;
from then on it is looked up.
"""

import asyncio
from collections import deque
from collections.abc import Hashable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.store import ANY, Row, Span, Table, Write
from tests.exploration.bare_loop import BareLoop
from tests.exploration.handlers import Handler, Rules
from tests.exploration.snapshots import Snapshot
from tests.world import LeastChance, at_once

_LIVE = 16
"""So many runs are kept where they stand, in case the next answer to try continues one of them."""

_handler: ContextVar[int] = ContextVar("handler", default=-1)


@dataclass(frozen=True)
class Program:
    """What one process does at once: handlers, each with the number of the delivery; 0 is one not begun again."""

    now: datetime
    begun: tuple[tuple[Handler, int], ...]


@dataclass(frozen=True)
class Call:
    """A call of the store, or with the operation "send" of a queue, whose answer a handler waits for."""

    operation: str
    args: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.operation} {self.args[0].value}"


@dataclass(frozen=True)
class Ended:
    """A handler has returned, or raised ``fault``: another that says the same is the same end."""

    fault: BaseException | None = field(default=None, compare=False)
    said: str = ""

    @staticmethod
    def of(task: asyncio.Task[None]) -> "Ended":
        fault = task.exception()
        return Ended(fault, repr(fault) if fault else "")


WAITING = None
"""A handler waits for another of its process."""

type Standing = Call | Ended | None


class Position:
    """How each handler of a process stands after the answers so far."""

    __slots__ = ("children", "parent", "standing", "tree", "via")

    def __init__(
        self,
        tree: "Tree",
        standing: tuple[Standing, ...],
        parent: "Position | None" = None,
        via: tuple[int, Any] = (0, 0),
    ) -> None:
        self.tree = tree
        self.standing = standing
        self.parent = parent
        self.via = via
        self.children: dict[tuple[int, Hashable], Position] = {}

    @property
    def has_ended(self) -> bool:
        return all(isinstance(each, Ended) for each in self.standing)

    def answers(self) -> list[tuple[int, Any]]:
        """All answers from the start to here, each with its handler."""
        given: list[tuple[int, Any]] = []
        position = self
        while position.parent is not None:
            given.append(position.via)
            position = position.parent
        return given[::-1]


class Tree:
    """The positions of one program begun over one store."""

    def __init__(self, program: Program, base: Snapshot, oldest: str | None = None) -> None:
        self.program, self._base, self._oldest = program, base, oldest
        self._live: dict[Position, _Run] = {}
        self.runs = 0
        run = self._new_run()
        self.root = Position(self, run.standing())
        self._live[self.root] = run

    def after(self, position: Position, handler: int, key: Hashable, answer: Any) -> Position:
        """The position after ``handler`` was given ``answer``, which ``key`` stands for."""
        known = position.children.get((handler, key))
        if known is None:
            run = self._live.pop(position, None) or self._replayed(position)
            run.answer(handler, answer)
            known = position.children[handler, key] = Position(self, run.standing(), position, (handler, answer))
            self._keep(known, run)
        return known

    def end(self) -> None:
        """Nothing of it runs any more."""
        for run in self._live.values():
            run.end()
        self._live.clear()

    def _keep(self, position: Position, run: "_Run") -> None:
        if position.has_ended:
            return
        if len(self._live) >= _LIVE:
            self._live.pop(next(iter(self._live))).end()
        self._live[position] = run

    def _replayed(self, position: Position) -> "_Run":
        run = self._new_run()
        for handler, answer in position.answers():
            run.answer(handler, answer)
        assert run.standing() == position.standing, f"{self.program} does not do the same again"
        return run

    def _new_run(self) -> "_Run":
        self.runs += 1
        return _Run(self.program, self._base, self._oldest)


class _Run:
    """One process that lives: its handlers' tasks, and the calls they wait for in the order they were made."""

    def __init__(self, program: Program, base: Snapshot, oldest: str | None) -> None:
        self._loop = BareLoop()
        self._waiting: list[deque[tuple[Call, asyncio.Future[Any]]]] = [deque() for _ in program.begun]
        self._base: Snapshot | None = base
        first, _ = program.begun[0]
        now, chance = program.now + first.ahead, LeastChance(7)
        ports = Ports(self, self, lambda: now, at_once, chance, oldest_version=oldest)
        if first.rules is not Rules.UNREAD:
            self._loop.run(_warmed(ports))
        self._base = None
        self._tasks = [
            self._loop.create_task(self._begun(number, ports, handler, attempt))
            for number, (handler, attempt) in enumerate(program.begun)
        ]
        self._run()

    async def _begun(self, number: int, ports: Ports, handler: Handler, attempt: int) -> None:
        _handler.set(number)
        if attempt:
            await handler.begin(ports, attempt)

    def answer(self, handler: int, answer: Any) -> None:
        _, future = self._waiting[handler].popleft()
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        self._run()

    def end(self) -> None:
        """End what would complain of not having ended."""
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_idle()

    def _run(self) -> None:
        self._loop.run_until_idle()
        while not any(self._waiting) and not all(each.done() for each in self._tasks) and self._loop.let_time_pass():
            pass

    def standing(self) -> tuple[Standing, ...]:
        return tuple(
            Ended.of(task) if task.done() else waiting[0][0] if waiting else WAITING
            for task, waiting in zip(self._tasks, self._waiting, strict=True)
        )

    async def _ask(self, operation: str, *args: Any) -> Any:
        if self._base is not None:
            return self._base.after(operation, args)[0]
        future = self._loop.create_future()
        self._waiting[_handler.get()].append((Call(operation, args), future))
        return await future

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        row: Row | None = await self._ask("get", table, partition, key, tuple(select))
        return row

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        return str(await self._ask("write", table, row, etag))

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        return str(await self._ask("merge", table, row, etag))

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await self._ask("delete", table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        return list(await self._ask("commit", table, tuple(writes)))

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        return list(await self._ask("query", table, span, limit, tuple(select)))

    async def send(self, queue: Queue, message: Message) -> None:
        await self._ask("send", queue, message)

    async def check(self) -> None:
        return None

    async def create_queues(self) -> None:
        return None


async def _warmed(ports: Ports) -> None:
    book = await ports.rule_books.book(None)
    for version, _ in book.active:
        await ports.rule_books.compiled(version)
