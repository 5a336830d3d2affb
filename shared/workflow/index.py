"""Keeps a customer's row in the population index that of its state's last commit that changed a column.

A row of work is there from before that commit until the row is written. Each that finds it writes the row: the handler
itself, another one that relays for it, or the sweep. All may be slow, so the row is written over the version read, and
never over one of the same or a later commit.
"""

from contextlib import suppress
from dataclasses import replace

from shared.domain.customer_state import CustomerState, Indexed
from shared.ports import Ports
from shared.storage.customers import Loaded
from shared.storage.heads import Head, Place
from shared.storage.store import Conflict
from shared.storage.work import Outbox
from shared.workflow.columns import recorded_since
from shared.workflow.decide import until_first


async def write_head(ports: Ports, state: CustomerState, over: str = "") -> str:
    """Write the row unless it is that of this or a later commit; gives its ETag, or "" if that is not known.

    ``over`` names the version that is probably there, which saves reading it.
    """
    head = Head.of(state)
    if over:
        with suppress(Conflict):  # written by another, or put back
            return await ports.heads.write(head, over)

    async def attempt() -> str:
        stored = await ports.heads.load(head.customer_id)
        if stored is None or stored.commit < head.commit:
            return await _write_over(ports, head, stored)
        return stored.etag if stored.commit == head.commit else ""

    etag = await until_first(ports, attempt)
    if not etag:  # there was a later commit, unless the state went back
        await reindex_customer(ports, state.customer_id)
    return etag


async def reindex_customer(ports: Ports, customer_id: str) -> bool:
    """Write the row unless it is right; tells whether it was not.

    Where the row is of a later commit than the state, or differs from it under one number, the state went back or a
    version without the index decided: then the state gets a later number, and the row that. The row of a customer
    without a decision stays, as unassessed: its first decision may be about to be made.
    """

    async def attempt() -> bool:
        head = await ports.heads.load(customer_id)  # read first: it is not later than the state, unless that went back
        loaded = await ports.customers.load(customer_id)
        right = Head.of(loaded.state)
        if loaded.state.decision is None:
            return await _unassessed(ports, head)
        if head == right and right.commit:
            return False
        if right.commit and (head is None or head.commit < right.commit):
            await _write_over(ports, right, head)
        else:
            await _renumber(ports, loaded, head.commit if head else 0)
        return True

    return await until_first(ports, attempt)


async def _write_over(ports: Ports, head: Head, stored: Head | None) -> str:
    """Who decided the customer may have read the rules before the row was there: then it says when it was made."""
    if stored is None or not stored.commit:
        head = replace(head, late_at=ports.timestamp())
    return await ports.heads.write(head, stored.etag if stored else None)


async def _unassessed(ports: Ports, head: Head | None) -> bool:
    if head is None or head == Head(head.customer_id):
        return False
    await ports.heads.write(Head(head.customer_id), head.etag)
    return True


async def _renumber(ports: Ports, loaded: Loaded, known: int) -> None:
    state = loaded.state
    number = ports.later_number(max(state.indexed.commit, known))
    indexed = Indexed(number, await recorded_since(ports, state) or state.indexed.since)
    outbox = Outbox(state.customer_id, state.sequence, ports.timestamp(), commit=number)
    await ports.work.open_outbox(outbox)
    await ports.customers.renumber(state.customer_id, indexed, loaded.etag or "")
    await write_head(ports, replace(state, indexed=indexed))
    await ports.work.close_outbox(outbox)


async def reindex_row(ports: Ports, place: Place) -> bool:
    """Mend what stands in a row; one in the wrong partition is deleted when the right one is there."""
    changed = await reindex_customer(ports, place.customer_id)
    if not place.is_right:
        await ports.heads.delete(place)
    return changed or not place.is_right
