"""What the customer could do, and the programme for it."""

from collections.abc import Container
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Annotated, Self, cast

from shared.domain.declared import declared
from shared.domain.event_data import APPLICATION, CURRENCY, DAY, IDENTIFIER, MONEY
from shared.domain.facts import Licence, Project
from shared.domain.partner import Partner
from shared.rules.changes.base import (
    BOTH,
    CUSTOMER,
    OTHER_ID,
    PARTNER_ID,
    PROGRAMME,
    PROJECT_ID,
    Change,
    Facts,
    Key,
    PartnerChange,
    Plan,
    Setting,
    Titles,
    greater,
)
from shared.rules.changes.plan import changes_of, effort_of, merged, partner_facts
from shared.rules.words import day, listed, separated

_ANYONE = "any-qualified-partner"


@declared
class SpendMore(Change):
    """The customer spends more a year."""

    kind, action, by, effort = "spend", "spend-more", CUSTOMER, 6
    adds_fact = 1
    join = staticmethod(greater)

    amount: Annotated[Decimal, MONEY.schema]
    currency: Annotated[str, CURRENCY.schema]
    application: Annotated[str, APPLICATION.schema]

    @classmethod
    def of(cls, _: Key, value: Decimal, setting: Setting) -> Self:
        return cls(value, setting.currency, setting.application)

    def apply(self, facts: Facts) -> None:
        licence_id = _free_id("more-spend", {each.licence_id for each in facts.licences})
        facts.licences.append(Licence(licence_id, self.application, self.amount, self.currency, True))

    def text(self, _: Titles) -> str:
        amount = f"{self.currency} {separated(f'{self.amount:f}')}"
        return f"Spend {amount} more a year on eligible applications in new deployments"


@declared
class AddExchangeRate(Change):
    """The programme adds a rate to the rule set in force; later ones stay as they are."""

    kind, action, by, effort = "rate", "add-exchange-rate", PROGRAMME, 1
    ids = (OTHER_ID,)
    join = staticmethod(greater)

    currency: Annotated[str, CURRENCY.schema]
    to_currency: Annotated[str, CURRENCY.schema]
    least_rate: Annotated[Decimal, {"type": "string", "description": "the least rate that does"}]

    @classmethod
    def of(cls, key: Key, value: Decimal, setting: Setting) -> Self:
        return cls(key[1], setting.currency, value.normalize())

    def apply(self, facts: Facts) -> None:
        facts.rates[self.currency] = self.least_rate

    def text(self, _: Titles) -> str:
        enough = f"{self.to_currency} {self.least_rate:,f} or more for {self.currency} 1 is enough"
        return f"Add an exchange rate for {self.currency} to the rule set; {enough}"


@declared
class StartProject(Change):
    """The customer starts a project."""

    kind, action, by, effort = "start", "start-project", CUSTOMER, 7
    ids = (PROJECT_ID,)
    adds_fact = 1
    opens_project = True

    project_id: Annotated[str, IDENTIFIER.schema]
    application: Annotated[str, APPLICATION.schema]
    initiated_on: Annotated[date, DAY.schema]

    @classmethod
    def of(cls, key: Key, value: str, setting: Setting) -> Self:
        return cls(key[1], value, setting.starts[key[1]])

    def apply(self, facts: Facts) -> None:
        facts.projects.append(Project(self.project_id, (self.application,), self.initiated_on, "planned"))

    def text(self, titles: Titles) -> str:
        application = titles.get(self.application, self.application)
        return f"Start a project with {application} on {day(self.initiated_on)} or later"


@declared
class ReopenProject(Change):
    """The customer reopens a cancelled project."""

    kind, action, by, effort = "reopen", "reopen-project", CUSTOMER, 5
    ids = (PROJECT_ID,)
    opens_project = True

    project_id: Annotated[str, IDENTIFIER.schema]

    @classmethod
    def of(cls, key: Key, _: bool, __: Setting) -> Self:
        return cls(key[1])

    def apply(self, facts: Facts) -> None:
        facts.change_project(self.project_id, lambda each: replace(each, status="planned"))

    def text(self, _: Titles) -> str:
        return f"Reopen the cancelled project {self.project_id}"


@declared
class AddApplication(Change):
    """The customer adds an application to a project."""

    kind, action, by, effort = "cover", "add-application", CUSTOMER, 4
    ids = (PROJECT_ID,)

    project_id: Annotated[str, IDENTIFIER.schema]
    application: Annotated[str, APPLICATION.schema]

    @classmethod
    def of(cls, key: Key, value: str, _: Setting) -> Self:
        return cls(key[1], value)

    def apply(self, facts: Facts) -> None:
        more = (self.application,)
        facts.change_project(self.project_id, lambda each: replace(each, applications=each.applications + more))

    def text(self, titles: Titles) -> str:
        return f"Add {titles.get(self.application, self.application)} to project {self.project_id}"


@declared
class AttachPartner(Change):
    """Attach a known partner; only one that qualifies is proposed."""

    kind, action, by, effort = "attach", "attach-partner", BOTH, 3
    ids = (PARTNER_ID, PROJECT_ID)
    adds_pair = 1

    partner_id: Annotated[str, IDENTIFIER.schema]
    project_id: Annotated[str, IDENTIFIER.schema]

    @classmethod
    def of(cls, key: Key, _: bool, __: Setting) -> Self:
        return cls(*key[1:])

    @classmethod
    def new_facts(cls, key: Key, attachments: Container[object]) -> int:
        return int(key[1:] not in attachments)

    def apply(self, facts: Facts) -> None:
        facts.attach(self.partner_id, self.project_id)

    def text(self, _: Titles) -> str:
        return f"Attach partner {self.partner_id}, who qualifies for it, to project {self.project_id}"


@declared
class AttachQualifiedPartner(Change):
    """Attach a partner that nobody named; its value in a plan is a plan of what that partner must have."""

    kind, action, by, effort = "attach-any", "attach-qualified-partner", BOTH, 8
    ids = (PROJECT_ID,)
    adds_fact = adds_pair = 1
    join = staticmethod(merged)

    project_id: Annotated[str, IDENTIFIER.schema]
    qualifications: Annotated[
        tuple[PartnerChange, ...],
        {"type": "array", "description": "what the partner must have", "items": {"$ref": "#/$defs/qualification"}},
    ]

    @classmethod
    def of(cls, key: Key, value: Plan, setting: Setting) -> Self:
        needs = cast(list[PartnerChange], changes_of(value, setting.for_anyone(key[1])))
        return cls(key[1], tuple(needs))

    @classmethod
    def effort_of(cls, value: Plan) -> int:
        return cls.effort + effort_of(value)

    def apart(self) -> object:
        return [each.apart() for each in self.qualifications]

    @staticmethod
    def count_partner_facts(_: Key, value: Plan, counts: dict[str, int]) -> None:
        counts[""] = max(counts.get("", 0), sum(partner_facts(value).values()))

    def apply(self, facts: Facts) -> None:
        """Attach a made-up partner that has the qualifications and nothing else."""
        partner = Partner(_free_id(_ANYONE, {*facts.partners, *(each.partner_id for each in facts.attachments)}))
        for each in self.qualifications:
            partner = each.given_to(partner)
        facts.partners[partner.partner_id] = partner
        facts.attach(partner.partner_id, self.project_id)

    def text(self, _: Titles) -> str:
        start = f"Attach a qualified partner to project {self.project_id}"
        holds = [each.holding() for each in self.qualifications if not each.completed()]
        took = [phrase.format(listed(sorted(parts, reverse=True), "and")) for phrase, parts in self._courses().items()]
        one_with = [f"one with {listed(holds, 'and')}"] if holds else []
        one_who = [f"who completed {listed(took, 'and')}"] if took else []
        described = ", ".join(one_with + one_who) if holds else "".join(f"one {each}" for each in one_who)
        return f"{start}, for example {described}" if described else start

    def _courses(self) -> dict[str, list[str]]:
        """The parts of each course."""
        courses: dict[str, list[str]] = {}
        for phrase, part in filter(None, (each.completed() for each in self.qualifications)):
            courses.setdefault(phrase, []).append(part)
        return courses


def _free_id(name: str, taken: Container[str]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
