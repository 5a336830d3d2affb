"""Entities as the table service writes them: a row's keys and properties to JSON and back.

Text, numbers of 32 bits and truth values are JSON's own; bytes and longer numbers are text with their type beside it.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from shared import own_json
from shared.azure_rest.call import Answer

type Plain = str | int | bool
"""What JSON has."""

type Property = Plain | bytes

_TYPE = "@odata.type"
_OF_THE_SERVICE = ("PartitionKey", "RowKey", "Timestamp")
_PLAIN = re.compile(r"[\w.~-]*", re.ASCII)
_INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as read."""

    properties: dict[str, Property]
    etag: str


def path_of(table: str, partition: str, key: str) -> str:
    """The path of one entity; quotation marks in keys are doubled, as OData has them."""
    return f"/{table}(PartitionKey='{_quoted(partition)}',RowKey='{_quoted(key)}')"


def _quoted(key: str) -> str:
    if _PLAIN.fullmatch(key):
        return key
    return quote(key.replace("'", "''"), safe="~")


def to_json(partition: str, key: str, properties: Mapping[str, Property]) -> bytes:
    entity: dict[str, Plain] = {"PartitionKey": partition, "RowKey": key}
    for name, value in properties.items():
        if isinstance(value, bytes):
            entity[name] = base64.b64encode(value).decode()
            entity[name + _TYPE] = "Edm.Binary"
        elif isinstance(value, int) and value not in _INT32:
            entity[name] = str(value)
            entity[name + _TYPE] = "Edm.Int64"
        else:
            entity[name] = value
    return own_json.ascii_bytes(entity)


def read_entity(answer: Answer) -> Entity:
    """Raises ValueError or LookupError if the answer is no entity with its ETag."""
    entity = own_json.read(answer.body)
    if not isinstance(entity, dict):
        raise ValueError("no entity")  # noqa: TRY004  the answer is garbled, not the argument
    return Entity(
        properties_of(entity),
        answer.headers.get("ETag") or entity.get("odata.etag") or _etag_of(entity["Timestamp"]),
    )


def properties_of(entity: Mapping[str, Plain]) -> dict[str, Property]:
    """The properties in an entity's JSON, in the types that are written beside them."""
    return {
        name: _value(value, entity.get(name + _TYPE))
        for name, value in entity.items()
        if "odata." not in name and name not in _OF_THE_SERVICE
    }


def _etag_of(timestamp: str) -> str:
    """Where the service leaves the ETag out, it is the time of the last write: so the SDK reads it too."""
    return f"W/\"datetime'{quote(timestamp)}'\""


def _value(value: Plain, edm_type: Plain | None) -> Property:
    if edm_type == "Edm.Binary":
        return base64.b64decode(str(value))
    return int(value) if edm_type == "Edm.Int64" else value
