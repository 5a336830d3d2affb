"""A programme with a history: rules that changed, a preview, partners and customers of every kind, a bad message."""

import json
from collections.abc import Iterator

from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.rule_sets import StoredRuleSet
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.population.asking import ask_about_change
from tests import events
from tests.world import World

_BEFORE_THE_CHANGE = 4
"""Customers decided, more or less, before other rules are put in force."""


async def programme(customers: int, world: World | None = None) -> World:
    world = world or World()
    partners = max(customers // 100, 3)
    draft = await stricter_rules(world)
    await world.post(*_partners(partners))
    for number in range(customers):
        await world.post(*_customer(f"C-{number:05}", number, partners))
        if number == _BEFORE_THE_CHANGE:
            await ask_about_change(world.ports, draft)
            await world.settle()
            await activate(world.ports, draft.version, ChangeNote("ada", "as agreed"))
            await world.settle()
    await world.post(b"no event")
    return world


async def stricter_rules(world: World, amount: str = "320000") -> StoredRuleSet:
    document = json.loads(SHIPPED.read_text().replace('"300000"', f'"{amount}"'))
    return await store_draft(world.ports, parse_document(document), ChangeNote("ada", "stricter"))


def _partners(number: int) -> Iterator[bytes]:
    """One in three loses its level in 2027, one in three has lost it."""
    for each in range(number):
        name = f"P-{each:03}"
        yield from events.qualified(name, **({"validUntil": "2027-01-01"} if each % 3 == 1 else {}))
        yield events.trained(name, "training", learnerId="A-2", revoked=True)
        yield events.partner_described(name, f"Fabrikam {each}")
        if each % 3 == 2:
            yield events.certified(name, "none", validFrom="2026-02-01", time="2026-04-01T00:00:00Z")


def _customer(name: str, number: int, partners: int) -> Iterator[bytes]:
    """Some spend too little, some have no open project, some left their partner."""
    partner = f"P-{number % partners:03}"
    yield events.project(name, status="active" if number % 7 else "completed")
    yield events.attached(name, partner, **({"projectId": "J-1"} if number % 2 else {}))
    yield events.spend(name, "350000" if number % 5 else "310000")
    if not number % 3:
        yield events.spend(name, "1000", "L-0")
    if not number % 11:
        yield events.detached(name, partner)
    if not number % 4:
        yield events.described(name, f"Contoso {number}", ("Ada Lovelace", "Grace Hopper")[number % 8 // 4])
