"""The story with one change each, worked out by hand from the criterion table in section 2 of the contract."""

import pytest

from .story import (
    ATTACHED,
    CHECKED,
    DEPLOYED,
    DESIGNATED,
    ELIGIBLE,
    GOLD,
    INELIGIBLE,
    LICENCE,
    PROJECT,
    TRAINED,
    later,
    outcome,
    told,
)

CASES = {
    "everything holds": ([], ELIGIBLE),
    "a cent short": ([later("spend", LICENCE, annualAmount="299999.99")], INELIGIBLE),
    "277,777.78 EUR at 1.08 is above": ([later("spend", LICENCE, annualAmount="277777.78", currency="EUR")], ELIGIBLE),
    "277,777.77 EUR at 1.08 is below": (
        [later("spend", LICENCE, annualAmount="277777.77", currency="EUR")],
        INELIGIBLE,
    ),
    "a currency without a rate": ([later("spend", LICENCE, currency="XTS")], INELIGIBLE),
    "a currency without a rate beside enough": ([later("spend", LICENCE, licenceId="L-2", currency="XTS")], ELIGIBLE),
    "two halves": (
        [
            later("spend", LICENCE, annualAmount="150000.00"),
            later("spend", LICENCE, licenceId="L-2", annualAmount="150000", application="sales"),
        ],
        ELIGIBLE,
    ),
    "not a new deployment": ([later("spend", LICENCE, newDeployment=False)], INELIGIBLE),
    "spend on an unlisted application": ([later("spend", LICENCE, application="business-central")], INELIGIBLE),
    "a licence that ends today": ([later("spend", LICENCE, endsOn="2026-03-01")], ELIGIBLE),
    "a licence that ended yesterday": ([later("spend", LICENCE, endsOn="2026-02-28")], INELIGIBLE),
    "a null end": ([later("spend", LICENCE, endsOn=None)], ELIGIBLE),
    "a completed project": ([later("project", PROJECT, status="completed")], INELIGIBLE),
    "an active project": ([later("project", PROJECT, status="active")], ELIGIBLE),
    "only unlisted applications": ([later("project", PROJECT, applications=["power-apps"])], INELIGIBLE),
    "an unlisted application is passed over": (
        [later("project", PROJECT, applications=["power-apps", "finance"])],
        ELIGIBLE,
    ),
    "either area of project operations": ([later("project", PROJECT, applications=["project-operations"])], ELIGIBLE),
    "an application in the other area": ([later("project", PROJECT, applications=["finance", "sales"])], INELIGIBLE),
    "two projects, sorted": ([later("project", PROJECT, projectId="J-0")], ("eligible", ["J-0", "J-1"])),
    "detached": ([later("detached", ATTACHED)], INELIGIBLE),
    "detached from another project": ([later("detached", ATTACHED, projectId="J-1")], ELIGIBLE),
    "detached from all leaves the project's own": (
        [later("attached", ATTACHED, projectId="J-1"), later("detached", ATTACHED)],
        ELIGIBLE,
    ),
    "attached to another project only": (
        [later("detached", ATTACHED), later("attached", ATTACHED, projectId="J-9")],
        INELIGIBLE,
    ),
    "silver": ([later("certified", GOLD, level="silver")], ELIGIBLE),
    "no level": ([later("certified", GOLD, level="none")], INELIGIBLE),
    "certified in the other area": (
        [later("certified", GOLD, level="none"), later("certified", GOLD, area="customer-engagement")],
        INELIGIBLE,
    ),
    "certified until today": ([later("certified", GOLD, validUntil="2026-03-01")], ELIGIBLE),
    "certified until yesterday": ([later("certified", GOLD, validUntil="2026-02-28")], INELIGIBLE),
    "a downgrade that begins today": ([later("certified", GOLD, level="none", validFrom="2026-03-01")], INELIGIBLE),
    "a downgrade that begins tomorrow": ([later("certified", GOLD, level="none", validFrom="2026-03-02")], ELIGIBLE),
    "a newer period that has ended hides an endless older one": (
        [later("certified", GOLD, validFrom="2026-01-01", validUntil="2026-01-31")],
        INELIGIBLE,
    ),
    "an empty interval hides it too": (
        [later("certified", GOLD, validFrom="2026-02-01", validUntil="2026-01-31")],
        INELIGIBLE,
    ),
    "designation with two deployments": (
        [
            later("certified", GOLD, level="none"),
            later("designated", DESIGNATED),
            later("deployed", DEPLOYED),
            later("deployed", DEPLOYED, deploymentId="D-2", liveOn="2026-03-01"),
        ],
        ELIGIBLE,
    ),
    "designation with one deployment and one tomorrow": (
        [
            later("certified", GOLD, level="none"),
            later("designated", DESIGNATED),
            later("deployed", DEPLOYED),
            later("deployed", DEPLOYED, deploymentId="D-2", liveOn="2026-03-02"),
        ],
        INELIGIBLE,
    ),
    "two deployments in different areas": (
        [
            later("certified", GOLD, level="none"),
            later("designated", DESIGNATED),
            later("deployed", DEPLOYED),
            later("deployed", DEPLOYED, deploymentId="D-2", area="customer-engagement"),
        ],
        INELIGIBLE,
    ),
    "one of two deployments not eligible": (
        [
            later("certified", GOLD, level="none"),
            later("designated", DESIGNATED),
            later("deployed", DEPLOYED),
            later("deployed", DEPLOYED, deploymentId="D-2", eligible=False),
        ],
        INELIGIBLE,
    ),
    "an inactive designation": (
        [
            later("certified", GOLD, level="none"),
            later("designated", DESIGNATED, active=False),
            later("deployed", DEPLOYED),
            later("deployed", DEPLOYED, deploymentId="D-2"),
        ],
        INELIGIBLE,
    ),
    "trained on the day the project begins": ([later("project", PROJECT, initiatedOn="2025-05-01")], INELIGIBLE),
    "trained the day before": ([later("project", PROJECT, initiatedOn="2025-05-02")], ELIGIBLE),
    "training revoked": ([later("training", TRAINED, revoked=True)], INELIGIBLE),
    "another learner's training stands": (
        [later("training", TRAINED, revoked=True), later("training", TRAINED, learnerId="E-2")],
        ELIGIBLE,
    ),
    "training expires today": ([later("training", TRAINED, expiresOn="2026-03-01")], ELIGIBLE),
    "training expired yesterday": ([later("training", TRAINED, expiresOn="2026-02-28")], INELIGIBLE),
    "training completed tomorrow": (
        [later("training", TRAINED, revoked=True), later("training", TRAINED, completedOn="2026-03-02")],
        INELIGIBLE,
    ),
    "the check alone missing": ([later("training", CHECKED, revoked=True)], INELIGIBLE),
}


@pytest.mark.parametrize(("messages", "expected"), CASES.values(), ids=CASES.keys())
def test_the_story_with_one_change_comes_out_as_worked_out_by_hand(
    messages: list[bytes], expected: tuple[str, list[str]]
) -> None:
    assert outcome(told(*messages)) == expected


def test_two_partners_that_qualify_for_one_area_each_do_not_make_one_that_qualifies_for_both() -> None:
    other = {"partnerId": "P-2"}
    oracle = told(
        later("project", PROJECT, applications=["finance", "sales"]),
        later("attached", ATTACHED | other),
        later("certified", GOLD | other, area="customer-engagement"),
        later("training", TRAINED | other),
        later("training", CHECKED | other),
    )
    assert outcome(oracle) == INELIGIBLE
    oracle.post(later("certified", GOLD | other))
    assert outcome(oracle) == ELIGIBLE
