"""Customers by what the last survey counted: a number of the statistics is so many of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from shared.api.customer_lists import CustomerItem, customer_item
from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, Limit, Parameter, one_of, text
from shared.api.previews import cursor_of, cursor_text
from shared.api.route import READERS, Route
from shared.api.shapes import Moment, TypedDict, among
from shared.api.statistics import NOUN
from shared.at_once import at_once
from shared.ports import Ports

if TYPE_CHECKING:
    from shared.workflow.population.results import Cursor

STATUSES = ("eligible", "ineligible", "undecided")
_STATUS = "those counted under this status alone"
_CRITERION = "those for whom this criterion decides, by its id: they are not eligible, or cannot be decided"
OfStatus = Annotated[str, Parameter("status", one_of(STATUSES), Annotated[str, _STATUS, among(STATUSES)])]
OfCriterion = Annotated[str, Parameter("criterion", text, Annotated[str, _CRITERION])]


class CountedPage(TypedDict):
    """Customers as the last survey counted them."""

    items: list[CustomerItem]
    next: Annotated[str | None, "the cursor of the next page; null on the last"]
    countedAt: Annotated[Moment | None, "when they were counted; null if nobody has been counted yet"]


@Route(
    NOUN,
    "GET",
    "statistics/customers",
    READERS,
    "Whom the last survey counted under a status, or by a criterion that decides",
    "Customers in no order, each as it is now; who was erased since is left out.",
    "Without a status those who are not eligible or cannot be decided. Nobody before the first survey. A page may hold "
    "fewer than `limit`, even none, while `next` is set.",
)
async def list_counted(
    ports: Ports, status: OfStatus, criterion: OfCriterion, after: AfterCursor, limit: Limit
) -> CountedPage:
    from shared.workflow.population.counting import AGAINST
    from shared.workflow.population.results import counted_customers

    start, near = cursor_of(after), await ports.statistics.near()
    if near is None:
        return {"items": [], "next": None, "countedAt": None}

    async def counted(most: int) -> tuple[list[str], Cursor | None]:
        found, following = await counted_customers(ports, near.question_id, status or AGAINST, start, most, criterion)
        return [str(each["customerId"]) for each in found], following

    ids, following = await counted(limit)
    now = within_page([customer_item(each) if each else None for each in await at_once(ports.customers.listed, ids)])
    if len(now) < len(ids):
        _, following = await counted(len(now))
    return {"items": [each for each in now if each], "next": cursor_text(following), "countedAt": near.counted_at}
