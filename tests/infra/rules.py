"""Rules of ours and of the platform that no general checker knows.

Arrives: a template. Leaves: a line for each rule that it breaks.
"""

from collections.abc import Iterator
from typing import Final

from tests.infra.template import Expression, File, Template, Value

HELD: Final[tuple[tuple[str, str, Value], ...]] = (
    # No key, no password, nothing in the open.
    ("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", False),
    ("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", False),
    ("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2"),
    ("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", True),
    ("Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "None"),
    ("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", True),
    ("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "1.2"),
    ("Microsoft.Insights/components", "properties.DisableLocalAuth", True),
    ("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", True),
    ("Microsoft.Web/sites", "properties.httpsOnly", True),
    ("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2"),
    ("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2"),
    ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", False),
    # Registers need neither order nor uniqueness; subscribers need both.
    ("Microsoft.ServiceBus/namespaces/queues", "properties.requiresSession", False),
    ("Microsoft.ServiceBus/namespaces/queues", "properties.requiresDuplicateDetection", False),
    ("Microsoft.ServiceBus/namespaces/queues", "properties.maxDeliveryCount", 5),
    ("Microsoft.ServiceBus/namespaces/queues", "properties.deadLetteringOnMessageExpiration", True),
    ("Microsoft.ServiceBus/namespaces/queues", "properties.enablePartitioning", False),
    ("Microsoft.ServiceBus/namespaces/topics", "properties.enablePartitioning", False),
    ("Microsoft.ServiceBus/namespaces/topics", "properties.requiresDuplicateDetection", True),
    ("Microsoft.ServiceBus/namespaces/topics", "properties.duplicateDetectionHistoryTimeWindow", "P7D"),
    ("Microsoft.ServiceBus/namespaces/topics/subscriptions", "properties.requiresSession", True),
    # The plan and its app.
    ("Microsoft.Web/serverfarms", "sku.name", "FC1"),
    ("Microsoft.Web/serverfarms", "sku.tier", "FlexConsumption"),
    ("Microsoft.Web/serverfarms", "properties.reserved", True),
    ("Microsoft.Web/sites", "identity.type", "UserAssigned"),
    ("Microsoft.Web/sites", "properties.functionAppConfig.deployment.storage.type", "blobContainer"),
    (
        "Microsoft.Web/sites",
        "properties.functionAppConfig.deployment.storage.authentication.type",
        "UserAssignedIdentity",
    ),
    ("Microsoft.Web/sites", "properties.functionAppConfig.runtime.name", "python"),
    ("Microsoft.Web/sites", "properties.functionAppConfig.runtime.version", "3.13"),
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

INSTANCES: Final = {"instanceMemoryMB": [512, 2048, 4096], "maximumInstanceCount": (40, 1000)}


def rule_faults(template: Template) -> Iterator[str]:
    yield from _held(template)
    yield from _not_on_flex(template)
    yield from _instances(template)


def _held(template: Template) -> Iterator[str]:
    for type_, path, right in HELD:
        found = [(file, each) for file, each in template.resources() if each.type == type_]
        if not found:
            yield f"there is no {type_}"
        for file, each in found:
            value = file.at(path, each.value)
            if value != right or type(value) is not type(right):
                yield f"{file.path}:{each.line} {each.name}.{path} is {told(value)}; it must be {right!r}"


def _not_on_flex(template: Template) -> Iterator[str]:
    for file, each in template.resources():
        if each.type.startswith("Microsoft.Web/sites"):
            for name in sorted(set(_keys(file, each.value)) & NOT_ON_FLEX):
                yield f"{file.path}:{each.line} {each.name} sets {name}, which a Flex Consumption plan does not take"
        if each.type == "Microsoft.Web/sites/slots":
            yield f"{file.path}:{each.line} {each.name}: a Flex Consumption plan has no slots"


def _keys(file: File, value: Value) -> Iterator[str]:
    """Every name at any depth, in all that a value may turn out to be."""
    for option in file.options(value):
        if isinstance(option, dict):
            yield from option
        for part in parts(option):
            yield from _keys(file, part)


def _instances(template: Template) -> Iterator[str]:
    main = template.file("main.bicep")
    for name, right in INSTANCES.items():
        given = main.find(name)
        decorators = given.decorators if given else {}
        says = decorators.get("allowed") or (decorators.get("minValue"), decorators.get("maxValue"))
        if says != right:
            yield f"main.bicep: {name} may be {says}; a Flex Consumption plan takes {right}"


def parts(value: Value) -> list[Value]:
    """What a value is made of."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    return list(value.parts) if isinstance(value, Expression) else []


def told(value: Value) -> str:
    """A value as a message shows it."""
    return value.text if isinstance(value, Expression) else repr(value)
