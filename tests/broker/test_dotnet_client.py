"""Microsoft's .NET client works against the broker: the client of .NET subscribers, and of the real host's trigger."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from local.broker import Broker, Entities, QueueEntity, TopicEntity
from tests.outside_tools import csharp_or_skip

pytestmark = pytest.mark.own_broker

PROGRAM: Final = Path(__file__).with_name("dotnet_client.cs")
PLAIN: Final = "everything", "batch", "peek", "abandon", "defer", "defer-delete", "dead", "requests", "delete"
ENTITIES: Final = Entities(
    queues=(
        *(QueueEntity(name) for name in (*PLAIN, "plain-locks", "scheduled", "cancelled", "processor")),
        QueueEntity("short-locks", lock=1),
        QueueEntity("abandon-often", max_delivery_count=3),
        QueueEntity("expired", dead_letter_on_expiration=True),
        QueueEntity("once", duplicate_window=60),
        *(QueueEntity(f"session{name}", requires_session=True) for name in ("", "-case", "-locked", "-next")),
        QueueEntity("session-processor", requires_session=True),
        QueueEntity("session-lost", requires_session=True, lock=3),
    ),
    topics=(TopicEntity("topic", (QueueEntity("a"), QueueEntity("b"))),),
)
CHECKS: Final = (
    "a message arrives with all that stands beside it",
    "a batch arrives message by message in order",
    "peeking sees what is locked and takes nothing",
    "a lock is renewed and one that ended is lost",
    "an abandoned message comes again with the properties given",
    "a message abandoned too often is dead-lettered",
    "a deferred message is received by its number with the properties given",
    "a deferred message can be received and deleted",
    "a dead letter has its reason and the properties given",
    "a message settled by request has the properties given",
    "an expired message is a dead letter",
    "receive and delete leaves nothing",
    "a duplicate is dropped",
    "a session has a state and a lock to renew",
    "a session is the same in any case",
    "a session is locked by one receiver",
    "a session whose lock ended is lost",
    "the next session is given or none in time",
    "a message that is scheduled comes when it is due",
    "a scheduled message can be cancelled once",
    "a topic holds back what is scheduled and cancels it",
    "a processor handles 200 messages 16 at once",
    "a session processor handles each session in order",
    "what is wrong is refused with its own reason",
)


def test_the_dotnet_client_does_all_of_it_against_the_broker() -> None:
    with Broker(ENTITIES) as broker:
        command = csharp_or_skip(PROGRAM, broker.connection_string)
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = ran.stdout.splitlines()
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert (lines, ran.returncode) == ([f"ok {name}" for name in CHECKS], 0), ran.stderr
