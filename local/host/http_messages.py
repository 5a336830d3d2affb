"""Translates requests into what a function is called with, and its return value into an answer."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from local.host.protos import Message, TypedData
from local.host.worker import Result

FRAMING: Final = ("content-length", "transfer-encoding")  # the host's own: every answer is chunked
NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
log = logging.getLogger("host.http")


def http_argument(
    request: web.BaseRequest, parameters: Mapping[str, str], query: Mapping[str, str], body: bytes
) -> TypedData:
    """A header that came twice is joined by a comma, a cookie too; names are in small letters."""
    values = {name.lower(): request.headers.getall(name) for name in request.headers}
    return TypedData(
        http=Message(
            method=request.method,
            url=f"{request.scheme}://{request.headers.get('Host', '')}{request.raw_path}",
            headers={name: ",".join(filter(None, each)) for name, each in values.items()},
            query=query,
            params=parameters,
            body=TypedData(bytes=body),
        )
    )


def http_response(name: str, result: Result, *, chunked: bool) -> web.Response:
    """The answer of the function ``name``; 500 where it has a header that cannot be sent."""
    value: Any = result.value
    if value is None:
        return web.Response(status=204)
    if value.kind == "http":
        http = value.http
        headers = {each: text for each, text in http.headers.items() if each.lower() not in FRAMING}
        if bad := [each for each, text in headers.items() if not NAME.fullmatch(each) or not VALUE.fullmatch(text)]:
            log.error("%s: the header %r cannot be sent: use ASCII without control characters", name, bad[0])
            return web.Response(status=500)
        response = web.Response(status=int(http.status_code), headers=headers, body=http.body.value)
    else:
        response = web.Response(body=str(value.value).encode(), content_type="text/plain", charset="utf-8")
    if chunked:
        response.enable_chunked_encoding()
    return response
