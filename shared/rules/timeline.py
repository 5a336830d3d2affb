"""Which version of the rules is in force on a date: the latest that has come into force, of equals the highest."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta


class Timeline:
    """Versions by the date from which they are in force."""

    def __init__(self, entries: Iterable[tuple[int, date]]) -> None:
        latest: dict[date, int] = {}
        for version, effective_from in entries:
            latest[effective_from] = max(version, latest.get(effective_from, version))
        self._starts = sorted(latest)
        self._versions = [latest[start] for start in self._starts]

    def in_force(self, on: date) -> int | None:
        """The version in force on a date; None before the first."""
        index = bisect_right(self._starts, on)
        return self._versions[index - 1] if index else None

    def versions_from(self, on: date) -> tuple[int, ...]:
        """The versions in force on a date or later."""
        return tuple(self._versions[max(bisect_right(self._starts, on) - 1, 0) :])

    def later(self, on: date) -> list[tuple[date, int]]:
        """The dates after ``on`` from which other versions are in force, with these."""
        index = bisect_right(self._starts, on)
        return list(zip(self._starts[index:], self._versions[index:], strict=True))

    def days_of(self, version: int) -> tuple[date, date | None] | None:
        """The first and the last day on which a version is in force; the last is None if there is no end of it."""
        if version not in self._versions:
            return None
        index = self._versions.index(version)
        ends = self._starts[index + 1] - timedelta(days=1) if index + 1 < len(self._starts) else None
        return self._starts[index], ends
