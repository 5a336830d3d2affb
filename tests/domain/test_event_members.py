"""What each member of an event's data may be: a sentence per value, for every member of its sort."""

from collections.abc import Iterator
from typing import Any

import pytest

from .given import GOOD, PROJECT, accepted, event, faults, refusal

SORTS = {
    **dict.fromkeys(
        ("customerId", "licenceId", "projectId", "partnerId", "deploymentId", "learnerId", "exceptionId"),
        ("identifier", '"C-1001"'),
    ),
    **dict.fromkeys(("reason", "approvedBy", "name", "owner"), ("line", "1 to 200 characters")),
    **dict.fromkeys(
        ("endsOn", "initiatedOn", "validFrom", "validUntil", "liveOn", "completedOn", "expiresOn"),
        ("date", '"2026-03-02"'),
    ),
    **dict.fromkeys(("newDeployment", "active", "eligible", "revoked"), ("flag", "true or false")),
    "application": ("application", "a-z 0-9 -"),
    "annualAmount": ("money", '"0" to "999999999999999.99"'),
    "currency": ("currency", "ISO 4217"),
    "applications": ("applications", "1 to 32 application ids"),
    "status": ("status", '"planned", "active", "completed" or "cancelled"'),
    "area": ("area", '"customer-engagement" or "finance-and-operations"'),
    "competency": ("competency", '"cloud-business-applications"'),
    "level": ("level", '"gold", "silver" or "none"'),
    "designation": ("designation", '"solutions-partner-business-applications"'),
    "course": ("course", '"success-by-design"'),
    "part": ("part", '"training" or "knowledge-check"'),
}

TAKEN: dict[str, list[tuple[str, Any]]] = {
    "identifier": [
        ("one letter", "C"),
        ("one digit", "0"),
        ("64 characters", "c" * 64),
        ("every kind of character", "Az09._-"),
        ("a dot at the end", "C."),
    ],
    "date": [
        ("the first day there is", "0001-01-01"),
        ("the last day there is", "9999-12-31"),
        ("a leap day", "2028-02-29"),
        ("a leap day of a year that 400 divides", "2000-02-29"),
    ],
    "flag": [("true", True), ("false", False)],
    "line": [
        ("one character", "x"),
        ("200 characters", "\U0001f680" * 200),
        ("letters of other scripts", "مُتَّفَق عليه – 承認済み"),
        ("spaces around it", " agreed "),
        ("what a spreadsheet takes for a formula", "=1+1"),
        ("markup", "<b>&amp;</b>"),
    ],
    "application": [
        ("one letter", "a"),
        ("one digit", "0"),
        ("64 characters", "a" * 64),
        ("one that no rule set of today lists", "copilot-for-2031"),
        ("a hyphen at the end", "a-"),
    ],
    "money": [
        ("nothing", "0"),
        ("nothing with decimals", "0.00"),
        ("a cent", "0.01"),
        ("one decimal", "0.5"),
        ("the most there is", "999999999999999.99"),
        ("a whole number", "180000"),
    ],
    "currency": [("the euro", "EUR"), ("one no rule set has a rate for", "XXX")],
    "applications": [
        ("one", ["finance"]),
        ("32", [f"a{number}" for number in range(32)]),
        ("one twice", ["finance", "finance"]),
    ],
    "status": [(value, value) for value in ("planned", "active", "completed", "cancelled")],
    "area": [(value, value) for value in ("customer-engagement", "finance-and-operations")],
    "level": [(value, value) for value in ("gold", "silver", "none")],
    "part": [(value, value) for value in ("training", "knowledge-check")],
}

_NOT_TEXT: list[tuple[str, Any]] = [
    ("a number", 7),
    ("true", True),
    ("a list", ["C-1"]),
    ("an object", {"id": "C-1"}),
    ("an empty text", ""),
    ("a space before it", " C-1"),
    ("a line end after it", "C-1\n"),
    ("a control character", "C\x00"),
]
_NOT_ONE_OF: list[tuple[str, Any]] = [
    *_NOT_TEXT,
    ("another word", "unheard-of"),
    ("the word in capitals", "GOLD"),
    ("a list of the word", ["gold"]),
]
REFUSED: dict[str, list[tuple[str, Any]]] = {
    "identifier": [
        *_NOT_TEXT,
        ("65 characters", "c" * 65),
        ("a dot first", ".C"),
        ("a hyphen first", "-C"),
        ("a low line first", "_C"),
        ("a slash", "C/1"),
        ("a character that separates keys", "C~1"),
        ("a space in the middle", "C 1"),
        ("a letter of another alphabet", "Ç-1"),
        ("a digit of another script", "٣"),
    ],
    "date": [
        *_NOT_TEXT,
        ("a day that February has not", "2026-02-29"),
        ("a leap day of a year that 100 divides", "1900-02-29"),
        ("a thirteenth month", "2026-13-01"),
        ("day zero", "2026-01-00"),
        ("year zero", "0000-01-01"),
        ("no zeros before a digit", "2026-1-1"),
        ("no hyphens", "20260101"),
        ("a week", "2026-W01-1"),
        ("a time", "2026-01-01T00:00:00Z"),
        ("five digits of year", "12026-01-01"),
        ("a line end", "2026-01-01\n"),
        ("digits of another script", "٢٠٢٦-٠١-٠١"),
        ("a number of the right look", 20260101),
        ("a word", "today"),
    ],
    "line": [
        ("a number", 7),
        ("true", True),
        ("a list", ["agreed"]),
        ("an object", {"text": "agreed"}),
        ("an empty text", ""),
        ("201 characters", "x" * 201),
        ("a line end", "agreed\n"),
        ("a tab", "a\tb"),
        ("a control character of the second range", "a\x85b"),
        ("a mark that turns the text", "\u202eagreed"),
        ("an isolate", "a\u2066b"),
        ("a mark of a direction", "a\u200fb"),
        ("the Arabic letter mark", "a\u061cb"),
    ],
    "flag": [("the word true", "true"), ("one", 1), ("zero", 0), ("an empty text", ""), ("a list", [True])],
    "application": [
        *_NOT_TEXT,
        ("65 characters", "a" * 65),
        ("a capital letter", "Finance"),
        ("a hyphen first", "-finance"),
        ("a dot", "finance.1"),
        ("a low line", "fin_ance"),
        ("a line end", "finance\n"),
    ],
    "money": [
        *_NOT_TEXT,
        ("a whole number that is not text", 180000),
        ("a decimal number that is not text", 180000.5),
        ("three decimals", "1.005"),
        ("sixteen digits", "1000000000000000"),
        ("a cent more than the most", "1000000000000000.00"),
        ("a minus sign", "-1"),
        ("minus nothing", "-0"),
        ("a plus sign", "+1"),
        ("an exponent", "1e3"),
        ("not a number", "NaN"),
        ("infinity", "Infinity"),
        ("no digit before the point", ".5"),
        ("no digit after the point", "5."),
        ("a comma for the point", "1,5"),
        ("commas for thousands", "300,000"),
        ("a low line for thousands", "300_000"),
        ("a currency beside it", "5 USD"),
        ("a line end", "5\n"),
        ("digits of another script", "٣"),
    ],
    "currency": [
        *_NOT_TEXT,
        ("small letters", "usd"),
        ("two letters", "US"),
        ("four letters", "USDX"),
        ("a sign", "$"),
        ("letters of another alphabet", "ÜSD"),
    ],
    "applications": [
        ("no application", []),
        ("33", [f"a{number}" for number in range(33)]),
        ("one outside a list", "finance"),
        ("an object", {"0": "finance"}),
        ("a number", 1),
    ],
    **dict.fromkeys(("status", "area", "competency", "level", "designation", "course", "part"), _NOT_ONE_OF),
}


def _cases(table: dict[str, list[tuple[str, Any]]]) -> Iterator[Any]:
    for name, data in GOOD.items():
        for member in data:
            for sentence, value in table.get(SORTS[member][0], ()):
                yield pytest.param(name, member, value, id=f"{name.split('.', 1)[1]} {member}: {sentence}")


@pytest.mark.parametrize(("name", "member", "value"), [*_cases(TAKEN)])
def test_a_good_value_is_taken_as_it_was_written(name: str, member: str, value: Any) -> None:
    assert accepted(event(name, **{member: value})).register.data[member] == value


@pytest.mark.parametrize(("name", "member", "value"), [*_cases(REFUSED)])
def test_a_bad_value_is_refused_with_its_path_and_what_would_be_right(name: str, member: str, value: Any) -> None:
    found = faults(event(name, **{member: value}))
    assert list(found) == [f"$.data.{member}"]
    said, _, right = found[f"$.data.{member}"].partition("; give ")
    assert said.endswith(" is not right")
    assert SORTS[member][1] in right


APPLICATION_LISTS: list[tuple[str, list[Any], list[int]]] = [
    ("a capital letter in the second", ["finance", "Sales"], [1]),
    ("nothing in the first", [None, "sales"], [0]),
    ("a list in the list", [["finance"]], [0]),
    ("several of several", [1, "sales", "", "x" * 65], [0, 2, 3]),
]


@pytest.mark.parametrize(("applications", "wrong"), [case[1:] for case in APPLICATION_LISTS])
def test_of_a_list_each_item_at_fault_is_named_by_its_number(applications: list[Any], wrong: list[int]) -> None:
    found = faults(event(PROJECT, applications=applications))
    assert list(found) == [f"$.data.applications[{number}]" for number in wrong]
    assert all("give an application id: 1 to 64 of a-z 0-9 -" in each for each in found.values())


def test_what_is_shown_of_a_bad_value_is_short_and_on_one_line() -> None:
    fault = refusal(event(PROJECT, status="line\nend\u2028 \U0001f600" + "x" * 40_000))
    assert r'"line\nend\u2028 \U0001f600xxx' in fault.reason
    assert len(fault.reason) < 250
    assert fault.reason.isascii()
    assert fault.reason.isprintable()
