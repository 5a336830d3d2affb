"""Triggers: timers, for what no message will bring about."""

import azure.functions as func

from shared.wiring import ports
from shared.workflow import sweep

blueprint = func.Blueprint()


@blueprint.function_name("sweep_due")
@blueprint.timer_trigger("timer", "0 */5 * * * *")
async def sweep_due(timer: func.TimerRequest) -> None:
    await sweep.sweep_due(ports())


@blueprint.function_name("sweep_outboxes")
@blueprint.timer_trigger("timer", "20 */2 * * * *")
async def sweep_outboxes(timer: func.TimerRequest) -> None:
    try:
        await sweep.sweep_outboxes(ports())
    finally:
        await sweep.tell_quarantine(ports())


@blueprint.function_name("remove_expired")
@blueprint.timer_trigger("timer", "50 17 * * * *")
async def remove_expired(timer: func.TimerRequest) -> None:
    from shared.workflow import left_previews, retention  # no event should wait for these

    try:
        await retention.remove_expired(ports())
    finally:
        await left_previews.sweep_previews(ports())


@blueprint.function_name("sweep_fan_outs")
@blueprint.timer_trigger("timer", "40 */2 * * * *")
async def sweep_fan_outs(timer: func.TimerRequest) -> None:
    from shared.workflow.gone_back import sweep_gone_back  # no event should wait for these
    from shared.workflow.upgrade import sweep_upgrade

    try:
        await sweep.sweep_fan_outs(ports())
    finally:
        try:
            await sweep_upgrade(ports())
        finally:
            await sweep_gone_back(ports())
