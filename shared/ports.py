"""What the workflow works with, as one argument: the stored nouns, the sender, the clock and the pause.

Nothing here is global; the composition root builds one per process, a test one per case.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from shared.candidates import Candidates
from shared.domain.decision import DECISIONS
from shared.domain.events import Event, utc_text
from shared.domain.trace_context import TraceContext
from shared.errors import PassingError
from shared.gathering import Gathering
from shared.laps import Laps
from shared.logs import Entry
from shared.messaging.sender import Queue, Sender, Waiting
from shared.rule_books import RuleBooks
from shared.settings import DEFAULT_PACE, DEFAULT_RETENTION, DEFAULT_SOURCE, DEFAULT_SURVEY, NARROW
from shared.storage.chains import Chains
from shared.storage.change_log import ChangeLog
from shared.storage.checked import CheckedStore, LaterVersions
from shared.storage.customers import Customers
from shared.storage.erasures import Erasures
from shared.storage.fan_outs import FanOuts
from shared.storage.heads import Heads
from shared.storage.indexes import Indexes
from shared.storage.names import Names
from shared.storage.partners import Partners
from shared.storage.previews import Previews
from shared.storage.progress import Progress
from shared.storage.quarantine import Quarantine
from shared.storage.questions import Questions
from shared.storage.rule_sets import RuleSets
from shared.storage.statistics import Statistics
from shared.storage.store import Store
from shared.storage.upcoming import Upcoming
from shared.storage.work import Work
from shared.storage_clock import MOST_OFF, StorageClock
from shared.together import Together

type Clock = Callable[[], datetime]
type Pause = Callable[[float], Awaitable[None]]
type Check = Callable[[], Awaitable[None]]
type Waits = Callable[[], Awaitable[Sequence[Waiting]]]
type Operation = Literal["process", "send"]
type Span = Callable[[Operation, Queue, TraceContext | None], AbstractContextManager[TraceContext | None]]


def utc_now() -> datetime:
    return datetime.now(UTC)


def unrecorded(_: Operation, __: Queue, trace: TraceContext | None) -> AbstractContextManager[TraceContext | None]:
    """The span of an app without telemetry: what is made in it belongs where the message did."""
    return nullcontext(trace)


async def nothing_waits() -> Sequence[Waiting]:
    """Where something else measures the queues."""
    return ()


_STEPS = 1000


class Ports:
    """``clock`` gives an aware time; ``pause`` waits that many seconds; ``chance`` spreads retries.

    ``checks`` tell by name whether what carries messages answers, each by raising if it does not. ``span`` records what
    is done with a message of a queue as part of a trace, and gives the trace context for what is made meanwhile.
    ``waiting`` tells what is on the queues that nothing else measures.
    ``source`` is that of the notifications; ``oldest_version`` the oldest that may run beside this one;
    ``decisions`` the format number of the decisions made; ``retention`` how long what is done stays;
    ``log_one_of`` of how many records of what went well one is logged;
    ``pace`` how many customers a second a change of rules hands on at most, or a question looks at;
    ``survey_every`` how often everybody is counted; ``approvals`` how many a change of rules needs;
    ``storage_clock`` what the machine's clock is held against.
    """

    def __init__(  # noqa: PLR0913  each is one thing from outside
        self,
        store: Store,
        sender: Sender,
        clock: Clock = utc_now,
        pause: Pause = asyncio.sleep,
        chance: random.Random | None = None,
        checks: Mapping[str, Check] | None = None,
        *,
        span: Span = unrecorded,
        waiting: Waits = nothing_waits,
        source: str = DEFAULT_SOURCE,
        oldest_version: str | None = None,
        decisions: int = DECISIONS,
        retention: timedelta = DEFAULT_RETENTION,
        log_one_of: int = 1,
        pace: int = DEFAULT_PACE,
        survey_every: timedelta = DEFAULT_SURVEY,
        approvals: int = 0,
        storage_clock: StorageClock | None = None,
    ) -> None:
        self.store = store
        self.sender = sender
        self.clock = clock
        self.pause = pause
        self.chance = chance or random.Random()
        self.checks = checks or {"queues": sender.check}
        self.span = span
        self.waiting = waiting
        self.source = source
        self.oldest_version = oldest_version
        self.decisions = decisions
        self.retention = retention
        self.log_one_of = log_one_of
        self.pace = pace
        self.survey_every = survey_every
        self.approvals = approvals
        self.later = LaterVersions(self.now)
        self.storage_clock = storage_clock or StorageClock()
        self.rows = rows = CheckedStore(store, self.storage_clock.check, self.later)
        self.customers = Customers(rows)
        self.indexes = Indexes(rows)
        self.heads = Heads(rows)
        self.upcoming = Upcoming(rows)
        self.names = Names(rows)
        self.partners = Partners(rows)
        self.rule_sets = RuleSets(rows)
        self.change_log = ChangeLog(rows)
        self.work = Work(rows, is_old=self.oldest_version in NARROW)
        self.fan_outs = FanOuts(rows)
        self.chains = Chains(rows)
        self.progress = Progress(rows)
        self.previews = Previews(rows)
        self.questions = Questions(rows)
        self.erasures = Erasures(rows)
        self.statistics = Statistics(rows)
        self.quarantine = Quarantine(rows, self.chance, is_old=self.oldest_version in NARROW)
        self.kept_partners = self.gathering()
        self.laps = Laps(self.now)
        self.candidates = Candidates(self.indexes, self.partners, self.now)
        self.together: Together[tuple[bool, str], Event, Entry] = Together()
        asked = (self.now, self.timestamp, self.has_customers)
        self.rule_books = RuleBooks(self.rule_sets, *asked, decisions, old_may_run=self.oldest_version in NARROW)

    async def has_customers(self) -> bool:
        """Whether any is there, by what is stored of them or by the directory: either may be lost."""
        return bool(await self.indexes.directory("", 1)) or await self.customers.any_known()

    def gathering(self) -> Gathering:
        """A reader of partners that has read none yet; ``kept_partners`` is one for all recompute messages."""
        return Gathering(self.partners, self.now)

    def now(self) -> datetime:
        return self.clock().astimezone(UTC)

    def today(self) -> date:
        """The day that decisions are made as of; raises ClockOffError."""
        self.storage_clock.check()
        return self.now().date()

    async def look_at_clock(self) -> None:
        """Read something for its answer's date: while the clock is off little else is asked of the storage."""
        with suppress(PassingError):
            await self.rule_sets.load()

    def timestamp(self) -> str:
        """Now as RFC 3339 text that sorts by time."""
        return utc_text(self.now())

    def number_after(self, known: int) -> int:
        """The number of a partner's next revision, or of the rules' next epoch. None is given twice, even if the row
        that had it is lost.

        It is the milliseconds since 1970. Where a clock that was ahead, or a repair, has given more, chance says by how
        much it is more than ``known``. It is one more while a version may run whose keys have no room for it.
        """
        return known + 1 if self.oldest_version in NARROW else self.later_number(known)

    def later_number(self, known: int) -> int:
        """The same for numbers that no older version reads."""
        now = int(self.now().timestamp() * 1000)
        return now if now > known else known + 1 + self.chance.randrange(_STEPS)

    def seconds_since(self, timestamp: str) -> float:
        return self.age(timestamp).total_seconds()

    def is_older(self, timestamp: str, age: timedelta) -> bool:
        return self.age(timestamp) > age

    def age(self, of: str | datetime) -> timedelta:
        """Either way: what a clock that was ahead dated is not new until then."""
        return abs(self.now() - (datetime.fromisoformat(of) if isinstance(of, str) else of))

    def is_ahead(self, timestamp: str) -> bool:
        """Whether it was dated by a clock that was ahead: when that was is not known."""
        return datetime.fromisoformat(timestamp) > self.now() + MOST_OFF
