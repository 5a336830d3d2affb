"""The criterion about exceptions that a customer was granted."""

from collections.abc import Iterator, Sequence
from datetime import date

from shared.domain.decision import Node, Value, Verdict
from shared.domain.declared import declared
from shared.domain.facts import GrantedException
from shared.domain.partner_days import day_after
from shared.rules.changes.plan import Plans
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import Leaf, Subject, Weights, verdict_of
from shared.rules.criteria.phrase import Phrase
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search
from shared.rules.words import day, shortened

_LONGEST_REASON, _LONGEST_NAME = 70, 40
"""Characters shown of each, so that the sentence is not cut before it says who."""


@declared
class ExceptionHolds(Leaf):
    """Met when at least one exception granted to the customer, which is not revoked, has begun and has not ended. It
    makes no criterion beside it not needed, and it is proposed to nobody.
    """

    kind = "exception"
    says = "The programme has granted the customer an exception that holds"
    outside = ("project",)
    asks_for_exception = True

    def compile(self) -> Test:
        def exception_holds(scope: Scope) -> bool:
            if scope.without_exceptions:
                return False
            on = scope.on
            return any(each.holds(on) for each in scope.customer.exceptions)

        return exception_holds

    def size(self, _: Scope, weights: Weights | None = None) -> int:
        return weights.exceptions if weights else 1

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        holding = [] if scope.without_exceptions else [each for each in _effective(scope) if each.holds(scope.on)]
        required = "an exception that holds"
        if not holding:
            return self.node(verdict_of(False), required, _last_and_next(_effective(scope), scope.on) or None, subject)
        longest = max(holding, key=lambda each: (each.valid_until, each.exception_id))
        return self.node(verdict_of(True), required, _shown(longest), subject)._replace(by_exception=True)

    def phrase(self, node: Node, on: date) -> Phrase:  # noqa: ARG002
        match node.actual:
            case {"reason": str(reason), "approvedBy": str(name), "validUntil": str(until)}:
                why = f"{_plain(reason, _LONGEST_REASON)}, approved by {_plain(name, _LONGEST_NAME)}"
                return Phrase(f"by exception until {day(until)}: {why}")
            case {"endedOn": str(ended), "startsOn": str(starts)}:
                return Phrase(f"no exception holds: the last ended on {day(ended)}, the next starts on {day(starts)}")
            case {"endedOn": str(ended)}:
                return Phrase(f"no exception holds: the last ended on {day(ended)}")
            case {"startsOn": str(starts)}:
                return Phrase(f"no exception holds yet: one starts on {day(starts)}")
        return Phrase("no exception holds")

    def add_dates(self, ahead: Ahead) -> None:
        for each in _effective(ahead):
            ahead.dates.add(each.valid_from)
            if ends := day_after(each.valid_until):
                ahead.dates.add(ends)

    def met_on(self, ahead: Ahead) -> int:
        return 0 if ahead.without_exceptions else held_on(ahead)

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:
        for each in () if ahead.without_exceptions else _effective(ahead):
            if each.valid_from == ahead.days[1] if starts else each.valid_until == ahead.days[0]:
                what = f"exception {each.exception_id} {'starts' if starts else 'ends'}"
                yield Turn(each.kind, starts, {"exceptionId": each.exception_id}, what)

    def missing(self, search: Search) -> Plans:  # noqa: ARG002  nobody is to be told to ask for one
        return []


def says_nothing(node: Node) -> bool:
    """Whether the node of such a criterion is not worth a line: nothing was ever granted."""
    return node.verdict is not Verdict.MET and node.actual is None


def _plain(text: str, most: int) -> str:
    return shortened("".join(each if each.isprintable() else " " for each in text), most)


def held_on(ahead: Ahead) -> int:
    """On which of the days an exception holds."""
    found = 0
    for each in _effective(ahead):
        found |= ahead.bits(each.valid_from, day_after(each.valid_until))
    return found


def _effective(scope: Scope) -> list[GrantedException]:
    """Those that hold on some day."""
    return [each for each in scope.customer.exceptions if not each.revoked and each.valid_from <= each.valid_until]


def _shown(exception: GrantedException) -> dict[str, Value]:
    return {
        "exceptionId": exception.exception_id,
        "reason": exception.reason,
        "approvedBy": exception.approved_by,
        "validFrom": exception.valid_from.isoformat(),
        "validUntil": exception.valid_until.isoformat(),
    }


def _last_and_next(exceptions: Sequence[GrantedException], on: date) -> dict[str, Value]:
    """Where none holds: the last day on which one did, and the first on which one will."""
    ended = max((each.valid_until for each in exceptions if each.valid_until < on), default=None)
    starts = min((each.valid_from for each in exceptions if each.valid_from > on), default=None)
    found: dict[str, Value] = {"endedOn": ended.isoformat()} if ended else {}
    return found | ({"startsOn": starts.isoformat()} if starts else {})
