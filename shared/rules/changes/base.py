"""A change that would help: one action of the customer, of a partner or of the programme, or time alone.

In a plan a change is a key, its kind and the ids of what it is about, with a value. For readers it is an object of its
class, whose members are declared once: the JSON answer and its schema are made from them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.declared import declared, fields_of, json_name, metadata_of
from shared.domain.event_data import IDENTIFIER
from shared.domain.facts import Attachment, Licence, Project
from shared.domain.partner import Partner

type Key = tuple[str, ...]
"""The kind of a change, then the ids of what it is about."""
type Amount = Any
"""How much there is of a change: of what type depends on its kind."""
type Plan = Mapping[Key, Amount]
type Titles = Mapping[str, str]

CUSTOMER = "customer"
BOTH = "both"
PARTNER = "partner"
PROGRAMME = "programme"
NOBODY = "nobody"
ACTORS: Mapping[str, str] = {
    CUSTOMER: "the account team",
    BOTH: "the account team and the partner",
    PARTNER: "the partner",
    PROGRAMME: "the programme",
    NOBODY: "nobody",
}
"""Who acts, for readers, in the order in which their changes are read. What the customer does its account team brings
about; what a customer and a partner agree on both do."""
PROJECT_ID = "project"
PARTNER_ID = "partner"
OTHER_ID = ""
"""What an id of a key names."""


@dataclass(slots=True)
class Setting:
    """What changes take members from: the day, currency and titles, an application to spend on, starts of projects."""

    on: date
    currency: str
    titles: Titles
    application: str
    starts: Mapping[str, date]
    customer: Customer
    eligible: tuple[str, ...] = ()
    """The projects that the whole plan makes eligible, once that is known."""
    start: date | None = None
    """When the project starts for which a partner that nobody named is sought."""

    def for_anyone(self, project_id: str) -> "Setting":
        """That of a partner that nobody named: what it must have it has had for long."""
        start = self.starts[project_id]  # not by replace(), which takes ten times as long
        return Setting(date.min, self.currency, self.titles, self.application, self.starts, self.customer, (), start)

    def first_start_of(self, partner_id: str) -> date | None:
        """When the first of the partner's projects starts that the plan makes eligible."""
        if self.start:
            return self.start
        attached = self.customer.partners_by_project
        everywhere = partner_id in attached.get(None, ())
        starts = [self.starts[each] for each in self.eligible if everywhere or partner_id in attached.get(each, ())]
        return min((each for each in starts if each > self.on), default=None)


@dataclass(slots=True)
class Facts:
    """A customer's facts and its partners while changes are applied to them."""

    licences: list[Licence]
    projects: list[Project]
    attachments: list[Attachment]
    partners: dict[str, Partner]
    rates: dict[str, Decimal]
    """Those that the rule set gets."""

    def change_project(self, project_id: str, change: Callable[[Project], Project]) -> None:
        self.projects = [change(each) if each.project_id == project_id else each for each in self.projects]

    def attach(self, partner_id: str, project_id: str) -> None:
        key = (partner_id, project_id)
        self.attachments = [each for each in self.attachments if (each.partner_id, each.project_id) != key]
        self.attachments.append(Attachment(partner_id, project_id, True))


class Change(ABC):
    """One change; a subclass with a ``kind`` is one that can be proposed."""

    kind: ClassVar[str]
    """The first part of its keys in plans."""
    action: ClassVar[str]
    by: ClassVar[str]
    effort: ClassVar[int]
    """Of plans of one size the one that asks less of people comes first."""
    ids: ClassVar[tuple[str, ...]] = ()
    """What the ids of its key name: ``PROJECT_ID``, ``PARTNER_ID`` or ``OTHER_ID``."""
    adds_fact: ClassVar[int] = 0
    adds_pair: ClassVar[int] = 0
    opens_project: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if "kind" in cls.__dict__:
            CHANGES[cls.kind] = cls

    @classmethod
    def key(cls, *ids: str) -> Key:
        return (cls.kind, *ids)

    @classmethod
    @abstractmethod
    def of(cls, key: Key, value: Amount, setting: Setting) -> Self:
        """The change that a plan's key and value stand for."""

    @staticmethod
    def join(one: Amount, other: Amount) -> Amount | None:
        """The value that does for both, of two values under one key; None if they exclude each other."""
        return one if one == other else None

    @classmethod
    def effort_of(cls, value: Amount) -> int:  # noqa: ARG003
        return cls.effort

    @classmethod
    def new_facts(cls, key: Key, attachments: Container[object]) -> int:  # noqa: ARG003
        """How many facts it adds to a customer that has these registers of attachments."""
        return cls.adds_fact

    @classmethod
    def new_pairs(cls, key: Key, customer: Customer) -> int:
        """How many pairs it adds of an open project and a partner attached to it: to all projects or to its own."""
        attached = customer.partners_by_project
        return len(attached.get(None, ())) + len(attached.get(key[1], ())) if cls.opens_project else cls.adds_pair

    @staticmethod  # noqa: B027 - most add none
    def count_partner_facts(key: Key, value: Amount, counts: dict[str, int]) -> None:
        """Add the facts that it adds to partners, by id; "" is the id of one that nobody named."""

    @abstractmethod
    def apply(self, facts: Facts) -> None:
        """Change the facts as the events would that it leads to."""

    def apart(self) -> object:
        """What tells it, besides names, from the same change for another project or partner."""
        return None

    @abstractmethod
    def text(self, titles: Titles) -> str:
        """The change in a sentence, with the applications' titles."""

    def to_json(self, titles: Titles) -> JsonObject:
        return {"by": self.by, "action": self.action, **self.members(), "text": self.text(titles)}

    def members(self) -> JsonObject:
        """Its members as JSON, but those that are None."""
        values = ((name, getattr(self, attribute)) for attribute, name in _names(type(self)))
        return {name: _json(value) for name, value in values if value is not None}

    @classmethod
    def member_schemas(cls) -> JsonObject:
        return {json_name(each.name): metadata_of(each) for each in fields_of(cls)}


CHANGES: dict[str, type[Change]] = {}
"""Every change by its kind."""


@cache
def _names(change: type[Change]) -> list[tuple[str, str]]:
    """Its members, as attributes and in JSON."""
    return [(each.name, json_name(each.name)) for each in fields_of(change)]


def _json(value: object) -> object:
    match value:
        case str() | int():
            return value
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case tuple():
            return [_json(each) for each in value]
        case PartnerChange():
            return value.of_qualification(value.members())
    raise TypeError(f"a change has no member of type {type(value).__name__}")


@declared
class PartnerChange(Change):
    """A change of a partner: it has something from a day on."""

    by: ClassVar[str] = PARTNER
    since: ClassVar[str]
    """The member with that day."""

    partner_id: Annotated[str, IDENTIFIER.schema]

    @abstractmethod
    def given_to(self, partner: Partner) -> Partner:
        """The partner with it."""

    @abstractmethod
    def holding(self) -> str:
        """What the partner has, in words."""

    def completed(self) -> tuple[str, str] | None:
        """Of a course: a phrase with a place for its parts, and its part."""
        return None

    @classmethod
    def of_qualification[V](cls, members: Mapping[str, V]) -> dict[str, V]:
        """Those of its members that also say what some other partner must have."""
        own = (cls.since, "partner_id")
        return {name: members[name] for attribute, name in _names(cls) if attribute not in own and name in members}

    @staticmethod
    def count_partner_facts(key: Key, value: Amount, counts: dict[str, int]) -> None:  # noqa: ARG004
        counts[key[1]] = counts.get(key[1], 0) + 1

    def apply(self, facts: Facts) -> None:
        partner = facts.partners.get(self.partner_id) or Partner(self.partner_id)
        facts.partners[self.partner_id] = self.given_to(partner)


def greater(one: Amount, other: Amount) -> Amount:
    """The amount that does for both where more always does."""
    return max(one, other)
