"""Rows from a folder: all are checked before any is written, into an empty account alone; a stopped import goes on."""

import hashlib
import json
from asyncio import to_thread
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from local.commands import export, restore
from local.commands.app import CommandError
from local.commands.backup.memory_store import MemoryStore
from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import NotARowError
from local.commands.backup.table_export import export_tables
from local.commands.backup.table_import import import_tables
from shared.ports import Ports
from shared.storage import keys
from shared.storage.quarantined import ENTRIES
from shared.storage.rounds import Round, Rounds
from shared.storage.store import Row, StoreUnavailableError, Table, Value
from shared.storage.work import Due
from shared.workflow.retention import remove_expired
from tests import events
from tests.backup.accounts import contents, files, kill_an_import, point_at
from tests.backup.programme import programme
from tests.later_version import all_rows, write_as_later
from tests.memory_sender import MemorySender
from tests.watched_store import WatchedStore, breaking_at
from tests.world import World

type Out = pytest.CaptureFixture[str]
EMPTY: dict[Table, list[object]] = {table: [] for table in Table}
ROUNDS = (
    Round("due", Due(date(2026, 3, 1), "C-1").place, "2026-03-01T00:00:00Z"),
    Round("due-0", Due(date(2026, 3, 1), "C-1", keys.DUE_PARTS[0]).place, "2026-03-01T00:00:00Z"),
    Round("left-previews", "1~abc", "2026-03-01T00:00:00.123Z", over=True),
    Round("gone-back", "gone-back~P-1", "2026-03-01T00:00:00Z"),
)
_SWEPT: dict[str, Value] = {"began": "2026-03-01T00:00:00Z", "on": "2026-03-01", "day": "", "customerId": "", "sent": 7}
LEFT_OVER = Row("sweep~due", "sweep~due", _SWEPT)
"""How far the sweep of due dates had come, as an earlier version noted it."""


@pytest.fixture
async def copied(tmp_path: Path) -> tuple[World, Path]:
    """A programme with rounds over its rows, and the folder they were exported to."""
    world = await programme(12)
    for noted in ROUNDS:
        await Rounds(world.store).note(noted)
    await world.store.write(Table.WORK, LEFT_OVER)
    await export_tables(world.ports, tmp_path / "copy")
    return world, tmp_path / "copy"


async def refused(folder: Path, world: World | None = None) -> str:
    """Why the import was refused; nothing may have been written."""
    world = world or World()
    before = await contents(world.store)
    with pytest.raises(CommandError) as fault:
        await import_tables(world.ports, folder, "memory")
    assert await contents(world.store) == before
    assert not folder.with_name(f"{folder.name}.journal").exists()
    return str(fault.value)


@pytest.mark.parametrize("number", [0, 2, "1"])
async def test_another_format_is_refused_by_its_number(number: object, copied: tuple[World, Path]) -> None:
    _, folder = copied
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', f'"format": {json.dumps(number)}'))
    assert f"is of format {number}; this version reads format 1" in await refused(folder)


async def test_without_a_manifest_it_is_no_whole_export(copied: tuple[World, Path]) -> None:
    _, folder = copied
    (folder / "manifest.json").unlink()
    assert "has no manifest.json" in await refused(folder)


@pytest.mark.parametrize("table", Table)
async def test_a_file_that_is_not_as_it_was_exported_is_refused(table: Table, copied: tuple[World, Path]) -> None:
    _, folder = copied
    file = folder / f"{table.value}.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    assert f"{file} is not as it was exported" in await refused(folder)


async def test_an_account_with_rows_is_refused_but_not_one_with_the_shipped_rules_alone(
    copied: tuple[World, Path],
) -> None:
    world, folder = copied
    used = World()
    await used.post(events.spend("C-9"))
    assert "memory is not empty, its table directory has rows" in await refused(folder, used)
    started = World()
    await started.ports.rule_books.book(None)
    await import_tables(started.ports, folder, "memory")
    assert await contents(started.store) == await contents(world.store)


async def test_a_dry_run_checks_every_row_and_writes_none(copied: tuple[World, Path]) -> None:
    _, folder = copied
    target = World()
    assert await import_tables(target.ports, folder, "memory", dry_run=True) > 0
    assert await contents(target.store) == EMPTY
    assert not folder.with_name("copy.journal").exists()


async def test_how_far_rounds_have_come_is_copied_too(copied: tuple[World, Path], tmp_path: Path) -> None:
    world, _ = copied
    await remove_expired(world.ports)
    assert (await Rounds(world.store).load("messages")).over
    await export_tables(world.ports, tmp_path / "later")
    moved = World()
    await import_tables(moved.ports, tmp_path / "later", "memory")
    assert await contents(moved.store) == await contents(world.store)
    for noted in ROUNDS:
        assert replace(await Rounds(moved.store).load(noted.name), etag=None) == noted


@pytest.mark.parametrize(
    "spoilt",
    [
        {"at": "yesterday"},
        {"at": ""},
        {"at": True},
        {"after": 7},
        {"over": "no"},
        {"RowKey": "round~"},
        {"RowKey": "round~due~x"},
        {"RowKey": "due"},
    ],
)
async def test_a_round_that_cannot_be_gone_on_with_is_no_row(spoilt: dict[str, Value]) -> None:
    values: dict[str, Value] = {"after": "", "at": "2026-03-01T00:00:00Z", "over": False}
    await check_row(Table.WORK, Row(keys.ROUNDS, "round~due", values))
    changed = values | spoilt
    with pytest.raises(NotARowError):
        await check_row(Table.WORK, Row(keys.ROUNDS, str(changed.pop("RowKey", "round~due")), changed))


@pytest.mark.parametrize(
    ("partition", "key", "is_row"),
    [
        ("due-0~2026-03-01", "due~C-1~2026-03-01", True),
        ("due~2026-03-01", "due~C-1~2026-03-01", True),
        ("due-1~2026-03-01", "due~C-1~2026-03-01", False),
        ("due-0~2026-03-01", "due~C-1~2026-03-02", False),
        ("due-0~2026-03-01", "due~C-2~2026-03-01", False),
        ("due-0~soon", "due~C-1~soon", False),
        ("due-g~2026-03-01", "due~C-1~2026-03-01", False),
    ],
)
async def test_a_due_row_is_in_the_part_of_its_customer_or_where_earlier_versions_have_it(
    partition: str, key: str, is_row: bool
) -> None:
    row = Row(partition, key, {"customerId": "C-1"})
    if is_row:
        await check_row(Table.WORK, row)
    else:
        with pytest.raises(NotARowError):
            await check_row(Table.WORK, row)


async def test_an_import_that_was_stopped_anywhere_ends_as_one_that_was_not(
    copied: tuple[World, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, folder = copied
    monkeypatch.setattr("local.commands.backup.table_import._PORTION", 8)
    counted = WatchedStore(MemoryStore())
    await import_tables(Ports(counted, MemorySender()), folder, "memory")
    for number in range(1, len(counted.calls) + 1, 7):
        store = MemoryStore()
        with pytest.raises(StoreUnavailableError):
            await import_tables(Ports(WatchedStore(store, breaking_at(number)), MemorySender()), folder, "memory")
        again = WatchedStore(store)
        await import_tables(Ports(again, MemorySender()), folder, "memory")
        assert await contents(store) == await contents(world.store)
        if number > 40:
            assert len(again.calls) < len(counted.calls), "it began again"


async def test_a_killed_import_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str
) -> None:
    folder = tmp_path / "copy"
    await export_tables((await programme(150)).ports, folder)
    point_at(monkeypatch, own_azurite)
    await to_thread(kill_an_import, folder, lambda noted: noted["table"] == Table.CUSTOMERS)
    assert await to_thread(restore.main, [str(folder)]) == 0
    assert await to_thread(export.main, ["--tables", str(tmp_path / "again")]) == 0
    assert files(tmp_path / "again") == files(folder)


@pytest.mark.parametrize("table", Table)
async def test_a_row_that_the_app_would_not_read_is_refused_by_its_line(
    table: Table, copied: tuple[World, Path]
) -> None:
    _, folder = copied
    file = folder / f"{table.value}.jsonl"
    lines = file.read_bytes().splitlines()
    for number, line in enumerate(lines, start=1):
        for row in spoiled(json.loads(line)):
            changed = [*lines[: number - 1], json.dumps(row, separators=(",", ":")).encode(), *lines[number:]]
            write_as_exported(file, table, b"".join(each + b"\n" for each in changed))
            assert f"{file}, line {number}: " in await refused(folder), row


def write_as_exported(file: Path, table: Table, text: bytes) -> None:
    file.write_bytes(text)
    path = file.with_name("manifest.json")
    manifest = json.loads(path.read_bytes())
    manifest["tables"][table.value] = {"rows": text.count(b"\n"), "sha256": hashlib.sha256(text).hexdigest()}
    path.write_text(json.dumps(manifest))


def spoiled(row: dict[str, object]) -> Iterator[dict[str, object]]:
    """The row with a fault of each kind that it can have."""
    own = [name for name in row if name not in ("PartitionKey", "RowKey") and "@" not in name]
    binary = [name for name in own if row.get(f"{name}@odata.type") == "Edm.Binary"]
    yield {**row, "RowKey": "x"}
    yield {**row, "PartitionKey": "other/"}
    if own and not str(row["RowKey"]).startswith(ENTRIES):  # those of earlier versions have no more
        yield {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
    if binary:
        yield {**row, binary[0]: "eA=="}


@pytest.mark.parametrize("table", Table)
async def test_a_row_of_a_later_format_is_refused_by_its_line_and_number(
    table: Table, copied: tuple[World, Path]
) -> None:
    _, folder = copied
    file = folder / f"{table.value}.jsonl"
    first, *others = file.read_bytes().splitlines()
    later = json.dumps({**json.loads(first), "format": 2}, separators=(",", ":")).encode()
    write_as_exported(file, table, b"".join(each + b"\n" for each in (later, *others)))
    assert f"{file}, line 1: " in (said := await refused(folder))
    assert "has format 2, and this version reads formats up to 1" in said


async def test_what_a_later_version_added_is_copied_too(copied: tuple[World, Path], tmp_path: Path) -> None:
    world, _ = copied
    store = MemoryStore()
    for (table, _, _), row in (await all_rows(world.store)).items():
        await write_as_later(store, table, row)
    await export_tables(World(store).ports, tmp_path / "later")
    moved = World()
    await import_tables(moved.ports, tmp_path / "later", "memory")
    assert await contents(moved.store) == await contents(store)
