"""Declares a kind of row once: how it is read, how it is written and what in it is unknown follow from that.

Large values are cut into properties of 64 KiB: ``name0``, ``name1``, ... What a later version added to a row or to the
document in it is read with it (``Unknown``) and written back.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from isal import isal_zlib

from shared import own_json
from shared.at_once import at_once
from shared.domain.decision import JsonObject
from shared.domain.declared import json_name
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Value

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PROPERTY_BYTES = 64 * 1024
_MOST_PIECES = 1024 * 1024 // PROPERTY_BYTES
_PAGE = 1000
_OF_THE_STORE = ("writer", "touchedAt")
"""Of the last write alone; the next one leaves them out."""


class Noun:
    """What is stored of one noun, in rows of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store


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


DamagedError = cast("type[Exception]", isal_zlib.error)
"""What reading compressed bytes raises that are not whole."""


def compressed(data: bytes) -> bytes:
    return isal_zlib.compress(data, 1)


def decompressed(data: bytes) -> bytes:
    """Raises DamagedError."""
    return isal_zlib.decompress(data)


def compressed_json(value: object) -> bytes:
    return compressed(own_json.compact_bytes(value))


def decompressed_json(data: bytes) -> Any:
    """Raises DamagedError or ValueError."""
    return own_json.read(decompressed(data))


def packed_json(name: str, value: object) -> dict[str, Value]:
    return packed(name, compressed_json(value))


def unpacked_json(name: str, properties: Mapping[str, Value]) -> Any:
    return decompressed_json(unpacked(name, properties))


def known(*properties: str, packed: Sequence[str] = ()) -> frozenset[str]:
    """The names of a kind of row's properties; those ``packed`` are kept in pieces."""
    pieces = (f"{name}{number}" for name in packed for number in range(_MOST_PIECES))
    return frozenset((*properties, *pieces, *_OF_THE_STORE))


def others_of[V](found: Mapping[str, V], names: frozenset[str]) -> dict[str, V]:
    if names.issuperset(found):
        return {}
    return {name: value for name, value in found.items() if name not in names}


def unknown(
    row: Row, properties: frozenset[str], document: JsonObject | None = None, members: frozenset[str] = frozenset()
) -> Unknown:
    """What the row, and the document in it, hold besides these."""
    others = others_of(row.properties, properties)
    more = others_of(document, members) if document else {}
    return Unknown(others, more) if others or more else NOTHING


class Form(NamedTuple):
    """How a value is written under a name, in one property or in pieces, and read."""

    write: Callable[[str, Any], Mapping[str, Value]]
    read: Callable[[str, Mapping[str, Value]], object]
    in_pieces: bool = False


_AS_IT_IS: Final = Form(lambda name, value: {name: value}, lambda name, properties: properties[name])
_DATE: Final = Form(
    lambda name, day: {name: day.isoformat()}, lambda name, properties: date.fromisoformat(str(properties[name]))
)
_OR_NONE: Final = Form(lambda name, text: {name: text or ""}, lambda name, properties: properties[name] or None)
_DATE_OR_NONE: Final = Form(
    lambda name, day: {name: day.isoformat() if day else ""},
    lambda name, properties: date.fromisoformat(str(properties[name])) if properties[name] else None,
)
_FORMS: Final[Mapping[object, Form]] = {
    bytes: Form(packed, unpacked, in_pieces=True),
    date: _DATE,
    str | None: _OR_NONE,
    date | None: _DATE_OR_NONE,
}
_READ_BESIDE: Final = ("etag", "unknown")


class RowsOf[T: "DataclassInstance"]:
    """The rows that hold a ``made`` each, a dataclass: every field is a property, its name in camel case.

    ``place`` gives a row's partition and key, which hold the fields ``in_key``. ``sparse`` fields are absent while they
    have their default; ``added`` ones are absent in rows of older versions. The fields ``etag`` and ``unknown`` are of
    the row as read. A row without another field is no such row: reading it raises KeyError.
    """

    def __init__(
        self,
        made: type[T],
        table: Table,
        place: Callable[[T], tuple[str, str]],
        *,
        sparse: Sequence[str] = (),
        added: Sequence[str] = (),
        in_key: Mapping[str, Callable[[Row], object]] | None = None,
        forms: Mapping[str, Form] | None = None,
    ) -> None:
        self._made: Callable[..., T] = made
        self._table, self._place, self._in_key = table, place, in_key or {}
        every = {field.name: field for field in fields(made)}
        self._unknown = "unknown" in every
        self._etag = "etag" in every
        own = [field for name, field in every.items() if name not in self._in_key and name not in _READ_BESIDE]
        given = forms or {}
        self._columns = [
            (each.name, json_name(each.name), given.get(each.name) or _FORMS.get(each.type, _AS_IT_IS)) for each in own
        ]
        self._absent = {name: every[name].default for name in sparse}
        self._may_be_absent = frozenset((*sparse, *added))
        always = [each for each in self._columns if each[2] is _AS_IT_IS and each[0] not in self._absent]
        self._always = [(field, name) for field, name, _ in always]
        self._others = [each for each in self._columns if each not in always]
        in_pieces = [name for _, name, form in self._columns if form.in_pieces]
        self._known = known(*(name for _, name, _ in self._columns), packed=in_pieces)

    def row(self, item: T) -> Row:
        properties = {name: getattr(item, field) for field, name in self._always}
        if self._unknown:
            others: Unknown = item.unknown  # type: ignore[attr-defined]
            properties = {**others.properties, **properties}
        for field, name, form in self._others:
            value = getattr(item, field)
            if field not in self._absent or value != self._absent[field]:
                properties.update(form.write(name, value))
        return Row(*self._place(item), properties)

    def read(self, row: Row) -> T:
        found = row.properties
        values = {field: read(row) for field, read in self._in_key.items()}
        for field, name, form in self._columns:
            if field not in self._may_be_absent or name in found or f"{name}0" in found:
                values[field] = form.read(name, found)
        if self._etag:
            values["etag"] = row.etag
        if self._unknown:
            values["unknown"] = unknown(row, self._known)
        return self._made(**values)

    async def get(self, store: Store, partition: str, key: str) -> T | None:
        row = await store.get(self._table, partition, key)
        return self.read(row) if row else None

    async def is_there(self, store: Store, item: T) -> bool:
        return await store.get(self._table, *self._place(item)) is not None

    async def write(self, store: Store, item: T, etag: str | None = None) -> str:
        return await store.write(self._table, self.row(item), etag)

    async def merge(self, store: Store, item: T, etag: str | None = ANY) -> str:
        """Over that version, or what is there (``ANY``), or insert (None); gives the new ETag or raises Conflict."""
        row = self.row(item)
        return await store.merge(self._table, row, etag) if etag else await store.write(self._table, row)

    async def drop(self, store: Store, item: T, etag: str = ANY) -> None:
        """Delete the row unless it is not that version any more."""
        with contextlib.suppress(Conflict):
            await store.delete(self._table, *self._place(item), etag)

    async def page(self, store: Store, span: Span, limit: int) -> list[T]:
        return [self.read(row) for row in await store.query(self._table, span, limit)]

    async def all_of(self, store: Store, span: Span) -> AsyncIterator[T]:
        async for row in all_rows(store, self._table, span):
            yield self.read(row)


async def all_rows(store: Store, table: Table, span: Span, select: Sequence[str] = ()) -> AsyncIterator[Row]:
    """All rows of a span of one partition, read by the thousand."""
    while True:
        rows = await store.query(table, span, _PAGE, select)
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        span = replace(span, key_from=rows[-1].key + keys.NEXT)


async def delete_some(store: Store, table: Table, span: Span, most: int) -> bool:
    """Delete so many rows of a span; tells whether none is left."""
    rows = await store.query(table, span, most, ["RowKey"])
    await at_once(lambda row: store.delete(table, row.partition, row.key, row.etag), rows)
    return len(rows) < most


_PASSED, _MOST_PASSED = 32, 1000
"""Rows read for each partition that is looked for, and in one read: reads cost more than keys."""


async def partitions(store: Store, table: Table, first: str, limit: int, end: str = "") -> list[str]:
    """The first partitions of a table from one on, before ``end``: a read for each of many rows, or for many."""
    found: list[str] = []
    most = min(_MOST_PASSED, _PASSED * limit)
    while len(found) < limit:
        rows = await store.query(table, Span(partition_from=first, partition_to=end), most, ["RowKey"])
        found += dict.fromkeys(row.partition for row in rows)
        if len(rows) < most:
            break
        first = keys.after(rows[-1].partition)
    return found[:limit]
