"""The directory of customers and the reverse index from partner to customers.

Both are supersets, written before they are needed: a customer's row before its first decision, a partner's row before
that partner is read for the customer. So either a fan-out sees the customer or the customer sees the new fact.
The partner's row of a customer that was detached stays until a fan-out finds it (``workflow/recompute.py``).
"""

from collections.abc import Sequence

from shared.storage import keys
from shared.storage.rows import Noun, partitions
from shared.storage.store import ANY, Row, Span, Table


class Indexes(Noun):
    """Rows that only name customers."""

    async def enter_in_directory(self, customer_id: str) -> None:
        """Before a first decision: from now on a fan-out over all customers finds this one."""
        await self._store.merge(Table.DIRECTORY, Row(customer_id, customer_id), ANY)

    async def directory(self, after: str, limit: int) -> list[str]:
        """Customer ids, a superset of the decided ones, after ``after``."""
        span = Span(partition_from=keys.after(after))
        return [row.partition for row in await self._store.query(Table.DIRECTORY, span, limit, ["RowKey"])]

    async def is_in_directory(self, customer_id: str) -> bool:
        return await self._store.get(Table.DIRECTORY, customer_id, customer_id) is not None

    async def enter_attachments(self, customer_id: str, partner_ids: Sequence[str]) -> None:
        """Before these partners are read for this customer: from now on their fan-outs find it."""
        for partner_id in partner_ids:
            row = Row(partner_id, keys.attachment(partner_id, customer_id))
            await self._store.merge(Table.ATTACHMENTS, row, ANY)

    async def is_attached(self, partner_id: str, customer_id: str) -> bool:
        """Whether the index has the customer, which is or was attached to the partner."""
        return await self.attachment(partner_id, customer_id) is not None

    async def attachment(self, partner_id: str, customer_id: str) -> Row | None:
        return await self._store.get(Table.ATTACHMENTS, partner_id, keys.attachment(partner_id, customer_id))

    async def delete_attachment(self, row: Row) -> None:
        """Delete this version of the row; raises Conflict if the customer was entered again."""
        await self._store.delete(Table.ATTACHMENTS, row.partition, row.key, row.etag)

    async def attached(self, partner_id: str, after: str, limit: int, until: str = "") -> list[str]:
        """Ids of customers that are, or were, attached to the partner, after ``after`` and up to ``until``."""
        prefix = keys.attachment(partner_id, "")
        end = keys.after(until, prefix) if until else prefix + keys.END
        span = Span(partner_id, key_from=keys.after(after, prefix), key_to=end)
        rows = await self._store.query(Table.ATTACHMENTS, span, limit, ["RowKey"])
        return [row.key.removeprefix(prefix) for row in rows]

    async def ids(self, after: str, limit: int) -> list[str]:
        """Ids of partners that customers are, or were, attached to, after ``after``; a full page has ``limit``."""
        return await partitions(self._store, Table.ATTACHMENTS, keys.after(after), limit, keys.CANDIDATES)

    async def ids_beginning(self, text: str, limit: int) -> list[str]:
        """Those that begin so."""
        return await partitions(self._store, Table.ATTACHMENTS, text, limit, text + keys.END)

    async def enter_candidate(self, partner_id: str) -> None:
        """A partner that holds a competency or a designation: it may be proposed to customers."""
        row = Row(keys.CANDIDATES, keys.candidate(partner_id))
        await self._store.merge(Table.ATTACHMENTS, row, ANY)

    async def is_candidate(self, partner_id: str) -> bool:
        return await self._store.get(Table.ATTACHMENTS, keys.CANDIDATES, keys.candidate(partner_id)) is not None

    async def candidates(self, limit: int) -> list[str]:
        """Ids of partners that ever held a competency or a designation."""
        rows = await self._store.query(Table.ATTACHMENTS, Span(keys.CANDIDATES), limit, ["RowKey"])
        return [row.key.removeprefix(keys.candidate("")) for row in rows]
