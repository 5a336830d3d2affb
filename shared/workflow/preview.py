"""Dry-run an activation or a retirement: decide every customer under the rules in force before it and after it.

It goes page by page, by messages on the recompute queue of some pages each. Nothing of a customer is stored or sent.
All pages have one baseline: a preview ends as out of date when the rules change.
"""

import secrets
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject, Node, Outcome, Status, Verdict
from shared.domain.recompute import PreviewStep
from shared.gathering import Gathering
from shared.logs import Log
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.rules.difference import comparable, difference
from shared.rules.reasons import deciding_children
from shared.rules.rule_set import RuleSet, decide, explain
from shared.rules.timeline import Timeline
from shared.storage.previews import (
    ACTIVATE,
    CHANGES,
    FINISHED,
    GAINED,
    LOST,
    PROJECTS,
    REASON,
    STAYED,
    Preview,
)
from shared.storage.rule_sets import ACTIVE, RETIRED, StoredRuleSet
from shared.storage.store import Conflict
from shared.workflow.change_rules import active_after
from shared.workflow.fan_out import page_of_all
from shared.workflow.rounds import alone, go_on

PAGE = 200
PAGES_PER_CALL = 5
LEFT_AFTER = timedelta(minutes=30)
"""Each message of a preview notes its progress; of one that waits behind many others another does no harm."""
GIVEN_UP_AFTER = timedelta(days=1)
"""As old, no activation would take it."""
LONGEST_SWEEP = timedelta(minutes=1)
MOST_PARTNERS = 5_000
"""Partners told apart; what concerns others is not counted by partner."""

_log = Log("preview")


async def start_preview(ports: Ports, stored: StoredRuleSet, action: str = ACTIVATE) -> Preview:
    """Begin to compare what would be in force after the action with what is, as of today or, if later, the day the
    version is effective from. Raises LastActiveError if a retirement would leave nothing in force."""
    book = await ports.rule_books.book(None)
    on = max(ports.today(), stored.effective_from)
    now = await ports.rule_books.in_force(book, on)
    to = ACTIVE if action == ACTIVATE else RETIRED
    then = Timeline(active_after(book.active, stored, to, ports.today())).in_force(on) or now.version
    other = await ports.rule_books.compiled(stored.version if action == ACTIVATE else then)
    preview = Preview(
        secrets.token_hex(8),
        stored.version,
        stored.sha256,
        book.epoch,
        on.isoformat(),
        tuple(difference(now.document, other.document)),
        then == stored.version,
        ports.timestamp(),
        ports.timestamp(),
        counts=dict.fromkeys(CHANGES, 0),
        action=action,
        then=then,
    )
    await ports.previews.save(preview)
    await _enqueue(ports, preview.id)
    return preview


async def preview_step(ports: Ports, preview_id: str) -> None:
    """Look at the next customers; nothing to do when the preview is finished."""
    preview = await ports.previews.load(preview_id)
    if preview is None or preview.state == FINISHED:
        return
    for _ in range(PAGES_PER_CALL):
        try:
            preview = await _page_done(ports, preview)
        except Conflict:
            break  # another call at the same page was first; this one hands on as well, for that may have died since
        if preview.state == FINISHED:
            return
    await _enqueue(ports, preview_id)


async def sweep_previews(ports: Ports) -> None:
    """Enqueue those that run and made no progress: a restored table, or a message that was lost, leaves some. End them
    as out of date after a day, or if the rules changed."""
    left = 0

    async def page(after: str) -> str | None:
        nonlocal left
        ids = await ports.previews.ids(after, PAGE)
        for preview_id in ids:
            with alone(_log, "preview stays", preview=preview_id):
                preview = await ports.previews.load(preview_id)
                if preview and preview.state != FINISHED and ports.is_older(preview.at, LEFT_AFTER):
                    left += 1
                    await _end_or_enqueue(ports, preview)
        return ids[-1] if len(ids) == PAGE else None

    await go_on(ports, "left-previews", page, LONGEST_SWEEP)
    _log.info("previews swept", left=left)


async def _end_or_enqueue(ports: Ports, preview: Preview) -> None:
    rules = await ports.rule_sets.load()
    if rules is not None and rules.epoch == preview.epoch and not ports.is_older(preview.at, GIVEN_UP_AFTER):
        await _enqueue(ports, preview.id)
        return
    with suppress(Conflict):  # it goes on after all
        await _ended(ports, preview)


async def _enqueue(ports: Ports, preview_id: str) -> None:
    await ports.sender.send(Queue.RECOMPUTE, Message(PreviewStep(preview_id).to_bytes()))


async def _page_done(ports: Ports, preview: Preview) -> Preview:
    now, then = await _rule_sets(ports, preview)
    ids = await page_of_all(ports, preview.after, PAGE)
    gathering = ports.gathering()

    async def one(customer_id: str) -> tuple[str, JsonObject, tuple[str, ...]] | None:
        state = (await ports.customers.load(customer_id)).state
        return await _compared(state, now, then, gathering, date.fromisoformat(preview.on))

    seen = [each for each in await at_once(one, ids) if each is not None]
    changes: dict[str, list[JsonObject]] = {}
    for kind, summary, _ in seen:
        changes.setdefault(kind, []).append(summary)
    if (await ports.rule_books.book(None)).epoch != preview.epoch:
        return await _ended(ports, preview)
    await ports.previews.save_page(preview.id, preview.pages, changes)
    done = replace(
        preview,
        after=ids[-1] if ids else preview.after,
        pages=preview.pages + 1,
        at=ports.timestamp(),
        state=preview.state if len(ids) == PAGE else FINISHED,
        counts={kind: count + len(changes.get(kind, ())) for kind, count in preview.counts.items()},
        by_criterion=_tallied(preview.by_criterion, ((kind, summary["criteria"]) for kind, summary, _ in seen)),
        by_partner=_tallied(preview.by_partner, ((kind, partners) for kind, _, partners in seen), MOST_PARTNERS),
    )
    return replace(done, etag=await ports.previews.save(done))


async def _ended(ports: Ports, preview: Preview) -> Preview:
    """What was counted up to here is by the rules as they were; going on would count by others."""
    ended = replace(preview, state=FINISHED, out_of_date=True, at=ports.timestamp())
    return replace(ended, etag=await ports.previews.save(ended))


async def _rule_sets(ports: Ports, preview: Preview) -> tuple[RuleSet, RuleSet]:
    """By the rules as they are: if those are no longer the preview's, the page is dropped."""
    book = await ports.rule_books.book(None)
    now = await ports.rule_books.in_force(book, date.fromisoformat(preview.on))
    then = preview.then or (preview.version if preview.comes_into_force else now.version)
    return now, await ports.rule_books.compiled(then)


async def _compared(
    state: CustomerState, now: RuleSet, then: RuleSet, gathering: Gathering, on: date
) -> tuple[str, JsonObject, tuple[str, ...]] | None:
    """The kind of change, what is told of it, and the partners concerned; None for a customer not yet decided."""
    if state.decision is None:
        return None
    partners = await gathering.partners(state.customer.partner_ids, state.evidence.partners)
    facts = (state.customer, partners, on)
    before, after = decide(now, *facts), decide(then, *facts)
    reasons, reasons_after = explain(now, *facts), explain(then, *facts)
    kind = _kind(before, after)
    if kind == STAYED and _reason(reasons) != _reason(reasons_after):
        kind = REASON
    telling = reasons if kind == GAINED else reasons_after
    summary: JsonObject = {
        "customerId": state.customer_id,
        "status": after.status.value,
        "previousStatus": before.status.value,
        "eligibleProjects": list(after.eligible_projects[:20]),
        "criteria": sorted({each.id for each in _deciding_leaves(telling)})[:50],
    }
    return kind, summary, state.customer.partner_ids


def _kind(before: Outcome, after: Outcome) -> str:
    """By the outcome alone."""
    if before.status != after.status:
        return GAINED if after.status is Status.ELIGIBLE else LOST
    return STAYED if before == after else PROJECTS


def _reason(tree: Node) -> frozenset[tuple[str, str, Hashable]]:
    """What decided; what was required counts only where it was not met."""
    return frozenset(
        (leaf.id, leaf.verdict.value, None if leaf.verdict is Verdict.MET else comparable(leaf.required))
        for leaf in _deciding_leaves(tree)
    )


def _deciding_leaves(node: Node) -> Iterator[Node]:
    if not node.children:
        yield node
    for child in deciding_children(node):
        yield from _deciding_leaves(child)


def _tallied(
    tally: Mapping[str, Mapping[str, int]], seen: Iterable[tuple[str, Iterable[str]]], most: int = 1_000
) -> dict[str, dict[str, int]]:
    added = {name: dict(counts) for name, counts in tally.items()}
    for kind, names in seen:
        if kind in (GAINED, LOST):
            for name in names:
                if name in added or len(added) < most:
                    counts = added.setdefault(name, {GAINED: 0, LOST: 0})
                    counts[kind] += 1
    return added
