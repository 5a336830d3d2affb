"""Reconciling: what is stored of the rules, of every partner and of every customer, held against what their facts say.

Only reads. What is gone at a second look was work under way; what stays is a fault of the product, of someone's hand,
or what a restored table left. A date that came today differs until the sweep was there.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from local.commands.repairing.reconcile_customer import CustomerLook
from local.commands.repairing.reconcile_index import id_of, place_of, row_differences
from local.commands.repairing.reconcile_names import name_differences
from local.commands.repairing.reconcile_partner import partner_differences
from local.commands.repairing.reconcile_quarantine import quarantine_differences
from local.commands.repairing.reconcile_upcoming import entry_differences
from local.commands.repairing.reindex import pages_of_keys, pages_of_places
from shared.at_once import at_once
from shared.ports import Ports
from shared.rule_books import NoRuleSetInForceError, RulesMissingError
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.store import StoreUnavailableError

PAGE = 1000


class Owner(StrEnum):
    """Of what something differs."""

    RULES = "rules"
    QUARANTINE = "quarantine"
    PARTNER = "partner"
    CUSTOMER = "customer"
    INDEX = "row of the population index"
    BY_DAY = "row of a list by day"
    NAMED = "row of the index of names"


@dataclass(frozen=True, slots=True)
class Found:
    """What differs of one owner, in words; ``id`` names it."""

    owner: Owner
    id: str
    differences: Sequence[str]

    def lines(self) -> list[str]:
        return [f"{self.id}: {each}" for each in self.differences]


@dataclass(frozen=True, slots=True)
class Looked:
    """How many owners were looked at since the last time, and those that differ."""

    owners: int
    found: Sequence[Found]


type Look = Callable[[str], Awaitable[list[str]]]


async def differences(ports: Ports) -> AsyncIterator[str]:
    """Every difference, in words."""
    async for looked in look_at_all(ports):
        for found in looked.found:
            for line in found.lines():
                yield line


async def look_at_all(ports: Ports) -> AsyncIterator[Looked]:
    """The rules, the quarantine, then page by page every partner, every customer and every row of the population index
    of the lists by day and of the index of names: what each stands on comes before it."""
    rules = await rules_differences(ports)
    yield Looked(1, [Found(Owner.RULES, Owner.RULES, rules)] if rules else [])
    yield await _twice(Owner.QUARANTINE, (keys.QUARANTINE, *keys.QUARANTINES), lambda: _quarantine(ports))
    if await ports.rule_sets.load() is None:
        return
    wrong: set[str] = set()
    async for ids in _pages(ports.partners.ids):
        yield (looked := await _twice(Owner.PARTNER, ids, lambda: _partners(ports)))
        wrong.update(found.id for found in looked.found)
    async for ids in _pages(ports.customers.ids):
        yield await _twice(Owner.CUSTOMER, ids, lambda: _customers(ports, wrong))
    async for places in pages_of_places(ports):
        yield await _twice(Owner.INDEX, [id_of(each) for each in places], lambda: _index(ports))
    async for row_keys in pages_of_keys(ports.upcoming):
        yield await _twice(Owner.BY_DAY, row_keys, lambda: _by_day(ports))
    async for row_keys in pages_of_keys(ports.names):
        yield await _twice(Owner.NAMED, row_keys, lambda: _named(ports))


async def rules_differences(ports: Ports) -> list[str]:
    """What is wrong with the rules; if they are not there, nothing else can be looked at."""
    state = await ports.rule_sets.load()
    if state is None or not state.active:
        said = (
            str(RulesMissingError()) if await ports.has_customers() else "no rule set is stored, nothing was asked yet"
        )
        return [said]
    found = []
    newest = await ports.rule_sets.versions(None, 1)
    if newest and newest[0].version > state.latest:
        found.append(f"version {newest[0].version} is stored, and {state.latest} is noted as the latest")
    for version, _ in state.active:
        if await ports.rule_sets.version(version) is None:
            found.append(f"version {version} is active and not stored: restore the table rules, or retire it")
    return found


async def _pages(ids_after: Callable[[str, int], Awaitable[list[str]]]) -> AsyncIterator[list[str]]:
    after = ""
    while ids := await ids_after(after, PAGE):
        yield ids
        after = ids[-1]


async def _twice(owner: Owner, ids: Sequence[str], look: Callable[[], Awaitable[Look]]) -> Looked:
    first = await _each(ids, await look())
    again = await _each(list(first), await look()) if first else {}
    both = {each: [line for line in lines if line in again.get(each, ())] for each, lines in first.items()}
    return Looked(len(ids), [Found(owner, each, lines) for each, lines in both.items() if lines])


async def _each(ids: Sequence[str], look: Look) -> dict[str, list[str]]:
    """What differs by id, of those of which anything does."""

    async def one(owner_id: str) -> list[str]:
        try:
            return await look(owner_id)
        except (StoreUnavailableError, NoRuleSetInForceError):
            raise
        except Exception as fault:  # one that cannot be read does not stop the others
            return [f"cannot be read: {type(fault).__name__} {fault}".rstrip()]

    found = await at_once(one, ids)
    return {each: lines for each, lines in zip(ids, found, strict=True) if lines}


async def _quarantine(ports: Ports) -> Look:
    return lambda partition: quarantine_differences(ports, partition)


async def _partners(ports: Ports) -> Look:
    under_way = await _under_way(ports)
    return lambda partner_id: partner_differences(ports, partner_id, under_way.get(partner_id, ()))


async def _index(ports: Ports) -> Look:
    return lambda row_id: row_differences(ports, place_of(row_id))


async def _by_day(ports: Ports) -> Look:
    return lambda name: entry_differences(ports, name)


async def _named(ports: Ports) -> Look:
    return lambda key: name_differences(ports, key)


async def _customers(ports: Ports, wrong: Set[str]) -> Look:
    """One look at customers, with the rules and the fan-outs of now."""
    under_way = await _under_way(ports)
    return CustomerLook(ports, await ports.rule_books.book(None), under_way, wrong).differences


async def _under_way(ports: Ports) -> dict[str | None, list[FanOut]]:
    """The fan-outs of each partner and, None, of the rules."""
    found: dict[str | None, list[FanOut]] = {}
    async for fan_out in ports.fan_outs.all():
        found.setdefault(fan_out.partner_id, []).append(fan_out)
    return found
