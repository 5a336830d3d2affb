"""The timers' functions: each does all of its sweeps, and ends before the host would kill the process."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from functions.sweep import _each
from shared.ports import Ports
from shared.workflow import gone_back, retention, sweep
from tests.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("functions.sweep.ports", lambda: world.ports)
    return world


async def test_a_sweep_that_fails_does_not_stop_those_after_it_and_is_raised(world: World) -> None:
    swept: list[str] = []

    async def fails(_: Ports) -> None:
        swept.append("fails")
        raise ValueError("of the first")

    async def follows(ports: Ports) -> None:
        assert ports is world.ports
        swept.append("follows")

    with pytest.raises(ValueError, match="of the first"):
        await _each(fails, follows)
    assert swept == ["fails", "follows"]


@pytest.mark.parametrize(
    "longest",
    [
        [sweep.LONGEST_SWEEP],
        [gone_back.LONGEST_SWEEP],
        [retention.LONGEST] * len(retention._PAGES),
    ],
    ids=["sweep_outboxes", "sweep_fan_outs", "remove_expired"],
)
def test_what_a_function_does_for_long_leaves_a_minute_and_a_half_of_what_the_host_gives_it(
    longest: list[timedelta],
) -> None:
    hours, minutes, seconds = map(int, json.loads((ROOT / "host.json").read_text())["functionTimeout"].split(":"))
    given = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert sum(longest, timedelta()) + timedelta(seconds=90) <= given
