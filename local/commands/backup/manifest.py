"""What belongs to an exported folder: the number of its format, and for each table how many rows in which file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.commands.app import CommandError
from local.commands.backup.files import Contents, new_file
from local.commands.backup.rows import FORMAT
from shared.storage.store import Table

MANIFEST = "manifest.json"
_ADDED = frozenset({Table.HEADS, Table.QUESTIONS, Table.UPCOMING, Table.NAMES})
"""Tables that exports of older versions lack; what is in them is made again of the others."""


def file_of(folder: Path, table: Table) -> Path:
    return folder / f"{table.value}.jsonl"


def refuse_other_format(where: object, given: object) -> None:
    if given != FORMAT:
        right = f"this version reads format {FORMAT}: import it with the version of the app that exported it"
        raise CommandError(f"{where} is of format {given}; {right}, then upgrade")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``tables`` are those exported."""

    tables: Mapping[Table, Contents]
    sha256: str = ""

    @property
    def rows(self) -> int:
        return sum(each.lines for each in self.tables.values())

    def write(self, folder: Path, at: str) -> None:
        tables = {table.value: {"rows": each.lines, "sha256": each.sha256} for table, each in self.tables.items()}
        whole = {"format": FORMAT, "exportedAt": at, "tables": tables}
        with new_file(folder / MANIFEST) as file:
            file.write(json.dumps(whole, indent=2).encode() + b"\n")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        path = folder / MANIFEST
        try:
            text = path.read_bytes()
        except FileNotFoundError as fault:
            right = "it is no export of tables, or one that did not end; export again"
            raise CommandError(f"{folder} has no {MANIFEST}: {right}") from fault
        except OSError as fault:
            raise CommandError(f"{path} cannot be read: {fault.strerror}") from fault
        try:
            value: dict[str, Any] = json.loads(text)
            given = value["format"]
            refuse_other_format(folder, given)
            tables = {Table(name): Contents(each["rows"], each["sha256"]) for name, each in value["tables"].items()}
        except (ValueError, LookupError, TypeError, AttributeError) as fault:
            raise CommandError(f"{path} is not a manifest as ./dev export writes it") from fault
        if missing := set(Table) - set(tables) - _ADDED:
            raise CommandError(f"{path} does not name {', '.join(sorted(missing))}: export again")
        return cls(tables, hashlib.sha256(text).hexdigest())
