"""Changes laid into facts.

Arrives: changes as ``would_help`` gives them, a customer and partners. Leaves: both as they would be. A rate that is
missing from the rule set is applied to the licences it would convert, so that the same rules decide.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal, Inexact
from itertools import count

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.facts import Attachment, Competency, Designation, Licence, Project
from shared.domain.partner import Partner

_EXACT = Context(prec=64, traps=[Inexact])
_LONG_AGO = date.min
_ANYONE = "any-qualified-partner"


@dataclass(slots=True)
class _Facts:
    """The customer's facts by kind while changes are laid in."""

    licences: list[Licence]
    projects: list[Project]
    attachments: list[Attachment]
    partners: dict[str, Partner]

    def partner(self, partner_id: str) -> Partner:
        return self.partners.get(partner_id) or Partner(partner_id)


def apply(
    changes: Iterable[JsonObject], customer: Customer, partners: Mapping[str, Partner]
) -> tuple[Customer, dict[str, Partner]]:
    """The facts with the changes; ``partners`` has to hold those that ``attach-partner`` names."""
    facts = _Facts(list(customer.licences), list(customer.projects), list(customer.attachments), dict(partners))
    for change in changes:
        _ACTIONS[change["action"]](facts, change)
    changed = Customer(customer.customer_id, tuple(facts.licences), tuple(facts.projects), tuple(facts.attachments))
    return changed, facts.partners


def _free_id(name: str, taken: Container[str]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _spend(facts: _Facts, change: JsonObject) -> None:
    licence_id = _free_id("more-spend", {each.licence_id for each in facts.licences})
    amount = Decimal(change["amount"])
    facts.licences.append(Licence(licence_id, change["application"], amount, change["currency"], True))


def _rate(facts: _Facts, change: JsonObject) -> None:
    rate, currency = Decimal(change["leastRate"]), change["toCurrency"]
    for index, each in enumerate(facts.licences):
        if each.currency == change["currency"]:
            amount = _EXACT.multiply(each.annual_amount, rate)
            facts.licences[index] = replace(each, annual_amount=amount, currency=currency)


def _start(facts: _Facts, change: JsonObject) -> None:
    initiated_on = date.fromisoformat(change["initiatedOn"])
    facts.projects.append(Project(change["projectId"], (change["application"],), initiated_on, "planned"))


def _reopen(facts: _Facts, change: JsonObject) -> None:
    _replace_project(facts, change, lambda each: replace(each, status="planned"))


def _cover(facts: _Facts, change: JsonObject) -> None:
    application = change["application"]
    _replace_project(facts, change, lambda each: replace(each, applications=(*each.applications, application)))


def _replace_project(facts: _Facts, change: JsonObject, changed: Callable[[Project], Project]) -> None:
    wanted = change["projectId"]
    facts.projects = [changed(each) if each.project_id == wanted else each for each in facts.projects]


def _attach(facts: _Facts, change: JsonObject) -> None:
    _lay_in_attachment(facts, change["partnerId"], change["projectId"])


def _lay_in_attachment(facts: _Facts, partner_id: str, project_id: str) -> None:
    facts.attachments = [
        each for each in facts.attachments if (each.partner_id, each.project_id) != (partner_id, project_id)
    ]
    facts.attachments.append(Attachment(partner_id, project_id, True))


def _attach_any(facts: _Facts, change: JsonObject) -> None:
    """Attaches a made-up partner that has the qualifications and nothing else."""
    partner_id = _free_id(_ANYONE, {*facts.partners, *(each.partner_id for each in facts.attachments)})
    held: list[JsonObject] = change["qualifications"]
    facts.partners[partner_id] = Partner(
        partner_id,
        competencies=frozenset(_gained(each, _LONG_AGO) for each in held if "competency" in each),
        designations=frozenset(_designated(each, _LONG_AGO) for each in held if "designation" in each),
        deployments={(each["area"], _LONG_AGO): each["count"] for each in held if "count" in each},
        trainings={(each["course"], each["part"], _LONG_AGO, None): 1 for each in held if "course" in each},
    )
    _lay_in_attachment(facts, partner_id, change["projectId"])


def _gained(change: JsonObject, valid_from: date) -> Competency:
    return Competency(change["competency"], change["area"], change["levels"][0], valid_from)


def _designated(change: JsonObject, valid_from: date) -> Designation:
    return Designation(change["designation"], True, valid_from)


def _competency(facts: _Facts, change: JsonObject) -> None:
    gained = _gained(change, date.fromisoformat(change["validFrom"]))
    register = (gained.competency, gained.area, gained.valid_from)
    partner = facts.partner(change["partnerId"])
    others = {each for each in partner.competencies if (each.competency, each.area, each.valid_from) != register}
    facts.partners[partner.partner_id] = replace(partner, competencies=frozenset({*others, gained}))


def _designation(facts: _Facts, change: JsonObject) -> None:
    gained = _designated(change, date.fromisoformat(change["validFrom"]))
    register = (gained.designation, gained.valid_from)
    partner = facts.partner(change["partnerId"])
    others = {each for each in partner.designations if (each.designation, each.valid_from) != register}
    facts.partners[partner.partner_id] = replace(partner, designations=frozenset({*others, gained}))


def _deployments(facts: _Facts, change: JsonObject) -> None:
    group = (change["area"], date.fromisoformat(change["liveOn"]))
    partner = facts.partner(change["partnerId"])
    deployments = {**partner.deployments, group: partner.deployments.get(group, 0) + change["count"]}
    facts.partners[partner.partner_id] = replace(partner, deployments=deployments)


def _course(facts: _Facts, change: JsonObject) -> None:
    group = (change["course"], change["part"], date.fromisoformat(change["completedOn"]), None)
    partner = facts.partner(change["partnerId"])
    trainings = {**partner.trainings, group: partner.trainings.get(group, 0) + 1}
    facts.partners[partner.partner_id] = replace(partner, trainings=trainings)


_ACTIONS: Mapping[str, Callable[[_Facts, JsonObject], None]] = {
    "spend-more": _spend,
    "add-exchange-rate": _rate,
    "start-project": _start,
    "reopen-project": _reopen,
    "add-application": _cover,
    "attach-partner": _attach,
    "attach-qualified-partner": _attach_any,
    "gain-competency": _competency,
    "gain-designation": _designation,
    "complete-deployments": _deployments,
    "complete-course": _course,
}
