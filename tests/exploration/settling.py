"""What an end comes to when nothing fails any more: all that waits is delivered, the timers run, two days pass."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.api.quarantine import redrive
from shared.domain.retried import Retried
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.quarantined import KEPT
from shared.storage.rule_sets import ACTIVE
from shared.storage.store import Store
from shared.workflow.erase import sweep_erasures
from shared.workflow.gone_back import sweep_gone_back
from shared.workflow.keep import LAST_ATTEMPT, keep_poison
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests.approvals import approval_violations
from tests.exploration.bare_loop import BareLoop
from tests.exploration.handlers import Handler, Rules, act, message
from tests.exploration.processes import Call, Ended, Program, Tree
from tests.exploration.search import Things
from tests.exploration.snapshots import Snapshot
from tests.invariant import violations
from tests.memory_sender import MemorySender
from tests.oracle.message import RefusedError, read
from tests.oracle.oracle import Oracle
from tests.world import LeastChance, at_once

SWEEPS = (sweep_due, sweep_outboxes, sweep_fan_outs, sweep_gone_back, sweep_erasures)
LATER = (timedelta(minutes=5), timedelta(minutes=10), timedelta(days=1, minutes=11), timedelta(days=1, minutes=16))


class Settling:
    """Goes on from the ends of one world; what each comes to is kept."""

    def __init__(self, tree_of: Callable[[Program], Tree], now: datetime) -> None:
        self._tree_of, self._now = tree_of, now
        self._settled: dict[Things, Things] = {}

    def settled(self, end: Things) -> Things:
        """Nobody holds an ETag any more: ends that differ in how often a row was written are the same."""
        things = end._replace(store=Snapshot.of(end.store))
        if things not in self._settled:
            self._settled[things] = self._gone_on(things)
        return self._settled[things]

    def left_to_timers(self, end: Things) -> list[str]:
        """Fan-outs of partners that are not over when all that waits is delivered."""
        things = self._delivered(end._replace(store=Snapshot.of(end.store)), self._now)
        return BareLoop().run(_fan_outs_left(_reading(things.store, self._now)))

    def _gone_on(self, things: Things) -> Things:
        things = self._delivered(things, self._now)
        for later in LATER:
            now = self._now + later
            for sweep in SWEEPS:
                things = self._done(things, now, sweep.__name__, sweep)
            things = self._put_back(things, now)
            things = self._delivered(things, now)
        return things._replace(store=Snapshot.of(things.store))

    def _delivered(self, things: Things, now: datetime) -> Things:
        """What is put back with a delay is delivered once: until it comes again, time has to pass."""
        tried: set[tuple[Queue, bytes]] = set()
        later: list[tuple[Queue, bytes]] = []
        while things.waiting:
            (queue, body), *others = things.waiting
            things = things._replace(waiting=tuple(others))
            if (retried := Retried.of(body)).copies and (queue, retried.body) in tried:
                later.append((queue, body))
                continue
            tried.add((queue, retried.body))
            for attempt in range(1, LAST_ATTEMPT + 1):
                handler = message(queue, body, "settling", rules=Rules.UNREAD)
                things, ended = self._run(things, now, handler, attempt)
                if not ended.fault:
                    break
            else:
                keep = partial(keep_poison, queue=queue, body=body)
                things = self._done(things, now, f"keep poison {queue} {body!r}", keep)
        return things._replace(waiting=tuple(later))

    def _done(self, things: Things, now: datetime, name: str, of: Callable[[Ports], Awaitable[object]]) -> Things:
        things, ended = self._run(things, now, act(name, of, rules=Rules.UNREAD), 1)
        if ended.fault:
            raise ended.fault
        return things

    def _run(self, things: Things, now: datetime, handler: Handler, attempt: int) -> tuple[Things, Ended]:
        position = self._tree_of(Program(now, ((handler, attempt),))).root
        while isinstance(call := position.standing[0], Call):
            answer, key, things = things.after(call)
            position = position.tree.after(position, 0, key, answer)
        assert call is not None, "a handler alone waits for another"
        return things, call

    def _put_back(self, things: Things, now: datetime) -> Things:
        """What is valid and was kept by mistake."""
        ports = _reading(things.store, now)
        kept, _ = BareLoop().run(ports.quarantine.page("", 1000))
        for each in kept:
            if each.state == KEPT and (each.queue == Queue.RECOMPUTE or _is_valid(each.body, now)):
                things = self._done(things, now, f"redrive {each.id}", partial(redrive, message_id=each.id))
        return things

    def violations(self, end: Things, oracle: Oracle) -> list[str]:
        """All that is not as it must be where the end comes to."""
        settled = self.settled(end)
        return BareLoop().run(_violations(_reading(settled.store, self._now + LATER[-1]), oracle, settled.told))


def _is_valid(message: bytes, now: datetime) -> bool:
    try:
        read(message, now)
    except RefusedError:
        return False
    return True


async def _fan_outs_left(ports: Ports) -> list[str]:
    return [f"the fan-out {each.id} is left to a timer" async for each in ports.fan_outs.all() if each.partner_id]


def _reading(store: Store, now: datetime) -> Ports:
    return Ports(store, MemorySender(), lambda: now, at_once, LeastChance(7))


async def _violations(ports: Ports, oracle: Oracle, told: frozenset[bytes]) -> list[str]:
    found = [each async for each in violations(ports, oracle, await _in_force(ports), sorted(told))]
    kept, _ = await ports.quarantine.page("", 1000)
    left = sorted(each.body for each in kept if each.state == KEPT)
    if left != sorted(oracle.quarantined):
        found.append(f"in quarantine are {len(left)} messages, not {len(oracle.quarantined)}")
    return found + await _rules_violations(ports) + await approval_violations(ports, 1)


async def _rules_violations(ports: Ports) -> list[str]:
    """The versions said to be in force are those that are, and everybody was decided by the last change of them."""
    state = await ports.rule_sets.load()
    assert state
    said = {each.version for each in await ports.rule_sets.versions(None, 100) if each.state == ACTIVE}
    active = {version for version, _ in state.active}
    found = [] if said == active else [f"versions {said} are said to be active, {active} are"]
    if state.epoch > 1 and not (progress := await ports.progress.read(state.epoch)).is_finished:
        found.append(f"the change of rules is not finished: {progress}")
    return found


async def _in_force(ports: Ports) -> dict[str, Any]:
    state = await ports.rule_sets.load()
    assert state
    _, version = max((day, version) for version, day in state.active if day <= ports.today())
    stored = await ports.rule_sets.version(version)
    assert stored
    return dict(json.loads(stored.document))
