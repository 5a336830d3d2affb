"""One HTTP case: what is sent, byte for byte, and what must come back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class HttpCase:
    """Without ``seen`` and ``body`` the answer must be empty."""

    line: str
    """Which line of the measured behaviour it belongs to."""
    target: str | bytes
    status: int = 200
    method: str = "GET"
    headers: tuple[str | bytes, ...] = ()
    host: str = ""
    sent: bytes = b""
    key: str = ""
    """The name of a key; ``{key}`` in target and headers stands for it."""
    seen: Mapping[str, Any] | None = None
    """Members of what the function says that it saw; of headers, some of them."""
    body: bytes | None = None
    answered: Mapping[str, str | None] = field(default_factory=dict)
    """Headers of the answer; None: absent."""

    @property
    def name(self) -> str:
        target, *headers = (_bytes(each).decode("latin-1") for each in (self.target, *self.headers))
        return " ".join(each[:50] for each in (self.line, self.method, target, *headers[:2], self.key) if each)

    def request(self, host: str, keys: Mapping[str, str]) -> bytes:
        lines = [f"{self.method} ".encode() + _bytes(self.target) + b" HTTP/1.1", f"Host: {self.host or host}".encode()]
        lines += [_bytes(each) for each in (*self.headers, "Connection: close")]
        whole = b"\r\n".join(lines) + b"\r\n\r\n" + self.sent
        return whole.replace(b"{key}", keys.get(self.key, "").encode())


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def ids(line: str, seen_by_sent: Mapping[str, str]) -> Iterator[HttpCase]:
    """What is sent below ``/api/echo/``, and the ``id`` that arrives."""
    for sent, seen in seen_by_sent.items():
        yield HttpCase(line, f"/api/echo/{sent}", seen={"function": "echo", "params": {"id": seen}})


def queries(line: str, seen_by_sent: Mapping[str, Mapping[str, str]]) -> Iterator[HttpCase]:
    for sent, seen in seen_by_sent.items():
        yield HttpCase(line, f"/api/echo/1?{sent}", seen={"query": seen})


def refused(line: str, status: int, *targets: str | bytes, **more: Any) -> Iterator[HttpCase]:
    for target in targets:
        yield HttpCase(line, target, status, **more)


def with_headers(line: str, *headers: str | bytes, seen: Mapping[str, str]) -> HttpCase:
    return HttpCase(line, "/api/echo/1", headers=headers, seen={"headers": seen})


def with_body(line: str, method: str, sent: bytes, *headers: str, seen: bytes) -> HttpCase:
    headers = headers or (f"Content-Length: {len(sent)}",)
    told = {"method": method, "body": seen.decode("latin-1")}
    return HttpCase(line, "/api/echo/1", method=method, headers=headers, sent=sent, seen=told)
