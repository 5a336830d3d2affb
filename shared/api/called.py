"""What customers and partners are called, as answers have it, and texts that people look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from shared.api.problems import bad_request
from shared.api.shapes import TypedDict
from shared.at_once import at_once
from shared.domain.event_data import LINE
from shared.domain.named import NOT_NAMED, Named, folded
from shared.errors import MemberError
from shared.ports import Ports

CalledName = Annotated[str, "what people call it"]
CalledOwner = Annotated[str, "who looks after it"]


class Called(TypedDict):
    """What it is called."""

    name: CalledName | None
    owner: CalledOwner | None


def called(named: Named) -> Called:
    return {"name": named.name, "owner": named.owner}


def owner_text(name: str, value: str | None) -> str:
    """Absent: empty."""
    return text_to_find(name, value) if value is not None else ""


def text_to_find(name: str, value: str | None) -> str:
    if value is None or not LINE.accepts(value) or not folded(value):
        raise bad_request(MemberError(name, "is not right; give 1 to 200 characters, not of white space alone"))
    return value


async def names_of(ports: Ports, customer_ids: Iterable[str]) -> Mapping[str, Named]:
    """Of customers of a page, by a read of each."""
    ids = list(dict.fromkeys(customer_ids))
    found = await at_once(ports.customers.sighted, ids)
    return {each: sighted[1] if sighted else NOT_NAMED for each, sighted in zip(ids, found, strict=True)}
