"""When a dependency does not answer, every route says so and that asking again may help; and over-long bodies."""

import json

import pytest

from shared.api.principal import Role
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage import keys
from shared.storage.rows import packed
from shared.storage.store import ANY, Row, Table
from tests.api.given import spend
from tests.api.world import ROUTES, World, needed
from tests.functions.principals import principal

FROM_NOWHERE = ("docs", "openapi.json", "asyncapi.json", "schemas", "schemas/{name}", "me", "portal/{*path}")
"""Answered without asking anything of the store."""
_THOSE = {"ids": ["0" * 32], "reason": "a test"}
BODIES = {
    path: json.dumps(value).encode()
    for path, value in {
        "rule-sets": {"document": json.loads(SHIPPED.read_bytes())},
        "rule-sets/1/approve": {"action": "activate"},
        "previews": {"to": {"on": "2027-03-31"}},
        "quarantine/X-1/close": {"reason": "a test"},
        "quarantine/X-1/resubmit": {"body": spend("C-1").decode()},
        "quarantine/close": _THOSE,
        "quarantine/redrive": {"ids": _THOSE["ids"]},
    }.items()
}
ASKED = [
    (method, route.replace("{version}", "1").replace("{sequence}", "1").replace("{id}", "X-1"))
    for method, route in ROUTES
    if route not in ("health", "events", *FROM_NOWHERE)
]


EVERY_ROLE = {"x_ms_client_principal": principal(*(role.value for role in Role))}


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_a_store_that_does_not_answer_makes_it_503_without_telling_its_name(
    world: World, method: str, path: str
) -> None:
    world.store.down = True
    answer = await world.ask(method, path, BODIES.get(path, b"{}"), needed(path), EVERY_ROLE)
    assert (answer.status, answer.type) == (503, "application/problem+json")
    assert "again" in answer.value["detail"]
    assert "secret" not in str(answer.value)


async def test_it_answers_again_as_soon_as_the_store_does(world: World) -> None:
    await world.handle(spend("C-1"))
    world.store.down = True
    assert (await world.get("customers/C-1")).status == 503
    world.store.down = False
    assert (await world.get("customers/C-1")).status == 200


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(("method", "path"), [*ASKED])
async def test_a_body_over_1_mib_is_too_large_and_nothing_is_asked_of_the_store(
    world: World, method: str, path: str
) -> None:
    world.store.down = True
    body = BODIES.get(path, b"{}")
    answer = await world.ask(method, path, body.ljust(1024 * 1024 + 1), needed(path), EVERY_ROLE)
    assert (answer.status, answer.type) == (413, "application/problem+json")
    assert (await world.ask(method, path, body.ljust(1024 * 1024), needed(path), EVERY_ROLE)).status == 503


async def test_a_rule_set_that_this_version_cannot_read_makes_it_503_with_the_reason(world: World) -> None:
    await world.handle(spend("C-1"))
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(1))
    assert row
    document = {**json.loads(SHIPPED.read_bytes()), "warnDaysBefore": [7], "schema": "fasttrack.rule-set/v9"}
    properties = {**row.properties, **packed("document", json.dumps(document).encode())}
    await world.store.write(Table.RULES, Row(row.partition, row.key, properties), ANY)
    world.ports.rule_books = Ports(world.store, world.sender, lambda: world.now).rule_books
    for answer in [await world.get("customers/C-1/eligibility"), await world.post("check", b'{"customerId": "C-1"}')]:
        assert (answer.status, answer.type) == (503, "application/problem+json")
        assert "rule set 1 is not one that this version reads: $" in answer.value["detail"]
        assert "fasttrack.rule-set/v9" in answer.value["detail"]
    answer = await world.post("check", json.dumps({"customer": {}, "ruleSetVersion": 1}).encode())
    assert answer.status == 503
    health = await world.get("health")
    assert (health.status, health.value["dependencies"]["versions"]) == (
        503,
        "rule set 1 is not one that this version reads",
    )


async def test_a_row_of_a_later_format_makes_it_503_with_the_reason(world: World) -> None:
    await world.handle(spend("C-1"))
    row = await world.store.get(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    assert row
    await world.store.write(Table.CUSTOMERS, Row(row.partition, row.key, {**row.properties, "format": 2}), ANY)
    for path in ("customers/C-1", "customers"):
        answer = await world.get(path)
        assert answer.status == 503
        assert "format 2, and this version reads formats up to 1" in answer.value["detail"]
