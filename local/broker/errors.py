"""Refusals, with the conditions Service Bus gives them; the client makes its own exceptions of these."""

from typing import Final

MESSAGE_LOCK_LOST: Final = "com.microsoft:message-lock-lost"
SESSION_LOCK_LOST: Final = "com.microsoft:session-lock-lost"
SESSION_CANNOT_BE_LOCKED: Final = "com.microsoft:session-cannot-be-locked"
MESSAGE_NOT_FOUND: Final = "com.microsoft:message-not-found"
SERVER_BUSY: Final = "com.microsoft:server-busy"
TIMEOUT: Final = "com.microsoft:timeout"
NOT_ALLOWED: Final = "amqp:not-allowed"
NOT_FOUND: Final = "amqp:not-found"
NOT_IMPLEMENTED: Final = "amqp:not-implemented"
DECODE_ERROR: Final = "amqp:decode-error"
DETACH_FORCED: Final = "amqp:link:detach-forced"


class RefusedError(Exception):
    """The broker cannot do what was asked; the message says why."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(description)
        self.condition = condition
