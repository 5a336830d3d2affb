"""Nothing arrives; who takes part in the sample programme leaves: eight partners, forty customers and their stories."""

from dataclasses import dataclass
from typing import Any

CE, FO = "customer-engagement", "finance-and-operations"

type Fact = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """A customer: the reason its story comes out as it does, and the story (days after it begins, what, value)."""

    why: str
    applications: tuple[str, ...]
    amounts: tuple[str, ...]
    partner: str | None
    later: tuple[tuple[int, str, str], ...] = ()
    currency: str = "USD"
    new: bool = True


def certified(on: str, area: str, level: str, begins: str, until: str | None = None) -> Fact:
    period = {"competency": "cloud-business-applications", "area": area, "level": level, "validFrom": begins}
    return on, "certified", period | ({"validUntil": until} if until else {})


def designated(on: str, begins: str) -> Fact:
    designation = {"designation": "solutions-partner-business-applications", "active": True, "validFrom": begins}
    return on, "designated", designation | {"validUntil": "2035-12-31"}


def deployed(on: str, name: str, area: str, eligible: bool = True) -> Fact:
    return on, "deployed", {"deploymentId": name, "area": area, "liveOn": on, "eligible": eligible}


def trained(on: str, part: str, learner: str, completed: str | None = None, revoked: bool = False) -> Fact:
    completion = {"course": "success-by-design", "part": part, "learnerId": learner, "completedOn": completed or on}
    return on, "trained", completion | ({"revoked": True} if revoked else {"expiresOn": "2035-12-31"})


def both_parts(on: str, checked_on: str, learner: str) -> tuple[Fact, Fact]:
    return trained(on, "training", learner), trained(checked_on, "knowledge-check", learner)


PARTNERS: dict[str, tuple[Fact, ...]] = {
    # Qualified in both areas; a renewal is posted before the old period ends.
    "P-fabrikam": (
        certified("2024-06-10", FO, "gold", "2023-07-01", "2025-06-30"),
        certified("2024-06-10", CE, "silver", "2024-06-01"),
        certified("2025-05-12", FO, "gold", "2025-07-01", "2035-06-30"),
        *both_parts("2024-09-02", "2024-09-09", "E-fabrikam-1"),
        *both_parts("2025-03-03", "2025-03-05", "E-fabrikam-2"),
        deployed("2025-08-18", "D-2101", FO),
    ),
    # Qualified for customer engagement alone.
    "P-adatum": (
        certified("2024-07-01", CE, "silver", "2024-07-01"),
        certified("2026-02-10", CE, "gold", "2026-02-01", "2035-12-31"),
        *both_parts("2024-10-07", "2024-10-21", "E-adatum-1"),
        deployed("2025-11-03", "D-2201", FO),
    ),
    # Solutions Partner with three deployments in finance and operations.
    "P-litware": (
        designated("2024-08-05", "2024-08-01"),
        deployed("2024-08-19", "D-2301", FO),
        deployed("2024-11-25", "D-2302", FO),
        deployed("2025-10-06", "D-2303", FO),
        deployed("2025-12-01", "D-2304", CE),
        *both_parts("2024-09-16", "2024-09-30", "E-litware-1"),
    ),
    # Solutions Partner whose second deployment in customer engagement came in 2026.
    "P-proseware": (
        designated("2024-10-01", "2024-10-01"),
        deployed("2024-12-09", "D-2401", CE),
        deployed("2026-01-19", "D-2402", CE),
        *both_parts("2024-11-04", "2024-11-11", "E-proseware-1"),
    ),
    # Gold, but the only knowledge check was revoked.
    "P-lamna": (
        certified("2024-06-24", FO, "gold", "2024-07-01"),
        *both_parts("2024-08-12", "2024-08-26", "E-lamna-1"),
        trained("2026-04-20", "knowledge-check", "E-lamna-1", completed="2024-08-26", revoked=True),
    ),
    # Solutions Partner with one eligible deployment: one too few.
    "P-relecloud": (
        designated("2024-09-02", "2024-09-01"),
        deployed("2025-02-17", "D-2601", CE),
        deployed("2025-09-15", "D-2602", CE, eligible=False),
        *both_parts("2024-10-14", "2024-10-28", "E-relecloud-1"),
    ),
    # Lost its level in June 2026.
    "P-tailspin": (
        certified("2024-07-15", CE, "silver", "2024-07-01"),
        certified("2026-05-25", CE, "none", "2026-06-01"),
        *both_parts("2024-08-05", "2024-08-12", "E-tailspin-1"),
    ),
    # Gold in both areas, trained late: only projects that began after 2 March 2026 count.
    "P-woodgrove": (
        certified("2024-09-09", FO, "gold", "2024-09-01"),
        certified("2024-09-09", CE, "gold", "2024-09-01"),
        *both_parts("2026-02-23", "2026-03-02", "E-woodgrove-1"),
    ),
}

SHORT, NO_PARTNER = "spends less than 300,000 a year", "has no partner"
UNQUALIFIED, ELIGIBLE = "its partner is not qualified", "eligible"

PLANS = (
    Plan(ELIGIBLE, ("finance", "supply-chain-management"), ("240000", "180000"), "P-fabrikam"),
    Plan(SHORT, ("sales",), ("120000", "64000"), "P-adatum"),
    Plan(ELIGIBLE, ("sales", "customer-service"), ("210000", "150000"), "P-adatum"),
    Plan(UNQUALIFIED, ("field-service", "sales"), ("300000", "96000"), "P-tailspin"),
    Plan(NO_PARTNER, ("finance",), ("420000", "60000"), None),
    Plan(ELIGIBLE, ("finance", "commerce"), ("275000", "88000"), "P-litware", currency="EUR"),
    Plan("trained after the project began", ("finance",), ("380000", "45000"), "P-woodgrove"),
    Plan(UNQUALIFIED, ("customer-service",), ("310000", "27500"), "P-relecloud"),
    Plan(ELIGIBLE, ("customer-insights", "sales"), ("190000", "145000"), "P-proseware"),
    Plan("its partner lacks one area", ("sales", "finance"), ("260000", "140000"), "P-adatum"),
    Plan(ELIGIBLE, ("project-operations",), ("300000.00", "0"), "P-fabrikam"),
    Plan(UNQUALIFIED, ("human-resources", "finance"), ("165000", "150000"), "P-lamna"),
    Plan("left its partner", ("sales",), ("305000", "52000"), "P-adatum", ((240, "detached", "P-adatum"),)),
    Plan(SHORT, ("commerce",), ("299999.99", "0"), "P-litware"),
    Plan(ELIGIBLE, ("marketing", "customer-insights"), ("205000", "118000"), "P-fabrikam"),
    Plan("renews old licences only", ("finance",), ("510000", "90000"), "P-fabrikam", new=False),
    Plan(ELIGIBLE, ("field-service",), ("175000", "125000"), "P-adatum", ((130, "spend", "198000"),)),
    Plan("cut its spend", ("finance",), ("290000", "80000"), "P-litware", ((200, "spend", "150000"),)),
    Plan(ELIGIBLE, ("supply-chain-management",), ("260000", "30000"), "P-litware", ((150, "spend", "330000"),)),
    Plan(NO_PARTNER, ("customer-service",), ("160000", "155000"), None),
    Plan("its project is completed", ("finance",), ("340000", "20000"), "P-fabrikam", ((220, "status", "completed"),)),
    Plan(UNQUALIFIED, ("sales",), ("330000", "41000"), "P-tailspin"),
    Plan(
        ELIGIBLE,
        ("finance",),
        ("320000", "36000"),
        "P-lamna",
        ((160, "detached", "P-lamna"), (174, "attached", "P-fabrikam")),
    ),
    Plan("spends in a currency without a rate", ("sales",), ("1900000", "400000"), "P-adatum", currency="BRL"),
    Plan(ELIGIBLE, ("sales", "field-service"), ("200000", "160000"), "P-proseware", currency="GBP"),
    Plan("on no application of the programme", ("business-central",), ("350000", "50000"), "P-fabrikam"),
    Plan(UNQUALIFIED, ("customer-insights",), ("280000", "75000"), "P-relecloud"),
    Plan(ELIGIBLE, ("human-resources", "finance"), ("145000", "170000"), "P-fabrikam"),
    Plan(SHORT, ("finance", "commerce"), ("130000", "95000"), "P-fabrikam"),
    Plan("its project is cancelled", ("sales",), ("325000", "12000"), "P-adatum", ((140, "status", "cancelled"),)),
    Plan(ELIGIBLE, ("finance", "sales"), ("215000", "135000"), "P-woodgrove"),
    Plan(UNQUALIFIED, ("supply-chain-management",), ("360000", "22000"), "P-lamna"),
    Plan(SHORT, ("viva-sales",), ("48000", "36000"), "P-proseware"),
    Plan(NO_PARTNER, ("finance", "human-resources"), ("250000", "85000"), None),
    Plan(ELIGIBLE, ("relationship-sales",), ("310000", "18000"), "P-adatum", ((100, "spend", "295000"),)),
    Plan("its partner lacks one area", ("commerce", "customer-service"), ("205000", "120000"), "P-litware"),
    Plan(SHORT, ("field-service",), ("220000", "60000"), "P-tailspin"),
    Plan("left its partner", ("finance",), ("315000", "40000"), "P-litware", ((120, "detached", "P-litware"),)),
    Plan(SHORT, ("project-operations",), ("180000", "70000"), "P-woodgrove"),
    Plan(ELIGIBLE, ("commerce", "finance"), ("230000", "110000"), "P-fabrikam"),
)
