"""Erasing a customer that asks for it."""

from __future__ import annotations

from typing import Annotated

from shared.api.bodies import MAX_NAME, MAX_TEXT, texts
from shared.api.customers import CustomerId
from shared.api.parameters import Parameter, text
from shared.api.problems import Problem, not_found
from shared.api.route import OPERATORS, Caller, Noun, Route
from shared.api.shapes import Identifier, Moment, TypedDict
from shared.domain.who import Who
from shared.ports import Ports
from shared.settings import NARROW
from shared.storage.change_log import CUSTOMER, ERASED

NOUN = Noun("Erasure", "For a customer that asks for nothing to be kept of it.")

Author = Annotated[str, Parameter("author", text, Annotated[str, "who asks, where no caller is verified"])]
Reason = Annotated[str, Parameter("reason", text, Annotated[str, "why, for the change log"])]


class AskedErasure(TypedDict):
    """An erasure that will be made."""

    customerId: Identifier
    askedAt: Annotated[Moment, "when the erasure was asked for first"]


@Route(
    NOUN,
    "DELETE",
    "customers/{id}",
    OPERATORS,
    "Erase a customer",
    "The erasure, which begins within two minutes; all but the last pass is done then.",
    "What is recorded is notified first; then its facts, its decisions, its rows in indexes, quarantined messages that "
    "name it, and its id in partners' deployments go. One row says when it was erased, and subscribers are told by a "
    "last notification, `fasttrack.eligibility.erased.v1`. Events of the customer are not taken up to five minutes "
    "after that; a later one starts it again. Previews, progress and logs have the id until they expire. 409 while a "
    "version may run (`OLDEST_VERSION`) that would bring it back.",
    status=202,
    problems=(404, 409),
)
async def erase_customer(
    ports: Ports, customer_id: CustomerId, author: Author, reason: Reason, caller: Caller = ""
) -> AskedErasure:
    from shared.workflow.change_log import logged  # rare, and no event should wait for it
    from shared.workflow.erase import ask_for_erasure

    if ports.oldest_version in NARROW:
        why = f"version {ports.oldest_version} may run (OLDEST_VERSION), which takes late events of an erased customer"
        raise Problem(409, "Not while an older version may run", f"{why}: it would bring the customer back")
    if (await ports.customers.load(customer_id)).etag is None:
        raise not_found(f"nothing is stored of customer {customer_id}")
    said, why = texts(author=(author, MAX_NAME), reason=(reason, MAX_TEXT))
    async with logged(ports, ERASED, CUSTOMER, customer_id, Who(caller or said, bool(caller)), why):
        asked_at = await ask_for_erasure(ports, customer_id)
    return {"customerId": customer_id, "askedAt": asked_at}
