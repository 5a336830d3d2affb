"""The rules in force, read once and kept: compiled rule sets under the epoch they were read at.

A kept book may be old, up to five minutes. That is harmless where the customer's own evidence says which epoch it must
at least have; where nothing says so (a first decision, a question over HTTP) the book is read again, which is one read
while the epoch stays. On first use the shipped rule set is stored as version 1, in force; but only where there are no
customers: rules are stored before the first of them, so where there are customers and no rules, the rules were lost.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from shared.domain.decision import JsonObject
from shared.errors import LaterVersionError, PassingError, PermanentError, WentBackError
from shared.own_json import compact_bytes
from shared.rules.document import MOST_STEP, WARN_DAYS_BEFORE, parse_document, sha256_of
from shared.rules.forecast import MOST_DATES, Rules
from shared.rules.rule_set import RuleSet
from shared.rules.timeline import Timeline
from shared.storage.rule_sets import ACTIVATED, ACTIVE, FIRST_EPOCH, RulesChange, RuleSets, RulesState, StoredRuleSet
from shared.storage.store import Conflict

KEPT_FOR = timedelta(minutes=5)
_NOTED_FOR = timedelta(minutes=1)
SHIPPED = Path(__file__).parent.parent / "rule_sets" / "2023-02-13.json"


class NoRuleSetInForceError(PassingError):
    """No rule set is in force on the date; one may be activated."""

    def __init__(self, on: date) -> None:
        day = on.isoformat()
        super().__init__(f"no rule set is in force on {day}; activate one effective by then, or ask for a later date")


class RuleSetMissingError(PassingError):
    """A rule set that was in force is not stored."""

    def __init__(self, version: int) -> None:
        super().__init__(f"rule set {version} is in force but not stored")


class RulesMissingError(PassingError):
    """There are customers and nothing says by which rules they are decided. None are made up: they may be restored."""

    title = "Rules missing"

    def __init__(self) -> None:
        super().__init__(
            "no rule set is in force and there are customers: restore the table rules, import the rule sets of an "
            "export (./dev import), or store one and activate it"
        )

    @property
    def detail(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules as of one epoch: the versions ``active``, and the change that made it."""

    epoch: int
    active: tuple[tuple[int, date], ...]
    timeline: Timeline
    cause: JsonObject
    decisions: int = 1
    upgrade: int = 0


def compile_stored(stored: StoredRuleSet) -> RuleSet:
    """A stored rule set, which passed the checks of the version that stored it; raises LaterVersionError."""
    try:
        return RuleSet.compile(parse_document(json.loads(stored.document)), stored.version)
    except PermanentError as fault:
        named = f"rule set {stored.version} is not one that this version reads"
        at_fault = "; ".join(f"{each.path} {each.message}" for each in fault.errors[:3])
        raise LaterVersionError(f"{named}: {at_fault or fault.reason}", named) from fault


class RuleBooks:
    """Gives the current book and the compiled rule sets it names."""

    def __init__(
        self,
        rule_sets: RuleSets,
        now: Callable[[], datetime],
        timestamp: Callable[[], str],
        has_customers: Callable[[], Awaitable[bool]],
        decisions: int,
        *,
        old_may_run: bool = False,
    ) -> None:
        """``old_may_run``: a version that cannot read all that is shipped."""
        self._stored, self._has_customers, self._decisions = rule_sets, has_customers, decisions
        self._old_may_run = old_may_run
        self._now, self._timestamp = now, timestamp
        self._read_at = now()
        self._book: RuleBook | None = None
        self._older_noted_at: datetime | None = None
        self._compiled: dict[int, RuleSet] = {}
        self._unreadable: dict[int, LaterVersionError] = {}

    async def book(self, at_least: int | None) -> RuleBook:
        """The kept book if it is of epoch ``at_least`` or later, else a new one; None always reads. Raises
        RulesMissingError."""
        if self._book is not None and at_least is not None and self._book.epoch >= at_least and not self._is_old():
            return self._book
        read_at, kept = self._now(), self._book
        state = await self._load() or await self._seed()
        used = max(kept.epoch if kept else 0, at_least or 0)
        if state.epoch < used:
            raise WentBackError(None, used, state.epoch)
        self._read_at = read_at
        return self._kept(state, kept)

    def _kept(self, state: RulesState, before: RuleBook | None) -> RuleBook:
        """The book of what was read, unless another call has meanwhile read a newer one than was kept ``before``."""
        book = self._book
        if book is not None and book is not before and (book.epoch, book.upgrade) > (state.epoch, state.upgrade):
            return book
        if book is not None and (book.epoch, book.upgrade) == (state.epoch, state.upgrade):
            return book
        if book is not None and book.epoch != state.epoch:
            self._compiled.clear()  # the number of a version that was lost may have been given to another document
            self._unreadable.clear()
        upgraded = state.decisions, state.upgrade
        self._book = RuleBook(state.epoch, state.active, Timeline(state.active), state.cause, *upgraded)
        return self._book

    async def before_first_customer(self) -> None:
        """Rules are stored, by this process if by no other: a customer without rules then tells that they were lost."""
        if self._book is None:
            await self.book(None)

    async def seed_where_new(self) -> None:
        """For who stores or activates a rule set: that is also the way out where the rules were lost."""
        with contextlib.suppress(RulesMissingError):
            await self.book(None)

    async def note_older(self) -> None:
        """Before a decision is written whose format is older than others have by now; at most once a minute."""
        if self._older_noted_at is None or abs(self._now() - self._older_noted_at) > _NOTED_FOR:
            await self._stored.note_older(self._timestamp())
            self._older_noted_at = self._now()

    def _is_old(self) -> bool:
        """Either way: a clock that was set back must not keep a book for long."""
        return abs(self._now() - self._read_at) > KEPT_FOR

    def kept_in_force(self, on: date) -> RuleSet | None:
        """The rule set in force on a date, if it is at hand without reading."""
        version = self._book.timeline.in_force(on) if self._book else None
        return self._compiled.get(version) if version else None

    async def in_force(self, book: RuleBook, on: date) -> RuleSet:
        """The compiled rule set in force on a date; raises NoRuleSetInForceError."""
        version = book.timeline.in_force(on)
        if version is None:
            raise NoRuleSetInForceError(on)
        return await self.compiled(version)

    async def rules(self, book: RuleBook, on: date) -> Rules:
        """The rule set in force on a date and those that come later; raises NoRuleSetInForceError."""
        return Rules(await self.in_force(book, on), await self.later(book, on))

    async def later(self, book: RuleBook, on: date) -> list[tuple[date, RuleSet | None]]:
        """The rule sets that come into force after a date, as many as are looked at; None is one that this version
        cannot read or that is not stored: until its day nothing depends on it."""
        later = book.timeline.later(on)
        if len(later) > MOST_DATES + 1:
            near = sum((start - on).days <= MOST_STEP for start, _ in later)
            later = later[: max(MOST_DATES + 1, near)]
        return [(start, await self._compiled_if_there(version)) for start, version in later]

    async def _compiled_if_there(self, version: int) -> RuleSet | None:
        try:
            return await self.compiled(version)
        except (LaterVersionError, RuleSetMissingError):
            return None

    async def compiled(self, version: int) -> RuleSet:
        """The rule set of a version; raises RuleSetMissingError, or LaterVersionError if it is not one to read here."""
        if version in self._unreadable:
            raise self._unreadable[version].with_traceback(None)
        if version not in self._compiled:
            stored = await self._stored.version(version)
            if stored is None:
                raise RuleSetMissingError(version)
            try:
                self._compiled[version] = compile_stored(stored)
            except LaterVersionError as fault:
                self._unreadable[version] = fault  # a version never changes, and neither does this process
                raise
        return self._compiled[version]

    async def check_there(self) -> None:
        """Raises RulesMissingError."""
        await self._load()

    async def check_readable(self) -> None:
        """Raises LaterVersionError if this version cannot read the rule set in force today."""
        state = await self._stored.load()
        version = Timeline(state.active).in_force(self._now().date()) if state else None
        if version is not None:
            await self.compiled(version)

    async def _load(self) -> RulesState | None:
        """The stored state; None where there are no customers either. Raises RulesMissingError."""
        state = await self._stored.load()
        if state is None and await self._has_customers():
            state = await self._stored.load()  # another process may have been first, and then its customer
            if state is None:
                raise RulesMissingError
        if state is not None and not state.active:
            raise RulesMissingError
        return state

    async def _seed(self) -> RulesState:
        shipped_document, at = SHIPPED.read_bytes(), self._timestamp()
        document: JsonObject = json.loads(shipped_document)
        if self._old_may_run:
            del document[WARN_DAYS_BEFORE]
            shipped_document = compact_bytes(document)
        effective_from = parse_document(document).effective_from
        shipped = StoredRuleSet(
            1,
            ACTIVE,
            effective_from,
            "shipped",
            "The default rule set.",
            sha256_of(document),
            shipped_document,
            at,
        )
        cause = {"kind": "rule-set", "ruleSetVersion": 1, "action": ACTIVATED, "epoch": FIRST_EPOCH}
        change = RulesChange(1, FIRST_EPOCH, ACTIVATED, shipped.author, shipped.note, at)
        with contextlib.suppress(Conflict):  # another process may be first
            first = RulesState(FIRST_EPOCH, 1, ((1, effective_from),), cause, decisions=self._decisions)
            await self._stored.commit(first, shipped, change)
        state = await self._stored.load()
        if state is None:
            raise PassingError("the shipped rule set was not stored")
        return state
