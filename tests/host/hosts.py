"""Development hosts as child processes, and queues to feed them.

Arrives: an app folder, settings and the connection string of an Azurite. Leaves: a served host, stopped at the end.
"""

import base64
import json
import os
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
        time.sleep(0.02)
    return found


@dataclass
class RunningHost:
    process: subprocess.Popen[bytes]
    url: str
    log: Path
    prefix: str
    connection: str
    queues: dict[str, QueueClient] = field(default_factory=dict)

    def calls(self, name: str) -> list[Any]:
        return list(ask(f"{self.url}/api/calls").json().get(name, []))

    def bodies(self, name: str) -> list[str]:
        return [call["body"] for call in self.calls(name)]

    def status(self) -> dict[str, Any]:
        return dict(ask(f"{self.url}/admin/host/status").json())

    def queue(self, name: str) -> QueueClient:
        if name not in self.queues:
            queue = QueueClient.from_connection_string(self.connection, f"{self.prefix}-{name}")
            with suppress(ResourceExistsError):
                queue.create_queue()
            self.queues[name] = queue
        return self.queues[name]

    def send(self, name: str, body: bytes) -> None:
        self.queue(name).send_message(base64.b64encode(body).decode())

    def settle(self, seconds: float = 20) -> None:
        eventually(lambda: self.status()["idle"], seconds)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def environment(connection: str, prefix: str, **more: str) -> dict[str, str]:
    own = {"EligibilityStorage": connection, "AzureWebJobsStorage": connection, "PREFIX": prefix}
    return {**os.environ, **QUICK, "SCHEDULE": "0 0 0 1 1 *", **own, **more}


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
            yield RunningHost(process, line[1], log, prefix, connection)
        finally:
            process.terminate()
            process.wait(10)
