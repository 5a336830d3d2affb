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
    # The host fills neither dead_letter_reason nor the description: they are among what the message brings with it.
    told = message.application_properties or {}
    why = told.get("DeadLetterReason"), told.get("DeadLetterErrorDescription")
    await delivered(
        Queue.EVENTS, message, lambda ports, body, attempt: keep(ports, Queue.EVENTS, body, attempt - 1, *why)
    )
