"""An HTTP proxy before the queues and tables of Azurite that does one harm at one call.

Arrives: Azurite's ports, a fault and the number of the call it befalls. Leaves: two ports of its own; requests pass
with their path and headers as they came, for both are signed.
"""

import socket
import struct
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Self

from aiohttp import ClientSession, web
from yarl import URL

from local.host.ports import HOST

_SIGNED_AS_THEY_CAME = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_OF_ONE_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding")


class Fault(StrEnum):
    """What befalls a call."""

    RESET = "the connection is reset before the call"
    LOST = "the connection is reset in place of the answer"
    BROKEN = "500 in place of the answer"
    BUSY = "503 in place of the call"
    THROTTLED = "429 in place of the call"
    DEAD_BEFORE = "the worker gets nothing through from this call on"
    DEAD_AFTER = "the worker gets no answer from this call on"
    OVERTAKEN_BEFORE = "the call waits until another worker has handled the message"
    OVERTAKEN_AFTER = "the answer waits until another worker has handled the message"


_STATUS = {Fault.BROKEN: 500, Fault.BUSY: 503, Fault.THROTTLED: 429}
_BEFORE = (Fault.RESET, Fault.BUSY, Fault.THROTTLED, Fault.DEAD_BEFORE, Fault.OVERTAKEN_BEFORE)
_LASTING = (Fault.DEAD_BEFORE, Fault.DEAD_AFTER)
_OVERTAKEN = (Fault.OVERTAKEN_BEFORE, Fault.OVERTAKEN_AFTER)


class FaultProxy:
    """``calls`` counts the requests; the ``number``-th meets the fault. ``meanwhile`` is what overtakes it."""

    def __init__(self, upstream: tuple[int, int], fault: Fault = Fault.RESET, number: int = 0) -> None:
        self._upstream, self._fault, self._number = upstream, fault, number
        self._to: dict[int, int] = {}
        self.calls = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    @property
    def ports(self) -> tuple[int, ...]:
        """The proxy's ports, in the order of those behind it."""
        return tuple(self._to)

    async def __aenter__(self) -> Self:
        self._session = ClientSession(auto_decompress=False, skip_auto_headers=_SIGNED_AS_THEY_CAME)
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        await self._runner.setup()
        for port in self._upstream:
            listening = socket.create_server((HOST, 0))
            self._to[listening.getsockname()[1]] = port
            await web.SockSite(self._runner, listening).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls += 1
        met = self.calls == self._number
        if self._number and self.calls > self._number and self._fault in _LASTING:
            return _reset(request)
        if not met:
            return await self._forwarded(request)
        if self._fault not in _BEFORE:
            answer = await self._forwarded(request)
            return await self._harmed(request) or answer
        return await self._harmed(request) or await self._forwarded(request)

    async def _harmed(self, request: web.BaseRequest) -> web.StreamResponse | None:
        if self._fault in _OVERTAKEN:
            assert self.meanwhile is not None
            await self.meanwhile()
            return None
        status = _STATUS.get(self._fault)
        return web.Response(status=status) if status else _reset(request)

    async def _forwarded(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        port = self._to[request.transport.get_extra_info("sockname")[1]]
        url = URL(f"http://{HOST}:{port}{request.raw_path}", encoded=True)
        body = await request.read() or None
        async with self._session.request(request.method, url, headers=request.headers, data=body) as answer:
            headers = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_ONE_HOP}
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    """The peer sees a reset: closing with no time to linger sends one. What is answered then goes nowhere."""
    if request.transport is not None:
        peer = request.transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
