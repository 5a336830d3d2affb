"""Together: one call leads, the others are served with it, and none is forgotten whoever is cancelled or fails."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from shared.together import MOST, Group, Together


def fresh() -> Together[str, int, str]:
    return Together()


class Serving:
    """Serves what it takes once it is let ``go``; ``served`` are the groups in their order."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.served: list[list[int]] = []
        self.fault: BaseException | None = None

    async def __call__(self, group: Group[int, str]) -> Sequence[str | Exception]:
        await self.go.wait()
        items = list(group.take())
        self.served.append(items)
        await asyncio.sleep(0)
        if self.fault:
            fault, self.fault = self.fault, None
            raise fault
        return [ValueError(item) if item < 0 else str(item) for item in items]


async def started(
    together: Together[str, int, str], serving: Serving, *items: int, owner: str = "C-1"
) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(together.served(owner, item, serving)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_calls_that_wait_are_served_together_each_with_its_own_end() -> None:
    together, serving = fresh(), Serving()
    tasks = await started(together, serving, 1, -2, 3)
    serving.go.set()
    one, two, three = await asyncio.gather(*tasks, return_exceptions=True)
    assert (one, repr(two), three) == ("1", "ValueError(-2)", "3")
    assert serving.served == [[1, -2, 3]]


async def test_owners_do_not_wait_for_each_other_and_a_call_that_nobody_waits_for_leaves_nothing() -> None:
    together, slow, quick = fresh(), Serving(), Serving()
    (waiting,) = await started(together, slow, 1)
    quick.go.set()
    assert await together.served("C-2", 2, quick) == "2"
    slow.go.set()
    assert await waiting == "1"
    assert together._lines == {}


async def test_at_most_so_many_are_served_together_and_the_next_leads_the_rest() -> None:
    together, serving = fresh(), Serving()
    tasks = await started(together, serving, *range(2 * MOST + 5))
    serving.go.set()
    assert await asyncio.gather(*tasks) == [str(number) for number in range(2 * MOST + 5)]
    assert [len(group) for group in serving.served] == [MOST, MOST, 5]


async def test_what_the_leader_fails_with_fails_all_it_took_and_nobody_who_came_later() -> None:
    together, serving = fresh(), Serving()
    tasks = await started(together, serving, 1, 2)
    serving.fault = OSError("gone")
    serving.go.set()
    await asyncio.sleep(0)
    tasks += await started(together, serving, 3)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert list(map(repr, ends)) == ["OSError('gone')"] * 2 + ["'3'"]


async def test_when_the_leader_is_cancelled_the_next_leads_with_those_it_took() -> None:
    together, serving = fresh(), Serving()
    first, *others = await started(together, serving, 1, 2, 3)
    serving.fault = asyncio.CancelledError()
    serving.go.set()
    assert await asyncio.gather(*others) == ["2", "3"]
    assert first.cancelled()
    assert serving.served == [[1, 2, 3], [2, 3]]


async def test_a_call_cancelled_as_it_is_chosen_to_lead_passes_that_on() -> None:
    together, serving = fresh(), Serving()
    first, second, third = await started(together, serving, 1, 2, 3)
    first.cancel()
    await asyncio.sleep(0)
    second.cancel()
    serving.go.set()
    assert await third == "3"
    assert serving.served == [[3]]


@pytest.mark.parametrize("seed", range(200))
async def test_whoever_is_cancelled_or_fails_all_others_end_and_no_line_is_left(seed: int) -> None:
    chance, together = random.Random(seed), fresh()

    async def serve(group: Group[int, str]) -> Sequence[str | Exception]:
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
            group.take()
        if chance.random() < 0.2:
            raise OSError
        await asyncio.sleep(0)
        return [str(item) for item in group.items]

    async def call(number: int) -> str:
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
        return await together.served(f"C-{number % 2}", number, serve)

    tasks = [asyncio.create_task(call(number)) for number in range(20)]
    cancelled = []
    for _ in range(12):
        await asyncio.sleep(0)
        if chance.random() < 0.5:
            cancelled.append(chance.choice(tasks))
            cancelled[-1].cancel()
    async with asyncio.timeout(5):
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for number, end in enumerate(ends):
        assert end == str(number) or isinstance(end, OSError) or tasks[number] in cancelled
    assert together._lines == {}
