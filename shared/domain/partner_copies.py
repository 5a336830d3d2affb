"""What a customer keeps of the partners that it was decided by, so that a change of rules need not read them.

A copy is the partner's summary as its row has it, compressed, with its revision. Most partners are small and have few
customers; a process that decides a million of them would read a partner nearly as often as it has customers. Those with
a large summary have many customers, and a process reads them once for all of these.
"""

from collections.abc import Iterable
from typing import NamedTuple

from shared import own_json
from shared.domain.partner import Partner

MOST_BYTES = 6 * 1024
"""Of all copies of a customer."""
_NUMBERS = 32
"""Bytes that a copy takes beside the summary and the partner's id, at most."""


class Copy(NamedTuple):
    """A partner as of a revision: how many facts were stored of it, and the bytes of its summary, if any."""

    revision: int
    stored: int
    summary: bytes


def copied(partners: Iterable[Partner]) -> bytes:
    """One after the other those for which there is room, as ``copies_in`` reads them."""
    sizes, summaries, room = {}, [], MOST_BYTES
    for each in partners:
        takes = len(each.partner_id) + _NUMBERS + len(each.summary)
        if takes <= room and (each.summary or not each.revision):
            sizes[each.partner_id] = each.revision, each.stored, len(each.summary)
            summaries.append(each.summary)
            room -= takes
    return b"\n".join((own_json.compact_bytes(sizes), b"".join(summaries))) if sizes else b""


def copies_in(data: bytes) -> dict[str, Copy]:
    """By the partner's id; none if they are not whole."""
    sizes, _, summaries = data.partition(b"\n")
    copies, start = {}, 0
    for partner_id, (revision, stored, size) in own_json.read(sizes or b"{}").items():
        copies[partner_id] = Copy(revision, stored, summaries[start : start + size])
        start += size
    return copies if start == len(summaries) else {}
