"""Passes on what goes to one port of this machine, and counts the requests of HTTP in it."""

import asyncio
import re
from typing import Self

from local.host.ports import HOST

_REQUEST = re.compile(rb"(?:GET|POST|PUT|DELETE|MERGE|PATCH) /\S* HTTP/1\.1\r\n")
"""Within a transaction there are others, with the whole address."""
_BLOCK = 65_536


class CountingProxy:
    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self.requests = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(HOST, self._upstream)
        await asyncio.gather(
            self._pass_on(reader, forth, counted=True), self._pass_on(back, writer), return_exceptions=True
        )

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        try:
            while block := await reader.read(_BLOCK):
                self.requests += len(_REQUEST.findall(block)) if counted else 0
                writer.write(block)
                await writer.drain()
        finally:
            writer.close()
