"""A page of everybody's exceptions by their last day, found by rows that may name too many customers."""

from datetime import date, timedelta

from shared.api.exceptions import ExceptionItem, Place, exceptions_of
from shared.at_once import at_once
from shared.ports import Ports
from shared.storage.upcoming import DayKind
from shared.workflow.customer_lists import ByDay, entries_by_day

_ONE_DAY = timedelta(days=1)


async def page_by_end(
    ports: Ports, ends_before: date | None, limit: int, after: Place | None
) -> tuple[list[ExceptionItem], Place | None]:
    """At most ``limit``, and after which the next page begins. Each customer is read whole: it knows what is right."""
    if ends_before == date.min:
        return [], None
    until = ends_before - _ONE_DAY if ends_before else date.max
    asked = ByDay(DayKind.EXCEPTION, date.min, until)
    entries, are_more = await entries_by_day(ports, asked, after and after[:2], limit)
    places = [*([after[:2]] if after and after[2] else []), *((each.day, each.customer_id) for each in entries)]
    found = await at_once(lambda place: _of(ports, *place), places)
    begun = after[2] if after else ""
    items = [each for number, some in enumerate(found) for each in some if number or each["exceptionId"] > begun]
    if len(items) > limit:
        last = items[limit - 1]
        return items[:limit], (date.fromisoformat(last["validUntil"]), last["customerId"], last["exceptionId"])
    return items, (*places[-1], "") if are_more else None


async def _of(ports: Ports, day: date, customer_id: str) -> list[ExceptionItem]:
    """Those of a customer that have this last day."""
    state = (await ports.customers.load(customer_id)).state
    return [each for each in exceptions_of(state, ports.today()) if each["validUntil"] == day.isoformat()]
