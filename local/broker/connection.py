"""One client's TCP connection: Proton's engine between bytes and events.

Arrives: bytes. Leaves: bytes, and calls to what the links of the connection lead to. An error in here ends the
connection, and asyncio tells the broker.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from proton import Collector, Transport, TransportException
from proton import Connection as Engine

from local.broker.links import Links

MAX_FRAME: Final = 65_536


class Connection(asyncio.Protocol):
    """``changed`` is called after whatever may have brought work, for this connection or others."""

    def __init__(self, links: Callable[["Connection"], Links], changed: Callable[[], None]) -> None:
        self._changed = changed
        self._engine, self._amqp, self._events = Engine(), Transport(Transport.SERVER), Collector()
        self._engine.collect(self._events)
        self._amqp.max_frame_size = MAX_FRAME
        self._amqp.sasl().allowed_mechs("ANONYMOUS")  # clients show who they are by a token later
        self._amqp.bind(self._engine)
        self._socket: asyncio.Transport | None = None
        self._is_lost = False
        self.links = links(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  narrows the type
        self._socket = transport

    def data_received(self, data: bytes) -> None:
        with suppress(TransportException):  # not AMQP: the engine has closed, and says so in its output
            while data and (room := self._amqp.capacity()) > 0:
                self._amqp.push(data[:room])
                data = data[room:]
                self._handle_events()
        self._changed()

    def _handle_events(self) -> None:
        while event := self._events.peek():
            handler: Callable[[Any], None] | None = getattr(self.links, event.type.method, None)
            if handler:
                handler(event)
            self._events.pop()

    @property
    def is_open(self) -> bool:
        return not self._is_lost

    def flush(self, now: float) -> None:
        """Send what the engine has to say."""
        if self._socket is None or self._socket.is_closing():
            return
        self._amqp.tick(now)
        self._handle_events()
        while (pending := self._amqp.pending()) > 0:
            output = bytes(self._amqp.peek(pending))
            self._amqp.pop(len(output))
            self._socket.write(output)
        if pending < 0:
            self._socket.close()

    def cut(self) -> None:
        """Break the connection without a word."""
        if self._socket:
            self._socket.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        self._socket, self._is_lost = None, True
        self.links.close()
        self._changed()
