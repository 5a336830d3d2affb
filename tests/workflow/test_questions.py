"""Questions about everybody: what is compared with what, against a naive count by the oracle and the sum of checks."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

import pytest

from shared.api.preview_results import Preview
from shared.api.previews import get_question, list_customers_of_preview, post_question
from shared.api.problems import Problem
from shared.api.rule_sets import activate_rule_set
from shared.api.what_if import answer
from shared.rule_books import SHIPPED
from shared.storage import keys
from shared.storage.heads import Place
from shared.storage.previews import CHANGES
from shared.workflow.change_rules import activate
from shared.workflow.population import places
from tests import events
from tests.oracle.oracle import Oracle
from tests.oracle.random_events import events as random_events
from tests.restored import Moment, copied, moment
from tests.workflow.naive_population import Counted, Side, compared
from tests.workflow.test_change_rules import draft, programme
from tests.world import START, World

TODAY = START.date()
MARCH = date(2027, 3, 31)
DOCUMENT = json.loads(SHIPPED.read_bytes())
PARTNERS = ["P-0000", "P-0001", "P-0002"]


def stricter(amount: str = "450000", **changes: Any) -> dict[str, Any]:
    document = json.loads(SHIPPED.read_bytes())
    document["criteria"]["criteria"][0]["amount"] = amount
    return {**document, **changes}


def ended(partner: str, last: str) -> dict[str, Any]:
    """It has gold in both areas from today until ``last``, and no designation."""
    period = {"competency": "cloud-business-applications", "level": "gold", "validUntil": last}
    areas = ("customer-engagement", "finance-and-operations")
    designation = {"designation": "solutions-partner-business-applications", "active": False}
    return {
        "partnerId": partner,
        "competencies": [{**period, "area": area, "validFrom": TODAY.isoformat()} for area in areas],
        "designations": [{**designation, "validFrom": TODAY.isoformat()}],
    }


_prepared: dict[int, tuple[Moment, Oracle]] = {}


async def random_world(seed: int = 11) -> tuple[World, Oracle]:
    """All were in the population index long before, but for one that only the directory has."""
    if seed not in _prepared:
        world, oracle = World(), Oracle(DOCUMENT, TODAY)
        for body in random_events(seed, 520, 40, 6, today=TODAY):
            await world.post(body)
            oracle.post(body)
        first = oracle.customers()[0]
        await world.ports.heads.delete(Place(keys.head_partition(first), first))
        _prepared[seed] = await moment(world.store), oracle
    rows_of, oracle = _prepared[seed]
    return World(await copied(rows_of), now=START + timedelta(hours=1)), deepcopy(oracle)


async def asked(world: World, **question: Any) -> Preview:
    begun = await post_question(world.ports, question)  # type: ignore[arg-type]
    assert begun["state"] == "running"
    await world.settle()
    found = await get_question(world.ports, begun["id"])
    assert (found["state"], found["outOfDate"]) == ("finished", False)
    assert found["done"] == found["of"] == sum(found["counts"].values())
    return found


async def customers(world: World, preview: Preview, change: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    for pages in count(1):
        page = await list_customers_of_preview(world.ports, preview["id"], after, 7, change)
        found += [dict(each) for each in page["items"]]
        assert pages < 100
        if page["next"] is None:
            return found
        after = page["next"]
    raise AssertionError


async def check_like(world: World, found: Preview, naive: Counted) -> None:
    """The counts, and each list of customers."""
    of_all = {
        change: sorted(each["customerId"] for each in await customers(world, found, change)) for change in CHANGES
    }
    assert {change: len(ids) for change, ids in of_all.items()} == found["counts"]
    assert of_all["gained"] == sorted(naive.gained)
    assert of_all["lost"] == sorted(naive.lost)
    assert of_all["changedProjects"] == sorted(naive.changed_projects)
    assert sorted(of_all["changedReason"] + of_all["stayed"]) == sorted(naive.others)
    assert found["byPartner"] == naive.by_partner
    assert Fraction(found["spendAtStake"]["amount"]) == naive.spend
    assert found["spendAtStake"]["currency"] == "USD"


QUESTIONS: Mapping[str, tuple[dict[str, Any], Side, Side]] = {
    "a day": ({"on": "2027-03-31"}, Side(DOCUMENT, TODAY), Side(DOCUMENT, MARCH)),
    "a document": ({"document": stricter()}, Side(DOCUMENT, TODAY), Side(stricter(), TODAY)),
    "a document, on a day": (
        {"document": stricter(), "on": "2027-03-31"},
        Side(DOCUMENT, MARCH),
        Side(stricter(), MARCH),
    ),
    "a document of later, on its first day": (
        {"document": stricter(effectiveFrom="2027-03-31")},
        Side(DOCUMENT, MARCH),
        Side(stricter(), MARCH),
    ),
    "partners, on a day": (
        {"partners": [ended(each, "2027-01-31") for each in PARTNERS], "on": "2027-03-31"},
        Side(DOCUMENT, MARCH),
        Side(DOCUMENT, MARCH, [ended(each, "2027-01-31") for each in PARTNERS]),
    ),
    "partners, today": (
        {"partners": [ended(each, "2026-05-31") for each in PARTNERS]},
        Side(DOCUMENT, TODAY),
        Side(DOCUMENT, TODAY, [ended(each, "2026-05-31") for each in PARTNERS]),
    ),
    "partners and a document": (
        {"partners": [ended(each, "2027-01-31") for each in PARTNERS], "document": stricter("100000")},
        Side(DOCUMENT, TODAY),
        Side(stricter("100000"), TODAY, [ended(each, "2027-01-31") for each in PARTNERS]),
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_finds_what_a_naive_count_of_everybody_finds(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(places, "PAGE", 3)
    to, before, after = QUESTIONS[name]
    world, oracle = await random_world()
    naive = compared(oracle, before, after, [each["partnerId"] for each in to.get("partners", ())])
    assert naive.gained or naive.lost or naive.changed_projects
    await check_like(world, await asked(world, to=to), naive)


async def test_a_question_about_some_partners_is_about_their_customers_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "PAGE", 4)
    world, oracle = await random_world()
    naive = compared(oracle, Side(DOCUMENT, TODAY), Side(DOCUMENT, MARCH), PARTNERS[:2])
    found = await asked(world, to={"on": "2027-03-31"}, only={"partnerIds": PARTNERS[:2]})
    assert found["done"] < len(oracle.customers())
    await check_like(world, found, naive)


async def test_whoever_left_a_partner_is_not_among_its_customers() -> None:
    world = await programme(3)
    await world.post(events.detached("C-001"))
    found = await asked(world, to={"on": "2027-03-31"}, only={"partnerIds": ["P-1"]})
    assert await world.ports.indexes.is_attached("P-1", "C-001"), "the index still names it"
    assert (found["done"], found["of"], found["partnerIds"]) == (2, 2, ["P-1"])


async def test_a_stored_version_is_compared_with_what_would_be_in_force_without_it() -> None:
    world, oracle = await random_world()
    version = await draft(world, amount="450000")
    naive = compared(oracle, Side(DOCUMENT, TODAY), Side(stricter(), TODAY))
    found = await asked(world, to={"ruleSetVersion": version})
    await check_like(world, found, naive)
    assert (found["version"], found["action"], found["comparedWith"]) == (version, "activate", 1)
    await activate(world.ports, version)
    await world.settle()
    again = await asked(world, to={"ruleSetVersion": version})
    assert (again["counts"], again["comparedWith"], again["action"]) == (found["counts"], 1, None)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_what_is_found_is_the_sum_of_a_check_of_each_customer(name: str) -> None:
    world, oracle = await random_world(seed=5)
    to, before, _ = QUESTIONS[name]
    only = {each["partnerId"] for each in to.get("partners", ())}
    ids = [each for each in sorted(oracle.customers()) if not only or only & set(oracle.partners_of(each))]
    later = {"on": to["on"]} if "on" in to else {"on": before.on.isoformat()}
    given = {"partners": to["partners"]} if only else {}
    rules = {"ruleSet": to["document"]} if "document" in to else {}
    old = await checked(world, [{"customerId": each, "on": before.on.isoformat()} for each in ids])
    new = await checked(world, [{"customerId": each, **later, **given, **rules} for each in ids])
    found = await asked(world, to=to)
    told = {each["customerId"]: each for change in CHANGES for each in await customers(world, found, change)}
    assert {each: (told[each]["previousStatus"], told[each]["status"]) for each in ids} == {
        each: (was, will) for each, was, will in zip(ids, old, new, strict=True)
    }


async def checked(world: World, questions: Sequence[Mapping[str, Any]]) -> list[str]:
    answers = await answer(world.ports, [dict(each) for each in questions])
    assert isinstance(answers, list)
    return [each["status"] for each in answers]


async def test_each_customer_is_told_with_its_spend_and_why() -> None:
    world = await programme(3)
    world.now += timedelta(hours=1)
    found = await asked(world, title="A higher threshold", to={"document": stricter("315000")})
    assert found["title"] == "A higher threshold"
    assert (found["spendAtStake"], found["byCriterion"]) == (
        {"amount": "610000.00", "currency": "USD"},
        {"annual-spend": {"gained": 0, "lost": 2}},
    )
    lost = sorted(await customers(world, found, "lost"), key=lambda each: each["customerId"])
    assert [(each["customerId"], each["spend"], each["because"]) for each in lost] == [
        ("C-000", "300000.00", "Annual spend on new deployments: USD 300,000 of the 315,000 needed"),
        ("C-001", "310000.00", "Annual spend on new deployments: USD 310,000 of the 315,000 needed"),
    ]


async def test_of_four_that_run_a_fifth_is_refused_until_one_of_them_has_ended() -> None:
    world = await programme(2)
    ids = [(await post_question(world.ports, {"to": {"on": "2027-03-31"}}))["id"] for _ in range(4)]
    with pytest.raises(Problem) as refused:
        await post_question(world.ports, {"to": {"on": "2027-03-31"}})
    assert (refused.value.status, refused.value.title) == (429, "Too many questions")
    await world.settle()
    assert {(await get_question(world.ports, each))["state"] for each in ids} == {"finished"}
    await asked(world, to={"on": "2027-03-31"})


@pytest.mark.parametrize(
    "more",
    [
        {"to": {"on": "2026-07-01"}},
        {"only": {"partnerIds": ["P-1"]}},
        {"to": {"partners": [ended("P-1", "2026-07-01")]}},
    ],
    ids=["another day", "some customers", "other facts"],
)
async def test_a_change_of_rules_is_not_held_against_a_question_of_anything_else(more: dict[str, Any]) -> None:
    world = await programme(2)
    version = await draft(world, amount="305000")
    found = await asked(world, **{**more, "to": {"ruleSetVersion": version, **more.get("to", {})}})
    assert found["action"] is None
    with pytest.raises(Problem) as refused:
        await activate_rule_set(world.ports, version, {"previewId": found["id"], "maxLost": 9})
    assert (refused.value.status, refused.value.title) == (409, "Preview of another action")
    plain = await asked(world, to={"ruleSetVersion": version})
    held = await activate_rule_set(world.ports, version, {"previewId": plain["id"], "maxLost": 1})
    assert held["preview"]
    assert held["preview"]["counts"]["lost"] == 1
