"""Trigger: the recompute queue."""

import azure.functions as func

from shared.wiring import ports
from shared.workflow.recompute import recompute as handle

blueprint = func.Blueprint()


@blueprint.function_name("recompute")
@blueprint.queue_trigger("message", "eligibility-recompute", "EligibilityStorage", data_type=func.DataType.BINARY)
async def recompute(message: func.QueueMessage) -> None:
    await handle(ports(), message.get_body(), message.dequeue_count or 1)
