"""Trigger: the event queue, a Storage queue or one of Service Bus; the blueprint of the chosen one is registered."""

import azure.functions as func

from functions.queues import delivered, handled
from shared.messaging.sender import Queue
from shared.workflow.receive_event import receive_event as handle

storage_queue, service_bus = func.Blueprint(), func.Blueprint()


@storage_queue.function_name("receive_event")
@storage_queue.queue_trigger("message", "eligibility-events", "EligibilityStorage", data_type=func.DataType.BINARY)
async def receive_event(message: func.QueueMessage) -> None:
    await handled(Queue.EVENTS, message, handle)


@service_bus.function_name("receive_event")
@service_bus.service_bus_queue_trigger(
    "message",
    "ServiceBusConnection",
    "eligibility-events",
    data_type=func.DataType.BINARY,
    cardinality=func.Cardinality.ONE,
)
async def receive_event_of_service_bus(message: func.ServiceBusMessage) -> None:
    await delivered(Queue.EVENTS, message, handle)
