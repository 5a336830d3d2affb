"""Caches the partners that could be proposed to a customer: those that ever held a competency or a designation.

Of very many, the first by id. They are read again when they are half a minute old.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.at_once import at_once
from shared.domain.partner import Partner
from shared.storage.indexes import Indexes
from shared.storage.partners import Partners

MOST = 200
_KEPT_FOR = timedelta(seconds=30)


class Candidates:
    """The process's memory of whom to propose."""

    def __init__(self, indexes: Indexes, partners: Partners, clock: Callable[[], datetime]) -> None:
        self._indexes = indexes
        self._partners = partners
        self._clock = clock
        self._read_at: datetime | None = None
        self._kept: list[Partner] = []
        self._reading = asyncio.Lock()

    async def partners(self) -> list[Partner]:
        """The candidates by id, at most ``MOST``; may be half a minute old."""
        async with self._reading:
            now = self._clock()
            if self._read_at is None or not timedelta() <= now - self._read_at < _KEPT_FOR:
                self._kept = await self._read()
                self._read_at = now
            return self._kept

    async def _read(self) -> list[Partner]:
        states = await at_once(self._partners.load, await self._indexes.candidates(MOST))
        return [each.partner for each in states]
