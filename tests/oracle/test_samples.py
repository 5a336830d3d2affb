"""The sample programme is what its script writes, and ends as its plans say, on any day a reader may run it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from samples.make_events import lines
from samples.programme import BROKEN_LINES, PARTNERS, PLANS

from .message import read
from .oracle import Oracle

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
TOLD = (SAMPLES / "events.jsonl").read_bytes().splitlines()


def replayed(today: date) -> Oracle:
    rules = json.loads((ROOT / "rule_sets" / "2023-02-13.json").read_text(encoding="utf-8"))
    oracle = Oracle(rules, today)
    for line in TOLD:
        oracle.post(line)
    return oracle


def test_the_file_is_what_the_script_writes() -> None:
    assert [line.decode() for line in TOLD] == lines()


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2027, 6, 1), date(2028, 2, 29), date(2034, 12, 31)], ids=str)
def test_every_customer_ends_as_planned_on_any_day_until_2035(today: date) -> None:
    oracle = replayed(today)
    assert {customer: oracle.final(customer).status for customer in oracle.customers()} == {
        f"C-{1001 + index}": "eligible" if plan.why == "eligible" else "ineligible" for index, plan in enumerate(PLANS)
    }


def test_only_the_broken_lines_end_in_quarantine() -> None:
    assert replayed(date(2026, 11, 22)).quarantined == [line.encode() for line in BROKEN_LINES]


def test_the_programme_is_of_the_size_told_and_some_customers_flip_more_than_once() -> None:
    oracle = replayed(date(2026, 11, 22))
    assert (len(PLANS), len(PARTNERS)) == (40, 8)
    assert 300 <= len(TOLD) <= 400
    assert len(TOLD) - len(set(TOLD)) >= 5
    assert sum(oracle.final(customer).sequence > 2 for customer in oracle.customers()) >= 5


def test_some_events_arrive_after_a_newer_one_of_the_same_register() -> None:
    newest: dict[tuple[str, ...], datetime] = {}
    late = 0
    oracle = replayed(date(2026, 11, 22))
    for line in TOLD:
        if line in oracle.reasons:
            continue
        event = read(line, oracle.now)
        time = event.order[0]
        assert time < datetime(2026, 11, 1, tzinfo=UTC)
        place = (event.owner, *event.register)
        late += time < newest.get(place, time)
        newest[place] = max(time, newest.get(place, time))
    assert late >= 3


def test_the_one_event_more_makes_its_customer_eligible() -> None:
    oracle = replayed(date(2026, 11, 22))
    assert oracle.final("C-1002").sequence == 1
    oracle.post((SAMPLES / "event.json").read_bytes())
    assert (oracle.final("C-1002").status, oracle.final("C-1002").sequence) == ("eligible", 2)
