"""Random facts and rule sets: few ids and a few weeks of days, so that things meet, and dates fall on edges."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from .given import CE, FO, Json, criterion, shipped_document

FIRST = date(2026, 2, 20)
_DAYS = 30
days = st.integers(0, _DAYS).map(lambda number: FIRST + timedelta(days=number))
_day = days.map(date.isoformat)
_last_day = st.none() | _day | st.just("9999-12-31")
_areas = st.sampled_from([CE, FO])
_applications = st.sampled_from(["finance", "sales", "project-operations", "business-central"])
_amounts = st.sampled_from(["0", "0.01", "149999.99", "150000", "277777.77", "277777.78", "300000"])
_partners = st.sampled_from(["P-1", "P-2", "P-3"])
_projects = st.sampled_from(["J-1", "J-2"])


def _facts(most: int, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Json]]:
    return st.lists(st.fixed_dictionaries(members), max_size=most)


def _registers(facts: st.SearchStrategy[list[Json]], *key: str) -> st.SearchStrategy[list[Json]]:
    """The last fact of each register only."""
    return facts.map(lambda found: list({tuple(each[name] for name in key): each for each in found}.values()))


licences = _facts(
    3,
    licenceId=st.sampled_from(["L-1", "L-2"]),
    application=_applications,
    annualAmount=_amounts,
    currency=st.sampled_from(["USD", "USD", "EUR", "SEK"]),
    newDeployment=st.sampled_from([True, True, False]),
    endsOn=_last_day,
)
projects = _facts(
    3,
    projectId=_projects,
    applications=st.lists(_applications, min_size=1, max_size=3),
    initiatedOn=_day,
    status=st.sampled_from(["planned", "active", "active", "completed", "cancelled"]),
)
attachments = _facts(4, partnerId=_partners, projectId=st.none() | _projects, attached=st.booleans())
exceptions = _facts(
    3,
    exceptionId=st.sampled_from(["X-1", "X-2"]),
    reason=st.sampled_from(["agreed", "line\u2028end", "x" * 200]),
    approvedBy=st.sampled_from(["Ada Lovelace", "y" * 200]),
    validFrom=_day,
    validUntil=_day | st.just("9999-12-31"),
    revoked=st.sampled_from([False, False, True]),
)
customers: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "licences": _registers(licences, "licenceId"),
        "projects": _registers(projects, "projectId"),
        "attachments": _registers(attachments, "partnerId", "projectId"),
        "exceptions": _registers(exceptions, "exceptionId"),
    }
)
competencies = _facts(
    5,
    competency=st.just("cloud-business-applications"),
    area=_areas,
    level=st.sampled_from(["gold", "silver", "none"]),
    validFrom=_day,
    validUntil=_last_day,
)
designations = _facts(
    3,
    designation=st.just("solutions-partner-business-applications"),
    active=st.sampled_from([True, True, False]),
    validFrom=_day,
    validUntil=_last_day,
)
deployments = _facts(
    4,
    deploymentId=st.sampled_from("ABCD"),
    area=_areas,
    liveOn=_day,
    eligible=st.sampled_from([True, True, False]),
)
trainings = _facts(
    4,
    course=st.just("success-by-design"),
    part=st.sampled_from(["training", "knowledge-check"]),
    learnerId=st.sampled_from(["A-1", "A-2"]),
    completedOn=_day,
    expiresOn=_last_day,
    revoked=st.sampled_from([False, False, True]),
)
partner_facts = st.fixed_dictionaries(
    {
        "competencies": _registers(competencies, "area", "validFrom"),
        "designations": _registers(designations, "validFrom"),
        "deployments": _registers(deployments, "deploymentId"),
        "trainings": _registers(trainings, "part", "learnerId", "completedOn"),
    }
)
partners = st.lists(partner_facts, max_size=3).map(
    lambda found: [{"partnerId": f"P-{number}"} | each for number, each in enumerate(found, 1)]
)

_SETS = {
    "any-project": "project",
    "any-partner": "partner",
    "every-application": "application",
    "any-area": "area",
}
_EXCEPTION = criterion("exception")
"""Allowed where no project is current."""
_LEAVES: list[tuple[set[str], Json]] = [
    (set(), criterion("annual-spend-at-least", amount="300000")),
    ({"project"}, criterion("covers-eligible-application")),
    ({"partner", "area"}, criterion("competency", competency="cloud-business-applications", levels=["gold"])),
    ({"partner"}, criterion("designation", designation="solutions-partner-business-applications")),
    ({"partner", "area"}, criterion("deployments-at-least", count=2)),
    ({"partner"}, criterion("training-before-project", course="success-by-design", part="training")),
]


@st.composite
def criteria(draw: st.DrawFn) -> Json:
    """A tree of criteria, each where its context exists."""
    numbers = iter(range(1000))

    def tree(around: frozenset[str], room: int) -> Json:
        kinds = ["leaf", "leaf", "all-of", "any-of"] if room else ["leaf"]
        if room and "project" not in around:
            kinds += ["any-project"] * 4
        elif room:
            openable = {"any-partner", "every-application"} | ({"any-area"} if "application" in around else set())
            kinds += sorted(each for each in openable if _SETS[each] not in around) * 3
        kind = draw(st.sampled_from(kinds))
        name = f"c{next(numbers)}"
        if kind == "leaf":
            allowed = [leaf for needs, leaf in _LEAVES if needs <= around]
            leaf = draw(st.sampled_from(allowed if "project" in around else [*allowed, _EXCEPTION]))
            return leaf | {"id": name}
        if kind in _SETS:
            return criterion(kind, name, criterion=tree(around | {_SETS[kind]}, room - 1))
        count = draw(st.integers(1, 3))
        return criterion(kind, name, criteria=[tree(around, room - 1) for _ in range(count)])

    return tree(frozenset(), 7)


def _document(root: Json, steps: list[int] | None) -> Json:
    """Of few days, some of which a walk goes beyond, and some not."""
    without = {name: each for name, each in shipped_document().items() if name != "warnDaysBefore"}
    return without | {"criteria": root} | ({} if steps is None else {"warnDaysBefore": steps})


_steps = st.sampled_from([None, [], [1], [7], [9, 4, 2], [20, 10, 5, 3, 1], [366, 30]])


def _with_exceptions() -> Json:
    """The shipped rule set, for who has an exception without any of it."""
    return criterion("any-of", "either", criteria=[_EXCEPTION | {"id": "granted"}, shipped_document()["criteria"]])


_criteria = st.one_of(criteria(), st.builds(lambda: shipped_document()["criteria"]), st.builds(_with_exceptions))
documents = st.builds(_document, _criteria, _steps)
