"""The Store: rows of properties under (partition, row) keys, with ETags and atomic writes within one partition.

It promises just what Azure Table Storage does, so that one in memory and the real one are exchangeable. Property
values are ``str``, ``bytes``, ``int`` or ``bool``. Failures other than ``Conflict`` are passing errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from shared.errors import PassingError

type Value = str | bytes | int | bool


class Table(StrEnum):
    """The tables, by name."""

    CUSTOMERS = "customers"
    PARTNERS = "partners"
    DIRECTORY = "directory"
    HEADS = "heads"
    ATTACHMENTS = "attachments"
    UPCOMING = "upcoming"
    NAMES = "names"
    RULES = "rules"
    QUESTIONS = "questions"
    WORK = "work"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``etag`` names the version that was read (empty on rows to be written)."""

    partition: str
    key: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    etag: str = ""

    def text(self, name: str) -> str:
        return str(self.properties[name])

    def number(self, name: str, absent: int | None = None) -> int:
        return int(self.properties[name] if absent is None else self.properties.get(name, absent))


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a transaction: insert where ``etag`` is None, replace where it is given, upsert on ``ANY``.

    ``deletes``: the row of that version is deleted instead, and has to be there.
    """

    row: Row
    etag: str | None = None
    deletes: bool = False


ANY = "*"
"""In place of an ETag: whatever stands there, if anything."""

TRANSACTION_ROWS = 100


@dataclass(frozen=True, slots=True)
class Span:
    """A span of keys, lower ends included, upper ends not; ``partition`` alone names one partition."""

    partition: str | None = None
    partition_from: str = ""
    partition_to: str = ""
    key_from: str = ""
    key_to: str = ""


class Conflict(Exception):  # noqa: N818 - it is an answer to act on, not a fault
    """The row was not as the condition demanded: another writer was first."""


class StoreUnavailableError(PassingError):
    """The store did not answer, or answered that it cannot now."""


class Store(Protocol):
    """Rows by table. An absent row reads as None and deletes without complaint."""

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        """The row with the selected properties or all, or None."""

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        """Insert (``etag`` None), replace that version, or upsert (``ANY``); gives the new ETag or raises Conflict."""

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        """Lay the row's properties over those of that version (``ANY``: of whatever is there, or insert); gives the new
        ETag or raises Conflict."""

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        """Delete that version; raises Conflict if another stands there."""

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        """All writes or none, in one partition (at most 100 rows); gives the new ETags (empty
        where a row is deleted) or raises Conflict."""

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        """The first ``limit`` rows of the span by (partition, key), with the selected properties or all."""
