"""Sorts lines in bounded memory: sorted runs in files without a name, then merged (an external merge sort)."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Self

MOST_BYTES = 64 * 1024 * 1024
"""Of a run, as text; in memory it takes some more."""


class Sorter:
    """At most a run is ``held`` in memory; the others are files in ``folder``, which end with this process."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self.held: list[bytes] = []
        self._size = 0
        self._runs: list[BinaryIO] = []
        self._files = ExitStack()

    def add(self, line: bytes) -> None:
        """A line with its end; raises OSError."""
        self.held.append(line)
        self._size += len(line)
        if self._size >= self._most:
            self._write_run()

    def lines(self) -> Iterator[bytes]:
        """All that were added, in the order of their bytes."""
        self.held.sort()
        return heapq.merge(*self._runs, self.held)

    def _write_run(self) -> None:
        run = self._files.enter_context(TemporaryFile(dir=self._folder))  # noqa: SIM115
        run.writelines(sorted(self.held))
        run.seek(0)
        self._runs.append(run)
        self.held, self._size = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()
