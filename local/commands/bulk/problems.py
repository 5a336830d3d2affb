"""What is wrong with rows, as a CSV for a spreadsheet beside the file: a line for each row and member."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from local.commands.app import CommandError
from local.commands.backup.meter import Meter
from local.commands.bulk.sources import Source
from local.commands.plain import plain
from shared.csv_cells import cell
from shared.errors import MemberError

ERROR, WARNING = "error", "warning"
"""The row is not sent; it is sent, and probably not meant so."""
_COLUMNS = ("row", "level", "column", "member", "what would be right")
_MOST_SHOWN = 20


def errors_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.errors.csv")


class ProblemsFile:
    """Written while rows are checked; in its place is none where nothing is wrong. The first are shown as well."""

    def __init__(self, path: Path, source: Source, meter: Meter) -> None:
        self.path = errors_beside(path)
        self._source, self._meter = source, meter
        self.rows, self.lines = 0, 0
        try:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        except OSError as fault:
            raise CommandError(f"{self.path} cannot be written: {fault.strerror}") from fault
        self._writer = csv.writer(self._file)
        self._writer.writerow(_COLUMNS)

    def refuse(self, number: int, errors: list[MemberError]) -> None:
        self.rows += 1
        for error in errors:
            self._add(number, ERROR, error, self._source.hint(error.path))

    def warn(self, number: int, warnings: list[MemberError]) -> None:
        for warning in warnings:
            self._add(number, WARNING, warning)

    def _add(self, number: int, level: str, error: MemberError, hint: str = "") -> None:
        message = f"{error.message}; {hint}" if hint and not error.message.startswith("is missing") else error.message
        self._writer.writerow(
            map(cell, (number, level, self._source.column_of(error.path), error.path, message)),
        )
        self.lines += 1
        if self.lines <= _MOST_SHOWN:
            self._meter.note(plain(f"row {number}: {'' if level == ERROR else f'{level}: '}{error.path} {message}"))
        elif self.lines == _MOST_SHOWN + 1:
            self._meter.note(f"… all of them will be in {self.path}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, fault: BaseException | None, __: TracebackType | None) -> None:
        self._file.close()
        if fault or not self.lines:
            self.path.unlink(missing_ok=True)
