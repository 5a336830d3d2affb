"""The running app as a client finds it: its clock is right, so that the time an SDK writes by itself is accepted."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient

from local.azurite import Azurite
from local.setup.node import find_node
from shared.messaging.sender import Queue
from tests.host.hosts import ROOT, RunningHost, eventually
from tests.outside_tools import csharp_or_skip
from tests.running_app import running_app
from tests.system.running_system import RunningSystem
from tests.system.transports import ServiceBus, StorageQueues, service_bus

HERE = Path(__file__).parent


@dataclass
class Listening:
    """An app, and where its producers send."""

    system: RunningSystem
    events_url: str
    connection: str

    def has_heard_of(self, customers: set[str]) -> bool:
        """Each has its licence, and nothing went to quarantine."""
        self.system.host.settle(60)
        assert self.system.every("quarantine") == []
        licences = {each: self.system.get(f"customers/{each}")["licences"] for each in customers}
        return all([licence["licenceId"] for licence in held] == ["L-1"] for held in licences.values())


@contextmanager
def over_storage_queues(log: Path) -> Iterator[Listening]:
    with Azurite() as azurite, _app(azurite.connection_string, log) as host:
        with QueueClient.from_connection_string(azurite.connection_string, Queue.EVENTS.value) as queue:
            eventually(lambda: _is_there(queue))
        system = RunningSystem(host, StorageQueues(azurite.connection_string))
        yield Listening(system, f"{host.url}/api/events", azurite.connection_string)


def _is_there(queue: QueueClient) -> bool:
    """The app makes it once it is up."""
    try:
        return bool(queue.get_queue_properties())
    except ResourceNotFoundError:
        return False


@contextmanager
def over_service_bus(log: Path) -> Iterator[Listening]:
    with Azurite() as azurite, service_bus() as bus, _app(azurite.connection_string, log, bus) as host:
        system = RunningSystem(host, bus)
        yield Listening(system, f"{host.url}/api/events", bus.broker.connection_string)


@contextmanager
def _app(connection: str, log: Path, bus: ServiceBus | None = None) -> Iterator[RunningHost]:
    settings = bus.settings if bus else {}
    with running_app(connection, log, "--longest-pause", "0.1", **settings) as host:
        yield host


def node(script: str, place: str) -> str:
    """What a script of this folder prints; it finds its packages in the checkout."""
    found = find_node()
    assert found is not None
    return _printed([str(found), str(HERE / script), place])


def dotnet(*transports_and_places: str) -> str:
    """What the producer in C# prints; it takes its time to compile."""
    return _printed(csharp_or_skip(HERE / "producer.cs", *transports_and_places))


def _printed(command: list[str]) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
