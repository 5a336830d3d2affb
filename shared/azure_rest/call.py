"""A call to a storage service, its answer, and what it means that it failed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PASSING = (408, 429, 500, 502, 503, 504)
_CODE = re.compile(rb'"code":\s*"(\w+)"|<Code>(\w+)</Code>')


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` follows the service's address, percent-encoded; ``query`` needs no encoding."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` find a name in whatever case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class CallFailedError(Exception):
    """No answer (``status`` None), half of one, or one that refuses; ``code`` is the service's or says what happened.

    Without an answer the call may have had its effect all the same.
    """

    def __init__(self, code: str, status: int | None = None, retry_after: float = 0) -> None:
        super().__init__(f"{code} {status or ''}".rstrip())
        self.code, self.status, self.retry_after = code, status, retry_after

    @property
    def may_pass(self) -> bool:
        return self.status is None or self.status in _PASSING


def refusal(answer: Answer) -> CallFailedError:
    """What an answer that is no success says."""
    code = answer.headers.get("x-ms-error-code") or code_in(answer.body) or "refused"
    return CallFailedError(code, answer.status, _seconds(answer.headers.get("Retry-After")))


def code_in(body: bytes) -> str:
    """The service's error code in a body of JSON or XML; empty if there is none."""
    found = _CODE.search(body)
    return (found[1] or found[2]).decode() if found else ""


def _seconds(retry_after: str | None) -> float:
    """The header may also hold a date; the storage services send none."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else 0
