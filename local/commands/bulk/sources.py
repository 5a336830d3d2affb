"""The rows of a file, each with the event it says as the queue takes it: lines of JSON, or a CSV by its mapping."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from local.commands.app import CommandError
from local.commands.backup.files import read_lines
from local.commands.bulk.cells import Cells, UnreadableCellError
from local.commands.bulk.mapping import ENCODINGS, RowMapping
from shared.domain.strict_json import canonical_bytes
from shared.domain.suggestions import nearest
from shared.errors import MemberError

_OTHER_ENCODINGS = 'save it as "CSV UTF-8", or say in the mapping [file] encoding = "windows-1252" or "utf-16"'


@dataclass(frozen=True, slots=True)
class Row:
    """The ``number`` of a row, as a spreadsheet or an editor counts; the event it says as JSON; and what of it is not
    written as the mapping says."""

    number: int
    body: bytes
    errors: list[MemberError] = field(default_factory=list)


class Source(Protocol):
    """A file of events."""

    makes_ids: bool
    """Whether two rows that say different things of one fact at one time have nobody who decided between them."""

    def rows(self) -> Iterator[Row]:
        """Raises CommandError where the file is not such a file."""

    def column_of(self, path: str) -> str:
        """The column that a member of the event comes from; empty if none."""

    def hint(self, path: str) -> str:
        """What could help with a value that is not right; empty if nothing is known."""


@dataclass(frozen=True)
class JsonLines:
    """One CloudEvent a line."""

    path: Path
    makes_ids = False

    def rows(self) -> Iterator[Row]:
        return (Row(line.number, line.text) for line in read_lines(self.path))

    def column_of(self, path: str) -> str:  # noqa: ARG002
        return ""

    def hint(self, path: str) -> str:  # noqa: ARG002
        return ""


class MappedCsv:
    """An event for each row that is not empty, the first of which has the names of the columns."""

    makes_ids = True

    def __init__(self, path: Path, mapping: RowMapping, time: str | None) -> None:
        """``time``: of all rows, where the mapping has none."""
        self._path, self._mapping, self._time = path, mapping, time
        self._cells: Mapping[str, Cells] = dict(mapping.cells())

    def rows(self) -> Iterator[Row]:
        records = self._records()
        _, header = next(records, (1, []))
        names = [name.strip() for name in header]
        self._check_header(names)
        for number, record in records:
            if not any(cell.strip() for cell in record):
                continue
            if any(record[len(names) :]):
                told = f"has {len(record)} cells, the first row {len(names)}; put cells with a delimiter into quotes"
                yield Row(number, b"", [MemberError("$", told)])
            else:  # Excel leaves out empty cells at the end of some rows
                yield self._row(number, dict(zip(names, record, strict=False)))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """With their numbers; raises CommandError."""
        form, number = self._mapping.file, 0
        try:
            with self._path.open(encoding=ENCODINGS[form.encoding], newline="") as file:
                for record in csv.reader(file, delimiter=form.delimiter, strict=True):
                    number += 1
                    yield number, record
        except OSError as fault:
            raise CommandError(f"{self._path} cannot be read: {fault.strerror}") from fault
        except UnicodeError as fault:
            told = f"{self._path}: after row {number} it is not {form.encoding}"
            raise CommandError(f"{told}: {_OTHER_ENCODINGS}") from fault
        except csv.Error as fault:
            raise CommandError(f"{self._path}: row {number + 1} is not CSV ({fault}): close every quote") from fault

    def _check_header(self, names: list[str]) -> None:
        wanted = [each.column for each in self._cells.values() if each.column]
        if missing := [name for name in wanted if name not in names]:
            near = [found for name in missing if (found := nearest(name, names))]
            meant = f"; did the mapping mean {', '.join(near)}?" if near else ""
            one = "; say in the mapping what is between them: [file] delimiter = …" if len(names) == 1 else ""
            have = ", ".join(names) or "none"
            raise CommandError(f"{self._path} has no column {', '.join(missing)}: it has {have}{meant}{one}")
        if twice := [name for name in wanted if names.count(name) > 1]:
            raise CommandError(f"{self._path} has more than one column {twice[0]}: give each a name of its own")

    def _row(self, number: int, cells: Mapping[str, str]) -> Row:
        errors: list[MemberError] = []
        values = {path: self._value(path, each, cells, errors) for path, each in self._cells.items()}
        data = {name: value for name in self._mapping.data if (value := values[f"$.data.{name}"]) is not None}
        time = values.get("$.time", self._time)
        event_id = values["$.id"] if self._mapping.id else _id_of(self._mapping.type, time, data)
        head = {"specversion": "1.0", "id": event_id, "source": self._mapping.source, "type": self._mapping.type}
        return Row(number, json.dumps({**head, "time": time, "data": data}).encode(), errors)

    def _value(self, path: str, cells: Cells, row: Mapping[str, str], errors: list[MemberError]) -> object:
        cell = row.get(cells.column, "")
        try:
            return cells.value(cell)
        except UnreadableCellError as fault:
            errors.append(MemberError(path, str(fault)))
            return cell

    def column_of(self, path: str) -> str:
        cells = self._at(path)
        return cells.column if cells else ""

    def hint(self, path: str) -> str:
        cells = self._at(path)
        return cells.hint if cells else ""

    def _at(self, path: str) -> Cells | None:
        return self._cells.get(path.partition("[")[0])


def _id_of(event_type: str, time: object, data: Mapping[str, object]) -> str:
    """The same for the same fact at the same time, whatever file and row it is in."""
    return hashlib.sha256(canonical_bytes([event_type, time, data])).hexdigest()[:32]
