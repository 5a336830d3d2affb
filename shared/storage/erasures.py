"""Stores erasures under way, and finds the rows that name a customer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from shared.at_once import at_once
from shared.storage import keys
from shared.storage.names import Whose
from shared.storage.rows import Form, Noun, RowsOf, all_rows, packed_json, unpacked_json
from shared.storage.store import Conflict, Row, Span, Table
from shared.storage.upcoming import DayKind

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Erasure:
    """A customer to be erased: asked for ``at`` a time.

    ``erased_at`` and ``sequence`` are those of what its state became, "" and 0 until then; ``partners`` are those that
    its facts named. ``passes`` over what else names it are done, and the next one came to ``place``, "" between two.
    """

    customer_id: str
    at: str
    erased_at: str = ""
    sequence: int = 0
    partners: tuple[str, ...] = ()
    passes: int = 0
    place: str = ""
    etag: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """A row that names a customer, as it was read."""

    table: Table
    row: Row


_IDS: Final = Form(packed_json, lambda name, found: tuple(unpacked_json(name, found)), in_pieces=True)
_ERASURES: Final = RowsOf(
    Erasure,
    Table.WORK,
    lambda each: (keys.ERASURES, keys.erasure(each.customer_id)),
    in_key={"customer_id": lambda row: row.key.removeprefix(keys.erasure(""))},
    forms={"partners": _IDS},
)


class Erasures(Noun):
    """The rows of erasures, and those of others that name a customer."""

    async def load(self, customer_id: str) -> Erasure | None:
        return await _ERASURES.get(self._store, keys.ERASURES, keys.erasure(customer_id))

    async def note(self, erasure: Erasure) -> Erasure:
        """Write over the version read, or insert; raises Conflict."""
        return replace(erasure, etag=await _ERASURES.write(self._store, erasure, erasure.etag))

    async def close(self, erasure: Erasure) -> None:
        """Delete the row as it was read, unless it was written since."""
        await _ERASURES.drop(self._store, erasure, erasure.etag or "")

    def all(self) -> AsyncIterator[Erasure]:
        return _ERASURES.all_of(self._store, Span(keys.ERASURES))

    async def traces(self, customer_id: str, partner_ids: Sequence[str]) -> list[Trace]:
        """The rows of indexes and of work that name the customer, which was attached to these partners at most."""
        heads = (Table.HEADS, keys.head_partition(customer_id), customer_id)
        found = await self._there((Table.DIRECTORY, customer_id, customer_id), heads)
        found += await self._in_lists(customer_id, [keys.everybody(customer_id)])
        found += await self.names_of(customer_id)
        return [*found, *await self.of_partners(customer_id, partner_ids), *await self._work_of(customer_id)]

    async def names_of(self, customer_id: str) -> list[Trace]:
        """Its rows in the indexes of names and owners, whatever it is called."""
        rows = all_rows(self._store, Table.NAMES, Span(keys.named(Whose.CUSTOMER, customer_id)))
        return [Trace(Table.NAMES, row) async for row in rows if row.key.endswith(f"~{customer_id}")]

    async def of_partners(self, customer_id: str, partner_ids: Sequence[str]) -> list[Trace]:
        """Its rows in the indexes of these partners, and in their lists by day."""
        found = await self._there(
            *((Table.ATTACHMENTS, each, keys.attachment(each, customer_id)) for each in partner_ids)
        )
        return [*found, *await self._in_lists(customer_id, [keys.of_partner(each) for each in partner_ids])]

    async def _there(self, *places: tuple[Table, str, str]) -> list[Trace]:
        rows = await at_once(lambda place: self._store.get(*place), places)
        return [Trace(table, row) for (table, *_), row in zip(places, rows, strict=True) if row]

    async def _in_lists(self, customer_id: str, scopes: Sequence[str]) -> list[Trace]:
        """On whatever day."""

        async def one(partition: str) -> list[Trace]:
            rows = all_rows(self._store, Table.UPCOMING, Span(partition))
            return [Trace(Table.UPCOMING, row) async for row in rows if row.key.endswith(f"~{customer_id}")]

        lists = [keys.upcoming(kind, scope) for kind in DayKind for scope in scopes]
        return [each for some in await at_once(one, lists) for each in some]

    async def delete(self, trace: Trace) -> None:
        """As it was read; another version of it stays."""
        row = trace.row
        with suppress(Conflict):
            await self._store.delete(trace.table, row.partition, row.key, row.etag)

    async def _work_of(self, customer_id: str) -> list[Trace]:
        """Its rows among those of commits and of all days to come, of whatever version."""
        outbox = keys.outbox(customer_id)
        commits = Span(outbox, key_from=(first := keys.commits(customer_id)), key_to=first + keys.END)
        older = Span(outbox, key_from=(first := f"{keys.OLDER_OUTBOX}{customer_id}~"), key_to=first + keys.END)
        found = [Trace(Table.WORK, row) for span in (commits, older) async for row in self._rows(span)]
        for part in (keys.due_part(customer_id), keys.DUE):
            async for row in self._due(part):
                if keys.is_due_of(row.key, customer_id):
                    found.append(Trace(Table.WORK, row))
        return found

    def _rows(self, span: Span) -> AsyncIterator[Row]:
        return all_rows(self._store, Table.WORK, span)

    async def _due(self, part: str) -> AsyncIterator[Row]:
        """All due rows of a part: nothing says on which days those of a customer are."""
        span = Span(partition_from=f"{part}~", partition_to=f"{part}~{keys.END}")
        while rows := await self._store.query(Table.WORK, span, _PAGE):
            for row in rows:
                yield row
            last = rows[-1]
            async for row in self._rows(Span(last.partition, key_from=keys.after(last.key))):
                yield row
            span = replace(span, partition_from=last.partition + keys.NEXT)
