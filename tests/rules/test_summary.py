"""The summary: facts in, lines for people out. Alternatives are written under their line, each with a dash."""

from collections.abc import Iterator
from datetime import date

import pytest

from shared.domain.decision import JsonObject, Outcome, Status
from shared.own_json import compact_bytes
from shared.rules.rule_set import RuleSet, decide, explain
from shared.rules.summary import MAX_BYTES, MOST_LINES, Summary, summary_of

from .given import (
    CE,
    ON,
    Json,
    attachment,
    competency,
    criterion,
    customer,
    deployment,
    designation,
    for_each_partner,
    for_each_project,
    granted,
    in_each_area,
    licence,
    partner,
    project,
    read,
    rule_set,
    trained,
    training,
)

RULES = rule_set()
MARKS = {"met": "+", "unmet": "x", "unknown": "?"}


def summary(rules: RuleSet, customer_facts: Json, *partners: Json, on: date = ON) -> Summary:
    facts = read(customer_facts, *partners)
    return summary_of(rules, explain(rules, *facts, on), decide(rules, *facts, on), on)


def written(lines: list[JsonObject], indent: str = "") -> Iterator[str]:
    for each in lines:
        yield f"{indent}{MARKS[each['verdict']]} {each['text']}"
        for together in each.get("oneOf", ()):
            first, *others = written(together, "    ")
            yield from (f"{indent}  - {first.strip()}", *(f"{indent}{other}" for other in others))


def said(rules: RuleSet, customer_facts: Json, *partners: Json) -> list[str]:
    found = summary(rules, customer_facts, *partners)
    more = [f"... {found.omitted} more"] if found.omitted else []
    return [*written(found.lines), *more]


CBA = "Cloud Business Applications competency"
IN_FO, IN_CE = "in finance and operations", "in customer engagement"
SPBA = "Solutions Partner for Business Applications designation"
OPEN = "Open project with a qualified partner"
ROUTES = "Competency or Solutions Partner with deployments"
SPENT = "+ Annual spend on new deployments: USD 300,000, at least 300,000 needed"
FINANCE = "+ Eligible application in the project: finance"
GOLD = f"+ P-1: gold {CBA} {IN_FO}"
TRAINED = "+ P-1: Success by Design training completed on 1 Jun 2025"
CHECK = "Success by Design knowledge check"
CHECKED = "+ P-1: Success by Design knowledge check completed on 1 Jun 2025"
ENOUGH = [SPENT, FINANCE, TRAINED, CHECKED]
NOT_J1 = f"x Not eligible. Not met: {OPEN} (J-1)"
NO_SPBA = [f"  - x P-1: no {SPBA}", f"    x P-1: 0 of the 2 eligible customer deployments needed {IN_FO}"]
NO_MONEY = "x Not eligible. Not met: Annual spend on new deployments"
SHORT = "Annual spend on new deployments: USD"


def lacking(*first: str, routes: list[str] = NO_SPBA) -> list[str]:
    """A customer that has all but its partner's competency or the way round it."""
    return [NOT_J1, f"x {ROUTES} {IN_FO}: one of these 2 is needed", *first, *routes, *ENOUGH]


MONEY: list[tuple[str, list[Json], list[str]]] = [
    (
        "money is written with separators",
        [licence(annualAmount="184000.00")],
        [f"x {SHORT} 184,000 of the 300,000 needed"],
    ),
    (
        "cents are written where there are any",
        [licence(annualAmount="299999.99")],
        [f"x {SHORT} 299,999.99 of the 300,000 needed"],
    ),
    (
        "an amount that falls short by less than a cent is not shown as enough",
        [licence(currency="EUR", annualAmount="277777.77")],
        [f"x {SHORT} 299,999.99 of the 300,000 needed"],
    ),
    ("no licence is no spend", [], [f"x {SHORT} 0 of the 300,000 needed"]),
    (
        "a renewal is named",
        [licence(newDeployment=False)],
        [f"x {SHORT} 0 of the 300,000 needed; not counted: L-1 (renewal)"],
    ),
    (
        "an application that is not listed is named",
        [licence(application="business-central")],
        [f"x {SHORT} 0 of the 300,000 needed; not counted: L-1 (business-central is not an eligible application)"],
    ),
    (
        "a licence that ended is said to have ended",
        [licence(endsOn="2026-02-28")],
        [f"x {SHORT} 0 of the 300,000 needed; not counted: L-1 (ended on 28 Feb 2026)"],
    ),
    (
        "licences of one reason are named together, those that come closest first",
        [licence(licenceId="L-9", endsOn="2026-02-28")]
        + [licence(licenceId=f"L-{each}", newDeployment=False) for each in (2, 1)],
        [f"x {SHORT} 0 of the 300,000 needed; not counted: L-9 (ended on 28 Feb 2026), L-1 and L-2 (renewal)"],
    ),
    (
        "of many licences a few are named",
        [licence(licenceId=f"L-{each}", newDeployment=False) for each in range(30)],
        [f"x {SHORT} 0 of the 300,000 needed; not counted: L-0, L-1, L-10, L-11 and L-12 (renewal), 25 more"],
    ),
]


@pytest.mark.parametrize(("sentence", "licences", "expected"), MONEY, ids=[case[0] for case in MONEY])
def test_a_spend_that_falls_short(sentence: str, licences: list[Json], expected: list[str]) -> None:
    rest = [each if each == NO_MONEY else f"{each} (J-1)" for each in (FINANCE, GOLD, TRAINED, CHECKED)]
    assert said(RULES, customer(licences=licences), partner()) == [NO_MONEY, *expected, *rest]


NO_RATE = licence(currency="SEK")
ONE_PARTNER: list[tuple[str, Json, Json, list[str]]] = [
    (
        "a customer that has all is eligible with its project, and one line says each thing",
        customer(),
        partner(),
        ["+ Eligible with J-1", SPENT, FINANCE, GOLD, TRAINED, CHECKED],
    ),
    (
        "what ends is said with its last day",
        customer(),
        partner(competencies=[competency(validUntil="2027-02-15")], trainings=trained(expiresOn="2026-12-31")),
        [
            "+ Eligible with J-1",
            *(SPENT, FINANCE, f"{GOLD}, until 15 Feb 2027"),
            *(f"{each}, valid until 31 Dec 2026" for each in (TRAINED, CHECKED)),
        ],
    ),
    (
        "the way that was not needed is not said",
        customer(),
        partner(designations=[designation()]),
        ["+ Eligible with J-1", SPENT, FINANCE, GOLD, TRAINED, CHECKED],
    ),
    (
        "the way that did is",
        customer(),
        partner(competencies=[], designations=[designation()], deployments=[deployment(each) for each in range(3)]),
        [
            *("+ Eligible with J-1", SPENT, FINANCE, f"+ P-1: {SPBA}"),
            *(f"+ P-1: 3 eligible customer deployments {IN_FO}, at least 2 needed", TRAINED, CHECKED),
        ],
    ),
    (
        "a partner without either way is offered both",
        customer(),
        partner(competencies=[]),
        lacking(f"  - x P-1: no {CBA} (gold or silver) {IN_FO}"),
    ),
    (
        "gold that was taken away ended on that day",
        customer(),
        partner(competencies=[competency(), competency(level="none", validFrom="2026-02-01")]),
        lacking(f"  - x P-1: gold {CBA} {IN_FO} ended on 31 Jan 2026"),
    ),
    (
        "gold that ran out ended on its last day",
        customer(),
        partner(competencies=[competency(validUntil="2026-02-28")]),
        lacking(f"  - x P-1: gold {CBA} {IN_FO} ended on 28 Feb 2026"),
    ),
    (
        "gold that had run out before it was taken away ended on its last day",
        customer(),
        partner(competencies=[competency(validUntil="2025-12-31"), competency(level="none", validFrom="2026-02-01")]),
        lacking(f"  - x P-1: gold {CBA} {IN_FO} ended on 31 Dec 2025"),
    ),
    (
        "what starts later is said with the day",
        customer(),
        partner(competencies=[competency(level="silver", validFrom="2026-04-01")]),
        lacking(f"  - x P-1: no {CBA} (gold or silver) {IN_FO}; silver starts on 1 Apr 2026"),
    ),
    (
        "so is what ended and starts again",
        customer(),
        partner(competencies=[competency(validUntil="2026-02-28"), competency(validFrom="2026-04-01")]),
        lacking(f"  - x P-1: gold {CBA} {IN_FO} ended on 28 Feb 2026; gold starts on 1 Apr 2026"),
    ),
    (
        "a designation that ran out ended on its last day",
        customer(),
        partner(competencies=[], designations=[designation(validUntil="2026-02-28")]),
        lacking(
            f"  - x P-1: no {CBA} (gold or silver) {IN_FO}",
            routes=[f"  - x P-1: {SPBA} ended on 28 Feb 2026", NO_SPBA[1]],
        ),
    ),
    (
        "a level of none that came after nothing is nothing",
        customer(),
        partner(competencies=[competency(level="none")]),
        lacking(f"  - x P-1: no {CBA} (gold or silver) {IN_FO}"),
    ),
    (
        "gold in another area is none in this one",
        customer(),
        partner(competencies=[competency(area=CE)]),
        lacking(f"  - x P-1: no {CBA} (gold or silver) {IN_FO}"),
    ),
    (
        "of two ways the one that lacks less comes first",
        customer(),
        partner(competencies=[], designations=[designation()], deployments=[deployment()]),
        [
            *(NOT_J1, f"x {ROUTES} {IN_FO}: one of these 2 is needed", f"  - x P-1: no {CBA} (gold or silver) {IN_FO}"),
            f"  - x P-1: 1 of the 2 eligible customer deployments needed {IN_FO}",
            *(SPENT, FINANCE, f"+ P-1: {SPBA}", TRAINED, CHECKED),
        ],
    ),
    (
        "a designation that was revoked ended on that day",
        customer(),
        partner(competencies=[], designations=[designation(), designation(active=False, validFrom="2026-02-01")]),
        lacking(
            f"  - x P-1: no {CBA} (gold or silver) {IN_FO}",
            routes=[f"  - x P-1: {SPBA} ended on 31 Jan 2026", NO_SPBA[1]],
        ),
    ),
    (
        "one that starts later is said with the day",
        customer(),
        partner(competencies=[], designations=[designation(validFrom="2026-04-01")]),
        lacking(
            f"  - x P-1: no {CBA} (gold or silver) {IN_FO}",
            routes=[f"  - x P-1: no {SPBA}; it starts on 1 Apr 2026", NO_SPBA[1]],
        ),
    ),
    (
        "no training before the project is said with its start",
        customer(),
        partner(trainings=[training(part="knowledge-check")]),
        [
            *(NOT_J1, "x P-1: no Success by Design training before the project's start on 1 Apr 2026"),
            *(SPENT, FINANCE, GOLD, CHECKED),
        ],
    ),
    (
        "training that was revoked is none",
        customer(),
        partner(trainings=[training(revoked=True), training(part="knowledge-check")]),
        [
            *(NOT_J1, "x P-1: no Success by Design training before the project's start on 1 Apr 2026"),
            *(SPENT, FINANCE, GOLD, CHECKED),
        ],
    ),
    (
        "training that came too late is said with both days",
        customer(projects=[project(initiatedOn="2026-02-01")]),
        partner(trainings=[training(completedOn="2026-02-01"), training(part="knowledge-check")]),
        [
            NOT_J1,
            "x P-1: Success by Design training completed on 1 Feb 2026, not before the project's start on 1 Feb 2026",
            *(SPENT, FINANCE, GOLD, CHECKED),
        ],
    ),
    (
        "training that expired is said to have expired",
        customer(),
        partner(trainings=[training(expiresOn="2026-02-28"), training(part="knowledge-check")]),
        [NOT_J1, "x P-1: Success by Design training expired on 28 Feb 2026", SPENT, FINANCE, GOLD, CHECKED],
    ),
    (
        "training that is still to be completed is said with the day",
        customer(),
        partner(trainings=[training(completedOn="2026-03-20"), training(part="knowledge-check")]),
        [
            *(NOT_J1, "x P-1: no Success by Design training yet; one is dated 20 Mar 2026"),
            *(SPENT, FINANCE, GOLD, CHECKED),
        ],
    ),
    (
        "two things that are both needed are two lines",
        customer(),
        partner(trainings=[]),
        [
            NOT_J1,
            "x P-1: no Success by Design training before the project's start on 1 Apr 2026",
            "x P-1: no Success by Design knowledge check before the project's start on 1 Apr 2026",
            *(SPENT, FINANCE, GOLD),
        ],
    ),
    (
        "without a project there is nothing to say of partners",
        customer(projects=[], attachments=[]),
        partner(),
        [f"x Not eligible. Not met: {OPEN}", "x No planned or active project", SPENT],
    ),
    (
        "a project that is over is none",
        customer(projects=[project(status="completed")]),
        partner(),
        [f"x Not eligible. Not met: {OPEN}", "x No planned or active project", SPENT],
    ),
    (
        "a project without a partner says so",
        customer(attachments=[]),
        partner(),
        [NOT_J1, "x No partner attached", SPENT, FINANCE],
    ),
    (
        "an application that is not listed is said once, not once more of the partner",
        customer(projects=[project(applications=["excel"])]),
        partner(),
        [NOT_J1, "x No eligible application in the project", SPENT, TRAINED, CHECKED],
    ),
    (
        "two things that decide are both in the headline",
        customer(licences=[], attachments=[]),
        partner(),
        [
            f"x Not eligible. Not met: Annual spend on new deployments; {OPEN} (J-1)",
            *(f"x {SHORT} 0 of the 300,000 needed", "x No partner attached", FINANCE),
        ],
    ),
    (
        "what cannot be decided is no refusal, and says what is not known",
        customer(licences=[licence(annualAmount="180000"), licence(licenceId="L-2", currency="SEK")]),
        partner(),
        [
            "? Cannot be decided. Not known: Annual spend on new deployments",
            f"? {SHORT} 180,000 of the 300,000 needed; not counted: L-2 (no exchange rate for SEK)",
            *(f"{each} (J-1)" for each in (FINANCE, GOLD, TRAINED, CHECKED)),
        ],
    ),
    (
        "what is not known beside what is missing decides nothing, and is still said",
        customer(licences=[NO_RATE], attachments=[]),
        partner(),
        [
            NOT_J1,
            "x No partner attached",
            f"? {SHORT} 0 of the 300,000 needed; not counted: L-1 (no exchange rate for SEK)",
            FINANCE,
        ],
    ),
    (
        "what does not count is not said where the rest is enough",
        customer(licences=[licence(), licence(licenceId="L-2", newDeployment=False)]),
        partner(),
        ["+ Eligible with J-1", SPENT, FINANCE, GOLD, TRAINED, CHECKED],
    ),
    (
        "an application that has two areas has the ways of both",
        customer(projects=[project(applications=["project-operations"])]),
        partner(
            competencies=[], designations=[designation()], deployments=[deployment(1, area=CE), deployment(2, area=CE)]
        )
        | {"trainings": []},
        [
            NOT_J1,
            "x P-1: no Success by Design training before the project's start on 1 Apr 2026",
            "x P-1: no Success by Design knowledge check before the project's start on 1 Apr 2026",
            *(SPENT, "+ Eligible application in the project: project-operations"),
            *(f"+ P-1: {SPBA}", f"+ P-1: 2 eligible customer deployments {IN_CE}, at least 2 needed"),
        ],
    ),
    (
        "two applications of one area ask for the same, once",
        customer(projects=[project(applications=["finance", "commerce"])]),
        partner(competencies=[]),
        [
            *(
                NOT_J1,
                f"x {ROUTES} {IN_FO}: one of these 2 is needed",
                f"  - x P-1: no {CBA} (gold or silver) {IN_FO}",
                *NO_SPBA,
            ),
            *(SPENT, "+ Eligible application in the project: finance and commerce", TRAINED, CHECKED),
        ],
    ),
    (
        "two applications of two areas ask for each area, by its name",
        customer(projects=[project(applications=["finance", "sales"])]),
        partner(),
        [
            *(NOT_J1, f"x {ROUTES} {IN_CE}: one of these 2 is needed"),
            *(f"  - x P-1: no {CBA} (gold or silver) {IN_CE}", NO_SPBA[0], NO_SPBA[1].replace(IN_FO, IN_CE)),
            *(SPENT, "+ Eligible application in the project: finance and sales", GOLD, TRAINED, CHECKED),
        ],
    ),
    (
        "of two areas without anything each has a choice of its own",
        customer(projects=[project(applications=["finance", "sales"])]),
        partner(competencies=[]),
        [
            NOT_J1,
            f"x {ROUTES} {IN_FO}: one of these 2 is needed",
            f"  - x P-1: no {CBA} (gold or silver) {IN_FO}",
            *NO_SPBA,
            f"x {ROUTES} {IN_CE}: one of these 2 is needed",
            f"  - x P-1: no {CBA} (gold or silver) {IN_CE}",
            *(NO_SPBA[0], NO_SPBA[1].replace(IN_FO, IN_CE)),
            *(SPENT, "+ Eligible application in the project: finance and sales", TRAINED, "... 1 more"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("sentence", "facts", "implementer", "expected"), ONE_PARTNER, ids=[case[0] for case in ONE_PARTNER]
)
def test_a_customer_with_one_project(sentence: str, facts: Json, implementer: Json, expected: list[str]) -> None:
    assert said(RULES, facts, implementer) == expected


def projects(count: int, **data: object) -> list[Json]:
    return [project(projectId=f"J-{number:02}", **data) for number in range(1, count + 1)]


TWELVE = projects(12)
EVERYWHERE = [attachment(projectId=None)]
THREE = [attachment(partnerId=f"P-{each}", projectId=None) for each in (1, 2, 3)]
EACH = "J-01 and J-02, each with its own partner"
NOT_12 = f"x Not eligible. Not met: {OPEN} (12 projects, one is enough)"
SEVERAL: list[tuple[str, Json, list[Json], list[str]]] = [
    (
        "two eligible projects are named, and what holds for both is said once",
        customer(projects=projects(2), attachments=EVERYWHERE),
        [partner()],
        [
            *("+ Eligible with J-01 and J-02", SPENT),
            *(f"{each} (J-01 and J-02)" for each in (FINANCE, GOLD, TRAINED, CHECKED)),
        ],
    ),
    (
        "of twelve a few are named, and what holds for all is said once",
        customer(projects=TWELVE, attachments=EVERYWHERE),
        [partner()],
        [
            *("+ Eligible with J-01, J-02, J-03 and 9 more", SPENT),
            *(f"{each} (12 projects)" for each in (FINANCE, GOLD, TRAINED, CHECKED)),
        ],
    ),
    (
        "of an eligible customer the project that is not says nothing",
        customer(projects=[project(), project(projectId="J-2", applications=["excel"])], attachments=EVERYWHERE),
        [partner()],
        ["+ Eligible with J-1", SPENT, FINANCE, GOLD, TRAINED, CHECKED],
    ),
    (
        "of two partners that both qualify one is said",
        customer(attachments=THREE[:2]),
        [partner(), partner("P-2")],
        ["+ Eligible with J-1", SPENT, FINANCE, GOLD, TRAINED, CHECKED],
    ),
    (
        "a partner that does not qualify says nothing beside one that does",
        customer(attachments=THREE[:2]),
        [partner(trainings=[]), partner("P-2")],
        ["+ Eligible with J-1", SPENT, FINANCE, *(each.replace("P-1", "P-2") for each in (GOLD, TRAINED, CHECKED))],
    ),
    (
        "of twelve projects that lack the same it is said once",
        customer(projects=TWELVE, attachments=EVERYWHERE),
        [partner(competencies=[])],
        [
            *(NOT_12, f"x {ROUTES} {IN_FO} (12 projects): one of these 2 is needed"),
            *(f"  - x P-1: no {CBA} (gold or silver) {IN_FO}", *NO_SPBA),
            *(SPENT, f"{FINANCE} (12 projects)", f"{TRAINED} (12 projects)", f"{CHECKED} (12 projects)"),
        ],
    ),
    (
        "of three partners that lack the same it is said once",
        customer(attachments=THREE),
        [partner(trainings=[]), partner("P-2", trainings=[]), partner("P-3", trainings=[])],
        [
            NOT_J1,
            "x P-1, P-2 and P-3: no Success by Design training before the project's start on 1 Apr 2026",
            "x P-1, P-2 and P-3: no Success by Design knowledge check before the project's start on 1 Apr 2026",
            *(SPENT, FINANCE, f"+ P-1, P-2 and P-3: gold {CBA} {IN_FO}"),
        ],
    ),
    (
        "partners that lack different things are alternatives",
        customer(attachments=THREE[:2]),
        [partner(trainings=[training(part="knowledge-check")]), partner("P-2", trainings=[training()])],
        [
            *(NOT_J1, "x Qualified implementation partner: one of these 2 is needed"),
            "  - x P-1: no Success by Design training before the project's start on 1 Apr 2026",
            "  - x P-2: no Success by Design knowledge check before the project's start on 1 Apr 2026",
            *(SPENT, FINANCE, f"+ P-1 and P-2: gold {CBA} {IN_FO}"),
            *(CHECKED, "+ P-2: Success by Design training completed on 1 Jun 2025"),
        ],
    ),
    (
        "projects that lack different things are alternatives, and which day each starts is left out where they differ",
        customer(
            projects=[*projects(2), project(projectId="J-03", initiatedOn="2026-05-01"), project(projectId="J-04")],
            attachments=[attachment(projectId=f"J-0{each}") for each in (1, 2, 3)],
        ),
        [partner(trainings=[training(part="knowledge-check")])],
        [
            f"x Not eligible. Not met: {OPEN} (4 projects, one is enough)",
            f"x {OPEN}: one of these 2 is needed",
            "  - x P-1: no Success by Design training before the project's start (J-01, J-02 and J-03)",
            "  - x No partner attached (J-04)",
            *(SPENT, f"{FINANCE} (4 projects)", f"{GOLD} (J-01, J-02 and J-03)", f"{CHECKED} (J-01, J-02 and J-03)"),
        ],
    ),
    (
        "different partners of different projects that lack the same are one line, which says that each is of its own",
        customer(
            projects=projects(2),
            attachments=[attachment(projectId="J-01"), attachment(partnerId="P-2", projectId="J-02")],
        ),
        [partner(trainings=[training()]), partner("P-2", trainings=[training()])],
        [
            f"x Not eligible. Not met: {OPEN} (2 projects, one is enough)",
            f"x P-1 and P-2: no {CHECK} before the project's start on 1 Apr 2026 ({EACH})",
            *(
                SPENT,
                f"{FINANCE} (J-01 and J-02)",
                f"+ P-1 and P-2: gold {CBA} {IN_FO} ({EACH})",
            ),
            f"+ P-1 and P-2: Success by Design training completed on 1 Jun 2025 ({EACH})",
        ],
    ),
    (
        "twelve projects with three partners that lack different things take twelve lines, and the rest is counted",
        customer(licences=[], projects=TWELVE, attachments=THREE),
        [
            partner(competencies=[]),
            partner("P-2", trainings=[]),
            partner("P-3", competencies=[], designations=[designation()], trainings=trained(completedOn="2026-02-02")),
        ],
        [
            f"x Not eligible. Not met: Annual spend on new deployments; {OPEN} (12 projects, one is enough)",
            f"x {SHORT} 0 of the 300,000 needed",
            "x Qualified implementation partner (12 projects): one of these 4 is needed",
            f"  - x P-1 and P-3: no {CBA} (gold or silver) {IN_FO}",
            f"  - x P-3: 0 of the 2 eligible customer deployments needed {IN_FO}",
            *NO_SPBA,
            "  - x P-2: no Success by Design training before the project's start on 1 Apr 2026",
            "    x P-2: no Success by Design knowledge check before the project's start on 1 Apr 2026",
            f"{FINANCE} (12 projects)",
            "+ P-1 and P-3: Success by Design training completed (12 projects)",
            "+ P-1 and P-3: Success by Design knowledge check completed (12 projects)",
            "... 24 more",
        ],
    ),
]


@pytest.mark.parametrize(("sentence", "facts", "partners", "expected"), SEVERAL, ids=[case[0] for case in SEVERAL])
def test_a_customer_with_several_projects_or_partners(
    sentence: str, facts: Json, partners: list[Json], expected: list[str]
) -> None:
    assert said(RULES, facts, *partners) == expected


def spend(name: str, amount: str) -> Json:
    return criterion("annual-spend-at-least", name, amount=amount)


def either(*criteria: Json, name: str = "either") -> Json:
    return criterion("any-of", name, criteria=list(criteria))


def both(*criteria: Json, name: str = "both") -> Json:
    return criterion("all-of", name, criteria=list(criteria))


HELD = criterion("competency", "held", competency="cloud-business-applications", levels=["gold"])
SILVER = partner(competencies=[competency(level="silver")])
POOR = customer(licences=[licence(annualAmount="5")])
EXCEPTION = criterion("exception")
OTHER_RULES: list[tuple[str, Json, Json, Json, list[str]]] = [
    (
        "a rule set of one criterion has it in the headline",
        spend("a", "10"),
        POOR,
        partner(),
        ["x Not eligible. Not met: Title of a", "x Title of a: USD 5 of the 10 needed"],
    ),
    (
        "one that needs no project is eligible with none",
        spend("a", "1"),
        POOR,
        partner(),
        ["+ Eligible", "+ Title of a: USD 5, at least 1 needed"],
    ),
    (
        "of two ways the first that is met is said",
        either(spend("a", "10"), spend("b", "5"), spend("c", "1")),
        POOR,
        partner(),
        ["+ Eligible", "+ Title of b: USD 5, at least 5 needed"],
    ),
    (
        "a real choice is kept",
        either(spend("a", "10"), spend("b", "20")),
        POOR,
        partner(),
        [
            *("x Not eligible. Not met: Title of either", "x Title of either: one of these 2 is needed"),
            *("  - x Title of a: USD 5 of the 10 needed", "  - x Title of b: USD 5 of the 20 needed"),
        ],
    ),
    (
        "a choice in a choice is one choice",
        either(spend("a", "10"), either(spend("b", "20"), spend("c", "30"), name="inner")),
        POOR,
        partner(),
        [
            *("x Not eligible. Not met: Title of either", "x Title of either: one of these 3 is needed"),
            *(
                "  - x Title of a: USD 5 of the 10 needed",
                "  - x Title of b: USD 5 of the 20 needed",
                "  - x Title of c: USD 5 of the 30 needed",
            ),
        ],
    ),
    (
        "a choice of one is that one",
        either(both(either(spend("a", "10")))) | {"id": "outer"},
        POOR,
        partner(),
        ["x Not eligible. Not met: Title of either", "x Title of a: USD 5 of the 10 needed"],
    ),
    (
        "a choice inside what all is needed of an alternative stays inside it",
        either(both(spend("a", "10"), either(spend("b", "20"), spend("c", "30"), name="inner")), spend("d", "40")),
        POOR,
        partner(),
        [
            *("x Not eligible. Not met: Title of either", "x Title of either: one of these 2 is needed"),
            *("  - x Title of d: USD 5 of the 40 needed", "  - x Title of a: USD 5 of the 10 needed"),
            *("    x Title of inner: one of these 2 is needed", "      - x Title of b: USD 5 of the 20 needed"),
            "      - x Title of c: USD 5 of the 30 needed",
        ],
    ),
    (
        "a choice of very many leaves room for what else decided",
        both(either(*(spend(f"a{each}", "10") for each in range(20))), spend("b", "20")),
        POOR,
        partner(),
        [
            *(
                "x Not eligible. Not met: Title of either; Title of b",
                "x Title of either: one of 20 is needed, such as",
            ),
            *(f"  - x Title of a{each}: USD 5 of the 10 needed" for each in range(9)),
            *("x Title of b: USD 5 of the 20 needed", "... 11 more"),
        ],
    ),
    (
        "of ways that are not known those that are refused are not said",
        either(spend("a", "10"), for_each_project(criterion("covers-eligible-application"))),
        customer(licences=[NO_RATE], projects=[]),
        partner(),
        [
            "? Cannot be decided. Not known: Title of either",
            "? Title of a: USD 0 of the 10 needed; not counted: L-1 (no exchange rate for SEK)",
        ],
    ),
    (
        "who is eligible by exception is said to be so, until when, why and by whom, and what it overrides",
        either(EXCEPTION, spend("a", "10")),
        POOR | {"exceptions": [granted(validUntil="2027-03-31", reason="a strategic customer")]},
        partner(),
        [
            "+ Eligible by exception",
            "+ By exception until 31 Mar 2027: a strategic customer, approved by Ada Lovelace",
            "x Title of a: USD 5 of the 10 needed",
        ],
    ),
    (
        "of several things that it overrides all are said, as a choice if one is enough",
        either(EXCEPTION, both(spend("a", "10"), spend("b", "20")), spend("c", "30")),
        POOR | {"exceptions": [granted()]},
        partner(),
        [
            "+ Eligible by exception",
            "+ By exception until 31 Dec 2026: agreed, approved by Ada Lovelace",
            *("x Title of either: one of these 2 is needed", "  - x Title of c: USD 5 of the 30 needed"),
            *("  - x Title of a: USD 5 of the 10 needed", "    x Title of b: USD 5 of the 20 needed"),
        ],
    ),
    (
        "an exception that is not needed is not said",
        either(EXCEPTION, spend("a", "1")),
        POOR | {"exceptions": [granted()]},
        partner(),
        ["+ Eligible", "+ Title of a: USD 5, at least 1 needed"],
    ),
    (
        "nobody is told to have an exception",
        either(EXCEPTION, both(spend("a", "10"), spend("b", "1"))),
        POOR,
        partner(),
        [
            "x Not eligible. Not met: Title of a",
            "x Title of a: USD 5 of the 10 needed",
            "+ Title of b: USD 5, at least 1 needed",
        ],
    ),
    (
        "one that ended is said to have ended",
        either(EXCEPTION, spend("a", "10")),
        POOR | {"exceptions": [granted(validUntil="2026-02-28")]},
        partner(),
        [
            *("x Not eligible. Not met: Title of either", "x Title of either: one of these 2 is needed"),
            *("  - x No exception holds: the last ended on 28 Feb 2026", "  - x Title of a: USD 5 of the 10 needed"),
        ],
    ),
    (
        "one that starts later is said to start",
        EXCEPTION,
        POOR | {"exceptions": [granted(validFrom="2026-05-01"), granted(exceptionId="E-2", validUntil="2026-01-31")]},
        partner(),
        [
            "x Not eligible. Not met: Title of exception",
            "x No exception holds: the last ended on 31 Jan 2026, the next starts on 1 May 2026",
        ],
    ),
    (
        "a long reason is cut so that who approved it is said",
        EXCEPTION,
        POOR | {"exceptions": [granted(reason="r" * 200, approvedBy="n" * 200)]},
        partner(),
        [
            "+ Eligible by exception",
            f"+ By exception until 31 Dec 2026: {'r' * 67}..., approved by {'n' * 37}...",
        ],
    ),
    (
        "silver where gold is needed is said as what it is",
        in_each_area(HELD),
        customer(),
        SILVER,
        [
            "x Not eligible. Not met: Title of project (J-1)",
            f"x P-1: silver {CBA} {IN_FO}, but gold is needed",
        ],
    ),
    (
        "gold that became silver ended",
        in_each_area(HELD),
        customer(),
        partner(competencies=[competency(), competency(level="silver", validFrom="2026-02-01")]),
        [
            "x Not eligible. Not met: Title of project (J-1)",
            f"x P-1: gold {CBA} {IN_FO} ended on 31 Jan 2026",
        ],
    ),
    (
        "what every application needs is said of each area once",
        in_each_area(HELD),
        customer(projects=[project(applications=["finance", "sales", "marketing"])]),
        SILVER,
        [
            "x Not eligible. Not met: Title of project (J-1)",
            f"x P-1: silver {CBA} {IN_FO}, but gold is needed",
            f"x P-1: no {CBA} (gold) {IN_CE}",
        ],
    ),
    (
        "money asked for inside a project is not said of projects",
        for_each_project(spend("a", "10")),
        customer(licences=POOR["licences"], projects=projects(3)),
        partner(),
        [
            "x Not eligible. Not met: Title of project (3 projects, one is enough)",
            "x Title of a: USD 5 of the 10 needed",
        ],
    ),
    (
        "a designation alone is asked of each partner",
        for_each_partner(criterion("designation", designation="solutions-partner-business-applications")),
        customer(attachments=THREE),
        partner(designations=[]),
        [
            "x Not eligible. Not met: Title of project (J-1)",
            f"x P-1, P-2 and P-3: no {SPBA}",
        ],
    ),
    (
        "more partners than are named are counted",
        for_each_partner(criterion("designation", designation="solutions-partner-business-applications")),
        customer(attachments=[attachment(partnerId=f"P-{each}") for each in range(1, 6)]),
        partner(),
        ["x Not eligible. Not met: Title of project (J-1)", f"x 5 partners: no {SPBA}"],
    ),
]


@pytest.mark.parametrize(
    ("sentence", "criteria", "facts", "implementer", "expected"), OTHER_RULES, ids=[case[0] for case in OTHER_RULES]
)
def test_other_rules(sentence: str, criteria: Json, facts: Json, implementer: Json, expected: list[str]) -> None:
    assert said(rule_set(criteria), facts, implementer) == expected


WHYS: list[tuple[str, Json, list[Json], str]] = [
    ("the eligible with their projects", customer(), [partner()], "Eligible with J-1"),
    ("one thing as it is", customer(licences=POOR["licences"]), [partner()], f"{SHORT} 5 of the 300,000 needed"),
    ("with the project that it is about", customer(attachments=[]), [], "No partner attached (J-1)"),
    (
        "with how many more there are",
        customer(licences=[], projects=[]),
        [],
        f"{SHORT} 0 of the 300,000 needed, and 1 more",
    ),
    (
        "that it cannot be decided, which is no refusal",
        customer(licences=[NO_RATE]),
        [partner()],
        f"Cannot be decided: {SHORT} 0 of the 300,000 needed; not counted: L-1 (no exchange rate for SEK)",
    ),
    (
        "of a choice the first and how many others",
        customer(),
        [partner(competencies=[competency(validUntil="2026-02-28")])],
        f"P-1: gold {CBA} {IN_FO} ended on 28 Feb 2026 (J-1), or 1 other way",
    ),
]


@pytest.mark.parametrize(("what", "facts", "partners", "expected"), WHYS, ids=[case[0] for case in WHYS])
def test_in_one_line_it_says(what: str, facts: Json, partners: list[Json], expected: str) -> None:
    found = summary(RULES, facts, *partners)
    assert found.why == expected


def test_a_line_names_a_few_of_those_it_is_about_and_counts_the_rest() -> None:
    found = summary(RULES, customer(projects=TWELVE, attachments=THREE), partner(), partner("P-2"), partner("P-3"))
    subjects = [each.get("subject") for each in found.lines]
    twelve = {"projects": ["J-01", "J-02", "J-03"], "projectsOmitted": 9}
    assert subjects == [twelve, None, twelve, *([{**twelve, "partners": ["P-1"]}] * 3)]


def test_of_a_tree_that_is_cut_it_says_how_many_more_there_are() -> None:
    many = customer(projects=projects(60), attachments=EVERYWHERE)
    facts = read(many, partner(competencies=[]))
    whole, cut = (explain(RULES, *facts, ON, most) for most in (2_000, 100))
    outcome = Outcome(Status.INELIGIBLE)
    lines, fewer = (summary_of(RULES, tree, outcome, ON) for tree in (whole, cut))
    assert fewer.lines[0] == lines.lines[0]
    assert (lines.omitted, fewer.omitted > 100) == (0, True)


def test_a_summary_is_a_few_short_lines_whatever_the_titles() -> None:
    """The longest titles, of four-byte characters, with the longest ids."""
    spends = [spend(f"s{number}", "1") | {"title": f"{number:02}" + "\U0001f600" * 198} for number in range(60)]
    found = summary(rule_set(both(*spends)), customer(licences=[]))
    assert len(found.lines) <= MOST_LINES
    assert all(len(each["text"]) == 160 for each in found.lines)
    assert len(found.lines) - 1 + found.omitted == 60
    assert len(compact_bytes(found.lines)) <= MAX_BYTES


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = customer(projects=TWELVE, attachments=THREE)
    shuffled = customer(projects=TWELVE[::-1], attachments=THREE[::-1])
    partners = [partner(competencies=[]), partner("P-2", trainings=[]), partner("P-3")]
    assert summary(RULES, facts, *partners) == summary(RULES, shuffled, *partners[::-1])
