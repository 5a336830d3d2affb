"""An HTTP server that takes and refuses what the real host's server does, before any function is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.http_parser import HttpRequestParserPy

LONGEST_REQUEST_LINE: Final = 8 * 1024
LONGEST_HEADERS: Final = 32 * 1024
MOST_HEADERS: Final = 100

type Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class HttpSite:
    """Serves ``handler`` on one port."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None

    async def start(self, host: str, port: int) -> int:
        """The port that it is on."""
        self._runner = web.ServerRunner(_Server(self._handler), shutdown_timeout=0.5)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, host, port)
        await self._site.start()
        return int(self._runner.addresses[0][1])

    async def stop_listening(self) -> None:
        """Those who wait for an answer still get it."""
        if self._site:
            await self._site.stop()

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()


class _Server(web.Server):
    """Hands each well-formed request to ``handler``; the others are answered without a body."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(_within_limits(handler), access_log=None)

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=asyncio.get_running_loop(), access_log=None)


class _Connection(web.RequestHandler):
    def __init__(self, manager: web.Server, *, loop: asyncio.AbstractEventLoop, **options: Any) -> None:
        super().__init__(manager, loop=loop, **options)
        # The compiled parser refuses methods it does not know and `get` in small letters, which the real host takes.
        self._parser = HttpRequestParserPy(
            self,
            loop,
            max_line_size=2 * LONGEST_HEADERS,  # of a line not yet complete, be it the first or a header
            max_field_size=2 * LONGEST_HEADERS,
            max_headers=LONGEST_HEADERS,
            payload_exception=web.RequestPayloadError,
            auto_decompress=False,
        )

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  given by aiohttp
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """Log faults of this host, not requests that cannot be read."""
        if isinstance(exc, LineTooLong):
            status = 414 if b" " in bytes(exc.args[0]).partition(b":")[0] else 431
        elif not isinstance(exc, HttpProcessingError | web.RequestPayloadError | ConnectionError):
            self.log_exception("cannot answer", exc_info=exc)
        return _refusal(status)


def _within_limits(handler: Handler) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if len(request.method) + len(request.raw_path) + len(" HTTP/1.1 \r\n") > LONGEST_REQUEST_LINE:
            return _refusal(414)
        headers = request.raw_headers
        size = sum(len(name) + len(value) + len(": \r\n") for name, value in headers)
        if size > LONGEST_HEADERS or len(headers) > MOST_HEADERS:
            return _refusal(431)
        if not all(_is_text(value) for _, value in headers):
            return _refusal(400)
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # nothing of the answer is sent yet
        return await handler(request)

    return handle


def _refusal(status: int) -> web.Response:
    response = web.Response(status=status)
    response.force_close()
    return response


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
