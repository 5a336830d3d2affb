"""Together, every way to end: four calls about one owner, cancelled, failed or dropped anywhere, in all pairs of ways.

Whatever ends a leader, each other call ends once, with what came of its own item; one leads at a time; no line is left.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.together import Group, Together
from tests.exploration.bare_loop import BareLoop
from tests.fresh_seed import fresh_seed

CALLS = range(4)
STEPS = range(1, 22)
SERVINGS, POINTS = range(3), range(3)
"""The first servings of a run, and the awaits of each at which it may fail."""
BEGIN = {"all at once": (0, 0, 0, 0), "one after another": (0, 1, 2, 4), "later ones while the first end": (0, 0, 5, 8)}


class Killed(BaseException):
    """Neither an error nor a cancellation."""


class TooFewEnds(Exception):  # noqa: N818  not raised: a serving that breaks its contract
    """The serving gives fewer ends than it took items."""


FAULTS: Sequence[Callable[[], BaseException]] = (OSError, StopIteration, asyncio.CancelledError, Killed, TooFewEnds)


@dataclass(frozen=True)
class Ended:
    """A call is cancelled, or its coroutine is dropped as when its loop is gone, before this step of the loop."""

    step: int
    call: int
    is_dropped: bool = False


@dataclass(frozen=True)
class Failed:
    """A serving raises at one of its awaits."""

    serving: int
    point: int
    fault: Callable[[], BaseException]


type Way = Ended | Failed


def ways() -> list[Way]:
    ended = itertools.starmap(Ended, itertools.product(STEPS, CALLS, (False, True)))
    return [*ended, *itertools.starmap(Failed, itertools.product(SERVINGS, POINTS, FAULTS))]


class Stepped(BareLoop):
    """Lets something be done before each of its steps."""

    def __init__(self, before: Callable[[int], None]) -> None:
        super().__init__()
        self._before = before

    def run_until_idle(self) -> None:
        asyncio._set_running_loop(self)
        try:
            for step in itertools.count(1):
                self._before(step)
                if not self._soon:
                    return
                if not (handle := self._soon.popleft()).cancelled():
                    handle._run()
        finally:
            asyncio._set_running_loop(None)


@dataclass
class Run:
    """One run of the calls, in which the ``planned`` happens; ``unreached`` of it is what did not come to be."""

    begin: Sequence[int]
    planned: Sequence[Way]
    together: Together[str, int, str] = field(default_factory=Together)
    servings: int = 0
    leading: int = 0
    failed_with: dict[int, set[type[BaseException]]] = field(default_factory=dict)
    reached: set[Way] = field(default_factory=set)

    def ends(self) -> dict[int, Any]:
        self.loop = Stepped(self._do_planned)
        self.tasks = {call: self.loop.create_task(self._call(call)) for call in CALLS}
        self.loop.run_until_idle()
        return {call: _end(task) for call, task in self.tasks.items()}

    def _do_planned(self, step: int) -> None:
        for way in self.planned:
            if isinstance(way, Ended) and way.step == step and not (task := self.tasks[way.call]).done():
                self.reached.add(way)
                if not way.is_dropped:
                    task.cancel()
                elif coroutine := task.get_coro():
                    coroutine.close()

    async def _call(self, call: int) -> str:
        for _ in range(self.begin[call]):
            await asyncio.sleep(0)
        return await self.together.served("C-1", call, self._serve)

    async def _serve(self, group: Group[int, str]) -> Sequence[str | Exception]:
        number, self.servings, self.leading = self.servings, self.servings + 1, self.leading + 1
        assert self.leading == 1, "one leads at a time"
        faults = {each.point: each for each in self.planned if isinstance(each, Failed) and each.serving == number}
        try:
            return await self._served(group, faults)
        finally:
            self.leading -= 1

    async def _served(self, group: Group[int, str], faults: Mapping[int, Failed]) -> Sequence[str | Exception]:
        for point in POINTS:
            await (self._answer() if point == 1 else asyncio.sleep(0))
            if point in faults:
                self.reached.add(faults[point])
                for item in group.items:
                    self.failed_with.setdefault(item, set()).add(type(faults[point].fault()))
                if faults[point].fault is TooFewEnds:
                    return [str(group.items[0])]
                raise faults[point].fault()
            if point < 2:
                group.take()
        return [str(item) for item in group.items]

    def _answer(self) -> asyncio.Future[None]:
        """Of the store: a future, which a cancelled call cancels."""
        answer = self.loop.create_future()

        def give() -> None:
            if not answer.done():
                answer.set_result(None)

        self.loop.call_soon(give)
        return answer


def _end(task: asyncio.Task[str]) -> Any:
    if not task.done():
        return "waits for ever"
    if task.cancelled():
        return asyncio.CancelledError
    return type(fault) if (fault := task.exception()) else task.result()


def wrong(run: Run) -> Iterator[str]:
    for call, end in run.ends().items():
        ended = {way.call for way in run.reached if isinstance(way, Ended)}
        failed = run.failed_with.get(call, set())
        if end != str(call) and call not in ended and not failed:
            yield f"{call} ends with {end}, though nothing ended it"
        if end == "waits for ever" and call not in ended:
            yield f"{call} waits for ever"
    if run.together._lines:
        yield "a line is left"


@pytest.mark.parametrize("share", [0.2, pytest.param(1, marks=pytest.mark.deep)])
@pytest.mark.parametrize("begin", BEGIN)
def test_whatever_two_things_end_calls_every_other_ends(begin: str, share: float) -> None:
    """Of pairs, those of which the first alone does come to be; in the suite a fresh share of them."""
    runs, draw = 0, random.Random(fresh_seed())
    for first in ways():
        alone = Run(BEGIN[begin], [first])
        assert not (found := list(wrong(alone))), f"{first}: {found}"
        if first not in alone.reached:
            continue
        for second in ways():
            if draw.random() > share:
                continue
            run = Run(BEGIN[begin], [first, second])
            assert not (found := list(wrong(run))), f"{first}, {second}: {found}"
            runs += 1
    print(f"{runs} runs")
    assert runs > 4_000 * share
