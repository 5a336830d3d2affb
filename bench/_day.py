"""The events of a day by kind, and what each kind takes of the real handlers.

The programme is small and has the proportions of a large one: a customer has three partners, of whom one is qualified
and has sixty customers; the others are those of nobody else, so that every fan-out reads them. What grows with the
programme is in ``bench/_load.py``.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench._counted import CountedWorld, Profile
from bench.cost import LogBytes
from shared.messaging.sender import Queue
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUALIFIED, OF_EACH = 10, 60
CUSTOMERS = QUALIFIED * OF_EACH


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its share of a day's events and what one of them takes, with all that follows from it; so many
    customers are decided ``again``."""

    share: float
    profile: Profile
    again: int = 0
    log_bytes: float = 0
    sampled_bytes: float = 0


SHARES = {
    "customer event, outcome unchanged": 0.75,
    "customer event, repeated": 0.10,
    "customer event, outcome changed and notified": 0.03,
    "customer event, first of a new customer": 0.001,
    "event that cannot be read, kept in quarantine": 0.001,
    "partner event, summary unchanged": 0.113,
    f"partner event, {OF_EACH} customers stay": 0.0045,
    f"partner event, {OF_EACH} customers change": 0.0005,
}
"""An assumption, as the proportions above are: of a customer nine events a day, of a partner one that changes it."""


def customer(number: int) -> str:
    return f"C-{number:04}"


def others_of(number: int) -> Sequence[str]:
    """The partners that are not qualified."""
    return f"O-{number}-1", f"O-{number}-2"


async def programme() -> CountedWorld:
    world = CountedWorld(NOW)
    world.owners.customers = {customer(number) for number in range(2 * CUSTOMERS)}
    qualified = [f"P-{number}" for number in range(QUALIFIED)]
    world.owners.partners = {*qualified, *(other for number in range(CUSTOMERS) for other in others_of(number))}
    for partner in qualified:
        await world.post(*events.qualified(partner))
    for number in range(CUSTOMERS):
        await world.post(*(events.certified(other) for other in others_of(number)))
        attached = [qualified[number % QUALIFIED], *others_of(number)]
        await world.post(*(events.attached(customer(number), partner) for partner in attached))
        await world.post(events.project(customer(number)), events.spend(customer(number)))
    return world


def bodies() -> dict[str, list[bytes]]:
    """Of each kind events about different customers or partners; each brings that about where those before did."""
    every = [customer(number) for number in range(CUSTOMERS)]
    later, latest = "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"
    repeated = [events.spend(each, "400000", time=later) for each in every]
    qualified = [f"P-{number}" for number in range(QUALIFIED)]
    found = [
        repeated,
        repeated,
        [events.spend(each, "1", time=latest) for each in every],
        [events.spend(customer(number + CUSTOMERS)) for number in range(CUSTOMERS)],
        [b'{"number": %d}' % number for number in range(CUSTOMERS)],
        [events.trained(each, learnerId="A-2") for each in qualified],
        [events.certified(each, level="silver", time=later) for each in qualified],
        [events.certified(each, level="none", time=latest) for each in qualified],
    ]
    return dict(zip(SHARES, found, strict=True))


async def kinds() -> dict[str, Kind]:
    """Each kind's profile; what an event changes of customers is restored before the next kind."""
    world, log = await programme(), LogBytes()
    logger = logging.getLogger("eligibility")
    logger.setLevel(logging.INFO)
    logger.propagate, logger.handlers = False, [log]
    found = {}
    for name, of_kind in bodies().items():
        log.bytes = log.sampled = 0
        with world.counting(len(of_kind)) as profile:
            for body in of_kind:
                profile.handled[Queue.EVENTS] += 1
                await receive_event(world.ports, body, 1)
                await handle_all(world, profile)
        again = OF_EACH if profile.handled[Queue.RECOMPUTE] else 0
        found[name] = Kind(SHARES[name], profile, again, log.bytes / len(of_kind), log.sampled / len(of_kind))
        if name == "customer event, outcome changed and notified":
            await world.post(*(events.spend(customer(n), time="2026-03-04T00:00:00Z") for n in range(CUSTOMERS)))
    logger.setLevel(logging.CRITICAL)
    return found


HANDLERS: dict[Queue, Callable[..., Awaitable[None]]] = {Queue.RECOMPUTE: recompute}
"""What handles the messages that the product sends itself, by queue."""


async def handle_all(world: CountedWorld, profile: Profile) -> None:
    for queue, handler in HANDLERS.items():
        waiting = world.sent.queues[queue]
        while waiting:
            profile.handled[queue] += 1
            await handler(world.ports, waiting.popleft().body, 1)
