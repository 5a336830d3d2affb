"""Exports of rows are of one moment, whole, and never over what is there."""

from asyncio import to_thread
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.commands import export
from local.commands.app import CommandError
from local.commands.backup.memory_store import MemoryStore
from local.commands.backup.rows import NotARowError, line_of, pages, row_of
from local.commands.backup.table_export import export_tables
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.store import Row, Table, Value
from tests import events
from tests.azure_stores import table_store
from tests.backup.accounts import entities, point_at
from tests.backup.programme import programme
from tests.memory_sender import MemorySender
from tests.watched_store import Call, WatchedStore

type Out = pytest.CaptureFixture[str]

NAMES = st.from_regex(r"[a-z][A-Za-z0-9]{0,10}", fullmatch=True).filter(lambda name: name != "writer")
INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.binary(), INT64, st.booleans())


@given(st.dictionaries(NAMES, VALUES))
def test_properties_come_back_as_they_were_in_type_too(properties: dict[str, Value]) -> None:
    line = line_of(Table.WORK, Row("p", "k", properties))
    found = row_of(line[:-1]).properties
    assert found == properties
    assert [type(found[name]) for name in properties] == [type(each) for each in properties.values()]
    assert line.count(b"\n") == 1


async def test_every_type_of_the_table_service_that_the_app_writes_survives_it(own_azurite: str) -> None:
    values: dict[str, Value] = {"t": "ä\u2028", "b": b"\0\xff", "i": -7, "l": 2**40, "n": -(2**63), "f": False}
    async with table_store(own_azurite) as store:
        await store.write(Table.WORK, Row("p", "from", values))
        (rows,) = [page async for page in pages(store, Table.WORK)]
        moved = row_of(line_of(Table.WORK, rows[0])[:-1])
        await store.write(Table.WORK, Row("p", "to", moved.properties))
    one, other = ({**each, "RowKey": ""} for each in entities(own_azurite)[Table.WORK])
    assert one == other
    assert {name: type(each) for name, each in one.items()} == {name: type(each) for name, each in other.items()}


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b'{"PartitionKey":"p"}',
        b'{"PartitionKey":"p","RowKey":"k","a":1.5}',
        b'{"PartitionKey":"p","RowKey":"k","a":null}',
        b'{"PartitionKey":"p","RowKey":"k","a":"2026-01-01T00:00:00Z","a@odata.type":"Edm.DateTime"}',
        b'{"PartitionKey":"p","RowKey":"k","a":"x","a@odata.type":"Edm.Int64"}',
        b'{"PartitionKey":"p","RowKey":"k","a":"=","a@odata.type":"Edm.Binary"}',
    ],
)
def test_what_the_app_never_writes_is_no_row(line: bytes) -> None:
    with pytest.raises(NotARowError):
        row_of(line)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 500])
async def test_every_row_is_read_once_in_order_however_partitions_fall_on_pages(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.commands.backup.rows._PAGE", size)
    store = MemoryStore()
    keys = sorted((f"p{number % 5}", f"k{number:02}") for number in range(23))
    for partition, key in keys:
        await store.write(Table.WORK, Row(partition, key))
    found = [(row.partition, row.key) async for page in pages(store, Table.WORK) for row in page]
    assert found == keys
    some = [row.key async for page in pages(store, Table.WORK, ("k05", "k11")) for row in page]
    assert sorted(some) == [f"k{number:02}" for number in range(5, 11)]


@pytest.mark.parametrize("at", [1, 4, 7])
async def test_a_copy_in_which_the_app_wrote_gets_no_manifest(at: int, tmp_path: Path) -> None:
    world = await programme(5)
    calls = 0

    async def write(_: Call) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            await world.post(events.spend("C-00001", "7", time="2026-05-01T00:00:00Z"))

    with pytest.raises(CommandError, match="was written to meanwhile"):
        await export_tables(Ports(WatchedStore(world.store, after=write), MemorySender()), tmp_path / "copy")
    assert not (tmp_path / "copy" / "manifest.json").exists()


async def test_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str, capsys: Out
) -> None:
    point_at(monkeypatch, own_azurite)
    (tmp_path / "f.jsonl").write_text("mine")
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "mine").touch()
    assert await to_thread(export.main, [str(tmp_path / "f.jsonl")]) == 1
    assert "f.jsonl exists: give another name" in capsys.readouterr().err
    assert (tmp_path / "f.jsonl").read_text() == "mine"
    assert not (tmp_path / "f.rules.jsonl").exists()
    assert await to_thread(export.main, ["--tables", str(tmp_path / "rows")]) == 1
    assert "rows is not empty: give another name" in capsys.readouterr().err


async def test_messages_that_no_table_has_are_told_and_those_of_fan_outs_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str, capsys: Out
) -> None:
    point_at(monkeypatch, own_azurite)
    from shared.settings import read_settings
    from shared.storage_account import storage_account

    store, sender = storage_account(read_settings())
    await sender.send(Queue.EVENTS, Message(b"{}"))
    assert await to_thread(export.main, ["--tables", str(tmp_path / "one")]) == 0
    assert "1 events wait in eligibility-events: they are not in the copy" in capsys.readouterr().err
    await sender.send(Queue.RECOMPUTE, Message(b"{}"))
    assert await to_thread(export.main, ["--tables", str(tmp_path / "two")]) == 1
    assert "eligibility-recompute holds 1 messages, which no table has" in capsys.readouterr().err
    await store.close()
    await sender.close()
