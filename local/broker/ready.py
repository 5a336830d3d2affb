"""What can be given out, in order, by session."""

import heapq
from collections.abc import Callable

from local.broker.sessions import key


class Ready:
    """``None`` is the session of queues without any. What can no longer be taken is dropped when it is met."""

    def __init__(self, can_be_taken: Callable[[int, float], bool]) -> None:
        self._can_be_taken = can_be_taken
        self._heaps: dict[str | None, list[int]] = {}

    def add(self, session_id: str | None, sequence: int) -> None:
        heapq.heappush(self._heaps.setdefault(key(session_id), []), sequence)

    def sessions(self) -> list[str]:
        return [each for each in self._heaps if each is not None]

    def first(self, session_id: str | None, now: float) -> int | None:
        heap = self._heaps.get(key(session_id), [])
        while heap and not self._can_be_taken(heap[0], now):
            heapq.heappop(heap)
        if not heap:
            self._heaps.pop(key(session_id), None)
            return None
        return heap[0]

    def take(self, session_id: str | None, now: float) -> int | None:
        sequence = self.first(session_id, now)
        if sequence is not None:
            heapq.heappop(self._heaps[key(session_id)])
        return sequence
