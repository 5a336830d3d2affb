"""The index of names and owners over both stores: who is found by it, what is left of it, and what may stand there."""

import pytest

from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import NotARowError
from local.commands.repairing.reconcile import differences
from shared.domain.named import folded
from shared.storage.names import By, Entry, Whose, in_key
from shared.storage.store import Row, Span, Store, Table
from shared.workflow.erase import ask_for_erasure, sweep_erasures
from shared.workflow.search import search
from tests import events
from tests.names import customers_of
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
NAMES = (
    "Contoso",
    "contoso ltd",
    "株式会社アダタム",
    "Straße",
    "a~b / c\\d #e ?f 'g",
    "\U0001f680 Rockets",
    "x" * 200,
    " ",
)


async def named(store: Store) -> World:
    world = World(store)
    for number, name in enumerate(NAMES):
        await world.post(
            events.spend(f"C-{number}"), events.described(f"C-{number}", name, ("Ada", "Grace")[number % 2])
        )
        await world.post(events.partner_described(f"P-{number}", name, "Ada"))
    return world


async def test_every_name_is_found_whatever_it_is_made_of(store: Store) -> None:
    world = await named(store)
    for number, name in enumerate(NAMES):
        if wanted := folded(name):
            found = {(hit.whose, hit.id) for hit in (await search(world.ports, wanted))[0]}
            assert {(Whose.CUSTOMER, f"C-{number}"), (Whose.PARTNER, f"P-{number}")} <= found, name
    assert await customers_of(world.ports, "ada") == ["C-0", "C-2", "C-4", "C-6"]
    assert [each async for each in differences(world.ports)] == []


async def test_what_somebody_is_called_no_more_has_no_row_and_an_erasure_leaves_none(store: Store) -> None:
    world = await named(store)
    for number in range(1, len(NAMES)):
        await world.post(events.described(f"C-{number}", None, time=LATER))
        await world.post(events.partner_described(f"P-{number}", None, time=LATER))
    left = {Entry.of(row).id for row in await store.query(Table.NAMES, Span(), 1000)}
    assert left == {"C-0", "P-0"}
    await ask_for_erasure(world.ports, "C-0")
    await sweep_erasures(world.ports)
    assert {Entry.of(row).id for row in await store.query(Table.NAMES, Span(), 1000)} == {"P-0"}


@pytest.mark.parametrize("wrong", ["customer~9~name~61~C-1", "customer~0~town~61~C-1", "customer~0~name~zz~C-1", "x"])
async def test_a_row_that_is_none_of_the_index_is_not_imported(wrong: str) -> None:
    right = Entry(Whose.CUSTOMER, By.NAME, in_key("contoso"), "C-1")
    await check_row(Table.NAMES, Row(right.partition, right.key))
    with pytest.raises(NotARowError):
        await check_row(Table.NAMES, Row(wrong[:10], wrong))
