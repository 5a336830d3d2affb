"""How quarantined messages end: put back, closed with a reason, or corrected; one, many, or all of a fault."""

import base64
import json
from typing import Any

import pytest

from shared.messaging.sender import Queue
from shared.workflow.keep import keep_poison
from tests.api.given import event, spend
from tests.api.world import Answer, World

WRONG = spend("C-1", "1e9")
RIGHT = spend("C-1", "1000000")
SPEND = "fasttrack.spend.updated.v1"
AMOUNT = f"{SPEND}: $.data.annualAmount"


async def post(world: World, path: str, **value: object) -> Answer:
    return await world.post(f"quarantine/{path}", json.dumps(value).encode())


async def ids(world: World, **wanted: object) -> list[str]:
    return [each["id"] for each in (await world.get("quarantine", **wanted)).value["items"]]


async def kept(world: World, *messages: bytes) -> list[str]:
    """Ids of these messages, which cannot be handled, in their order."""
    await world.handle(*messages)
    items = (await world.get("quarantine", limit=1000)).value["items"]
    by_body = {each.get("body"): each["id"] for each in items}
    return [by_body[each.decode()] for each in messages]


async def groups(world: World) -> dict[str | None, int]:
    return {each["fault"]: each["count"] for each in (await world.get("quarantine/faults")).value["items"]}


def queued(world: World) -> list[Any]:
    return [json.loads(each.body) for each in world.sender.queues[Queue.EVENTS]]


async def one(world: World, message_id: str) -> Any:
    answer = await world.get(f"quarantine/{message_id}")
    assert answer.status == 200
    return answer.value


async def test_a_message_is_read_by_its_id(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    assert await one(world, message_id) == (await world.get("quarantine")).value["items"][0]
    assert (await world.get(f"quarantine/{'0' * 32}")).status == 404


async def test_a_closed_message_is_done_with_its_reason_and_nothing_is_sent(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    world.pass_time(hours=1)
    closed = await post(world, f"{message_id}/close", reason="corrected by inv-2", author="Ada")
    assert (closed.status, closed.value["state"]) == (200, "closed")
    assert closed.value["trail"] == [
        {
            "state": "closed",
            "at": "2026-03-02T13:00:00.000000Z",
            "by": "Ada",
            "verified": False,
            "reason": "corrected by inv-2",
        }
    ]
    assert queued(world) == []
    assert await groups(world) == {}
    assert (await world.ports.quarantine.count_kept()).kept == 0


async def test_closing_again_keeps_the_first_reason(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    first = await post(world, f"{message_id}/close", reason="first")
    assert (await post(world, f"{message_id}/close", reason="second")).value == first.value


async def test_closing_what_was_put_back_leaves_it_put_back(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    await post(world, f"{message_id}/redrive")
    assert (await post(world, f"{message_id}/close", reason="too late")).value["state"] == "redriven"


@pytest.mark.parametrize("reason", [None, "", "  ", "a\nb", 7, "x" * 1001])
async def test_closing_needs_a_reason_on_one_line(world: World, reason: object) -> None:
    (message_id,) = await kept(world, WRONG)
    for path in (f"{message_id}/close", "close"):
        answer = await post(world, path, reason=reason, **({"ids": [message_id]} if path == "close" else {}))
        assert (answer.status, answer.error_paths) == (400, ["$.reason"])
    assert (await one(world, message_id))["state"] == "kept"


async def test_a_closed_message_that_comes_again_waits_again_and_says_how_it_was_done(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    await post(world, f"{message_id}/close", reason="dealt with")
    await world.handle(WRONG)
    again = await one(world, message_id)
    assert (again["state"], again["count"]) == ("kept", 2)
    assert [each["reason"] for each in again["trail"]] == ["dealt with"]
    assert await groups(world) == {AMOUNT: 1}


async def test_a_closed_message_put_back_by_id_goes_back(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    await post(world, f"{message_id}/close", reason="by mistake")
    answer = await post(world, f"{message_id}/redrive", author="Ada")
    assert (answer.value["state"], len(queued(world))) == ("redriven", 1)
    assert [each["state"] for each in answer.value["trail"]] == ["closed", "redriven"]


async def test_a_corrected_event_is_queued_in_the_messages_place(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    answer = await post(world, f"{message_id}/resubmit", body=RIGHT.decode(), author="Ada")
    assert (answer.status, answer.value["state"]) == (202, "resubmitted")
    assert answer.value["body"] == WRONG.decode()
    assert queued(world) == [json.loads(RIGHT)]
    await world.handle_queued()
    assert (await world.get("customers/C-1")).value["licences"][0]["annualAmount"] == "1000000"
    assert await groups(world) == {}


async def test_the_trail_leads_to_a_correction_that_comes_to_quarantine_too(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    answer = await post(world, f"{message_id}/resubmit", body=RIGHT.decode())
    await keep_poison(world.ports, Queue.EVENTS, world.sender.queues[Queue.EVENTS][0].body, attempt=5)
    assert (await one(world, answer.value["trail"][-1]["corrected"]))["state"] == "kept"


async def test_a_repeated_correction_queues_nothing_more_and_another_one_is_refused(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    answers = [await post(world, f"{message_id}/resubmit", body=RIGHT.decode()) for _ in range(2)]
    assert answers[0].value == answers[1].value
    other = await post(world, f"{message_id}/resubmit", body=spend("C-1", "2000000").decode())
    assert (other.status, len(queued(world))) == (409, 1)


async def test_a_correction_is_checked_as_a_posted_event_is(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    for body, path in ((WRONG.decode(), "$.body.data.annualAmount"), ("{", "$.body"), ("[]", "$.body")):
        answer = await post(world, f"{message_id}/resubmit", body=body)
        assert (answer.status, answer.error_paths) == (400, [path])
    for no_text in (None, json.loads(RIGHT)):
        assert (await post(world, f"{message_id}/resubmit", body=no_text)).error_paths == ["$.body"]
    assert queued(world) == []
    assert (await one(world, message_id))["state"] == "kept"


async def test_a_correction_is_answered_with_its_warnings(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    doubtful = spend("C-1", "1000000", application="fnance").decode()
    answer = await post(world, f"{message_id}/resubmit", body=doubtful)
    assert [each["path"] for each in answer.value["warnings"]] == ["$.body.data.application"]


async def test_what_was_put_back_or_is_no_event_is_not_corrected(world: World) -> None:
    (message_id,) = await kept(world, WRONG)
    await post(world, f"{message_id}/redrive")
    assert (await post(world, f"{message_id}/resubmit", body=RIGHT.decode())).status == 409
    await keep_poison(world.ports, Queue.RECOMPUTE, b"{}")
    (other,) = set(await ids(world)) - {message_id}
    assert (await post(world, f"{other}/resubmit", body=RIGHT.decode())).status == 409
    assert len(queued(world)) == 1


async def test_who_acted_is_the_verified_caller_whatever_name_is_given(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "true")
    first, second, third, fourth = await kept_as(world, WRONG, b"a", b"b", b"c")
    given = {"author": "somebody else"}
    for path, value in (
        (f"{first}/resubmit", {"body": RIGHT.decode()}),
        (f"{second}/redrive", {}),
        (f"{third}/close", {"reason": "done"}),
        ("close", {"reason": "done", "ids": [fourth]}),
    ):
        await world.ask("POST", f"quarantine/{path}", json.dumps(value | given).encode(), {}, OPERATOR)
    for each in (first, second, third, fourth):
        stored = await world.ports.quarantine.load(each)
        assert stored
        assert [(ending.by, ending.verified) for ending in stored.trail] == [("ada@contoso.example", True)]


_CLAIMS = [("preferred_username", "ada@contoso.example"), ("roles", "Operations.Manage")]
OPERATOR = {
    "content_type": "application/json",
    "x-ms-client-principal": base64.b64encode(
        json.dumps({"claims": [{"typ": typ, "val": value} for typ, value in _CLAIMS]}).encode()
    ).decode(),
}


async def kept_as(world: World, *messages: bytes) -> list[str]:
    """As the store has them: a caller without a role may not ask."""
    await world.handle(*messages)
    found, _ = await world.ports.quarantine.page("", 100)
    by_body = {each.body: each.id for each in found}
    return [by_body[each] for each in messages]


async def test_messages_are_listed_by_state_source_and_type(world: World) -> None:
    one_source = event("spend.updated", {"customerId": "C-1"}, source="/a")
    other = event("project.updated", {"customerId": "C-1"}, source="/b")
    first, second, third = await kept(world, one_source, other, b"not an event")
    await post(world, f"{second}/close", reason="done")
    assert await ids(world, state="kept") == sorted([first, third])
    assert await ids(world, state="closed") == [second]
    assert await ids(world, source="/a") == await ids(world, type=SPEND) == [first]
    assert await ids(world, source="/b", state="kept") == []
    assert await ids(world, source="/b", state="closed", type="fasttrack.project.updated.v1") == [second]
    assert (await world.get("quarantine", state="open")).error_paths == ["state"]


async def test_kept_messages_are_counted_by_fault_the_greatest_first(world: World) -> None:
    await world.handle(*(spend(f"C-{number}", "1e9") for number in range(3)), b"{", b"[", b"x" * 60_000, b"y" * 60_000)
    found = (await world.get("quarantine/faults")).value
    assert found["next"] is None
    counts = [(each["fault"], each["count"]) for each in found["items"]]
    assert counts[0] == (AMOUNT, 3)
    assert counts[1] == ("the message has N bytes; at most N are taken", 2)
    assert sum(count for _, count in counts) == 7


async def test_many_are_closed_by_id_and_each_is_accounted_for(world: World) -> None:
    first, second, third = await kept(world, b"a", b"b", b"c")
    await post(world, f"{second}/close", reason="before")
    absent = "0" * 32
    answer = (await post(world, "close", ids=[first, second, absent, first], reason="a test")).value
    assert [(each["id"], each["done"], each.get("detail")) for each in answer["items"]] == [
        (first, True, None),
        (second, False, "it is closed already"),
        (absent, False, "it is not in quarantine"),
    ]
    assert (answer["done"], answer["next"], answer["dryRun"]) == (1, None, False)
    assert await ids(world, state="kept") == [third]


async def test_all_of_a_fault_are_closed_a_part_with_each_call(world: World) -> None:
    await world.handle(*(spend(f"C-{number}", "1e9") for number in range(130)), b"{")
    after, done = None, []
    for _ in range(2):
        answer = (await post(world, "close", fault=AMOUNT, reason="a test", after=after)).value
        after = answer["next"]
        done.append(answer["done"])
    assert (done, after) == ([100, 30], None)
    assert AMOUNT not in await groups(world)
    assert len(await ids(world, state="kept", limit=1000)) == 1


async def test_of_many_only_those_that_pass_the_checks_are_put_back(world: World) -> None:
    early = spend("C-1", time="2026-03-02T12:06:00Z")
    first, second = await kept(world, early, spend("C-2", "1e9", time="2026-03-02T12:06:00Z"))
    world.pass_time(minutes=10)
    answer = (await post(world, "redrive", ids=[first, second])).value
    assert [(each["id"], each["done"]) for each in answer["items"]] == [(first, True), (second, False)]
    assert "$.data.annualAmount" in answer["items"][1]["detail"]
    assert queued(world) == [json.loads(early)]
    assert await ids(world, state="kept") == [second]
    await post(world, f"{second}/redrive")
    assert len(queued(world)) == 2, "by id it goes back whatever is wrong with it"


async def test_those_of_a_fault_that_do_not_pass_are_passed_over(world: World) -> None:
    wrong = [spend(f"C-{number}", "1e9") for number in range(101)]
    await world.handle(*wrong)
    first = (await post(world, "redrive", fault=AMOUNT)).value
    second = (await post(world, "redrive", fault=AMOUNT, after=first["next"])).value
    assert [(each["done"], len(each["items"])) for each in (first, second)] == [(0, 100), (0, 1)]
    assert second["next"] is None
    assert queued(world) == []
    assert await groups(world) == {AMOUNT: 101}


@pytest.mark.parametrize("path", ["close", "redrive"])
async def test_a_dry_run_says_what_would_be_done_and_changes_nothing(world: World, path: str) -> None:
    (message_id,) = await kept(world, spend("C-1", time="2026-03-02T12:06:00Z"))
    world.pass_time(minutes=10)
    writes = world.store.writes
    reason = {"reason": "a test"} if path == "close" else {}
    answer = (await post(world, path, ids=[message_id], dryRun=True, **reason)).value
    assert (answer["dryRun"], answer["done"], answer["items"]) == (True, 1, [{"id": message_id, "done": True}])
    assert world.store.writes == writes
    assert queued(world) == []


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, "$"),
        ({"ids": ["0" * 32], "fault": "x"}, "$"),
        ({"ids": []}, "$.ids"),
        ({"ids": ["0" * 32] * 101}, "$.ids"),
        ({"ids": ["not~an~id"]}, "$.ids"),
        ({"ids": "0" * 32}, "$.ids"),
        ({"fault": ""}, "$.fault"),
        ({"fault": 7}, "$.fault"),
        ({"fault": "x", "after": "?"}, "$.after"),
        ({"fault": "x", "dryRun": "yes"}, "$.dryRun"),
        ({"fault": "x", "author": 7}, "$.author"),
    ],
)
async def test_what_is_asked_of_many_is_checked(world: World, value: dict[str, object], path: str) -> None:
    assert (await post(world, "redrive", **value)).error_paths == [path]
    assert (await post(world, "close", reason="a test", **value)).error_paths == [path]
