"""A timer trigger: calls its function when an NCRONTAB expression of six fields, in UTC, is due, never two at a time.

This host keeps no schedule over restarts, so at its start it takes every timer to be past due once.
"""

import asyncio
import json
import logging
from datetime import UTC, datetime

from croniter import croniter

from local.host.activity import Activity
from local.host.pauses import pause_unless
from local.host.protos import TypedData
from local.host.settings import AppError, resolve
from local.host.timer_locks import TimerLock
from local.host.worker import Calls, Function

log = logging.getLogger("host.timer")


class TimerTrigger:
    """One that is due while ``may_fire`` is not set waits for that."""

    def __init__(
        self, function: Function, worker: Calls, activity: Activity, lock: TimerLock, may_fire: asyncio.Event
    ) -> None:
        self.function, self._may_fire = function, may_fire
        self.schedule = resolve(function.trigger["schedule"], function.name)
        if len(self.schedule.split()) != 6 or not croniter.is_valid(self.schedule, second_at_beginning=True):
            raise AppError(f"function {function.name}: {self.schedule!r} is not a schedule of six fields")
        self._worker, self._activity, self._lock = worker, activity, lock
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """While this instance holds the lock; another that gets it takes the timer to be past due too."""
        while not self._stopping.is_set():
            if not await self._lock.acquire():
                await pause_unless(self._stopping, self._lock.poll)
                continue
            keeping = asyncio.create_task(self._lock.keep())
            try:
                await self._follow_schedule(keeping)
            finally:
                keeping.cancel()
                await self._lock.release()

    async def _follow_schedule(self, keeping: asyncio.Task[None]) -> None:
        await self.fire(past_due=True)
        while True:
            now = datetime.now(UTC)
            due = next_time(self.schedule, now)
            await pause_unless(self._stopping, (due - now).total_seconds())
            if self._stopping.is_set() or keeping.done():
                return
            await self.fire(past_due=False)

    def stop_taking(self) -> None:
        self._stopping.set()

    async def fire(self, past_due: bool) -> None:
        await self._may_fire.wait()
        with self._activity.one():
            async with self._turn:
                result = await self._worker.call(self.function, _timer_info(self.schedule, past_due))
        if not result.succeeded:
            log.error("%s failed: %s\n%s", self.function.name, result.error, result.trace)


def next_time(schedule: str, after: datetime) -> datetime:
    return croniter(schedule, after, ret_type=datetime, second_at_beginning=True).get_next()


def _timer_info(schedule: str, past_due: bool) -> TypedData:
    upcoming = next_time(schedule, datetime.now(UTC)).isoformat()
    status = {"Last": "0001-01-01T00:00:00", "Next": upcoming, "LastUpdated": "0001-01-01T00:00:00"}
    return TypedData(
        json=json.dumps({"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": past_due})
    )
