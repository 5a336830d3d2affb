"""Paths, topics and duplicates, without a network."""

from dataclasses import replace

import pytest

from local.broker.entities import Entities, QueueEntity, TopicEntity
from local.broker.errors import NOT_FOUND, RefusedError
from local.broker.message import Message
from local.broker.namespace import Namespace

SPACE = Entities(
    queues=(QueueEntity("once", duplicate_window=10),),
    topics=(TopicEntity("topic", (QueueEntity("a"), QueueEntity("b")), duplicate_window=10),),
)


@pytest.mark.parametrize("path", ["once", "ONCE", "topic/Subscriptions/a", "topic/subscriptions/A/$deadletterqueue"])
def test_entities_are_found_in_any_case(path: str) -> None:
    assert Namespace(SPACE).queue(path).count == 0


@pytest.mark.parametrize("path", ["", "other", "topic", "topic/Subscriptions/c"])
def test_what_is_not_there_to_receive_from_is_refused(path: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Namespace(SPACE).queue(path)
    assert refused.value.condition == NOT_FOUND


@pytest.mark.parametrize(("at", "kept"), [(9.9, 1), (10, 2)])
def test_a_message_id_is_taken_once_within_the_window(at: float, kept: int) -> None:
    space = Namespace(SPACE)
    for now in (0, at):
        space.target("once").put([Message(b"", message_id="m")], now)
        space.target("topic").put([Message(b"", message_id="m")], now)
    assert [space.queue(path).count for path in ("once", "topic/Subscriptions/a", "topic/Subscriptions/b")] == [
        kept
    ] * 3


def test_messages_without_an_id_are_all_kept() -> None:
    space = Namespace(SPACE)
    space.target("once").put([Message(b""), Message(b"")], 0)
    assert space.queue("once").count == 2


@pytest.mark.parametrize(("blind", "kept"), [(False, 2), (True, 1)])
def test_message_ids_that_differ_only_in_case_are_duplicates_where_that_is_asked_for(blind: bool, kept: int) -> None:
    space = Namespace(replace(SPACE, case_blind_duplicates=blind))
    for path in ("once", "topic"):
        space.target(path).put([Message(b"", message_id="m"), Message(b"", message_id="M")], 0)
    assert [space.queue(path).count for path in ("once", "topic/Subscriptions/a")] == [kept, kept]


def test_what_is_scheduled_on_a_topic_reaches_its_subscriptions_when_it_is_due_unless_cancelled() -> None:
    space = Namespace(SPACE)
    topic, subscription = space.target("topic"), space.queue("topic/Subscriptions/a")
    numbers = topic.put([Message(b"1", scheduled_at=5), Message(b"2", scheduled_at=5), Message(b"3")], 0)
    topic.cancel(numbers[:1])
    space.tick(4.9)
    assert [entry.message.encoded for entry in subscription.peek(0, 10)] == [b"3"]
    space.tick(5)
    assert [entry.message.encoded for entry in subscription.peek(0, 10)] == [b"3", b"2"]
    with pytest.raises(RefusedError):
        topic.cancel(numbers[1:2])
