"""``GET customers/{id}/history/{sequence}``: one recorded decision with the facts it used and all a replay needs."""

import json

import pytest

from shared.rule_books import SHIPPED
from shared.rules.document import sha256_of
from shared.storage import customers
from tests.api.given import certified, covered, deployed, designated, project, qualified, spend
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
