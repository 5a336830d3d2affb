"""``POST rule-sets/{version}/approve``: nobody puts their own rule set in force, and no approval counts twice."""

import json
from typing import Any

import pytest

from tests.api.test_rule_set_life import stricter
from tests.api.world import Answer, World
from tests.functions.principals import principal

OID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
ROLES = ("Rules.Manage", "Rules.Approve", "Operations.Manage")


class Person:
    """A signed-in caller with all roles."""

    def __init__(self, name: str, oid: str = "") -> None:
        claims = {"preferred_username": name} | ({OID: oid} if oid else {})
        self.name, self._header = name, principal(*ROLES, **claims)

    async def post(self, world: World, path: str, **body: Any) -> Answer:
        return await world.post(path, json.dumps(body).encode(), x_ms_client_principal=self._header)

    async def get(self, world: World, path: str, **params: str) -> Answer:
        return await world.ask("GET", path, b"", params, {"x_ms_client_principal": self._header})

    async def drafts(self, world: World, amount: str = "350000") -> int:
        return int((await self.post(world, "rule-sets", document=stricter(amount))).value["version"])

    async def approves(self, world: World, version: int, action: str = "activate") -> Answer:
        return await self.post(world, f"rule-sets/{version}/approve", action=action)


ADA, BO, CY = Person("ada@example.com"), Person("bo@example.com"), Person("cy@example.com")


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")


@pytest.fixture
def strict(world: World) -> World:
    """An app in which a change of rules needs two approvals."""
    world.ports.approvals = 2
    return world


def title(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.value["title"]


async def test_an_activation_needs_so_many_approvals_and_uses_them_up(strict: World) -> None:
    version = await ADA.drafts(strict)
    await BO.approves(strict, version)
    refused = await ADA.post(strict, f"rule-sets/{version}/activate")
    assert title(refused) == (409, "Approvals missing")
    assert refused.value["approvedBy"] == ["bo@example.com"]
    assert refused.value["detail"] == (
        "activate of version 2 needs 2 approvals and has 1 (bo@example.com); callers with the role Rules.Approve other "
        "than its author, ada@example.com, give them (POST rule-sets/2/approve)"
    )
    approved = await CY.approves(strict, version)
    assert (approved.value["approvals"], approved.value["approvalsNeeded"]) == (2, 2)
    activated = await ADA.post(strict, f"rule-sets/{version}/activate")
    assert (activated.status, activated.value["state"], activated.value["approvals"]) == (200, "active", 0)
    assert activated.value["changes"][0]["approvedBy"] == ["bo@example.com", "cy@example.com"]
    assert title(await ADA.post(strict, f"rule-sets/{version}/retire")) == (409, "Approvals missing")


async def test_a_retirement_needs_approvals_of_its_own(strict: World) -> None:
    strict.ports.approvals = 1
    version = await ADA.drafts(strict)
    await BO.approves(strict, version)
    assert (await ADA.post(strict, f"rule-sets/{version}/activate")).status == 200
    assert title(await ADA.post(strict, f"rule-sets/{version}/retire")) == (409, "Approvals missing")
    assert (await BO.approves(strict, version, "retire")).value["approvals"] == 1
    assert (await ADA.post(strict, f"rule-sets/{version}/retire")).value["state"] == "retired"
    assert title(await ADA.post(strict, f"rule-sets/{version}/activate")) == (409, "Approvals missing")


async def test_nobody_approves_their_own_version_twice_or_without_a_name_of_their_own(strict: World) -> None:
    version = await ADA.drafts(strict)
    assert title(await ADA.approves(strict, version)) == (409, "Own version")
    assert title(await Person("Ada@Example.com").approves(strict, version)) == (409, "Own version")
    assert (await BO.approves(strict, version)).status == 200
    assert title(await BO.approves(strict, version)) == (409, "Approved already")
    assert (await strict.get(f"rule-sets/{version}")).status == 401
    assert (await ADA.get(strict, f"rule-sets/{version}")).value["approvals"] == 1


async def test_who_is_called_otherwise_meanwhile_is_the_same_by_the_directory(strict: World) -> None:
    version = await Person("ada@example.com", "7-7").drafts(strict)
    assert title(await Person("ada.l@example.com", "7-7").approves(strict, version)) == (409, "Own version")
    assert (await Person("bo@example.com", "8-8").approves(strict, version)).status == 200
    assert title(await Person("bob@example.com", "8-8").approves(strict, version)) == (409, "Approved already")


@pytest.mark.parametrize("other", ["activated", "retired"])
async def test_any_change_of_rules_voids_an_approval_and_the_caller_may_approve_again(
    strict: World, other: str
) -> None:
    strict.ports.approvals = 0
    first, second = await ADA.drafts(strict), await ADA.drafts(strict, "360000")
    if other == "retired":
        await ADA.post(strict, f"rule-sets/{second}/activate")
    strict.ports.approvals = 1
    assert (await BO.approves(strict, first)).value["approvals"] == 1
    strict.ports.approvals = 0
    await ADA.post(strict, f"rule-sets/{second}/{'activate' if other == 'activated' else 'retire'}")
    strict.ports.approvals = 1
    assert (await ADA.get(strict, f"rule-sets/{first}")).value["approvals"] == 0
    assert title(await ADA.post(strict, f"rule-sets/{first}/activate")) == (409, "Approvals missing")
    assert (await BO.approves(strict, first)).value["approvals"] == 1
    assert (await ADA.post(strict, f"rule-sets/{first}/activate")).status == 200


async def test_a_draft_is_no_change_of_rules(strict: World) -> None:
    strict.ports.approvals = 1
    version = await ADA.drafts(strict)
    await BO.approves(strict, version)
    await ADA.drafts(strict, "360000")
    assert (await ADA.post(strict, f"rule-sets/{version}/activate")).status == 200


async def test_an_approval_is_of_one_version_alone(strict: World) -> None:
    strict.ports.approvals = 1
    first, second = await ADA.drafts(strict), await ADA.drafts(strict, "360000")
    await BO.approves(strict, first)
    assert title(await ADA.post(strict, f"rule-sets/{second}/activate")) == (409, "Approvals missing")


async def test_a_draft_of_nobody_known_cannot_be_approved_and_its_activation_says_so(
    strict: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHORISATION", "keys")
    await strict.post("rule-sets", json.dumps({"document": stricter(), "author": "ada@example.com"}).encode())
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    assert title(await BO.approves(strict, 2)) == (409, "Author not verified")
    refused = await ADA.post(strict, "rule-sets/2/activate")
    assert title(refused) == (409, "Approvals missing")
    assert "its author was not verified, so that nobody can approve it" in refused.value["detail"]


async def test_a_version_of_nobody_known_that_is_in_force_can_be_approved_for_retirement(strict: World) -> None:
    """Otherwise it could never be taken out of force: the shipped one, or one of before."""
    strict.ports.approvals = 1
    version = await ADA.drafts(strict)
    await BO.approves(strict, version)
    await ADA.post(strict, f"rule-sets/{version}/activate")
    assert (await BO.approves(strict, 1, "retire")).status == 200
    assert (await ADA.post(strict, "rule-sets/1/retire")).status == 200


async def test_with_keys_nobody_is_verified_and_nobody_approves(strict: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = await ADA.drafts(strict)
    monkeypatch.setenv("AUTHORISATION", "keys")
    for header in ({}, {"x_ms_client_principal": principal("Rules.Approve", preferred_username="bo@example.com")}):
        refused = await strict.post(f"rule-sets/{version}/approve", b'{"action": "activate"}', **header)
        assert title(refused) == (403, "Nobody is verified")
        assert "AUTHORISATION to app-roles" in refused.value["detail"]
    assert (await strict.get(f"rule-sets/{version}")).value["approvals"] == 0


async def test_with_keys_an_activation_that_needs_approvals_says_that_nobody_can_give_them(
    strict: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict.ports.approvals = 1
    version = await ADA.drafts(strict)
    monkeypatch.setenv("AUTHORISATION", "keys")
    refused = await strict.post(f"rule-sets/{version}/activate")
    assert title(refused) == (409, "Approvals missing")
    assert refused.value["detail"] == (
        "activate of version 2 needs 1 approval and has none; with keys nobody can approve: set AUTHORISATION to "
        "app-roles, or APPROVALS to 0"
    )


async def test_what_cannot_be_done_is_not_approved_and_an_action_that_is_none_is_told(strict: World) -> None:
    version = await ADA.drafts(strict)
    assert title(await BO.approves(strict, version, "retire")) == (409, "Not active")
    assert title(await BO.approves(strict, 1, "activate")) == (409, "Already active")
    assert title(await BO.approves(strict, 1, "retire")) == (409, "Last active rule set")
    assert title(await BO.approves(strict, 9)) == (404, "Not found")
    assert (await BO.approves(strict, version, "publish")).error_paths == ["$.action"]
    assert (await BO.post(strict, f"rule-sets/{version}/approve")).error_paths == ["$.action"]
    assert (await BO.post(strict, f"rule-sets/{version}/approve", action="retire", note=7)).error_paths == ["$.note"]


async def test_what_is_done_already_needs_no_approval(strict: World) -> None:
    assert (await ADA.post(strict, "rule-sets/1/activate")).status == 200


async def test_without_the_setting_approvals_may_be_given_and_are_used_up_all_the_same(world: World) -> None:
    version = await ADA.drafts(world)
    await BO.approves(world, version)
    activated = await ADA.post(world, f"rule-sets/{version}/activate")
    assert activated.value["changes"][0]["approvedBy"] == ["bo@example.com"]
    assert activated.value["approvals"] == 0


async def test_the_list_counts_approvals_in_csv_too(strict: World) -> None:
    version = await ADA.drafts(strict)
    await BO.approves(strict, version)
    items = (await ADA.get(strict, "rule-sets")).value["items"]
    assert [each["approvals"] for each in items] == [1, 0]
