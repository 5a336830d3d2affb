"""The problem of an exception that no route expects: it has the invocation's id, under which the log has the traceback.

The logged traceback is without the exceptions' texts, which may quote what was sent.
"""

import traceback
from collections.abc import Iterator

from shared.api.problems import Problem
from shared.logs import Log

_MOST_FRAMES = 30
_MOST_FAULTS = 10

_log = Log("http")


def unexpected(fault: Exception, route: str, invocation_id: str) -> Problem:
    """Log the fault, which a metric and an alert count; the problem is a 500."""
    text = "".join(_lines(fault))
    _log.error("request failed", route=route, fault=type(fault).__name__, invocationId=invocation_id, traceback=text)
    detail = (
        f"the app failed in a way that it does not expect; its log has the reason under invocationId {invocation_id}"
    )
    return Problem(500, "Unexpected failure", detail, more={"invocationId": invocation_id})


def _lines(fault: BaseException) -> Iterator[str]:
    for number, each in enumerate(_with_causes(fault)):
        yield f"{'because of ' if number else ''}{type(each).__module__}.{type(each).__qualname__}\n"
        yield from traceback.StackSummary.extract(traceback.walk_tb(each.__traceback__), limit=-_MOST_FRAMES).format()


def _with_causes(fault: BaseException) -> list[BaseException]:
    """The fault, what it was raised for or while handling, and the members of groups."""
    found = [fault]
    for each in found:  # grows meanwhile
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        members = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        found += [other for other in (cause, *members) if other is not None and other not in found]
        if len(found) >= _MOST_FAULTS:
            break
    return found[:_MOST_FAULTS]
