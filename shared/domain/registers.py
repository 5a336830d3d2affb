"""Registers: each keeps the event with the greatest stamp, whatever the order and repetition of events."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.facts import ATTACHED, DETACHED, Data
from shared.domain.strict_json import canonical_bytes


@dataclass(slots=True, unsafe_hash=True)  # never changed; a frozen one takes twice the time to make
class Register:
    """The known data of the event that won, and which event that was (``time`` in UTC, microseconds, ending in Z).

    ``digest`` is the SHA-256 of all the data where a member was taken out since, else "". ``others`` is what a later
    version noted of it besides.
    """

    data: Data
    type: str
    time: str
    source: str
    id: str
    digest: str = ""
    others: tuple[object, ...] = ()

    @classmethod
    def of(cls, stored: Sequence[Any]) -> "Register":
        data, kind, time, source, event_id, *others = stored
        if others:
            return cls(data, kind, time, source, event_id, str(others[0]), tuple(others[1:]))
        return cls(data, kind, time, source, event_id)

    def to_list(self) -> list[object]:
        more = [self.digest, *self.others] if self.digest or self.others else ()
        return [self.data, self.type, self.time, self.source, self.id, *more]

    @property
    def whole_data(self) -> Data:
        """The data with the member that the event's type says."""
        if self.type in (ATTACHED, DETACHED):
            return {**self.data, "attached": self.type == ATTACHED}
        return self.data

    def without(self, member: str) -> "Register":
        """The same but for that member of the data; between two events it is decided as before."""
        data = {name: value for name, value in self.data.items() if name != member}
        return Register(data, self.type, self.time, self.source, self.id, self._sha256, self.others)

    @property
    def _sha256(self) -> str:
        return self.digest or hashlib.sha256(canonical_bytes(self.data)).hexdigest()

    @property
    def stamp(self) -> tuple[str, str, str, str, str]:
        """What decides between two events; the type settles an attach and a detach that agree in all else."""
        return (self.time, self.source, self.id, self._sha256, self.type)

    def outranks(self, other: "Register | None") -> bool:
        if other is None:
            return True
        mine, theirs = (self.time, self.source, self.id), (other.time, other.source, other.id)
        return mine > theirs if mine != theirs else self.stamp > other.stamp
