"""Ends what commits began: the customer's row in the population index is written, recorded decisions are sent.

They are sent to the notification queue, in sequence and at least once, and each is marked as sent.

A crash between send and mark sends the same bytes again under the same id. One record of the log says that a decision
was recorded and notified; a notification sent by another handler than its decision's has a record of its own.
"""

from dataclasses import replace
from datetime import timedelta

from shared import own_json
from shared.domain.decision import JsonObject
from shared.domain.trace_context import TraceContext
from shared.logs import Entry, Fields, Log, about, cause_fields
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.store import Conflict
from shared.storage.work import Outbox
from shared.workflow.decide import Committed, until_first
from shared.workflow.index import write_head
from shared.workflow.pointers import forget
from shared.workflow.sampled import sampled

_GRACE = timedelta(seconds=0.5)

_MEMBERS = ("customerId", "status", "previousStatus", "ruleSetVersion")
FILTERS = (*_MEMBERS, "type", "within")
"""What a transport that can carry it says beside the body, for subscriptions to filter by; ``within`` if a loss is
near."""

_log, _decision_log = Log("notification"), Log("decision")


async def relay(ports: Ports, customer: Committed) -> None:
    """Send what is recorded and not yet sent, write the customer's row in the population index, and log the decision
    that was recorded now."""
    log_recorded(ports, await relayed(ports, customer))


async def relayed(ports: Ports, customer: Committed) -> Entry:
    """The same, but what there is to log of the decision recorded now is given back, unless it fails."""
    entry, indexed = Entry(customer.recorded), 0
    try:
        customer = await _left_to_its_maker(ports, customer)
        while customer.state.sent < customer.state.sequence:
            ports.storage_clock.check()  # before a send that could not be noted
            state, sequence = customer.state, customer.state.sent + 1
            if state.indexed.commit != indexed:  # of others, too, whose row of work is deleted here
                customer = await _indexed(ports, customer)
                indexed = state.indexed.commit
            made = customer.made.get(sequence)
            body = made or await ports.customers.notification(state.customer_id, sequence)
            entry = await _sent(ports, body, entry)
            customer = await _marked_sent(ports, customer, sequence)
            if customer.state.sent >= sequence:
                await ports.work.close_outbox(Outbox(state.customer_id, sequence))
        await _close_unnotified(ports, customer, is_indexed=bool(indexed))
        await forget(ports.upcoming, customer.gone)
        await forget(ports.names, customer.unnamed)
    except BaseException:
        log_recorded(ports, entry)
        raise
    return entry


async def _close_unnotified(ports: Ports, customer: Committed, *, is_indexed: bool) -> None:
    if customer.outbox is None:
        return
    if not is_indexed:
        await _indexed(ports, customer)
    await ports.work.close_outbox(customer.outbox)


async def _indexed(ports: Ports, customer: Committed) -> Committed:
    """The customer with its row in the index written, and which version of that it is."""
    if not customer.state.indexed.commit:  # an older version decided it: an upgrade does again
        return customer
    return replace(customer, head_etag=await write_head(ports, customer.state, customer.head_etag))


def log_recorded(ports: Ports, entry: Entry) -> None:
    if entry.fields and (shown := sampled(ports, entry, entry.fields.get("notificationId"))):
        _decision_log.info("decision recorded", shown.beside, **shown.fields)


async def _left_to_its_maker(ports: Ports, customer: Committed) -> Committed:
    """A decision another handler recorded just now is likely being sent by it: look again before sending it twice."""
    state = customer.state
    made_here = state.sent + 1 in customer.made
    if state.sent == state.sequence or made_here or ports.is_older(state.decided_at, _GRACE):
        return customer
    await ports.pause(_GRACE.total_seconds())
    loaded = await ports.customers.load(state.customer_id)
    return replace(customer, state=loaded.state, etag=loaded.etag or "")


async def _marked_sent(ports: Ports, customer: Committed, sequence: int) -> Committed:
    async def attempt() -> Committed:
        nonlocal customer
        try:
            etag = await ports.customers.mark_sent(
                customer.state.customer_id, sequence, customer.etag, customer.head_etag
            )
        except Conflict:
            loaded = await ports.customers.load(customer.state.customer_id)
            is_same = loaded.state.indexed.commit == customer.state.indexed.commit
            head_etag = customer.head_etag if is_same else ""
            customer = replace(customer, state=loaded.state, etag=loaded.etag or "", head_etag=head_etag)
            if loaded.state.sent < sequence <= loaded.state.sequence:
                raise
            return customer  # marked by another, or the decision is gone: its row was restored
        return replace(customer, state=replace(customer.state, sent=sequence), etag=etag)

    return await until_first(ports, attempt)


async def _sent(ports: Ports, body: bytes, entry: Entry) -> Entry:
    """What there is to log of the decision recorded now; another's notification is logged here."""
    notification: JsonObject = own_json.read(body)
    data, notification_id = notification["data"], notification["id"]
    outcome = {name: data[name] for name in ("sequence", "status", "previousStatus")}
    with about(
        notificationId=notification_id, customer=data["customerId"], **outcome, **cause_fields(data["cause"] or {})
    ):
        await _send(ports, body, notification)
        beside: Fields = {"notification": notification}
        if outcome["sequence"] == entry.fields.get("sequence"):
            return Entry({**entry.fields, "notificationId": notification_id}, beside)
        _log.info("notified", beside)
    return entry


async def _send(ports: Ports, body: bytes, notification: JsonObject) -> None:
    data = notification["data"]
    with ports.span("send", Queue.NOTIFICATIONS, TraceContext.of(notification)):
        properties = {**{name: data[name] for name in _MEMBERS if name in data}, "type": notification["type"]}
        if expiring := data.get("expiring"):
            properties["within"] = expiring["within"]
        message = Message(body, notification["id"], data["customerId"], notification["type"], properties)
        await ports.sender.send(Queue.NOTIFICATIONS, message)
