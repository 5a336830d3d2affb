"""A small soak, so that ``./dev soak`` keeps working: workers killed, calls harmed, nothing lost and nothing wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fresh_seed import fresh_seed, told
from tests.soak.plan import Plan
from tests.soak.soak import soak


@pytest.mark.timeout(300)
async def test_workers_killed_over_a_storage_that_fails_lose_nothing_and_tell_nothing_wrong(tmp_path: Path) -> None:
    plan = Plan(fresh_seed(), events=200, kills=4, workers=2, faults=0.03, lease=2, stops=[timedelta(days=100)])
    figures = await soak(plan, lambda share, state: None, tmp_path / "log")
    assert figures.violations == [], told()
    assert figures.kills == plan.kills
    assert figures.repeats >= 0.05 * plan.events
    assert figures.harms.total() > 0.01 * figures.calls
    assert figures.notifications > 0
    assert figures.erased > 0
    assert figures.begun_again > 0
