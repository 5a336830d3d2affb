"""Simulated worlds in which most clocks are far ahead, and customers whose eligibility begins or ends soon.

``FarAhead``: the storage's answers have dates, against which clocks are held. ``Unheld``: they have none, so that
customers are decided as of days that have not come; once the clocks are right, those are found and decided again.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from shared.errors import PassingError
from shared.ports import Ports
from shared.workflow.reconcile import differences
from shared.workflow.repair import repair
from tests.events import AREA, event
from tests.simulation.simulated import START, MachineClock, Simulation

DAYS = (None, None, -2, 0, 1, 2, 4, 8, 40, 70, 200, 400)
AHEAD = [timedelta(days=days) for days in (0, 3, 60, 366)]


class FarAhead(Simulation):
    """All clocks are held; they come to be far ahead, and are set right, at any time."""

    def _machine(self) -> MachineClock:
        return MachineClock(self.chance.choice(AHEAD), is_held=True)

    def _messages(self, seed: int, count: int, customers: int, partners: int) -> list[bytes]:
        sent = [each for number in range(customers) for each in self._of_a_customer(number, number % partners)]
        sent += [each for number in range(partners) for each in self._of_a_partner(number)]
        self.chance.shuffle(sent)
        return sent + self.chance.sample(sent, 3)

    def _of_a_customer(self, number: int, partner: int) -> list[bytes]:
        customer = {"customerId": f"C-{number}"}
        licence = {"licenceId": "L-1", "application": "finance", "annualAmount": "400000", "currency": "USD"}
        project = {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-05-01", "status": "active"}
        return [
            self._event("spend.updated", {**customer, **licence, "newDeployment": True, **self._ends("endsOn")}),
            self._event("project.updated", {**customer, **project}),
            self._event("partner.attached", {**customer, "partnerId": f"P-{partner}"}),
        ]

    def _of_a_partner(self, number: int) -> list[bytes]:
        partner = {"partnerId": f"P-{number}"}
        course = {**partner, "course": "success-by-design", "learnerId": "A-1", "completedOn": "2026-01-15"}
        competency = {**partner, "competency": "cloud-business-applications", "area": AREA, "level": "gold"}
        begins = self.chance.choice(("2026-01-01", "2026-01-01", "2026-06-04", "2026-07-10"))
        return [
            self._event("training.completed", {**course, "part": "training", **self._ends("expiresOn")}),
            self._event("training.completed", {**course, "part": "knowledge-check"}),
            self._event("partner.certified", {**competency, "validFrom": begins, **self._ends("validUntil")}),
        ]

    def _event(self, kind: str, data: dict[str, Any]) -> bytes:
        return event(kind, data, id=f"e-{self.chance.getrandbits(60)}")

    def _ends(self, name: str) -> dict[str, str]:
        days = self.chance.choice(DAYS)
        return {} if days is None else {name: (START.date() + timedelta(days=days)).isoformat()}


class Unheld(FarAhead):
    """Nothing tells that a clock is ahead."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.named: set[str] = set()

    def _machine(self) -> MachineClock:
        return MachineClock(self.chance.choice(AHEAD))

    async def _handle_all(self, ports: Ports) -> None:
        """A date that comes tomorrow is waited for."""
        while self.waiting:
            with suppress(PassingError):
                await self._handle(ports, self._next())

    async def _settle(self) -> None:
        """The command repairs what reconciling names."""
        await super()._settle()
        ports = self._process()
        self.named = {each async for each in differences(ports)}
        async for _ in repair(ports):
            pass
        await super()._settle()
