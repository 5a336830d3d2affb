"""Facts in the shape `POST check` takes, a rule-set document and a date arrive; the outcome as of that date leaves.

Every row of the criterion table in section 2 of the contract is one function, with no short cut taken.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from operator import itemgetter
from typing import Any

type Json = dict[str, Any]
type Timeline = list[tuple[date, Json]]
"""Rule-set documents, each with the day from which it is in force; of one day the last counts."""

DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
ENDLESS = "9999-12-31"


@dataclass(frozen=True)
class Place:
    """Where in the tree a criterion is judged: everything given, and the project, partner, ... it is about."""

    facts: Json
    rules: Json
    on: str
    meeting: set[str]
    granting: bool = True
    project: Json | None = None
    partner: Json | None = None
    application: Json | None = None
    area: str | None = None


def decide(facts: Json, document: Json, on: date) -> tuple[str, list[str], bool]:
    """`("eligible" | "ineligible", eligible projects, whether by exception)`."""
    place = Place(facts, document, on.isoformat(), set())
    if judge(document["criteria"], place) == "met":
        without = judge(document["criteria"], replace(place, granting=False))
        return "eligible", sorted(place.meeting), without != "met"
    return "ineligible", [], False


def is_undecided(facts: Json, document: Json, on: date) -> bool:
    return judge(document["criteria"], Place(facts, document, on.isoformat(), set())) == "unknown"


def in_force(timeline: Timeline, on: date) -> Json:
    """The document that started last of those that have started; of equals the later in the timeline."""
    return [document for start, document in sorted(timeline, key=itemgetter(0)) if start <= on][-1]


def dates_in(value: Any) -> set[date]:
    """Every date in the facts, and the day after it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {day for each in value for day in dates_in(each)}
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return set()
    day = date.fromisoformat(value)
    return {day, day + timedelta(days=1)} if day < date.max else {day}


def judge(criterion: Json, place: Place) -> str:
    return JUDGES[criterion["type"]](criterion, place)


def all_of(verdicts: Iterable[str]) -> str:
    given = list(verdicts)
    if "unmet" in given:
        return "unmet"
    return "unknown" if "unknown" in given else "met"


def any_of(verdicts: Iterable[str]) -> str:
    given = list(verdicts)
    if "met" in given:
        return "met"
    return "unknown" if "unknown" in given else "unmet"


def met_if(truth: bool) -> str:
    return "met" if truth else "unmet"


def judge_all_of(criterion: Json, place: Place) -> str:
    return all_of([judge(child, place) for child in criterion["criteria"]])


def judge_any_of(criterion: Json, place: Place) -> str:
    return any_of([judge(child, place) for child in criterion["criteria"]])


def judge_spend(criterion: Json, place: Place) -> str:
    total = Fraction(0)
    unconvertible = False
    for licence in place.facts["customer"]["licences"]:
        if listed(licence["application"], place) is None or not licence["newDeployment"]:
            continue
        if place.on > (licence.get("endsOn") or ENDLESS):
            continue
        amount, rate = Fraction(licence["annualAmount"]), rate_of(licence["currency"], place.rules)
        if rate is not None:
            total += amount * rate
        elif amount > 0:
            unconvertible = True
    if total >= Fraction(criterion["amount"]):
        return "met"
    return "unknown" if unconvertible else "unmet"


def rate_of(currency: str, rules: Json) -> Fraction | None:
    if currency == rules["currency"]:
        return Fraction(1)
    rate = rules.get("exchangeRates", {}).get(currency)
    return None if rate is None else Fraction(rate)


def judge_any_project(criterion: Json, place: Place) -> str:
    verdicts = []
    for project in place.facts["customer"]["projects"]:
        if project["status"] in ("planned", "active"):
            verdict = judge(criterion["criterion"], replace(place, project=project))
            if verdict == "met":
                place.meeting.add(project["projectId"])
            verdicts.append(verdict)
    return any_of(verdicts)


def judge_covers(criterion: Json, place: Place) -> str:
    return met_if(any(listed(name, place) for name in of(place.project)["applications"]))


def judge_any_partner(criterion: Json, place: Place) -> str:
    project_id = of(place.project)["projectId"]
    attached = set()
    for attachment in place.facts["customer"]["attachments"]:
        if attachment["attached"] and attachment.get("projectId") in (None, project_id):
            attached.add(attachment["partnerId"])
    verdicts = []
    for partner in place.facts["partners"]:
        if partner["partnerId"] in attached:
            verdicts.append(judge(criterion["criterion"], replace(place, partner=partner)))
            attached.remove(partner["partnerId"])
    for partner_id in attached:
        verdicts.append(judge(criterion["criterion"], replace(place, partner={"partnerId": partner_id})))
    return any_of(verdicts)


def judge_every_application(criterion: Json, place: Place) -> str:
    verdicts = []
    for name in of(place.project)["applications"]:
        application = listed(name, place)
        if application is not None:
            verdicts.append(judge(criterion["criterion"], replace(place, application=application)))
    return all_of(verdicts) if verdicts else "unmet"


def judge_any_area(criterion: Json, place: Place) -> str:
    areas = of(place.application)["areas"]
    return any_of([judge(criterion["criterion"], replace(place, area=area)) for area in areas])


def judge_competency(criterion: Json, place: Place) -> str:
    periods = [
        period
        for period in of(place.partner).get("competencies", [])
        if period["competency"] == criterion["competency"] and period["area"] == place.area
    ]
    holding = holding_period(periods, place.on)
    return met_if(holding is not None and holding["level"] in criterion["levels"])


def judge_designation(criterion: Json, place: Place) -> str:
    periods = [
        period
        for period in of(place.partner).get("designations", [])
        if period["designation"] == criterion["designation"]
    ]
    holding = holding_period(periods, place.on)
    return met_if(holding is not None and holding["active"])


def holding_period(periods: list[Json], on: str) -> Json | None:
    """The period in force, if it holds: a newer one that has begun hides the older ones even when it has ended."""
    begun = [period for period in periods if period["validFrom"] <= on]
    if not begun:
        return None
    in_force: Json = max(begun, key=lambda period: str(period["validFrom"]))
    return in_force if on <= (in_force.get("validUntil") or ENDLESS) else None


def judge_deployments(criterion: Json, place: Place) -> str:
    counted = [
        deployment
        for deployment in of(place.partner).get("deployments", [])
        if deployment["area"] == place.area and deployment["eligible"] and deployment["liveOn"] <= place.on
    ]
    return met_if(len(counted) >= criterion["count"])


def judge_training(criterion: Json, place: Place) -> str:
    for completion in of(place.partner).get("trainings", []):
        if completion["course"] != criterion["course"] or completion["part"] != criterion["part"]:
            continue
        if completion.get("revoked"):
            continue
        before = completion["completedOn"] < of(place.project)["initiatedOn"]
        valid = completion["completedOn"] <= place.on <= (completion.get("expiresOn") or ENDLESS)
        if before and valid:
            return "met"
    return "unmet"


def judge_exception(criterion: Json, place: Place) -> str:
    """Every exception counts, or none does."""
    holding = [
        exception
        for exception in place.facts["customer"].get("exceptions", [])
        if not exception.get("revoked") and exception["validFrom"] <= place.on <= exception["validUntil"]
    ]
    return met_if(place.granting and len(holding) > 0)


def listed(name: str, place: Place) -> Json | None:
    for application in place.rules["applications"]:
        if application["id"] == name:
            found: Json = application
            return found
    return None


def of(context: Json | None) -> Json:
    assert context is not None, "the rule set uses a criterion outside its context"
    return context


JUDGES: dict[str, Callable[[Json, Place], str]] = {
    "all-of": judge_all_of,
    "any-of": judge_any_of,
    "annual-spend-at-least": judge_spend,
    "any-project": judge_any_project,
    "covers-eligible-application": judge_covers,
    "any-partner": judge_any_partner,
    "every-application": judge_every_application,
    "any-area": judge_any_area,
    "competency": judge_competency,
    "designation": judge_designation,
    "deployments-at-least": judge_deployments,
    "training-before-project": judge_training,
    "exception": judge_exception,
}
