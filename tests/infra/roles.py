"""Roles: who has which where.

Arrives: a snapshot. Leaves: a line for each role that is missing or too much.
"""

import re
from collections.abc import Iterator
from typing import Final

from tests.infra.snapshots import Resource, Snapshot

ROLES: Final = {
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
"""By the ids they have in all of Azure."""

RUNNING, DEPLOYING = "id-…", "id-deploy-…"
EXPECTED: Final = {
    (RUNNING, "storageAccounts/sthost…", "Storage Blob Data Owner"),
    (RUNNING, "storageAccounts/sthost…", "Storage Table Data Contributor"),
    (RUNNING, "storageAccounts/stdata…", "Storage Table Data Contributor"),
    (RUNNING, "storageAccounts/stdata…", "Storage Queue Data Contributor"),
    (RUNNING, "queues/eligibility-events", "Azure Service Bus Data Owner"),
    (RUNNING, "topics/eligibility-notifications", "Azure Service Bus Data Sender"),
    (RUNNING, "components/appi-…", "Monitoring Metrics Publisher"),
    (DEPLOYING, "storageAccounts/stpack…", "Storage Blob Data Contributor"),
}
"""What runs cannot change what will run; what deploys reads no facts. Nobody else has anything."""


def role_faults(snapshot: Snapshot) -> Iterator[str]:
    given = roles_given(snapshot)
    yield from (f"{snapshot.name}: role not expected: {' / '.join(each)}" for each in sorted(given - EXPECTED))
    yield from (f"{snapshot.name}: role missing: {' / '.join(each)}" for each in sorted(EXPECTED - given))


def roles_given(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    """Who has which role where: the identity, the resource, the role, without what makes names unique."""
    found = snapshot.of("Microsoft.Authorization/roleAssignments")
    return {(_short(_identity(each)), _short(_kind(each.scope)), _role(each)) for each in found}


def _identity(role: Resource) -> str:
    principal = str(role.at("properties.principalId"))
    found = re.fullmatch(r"\[reference\('([^']+)', '[\d-]+'\)\.principalId\]", principal)
    return found[1].rpartition("/")[2] if found else principal


def _kind(id_: str) -> str:
    return "/".join(id_.rsplit("/", 2)[-2:])


def _role(role: Resource) -> str:
    id_ = str(role.at("properties.roleDefinitionId")).rpartition("/")[2]
    return ROLES.get(id_, id_)


def _short(name: str) -> str:
    """Names end with 13 letters and digits, made from subscription, environment and region."""
    return re.sub(r"(?=[a-z]*\d)[a-z0-9]{13}$", "…", name)
