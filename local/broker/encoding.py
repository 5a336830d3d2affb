"""Messages between their AMQP form and the broker's.

Bodies pass unchanged. A receiver gets what Service Bus adds: delivery count, annotations, reasons of dead letters.
"""

from collections.abc import Iterator
from typing import Any, Final

from proton import Data, Described, ProtonException, int32, symbol, timestamp, ubyte, uint, ulong
from proton import Message as AmqpMessage

from local.broker.errors import DECODE_ERROR, RefusedError
from local.broker.message import DeadLetter, Entry, Message

HEADER_SECTION: Final = 0x70
EMPTY_HEADER: Final = bytes((0, 0x53, HEADER_SECTION, 0x45))
DATA_SECTION: Final = 0x75
SECTIONS: Final = tuple(bytes((0, 0x53, code)) for code in range(0x70, 0x79))
SCHEDULED: Final = "x-opt-scheduled-enqueue-time"


def messages(payload: bytes) -> list[Message]:
    """Of a transfer: one, or those of a batch.

    Proton does not give the transfer's message format: a batch is recognised by its data sections, each a message.
    """
    try:
        batch = list(_data_sections(payload))
        if batch and all(each.startswith(SECTIONS) for each in batch):
            return [message(each) for each in batch]
        return [message(payload)]
    except ProtonException as error:
        raise RefusedError(DECODE_ERROR, f"The message cannot be decoded: {error}") from error


def _data_sections(payload: bytes) -> Iterator[bytes]:
    rest = payload
    while rest:
        section = Data()
        rest = rest[section.decode(rest) :]
        section.rewind()
        section.next()
        described = section.get_py_described()
        if described.descriptor == DATA_SECTION:
            yield bytes(described.value)


def message(encoded: bytes) -> Message:
    decoded = _decoded(encoded)
    scheduled = (decoded.annotations or {}).get(symbol(SCHEDULED))
    return Message(
        encoded,
        None if decoded.id is None else str(decoded.id),
        decoded.group_id or None,
        decoded.ttl or None,
        scheduled / 1000 if scheduled else None,
    )


def _decoded(encoded: bytes) -> AmqpMessage:
    decoded = AmqpMessage()
    decoded.decode(encoded)
    return decoded


def payload(entry: Entry) -> bytes:
    """As a receiver gets it."""
    decoded = _decoded(entry.message.encoded)
    header = _header(decoded, entry.delivery_count)
    decoded.annotations = {**(decoded.annotations or {}), **_annotations(entry)}
    changed = entry.properties | (_reasons(entry.dead_letter) if entry.dead_letter else {})
    if changed:
        decoded.properties = {**(decoded.properties or {}), **changed}
    return header + bytes(decoded.encode()).removeprefix(EMPTY_HEADER)


def _reasons(dead_letter: DeadLetter) -> dict[str, Any]:
    return {"DeadLetterReason": dead_letter.reason, "DeadLetterErrorDescription": dead_letter.description}


def _header(decoded: AmqpMessage, delivery_count: int) -> bytes:
    """Taken out of the message, because Proton leaves out what is 0 and clients then know no delivery count."""
    ttl = uint(round(decoded.ttl * 1000)) if decoded.ttl else None
    fields = [decoded.durable, ubyte(decoded.priority), ttl, False, uint(delivery_count)]
    header = Data()
    header.put_object(Described(ulong(HEADER_SECTION), fields))
    decoded.durable, decoded.priority, decoded.ttl = False, AmqpMessage.DEFAULT_PRIORITY, 0
    decoded.first_acquirer, decoded.delivery_count = False, 0
    return bytes(header.encode())


def _annotations(entry: Entry) -> dict[Any, Any]:
    added: dict[str, Any] = {
        "x-opt-sequence-number": entry.sequence,
        "x-opt-enqueue-sequence-number": entry.enqueued_sequence,
        "x-opt-enqueued-time": milliseconds(entry.enqueued_at),
        "x-opt-message-state": int32(entry.state),
    }
    if entry.lock:
        added["x-opt-locked-until"] = milliseconds(entry.locked_until)
    if entry.dead_letter:
        added["x-opt-deadletter-source"] = entry.dead_letter.source
    return {symbol(name): value for name, value in added.items()}


def milliseconds(seconds: float) -> Any:
    return timestamp(round(seconds * 1000))
