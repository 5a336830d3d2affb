"""One queue or subscription: what waits in it, what is locked, and where failures go.

Time is an argument, in seconds since 1970.
"""

import heapq
from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from local.broker.entities import DEAD_LETTERS, QueueEntity
from local.broker.errors import MESSAGE_NOT_FOUND, RefusedError
from local.broker.locks import Locks
from local.broker.message import DeadLetter, Entry, Message, State
from local.broker.ready import Ready
from local.broker.sessions import SessionLock, Sessions, is_same_session

type Properties = Mapping[str, Any]
NO_CHANGE: Final[Properties] = MappingProxyType({})


class Queue:
    """``dead_letters`` is a queue of its own, from which nothing is dead-lettered further."""

    def __init__(self, path: str, entity: QueueEntity, is_dead_letters: bool = False) -> None:
        self.path, self.entity = path, entity
        self.sessions = Sessions(entity.lock)
        self.requires_session = entity.requires_session and not is_dead_letters
        self.dead_letters = None if is_dead_letters else Queue(f"{path}/{DEAD_LETTERS}", entity, is_dead_letters=True)
        self._entries: dict[int, Entry] = {}  # in order of sequence
        self._ready = Ready(self._can_be_taken)
        self._locks = Locks(entity.lock, self.requires_session)
        self._due: list[tuple[float, int]] = []  # when an entry expires or was scheduled for
        self._last_sequence = 0

    @property
    def count(self) -> int:
        """What waits or is being handled; neither what was deferred nor what is scheduled."""
        return sum(entry.state is State.ACTIVE for entry in self._entries.values())

    def put(self, message: Message, now: float) -> int:
        """Store a message; its sequence number. One that is scheduled gets another when its time comes."""
        entry = Entry(message, self.next_sequence(), now)
        entry.enqueued_sequence = entry.sequence
        if message.scheduled_at is not None and message.scheduled_at > now:
            entry.state = State.SCHEDULED
            self._look_again(entry, message.scheduled_at)
        else:
            lives = [each for each in (message.time_to_live, self.entity.time_to_live) if each is not None]
            entry.expires_at = now + min(lives) if lives else None
        self._add(entry)
        if self.requires_session and message.session_id is None:
            self._to_dead_letters(entry, "Session ID is null.", "The entity requires sessions; the message has none.")
        return entry.sequence

    def cancel(self, sequences: list[int]) -> None:
        """Remove messages before they come due: all or none."""
        for entry in self._found(sequences, State.SCHEDULED):
            del self._entries[entry.sequence]

    def _found(self, sequences: list[int], state: State) -> list[Entry]:
        found = [entry for each in sequences if (entry := self._entries.get(each)) and entry.state is state]
        if len(found) != len(sequences) or any(entry.lock for entry in found):
            raise RefusedError(MESSAGE_NOT_FOUND, f"A message of that number is not {state.name.lower()} here.")
        return found

    def put_dead(self, entry: Entry, dead_letter: DeadLetter) -> None:
        """Take over what another queue gave up."""
        dead = Entry(entry.message, self.next_sequence(), entry.enqueued_at, properties=entry.properties)
        dead.enqueued_sequence, dead.delivery_count = entry.enqueued_sequence, entry.delivery_count
        dead.dead_letter = dead_letter
        self._add(dead)

    def next_sequence(self) -> int:
        self._last_sequence += 1
        return self._last_sequence

    def _add(self, entry: Entry) -> None:
        self._entries[entry.sequence] = entry
        if entry.expires_at is not None and self.dead_letters:
            self._look_again(entry, entry.expires_at)
        if entry.state is State.ACTIVE:
            self._make_ready(entry)

    def _look_again(self, entry: Entry, at: float) -> None:
        heapq.heappush(self._due, (at, entry.sequence))

    def _make_ready(self, entry: Entry) -> None:
        self._ready.add(entry.message.session_id if self.requires_session else None, entry.sequence)

    def _session_id(self, sequence: int) -> str:
        """As the message spells it."""
        session_id = self._entries[sequence].message.session_id
        assert session_id is not None  # noqa: S101  narrows the type: it was ready for a session
        return session_id

    def accept_next_session(self, now: float) -> SessionLock | None:
        """The session without a reader that has waited longest."""
        free = [name for name in self._ready.sessions() if not self.sessions.is_held(name)]
        first = [sequence for name in free if (sequence := self._ready.first(name, now))]
        return self.sessions.accept(self._session_id(min(first)), now) if first else None

    def take(self, now: float, session: SessionLock | None = None) -> Entry | None:
        """The next message, locked; of a session only for who holds it."""
        if session:
            self.sessions.check(session)
        sequence = self._ready.take(session.session_id if session else None, now)
        return None if sequence is None else self._locks.add(self._entries[sequence], now)

    def _can_be_taken(self, sequence: int, now: float) -> bool:
        entry = self._entries.get(sequence)
        return entry is not None and entry.state is State.ACTIVE and not entry.lock and not self._is_expired(entry, now)

    def _is_expired(self, entry: Entry, now: float) -> bool:
        return self.dead_letters is not None and entry.expires_at is not None and entry.expires_at <= now

    def take_deferred(self, sequences: list[int], now: float) -> list[Entry]:
        return [self._locks.add(entry, now) for entry in self._found(sequences, State.DEFERRED)]

    def peek(self, start: int, count: int, session_id: str | None = None) -> list[Entry]:
        """Whatever its state, locked or not."""
        there = (
            entry
            for entry in self._entries.values()
            if entry.sequence >= start and (session_id is None or is_same_session(session_id, entry.message.session_id))
        )
        return list(islice(there, count))

    def complete(self, token: UUID, now: float) -> None:
        del self._entries[self._unlock(token, now).sequence]

    def release(self, token: UUID, now: float) -> None:
        """Give back what was not looked at: no failed delivery."""
        self._put_back(self._unlock(token, now))

    def abandon(self, token: UUID, now: float, changed: Properties = NO_CHANGE) -> None:
        self._failed(self._unlock(token, now, changed))

    def defer(self, token: UUID, now: float, changed: Properties = NO_CHANGE) -> None:
        entry = self._unlock(token, now, changed)
        entry.delivery_count += 1
        entry.state = State.DEFERRED

    def dead_letter(
        self, token: UUID, reason: str, description: str, now: float, changed: Properties = NO_CHANGE
    ) -> None:
        self._to_dead_letters(self._unlock(token, now, changed), reason, description)

    def renew(self, token: UUID, now: float) -> float:
        """Until when it is locked now."""
        return self._locks.renew(token, now)

    def _unlock(self, token: UUID, now: float, changed: Properties = NO_CHANGE) -> Entry:
        """Take an entry from its reader, with the properties that the reader changed."""
        entry = self._locks.end(token, now)
        entry.properties |= changed
        return entry

    def _failed(self, entry: Entry) -> None:
        entry.delivery_count += 1
        if self.dead_letters and entry.delivery_count >= self.entity.max_delivery_count:
            reason = f"Message could not be consumed after {entry.delivery_count} delivery attempts."
            self._to_dead_letters(entry, "MaxDeliveryCountExceeded", reason)
        else:
            self._put_back(entry)

    def _put_back(self, entry: Entry) -> None:
        if entry.state is State.ACTIVE:
            self._make_ready(entry)
        if entry.expires_at is not None and self.dead_letters:
            self._look_again(entry, entry.expires_at)

    def _to_dead_letters(self, entry: Entry, reason: str, description: str) -> None:
        del self._entries[entry.sequence]
        if self.dead_letters:
            self.dead_letters.put_dead(entry, DeadLetter(reason, description, self.path))
        else:  # of a dead-letter queue: it stays there
            self.put_dead(entry, DeadLetter(reason, description, self.path))

    def release_session(self, lock: SessionLock) -> None:
        """What its reader left unsettled counts as failed."""
        if self.sessions.release(lock):
            for entry in self._locks.end_session(lock.session_id):
                self._failed(entry)

    def tick(self, now: float) -> None:
        """What the passing of time does: locks end, messages expire or come due."""
        if self.requires_session:
            self.sessions.expire(now, self.release_session)
        for entry in self._locks.end_expired(now):
            self._failed(entry)
        while self._due and self._due[0][0] <= now:
            _, sequence = heapq.heappop(self._due)
            if sequence in self._entries:
                self._come_due(self._entries[sequence], now)
        if self.dead_letters:
            self.dead_letters.tick(now)

    def _come_due(self, entry: Entry, now: float) -> None:
        if entry.lock:
            return  # looked at again when it is given back
        if self._is_expired(entry, now):
            if self.entity.dead_letter_on_expiration:
                self._to_dead_letters(entry, "TTLExpiredException", "The message expired and was dead lettered.")
            else:
                del self._entries[entry.sequence]
        elif entry.state is State.SCHEDULED:
            del self._entries[entry.sequence]
            self.put(entry.message, now)  # as if it were sent now
