"""Facts: the latest value of one register each. All else that is known of a fact is made of its declaration here.

A field is annotated with the kind of its member in the events' ``data``; one with a default may be left out there.
Dates are UTC calendar dates, both ends of an interval included, ``None`` meaning no end; money is exact.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from shared.domain import event_data as kinds
from shared.domain.declared import fields_of, json_name, metadata_of
from shared.domain.event_data import EventData, Flag, MemberKind

type Data = Mapping[str, Any]
"""The known members of an event's ``data`` without nulls, as JSON gives them."""

type Kind = str
"""The kind of a fact, as its class names it."""

CUSTOMER = "customerId"
PARTNER = "partnerId"


class Fact:
    """One kind of fact."""

    __slots__ = ()

    kind: ClassVar[Kind]
    whose: ClassVar[str]
    """The member that says whose it is."""
    key: ClassVar[tuple[str, ...]]
    """The members that, of one owner, tell its registers apart."""
    events: ClassVar[tuple[tuple[str, str], ...]]
    """The types of events that write it, and what they say."""
    gathered: ClassVar[str] = ""
    """The list of such facts in questions, answers and recorded decisions; none where no rule reads them."""
    described: ClassVar[str] = ""
    """What that list holds, in words."""
    by_type: ClassVar[str] = ""
    """The member that an event does not have, since its type says it."""
    added: ClassVar[bool] = False
    """Whether what older versions stored has no list of such facts."""
    counted_by: ClassVar[tuple[str, ...]] = ()
    """The fields by which a partner's summary counts such facts; none where it has each of them."""

    @property
    def counts(self) -> bool:
        """Whether the partner's summary has it."""
        return True

    @classmethod
    def members(cls) -> dict[str, MemberKind]:
        """The kinds of its members, by name."""
        return {json_name(each.name): metadata_of(each) for each in fields_of(cls)}

    @classmethod
    def required(cls) -> list[str]:
        return [json_name(each.name) for each in fields_of(cls) if each.default is MISSING]

    @classmethod
    def event_data(cls) -> EventData:
        """The members of its events' data: its own and whose it is."""
        members, required = cls.members(), cls.required()
        optional = {name: kind for name, kind in members.items() if name not in (*required, cls.by_type)}
        return EventData({cls.whose: kinds.IDENTIFIER, **{name: members[name] for name in required}}, optional)

    @classmethod
    def from_data(cls, data: Data) -> Self:
        """The fact that an event's valid data gives."""
        required, optional, converted = _READING[cls]
        values = [*map(data.__getitem__, required), *map(data.get, optional)]
        for at, read, absent in converted:
            value = values[at]
            values[at] = read(value) if read and value is not None else absent if value is None else value
        return cls(*values)


@dataclass(slots=True, unsafe_hash=True)  # never changed; a frozen one takes twice the time to make
class Licence(Fact):
    """What a customer spends a year on one application under one licence."""

    kind = "licence"
    whose = CUSTOMER
    key = ("licenceId",)
    gathered = described = "licences"
    events = (("fasttrack.spend.updated.v1", "What a customer spends a year on one application under one licence."),)

    licence_id: Annotated[str, kinds.IDENTIFIER]
    application: Annotated[str, kinds.APPLICATION]
    annual_amount: Annotated[Decimal, kinds.MONEY]
    currency: Annotated[str, kinds.CURRENCY]
    new_deployment: Annotated[bool, kinds.FLAG]
    ends_on: Annotated[date | None, kinds.DAY] = None


@dataclass(frozen=True, slots=True)
class Project(Fact):
    """An implementation of some applications with a start date; open while planned or active."""

    kind = "project"
    whose = CUSTOMER
    key = ("projectId",)
    gathered = described = "projects"
    events = (
        ("fasttrack.project.updated.v1", "A customer's project: the applications it implements, its start and status."),
    )

    project_id: Annotated[str, kinds.IDENTIFIER]
    applications: Annotated[tuple[str, ...], kinds.APPLICATIONS]
    initiated_on: Annotated[date, kinds.DAY]
    status: Annotated[str, kinds.STATUS]

    @property
    def is_open(self) -> bool:
        return self.status in ("planned", "active")


ATTACHED = "fasttrack.partner.attached.v1"
DETACHED = "fasttrack.partner.detached.v1"


@dataclass(frozen=True, slots=True)
class Attachment(Fact):
    """Whether a partner works on one project of the customer, or on all of them (``project_id`` None)."""

    kind = "attachment"
    whose = CUSTOMER
    key = ("partnerId", "projectId")
    gathered = described = "attachments"
    events = (
        (ATTACHED, "A partner works on a customer's project, or on all of them."),
        (DETACHED, "A partner no longer works on a customer's project, or on all of them."),
    )
    by_type = "attached"

    partner_id: Annotated[str, kinds.IDENTIFIER]
    project_id: Annotated[str | None, kinds.IDENTIFIER] = None
    attached: Annotated[bool, Flag(kinds.FLAG.right, absent=True)] = True


@dataclass(frozen=True, slots=True)
class GrantedException(Fact):
    """An exception granted to a customer, by whom, why and for which days; ``revoked``: it holds on none of them."""

    kind = "exception"
    whose = CUSTOMER
    key = ("exceptionId",)
    gathered, described = "exceptions", "granted exceptions"
    events = (("fasttrack.exception.granted.v1", "An exception granted to a customer, or revoked."),)

    exception_id: Annotated[str, kinds.IDENTIFIER]
    reason: Annotated[str, kinds.LINE]
    approved_by: Annotated[str, kinds.LINE]
    valid_from: Annotated[date, kinds.DAY]
    valid_until: Annotated[date, kinds.DAY]
    revoked: Annotated[bool, Flag(kinds.FLAG.right, absent=False)] = False

    def holds(self, on: date) -> bool:
        return not self.revoked and self.valid_from <= on <= self.valid_until


@dataclass(frozen=True, slots=True)
class Competency(Fact):
    """A period of a partner's competency in an area, in force from ``valid_from`` until the next one starts."""

    kind = "competency"
    whose = PARTNER
    key = ("competency", "area", "validFrom")
    gathered, described = "competencies", "competency periods"
    events = (("fasttrack.partner.certified.v1", "A period of a partner's competency in an area."),)

    competency: Annotated[str, kinds.COMPETENCY]
    area: Annotated[str, kinds.AREA]
    level: Annotated[str, kinds.LEVEL]
    valid_from: Annotated[date, kinds.DAY]
    valid_until: Annotated[date | None, kinds.DAY] = None


@dataclass(frozen=True, slots=True)
class Designation(Fact):
    """A period of a partner's designation, in force from ``valid_from`` until the next one starts."""

    kind = "designation"
    whose = PARTNER
    key = ("designation", "validFrom")
    gathered, described = "designations", "designation periods"
    events = (("fasttrack.partner.designated.v1", "A period of a partner's designation."),)

    designation: Annotated[str, kinds.DESIGNATION]
    active: Annotated[bool, kinds.FLAG]
    valid_from: Annotated[date, kinds.DAY]
    valid_until: Annotated[date | None, kinds.DAY] = None


@dataclass(frozen=True, slots=True)
class Deployment(Fact):
    """A customer deployment of a partner in an area; counts from ``live_on`` if eligible."""

    kind = "deployment"
    whose = PARTNER
    key = ("deploymentId",)
    gathered = described = "deployments"
    events = (("fasttrack.deployment.recorded.v1", "A customer deployment of a partner in an area."),)

    counted_by = ("area", "live_on")

    deployment_id: Annotated[str, kinds.IDENTIFIER]
    area: Annotated[str, kinds.AREA]
    live_on: Annotated[date, kinds.DAY]
    eligible: Annotated[bool, kinds.FLAG]
    customer_id: Annotated[str | None, kinds.IDENTIFIER] = None

    @property
    def counts(self) -> bool:
        return self.eligible


@dataclass(frozen=True, slots=True)
class Training(Fact):
    """One learner's completion of one part of a course."""

    kind = "training"
    whose = PARTNER
    key = ("course", "part", "learnerId", "completedOn")
    gathered, described = "trainings", "completions"
    events = (("fasttrack.training.completed.v1", "One learner's completion of one part of a course."),)

    counted_by = ("course", "part", "completed_on", "expires_on")

    course: Annotated[str, kinds.COURSE]
    part: Annotated[str, kinds.PART]
    learner_id: Annotated[str, kinds.IDENTIFIER]
    completed_on: Annotated[date, kinds.DAY]
    expires_on: Annotated[date | None, kinds.DAY] = None
    revoked: Annotated[bool, Flag(kinds.FLAG.right, absent=False)] = False

    @property
    def counts(self) -> bool:
        return not self.revoked


@dataclass(frozen=True, slots=True)
class Description(Fact):
    """How people call a customer or a partner, and who looks after it: no rule reads it."""

    key = ()

    name: Annotated[str | None, kinds.LINE] = None
    owner: Annotated[str | None, kinds.LINE] = None

    @property
    def counts(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class CustomerDescription(Description):
    """A customer's."""

    kind = "description"
    whose = CUSTOMER
    events = (("fasttrack.customer.described.v1", "A customer's name, and who looks after it: for people alone."),)


@dataclass(frozen=True, slots=True)
class PartnerDescription(Description):
    """A partner's."""

    kind = "partner-description"
    whose = PARTNER
    events = (("fasttrack.partner.described.v1", "A partner's name, and who looks after it: for people alone."),)


type _Reading = tuple[list[str], list[str], list[tuple[int, Any, Any]]]
"""The names of a fact's required members, then of the others and, of those that are not as JSON has them, the place,
the reader and what it is where absent."""

CUSTOMER_FACTS: list[type[Fact]] = [Licence, Project, Attachment, GrantedException]
PARTNER_FACTS: list[type[Fact]] = [Competency, Designation, Deployment, Training]
"""Those that rules read, as of customers."""
DESCRIPTIONS: list[type[Description]] = [CustomerDescription, PartnerDescription]
FACTS: Mapping[Kind, type[Fact]] = {each.kind: each for each in (*CUSTOMER_FACTS, *PARTNER_FACTS, *DESCRIPTIONS)}
"""Every kind of fact."""
DESCRIBED = frozenset(each.kind for each in DESCRIPTIONS)
"""The kinds of facts that no rule reads."""


def fact_of(kind: Kind, data: Data) -> Fact:
    """The fact of this kind that an event's valid data gives."""
    return FACTS[kind].from_data(data)


def _reading(fact: type[Fact]) -> _Reading:
    members = [(json_name(each.name), metadata_of(each).read, each.default) for each in fields_of(fact)]
    converted = [
        (at, read, None if default is MISSING else default)
        for at, (_, read, default) in enumerate(members)
        if read or (default is not MISSING and default is not None)
    ]
    required = [name for name, _, default in members if default is MISSING]
    return required, [name for name, *_ in members[len(required) :]], converted


_READING = {fact: _reading(fact) for fact in FACTS.values()}
