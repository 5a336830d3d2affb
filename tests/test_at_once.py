"""Many calls at a time, but no more than a number of them."""

import asyncio

import pytest

from shared.at_once import AtOnce, all_of, at_once


async def test_no_more_run_at_a_time_and_results_are_in_the_order_of_the_items() -> None:
    running, most = 0, 0

    async def call(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return -item

    assert await at_once(call, range(50), 3) == [-item for item in range(50)]
    assert most == 3


async def test_a_call_that_fails_fails_all_and_gives_up_its_turn() -> None:
    calls = AtOnce(1)

    async def fail() -> None:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await calls.one(fail)


async def test_after_a_failure_none_begins() -> None:
    begun = []

    async def call(item: int) -> None:
        begun.append(item)
        await asyncio.sleep(0)
        if item == 1:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await at_once(call, range(50), 3)
    for _ in range(100):
        await asyncio.sleep(0)
    assert begun == [0, 1, 2]


async def test_of_several_calls_all_run_at_a_time_and_a_single_one_in_the_callers_task() -> None:
    met = asyncio.Barrier(2)

    async def call(item: int) -> tuple[int, asyncio.Task[object] | None]:
        if item:
            await met.wait()
        return item, asyncio.current_task()

    first, second = await asyncio.wait_for(all_of([call(1), call(2)]), 10)
    assert (first[0], second[0]) == (1, 2)
    assert await all_of([call(0)]) == [(0, asyncio.current_task())]
    assert await all_of([]) == []
