"""Commits a customer of whom nothing but its description changed."""

from shared.domain.customer_state import MAX_BYTES, CustomerState
from shared.ports import Ports
from shared.storage.customers import Loaded
from shared.workflow.decide import Committed
from shared.workflow.names import announce_customer


async def describe(ports: Ports, loaded: Loaded, described: CustomerState) -> Committed:
    """With the decision that it has, if it has one, over the version loaded."""
    unnamed = await announce_customer(ports, loaded.state, described)
    etag = await ports.customers.commit(described, loaded.etag, limit=loaded.room(described, MAX_BYTES))
    return Committed(described, etag, {}, unnamed=unnamed)
