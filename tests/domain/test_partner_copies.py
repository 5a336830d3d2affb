"""What a customer keeps of its partners: their summaries, as far as there is room."""

from shared.domain.partner import Partner
from shared.domain.partner_copies import MOST_BYTES, Copy, copied, copies_in


def partner(name: str, revision: int, summary: bytes) -> Partner:
    """It has as many facts as its summary has bytes."""
    return Partner(name, revision, stored=len(summary), summary=summary)


def test_each_copy_is_the_summary_of_its_partner_whatever_bytes_it_has() -> None:
    data = copied([partner("P-1", 3, b"\n{}\n"), partner("P-2", 1, b"\x00")])
    assert copies_in(data) == {"P-1": Copy(3, 4, b"\n{}\n"), "P-2": Copy(1, 1, b"\x00")}


def test_copies_that_are_not_whole_are_none() -> None:
    data = copied([partner("P-1", 3, b"{}"), partner("P-2", 1, b"{}")])
    assert copies_in(data[:-1]) == copies_in(data[:-4]) == {}


def test_of_a_partner_nothing_is_stored_of_there_is_a_copy_that_says_so() -> None:
    assert copies_in(copied([partner("P-1", 0, b"")])) == {"P-1": Copy(0, 0, b"")}


def test_a_partner_whose_summary_is_not_at_hand_is_left_out() -> None:
    assert copied([partner("P-1", 2, b"")]) == b""


def test_those_for_which_there_is_no_room_are_left_out_and_smaller_ones_after_them_are_not() -> None:
    half = b"x" * (MOST_BYTES // 2 - len("P-1") - 32)
    data = copied([partner("P-1", 1, half), partner("P-2", 1, half + b"x"), partner("P-3", 1, half)])
    assert list(copies_in(data)) == ["P-1", "P-3"]


def test_copies_take_no_more_than_they_may_whatever_ids_and_revisions_partners_have() -> None:
    empty = [partner(f"{number:04d}{'P' * 60}", 0, b"") for number in range(2_000)]
    assert len(copied(empty)) <= MOST_BYTES
    one_byte = [partner(f"{number:04d}{'P' * 60}", 10**14, b"x") for number in range(2_000)]
    assert MOST_BYTES * 0.9 < len(copied(one_byte)) <= MOST_BYTES


def test_who_has_none_has_no_copies() -> None:
    assert copied([]) == b""
    assert copies_in(b"") == {}
