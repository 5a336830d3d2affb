"""Finding customers and partners by what people know of them."""

from __future__ import annotations

from typing import Annotated

from shared.api.called import CalledName, CalledOwner, called, text_to_find
from shared.api.parameters import Parameter
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import STATUSES, Identifier, TypedDict, among
from shared.ports import Ports
from shared.storage.names import Whose

NOUN = Noun("Search", "Customers and partners by id or name.")

Wanted = Annotated[
    str,
    Parameter(
        "q",
        text_to_find,
        Annotated[str, "an id, how one begins, or how a name begins"],
        required=True,
        example="C-1001",
    ),
]


class SearchHit(TypedDict):
    """A customer or a partner that was found."""

    kind: Annotated[str, "what it is", among(Whose)]
    id: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    status: Annotated[str, "a customer's status; null if it is not decided, or of a partner", STATUSES] | None


class Found(TypedDict):
    """Who was found."""

    items: list[SearchHit]
    more: Annotated[bool, "true: there are others; give more of the name"]


@Route(
    NOUN,
    "GET",
    "search",
    READERS,
    "Find customers and partners by id or name",
    "At most 25: who has that id, then those whose id begins so, then those whose name, or a word of it, begins so.",
    "Names are compared without case. Of whom nothing but a description is known, it is listed here alone.",
)
async def search(ports: Ports, q: Wanted) -> Found:
    from shared.workflow import search  # no event should wait for it

    hits, more = await search.search(ports, q)
    items: list[SearchHit] = [
        {"kind": each.whose.value, "id": each.id, **called(each.named), "status": each.status} for each in hits
    ]
    return {"items": items, "more": more}
