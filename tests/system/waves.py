"""Waves: messages cut into runs in which no two touch the same thing, so that the order within a run cannot matter.

Handling a run at once and waiting for the end of it gives just what handling its messages one by one would give, the
numbering of decisions included.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.oracle.message import RefusedError, read
from tests.oracle.oracle import Oracle


@dataclass
class Wave:
    """Messages with what handling them reads and writes."""

    messages: list[bytes] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    def meets(self, reads: set[str], writes: set[str]) -> bool:
        return bool(self.writes & (reads | writes) or writes & self.reads)


def waves(oracle: Oracle, messages: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The messages in order, in waves; the oracle has seen all of a wave when it is given out."""
    wave = Wave()
    for message in messages:
        before, _ = _touched(oracle, message)
        oracle.post(message)
        writes, reads = _touched(oracle, message)
        writes |= before
        if wave.meets(reads, writes):
            yield wave.messages
            wave = Wave()
        wave.messages.append(message)
        wave.reads |= reads
        wave.writes |= writes
    yield wave.messages


def _touched(oracle: Oracle, message: bytes) -> tuple[set[str], set[str]]:
    """What handling the message now would write, and what it would read."""
    try:
        event = read(message, oracle.now)
    except RefusedError:
        return set(), set()
    writes = {event.owner, *oracle.affected_by(event)}
    reads = {partner for each in writes if each in oracle.customers() for partner in oracle.partners_of(each)}
    return writes, reads
