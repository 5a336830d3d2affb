"""The SASL layer in front of AMQP: any client may come in, by the mechanism it prefers.

Proton's own SASL offers no MSSBCBS, without which Microsoft's .NET client goes away. The exchange is three frames, so
it is answered here and the engine behind sees plain AMQP. Who a client is, it shows by a token later.
"""

from typing import Any, Final

from proton import UNDESCRIBED, Array, Data, Described, ProtonException, ubyte, ulong

PROTOCOL: Final = b"AMQP\x03\x01\x00\x00"
MECHANISMS: Final = ("MSSBCBS", "EXTERNAL", "PLAIN", "ANONYMOUS")
LARGEST_FRAME: Final = 512  # of SASL, by the standard
SASL_FRAME: Final = 1
OFFERED, CHOSEN, OUTCOME = 0x40, 0x41, 0x44
OK: Final = 0
AUTHENTICATION_FAILED: Final = 1


class SaslError(Exception):
    """What the client sent is not a SASL exchange."""


class Sasl:
    """One client's way in. A client may also begin with AMQP at once."""

    def __init__(self) -> None:
        self._received = b""
        self._is_offered = False
        self.is_done = False
        self.is_refused = False

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """The answer, and what of the data is for the layer behind."""
        self._received += data
        answer = b""
        if not self._is_offered:
            if not PROTOCOL.startswith(self._received[: len(PROTOCOL)]):
                return b"", self._leave()
            if len(self._received) < len(PROTOCOL):
                return b"", b""
            self._received = self._received[len(PROTOCOL) :]
            self._is_offered = True
            answer = PROTOCOL + frame(OFFERED, [Array(UNDESCRIBED, Data.SYMBOL, *MECHANISMS)])
        if (chosen := self._chosen()) is None:
            return answer, b""
        self.is_refused = chosen not in MECHANISMS
        answer += frame(OUTCOME, [ubyte(AUTHENTICATION_FAILED if self.is_refused else OK)])
        return answer, self._leave()

    def _leave(self) -> bytes:
        self.is_done = True
        rest, self._received = self._received, b""
        return rest

    def _chosen(self) -> str | None:
        """The client's mechanism, once its whole frame is here."""
        if len(self._received) < 4:
            return None
        size = int.from_bytes(self._received[:4])
        if not 8 <= size <= LARGEST_FRAME:
            raise SaslError(f"a SASL frame of {size} bytes")
        if len(self._received) < size:
            return None
        content, self._received = self._received[:size], self._received[size:]
        return _mechanism(content)


def _mechanism(content: bytes) -> str:
    start = content[4] * 4
    decoded = Data()
    try:
        decoded.decode(content[start:])
        decoded.rewind()
        decoded.next()
        described: Any = decoded.get_object()
        if content[5] != SASL_FRAME or described.descriptor != CHOSEN:
            raise SaslError("another frame than sasl-init")
        return str(described.value[0])
    except (ProtonException, AttributeError, IndexError, TypeError) as error:
        raise SaslError(f"no sasl-init: {error}") from error


def frame(code: int, fields: list[Any]) -> bytes:
    data = Data()
    data.put_object(Described(ulong(code), fields))
    body = bytes(data.encode())
    return (8 + len(body)).to_bytes(4) + bytes((2, SASL_FRAME, 0, 0)) + body
