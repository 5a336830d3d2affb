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

    ``others`` is what a later version noted of it besides.
    """

    data: Data
    type: str
    time: str
    source: str
    id: str
    others: tuple[object, ...] = ()

    @classmethod
    def of(cls, stored: Sequence[Any]) -> "Register":
        data, kind, time, source, event_id, *others = stored
        return cls(data, kind, time, source, event_id, tuple(others))

    def to_list(self) -> list[object]:
        return [self.data, self.type, self.time, self.source, self.id, *self.others]

    @property
    def whole_data(self) -> Data:
        """The data with the member that the event's type says."""
        if self.type in (ATTACHED, DETACHED):
            return {**self.data, "attached": self.type == ATTACHED}
        return self.data

    def without(self, member: str) -> "Register":
        """As of an event whose data has not that member."""
        data = {name: value for name, value in self.data.items() if name != member}
        return Register(data, self.type, self.time, self.source, self.id, self.others)

    @property
    def stamp(self) -> tuple[str, str, str, str, str]:
        """What decides between two events; the type settles an attach and a detach that agree in all else."""
        return (self.time, self.source, self.id, hashlib.sha256(canonical_bytes(self.data)).hexdigest(), self.type)

    def outranks(self, other: "Register | None") -> bool:
        if other is None:
            return True
        mine, theirs = (self.time, self.source, self.id), (other.time, other.source, other.id)
        return mine > theirs if mine != theirs else self.stamp > other.stamp
