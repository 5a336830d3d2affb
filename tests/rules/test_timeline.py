"""Which version is in force when: the latest start, and of equal starts the highest version."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.timeline import Timeline

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
type Entries = list[tuple[int, date]]
type Later = list[tuple[date, int]]

CASES: list[tuple[str, Entries, date, int | None, Later]] = [
    ("no version, nothing in force", [], FEB, None, []),
    ("nothing before the first", [(1, FEB)], JAN, None, [(FEB, 1)]),
    ("in force on its first day", [(1, FEB)], FEB, 1, []),
    ("and from then on", [(1, FEB)], MAR, 1, []),
    ("the later start wins, whatever the number", [(2, JAN), (1, FEB)], MAR, 1, []),
    ("until then the earlier one", [(2, JAN), (1, FEB)], date(2026, 1, 31), 2, [(FEB, 1)]),
    ("of equal starts the highest version", [(3, JAN), (10, JAN), (2, JAN)], FEB, 10, []),
    ("later too", [(1, JAN), (2, FEB), (3, FEB)], JAN, 1, [(FEB, 3)]),
    ("all later starts by date", [(1, JAN), (3, MAR), (2, FEB)], JAN, 1, [(FEB, 2), (MAR, 3)]),
]


@pytest.mark.parametrize(("sentence", "entries", "on", "version", "later"), CASES, ids=[case[0] for case in CASES])
def test_timeline(sentence: str, entries: Entries, on: date, version: int | None, later: Later) -> None:
    timeline = Timeline(entries)
    assert (timeline.in_force(on), timeline.later(on)) == (version, later)


def test_retiring_the_latest_brings_the_one_before_back() -> None:
    entries: Entries = [(1, JAN), (2, FEB)]
    assert Timeline(entries).in_force(MAR) == 2
    assert Timeline(entries[:1]).in_force(MAR) == 1


def test_a_version_decides_from_its_start_until_the_day_before_the_next() -> None:
    timeline = Timeline([(1, JAN), (2, FEB), (3, FEB), (4, MAR)])
    found = {version: timeline.days_of(version) for version in (1, 2, 3, 4, 5)}
    assert found == {
        1: (JAN, date(2026, 1, 31)),
        2: None,
        3: (FEB, date(2026, 2, 28)),
        4: (MAR, None),
        5: None,
    }


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))


@given(st.dictionaries(st.integers(1, 9), DAYS), DAYS)
def test_another_version_is_in_force_on_each_later_start_alone(entries: dict[int, date], on: date) -> None:
    timeline = Timeline(entries.items())
    days = [date.fromordinal(on.toordinal() + number) for number in range(25)]
    in_force = [timeline.in_force(day) for day in days]
    changes = [(day, now) for day, now, before in zip(days[1:], in_force[1:], in_force, strict=False) if now != before]
    assert timeline.later(on) == changes
