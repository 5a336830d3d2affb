"""Development hosts as child processes, and queues to feed them."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient

ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "app"
_BETWEEN_LOOKS = 0.05
"""Seconds. Most looks ask an app something, which takes some of the processor time that what is awaited needs."""
QUICK = {"AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def ask(url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """A body is JSON unless the headers say otherwise."""
    told = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(url, body, told | (headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return Answer(answer.status, _lower(answer.headers.items()), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers.items()), error.read())


def eventually[T](look: Callable[[], T], seconds: float = 20) -> T:
    """The first truthy answer; fails if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(_BETWEEN_LOOKS)
    return found


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except (ProcessLookupError, FileNotFoundError):
        return False


@dataclass(kw_only=True)
class ServedApp:
    """The app of these tests under some host, a real one perhaps, and queues to feed it."""

    url: str
    prefix: str
    connection: str
    keys: dict[str, str] = field(default_factory=dict)
    queues: dict[str, QueueClient] = field(default_factory=dict)

    def calls(self, name: str) -> list[Any]:
        return list(ask(f"{self.url}/api/calls").json().get(name, []))

    def bodies(self, name: str) -> list[str]:
        return [call["body"] for call in self.calls(name)]

    def most_at_once(self, gate: str) -> int:
        return int(ask(f"{self.url}/api/calls").json()["most"].get(gate, 0))

    def open(self, gate: str) -> None:
        """Let go on what waits there."""
        assert ask(f"{self.url}/api/open/{gate}", "POST", b"").status == 204

    def client(self, name: str) -> QueueClient:
        return QueueClient.from_connection_string(self.connection, f"{self.prefix}-{name}")

    def queue(self, name: str) -> QueueClient:
        """Made if it is missing."""
        if name not in self.queues:
            queue = self.client(name)
            with suppress(ResourceExistsError):
                queue.create_queue()
            self.queues[name] = queue
        return self.queues[name]

    def send(self, name: str, body: bytes) -> None:
        self.queue(name).send_message(base64.b64encode(body).decode())


@dataclass(kw_only=True)
class RunningHost(ServedApp):
    """A development host of our own."""

    process: subprocess.Popen[bytes]
    log: Path

    def status(self) -> dict[str, Any]:
        return dict(ask(f"{self.url}/admin/host/status").json())

    def settle(self, seconds: float = 20) -> None:
        eventually(lambda: self.status()["idle"], seconds)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def environment(connection: str, prefix: str, **more: str) -> dict[str, str]:
    own = {"Storage": connection, "AzureWebJobsStorage": connection, "PREFIX": prefix}
    # Hosts of one id share their timers, of which one alone runs each.
    identity = {"AzureFunctionsWebHost__hostid": prefix}
    return {**os.environ, **QUICK, **identity, "SCHEDULE": "0 0 0 1 1 *", **own, **more}


@contextmanager
def running(connection: str, log: Path, *options: str, prefix: str = "", **settings: str) -> Iterator[RunningHost]:
    prefix = prefix or f"t{uuid.uuid4().hex[:12]}"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command("local.host", "--app", str(APP), "--port", "0", *options),
            cwd=ROOT,
            env=environment(connection, prefix, **settings),
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    with process:
        try:
            assert process.stdout
            line = process.stdout.readline().decode().split()
            assert line[:1] == ["ready"], log.read_text()
            yield RunningHost(process=process, url=line[1], log=log, prefix=prefix, connection=connection)
        finally:
            process.send_signal(signal.SIGINT)  # at once, whatever is in flight
            process.wait(10)
