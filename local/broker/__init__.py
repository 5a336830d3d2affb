"""A broker that stands in for Service Bus on one machine: AMQP 1.0 over TCP, everything in memory.

    with Broker() as broker:                                  # the product's entities; Broker(Entities(...)) for others
        ServiceBusClient.from_connection_string(broker.connection_string)     # unmodified; .NET's client too
        broker.count("eligibility-events")                    # waiting or locked; also "topic/Subscriptions/name"
        broker.faults.at(Fault.CONNECTION_CUT, 1, 3)          # the 1st and 3rd transfer from now on
        broker.cut_connections()

It does what Service Bus does with batches, peek-lock and its four outcomes (with properties changed), lock renewal and
loss, sessions (compared without case) and their state, duplicate detection, delivery counts, dead letters, expiry,
deferral, peeking, scheduling and its cancelling. It has no rules, no transactions, no partitions; every token is good.
"""

from local.broker.entities import PRODUCT, Entities, QueueEntity, TopicEntity
from local.broker.faults import Fault
from local.broker.server import Broker, BrokerError

__all__ = ["PRODUCT", "Broker", "BrokerError", "Entities", "Fault", "QueueEntity", "TopicEntity"]
