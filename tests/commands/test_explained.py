"""The explanation of a decision, line by line, from what the app answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from local.commands.explained import MARKS, PLAIN_MARKS, explained
from shared.api.check import check
from tests.api.asking import CUSTOMER, LICENCE, PARTNER, TRAINING, Json
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


async def test_a_customer_that_has_a_name_is_told_by_that_too() -> None:
    decision = await check(World().ports, {"on": ON, "customer": CUSTOMER, "partners": [PARTNER]})
    assert isinstance(decision, dict)
    headline, *_ = explained({**decision, "customerId": "C-1"}, name="Contoso")
    assert headline == "C-1 (Contoso) on 2026-03-01, by rule set 1"


async def test_an_eligible_customer_is_told_with_its_summary_and_benefits() -> None:
    assert await lines({"customer": CUSTOMER, "partners": [PARTNER]}) == [
        "C-1 on 2026-03-01, by rule set 1",
        "",
        "✔ Eligible with J-1",
        "✔ Annual spend on new deployments: USD 300,000, at least 300,000 needed",
        "✔ Eligible application in the project: finance",
        "✔ P-1: gold Cloud Business Applications competency in finance and operations",
        "✔ P-1: Success by Design training completed on 10 Jan 2026",
        "✔ P-1: Success by Design knowledge check completed on 10 Jan 2026",
        "",
        "Benefits:",
        "   Solution Blueprint review",
        "   Go-live Readiness review",
        "   Implementation support from Microsoft engineering",
    ]


async def test_an_ineligible_customer_is_told_what_is_missing_and_who_may_help() -> None:
    told = await lines({"customer": SHORT, "partners": [UNTRAINED]})
    assert told[:5] == [
        "C-1 on 2026-03-01, by rule set 1",
        "",
        "✘ Not eligible. Not met: Annual spend on new deployments; Open project with a qualified partner (J-1)",
        "✘ Annual spend on new deployments: USD 258,000 of the 300,000 needed",
        "✘ P-1: no Success by Design knowledge check before the project's start on 1 Apr 2026",
    ]
    start = told.index("What would help, any one of these:")
    assert told[start + 1 : start + 5] == [
        "   Account team and partner:",
        "   1. Spend USD 42,000 more a year on eligible applications in new deployments",
        "      Partner P-1: complete the Success by Design knowledge check before 1 Apr 2026",
        "      -> eligible until 31 Dec 2026, with J-1",
    ]
    assert "Open to everybody meanwhile:" in told
    assert not any("Without any event" in line for line in told)


async def test_alternatives_are_told_below_their_line_each_with_a_dash() -> None:
    told = await lines({"customer": CUSTOMER, "partners": [PARTNER | {"competencies": []}]})
    assert told[3:7] == [
        "✘ Competency or Solutions Partner with deployments in finance and operations: one of these 2 is needed",
        "   -   ✘ P-1: no Cloud Business Applications competency (gold or silver) in finance and operations",
        "   -   ✘ P-1: no Solutions Partner for Business Applications designation",
        "   and ✘ P-1: 0 of the 2 eligible customer deployments needed in finance and operations",
    ]


async def test_what_the_summary_has_no_room_for_is_counted() -> None:
    partners = [
        PARTNER | {"partnerId": "P-2", "trainings": []},
        PARTNER | {"partnerId": "P-3", "competencies": []},
        PARTNER | {"partnerId": "P-4", "competencies": [], "trainings": [TRAINING]},
    ]
    attached = [{"partnerId": each["partnerId"]} for each in partners]
    told = await lines({"customer": CUSTOMER | {"attachments": attached}, "partners": partners})
    assert [each for each in told if each.startswith("... and ")] == ["... and 6 more criteria"]


@pytest.mark.parametrize(
    ("ends", "line"),
    [
        (["2026-12-31"], "Without any event eligibility is lost on 1 Jan 2027. Licence L-2026-12-31 ends."),
        (
            [(date(2026, 3, 1) + timedelta(days=number)).isoformat() for number in range(100)],
            "Without any event this is so until 30 May 2026; later is not known.",
        ),
    ],
)
async def test_below_the_summary_is_when_it_changes_and_why_or_how_far_is_known(ends: list[str], line: str) -> None:
    amount = "300000" if len(ends) == 1 else "1"
    licences = [LICENCE | {"licenceId": f"L-{day}", "annualAmount": amount, "endsOn": day} for day in ends]
    enough = [] if len(ends) == 1 else CUSTOMER["licences"]
    told = await lines({"customer": CUSTOMER | {"licences": [*enough, *licences]}, "partners": [PARTNER]})
    assert told[told.index("", 2) + 1] == line


async def test_what_cannot_be_decided_has_a_mark_of_its_own() -> None:
    told = await lines({"customer": CUSTOMER | {"licences": [LICENCE | {"currency": "SEK"}]}, "partners": [PARTNER]})
    assert told[2] == "? Cannot be decided. Not known: Annual spend on new deployments"


async def test_a_past_day_is_said_to_be_judged_by_what_is_known_today() -> None:
    told = await lines({"customer": SHORT, "on": "2026-02-28"})
    assert told[1:3] == ["This is by the facts known today, 2026-03-01, not by those known then.", ""]
    assert (await lines({"customer": SHORT, "on": "2026-03-02"}))[1] == ""


async def test_a_terminal_without_the_marks_gets_plain_ones() -> None:
    for partner in (PARTNER, UNTRAINED):
        told = await lines({"customer": SHORT, "partners": [partner]}, PLAIN_MARKS)
        assert "\n".join(told).isascii()
        assert told[2].startswith("x Not eligible. ")
