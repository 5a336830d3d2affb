"""Stores a JSON value compressed in as many properties of 64 KiB as it needs: ``name0``, ``name1``, ..."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from shared.domain.strict_json import compact_bytes
from shared.storage.store import Value

PROPERTY_BYTES = 64 * 1024


def packed(name: str, data: bytes) -> dict[str, Value]:
    """``data`` cut into properties, uncompressed."""
    if len(data) <= PROPERTY_BYTES:  # as most have
        return {f"{name}0": data}
    pieces = range(0, len(data), PROPERTY_BYTES)
    return {f"{name}{number}": data[start : start + PROPERTY_BYTES] for number, start in enumerate(pieces)}


def unpacked(name: str, properties: Mapping[str, Value]) -> bytes:
    data, number = b"", 0
    while isinstance(piece := properties.get(f"{name}{number}"), bytes):
        data, number = data + piece, number + 1
    return data


def compressed(value: Any) -> bytes:
    return zlib.compress(compact_bytes(value), 1)


def packed_json(name: str, value: Any) -> dict[str, Value]:
    return packed(name, compressed(value))


def unpacked_json(name: str, properties: Mapping[str, Value]) -> Any:
    return json.loads(zlib.decompress(unpacked(name, properties)).decode())
