"""Which version is in force when: the latest start, and of equal starts the highest version."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.timeline import Timeline

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
type Entries = list[tuple[int, date]]

CASES: list[tuple[str, Entries, date, int | None, date | None]] = [
    ("no version, nothing in force", [], FEB, None, None),
    ("nothing before the first", [(1, FEB)], JAN, None, FEB),
    ("in force on its first day", [(1, FEB)], FEB, 1, None),
    ("and from then on", [(1, FEB)], MAR, 1, None),
    ("the later start wins, whatever the number", [(2, JAN), (1, FEB)], MAR, 1, None),
    ("until then the earlier one", [(2, JAN), (1, FEB)], date(2026, 1, 31), 2, FEB),
    ("of equal starts the highest version", [(3, JAN), (10, JAN), (2, JAN)], FEB, 10, None),
    ("a start that changes nothing is the next one's only", [(1, JAN), (2, FEB), (3, FEB)], JAN, 1, FEB),
    ("the nearest of several starts", [(1, JAN), (3, MAR), (2, FEB)], JAN, 1, FEB),
]


@pytest.mark.parametrize(("sentence", "entries", "on", "version", "start"), CASES, ids=[case[0] for case in CASES])
def test_timeline(sentence: str, entries: Entries, on: date, version: int | None, start: date | None) -> None:
    timeline = Timeline(entries)
    assert (timeline.in_force(on), timeline.next_start(on)) == (version, start)


def test_retiring_the_latest_brings_the_one_before_back() -> None:
    entries: Entries = [(1, JAN), (2, FEB)]
    assert Timeline(entries).in_force(MAR) == 2
    assert Timeline(entries[:1]).in_force(MAR) == 1


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))


@given(st.dictionaries(st.integers(1, 9), DAYS), DAYS)
def test_the_next_start_is_the_first_day_with_another_version(entries: dict[int, date], on: date) -> None:
    timeline = Timeline(entries.items())
    later = [date.fromordinal(on.toordinal() + number) for number in range(1, 25)]
    changes = [day for day in later if timeline.in_force(day) != timeline.in_force(on)]
    assert timeline.next_start(on) == min(changes, default=None)
