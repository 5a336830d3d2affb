"""A simulated world in which workers of a version without the population index run beside those of this one."""

from typing import Any

from shared.domain.decision import DECISIONS
from shared.ports import Clock, Ports
from shared.storage.store import Store
from shared.storage_clock import StorageClock
from tests import older_version
from tests.invariant import SAID_BEFORE
from tests.oracle.oracle import Oracle
from tests.simulation.side_by_side import SideBySide


class OlderBeside(SideBySide):
    """Each process is of one of the two versions by chance; what is left is done by this one."""

    versions = (1, 2, 3)
    """The other one reads no rules that allow exceptions."""

    def _messages(self, seed: int, count: int, customers: int, partners: int) -> list[bytes]:
        """It would put exceptions and descriptions into quarantine."""
        messages = super()._messages(seed, count, customers, partners)
        return [each for each in messages if b".exception." not in each and b".described." not in each]

    def _rows(self) -> Store:
        self.is_next = not self.faults or self.chance.random() < 0.5
        return self.store if self.is_next else older_version.OlderStore(self.store)

    async def _wrong(self, oracle: Oracle) -> list[str]:
        """An older version does not say what was near before."""
        return [each for each in await super()._wrong(oracle) if SAID_BEFORE not in each]

    def _ports(self, store: Store, clock: Clock, storage_clock: StorageClock) -> Ports:
        decisions = DECISIONS if self.is_next else older_version.DECISIONS
        more: dict[str, Any] = {"storage_clock": storage_clock, "decisions": decisions}
        return Ports(store, self, clock, self._pause, self.chance, **more)
