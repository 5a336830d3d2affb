"""Partners as decoded: of a version of the row, once; of no other version, ever; and no more than the bound."""

from dataclasses import replace

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.storage import keys
from shared.storage.decoded import Decoded
from shared.storage.partners import Partners
from shared.storage.store import ANY, Row, Table
from tests import events
from tests.restored import moment, put_back
from tests.world import World


class OneVersion(MemoryStore):
    """A store whose clock stands still: every row that is read has the same ETag."""

    async def get(self, *args: object) -> Row | None:
        row = await super().get(*args)  # type: ignore[arg-type]
        return replace(row, etag="the same") if row else None


async def test_a_partner_that_nobody_wrote_meanwhile_is_not_decoded_again() -> None:
    world = World()
    await world.post(*events.qualified())
    assert await world.ports.partners.load("P-1") is await world.ports.partners.load("P-1")


async def test_a_partner_that_another_process_wrote_is_decoded_again() -> None:
    world = World()
    await world.post(*events.qualified())
    before = await world.ports.partners.load("P-1")
    await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"), ports=world.worker())
    after = await world.ports.partners.load("P-1")
    assert after.partner.revision > before.partner.revision
    assert after == await Partners(world.store).load("P-1")


async def test_a_partner_whose_table_was_set_back_is_what_is_stored() -> None:
    world = World()
    await world.post(*events.qualified())
    then = (await moment(world.store))[Table.PARTNERS]
    await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"))
    late = await world.ports.partners.load("P-1")
    await put_back(world.store, Table.PARTNERS, then)
    assert (await world.ports.partners.load("P-1")).partner.revision < late.partner.revision
    await put_back(world.store, Table.PARTNERS, [])
    assert (await world.ports.partners.load("P-1")).partner.revision == 0


async def test_two_writes_at_the_same_instant_are_told_apart_by_their_calls() -> None:
    world, store = World(), OneVersion()
    await world.post(*events.qualified())
    partners, key = Partners(store), keys.partner_summary("P-1")
    row = await world.store.get(Table.PARTNERS, "P-1", key)
    assert row is not None
    for writer, revision in (("a", 1), ("b", 2)):
        written = {**row.properties, "revision": revision, "writer": writer}
        await store.write(Table.PARTNERS, Row("P-1", key, written), ANY)
        assert (await partners.load("P-1")).partner.revision == revision


@pytest.mark.parametrize(
    ("weights", "decoded_again"),
    [({"a": 4, "b": 6}, ""), ({"a": 4, "b": 7}, "ab"), ({"a": 1, "b": 1, "c": 9}, "abc"), ({"a": 11}, "a")],
    ids=["all have room", "the first has to go for the second, and back", "one in turn", "too large alone"],
)
def test_what_is_kept_weighs_no_more_than_the_bound(weights: dict[str, int], decoded_again: str) -> None:
    decoded: list[str] = []

    def decode(row: Row) -> str:
        decoded.append(row.key)
        return row.key

    kept = Decoded(decode, lambda value: weights[value], 10)
    for _ in range(2):
        for key in weights:
            assert kept.of(Row("p", key, {}, "1")) == key
    assert "".join(decoded) == "".join(weights) + decoded_again


def test_what_was_asked_for_last_is_kept() -> None:
    decoded: list[str] = []
    kept = Decoded(lambda row: decoded.append(row.key), lambda _: 5, 10)
    for key in "abacab":
        kept.of(Row("p", key, {}, "1"))
    assert "".join(decoded) == "abcb"


def test_a_version_takes_the_place_of_the_one_before() -> None:
    decoded: list[str] = []
    kept = Decoded(lambda row: decoded.append(row.etag), lambda _: 4, 10)
    for version in ("1", "2", "3"):
        kept.of(Row("p", "k", {}, version))
    kept.of(Row("p", "other", {}, "1"))
    kept.of(Row("p", "k", {}, "3"))
    assert decoded == ["1", "2", "3", "1"]
