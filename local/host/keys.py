"""Function keys, as the host in Azure asks for them; if none are set, none is asked for, as by ``func start``."""

import hmac
from collections.abc import Iterable
from typing import Final

HEADER: Final = "x-functions-key"
PARAMETER: Final = "code"
MASTER: Final = "_master"


class Keys:
    def __init__(self, given: Iterable[str] = ()) -> None:
        """Each is a key of every function (``KEY``), of one (``FUNCTION:KEY``) or the master key (``_master:KEY``)."""
        self._keys = [(function.lower(), key) for function, _, key in (each.rpartition(":") for each in given)]

    def let_through(self, given: str, function: str, level: str) -> bool:
        """A function of the level ADMIN takes the master key alone."""
        level = level.upper()
        if not self._keys or level == "ANONYMOUS":
            return True
        owners = (MASTER,) if level == "ADMIN" else ("", MASTER, function.lower())
        fitting = [_bytes(key) for owner, key in self._keys if owner in owners]
        return bool(given) and any([hmac.compare_digest(_bytes(given), key) for key in fitting])  # noqa: C419  each


def _bytes(key: str) -> bytes:
    """Whatever bytes a header had."""
    return key.encode("utf-8", "surrogateescape")
