"""Partners: what they can show, and the customers they work for."""

from __future__ import annotations

import asyncio
from typing import Annotated, NotRequired, cast

from shared.api.called import CalledName, CalledOwner, called
from shared.api.customers import Description, fact_json
from shared.api.pages import size_of
from shared.api.parameters import AfterId, Limit, id_in_path
from shared.api.problems import Problem, not_found
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import STATUSES, Day, Identifier, Node, Page, TypedDict, has_facts
from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject
from shared.domain.facts import FACTS, PARTNER_FACTS, PartnerDescription
from shared.ports import Ports

NOUN = Noun("Partners", "What partners can show, and whom they work for.")

PartnerId = Annotated[str, id_in_path("the partner", "P-fabrikam")]

MOST_COUNTED = 1000
"""Customers read to count those attached; beyond it the count says that it is a lower bound."""
MOST_READ = 1000
"""Customers read for one page of those attached; beyond it the page ends early, with the cursor to go on."""
MOST_AT_ONCE = 500
"""Facts put into an answer before others have their turn."""

MAX_FACTS_BYTES = 768 * 1024
"""Of an answer, besides the rest of it."""
_OMITTED = f"facts left out of the lists, which have {MAX_FACTS_BYTES // 1024} KiB at most"
_QUALIFICATION = "by area, what the rules in force say of the partner alone; training depends on a project"


@has_facts(PARTNER_FACTS)
class Partner(TypedDict):
    """A partner's facts and qualification."""

    partnerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    description: Description | None
    qualification: Annotated[dict[str, list[Node]], _QUALIFICATION]
    attachedCustomers: Annotated[int, "how many customers it works for"]
    factsOmitted: NotRequired[Annotated[int, _OMITTED]]
    attachedCustomersIsAtLeast: NotRequired[Annotated[bool, "true: there are more than were counted"]]


class PartnerCustomer(TypedDict):
    """A customer the partner works for."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    status: Annotated[str, "the current status", STATUSES]
    losesOn: Annotated[Day, "the day on which it loses eligibility if no event comes"] | None


@Route(
    NOUN,
    "GET",
    "partners/{id}",
    READERS,
    "One partner: facts and qualification per area",
    "Each fact with the event it came from, and the qualification as of today.",
    problems=(404, 409),
)
async def get_partner(ports: Ports, partner_id: PartnerId) -> Partner:
    from shared.rules.rule_set import qualification

    state = await ports.partners.load(partner_id)
    once_attached = await ports.indexes.attached(partner_id, "", MOST_COUNTED)
    if not state.facts and not once_attached:
        raise _unknown(partner_id)
    facts: dict[str, list[JsonObject]] = {each.gathered: [] for each in PARTNER_FACTS}
    description: JsonObject | None = None
    room, read, omitted = MAX_FACTS_BYTES, 0, 0
    async for row in ports.partners.facts(partner_id):
        read += 1
        if read % MOST_AT_ONCE == 0:
            await asyncio.sleep(0)  # others have their turn
        if row.kind not in FACTS:  # a later version wrote it
            continue
        if row.kind == PartnerDescription.kind:
            description = fact_json(row.kind, row.register)
            continue
        if room >= 0:
            fact = fact_json(row.kind, row.register)
            room -= size_of(fact) + 1
        if room >= 0:
            facts[FACTS[row.kind].gathered].append(fact)
        else:
            omitted += 1
    today = ports.today()
    rule_set = await ports.rule_books.in_force(await ports.rule_books.book(None), today)
    answer: JsonObject = {
        "partnerId": partner_id,
        **called(state.named),
        **facts,
        "description": description,
        "factsOmitted": omitted,
        "qualification": qualification(rule_set, state.partner, today),
        "attachedCustomers": len(await attached_now(ports, partner_id, once_attached)),
    }
    if not omitted:
        del answer["factsOmitted"]
    if len(once_attached) == MOST_COUNTED:
        answer["attachedCustomersIsAtLeast"] = True
    return cast(Partner, answer)


@Route(
    NOUN,
    "GET",
    "partners/{id}/customers",
    READERS,
    "The customers a partner works for",
    "Customers by id; a page may hold fewer than `limit`, even none, where many no longer are.",
    problems=(404,),
)
async def list_partner_customers(
    ports: Ports, partner_id: PartnerId, after: AfterId, limit: Limit
) -> Page[PartnerCustomer]:
    if not after and not await _is_known(ports, partner_id):
        raise _unknown(partner_id)
    found: list[CustomerState] = []
    cursor: str | None = after
    read = 0
    while cursor is not None and len(found) <= limit and read < MOST_READ:
        page = await ports.indexes.attached(partner_id, cursor, limit + 1)
        found += await attached_now(ports, partner_id, page)
        read += len(page)
        cursor = page[-1] if len(page) > limit else None
    if len(found) > limit:
        cursor = found[limit - 1].customer_id
    items: list[PartnerCustomer] = [
        {
            "customerId": each.customer_id,
            **called(each.named),
            "status": each.outcome.status.value,
            "losesOn": each.loses_on.isoformat() if each.loses_on else None,
        }
        for each in found[:limit]
    ]
    return {"items": items, "next": cursor}


async def _is_known(ports: Ports, partner_id: str) -> bool:
    return bool((await ports.partners.load(partner_id)).facts or await ports.indexes.attached(partner_id, "", 1))


def _unknown(partner_id: str) -> Problem:
    return not_found(f"no event has told of partner {partner_id}")


async def attached_now(ports: Ports, partner_id: str, customer_ids: list[str]) -> list[CustomerState]:
    """Those attached now: the index also names those that once were."""
    states = await at_once(ports.customers.head, customer_ids)
    return [state for state in states if state and partner_id in state.customer.partner_ids]
