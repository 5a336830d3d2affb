"""Reads JSON strictly.

Refused beyond what the standard library refuses: text that is not UTF-8, repeated members, NaN and Infinity, nesting
too deep to walk, halves of surrogate pairs. A byte order mark, which some editors and clients put first, is skipped.
"""

import json
import math
import re
import sys
from collections import Counter
from typing import Any

from shared.domain.decision import JsonObject
from shared.errors import MemberError, PermanentError

BOM = b"\xef\xbb\xbf"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(body: bytes) -> Any:
    """The JSON value in ``body``; raises PermanentError."""
    try:
        text = body.removeprefix(BOM).decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        if _HALF_PAIR.search(body):
            canonical_bytes(value)  # text that cannot be written in UTF-8 fails here
    except UnicodeEncodeError as fault:
        raise _refusal("not JSON: half of a surrogate pair stands alone; write the character whole") from fault
    except UnicodeDecodeError as fault:
        raise _refusal(f"not UTF-8: byte {fault.start} cannot be read") from fault
    except RecursionError as fault:
        raise _refusal("not readable JSON: nested too deeply") from fault
    except ValueError as fault:
        raise _refusal(f"not JSON: {fault}") from fault
    return value


def _object(members: list[tuple[str, object]]) -> JsonObject:
    value = dict(members)
    if len(value) < len(members):
        repeated = Counter(name for name, _ in members).most_common(1)[0][0]
        raise ValueError(f"the member {repeated!r} stands twice in one object; write it once")
    return value


_MOST_DIGITS = 4_000


def _whole(number: str) -> int:
    """One too long to read counts as a very great one: no member we know takes a number."""
    return int(number) if len(number) <= _MOST_DIGITS else sys.maxsize


def _finite(number: str) -> float:
    """One past what a float holds counts as the greatest, so that it can be written again."""
    value = float(number)
    return value if math.isfinite(value) else math.copysign(sys.float_info.max, value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _refusal(reason: str) -> PermanentError:
    return PermanentError(reason, (MemberError("$", reason),))


def canonical_bytes(value: object) -> bytes:
    """``value`` as JSON with sorted members and no white space, in UTF-8: equal values give equal bytes."""
    return _CANONICAL.encode(value).encode("utf-8")
