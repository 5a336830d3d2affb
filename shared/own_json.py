"""Reads and writes our own JSON (rows, log lines, answers) by orjson.

What comes from outside is for ``strict_json``: orjson accepts repeated members and does not keep numbers past 64 bits.
What orjson does not write (such numbers, named tuples) the standard library writes.
"""

import json
from typing import Any

import orjson

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_ASCII = json.JSONEncoder(separators=(",", ":"), default=str)


def read(written: bytes | str) -> Any:
    """The value that one of the functions below wrote; raises ValueError. A number past 64 bits becomes a float."""
    return orjson.loads(written)


def compact_bytes(value: object) -> bytes:
    """``value`` as JSON with no white space, members in their order, in UTF-8; raises TypeError, or ValueError on half
    of a surrogate pair."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _COMPACT.encode(value).encode("utf-8")


def ascii_bytes(value: object) -> bytes:
    """The same with all that is not ASCII escaped; what JSON does not have is written as its text."""
    try:
        written = orjson.dumps(value)
        if written.isascii():
            return written
    except TypeError:
        pass
    return _ASCII.encode(value).encode("ascii")
