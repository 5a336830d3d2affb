"""The list of partners: what they are called, in what they are qualified and until when, for how many they work."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated

from shared.api.called import CalledName, CalledOwner
from shared.api.customer_lists import OfOwner
from shared.api.parameters import AfterId, Limit
from shared.api.partners import NOUN, HasCustomers, attached_json
from shared.api.route import READERS, Route
from shared.api.shapes import Day, Identifier, Page, TypedDict
from shared.at_once import AT_ONCE, at_once
from shared.domain.facts import PartnerDescription
from shared.domain.named import folded
from shared.ports import Ports
from shared.storage.partners import PartnerState

if TYPE_CHECKING:
    from shared.rules.forecast import Rules
    from shared.workflow.partner_lists import Attached, Counts

MOST_COUNTED = 100
"""Customers read to count those of one partner; beyond it the count says that it is a lower bound."""


class QualifiedIn(TypedDict):
    """an area in which it is qualified"""

    area: Annotated[str, "the area"]
    until: Annotated[Day, "the last day, by what is known now; null: no end is known"] | None


class PartnerItem(HasCustomers):
    """A partner in a list."""

    partnerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    qualifiedIn: Annotated[
        list[QualifiedIn],
        "by what the rules in force ask of the partner alone, in any of their criteria; training depends on a project",
    ]


@Route(
    NOUN,
    "GET",
    "partners",
    READERS,
    "List partners with what they are qualified for",
    "Partners by id. Who is only described is not listed.",
    "A page may hold fewer than `limit`, even none, while `next` is set: so many rows are read at most.",
    problems=(409,),
)
async def list_partners(ports: Ports, owner: OfOwner, limit: Limit, after: AfterId) -> Page[PartnerItem]:
    from shared.workflow.partner_lists import Counts, ids_of_partners

    ids = await ids_of_partners(ports, owner, after, limit + 1)
    book, counts, wanted = await ports.rule_books.book(None), await Counts.load(ports), folded(owner)
    rules = await ports.rule_books.rules(book, ports.today())
    items: list[PartnerItem] = []
    last = ""
    for some in itertools.batched(ids[:limit], AT_ONCE, strict=False):
        for state in await at_once(ports.partners.load, some):
            if last and not counts.left and (counts.are_of_now or not _is_surely_listed(counts, state)):
                return {"items": items, "next": last}
            last = state.partner.partner_id
            if (not wanted or folded(state.named.owner) == wanted) and await _is_listed(counts, state):
                items.append(_item(ports, rules, state, await counts.of(last, MOST_COUNTED)))
    return {"items": items, "next": last if len(ids) > limit else None}


def _is_surely_listed(counts: Counts, state: PartnerState) -> bool:
    """More than a description is stored of it, or the last survey found customers of it."""
    return state.facts > 1 or counts.knows(state.partner.partner_id)


async def _is_listed(counts: Counts, state: PartnerState) -> bool:
    """Not if it is only described, and no customer is or was attached to it."""
    if _is_surely_listed(counts, state):
        return True
    partner_id = state.partner.partner_id
    if state.facts == 1 and await counts.lacks(partner_id, PartnerDescription.kind):
        return True
    return await counts.any_of(partner_id)


def _item(ports: Ports, rules: Rules, state: PartnerState, attached: Attached) -> PartnerItem:
    from shared.rules.qualified import qualified_until

    found = qualified_until(rules, state.partner, ports.today())
    return {
        "partnerId": state.partner.partner_id,
        "name": state.named.name,
        "owner": state.named.owner,
        "qualifiedIn": [{"area": area, "until": day.isoformat() if day else None} for area, day in found.items()],
        **attached_json(attached),
    }
