"""Triggers: the poison queues, where the host puts what it gave up; there a message lives seven days only."""

import azure.functions as func

from functions.queues import handled
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_poison

blueprint = func.Blueprint()


@blueprint.function_name("keep_poison_event")
@blueprint.queue_trigger("message", "eligibility-events-poison", "EligibilityStorage", data_type=func.DataType.BINARY)
async def keep_poison_event(message: func.QueueMessage) -> None:
    await handled(Queue.EVENTS, message, lambda ports, body, attempt: keep_poison(ports, Queue.EVENTS, body, attempt))


@blueprint.function_name("keep_poison_recompute")
@blueprint.queue_trigger(
    "message", "eligibility-recompute-poison", "EligibilityStorage", data_type=func.DataType.BINARY
)
async def keep_poison_recompute(message: func.QueueMessage) -> None:
    await handled(
        Queue.RECOMPUTE, message, lambda ports, body, attempt: keep_poison(ports, Queue.RECOMPUTE, body, attempt)
    )
