"""How far an import has come, in a file beside what it imports, so that one that was stopped can go on.

It is written after what it says is done: an import that goes on repeats at most one portion, which is harmless.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from local.commands.app import CommandError


@dataclass(frozen=True, slots=True)
class Position:
    """Up to here all is done: the position in the file (of ``table``, in the tables form) with the number of lines
    before it; ``refused`` is how many rows of an import of events have errors."""

    table: str = ""
    offset: int = 0
    lines: int = 0
    refused: int = 0


class Journal:
    """Of one import: of the file with this ``sha256`` into this account."""

    def __init__(self, imported: Path, sha256: str, address: str) -> None:
        self._path = imported.with_name(f"{imported.name}.journal")
        self._of = {"sha256": sha256, "into": address}

    def read(self) -> Position | None:
        """Where to go on, or None if no such import was begun."""
        try:
            stored = json.loads(self._path.read_bytes())
            position = stored.pop("position")
            return Position(**position) if stored == self._of else None
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError, AttributeError) as fault:
            raise CommandError(f"{self._path} cannot be read as a journal: remove it to begin again") from fault

    def write(self, position: Position) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        try:
            part.write_text(json.dumps({**self._of, "position": asdict(position)}))
            part.replace(self._path)
        except OSError as fault:
            raise CommandError(f"{self._path} cannot be written: {fault.strerror}") from fault

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
