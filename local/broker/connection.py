"""One client's TCP connection: SASL, then Proton's engine between bytes and events.

An error in here ends the connection; asyncio reports it to the broker.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from proton import Collector, Transport, TransportException
from proton import Connection as Engine

from local.broker.links import Links
from local.broker.sasl import Sasl, SaslError

MAX_FRAME: Final = 65_536
log = logging.getLogger("broker")


class Connection(asyncio.Protocol):
    """``changed`` is called after whatever may have brought work, for this connection or others."""

    def __init__(self, links: Callable[["Connection"], Links], changed: Callable[[], None]) -> None:
        self._changed = changed
        self._engine, self._amqp, self._events = Engine(), Transport(Transport.SERVER), Collector()
        self._engine.collect(self._events)
        self._amqp.max_frame_size = MAX_FRAME
        self._amqp.bind(self._engine)
        self._sasl = Sasl()
        self._socket: asyncio.Transport | None = None
        self._is_lost = False
        self.links = links(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  narrows the type
        self._socket = transport

    def data_received(self, data: bytes) -> None:
        if not self._sasl.is_done:
            data = self._let_in(data)
        with suppress(TransportException):  # not AMQP: the engine has closed, and says so in its output
            while data and (room := self._amqp.capacity()) > 0:
                self._amqp.push(data[:room])
                data = data[room:]
                self._handle_events()
        self._changed()

    def _let_in(self, data: bytes) -> bytes:
        """Answer the SASL layer's part of the data; the rest."""
        assert self._socket  # noqa: S101  narrows the type
        try:
            answer, rest = self._sasl.receive(data)
        except SaslError as error:
            log.warning("a client was turned away: %s", error)
            self.cut()
            return b""
        self._socket.write(answer)
        if self._sasl.is_refused:
            self._socket.close()
            return b""
        return rest

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
        if self._socket is None or self._socket.is_closing() or not self._sasl.is_done:
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
