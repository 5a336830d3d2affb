"""Progress for the person at the terminal: how many of how many, and how many a second."""

import sys
from time import monotonic
from typing import Self

_ON_A_TERMINAL, _IN_A_LOG = 0.5, 10.0
"""Seconds between two lines: on a terminal each replaces the one before."""


class Meter:
    """On standard error, so that standard output holds results alone."""

    def __init__(self, what: str, total: int | None = None, done: int = 0) -> None:
        """``done`` were done before: they do not count for the rate."""
        self._what, self._total = what, total
        self._before = self._done = done
        self._began = self._shown = monotonic()
        self._terminal = sys.stderr.isatty()

    def add(self, number: int = 1) -> None:
        self._done += number
        if monotonic() - self._shown >= (_ON_A_TERMINAL if self._terminal else _IN_A_LOG):
            self._show()

    def note(self, line: str) -> None:
        """A line of its own, above the progress."""
        print(f"\r\x1b[K{line}" if self._terminal else line, file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._show()
        if self._terminal:
            print(file=sys.stderr)

    def _show(self) -> None:
        self._shown = monotonic()
        of = f" of {self._total:,}" if self._total is not None else ""
        rate = (self._done - self._before) / max(self._shown - self._began, 0.001)
        line = f"{self._done:,}{of} {self._what}, {rate:,.0f} a second"
        print(f"\r{line}\x1b[K" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr)
        sys.stderr.flush()
