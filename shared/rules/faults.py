"""What is wrong with a document: every fault with its path, and values shown so that a reader recognises them."""

import json
import re
from collections.abc import Mapping

from shared.errors import MemberError

_MOST_FAULTS = 100
_MOST_SHOWN = 60
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class Faults:
    """Everything wrong with one document, in the order found."""

    def __init__(self) -> None:
        self._found: list[MemberError] = []
        self.count = 0

    def add(self, path: str, message: str) -> None:
        self.count += 1
        if self.count <= _MOST_FAULTS:
            self._found.append(MemberError(path, message))

    @property
    def is_full(self) -> bool:
        """Whether what is added from now on is only counted."""
        return self.count >= _MOST_FAULTS

    def all(self) -> tuple[MemberError, ...]:
        """Each fault; of a flood of them the first hundred and how many more there are."""
        more = self.count - len(self._found)
        return (*self._found, MemberError("$", f"and {more} more errors")) if more else tuple(self._found)


def shown(value: object) -> str:
    """The value as JSON in plain ASCII if it is short and simple, else what kind of value it is."""
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case str() if len(value) > _MOST_SHOWN:
            return json.dumps(value[:_MOST_SHOWN] + "...")
        case int() if abs(value) > 10**_MOST_SHOWN:
            return "a huge number"
        case None | str() | bool() | int() | float():
            return json.dumps(value)
        case _:
            return f"a {type(value).__name__}"


def member(path: str, name: object) -> str:
    """The path of a member; names that are not plain are quoted."""
    if isinstance(name, str) and _PLAIN_NAME.fullmatch(name):
        return f"{path}.{name}"
    return f"{path}[{shown(name)}]"
