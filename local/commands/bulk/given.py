"""What an import of events is given: a file, its rows, and a digest of all that says which events they are."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from local.commands.app import UsageError
from local.commands.backup.files import contents
from local.commands.bulk.mapping import envelope_faults, read_mapping
from local.commands.bulk.sources import JsonLines, MappedCsv, Source
from shared.ports import utc_now


@dataclass(frozen=True)
class Given:
    """``lines``: how many rows there are at most, if that is known."""

    path: Path
    source: Source
    digest: str
    lines: int | None = None

    @property
    def sorted(self) -> Path:
        """The file of the events that are left to send."""
        return self.path.with_name(f"{self.path.name}.sorted")


def json_lines(path: Path) -> Given:
    whole = contents(path)
    return Given(path, JsonLines(path), whole.sha256, whole.lines)


def mapped_csv(path: Path, mapping_path: Path, time: str | None) -> Given:
    """``time``: of all rows, where the mapping has none. Raises CommandError."""
    mapping = read_mapping(mapping_path)
    if (mapping.time is None) == (time is None):
        has, right = ("no", "give --time too") if mapping.time is None else ("a", "leave out --time")
        raise UsageError(f"{mapping_path} has {has} time: {right}")
    for fault in envelope_faults({"time": time}, utc_now()) if time else ():
        raise UsageError(f"--time {fault.removeprefix('time: ')}")
    parts = (contents(path).sha256, contents(mapping_path).sha256, time or "")
    return Given(path, MappedCsv(path, mapping, time), hashlib.sha256("\n".join(parts).encode()).hexdigest())
