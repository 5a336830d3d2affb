"""Trigger: the dead-letter queue of the event queue, where Service Bus puts what was tried too often or expired.

Nothing expires there and nothing is given up: what cannot be kept now comes again until it can.
"""

import azure.functions as func

from functions.queues import delivered
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_dead_letter as keep

blueprint = func.Blueprint()


@blueprint.function_name("keep_dead_letter")
@blueprint.service_bus_queue_trigger(
    "message",
    "ServiceBusConnection",
    "eligibility-events/$DeadLetterQueue",
    data_type=func.DataType.BINARY,
    cardinality=func.Cardinality.ONE,
)
async def keep_dead_letter(message: func.ServiceBusMessage) -> None:
    why = message.dead_letter_reason, message.dead_letter_error_description
    await delivered(Queue.EVENTS, message, lambda ports, body, _: keep(ports, Queue.EVENTS, body, *why))
