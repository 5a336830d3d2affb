"""Every single fault on the real clients: whatever befalls one call to the storage, the end is as without it.

One scenario, one call, one fault at a time, through a proxy before Azurite; ``--deep`` takes every call and every
fault, the suite a fresh random tenth of them, and fewer of a scenario of many calls.
"""

import asyncio
import itertools
import json
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from local.azurite import Azurite
from shared.azure_rest import endpoint
from shared.messaging.sender import Queue
from shared.workflow import steps
from tests.due_rows import in_two_parts
from tests.faults.faulty_world import faulty_world
from tests.faults.filling import ACCOUNT_KEY
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.scenario import Scenario
from tests.faults.scenarios import SCENARIOS
from tests.fresh_seed import fresh_seed, told
from tests.invariant import violations
from tests.reconciled import wrong_rows
from tests.watched_store import never_happened
from tests.workflow.test_crashes import ends
from tests.world import World

AT_ONCE = 4
MOST_CALLS = 150
"""Of the cases of a scenario in the suite, together: a repair has 1,665 cases of hundreds of calls each."""


class Accounts:
    """An Azurite with many accounts: each case has one, and so tables and queues, of its own."""

    names = tuple(f"case{number}" for number in range(5_000))

    def __init__(self, azurite: Azurite) -> None:
        self.azurite = azurite
        self.free = iter(self.names)


@contextmanager
def azurite_with_accounts() -> Iterator[Accounts]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZURITE_ACCOUNTS", ";".join(f"{name}:{ACCOUNT_KEY}" for name in Accounts.names))
        with Azurite() as running:
            yield Accounts(running)


@pytest.fixture(scope="module")
def accounts() -> Iterator[Accounts]:
    """Enough for a share of the cases of all scenarios."""
    with azurite_with_accounts() as found:
        yield found


@pytest.fixture
def accounts_of_its_own() -> Iterator[Accounts]:
    """Enough for all cases of one scenario."""
    with azurite_with_accounts() as found:
        yield found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients try again as they do, but at once; a page of a fan-out is one customer, the index one share, parts of
    due rows are two."""
    monkeypatch.setattr(endpoint, "Patience", partial(endpoint.Patience, first_pause=0))
    monkeypatch.setattr(steps, "PAGE", 1)
    monkeypatch.setattr(steps, "SHARES", 1)
    in_two_parts(monkeypatch)


async def ended(accounts: Accounts, scenario: Scenario, proxy: FaultProxy) -> tuple[dict[str, Any], list[str]]:
    """How the scenario ends, and what must not be so."""
    begun, act = await scenario.begun()
    async with faulty_world(begun, accounts.azurite.ports, next(accounts.free), proxy) as world:
        await world.handled(act)
        settled = await world.settled()
        told = [message.body for message in settled.sent.queues[Queue.NOTIFICATIONS]]
        oracle, rules = scenario.oracle(begun), json.loads(scenario.rules)
        found = [each async for each in violations(settled.ports, oracle, rules, told)]
        end = await _whatever_the_time(settled)
        return end, found + await wrong_rows(settled.ports)


async def _whatever_the_time(world: World) -> dict[str, Any]:
    """Revisions and epochs have the time in them: what is decided by those that are stored is the same in the end."""
    end, rules = await ends(world), await world.ports.rule_sets.load()
    evidence = end["evidence"]
    newest = evidence.epoch == (rules.epoch if rules else 0)
    used = sorted(evidence.partners), newest, evidence.on, evidence.decisions
    return {**end, "evidence": used, "partner": replace(end["partner"], revision=0)}


async def check(accounts: Accounts, name: str, share: float, most_calls: float = math.inf) -> None:
    """Some share of the cases, of no more than so many calls, a few at once; tells those that end wrongly."""
    scenario, turn = SCENARIOS[name], asyncio.Semaphore(AT_ONCE)
    undisturbed = FaultProxy(accounts.azurite.ports[1:])
    expected, found = await ended(accounts, scenario, undisturbed)
    assert not found, "without any fault"
    assert undisturbed.calls
    assert never_happened() == [], "without any fault"
    cases = list(itertools.product(range(1, undisturbed.calls + 1), Fault))
    count = max(1, round(min(len(cases) * share, most_calls / undisturbed.calls)))
    chosen = random.Random(f"{fresh_seed()} {name}").sample(cases, count)

    async def one(number: int, fault: Fault) -> str | None:
        async with turn:
            proxy = FaultProxy(accounts.azurite.ports[1:], fault, number)
            try:
                end, found = await ended(accounts, scenario, proxy)
            except Exception as failure:
                return f"call {number}, {fault}: {failure!r}"
            wrong = [f"{key} {end[key]} for {value}" for key, value in expected.items() if end[key] != value]
            missed = [] if proxy.calls >= number else ["the call was never made"]
            return f"call {number}, {fault}: {wrong + found + missed}" if wrong or found or missed else None

    print(f"{name}: {undisturbed.calls} calls, {len(chosen)} of {len(cases)} cases")
    failures = [each for each in await asyncio.gather(*(one(*case) for case in chosen)) if each]
    never_happened()  # a fault may come before what was to happen in between
    assert not failures, f"{len(failures)} of {len(chosen)}, {told()}:\n" + "\n".join(failures)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_fault_at_a_call_chosen_at_random_changes_nothing_in_the_end(accounts: Accounts, scenario: str) -> None:
    await check(accounts, scenario, 0.1, MOST_CALLS)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_no_fault_at_any_call_changes_anything_in_the_end(accounts_of_its_own: Accounts, scenario: str) -> None:
    await check(accounts_of_its_own, scenario, 1)
