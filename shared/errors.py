"""The two kinds of failure a message can meet: permanent (quarantine) and passing (raised to the host, retried)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemberError:
    """One member at fault: its JSON path (``$.data.currency``) and what would be right."""

    path: str
    message: str

    def to_json(self) -> dict[str, str]:
        return {"path": self.path, "message": self.message}


class PermanentError(Exception):
    """The input can never succeed; it is kept in quarantine with this reason."""

    def __init__(self, reason: str, errors: tuple[MemberError, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.errors = errors


class PassingError(Exception):
    """The failure may pass and is not the message's own (storage, network, throttling, contention, rows or rules of a
    later version); it is tried again, and this uses up no attempt. What else a handler raises does."""
