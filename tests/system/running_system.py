"""The whole system as its users run it: Azurite, the development host, the app unmodified.

Arrives: messages for the queue or for HTTP. Leaves: what people can read of it: HTTP answers and notifications.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient

from local.azurite import Azurite
from tests.host.hosts import ROOT, Answer, RunningHost, ask, running

NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
"""When the system believes it starts: no test may last until its midnight."""


class RunningSystem:
    """One host, fed and read from outside."""

    def __init__(self, host: RunningHost) -> None:
        self.host = host
        self._events = self._queue("eligibility-events")
        self._notifications = self._queue("eligibility-notifications")

    def _queue(self, name: str) -> QueueClient:
        return QueueClient.from_connection_string(self.host.connection, name)

    def create_event_queue(self) -> None:
        with suppress(ResourceExistsError):
            self._events.create_queue()

    def send(self, body: bytes) -> None:
        """Straight onto the event queue."""
        text = base64.b64encode(body).decode()
        try:
            self._events.send_message(text)
        except ResourceNotFoundError:
            self.create_event_queue()
            self._events.send_message(text)

    def send_raw(self, queue: str, text: bytes | str) -> None:
        """Text as it lies on a queue, in base64 or not; the SDK writes it as XML, which holds no control character."""
        client = self._queue(queue)
        with suppress(ResourceExistsError):
            client.create_queue()
        client.send_message(text if isinstance(text, str) else base64.b64encode(text).decode())

    def post(self, body: bytes) -> Answer:
        return ask(f"{self.host.url}/api/events", "POST", body)

    def get(self, path: str) -> Any:
        answer = ask(f"{self.host.url}/api/{path}")
        assert answer.status == 200, (path, answer)
        return answer.json()

    def every(self, path: str) -> list[Any]:
        """All items of a list, over its pages."""
        items: list[Any] = []
        after: str | None = ""
        while after is not None:
            separator = "&" if "?" in path else "?"
            page = self.get(f"{path}{separator}limit=100" + (f"&after={after}" if after else ""))
            items += page["items"]
            after = page["next"]
        return items

    def notifications(self) -> dict[str, dict[int, list[bytes]]]:
        """Bodies by customer and sequence, taken off the queue."""
        found: dict[str, dict[int, list[bytes]]] = {}
        while messages := list(self._notifications.receive_messages(max_messages=32, visibility_timeout=600)):
            for message in messages:
                body = base64.b64decode(message.content)
                data = json.loads(body)["data"]
                found.setdefault(data["customerId"], {}).setdefault(data["sequence"], []).append(body)
                self._notifications.delete_message(message)
        return found


@contextmanager
def running_system(log: Path, *more: str, later: bool = False) -> Iterator[RunningSystem]:
    """A system that believes it is ``NOW``, or some years later; ``more`` are options of the host."""
    now = NOW.replace(year=2030) if later else NOW
    offset = str(int((now - datetime.now(UTC)).total_seconds()))
    with Azurite() as azurite:
        options = ("--app", str(ROOT), "--longest-pause", "0.01", *more)
        with running(azurite.connection_string, log, *options, CLOCK_OFFSET_SECONDS=offset) as host:
            yield RunningSystem(host)
