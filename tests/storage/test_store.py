"""What every Store must do, shown over the in-memory twin and over Table Storage (Azurite)."""

import pytest

from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Write


def row(key: str, partition: str = "p", **properties: str | bytes | int | bool) -> Row:
    return Row(partition, key, properties)


async def keys(store: Store, span: Span, limit: int = 100) -> list[tuple[str, str]]:
    return [(each.partition, each.key) for each in await store.query(Table.WORK, span, limit)]


async def test_a_row_reads_as_it_was_written_with_every_type_of_property(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", text="é\n'", data=b"\x00\xff", number=-7, flag=True))
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert found.etag == etag
    read = {name: found.properties[name] for name in ("text", "data", "number", "flag")}
    assert read == {"text": "é\n'", "data": b"\x00\xff", "number": -7, "flag": True}


async def test_an_absent_row_or_table_reads_as_none_and_queries_as_empty(store: Store) -> None:
    assert await store.get(Table.QUARANTINE, "p", "a") is None
    assert await store.query(Table.QUARANTINE, Span(), 10) == []


async def test_inserting_twice_is_a_conflict_and_keeps_the_first(store: Store) -> None:
    await store.write(Table.WORK, row("a", n=1))
    with pytest.raises(Conflict):
        await store.write(Table.WORK, row("a", n=2))
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert found.properties["n"] == 1


async def test_replacing_a_version_takes_away_the_properties_it_had(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", n=1, old=True))
    await store.write(Table.WORK, row("a", n=2), etag)
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert found.properties["n"] == 2
    assert "old" not in found.properties


async def test_replacing_a_stale_version_is_a_conflict(store: Store) -> None:
    stale = await store.write(Table.WORK, row("a", n=1))
    await store.write(Table.WORK, row("a", n=2), stale)
    with pytest.raises(Conflict):
        await store.write(Table.WORK, row("a", n=3), stale)


async def test_replacing_an_absent_row_is_a_conflict(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", n=1))
    await store.delete(Table.WORK, "p", "a")
    with pytest.raises(Conflict):
        await store.write(Table.WORK, row("a", n=2), etag)


async def test_an_upsert_inserts_and_then_replaces_whole_rows(store: Store) -> None:
    await store.write(Table.WORK, row("a", n=1, old=True), ANY)
    await store.write(Table.WORK, row("a", n=2), ANY)
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert found.properties["n"] == 2
    assert "old" not in found.properties


async def test_a_merge_lays_properties_over_those_of_the_version_read(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", n=1, kept="yes"))
    newer = await store.merge(Table.WORK, row("a", n=2), etag)
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert (found.properties["n"], found.properties["kept"]) == (2, "yes")
    assert found.etag == newer != etag
    with pytest.raises(Conflict):
        await store.merge(Table.WORK, row("a", n=3), etag)


async def test_a_merge_of_any_version_inserts_what_is_absent_and_keeps_what_else_is_there(store: Store) -> None:
    await store.merge(Table.WORK, row("a", n=1), ANY)
    await store.write(Table.WORK, row("a", n=1, kept="yes"), ANY)
    etag = await store.merge(Table.WORK, row("a", n=2), ANY)
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert (found.properties["n"], found.properties["kept"], found.etag) == (2, "yes", etag)


async def test_deleting_a_version_another_writer_changed_is_a_conflict(store: Store) -> None:
    stale = await store.write(Table.WORK, row("a", n=1))
    newer = await store.write(Table.WORK, row("a", n=2), stale)
    with pytest.raises(Conflict):
        await store.delete(Table.WORK, "p", "a", stale)
    await store.delete(Table.WORK, "p", "a", newer)
    assert await store.get(Table.WORK, "p", "a") is None


async def test_deleting_an_absent_row_is_no_complaint(store: Store) -> None:
    await store.delete(Table.WORK, "p", "never")
    await store.delete(Table.WORK, "p", "never", 'W/"1"')


async def test_a_transaction_writes_all_its_rows_and_gives_their_etags(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", n=1))
    etags = await store.commit(Table.WORK, [Write(row("a", n=2), etag), Write(row("b")), Write(row("c"), ANY)])
    rows = [await store.get(Table.WORK, "p", key) for key in "abc"]
    assert [each and each.etag for each in rows] == etags


@pytest.mark.parametrize("at_fault", ["stale version", "row that exists", "absent row", "absent to delete"])
async def test_a_transaction_with_one_conflict_writes_nothing(store: Store, at_fault: str) -> None:
    stale = await store.write(Table.WORK, row("a", n=1))
    await store.write(Table.WORK, row("a", n=2), stale)
    bad = {
        "stale version": Write(row("a", n=3), stale),
        "row that exists": Write(row("a", n=3)),
        "absent row": Write(row("z"), stale),
        "absent to delete": Write(row("z"), ANY, deletes=True),
    }[at_fault]
    with pytest.raises(Conflict):
        await store.commit(Table.WORK, [Write(row("b")), bad])
    assert await store.get(Table.WORK, "p", "b") is None
    found = await store.get(Table.WORK, "p", "a")
    assert found is not None
    assert found.properties["n"] == 2


async def test_a_transaction_deletes_rows_of_the_versions_that_were_read(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a"))
    await store.write(Table.WORK, row("b"))
    deletes = [Write(row("a"), etag, deletes=True), Write(row("b"), ANY, deletes=True)]
    etags = await store.commit(Table.WORK, [deletes[0], Write(row("c")), deletes[1]])
    assert [bool(each) for each in etags] == [False, True, False]
    assert [await store.get(Table.WORK, "p", key) is None for key in "abc"] == [True, True, False]


async def test_a_transaction_does_not_delete_what_has_changed(store: Store) -> None:
    stale = await store.write(Table.WORK, row("a"))
    await store.write(Table.WORK, row("a"), stale)
    await store.write(Table.WORK, row("b"))
    with pytest.raises(Conflict):
        await store.commit(Table.WORK, [Write(row("b"), ANY, deletes=True), Write(row("a"), stale, deletes=True)])
    assert await store.get(Table.WORK, "p", "b") is not None


async def test_a_row_is_read_with_the_selected_properties_alone(store: Store) -> None:
    etag = await store.write(Table.WORK, row("a", n=1, m=2))
    found = await store.get(Table.WORK, "p", "a", ["n", "absent"])
    assert found is not None
    told = {name: value for name, value in found.properties.items() if value is not None}
    assert (found.partition, found.key, told, found.etag) == ("p", "a", {"n": 1}, etag)
    assert await store.get(Table.WORK, "p", "b", ["n"]) is None


async def test_a_first_transaction_finds_its_table_made(store: Store) -> None:
    assert len(await store.commit(Table.RULES, [Write(row("a")), Write(row("b"))])) == 2


async def test_a_query_gives_rows_by_partition_and_key_within_the_span(store: Store) -> None:
    for partition, key in [("q", "a"), ("p", "c"), ("p", "a~1"), ("p", "a"), ("p", "b"), ("o", "z")]:
        await store.write(Table.WORK, row(key, partition))
    every = [("o", "z"), ("p", "a"), ("p", "a~1"), ("p", "b"), ("p", "c"), ("q", "a")]
    assert await keys(store, Span()) == every
    assert await keys(store, Span("p")) == every[1:5]
    assert await keys(store, Span("p", key_from="a~", key_to="c")) == every[2:4]
    assert await keys(store, Span(partition_from="p", partition_to="q")) == every[1:5]
    assert await keys(store, Span(partition_from="o", key_from="a~", key_to="c")) == every[2:4]
    assert await keys(store, Span("p"), limit=2) == every[1:3]


async def test_a_query_of_more_rows_than_a_page_gives_as_many_as_asked(store: Store) -> None:
    for start in range(0, 1100, 100):
        await store.commit(Table.DIRECTORY, [Write(row(f"{number:05d}")) for number in range(start, start + 100)])
    found = await store.query(Table.DIRECTORY, Span("p"), 1050)
    assert [each.key for each in found] == [f"{number:05d}" for number in range(1050)]


async def test_a_query_can_select_properties(store: Store) -> None:
    await store.write(Table.WORK, row("a", n=1, big=b"x"))
    (found,) = await store.query(Table.WORK, Span("p"), 10, ["n"])
    assert found.properties == {"n": 1}
    assert found.key == "a"
    assert found.etag


async def test_keys_may_hold_what_identifiers_and_separators_need(store: Store) -> None:
    for key in ("fact~P.1~training~a_b-c", "at~2026-03-02T09:30:00.000001Z~00ff", "it's"):
        await store.write(Table.WORK, row(key))
        assert await store.get(Table.WORK, "p", key) is not None


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**63 - 1])
async def test_a_number_past_32_bits_reads_alike_by_key_and_by_query(store: Store, number: int) -> None:
    await store.write(Table.WORK, row("a", n=number))
    by_key, by_query = await store.get(Table.WORK, "p", "a"), await store.query(Table.WORK, Span("p"), 1)
    assert [each and each.properties["n"] for each in (by_key, *by_query)] == [number, number]
