"""Parameters of requests: good values are read, bad ones are a 400 that names the parameter and what would be right."""

from datetime import date
from typing import Any

import pytest

from shared.api import customers, parameters, rule_sets
from shared.api.parameters import Parameter
from shared.api.problems import Problem, not_found

type Read = Parameter[Any]


def declared(hint: Any) -> Read:
    """The parameter in a handler's annotation."""
    (parameter,) = hint.__metadata__
    assert isinstance(parameter, Parameter)
    return parameter


IDENTIFIER = declared(customers.CustomerId)
AFTER = declared(parameters.AfterId)
CURSOR = declared(parameters.AfterCursor)
LIMIT = declared(parameters.Limit)
BEFORE = declared(parameters.Before)
VERSION = declared(rule_sets.Version)
DAY = declared(customers.On)

GOOD: list[tuple[str, Read, dict[str, str], Any]] = [
    ("an identifier", IDENTIFIER, {"id": "C-1001"}, "C-1001"),
    ("an identifier of 64 characters", IDENTIFIER, {"id": "c" * 64}, "c" * 64),
    ("no cursor of ids starts at the first", AFTER, {}, ""),
    ("nor does an empty one", AFTER, {"after": ""}, ""),
    ("a cursor of ids", AFTER, {"after": "C.1"}, "C.1"),
    ("no limit is 50", LIMIT, {}, 50),
    ("the least limit", LIMIT, {"limit": "1"}, 1),
    ("the greatest limit", LIMIT, {"limit": "1000"}, 1000),
    ("zeros before it", LIMIT, {"limit": "0007"}, 7),
    ("no end of a history", BEFORE, {}, None),
    ("the first of a history", BEFORE, {"before": "1"}, 1),
    ("the last there can be", BEFORE, {"before": "9999999998"}, 9_999_999_998),
    ("a version", VERSION, {"version": "12"}, 12),
    ("no day", DAY, {}, None),
    ("a day", DAY, {"on": "2028-02-29"}, date(2028, 2, 29)),
    ("the first day there is", DAY, {"on": "0001-01-01"}, date(1, 1, 1)),
    ("no cursor", CURSOR, {}, ""),
    ("an empty cursor", CURSOR, {"after": ""}, ""),
    ("a cursor", CURSOR, {"after": "2026-03-02T12:00:00.000000Z~0a1f"}, "2026-03-02T12:00:00.000000Z~0a1f"),
]


@pytest.mark.parametrize(("read", "given", "value"), [case[1:] for case in GOOD], ids=[case[0] for case in GOOD])
def test_a_good_value_is_read(read: Read, given: dict[str, str], value: Any) -> None:
    assert read.of(given, given) == value


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
    (IDENTIFIER, "id", IDENTIFIERS, "give 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit"),
    (AFTER, "after", IDENTIFIERS[1:], "give 1 to 64 of A-Z a-z 0-9 . _ -"),
    (LIMIT, "limit", [*NUMBERS, "1001"], "give a whole number from 1 to 1000"),
    (BEFORE, "before", [*NUMBERS, "9999999999"], "give a whole number from 1 to 9999999998"),
    (VERSION, "version", [*NUMBERS, "9999999999"], "give a whole number from 1 to 9999999998"),
    (DAY, "on", [*DAYS, *MORE_DAYS], 'give one such as "2026-03-02"'),
    (CURSOR, "after", CURSORS, "give what the list answered as next, or leave it out"),
]


@pytest.mark.parametrize(
    ("read", "name", "value", "right"), [(read, name, value, right) for read, name, bad, right in BAD for value in bad]
)
def test_a_bad_value_is_a_400_that_names_the_parameter_and_what_would_be_right(
    read: Read, name: str, value: str, right: str
) -> None:
    with pytest.raises(Problem) as caught:
        read.of({name: value}, {name: value})
    assert caught.value.status == 400
    [fault] = caught.value.errors
    assert fault.path == name
    assert right in fault.message
    assert caught.value.to_json()["errors"] == [{"path": name, "message": fault.message}]


def test_an_identifier_that_is_not_given_at_all_is_refused_by_its_own_name() -> None:
    with pytest.raises(Problem) as caught:
        IDENTIFIER.of({}, {})
    assert [each.path for each in caught.value.errors] == ["id"]


def test_what_is_not_found_is_a_404_without_members_at_fault() -> None:
    assert not_found("no customer C-1").to_json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "no customer C-1",
    }
