"""Keeps the indexes of names and owners a superset of what is right, as ``shared/workflow/pointers.py`` says.

What a process that died leaves, an erasure removes, and ``./dev repair``.
"""

from collections.abc import Sequence
from functools import partial

from shared.domain.customer_state import CustomerState
from shared.domain.facts import CustomerDescription
from shared.domain.named import Named, folded, words_on
from shared.ports import Ports
from shared.storage.names import By, Entry, Whose, in_key
from shared.workflow import pointers


def entries_of(whose: Whose, named_id: str, named: Named) -> list[Entry]:
    """The rows that one has."""
    texts = [(By.NAME, in_key(text)) for text in words_on(named.name)]
    if owner := folded(named.owner):
        texts.append((By.OWNER, in_key(owner)))
    return [Entry(whose, by, text, named_id) for by, text in dict.fromkeys(texts)]


async def announce_customer(ports: Ports, before: CustomerState, after: CustomerState) -> Sequence[Entry]:
    """As ``announce``; an event of another kind leaves the description as it was read."""
    was, now = (each.registers.get(CustomerDescription.kind) for each in (before, after))
    if was is now:
        return ()
    return await announce(ports, Whose.CUSTOMER, after.customer_id, before.named, after.named)


async def announce(ports: Ports, whose: Whose, named_id: str, before: Named, after: Named) -> Sequence[Entry]:
    """Before the commit: write the rows that it makes right; gives those that it makes wrong, as they are."""
    if before == after:
        return ()
    return await pointers.announce(ports.names, *(entries_of(whose, named_id, each) for each in (before, after)))


async def named_of(ports: Ports, whose: str, named_id: str) -> Named:
    """By its own row, whole."""
    if whose == Whose.CUSTOMER:
        return (await ports.customers.load(named_id)).state.named
    return (await ports.partners.load(named_id)).named


async def missing_of(ports: Ports, whose: Whose, named_id: str, named: Named) -> list[Entry]:
    """The rows that one should have and has not."""
    return await pointers.missing(ports.names, entries_of(whose, named_id, named))


async def index_again(ports: Ports, whose: Whose, named_id: str) -> bool:
    """Write the rows that are missing; tells whether any was."""
    named = await named_of(ports, whose, named_id)
    return await pointers.add_missing(ports.names, entries_of(whose, named_id, named))


async def is_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether whom the row names is not called so. It is left to a partner of which nothing is stored (yet)."""
    if entry.whose == Whose.PARTNER and (await ports.partners.load(entry.id)).etag is None:
        return False
    return entry not in entries_of(Whose(entry.whose), entry.id, await named_of(ports, entry.whose, entry.id))


async def forget_if_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether the row is wrong; then it is deleted. Raises Conflict if somebody writes it, or whom it names."""
    if entry.whose == Whose.CUSTOMER:
        loaded = await ports.customers.load(entry.id)
        named, touch = loaded.state.named, partial(ports.customers.touch, loaded)
    else:
        state = await ports.partners.load(entry.id)
        named, touch = state.named, partial(ports.partners.touch, state)
        if state.etag is None:
            return False
    are = entries_of(Whose(entry.whose), entry.id, named)
    return await pointers.forget_if_wrong(ports.names, entry, are, partial(touch, ports.timestamp()))
