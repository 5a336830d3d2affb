"""Trigger: the event queue."""

import azure.functions as func

from shared.wiring import ports
from shared.workflow.receive_event import receive_event as handle

blueprint = func.Blueprint()


@blueprint.function_name("receive_event")
@blueprint.queue_trigger("message", "eligibility-events", "EligibilityStorage", data_type=func.DataType.BINARY)
async def receive_event(message: func.QueueMessage) -> None:
    await handle(ports(), message.get_body(), message.dequeue_count or 1)
