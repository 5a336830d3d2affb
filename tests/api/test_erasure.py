"""``DELETE customers/{id}``, and what the other routes say of an erased customer."""

from datetime import timedelta

from shared.workflow.erase import STRETCH, sweep_erasures
from tests.api.given import covered, qualified, spend
from tests.api.world import Answer, World


async def deleted(world: World, customer_id: str = "C-1") -> Answer:
    return await world.ask("DELETE", f"customers/{customer_id}", b"", {})


async def erased(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1"), spend("C-2", "5"))
    await deleted(world)
    await sweep_erasures(world.ports)


async def test_it_is_accepted_once_and_again(world: World) -> None:
    await world.handle(spend("C-1", "5"))
    first = await deleted(world)
    assert (first.status, first.value) == (202, {"customerId": "C-1", "askedAt": "2026-03-02T12:00:00.000000Z"})
    world.pass_time(hours=1)
    again = await deleted(world)
    assert (again.status, again.value) == (202, first.value)


async def test_the_change_log_says_who_asked_for_it_and_why(world: World) -> None:
    await world.handle(spend("C-1", "5"))
    await world.ask("DELETE", "customers/C-1", b"", {"author": "Ada", "reason": "The customer asked for it"})
    (entry,) = (await world.get("log")).value["items"]
    told = {name: entry[name] for name in ("action", "kind", "subject", "by", "verified", "why", "done")}
    of_whom = {"by": "Ada", "verified": False, "why": "The customer asked for it"}
    assert told == {"action": "erased", "kind": "customer", "subject": "C-1", **of_whom, "done": True}


async def test_of_a_customer_of_whom_nothing_is_stored_it_is_404(world: World) -> None:
    answer = await deleted(world, "C-7")
    assert (answer.status, answer.value["detail"]) == (404, "nothing is stored of customer C-7")


async def test_an_erased_customer_is_in_no_list_and_404_says_until_when_events_are_not_taken(world: World) -> None:
    await erased(world)
    detail = "customer C-1 was erased; events of a time up to 2026-03-02T12:05:00.000000Z are not taken"
    for path in ("customers/C-1", "customers/C-1/eligibility", "customers/C-1/history"):
        answer = await world.get(path)
        assert (answer.status, answer.value["detail"]) == (404, detail)
    assert (await world.get("customers/C-1/history/1")).status == 404
    assert [each["customerId"] for each in (await world.get("customers")).value["items"]] == ["C-2"]
    assert (await world.get("partners/P-1/customers")).value["items"] == []


async def test_the_history_of_one_that_came_back_begins_with_its_next_decision(world: World) -> None:
    await erased(world)
    before = await world.ports.customers.load("C-1")
    world.pass_time(minutes=10)
    await world.handle(spend("C-1", "7", time="2026-03-02T12:06:00Z"))
    world.now += STRETCH + timedelta(minutes=1)
    history = (await world.get("customers/C-1/history")).value
    assert [each["sequence"] for each in history["items"]] == [before.state.sequence + 1]
    assert history["next"] is None
    assert (await world.get(f"customers/C-1/history/{before.state.sequence}")).status == 404


async def test_while_an_older_version_may_run_nobody_is_erased(world: World) -> None:
    await world.handle(spend("C-1", "5"))
    world.ports.oldest_version = "0.2.0"
    answer = await deleted(world)
    assert (answer.status, answer.value["title"]) == (409, "Not while an older version may run")
    world.ports.oldest_version = None
    await sweep_erasures(world.ports)
    assert (await world.get("customers/C-1")).status == 200
