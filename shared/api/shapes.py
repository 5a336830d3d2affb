"""Types of answers and bodies as their declarations write them; ``schemas`` makes JSON Schemas of them.

A declaration is a TypedDict: its docstring describes it, and ``Annotated`` says of a member what its type does not: a
text describes it, a mapping has keywords of JSON Schema.
"""

from collections.abc import Iterable
from typing import Annotated, TypedDict

from shared.domain import event_data
from shared.domain.decision import JsonObject, Status
from shared.storage.previews import CHANGES


def ref(name: str) -> dict[str, str]:
    """A schema that has a name."""
    return {"$ref": f"#/$defs/{name}"}


def among(words: Iterable[str]) -> dict[str, list[str]]:
    return {"enum": list(words)}


def counts(description: str) -> JsonObject:
    """An object that counts customers by what would change for them."""
    members = {kind: {"type": "integer", "description": kind, "minimum": 0} for kind in CHANGES}
    return {"type": "object", "description": description, "required": list(CHANGES), "properties": members}


FROM_1 = {"minimum": 1}
LARGE = {"minimum": 1, "format": "int64"}
"""More than 32 bits: generators of clients go by the format."""
STATUSES = among(each.value for each in Status)
AnyObject = Annotated[JsonObject, {"type": "object"}]
Identifier = Annotated[str, event_data.IDENTIFIER]
Day = Annotated[str, event_data.DAY]
Moment = Annotated[str, {"format": "date-time"}]
"""A time as this product writes it: UTC, microseconds, Z."""
Sha256 = Annotated[str, {"pattern": "^[0-9a-f]{64}$"}]
Decision = Annotated[JsonObject, ref("decision")]
Node = Annotated[JsonObject, ref("node")]
RuleSetDocument = Annotated[JsonObject, ref("rule-set")]


class Page[T](TypedDict):
    """A page of a list."""

    items: list[T]
    next: Annotated[str | None, "the cursor of the next page; null on the last"]
