"""Requests over connections that are kept, as a busy caller's would be: bare bytes, so that the caller costs little."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes = b""

    def to_bytes(self) -> bytes:
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(self.body)}\r\n\r\n"
        return head.encode() + self.body


async def asked(port: int, request: Request, at_once: int, count: int) -> tuple[float, list[float]]:
    """Seconds for all and milliseconds for each; raises RuntimeError at an answer that is not 200."""
    left, latencies = iter(range(count)), list[float]()

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for _ in left:
                started = time.perf_counter()
                writer.write(request.to_bytes())
                await _answered(reader)
                latencies.append((time.perf_counter() - started) * 1000)
        finally:
            writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return time.perf_counter() - started, latencies


async def _answered(reader: asyncio.StreamReader) -> None:
    """A function's answer is chunked, one of the host itself empty."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = b""
    while b"\r\ntransfer-encoding: chunked\r\n" in head:
        length = int(await reader.readuntil(b"\r\n"), 16)
        body += (await reader.readexactly(length + 2))[:-2]
        if length == 0:
            break
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(f"{head.splitlines()[0]!r}: {body[:200]!r}")
