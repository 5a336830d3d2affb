"""One set of entities: the broker's, the emulator's, and the names the app sends to and reads from."""

import json
from pathlib import Path
from typing import Any

from local.broker import Entities, QueueEntity, TopicEntity
from local.broker.entities import DAY
from local.entities import PRODUCT
from local.replay import EVENTS_QUEUE
from shared.messaging.sender import Queue
from shared.workflow.keep import LAST_ATTEMPT

CONFIG = Path(__file__).parents[2] / "local" / "emulator.json"
SECONDS = {"PT1M": 60, "PT5M": 300, "PT1H": 3600}
EMULATORS_LONGEST_WINDOW = 300
EMULATORS_LONGEST_LIFE = 3600


def queue(given: dict[str, Any]) -> QueueEntity:
    properties = given["Properties"]
    assert SECONDS[properties["DefaultMessageTimeToLive"]] == EMULATORS_LONGEST_LIFE
    return QueueEntity(
        given["Name"],
        lock=SECONDS[properties["LockDuration"]],
        max_delivery_count=properties["MaxDeliveryCount"],
        requires_session=properties["RequiresSession"],
        duplicate_window=window(properties),
        dead_letter_on_expiration=properties["DeadLetteringOnMessageExpiration"],
    )


def topic(given: dict[str, Any]) -> TopicEntity:
    return TopicEntity(given["Name"], tuple(map(queue, given["Subscriptions"])), window(given["Properties"]))


def window(properties: dict[str, Any]) -> float:
    """The emulator takes at most five minutes; that stands for whatever is longer."""
    if not properties.get("RequiresDuplicateDetection"):
        return 0
    seconds = SECONDS[properties["DuplicateDetectionHistoryTimeWindow"]]
    return 7 * DAY if seconds == EMULATORS_LONGEST_WINDOW else seconds


def test_the_emulator_has_the_entities_of_the_broker() -> None:
    (namespace,) = json.loads(CONFIG.read_text())["UserConfig"]["Namespaces"]
    configured = Entities(tuple(map(queue, namespace["Queues"])), tuple(map(topic, namespace["Topics"])))
    assert configured == PRODUCT


def test_the_entities_have_the_names_and_the_deliveries_the_app_counts_on() -> None:
    (events,), (notifications,) = PRODUCT.queues, PRODUCT.topics
    assert (events.name, notifications.name) == (Queue.EVENTS.value, Queue.NOTIFICATIONS.value)
    assert events.name == EVENTS_QUEUE
    assert events.max_delivery_count == LAST_ATTEMPT
    assert not events.requires_session
    assert not events.duplicate_window
