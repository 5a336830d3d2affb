"""Erases a customer, a part with each call, until no row names it but the one that says so and its last notification.

Its state becomes one without facts over the version read, with the notification in the same transaction: who is about
to write the customer on older facts loses. Then all else that names it is deleted, in two passes, which may stop
anywhere. A handler that read the customer before may write a row about it for as long as it lasts. So the second pass
begins minutes later.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.events import utc_text
from shared.domain.facts import Attachment, Deployment
from shared.domain.named_customer import names_customer, without_customer
from shared.domain.notification import erasure_of
from shared.logs import Log
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.storage.customers import Loaded, Recorded
from shared.storage.erasures import Erasure
from shared.storage.names import Entry
from shared.storage.partners import PartnerFactRow
from shared.storage.quarantined import KEPT, Quarantined
from shared.storage.store import Conflict, Table
from shared.storage.work import Outbox
from shared.workflow.decide import Committed, until_first
from shared.workflow.names import forget_if_wrong
from shared.workflow.relay import relay
from shared.workflow.rounds import alone

STRETCH = timedelta(minutes=5)
"""After the erasure: events of a time up to then are not taken. No call lasts as long."""
LONGEST = timedelta(minutes=2)
"""Of a sweep: the next one goes on."""
PAGE = 100
_PASSES = 2
_MESSAGES, _DEPLOYMENTS = "messages", "deployments"
"""What a pass goes through by pages, in this order."""

_log = Log("erasure")


async def ask_for_erasure(ports: Ports, customer_id: str) -> str:
    """From now on the sweep erases the customer; one that is under way begins again. Gives when it was asked for
    first."""

    async def attempt() -> str:
        before = await ports.erasures.load(customer_id)
        asked = replace(before, erased_at="", passes=0, place="") if before else Erasure(customer_id, ports.timestamp())
        return (await ports.erasures.note(asked)).at

    return await until_first(ports, attempt)


async def sweep_erasures(ports: Ports) -> None:
    """Go on with each erasure; one that fails stops there, and the others go on."""
    began, left = ports.now(), 0
    async for erasure in ports.erasures.all():
        with alone(_log, "erasure stays", customer=erasure.customer_id), suppress(Conflict):  # another goes on with it
            left += not await _is_over(ports, erasure, began)
    if left:
        _log.info("erasures swept", left=left)


async def _is_over(ports: Ports, erasure: Erasure, began: datetime) -> bool:
    if not erasure.erased_at:
        erasure = await until_first(ports, partial(_erase_state, ports, erasure.customer_id))
    if erasure.passes and not erasure.place and ports.timestamp() <= erasure.erased_at:
        return False
    if not erasure.place:
        await until_first(ports, partial(_forget_rows, ports, erasure))
        erasure = await ports.erasures.note(replace(erasure, place=f"{_MESSAGES}~"))
    while erasure.place and ports.age(began) < LONGEST:
        erasure = await ports.erasures.note(await _page(ports, erasure))
    if erasure.passes < _PASSES:
        return False
    await ports.erasures.close(erasure)
    _log.info("customer erased", customer=erasure.customer_id, sequence=erasure.sequence)
    return True


async def _erase_state(ports: Ports, customer_id: str) -> Erasure:
    """Write the state without facts and send its notification, after those that were not sent before. Whom it was
    attached to is noted first."""
    loaded = await ports.customers.load(customer_id)
    state, erasure = loaded.state, await ports.erasures.load(customer_id)
    if erasure is None:  # it was over, and another sweep ended it
        raise Conflict
    partners = {*erasure.partners, *state.evidence.partners, *_ever_attached(state)}
    erasure = await ports.erasures.note(replace(erasure, partners=tuple(sorted(partners))))
    at, until = ports.timestamp(), utc_text(ports.now() + STRETCH)
    erased = state.erased(state.sequence + (state.decision is not None), at, until)
    recorded, made = None, {}
    if erased.sequence > state.sequence:
        notified = erasure_of(erased, state.outcome, at, ports.source)
        recorded = Recorded(compact_bytes(notified))
        made = {erased.sequence: recorded.notification}
        await ports.work.open_outbox(Outbox(customer_id, erased.sequence, at))
    etag = await ports.customers.commit(erased, loaded.etag, recorded)
    await relay(ports, Committed(erased, etag, made))
    return await ports.erasures.note(replace(erasure, erased_at=erased.erased_at, sequence=erased.sequence))


def _ever_attached(state: CustomerState) -> Sequence[str]:
    """A detachment stays a fact, so these are all."""
    return [register.data["partnerId"] for register in state.registers.get(Attachment.kind, {}).values()]


async def _forget_rows(ports: Ports, erasure: Erasure) -> None:
    """Delete the other recorded decisions, and the rows of indexes and of work.

    These are read before the customer is touched and deleted as they were read. So an event that starts the customer
    again keeps its own: it read the customer after the touch and then wrote them, or loses and writes them again.
    """
    customer_id = erasure.customer_id
    await ports.customers.forget_recorded(customer_id, erasure.sequence)
    traces = await ports.erasures.traces(customer_id, erasure.partners)
    loaded = await ports.customers.load(customer_id)
    if loaded.state.is_erased:
        await ports.customers.touch(loaded, ports.timestamp())
        await at_once(ports.erasures.delete, traces)
        return
    for each in traces:  # it was started again: what it was called before goes all the same
        if each.table is Table.NAMES:
            await forget_if_wrong(ports, Entry.of(each.row))


async def forget_attachments(ports: Ports, loaded: Loaded, partner_ids: Sequence[str]) -> None:
    """Delete the rows of an erased customer in the indexes and lists of these partners, in the same way; raises
    Conflict if it was written meanwhile."""
    if traces := await ports.erasures.of_partners(loaded.state.customer_id, partner_ids):
        await ports.customers.touch(loaded, ports.timestamp())
        await at_once(ports.erasures.delete, traces)


async def _page(ports: Ports, erasure: Erasure) -> Erasure:
    """Where the erasure is after the next page; at the end of a pass, nowhere."""
    part, _, after = erasure.place.partition("~")
    if part == _MESSAGES:
        messages, cursor = await ports.quarantine.page(after, PAGE)
        await at_once(partial(_forget_message, ports, erasure.customer_id), messages)
        return replace(erasure, place=f"{_MESSAGES}~{cursor}" if cursor else f"{_DEPLOYMENTS}~")
    ids = await ports.partners.ids(after, PAGE)
    await at_once(partial(_forget_in_deployments, ports, erasure), ids)
    if len(ids) == PAGE:
        return replace(erasure, place=f"{_DEPLOYMENTS}~{ids[-1]}")
    return replace(erasure, place="", passes=erasure.passes + 1)


async def _forget_message(ports: Ports, customer_id: str, message: Quarantined) -> None:
    """Delete it if it names the customer. One to decide others again, too, is kept for them."""
    if not names_customer(message.body, customer_id):
        return
    others = without_customer(message.body, customer_id) if message.state == KEPT else None
    if others is not None:
        at, fields = message.last, (message.reason, message.errors, message.attempts)
        await until_first(ports, lambda: ports.quarantine.keep(Quarantined(message.queue, others, at, *fields)))

    async def forget() -> None:
        if stored := await ports.quarantine.load(message.id):
            await ports.quarantine.forget(stored)

    await until_first(ports, forget)


async def _forget_in_deployments(ports: Ports, erasure: Erasure, partner_id: str) -> None:
    async for fact in ports.partners.facts(partner_id, Deployment.kind):
        if _names(fact, erasure):
            await until_first(ports, partial(_forget_in_deployment, ports, erasure, partner_id, fact.key))


async def _forget_in_deployment(ports: Ports, erasure: Erasure, partner_id: str, key: str) -> None:
    fact = await ports.partners.load_fact(partner_id, Deployment.kind, key)
    if fact is not None and _names(fact, erasure):
        await ports.partners.replace(partner_id, replace(fact, register=fact.register.without("customerId")))


def _names(fact: PartnerFactRow, erasure: Erasure) -> bool:
    """One that came later names a customer that it knows again."""
    return fact.register.data.get("customerId") == erasure.customer_id and fact.register.time <= erasure.erased_at
