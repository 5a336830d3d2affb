"""Questions about partners."""

import asyncio

from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject
from shared.domain.registers import Kind
from shared.ports import Ports
from shared.queries.bounded import FactRoom
from shared.queries.customers import fact_json
from shared.queries.problems import Problem, not_found
from shared.rules.rule_set import qualification

MOST_COUNTED = 1000
"""Customers read to count those attached; beyond it the count says that it is a lower bound."""
MOST_READ = 1000
"""Customers read for one page of those attached; beyond it the page ends early, with the cursor to go on."""
MOST_AT_ONCE = 500
"""Facts put into an answer before others have their turn."""
_AT_ONCE = 16

_LISTS = {
    Kind.COMPETENCY: "competencies",
    Kind.DESIGNATION: "designations",
    Kind.DEPLOYMENT: "deployments",
    Kind.TRAINING: "trainings",
}


async def get_partner(ports: Ports, partner_id: str) -> JsonObject:
    """The facts with the event each came from, the qualification per area as of today, and how many are attached."""
    state = await ports.partners.load(partner_id)
    once_attached = await ports.indexes.attached(partner_id, "", MOST_COUNTED)
    if not state.facts and not once_attached:
        raise _unknown(partner_id)
    facts: dict[str, list[JsonObject]] = {name: [] for name in _LISTS.values()}
    room, read = FactRoom(), 0
    async for row in ports.partners.facts(partner_id):
        read += 1
        if read % MOST_AT_ONCE == 0:
            await asyncio.sleep(0)  # others have their turn
        fact = fact_json(row.kind, row.register)
        if room.takes(fact):
            facts[_LISTS[row.kind]].append(fact)
    today = ports.today()
    rule_set = await ports.rule_books.in_force(await ports.rule_books.book(None), today)
    attached = await _attached(ports, partner_id, once_attached)
    answer: JsonObject = {
        "partnerId": partner_id,
        **facts,
        **room.told,
        "qualification": qualification(rule_set, state.partner, today),
        "attachedCustomers": len(attached),
    }
    if len(once_attached) == MOST_COUNTED:
        answer["attachedCustomersIsAtLeast"] = True
    return answer


async def list_partner_customers(ports: Ports, partner_id: str, after: str, limit: int) -> JsonObject:
    """Ids and statuses of the customers attached, by id; fewer than ``limit`` where many no longer are."""
    if not after and not await _is_known(ports, partner_id):
        raise _unknown(partner_id)
    found: list[CustomerState] = []
    cursor: str | None = after
    read = 0
    while cursor is not None and len(found) <= limit and read < MOST_READ:
        page = await ports.indexes.attached(partner_id, cursor, limit + 1)
        found += await _attached(ports, partner_id, page)
        read += len(page)
        cursor = page[-1] if len(page) > limit else None
    if len(found) > limit:
        cursor = found[limit - 1].customer_id
    items = [{"customerId": each.customer_id, "status": each.outcome.status.value} for each in found[:limit]]
    return {"items": items, "next": cursor}


async def _is_known(ports: Ports, partner_id: str) -> bool:
    return bool((await ports.partners.load(partner_id)).facts or await ports.indexes.attached(partner_id, "", 1))


def _unknown(partner_id: str) -> Problem:
    return not_found(f"no event has told of partner {partner_id}")


async def _attached(ports: Ports, partner_id: str, customer_ids: list[str]) -> list[CustomerState]:
    """Those attached now: the index also names those that once were."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(customer_id: str) -> CustomerState | None:
        async with turn:
            return await ports.customers.head(customer_id)

    states = await asyncio.gather(*(one(customer_id) for customer_id in customer_ids))
    return [state for state in states if state and partner_id in state.customer.partner_ids]
