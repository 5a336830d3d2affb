"""What ``GET upcoming`` answers, page by page; the rows that it goes by."""

from datetime import date

from shared.api.customer_lists import list_upcoming
from shared.api.exceptions import Place, list_exceptions
from shared.api.parameters import MAX_LIMIT
from shared.ports import Ports
from shared.storage.store import Span, Table
from shared.storage.upcoming import DayKind, Entry

type Happening = tuple[str, str]
"""A day and a customer."""


async def upcoming(
    ports: Ports, kind: DayKind, partner: str = "", limit: int = MAX_LIMIT, owner: str = ""
) -> list[Happening]:
    """Of all days."""
    found: list[Happening] = []
    after: tuple[date | None, str] = (None, "")
    while True:
        page = await list_upcoming(ports, date.min, date.max, kind, partner, owner, limit, after)
        found += [(item["on"], item["customerId"]) for item in page["items"]]
        if page["next"] is None:
            return found
        day, customer_id = page["next"].split("~")
        after = date.fromisoformat(day), customer_id


async def exceptions_by_end(ports: Ports) -> list[tuple[str, str, str]]:
    """What ``GET exceptions`` answers, page by page: the last day, the customer, which exception."""
    found: list[tuple[str, str, str]] = []
    after: Place | None = None
    while True:
        page = await list_exceptions(ports, None, MAX_LIMIT, after)
        found += [(each["validUntil"], each["customerId"], each["exceptionId"]) for each in page["items"]]
        if page["next"] is None:
            return found
        day, customer_id, exception_id = (*page["next"].split("~"), "")[:3]
        after = date.fromisoformat(day), customer_id, exception_id


async def entries(ports: Ports) -> list[Entry]:
    """Every row, right or not."""
    return [Entry.of(row) for row in await ports.rows.query(Table.UPCOMING, Span(), 1_000_000)]
