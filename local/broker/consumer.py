"""A link over which a client receives: messages while there is credit, and what the client does with each."""

from typing import Any, Final
from uuid import UUID

from proton import Condition, Delivery, Link

from local.broker.encoding import payload
from local.broker.errors import SESSION_LOCK_LOST, RefusedError
from local.broker.queue import Queue
from local.broker.sessions import SessionLock

REASON, DESCRIPTION = "DeadLetterReason", "DeadLetterErrorDescription"
OUTCOMES: Final = (Delivery.ACCEPTED, Delivery.REJECTED, Delivery.RELEASED, Delivery.MODIFIED)


class Consumer:
    def __init__(self, link: Any, queue: Queue, session: SessionLock | None) -> None:
        self.link, self.queue, self.session = link, queue, session
        self._deletes = link.remote_snd_settle_mode == Link.SND_SETTLED  # receive and delete: nothing to settle

    def deliver_one(self, now: float) -> bool:
        """Whether there was credit and a message."""
        if (
            self._has_lost_its_session()
            or self.link.credit <= 0
            or (entry := self.queue.take(now, self.session)) is None
        ):
            return False
        assert entry.lock  # noqa: S101  narrows the type: what is taken is locked
        delivery = self.link.delivery(entry.lock.bytes_le)
        delivery.lock = entry.lock
        self.link.stream(payload(entry))
        self.link.advance()
        if self._deletes:
            self.queue.complete(entry.lock, now)
            delivery.settle()
        return True

    def _has_lost_its_session(self) -> bool:
        """Then the link is closed, with that reason."""
        if self.session is None or self.queue.sessions.holds(self.session):
            return False
        if self.link.state & Link.LOCAL_ACTIVE:
            self.link.condition = Condition(SESSION_LOCK_LOST, "The session's lock has expired.")
            self.link.close()
        return True

    def drain(self) -> None:
        """Give back credit that has met no message, if the client asks for that."""
        if self.link.drain_mode:
            self.link.drained()

    def settle(self, delivery: Any, now: float) -> None:
        """Apply the outcome that the client sent and confirm it; reject it if the lock was lost."""
        outcome = delivery.remote_state
        if outcome not in OUTCOMES:
            return
        try:
            if self.session:
                self.queue.sessions.check(self.session)
            self._apply(outcome, delivery.remote, delivery.lock, now)
        except RefusedError as error:
            delivery.local.condition = Condition(error.condition, str(error))
            outcome = Delivery.REJECTED
        delivery.update(outcome)
        delivery.settle()

    def _apply(self, outcome: int, said: Any, token: UUID, now: float) -> None:
        if outcome == Delivery.ACCEPTED:
            self.queue.complete(token, now)
        elif outcome == Delivery.RELEASED:
            self.queue.release(token, now)
        elif outcome == Delivery.REJECTED:
            properties = _by_text(said.condition.info if said.condition else None)
            reason, description = properties.pop(REASON, None), properties.pop(DESCRIPTION, None)
            self.queue.dead_letter(token, reason or "", description or "", now, properties)
        elif said.undeliverable:
            self.queue.defer(token, now, _by_text(said.annotations))
        else:
            self.queue.abandon(token, now, _by_text(said.annotations))

    def close(self) -> None:
        """The link is gone. Without sessions what is locked stays so until its lock ends, as in Azure."""
        if self.session:
            self.queue.release_session(self.session)


def _by_text(properties: Any) -> dict[str, Any]:
    """Names arrive as symbols, and leave as the text that application properties have."""
    return {str(name): value for name, value in (properties or {}).items()}
