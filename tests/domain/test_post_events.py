"""Events posted over HTTP: one or a batch, all queued or none, every member at fault named by its place."""

import contextlib
import json
from collections.abc import Sequence
from typing import Any

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.api.events import MAX_BATCH, Acceptance
from shared.api.granting import Granter
from shared.api.posting import accept
from shared.api.problems import Problem
from shared.domain.events import parse_event
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from tests.memory_sender import MemorySender

from .given import GOOD, NOW, Json, accepted, body, event

AS_JSON = {"content-type": "application/json"}


class Posting:
    """Posts to an empty queue at noon."""

    def __init__(self, sender: MemorySender | None = None) -> None:
        self.sender = sender or MemorySender()
        self.ports = Ports(MemoryStore(), self.sender, lambda: NOW)

    async def post(self, value: Any) -> Acceptance:
        return await accept(self.ports, value if isinstance(value, bytes) else body(value), AS_JSON, Granter())

    async def refused(self, value: Any) -> dict[str, str]:
        """The messages of the 400 by path; nothing was queued."""
        with pytest.raises(Problem) as caught:
            await self.post(value)
        assert caught.value.status == 400
        assert not any(self.sender.queues.values())
        found = [(each.path, each.message) for each in caught.value.errors]
        assert len(dict(found)) == len(found)
        return dict(found)

    def queued(self) -> Sequence[Message]:
        assert not self.sender.queues[Queue.NOTIFICATIONS]
        assert not self.sender.queues[Queue.RECOMPUTE]
        return self.sender.queues[Queue.EVENTS]


@pytest.fixture
def posting() -> Posting:
    return Posting()


@pytest.mark.parametrize("name", GOOD)
async def test_one_event_is_put_on_the_queue_as_it_is(posting: Posting, name: str) -> None:
    posted = event(name, {"extension": ["é", "\U0001f600", 1.5, None]})
    assert (await posting.post(posted))["accepted"] == 1
    [message] = posting.queued()
    assert parse_event(message.body, NOW) == accepted(posted)
    assert body_of(message) == posted


def body_of(message: Message) -> Any:
    return json.loads(message.body)


@pytest.mark.parametrize("count", [1, 2, 100])
async def test_a_batch_of_up_to_100_is_put_on_the_queue_in_its_order(posting: Posting, count: int) -> None:
    batch = [event(envelope={"id": f"e-{number}"}) for number in range(count)]
    assert await posting.post(batch) == {"accepted": count}
    assert [body_of(each) for each in posting.queued()] == batch


async def test_101_events_are_too_many(posting: Posting) -> None:
    assert await posting.refused([event()] * 101) == {"$": "has 101 events; send 1 to 100"}
    assert MAX_BATCH == 100


async def test_an_empty_batch_is_none(posting: Posting) -> None:
    assert await posting.refused([]) == {"$": "has 0 events; send 1 to 100"}


async def test_every_member_at_fault_is_named_by_its_place_and_none_is_queued(posting: Posting) -> None:
    found = await posting.refused(
        [
            event(),
            event("fasttrack.spend.updated.v1", {"id": ""}, currency="usd", annualAmount=5),
            event(),
            "not an event",
            event("fasttrack.project.updated.v1", applications=["finance", "Sales"]),
            event(envelope={"time": "2026-03-02T12:05:00.000001Z"}),
            [event()],
        ]
    )
    assert list(found) == [
        "$[1].id",
        "$[1].data.annualAmount",
        "$[1].data.currency",
        "$[3]",
        "$[4].data.applications[1]",
        "$[5].time",
        "$[6]",
    ]
    assert found["$[1].data.currency"] == (
        '"usd" is not right; give a currency code of ISO 4217, such as "USD"; write "USD"'
    )
    assert found["$[3]"] == "is not an object; send one CloudEvent"


async def test_all_100_of_a_batch_may_be_at_fault(posting: Posting) -> None:
    found = await posting.refused([event(customerId="/")] * 100)
    assert list(found) == [f"$[{number}].data.customerId" for number in range(100)]


async def test_one_event_outside_a_list_is_named_without_a_place(posting: Posting) -> None:
    assert list(await posting.refused(event(customerId=None))) == ["$.data.customerId"]


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", b"[" * 100_000, b'[{"a":1,"a":1}]', b"[NaN]", rb'["\ud800"]'])
async def test_a_body_that_is_no_strict_json_is_refused(posting: Posting, value: bytes) -> None:
    assert list(await posting.refused(value)) == ["$"]


@pytest.mark.parametrize("value", [None, 7, "event", True])
async def test_a_body_that_is_neither_an_event_nor_a_list_is_refused(posting: Posting, value: Any) -> None:
    assert await posting.refused(value) == {"$": "is not an object; send one CloudEvent"}


def sized(size: int) -> Json:
    """An event of that many bytes once it is written without white space."""
    empty = len(json.dumps(event(envelope={"comment": ""}), separators=(",", ":")))
    return event(envelope={"comment": "x" * (size - empty)})


async def test_an_event_of_48_kib_is_taken_however_it_is_spaced(posting: Posting) -> None:
    assert await posting.post(json.dumps([sized(48 * 1024)], indent=8).encode()) == {"accepted": 1}
    assert len(posting.queued()[0].body) == 48 * 1024


async def test_one_byte_more_is_refused_and_named_by_its_place(posting: Posting) -> None:
    found = await posting.refused([event(), sized(48 * 1024 + 1)])
    assert found == {"$[1]": "has 49153 bytes; at most 49152 are taken"}


def commented(written: str) -> bytes:
    """The usual event with that JSON in a member that is not read."""
    return body(event())[:-1] + f', "comment": {written}}}'.encode()


NOT_READ = [
    "1e308",
    "9" * 4_300,
    "0.1",
    "1.0000000000000000000000001",
    r'"\ud83d\ude00\u0000"',
    '"\u2028"',
    "[" * 9_000 + "]" * 9_000,
]
TOO_MUCH = ["1e999", "-1e999", "9" * 40_000, *("[" * depth + "]" * depth for depth in (9_990, 9_995, 10_000, 20_000))]


@pytest.mark.parametrize("written", NOT_READ)
async def test_what_is_not_read_is_queued_so_that_the_message_can_be_handled(posting: Posting, written: str) -> None:
    assert await posting.post(commented(written)) == {"accepted": 1}
    assert [parse_event(each.body, NOW) for each in posting.queued()] == [accepted(event())]


@pytest.mark.parametrize("written", TOO_MUCH)
async def test_numbers_too_large_and_nesting_too_deep_are_refused_or_queued_so_that_they_can_be_handled(
    posting: Posting, written: str
) -> None:
    with contextlib.suppress(Problem):
        await posting.post(commented(written))
    assert [parse_event(each.body, NOW) for each in posting.queued()] in ([], [accepted(event())])


class Unavailable(MemorySender):
    async def send(self, queue: Queue, message: Message) -> None:
        raise SenderUnavailableError("no answer")


async def test_a_queue_that_does_not_answer_is_a_passing_failure_not_a_fault_of_the_request() -> None:
    with pytest.raises(SenderUnavailableError):
        await Posting(Unavailable()).post(event())


async def test_the_problem_says_the_first_three_faults_and_lists_all(posting: Posting) -> None:
    with pytest.raises(Problem) as caught:
        await posting.post([event(customerId="/")] * 5)
    problem = caught.value.to_json()
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Bad request", 400)
    assert problem["detail"].count(" is not right; give an identifier") == 3
    assert [each["path"] for each in problem["errors"]] == [f"$[{number}].data.customerId" for number in range(5)]
