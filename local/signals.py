"""SIGINT and SIGTERM: the normal way to end, from the very start on.

Arrives: a signal. Leaves: the work cancelled, or never begun; what was started is then stopped in order. The first
signal counts, later ones change nothing.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from typing import Any

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Takes note only: an exception out of a signal handler can be swallowed wherever it happens to strike."""

    def __init__(self) -> None:
        self._asked = False
        self._cancel: Callable[[], object] | None = None
        for each in STOP_SIGNALS:
            signal.signal(each, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # ./dev blocks them until here

    def _note(self, _number: int, _frame: Any) -> None:
        first, self._asked = not self._asked, True
        if first and self._cancel:
            self._cancel()

    async def until_stopped(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; a signal cancels it, and it can clean up."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)  # threadsafe: it wakes a loop that waits
        if self._asked:
            task.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            self._cancel = None
