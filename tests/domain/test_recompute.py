"""Messages of the recompute queue: our own come back as they were, whatever else was put there is refused."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.customer_state import Evidence
from shared.domain.recompute import (
    CUSTOMERS_PER_MESSAGE,
    DayCame,
    FanOutStep,
    PartnerChanged,
    PreviewStep,
    Reason,
    Recompute,
    RulesChanged,
    parse_recompute,
)
from shared.errors import PermanentError
from shared.storage.fan_outs import FanOut

from .given import body, event

_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
_counts = st.integers(0, 9_999_999_999)
_fan_outs = st.builds(lambda owner, revision: FanOutStep(FanOut(owner, revision).id), st.none() | _ids, _counts)
_reasons: st.SearchStrategy[Reason] = st.one_of(
    st.builds(PartnerChanged, _ids, _counts),
    st.builds(RulesChanged, _counts),
    st.builds(DayCame, st.dates()),
)


@given(
    st.one_of(
        _fan_outs, st.builds(PreviewStep, _ids), st.builds(Recompute, st.lists(_ids, max_size=100).map(tuple), _reasons)
    )
)
@settings(max_examples=200, deadline=None)
def test_a_message_comes_back_as_it_was(message: FanOutStep | PreviewStep | Recompute) -> None:
    assert parse_recompute(message.to_bytes()) == message


def test_the_longest_message_fits_into_a_queue() -> None:
    ids = tuple(f"{number:04d}" + "C" * 60 for number in range(CUSTOMERS_PER_MESSAGE))
    assert len(Recompute(ids, PartnerChanged("P" * 64, 2**60)).to_bytes()) <= 48 * 1024


OTHERS: list[tuple[str, Any]] = [
    ("nothing", None),
    ("a list", []),
    ("a list of a message", [{"fanOut": "f"}]),
    ("an empty object", {}),
    ("a number", 7),
    ("an event", event()),
    ("a fan-out by number", {"fanOut": 7}),
    ("customers without a reason", {"customers": ["C-1"]}),
    ("a reason without customers", {"epoch": 1}),
    ("a partner without a revision", {"customers": ["C-1"], "partnerId": "P-1"}),
    ("a revision without a partner", {"customers": ["C-1"], "revision": 1}),
    ("a revision as text", {"customers": ["C-1"], "partnerId": "P-1", "revision": "1"}),
    ("a partner by number", {"customers": ["C-1"], "partnerId": 1, "revision": 1}),
    ("an epoch as text", {"customers": ["C-1"], "epoch": "1"}),
    ("an epoch that is not whole", {"customers": ["C-1"], "epoch": 1.5}),
    ("a day that is none", {"customers": ["C-1"], "day": "2026-02-29"}),
    ("a day by number", {"customers": ["C-1"], "day": 20260228}),
    ("one customer outside a list", {"customers": "C-1", "epoch": 1}),
    ("a customer by number", {"customers": ["C-1", 7], "epoch": 1}),
    ("an epoch that is a truth", {"customers": ["C-1"], "epoch": True}),
    ("an epoch below any", {"customers": ["C-1"], "epoch": -1}),
    ("an epoch past any", {"customers": ["C-1"], "epoch": 10**400}),
    ("a fan-out of another form", {"fanOut": "P-1"}),
    *(
        (f"a {name} with {odd!r}", value)
        for odd in ("/", "\\", "#", "?", "'", "~", "\n", "\0", "' or PartitionKey ge '")
        for name, value in (
            ("fan-out", {"fanOut": f"P{odd}~0000000001"}),
            ("preview", {"preview": f"a{odd}"}),
            ("customer", {"customers": ["C-1", f"C{odd}"], "epoch": 1}),
            ("partner", {"customers": ["C-1"], "partnerId": f"P{odd}", "revision": 1}),
        )
    ),
    ("no customers at all", {"customers": None, "epoch": 1}),
]


@pytest.mark.parametrize("value", [case[1] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_what_the_product_never_sends_is_refused(value: Any) -> None:
    with pytest.raises(PermanentError, match="takes only the product's own"):
        parse_recompute(body(value))


@pytest.mark.parametrize(
    "message", [b"", b"\xff", b"[" * 100_000, b'{"fanOut": "f", "fanOut": "g"}', b'{"fanOut": NaN}']
)
def test_what_is_no_strict_json_is_refused(message: bytes) -> None:
    with pytest.raises(PermanentError, match=r"JSON|UTF-8"):
        parse_recompute(message)


@given(st.one_of(st.binary(max_size=60), st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["fanOut", "customers", "partnerId", "revision", "epoch", "day"]), inner),
    ),
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_whatever_arrives_it_is_a_message_or_a_refusal(message: bytes) -> None:
    try:
        found = parse_recompute(message)
    except PermanentError:
        return
    assert parse_recompute(found.to_bytes()) == found


EVIDENCE = Evidence({"P-1": 4, "P-2": 0}, 3, date(2026, 3, 2))
KNOWN: list[tuple[str, Reason, bool]] = [
    ("the same revision", PartnerChanged("P-1", 4), True),
    ("an earlier one", PartnerChanged("P-1", 3), True),
    ("a later one is not", PartnerChanged("P-1", 5), False),
    ("that of a partner not used is not", PartnerChanged("P-3", 1), False),
    ("revision 0 of a partner that was read before it was heard of", PartnerChanged("P-2", 0), True),
    ("and its first is not", PartnerChanged("P-2", 1), False),
    ("the same epoch", RulesChanged(3), True),
    ("an earlier one", RulesChanged(2), True),
    ("a later one is not", RulesChanged(4), False),
    ("the same day", DayCame(date(2026, 3, 2)), True),
    ("an earlier one", DayCame(date(2026, 3, 1)), True),
    ("a later one is not", DayCame(date(2026, 3, 3)), False),
]


@pytest.mark.parametrize(("reason", "known"), [case[1:] for case in KNOWN])
def test_evidence_knows_of_a_change_that_is_not_ahead_of_it(reason: Reason, known: bool) -> None:
    assert reason.is_known_to(EVIDENCE) is known


@pytest.mark.parametrize("reason", [PartnerChanged("P-1", 0), RulesChanged(1), DayCame(date(2026, 1, 1))])
def test_a_customer_never_decided_knows_of_nothing(reason: Reason) -> None:
    assert not reason.is_known_to(Evidence())
