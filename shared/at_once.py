"""Many calls at a time, but no more than a number of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

AT_ONCE = 16


class AtOnce:
    """Lets ``most`` calls run at a time; others wait for their turn."""

    def __init__(self, most: int = AT_ONCE) -> None:
        self._turn = asyncio.Semaphore(most)

    async def one[R](self, call: Callable[[], Awaitable[R]]) -> R:
        async with self._turn:
            return await call()

    async def each[T, R](self, call: Callable[[T], Awaitable[R]], items: Iterable[T]) -> list[R]:
        """The result for each item, in their order; raises what the first call to fail raised.

        After that no call begins.
        """
        failed = False

        async def one(item: T) -> R:
            nonlocal failed
            if failed:
                raise asyncio.CancelledError
            try:
                return await call(item)
            except BaseException:
                failed = True
                raise

        return await asyncio.gather(*(self.one(lambda item=item: one(item)) for item in items))  # type: ignore[misc]


async def all_of[R](calls: Iterable[Awaitable[R]]) -> Sequence[R]:
    """The result of each call, all at a time; a single one is awaited as it is, which saves a task and its turns.

    Calls from a generator are made when they are run: none is left over if this is cancelled before.
    """
    calls = list(calls)
    return [await calls[0]] if len(calls) == 1 else await asyncio.gather(*calls)


async def at_once[T, R](call: Callable[[T], Awaitable[R]], items: Iterable[T], most: int = AT_ONCE) -> list[R]:
    """The result of the call for each item, in their order; raises what the first call to fail raised."""
    return await AtOnce(most).each(call, items)
