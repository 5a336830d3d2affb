"""Finds the partners of a page of a list: of whom anything is stored, or to whom a customer is or was attached."""

import asyncio
import heapq
from collections.abc import Sequence

from shared.domain.named import folded
from shared.ports import Ports
from shared.storage import keys
from shared.storage.names import in_key


async def ids_of_partners(ports: Ports, owner: str, after: str, limit: int) -> Sequence[str]:
    """The next ids after one, of more partners than are in the list; those that may have an ``owner``, if one is
    given."""
    if owner:
        (partition,) = keys.NAMED_PARTNERS
        return await ports.names.owned(partition, in_key(folded(owner)), after, limit)
    stored, attached = await asyncio.gather(ports.partners.ids(after, limit), ports.indexes.ids(after, limit))
    return list(dict.fromkeys(heapq.merge(stored, attached)))[:limit]
