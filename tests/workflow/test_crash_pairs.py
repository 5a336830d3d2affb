"""Pairs of crashes: a worker dies at any call of a message's first delivery, and the next at any call of its second."""

from time import monotonic

import pytest

from tests.due_rows import in_two_parts
from tests.workflow.test_crashes import SCENARIOS, broken, ends

BREAKS = [(sends, after) for sends in (False, True) for after in (False, True)]
NAMES = ["before a store call", "after a store call", "before a send", "after a send"]


@pytest.fixture(autouse=True)
def _few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    in_two_parts(monkeypatch)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", BREAKS, ids=NAMES)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_break_at_any_call_of_each_of_two_deliveries_is_healed_by_a_third(
    scenario: str, first: tuple[bool, bool]
) -> None:
    started, pairs, number = monotonic(), 0, 1
    expected = await undisturbed(scenario)
    while (found := await seconds_after(scenario, first, number, expected)) is not None:
        pairs, number = pairs + found, number + 1
    print(f"{pairs} pairs in {monotonic() - started:.1f} s")
    assert pairs or first[0], "no call was broken"


async def undisturbed(scenario: str) -> dict[str, object]:
    begin, step = SCENARIOS[scenario]
    world = await begin()
    await step(world)
    return await ends(world)


async def seconds_after(
    scenario: str, first: tuple[bool, bool], number: int, expected: dict[str, object]
) -> int | None:
    """Try every second break after the first at call ``number``; gives how many pairs broke, None without such a call.

    The second delivery that no longer reaches its break ends the count of that kind, and must end well itself.
    """
    begin, step = SCENARIOS[scenario]
    pairs = 0
    for sends, after in BREAKS:
        second, broke = 1, True
        while broke:
            world = await begin()
            if not await broken(world, step, sends=first[0], after=first[1], number=number):
                return None
            broke = await broken(world, step, sends=sends, after=after, number=second)
            if broke:
                await step(world)
            assert await ends(world) == expected, f"after breaks at calls {number} and {second} ({sends=}, {after=})"
            pairs, second = pairs + broke, second + 1
    return pairs
