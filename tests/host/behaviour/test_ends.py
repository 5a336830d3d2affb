"""Each measured line about workers and hosts that end: the first two of a real host too, the others need its process.

Those others hold a development host of their own: a host reached by its address alone cannot be killed.
"""

import signal
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.host.ports import answers
from tests.host.behaviour.conftest import FUNCTION_TIMEOUT
from tests.host.hosts import Answer, RunningHost, ServedApp, ask, eventually, lives, running

LONG = 40
ALL_FAILED, NEW_WORKER = 2, 3
"""Seconds in which it was so; measured."""
SLACK = 8
"""Seconds that a busy machine may add."""


class Asking:
    """A request that is under way."""

    def __init__(self, app: ServedApp, path: str, method: str = "GET") -> None:
        self.answers: list[Answer] = []
        self.seconds = 0.0
        self._asked = app.url + path, method
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        started = time.monotonic()
        url, method = self._asked
        self.answers.append(ask(url, method, b"" if method == "POST" else None))
        self.seconds = time.monotonic() - started

    def status(self) -> int:
        self._thread.join(LONG)
        assert self.answers, "no answer in time"
        return self.answers[0].status


def test_a_worker_that_dies_fails_all_calls_in_flight_and_another_is_there_soon(doomed: ServedApp) -> None:
    name = uuid.uuid4().hex
    gate = f"g{name}"
    beside = Asking(doomed, f"/api/wait/{gate}")
    doomed.send("binary", f"wait {gate}".encode())
    eventually(lambda: doomed.most_at_once(gate) == 2, LONG)
    died = time.monotonic()
    killer = Asking(doomed, "/api/die", "POST")
    assert (killer.status(), beside.status()) == (500, 500)
    assert time.monotonic() - died < ALL_FAILED + SLACK
    eventually(lambda: ask(f"{doomed.url}/api/echo/1").status == 200, LONG)
    assert time.monotonic() - died < NEW_WORKER + SLACK
    again = eventually(lambda: [each for each in doomed.calls("binary") if each["body"] == f"wait {gate}"], LONG)
    assert [each["count"] for each in again] == [2]
    doomed.open(gate)


def test_a_function_past_its_timeout_costs_the_calls_beside_it_their_own(doomed_second: ServedApp) -> None:
    name = uuid.uuid4().hex
    first = Asking(doomed_second, f"/api/wait/a{name}")
    eventually(lambda: doomed_second.most_at_once(f"a{name}"), LONG)
    later = time.monotonic() + FUNCTION_TIMEOUT / 2
    eventually(lambda: time.monotonic() > later)
    doomed_second.queue("binary").send_message(f"wait b{name}")
    beside = Asking(doomed_second, f"/api/wait/b{name}")
    eventually(lambda: doomed_second.most_at_once(f"b{name}") == 2, LONG)
    assert first.status() == 500
    assert ask(f"{doomed_second.url}/api/echo/1").status == 200, "a new worker answers"
    assert beside.status() == 500
    assert beside.seconds >= FUNCTION_TIMEOUT - 0.5, "nobody tells it"
    again = eventually(
        lambda: [each for each in doomed_second.calls("binary") if each["body"] == f"wait b{name}"], LONG
    )
    assert again[0]["count"] == 2
    doomed_second.open(f"b{name}")


def test_sigterm_takes_nothing_new_completes_what_runs_and_ends(azurite: str, log: Path) -> None:
    with running(azurite, log) as host:
        host.send("binary", b"wait 3")
        asking = Asking(host, "/api/wait/3")
        eventually(lambda: host.most_at_once("3") == 2)
        host.process.send_signal(signal.SIGTERM)
        eventually(lambda: f"{host.prefix}-binary: takes nothing more" in log.read_text())
        eventually(lambda: _refuses(host))
        host.send("binary", b"late")
        assert host.process.wait(20) == 0
        assert asking.status() == 200
        left = [(each.content, each.dequeue_count) for each in host.queue("binary").peek_messages(32)]
        assert left == [("bGF0ZQ==", 0)]


def children(pid: int) -> list[int]:
    """Only Linux says."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in listed.read_text().split()] if listed.exists() else []


def _refuses(host: RunningHost) -> bool:
    return not answers(urlsplit(host.url).port or 0)


@pytest.mark.parametrize("ends", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM], [signal.SIGKILL]])
def test_a_host_that_ends_at_once_leaves_its_messages_to_come_again_after_their_lease(
    azurite: str, log: Path, ends: list[signal.Signals]
) -> None:
    """Ctrl-C and a second signal are the development host's own way; the lease is 600 s where no option shortens it."""
    with running(azurite, log, "--lease", "1") as host:
        host.send("binary", b"wait ever")
        eventually(lambda: host.calls("binary"))
        workers = children(host.process.pid)
        asked = time.monotonic()
        for each in ends[:-1]:
            host.process.send_signal(each)
            eventually(lambda: _refuses(host))
        host.process.send_signal(ends[-1])
        host.process.wait(10)
        eventually(lambda: not any(lives(each) for each in workers))
        assert time.monotonic() - asked < SLACK
        assert (host.process.returncode == 0) == (signal.SIGKILL not in ends)
        prefix = host.prefix
    with running(azurite, log, prefix=prefix) as second:
        eventually(lambda: [each["count"] for each in second.calls("binary")] == [2])
