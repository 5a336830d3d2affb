"""An HTTP server that does what a script says, a step per request: answers, half answers, silence, a reset.

Arrives: steps. Leaves: its address, and the requests it got.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

HOST = "127.0.0.1"
RESET, SILENCE = b"<reset>", b"<silence>"


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Underscores in names of headers stand for dashes."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    address: str = ""
    requests: list[Request] = field(default_factory=list)


@asynccontextmanager
async def scripted(steps: Sequence[bytes]) -> AsyncIterator[ScriptedServer]:
    told, left = ScriptedServer(), iter(steps)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                told.requests.append(await _request(reader))
                step = next(left)
                if step == SILENCE:
                    await reader.read()
                elif step != RESET:
                    writer.write(step)
                    await writer.drain()
                if step in (RESET, SILENCE) or b"half" in step:
                    break
        _reset(writer)

    server = await asyncio.start_server(serve, HOST, 0)
    told.address = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/account"
    try:
        yield told
    finally:
        server.close()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *lines = head.decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    return Request(line, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _reset(writer: asyncio.StreamWriter) -> None:
    """The peer sees a reset: closing with no time to linger sends one."""
    peer = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
