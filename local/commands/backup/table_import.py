"""The rows of an exported folder into the tables of an empty account."""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.commands.app import CommandError
from local.commands.backup.at_once import for_each
from local.commands.backup.batches import Read, batches
from local.commands.backup.files import contents, read_lines
from local.commands.backup.journal import Journal, Position
from local.commands.backup.manifest import Manifest, file_of
from local.commands.backup.meter import Meter
from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import NotARowError, row_of
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import ANY, Span, Store, Table, Write

_ORDER = (
    *(Table.RULES, Table.PARTNERS, Table.DIRECTORY, Table.HEADS, Table.ATTACHMENTS, Table.UPCOMING),
    *(Table.NAMES, Table.CUSTOMERS, Table.QUESTIONS, Table.QUARANTINE, Table.WORK),
)
"""What others are found by comes first, work last: a timer that runs too early finds nothing to do."""

type AtEnd = Callable[[int], Awaitable[None]]

_MOST_LEFT = 100
"""Rows that an account without anybody's work may have."""

_PORTION = 64
"""Batches between two entries of the journal: an import that goes on writes as many again at most."""


async def import_tables(
    ports: Ports, folder: Path, address: str, at_end: AtEnd | None = None, *, dry_run: bool = False
) -> int:
    """Write all rows, from where an import that was stopped had come, after all are checked; gives their number. An
    import that was stopped before ``at_end`` was done comes to it again. A dry run only checks."""
    manifest = Manifest.read(folder)
    journal = Journal(folder, manifest.sha256, address)
    at = journal.read()
    if at is None:
        await _refuse_unless_empty(ports, address)
    await _check(folder, manifest)
    if dry_run:
        return manifest.rows
    at = at or Position()
    journal.write(at)
    order = [table for table in _ORDER if table in manifest.tables]
    tables = order[order.index(Table(at.table)) :] if at.table else order
    done = sum(manifest.tables[table].lines for table in order if table not in tables) + at.lines
    with Meter("rows", manifest.rows, done) as meter:
        for table in tables:
            position = at if table.value == at.table else Position(table.value)
            await _Writing(ports.store, table, journal, meter).write(file_of(folder, table), position)
    if at_end:
        await at_end(manifest.rows)
    journal.remove()
    return manifest.rows


async def _check(folder: Path, manifest: Manifest) -> None:
    """Raises CommandError unless every row is as it was exported, and one that this version reads."""
    with Meter("rows checked", manifest.rows) as meter:
        for table, expected in manifest.tables.items():
            path = file_of(folder, table)
            if contents(path) != expected:
                raise CommandError(f"{path} is not as it was exported: its lines or their SHA-256 differ")
            for line in read_lines(path):
                try:
                    await check_row(table, row_of(line.text))
                except NotARowError as fault:
                    raise CommandError(f"{path}, line {line.number}: {fault}") from fault
                meter.add()


async def _refuse_unless_empty(ports: Ports, address: str) -> None:
    """The rule set that an app stores when it first starts is none of anybody's work, and an import of events that the
    change log has may have sent none."""
    for table in _ORDER:
        if rows := await ports.store.query(table, Span(), _MOST_LEFT, ["RowKey"]):
            shipped = {keys.RULES_EPOCH, keys.rule_set_version(1), keys.rules_change(1, 1)}
            others = {row.key for row in rows if not row.key.startswith(keys.LOGGED)}
            if table is Table.RULES and others <= shipped and len(rows) < _MOST_LEFT:
                continue
            raise CommandError(
                f"{address} is not empty, its table {table.value} has rows: give an account with none, or import the "
                "events instead (./dev export FILE), which add to what is there"
            )


@dataclass(frozen=True)
class _Writing:
    """One table."""

    store: Store
    table: Table
    journal: Journal
    meter: Meter

    async def write(self, path: Path, at: Position) -> None:
        lines = read_lines(path, at.offset, at.lines)
        rows: Iterator[Read] = ((row_of(line.text), line) for line in lines)
        whole = batches(rows)
        first = itertools.batched(itertools.islice(whole, 1), 1, strict=True)  # alone: its write makes the table
        for portion in itertools.chain(first, itertools.batched(whole, _PORTION, strict=False)):
            await for_each(portion, self._batch)
            last = portion[-1][-1][1]
            self.journal.write(Position(self.table.value, last.end, last.number))
            self.meter.add(sum(map(len, portion)))

    async def _batch(self, batch: Sequence[Read]) -> None:
        writes = [Write(row, ANY) for row, _ in batch]
        if len(writes) == 1:  # a plain call costs less than a transaction
            await self.store.write(self.table, writes[0].row, ANY)
        else:
            await self.store.commit(self.table, writes)
