"""Reads and checks a mapping: a TOML file that says of which type the events of a CSV are, and which column is what.

type = "fasttrack.spend.updated.v1"
source = "/erp"
time = { column = "Changed on", date = "DD.MM.YYYY" }

[file]
delimiter = ";"

[data]
customerId = "Customer"
annualAmount = { column = "Amount", decimal = "," }
currency = { constant = "EUR" }
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.commands.app import CommandError
from local.commands.bulk.cells import Cells
from local.commands.bulk.columns import Columns, any_of
from shared.domain.event_data import IDENTIFIER, shown
from shared.domain.events import EVENT_TYPES, read_event
from shared.errors import PermanentError

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252"}
"""By the names that a mapping has, those of Python; a byte order mark is skipped."""
_MEMBERS = ("type", "source", "time", "id", "file", "data")


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a CSV is written."""

    delimiter: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class RowMapping:
    """What makes an event of a row; ``time`` None: the command says it; ``id`` None: made of what the row says."""

    type: str
    source: str
    time: Cells | None
    id: Cells | None
    data: Mapping[str, Cells]
    file: FileForm = FileForm()

    def cells(self) -> Iterator[tuple[str, Cells]]:
        """All that come from cells, by the path of the member in the event."""
        yield from ((f"$.{name}", each) for name, each in (("time", self.time), ("id", self.id)) if each)
        yield from ((f"$.data.{name}", each) for name, each in self.data.items())


def read_mapping(path: Path) -> RowMapping:
    """Raises CommandError with every fault."""
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as fault:
        raise CommandError(f"{path} cannot be read: {fault.strerror}") from fault
    except ValueError as fault:
        raise CommandError(f"{path} is not TOML in UTF-8: {fault}") from fault
    faults: list[str] = []
    mapping = _Reading(faults).mapping(document)
    if faults or mapping is None:
        raise CommandError("\n  ".join([f"{path} is not a mapping:", *faults]))
    return mapping


def envelope_faults(attributes: Mapping[str, object], now: datetime) -> Iterator[str]:
    """What the check of events has against attributes that all events of a file have, by their names."""
    probe = {"specversion": "1.0", "id": "1", "time": "2000-01-01T00:00:00Z", "data": {}, **attributes}
    try:
        read_event(probe, now)
    except PermanentError as fault:
        wrong = ((error.path.removeprefix("$."), error.message) for error in fault.errors)
        yield from (f"{name}: {message}" for name, message in wrong if name in attributes)


class _Reading:
    """Notes every fault by the place of what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults
        self._columns = Columns(faults)

    def mapping(self, document: Mapping[str, Any]) -> RowMapping | None:
        self._columns.know(document, _MEMBERS, "")
        given = {"type": document.get("type"), "source": document.get("source")}
        self._faults += envelope_faults(given, datetime.now(UTC))
        form = self._file(self._table(document, "file"))
        time = self._columns.read("time", document.get("time"), None)
        own_id = self._columns.read("id", document.get("id"), IDENTIFIER)
        event_type = EVENT_TYPES.get(str(given["type"]))
        if event_type is None:
            return None
        table = self._table(document, "data")
        known, required = event_type.data.members, event_type.data.required
        self._columns.know(table, known, "data.")
        self._faults += [f"data.{name}: is missing; say which column it is" for name in required if name not in table]
        found = {
            name: self._columns.read(f"data.{name}", table[name], kind) for name, kind in known.items() if name in table
        }
        data = {name: each for name, each in found.items() if each}
        return RowMapping(str(given["type"]), str(given["source"]), time, own_id, data, form)

    def _table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        table = document.get(name, {})
        if isinstance(table, dict):
            return table
        self._faults.append(f"{name}: {shown(table)} is not right; begin a table, [{name}]")
        return {}

    def _file(self, table: Mapping[str, Any]) -> FileForm:
        self._columns.know(table, ("delimiter", "encoding"), "file.")
        delimiter, encoding = table.get("delimiter", ","), table.get("encoding", "utf-8")
        if delimiter not in DELIMITERS:
            self._faults.append(f'file.delimiter: {shown(delimiter)} is not right; give ",", ";", "\\t" or "|"')
        if str(encoding) not in ENCODINGS:
            self._faults.append(f"file.encoding: {shown(encoding)} is not right; give {any_of(ENCODINGS)}")
        return FileForm(str(delimiter), str(encoding))
