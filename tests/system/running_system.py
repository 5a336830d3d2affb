"""The whole system as its users run it: Azurite, perhaps a Service Bus, the development host, the app unmodified.

Arrives: messages for the queue or for HTTP. Leaves: what people can read of it: HTTP answers and notifications.
"""

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient

from local.azurite import Azurite
from tests.host.hosts import Answer, RunningHost, ask, eventually
from tests.running_app import running_app
from tests.system.transports import ServiceBus, StorageQueues, Told, Transport, service_bus

NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
"""When the system believes it starts: no test may last until its midnight."""


class RunningSystem:
    """One host, fed and read from outside."""

    def __init__(self, host: RunningHost, transport: Transport) -> None:
        self.host, self._transport = host, transport

    @property
    def settings(self) -> dict[str, str]:
        """What a producer or a subscriber needs to know."""
        return {"EligibilityStorage": self.host.connection, **self._transport.settings}

    def create_event_queue(self) -> None:
        """For tests whose events come from elsewhere."""
        assert isinstance(self._transport, StorageQueues)
        self._transport.create_event_queue()

    def send(self, body: bytes) -> None:
        """Straight onto the event queue."""
        self._transport.send(body)

    def send_raw(self, queue: str, text: bytes | str) -> None:
        """Text as it lies on a queue, in base64 or not; the SDK writes it as XML, which holds no control character."""
        client = QueueClient.from_connection_string(self.host.connection, queue)
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

    def notifications(self) -> Told:
        """Bodies by customer and sequence, taken off the queue."""
        return self._transport.notifications()


@contextmanager
def running_system(
    log: Path, *more: str, later: bool = False, over: str = "storage-queue", bus: ServiceBus | None = None
) -> Iterator[RunningSystem]:
    """A system that is ready, and believes it is ``NOW``, or some years later.

    ``more`` are options of the host, ``over`` is what carries its messages, in place of which a ``bus`` may be given.
    """
    now = NOW.replace(year=2030) if later else NOW
    offset = str(int((now - datetime.now(UTC)).total_seconds()))
    # Each poll costs what the tests beside this one could use: of its queues most have nothing.
    options = ("--longest-pause", "0.1", *more)
    with ExitStack() as stack:
        azurite = stack.enter_context(Azurite())
        transport: Transport = StorageQueues(azurite.connection_string)
        if bus or over == "service-bus":
            transport = bus or stack.enter_context(service_bus())
        settings = {"CLOCK_OFFSET_SECONDS": offset, **transport.settings}
        host = stack.enter_context(running_app(azurite.connection_string, log, *options, **settings))
        eventually(lambda: ask(f"{host.url}/api/health").status == 200)  # its queues are there
        yield RunningSystem(host, transport)
