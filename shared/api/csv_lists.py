"""Flat lists as CSV (RFC 4180), in UTF-8 with a byte order mark, safe to open in a spreadsheet.

A list is flat if each member of its items is a text, a number, a truth value, null, or a list of texts, which have no
spaces and are joined by one. The columns are the members in the order of their declaration.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import urlencode, urlsplit

from shared.api.accepted import weight
from shared.api.bodies import JSON
from shared.api.parameters import MAX_LIMIT, OF_THE_PLATFORM
from shared.api.route import Request
from shared.api.shapes import Page, Shape, is_record
from shared.csv_cells import cell

CSV = "text/csv"
_FLAT = (str, int, float, bool, NoneType)


def is_wanted(headers: Mapping[str, str]) -> bool:
    """Whether the caller names CSV, and JSON not before it."""
    accepted = headers.get("accept", "")
    return weight(accepted, CSV) > 0 and weight(accepted, CSV) >= weight(accepted, JSON)


def columns(answer: Shape) -> Sequence[str]:
    """The columns of a list whose items are flat; none of any other answer."""
    item = _item_of(answer)
    if not is_record(item):
        return ()
    members = get_type_hints(item)
    return tuple(members) if all(map(_is_flat, members.values())) else ()


def _item_of(answer: Shape) -> Shape | None:
    """What a page holds, or an answer that says more beside its page."""
    if get_origin(answer) is Page:
        (item,) = get_args(answer)
        return cast(Shape, item)
    members = get_type_hints(answer) if is_record(answer) else {}
    return cast(Shape, get_args(members["items"])[0]) if {"items", "next"} <= members.keys() else None


def _is_flat(member: object) -> bool:
    if get_origin(member) in (Union, UnionType):
        return all(map(_is_flat, get_args(member)))
    return member in _FLAT or member == list[str]


def with_limit(query: Mapping[str, str]) -> Mapping[str, str]:
    """The query, for as many rows as a page can have unless it says how many."""
    return {"limit": str(MAX_LIMIT), **query}


def to_csv(names: Sequence[str], items: Iterable[Mapping[str, object]]) -> bytes:
    """A line of names, then a line for each item; what an item lacks, and null, is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([cell(item.get(name)) for name in names] for item in items)
    return text.getvalue().encode("utf-8-sig")


def link_to_next(request: Request, cursor_name: str, cursor: str) -> str:
    """The header Link (RFC 8288) to the next page: the same path and query, but no key, from the cursor on."""
    left_out = (cursor_name, *OF_THE_PLATFORM)
    query = {name: value for name, value in request.params.items() if name.lower() not in left_out}
    return f'<{urlsplit(request.url).path}?{urlencode({**query, cursor_name: cursor})}>; rel="next"'
