"""Triggers: the poison queues, where the host puts what it gave up; there a message lives seven days only."""

import azure.functions as func

from functions.queues import handled
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_poison

events, blueprint = func.Blueprint(), func.Blueprint()
"""The first is registered only where events come by a Storage queue."""


@events.function_name("keep_poison_event")
@events.queue_trigger("message", "eligibility-events-poison", "EligibilityStorage", data_type=func.DataType.BINARY)
async def keep_poison_event(message: func.QueueMessage) -> None:
    await handled(Queue.EVENTS, message, lambda ports, body, _: keep_poison(ports, Queue.EVENTS, body))


@blueprint.function_name("keep_poison_recompute")
@blueprint.queue_trigger(
    "message", "eligibility-recompute-poison", "EligibilityStorage", data_type=func.DataType.BINARY
)
async def keep_poison_recompute(message: func.QueueMessage) -> None:
    await handled(Queue.RECOMPUTE, message, lambda ports, body, _: keep_poison(ports, Queue.RECOMPUTE, body))
