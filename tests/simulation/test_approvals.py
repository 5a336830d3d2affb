"""People approve, activate and retire at random, over faults: no change of rules is made without its approvals."""

import json
from contextlib import suppress
from functools import partial

import pytest

from shared.domain.who import Who
from shared.ports import Clock, Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import Store
from shared.storage_clock import StorageClock
from shared.workflow import approve as approving
from shared.workflow.approve import approve
from shared.workflow.change_rules import (
    ApprovalsMissingError,
    ChangedSinceError,
    ChangeNote,
    LastActiveError,
    activate,
    retire,
    store_draft,
)
from tests.approvals import approval_violations
from tests.simulation.simulated import Simulation
from tests.virtual_time import run

REFUSALS = (
    *(ApprovalsMissingError, ChangedSinceError, LastActiveError),
    *(approving.ApprovedAlreadyError, approving.NothingToApproveError),
    *(approving.OwnVersionError, approving.UnknownAuthorError),
)
ADA = ChangeNote("ada", verified=True)
PEOPLE = ("ada", "Ada", "bo", "cy", "dee")
STRICTER = ("350000", "400000")


class Approving(Simulation):
    """Each change of rules needs one approval, or two."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, count=12)
        self.needed = self.chance.choice((1, 1, 2))

    def _ports(self, store: Store, clock: Clock, storage_clock: StorageClock) -> Ports:
        given = {"storage_clock": storage_clock, "approvals": self.needed}
        return Ports(store, self, clock, self._pause, self.chance, **given)  # type: ignore[arg-type]

    async def _act(self, ports: Ports) -> None:
        await (self._change_rules(ports) if self.chance.random() < 0.5 else super()._act(ports))

    async def _change_rules(self, ports: Ports) -> None:
        version, action = self.chance.choice((1, 2, 2, 3, 3)), self.chance.choice(("activate", "activate", "retire"))
        change = activate if action == "activate" else retire
        who = Who(self.chance.choice(PEOPLE), True)
        do = partial(change, note=ADA) if self.chance.random() < 0.4 else partial(approve, action=action, who=who)
        with suppress(*REFUSALS):
            await do(ports, version)

    async def _store_drafts(self) -> None:
        faults, self.faults = self.faults, 0
        for amount in STRICTER:
            document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', f'"{amount}"'.encode()))
            await store_draft(self._process(), parse_document(document), ADA)
        self.faults = faults

    async def _wrong(self, oracle: object) -> list[str]:
        found = await super()._wrong(oracle)  # type: ignore[arg-type]
        return found + await approval_violations(self._process(), self.needed)


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_change_of_rules_is_made_without_its_approvals(first: int) -> None:
    for seed in range(first, first + 20):
        assert run(Approving(seed).run()) == [], f"seed {seed}"


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_no_change_of_rules_of_many_seeds_is_made_without_its_approvals() -> None:
    for seed in range(1_000, 6_000):
        assert run(Approving(seed).run()) == [], f"seed {seed}"
