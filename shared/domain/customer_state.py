"""Everything stored of one customer: its registers, the current decision and the evidence it was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import UNASSESSED, JsonObject, Outcome
from shared.domain.events import Event
from shared.domain.facts import CUSTOMER_FACTS, DESCRIBED, Attachment, CustomerDescription, Kind, Project
from shared.domain.named import NOT_NAMED, Named
from shared.domain.registers import Register
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import PermanentError

MAX_FACTS = 2_000
MAX_PAIRS = 20_000
"""Pairs of an open project and a partner attached to it: what deciding costs grows with these, not with facts alone."""
MAX_BYTES = 896 * 1024
"""Stored, when an event replaces a fact: what is left is for later decisions, of a partner, the rules or a date, to
grow, by 2,000 ids of eligible projects and the revisions of as many partners at the most."""
MAX_BYTES_AFTER_NEW_FACT = 768 * 1024
"""Less, so that facts which are kept can still be replaced when there is no room for more."""

_ONE_DAY = timedelta(days=1)

type Registers = Mapping[Kind, Mapping[str, Register]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a decision was computed from; each of these only ever moves forward.

    ``decisions`` is the format of the version that made it: it goes back when an older version decides. ``on`` goes
    back if no clock that is right can have given it.
    """

    partners: Mapping[str, int] = field(default_factory=dict)
    epoch: int = 0
    on: date = date.min
    decisions: int = 1

    def is_of_the_future(self, today: date) -> bool:
        """A clock that was ahead decided: nobody knows yet what will be so then. Near midnight two days are today."""
        return self.on - today > _ONE_DAY

    def next_on(self, today: date) -> date:
        """The day to decide as of."""
        return today if self.is_of_the_future(today) else max(today, self.on)


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the state keeps for the customer's row in the population index.

    ``commit`` numbers the last commit that changed a column of it; ``since`` is the day of the last change of status,
    None if that is not known. ``etag`` names the row as that commit left it, if that is known.
    """

    commit: int = 0
    since: date | None = None
    etag: str = ""


class InLists(NamedTuple):
    """What lists say of a customer that its decision does not.

    ``spend``: its counted spend on the day of the decision, "" if an older version made it. ``undecided``: whether that
    could not be decided. ``because``: in one line, why it loses or gains eligibility on the day that the decision has.
    """

    spend: str = ""
    undecided: bool = False
    because: str = ""


NOT_IN_LISTS = InLists()


def _day(decision: JsonObject | None, name: str) -> date | None:
    """Older versions' decisions lack some."""
    day = decision and decision.get(name)
    return date.fromisoformat(day) if day else None


def stored_decision(decision: JsonObject, due_on: date | None) -> JsonObject:
    """The decision as it is stored. Where the customer is decided again on another day than its next change, that day
    is in ``nextChangeOn``, where older versions look for it, and the next change in ``changesOn``."""
    due = due_on.isoformat() if due_on else None
    if due == decision["nextChangeOn"]:
        return decision
    return {**decision, "nextChangeOn": due, "changesOn": decision["nextChangeOn"]}


@dataclass(frozen=True)
class CustomerState:
    """``sequence`` numbers the last recorded decision, ``sent`` the last one notified; 0 means none yet.

    ``decision`` is as it is stored."""

    customer_id: str
    registers: Registers = field(default_factory=dict)
    evidence: Evidence = Evidence()
    decision: JsonObject | None = None
    decided_at: str = ""
    sequence: int = 0
    sent: int = 0
    unknown: Unknown = NOTHING
    size: int = field(default=0, compare=False)
    """The bytes it took when it was read."""
    indexed: Indexed = Indexed()
    why: str = ""
    """Its reasons in one line when its decision was recorded last, for lists; "" if an older version recorded it."""
    in_lists: InLists = NOT_IN_LISTS
    erased_at: str = ""
    """Once the customer was erased, until when: its events of a time up to then are not taken any more."""
    copies: bytes = field(default=b"", compare=False)
    """Of small partners, as it was last decided by them; see ``copies_in``."""

    @cached_property
    def customer(self) -> Customer:
        facts: dict[str, Any] = {}
        for fact in CUSTOMER_FACTS:
            registers = self.registers.get(fact.kind, {}).values()
            facts[fact.gathered] = tuple([fact.from_data(each.whole_data) for each in registers])
        return Customer(self.customer_id, **facts)

    @property
    def outcome(self) -> Outcome:
        return Outcome.of(self.decision) if self.decision else UNASSESSED

    @property
    def loses_on(self) -> date | None:
        """The day on which an eligible customer loses that, if its decision says so."""
        return _day(self.decision, "losesOn")

    @property
    def gains_on(self) -> date | None:
        """The day on which another becomes eligible, if its decision says so."""
        return _day(self.decision, "gainsOn")

    @property
    def due_on(self) -> date | None:
        """The day on which it is decided again if no event comes before."""
        return _day(self.decision, "nextChangeOn")

    @property
    def current_decision(self) -> JsonObject | None:
        """The decision as it was made."""
        if self.decision is None or "changesOn" not in self.decision:
            return self.decision
        made = {**self.decision, "nextChangeOn": self.decision["changesOn"]}
        del made["changesOn"]
        return made

    @property
    def named(self) -> Named:
        """What people call it, and who looks after it."""
        description = self.registers.get(CustomerDescription.kind)
        return Named.of(description[""].data) if description else NOT_NAMED

    @property
    def has_facts(self) -> bool:
        """Whether anything is known of it that rules read."""
        return not self.registers.keys() <= DESCRIBED

    @property
    def is_erased(self) -> bool:
        """Nothing is known of it since it was erased."""
        return bool(self.erased_at) and not self.registers

    def has_erased(self, event: Event) -> bool:
        return event.register.time <= self.erased_at

    def erased(self, sequence: int, at: str, until: str) -> "CustomerState":
        """Without any fact, as of ``at``: what is left says so, and keeps numbers from being given twice."""
        return CustomerState(
            self.customer_id,
            decided_at=at,
            sequence=sequence,
            sent=self.sent,
            indexed=Indexed(self.indexed.commit),
            erased_at=until,
        )

    @property
    def fact_count(self) -> int:
        """Of those that rules read."""
        return sum([len(each) for kind, each in self.registers.items() if kind not in DESCRIBED])

    def applying(self, event: Event) -> "CustomerState | None":
        """The state with the event's register, or None if a greater or equal one is stored; raises PermanentError."""
        stored = self.registers.get(event.kind, {})
        if not event.register.outranks(stored.get(event.key)):
            return None
        if event.key not in stored and event.kind not in DESCRIBED and self.fact_count >= MAX_FACTS:
            raise PermanentError(f"customer {self.customer_id} has {MAX_FACTS} facts, the most that are kept")
        registers = {**self.registers, event.kind: {**stored, event.key: event.register}}
        changed = CustomerState(
            self.customer_id,
            registers,
            self.evidence,
            self.decision,
            self.decided_at,
            self.sequence,
            self.sent,
            self.unknown,
            self.size,
            self.indexed,
            self.why,
            self.in_lists,
            self.erased_at,
            self.copies,
        )
        self._refuse_more_pairs(changed)
        return changed

    def _refuse_more_pairs(self, changed: "CustomerState") -> None:
        """One that has too many, from before there was this limit, may still be corrected."""
        projects, attachments = (changed.registers.get(each, ()) for each in (Project.kind, Attachment.kind))
        if len(projects) * len(attachments) <= MAX_PAIRS:  # cheap, and so for all but very large customers
            return
        pairs = changed.customer.open_pairs
        if pairs > MAX_PAIRS and pairs > self.customer.open_pairs:
            said = (
                f"customer {self.customer_id} would have {pairs} pairs of an open project and a partner attached to it"
            )
            raise PermanentError(f"{said}; at most {MAX_PAIRS} are kept")
