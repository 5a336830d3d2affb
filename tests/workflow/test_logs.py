"""The app's log: an event can be followed by its id; one line each; nothing in it but ids and counts."""

import json
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from shared.logs import Log, about, add
from shared.messaging.sender import Queue, SenderUnavailableError, Waiting
from shared.settings import SettingError, read_settings
from shared.storage.fan_outs import FanOut
from shared.storage.work import Outbox
from shared.wiring import build
from shared.workflow import sweep
from shared.workflow.keep import LAST_ATTEMPT
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events
from tests.gone_back import Deaf
from tests.workflow.test_keep import Unreadable
from tests.world import World, nth_epoch

CANARY = "Zanzibar-Canary"
SECRET = "Y2FuYXJ5LXNlY3JldC1jYW5hcnktc2VjcmV0"

type Logged = pytest.LogCaptureFixture


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: Logged) -> None:
    caplog.set_level(logging.DEBUG)


def lines(caplog: Logged) -> list[dict[str, Any]]:
    """The app's records, each of which must be one line of JSON."""
    found = []
    for record in caplog.records:
        if record.name.startswith("eligibility."):
            text = record.getMessage()
            assert len(text.splitlines()) == 1
            assert text.isascii()
            found.append(json.loads(text))
    return found


def told(caplog: Logged, what: str) -> list[dict[str, Any]]:
    return [each for each in lines(caplog) if each["what"] == what]


async def test_an_event_is_followed_by_its_id_from_message_to_notification(caplog: Logged) -> None:
    world = World()
    message = events.spend()
    event = json.loads(message)
    await receive_event(world.ports, message, 2)
    (handled,) = lines(caplog)
    assert next(iter(handled)) == "what"
    assert handled == {
        **{"what": "event handled", "result": "applied", "queue": "eligibility-events", "attempt": 2},
        **{"eventId": event["id"], "source": event["source"], "type": event["type"], "customer": "C-1"},
        **{"sequence": 1, "status": "ineligible", "previousStatus": "unassessed", "epoch": nth_epoch(1)},
        "notificationId": "C-1/1",
    }


async def test_a_decision_whose_notification_fails_is_logged_and_so_is_the_notification_when_it_is_sent(
    caplog: Logged,
) -> None:
    world = World()
    message = events.spend()
    with pytest.raises(SenderUnavailableError):
        await receive_event(world.worker(sender=Deaf()), message, 1)
    (decided,) = told(caplog, "decision recorded")
    assert (decided["sequence"], decided["eventId"], "notificationId" in decided) == (
        1,
        json.loads(message)["id"],
        False,
    )
    assert told(caplog, "event handled") == []
    await receive_event(world.ports, message, 2)
    (notified,), (handled,) = told(caplog, "notified"), told(caplog, "event handled")
    assert (notified["notificationId"], notified["eventId"]) == ("C-1/1", json.loads(message)["id"])
    assert (handled["because"], "notificationId" in handled) == ("repeated", False)


async def test_a_notification_that_was_left_has_its_own_record_beside_that_of_the_next_decision(caplog: Logged) -> None:
    world = World()
    await world.post(*events.qualified())
    *left, last = events.eligible()
    for message in left:
        with pytest.raises(SenderUnavailableError):
            await receive_event(world.worker(sender=Deaf()), message, 1)
    caplog.clear()
    await receive_event(world.ports, last, 1)
    (notified,), (handled,) = told(caplog, "notified"), told(caplog, "event handled")
    assert (notified["notificationId"], notified["eventId"]) == ("C-1/1", json.loads(left[0])["id"])
    assert (handled["notificationId"], handled["eventId"]) == ("C-1/2", json.loads(last)["id"])


async def test_of_what_went_well_one_of_so_many_is_logged_and_the_same_ones_when_delivered_again(
    caplog: Logged,
) -> None:
    world = World()
    world.ports = world.worker(log_one_of=4)
    bodies = [events.spend(f"C-{number}") for number in range(200)]
    await world.post(*bodies)
    found = told(caplog, "event handled")
    assert 30 < len(found) < 70
    assert {each["oneOf"] for each in found} == {4}
    caplog.clear()
    await world.post(*bodies)
    assert [each["eventId"] for each in told(caplog, "event handled")] == [each["eventId"] for each in found]


async def test_decisions_of_a_fan_out_are_sampled_too(caplog: Logged) -> None:
    world = World()
    await world.post(*events.qualified(), *(body for number in range(100) for body in events.eligible(f"C-{number}")))
    world.ports = world.worker(log_one_of=4)
    caplog.clear()
    await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"))
    found = told(caplog, "decision recorded")
    assert 10 < len(found) < 40
    assert {(each["status"], each["oneOf"]) for each in found} == {("ineligible", 4)}


async def test_what_somebody_has_to_look_at_is_always_logged(caplog: Logged) -> None:
    world = World()
    world.ports = world.worker(log_one_of=1000)
    await world.post(b"{", *(events.spend(f"C-{number}", application="financ") for number in range(3)))
    assert [(each["result"], "oneOf" in each) for each in told(caplog, "event handled")] == [
        *[("kept", False)],
        *[("applied", False)] * 3,
    ]
    caplog.clear()
    with pytest.raises(SenderUnavailableError):
        await receive_event(world.worker(sender=Deaf(), log_one_of=1000), events.spend("C-9"), 1)
    assert [each["what"] for each in lines(caplog)] == ["decision recorded", "failed"]


async def test_a_partner_event_is_followed_over_its_fan_out_to_each_customer(caplog: Logged) -> None:
    world = World()
    *before, last = events.qualified()
    await world.post(*events.eligible("C-1"), *events.eligible("C-2"), *before)
    caplog.clear()
    await world.post(last)
    event_id = json.loads(last)["id"]
    (handled,) = told(caplog, "event handled")
    assert (handled["eventId"], handled["partner"], handled["result"]) == (event_id, "P-1", "applied")
    (page,) = told(caplog, "fan-out page")
    assert (page["fanOut"], page["customers"], page["finished"]) == (handled["fanOut"], 2, True)
    found = told(caplog, "decision recorded")
    assert {(each["notificationId"], each["customer"], each["sequence"], each["status"]) for each in found} == {
        ("C-1/2", "C-1", 2, "eligible"),
        ("C-2/2", "C-2", 2, "eligible"),
    }
    assert {each["eventId"] for each in found} == {event_id}
    assert told(caplog, "notified") == []
    (again,) = told(caplog, "customers decided again")
    assert (again["customers"], again["failed"], again["eventId"]) == (2, 0, event_id)


async def test_events_are_counted_by_type_and_result(caplog: Logged) -> None:
    world = World()
    message, certified = events.spend(), events.certified()
    await world.post(message, message, events.spend(time="2026-01-01T00:00:00Z"), certified, certified, b"{")
    counted = Counter((each.get("type"), each["result"]) for each in told(caplog, "event handled"))
    assert counted == {
        ("fasttrack.spend.updated.v1", "applied"): 1,
        ("fasttrack.spend.updated.v1", "unchanged"): 2,
        ("fasttrack.partner.certified.v1", "applied"): 1,
        ("fasttrack.partner.certified.v1", "unchanged"): 1,
        (None, "kept"): 1,
    }


async def test_an_event_that_changed_nothing_is_logged_with_the_reason(caplog: Logged) -> None:
    world = World()
    spend, certified = events.spend(time="2026-03-02T00:00:00Z"), events.certified(time="2026-03-02T00:00:00Z")
    await world.post(spend, spend, events.spend(), certified, certified, events.certified())
    named = ("because", "byId", "bySource", "byTime")
    found = [{name: each[name] for name in named if name in each} for each in told(caplog, "event handled")]
    by_spend, by_certified = (
        {"because": "outranked", "byId": json.loads(each)["id"], "bySource": "/test"}
        | {"byTime": "2026-03-02T00:00:00.000000Z"}
        for each in (spend, certified)
    )
    repeated = {"because": "repeated"}
    assert found == [{}, repeated, by_spend, {}, repeated, by_certified]


async def test_a_tie_of_other_content_is_outranked_and_not_repeated(caplog: Logged) -> None:
    world = World()
    first = json.loads(events.spend())
    second = {**first, "data": {**first["data"], "annualAmount": "1"}}
    await world.post(*(json.dumps(each).encode() for each in (first, second, first)))
    results = [(each["result"], each.get("because")) for each in told(caplog, "event handled")]
    assert results[0] == ("applied", None)
    assert ("unchanged", "outranked") in results
    assert ("unchanged", "repeated") not in results[:2]


async def test_what_was_probably_not_meant_is_logged_once_with_the_event(caplog: Logged) -> None:
    world = World()
    message = events.spend(application="finnance")
    await world.post(message, message, events.spend(licence="L-2"), events.certified(validUntil="2025-01-01"))
    unlisted = 'counts for nothing: no rule set of today or later lists it; did you mean "finance"?'
    assert [each.get("warnings") for each in told(caplog, "event handled")] == [
        [f'$.data.application "finnance" {unlisted}'],
        None,
        None,
        ["$.data.validUntil is before validFrom, 2026-01-01: it holds on no day"],
    ]


async def test_what_fails_is_told_with_its_event_at_each_try_and_where_it_is_kept_at_the_last(caplog: Logged) -> None:
    world = World()
    message = events.spend()
    ports = world.worker(Unreadable(world.store))
    for attempt in (1, LAST_ATTEMPT):
        try:
            await receive_event(ports, message, attempt)
        except ZeroDivisionError:
            assert attempt == 1
    failed = told(caplog, "failed")
    assert [(each["attempt"], each["last"], each["customer"]) for each in failed] == [
        (1, False, "C-1"),
        (5, True, "C-1"),
    ]
    (kept,) = told(caplog, "kept")
    (message_kept,), _ = await world.ports.quarantine.page("", 10)
    assert (kept["quarantineId"], kept["eventId"]) == (message_kept.id, json.loads(message)["id"])
    assert told(caplog, "event handled")[-1]["result"] == "kept"


async def test_sweeps_tell_the_age_of_what_is_left_and_how_much_is_in_quarantine(caplog: Logged) -> None:
    world = World()
    for body in (b"{", b"["):
        await receive_event(world.ports, body, 1)
    await world.post(*events.eligible())
    await world.ports.work.open_outbox(Outbox("C-1", 1, "2026-06-01T11:59:00.000000Z"))
    await receive_event(world.ports, events.certified(), 1)
    world.now = world.now.replace(minute=1)
    await sweep.sweep_outboxes(world.ports)
    await sweep.sweep_fan_outs(world.ports)
    await sweep.count_quarantine(world.ports)
    (outboxes,), (fan_outs,), (kept,) = (
        told(caplog, what) for what in ("outboxes swept", "fan-outs swept", "quarantine counted")
    )
    assert (outboxes["outboxes"], outboxes["oldestSeconds"]) == (1, 120)
    assert (fan_outs["fanOuts"], fan_outs["oldestSeconds"]) == (1, 60)
    assert kept["kept"] == 2
    world.now = world.now.replace(minute=3)
    await world.settle()
    (page,) = told(caplog, "fan-out page")
    assert page["lagSeconds"] == 180


async def test_how_long_a_message_of_a_queue_has_waited_is_told_of_each_queue(caplog: Logged) -> None:
    """The platform's own metric is of the whole account, once an hour: a message stayed for three days unnoticed."""
    world = World()

    async def waiting() -> list[Waiting]:
        return [Waiting(Queue.RECOMPUTE, 3, world.now - timedelta(days=3)), Waiting("eligibility-recompute-poison", 0)]

    world.ports.waiting = waiting
    await sweep.count_queues(world.ports)
    assert lines(caplog) == [
        {"what": "queue counted", "queue": "eligibility-recompute", "messages": 3, "oldestSeconds": 259200},
        {"what": "queue counted", "queue": "eligibility-recompute-poison", "messages": 0, "oldestSeconds": 0},
    ]


async def test_sweeps_that_find_nothing_say_so_in_numbers(caplog: Logged) -> None:
    world = World()
    await sweep.sweep_due(world.ports)
    await sweep.sweep_outboxes(world.ports)
    await sweep.sweep_fan_outs(world.ports)
    await sweep.count_quarantine(world.ports)
    assert lines(caplog) == [
        {"what": "due dates swept", "customers": 0},
        {"what": "outboxes swept", "outboxes": 0, "oldestSeconds": 0},
        {"what": "fan-outs swept", "fanOuts": 0, "oldestSeconds": 0},
        {"what": "quarantine counted", "kept": 0},
    ]


async def test_of_several_the_age_is_that_of_the_oldest_in_whatever_order(caplog: Logged) -> None:
    """Of outboxes in many partitions, and of fan-outs since they began, not since their last progress."""
    world = World()
    for minute, customer in ((40, "C-1"), (10, "C-2"), (50, "C-3")):
        await world.post(*events.eligible(customer))
        await world.ports.work.open_outbox(Outbox(customer, 1, f"2026-06-01T11:{minute}:00.000000Z"))
        fan_out = FanOut(customer, 1, at="2026-06-01T11:59:59.000000Z", since=f"2026-06-01T11:{minute}:00.000000Z")
        await world.ports.fan_outs.open(fan_out)
    await sweep.sweep_outboxes(world.ports)
    await sweep.sweep_fan_outs(world.ports)
    (outboxes,), (fan_outs,) = told(caplog, "outboxes swept"), told(caplog, "fan-outs swept")
    assert (outboxes["outboxes"], outboxes["oldestSeconds"]) == (3, 3000)
    assert (fan_outs["fanOuts"], fan_outs["oldestSeconds"]) == (3, 3000)


async def test_an_outbox_whose_decision_never_came_to_be_makes_no_age(caplog: Logged) -> None:
    """It was announced by a writer that lost, and whose next try changed nothing: nobody waits for it."""
    world = World()
    await world.post(*events.eligible())
    await world.ports.work.open_outbox(Outbox("C-1", 2, "2026-06-01T11:00:00.000000Z"))
    await sweep.sweep_outboxes(world.ports)
    (outboxes,) = told(caplog, "outboxes swept")
    assert (outboxes["outboxes"], outboxes["oldestSeconds"]) == (1, 0)


@pytest.mark.parametrize("bad", ["x\r\n{}", "x\nforged", "\x1b[2J", "x\x85y"])
async def test_ids_that_break_lines_are_refused_and_never_logged(bad: str, caplog: Logged) -> None:
    world = World()
    for envelope in ({"id": bad}, {"source": bad}, {"type": bad}):
        await receive_event(world.ports, events.event("spend.updated", {"customerId": bad}, **envelope), 1)
    assert len(told(caplog, "kept")) == 3
    assert not any(bad in json.dumps(each, ensure_ascii=False) or "forged" in str(each) for each in lines(caplog))


@pytest.mark.parametrize("odd", ["a\u2028b", 'a","what":"forged', "a\u202eb"])
async def test_odd_ids_that_are_taken_stay_in_their_field(odd: str, caplog: Logged) -> None:
    world = World()
    data = json.loads(events.spend())
    await receive_event(world.ports, json.dumps(data | {"id": odd, "source": odd}).encode(), 1)
    (handled,) = told(caplog, "event handled")
    assert (handled["eventId"], handled["source"]) == (odd, odd)


async def test_no_text_that_a_customer_sent_beyond_ids_is_logged(caplog: Logged) -> None:
    world = World()
    bodies = [
        *(events.spend(name=CANARY), events.spend(currency=CANARY), events.spend(amount=CANARY)),
        *(events.project(status=CANARY), events.event(CANARY, {}), events.event("spend.updated", {CANARY: 1})),
        *(CANARY.encode(), json.dumps({CANARY: CANARY}).encode(), f'{{"{CANARY}":1,"{CANARY}":2}}'.encode()),
    ]
    await world.post(*bodies, *events.eligible(), *events.qualified())
    for body in bodies:
        await recompute(world.ports, body, 1)
    assert len(await world.quarantine()) > len(bodies)
    _is_not_in(caplog, CANARY)


async def test_the_secret_of_the_connection_string_is_never_logged(caplog: Logged) -> None:
    """Not when nothing answers there, and not when the string itself is broken."""
    place = "TableEndpoint=http://127.0.0.1:9/x;QueueEndpoint=http://127.0.0.1:9/x"
    settings = read_settings({"EligibilityStorage": f"AccountName=x;AccountKey={SECRET};{place}"})
    ports = build(settings)
    with pytest.raises(Exception, match="table storage"):
        await receive_event(ports, events.spend(), 1)
    with pytest.raises(SettingError, match="not a connection string"):
        await receive_event(build(read_settings({"EligibilityStorage": f"AccountKey={SECRET}"})), events.spend(), 1)
    assert told(caplog, "failed")
    _is_not_in(caplog, SECRET)


def _is_not_in(caplog: Logged, canary: str) -> None:
    formatter = logging.Formatter()
    for record in caplog.records:
        assert canary not in formatter.format(record), record


def test_fields_end_where_they_were_given_and_a_records_own_come_first(caplog: Logged) -> None:
    log = Log("test")
    with about(queue="q", customer="outer"):
        add(eventId="e")
        log.info("inside", customer="own")
    log.warning("outside")
    assert lines(caplog) == [
        {"what": "inside", "customer": "own", "queue": "q", "eventId": "e"},
        {"what": "outside"},
    ]


async def test_every_notification_is_told_as_it_was_sent(caplog: Logged) -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    sent = [message.id for message in world.sent.queues[Queue.NOTIFICATIONS]]
    assert [each["notificationId"] for each in lines(caplog) if "notificationId" in each] == sent
