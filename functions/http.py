"""Triggers: every route of ``shared.api`` is registered with Azure Functions, by what it declares."""

from collections.abc import Awaitable, Callable

import azure.functions as func

from shared.api.route import METHODS, Route
from shared.api.routes import ROUTES
from shared.api.serving import serve
from shared.api.unrouted import UNROUTED
from shared.settings import host_asks_for_keys
from shared.wiring import ports

type Handler = Callable[[func.HttpRequest, func.Context], Awaitable[func.HttpResponse]]

blueprint = func.Blueprint()


def host_level() -> func.AuthLevel:
    """What the host itself asks of a caller where the route does not say."""
    return func.AuthLevel.FUNCTION if host_asks_for_keys() else func.AuthLevel.ANONYMOUS


def _registered(route: Route, methods: tuple[str, ...]) -> Handler:
    async def handler(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        reply = await serve(route, req, context.invocation_id, ports)
        return func.HttpResponse(
            reply.body, status_code=reply.status, headers=reply.headers, mimetype=reply.type, charset="utf-8"
        )

    handler.__name__ = handler.__qualname__ = route.name
    level = None if route.roles else func.AuthLevel.ANONYMOUS
    blueprint.function_name(route.name)(blueprint.route(route.path, methods=methods, auth_level=level)(handler))
    return handler


HANDLERS = {each.name: _registered(each, each.methods) for each in ROUTES}
"""By the function's name."""
UNROUTED_HANDLER = _registered(UNROUTED, METHODS)
