"""SIGINT and SIGTERM end the work, or it never begins; what was started is then stopped in order.

The first signal cancels the work, which then stops in order what it started; a later one is only noted.
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
        self.first: int | None = None
        self.asked_again = False
        self._cancel: Callable[[], object] | None = None
        for each in STOP_SIGNALS:
            signal.signal(each, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # the caller may have blocked them until here

    @property
    def status(self) -> int:
        """As a shell reports the end by a signal; 0 if there was none."""
        return 0 if self.first is None else 128 + self.first

    def _note(self, number: int, _frame: Any) -> None:
        self.stop(number)

    def stop(self, number: int) -> None:
        """As the signal of this number does."""
        if self.first is not None:
            self.asked_again = True
            return
        self.first = number
        if self._cancel:
            self._cancel()

    async def until_stopped(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; a signal cancels it, and it can clean up."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)  # threadsafe: it wakes a loop that waits
        if self.first is not None:
            task.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            self._cancel = None
