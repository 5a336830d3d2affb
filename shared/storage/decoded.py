"""Keeps what rows were decoded into, by the version of the row: one that is read again unchanged is not decoded again.

The row itself is read from the store each time, so nothing kept here is ever older than what is stored.
"""

from collections import OrderedDict
from collections.abc import Callable

from shared.storage.store import Row

type _Place = tuple[str, str]
type _Version = tuple[str, object]


class Decoded[T]:
    """The values last asked for, of at most ``most`` weight together; they are shared and must never be changed."""

    def __init__(self, decode: Callable[[Row], T], weigh: Callable[[T], int], most: int) -> None:
        self._decode, self._weigh, self._most = decode, weigh, most
        self._kept: OrderedDict[_Place, tuple[_Version, T, int]] = OrderedDict()
        self._weight = 0

    def of(self, row: Row) -> T:
        """What the row holds; raises what decoding it does."""
        place, version = (row.partition, row.key), _version(row)
        kept = self._kept.get(place)
        if kept is not None and kept[0] == version:
            self._kept.move_to_end(place)
            return kept[1]
        value = self._decode(row)
        self._keep(place, version, value)
        return value

    def _keep(self, place: _Place, version: _Version, value: T) -> None:
        weight = self._weigh(value)
        if place in self._kept:
            self._weight -= self._kept.pop(place)[2]
        self._kept[place] = version, value, weight
        self._weight += weight
        while self._weight > self._most:
            _, (*_, least) = self._kept.popitem(last=False)
            self._weight -= least


def _version(row: Row) -> _Version:
    """The ETag, and which call wrote the row, where the store says so: an ETag is a time and might be given twice."""
    return row.etag, row.properties.get("writer")
