"""Who may ask what, and with which query parameters: each route declares both, and they are checked before it runs.

Whatever the outcome, a refusal or an unexpected exception included, the answer is a problem document at worst and has
the headers that keep a browser from storing, guessing or framing it.
"""

from collections.abc import Awaitable, Callable

import azure.functions as func

from functions.unexpected import unexpected
from functions.web import problem_answer
from shared.logs import Log
from shared.queries.parameters import refuse_unknown
from shared.queries.principal import HEADER, Role, read_principal
from shared.queries.problems import Problem
from shared.settings import Authorisation, SettingError, host_asks_for_keys, read_authorisation

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
type Guarded = Callable[[func.HttpRequest, func.Context], Awaitable[func.HttpResponse]]
type Roles = frozenset[Role]

EVERYONE: Roles = frozenset()
"""Without being signed in; such a route is ANONYMOUS for the host too."""
READERS: Roles = frozenset({Role.READER, Role.RULE_MANAGER, Role.OPERATOR})
PUBLISHERS: Roles = frozenset({Role.PUBLISHER})
RULE_MANAGERS: Roles = frozenset({Role.RULE_MANAGER})
OPERATORS: Roles = frozenset({Role.OPERATOR})
ANY_ROLE: Roles = frozenset(Role)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""Of every answer, unless it has its own."""
ONLY_TLS = "max-age=31536000"

roles_of: dict[str, Roles] = {}
"""By the function's name, as declared beside the routes."""
query_of: dict[str, tuple[str, ...]] = {}
"""The query parameters that a route knows, likewise."""

_log = Log("http")


def host_level() -> func.AuthLevel:
    """What the host itself asks of a caller where the route does not say."""
    return func.AuthLevel.FUNCTION if host_asks_for_keys() else func.AuthLevel.ANONYMOUS


def allowed(roles: Roles, query: tuple[str, ...] = (), *, any_query: bool = False) -> Callable[[Handler], Guarded]:
    """Let callers with one of the roles through to the route, with the parameters of ``query`` at most."""

    def guard(handler: Handler) -> Guarded:
        name = handler.__name__
        roles_of[name], query_of[name] = roles, query

        # The worker reads this signature: not that of the handler, which wants no context.
        async def guarded(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
            try:
                response = refusal(req, name, roles) if roles else None
                response = response or (None if any_query else _unknown_parameters(req, query)) or await handler(req)
            except Exception as fault:
                response = unexpected(fault, name, context.invocation_id)
            return _with_headers(req, response)

        guarded.__name__ = guarded.__qualname__ = name
        return guarded

    return guard


def refusal(request: func.HttpRequest, route: str, roles: Roles) -> func.HttpResponse | None:
    """Why the caller may not, or None."""
    try:
        if read_authorisation() is Authorisation.APP_ROLES:
            _require(request, route, roles)
    except SettingError as fault:
        return problem_answer(Problem(503, "Not set up", str(fault)))
    except Problem as problem:
        response = problem_answer(problem)
        if problem.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response
    return None


def _require(request: func.HttpRequest, route: str, roles: Roles) -> None:
    if not read_principal(request.headers.get(HEADER, "")).roles & roles:
        _log.warning("forbidden", route=route)
        wanted = " or ".join(sorted(role.value for role in roles))
        raise Problem(403, "Forbidden", f"the caller has no role for this; it takes {wanted}")


def _unknown_parameters(request: func.HttpRequest, known: tuple[str, ...]) -> func.HttpResponse | None:
    try:
        refuse_unknown(request.params, known)
    except Problem as problem:
        return problem_answer(problem)
    return None


def caller(request: func.HttpRequest) -> str:
    """The verified caller's name; empty where callers have keys, which name nobody."""
    if read_authorisation() is Authorisation.KEYS:
        return ""
    return read_principal(request.headers.get(HEADER, "")).name


def _with_headers(request: func.HttpRequest, response: func.HttpResponse) -> func.HttpResponse:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.startswith("https://"):  # told over plain HTTP it counts for nothing
        response.headers["Strict-Transport-Security"] = ONLY_TLS
    return response
