"""Processes whose clocks are off, over a storage whose answers say what time it is, as Azure's and Azurite's do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

from shared.storage.store import Store
from shared.storage_clock import StorageClock
from tests.watched_store import Call, WatchedStore, Watcher


def storage_clock(now: Callable[[], datetime], ahead: Callable[[], timedelta]) -> StorageClock:
    """Of a machine whose clock is ``ahead`` of ``now``, where time elapses as ``now`` goes on."""

    def elapsed() -> float:
        return now().timestamp()

    return StorageClock(lambda: elapsed() + ahead().total_seconds(), elapsed)


def dated(clock: StorageClock, now: Callable[[], datetime], after: Watcher | None = None) -> Watcher:
    """For after a call of the store: its answer had a date."""

    async def watch(call: Call) -> None:
        clock.answered(format_datetime(now(), usegmt=True))
        if after is not None:
            await after(call)

    return watch


def dated_store(store: Store, clock: StorageClock, now: Callable[[], datetime]) -> WatchedStore:
    return WatchedStore(store, after=dated(clock, now))
