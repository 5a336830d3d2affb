"""Who may grant exceptions over HTTP, and under whose name: the queue is trusted, a caller needs a role."""

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.api.principal import Principal, Role
from shared.api.problems import Problem, bad_request, not_found
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject
from shared.domain.events import Event, read_event
from shared.domain.facts import GrantedException
from shared.domain.who import Who
from shared.errors import MemberError, PermanentError
from shared.logs import Log
from shared.messaging.sender import Message, Queue
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.storage.change_log import CUSTOMER, GRANTED, REVOKED
from shared.workflow.change_log import logged
from shared.workflow.event_warnings import warnings_of
from shared.workflow.receive_event import why_no_exceptions

if TYPE_CHECKING:
    from shared.api.exceptions import Grant, GrantQueued

SOURCE = "/exceptions"
"""Of the events that are made here."""
_DATA = "$.data"
_http_log, _log = Log("http"), Log("exceptions")


class Granter(NamedTuple):
    """Who posts an event: a verified caller, or None where callers have keys, which name nobody."""

    principal: Principal | None = None

    def granted(self, event: Any, read: Event, path: str) -> JsonObject:
        """The ``event`` found at ``path`` as it may be queued; of a granted exception, approved by the verified caller.
        Raises Problem 403 if the caller may not grant any."""
        posted: JsonObject = event
        if self.principal is None or read.kind != GrantedException.kind:
            return posted
        if Role.EXCEPTION_MANAGER not in self.principal.roles:
            _http_log.warning("forbidden", event=read.register.type)
            role = Role.EXCEPTION_MANAGER.value
            raise Problem(403, "Forbidden", f"{path} grants an exception; that takes the role {role}")
        data = {**read.register.data, "approvedBy": self.principal.name}
        return {**{name: value for name, value in posted.items() if name != "data_base64"}, "data": data}


async def grant(ports: Ports, state: CustomerState, body: "Grant", who: Principal | None) -> "GrantQueued":
    """Put the event on the queue that grants the exception, or revokes it; a 400 names each member at fault."""
    if older := why_no_exceptions(ports):
        raise Problem(409, "Not while an older version may run", older)
    ports.storage_clock.check()  # else it would be of another time
    given = {name: value for name, value in body.items() if value is not None}
    data = {**_before(ports, state, given), **given, **({"approvedBy": who.name} if who else {})}
    (event_type, _), *_ = GrantedException.events
    event_id = secrets.token_hex(16)
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": event_type,
        "time": ports.timestamp(),
        "datacontenttype": "application/json",
        "data": {"customerId": state.customer_id, **data},
    }
    try:
        read = read_event(event, ports.now())
    except PermanentError as fault:
        raise bad_request(*(_of_body(each) for each in fault.errors)) from fault
    if data["validUntil"] < data["validFrom"] and not data.get("revoked"):
        raise bad_request(MemberError("$.validUntil", f"is before validFrom, {data['validFrom']}; give a later day"))
    name, what = data["exceptionId"], REVOKED if data.get("revoked") else GRANTED
    approver = who.who if who else Who(data["approvedBy"])
    async with logged(ports, what, CUSTOMER, state.customer_id, approver, data["reason"], name):
        await ports.sender.send(Queue.EVENTS, Message(compact_bytes(event)))
    _log.info(what, customer=state.customer_id, exceptionId=name, eventId=event_id, verified=who is not None)
    queued: GrantQueued = {
        "customerId": state.customer_id,
        "exceptionId": name,
        "approvedBy": data["approvedBy"],
        "verified": who is not None,
    }
    if warnings := await warnings_of(ports, [("$", read)]):
        queued["warnings"] = [{"path": each.path.replace(_DATA, "$"), "message": each.message} for each in warnings]
    return queued


def _before(ports: Ports, state: CustomerState, given: JsonObject) -> JsonObject:
    """What it is where it is not said: of one to be revoked, as it was granted."""
    if given.get("revoked") is not True:
        return {"exceptionId": f"X-{secrets.token_hex(4)}", "validFrom": ports.today().isoformat()}
    registers = state.registers.get(GrantedException.kind, {})
    if (stored := registers.get(str(given.get("exceptionId")))) is None:
        said = f"customer {state.customer_id} was granted no such exception"
        raise not_found(said, MemberError("$.exceptionId", "names no exception; give that of the one to revoke"))
    return {name: value for name, value in stored.data.items() if name != "approvedBy"}


def _of_body(error: MemberError) -> MemberError:
    return MemberError(error.path.replace(_DATA, "$", 1), error.message)
