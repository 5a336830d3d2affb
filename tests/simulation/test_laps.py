"""Seeded simulations of partners that change often and whose index has many pages, beside attaches and detaches."""

import pytest

from shared.workflow import steps
from tests.simulation.seeds import seeds
from tests.simulation.simulated import Simulation
from tests.virtual_time import run


class ManyPages(Simulation):
    """Half of the events are of one partner; a page is of one customer or two, and so is a message."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, count=30, customers=5, partners=1)
        steps.PAGE, steps.PAGES_PER_CALL = self.chance.randint(1, 3), self.chance.randint(1, 2)
        steps.MESSAGE, steps.SHARES = self.chance.randint(1, 2), self.chance.randint(1, 3)


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they were, afterwards."""
    for name in ("MESSAGE", "PAGE", "PAGES_PER_CALL", "SHARES"):
        monkeypatch.setattr(steps, name, getattr(steps, name))


@pytest.mark.parametrize("some", seeds(60, 10_000, 20))
def test_however_often_a_partner_changes_while_its_fan_out_goes_round_nobody_is_missed(some: range) -> None:
    for seed in some:
        found = run(ManyPages(seed).run())
        assert not found, f"seed {seed}: {found}"
