"""Registers: each keeps the event with the greatest stamp, whatever the order and repetition of events.

Arrives: a register and a challenger. Leaves: the winner. Nothing here depends on when an event arrived.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.domain.facts import Attachment, Competency, Data, Deployment, Designation, PartnerFact, Training
from shared.domain.strict_json import canonical_bytes


class Kind(StrEnum):
    """What a register holds."""

    LICENCE = "licence"
    PROJECT = "project"
    ATTACHMENT = "attachment"
    COMPETENCY = "competency"
    DESIGNATION = "designation"
    DEPLOYMENT = "deployment"
    TRAINING = "training"


ATTACHED = "fasttrack.partner.attached.v1"
DETACHED = "fasttrack.partner.detached.v1"


@dataclass(frozen=True, slots=True)
class Register:
    """The known data of the event that won, and which event that was (``time`` in UTC, microseconds, ending in Z).

    ``others`` is what a later version noted of it besides.
    """

    data: Data
    type: str
    time: str
    source: str
    id: str
    others: tuple[Any, ...] = ()

    @classmethod
    def of(cls, stored: Sequence[Any]) -> "Register":
        data, kind, time, source, event_id, *others = stored
        return cls(data, kind, time, source, event_id, tuple(others))

    def to_list(self) -> list[Any]:
        return [self.data, self.type, self.time, self.source, self.id, *self.others]

    @property
    def stamp(self) -> tuple[str, str, str, str, str]:
        """What decides between two events; the type settles an attach and a detach that agree in all else."""
        return (self.time, self.source, self.id, hashlib.sha256(canonical_bytes(self.data)).hexdigest(), self.type)

    def outranks(self, other: "Register | None") -> bool:
        if other is None:
            return True
        mine, theirs = (self.time, self.source, self.id), (other.time, other.source, other.id)
        return mine > theirs if mine != theirs else self.stamp > other.stamp


def attachment_of(register: Register) -> Attachment:
    data = register.data
    return Attachment(data["partnerId"], data.get("projectId"), register.type == ATTACHED)


def partner_fact_of(kind: Kind, data: Data) -> PartnerFact:
    return _PARTNER_FACTS[kind].from_data(data)


_PARTNER_FACTS: Mapping[Kind, type[Competency | Designation | Deployment | Training]] = {
    Kind.COMPETENCY: Competency,
    Kind.DESIGNATION: Designation,
    Kind.DEPLOYMENT: Deployment,
    Kind.TRAINING: Training,
}
