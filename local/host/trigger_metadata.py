"""The metadata of a queue message, over which the real host puts members of a JSON body: a trap better met here."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.storage.queue import QueueMessage

from local.host.protos import TypedData


def trigger_metadata(message: QueueMessage, body: bytes) -> dict[str, TypedData]:
    fields: Mapping[str, Any] = {
        "QueueTrigger": body.decode(errors="replace"),
        "Id": message.id,
        "PopReceipt": message.pop_receipt,
        "DequeueCount": message.dequeue_count,
        "InsertionTime": _iso(message.inserted_on),
        "ExpirationTime": _iso(message.expires_on),
        "NextVisibleTime": _iso(message.next_visible_on),
    }
    return {name: TypedData(json=json.dumps(value)) for name, value in fields.items()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def overlay(metadata: dict[str, TypedData], body: str) -> None:
    """Top-level members of a JSON object replace trigger metadata, without regard to case, as text."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    names = {name.lower(): name for name in metadata}
    for name, value in document.items() if isinstance(document, dict) else ():
        if value is None or isinstance(value, list):
            continue
        text = TypedData(json=json.dumps(value)) if isinstance(value, dict) else TypedData(string=str(value))
        metadata[names.setdefault(name.lower(), name)] = text
