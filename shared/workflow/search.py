"""Finds customers and partners by id, by how an id begins, and by how a name, or one of its words, begins.

Each index may name too many: whoever is found is read. The reads are bounded, whatever is stored.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from shared.at_once import at_once
from shared.domain.decision import UNASSESSED
from shared.domain.event_data import IDENTIFIER
from shared.domain.named import NOT_NAMED, Named, begins, folded
from shared.ports import Ports
from shared.storage import keys
from shared.storage.names import Whose, in_key

MOST = 25
"""Answered."""
_LOOKED_AT = 4 * MOST
"""Of those that the indexes name."""

type Place = tuple[Whose, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """Who was found; ``status`` is that of a customer that is decided."""

    whose: Whose
    id: str
    named: Named
    status: str | None = None


async def search(ports: Ports, text: str) -> tuple[list[Hit], bool]:
    """Who has that id first, then by id those whose id begins so, then by name those whose name does; and whether there
    are more than are given."""
    wanted = folded(text)
    ids, names = await asyncio.gather(_by_id(ports, text.strip()), _by_name(ports, wanted))
    places = list(dict.fromkeys((*ids, *names)))
    by_id, looked_at = set(ids), places[:_LOOKED_AT]
    found = await at_once(partial(_hit, ports), looked_at)
    hits = [
        hit
        for place, hit in zip(looked_at, found, strict=True)
        if hit and (place in by_id or begins(hit.named.name, wanted))
    ]
    return hits[:MOST], len(hits) > MOST or len(places) > _LOOKED_AT


async def _by_id(ports: Ports, text: str) -> Sequence[Place]:
    """Ids are told apart by case; what is typed is looked for as it is, in capitals and in small letters."""
    if not IDENTIFIER.accepts(text):
        return ()
    written = list(dict.fromkeys((text, text.upper(), text.lower())))
    tables = ((Whose.CUSTOMER, ports.customers), (Whose.PARTNER, ports.partners), (Whose.PARTNER, ports.indexes))
    asked = [(whose, noun, each) for whose, noun in tables for each in written]
    some = await at_once(lambda each: each[1].ids_beginning(each[2], MOST + 1), asked)
    found = {(whose, each) for (whose, *_), ids in zip(asked, some, strict=True) for each in ids}
    return sorted(found, key=lambda place: (place[1] != text, place[1], place[0]))


async def _by_name(ports: Ports, wanted: str) -> Sequence[Place]:
    partitions = (*keys.NAMED_CUSTOMERS, *keys.NAMED_PARTNERS)
    some = await at_once(lambda each: ports.names.beginning(each, in_key(wanted), MOST + 1), partitions)
    entries = sorted((each for of_one in some for each in of_one), key=lambda each: (each.text, each.id))
    return [(Whose(each.whose), each.id) for each in entries]


async def _hit(ports: Ports, place: Place) -> Hit | None:
    whose, named_id = place
    if whose is Whose.PARTNER:  # of one that is only attached nothing is stored
        return Hit(whose, named_id, await ports.partners.named(named_id) or NOT_NAMED)
    sighted = await ports.customers.sighted(named_id)
    if sighted is None:
        return None
    status, named = sighted
    return Hit(whose, named_id, named, None if status == UNASSESSED.status.value else status)
