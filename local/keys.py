"""Function keys, as the host of Azure asks for them; none given, as locally with the real tools: none is asked for.

Arrives: keys, each of every function or, written ``FUNCTION:KEY``, of one; then requests. Leaves: whether one of a
function's keys came with the request.
"""

import hmac
from collections.abc import Iterable

from aiohttp import web

HEADER, PARAMETER = "x-functions-key", "code"


class Keys:
    def __init__(self, given: Iterable[str] = ()) -> None:
        self._keys = [(function.lower(), key) for function, _, key in (each.rpartition(":") for each in given)]

    def let_through(self, request: web.Request, function: str, level: str) -> bool:
        """The header comes before the parameter of the query, as in Azure."""
        if not self._keys or level.upper() == "ANONYMOUS":
            return True
        given = _bytes(request.headers.get(HEADER) or request.query.get(PARAMETER, ""))
        fitting = [_bytes(key) for name, key in self._keys if name in ("", function.lower())]
        return bool(given) and any([hmac.compare_digest(given, key) for key in fitting])  # noqa: C419  look at each


def _bytes(key: str) -> bytes:
    """Whatever bytes a header had."""
    return key.encode("utf-8", "surrogateescape")
