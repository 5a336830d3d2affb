"""A timer runs on one instance of an app alone, and on another when that one ends: measured with two real hosts."""

import signal
import time
from pathlib import Path

import pytest

from tests.host.hosts import RunningHost, eventually, running

SINGLETON = "AzureFunctionsJobHost__singleton__"
SETTINGS = {
    "SCHEDULE": "* * * * * *",
    f"{SINGLETON}listenerLockPeriod": "00:00:15",  # the shortest lease that there is
    f"{SINGLETON}listenerLockRecoveryPollingInterval": "00:00:01",
}


def ticks(host: RunningHost) -> int:
    return len(host.calls("timer"))


@pytest.mark.parametrize(
    ("end", "longest"),
    [(signal.SIGTERM, 5), pytest.param(signal.SIGKILL, 20, marks=pytest.mark.deep)],
    ids=["when it ends it gives the lease back", "when it is killed the lease must end first"],
)
def test_a_timer_runs_on_one_instance_alone_and_on_another_after_it(
    end: signal.Signals, longest: float, azurite: str, tmp_path: Path
) -> None:
    with running(azurite, tmp_path / "first", **SETTINGS) as first:
        eventually(lambda: ticks(first) >= 1)
        with running(azurite, tmp_path / "second", prefix=first.prefix, **SETTINGS) as second:
            seen = ticks(first)
            eventually(lambda: ticks(first) >= seen + 3)
            assert ticks(second) == 0
            first.process.send_signal(end)
            first.process.wait(10)
            ended = time.monotonic()
            eventually(lambda: ticks(second) >= 2, longest + 10)
            assert time.monotonic() - ended < longest + 5
