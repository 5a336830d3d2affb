"""Whether this machine's clock is right: held against the ``Date`` of the storage's answers, which come anyway.

An answer's date is carried on by the time that elapsed since, so that a clock that jumps after an answer is found too,
and one that was set right is right at once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from shared.errors import PassingError

MOST_OFF = timedelta(minutes=2)
"""More than an answer takes and than clocks that are kept differ; no date is wrong by it for longer."""
_MOST = MOST_OFF.total_seconds()


class ClockOffError(PassingError):
    """This machine's clock is off: what it dates would be wrong."""


class StorageClock:
    """``machine`` gives this machine's time in seconds since 1970, ``elapsed`` seconds that no one sets."""

    def __init__(self, machine: Callable[[], float] = time.time, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._machine, self._elapsed = machine, elapsed
        self._date: str | None = None
        self._began: float | None = None

    def answered(self, date: str | None) -> None:
        """Of each answer the ``Date``; one without any, or with one that cannot be read, says nothing."""
        if date is None or date == self._date:  # it changes once a second
            return
        try:
            at = parsedate_to_datetime(date)
        except ValueError:
            return
        self._date, self._began = date, at.replace(tzinfo=UTC).timestamp() - self._elapsed()

    @property
    def ahead(self) -> float:
        """By how many seconds the machine's clock is ahead; behind is negative; 0 while no answer had a date."""
        return 0.0 if self._began is None else self._machine() - self._elapsed() - self._began

    def off(self) -> str | None:
        """How far off the clock is, in words, if it is off."""
        if abs(ahead := self.ahead) <= _MOST:
            return None
        return f"{timedelta(seconds=round(abs(ahead)))} {'ahead of' if ahead > 0 else 'behind'} the storage's"

    def check(self) -> None:
        """Raises ClockOffError."""
        if abs(self.ahead) > _MOST:
            raise ClockOffError(f"this machine's clock is {self.off()}")

    def now(self) -> datetime | None:
        """The time by the storage's answers, whatever the machine's clock says."""
        return None if self._began is None else datetime.fromtimestamp(self._began + self._elapsed(), UTC)
