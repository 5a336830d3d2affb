"""``POST check``: what would be decided if the facts, the date or the rules were others."""

import copy
import json
from typing import Any

import pytest

from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage import keys
from shared.storage.store import Table
from shared.workflow import change_rules
from tests.api.asking import (
    ATTACHMENT,
    CUSTOMER,
    GOLD,
    LICENCE,
    PARTNER,
    PROJECT,
    TRAINING,
    Json,
    ask,
    node,
    status,
)
from tests.api.given import certified, covered, deployed, designated, qualified, spend, trained
from tests.api.test_rule_sets import store_draft
from tests.api.world import World


def rules(amount: str = "300000") -> Json:
    document: Json = json.loads(SHIPPED.read_bytes())
    document["criteria"]["criteria"][0]["amount"] = amount
    return document


async def test_without_a_customer_id_what_is_given_is_all_there_is(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    assert await status(world, {"customer": CUSTOMER, "partners": [PARTNER]}) == "eligible"
    assert await status(world, {"customer": CUSTOMER}) == "ineligible", "the stored P-1 is not asked"
    assert await status(world, {}) == "ineligible"


async def test_the_answer_is_a_decision_with_no_number_and_no_cause(world: World) -> None:
    answer = (await ask(world, {"customer": CUSTOMER, "partners": [PARTNER], "on": "2026-03-01"})).value
    assert {name: answer[name] for name in ("customerId", "sequence", "cause", "decidedOn", "ruleSetVersion")} == {
        "customerId": None,
        "sequence": None,
        "cause": None,
        "decidedOn": "2026-03-01",
        "ruleSetVersion": 1,
    }
    assert answer["eligibleProjects"] == ["J-1"]
    assert answer["benefits"]
    assert node(answer["criteria"], "annual-spend")["actual"] == {"amount": "300000.00", "currency": "USD"}


async def test_of_a_stored_customer_nothing_given_is_what_eligibility_answers(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    stored = (await world.get("customers/C-1/eligibility")).value
    assert (await ask(world, {"customerId": "C-1"})).value == stored | {"sequence": None}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"licences": [LICENCE | {"annualAmount": "1"}]}, "ineligible"),
        ({"licences": [LICENCE | {"licenceId": "L-2", "annualAmount": "1"}]}, "eligible"),
        ({"projects": [PROJECT | {"status": "cancelled"}]}, "ineligible"),
        ({"projects": [PROJECT | {"projectId": "J-2", "status": "cancelled"}]}, "eligible"),
        ({"attachments": [ATTACHMENT | {"attached": False}]}, "ineligible"),
        ({"attachments": [{"partnerId": "P-1", "attached": False}]}, "ineligible"),
        ({"attachments": [ATTACHMENT | {"projectId": "J-1", "attached": False}]}, "eligible"),
        ({"attachments": [ATTACHMENT | {"partnerId": "P-2", "attached": False}]}, "eligible"),
        ({"licences": None, "projects": None}, "eligible"),
    ],
)
async def test_a_given_fact_replaces_the_stored_one_of_the_same_register_and_leaves_the_others(
    world: World, given: Json, expected: str
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    assert await status(world, {"customerId": "C-1", "customer": given}) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"competencies": [GOLD | {"level": "none"}]}, "ineligible"),
        ({"competencies": [GOLD | {"level": "none", "validFrom": "2026-02-01"}]}, "ineligible"),
        ({"competencies": [GOLD | {"level": "none", "area": "customer-engagement"}]}, "eligible"),
        ({"trainings": [TRAINING | {"revoked": True}]}, "ineligible"),
        ({"trainings": [TRAINING | {"revoked": None}]}, "eligible"),
        ({"trainings": [TRAINING | {"learnerId": "T-2", "revoked": True}]}, "eligible"),
        ({"deployments": [], "trainings": None}, "eligible"),
    ],
)
async def test_a_given_fact_of_a_stored_customers_partner_is_laid_over_the_partners_stored_ones(
    world: World, given: Json, expected: str
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    question = {"customerId": "C-1", "partners": [{"partnerId": "P-1", **given}]}
    assert await status(world, question) == expected


async def test_a_deployment_given_counts_with_the_stored_ones_and_one_given_again_is_not_counted_twice(
    world: World,
) -> None:
    customer = CUSTOMER | {"projects": [PROJECT | {"applications": ["sales"]}]}
    await world.handle(designated(), deployed(name="D-1"), *trained(), spend("C-1"))
    deployment = {"deploymentId": "D-1", "area": "customer-engagement", "liveOn": "2025-07-01", "eligible": True}
    for name, expected in (("D-1", "ineligible"), ("D-2", "eligible")):
        partner = {"partnerId": "P-1", "deployments": [deployment | {"deploymentId": name}]}
        assert await status(world, {"customerId": "C-1", "customer": customer, "partners": [partner]}) == expected


async def test_partners_attached_only_by_the_question_are_read_from_the_store(world: World) -> None:
    await world.handle(*qualified("P-7"), spend("C-1"))
    customer = {"projects": [PROJECT], "attachments": [ATTACHMENT | {"partnerId": "P-7"}]}
    assert await status(world, {"customerId": "C-1", "customer": customer}) == "eligible"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-01-09", "ineligible"),
        ("2026-01-10", "eligible"),
        ("2026-06-30", "eligible"),
        ("2026-07-01", "ineligible"),
    ],
)
async def test_any_date_may_be_asked_for(world: World, on: str, expected: str) -> None:
    customer = CUSTOMER | {"licences": [LICENCE | {"endsOn": "2026-06-30"}]}
    answer = (await ask(world, {"customer": customer, "partners": [PARTNER], "on": on})).value
    assert (answer["status"], answer["decidedOn"]) == (expected, on)


async def test_without_a_date_it_is_today_by_the_clock(world: World) -> None:
    world.pass_time(days=3)
    assert (await ask(world, {})).value["decidedOn"] == "2026-03-05"


async def test_a_draft_may_be_asked_by_its_version_on_any_date(world: World) -> None:
    await world.get("rule-sets")
    await store_draft(world, 2, "2030-01-01")
    answer = (await ask(world, {"customer": CUSTOMER, "ruleSetVersion": 2, "on": "2001-01-01"})).value
    assert (answer["ruleSetVersion"], answer["decidedOn"]) == (2, "2001-01-01")


async def test_the_version_may_be_the_shipped_one_before_anything_was_read(world: World) -> None:
    assert (await ask(world, {"ruleSetVersion": 1})).value["ruleSetVersion"] == 1


async def test_a_whole_document_may_be_asked_and_has_no_version(world: World) -> None:
    question = {"customer": CUSTOMER, "partners": [PARTNER], "on": "1999-01-01"}
    early = copy.deepcopy(question) | {"on": "2026-03-01"}
    answers = [(await ask(world, {**early, "ruleSet": rules(amount)})).value for amount in ("300000", "300000.01")]
    assert [(each["status"], each["ruleSetVersion"]) for each in answers] == [("eligible", None), ("ineligible", None)]
    assert (await ask(world, {**question, "ruleSet": rules()})).status == 200, "whatever it is effective from"


async def test_a_date_before_the_first_rule_set_is_a_conflict(world: World) -> None:
    answer = await ask(world, {"on": "2023-02-12"})
    assert (answer.status, answer.type) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("question", "path"), [({"customerId": "C-9"}, "$.customerId"), ({"ruleSetVersion": 9}, "$.ruleSetVersion")]
)
async def test_what_is_asked_about_must_exist(world: World, question: Json, path: str) -> None:
    answer = await ask(world, question)
    assert (answer.status, answer.error_paths) == (404, [path])


async def test_asking_stores_and_sends_nothing_and_changes_nothing(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    before = await world.get("customers/C-1")
    stored, sent = world.store.writes, len(world.sender.queues[Queue.NOTIFICATIONS])
    partner: Any = {"partnerId": "P-1", "competencies": [GOLD | {"level": "none"}]}
    await ask(world, {"customerId": "C-1", "customer": {"licences": []}, "partners": [partner], "ruleSet": rules("1")})
    assert (world.store.writes, len(world.sender.queues[Queue.NOTIFICATIONS])) == (stored, sent)
    assert await world.get("customers/C-1") == before


async def test_a_newer_event_is_seen_by_the_next_question(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    assert await status(world, {"customerId": "C-1"}) == "eligible"
    await world.handle(certified(level="none", validFrom="2026-01-01"))
    assert await status(world, {"customerId": "C-1"}) == "ineligible"


@pytest.mark.parametrize(
    ("given", "on", "expected"),
    [
        ({}, "2026-03-02", "2026-05-01"),
        ({"ruleSet": rules() | {"effectiveFrom": "2026-01-01"}}, "2026-03-02", "2026-05-01"),
        ({"ruleSet": rules() | {"effectiveFrom": "2026-04-30"}}, "2026-03-02", "2026-05-01"),
        ({"ruleSet": rules() | {"effectiveFrom": "2026-05-01"}}, "2026-03-02", None),
        ({"ruleSet": rules() | {"effectiveFrom": "2026-01-01"}}, "2026-05-01", None),
        ({"ruleSetVersion": 1}, "2026-03-02", "2026-05-01"),
        ({"ruleSetVersion": 2}, "2026-03-02", None),
    ],
)
async def test_a_rule_set_given_is_in_force_until_the_next_one_that_starts_later(
    world: World, given: Json, on: str, expected: str | None
) -> None:
    """Version 2, which asks for more spend, comes into force on 1 May."""
    await world.ports.rule_books.book(None)
    document = parse_document(rules("400000") | {"effectiveFrom": "2026-05-01"})
    await change_rules.store_draft(world.ports, document, change_rules.ChangeNote())
    await change_rules.activate(world.ports, 2)
    question = {"customer": CUSTOMER, "partners": [PARTNER], "on": on, **given}
    if given.get("ruleSetVersion") == 2:
        question["customer"] = CUSTOMER | {"licences": [LICENCE | {"annualAmount": "400000"}]}
    answer = (await ask(world, question)).value
    assert (answer["status"], answer["losesOn"]) == ("eligible", expected)
    assert [each["on"] for each in answer["forecast"]] == ([expected] if expected else [])


async def test_a_rule_set_given_is_answered_by_where_the_stored_rules_are_lost(world: World) -> None:
    await world.handle(spend("C-1"))
    await world.store.delete(Table.RULES, keys.RULES, keys.RULES_EPOCH)
    world.ports = Ports(world.store, world.sender, lambda: world.now)
    answer = await ask(world, {"customer": CUSTOMER, "partners": [PARTNER], "ruleSet": rules()})
    assert (answer.status, answer.value["status"]) == (200, "eligible")
