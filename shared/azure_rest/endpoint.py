"""Calls one service of a storage account over one long-lived HTTP session, and retries what may pass.

A call without an answer, with half of one or with one that says "not now" is repeated until the deadline, after a pause
with jitter and at least the ``Retry-After`` asked for. So a write may meet its own effect, and its caller must be able
to recognise it.
"""

import asyncio
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from shared.azure_rest.authorization import Authorization
from shared.azure_rest.call import Answer, Call, CallFailedError, refusal

_CONNECTIONS = 100
_LEFT_OUT = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""What aiohttp would add: bytes of no use, and a content type that was not signed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, and how often a call is made; past it the host's redelivery takes over."""

    tries: int = 4
    first_pause: float = 0.2
    longest_pause: float = 2
    connecting: float = 5
    one_try: float = 12
    deadline: float = 30

    def pauses(self) -> Iterator[float]:
        """Before each repetition, half to whole of a length that doubles."""
        for number in range(self.tries - 1):
            longest = min(self.first_pause * 2**number, self.longest_pause)
            yield random.uniform(longest / 2, longest)


class Endpoint:
    """``address`` is the service's, with the account in its path on an emulator; one per process and event loop.

    ``answered`` is called with the ``Date`` of each answer, whatever else it says.
    """

    def __init__(
        self,
        address: str,
        authorization: Authorization,
        patience: Patience | None = None,
        answered: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self.address = address.rstrip("/")
        self._prefix = urlsplit(self.address).path
        self._authorization = authorization
        self._patience = patience or Patience()
        self._answered = answered
        self._session: ClientSession | None = None

    async def ask[T](self, call: Call, read: Callable[[Answer], T]) -> T:
        """What ``read`` makes of the successful answer; it raises ValueError or LookupError on a garbled one, or
        CallFailedError. Raises CallFailedError."""
        end, pauses = monotonic() + self._patience.deadline, self._patience.pauses()
        outcome = await self._outcome(call, read)
        if isinstance(outcome, CallFailedError) and outcome.status == 401 and self._authorization.forget():
            outcome = await self._outcome(call, read)  # the token may have been withdrawn; this one is new
        while isinstance(outcome, CallFailedError):
            pause = max(next(pauses, math.inf), outcome.retry_after)
            if not outcome.may_pass or monotonic() + pause > end:
                raise outcome
            await asyncio.sleep(pause)
            outcome = await self._outcome(call, read)
        return outcome

    async def _outcome[T](self, call: Call, read: Callable[[Answer], T]) -> T | CallFailedError:
        """Faults are given, not raised: aiohttp's hold the request's headers and must not come along as a context."""
        try:
            answer = await self._answer(call)
            return read(answer) if answer.status < 300 else refusal(answer)
        except CallFailedError as fault:
            return fault
        except (ClientError, TimeoutError, OSError, ValueError, LookupError) as fault:
            return CallFailedError(type(fault).__name__)

    async def _answer(self, call: Call) -> Answer:
        authorized = await self._authorization.headers(call, self._prefix + call.path)
        query = "?" + "&".join(f"{name}={value}" for name, value in call.query.items()) if call.query else ""
        url = URL(self.address + call.path + query, encoded=True)
        headers = {**call.headers, **authorized}
        session = self._session or self._opened()
        body = call.body or None
        async with session.request(call.method, url, data=body, headers=headers, allow_redirects=False) as answer:
            self._answered(answer.headers.get("Date"))
            return Answer(answer.status, answer.headers, await answer.read())

    def _opened(self) -> ClientSession:
        patience = self._patience
        self._session = ClientSession(
            connector=TCPConnector(limit=_CONNECTIONS),
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=_LEFT_OUT,
            timeout=ClientTimeout(patience.one_try, sock_connect=patience.connecting),
        )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
