"""A state machine against the oracle: events, repetitions, crashes, redelivery, dates, rules, sweeps, in any order."""

import asyncio
import json
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.workflow.change_rules import ChangeNote, LastActiveError, activate, retire, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests.invariant import violations
from tests.oracle.oracle import Oracle
from tests.oracle.random_events import events
from tests.rules.given import allowing_exceptions
from tests.simulation.simulated import START, is_timeless
from tests.watched_store import WatchedStore, breaking_at
from tests.world import World

POOL = [each for each in events(7, 120, customers=3, partners=2, today=START.date()) if is_timeless(each)]
STRICTER = parse_document(json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"350000"')))
SWEEPS = {"due": sweep_due, "outboxes": sweep_outboxes, "fan-outs": sweep_fan_outs}


class Machine(RuleBasedStateMachine):
    """One world; ``lost`` are messages whose handler crashed and that the host will deliver again."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = World(now=START)
        self.oracle = Oracle(json.loads(SHIPPED.read_bytes()), START.date(), START)
        self.lost: list[tuple[Queue, bytes]] = []

    def _do[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _handle(self, queue: Queue, body: bytes, number: int = 0, after: bool = False) -> None:
        """Handle a message; with a ``number`` the worker crashes at that call."""
        ports = self.world.ports
        if number:
            breaking = breaking_at(number, perhaps=True)
            store = WatchedStore(self.world.store, **{"after" if after else "before": breaking})
            ports = self.world.worker(store)
        try:
            await (receive_event if queue is Queue.EVENTS else recompute)(ports, body, 1)
        except PassingError:
            self.lost.append((queue, body))

    @initialize()
    def drafts_are_stored(self) -> None:
        self._do(store_draft(self.world.ports, STRICTER, ChangeNote()))
        self._do(store_draft(self.world.ports, parse_document(allowing_exceptions()), ChangeNote()))

    @rule(message=st.sampled_from(POOL))
    def an_event_arrives(self, message: bytes) -> None:
        self.oracle.post(message)
        self._do(self._handle(Queue.EVENTS, message))

    @rule(message=st.sampled_from(POOL), number=st.integers(1, 12), after=st.booleans())
    def an_event_arrives_and_its_worker_crashes(self, message: bytes, number: int, after: bool) -> None:
        self.oracle.post(message)
        self._do(self._handle(Queue.EVENTS, message, number, after))

    @precondition(lambda self: self.lost)
    @rule(index=st.integers(0, 99))
    def a_lost_message_comes_back(self, index: int) -> None:
        self._do(self._handle(*self.lost.pop(index % len(self.lost))))

    @precondition(lambda self: self.world.sent.queues[Queue.RECOMPUTE])
    @rule(number=st.integers(0, 8), after=st.booleans())
    def a_recompute_message_is_handled(self, number: int, after: bool) -> None:
        body = self.world.sent.queues[Queue.RECOMPUTE].popleft().body
        self._do(self._handle(Queue.RECOMPUTE, body, number, after))

    @rule(hours=st.sampled_from([1, 30, 24 * 200]))
    def time_passes(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)

    @rule(name=st.sampled_from(sorted(SWEEPS)))
    def a_timer_fires(self, name: str) -> None:
        self._do(SWEEPS[name](self.world.ports))

    @rule(version=st.sampled_from([1, 2, 3]), change=st.sampled_from([activate, retire]))
    def the_rules_change(self, version: int, change: Any) -> None:
        try:
            self._do(change(self.world.ports, version))
        except LastActiveError:
            return

    def teardown(self) -> None:
        try:
            found = self._do(self._settled_violations())
        finally:
            self.runner.close()
        assert not found, found

    async def _settled_violations(self) -> list[str]:
        for _ in range(3):
            while self.lost:
                await self._handle(*self.lost.pop())
            for sweep in SWEEPS.values():
                await sweep(self.world.ports)
            await self.world.settle()
            self.world.now += timedelta(hours=25)
        await sweep_outboxes(self.world.ports)
        await sweep_due(self.world.ports)
        await self.world.settle()
        state = await self.world.ports.rule_sets.load()
        assert state
        in_force = await self.world.ports.rule_sets.version(max(version for version, _ in state.active))
        assert in_force
        rules = json.loads(in_force.document)
        notifications = [each.body for each in self.world.sent.queues[Queue.NOTIFICATIONS]]
        return [each async for each in violations(self.world.ports, self.oracle, rules, notifications)]


@pytest.mark.parametrize("runs", [150, pytest.param(10_000, marks=pytest.mark.deep)])
@pytest.mark.timeout(3600)
def test_any_history_of_events_crashes_dates_and_rules_ends_as_the_oracle_says(runs: int) -> None:
    quiet = settings(
        max_examples=runs,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Machine, settings=quiet)
