"""A simulated world whose tables are set back, one by one, to what they were at some earlier moment.

What is promised of that is less: facts, decisions and messages in quarantine that were in the table are lost, and if it
was the customers', the sequences of what was lost are given again. But nothing valid goes to quarantine for it, no
revision and no epoch is given twice, and once it was repaired everybody is decided by the facts that are stored, which
subscribers were told last, and nothing is left undone. If it was another table, subscribers were told as ever.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from local.commands.backup.memory_store import MemoryStore
from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.errors import PassingError
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage import keys
from shared.storage.gone_back import RowsGoneBack
from shared.storage.store import Row, Table, Value
from shared.workflow.gone_back import sweep_gone_back
from tests.invariant import violations
from tests.oracle.oracle import Oracle
from tests.restored import Moment, moment, put_back, stored_events
from tests.simulation.simulated import Simulation
from tests.watched_store import Call

_SAVED, _SET_BACK = 0.02, 0.01
"""Of all calls of the store: before so many all tables are copied, or one is set back."""
_REPAIRED = 0.01
"""Of all that processes do: somebody repairs, while the others go on."""
_MOST = 3
_NUMBERED = {Table.PARTNERS: ("summary~", "revision"), Table.RULES: (keys.RULES_EPOCH, "epoch")}


class NumberedStore(MemoryStore):
    """Sees to it that nobody gives a revision or an epoch that was given before, lost or not."""

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, set[Value]] = defaultdict(set)
        self.twice: list[str] = []
        self.is_set_back = False

    def _put(self, table: Table, row: Row, properties: Mapping[str, Value]) -> str:
        prefix, name = _NUMBERED.get(table, ("~", ""))
        if row.key.startswith(prefix) and not self.is_set_back:
            before = self._tables[table].get((row.partition, row.key))
            number, given = properties[name], self.given[row.key]
            if number and number in given and not (before and before.properties[name] == number):
                self.twice.append(f"{row.key} was given {number!r} twice")
            given.add(number)
        return super()._put(table, row, properties)


class Restoring(Simulation):
    """Each process goes on with what it remembers; what is not written any more is as it was."""

    def __init__(self, seed: int, *sizes: Any, **named: Any) -> None:
        super().__init__(seed, *sizes, **named)
        self.store: NumberedStore = NumberedStore()
        self.moments: list[Moment] = []
        self.set_back: list[Table] = []
        self.unrepaired: list[str] = []

    async def _before(self, call: Call) -> None:
        self.now += timedelta(milliseconds=self.chance.uniform(1, 5))  # a call takes that long: no two have one time
        if self.faults:
            await self._save_or_set_back()
        await super()._before(call)

    async def _save_or_set_back(self) -> None:
        drawn = self.chance.random()
        if drawn < _SAVED or not self.moments:
            self.moments.append(await moment(self.store))
        elif drawn < _SAVED + _SET_BACK and len(self.set_back) < _MOST:
            table, then = self.chance.choice(list(Table)), self.chance.choice(self.moments)
            self.store.is_set_back = True
            await put_back(self.store, table, then[table])
            self.store.is_set_back = False
            self.set_back.append(table)
            self.now += timedelta(seconds=self.chance.uniform(1, 600))

    async def _act(self, ports: Ports) -> None:
        if self.chance.random() < 0.03:
            await sweep_gone_back(ports)
        elif self.chance.random() < _REPAIRED:
            _ = [each async for each in repair(ports)]
        else:
            await super()._act(ports)

    async def _handle_all(self, ports: Ports) -> None:
        """What waits for a row that went back gets it after some minutes."""
        while self.waiting:
            try:
                await self._handle(ports, self._next())
            except PassingError:
                self.now += timedelta(minutes=1)
                await sweep_gone_back(ports)

    async def _settle(self) -> None:
        for _ in range(2):  # the first time within the day for which messages wait
            await self._repair()
            await super()._settle()

    async def _repair(self) -> None:
        ports = self._process()
        repaired = [each async for passed in repair(ports) for each in passed.repaired]
        self.unrepaired = [f"{each.found.id} is not repaired: {each.failed}" for each in repaired if each.failed]
        self.now += timedelta(minutes=6)
        await sweep_gone_back(ports)
        await self._handle_all(ports)

    async def _wrong(self, oracle: Oracle) -> list[str]:
        """By an oracle that has heard of what is stored alone; of what no table lost, by the one that heard of all."""
        ports = self._process()
        of_stored = Oracle(json.loads(SHIPPED.read_bytes()), self.now.date(), self.now)
        async for message in stored_events(ports):
            of_stored.post(message)
        rules = await self._in_force(ports)
        found = [each async for each in violations(ports, of_stored, rules, self.notifications)]
        if Table.CUSTOMERS in self.set_back:
            found = [each for each in found if " told " not in each]
        noted = [
            f"that {each.partner_id} went back is not settled" for each in await RowsGoneBack(ports.rows).page("", 100)
        ]
        differ = [f"reconciling says: {each}" async for each in differences(ports)]
        return [*found, *self._lost(oracle, of_stored), *self.store.twice, *self.unrepaired, *noted, *differ]

    def _lost(self, oracle: Oracle, of_stored: Oracle) -> list[str]:
        """Facts lost although neither their table was set back nor the quarantine, where they may have been."""
        lost = []
        if not {Table.CUSTOMERS, Table.QUARANTINE} & set(self.set_back):
            everybody = oracle.customers()
            lost += [each for each in everybody if _alike(oracle.facts(each)) != _alike(of_stored.facts(each))]
        if not {Table.PARTNERS, Table.QUARANTINE} & set(self.set_back):
            partners = {partner for each in of_stored.customers() for partner in of_stored.partners_of(each)}
            lost += [
                each for each in partners if _alike(oracle.partner_facts(each)) != _alike(of_stored.partner_facts(each))
            ]
        return [f"facts of {each} are lost" for each in lost]


def _alike(facts: Mapping[str, list[Any]]) -> dict[str, list[str]]:
    return {name: sorted(json.dumps(each, sort_keys=True) for each in some) for name, some in facts.items()}
