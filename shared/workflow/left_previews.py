"""Sweeps previews that stopped: a restored table, or a message that was lost, leaves some that nothing goes on with."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.domain.recompute import PreviewStep
from shared.logs import Log, about
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.previews import FINISHED, Preview
from shared.storage.store import Conflict

PAGE = 100
LEFT_AFTER = timedelta(minutes=30)
"""Each message of a preview notes its progress; of one that waits behind many others another does no harm."""
GIVEN_UP_AFTER = timedelta(days=1)
"""As old, no activation would take it."""
LONGEST = timedelta(minutes=1)

_log = Log("preview")


async def sweep_previews(ports: Ports) -> None:
    """Hand on those that run and made no progress; end them as out of date after a day, or if the rules changed."""
    began, after, left = ports.now(), "", 0
    while (page := await ports.previews.ids(after, PAGE)) and ports.age(began) < LONGEST:
        for preview_id in page:
            with about(preview=preview_id):
                left += await _is_left(ports, preview_id)
        after = page[-1]
    _log.info("previews swept", left=left)


async def _is_left(ports: Ports, preview_id: str) -> bool:
    try:
        preview = await ports.previews.load(preview_id)
        if preview is None or preview.state == FINISHED or not ports.is_older(preview.at, LEFT_AFTER):
            return False
        await _end_or_hand_on(ports, preview)
    except Exception as fault:  # one does not stop the others
        _log.warning("preview stays", fault=type(fault).__name__)
    return True


async def _end_or_hand_on(ports: Ports, preview: Preview) -> None:
    rules = await ports.rule_sets.load()
    if rules is not None and rules.epoch == preview.epoch and not ports.is_older(preview.at, GIVEN_UP_AFTER):
        await ports.sender.send(Queue.RECOMPUTE, Message(PreviewStep(preview.id).to_bytes()))
        return
    with suppress(Conflict):  # it goes on after all
        await ports.previews.save(replace(preview, state=FINISHED, out_of_date=True, at=ports.timestamp()))
