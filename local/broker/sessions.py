"""Who may read which session, until when, and the state that readers keep with a session.

Service Bus compares session ids without case, and so does everything here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from local.broker.errors import SESSION_CANNOT_BE_LOCKED, SESSION_LOCK_LOST, RefusedError


def key[Id: (str, str | None)](session_id: Id) -> Id:
    """Equal for the ids of one session. ``None`` is the session of queues without any."""
    return session_id.lower() if session_id is not None else session_id


def is_same_session(one: str, other: str | None) -> bool:
    return key(one) == key(other)


@dataclass(slots=True, eq=False)
class SessionLock:
    """Held by one reader; identity tells it from a later lock of the same session. The id is as it was asked for."""

    session_id: str
    until: float


class Sessions:
    def __init__(self, lock: float) -> None:
        self._lock = lock
        self._held: dict[str, SessionLock] = {}
        self._states: dict[str, bytes] = {}

    def accept(self, session_id: str, now: float) -> SessionLock:
        """Lock a session; refused while another holds it."""
        if self.is_held(session_id):
            raise RefusedError(SESSION_CANNOT_BE_LOCKED, f"The session '{session_id}' is locked by another receiver.")
        lock = self._held[key(session_id)] = SessionLock(session_id, now + self._lock)
        return lock

    def is_held(self, session_id: str) -> bool:
        return key(session_id) in self._held

    def holds(self, lock: SessionLock) -> bool:
        """Whether that lock is the session's now."""
        return self._held.get(key(lock.session_id)) is lock

    def check(self, lock: SessionLock) -> None:
        if not self.holds(lock):
            raise RefusedError(SESSION_LOCK_LOST, f"The lock of session '{lock.session_id}' has expired.")

    def of(self, session_id: str) -> SessionLock:
        """The lock of a session, for requests that name only the session."""
        if not self.is_held(session_id):
            raise RefusedError(SESSION_LOCK_LOST, f"The session '{session_id}' is not locked.")
        return self._held[key(session_id)]

    def renew(self, session_id: str, now: float) -> float:
        lock = self.of(session_id)
        lock.until = now + self._lock
        return lock.until

    def release(self, lock: SessionLock) -> bool:
        """Whether it was still held."""
        if not self.holds(lock):
            return False
        del self._held[key(lock.session_id)]
        return True

    def expire(self, now: float, lost: Callable[[SessionLock], None]) -> None:
        for lock in [each for each in self._held.values() if each.until <= now]:
            lost(lock)

    def state(self, session_id: str) -> bytes | None:
        return self._states.get(key(session_id))

    def set_state(self, session_id: str, state: bytes | None) -> None:
        if state is None:
            self._states.pop(key(session_id), None)
        else:
            self._states[key(session_id)] = state
