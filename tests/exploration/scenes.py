"""What is explored, as data: scenes, in each of which all handlers have something to do.

A new kind of handler is one more line in the scenes where it can do harm. Every two handlers of a scene are a pair, and
so is each with itself: a message delivered twice, a timer on two instances. What waits on a queue when a scene begins
is a handler too.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from shared.api.problems import Problem
from shared.api.quarantine import redrive, resubmit_quarantined
from shared.domain.who import Who
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.settings import RELEASED
from shared.storage.names import Entry as Name
from shared.storage.store import Conflict, Table
from shared.workflow import names
from shared.workflow.approve import (
    ApprovedAlreadyError,
    NothingToApproveError,
    OwnVersionError,
    UnknownAuthorError,
    approve,
)
from shared.workflow.change_rules import ApprovalsMissingError, activate, retire
from shared.workflow.erase import STRETCH, ask_for_erasure, sweep_erasures
from shared.workflow.gone_back import ACCEPTED_AFTER, sweep_gone_back
from shared.workflow.index import reindex_customer
from shared.workflow.keep import keep_poison
from shared.workflow.retention import remove_expired
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from shared.workflow.upcoming import forget_if_wrong
from tests import events
from tests.due_rows import as_older
from tests.exploration.handlers import Handler, Rules, act, event, told_of_older
from tests.exploration.preparing import (
    ADA,
    begun_by_older,
    died,
    drafts_of_ada,
    due_swept,
    due_swept_as_older,
    exceptions_are_allowed,
    fan_outs_swept,
    first_step,
    in_quarantine,
    in_turn,
    kept,
    much_spend_is_enough,
    nothing_more,
    partner_gone_back,
    previewed,
    received,
    spends_in_vain,
    step_of_first,
    store_rules_with,
    stricter,
    waits,
)
from tests.upcoming_lists import entries
from tests.world import START, World

LATER, LATEST = "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"
LATE = timedelta(minutes=3)
"""Timers take for left behind what is two minutes old. By their clock it is: whoever else runs has stood still."""
MIDNIGHT = datetime(2026, 9, 1, 0, 5, tzinfo=UTC)
WARNED = datetime(2026, 8, 25, 0, 5, tzinfo=UTC)
"""A week before the loss of who is eligible through P-1."""
TWO_DAYS_LATER = START + timedelta(days=2)
YESTERDAY = timedelta(minutes=-10)


@dataclass(frozen=True)
class Scene:
    """``before`` are events applied in full; then ``prepared`` makes what is to be found at the time ``now``.

    ``heard`` are the events in that. As many customers as ``page`` are one page of a fan-out.
    """

    handlers: tuple[Handler, ...]
    before: tuple[bytes, ...]
    prepared: Callable[[World], Awaitable[None]] = nothing_more
    heard: tuple[bytes, ...] = ()
    now: datetime = START
    page: int = 1
    oldest: str | None = None
    """The oldest version that may run beside: revisions are counted for it, and so one may be given twice."""


ONE = (*events.eligible(), *events.qualified(validUntil="2026-08-31"), events.spend("C-2"), events.project("C-2"))
BOTH = (*ONE, events.attached("C-2"))
FORMER = (*ONE, events.detached(time=LATER))
ATTACHED_PARTNER = events.certified("P-2")

LESS, MORE = events.spend(amount="1", time=LATER), events.spend(amount="400000", time=LATEST)
LOST, WON_BACK = events.certified(level="none", time=LATER), events.certified(time=LATEST)
REVOKED = events.trained(revoked=True, time=LATER)
ENDING = events.spend("C-9", "1000000", endsOn="2026-08-31")

SPEND_FALLS, SPEND_RISES = event("spend falls", LESS), event("spend rises", MORE)
CANCELLED = event("a project is cancelled", events.project(status="cancelled", time=LATER))
DETACHED = event("a partner is detached", events.detached(time=LATER))
ATTACHED = event("a partner is attached", events.attached("C-2", time=LATER))
NEW_ATTACHED = events.attached("C-9")
NEW_ATTACHES = event("a new customer attaches a partner", NEW_ATTACHED)
NEW_SPENDS = event("a new customer spends", events.spend("C-9"))
PARTNER_LOSES = event("a competency is lost", LOST)
PARTNER_WINS = event("a competency is won back", WON_BACK)
PARTNER_FORGETS = event("a training is revoked", REVOKED)

STRICTER = act("rules get stricter", partial(activate, version=2))
MILDER = act("rules get milder", partial(activate, version=3))

DUE, OUTBOXES, FAN_OUTS = (act(each.__name__, each, LATE) for each in (sweep_due, sweep_outboxes, sweep_fan_outs))
SWEEPS = (DUE, OUTBOXES, FAN_OUTS)
GONE_BACK, EXPIRED = act("sweep_gone_back", sweep_gone_back), act("remove_expired", remove_expired)
OLD_DATE = event("the old date comes back", events.certified(time=LATEST, validUntil="2026-08-31"))
RENEWED = events.certified(time=LATER, validUntil="2027-08-31")

SOON = events.spend(amount="350000", endsOn="2026-06-30", time=LATER)
LATER_ON = events.spend(amount="350000", endsOn="2026-07-31", time=LATEST)

SHORT = (*events.eligible(), *events.qualified(), events.spend(amount="5", time="2026-03-02T00:00:00Z"))
EXCEPTED = events.granted(validUntil="2026-08-31")
NO_EXCEPTIONS = act("exceptions are no longer allowed", partial(retire, version=4))
BACK = events.spend(amount="350000", endsOn="2026-06-30", time="2026-05-02T00:00:00Z")

CALLED, RENAMED = events.described(name="Contoso", owner="Ada"), events.described(name="Adatum", time=LATER)
CALLED_BACK = events.described(name="Contoso", owner="Ada", time=LATEST)
CALLED_AGAIN = events.described(name="Contoso", owner="Grace", time="2026-04-15T00:00:00Z")
PARTNER_CALLED, PARTNER_RENAMED = events.partner_described(), events.partner_described(name="Adatum", time=LATER)
PARTNER_CALLED_BACK = events.partner_described(time=LATEST)

IN_QUARANTINE, INVALID = events.spend("C-2", licence="L-7", amount="5"), b"{}"
UNTOLD = events.spend("C-3")


ASKED = partial(ask_for_erasure, customer_id="C-1")
ERASURES = act("sweep_erasures", sweep_erasures)
A_WHILE_LATER = START + STRETCH + timedelta(minutes=2)
AFTER_ERASURE = "2026-06-01T12:06:00Z"
AGAIN = events.spend(time=AFTER_ERASURE)


def redriven(name: str, body: bytes) -> Handler:
    return act(name, partial(redrive, message_id=in_quarantine(body, "").id))


def resubmitted(body: bytes) -> Callable[[Ports], Awaitable[object]]:
    """The same event, as if somebody had corrected what was wrong with it."""

    async def resubmit(ports: Ports) -> None:
        with suppress(Problem):  # another has ended it meanwhile
            await resubmit_quarantined(ports, in_quarantine(body, "").id, {"body": body.decode()})

    return resubmit


async def wrong_entries_removed(ports: Ports) -> None:
    """Of lists by day, as retention, repair and writing them again do."""
    for each in await entries(ports):
        with suppress(Conflict):
            await forget_if_wrong(ports, each)


async def wrong_names_removed(ports: Ports) -> None:
    """As repair and writing them again do."""
    for row in await ports.names.rows(None, 1000):
        with suppress(Conflict):
            await names.forget_if_wrong(ports, Name.of(row))


def approves(name: str, version: int, action: str = "activate") -> Handler:
    async def of(ports: Ports) -> None:
        with suppress(ApprovedAlreadyError, NothingToApproveError, OwnVersionError, UnknownAuthorError):
            await approve(ports, version, action, Who(name, True))

    return act(f"{name} approves: {action} {version}", of)


def approved(change: Callable[..., Awaitable[None]], version: int) -> Handler:
    """A change of rules where one needs an approval, by the author."""

    async def of(ports: Ports) -> None:
        ports.approvals = 1
        with suppress(ApprovalsMissingError):
            await change(ports, version, ADA)

    return act(f"{change.__name__} {version} if that is approved", of)


async def midnight(world: World) -> None:
    world.now = MIDNIGHT


async def a_week_before(world: World) -> None:
    world.now = WARNED


async def five_minutes_later(world: World) -> None:
    world.now += ACCEPTED_AFTER + timedelta(seconds=1)


async def asked_for_erasure(world: World) -> None:
    await ASKED(world.ports)


async def erasures_swept(world: World) -> None:
    await sweep_erasures(world.ports)


async def swept_twice(ports: Ports) -> None:
    await sweep_erasures(ports)
    await sweep_erasures(ports)


async def a_while_later(world: World) -> None:
    world.now = A_WHILE_LATER


async def two_days_later(world: World) -> None:
    world.now = TWO_DAYS_LATER


SCENES = {
    "nothing waits": Scene(
        (
            STRICTER,
            MILDER,
            act("the rules are retired", partial(retire, version=1)),
            act("a draft is stored", partial(store_rules_with, amount="500000")),
            SPEND_FALLS,
            SPEND_RISES,
            CANCELLED,
            DETACHED,
            ATTACHED,
            event("another partner is attached", events.attached(partner="P-2", time=LATER)),
            NEW_ATTACHES,
            NEW_SPENDS,
            event("a new customer spends, rules unread", events.spend("C-9", time=LATER), rules=Rules.UNREAD),
            PARTNER_LOSES,
            PARTNER_WINS,
            PARTNER_FORGETS,
            event("a new partner is certified", events.certified("P-2")),
            event("a customer's event comes again", ONE[0]),
            event("a partner's event comes again", ONE[5]),
            event("an invalid event", INVALID),
            *SWEEPS,
        ),
        ONE,
    ),
    "a partner has changed": Scene(
        (SPEND_FALLS, DETACHED, NEW_ATTACHES, PARTNER_WINS, event("the change comes again", LOST), STRICTER, FAN_OUTS),
        BOTH,
        received(LOST),
        (LOST,),
    ),
    "a partner has changed twice": Scene(
        (
            SPEND_FALLS,
            CANCELLED,
            DETACHED,
            event("a partner is attached again", events.attached("C-2", time=LATER)),
            NEW_ATTACHES,
            PARTNER_WINS,
            event("the last change of the partner comes again", REVOKED),
            STRICTER,
            FAN_OUTS,
        ),
        BOTH,
        in_turn(received(LOST), first_step, received(REVOKED)),
        (LOST, REVOKED),
    ),
    "a partner of two customers on a page has changed": Scene(
        (SPEND_FALLS, DETACHED, PARTNER_WINS, PARTNER_FORGETS, MILDER, FAN_OUTS),
        BOTH,
        in_turn(received(LOST), first_step),
        (LOST,),
        page=2,
    ),
    "a fan-out goes round for a newer change": Scene(
        (
            SPEND_FALLS,
            DETACHED,
            event("a partner is attached again", events.attached("C-2", time=LATER)),
            NEW_ATTACHES,
            PARTNER_WINS,
            event("the change that it began with comes again", LOST),
            event("the change that it was extended by comes again", REVOKED),
            FAN_OUTS,
        ),
        BOTH,
        in_turn(received(LOST), first_step, received(REVOKED), step_of_first),
        (LOST, REVOKED),
    ),
    "a fan-out goes round past detached customers": Scene(
        (
            event("the partner is attached again", events.attached(time=LATEST)),
            event("the other is detached", events.detached("C-2", time=LATEST)),
            NEW_ATTACHES,
            PARTNER_WINS,
            FAN_OUTS,
        ),
        (*FORMER, events.attached("C-2")),
        in_turn(
            died(NEW_ATTACHED, "commit", Table.CUSTOMERS), received(LOST), first_step, received(REVOKED), step_of_first
        ),
        (LOST, REVOKED),
    ),
    "two changes of a partner wait": Scene(
        (SPEND_FALLS, DETACHED, NEW_ATTACHES, PARTNER_WINS, FAN_OUTS),
        ONE,
        in_turn(received(LOST), received(REVOKED)),
        (LOST, REVOKED),
        page=3,
    ),
    "an older version fans out from a partner twice": Scene(
        (SPEND_FALLS, DETACHED, NEW_ATTACHES, PARTNER_WINS, FAN_OUTS),
        BOTH,
        in_turn(received(LOST), received(REVOKED), begun_by_older),
        (LOST, REVOKED),
    ),
    "a partner of detached customers has changed": Scene(
        (
            SPEND_FALLS,
            event("the partner is attached again", events.attached(time=LATEST)),
            event("the partner is attached to a project", events.attached(projectId="J-1")),
            event("the detachment comes again", FORMER[-1]),
            NEW_ATTACHES,
            NEW_SPENDS,
            PARTNER_WINS,
            event("the change comes again", LOST),
            FAN_OUTS,
        ),
        FORMER,
        in_turn(died(NEW_ATTACHED, "commit", Table.CUSTOMERS), received(LOST), first_step),
        (LOST,),
    ),
    "rules have changed": Scene(
        (
            SPEND_FALLS,
            event("spend rises, rules read before", MORE, rules=Rules.READ_BEFORE),
            NEW_SPENDS,
            event("a new customer spends, rules read before", events.spend("C-9"), rules=Rules.READ_BEFORE),
            event("a competency is lost, rules read before", LOST, rules=Rules.READ_BEFORE),
            act("the stricter rules are retired", partial(retire, version=2)),
            STRICTER,
            MILDER,
            FAN_OUTS,
        ),
        BOTH,
        in_turn(stricter, first_step),
    ),
    "rules have changed for two customers on a page": Scene(
        (SPEND_FALLS, NEW_ATTACHES, PARTNER_LOSES, MILDER, FAN_OUTS),
        BOTH,
        stricter,
        page=2,
    ),
    "a day has come": Scene(
        (
            SPEND_FALLS,
            event("spend rises, it is yesterday", MORE, ahead=YESTERDAY),
            CANCELLED,
            event("a partner is detached, it is yesterday", events.detached(time=LATER), ahead=YESTERDAY),
            event("a competency is renewed", events.certified(time=LATER, validUntil="2027-08-31")),
            event("a competency is lost, it is yesterday", LOST, ahead=YESTERDAY),
            event("a new customer spends until yesterday", ENDING, ahead=YESTERDAY),
            STRICTER,
            act("rules get milder, it is yesterday", partial(activate, version=3), ahead=YESTERDAY),
            DUE,
        ),
        BOTH,
        in_turn(much_spend_is_enough, died(ENDING, "commit", Table.CUSTOMERS), midnight, due_swept, waits(ENDING)),
        (ENDING,),
        now=MIDNIGHT,
    ),
    "a day of warning has come": Scene(
        (
            event("spend rises, it is yesterday", MORE, ahead=YESTERDAY),
            event("a competency is renewed", events.certified(time=LATER, validUntil="2027-08-31")),
            event("a competency is lost, it is yesterday", LOST, ahead=YESTERDAY),
            STRICTER,
            DUE,
        ),
        BOTH,
        in_turn(a_week_before, due_swept),
        now=WARNED,
    ),
    "a customer has an exception": Scene(
        (
            event("it is revoked", events.granted(revoked=True, time=LATER)),
            event("another is granted", events.granted(exception="X-2", time=LATER)),
            event("it comes again", EXCEPTED),
            SPEND_RISES,
            PARTNER_LOSES,
            STRICTER,
            NO_EXCEPTIONS,
            OUTBOXES,
        ),
        SHORT,
        in_turn(exceptions_are_allowed, received(EXCEPTED)),
        (EXCEPTED,),
    ),
    "an exception has ended": Scene(
        (
            event("it is revoked, it is yesterday", events.granted(revoked=True, time=LATER), ahead=YESTERDAY),
            event("it is granted for longer", events.granted(validUntil="2027-08-31", time=LATER)),
            event("spend rises, it is yesterday", MORE, ahead=YESTERDAY),
            NO_EXCEPTIONS,
            DUE,
        ),
        SHORT,
        in_turn(exceptions_are_allowed, received(EXCEPTED), midnight, due_swept),
        (EXCEPTED,),
        now=MIDNIGHT,
    ),
    "a day has come where an older version has it": Scene(
        (
            SPEND_FALLS,
            event("a competency is renewed", events.certified(time=LATER, validUntil="2027-08-31")),
            event("a competency is lost, it is yesterday", LOST, ahead=YESTERDAY),
            told_of_older(event("a new customer spends until yesterday", ENDING, ahead=YESTERDAY)),
            DUE,
        ),
        BOTH,
        in_turn(much_spend_is_enough, died(ENDING, "commit", Table.CUSTOMERS), midnight, due_swept_as_older),
        now=MIDNIGHT,
    ),
    "due rows of an older version are moved": Scene(
        (DUE, told_of_older(DUE), EXPIRED, told_of_older(EXPIRED), OLD_DATE, told_of_older(OLD_DATE)),
        BOTH,
        in_turn(received(RENEWED), first_step, as_older),
        (RENEWED,),
    ),
    "workers have died": Scene(
        (
            SPEND_RISES,
            event("what was not told comes again", UNTOLD),
            PARTNER_FORGETS,
            act("what was not told was given up", partial(keep_poison, queue=Queue.EVENTS, body=UNTOLD)),
            act("an invalid event was given up", partial(keep_poison, queue=Queue.EVENTS, body=INVALID)),
            redriven("a valid event is put back", IN_QUARANTINE),
            redriven("an invalid event is put back", INVALID),
            act("a valid event is sent in its place", resubmitted(IN_QUARANTINE)),
            event("what is in quarantine comes again", IN_QUARANTINE),
            event("the invalid event comes again", INVALID),
            *SWEEPS,
        ),
        ONE,
        in_turn(
            died(UNTOLD, "merge", Table.CUSTOMERS),
            died(LOST, "commit", Table.PARTNERS),
            kept(IN_QUARANTINE),
            received(INVALID),
            waits(LOST),
            two_days_later,
            fan_outs_swept,
        ),
        (UNTOLD, LOST, IN_QUARANTINE, INVALID),
        now=TWO_DAYS_LATER,
    ),
    "a partner has gone back": Scene(
        (SPEND_FALLS, PARTNER_WINS),  # a sweep alone finds nothing: nobody has met it yet
        BOTH,
        in_turn(partner_gone_back, five_minutes_later),
        now=START + ACCEPTED_AFTER + timedelta(seconds=1),
    ),
    "it was noted that a partner has gone back": Scene(
        (SPEND_FALLS, NEW_ATTACHES, PARTNER_WINS, PARTNER_FORGETS, GONE_BACK),
        BOTH,
        in_turn(partner_gone_back, spends_in_vain, five_minutes_later),
        now=START + ACCEPTED_AFTER + timedelta(seconds=1),
    ),
    "what has expired is removed": Scene(
        (OLD_DATE, EXPIRED, SPEND_RISES),
        BOTH,
        in_turn(received(RENEWED), first_step),
        (RENEWED,),
    ),
    "the population index is behind": Scene(
        (
            SPEND_FALLS,
            event("what changed a date comes again", SOON),
            event("the date moves", LATER_ON),
            DETACHED,
            NEW_SPENDS,
            event("a new customer spends more", events.spend("C-9", amount="5", licence="L-2")),
            OUTBOXES,
            act("the customer is indexed again", partial(reindex_customer, customer_id="C-1")),
        ),
        BOTH,
        died(SOON, "merge", Table.HEADS),
        (SOON,),
    ),
    "an erasure is asked for": Scene(
        (
            SPEND_FALLS,
            DETACHED,
            event("another partner is attached", events.attached(partner="P-2", time=LATER)),
            event("what was not told comes again", SOON),
            PARTNER_LOSES,
            MILDER,
            act("it is asked for again", ASKED),
            OUTBOXES,
            act("erasures are swept twice", swept_twice),
        ),
        BOTH,
        in_turn(died(SOON, "merge", Table.CUSTOMERS), asked_for_erasure),
        (SOON,),
    ),
    "a customer is erased": Scene(
        (
            SPEND_FALLS,
            event("it spends again", AGAIN),
            event("it attaches a partner again", events.attached(time=AFTER_ERASURE)),
            PARTNER_LOSES,
            MILDER,
            act("it is erased again", ASKED),
            OUTBOXES,
            ERASURES,
        ),
        BOTH,
        in_turn(asked_for_erasure, erasures_swept, a_while_later),
        now=A_WHILE_LATER,
    ),
    "a day of loss moves": Scene(
        (
            event("it moves back", BACK),
            DETACHED,
            act("wrong entries are removed", wrong_entries_removed),
        ),
        BOTH,
        in_turn(received(SOON), died(LATER_ON, "commit", Table.CUSTOMERS), waits(LATER_ON)),
        (SOON, LATER_ON),
    ),
    "a name changes": Scene(
        (
            event("it gets its name back", CALLED_BACK),
            event("it is called as it was, and looked after by another", CALLED_AGAIN),
            SPEND_FALLS,
            act("it is to be erased", ASKED),
            act("erasures are swept twice", swept_twice),
            act("wrong names are removed", wrong_names_removed),
            event("the partner gets its name back", PARTNER_CALLED_BACK),
            event("a customer is described that nobody knows", events.described("C-9", "Contoso")),
        ),
        ONE,
        in_turn(
            received(CALLED),
            died(RENAMED, "write", Table.CUSTOMERS),
            received(PARTNER_CALLED),
            died(PARTNER_RENAMED, "commit", Table.PARTNERS),
            waits(RENAMED),
            waits(PARTNER_RENAMED),
        ),
        (CALLED, RENAMED, PARTNER_CALLED, PARTNER_RENAMED),
    ),
    "a change of rules needs an approval": Scene(
        (
            approved(activate, 4),
            approved(activate, 5),
            approved(retire, 4),
            approves("bo", 4),
            approves("bo", 5),
            approves("cy", 4),
            approves("ada", 5),
            approves("bo", 4, "retire"),
            MILDER,
        ),
        (events.spend("C-2"),),
        drafts_of_ada,
    ),
    "a preview runs": Scene(
        (SPEND_FALLS, DETACHED, NEW_SPENDS, PARTNER_LOSES, MILDER, FAN_OUTS),
        BOTH,
        in_turn(previewed, first_step),
    ),
}
SCENES["workers have died beside an older version"] = replace(SCENES["workers have died"], oldest=RELEASED[-1])
