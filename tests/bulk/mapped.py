"""A CSV and its mapping, written for a test."""

import csv
import json
from pathlib import Path
from typing import Any

from local.commands.bulk.event_import import import_events
from local.commands.bulk.given import Given, mapped_csv
from tests.memory_sender import MemorySender
from tests.world import World

TIME = "2026-03-01T00:00:00Z"
LICENCES = """
type = "fasttrack.spend.updated.v1"
source = "/erp"
[data]
customerId = "Customer"
licenceId = "Contract"
application = "Product"
annualAmount = "Amount"
currency = { constant = "USD" }
newDeployment = "New"
endsOn = "Ends"
"""
PROJECTS = """
type = "fasttrack.project.updated.v1"
source = "/projects"
[data]
customerId = "Customer"
projectId = "Project"
applications = "Products"
initiatedOn = "Start"
status = "Status"
"""
HEADER = "Customer,Contract,Product,Amount,New,Ends"


def given(folder: Path, text: str | bytes, mapping: str = LICENCES, time: str | None = TIME) -> Given:
    """Files ``rows.csv`` and ``rows.toml`` in the folder."""
    (folder / "rows.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "rows.toml").write_text(mapping, "utf-8")
    return mapped_csv(folder / "rows.csv", folder / "rows.toml", time)


async def imported(made: Given, sender: MemorySender | None = None, world: World | None = None) -> list[dict[str, Any]]:
    """The events that were sent."""
    sender, world = sender or MemorySender(), world or World()
    await import_events(world.ports, sender, made, "memory")
    return [json.loads(message.body) for queue in sender.queues.values() for message in queue]


def problems(folder: Path) -> list[list[str]]:
    """The lines of the file of problems, without its first."""
    with (folder / "rows.csv.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]
