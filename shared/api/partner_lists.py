"""The list of partners: what they are called, in what they are qualified and until when, for how many they work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple, NotRequired

from shared.api.called import CalledName, CalledOwner
from shared.api.customer_lists import OfOwner
from shared.api.parameters import AfterId, Limit
from shared.api.partners import NOUN, attached_now
from shared.api.route import READERS, Route
from shared.api.shapes import Day, Identifier, Page, TypedDict
from shared.at_once import AT_ONCE, at_once
from shared.domain.facts import PartnerDescription
from shared.domain.named import folded
from shared.ports import Ports
from shared.storage.partners import PartnerState

if TYPE_CHECKING:
    from shared.rules.forecast import Rules

MOST_COUNTED = 100
"""Customers read to count those attached to one; beyond it the count says that it is a lower bound."""
MOST_READ = 1000
"""Customers read for a page; beyond it the page ends early, with the cursor to go on."""


class QualifiedIn(TypedDict):
    """an area in which it is qualified"""

    area: Annotated[str, "the area"]
    until: Annotated[Day, "the last day, by what is known now; null: no end is known"] | None


class PartnerItem(TypedDict):
    """A partner in a list."""

    partnerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    qualifiedIn: Annotated[
        list[QualifiedIn],
        "by what the rules in force ask of the partner alone, in any of their criteria; training depends on a project",
    ]
    attachedCustomers: Annotated[int, "how many customers it works for"]
    attachedCustomersIsAtLeast: NotRequired[Annotated[bool, "true: there are more than were counted"]]


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
    from shared.workflow.partner_lists import ids_of_partners

    ids = await ids_of_partners(ports, owner, after, limit + 1)
    book, wanted = await ports.rule_books.book(None), folded(owner)
    rules = await ports.rule_books.rules(book, ports.today())
    items: list[PartnerItem] = []
    read = looked_at = 0
    while looked_at < min(limit, len(ids)) and read < MOST_READ:
        some = await at_once(partial(_look, ports), ids[looked_at : min(limit, looked_at + AT_ONCE)])
        looked_at += len(some)
        listed = [each for each in some if each.is_listed and (not wanted or folded(each.state.named.owner) == wanted)]
        items += await at_once(partial(_item, ports, rules), listed)
        read += sum(len(each.indexed) for each in listed)
    return {"items": items, "next": ids[looked_at - 1] if looked_at < len(ids) else None}


class _Looked(NamedTuple):
    """A partner, whether it is one of the list, and customers that are or were attached to it, so many at most."""

    state: PartnerState
    is_listed: bool
    indexed: Sequence[str]


async def _look(ports: Ports, partner_id: str) -> _Looked:
    state = await ports.partners.load(partner_id)
    indexed = await ports.indexes.attached(partner_id, "", MOST_COUNTED + 1)
    return _Looked(state, bool(indexed) or await _has_facts(ports, state), indexed)


async def _has_facts(ports: Ports, state: PartnerState) -> bool:
    """Whether more than a description is stored of it."""
    if state.facts != 1:
        return state.facts > 1
    return await ports.partners.load_fact(state.partner.partner_id, PartnerDescription.kind, "") is None


async def _item(ports: Ports, rules: Rules, looked: _Looked) -> PartnerItem:
    from shared.rules.qualified import qualified_until

    partner, counted = looked.state.partner, list(looked.indexed[:MOST_COUNTED])
    found = qualified_until(rules, partner, ports.today())
    item: PartnerItem = {
        "partnerId": partner.partner_id,
        "name": looked.state.named.name,
        "owner": looked.state.named.owner,
        "qualifiedIn": [{"area": area, "until": day.isoformat() if day else None} for area, day in found.items()],
        "attachedCustomers": len(await attached_now(ports, partner.partner_id, counted)),
    }
    if len(looked.indexed) > MOST_COUNTED:
        item["attachedCustomersIsAtLeast"] = True
    return item
