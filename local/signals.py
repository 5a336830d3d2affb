"""SIGINT and SIGTERM end the work, or it never begins; what was started is then stopped in order.

The first signal counts, later ones change nothing.
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
        self._first = 0
        self._cancel: Callable[[], object] | None = None
        for each in STOP_SIGNALS:
            signal.signal(each, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # ./dev blocks them until here

    @property
    def status(self) -> int:
        """As a shell reports the end by a signal; 0 if there was none."""
        return 128 + self._first if self._first else 0

    def _note(self, number: int, _frame: Any) -> None:
        self.stop(number)

    def stop(self, number: int) -> None:
        """As the signal of this number does."""
        first, self._first = not self._first, self._first or number
        if first and self._cancel:
            self._cancel()

    async def until_stopped(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; a signal cancels it, and it can clean up."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)  # threadsafe: it wakes a loop that waits
        if self._first:
            task.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            self._cancel = None
