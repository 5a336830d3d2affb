"""Message bytes arrive in the order the queue gives them; what every customer must have come to leaves.

Slow and obvious: every decision gathers all the facts again and judges the whole rule set again.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from .decide import Json, Timeline, decide
from .message import Event, RefusedError, read
from .time_ahead import TimeAhead, time_ahead

__all__ = ["Customer", "Oracle", "decide"]

type Registers = dict[tuple[str, ...], Event]

SHELVES = {
    "licence": "licences",
    "project": "projects",
    "attachment": "attachments",
    "exception": "exceptions",
    "competency": "competencies",
    "designation": "designations",
    "deployment": "deployments",
    "training": "trainings",
}


@dataclass
class Customer:
    """What has been decided about one customer so far."""

    status: str = "unassessed"
    eligible_projects: list[str] = field(default_factory=list)
    by_exception: bool = False
    expiring: Json | None = None
    sequence: int = 0
    notifications: list[Json] = field(default_factory=list)


class Oracle:
    """Facts, decisions, notifications and quarantine after every message posted, one message at a time.

    Without `now` the clock stands at the last moment of `today`. `timeline` has the rule set and those that come into
    force later.
    """

    def __init__(self, rule_set_document: Json, today: date, now: datetime | None = None) -> None:
        self.rules = rule_set_document
        self.timeline: Timeline = [(date.min, rule_set_document)]
        self.today = today
        self.now = now or end_of(today)
        self.quarantined: list[bytes] = []
        self.reasons: dict[bytes, str] = {}
        self._registers: dict[str, dict[str, Registers]] = {"customerId": {}, "partnerId": {}}
        self._customers: dict[str, Customer] = {}

    def post(self, message: bytes) -> None:
        if event := self.hear(message):
            for customer_id in self.affected_by(event):
                self._decide(customer_id)

    def hear(self, message: bytes) -> Event | None:
        """Keep its fact and decide nobody; the event, if it changed a register that decisions use."""
        try:
            event = read(message, self.now)
        except RefusedError as refusal:
            self._quarantine(message, str(refusal))
            return None
        return event if self._write(event) and event.kind.register != "description" else None

    def advance(self, today: date, now: datetime | None = None) -> None:
        """A new date: every customer is decided again."""
        self.today = today
        self.now = now or end_of(today)
        for customer_id in self.customers():
            self._decide(customer_id)

    def erase(self, customer_id: str, until: datetime) -> None:
        """Of the customer, and of it in deployments, nothing is known that an event of a time up to then said."""
        registers = self._registers["customerId"].get(customer_id, {})
        self._registers["customerId"][customer_id] = {
            register: event for register, event in registers.items() if event.order[0] > until
        }
        for of_partner in self._registers["partnerId"].values():
            for register, event in of_partner.items():
                if event.data.get("customerId") == customer_id and event.order[0] <= until:
                    data = {name: value for name, value in event.data.items() if name != "customerId"}
                    of_partner[register] = replace(event, data=data)

    def customers(self) -> list[str]:
        """Those of whom more is known than a description."""
        return sorted(
            customer_id
            for customer_id, registers in self._registers["customerId"].items()
            if not registers or any(name != "description" for name, *_ in registers)
        )

    def described(self, member: str = "customerId") -> dict[str, tuple[str | None, str | None]]:
        """The name and the owner of each customer, or partner, that is described."""
        return {
            of: (event.data.get("name"), event.data.get("owner"))
            for of, registers in sorted(self._registers[member].items())
            for name, event in ((register[0], event) for register, event in registers.items())
            if name == "description"
        }

    def final(self, customer_id: str) -> Customer:
        return self._customers[customer_id]

    def affected_by(self, event: Event) -> list[str]:
        if event.kind.owner == "customerId":
            return [event.owner]
        return [customer_id for customer_id in self.customers() if event.owner in self.partners_of(customer_id)]

    def partners_of(self, customer_id: str) -> list[str]:
        """The partners attached now, to one project or to all."""
        attachments = self.facts(customer_id)["attachments"]
        return sorted({attachment["partnerId"] for attachment in attachments if attachment["attached"]})

    def facts(self, customer_id: str) -> dict[str, list[Json]]:
        return shelved(
            self._registers["customerId"].get(customer_id, {}), "licence", "project", "attachment", "exception"
        )

    def partner_facts(self, partner_id: str) -> dict[str, list[Json]]:
        registers = self._registers["partnerId"].get(partner_id, {})
        return shelved(registers, "competency", "designation", "deployment", "training")

    def evidence(self, customer_id: str) -> Json:
        """All a decision about the customer may use, in the shape `decide` and `POST check` take."""
        partners = [{"partnerId": each, **self.partner_facts(each)} for each in self.partners_of(customer_id)]
        return {"customer": self.facts(customer_id), "partners": partners}

    def ahead(self, customer_id: str) -> TimeAhead:
        """The outcome today and what comes later."""
        return time_ahead(self.evidence(customer_id), self.timeline, self.today)

    def _quarantine(self, message: bytes, reason: str) -> None:
        if message not in self.reasons:
            self.quarantined.append(message)
            self.reasons[message] = reason

    def _write(self, event: Event) -> bool:
        """Last writer wins; whether the register changed."""
        registers = self._registers[event.kind.owner].setdefault(event.owner, {})
        kept = registers.get(event.register)
        if kept is not None and kept.order >= event.order:
            return False
        registers[event.register] = event
        return True

    def _decide(self, customer_id: str) -> None:
        found = self.ahead(customer_id)
        customer = self._customers.setdefault(customer_id, Customer())
        outcomes = [(each.status, each.eligible_projects, each.by_exception) for each in (found, customer)]
        is_same = outcomes[0] == outcomes[1]
        if is_same and found.expiring == customer.expiring:
            return
        customer.sequence += 1
        customer.notifications.append(
            {
                "sequence": customer.sequence,
                "type": f"fasttrack.eligibility.{'expiring' if is_same else 'changed'}.v1",
                "status": found.status,
                "eligibleProjects": found.eligible_projects,
                "byException": found.by_exception,
                "expiring": found.expiring,
                "previousStatus": customer.status,
                "previousEligibleProjects": customer.eligible_projects,
                "previousByException": customer.by_exception,
                "previousExpiring": customer.expiring,
            }
        )
        customer.status, customer.eligible_projects = found.status, found.eligible_projects
        customer.by_exception, customer.expiring = found.by_exception, found.expiring


def end_of(today: date) -> datetime:
    return datetime.combine(today, time.max, UTC)


def shelved(registers: Registers, *kinds: str) -> dict[str, list[Json]]:
    shelves: dict[str, list[Json]] = {SHELVES[kind]: [] for kind in kinds}
    for event in registers.values():
        if event.kind.register == "description":
            continue
        shelves[SHELVES[event.kind.register]].append(as_fact(event))
    return shelves


def as_fact(event: Event) -> dict[str, Any]:
    if event.kind.register != "attachment":
        return dict(event.data)
    return {**event.data, "attached": event.type == "fasttrack.partner.attached.v1"}
