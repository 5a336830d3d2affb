"""Previews in the store: one row of progress and counts each, and one row per page of customers looked at.

The page's row is written before the progress that makes it count, under the page's number, so a repetition writes the
same row again.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.domain.decision import JsonObject
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, delete_some, known, packed_json, unknown, unpacked_json
from shared.storage.store import ANY, Conflict, Row, Span, Table

_END = keys.PREVIEWS + keys.END
RUNNING, FINISHED = "running", "finished"
ACTIVATE, RETIRE = "activate", "retire"
GAINED, LOST, PROJECTS, REASON, STAYED = "gained", "lost", "changedProjects", "changedReason", "stayed"
CHANGES = (GAINED, LOST, PROJECTS, REASON, STAYED)
"""What an action can change for a customer."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action on a version would change, for the customers up to ``after`` (by id) as they were when looked at.

    ``then`` is the version that would be in force on the date; 0 in previews stored before there was this member.
    ``out_of_date``: the rules changed while it ran, so that it ended early.
    """

    id: str
    version: int
    sha256: str
    epoch: int
    on: str
    difference: tuple[str, ...]
    comes_into_force: bool
    started_at: str
    at: str
    state: str = RUNNING
    after: str = ""
    pages: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    by_criterion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_partner: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    action: str = ACTIVATE
    then: int = 0
    out_of_date: bool = False
    etag: str | None = None
    unknown: Unknown = NOTHING

    @property
    def done(self) -> int:
        return sum(self.counts.values())


_OUT_OF_DATE = "outOfDate"
"""A property of its own: versions of before read no member of the document that they do not know."""
_PROPERTIES: Final = known(_OUT_OF_DATE, packed=("preview",))
_MEMBERS: Final = tuple(name for name in Preview.__slots__ if name not in ("out_of_date", "etag", "unknown"))

type Changes = Mapping[str, list[JsonObject]]
"""By kind of change, what is told of each customer of a page."""


class Previews(Noun):
    """The previews' rows."""

    async def load(self, preview_id: str) -> Preview | None:
        row = await self._store.get(Table.RULES, keys.preview(preview_id), keys.preview(preview_id))
        if row is None:
            return None
        document: JsonObject = unpacked_json("preview", row.properties)
        document["difference"] = tuple(document["difference"])
        members = {name: value for name, value in document.items() if name in _MEMBERS}
        others = unknown(row, _PROPERTIES, document, frozenset(_MEMBERS))
        return Preview(**members, out_of_date=bool(row.properties.get(_OUT_OF_DATE)), etag=row.etag, unknown=others)

    async def save(self, preview: Preview) -> str:
        """Write over the version read, or insert; gives the new ETag or raises Conflict."""
        document = {**preview.unknown.members, **{name: getattr(preview, name) for name in _MEMBERS}}
        properties = {**preview.unknown.properties, **packed_json("preview", document)}
        if preview.out_of_date:
            properties[_OUT_OF_DATE] = True
        key = keys.preview(preview.id)
        return await self._store.write(Table.RULES, Row(key, key, properties), preview.etag)

    async def save_page(self, preview_id: str, number: int, changes: Changes) -> None:
        row = Row(keys.preview(preview_id), keys.preview_page(preview_id, number), packed_json("changes", changes))
        await self._store.write(Table.RULES, row, ANY)

    async def next_id(self, after: str) -> str | None:
        """Of the previews, and what is left of deleted ones, one after the other."""
        span = Span(partition_from=keys.after(after, keys.PREVIEWS), partition_to=_END)
        rows = await self._store.query(Table.RULES, span, 1, [_OUT_OF_DATE])
        return rows[0].partition.removeprefix(keys.PREVIEWS) if rows else None

    async def ids(self, after: str, limit: int) -> list[str]:
        """Of the previews, without what is left of deleted ones, by id, after ``after``."""
        own = {"key_from": keys.PREVIEWS, "key_to": _END}  # a page's key begins otherwise
        span = Span(partition_from=keys.after(after, keys.PREVIEWS), partition_to=_END, **own)
        rows = await self._store.query(Table.RULES, span, limit, [_OUT_OF_DATE])
        return [row.partition.removeprefix(keys.PREVIEWS) for row in rows]

    async def delete(self, preview: Preview) -> None:
        """Delete its row, unless it changed since it was read: nobody finds its pages then."""
        key = keys.preview(preview.id)
        with contextlib.suppress(Conflict):
            await self._store.delete(Table.RULES, key, key, preview.etag or ANY)

    async def delete_pages(self, preview_id: str, most: int) -> bool:
        """Delete so many pages of a preview that was deleted; tells whether none is left."""
        return await delete_some(self._store, Table.RULES, Span(keys.preview(preview_id)), most)

    async def pages(self, preview: Preview, start: int, limit: int) -> list[Changes]:
        """Pages that count, from number ``start``."""
        key_to = keys.preview_page(preview.id, preview.pages)
        span = Span(keys.preview(preview.id), key_from=keys.preview_page(preview.id, start), key_to=key_to)
        rows = await self._store.query(Table.RULES, span, limit)
        return [unpacked_json("changes", row.properties) for row in rows]
