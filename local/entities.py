"""The product's Service Bus entities, for the broker; ``emulator.json`` has the same for Microsoft's emulator."""

from typing import Final

from local.broker import Entities, QueueEntity, TopicEntity
from local.broker.entities import DAY

PRODUCT: Final = Entities(
    queues=(QueueEntity("eligibility-events", max_delivery_count=5, dead_letter_on_expiration=True),),
    topics=(
        TopicEntity(
            "eligibility-notifications",
            subscriptions=(QueueEntity("all", requires_session=True, dead_letter_on_expiration=True),),
            duplicate_window=7 * DAY,
        ),
    ),
)
