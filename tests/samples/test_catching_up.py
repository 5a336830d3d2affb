"""Two subscribers, one of which is down for a third of the run and loses its notifications, end with the same."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from local.broker import QueueEntity
from local.entities import PRODUCT
from tests import events
from tests.host.hosts import eventually
from tests.samples.programs import run, running
from tests.system.running_system import RunningSystem, running_system
from tests.system.transports import ServiceBus, service_bus

CUSTOMERS = ("C-1", "C-2", "C-3")
TURNS = 3
"""Changes of each customer in a third of the run."""
OTHER = "other"


@dataclass(frozen=True)
class Subscriber:
    """A folder with what it printed and the highest sequences that it has seen."""

    folder: Path

    @property
    def printed(self) -> Path:
        return self.folder / "printed"

    @property
    def highest(self) -> Path:
        return self.folder / "highest.json"

    def sequences(self) -> dict[str, int]:
        """By customer; none while the file is being written."""
        try:
            found: dict[str, int] = json.loads(self.highest.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def changes(self) -> list[tuple[str, str]]:
        """Customer with sequence, and the status it came to."""
        lines = (line.partition(": ") for line in self.printed.read_text().splitlines())
        return [(name, told.rpartition(" ")[2]) for name, _, told in lines]

    def catches_up(self, system: RunningSystem) -> None:
        settings = {**system.settings, "ELIGIBILITY_URL": system.host.url}
        with self.printed.open("a") as file:
            file.write(run("catch_up.py", str(self.highest), settings))


def turns(third: int) -> Iterator[list[bytes]]:
    """Each customer loses its eligibility or wins it back, over and over."""
    for turn in range(third * TURNS, (third + 1) * TURNS):
        amount = "1" if turn % 2 else "400000"
        yield [events.spend(each, amount, time=f"2026-03-01T00:00:{turn:02d}Z") for each in CUSTOMERS]


def post(system: RunningSystem, third: int) -> None:
    for turn in turns(third):
        for body in turn:
            system.send(body)
        system.host.settle()  # else two turns of a customer may be decided at once, and rightly cause one change


def has_all(system: RunningSystem, subscriber: Subscriber) -> bool:
    return subscriber.sequences() == {each["customerId"]: each["sequence"] for each in system.every("customers")}


def began(system: RunningSystem) -> None:
    for body in (*events.qualified(), *(body for each in CUSTOMERS for body in events.eligible(each)[1:])):
        system.send(body)
    system.host.settle()


@contextmanager
def two(tmp_path: Path) -> Iterator[tuple[Subscriber, Subscriber]]:
    steady, other = Subscriber(tmp_path / "steady"), Subscriber(tmp_path / "other")
    for each in (steady, other):
        each.folder.mkdir()
    yield steady, other
    assert other.sequences() == steady.sequences()
    assert sorted(other.changes()) == sorted(steady.changes())
    assert len(set(steady.changes())) == len(steady.changes()) == sum(steady.sequences().values())
    assert min(steady.sequences().values()) > 2 * TURNS


def test_over_service_bus_one_that_lost_what_its_subscription_had_ends_as_the_other(tmp_path: Path) -> None:
    (topic,) = PRODUCT.topics
    more = replace(topic, subscriptions=(*topic.subscriptions, QueueEntity(OTHER, requires_session=True)))
    with ExitStack() as stack:
        bus = stack.enter_context(service_bus(replace(PRODUCT, topics=(more,))))
        system = stack.enter_context(running_system(tmp_path / "log", later=True, bus=bus))
        steady, other = stack.enter_context(two(tmp_path))
        stack.enter_context(reading(system, "all", steady))
        began(system)
        with reading(system, OTHER, other):
            post(system, 0)
            eventually(lambda: has_all(system, other), 60)
        post(system, 1)
        assert lost(bus) == len(CUSTOMERS) * TURNS
        other.catches_up(system)
        with reading(system, OTHER, other):
            post(system, 2)
            eventually(lambda: has_all(system, other), 60)
        eventually(lambda: has_all(system, steady), 60)


def reading(system: RunningSystem, subscription: str, subscriber: Subscriber) -> AbstractContextManager[None]:
    arguments = [subscription, str(subscriber.highest)]
    return running("subscribe_service_bus.py", arguments, system.settings, subscriber.printed)


def lost(bus: ServiceBus) -> int:
    """How many notifications the other's subscription had, which are gone."""
    return sum(len(bodies) for bodies in bus.notifications(OTHER).values())


def test_over_storage_queues_one_without_a_queue_ends_as_the_queues_reader(tmp_path: Path) -> None:
    with ExitStack() as stack:
        system = stack.enter_context(running_system(tmp_path / "log", later=True))
        steady, other = stack.enter_context(two(tmp_path))
        subscriber = ("subscribe_storage_queue.py", [str(steady.highest)], system.settings, steady.printed)
        stack.enter_context(running(*subscriber))
        began(system)
        post(system, 0)
        other.catches_up(system)
        assert has_all(system, other)
        post(system, 1)
        assert not has_all(system, other)
        for turn in turns(2):
            for body in turn:
                system.send(body)
            other.catches_up(system)  # while it goes on
            system.host.settle()
        other.catches_up(system)
        eventually(lambda: has_all(system, steady), 60)
