"""Planned faults of transfers to the broker. Used by both threads, the test's and the broker's."""

from enum import Enum, auto
from threading import Lock


class Fault(Enum):
    SERVER_BUSY = auto()
    """Refused, nothing stored: try later."""
    LINK_DETACH = auto()
    """The link is detached, nothing stored."""
    CONNECTION_CUT = auto()
    """Stored, but the connection breaks before the sender gets an answer."""


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._seen = 0
        self._planned: dict[int, Fault] = {}

    def at(self, fault: Fault, *transfers: int) -> None:
        """The 1st, 2nd, ... transfer from now on meets it; a batch is one transfer."""
        with self._lock:
            self._planned |= {self._seen + number: fault for number in transfers}

    def next(self) -> Fault | None:
        """What the transfer that has just come is to meet."""
        with self._lock:
            self._seen += 1
            return self._planned.pop(self._seen, None)

    @property
    def left(self) -> int:
        """How many have not been met yet."""
        with self._lock:
            return len(self._planned)
