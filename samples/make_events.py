"""Nothing arrives; `events.jsonl` beside this file leaves: what a programme's systems sent, in the order it arrived.

    python -m samples.make_events

Always the same lines. Nothing ends between the last event and 2035, so the story comes out alike on any day till then;
`year_ahead.py` tells on from there, with dates counted from the day on which it is told.
"""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from samples.broken import BROKEN_LINES
from samples.names import description
from samples.programme import PARTNERS, PLANS, Plan

type Data = dict[str, Any]
type Arrival = tuple[datetime, str]

QUOTED_SHARE = Decimal("0.4")
FIRST_CUSTOMER_ON = date(2025, 2, 3)
TYPES = {
    "spend": ("fasttrack.spend.updated.v1", "/billing", "inv"),
    "project": ("fasttrack.project.updated.v1", "/projects", "prj"),
    "attached": ("fasttrack.partner.attached.v1", "/projects", "prj"),
    "detached": ("fasttrack.partner.detached.v1", "/projects", "prj"),
    "certified": ("fasttrack.partner.certified.v1", "/partner-centre", "pc"),
    "designated": ("fasttrack.partner.designated.v1", "/partner-centre", "pc"),
    "deployed": ("fasttrack.deployment.recorded.v1", "/partner-centre", "pc"),
    "trained": ("fasttrack.training.completed.v1", "/learning", "crs"),
    "customer": ("fasttrack.customer.described.v1", "/accounts", "acc"),
    "partner": ("fasttrack.partner.described.v1", "/partner-centre", "pc"),
    "granted": ("fasttrack.exception.granted.v1", "/programme-office", "exc"),
}


class Programme:
    """The events told so far, each with the moment it arrives: mostly at once, some weeks late, some twice."""

    def __init__(self, first_id: int = 1001) -> None:
        self.draw = Random(2023)
        self.first_id = first_id
        self.arrivals: list[Arrival] = []

    def tell(self, on: date, kind: str, data: Data) -> None:
        name, source, prefix = TYPES[kind]
        at = datetime.combine(on, time(8), UTC) + timedelta(seconds=self.draw.randrange(36_000))
        event = {
            "specversion": "1.0",
            "id": f"{prefix}-{len(self.arrivals) + self.first_id}",
            "source": source,
            "type": name,
            "subject": f"customers/{data['customerId']}" if "customerId" in data else f"partners/{data['partnerId']}",
            "time": at.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }
        line = json.dumps(event)
        late = self.draw.random() < 0.12
        self.arrivals.append((at + timedelta(days=self.draw.uniform(10, 90) if late else 0), line))
        if self.draw.random() < 0.03:
            self.arrivals.append((at + timedelta(days=self.draw.uniform(0, 20)), line))

    def arrived(self) -> list[str]:
        """The lines in order of arrival."""
        return [line for _, line in sorted(self.arrivals, key=lambda arrival: arrival[0])]


def tell_partner(programme: Programme, partner: str, facts: tuple[tuple[str, str, Data], ...]) -> None:
    for on, kind, data in facts:
        programme.tell(date.fromisoformat(on), kind, {"partnerId": partner, **data})


def begins_on(index: int) -> date:
    return FIRST_CUSTOMER_ON + timedelta(days=11 * index)


def tell_customer(programme: Programme, index: int, plan: Plan) -> None:
    """Quotes first, then the project, the partner, what was really bought, and what happened afterwards."""
    customer, begins = f"C-{1001 + index}", begins_on(index)

    def tell(days: int, kind: str, **data: object) -> None:
        programme.tell(begins + timedelta(days=days), kind, {"customerId": customer, **data})

    def buy(days: int, number: int, amount: str) -> None:
        application = plan.applications[number % len(plan.applications)]
        bought = {"annualAmount": amount, "currency": plan.currency, "newDeployment": plan.new}
        tell(days, "spend", licenceId=f"L-{number + 1}", application=application, **bought)

    def project(days: int, status: str) -> None:
        initiated = (begins + timedelta(days=75)).isoformat()
        about = {"applications": list(plan.applications), "initiatedOn": initiated}
        tell(days, "project", projectId=f"J-{customer[2:]}", status=status, **about)

    for number, amount in enumerate(plan.amounts):
        buy(3 * number, number, f"{Decimal(amount) * QUOTED_SHARE:.2f}")
    project(10, "planned")
    if plan.partner:
        tell(21, "attached", partnerId=plan.partner)
    for number, amount in enumerate(plan.amounts):
        buy(45 + 9 * number, number, amount)
    project(75, "active")
    for days, kind, value in plan.later:
        if kind == "spend":
            buy(days, 0, value)
        elif kind == "status":
            project(days, value)
        else:
            tell(days, kind, partnerId=value)


def lines() -> list[str]:
    programme = Programme()
    for partner, facts in PARTNERS.items():
        tell_partner(programme, partner, facts)
    for index, plan in enumerate(PLANS):
        tell_customer(programme, index, plan)
    for partner in PARTNERS:
        programme.tell(date(2024, 6, 3), "partner", {"partnerId": partner, **description(partner)})
    for index in range(len(PLANS)):
        customer = f"C-{1001 + index}"
        programme.tell(begins_on(index), "customer", {"customerId": customer, **description(customer)})
    told = programme.arrived()
    for number, line in enumerate(BROKEN_LINES, start=1):
        told.insert(number * len(told) // (len(BROKEN_LINES) + 1), line)
    return told


def main() -> None:
    Path(__file__).with_name("events.jsonl").write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
