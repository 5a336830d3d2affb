"""An HTTP proxy before the queues and tables of Azurite that harms a random share of the calls.

Arrives: requests on two ports of its own. Leaves: the same bytes, framed but not read, for both path and headers are
signed; and how many calls met which harm. A call that waits goes through even if its sender is dead by then.
"""

import asyncio
import re
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections import Counter
from enum import StrEnum
from functools import partial
from random import Random
from typing import Final, Self

from local.host.ports import HOST

_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_ANSWER: Final = "HTTP/1.1 {} harmed\r\nContent-Length: 0\r\n\r\n"
_READ_AHEAD: Final = 2**20


class Harm(StrEnum):
    """What befalls a call."""

    RESET = "reset before the call"
    LOST = "answer lost after the call"
    BROKEN = "500 after the call"
    BUSY = "503 in place of the call"
    THROTTLED = "429 in place of the call"
    LATE = "call late by more than a lease"


_STATUS: Final = {Harm.BROKEN: 500, Harm.BUSY: 503, Harm.THROTTLED: 429}
_BEFORE: Final = (Harm.RESET, Harm.BUSY, Harm.THROTTLED)


class HarmfulProxy:
    """``share`` of the calls meet a harm of ``chance``'s choice; ``late`` is in seconds."""

    def __init__(self, upstream: tuple[int, int], share: float, late: float, chance: Random) -> None:
        self._upstream, self._late, self._chance = upstream, late, chance
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()
        self.share = share
        self.calls = 0
        self.harms: Counter[Harm] = Counter()

    @property
    def ports(self) -> tuple[int, ...]:
        """The proxy's ports, in the order of those behind it."""
        return tuple(server.sockets[0].getsockname()[1] for server in self._servers)

    async def __aenter__(self) -> Self:
        for port in self._upstream:
            self._servers.append(await asyncio.start_server(partial(self._begin, port), HOST, 0, limit=_READ_AHEAD))
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _begin(self, port: int, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._serve(port, reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, port: int, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection of a worker."""
        behind = _Behind(port)
        try:
            while (request := await _message(reader)) and (answer := await self._passed(request, behind)):
                writer.write(answer)
                await writer.drain()
            if request:
                _reset(writer)
        except (OSError, EOFError):
            pass  # either side may be gone at any time
        finally:
            behind.close()
            writer.close()

    async def _passed(self, request: bytes, behind: "_Behind") -> bytes:
        """What to answer; nothing if the connection is to be reset."""
        harm = self._drawn()
        if harm not in _BEFORE:
            await asyncio.sleep(self._late if harm is Harm.LATE else 0)
            answer = await behind.answer(request)
        if harm in (None, Harm.LATE):
            return answer
        return _ANSWER.format(_STATUS[harm]).encode() if harm in _STATUS else b""

    def _drawn(self) -> Harm | None:
        self.calls += 1
        if self._chance.random() >= self.share:
            return None
        harm = self._chance.choice(list(Harm))
        self.harms[harm] += 1
        return harm


class _Behind:
    """The connection to Azurite behind one of a worker, anew when Azurite has closed it for being idle."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[StreamReader, StreamWriter] | None = None

    async def answer(self, request: bytes) -> bytes:
        if self._open is None or self._open[0].at_eof():
            self.close()
            self._open = await asyncio.open_connection(HOST, self._port, limit=_READ_AHEAD)
        reader, writer = self._open
        writer.write(request)
        return await _message(reader)

    def close(self) -> None:
        if self._open:
            self._open[1].close()


async def _message(reader: StreamReader) -> bytes:
    """A request or an answer, whole; empty where the other side has closed in between."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    if length := _LENGTH.search(head):
        return head + await reader.readexactly(int(length[1]))
    return head + await _chunks(reader) if _CHUNKED.search(head) else head


async def _chunks(reader: StreamReader) -> bytes:
    body, size = b"", 1
    while size:
        line = await reader.readuntil(b"\r\n")
        size = int(line, 16)
        body += line + await reader.readexactly(size + 2)
    return body


def _reset(writer: StreamWriter) -> None:
    """The peer sees a reset: closing with no time to linger sends one."""
    peer = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
