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


class WentBackError(PassingError):
    """The row of a partner, or of the rules (``partner_id`` None), is older than what was decided by it: a table was
    restored. It passes when the row comes back, or is accepted as it is (``shared/workflow/gone_back.py``)."""

    def __init__(self, partner_id: str | None, seen: int, stored: int) -> None:
        what = "the rules are stored" if partner_id is None else f"partner {partner_id} is stored"
        super().__init__(f"{what} as of {stored}, and {seen} was decided by: the row went back")
        self.partner_id = partner_id
        self.seen = seen


class RowsGoneBackError(PassingError):
    """What health says while rows that went back are not settled."""

    def __init__(self) -> None:
        super().__init__(
            "rows of partners or of the rules are older than what was decided by them (a table was restored): those "
            "that still are five minutes after it was seen are accepted as they are"
        )


class LaterVersionError(PassingError):
    """A later version wrote what this one cannot read: a process of that version can, or this one after an upgrade.

    ``named`` says what it is without whose: health shows it to everybody.
    """

    def __init__(self, message: str, named: str) -> None:
        super().__init__(message)
        self.named = named
