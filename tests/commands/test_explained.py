"""The explanation of a decision, line by line, from what the app answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from local.commands.explained import MARKS, PLAIN_MARKS, explained
from shared.api.check import check
from tests.api.asking import CUSTOMER, LICENCE, PARTNER, PROJECT, TRAINING, Json
from tests.world import World

ON = "2026-03-01"
SHORT = CUSTOMER | {"licences": [LICENCE | {"annualAmount": "258000", "endsOn": "2026-12-31"}]}
UNTRAINED = PARTNER | {"trainings": [TRAINING]}


async def lines(question: Json, marks: Mapping[str, str] = MARKS) -> list[str]:
    world = World()
    world.now = datetime(2026, 3, 1, tzinfo=UTC)
    decision = await check(world.ports, {"on": ON} | question)
    assert isinstance(decision, dict)
    return list(explained({**decision, "customerId": "C-1"}, marks))


async def test_an_eligible_customer_is_told_with_projects_reasons_benefits_and_what_was_not_needed() -> None:
    trained = "completed 2026-01-10, needed before 2026-04-01"
    assert await lines({"customer": CUSTOMER, "partners": [PARTNER]}) == [
        "C-1 is eligible on 2026-03-01, by rule set 1, with J-1",
        "",
        "✔ Eligible for FastTrack",
        "   ✔ Annual spend on new deployments (licences L-1): 300000.00 of 300000 USD",
        "   ✔ Open project with a qualified partner",
        "      ✔ Project that FastTrack covers (project J-1)",
        "         ✔ Eligible application in the project: finance",
        "         ✔ Qualified implementation partner",
        "            ✔ Partner qualified for this project (partner P-1)",
        "               ✔ Qualified for every eligible application",
        "                  ✔ Qualified in an area of the application (application finance)",
        "                     ✔ Competency or Solutions Partner with deployments (area finance-and-operations)",
        "                        ✔ Cloud Business Applications competency: gold, from 2025-01-01",
        "                        · Solutions Partner with eligible deployments: not needed",
        f"               ✔ Success by Design training before the project: {trained}",
        f"               ✔ Success by Design knowledge check before the project: {trained}",
        "",
        "Benefits:",
        "   Solution Blueprint review",
        "   Go-live Readiness review",
        "   Implementation support from Microsoft engineering",
    ]


async def test_an_ineligible_customer_is_told_what_is_missing_and_who_may_help() -> None:
    told = await lines({"customer": SHORT, "partners": [UNTRAINED]})
    assert told[0] == "C-1 is NOT eligible on 2026-03-01, by rule set 1"
    assert "   ✘ Annual spend on new deployments: 258000.00 of 300000 USD" in [
        each.replace(" (licences L-1)", "") for each in told
    ]
    assert "               ✘ Success by Design knowledge check before the project: none before 2026-04-01" in told
    start = told.index("What would help, any one of these:")
    assert told[start + 1 : start + 5] == [
        "   Account team and partner:",
        "   1. Spend 42,000.00 USD more a year on listed applications in new deployments",
        "      Partner P-1: complete the Success by Design knowledge check before 1 Apr 2026",
        "      -> eligible until 31 Dec 2026, with J-1",
    ]
    assert "Open to everybody meanwhile:" in told
    assert not any("Without any event" in line for line in told)


@pytest.mark.parametrize(
    ("ends", "line"),
    [
        (["2026-12-31"], "Without any event this changes on 2027-01-01."),
        (
            [(date(2026, 3, 1) + timedelta(days=number)).isoformat() for number in range(65)],
            "Without any event this does not change by 2026-05-04; later is not known.",
        ),
    ],
)
async def test_the_last_line_says_when_it_changes_or_how_far_is_known(ends: list[str], line: str) -> None:
    amount = "300000" if len(ends) == 1 else "1"
    licences = [LICENCE | {"licenceId": f"L-{day}", "annualAmount": amount, "endsOn": day} for day in ends]
    enough = [] if len(ends) == 1 else CUSTOMER["licences"]
    told = await lines({"customer": CUSTOMER | {"licences": [*enough, *licences]}, "partners": [PARTNER]})
    assert told[-1] == line


@pytest.mark.parametrize(
    ("customer", "line"),
    [
        ({}, "   ✘ Open project with a qualified partner: no planned or active project"),
        ({"projects": [PROJECT]}, "         ✘ Qualified implementation partner: no partner attached"),
        ({"projects": [PROJECT | {"applications": ["excel"]}]}, "         ✘ Eligible application in the project: none"),
        (
            {"licences": [LICENCE | {"currency": "SEK"}]},
            "   ? Annual spend on new deployments: 0.00 of 300000 USD, no exchange rate for SEK",
        ),
        (
            {"projects": [PROJECT], "attachments": [{"partnerId": "P-9"}]},
            "                        ✘ Cloud Business Applications competency: none, needs gold or silver",
        ),
    ],
)
async def test_what_is_missing_is_told_where_it_is_missing(customer: Json, line: str) -> None:
    assert line in await lines({"customer": customer})


async def test_a_past_day_is_said_to_be_judged_by_what_is_known_today() -> None:
    told = await lines({"customer": SHORT, "on": "2026-02-28"})
    assert told[1:3] == ["This is by the facts known today, 2026-03-01, not by those known then.", ""]
    assert (await lines({"customer": SHORT, "on": "2026-03-02"}))[1] == ""


async def test_a_terminal_without_the_marks_gets_plain_ones() -> None:
    for partner in (PARTNER, UNTRAINED):
        told = await lines({"customer": SHORT, "partners": [partner]}, PLAIN_MARKS)
        assert "\n".join(told).isascii()
        assert told[2] == "x Eligible for FastTrack"


async def test_a_subject_is_named_once_on_a_way_down() -> None:
    told = await lines({"customer": CUSTOMER, "partners": [PARTNER, PARTNER | {"partnerId": "P-2"}]})
    assert sum("(partner P-1" in each for each in told) == 1
