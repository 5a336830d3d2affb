"""Faults planted in a copy of the template, each of which has to be noticed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.alerts import alert_faults, query_faults
from tests.infra.app_settings import ROOT, setting_faults
from tests.infra.bicep import read_template
from tests.infra.body_types import body_faults
from tests.infra.deployment import deployment_faults
from tests.infra.entities import entity_faults
from tests.infra.references import reference_faults
from tests.infra.roles import role_faults
from tests.infra.rules import rule_faults
from tests.infra.template import Template

type Check = Callable[[Template], Iterator[str]]

MAIN, ALERTS, APP = "main.bicep", "modules/alerts.bicep", "modules/app.bicep"
MESSAGING, MONITORING, STORAGE = "modules/messaging.bicep", "modules/monitoring.bicep", "modules/storage.bicep"
RECEIVER = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"

type Seed = tuple[str, str, str, str]
"""What is done, from what to what, and a part of what is said of it."""

SEEDS: dict[tuple[Check, str], list[Seed]] = {
    (body_faults, MESSAGING): [
        ("a misspelt property", "lockDuration: 'PT5M'", "lockDuraton: 'PT5M'", "lockDuraton is unk"),
        ("a misspelt value of a parameter", "'Premium']", "'Premiun']", "'Premiun'; give one of"),
        ("a number as text", "maxDeliveryCount: 5", "maxDeliveryCount: '5'", "maxDeliveryCount is '5'"),
        ("a version that is not", "namespaces@2024-01-01", "namespaces@2024-01-02", "no resource type"),
    ],
    (body_faults, STORAGE): [
        ("a misspelt value", "'TLS1_2'", "'TLS12'", "minimumTlsVersion is 'TLS12'; give one of"),
        ("a missing location", "  location: location\n", "", "location is missing"),
    ],
    (body_faults, APP): [
        ("a parameter of another type", "param zoneRedundant bool", "param zoneRedundant string", "is a str"),
        ("what Azure says itself", "httpsOnly: true", "state: 'Running'", "state is Azure's to say"),
    ],
    (body_faults, ALERTS): [
        ("no duration", "windowSize: 'PT15M'", "windowSize: '15m'", "windowSize is '15m'"),
        ("a missing property", "    evaluationFrequency: 'PT5M'\n", "", "evaluationFrequency is missing"),
        ("an unknown criterion", "metricName:", "metric:", "metricName is missing"),
    ],
    (reference_faults, APP): [
        ("a broken line", "properties: {", "properties: [", "is not what the grammar knows"),
        ("a name that is not", "serverFarmId: plan.id", "serverFarmId: pln.id", "pln is not declared"),
    ],
    (reference_faults, MAIN): [
        ("an output that is not", "storage.outputs.tableServiceUri", "storage.outputs.tables", "no output"),
        ("a parameter not given", "    sku: serviceBusSku\n", "", "parameter sku is missing"),
        ("a parameter too much", "    telemetry: telemetry\n", "    telemetri: telemetry\n", "telemetri"),
    ],
    (reference_faults, STORAGE): [
        ("a parameter unused", "name: hostSku", "name: 'Standard_LRS'", "hostSku is not used"),
    ],
    (rule_faults, STORAGE): [
        ("open key access", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "SharedKeyAccess"),
    ],
    (rule_faults, MESSAGING): [
        ("keys for messages", "disableLocalAuth: true", "disableLocalAuth: false", "disableLocalAuth"),
        ("sessions on the event queue", "requiresSession: false", "requiresSession: true", "requiresSession"),
        ("a shorter window", "'P7D'", "'PT10M'", "duplicateDetectionHistoryTimeWindow"),
    ],
    (rule_faults, MONITORING): [
        ("keys for telemetry", "    DisableLocalAuth: true\n", "", "DisableLocalAuth is None"),
    ],
    (rule_faults, APP): [
        ("deployment by password", "    allow: false", "    allow: true", "properties.allow is True"),
        ("an old TLS", "    siteConfig: {\n      minTls", "    siteConfig: {\n      xMinTls", "minTlsVersion is None"),
        (
            "a setting Flex forbids",
            "    AUTHORISATION:",
            "    FUNCTIONS_WORKER_RUNTIME: 'python'\n    AUTHORISATION:",
            "sets FUNCTIONS_WORKER_RUNTIME",
        ),
        ("a property Flex forbids", "      http20Enabled: true", "      ftpsState: 'Disabled'", "sets ftpsState"),
        ("another plan", "name: 'FC1'", "name: 'EP1'", "sku.name is 'EP1'"),
    ],
    (rule_faults, MAIN): [
        ("too few instances", "@minValue(40)", "@minValue(1)", "maximumInstanceCount may be"),
    ],
    (role_faults, MESSAGING): [
        (
            "a wrong role",
            "090c5cfd-751d-490a-894a-3ce6f1109419",
            RECEIVER,
            f"events: Microsoft.ServiceBus/namespaces/queues / {RECEIVER}",
        ),
        ("a role on everything", "  scope: events\n", "", "everything in the resource group"),
    ],
    (role_faults, STORAGE): [
        (
            "a role in the wrong place",
            "roles.storageTableDataContributor)\n  scope: dataAccount",
            "roles.storageBlobDataOwner)\n  scope: hostAccount",
            "role missing: ",
        ),
    ],
    (role_faults, MAIN): [
        ("a role for another", "appPrincipalId: identity.outputs.principalId", "appPrincipalId: '0'", "role missing"),
        (
            "no waiting for roles",
            "messaging.outputs.fullyQualifiedNamespace\n    i",
            "'${serviceBusName}.servicebus.windows.net'\n    i",
            "app does not wait for the roles that messaging gives",
        ),
    ],
    (role_faults, APP): [
        ("roles believed too early", "    signIn\n    ftp", "    ftp", "settings does not wait for signIn"),
    ],
    (setting_faults, APP): [
        ("a missing setting", "    EVENTS_TRANSPORT: 'service-bus'\n", "", "EVENTS_TRANSPORT is read and not set"),
        ("a misspelt setting", "AUTHORISATION", "AUTHORIZATION", "AUTHORIZATION is read by nobody"),
        (
            "a wrong value of a setting",
            "EVENTS_TRANSPORT: 'service-bus'",
            "EVENTS_TRANSPORT: 'servicebus'",
            "would say: EVENTS_TRANSPORT is 'servicebus'",
        ),
        (
            "a key in a setting",
            "EligibilityStorage__tableServiceUri:",
            "EligibilityStorage:",
            "EligibilityStorage does not belong in Azure",
        ),
        (
            "a setting the host misses",
            "    AzureWebJobsStorage__accountName: hostStorageName\n",
            "",
            "AzureWebJobsStorage__accountName is missing",
        ),
    ],
    (entity_faults, MESSAGING): [
        ("a renamed queue", "'eligibility-events'", "'events'", "the template has no 'eligibility-events'"),
        ("a renamed topic", "'eligibility-notifications'", "'notifications'", "the code has no 'notifications'"),
    ],
    (entity_faults, STORAGE): [
        ("a renamed table", "'partners'", "'partner'", "the template has no 'partners'"),
        ("a missing Storage queue", ", 'eligibility-recompute-poison'", "", "no 'eligibility-recompute-poison'"),
    ],
    (entity_faults, APP): [
        ("an open route", "'/api/docs'\n", "'/api/docs'\n        '/api/customers'\n", "without signing in"),
        (
            "a trigger without identity",
            "    ServiceBusConnection__credential: 'managedidentity'\n",
            "",
            "set ServiceBusConnection__credential",
        ),
    ],
    (alert_faults, ALERTS): [
        ("an alert on no queue", "'eligibility-events'", "'events'", "no queue or topic 'events'"),
        ("an alert on nothing", "quarantine counted", "quarantine count", "nothing logs 'quarantine count'"),
        ("an alert on no field", "(message).kept", "(message).count", "have no field 'count'"),
        ("an alert unexplained", "operate.md#silence", "operate.md#quiet", "has no heading for #quiet"),
    ],
    (deployment_faults, "main.parameters.json"): [
        ("a parameter that is not", '"alertEmail"', '"alertMail"', "no parameter alertMail"),
    ],
    (deployment_faults, APP): [
        ("another service", "'azd-service-name': 'app'", "'azd-service-name': 'api'", "no resource is tagged"),
    ],
}


@pytest.mark.parametrize(
    ("check", "path", "seed"),
    [pytest.param(*each, seed, id=seed[0]) for each, seeds in SEEDS.items() for seed in seeds],
)
def test_a_planted_fault_is_noticed(check: Check, path: str, seed: Seed, tmp_path: Path) -> None:
    _, old, new, said = seed
    folder = shutil.copytree(ROOT / "infra", tmp_path / "infra")
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), "utf-8")
    assert [fault for fault in check(read_template(folder)) if said in fault]


def test_a_query_of_the_guide_that_asks_for_an_unknown_line_is_noticed() -> None:
    query = 'traces | where message startswith \'{"what":"event handeld"\''
    assert list(query_faults(query)) == ["nothing logs 'event handeld'"]
