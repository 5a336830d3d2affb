"""What can be given out, in order, by session.

Arrives: sequence numbers as they become ready. Leaves: the lowest that can still be taken.
"""

import heapq
from collections.abc import Callable


class Ready:
    """``None`` is the session of queues without any. What can no longer be taken is dropped when it is met."""

    def __init__(self, can_be_taken: Callable[[int, float], bool]) -> None:
        self._can_be_taken = can_be_taken
        self._heaps: dict[str | None, list[int]] = {}

    def add(self, session_id: str | None, sequence: int) -> None:
        heapq.heappush(self._heaps.setdefault(session_id, []), sequence)

    def sessions(self) -> list[str]:
        return [each for each in self._heaps if each is not None]

    def first(self, session_id: str | None, now: float) -> int | None:
        heap = self._heaps.get(session_id, [])
        while heap and not self._can_be_taken(heap[0], now):
            heapq.heappop(heap)
        if not heap:
            self._heaps.pop(session_id, None)
            return None
        return heap[0]

    def take(self, session_id: str | None, now: float) -> int | None:
        sequence = self.first(session_id, now)
        if sequence is not None:
            heapq.heappop(self._heaps[session_id])
        return sequence
