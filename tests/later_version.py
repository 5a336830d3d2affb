"""Rows as a later version of the product writes them: with a greater format number, or with members of its own."""

import json
from collections.abc import Mapping
from typing import Any

from shared.own_json import compact_bytes
from shared.storage.checked import FORMAT
from shared.storage.rows import compressed_json, packed, unpacked, unpacked_json
from shared.storage.store import ANY, Row, Span, Store, Table

OWN = "ofALaterVersion"
"""The property, and the member of each document, that only the later version knows."""
_DOCUMENTS = {Table.CUSTOMERS: "state", Table.PARTNERS: "summary", Table.RULES: "preview"}
"""The compressed document of a table's rows that are rewritten."""


def with_own(table: Table, row: Row, value: str = "kept") -> Row:
    """The row with a property and, in its document, a member and a kind of register of the later version."""
    properties = {**row.properties, OWN: value}
    name = _DOCUMENTS.get(table, "")
    if f"{name}0" in properties:
        document = read_document(name, properties)
        document[OWN] = value
        if name == "state" and table is Table.CUSTOMERS:
            document["registers"][OWN] = {"X-1": [{"of": value}, "later"]}
            for registers in [each for kind, each in document["registers"].items() if kind != OWN]:
                registers.update(
                    {key: [*fields[:5], *(fields[5:6] or [""]), value] for key, fields in registers.items()}
                )
        properties |= packed(name, compressed_json(document))
    elif table is Table.RULES and "state0" in properties:
        properties |= packed("state", compact_bytes({**json.loads(unpacked("state", properties)), OWN: value}))
    return Row(row.partition, row.key, properties, row.etag)


def own(table: Table, row: Row) -> list[Any]:
    """What the row holds of the later version, other than of registers, which another event may replace."""
    properties = row.properties
    name = _DOCUMENTS.get(table, "")
    found: list[Any] = [properties.get(OWN)]
    if f"{name}0" in properties:
        document = read_document(name, properties)
        found += [document.get(OWN), document.get("registers", {}).get(OWN)]
    elif table is Table.RULES and "state0" in properties:
        found.append(json.loads(unpacked("state", properties)).get(OWN))
    return found


def read_document(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return dict(unpacked_json(name, properties))


async def all_rows(store: Store) -> dict[tuple[Table, str, str], Row]:
    rows = [(table, row) for table in Table for row in await store.query(table, Span(), 100_000)]
    return {(table, row.partition, row.key): row for table, row in rows}


async def write_as_later(store: Store, table: Table, row: Row, number: int | None = None) -> None:
    """Put the row back with what a later version adds and, if given, a greater format number."""
    later = with_own(table, row)
    more = {FORMAT: number} if number else {}
    await store.write(table, Row(row.partition, row.key, {**later.properties, **more}), ANY)
