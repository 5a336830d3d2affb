"""Rule sets unlike the shipped one, for what would help: the criteria of each by name."""

from .given import Json, criterion


def spend(amount: str, name: str = "spend") -> Json:
    return criterion("annual-spend-at-least", name, amount=amount)


def competency_held(name: str, *levels: str) -> Json:
    return criterion("competency", name, competency="cloud-business-applications", levels=list(levels))


def designation_held(name: str = "designation") -> Json:
    return criterion("designation", name, designation="solutions-partner-business-applications")


def deployments(count: int, name: str = "deployments") -> Json:
    return criterion("deployments-at-least", name, count=count)


def course(part: str, name: str | None = None) -> Json:
    return criterion("training-before-project", name or part, course="success-by-design", part=part)


def every(name: str, *criteria: Json) -> Json:
    return criterion("all-of", name, criteria=list(criteria))


def either(name: str, *criteria: Json) -> Json:
    return criterion("any-of", name, criteria=list(criteria))


def some_project(name: str, inner: Json) -> Json:
    return criterion("any-project", name, criterion=inner)


def some_partner(name: str, inner: Json) -> Json:
    return criterion("any-partner", name, criterion=inner)


def in_areas(name: str, inner: Json) -> Json:
    area = criterion("any-area", f"{name}-area", criterion=inner)
    return criterion("every-application", f"{name}-application", criterion=area)


COVERS = criterion("covers-eligible-application")


def with_deployments(count: int) -> Json:
    partner = every("partner", in_areas("in", deployments(count)), course("training"))
    return every("root", spend("150000"), some_project("project", every("covered", COVERS, some_partner("p", partner))))


_TWO_LEVELS = either(
    "route",
    every("cheap", spend("100000", "less"), some_project("small", some_partner("q", designation_held()))),
    either(
        "dear",
        spend("500000", "more"),
        every(
            "middle",
            spend("300000", "much"),
            some_project("big", some_partner("r", either("or", course("training"), in_areas("in", deployments(1))))),
        ),
    ),
)
_TWO_PROJECTS = every(
    "both",
    some_project(
        "one", every("one-covered", COVERS, some_partner("p", in_areas("in", competency_held("gold", "gold"))))
    ),
    some_project("two", some_partner("q", every("two-partner", designation_held(), course("knowledge-check")))),
    spend("200000"),
)
_NESTED_OR = every(
    "root",
    some_project(
        "project",
        some_partner(
            "partner",
            either(
                "a",
                every(
                    "b", designation_held("d1"), either("c", course("training"), in_areas("x", deployments(3, "n3")))
                ),
                in_areas(
                    "y",
                    either(
                        "d",
                        competency_held("g", "gold"),
                        every("e", competency_held("gs", "gold", "silver"), deployments(1, "n1")),
                    ),
                ),
            ),
        ),
    ),
)
_EXCLUDING_LEVELS = some_project(
    "project",
    every(
        "both",
        some_partner("p", in_areas("in", competency_held("gold", "gold"))),
        some_partner("q", in_areas("of", either("or", competency_held("silver", "silver"), designation_held()))),
    ),
)
_A_PARTNER_PER_APPLICATION = every(
    "root",
    some_project(
        "project", in_areas("in", some_partner("p", either("or", competency_held("c", "silver"), deployments(2))))
    ),
    either("money", spend("400000", "dear"), some_project("other", COVERS)),
)
_MONEY_IN_A_PARTNER = some_project(
    "project",
    some_partner(
        "p", either("or", every("a", designation_held(), spend("300000")), in_areas("in", competency_held("c", "gold")))
    ),
)
_TWICE = every(
    "root",
    spend("100000", "some"),
    either("or", spend("300000", "much"), some_project("small", COVERS | {"id": "small-covered"})),
    some_project(
        "project",
        some_partner("p", every("both", in_areas("in", deployments(1, "n1")), in_areas("of", deployments(3, "n3")))),
    ),
)

OTHERS: dict[str, Json] = {
    "spend alone": spend("300000"),
    "spend or a project": either("or", spend("300000"), some_project("project", COVERS)),
    **{f"{count} deployments": with_deployments(count) for count in (1, 2, 3, 4)},
    "alternatives on two levels": _TWO_LEVELS,
    "two projects": _TWO_PROJECTS,
    "nested alternatives": _NESTED_OR,
    "levels that exclude each other": _EXCLUDING_LEVELS,
    "a partner for each application": _A_PARTNER_PER_APPLICATION,
    "money asked beside a partner": _MONEY_IN_A_PARTNER,
    "amounts and counts asked for twice": _TWICE,
}
