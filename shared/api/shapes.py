"""Types of answers and bodies as declarations write them; ``local/descriptions`` makes JSON Schemas of them.

A declaration is a TypedDict: its docstring describes it, and ``Annotated`` says of a member what its type does not: a
text describes it, a mapping has keywords of JSON Schema.

To mypy they are typing's; in the process they are plain classes, whose annotations nothing evaluates before somebody
asks for a description: making typing's costs every worker's start 3 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import get_annotations
from typing import TYPE_CHECKING, Annotated, TypeIs

from shared.domain import event_data
from shared.domain.decision import JsonObject, Status
from shared.domain.facts import Fact
from shared.storage.previews import CHANGES

if TYPE_CHECKING:
    from typing import TypedDict as TypedDict  # noqa: PLC0414  exported
else:

    class TypedDict:
        """The base of what is declared."""


RECORD: type = TypedDict if not TYPE_CHECKING else dict


type Shape = object
"""A type as a declaration writes it, Annotated or not: typing has no type for these."""


def members_of(shape: type) -> list[str]:
    """The names of a declaration's members, those of its bases first."""
    return [name for each in reversed(shape.__mro__) for name in get_annotations(each)]


def is_record(shape: Shape) -> TypeIs[type]:
    return isinstance(shape, type) and issubclass(shape, RECORD)


def has_facts[T: type](kinds: Iterable[type[Fact]]) -> Callable[[T], T]:
    """Decorates a record that has, after its first member, a list of facts of each kind."""

    def declare(record: T) -> T:
        members = get_annotations(record)
        first = next(iter(members))
        lists = {each.gathered: list[Annotated[JsonObject, ref(each.kind)]] for each in kinds}
        record.__annotations__ = {first: members[first], **lists, **members}
        return record

    return declare


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
