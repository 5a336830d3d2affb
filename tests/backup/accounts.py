"""What the tests of export and import share: accounts in Azurite, the commands against them, and what is in them."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueClient

from local.commands.backup.at_once import for_each
from local.commands.repairing.reconcile import differences
from local.setup.steps import ROOT
from shared.messaging.sender import Queue
from shared.storage.store import Span, Store, Table
from tests.azure_stores import table_store
from tests.world import START, World


def point_at(monkeypatch: pytest.MonkeyPatch, connection: str) -> None:
    """The commands take this account, and the tests' day."""
    monkeypatch.setenv("EligibilityStorage", connection)
    monkeypatch.setenv("CLOCK_OFFSET_SECONDS", str(int((START - datetime.now(UTC)).total_seconds())))


def kill_an_import(imported: Path, has_come_to: Callable[[dict[str, Any]], bool], options: Sequence[str] = ()) -> None:
    """Import in a process of its own, and kill that as soon as it has noted to have come so far."""
    command = [sys.executable, "-m", "local.commands.restore", str(imported), *options]
    journal = imported.with_name(f"{imported.name}.journal")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None and not (journal.exists() and has_come_to(_noted(journal))):
            time.sleep(0.01)
        running.kill()
    assert journal.exists(), "it had ended before it was killed"


def _noted(journal: Path) -> dict[str, Any]:
    position: dict[str, Any] = json.loads(journal.read_bytes())["position"]
    return position


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def files(folder: Path) -> dict[str, bytes]:
    """Exported tables by name, without the manifest, which says when it was written, and what is logged of imports."""
    return {each.name: b"".join(_lines(each)) for each in sorted(folder.glob("*.jsonl"))}


def _lines(file: Path) -> list[bytes]:
    return [line for line in file.read_bytes().splitlines(keepends=True) if b'"action":"imported"' not in line]


def entities(connection: str) -> dict[Table, list[dict[str, Any]]]:
    """All rows as the SDK reads them, each value in its type, without the mark of the last write; not what the log has
    of imports."""
    found: dict[Table, list[dict[str, Any]]] = {}
    with TableServiceClient.from_connection_string(connection) as tables:
        for table in Table:
            found[table] = []
            with suppress(ResourceNotFoundError):
                rows = tables.get_table_client(table.value).list_entities()
                kept = (row for row in rows if row.get("action") != "imported")
                found[table] = [{name: each for name, each in row.items() if name != "writer"} for row in kept]
    return found


def take_events(connection: str) -> list[bytes]:
    """The messages of the event queue, taken off it."""
    with QueueClient.from_connection_string(connection, Queue.EVENTS.value) as queue:
        bodies = []
        for message in queue.receive_messages(messages_per_page=32, visibility_timeout=600):
            bodies.append(base64.b64decode(message.content))
        return bodies


async def handle_events(connection: str, source: str) -> list[dict[str, Any]]:
    """Handle them as the app does that has this ``source``; gives the notifications."""
    bodies = take_events(connection)
    async with table_store(connection) as store:
        world = World(store)
        world.ports.source = source
        owners: dict[str, list[bytes]] = {}
        for body in bodies:
            data = json.loads(body)["data"]
            owners.setdefault(data.get("customerId", ""), []).append(body)
        await world.post(*owners.pop("", ()))
        await for_each(owners.values(), lambda of_one: world.post(*of_one))
        return [json.loads(message.body) for message in world.sent.queues[Queue.NOTIFICATIONS]]


type Outcome = tuple[str, list[str], int]


async def outcomes(world: World) -> dict[str, Outcome]:
    """By customer: status, eligible projects and the version that decided."""
    found = {}
    for head in await world.heads():
        decision = (await world.state(head.customer_id)).decision
        assert decision is not None
        found[head.customer_id] = (decision["status"], decision["eligibleProjects"], decision["ruleSetVersion"])
    return found


async def reconciled(world: World) -> list[str]:
    return [each async for each in differences(world.ports)]


async def contents(store: Store) -> dict[Table, list[tuple[str, str, dict[str, Any]]]]:
    rows = {table: await store.query(table, Span(), 1_000_000) for table in Table}
    return {table: [(row.partition, row.key, dict(row.properties)) for row in found] for table, found in rows.items()}
