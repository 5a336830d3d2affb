"""Trigger: the event queue."""

import azure.functions as func

from functions.queues import handled
from shared.messaging.sender import Queue
from shared.workflow.receive_event import receive_event as handle

blueprint = func.Blueprint()


@blueprint.function_name("receive_event")
@blueprint.queue_trigger("message", "eligibility-events", "EligibilityStorage", data_type=func.DataType.BINARY)
async def receive_event(message: func.QueueMessage) -> None:
    await handled(Queue.EVENTS, message, handle)
