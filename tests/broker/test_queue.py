"""One queue by itself, its time given."""

from uuid import UUID, uuid4

import pytest

from local.broker.entities import QueueEntity
from local.broker.errors import MESSAGE_LOCK_LOST, MESSAGE_NOT_FOUND, SESSION_LOCK_LOST, RefusedError
from local.broker.message import Entry, Message, State
from local.broker.queue import Queue


def a_queue(
    *bodies: bytes, lock: float = 60, deliveries: int = 3, sessions: bool = False, to_dead_letters: bool = True
) -> Queue:
    entity = QueueEntity(
        "q",
        lock=lock,
        max_delivery_count=deliveries,
        requires_session=sessions,
        dead_letter_on_expiration=to_dead_letters,
    )
    queue = Queue("q", entity)
    for body in bodies:
        queue.put(Message(body), 0)
    return queue


def take(queue: Queue, now: float = 0) -> Entry:
    entry = queue.take(now)
    assert entry
    return entry


def token(entry: Entry) -> UUID:
    assert entry.lock
    return entry.lock


def dead(queue: Queue) -> list[Entry]:
    assert queue.dead_letters
    return queue.dead_letters.peek(0, 100)


def test_messages_are_given_out_in_order_each_to_one() -> None:
    queue = a_queue(b"1", b"2")
    assert [take(queue).message.encoded, take(queue).message.encoded] == [b"1", b"2"]
    assert queue.take(0) is None
    assert queue.count == 2


def test_an_abandoned_message_takes_its_old_place() -> None:
    queue = a_queue(b"1", b"2", b"3")
    first, _second = take(queue), take(queue)
    queue.abandon(token(first), 0)
    assert [take(queue).message.encoded, take(queue).message.encoded] == [b"1", b"3"]


def test_a_released_message_counts_no_delivery_and_an_abandoned_one_does() -> None:
    queue = a_queue(b"1")
    queue.release(token(take(queue)), 0)
    assert take(queue).delivery_count == 0
    queue.tick(60)
    assert take(queue, 60).delivery_count == 1


def test_a_lock_holds_to_its_end_and_no_longer() -> None:
    queue = a_queue(b"1", lock=10)
    lock = token(take(queue))
    queue.tick(9.9)
    assert queue.renew(lock, 9.9) == 19.9
    with pytest.raises(RefusedError) as refused:
        queue.complete(lock, 19.9)
    assert refused.value.condition == MESSAGE_LOCK_LOST
    queue.tick(19.9)
    assert take(queue, 19.9).delivery_count == 1


def test_a_token_nobody_gave_is_refused() -> None:
    with pytest.raises(RefusedError):
        a_queue(b"1").complete(uuid4(), 0)


def test_the_last_failed_delivery_leads_to_the_dead_letters_which_keep_it_for_good() -> None:
    queue = a_queue(b"1", deliveries=2)
    for _ in range(2):
        queue.abandon(token(take(queue)), 0)
    (entry,) = dead(queue)
    assert entry.dead_letter
    assert (entry.dead_letter.reason, entry.delivery_count) == ("MaxDeliveryCountExceeded", 2)
    assert queue.count == 0
    dead_letters = queue.dead_letters
    assert dead_letters
    for _ in range(5):
        dead_letters.abandon(token(take(dead_letters)), 0)
    assert dead_letters.count == 1


def test_what_expires_while_locked_stays_until_it_is_given_back() -> None:
    queue = a_queue()
    queue.put(Message(b"1", time_to_live=5), 0)
    entry = take(queue)
    queue.tick(6)
    assert queue.count == 1
    queue.release(token(entry), 6)
    assert queue.take(6) is None
    queue.tick(6)
    assert [each.dead_letter.reason for each in dead(queue) if each.dead_letter] == ["TTLExpiredException"]


def test_without_dead_lettering_on_expiration_what_expires_is_gone() -> None:
    queue = a_queue(to_dead_letters=False)
    queue.put(Message(b"1", time_to_live=5), 0)
    queue.tick(5)
    assert (queue.count, dead(queue)) == (0, [])


def test_a_deferred_message_is_only_found_by_its_number() -> None:
    queue = a_queue(b"1")
    entry = take(queue)
    queue.defer(token(entry), 0)
    assert queue.take(0) is None
    queue.complete(token(queue.take_deferred([entry.sequence], 0)[0]), 0)
    with pytest.raises(RefusedError) as refused:
        queue.take_deferred([entry.sequence], 0)
    assert refused.value.condition == MESSAGE_NOT_FOUND


def test_peeking_sees_everything_from_a_number_on_or_what_is_of_one_session() -> None:
    queue = a_queue(sessions=True)
    for body, session in ((b"1", "a"), (b"2", "b"), (b"3", "a")):
        queue.put(Message(body, session_id=session), 0)
    queue.take(0, queue.sessions.accept("a", 0))
    assert [entry.message.encoded for entry in queue.peek(2, 10)] == [b"2", b"3"]
    assert [entry.message.encoded for entry in queue.peek(1, 10, "a")] == [b"1", b"3"]
    assert [entry.message.encoded for entry in queue.peek(1, 1)] == [b"1"]


def test_the_next_session_is_the_one_that_has_waited_longest() -> None:
    queue = a_queue(sessions=True)
    for session in ("b", "a", "b"):
        queue.put(Message(b"", session_id=session), 0)
    first, second = queue.accept_next_session(0), queue.accept_next_session(0)
    assert first
    assert second
    assert (first.session_id, second.session_id) == ("b", "a")
    assert queue.accept_next_session(0) is None


def test_a_session_that_is_given_up_gives_back_its_messages_in_order() -> None:
    queue = a_queue(sessions=True)
    for body in (b"1", b"2"):
        queue.put(Message(body, session_id="s"), 0)
    lock = queue.sessions.accept("s", 0)
    assert queue.take(0, lock)
    queue.release_session(lock)
    again = queue.sessions.accept("s", 0)
    given = [queue.take(0, again), queue.take(0, again)]
    assert [entry and (entry.message.encoded, entry.delivery_count) for entry in given] == [(b"1", 1), (b"2", 0)]


def test_a_session_lock_that_ended_gives_nothing_more() -> None:
    queue = a_queue(sessions=True, lock=10)
    queue.put(Message(b"1", session_id="s"), 0)
    lock = queue.sessions.accept("s", 0)
    assert queue.sessions.renew("s", 5) == 15
    queue.tick(15)
    with pytest.raises(RefusedError) as refused:
        queue.take(15, lock)
    assert refused.value.condition == SESSION_LOCK_LOST


def test_a_scheduled_message_takes_its_place_behind_what_was_sent_before_it_was_due() -> None:
    queue = a_queue()
    scheduled = queue.put(Message(b"scheduled", scheduled_at=10, time_to_live=5), 0)
    queue.put(Message(b"sent"), 9)
    queue.tick(9.9)
    assert [entry.state for entry in queue.peek(scheduled, 1)] == [State.SCHEDULED]
    queue.tick(10)
    assert [take(queue, 10).message.encoded, take(queue, 10).message.encoded] == [b"sent", b"scheduled"]
    assert [(entry.enqueued_at, entry.expires_at) for entry in queue.peek(scheduled + 2, 1)] == [(10, 15)]


def test_scheduled_messages_are_cancelled_all_or_none_and_only_before_they_are_due() -> None:
    queue = a_queue()
    first, second = (queue.put(Message(b"", scheduled_at=due), 0) for due in (10, 20))
    queue.tick(10)
    for numbers in ([first], [second, first], [second, 99]):
        with pytest.raises(RefusedError) as refused:
            queue.cancel(numbers)
        assert refused.value.condition == MESSAGE_NOT_FOUND
    queue.cancel([second])
    queue.tick(20)
    assert queue.count == 1


def test_properties_that_readers_change_add_up_and_reach_the_dead_letters() -> None:
    queue = a_queue(b"1")
    queue.abandon(token(take(queue)), 0, {"tries": 1, "by": "a"})
    queue.dead_letter(token(take(queue)), "reason", "", 0, {"tries": 2})
    assert [entry.properties for entry in dead(queue)] == [{"tries": 2, "by": "a"}]


def test_sessions_that_differ_only_in_case_are_one() -> None:
    queue = a_queue(sessions=True)
    for body, session in ((b"1", "Ab"), (b"2", "aB")):
        queue.put(Message(body, session_id=session), 0)
    lock = queue.accept_next_session(0)
    assert lock
    assert lock.session_id == "Ab"
    with pytest.raises(RefusedError):
        queue.sessions.accept("AB", 0)
    given = [queue.take(0, lock), queue.take(0, lock)]
    assert [entry and entry.message.encoded for entry in given] == [b"1", b"2"]
    assert len(queue.peek(0, 10, "ab")) == 2
    queue.sessions.set_state("AB", b"state")
    assert queue.sessions.state("ab") == b"state"
    queue.release_session(lock)
    assert [entry.delivery_count for entry in queue.peek(0, 10)] == [1, 1]
