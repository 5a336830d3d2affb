"""Sends recorded decisions to the notification queue, in sequence and at least once, and marks each as sent.

A crash between send and mark sends the same bytes again under the same id.
"""

from dataclasses import replace
from datetime import timedelta

from shared import own_json
from shared.domain.trace_context import TraceContext
from shared.logs import Log, about, cause_fields
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.store import Conflict
from shared.workflow.decide import Committed, until_first

_GRACE = timedelta(seconds=0.5)

FILTERS = ("customerId", "status", "previousStatus", "ruleSetVersion")
"""What a transport that can carry it says beside the body, for subscriptions to filter by."""

_log = Log("notification")


async def relay(ports: Ports, customer: Committed) -> None:
    """Send what is recorded and not yet sent."""
    customer = await _left_to_its_maker(ports, customer)
    while customer.state.sent < customer.state.sequence:
        ports.storage_clock.check()  # before a send that could not be noted
        sequence = customer.state.sent + 1
        made = customer.made.get(sequence)
        await _send(ports, made or await ports.customers.notification(customer.state.customer_id, sequence))
        customer = await _marked_sent(ports, customer, sequence)
        if customer.state.sent >= sequence:
            await ports.work.close_outbox(customer.state.customer_id, sequence)


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
            etag = await ports.customers.mark_sent(customer.state.customer_id, sequence, customer.etag)
        except Conflict:
            loaded = await ports.customers.load(customer.state.customer_id)
            customer = replace(customer, state=loaded.state, etag=loaded.etag or "")
            if loaded.state.sent < sequence <= loaded.state.sequence:
                raise
            return customer  # marked by another, or the decision is gone: its row was restored
        return replace(customer, state=replace(customer.state, sent=sequence), etag=etag)

    return await until_first(ports, attempt)


async def _send(ports: Ports, body: bytes) -> None:
    notification = own_json.read(body)
    data = notification["data"]
    outcome = {name: data[name] for name in ("sequence", "status", "previousStatus")}
    ids = {"notificationId": notification["id"], "customer": data["customerId"]}
    with about(**ids, **outcome, **cause_fields(data["cause"] or {})):
        with ports.span("send", Queue.NOTIFICATIONS, TraceContext.of(notification)):
            properties = {name: data[name] for name in FILTERS}
            message = Message(body, notification["id"], data["customerId"], notification["type"], properties)
            await ports.sender.send(Queue.NOTIFICATIONS, message)
        _log.info("notified", {"notification": notification})
