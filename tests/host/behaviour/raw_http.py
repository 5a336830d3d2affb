"""HTTP without a client that would tidy a request: bytes are sent as they are written."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes
    chunked: bool

    def json(self) -> Any:
        return json.loads(self.body)


def exchange(url: str, request: bytes, *, seconds: float = 20) -> RawAnswer:
    """Send the bytes to the host that ``url`` names and read one answer."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 80), seconds) as connection:
        connection.sendall(request)
        with http.client.HTTPResponse(connection, method=request.split(b" ")[0].decode().upper()) as answer:
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return RawAnswer(answer.status, headers, answer.read(), bool(answer.chunked))
