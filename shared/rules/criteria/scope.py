"""What a criterion may look at while it is evaluated.

The criteria that go through projects, partners, applications and areas set the current one; the document's check makes
sure that none is read where none is set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import Node
from shared.domain.facts import Project
from shared.domain.partner import Partner


@dataclass(frozen=True, slots=True)
class Terms:
    """The parts of a rule set that its criteria share: money and the listed applications with their areas."""

    currency: str
    rates: Mapping[str, Decimal]
    areas_of: Mapping[str, tuple[str, ...]]


_NO_PROJECT = Project("", (), date.min, "")
_NO_PARTNER = Partner("")


@dataclass(slots=True)
class Scope:
    """One evaluation: its inputs, the current project and so on, the projects found to meet theirs."""

    terms: Terms
    customer: Customer
    partners: Mapping[str, Partner]
    on: date
    project: Project = _NO_PROJECT
    partner: Partner = _NO_PARTNER
    areas: tuple[str, ...] = ()
    area: str = ""
    eligible: set[str] = field(default_factory=set)
    explained: dict[tuple[str, str, str], Node] = field(default_factory=dict)
    sizes: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)
    """How many nodes explain an application, by criterion and areas."""
    memo: "Memo | None" = None
    """Whether a criterion is met, by criterion, partner, areas and leniency; None for ordinary customers."""
    lenient: bool = False
    """Whether what is unknown passes as met: no criterion negates another, so what is unmet even then is unmet."""
    listed: "Listed | None" = None
    without_exceptions: bool = False
    """Whether no exception counts."""

    def partner_of(self, partner_id: str) -> Partner:
        """The partner, or one without facts if it is not known."""
        return self.partners.get(partner_id) or _without_facts(partner_id)

    def listed_of_project(self) -> "Listed":
        """Worked out once for the current project: many partners and criteria ask for it one after another."""
        listed = self.listed
        if listed is None or listed.project is not self.project:
            areas_of = self.terms.areas_of
            names = [each for each in dict.fromkeys(self.project.applications) if each in areas_of]
            areas: dict[tuple[str, ...], int] = {}
            for each in names:
                areas[areas_of[each]] = areas.get(areas_of[each], 0) + 1
            self.listed = listed = Listed(self.project, names, areas)
        return listed


class Listed(NamedTuple):
    """The applications of a project that the rule set lists, each once, and how many have the same areas."""

    project: Project
    applications: list[str]
    areas: Mapping[tuple[str, ...], int]


_without_facts = lru_cache(maxsize=1024)(Partner)


type Memo = dict[tuple[str, str, tuple[str, ...], bool], bool]
type Test = Callable[[Scope], bool]

MANY_PAIRS = 500
"""From so many projects times attachments on it pays to remember what is found of a partner."""


def scope_of(terms: Terms, customer: Customer, partners: Mapping[str, Partner], on: date) -> Scope:
    """The scope of one evaluation from its start."""
    return Scope(terms, customer, partners, on, memo={} if is_many(customer) else None)


def is_many(customer: Customer) -> bool:
    return len(customer.projects) * len(customer.attachments) > MANY_PAIRS
