"""``GET customers/{id}/history/{sequence}``: one recorded decision with the facts it used and all a replay needs."""

import json

import pytest

from shared.rule_books import SHIPPED
from shared.rules.document import sha256_of
from shared.storage import customers, keys
from shared.storage.store import Table
from shared.workflow import change_rules
from tests.api.given import certified, covered, deployed, designated, project, qualified, spend
from tests.api.test_rule_sets import store_draft
from tests.api.world import World

DOCUMENT = json.loads(SHIPPED.read_bytes())


async def test_it_is_what_the_list_tells_with_the_facts_and_the_rule_set(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    listed = (await world.get("customers/C-1/history")).value["items"]
    for item in listed:
        answer = await world.get(f"customers/C-1/history/{item['sequence']}")
        assert answer.status == 200
        assert answer.value.keys() - item.keys() == {"facts", "ruleSet"}
        assert {name: answer.value[name] for name in item} == item
        assert answer.value["ruleSet"] == DOCUMENT
        assert answer.value["ruleSetSha256"] == sha256_of(DOCUMENT)


async def test_the_facts_are_those_of_the_day_whatever_came_later(world: World) -> None:
    await world.handle(*qualified(), designated(), deployed(), *covered("C-1"))
    world.pass_time(days=10)
    await world.handle(spend("C-1", "1", time="2026-03-05T00:00:00Z"), certified(level="none"))
    facts = (await world.get("customers/C-1/history/2")).value["facts"]
    assert {name: facts[name] for name in ("on", "ruleSetVersion", "ruleSetSha256", "rulesChangeOn", "customer")} == {
        "on": "2026-03-02",
        "ruleSetVersion": 1,
        "ruleSetSha256": sha256_of(DOCUMENT),
        "rulesChangeOn": None,
        "customer": {
            "licences": [
                {
                    "annualAmount": "300000",
                    "application": "finance",
                    "currency": "USD",
                    "licenceId": "L-1",
                    "newDeployment": True,
                }
            ],
            "projects": [
                {"applications": ["finance"], "initiatedOn": "2026-04-01", "projectId": "J-1", "status": "planned"}
            ],
            "attachments": [{"attached": True, "partnerId": "P-1"}],
            "exceptions": [],
        },
    }
    [partner] = facts["partners"]
    assert {name: partner[name] for name in ("partnerId", "competencies", "designations", "deployments")} == {
        "partnerId": "P-1",
        "competencies": [
            {
                "competency": "cloud-business-applications",
                "area": "finance-and-operations",
                "level": "gold",
                "validFrom": "2025-01-01",
                "validUntil": None,
            }
        ],
        "designations": [
            {
                "designation": "solutions-partner-business-applications",
                "active": True,
                "validFrom": "2025-01-01",
                "validUntil": None,
            }
        ],
        "deployments": [{"area": "customer-engagement", "liveOn": "2025-06-01", "count": 1}],
    }


async def test_facts_past_the_cap_are_left_out_and_the_decision_is_recorded_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    monkeypatch.setattr(customers, "MAX_USED_BYTES", 100)
    await world.handle(project("C-1", "J-2"))
    assert (await world.get("customers/C-1/history/2")).value["facts"] is not None
    answer = (await world.get("customers/C-1/history/3")).value
    assert (answer["facts"], answer["eligibleProjects"]) == (None, ["J-1", "J-2"])
    assert answer["ruleSet"] == DOCUMENT


def test_the_cap_is_256_kib() -> None:
    assert customers.MAX_USED_BYTES == 256 * 1024


async def test_the_list_names_the_rule_set_by_version_and_hash_and_the_cause(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    for item in (await world.get("customers/C-1/history")).value["items"]:
        assert (item["ruleSetVersion"], item["ruleSetSha256"]) == (1, sha256_of(DOCUMENT))
        assert item["cause"]["kind"] == "event"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("customers/C-1/history/3", 404),
        ("customers/C-2/history/1", 404),
        ("customers/C-1/history/0", 400),
        ("customers/C-1/history/-1", 400),
        ("customers/C-1/history/x", 400),
        ("customers/C-1/history/99999999999", 400),
    ],
)
async def test_what_was_not_recorded_is_not_found_and_what_is_no_number_is_refused(
    world: World, path: str, status: int
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    answer = await world.get(path)
    assert answer.status == status
    if status == 400:
        assert answer.error_paths == ["sequence"]


async def test_it_has_the_rule_sets_that_were_to_come_into_force_later(world: World) -> None:
    """As many as were known: retired since, they stay."""
    for version, start in ((2, "2026-05-01"), (3, "2026-06-01")):
        await store_draft(world, version, start)
        await change_rules.activate(world.ports, version)
    await world.handle(*qualified(), *covered("C-1"))
    await change_rules.retire(world.ports, 3)
    answer = (await world.get("customers/C-1/history/2")).value
    assert [(each["from"], each["ruleSetVersion"]) for each in answer["facts"]["laterRuleSets"]] == [
        ("2026-05-01", 2),
        ("2026-06-01", 3),
    ]
    assert answer["facts"]["rulesChangeOn"] == "2026-05-01"
    assert [each["effectiveFrom"] for each in answer["laterRuleSets"]] == ["2026-05-01", "2026-06-01"]
    assert [sha256_of(each) for each in answer["laterRuleSets"]] == [
        each["ruleSetSha256"] for each in answer["facts"]["laterRuleSets"]
    ]


async def test_a_later_rule_set_that_is_lost_or_would_make_the_answer_too_long_is_null(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version, start in ((2, "2026-05-01"), (3, "2026-06-01")):
        await store_draft(world, version, start)
        await change_rules.activate(world.ports, version)
    await world.handle(spend("C-1"))
    await world.store.delete(Table.RULES, keys.RULES, keys.rule_set_version(2))
    answer = (await world.get("customers/C-1/history/1")).value
    assert [each and each["effectiveFrom"] for each in answer["laterRuleSets"]] == [None, "2026-06-01"]
    monkeypatch.setattr("shared.api.customers.MAX_ANSWER_BYTES", 2 * len(json.dumps(DOCUMENT)) - 2_000)
    answer = (await world.get("customers/C-1/history/1")).value
    assert (answer["ruleSet"], answer["laterRuleSets"]) == (DOCUMENT, [None, None])
