"""``POST check`` with faults: every one is named with its path and what would be right, and none is a 500."""

import json
from typing import Any

import pytest

from shared.rule_books import SHIPPED
from tests.api.asking import ATTACHMENT, CUSTOMER, GOLD, LICENCE, PARTNER, PROJECT, Json, ask
from tests.api.given import covered
from tests.api.world import World

DOCUMENT: Json = json.loads(SHIPPED.read_bytes())


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        (None, ["$"]),
        ("C-1", ["$"]),
        ({"customerID": "C-1"}, ["$.customerID"]),
        ({"customerId": "C 1"}, ["$.customerId"]),
        ({"customerId": 1}, ["$.customerId"]),
        ({"on": "2026-02-30"}, ["$.on"]),
        ({"on": "1 March"}, ["$.on"]),
        ({"ruleSetVersion": "1"}, ["$.ruleSetVersion"]),
        ({"ruleSetVersion": True}, ["$.ruleSetVersion"]),
        ({"ruleSetVersion": 0}, ["$.ruleSetVersion"]),
        ({"ruleSetVersion": 1e9}, ["$.ruleSetVersion"]),
        ({"ruleSetVersion": 1, "ruleSet": DOCUMENT}, ["$.ruleSetVersion"]),
        ({"ruleSet": DOCUMENT | {"currency": "usd"}}, ["$.ruleSet.currency"]),
        ({"ruleSet": []}, ["$.ruleSet"]),
        ({"customer": []}, ["$.customer"]),
        ({"customer": {"customerId": "C-1"}}, ["$.customer.customerId"]),
        ({"customer": {"licences": [LICENCE | {"annualAmount": 300000}]}}, ["$.customer.licences[0].annualAmount"]),
        ({"customer": {"licences": [LICENCE, LICENCE]}}, ["$.customer.licences[1]"]),
        ({"customer": {"attachments": [ATTACHMENT | {"attached": "yes"}]}}, ["$.customer.attachments[0].attached"]),
        ({"partners": [PARTNER, PARTNER]}, ["$.partners[1]"]),
        ({"partners": [{"competencies": [GOLD]}]}, ["$.partners[0].partnerId"]),
        (
            {"partners": [PARTNER | {"competencies": [GOLD | {"level": "platinum"}]}]},
            ["$.partners[0].competencies[0].level"],
        ),
        ({"partners": {"P-1": PARTNER}}, ["$.partners"]),
        (
            {"on": "x", "customerId": "!", "customer": {"projects": [PROJECT | {"status": "open"}]}, "rules": 1},
            ["$.customer.projects[0].status", "$.customerId", "$.on", "$.rules"],
        ),
    ],
)
async def test_every_fault_is_named_with_its_path(world: World, question: Any, paths: list[str]) -> None:
    answer = await ask(world, question)
    assert (answer.status, sorted(answer.error_paths)) == (400, paths)
    assert all(each["message"] for each in answer.value["errors"])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"on": "x", "on": "x"}', b"[NaN]", b"[" * 100_000])
async def test_a_body_that_is_not_json_is_refused(world: World, body: bytes) -> None:
    answer = await world.post("check", body)
    assert (answer.status, answer.error_paths) == (400, ["$"])


@pytest.mark.parametrize("where", ["customer", "partners", "ruleSet", "on", "customerId", "ruleSetVersion"])
async def test_deep_nesting_is_refused_wherever_it_stands(world: World, where: str) -> None:
    for depth in (300, 900, 3_000, 10_000, 60_000):
        answer = await world.post("check", f'{{"{where}": {"[" * depth}{"]" * depth}}}'.encode())
        assert answer.status == 400
        answer = await world.post("check", f'{{"{where}": {'{"criteria":' * depth}1{"}" * depth}}}'.encode())
        assert answer.status == 400


async def test_one_customer_has_at_most_as_many_facts_given_as_are_kept(world: World) -> None:
    licences = [LICENCE | {"licenceId": f"L-{number}"} for number in range(2001)]
    assert (await ask(world, {"customer": {"licences": licences[:2000]}})).status == 200
    answer = await ask(world, {"customer": {"licences": licences}})
    assert (answer.status, answer.error_paths) == (422, ["$"])


async def test_a_body_over_1_mib_is_too_large(world: World) -> None:
    assert (await world.post("check", b"{}".ljust(1024 * 1024))).status == 200
    assert (await world.post("check", b"{}".ljust(1024 * 1024 + 1))).status == 413


async def test_a_refused_question_reads_nothing(world: World) -> None:
    await world.handle(*covered("C-1"))
    world.store.down = True
    assert (await ask(world, {"customerId": "C-1", "customer": CUSTOMER | {"licence": []}})).status == 400
    assert (await ask(world, {"customerId": "C-1", "customer": CUSTOMER})).status == 503
