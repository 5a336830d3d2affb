"""Triggers: the queues where the host and Service Bus put what they gave up; it is put back, or kept in quarantine.

In a poison queue a message lives seven days only. Nothing expires in a dead-letter queue, and nothing is given up: what
cannot be kept now comes again until it can.
"""

import azure.functions as func

from functions.queues import delivered, handled
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_dead_letter as keep
from shared.workflow.keep import keep_poison, keep_undecoded_poison

storage_queue, service_bus, blueprint = func.Blueprint(), func.Blueprint(), func.Blueprint()
"""The first two as ``receive_event`` has them: the one of the transport that events come by is registered."""


@storage_queue.function_name("keep_poison_event")
@storage_queue.queue_trigger(
    "message", "eligibility-events-poison", "EligibilityStorage", data_type=func.DataType.BINARY
)
async def keep_poison_event(message: func.QueueMessage) -> None:
    await _kept(Queue.EVENTS, message)


@blueprint.function_name("keep_poison_recompute")
@blueprint.queue_trigger(
    "message", "eligibility-recompute-poison", "EligibilityStorage", data_type=func.DataType.BINARY
)
async def keep_poison_recompute(message: func.QueueMessage) -> None:
    await _kept(Queue.RECOMPUTE, message)


async def _kept(queue: Queue, message: func.QueueMessage) -> None:
    await handled(
        queue,
        message,
        lambda ports, body, attempt: keep_poison(ports, queue, body, attempt),
        keep_undecoded_poison,
    )


@service_bus.function_name("keep_dead_letter")
@service_bus.service_bus_queue_trigger(
    "message",
    "ServiceBusConnection",
    "eligibility-events/$DeadLetterQueue",
    data_type=func.DataType.BINARY,
    cardinality=func.Cardinality.ONE,
)
async def keep_dead_letter(message: func.ServiceBusMessage) -> None:
    # The host fills neither dead_letter_reason nor the description: they are among the message's own properties.
    own = message.application_properties or {}
    why = own.get("DeadLetterReason"), own.get("DeadLetterErrorDescription")
    await delivered(
        Queue.EVENTS, message, lambda ports, body, attempt: keep(ports, Queue.EVENTS, body, attempt - 1, *why)
    )
