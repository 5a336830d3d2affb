"""How long it takes until many customers are decided again: the slowest of what each needs, by number of instances.

Customers are found and decided at the same time, so that what takes longest says how long all of it takes: finding
them, the processors of the instances, the account's requests, the rows of one partition, the messages of one queue.
Not in it: how long the platform takes to start instances, and messages that are tried again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bench._again import DecidedAgain, Walked
from bench._counted import CUSTOMER, Place, Profile
from bench._limits import Limits
from bench._load import CALLS_OF_A_MESSAGE
from shared.messaging.sender import Queue

_TRIES = 3
"""How often the rate is computed again by the reads of partners that it leads to."""


@dataclass(frozen=True, slots=True)
class Job:
    """Customers to decide again, of whom a share changes; each has ``partners`` that others have, too. Copies of these
    are used or not."""

    name: str
    customers: int
    changed: float
    partners: int
    walked: Walked
    decided: DecidedAgain
    uses_copies: bool = False

    def each(self, figure: Callable[[Profile], float]) -> float:
        """Of one customer."""
        stay, change = (figure(each) / each.number for each in (self.decided.stay, self.decided.change))
        return stay + self.changed * (change - stay)


@dataclass(frozen=True, slots=True)
class Pace:
    """What is there for it: the share of the account, seconds of CPU of a customer, messages at once of an instance.

    A get takes ``batch`` messages of the recompute queue, where thousands wait. Notifications go over Storage queues of
    the same account, of which who takes them may take one at a time, or over Service Bus.
    """

    limits: Limits
    account: float
    cpu: float
    at_once: int
    batch: int
    service_bus: bool = False

    @property
    def notification_calls(self) -> int:
        """Of the account."""
        return 0 if self.service_bus else CALLS_OF_A_MESSAGE

    @property
    def notifications(self) -> float:
        """A second; Service Bus takes a credit for sending one and one for taking it."""
        return self.limits.service_bus / 2 if self.service_bus else self.limits.queue


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds by what takes them, and the reads of partners of a customer."""

    seconds: Mapping[str, float]
    partner_reads: float

    @property
    def slowest(self) -> str:
        return max(self.seconds, key=lambda each: self.seconds[each])

    @property
    def whole(self) -> float:
        return self.seconds[self.slowest]


def estimate(job: Job, instances: int, pace: Pace, reads: Callable[[Job, float, float], float]) -> Estimate:
    """``reads`` gives reads of partners by a customer, where a process decides so many customers a second, and so many
    in all."""
    read = 0.0
    for _ in range(_TRIES):
        found = Estimate(_seconds(job, instances, pace, read), read)
        each = job.customers / instances
        read = reads(job, each / found.whole, each)
    return Estimate(_seconds(job, instances, pace, read), read)


def _seconds(job: Job, instances: int, pace: Pace, partner_reads: float) -> dict[str, float]:
    walked, limits, customers = job.walked, pace.limits, job.customers
    by_latency = pace.at_once / job.each(lambda each: each.seconds)
    requests = walked.requests(customers) + customers * (job.each(lambda each: each.requests) + partner_reads)
    requests += (CALLS_OF_A_MESSAGE - 1 + 1 / pace.batch) * walked.messages(customers)
    requests += pace.notification_calls * customers * job.each(_notifications)
    return {
        f"finding them ({walked.chains(walked.most_read)} at a time)": walked.seconds(customers),
        "processors": customers / instances / min(1 / pace.cpu, by_latency),
        f"{pace.account:.0%} of the account": requests / (limits.account * pace.account),
        "notifications": customers * job.each(_notifications) / pace.notifications,
        **_partitions(job, limits),
    }


def _notifications(profile: Profile) -> int:
    return profile.sent[Queue.NOTIFICATIONS]


def _rows(place: Place, profile: Profile) -> int:
    return profile.rows[place]


def _partitions(job: Job, limits: Limits) -> dict[str, float]:
    """Of rows that many customers share a partition with, or that a step reads partition by partition."""
    walk, found = job.walked.walks[-1], {}
    decided = [job.decided.stay, job.decided.change]
    for place in {*walk.rows, *(place for each in decided for place in each.rows)}:
        if place.group == CUSTOMER:
            continue
        spread = max(each.spread(place) for each in (walk, *decided))
        read = job.walked.rows(job.customers, place) / min(spread, job.walked.chains(place.table))
        rows = read + job.customers * job.each(partial(_rows, place)) / spread
        found[f"the partition of {place}"] = rows / limits.partition
    return found
