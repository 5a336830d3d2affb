"""Sends no faster than events are handled, so that those of others do not wait behind an import for long.

A long queue is also slow on Azurite, whose calls take as long as the queue has messages.
"""

import asyncio
from collections.abc import Awaitable, Callable

from shared.errors import PassingError

MOST_WAITING = 250
"""Events on the queue before a portion is sent."""
_LOOK_EVERY, _LONGEST = 0.2, 30.0
"""Seconds: between two looks, and until a queue that gets no shorter is taken for one that nobody handles."""


class Pace:
    """``count`` gives how many events wait, or raises PassingError; None: nobody can say, and nothing is waited for."""

    def __init__(self, count: Callable[[], Awaitable[int]] | None) -> None:
        self._count = count

    async def wait(self) -> None:
        """Until few enough wait, unless nobody handles them or they cannot be counted: then never again."""
        loop, fewest, since = asyncio.get_running_loop(), None, 0.0
        while self._count:
            try:
                waiting = await self._count()
            except PassingError:
                self._count = None
                return
            if waiting <= MOST_WAITING:
                return
            if fewest is None or waiting < fewest:
                fewest, since = waiting, loop.time()
            elif loop.time() - since >= _LONGEST:
                self._count = None
                return
            await asyncio.sleep(_LOOK_EVERY)


AT_ONCE = Pace(None)
"""Waits for nothing."""
