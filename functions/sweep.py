"""Triggers: the timers, for work that no message starts."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import azure.functions as func

from shared.ports import Ports
from shared.wiring import ports
from shared.workflow import sweep

blueprint = func.Blueprint()


@blueprint.function_name("create_queues")
@blueprint.timer_trigger("timer", "0 */5 * * * *", run_on_startup=True)
async def create_queues(timer: func.TimerRequest) -> None:
    """Producers and subscribers use the queues before the app sends to them, and the host only polls those it reads."""
    await ports().sender.create_queues()


@blueprint.function_name("sweep_due")
@blueprint.timer_trigger("timer", "0 */5 * * * *")
async def sweep_due(timer: func.TimerRequest) -> None:
    await sweep.sweep_due(ports())


@blueprint.function_name("sweep_outboxes")
@blueprint.timer_trigger("timer", "20 */2 * * * *")
async def sweep_outboxes(timer: func.TimerRequest) -> None:
    from shared.workflow.erase import sweep_erasures  # not loaded before an event

    await _each(sweep.sweep_outboxes, sweep.count_quarantine, sweep.count_queues, sweep_erasures)


@blueprint.function_name("remove_expired")
@blueprint.timer_trigger("timer", "50 17 * * * *")
async def remove_expired(timer: func.TimerRequest) -> None:
    from shared.workflow import retention  # not loaded before an event

    await retention.remove_expired(ports())


@blueprint.function_name("sweep_fan_outs")
@blueprint.timer_trigger("timer", "40 */2 * * * *")
async def sweep_fan_outs(timer: func.TimerRequest) -> None:
    from shared.workflow.gone_back import sweep_gone_back  # not loaded before an event
    from shared.workflow.population.asking import survey
    from shared.workflow.population.walk import sweep_questions
    from shared.workflow.upgrade import sweep_upgrade

    await _each(sweep.sweep_fan_outs, sweep_upgrade, sweep_gone_back, sweep_questions, survey)


async def _each(*sweeps: Callable[[Ports], Awaitable[None]]) -> None:
    """One after the other, whichever fails: of several failures the last is raised."""
    async with AsyncExitStack() as stack:
        for each in reversed(sweeps):
            stack.push_async_callback(each, ports())
