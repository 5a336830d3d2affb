"""What a day of events uses of each limit: the profiles of the kinds of events times their rate, in the hottest
partition.

The mean load is a day's events over its seconds. The hottest partition of customers is that of the busiest customer, of
partners that of the largest one; rows that are spread over partitions by a hash are in each of them alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from bench._counted import CUSTOMER, PARTNER, Place, Profile
from bench._day import Kind
from bench._limits import (
    ACCOUNT_REMEDY,
    CORES_REMEDY,
    HOT,
    PARTITION_REMEDY,
    QUEUE_REMEDY,
    SERVICE_BUS_REMEDY,
    Limits,
)
from bench.cost import Counted
from shared.messaging.sender import Queue

DAY_SECONDS = 24 * 60 * 60
CALLS_OF_A_MESSAGE = 3
"""Put, get and delete; a get takes up to 16 at once where so many wait, which is not counted on."""


@dataclass(frozen=True, slots=True)
class Programme:
    """How large it is: customers, partners and those of each customer, customers of the largest partner, events."""

    customers: int = 1_000_000
    partners: int = 50_000
    each: int = 3
    largest: int = 200_000
    events_a_day: int = 10_000_000
    busiest: float = 0.001
    """Share of the busiest customer in all events."""

    @property
    def events_a_second(self) -> float:
        return self.events_a_day / DAY_SECONDS

    def hottest(self, place: Place, partitions: int) -> float:
        """The share of the hottest partition in all rows of a place."""
        if place.group == CUSTOMER:
            return self.busiest
        if place.group == PARTNER:
            return self.largest / (self.customers * self.each)
        return 1 / partitions


@dataclass(frozen=True, slots=True)
class Used:
    """What is used a second of a limit at the mean load."""

    what: str
    a_second: float
    limit: float
    remedy: str

    def share(self, times: float = 1) -> float:
        """Of the limit, at so many times the mean load."""
        return self.a_second * times / self.limit

    def is_hot(self, times: float) -> bool:
        return self.share(times) > HOT


class Cpu(NamedTuple):
    """Seconds of a message, and of a customer that is decided again beside it."""

    message: float
    customer: float


def used(kinds: Mapping[str, Kind], programme: Programme, limits: Limits, cpu: Cpu) -> list[Used]:
    """Every limit."""
    again = sum(kind.share * kind.again for kind in kinds.values()) * programme.events_a_second
    cores = _rate(kinds, programme, messages) * cpu.message + again * cpu.customer
    return [
        *_partitions(kinds, programme, limits),
        Used("storage account, requests", _rate(kinds, programme, requests), limits.account, ACCOUNT_REMEDY),
        *_queues(kinds, programme, limits),
        Used("Functions, cores", cores, limits.cores, CORES_REMEDY),
    ]


def _partitions(kinds: Mapping[str, Kind], programme: Programme, limits: Limits) -> list[Used]:
    found = []
    for place in sorted({place for kind in kinds.values() for place in kind.profile.rows}):
        rows = sum(kind.share * kind.profile.rows_each(place) for kind in kinds.values()) * programme.events_a_second
        spread = max(kind.profile.spread(place) for kind in kinds.values())
        hottest = rows * programme.hottest(place, spread)
        partitions = "" if place.group in (CUSTOMER, PARTNER) else f" ({spread})"
        found.append(Used(f"{place}{partitions}, hottest partition", hottest, limits.partition, PARTITION_REMEDY))
    return found


def _queues(kinds: Mapping[str, Kind], programme: Programme, limits: Limits) -> list[Used]:
    found = []
    for queue in Queue:
        count = _rate(kinds, programme, partial(messages_of, queue))
        calls = CALLS_OF_A_MESSAGE * count
        found.append(Used(f"{queue.value}, messages", count, limits.queue, QUEUE_REMEDY))
        found.append(Used(f"{queue.value}, if put, get, delete count", calls, limits.queue, QUEUE_REMEDY))
    credits_used = _rate(kinds, programme, service_bus_credits)
    found.append(Used("Service Bus Standard instead, credits", credits_used, limits.service_bus, SERVICE_BUS_REMEDY))
    return found


def _rate(kinds: Mapping[str, Kind], programme: Programme, figure: Callable[[Profile], float]) -> float:
    """A second, of what each event takes."""
    each = sum(kind.share * figure(kind.profile) / kind.profile.number for kind in kinds.values())
    return each * programme.events_a_second


def messages_of(queue: Queue, profile: Profile) -> int:
    """Those of a queue; events are not sent here, and notifications not handled."""
    return max(profile.sent[queue], profile.handled[queue])


def messages(profile: Profile) -> int:
    return profile.handled.total()


def requests(profile: Profile) -> int:
    """Of tables and of queues; of a notification the subscriber's too."""
    return profile.requests + CALLS_OF_A_MESSAGE * sum(messages_of(queue, profile) for queue in Queue)


def service_bus_credits(profile: Profile) -> int:
    """A send and a receive of each event and notification; recompute messages stay on Storage queues."""
    return 2 * (messages_of(Queue.EVENTS, profile) + messages_of(Queue.NOTIFICATIONS, profile))


def counted(kind: Kind) -> Counted:
    """One event as ``./dev bench cost`` takes it."""
    profile = kind.profile
    received, notified = (messages_of(queue, profile) for queue in (Queue.EVENTS, Queue.NOTIFICATIONS))
    return Counted(
        Decimal(profile.requests) / profile.number,
        Decimal(received) / profile.number,
        Decimal(messages(profile) - received) / profile.number,
        Decimal(notified) / profile.number,
        Decimal(kind.log_bytes),
        Decimal(kind.sampled_bytes),
    )
