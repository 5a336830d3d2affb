"""Partners: what they can show, and the customers they work for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, NotRequired, cast

from shared.api.called import CalledName, CalledOwner, called
from shared.api.customers import Description, fact_json
from shared.api.pages import size_of
from shared.api.parameters import AfterId, Limit, id_in_path
from shared.api.problems import Problem, not_found
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import STATUSES, Day, Identifier, Moment, Node, Page, TypedDict, has_facts
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject
from shared.domain.facts import FACTS, PARTNER_FACTS, PartnerDescription
from shared.ports import Ports

if TYPE_CHECKING:
    from shared.workflow.partner_lists import Attached

NOUN = Noun("Partners", "What partners can show, and whom they work for.")

PartnerId = Annotated[str, id_in_path("the partner", "P-fabrikam")]

MOST_COUNTED = 1000
"""Customers read to count those attached, where nobody was counted yet; beyond it the count says that it is a lower
bound."""
MOST_READ = 1000
"""Customers read for one page of those attached; beyond it the page ends early, with the cursor to go on."""
MOST_AT_ONCE = 500
"""Facts put into an answer before others have their turn."""

MAX_FACTS_BYTES = 768 * 1024
"""Of an answer, besides the rest of it."""
_OMITTED = f"facts left out of the lists, which have {MAX_FACTS_BYTES // 1024} KiB at most"
_QUALIFICATION = "by area, what the rules in force say of the partner alone; training depends on a project"


class HasCustomers(TypedDict):
    """How many customers a partner works for."""

    attachedCustomers: Annotated[int, "how many customers it works for"]
    attachedCustomersIsAtLeast: NotRequired[Annotated[bool, "true: there are more than were counted"]]
    attachedCustomersCountedAt: NotRequired[
        Annotated[Moment, "when the last survey counted them; left out if they were counted now"]
    ]


@has_facts(PARTNER_FACTS)
class Partner(HasCustomers):
    """A partner's facts and qualification."""

    partnerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    description: Description | None
    qualification: Annotated[dict[str, list[Node]], _QUALIFICATION]
    factsOmitted: NotRequired[Annotated[int, _OMITTED]]


class PartnerCustomer(TypedDict):
    """A customer the partner works for."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    status: Annotated[str, "the current status", STATUSES]
    undecided: Annotated[bool, "true: it could not be decided; null if an earlier version decided it"] | None
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
    from shared.workflow.partner_lists import Counts

    state, counts = await ports.partners.load(partner_id), await Counts.load(ports)
    if not state.facts and not counts.knows(partner_id) and not await counts.any_of(partner_id):
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
        **attached_json(await counts.of(partner_id, MOST_COUNTED)),
    }
    if not omitted:
        del answer["factsOmitted"]
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
    from shared.workflow.partner_lists import attached_now

    found: list[CustomerState] = []
    cursor: str | None = after
    read = 0
    while cursor is not None and len(found) < limit and read < MOST_READ:
        most = limit - len(found)
        page = await ports.indexes.attached(partner_id, cursor, most + 1)
        found += await attached_now(ports, partner_id, page[:most])
        read += len(page[:most])
        cursor = page[most - 1] if len(page) > most else None
    if not read and not after and not (await ports.partners.load(partner_id)).facts:
        raise _unknown(partner_id)
    items: list[PartnerCustomer] = [
        {
            "customerId": each.customer_id,
            **called(each.named),
            "status": each.outcome.status.value,
            "undecided": each.in_lists.undecided if each.in_lists.spend else None,
            "losesOn": each.loses_on.isoformat() if each.loses_on else None,
        }
        for each in found
    ]
    return {"items": items, "next": cursor}


def _unknown(partner_id: str) -> Problem:
    return not_found(f"no event has told of partner {partner_id}")


def attached_json(attached: Attached) -> HasCustomers:
    answer: HasCustomers = {"attachedCustomers": attached.customers}
    if attached.is_at_least:
        answer["attachedCustomersIsAtLeast"] = True
    if attached.counted_at:
        answer["attachedCustomersCountedAt"] = attached.counted_at
    return answer
