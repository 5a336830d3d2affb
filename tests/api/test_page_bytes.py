"""Pages of lists end at a MiB, with the cursor to go on."""

from typing import Any

import pytest

from shared.own_json import compact_bytes
from shared.storage import quarantine, quarantine_lists
from tests.api.given import covered, qualified
from tests.api.world import World

MIB = 1024 * 1024


async def pages(world: World, path: str, limit: int) -> list[list[Any]]:
    """Every page of a list."""
    found: list[list[Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await world.get(path, limit=str(limit), **cursor)).value
        assert len(compact_bytes(answer)) <= MIB + 1000
        found.append(answer["items"])
        if answer["next"] is None:
            return found
        cursor = {"after": answer["next"]}


@pytest.mark.parametrize("filling", [b"x", b"\x00", b"\xff"], ids=["text", "escaped", "base64"])
async def test_pages_of_quarantine_end_at_a_mib_and_tell_every_message_once(world: World, filling: bytes) -> None:
    for number in range(60):
        await world.handle(b"%03d" % number + filling * 48_000)
        world.pass_time(minutes=1)
    found = await pages(world, "quarantine", 1000)
    assert len(found) > 2
    assert len({each["id"] for page in found for each in page}) == sum(map(len, found)) == 60


async def test_one_message_larger_than_a_page_has_a_page_of_its_own(world: World) -> None:
    for number in range(3):
        await world.handle(b"%d" % number + b"\x00" * 250_000)
        world.pass_time(minutes=1)
    answer = (await world.get("quarantine", limit="10")).value
    assert len(answer["items"]) == 1
    after = (await world.get("quarantine", limit="10", after=answer["next"])).value
    assert [each["body"][0] for each in after["items"]] == ["1"]


async def test_very_many_kept_messages_of_an_earlier_version_are_counted_as_far_as_a_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine_lists, "MOST_COUNTED", 1_000)
    world.ports.quarantine = quarantine.Quarantine(world.ports.rows, is_old=True)
    for number in range(1_000):
        await world.handle(b"%d" % number)
    counted = await world.ports.quarantine.count_kept()
    assert (counted.kept, counted.all) == (1_000, False)


async def test_history_ends_at_a_mib(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.api import pages

    monkeypatch.setattr(pages.within_page, "__defaults__", (2_500,))
    await world.handle(*qualified(), *covered("C-1"))
    before = (await world.get("customers/C-1/history")).value
    assert [each["sequence"] for each in before["items"]] == [2]
    assert before["next"] == "2"
    assert [each["sequence"] for each in (await world.get("customers/C-1/history", before="2")).value["items"]] == [1]
