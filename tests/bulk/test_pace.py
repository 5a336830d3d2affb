"""An import waits while many events wait on the queue, but not for a queue that nobody handles."""

import asyncio

from local.commands.bulk.pace import MOST_WAITING, Pace
from shared.errors import PassingError
from tests.virtual_time import run

MANY = MOST_WAITING + 1


async def waited(counts: list[int]) -> tuple[float, int]:
    """Seconds, and how many of the counts were not asked for."""
    left = list(counts)

    async def count() -> int:
        return left.pop(0) if len(left) > 1 else left[0]

    began = asyncio.get_running_loop().time()
    await Pace(count).wait()
    return asyncio.get_running_loop().time() - began, len(left) - 1


def test_it_waits_until_few_enough_wait() -> None:
    seconds, left = run(waited([MANY + 2, MANY + 1, MANY, MOST_WAITING]))
    assert (round(seconds, 3), left) == (0.6, 0)
    assert run(waited([MOST_WAITING])) == (0, 0)


def test_it_waits_as_long_as_the_queue_gets_shorter() -> None:
    seconds, left = run(waited([*range(MANY + 500, MANY - 2, -1)]))
    assert seconds > 90
    assert left == 0


def test_a_queue_that_nobody_handles_is_not_waited_for_again() -> None:
    async def both() -> tuple[float, float]:
        async def count() -> int:
            return MANY

        pace, loop = Pace(count), asyncio.get_running_loop()
        await pace.wait()
        first = loop.time()
        await pace.wait()
        return first, loop.time() - first

    first, second = run(both())
    assert 30 <= first < 32
    assert second == 0


def test_what_may_not_count_does_not_wait() -> None:
    async def count() -> int:
        raise PassingError("queue: 403")

    run(Pace(count).wait())
    run(Pace(None).wait())
