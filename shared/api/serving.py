"""Serves a route: checks who asks, with which parameters and how much, and answers with JSON or a problem document.

Every answer has the headers that keep a browser from storing, guessing or framing it, and is compressed for who takes
that. An exception that no route
expects is a problem with the invocation's id, under which the log has the traceback, without the texts of the
exceptions: they may quote what was sent.
"""

import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from isal import isal_zlib

from shared.api.accepted import weight
from shared.api.parameters import refuse_unknown
from shared.api.principal import HEADER, Principal, read_principal
from shared.api.problems import Problem, no_rule_set_in_force
from shared.api.route import Connect, Reply, Request, Route
from shared.errors import PassingError
from shared.logs import Log
from shared.own_json import compact_bytes
from shared.rule_books import NoRuleSetInForceError
from shared.settings import Authorisation, SettingError, read_authorisation
from shared.workflow.keep import see_to

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""Of every answer, unless it has its own."""
ONLY_TLS = "max-age=31536000"
SESSION = "AppServiceAuthSession"
"""The cookie by which the platform knows who signed in with a browser."""
REQUESTED_WITH = "X-Requested-With"
MIN_COMPRESSED = 1024
"""Bytes; an answer of no more is sent as it is."""
_ENCODING = "Accept-Encoding"
_GZIP = 31
"""The window of 32 KiB in the form of gzip (``zlib.compress``)."""
_MOST_FRAMES = 30
_MOST_FAULTS = 10

_log = Log("http")


async def serve(route: Route, request: Request, invocation_id: str, connect: Connect) -> Reply:
    """The answer; a problem document whatever fails."""
    try:
        if route.roles:
            _require_role(route, request)
        if route.method != "GET":
            _refuse_of_another_site(request.headers)
        if not route.any_query:
            refuse_unknown(request.params, route.query)
        reply = await _answer(route, request, connect)
    except Exception as fault:
        problem = _problem_of(fault, route.name, invocation_id)
        body = compact_bytes(problem.to_json())
        reply = Reply(body, problem.status, "application/problem+json", dict(problem.headers))
    _compress(reply, request.headers)
    reply.headers = {**HEADERS, **reply.headers}
    if request.url.startswith("https://"):  # over plain HTTP browsers ignore it
        reply.headers["Strict-Transport-Security"] = ONLY_TLS
    return reply


def _require_role(route: Route, request: Request) -> None:
    if read_authorisation() is not Authorisation.APP_ROLES:
        return
    if not read_principal(request.headers.get(HEADER, "")).roles & route.roles:
        _log.warning("forbidden", route=route.name)
        wanted = " or ".join(sorted(role.value for role in route.roles))
        raise Problem(403, "Forbidden", f"the caller has no role for this; it takes {wanted}")


def _refuse_of_another_site(headers: Mapping[str, str]) -> None:
    """A browser sends the cookie whoever made the page; only a page of this app can add a header."""
    cookies = (each.split("=", 1)[0].strip() for each in headers.get("cookie", "").split(";"))
    if any(each.startswith(SESSION) for each in cookies) and not headers.get(REQUESTED_WITH.lower()):
        detail = f"the request changes something and comes with the cookie {SESSION} alone; send {REQUESTED_WITH} too"
        raise Problem(403, "Forbidden", f"{detail}, or a bearer token in place of the cookie")


def _signed(request: Request) -> Principal | None:
    if read_authorisation() is Authorisation.KEYS:
        return None
    return read_principal(request.headers.get(HEADER, ""))


async def _answer(route: Route, request: Request, connect: Connect) -> Reply:
    from shared.api import csv_lists  # no event should wait for it

    as_csv = route.columns and csv_lists.is_wanted(request.headers)
    query = csv_lists.with_limit(request.params) if as_csv else request.params
    if route.roles and len(request.get_body()) > route.max_bytes:
        raise Problem(413, "Body too large", f"the body has more than {route.max_bytes} bytes; send less")
    try:
        answer = await route.handle(request, connect, lambda: _signed(request), query)
    except PassingError as fault:
        await see_to(connect(), fault)
        raise
    if isinstance(answer, Reply):
        return answer
    reply = _csv(route, request, answer) if as_csv else Reply(compact_bytes(answer), route.status)
    if route.columns:
        reply.headers["Vary"] = "Accept"
    if route.location and isinstance(answer, Mapping):
        reply.headers["Location"] = "/api/" + route.location.format(**{**answer, **request.route_params})
    return reply


def _csv(route: Route, request: Request, page: Any) -> Reply:
    from shared.api import csv_lists

    reply = Reply(csv_lists.to_csv(route.columns, page["items"]), route.status, csv_lists.CSV)
    if page["next"] is not None:
        reply.headers["Link"] = csv_lists.link_to_next(request, route.cursor, page["next"])
    return reply


def _compress(reply: Reply, headers: Mapping[str, str]) -> None:
    """The body in gzip where that is smaller and the caller accepts it, unless the route saw to that: the host
    compresses nothing."""
    vary = reply.headers.get("Vary")
    if len(reply.body) <= MIN_COMPRESSED or _ENCODING in (vary or ""):
        return
    reply.headers["Vary"] = f"{vary}, {_ENCODING}" if vary else _ENCODING
    if weight(headers.get("accept-encoding", ""), "gzip") > 0:
        reply.body = isal_zlib.compress(reply.body, wbits=_GZIP)
        reply.headers["Content-Encoding"] = "gzip"


def _problem_of(fault: Exception, route: str, invocation_id: str) -> Problem:
    """The problem that the exception is; a passing one may be gone when the caller asks again."""
    match fault:
        case Problem():
            return fault
        case NoRuleSetInForceError():
            return no_rule_set_in_force(fault)
        case SettingError():
            return Problem(503, "Not set up", str(fault))
        case PassingError():
            _log.warning("unavailable", fault=str(fault))
            return Problem(503, fault.title, fault.detail)
    return _unexpected(fault, route, invocation_id)


def _unexpected(fault: Exception, route: str, invocation_id: str) -> Problem:
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
