"""The tables form: the rows of every table in a folder, a file each, and a manifest that says what belongs to it.

Rows of different tables depend on each other, so the copy has to be of one moment. That nothing was written meanwhile
is checked: when all tables are copied, they are read again, and every row has to be there in the same version. (Whole
rows, in the same way: what ETags of rows read in part look like is up to the service.)
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from local.commands.app import CommandError
from local.commands.backup.files import contents, new_file
from local.commands.backup.manifest import MANIFEST, Manifest, file_of
from local.commands.backup.meter import Meter
from local.commands.backup.rows import line_of, pages
from shared.ports import Ports
from shared.storage.store import Row, Store, Table


async def export_tables(ports: Ports, folder: Path) -> int:
    """Write the files; gives the number of rows."""
    _make(folder)
    versions: dict[Table, bytes] = {}
    with Meter("rows") as meter:
        for table in Table:
            versions[table] = await _copy(ports.store, table, file_of(folder, table), meter)
    await _refuse_if_changed(ports.store, versions)
    manifest = Manifest({table: contents(file_of(folder, table)) for table in Table})
    manifest.write(folder, ports.timestamp())
    return manifest.rows


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty: give another name, or remove what is in it")
    except OSError as fault:
        raise CommandError(f"{folder} cannot be made: {fault.strerror}") from fault


async def _copy(store: Store, table: Table, path: Path, meter: Meter) -> bytes:
    """Write the table's rows; gives a hash of their versions."""
    versions = hashlib.sha256()
    with new_file(path) as file:
        async for rows in pages(store, table):
            file.writelines(line_of(table, row) for row in rows)
            versions.update(_versions(rows))
            meter.add(len(rows))
    return versions.digest()


async def _refuse_if_changed(store: Store, copied: dict[Table, bytes]) -> None:
    for table, versions in copied.items():
        now = hashlib.sha256()
        async for rows in pages(store, table):
            now.update(_versions(rows))
        if now.digest() != versions:
            raise CommandError(
                f"the table {table.value} was written to meanwhile, so the copy is of no one moment and gets no "
                f"{MANIFEST}: stop the app and export again, or export the events, which may be done at any time"
            )


def _versions(rows: Iterable[Row]) -> bytes:
    return "".join(f"{row.partition}\n{row.key}\n{row.etag}\n" for row in rows).encode()
