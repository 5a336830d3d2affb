"""The metadata of a Service Bus message, under the names that the real host gives and no others.

The reason of a dead letter, for one, is only among its application properties.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from azure.servicebus import ServiceBusReceivedMessage

from local.host.protos import TypedData

NEVER: Final = datetime.max.replace(tzinfo=UTC)


def body_of(message: ServiceBusReceivedMessage) -> bytes:
    return b"".join(bytes(part) for part in message.body)


def delivery_count(message: ServiceBusReceivedMessage) -> int:
    """The real host counts the delivery under way too; the protocol only those that failed."""
    return (message.delivery_count or 0) + 1


def service_bus_metadata(message: ServiceBusReceivedMessage) -> dict[str, TypedData]:
    properties = _properties(message)
    enqueued, expires = message.enqueued_time_utc, message.expires_at_utc or NEVER
    fields: dict[str, Any] = {
        "DeliveryCount": delivery_count(message),
        "DeadLetterSource": message.dead_letter_source,
        "LockToken": str(message.lock_token),
        "ExpiresAtUtc": _without_zone(expires),
        "ExpiresAt": expires,
        "EnqueuedTimeUtc": _without_zone(enqueued),
        "EnqueuedTime": enqueued,
        "MessageId": message.message_id,
        "ContentType": message.content_type,
        "ReplyTo": message.reply_to,
        "SequenceNumber": message.sequence_number,
        "To": message.to,
        "Subject": message.subject,
        "Label": message.subject,
        "CorrelationId": message.correlation_id,
        "ApplicationProperties": properties,
        "UserProperties": properties,
        "SessionId": message.session_id,
        "ReplyToSessionId": message.reply_to_session_id,
        "PartitionKey": message.partition_key,
    }
    return {name: _typed(value) for name, value in fields.items() if value is not None}


def _properties(message: ServiceBusReceivedMessage) -> dict[str, Any]:
    return {_text(name): _text(value) for name, value in (message.application_properties or {}).items()}


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _without_zone(moment: datetime | None) -> datetime | None:
    """The real host lets the zone fall here; it is UTC all the same."""
    return moment.replace(tzinfo=None) if moment else None


def _typed(value: Any) -> TypedData:
    if isinstance(value, str):
        return TypedData(string=value)
    return TypedData(json=json.dumps(value, default=_plain))


def _plain(value: datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
