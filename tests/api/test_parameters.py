"""Parameters that are not right are refused with a problem that names them and says what would be."""

import pytest

from tests.api.given import attached, certified
from tests.api.world import ROUTES, World, needed

LISTS = ["customers", "customers/C-1/history", "partners/P-1/customers", "rule-sets", "quarantine"]
NUMBERED = ["customers/C-1/history", "rule-sets"]
BY_ID = ["customers", "partners/P-1/customers"]


@pytest.fixture
async def fed(world: World) -> World:
    await world.handle(certified(), attached("C-1"))
    return world


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "+5", "1.0", "ten", " 5", "5 ", "٥", "1e2", "1" * 5000])
async def test_a_limit_that_is_not_1_to_1000_is_refused(fed: World, path: str, limit: str) -> None:
    answer = await fed.get(path, limit=limit)
    assert (answer.status, answer.error_paths) == (400, ["limit"])
    assert "1 to 1000" in answer.value["errors"][0]["message"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 1000])
async def test_the_least_and_the_greatest_limit_are_taken(fed: World, path: str, limit: int) -> None:
    assert (await fed.get(path, limit=limit)).status == 200


@pytest.mark.parametrize("path", NUMBERED)
@pytest.mark.parametrize("before", ["0", "-1", "x", "9999999999", "1.5"])
async def test_a_before_that_is_not_a_number_from_1_is_refused(fed: World, path: str, before: str) -> None:
    answer = await fed.get(path, before=before)
    assert (answer.status, answer.error_paths) == (400, ["before"])


@pytest.mark.parametrize("path", BY_ID)
@pytest.mark.parametrize("after", ["~", "a/b", "a b", "-a", "a" * 65, "é", "a\n"])
async def test_an_after_that_is_not_an_identifier_is_refused(fed: World, path: str, after: str) -> None:
    answer = await fed.get(path, after=after)
    assert (answer.status, answer.error_paths) == (400, ["after"])


@pytest.mark.parametrize("after", ["/", "é", "C-1", "2026-03-02T12:00:00Z'", "a" * 101])
async def test_an_after_that_quarantine_never_gave_is_refused(fed: World, after: str) -> None:
    answer = await fed.get("quarantine", after=after)
    assert (answer.status, answer.error_paths) == (400, ["after"])


@pytest.mark.parametrize("identifier", ["a b", "é", "~", "a~b", "-a", ".", "a" * 65, "a'b", "a\x00"])
@pytest.mark.parametrize(("method", "route"), [each for each in ROUTES if "{id}" in each[1]])
async def test_an_id_that_no_event_may_have_is_refused(fed: World, method: str, route: str, identifier: str) -> None:
    path = route.replace("{version}", "1").replace("{sequence}", "1").replace("{id}", identifier)
    answer = await fed.ask(method, path, b"", needed(path))
    assert (answer.status, answer.error_paths) == (400, ["id"])


@pytest.mark.parametrize("version", ["0", "-1", "x", "1.0", "99999999999", "latest"])
async def test_a_version_that_is_not_a_number_from_1_is_refused(fed: World, version: str) -> None:
    answer = await fed.get(f"rule-sets/{version}")
    assert (answer.status, answer.error_paths) == (400, ["version"])


async def test_a_problem_has_the_members_of_rfc_9457(fed: World) -> None:
    answer = await fed.get("customers", limit="ten")
    assert (answer.status, answer.type) == (400, "application/problem+json")
    assert answer.value.keys() == {"type", "title", "status", "detail", "errors"}
    assert (answer.value["type"], answer.value["status"]) == ("about:blank", 400)
    assert [each.keys() for each in answer.value["errors"]] == [{"path", "message"}]
    missing = await fed.get("customers/C-2")
    assert missing.value.keys() == {"type", "title", "status", "detail"}
