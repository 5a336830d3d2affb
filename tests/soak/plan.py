"""What a soak is to do, and what it came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from tests.oracle.random_events import events, shuffled_with_repeats
from tests.simulation.simulated import is_timeless
from tests.soak.harmful_proxy import Harm
from tests.system.running_system import NOW

REPEATED: Final = 0.10
EVENTS_PER_CUSTOMER: Final = 10
EVENTS_PER_PARTNER: Final = 40
EVENTS_PER_ERASURE: Final = 1000
FEWEST_ERASURES: Final = 2


@dataclass(frozen=True)
class Plan:
    """``lease``, in seconds, is how long a message whose worker was killed stays hidden; ``stops`` are the days that
    pass at once, after each other, in which exceptions end."""

    seed: int
    events: int
    kills: int
    workers: int
    faults: float
    lease: int
    stops: Sequence[timedelta] = (timedelta(days=100), timedelta(days=300))

    @property
    def late(self) -> int:
        """Seconds by which a call is late that is meant to be later than a lease."""
        return self.lease + 1

    @property
    def erasures(self) -> int:
        """How often a customer is erased, perhaps one twice."""
        return max(FEWEST_ERASURES, self.events // EVENTS_PER_ERASURE)

    def messages(self) -> list[bytes]:
        customers, partners = self.events // EVENTS_PER_CUSTOMER, self.events // EVENTS_PER_PARTNER
        told = events(self.seed, self.events, customers, partners, today=NOW.date())
        return shuffled_with_repeats([each for each in told if is_timeless(each)], self.seed, REPEATED)


class Change(NamedTuple):
    """How many customers a day changes, and of those how many lose what they have by an exception that ended."""

    day: date
    changed: int
    by_exception: int


@dataclass
class Figures:
    """``seconds`` are those until every message was handled, ``settling`` those after.

    ``late`` is how many messages of erased customers came after the erasures; ``begun_again`` how many of these
    customers a later event starts again.
    """

    messages: int = 0
    repeats: int = 0
    kills: int = 0
    calls: int = 0
    harms: Counter[Harm] = field(default_factory=Counter)
    seconds: float = 0
    settling: float = 0
    customers: int = 0
    notifications: int = 0
    told_again: int = 0
    quarantined: int = 0
    redriven: int = 0
    erased: int = 0
    late: int = 0
    begun_again: int = 0
    days: list[Change] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        """What a table of them says."""
        return [
            ("messages, repeats among them", f"{self.messages}, {self.repeats}"),
            ("workers killed", f"{self.kills}"),
            ("calls of the storage", f"{self.calls}"),
            ("faults", f"{self.harms.total()}"),
            *((f"  {harm}", f"{count}") for harm, count in sorted(self.harms.items())),
            ("seconds, and to settle", f"{self.seconds:.0f}, {self.settling:.0f}"),
            ("messages/s", f"{self.messages / self.seconds:.1f}"),
            ("customers", f"{self.customers}"),
            ("notifications, repeats among them", f"{self.notifications}, {self.told_again}"),
            ("rightly in quarantine", f"{self.quarantined}"),
            ("put back from quarantine", f"{self.redriven}"),
            ("customers erased", f"{self.erased}"),
            ("  messages that come late", f"{self.late}"),
            ("  started again", f"{self.begun_again}"),
            *((f"changed on {day}, an exception ended", f"{count}, {ended}") for day, count, ended in self.days),
            ("violations", f"{len(self.violations)}"),
        ]
