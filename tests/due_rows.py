"""The due rows of a world, wherever they are."""

from shared.ports import Ports
from shared.storage import keys
from shared.storage.work import Due

MOST = 100_000


async def due_rows(ports: Ports) -> list[Due]:
    """By date and customer."""
    rows = await ports.work.due_in((keys.DUE, *keys.DUE_PARTS), None, MOST)
    return sorted(rows, key=lambda each: (each.day, each.customer_id))
