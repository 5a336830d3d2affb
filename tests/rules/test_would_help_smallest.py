"""No smaller set would do: every set of changes there is, tried one by one, against the size of what is proposed."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import pytest

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.facts import Attachment, Project
from shared.domain.partner import Partner
from shared.rules.rule_set import RuleSet, decide

from .applied import outcome_with, ways
from .given import CE, FO, ON, Json, rule_set, shipped_document
from .help_rule_sets import OTHERS, in_areas, some_project
from .random_facts import random_customer, random_partners

AREAS = (CE, FO)
CBA = "cloud-business-applications"
SOLUTIONS = "solutions-partner-business-applications"
PARTS = ("training", "knowledge-check")
TOMORROW = ON + timedelta(days=1)
APPLICATIONS = ("finance", "sales", "project-operations")
"""One for each combination of areas."""
MOST = Decimal(10) ** 9


def change(action: str, **members: Any) -> JsonObject:
    return {"action": action, **members}


def below(criterion: Json) -> Iterator[Json]:
    yield criterion
    for each in criterion.get("criteria", [criterion["criterion"]] if "criterion" in criterion else []):
        yield from below(each)


def a_partner_for_each_application(criterion: Json) -> bool:
    kinds = [each["type"] for each in below(criterion)]
    return kinds[0] == "every-application" and "any-partner" in kinds


class Vocabulary:
    """Every change there is for a customer, each as large as it can be, whatever the criteria ask for."""

    def __init__(self, criteria: Json, customer: Customer, partners: dict[str, Partner], candidates: list[Partner]):
        self.customer, self.partners = customer, partners
        self.known = {each.partner_id: each for each in candidates} | partners
        asked = [each for each in below(criteria) if each["type"] == "any-partner"]
        self.by_application = any(map(a_partner_for_each_application, below(criteria)))
        alone = [in_areas("of", each) if self.by_application else each for each in asked]
        self.alone = [rule_set(some_project("alone", each)) for each in alone]
        levels = [set(each["levels"]) for each in below(criteria) if each["type"] == "competency"]
        self.level = min(set.intersection({"gold", "silver"}, *levels))

    def changes(self) -> list[JsonObject]:
        openings = list(self._projects())
        projects = [project for _, project in openings]
        opened = [each for each, _ in openings if each]
        return [*self._money(), *opened, *self._attachments(projects), *self._partner_changes(projects)]

    def _money(self) -> Iterator[JsonObject]:
        yield change("spend-more", amount=str(MOST), currency="USD", application="finance")
        if any(each.currency == "SEK" and each.annual_amount for each in self.customer.licences):
            yield change("add-exchange-rate", currency="SEK", toCurrency="USD", leastRate="999999.99999999")

    def _projects(self) -> Iterator[tuple[JsonObject | None, Project]]:
        """What has to be done for a project to be open and cover something, and the project."""
        found = [each for each in self.customer.projects if each.is_open]
        if not found:
            found = [each for each in self.customer.projects if each.status == "cancelled"]
            for each in found:
                yield change("reopen-project", projectId=each.project_id), each
            for name in APPLICATIONS:
                project_id, start = f"new-{name}", TOMORROW.isoformat()
                start_project = change("start-project", projectId=project_id, application=name, initiatedOn=start)
                yield start_project, Project(project_id, (name,), TOMORROW, "planned")
        for each in found:
            yield None, each
            if set(each.applications) <= {"business-central"}:
                for name in APPLICATIONS:
                    covered = Project(each.project_id, (*each.applications, name), each.initiated_on, each.status)
                    yield change("add-application", projectId=each.project_id, application=name), covered

    def _attachments(self, projects: list[Project]) -> Iterator[JsonObject]:
        for project in projects:
            attached = self.customer.partners_of(project)
            named = [name for name in self.known if name not in attached]
            for rules in self.alone:
                fit = [name for name in named if self._qualifies(rules, project, name)]
                for name in fit:
                    yield change("attach-partner", partnerId=name, projectId=project.project_id)
                if not fit or len(self.alone) > 1 or self.by_application:
                    yield self._somebody(project)

    def _qualifies(self, rules: RuleSet, project: Project, name: str) -> bool:
        every, attached = project.applications, (Attachment(name, None, True),)
        opened = tuple(
            Project(project.project_id, applications, project.initiated_on, "active")
            for applications in ([(each,) for each in every] if self.by_application else [every])
        )
        customer = Customer("C-1", self.customer.licences, opened, attached)
        return decide(rules, customer, self.known, ON).status is Status.ELIGIBLE

    def _somebody(self, project: Project) -> JsonObject:
        start = project.initiated_on.isoformat()
        held = [
            {"designation": SOLUTIONS},
            *({"competency": CBA, "area": area, "levels": [self.level]} for area in AREAS),
            *({"area": area, "count": 9} for area in AREAS),
            *({"course": "success-by-design", "part": part, "completedBefore": start} for part in PARTS),
        ]
        return change("attach-qualified-partner", projectId=project.project_id, qualifications=held)

    def _partner_changes(self, projects: list[Project]) -> Iterator[JsonObject]:
        today = ON.isoformat()
        attached = {name: project for project in projects for name in self.customer.partners_of(project)}
        for name in sorted(attached):
            yield change("gain-designation", partnerId=name, designation=SOLUTIONS, validFrom=today)
            for area in AREAS:
                gained = {"competency": CBA, "area": area, "levels": [self.level], "validFrom": today}
                yield change("gain-competency", partnerId=name, **gained)
                yield change("complete-deployments", partnerId=name, area=area, count=9, liveOn=today)
            for part in PARTS:
                done = {"course": "success-by-design", "part": part, "completedOn": today}
                yield change("complete-course", partnerId=name, **done)


@pytest.mark.parametrize("name", ["shipped", *(name for name in OTHERS if name != "levels that exclude each other")])
def test_no_set_of_changes_is_smaller_than_the_smallest_proposed(name: str) -> None:
    criteria = shipped_document()["criteria"] if name == "shipped" else OTHERS[name]
    rules, draw, tried = rule_set(criteria), Random(7), 0
    while tried < 150:
        customer, everyone = random_customer(draw), random_partners(draw)
        own = {name: each for name, each in everyone.items() if name in customer.partner_ids}
        candidates = [each for each in everyone.values() if each.partner_id not in own]
        if decide(rules, customer, own, ON).status is Status.ELIGIBLE:
            continue
        tried += 1
        sets = ways(rules, customer, own, ON, candidates)
        vocabulary = Vocabulary(criteria, customer, own, candidates)
        changes = list({repr(each): each for each in vocabulary.changes()}.values())
        sizes = [len(each["changes"]) for each in sets if each["changes"][0]["action"] != "wait"]
        smaller = min(min(sizes) - 1 if sizes else 2, 3 if len(changes) < 25 else 2)
        for size in range(1, smaller + 1):
            for some in combinations(changes, size):
                found = outcome_with(rules, some, customer, vocabulary.known, ON)
                assert found.status is not Status.ELIGIBLE, f"{some} instead of {sets[:1]}"
        assert sizes, "something can always be done"
