"""Trigger: the recompute queue."""

import azure.functions as func

from functions.queues import handled
from shared.messaging.sender import Queue
from shared.workflow.recompute import recompute as handle

blueprint = func.Blueprint()


@blueprint.function_name("recompute")
@blueprint.queue_trigger("message", "eligibility-recompute", "EligibilityStorage", data_type=func.DataType.BINARY)
async def recompute(message: func.QueueMessage) -> None:
    await handled(Queue.RECOMPUTE, message, handle)
