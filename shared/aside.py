"""Computing that takes long goes to a thread of its own, one at a time, so that the loop goes on meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

MOST_IN_LOOP = 50_000
"""Steps that are done at once, in some ten milliseconds: a thread would cost more than it gives."""


async def aside[T](steps: int, compute: Callable[[], T]) -> T:
    """What ``compute`` gives; ``steps`` is an estimate of what it takes."""
    if steps <= MOST_IN_LOOP:
        return compute()
    return await asyncio.get_running_loop().run_in_executor(_thread(), compute)


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "aside")
