"""The members of events' data as pydantic's types, for what is checked or described by models.

Arrives: kinds of ``event_data``. Leaves: types and fields that accept the same and say the same of themselves.
"""

from collections.abc import Iterator
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.domain.event_data import Day, EventData, Flag, ListOf, MemberKind, Text, Word

_ANNOTATED: Any = Annotated
_LITERAL: Any = Literal
"""Values here: the types are made of data, where a type checker reads none."""


def type_of(kind: MemberKind) -> Any:
    """The type of a member, described by what is right for it."""
    described = Field(description=kind.right)
    match kind:
        case Text(pattern=pattern):
            checks = (StringConstraints(pattern=f"^{pattern}$"), *_day_checks(kind))
            return _ANNOTATED[(str, *checks, described)]
        case Word(words=words):
            return _ANNOTATED[_LITERAL[words], described]
        case ListOf(each=each, most=most):
            return _ANNOTATED[GenericAlias(list, type_of(each)), Field(min_length=1, max_length=most), described]
    return _ANNOTATED[bool, described]


def fields_of(data: EventData) -> Iterator[tuple[str, Any]]:
    """Each member's name and what pydantic's ``create_model`` takes for it."""
    for name, kind in data.required.items():
        yield name, type_of(kind)
    for name, kind in data.optional.items():
        absent = kind.absent if isinstance(kind, Flag) else None
        type_ = type_of(kind) if absent is not None else type_of(kind) | None
        yield name, (type_, Field(absent, description=kind.right))


def _day_checks(kind: Text) -> tuple[Any, ...]:
    if not isinstance(kind, Day):
        return ()
    return AfterValidator(_accepted_by(kind)), Field(json_schema_extra={"format": "date"})


def _accepted_by(kind: Day) -> Any:
    def check(value: str) -> str:
        if not kind.accepts(value):
            raise ValueError(kind.right)
        return value

    return check
