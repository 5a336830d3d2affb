"""Keeps the indexes of names and owners a superset of what is right.

The rows that a commit makes right are written before it. Those that it makes wrong are read before it, and deleted
after it as they were read. A handler that makes one right again has read the customer, or the partner, after that
commit, and writes the row after that: it is another version, and the delete leaves it alone. What a process that died
leaves, no reader shows; an erasure removes it, and ``./dev repair``.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.facts import CustomerDescription
from shared.domain.named import Named, folded, words_on
from shared.errors import PassingError
from shared.ports import Ports
from shared.storage.names import By, Entry, Whose, in_key
from shared.storage.store import Conflict


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
    were, are = (entries_of(whose, named_id, each) for each in (before, after))
    added, gone = [each for each in are if each not in were], [each for each in were if each not in are]
    _, found = await asyncio.gather(at_once(ports.names.add, added), at_once(ports.names.load, gone))
    return [each for each in found if each]


async def forget(ports: Ports, gone: Sequence[Entry]) -> None:
    """After the commit: delete the rows that it made wrong, unless they were written again."""

    async def one(entry: Entry) -> None:
        with suppress(Conflict, PassingError):  # a row that is left is only in the way
            await ports.names.delete(entry)

    if gone:
        await at_once(one, gone)


async def named_of(ports: Ports, whose: str, named_id: str) -> Named:
    """By its own row, whole."""
    if whose == Whose.CUSTOMER:
        return (await ports.customers.load(named_id)).state.named
    return (await ports.partners.load(named_id)).named


async def missing_of(ports: Ports, whose: Whose, named_id: str, named: Named) -> list[Entry]:
    """The rows that one should have and has not."""
    entries = entries_of(whose, named_id, named)
    there = await at_once(ports.names.load, entries)
    return [entry for entry, row in zip(entries, there, strict=True) if row is None]


async def index_again(ports: Ports, whose: Whose, named_id: str) -> bool:
    """Write the rows that are missing; tells whether any was. One that is wrong by then is left."""
    missing = await missing_of(ports, whose, named_id, await named_of(ports, whose, named_id))
    await at_once(ports.names.add, missing)
    return bool(missing)


async def is_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether whom the row names is not called so. It is left to a partner of which nothing is stored (yet)."""
    if entry.whose == Whose.PARTNER and (await ports.partners.load(entry.id)).etag is None:
        return False
    return entry not in entries_of(Whose(entry.whose), entry.id, await named_of(ports, entry.whose, entry.id))


async def forget_if_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether the row is wrong. If it is, touch whom it names, then delete the row as it was read before that; raises
    Conflict if somebody writes one of them meanwhile.

    A writer that makes it right read the other row after the touch, or loses to it and reads again; then it adds the
    row, which is another version of it, and the delete leaves that alone.
    """
    if entry.whose == Whose.CUSTOMER:
        loaded = await ports.customers.load(entry.id)
        named, touch = loaded.state.named, partial(ports.customers.touch, loaded)
    else:
        state = await ports.partners.load(entry.id)
        named, touch = state.named, partial(ports.partners.touch, state)
        if state.etag is None:
            return False
    if entry in entries_of(Whose(entry.whose), entry.id, named):
        return False
    await touch(ports.timestamp())
    await ports.names.delete(entry)
    return True
