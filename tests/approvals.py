"""What must hold of approvals, by the log and the changes of rules alone: nothing of the code that counts them."""

from collections.abc import AsyncIterator
from itertools import pairwise

from shared.ports import Ports
from shared.storage.change_log import LogEntry

ACTIONS = {"activated": "activate", "retired": "retire"}


async def approval_violations(ports: Ports, needed: int) -> list[str]:
    """Changes of rules by a signed-in caller without so many approvals: of other people than the version's author, for
    that version and action, since the change before."""
    log = [each async for each in _every(ports)]
    authors = {each.subject: each.by for each in log if each.action == "drafted"}
    approvals = [each for each in log if each.action == "approved"]
    found = [f"{each.by} approved version {each.subject} of their own" for each in approvals if _is_own(each, authors)]
    epochs = sorted([each async for each in _epochs(ports)])
    since = {after: before for before, after in pairwise(epochs)}
    for change in log:
        if change.action in ACTIONS and change.verified:
            counting = {each.by for each in approvals if _is_for(each, change, since.get(change.epoch, 0))}
            if len(counting) < needed:
                found.append(f"version {change.subject} was {change.action} with the approvals of {sorted(counting)}")
    return found


def _is_own(approval: LogEntry, authors: dict[str, str]) -> bool:
    return not approval.verified or approval.by == authors.get(approval.subject)


def _is_for(approval: LogEntry, change: LogEntry, epoch: int) -> bool:
    """Given at the epoch that the change ended."""
    of = (approval.subject, approval.detail, approval.epoch)
    return of == (change.subject, ACTIONS[change.action], epoch)


async def _every(ports: Ports) -> AsyncIterator[LogEntry]:
    before = ""
    while page := await ports.change_log.page(before, 100):
        for each in page:
            yield each
        before = page[-1].place


async def _epochs(ports: Ports) -> AsyncIterator[int]:
    for version in await ports.rule_sets.versions(None, 100):
        for change in await ports.rule_sets.changes(version.version, 1000):
            yield change.epoch
