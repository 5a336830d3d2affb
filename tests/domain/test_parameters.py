"""Parameters of requests: good values are read, bad ones are a 400 that names the parameter and what would be right."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from shared.queries import parameters
from shared.queries.problems import Problem, not_found

type Read = Callable[[Mapping[str, str]], Any]

GOOD: list[tuple[str, Read, dict[str, str], Any]] = [
    ("an identifier", parameters.identifier, {"id": "C-1001"}, "C-1001"),
    ("an identifier of 64 characters", parameters.identifier, {"id": "c" * 64}, "c" * 64),
    ("no cursor of ids starts at the first", parameters.after_identifier, {}, ""),
    ("nor does an empty one", parameters.after_identifier, {"after": ""}, ""),
    ("a cursor of ids", parameters.after_identifier, {"after": "C.1"}, "C.1"),
    ("no limit is 50", parameters.limit, {}, 50),
    ("the least limit", parameters.limit, {"limit": "1"}, 1),
    ("the greatest limit", parameters.limit, {"limit": "1000"}, 1000),
    ("zeros before it", parameters.limit, {"limit": "0007"}, 7),
    ("no end of a history", parameters.before, {}, None),
    ("the first of a history", parameters.before, {"before": "1"}, 1),
    ("the last there can be", parameters.before, {"before": "9999999998"}, 9_999_999_998),
    ("a version", parameters.version, {"version": "12"}, 12),
    ("no day", parameters.day, {}, None),
    ("a day", parameters.day, {"on": "2028-02-29"}, date(2028, 2, 29)),
    ("the first day there is", parameters.day, {"on": "0001-01-01"}, date(1, 1, 1)),
    ("no cursor", parameters.cursor, {}, ""),
    ("an empty cursor", parameters.cursor, {"after": ""}, ""),
    ("a cursor", parameters.cursor, {"after": "2026-03-02T12:00:00.000000Z~0a1f"}, "2026-03-02T12:00:00.000000Z~0a1f"),
]


@pytest.mark.parametrize(("read", "given", "value"), [case[1:] for case in GOOD], ids=[case[0] for case in GOOD])
def test_a_good_value_is_read(read: Read, given: dict[str, str], value: Any) -> None:
    assert read(given) == value


INJECTED = "' or PartitionKey ge '"
IDENTIFIERS = [
    "",
    "-C",
    "c" * 65,
    "C/1",
    "C~1",
    "C 1",
    "C-1\n",
    "Ç",
    "٣",
    "C#1",
    "../C",
    "C'",
    "C\\1",
    "C?1",
    "',",
    INJECTED,
]
NUMBERS = ["", "0", "-1", "+1", "1.0", "1e2", " 1", "1\n", "one", "٣", "1_0", "0x1", "12345678901", "9" * 5_000]
DAYS = ["", "2026-02-29", "2026-13-01", "0000-01-01", "2026-1-1", "20260101", "2026-W01-1", "2026-01-01T00:00:00Z"]
MORE_DAYS = ["today", " 2026-01-01", "2026-01-01\n", "٢٠٢٦-٠١-٠١", "12026-01-01"]
CURSORS = ["/", "a b", "'", "0" * 101, "a\n", "é", "G", "%7E", INJECTED, "0' or RowKey ge '0"]
BAD: list[tuple[Read, str, list[str], str]] = [
    (parameters.identifier, "id", IDENTIFIERS, "give 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit"),
    (parameters.after_identifier, "after", IDENTIFIERS[1:], "give 1 to 64 of A-Z a-z 0-9 . _ -"),
    (parameters.limit, "limit", [*NUMBERS, "1001"], "give a whole number from 1 to 1000"),
    (parameters.before, "before", [*NUMBERS, "9999999999"], "give a whole number from 1 to 9999999998"),
    (parameters.version, "version", [*NUMBERS, "9999999999"], "give a whole number from 1 to 9999999998"),
    (parameters.day, "on", [*DAYS, *MORE_DAYS], 'give one such as "2026-03-02"'),
    (parameters.cursor, "after", CURSORS, "give what the list answered as next, or leave it out"),
]


@pytest.mark.parametrize(
    ("read", "name", "value", "right"), [(read, name, value, right) for read, name, bad, right in BAD for value in bad]
)
def test_a_bad_value_is_a_400_that_names_the_parameter_and_what_would_be_right(
    read: Read, name: str, value: str, right: str
) -> None:
    with pytest.raises(Problem) as caught:
        read({name: value})
    assert caught.value.status == 400
    [fault] = caught.value.errors
    assert fault.path == name
    assert right in fault.message
    assert caught.value.to_json()["errors"] == [{"path": name, "message": fault.message}]


def test_an_identifier_that_is_not_given_at_all_is_refused_by_its_own_name() -> None:
    with pytest.raises(Problem) as caught:
        parameters.identifier({}, "customerId")
    assert [each.path for each in caught.value.errors] == ["customerId"]


def test_what_is_not_found_is_a_404_without_members_at_fault() -> None:
    assert not_found("no customer C-1").to_json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "no customer C-1",
    }
