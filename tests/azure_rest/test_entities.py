"""Entities to JSON and back, with every type of property the store has."""

import json

import pytest

from shared.azure_rest.call import Answer
from shared.azure_rest.entities import Entity, path_of, read_entity, to_json


def test_types_that_json_lacks_stand_beside_the_value() -> None:
    written = json.loads(to_json("p", "r", {"b": b"\x00\xff", "long": 2**31, "low": -(2**31) - 1, "n": -7, "f": True}))
    assert written == {
        **{"PartitionKey": "p", "RowKey": "r", "n": -7, "f": True},
        **{"b": "AP8=", "b@odata.type": "Edm.Binary"},
        **{"long": "2147483648", "long@odata.type": "Edm.Int64", "low": "-2147483649", "low@odata.type": "Edm.Int64"},
    }


def read(entity: object, **headers: str) -> Entity:
    return read_entity(Answer(200, headers, json.dumps(entity).encode()))


@pytest.mark.parametrize("value", ["é\n'", "12", "", b"", b"\x00", 0, 2**31 - 1, 2**31, -(2**63), True, False])
def test_a_property_reads_as_it_was_written(value: str | bytes | int | bool) -> None:
    of_the_service = {"odata.metadata": "http://x", "odata.etag": 'W/"1"', "Timestamp": "2026-01-01T00:00:00Z"}
    entity = {**of_the_service, "Timestamp@odata.type": "Edm.DateTime", **json.loads(to_json("p", "r", {"v": value}))}
    found = read(entity)
    assert found.properties == {"v": value}
    assert type(found.properties["v"]) is type(value)


def test_the_version_is_the_headers_else_the_entitys_else_the_time_of_the_last_write() -> None:
    entity = {"Timestamp": "2026-11-25T16:50:07.1234567Z"}
    assert read({**entity, "odata.etag": "two"}, ETag="one").etag == "one"
    assert read({**entity, "odata.etag": "two"}).etag == "two"
    assert read(entity).etag == "W/\"datetime'2026-11-25T16%3A50%3A07.1234567Z'\""


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b"<html>", b"\xff"])
def test_what_is_no_entity_is_refused(body: bytes) -> None:
    with pytest.raises((ValueError, LookupError)):
        read_entity(Answer(200, {}, body))


def test_keys_are_escaped_in_paths() -> None:
    assert path_of("t", "it's", "50% é~1") == "/t(PartitionKey='it%27%27s',RowKey='50%25%20%C3%A9~1')"
