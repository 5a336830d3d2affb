"""Says of a member at fault what would be right; suggestions are loaded when there is something to suggest."""

import re
from collections.abc import Iterable, Iterator

from shared.domain.event_data import MemberKind
from shared.errors import MemberError

_MOST_UNKNOWN = 10
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)


def fault(path: str, value: object, right: str) -> MemberError:
    """A value that is missing or wrong."""
    if value is None:
        return MemberError(path, f"is missing; give {right}")
    return MemberError(path, f"{shown(value)} is not right; give {right}")


def shown(value: object) -> str:
    """The value on one short line of ASCII."""
    text = ascii(value) if not isinstance(value, str) else '"' + ascii(value)[1:-1] + '"'
    return text if len(text) <= 80 else f"{text[:77]}..."


def value_fault(path: str, value: object, kind: MemberKind) -> MemberError:
    """A member of data that is missing or not of its kind, and how to write what is meant, where that is plain."""
    from shared.domain.suggestions import written_right

    found = fault(path, value, kind.right)
    right = "" if value is None else written_right(kind, value)
    return MemberError(path, f"{found.message}; write {right}") if right else found


def unknown_members(names: list[str], known: Iterable[str], path: str) -> Iterator[MemberError]:
    """Members that an object at ``path`` does not have, each with the known one that is meant."""
    from shared.domain.suggestions import nearest

    for name in names[:_MOST_UNKNOWN]:
        place = f"{path}.{name}" if _PLAIN_NAME.fullmatch(name) else f"{path}[{shown(name)}]"
        near = nearest(name, known)
        others = f"give {', '.join(known)}; what is your own belongs beside data, in an extension attribute"
        right = f'write "{near}"' if near else others
        yield MemberError(place, f"is unknown; {right}")
    if len(names) > _MOST_UNKNOWN:
        yield MemberError(path, f"has {len(names) - _MOST_UNKNOWN} more unknown members")
