"""The development host: serves an app's HTTP routes, reads its queues and fires its timers, as Azure Functions would.

``/admin/host/status`` says whether there is anything left to do.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from aiohttp import web

from local.host.activity import Activity
from local.host.http_path import split_target
from local.host.http_server import HttpSite
from local.host.http_trigger import HttpTriggers
from local.host.keys import Keys
from local.host.message_sources import MessageSources
from local.host.ports import HOST
from local.host.queue_trigger import Polling
from local.host.settings import HostSettings, apply_local_settings
from local.host.timer_locks import TimerLocks
from local.host.timer_trigger import TimerTrigger
from local.host.worker import Calls, Function, Worker

STATUS: Final = "/admin/host/status"
RUN_TIMER: Final = "/admin/functions/"
log = logging.getLogger("host")


class Trigger(Protocol):
    async def run(self) -> None: ...

    def stop_taking(self) -> None:
        """Begin nothing more; ``run`` returns when what runs has ended."""


@dataclass(frozen=True, slots=True)
class Status:
    """``idle``: every queue with a trigger is empty, hidden messages counted, and nothing is in flight."""

    idle: bool
    in_flight: int
    queues: dict[str, int]


class Host:
    def __init__(
        self,
        app: Path,
        port: int,
        polling: Polling,
        keys: Iterable[str] = (),
        make_worker: Callable[[float], Calls] = Worker,
    ) -> None:
        """``make_worker`` takes functionTimeout; the usual worker is in this process and dies with it alone."""
        self.port = port
        self._make_worker = make_worker
        self._worker: Calls | None = None
        self._keys = Keys(keys)
        self._app = app.resolve()
        self._activity = Activity()
        self._sources = MessageSources(self._activity, polling)
        self._timers: dict[str, TimerTrigger] = {}
        self._timers_may_fire = asyncio.Event()
        self._timers_may_fire.set()
        self._locks: TimerLocks | None = None
        self._triggers: list[Trigger] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._http: HttpTriggers | None = None
        self._site = HttpSite(self._answer)

    async def start(self) -> None:
        """Load the app and serve it; raises AppError if it cannot be."""
        apply_local_settings(self._app)
        settings = HostSettings.read(self._app, os.environ)
        self._worker = worker = self._make_worker(settings.function_timeout)
        functions = await worker.load(self._app)
        routed = _of(functions, "httpTrigger")
        self._http = HttpTriggers(routed, settings.route_prefix, worker, self._activity, self._keys)
        triggers = self._sources.triggers(functions, worker, settings)
        self._locks = locks = TimerLocks(self._app, settings)
        timed = _of(functions, "timerTrigger")
        timers = [
            TimerTrigger(each, worker, self._activity, locks.of(each.name), self._timers_may_fire) for each in timed
        ]
        self._timers = {each.function.name: each for each in timers}
        self.port = await self._site.start(HOST, self.port)
        self._triggers = [*triggers, *timers]
        for trigger in self._triggers:
            self._start(trigger.run())

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        path, _ = split_target(request.raw_path)
        if path == STATUS:
            return await self._answer_status()
        if request.method == "POST" and path.startswith(RUN_TIMER):
            return self._run_timer(path.removeprefix(RUN_TIMER))
        assert self._http  # noqa: S101  narrows the type
        return await self._http.answer(request)

    async def status(self) -> Status:
        """Counts are taken twice: a message may move to a queue already counted before it leaves the one it was in."""
        started = self._activity.started
        busy = self._activity.in_flight
        counts = await self._sources.counts()
        if busy == 0 and not any(counts.values()):
            counts = await self._sources.counts()
        quiet = busy == 0 and self._activity.in_flight == 0 and self._activity.started == started
        return Status(quiet and not any(counts.values()), self._activity.in_flight, counts)

    @contextmanager
    def timers_held(self) -> Iterator[None]:
        """None begins; those that come due meanwhile run afterwards."""
        self._timers_may_fire.clear()
        try:
            yield
        finally:
            self._timers_may_fire.set()

    def run_timer(self, name: str) -> bool:
        """Begin it now; whether there is one of that name."""
        if timer := self._timers.get(name):
            self._start(timer.fire(past_due=False))
        return timer is not None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_log_failure)
        self._tasks.append(task)

    async def _answer_status(self) -> web.Response:
        status = await self.status()
        return web.json_response(
            {"state": "Running", "idle": status.idle, "inFlight": status.in_flight, "queues": status.queues}
        )

    def _run_timer(self, name: str) -> web.Response:
        return web.Response(status=202 if self.run_timer(name) else 404)

    async def drain(self, is_over: Callable[[], bool]) -> None:
        """Take nothing new, and wait until what is running has ended or it ``is_over``."""
        for trigger in self._triggers:
            trigger.stop_taking()
        await self._site.stop_listening()
        while not is_over() and self._is_busy():  # noqa: ASYNC110  it may be over by a signal
            await asyncio.sleep(0.02)

    def _is_busy(self) -> bool:
        return bool(self._activity.in_flight) or not all(task.done() for task in self._tasks)

    async def stop(self) -> None:
        """At once: what is in flight comes again when its lease ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._site.close()
        if self._worker:
            await self._worker.stop()
        if self._locks:
            await self._locks.close()
        await self._sources.close()


def _of(functions: list[Function], kind: str) -> list[Function]:
    return [function for function in functions if function.trigger["type"] == kind]


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("a trigger stopped working", exc_info=error)
