"""Problems: why a request cannot be answered, as documents of RFC 9457."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.decision import JsonObject
from shared.errors import MemberError
from shared.own_json import compact_bytes

MOST_ERRORS = 100


@dataclass(eq=False, repr=False)
class Problem(Exception):  # noqa: N818 - the RFC's word
    """``status`` is the HTTP status; ``errors`` name the members at fault, ``more`` are members of its own."""

    status: int
    title: str
    detail: str
    errors: tuple[MemberError, ...] = ()
    more: Mapping[str, str | list[str] | list[int]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.detail)
        self.errors = _first_of(self.errors)

    def to_json(self) -> JsonObject:
        problem: JsonObject = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        if self.errors:
            problem["errors"] = [error.to_json() for error in self.errors]
        return {**problem, **self.more}

    def within(self, most_bytes: int) -> JsonObject:
        """The same with as many errors as fit."""
        answer = self.to_json()
        while len(errors := answer.get("errors", [])) > 1 and len(compact_bytes(answer)) > most_bytes:
            answer["errors"] = errors[: len(errors) // 2]
        return answer


def _first_of(errors: tuple[MemberError, ...]) -> tuple[MemberError, ...]:
    """Each error; of very many the first hundred and how many more there are."""
    more = len(errors) - MOST_ERRORS
    return (*errors[:MOST_ERRORS], MemberError("$", f"and {more} more errors")) if more > 1 else errors


def not_found(what: str, *errors: MemberError) -> Problem:
    return Problem(404, "Not found", what, errors)


def bad_request(*errors: MemberError) -> Problem:
    return _of_members(400, "Bad request", errors)


def beyond_limits(*errors: MemberError, title: str = "Beyond the limits") -> Problem:
    return _of_members(422, title, errors)


def _of_members(status: int, title: str, errors: tuple[MemberError, ...]) -> Problem:
    return Problem(status, title, "; ".join(f"{each.path} {each.message}" for each in errors[:3]), errors)


def no_rule_set_in_force(fault: Exception) -> Problem:
    return Problem(409, "No rule set in force", str(fault))
