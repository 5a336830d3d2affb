"""Goes through rows that are too many for one call in rounds: a call does pages for a while, the next goes on there."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from shared.logs import Field, Log, about
from shared.ports import Ports
from shared.storage.rounds import Round, Rounds
from shared.storage.store import Conflict

type Page = Callable[[str], Awaitable[str | None]]
"""Does the next rows after a place; gives the place up to which it came, None at the end."""

_log = Log("rounds")


async def go_on(
    ports: Ports,
    name: str,
    page: Page,
    longest: timedelta,
    rests: Callable[[Round], bool] = lambda _: False,
    *,
    is_noted_whole: bool = False,
) -> bool:
    """Go on with a round, or begin one unless the last one ``rests``, for so long; tells whether its end is reached.

    Progress is noted over the version read: of two calls at the same page one stops. A round of one page is noted only
    if that is asked for. One that a clock ahead noted begins again.
    """
    rounds = Rounds(ports.rows)
    noted, began = await rounds.load(name), ports.now()
    if noted.over and rests(noted):
        return True
    now = Round(name, etag=noted.etag) if noted.at and ports.is_ahead(noted.at) else replace(noted, over=False)
    while not now.over and ports.age(began) <= longest:
        after = await page(now.after)
        is_noted = after is not None or now.after != "" or is_noted_whole
        now = replace(now, after=after or "", at=ports.timestamp(), over=after is None)
        try:
            now = await rounds.note(now) if is_noted else now
        except Conflict:
            _log.info("round goes on elsewhere", round=name)
            return False
    return now.over


@contextmanager
def alone(log: Log, what: str, **fields: Field) -> Iterator[None]:
    """One of many: what it fails with is logged as ``what``, and does not stop the others."""
    with about(**fields):
        try:
            yield
        except Exception as fault:
            log.warning(what, fault=type(fault).__name__)
