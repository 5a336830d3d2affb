"""The CloudEvent around the data: what its members may be, and to the microsecond when its time is."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import read_event

from .given import ABSENT, NOW, accepted, event, faults, refusal

NAMES: list[tuple[str, str]] = [
    ("one character", "e"),
    ("200 characters", "e" * 200),
    ("200 characters of four bytes each", "\U0001f600" * 200),
    ("a space", " "),
    ("quotes and backslashes", '"\\'),
    ("a character that separates keys", "a~b/c#d?e"),
    ("a line separator, which is not a control character", "a\u2028b"),
    ("a zero-width joiner, which is not one either", "a\u200db"),
    ("the last character before the controls of Latin-1 end and the first after", "~\xa0"),
]
NO_NAMES: list[tuple[str, Any]] = [
    ("an empty text", ""),
    ("201 characters", "e" * 201),
    ("201 characters of four bytes each", "\U0001f600" * 201),
    ("a null character", "a\x00b"),
    ("a line end", "a\n"),
    ("a tab", "\ta"),
    ("the last control character of ASCII's first", "\x1f"),
    ("delete", "a\x7fb"),
    ("the first control character of Latin-1", "\x80"),
    ("next line", "a\x85"),
    ("the last control character of Latin-1", "\x9f"),
    ("a number", 7),
    ("true", True),
    ("a list", ["e"]),
    ("an object", {}),
]


@pytest.mark.parametrize("member", ["id", "source"])
@pytest.mark.parametrize("value", [case[1] for case in NAMES], ids=[case[0] for case in NAMES])
def test_id_and_source_of_1_to_200_characters_are_taken(member: str, value: str) -> None:
    assert getattr(accepted(event(envelope={member: value})).register, member) == value


@pytest.mark.parametrize("member", ["id", "source"])
@pytest.mark.parametrize("value", [case[1] for case in NO_NAMES], ids=[case[0] for case in NO_NAMES])
def test_another_id_or_source_is_refused_and_told_what_would_be_right(member: str, value: Any) -> None:
    found = faults(event(envelope={member: value}))
    assert list(found) == [f"$.{member}"]
    assert found[f"$.{member}"].endswith("give a string of 1 to 200 characters, none a control character")


@pytest.mark.parametrize("member", ["specversion", "id", "source", "type", "time", "data"])
@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_a_missing_member_of_the_envelope_is_named(member: str, value: object) -> None:
    found = faults(event(envelope={member: value}))
    assert list(found) == [f"$.{member}"]
    assert found[f"$.{member}"].startswith("is missing; give ")


@pytest.mark.parametrize("value", ["0.3", "1", "1.0.0", "1.0\n", 1.0, 1, True, ["1.0"]])
def test_another_version_of_cloudevents_is_refused(value: Any) -> None:
    assert faults(event(envelope={"specversion": value}))["$.specversion"].endswith('is not right; give "1.0"')


@pytest.mark.parametrize(
    "value",
    ["fasttrack.spend.updated.v2", "FASTTRACK.SPEND.UPDATED.V1", "fasttrack.partner.attached.v1 ", "", 1, [], {}],
)
def test_an_unknown_type_is_refused_with_the_types_there_are(value: Any) -> None:
    found = faults(event(envelope={"type": value}))
    assert list(found) == ["$.type"]
    assert "give one of fasttrack.spend.updated.v1, " in found["$.type"]
    assert found["$.type"].endswith("fasttrack.partner.described.v1")


@pytest.mark.parametrize("value", [[], "{}", 7, True, [{}]])
def test_data_that_is_no_object_is_refused(value: Any) -> None:
    assert faults(event(envelope={"data": value}))["$.data"].endswith("give an object with the members of this type")


@pytest.mark.parametrize(
    "value", [ABSENT, None, "application/json", "Application/JSON; charset=utf-8", "application/vnd.fasttrack+json"]
)
def test_json_by_any_of_its_names_is_a_content_type_or_none_is_given(value: object) -> None:
    assert accepted(event(envelope={"datacontenttype": value})) == accepted(event())


@pytest.mark.parametrize("value", ["text/xml", "application/jsonx", "json", "", 7])
def test_another_content_type_is_refused(value: Any) -> None:
    assert faults(event(envelope={"datacontenttype": value}))["$.datacontenttype"].endswith(
        'give "application/json", or leave it out'
    )


@pytest.mark.parametrize("value", [ABSENT, None, "", 7, {"a": []}, "\x00", "customers/somebody-else"])
def test_the_subject_is_not_read(value: object) -> None:
    assert accepted(event(envelope={"subject": value})) == accepted(event())


TIMES: list[tuple[str, str, str]] = [
    ("UTC", "2026-03-02T09:30:00Z", "2026-03-02T09:30:00.000000Z"),
    ("small letters", "2026-03-02t09:30:00z", "2026-03-02T09:30:00.000000Z"),
    ("an offset of nothing", "2026-03-02T09:30:00+00:00", "2026-03-02T09:30:00.000000Z"),
    ("an offset not known", "2026-03-02T09:30:00-00:00", "2026-03-02T09:30:00.000000Z"),
    ("east of Greenwich it is earlier in UTC", "2026-03-02T01:00:00+05:30", "2026-03-01T19:30:00.000000Z"),
    ("west of it later", "2026-03-01T20:00:00-08:00", "2026-03-02T04:00:00.000000Z"),
    ("the greatest offset", "2026-03-02T09:30:00+23:59", "2026-03-01T09:31:00.000000Z"),
    ("an offset over the new year", "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000Z"),
    ("a leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"),
    ("one digit of fraction", "2026-03-02T09:30:00.5Z", "2026-03-02T09:30:00.500000Z"),
    ("zeros of fraction", "2026-03-02T09:30:00.000Z", "2026-03-02T09:30:00.000000Z"),
    ("microseconds", "2026-03-02T09:30:00.000001Z", "2026-03-02T09:30:00.000001Z"),
    ("nanoseconds are cut off, not rounded", "2026-03-02T09:30:00.123456999Z", "2026-03-02T09:30:00.123456Z"),
    ("just before the next second too", "2026-03-02T09:30:59.9999999Z", "2026-03-02T09:30:59.999999Z"),
    ("a hundred digits", f"2026-03-02T09:30:00.{'1' * 100}+01:00", "2026-03-02T08:30:00.111111Z"),
    ("the first instant there is", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ("a year of three digits sorts by its zeros", "0999-12-31T23:59:59Z", "0999-12-31T23:59:59.000000Z"),
    ("5 minutes ahead exactly", "2026-03-02T12:05:00Z", "2026-03-02T12:05:00.000000Z"),
    ("5 minutes ahead in another zone", "2026-03-02T14:05:00+02:00", "2026-03-02T12:05:00.000000Z"),
    ("less than a microsecond past that is cut off", "2026-03-02T12:05:00.0000009Z", "2026-03-02T12:05:00.000000Z"),
]


@pytest.mark.parametrize(("given_time", "kept"), [case[1:] for case in TIMES], ids=[case[0] for case in TIMES])
def test_a_time_of_rfc_3339_is_kept_in_utc_to_the_microsecond(given_time: str, kept: str) -> None:
    assert accepted(event(envelope={"time": given_time})).register.time == kept


NO_TIMES: list[tuple[str, Any]] = [
    ("no zone", "2026-03-02T09:30:00"),
    ("no time of day", "2026-03-02"),
    ("no seconds", "2026-03-02T09:30Z"),
    ("a space for the T", "2026-03-02 09:30:00Z"),
    ("no colons", "20260302T093000Z"),
    ("an offset without a colon", "2026-03-02T09:30:00+0100"),
    ("an offset of hours", "2026-03-02T09:30:00+01"),
    ("an offset of 24 hours", "2026-03-02T09:30:00+24:00"),
    ("an offset of 60 minutes", "2026-03-02T09:30:00+01:60"),
    ("two zones", "2026-03-02T09:30:00Z+01:00"),
    ("a point without a fraction", "2026-03-02T09:30:00.Z"),
    ("a comma for the point", "2026-03-02T09:30:00,5Z"),
    ("a day that February has not", "2026-02-29T09:30:00Z"),
    ("a thirteenth month", "2026-13-02T09:30:00Z"),
    ("hour 24", "2026-03-02T24:00:00Z"),
    ("minute 60", "2026-03-02T09:60:00Z"),
    ("second 61", "2026-03-02T09:30:61Z"),
    ("year zero", "0000-01-01T00:00:00Z"),
    ("before the first instant there is", "0001-01-01T00:00:00+00:01"),
    ("after the last", "9999-12-31T23:59:59-00:01"),
    ("a line end", "2026-03-02T09:30:00Z\n"),
    ("digits of another script", "٢٠٢٦-03-02T09:30:00Z"),
    ("seconds since 1970 as text", "1772443800"),
    ("seconds since 1970", 1772443800),
    ("an empty text", ""),
    ("true", True),
    ("a list", ["2026-03-02T09:30:00Z"]),
]


@pytest.mark.parametrize("value", [case[1] for case in NO_TIMES], ids=[case[0] for case in NO_TIMES])
def test_what_is_no_time_with_its_zone_is_refused(value: Any) -> None:
    found = faults(event(envelope={"time": value}))
    assert list(found) == ["$.time"]
    assert found["$.time"].endswith('give a time of RFC 3339 with its zone, such as "2026-03-02T09:30:00Z"')


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02T12:05:00.000001Z",
        "2026-03-02T14:05:00.000001+02:00",
        "2027-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_time_more_than_5_minutes_ahead_is_refused_and_told_what_the_clock_says(value: str) -> None:
    assert faults(event(envelope={"time": value})) == {
        "$.time": "is more than 5 minutes ahead of the clock (2026-03-02T12:00:00+00:00); correct it"
    }


def test_a_time_ahead_does_not_hide_other_faults() -> None:
    spoilt = event(envelope={"time": "2027-01-01T00:00:00Z"}, customerId="")
    assert set(faults(spoilt)) == {"$.time", "$.data.customerId"}
    assert len(refusal(spoilt).errors) == 2


def test_an_event_of_a_batch_is_named_by_its_place() -> None:
    with pytest.raises(Exception, match=r"\$\[3\]\.data\.customerId: "):
        read_event(event(customerId="/"), NOW, "$[3]")


_ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(datetime(2, 1, 1), datetime(2026, 2, 28), timezones=_ZONES),
    st.datetimes(datetime(2, 1, 1), datetime(2026, 2, 28), timezones=_ZONES),
)
@settings(max_examples=300, deadline=None)
def test_times_kept_sort_as_the_instants_do_whatever_their_zones(one: datetime, other: datetime) -> None:
    kept = [accepted(event(envelope={"time": each.isoformat()})).register.time for each in (one, other)]
    assert (kept[0] < kept[1]) == (one < other)
    assert datetime.fromisoformat(kept[0]) == one.astimezone(UTC)
