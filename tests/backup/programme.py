"""A programme of some customers and partners, with a history: as events, and as they were handled."""

import json
from collections.abc import Iterator

from shared.rules.document import parse_document
from shared.storage.memory import MemoryStore
from shared.workflow.change_rules import Told, activate, store_draft
from tests import events
from tests.world import START, World
from shared.rule_books import SHIPPED

LATER = {"time": "2026-04-01T00:00:00Z"}


async def programme(customers: int) -> World:
    """Partners in several states, customers of every kind, rules that changed, and a message in quarantine."""
    world = World()
    stricter = json.loads(SHIPPED.read_text().replace('"300000"', '"320000"'))
    draft = await store_draft(world.ports, parse_document(stricter), Told("ada", "stricter"))
    await world.post(*_partners(max(customers // 100, 3)))
    await activate(world.ports, draft.version, Told("ada", "as agreed"))
    await world.settle()
    for number in range(customers):
        await world.post(*_customer(f"C-{number:05}", number, max(customers // 100, 3)))
    await world.post(b"no event")
    return world


def _partners(number: int) -> Iterator[bytes]:
    for each in range(number):
        name = f"P-{each:03}"
        yield from events.qualified(name, **({"validUntil": "2027-01-01"} if each % 3 == 1 else {}))
        yield events.trained(name, "training", learnerId="A-2", revoked=True)
        if each % 3 == 2:
            yield events.certified(name, "none", validFrom="2026-02-01", **LATER)


def _customer(name: str, number: int, partners: int) -> Iterator[bytes]:
    partner = f"P-{number % partners:03}"
    yield events.project(name, status="active" if number % 7 else "completed")
    yield events.attached(name, partner, **({"projectId": "J-1"} if number % 2 else {}))
    yield events.spend(name, "350000" if number % 5 else "310000")
    if not number % 11:
        yield events.detached(name, partner)
