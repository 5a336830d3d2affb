"""Trigger: a timer that creates missing queues, at the app's start and every five minutes.

Producers and subscribers use the queues before the app ever sends to them, and the host only polls for those it reads.
"""

import azure.functions as func

from shared.wiring import ports

blueprint = func.Blueprint()


@blueprint.function_name("create_queues")
@blueprint.timer_trigger("timer", "0 */5 * * * *", run_on_startup=True)
async def create_queues(timer: func.TimerRequest) -> None:
    await ports().sender.create_queues()
