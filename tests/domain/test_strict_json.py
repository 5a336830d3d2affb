"""JSON in, strictly; JSON out, the same bytes for the same value."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.strict_json import canonical_bytes, parse_json
from shared.errors import MemberError, PermanentError
from shared.own_json import compact_bytes

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=10,
)


@given(_JSON)
@settings(max_examples=300, deadline=None)
def test_what_is_written_reads_back_the_same_escaped_or_not(value: Any) -> None:
    for written in (compact_bytes(value), canonical_bytes(value), json.dumps(value, indent=1).encode()):
        assert parse_json(written) == value


@given(
    st.dictionaries(_TEXT, _JSON, min_size=1, max_size=6).flatmap(
        lambda it: st.tuples(st.just(it), st.permutations([*it]))
    )
)
@settings(max_examples=150, deadline=None)
def test_equal_objects_have_equal_canonical_bytes_in_whatever_order_they_were_written(
    drawn: tuple[dict[str, Any], list[str]],
) -> None:
    value, order = drawn
    turned = {name: value[name] for name in order}
    assert canonical_bytes(turned) == canonical_bytes(value)
    assert list(parse_json(compact_bytes(turned))) == order


def test_canonical_json_is_sorted_and_compact_json_in_its_order_both_without_space_in_utf_8() -> None:
    value = {"b": [1, {"d": "é", "c": None}], "a": "\U0001f600"}
    assert canonical_bytes(value) == '{"a":"\U0001f600","b":[1,{"c":null,"d":"é"}]}'.encode()
    assert compact_bytes(value) == '{"b":[1,{"d":"é","c":null}],"a":"\U0001f600"}'.encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (" [1, 2.5, -0, 1E3] ", [1, 2.5, 0, 1000.0]),
        ('{"a": {"a": {"a": 1}}, "A": 2}', {"a": {"a": {"a": 1}}, "A": 2}),
        (r'"\u00e9\ud83d\ude00\\ud800"', "é\U0001f600\\ud800"),
        ('"NaN"', "NaN"),
    ],
)
def test_good_json_is_read(text: str, value: Any) -> None:
    assert parse_json(text.encode()) == value


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"[1, 2,]", "not JSON: Illegal trailing comma before end of array: line 1 column 6 (char 5)"),
        (b"\xff", "not UTF-8: byte 0 cannot be read"),
        (b"[NaN]", "not JSON: NaN is not a JSON number"),
        (b'{"a":1,"b":2,"a":3}', "not JSON: the member 'a' stands twice in one object; write it once"),
        (rb'["\ud800"]', "not JSON: half of a surrogate pair stands alone; write the character whole"),
        (b"[" * 100_000, "not readable JSON: nested too deeply"),
        (b'{"a":' * 100_000, "not readable JSON: nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "not readable JSON: nested too deeply"),
        (rb'{"\ud800":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "not readable JSON: nested too deeply"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_the_reason(message: bytes, reason: str) -> None:
    with pytest.raises(PermanentError) as caught:
        parse_json(message)
    assert caught.value.reason == reason
    assert caught.value.errors == (MemberError("$", reason),)
    assert caught.value.errors[0].to_json() == {"path": "$", "message": reason}


@pytest.mark.parametrize("number", [b"9" * 4_301, b"-" + b"9" * 1_000_000, b"1e999", b"-1E400"])
def test_a_number_too_great_to_keep_is_still_a_number_that_can_be_written_again(number: bytes) -> None:
    found = parse_json(number)
    assert isinstance(found, int | float)
    assert parse_json(compact_bytes(found)) == found


@pytest.mark.timeout(20)
def test_a_member_repeated_among_very_many_is_named_without_comparing_all_with_all() -> None:
    members = ",".join(f'"m{number}":0' for number in range(200_000))
    with pytest.raises(PermanentError, match="'m199999' stands twice"):
        parse_json(f'{{{members},"m199999":0}}'.encode())
