"""An event loop without a clock or a socket: it runs what is ready, in order, until nothing is.

What is left then waits for an answer from outside.
"""

import asyncio
import itertools
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from heapq import heappop, heappush
from typing import Any


class BareLoop(asyncio.BaseEventLoop):
    """As much of a loop as tasks, futures and locks ask for. Time passes only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self._soon: deque[asyncio.Handle] = deque()
        self._later: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = itertools.count()
        self._now = 0.0

    def run_until_idle(self) -> None:
        """Run all that can run without an answer from outside."""
        events._set_running_loop(self)
        try:
            while self._soon:
                handle = self._soon.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            events._set_running_loop(None)

    def let_time_pass(self) -> bool:
        """Go on to the next moment that something waits for, and run; tells whether there is one."""
        if not self._later:
            return False
        self._now, _, handle = heappop(self._later)
        self._soon.append(handle)
        self.run_until_idle()
        return True

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """The result of work that waits for nothing outside."""
        task = self.create_task(work)
        self.run_until_idle()
        return task.result()

    def call_soon[*Ts](
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._soon.append(handle)
        return handle

    def call_at[*Ts](
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._later, (when, next(self._numbers), handle))
        return handle

    def call_later[*Ts](
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def run_in_executor[*Ts, T](self, executor: Any, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """What another thread would do is done at once."""
        done: asyncio.Future[T] = self.create_future()
        done.set_result(func(*args))
        return done

    def set_debug(self, enabled: bool) -> None:
        """Never: a run is to be quick."""

    def get_debug(self) -> bool:
        return False

    def time(self) -> float:
        return self._now

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tasks of a killed process never end; one that failed is heard of by the handler that began it."""

    def __del__(self) -> None:
        """Nothing is open."""
