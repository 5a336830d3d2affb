"""HTTP triggers: finds the function of a request, calls it and answers as the real host does.

404 where no route takes path and method (the real host has no 405), 401 where a key is asked for and did not come, 500
where the function failed; each without a body.
"""

import logging
import os
from collections.abc import Iterable
from typing import Final

from aiohttp import web

from local.host.activity import Activity
from local.host.http_messages import http_argument, http_response
from local.host.http_path import decode_path, decode_query, split_target
from local.host.keys import HEADER, PARAMETER, Keys
from local.host.routes import Route
from local.host.worker import Calls, Function

METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
log = logging.getLogger("host.http")


class HttpTriggers:
    """All HTTP functions of the app, the most specific route first."""

    def __init__(
        self, functions: Iterable[Function], prefix: str, worker: Calls, activity: Activity, keys: Keys
    ) -> None:
        routed = [(_route(function, prefix), _methods(function), function) for function in functions]
        self._routes = sorted(routed, key=lambda each: each[0].order)
        self._worker, self._activity, self._keys = worker, activity, keys
        self._longest_body = int(os.environ.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") or 100 * 1024 * 1024)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        raw_path, raw_query = split_target(request.raw_path)
        try:
            path = decode_path(raw_path)
        except ValueError:
            return web.Response(status=400)
        query = decode_query(raw_query)
        for route, methods, function in self._routes:
            parameters = route.match(path)
            if parameters is not None and request.method in methods:
                with self._activity.one():
                    return await self._call(function, request, parameters, query)
        return web.Response(status=404)

    async def _call(
        self, function: Function, request: web.BaseRequest, parameters: dict[str, str], query: dict[str, str]
    ) -> web.Response:
        code = next((value for name, value in query.items() if name.lower() == PARAMETER), "")
        given = request.headers.get(HEADER) or code  # the header first, as in Azure
        if not self._keys.let_through(given, function.name, function.trigger.get("authLevel") or "FUNCTION"):
            return web.Response(status=401)
        if (request.content_length or 0) > self._longest_body:
            log.error("%s: the body is longer than %d bytes", function.name, self._longest_body)
            return web.Response(status=500)
        # As in Azure: a body sent in chunks, its length not announced, arrives empty.
        body = await request.content.read() if request.content_length else b""
        result = await self._worker.call(function, http_argument(request, parameters, query, body))
        if not result.succeeded:
            log.error("%s failed: %s\n%s", function.name, result.error, result.trace)
            return web.Response(status=500)
        return http_response(function.name, result, chunked=request.version >= (1, 1))


def _route(function: Function, prefix: str) -> Route:
    template = function.trigger.get("route")
    return Route.parse(f"{prefix}/{function.name if template is None else template}")


def _methods(function: Function) -> frozenset[str]:
    """Those listed, else all; never one that the host itself does not take."""
    listed = frozenset(str(method).upper() for method in function.trigger.get("methods") or ())
    return listed & METHODS or METHODS
