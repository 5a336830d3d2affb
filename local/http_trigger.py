"""HTTP triggers on one server.

Arrives: requests. Leaves: the function's answer; 404 where no route meets path and method (the real host has no 405),
401 without a body where a key is asked for and did not come, 500 without a body where the function failed.
"""

import logging
import os
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from local.activity import Activity
from local.keys import Keys
from local.protos import Message, TypedData
from local.routes import Route
from local.worker import Function, Result, Worker

log = logging.getLogger("host.http")


class HttpTriggers:
    """All HTTP functions of the app, the most specific route first."""

    def __init__(
        self, functions: Iterable[Function], prefix: str, worker: Worker, activity: Activity, keys: Keys
    ) -> None:
        routed = [(_route(function, prefix), _methods(function), function) for function in functions]
        self._routes = sorted(routed, key=lambda each: each[0].order)
        self._worker, self._activity, self._keys = worker, activity, keys
        self._longest_body = int(os.environ.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") or 100 * 1024 * 1024)

    async def answer(self, request: web.Request) -> web.Response:
        for route, methods, function in self._routes:
            parameters = route.match(request.rel_url.raw_path)
            if parameters is not None and (not methods or request.method in methods):
                with self._activity.one():
                    return await self._call(function, request, parameters)
        return web.Response(status=404)

    async def _call(self, function: Function, request: web.Request, parameters: dict[str, str]) -> web.Response:
        if not self._keys.let_through(request, function.name, function.trigger.get("authLevel") or "FUNCTION"):
            return web.Response(status=401)
        if (request.content_length or 0) > self._longest_body:
            log.error("%s: the body is longer than %d bytes", function.name, self._longest_body)
            return web.Response(status=500)
        # As in Azure: a body sent in chunks, its length not announced, arrives empty.
        body = await request.read() if request.content_length else b""
        result = await self._worker.call(function, _http(request, parameters, body))
        if not result.succeeded:
            log.error("%s failed: %s\n%s", function.name, result.error, result.trace)
            return web.Response(status=500)
        return _response(result)


def _route(function: Function, prefix: str) -> Route:
    template = function.trigger.get("route")
    return Route.parse(f"{prefix}/{function.name if template is None else template}")


def _methods(function: Function) -> frozenset[str]:
    return frozenset(str(method).upper() for method in function.trigger.get("methods") or ())


def _http(request: web.Request, parameters: dict[str, str], body: bytes) -> TypedData:
    """What the worker is told of a request; repeated headers and parameters are joined, empty ones left out."""
    return TypedData(
        http=Message(
            method=request.method,
            url=str(request.url),
            headers={name.lower(): ",".join(request.headers.getall(name)) for name in request.headers},
            query={name: ",".join(request.query.getall(name)) for name, value in request.query.items() if value},
            params=parameters,
            body=TypedData(bytes=body),
        )
    )


def _response(result: Result) -> web.Response:
    value: Any = result.value
    if value is None:
        return web.Response(status=204)
    if value.kind != "http":
        return web.Response(body=str(value.value).encode(), content_type="text/plain", charset="utf-8")
    http = value.http
    return web.Response(status=int(http.status_code), headers=http.headers, body=http.body.value)
