"""Deletes the index row of a customer that a partner's fan-out finds detached, so that no later one finds it.

The order makes it safe beside an attach, which reads the customer, writes the row, reads the partner and writes the
customer over the version it read. The row is read before the customer is touched, and deleted only as it was read:

- An attach that read the customer before the touch loses, and starts again after it.
- One that read the customer after the touch writes the row after that: it is another version, or there again.

A process that dies in between leaves the row to the next fan-out.
"""

from contextlib import suppress

from shared.ports import Ports
from shared.storage.customers import Loaded
from shared.storage.store import Conflict


async def touch_and_forget(ports: Ports, loaded: Loaded, partner_id: str) -> None:
    """Write the customer unchanged, then delete its row; raises Conflict if the customer was written meanwhile."""
    state, row = loaded.state, None
    if partner_id not in state.evidence.partners:  # else whoever attaches it does not enter it again
        row = await ports.indexes.attachment(partner_id, state.customer_id)
    await ports.customers.touch(loaded, ports.timestamp())
    if row is not None:
        with suppress(Conflict):
            await ports.indexes.delete_attachment(row)
