"""A broker that stands in for Service Bus on one machine; README.md says what it does and what it does not."""

from local.broker.entities import Entities, QueueEntity, TopicEntity
from local.broker.faults import Fault
from local.broker.server import Broker, BrokerError

__all__ = ["Broker", "BrokerError", "Entities", "Fault", "QueueEntity", "TopicEntity"]
