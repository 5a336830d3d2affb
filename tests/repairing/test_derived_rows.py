"""Of everything derived, a row that is missing, wrong or too much: it is found and mended, or does no harm and goes.

What is written before it is needed may be there for nothing: reconciling is silent about it, and what goes over such
rows removes it. Rows of the population index, of recorded decisions and of laps have tests of their own.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from local.commands.repairing.reindex import reindex
from local.commands.repairing.repair import repair
from shared.storage import keys
from shared.storage.chains import DIRECTORY, Chain
from shared.storage.fan_outs import FanOut
from shared.storage.names import By, Entry, Whose, in_key
from shared.storage.store import Span, Table
from shared.storage.work import Outbox
from shared.workflow import steps
from shared.workflow.retention import remove_expired
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests import events
from tests.exploration.pace import quick
from tests.repairing.test_reconcile import DUE, ENDS, found, no_directory_row, no_due_row, no_index_row
from tests.repairing.test_repair_kinds import no_summary, not_a_candidate, wrong_summary
from tests.workflow.test_chains import CUSTOMERS, activated, undecided
from tests.world import World

OTHER_DAY = date(2026, 11, 1)
DERIVED = (Table.DIRECTORY, Table.HEADS, Table.ATTACHMENTS, Table.NAMES, Table.WORK)
CALLED, OWNED = in_key("contoso"), in_key("ada")


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick(page=1000):
        yield


async def sound() -> World:
    """C-1 and C-2 are eligible with P-1; C-3 has no partner. C-1, P-1 and C-4, of which nothing else is known, are
    described."""
    world = await World().unwarned()
    await world.post(*events.eligible("C-1"), *events.eligible("C-2"), events.spend("C-3"))
    await world.post(*events.qualified(validUntil=ENDS), events.partner_described("P-1", "Contoso", "Ada"))
    await world.post(*(events.described(each, "Contoso", "Ada") for each in ("C-1", "C-4")))
    return world


def no_names(*entries: Entry) -> Callable[[World], Awaitable[None]]:
    async def plant(world: World) -> None:
        for each in entries:
            await world.ports.names.delete(each)

    plant.__name__ = f"no_names_of_{'_'.join(each.id for each in entries)}"
    return plant


async def too_much_in_names(world: World) -> None:
    for whose, each in ((Whose.CUSTOMER, "C-1"), (Whose.CUSTOMER, "C-9"), (Whose.PARTNER, "P-1")):
        await world.ports.names.add(Entry(whose, By.NAME, in_key("adatum"), each))


async def too_much_in_directory(world: World) -> None:
    await world.ports.indexes.enter_in_directory("C-9")


async def too_much_in_partners_index(world: World) -> None:
    await world.ports.indexes.enter_attachments("C-3", ["P-1"])


async def too_much_among_candidates(world: World) -> None:
    await world.ports.indexes.enter_candidate("P-9")


async def due_on_another_day(world: World) -> None:
    await no_due_row(world)
    await world.ports.work.add_due("C-1", OTHER_DAY)


async def due_on_two_days(world: World) -> None:
    await world.ports.work.add_due("C-1", OTHER_DAY)


async def _unsent(world: World) -> None:
    loaded = await world.ports.customers.load("C-1")
    await world.ports.customers.mark_sent("C-1", 1, loaded.etag or "")


async def nothing_in_outbox(world: World) -> None:
    await _unsent(world)


async def another_in_outbox(world: World) -> None:
    await _unsent(world)
    await too_much_in_outbox(world)


async def too_much_in_outbox(world: World) -> None:
    await world.ports.work.open_outbox(Outbox("C-1", 9, world.ports.timestamp()))
    await world.ports.work.open_outbox(Outbox("C-1", 2, world.ports.timestamp(), commit=10**14))


async def fan_out_of_no_change(world: World) -> None:
    revision = (await world.ports.partners.load("P-1")).partner.revision + 10**6
    await world.ports.fan_outs.open(FanOut("P-1", revision, at=world.ports.timestamp()))
    await world.ports.fan_outs.open(FanOut(None, 10**14, at=world.ports.timestamp()))


async def chains_of_no_fan_out(world: World) -> None:
    over = FanOut(None, 1, at=world.ports.timestamp())
    await world.ports.chains.open(Chain.of(over, over.at, 3))


@dataclass(frozen=True)
class Planted:
    """What is done, what reconciling says of it, and whether such a row stays for ever."""

    plant: Callable[[World], Awaitable[None]]
    says: tuple[str, ...] = ()
    stays: bool = False


PLANTED = [
    Planted(no_directory_row, ("C-1: is not in the directory",)),
    Planted(too_much_in_directory, stays=True),
    Planted(no_index_row, ("C-1: is not in the index of P-1",)),
    Planted(too_much_in_partners_index),
    Planted(not_a_candidate, ("P-1: is not among the partners to propose",)),
    Planted(too_much_among_candidates, stays=True),
    Planted(no_summary, ("P-1: its summary is not that of its facts",)),
    Planted(wrong_summary, ("P-1: its summary is not that of its facts",)),
    Planted(
        no_names(*(Entry(Whose.CUSTOMER, by, text, "C-1") for by, text in ((By.NAME, CALLED), (By.OWNER, OWNED)))),
        ("C-1: is not found by its name", "C-1: is not found by its owner"),
    ),
    Planted(no_names(Entry(Whose.CUSTOMER, By.NAME, CALLED, "C-4")), ("C-4: is not found by its name",)),
    Planted(no_names(Entry(Whose.PARTNER, By.OWNER, OWNED, "P-1")), ("P-1: is not found by its owner",)),
    Planted(
        too_much_in_names,
        tuple(
            f"{Entry(whose, By.NAME, in_key('adatum'), each).key}: is in the index of names, "
            f"and its {whose} has no such name"
            for whose, each in ((Whose.CUSTOMER, "C-1"), (Whose.CUSTOMER, "C-9"), (Whose.PARTNER, "P-1"))
        ),
        stays=True,  # C-9, of which nothing was stored, is a customer without facts now
    ),
    Planted(no_due_row, (f"C-1: nothing will decide it on {DUE}",)),
    Planted(due_on_another_day, (f"C-1: nothing will decide it on {DUE}",)),
    Planted(due_on_two_days),
    Planted(nothing_in_outbox, ("C-1: nothing will notify its recorded decision 2",)),
    Planted(another_in_outbox, ("C-1: nothing will notify its recorded decision 2",)),
    Planted(too_much_in_outbox),
    Planted(fan_out_of_no_change),
    Planted(chains_of_no_fan_out),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.plant.__name__)
async def test_it_is_found_and_mended_or_goes(planted: Planted) -> None:
    world, right = await sound(), await sound()
    await planted.plant(world)
    said = await found(world)
    assert tuple(said[: len(planted.says)]) == planted.says
    assert bool(said) == bool(planted.says)
    for each in (world, right):
        _ = [passed async for passed in repair(each.worker())]
        await live_on(each)
    assert await found(world) == []
    after, expected = await derived(world), await derived(right)
    assert after == expected or (planted.stays and after > expected)


async def derived(world: World) -> set[tuple[Table, str, str]]:
    """The rows of indexes and of work to come, by table and keys."""
    rows = [(table, row) for table in DERIVED for row in await world.store.query(table, Span(), 1000)]
    return {(table, row.partition, row.key) for table, row in rows if not row.partition.startswith(keys.ROUNDS)}


async def live_on(world: World) -> None:
    """The partner changes, and two days pass."""
    await world.post(events.certified(validUntil="2026-12-30", time="2026-05-01T00:00:00Z"))
    for passes in (timedelta(minutes=5), timedelta(days=1, minutes=5), timedelta(days=1)):
        world.now += passes
        for sweep in (sweep_due, sweep_outboxes, sweep_fan_outs, remove_expired):
            await sweep(world.worker())
        await world.settle(world.worker())


async def split(monkeypatch: pytest.MonkeyPatch) -> tuple[World, list[Chain]]:
    """A change of rules over seven customers has begun its chains."""
    for name, size in {"MESSAGE": 1, "PAGE": 2, "PAGES_PER_CALL": 2, "DIRECTORY_PAGES": 2, "SHARES": 3}.items():
        monkeypatch.setattr(steps, name, size)
    world = await activated()
    _ = [each async for each in reindex(world.worker())]
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    return world, await world.ports.chains.of(fan_out.id)


async def chain_is_missing(world: World, chain: Chain) -> None:
    await world.store.delete(Table.WORK, keys.chains(chain.fan_out_id), keys.chain(chain.fan_out_id, chain.name))


async def chain_is_over_too_early(world: World, chain: Chain) -> None:
    await world.ports.chains.advance(replace(chain, over=True))


async def chain_has_come_too_far(world: World, chain: Chain) -> None:
    await world.ports.chains.advance(replace(chain, partition=chain.share.last, after="~"))


@pytest.mark.parametrize("plant", [chain_is_missing, chain_is_over_too_early, chain_has_come_too_far])
async def test_whom_a_wrong_chain_passed_by_is_found_and_decided(
    plant: Callable[[World, Chain], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, chains = await split(monkeypatch)
    chain = next(each for each in chains if each.name != DIRECTORY and of_share(each))
    await plant(world, chain)
    await world.settle()
    assert {each.partition(":")[0] for each in await found(world)} == of_share(chain)
    _ = [each async for each in repair(world.worker())]
    assert await found(world) == []
    assert await undecided(world) == []


def of_share(chain: Chain) -> set[str]:
    share = chain.share
    return {each for each in CUSTOMERS if share.first <= keys.head_partition(each) <= share.last}
