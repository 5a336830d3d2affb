"""The lines of ./dev up for notifications: what changed, or when eligibility is lost."""

from typing import Any

import pytest

from local.notices import line
from shared.domain.notification import CHANGED, EXPIRING

CAUSE = {"source": "/billing", "type": "fasttrack.spend.updated.v1", "id": "inv-1"}
SAME = {"status": "eligible", "previousStatus": "eligible", "eligibleProjects": ["J-1"], "cause": CAUSE}


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (CHANGED, {**SAME, "previousStatus": "unassessed"}, "unassessed -> eligible      for J-1  because of"),
        (CHANGED, {**SAME, "previousByException": True}, "eligible by exception -> eligible  for J-1  because of"),
        (
            EXPIRING,
            {**SAME, "expiring": {"losesOn": "2027-02-01", "within": 90}},
            "loses it on 2027-02-01      for J-1  ",
        ),
        (EXPIRING, {**SAME, "expiring": None}, "no loss is near             for J-1  because of "),
    ],
)
def test_it_says_what_changed_and_of_a_warning_when(kind: str, data: dict[str, Any], said: str) -> None:
    shown = line({"id": "C-1/3", "type": kind, "data": data})
    assert shown.startswith(f"notified  C-1/3           {said}")
    assert shown.endswith("because of fasttrack.spend.updated.v1 inv-1")
