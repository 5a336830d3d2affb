"""The locks of one queue: each message that was given out is its reader's until it is settled or the lock ends."""

from uuid import UUID, uuid4

from local.broker.errors import MESSAGE_LOCK_LOST, RefusedError
from local.broker.message import Entry
from local.broker.sessions import is_same_session


class Locks:
    """``by_session``: a message is locked as long as its session, which has a lock of its own."""

    def __init__(self, seconds: float, by_session: bool) -> None:
        self._seconds, self._by_session = seconds, by_session
        self._locked: dict[UUID, Entry] = {}

    def add(self, entry: Entry, now: float) -> Entry:
        entry.lock, entry.locked_until = uuid4(), now + self._seconds
        self._locked[entry.lock] = entry
        return entry

    def renew(self, token: UUID, now: float) -> float:
        """Until when it is locked now."""
        entry = self._held(token, now)
        entry.locked_until = now + self._seconds
        return entry.locked_until

    def end(self, token: UUID, now: float) -> Entry:
        """The entry, taken from its reader."""
        return self._free(self._held(token, now))

    def end_expired(self, now: float) -> list[Entry]:
        if self._by_session:
            return []
        return [self._free(entry) for entry in list(self._locked.values()) if entry.locked_until <= now]

    def end_session(self, session_id: str) -> list[Entry]:
        locked = list(self._locked.values())
        return [self._free(entry) for entry in locked if is_same_session(session_id, entry.message.session_id)]

    def _held(self, token: UUID, now: float) -> Entry:
        entry = self._locked.get(token)
        if entry is None or (entry.locked_until <= now and not self._by_session):
            raise RefusedError(MESSAGE_LOCK_LOST, "The lock supplied is invalid: it expired or the message is gone.")
        return entry

    def _free(self, entry: Entry) -> Entry:
        assert entry.lock  # noqa: S101  narrows the type: it is among the locked
        del self._locked[entry.lock]
        entry.lock = None
        return entry
