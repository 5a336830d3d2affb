"""Remembers how far the fan-outs of partners were taken: steps that such a lap replaced need not read anything."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.storage.fan_outs import FanOut

_KEPT_FOR = timedelta(seconds=30)
_MOST = 1_000


class Laps:
    """The process's memory of rows that it wrote or read: what a lap took over needs no step, even when it is over."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._laps: dict[str, tuple[FanOut, datetime]] = {}

    def note(self, fan_out: FanOut) -> None:
        partner_id = fan_out.partner_id or ""
        self._laps.pop(partner_id, None)
        self._laps[partner_id] = fan_out, self._now()
        if len(self._laps) > _MOST:
            del self._laps[next(iter(self._laps))]

    def carries(self, other: FanOut) -> bool:
        """Whether a lap of the last half minute asks for that revision of the partner; not if it is that fan-out."""
        fan_out, at = self._laps.get(other.partner_id or "", (None, None))
        if fan_out is None or at is None or abs(self._now() - at) > _KEPT_FOR:
            return False
        return fan_out.id != other.id and fan_out.asks_for >= other.revision
