"""A day arrives; what happens in the sample programme within a year of it leaves, as events posted in the days before.

`events.jsonl` tells what came before, the same on any day. Here every date is counted from the day on which it is told,
so that there are always losses and gains ahead: `./dev up` posts these lines after those.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from samples.make_events import Data, Programme
from samples.names import description
from samples.programme import CE, ELIGIBLE, FO, NO_PARTNER, PARTNERS, SHORT

type Told = tuple[int, str, Data]
"""Days before the day of telling, what, and its data."""

FIRST_ID, FIRST_CUSTOMER = 5001, 1041
WAITS, UNDECIDED = "its partner is not qualified yet", "spends in a currency without a rate"
_ROUTE = {"competency": "cloud-business-applications"}
_DESIGNATION = {"designation": "solutions-partner-business-applications", "active": True}


@dataclass(frozen=True)
class Calendar:
    """Days counted from the day of telling."""

    today: date

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def month_begins(self, months: int) -> str:
        return self._first(months).isoformat()

    def month_ends(self, months: int) -> str:
        first = self._first(months)
        return first.replace(day=monthrange(first.year, first.month)[1]).isoformat()

    def _first(self, months: int) -> date:
        year, month = divmod(self.today.year * 12 + self.today.month - 1 + months, 12)
        return date(year, month + 1, 1)


@dataclass(frozen=True)
class Ahead:
    """A customer: why it is as it is today, and on which days after today that changes; and the facts behind it."""

    why: str
    changes: tuple[str, ...]
    applications: tuple[str, ...]
    amounts: tuple[str, ...]
    partner: str | None
    first_ends: str | None = None
    currencies: tuple[str, ...] = ("USD", "USD")
    projects: int = 1
    exception: tuple[str, str] | None = None


def partners(on: Calendar) -> dict[str, tuple[Told, ...]]:
    begun = on.day(-700)
    return {
        # Its gold competency for finance and operations is not renewed.
        "P-fabrikam": (_competency(40, FO, "gold", "2025-07-01", on.month_ends(1)),),
        # A renewal is agreed, two months after the end.
        "P-contoso": (
            _competency(300, CE, "gold", begun, on.month_ends(4)),
            _competency(12, CE, "silver", on.month_begins(7)),
            *_trained(on, "E-contoso-1"),
        ),
        # The knowledge check of the only learner expires.
        "P-wingtip": (
            (420, "designated", _DESIGNATION | {"validFrom": begun}),
            *(_deployment(400 - 30 * each, f"D-270{each}", FO, on.day(-410 + 30 * each)) for each in (1, 2)),
            *_trained(on, "E-wingtip-1", check_expires=on.month_ends(6)),
        ),
        # The second deployment goes live in some weeks.
        "P-northwind": (
            (330, "designated", _DESIGNATION | {"validFrom": begun}),
            _deployment(310, "D-2801", FO, on.day(-320)),
            _deployment(9, "D-2802", FO, on.day(45)),
            *_trained(on, "E-northwind-1"),
        ),
        # Its first competency begins in some months.
        "P-treyresearch": (_competency(15, CE, "gold", on.month_begins(3)), *_trained(on, "E-treyresearch-1")),
        "P-vanarsdel": (_competency(260, FO, "silver", begun, on.month_ends(8)), *_trained(on, "E-vanarsdel-1")),
    }


def customers(on: Calendar) -> tuple[Ahead, ...]:
    """Those after C-1040."""
    renewed = (on.month_begins(5), on.month_begins(7))
    short_trained, live, certified = (on.month_begins(7),), (on.day(45),), (on.month_begins(3),)
    until = on.month_ends(5)
    return (
        Ahead(ELIGIBLE, renewed, ("sales", "customer-service"), ("265000", "120000"), "P-contoso"),
        Ahead(ELIGIBLE, renewed, ("customer-insights",), ("300000", "48000"), "P-contoso"),
        Ahead(ELIGIBLE, short_trained, ("finance",), ("415000", "35000"), "P-wingtip"),
        Ahead(ELIGIBLE, short_trained, ("supply-chain-management", "commerce"), ("190000", "150000"), "P-wingtip"),
        Ahead(WAITS, live, ("finance",), ("330000", "26000"), "P-northwind"),
        Ahead(WAITS, live, ("commerce",), ("385000", "12000"), "P-northwind"),
        Ahead(WAITS, certified, ("sales",), ("310000", "44000"), "P-treyresearch"),
        _licence_ends(on.day(5), on.day(6), ("finance",), ("280000", "75000"), "P-litware"),
        _licence_ends(on.day(24), on.day(25), ("sales",), ("240000", "90000"), "P-woodgrove"),
        _licence_ends(on.month_ends(2), on.month_begins(3), ("commerce",), ("310000", "95000"), "P-litware"),
        _licence_ends(on.month_ends(3), on.month_begins(4), ("field-service",), ("220000", "130000"), "P-woodgrove"),
        _licence_ends(on.month_ends(5), on.month_begins(6), ("finance",), ("520000", "140000"), "P-woodgrove"),
        _licence_ends(on.month_ends(7), on.month_begins(8), ("customer-service",), ("305000", "60000"), "P-woodgrove"),
        _licence_ends(on.month_ends(9), on.month_begins(10), ("human-resources",), ("260000", "85000"), "P-litware"),
        _licence_ends(on.month_ends(11), on.month_begins(12), ("sales",), ("345000", "110000"), "P-woodgrove"),
        Ahead(
            ELIGIBLE, (on.month_begins(9),), ("finance", "commerce"), ("640000", "260000"), "P-vanarsdel", projects=12
        ),
        Ahead(UNDECIDED, (), ("sales",), ("120000", "2600000"), "P-woodgrove", currencies=("USD", "NOK")),
        Ahead(
            ELIGIBLE,
            (on.month_begins(11),),
            ("field-service",),
            ("325000", "9000000"),
            "P-woodgrove",
            first_ends=on.month_ends(10),
            currencies=("USD", "INR"),
        ),
        Ahead(SHORT, (), ("finance",), ("210000", "32000"), "P-litware", exception=("strategic migration", until)),
        Ahead(NO_PARTNER, (), ("sales",), ("330000", "24000"), None, exception=("partner is being chosen", until)),
    )


def lines(today: date) -> list[str]:
    """The messages, in order of arrival; none is of today or later."""
    on, programme, begun = Calendar(today), Programme(FIRST_ID), today - timedelta(days=200)
    for partner, facts in partners(on).items():
        for days, kind, data in facts:
            programme.tell(today - timedelta(days=days), kind, {"partnerId": partner, **data})
    plans = {f"C-{number}": plan for number, plan in enumerate(customers(on), FIRST_CUSTOMER)}
    for customer, plan in plans.items():
        for days, kind, data in _told(customer, plan, on):
            programme.tell(today - timedelta(days=days), kind, {"customerId": customer, **data})
    # C-1003 will not renew its largest licence.
    not_renewed = _licence(1, "sales", "210000", ends=on.month_ends(2))
    programme.tell(today - timedelta(days=18), "spend", {"customerId": "C-1003", **not_renewed})
    for partner in (each for each in partners(on) if each not in PARTNERS):
        programme.tell(begun, "partner", {"partnerId": partner, **description(partner)})
    for customer in plans:
        programme.tell(begun, "customer", {"customerId": customer, **description(customer)})
    return programme.arrived()


def _told(customer: str, plan: Ahead, on: Calendar) -> Iterator[Told]:
    for number, (amount, currency) in enumerate(zip(plan.amounts, plan.currencies, strict=True), 1):
        application = plan.applications[(number - 1) % len(plan.applications)]
        ends = plan.first_ends if number == 1 else None
        yield 170 - 9 * number, "spend", _licence(number, application, amount, currency, ends)
    for number in range(plan.projects):
        name = f"J-{customer[2:]}" + (f"-{number + 1}" if plan.projects > 1 else "")
        project = {"projectId": name, "applications": list(plan.applications), "initiatedOn": on.day(-120 + 7 * number)}
        yield 150, "project", project | {"status": "active" if number < 8 else "planned"}
    if plan.partner:
        yield 140, "attached", {"partnerId": plan.partner}
    if plan.exception:
        reason, until = plan.exception
        granted = {"reason": reason, "approvedBy": "Katie Jordan", "validFrom": on.day(-20), "validUntil": until}
        yield 20, "granted", {"exceptionId": f"X-{customer[2:]}", **granted}


def _licence_ends(
    on: str, lost_on: str, applications: tuple[str, ...], amounts: tuple[str, ...], partner: str
) -> Ahead:
    return Ahead(ELIGIBLE, (lost_on,), applications, amounts, partner, first_ends=on)


def _licence(number: int, application: str, amount: str, currency: str = "USD", ends: str | None = None) -> Data:
    bought = {"annualAmount": amount, "currency": currency, "newDeployment": True}
    return {"licenceId": f"L-{number}", "application": application, **bought} | ({"endsOn": ends} if ends else {})


def _competency(days: int, area: str, level: str, begins: str, until: str | None = None) -> Told:
    period = {"area": area, "level": level, "validFrom": begins} | ({"validUntil": until} if until else {})
    return days, "certified", _ROUTE | period


def _deployment(days: int, name: str, area: str, live: str) -> Told:
    return days, "deployed", {"deploymentId": name, "area": area, "liveOn": live, "eligible": True}


def _trained(on: Calendar, learner: str, check_expires: str | None = None) -> Iterator[Told]:
    for days, part, expires in ((380, "training", None), (370, "knowledge-check", check_expires)):
        completion = {"course": "success-by-design", "part": part, "learnerId": learner, "completedOn": on.day(-days)}
        yield days, "trained", completion | ({"expiresOn": expires} if expires else {})
