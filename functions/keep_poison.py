"""Triggers: the poison queues, where the host puts what it gave up; there a message lives seven days only."""

import azure.functions as func

from functions.queues import handled
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_poison, keep_undecoded_poison

events, blueprint = func.Blueprint(), func.Blueprint()
"""The first is registered only where events come by a Storage queue."""


@events.function_name("keep_poison_event")
@events.queue_trigger("message", "eligibility-events-poison", "EligibilityStorage", data_type=func.DataType.BINARY)
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
