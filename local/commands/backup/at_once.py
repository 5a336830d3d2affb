"""Many calls at a time, but not more than a number of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

AT_ONCE = 32


async def for_each[T](items: Iterable[T], call: Callable[[T], Awaitable[object]]) -> None:
    """Raises what the first failing call raised, after those under way have ended."""
    left = iter(items)

    async def work() -> None:
        for item in left:
            await call(item)

    ended = await asyncio.gather(*(work() for _ in range(AT_ONCE)), return_exceptions=True)
    for fault in ended:
        if fault is not None:
            raise fault
