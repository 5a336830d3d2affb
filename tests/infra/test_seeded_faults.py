"""Faults planted in a copy of the snapshots, each of which has to be noticed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.alerts import alert_faults, query_faults
from tests.infra.app_settings import setting_faults
from tests.infra.deployment import deployment_faults
from tests.infra.entities import entity_faults
from tests.infra.networks import network_faults
from tests.infra.review import review_faults
from tests.infra.roles import role_faults
from tests.infra.rules import rule_faults
from tests.infra.snapshots import DEFAULT, EVERYTHING, FOLDER, PRIVATE, ROOT, Snapshot, read_snapshots

type Check = Callable[[Snapshot], Iterator[str]]
type Seed = tuple[str, str, str, str]
"""What is done, from what to what, and a part of what is said of it."""

RECEIVER = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"
OWNER = "090c5cfd-751d-490a-894a-3ce6f1109419"
TABLES = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"

SEEDS: dict[tuple[Check, str], list[Seed]] = {
    (rule_faults, DEFAULT): [
        ("open key access", '"allowSharedKeyAccess": false', '"allowSharedKeyAccess": true', "SharedKeyAccess"),
        ("keys for messages", '"disableLocalAuth": true', '"disableLocalAuth": false', "disableLocalAuth"),
        ("sessions on the event queue", '"requiresSession": false', '"requiresSession": true', "requiresSession"),
        ("a shorter window", '"P7D"', '"PT10M"', "duplicateDetectionHistoryTimeWindow"),
        ("keys for telemetry", '"DisableLocalAuth": true', '"DisableLocalAuth": false', "DisableLocalAuth"),
        ("deployment by password", '"allow": false', '"allow": true', "properties.allow is True"),
        ("an old TLS", '"minTlsVersion": "1.2"', '"minTlsVersion": "1.0"', "minTlsVersion is '1.0'"),
        ("a setting Flex forbids", '"AUTHORISATION":', '"FUNCTIONS_WORKER_RUNTIME": "", "AUTHORISATION":', "sets FUNC"),
        ("a property Flex forbids", '"http20Enabled": true', '"ftpsState": "Disabled"', "sets ftpsState"),
        ("another plan", '"name": "FC1"', '"name": "EP1"', "sku.name is 'EP1'"),
        ("a validated query", '"skipQueryValidation": true', '"skipQueryValidation": false', "skipQueryValidation"),
    ],
    (rule_faults, EVERYTHING): [
        ("one instance over zones", '"instanceCount": 2', '"instanceCount": 1', "two always-ready instances"),
        ("an open account", '"publicNetworkAccess": "Disabled"', '"publicNetworkAccess": "Enabled"', "publicNetwork"),
    ],
    (rule_faults, PRIVATE): [
        ("a passage for others", '"bypass": "None"', '"bypass": "AzureServices"', "networkAcls.bypass"),
    ],
    (network_faults, PRIVATE): [
        ("no endpoint", "storageAccounts/stdata", "storageAccounts/stother", "leads to stdata queue"),
        ("no name", 'privateEndpoints/privateDnsZoneGroups"', 'x"', "is entered in no zone"),
        ("no subnet of the platform's", "Microsoft.App/environments", "Microsoft.Web/serverFarms", "not given to"),
        ("no rules", '"networkSecurityGroup"', '"networkRules"', "has no rules"),
        ("Standard", '"name": "Premium"', '"name": "Standard"', "a Standard Service Bus namespace"),
        ("no way out", '"virtualNetworkSubnetId"', '"subnetId"', "calls from no subnet"),
    ],
    (role_faults, DEFAULT): [
        ("a wrong role", OWNER, RECEIVER, f"queues/eligibility-events / {RECEIVER}"),
        ("a role that is missing", "Microsoft.Authorization/roleAssignments", "Microsoft.X/y", "role missing"),
        ("a role for another", ").principalId]", ").clientId]", "role not expected"),
        ("a role that runs and deploys", "id-deploy-", "id-", "id-… / storageAccounts/stpack…"),
    ],
    (review_faults, DEFAULT): [
        ("no lock", '"level": "CanNotDelete"', '"level": "ReadOnly"', "no lock"),
        ("no log of reads", '"category": "StorageRead"', '"category": "Transaction"', "is logged"),
        ("a log that is switched off", '"enabled": true', '"enabled": false', "of stdata…/tableServices/default []"),
        ("a log in the wrong place", "workspaces/audit-", "workspaces/log-", "workspace of the reviewers"),
        ("one identity for all", "id-deploy-", "id-", "the package is taken by"),
        ("a package beside the keys", "stpack", "sthost", "the package is in the storage"),
    ],
    (review_faults, EVERYTHING): [
        ("nobody may call", '"allowedApplications"', '"allowed"', "may call"),
        ("no id token", "scope=openid profile email", "scope=email", "is given an id token"),
        ("endless sessions", '"timeToExpiration"', '"time"', "cookieExpiration"),
    ],
    (entity_faults, DEFAULT): [
        ("a renamed queue", '/eligibility-events"', '/events"', "there is no 'eligibility-events'"),
        ("a renamed topic", '/eligibility-notifications"', '/notifications"', "the code has no 'notifications'"),
        ("a renamed table", '/partners"', '/partner"', "there is no 'partners'"),
        ("a missing queue", '/eligibility-recompute-poison"', '/poison"', "no 'eligibility-recompute-poison'"),
        ("no identity for a trigger", "ServiceBusConnection__credential", "X", "set ServiceBusConnection__credential"),
    ],
    (entity_faults, EVERYTHING): [
        ("an open route", '"/api/docs",', '"/api/docs", "/api/customers",', "without signing in"),
    ],
    (alert_faults, DEFAULT): [
        ("an alert on no queue", '"eligibility-events"', '"events"', "no queue or topic 'events'"),
        ("an alert on nothing", "quarantine counted", "quarantine count", "nothing logs 'quarantine count'"),
        ("an alert on no field", "(message).kept", "(message).count", "have no field 'count'"),
        ("an alert unexplained", "operate.md#silence", "operate.md#quiet", "has no heading for #quiet"),
        ("an unwatched Storage queue", "queue counted", "event handled", "Storage queues: no alert"),
        ("an unwatched topic", '"eligibility-notifications"\n', '"*"\n', "eligibility-notifications: no alert"),
    ],
}


def planted(folder: Path, name: str, old: str, new: str) -> dict[str, Snapshot]:
    copy = shutil.copytree(FOLDER, folder / "snapshots")
    file = copy / f"{name}.snapshot.json"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    return read_snapshots(copy)


@pytest.mark.parametrize(
    ("check", "name", "seed"),
    [pytest.param(*each, seed, id=seed[0]) for each, seeds in SEEDS.items() for seed in seeds],
)
def test_a_planted_fault_is_noticed(check: Check, name: str, seed: Seed, tmp_path: Path) -> None:
    _, old, new, said = seed
    snapshots = planted(tmp_path, name, old, new)
    assert [fault for fault in check(snapshots[name]) if said in fault]


OF_SETTINGS: list[Seed] = [
    ("a missing setting", '"EVENTS_TRANSPORT"', '"EVENTS"', "EVENTS_TRANSPORT is read and not set"),
    ("a misspelt setting", '"AUTHORISATION"', '"AUTHORIZATION"', "AUTHORIZATION is read by nobody"),
    ("a wrong value", '"EVENTS_TRANSPORT": "service-bus"', '"EVENTS_TRANSPORT": "bus"', "EVENTS_TRANSPORT is 'bus'"),
    ("a key", '"EligibilityStorage__tableServiceUri"', '"EligibilityStorage"', "EligibilityStorage does not belong"),
    ("one the host misses", '"AzureWebJobsStorage__accountName"', '"X"', "setting X is read by nobody"),
]


@pytest.mark.parametrize("seed", OF_SETTINGS, ids=lambda seed: seed[0])
def test_a_planted_fault_of_a_setting_is_noticed(seed: Seed, tmp_path: Path) -> None:
    _, old, new, said = seed
    assert [fault for fault in setting_faults(planted(tmp_path, DEFAULT, old, new)) if said in fault]


OF_DEPLOYMENT: list[tuple[str, Seed]] = [
    ("main.parameters.json", ("no such parameter", '"alertEmail"', '"alertMail"', "no parameter alertMail")),
    ("main.parameters.json", ("another default", "SURVEY_HOURS=24", "SURVEY_HOURS=25", "surveyHours is ${SURVEY")),
    ("main.bicep", ("a parameter undescribed", "@description('Tier", "// ('Tier", "serviceBusSku has no @desc")),
]


@pytest.mark.parametrize(("path", "seed"), OF_DEPLOYMENT, ids=[seed[0] for _, seed in OF_DEPLOYMENT])
def test_a_planted_fault_of_the_deployment_is_noticed(path: str, seed: Seed, tmp_path: Path) -> None:
    _, old, new, said = seed
    infra = shutil.copytree(ROOT / "infra", tmp_path / "infra")
    text = (infra / path).read_text("utf-8")
    assert old in text
    (infra / path).write_text(text.replace(old, new), "utf-8")
    assert [fault for fault in deployment_faults(infra, read_snapshots()[DEFAULT]) if said in fault]


def test_a_service_that_no_resource_has_the_tag_of_is_noticed(tmp_path: Path) -> None:
    snapshots = planted(tmp_path, DEFAULT, '"azd-service-name": "app"', '"azd-service-name": "api"')
    found = deployment_faults(ROOT / "infra", snapshots[DEFAULT])
    assert [fault for fault in found if "no resource is tagged" in fault]


def test_a_query_of_the_guide_that_asks_for_an_unknown_line_is_noticed() -> None:
    query = 'traces | where message startswith \'{"what":"event handeld"\''
    assert list(query_faults(query)) == ["nothing logs 'event handeld'"]
