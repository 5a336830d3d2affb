"""Rules of ours and of the platform that no general checker knows.

Arrives: a snapshot. Leaves: a line for each rule that it breaks.
"""

from collections.abc import Iterator
from typing import Any, Final

from tests.infra.snapshots import DEFAULT, MISSING, PRIVATE, Resource, Snapshot, members

STORAGE: Final = "Microsoft.Storage/storageAccounts"
BUS: Final = "Microsoft.ServiceBus/namespaces"
SITE: Final = "Microsoft.Web/sites"

HELD: Final[tuple[tuple[str, str, Any], ...]] = (
    # No key, no password, nothing in the open.
    (STORAGE, "properties.allowSharedKeyAccess", False),
    (STORAGE, "properties.allowBlobPublicAccess", False),
    (STORAGE, "properties.minimumTlsVersion", "TLS1_2"),
    (STORAGE, "properties.supportsHttpsTrafficOnly", True),
    (f"{STORAGE}/blobServices/containers", "properties.publicAccess", "None"),
    (BUS, "properties.disableLocalAuth", True),
    (BUS, "properties.minimumTlsVersion", "1.2"),
    ("Microsoft.Insights/components", "properties.DisableLocalAuth", True),
    ("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", True),
    (SITE, "properties.httpsOnly", True),
    (SITE, "properties.siteConfig.minTlsVersion", "1.2"),
    (SITE, "properties.siteConfig.scmMinTlsVersion", "1.2"),
    (f"{SITE}/basicPublishingCredentialsPolicies", "properties.allow", False),
    # Registers need neither order nor uniqueness; subscribers need both.
    (f"{BUS}/queues", "properties.requiresSession", False),
    (f"{BUS}/queues", "properties.requiresDuplicateDetection", False),
    (f"{BUS}/queues", "properties.maxDeliveryCount", 5),
    (f"{BUS}/queues", "properties.deadLetteringOnMessageExpiration", True),
    (f"{BUS}/queues", "properties.enablePartitioning", False),
    (f"{BUS}/topics", "properties.enablePartitioning", False),
    (f"{BUS}/topics", "properties.requiresDuplicateDetection", True),
    (f"{BUS}/topics", "properties.duplicateDetectionHistoryTimeWindow", "P7D"),
    (f"{BUS}/topics/subscriptions", "properties.requiresSession", True),
    # The plan and its app.
    ("Microsoft.Web/serverfarms", "sku.name", "FC1"),
    ("Microsoft.Web/serverfarms", "sku.tier", "FlexConsumption"),
    ("Microsoft.Web/serverfarms", "properties.reserved", True),
    (SITE, "identity.type", "UserAssigned"),
    (SITE, "properties.functionAppConfig.deployment.storage.type", "blobContainer"),
    (SITE, "properties.functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity"),
    (SITE, "properties.functionAppConfig.runtime.name", "python"),
    (SITE, "properties.functionAppConfig.runtime.version", "3.13"),
    # Nothing is logged before the app runs, and a query of what is not there is refused.
    ("Microsoft.Insights/scheduledQueryRules", "properties.skipQueryValidation", True),
)
"""What every resource of a type says, which there is at least one of."""

NOT_ON_FLEX: Final = frozenset(
    {
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
        "FUNCTIONS_WORKER_PROCESS_COUNT",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_DNS_SERVER",
        "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_VNET_ROUTE_ALL",
        "alwaysOn",
        "clientAffinityEnabled",
        "containerSize",
        "dailyMemoryTimeQuota",
        "ftpsState",
        "functionAppScaleLimit",
        "linuxFxVersion",
        "minimumElasticInstanceCount",
        "numberOfWorkers",
        "preWarmedInstanceCount",
        "use32BitWorkerProcess",
        "windowsFxVersion",
    }
)
"""Settings and properties that a Flex Consumption plan refuses or does not heed, having others instead."""


def rule_faults(snapshot: Snapshot) -> Iterator[str]:
    yield from _held(snapshot)
    yield from _not_on_flex(snapshot)
    yield from _zones(snapshot)
    yield from _reached(snapshot)


def _held(snapshot: Snapshot) -> Iterator[str]:
    for type_, path, right in HELD:
        if not snapshot.of(type_):
            yield f"{snapshot.name}: there is no {type_}"
        for each in snapshot.of(type_):
            yield from _is(snapshot, each, path, right)


def _is(snapshot: Snapshot, resource: Resource, path: str, right: Any) -> Iterator[str]:
    value = resource.at(path)
    if value != right or type(value) is not type(right):
        yield f"{snapshot.name}: {resource.name} {path} is {value!r}; it must be {right!r}"


def _not_on_flex(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.resources:
        if each.type.startswith(SITE):
            for name in sorted({name for name, _ in members(each.body)} & NOT_ON_FLEX):
                yield f"{snapshot.name}: {each.name} sets {name}, which a Flex Consumption plan does not take"
        if each.type == f"{SITE}/slots":
            yield f"{snapshot.name}: {each.name}: a Flex Consumption plan has no slots"


def _zones(snapshot: Snapshot) -> Iterator[str]:
    """Over zones the platform wants two always-ready instances of a group, or none."""
    plans, sites = snapshot.of("Microsoft.Web/serverfarms"), snapshot.of(SITE)
    ready = [each.at("properties.functionAppConfig.scaleAndConcurrency.alwaysReady") for each in sites]
    if any(each.at("properties.zoneRedundant") is True for each in plans):
        counts = [group["instanceCount"] for groups in ready if groups != MISSING for group in groups]
        if any(count < 2 for count in counts):
            yield f"{snapshot.name}: over zones each group needs two always-ready instances or none: {counts}"


def _reached(snapshot: Snapshot) -> Iterator[str]:
    """Storage and Service Bus are private as soon as the network is; the app only in the private set."""
    data = "Enabled" if snapshot.name == DEFAULT else "Disabled"
    for each in [*snapshot.of(STORAGE), *snapshot.of(BUS)]:
        yield from _is(snapshot, each, "properties.publicNetworkAccess", data)
    for each in snapshot.of(STORAGE):
        yield from _is(snapshot, each, "properties.networkAcls.bypass", "None")
        yield from _is(snapshot, each, "properties.networkAcls.defaultAction", "Allow" if data == "Enabled" else "Deny")
    for each in snapshot.of(SITE):
        right = "Disabled" if snapshot.name == PRIVATE else "Enabled"
        yield from _is(snapshot, each, "properties.publicNetworkAccess", right)
