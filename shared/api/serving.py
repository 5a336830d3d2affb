"""Serves a route: checks who asks, with which parameters and how much, and answers with JSON or a problem document.

Every answer has the headers that keep a browser from storing, guessing or framing it.
"""

from collections.abc import Mapping

from shared.api.parameters import refuse_unknown
from shared.api.principal import HEADER, read_principal
from shared.api.problems import Problem, no_rule_set_in_force
from shared.api.route import Connect, Reply, Request, Roles, Route, json_reply
from shared.errors import PassingError
from shared.logs import Log
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

_log = Log("http")


async def serve(route: Route, request: Request, invocation_id: str, connect: Connect) -> Reply:
    """The answer; a problem document whatever fails."""
    try:
        if route.roles:
            _require_role(request, route.name, route.roles)
        if not route.any_query:
            refuse_unknown(request.params, route.query)
        reply = await _answer(route, request, connect)
    except Exception as fault:
        if isinstance(fault, PassingError):
            await see_to(connect(), fault)
        problem = _problem_of(fault, route.name, invocation_id)
        reply = json_reply(
            problem.to_json(), problem.status, type="application/problem+json", headers=dict(problem.headers)
        )
    reply.headers = {**HEADERS, **reply.headers}
    if request.url.startswith("https://"):  # over plain HTTP browsers ignore it
        reply.headers["Strict-Transport-Security"] = ONLY_TLS
    return reply


def _require_role(request: Request, route: str, roles: Roles) -> None:
    if read_authorisation() is not Authorisation.APP_ROLES:
        return
    if not read_principal(request.headers.get(HEADER, "")).roles & roles:
        _log.warning("forbidden", route=route)
        wanted = " or ".join(sorted(role.value for role in roles))
        raise Problem(403, "Forbidden", f"the caller has no role for this; it takes {wanted}")


def _caller(request: Request) -> str:
    if read_authorisation() is Authorisation.KEYS:
        return ""
    return read_principal(request.headers.get(HEADER, "")).name


async def _answer(route: Route, request: Request, connect: Connect) -> Reply:
    if route.roles and len(request.get_body()) > route.max_bytes:
        raise Problem(413, "Body too large", f"the body has more than {route.max_bytes} bytes; send less")
    answer = await route.handler(**route.arguments(request, connect, lambda: _caller(request)))
    if isinstance(answer, Reply):
        return answer
    reply = json_reply(answer, route.status)
    if route.location and isinstance(answer, Mapping):
        reply.headers["Location"] = "/api/" + route.location.format(**{**answer, **request.route_params})
    return reply


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
    from shared.api.unexpected import unexpected

    return unexpected(fault, route, invocation_id)
