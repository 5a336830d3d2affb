"""What a resource's body may hold, taken from the models of Microsoft's management libraries.

Arrives: a model class of either of the two generators those libraries use. Leaves: its members by their names in JSON.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from azure.mgmt.applicationinsights.v2020_02_02 import models as applicationinsights
from azure.mgmt.authorization.v2022_04_01 import models as authorization
from azure.mgmt.loganalytics import models as loganalytics
from azure.mgmt.monitor import models as monitor
from azure.mgmt.msi.v2024_11_30 import models as msi
from azure.mgmt.servicebus import models as servicebus
from azure.mgmt.storage import models as storage
from azure.mgmt.web import models as web

MODELS: dict[str, Any] = {
    "Microsoft.Authorization/roleAssignments@2022-04-01": authorization.RoleAssignmentCreateParameters,
    "Microsoft.Insights/actionGroups@2023-01-01": monitor.ActionGroupResource,
    "Microsoft.Insights/components@2020-02-02": applicationinsights.ApplicationInsightsComponent,
    "Microsoft.Insights/metricAlerts@2018-03-01": monitor.MetricAlertResource,
    "Microsoft.Insights/scheduledQueryRules@2023-12-01": monitor.ScheduledQueryRuleResource,
    "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30": msi.Identity,
    "Microsoft.OperationalInsights/workspaces@2025-07-01": loganalytics.Workspace,
    "Microsoft.ServiceBus/namespaces@2024-01-01": servicebus.SBNamespace,
    "Microsoft.ServiceBus/namespaces/queues@2024-01-01": servicebus.SBQueue,
    "Microsoft.ServiceBus/namespaces/topics@2024-01-01": servicebus.SBTopic,
    "Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01": servicebus.SBSubscription,
    "Microsoft.Storage/storageAccounts@2025-06-01": storage.StorageAccountCreateParameters,
    "Microsoft.Storage/storageAccounts/blobServices@2025-06-01": storage.BlobServiceProperties,
    "Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01": storage.BlobContainer,
    "Microsoft.Storage/storageAccounts/queueServices@2025-06-01": storage.QueueServiceProperties,
    "Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01": storage.StorageQueue,
    "Microsoft.Storage/storageAccounts/tableServices@2025-06-01": storage.TableServiceProperties,
    "Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01": storage.Table,
    "Microsoft.Web/serverfarms@2025-03-01": web.AppServicePlan,
    "Microsoft.Web/sites@2025-03-01": web.Site,
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01": web.CsmPublishingCredentialsPoliciesEntity,
    "Microsoft.Web/sites/config@2025-03-01 appsettings": web.StringDictionary,
    "Microsoft.Web/sites/config@2025-03-01 authsettingsV2": web.SiteAuthSettingsV2,
}
"""Each resource type and version in use; a ``config`` is a resource type per name."""

UNCHECKED = {
    "Microsoft.Resources/resourceGroups@2024-03-01": "a name, a region and tags: not worth one more library",
}
"""Resource types in use that have no model here, each with the reason."""


@dataclass(frozen=True)
class Member:
    """``kind``: model, list, dict, enum, str, int, bool, duration or any; ``of``: model, element or enum."""

    kind: str
    of: Any = None
    required: bool = False
    read_only: bool = False


@cache
def members(model: Any) -> dict[str, Member]:
    """The members of a model by their names in JSON, those of its bases too."""
    if hasattr(model, "_attribute_map"):
        return _nested(dict(_of_attribute_map(model)))
    return dict(_of_rest_fields(model))


def narrowed(model: Any, body: dict[str, Any]) -> Any:
    """The model of this kind of body, where a member says which kind it is."""
    for attribute, kinds in vars(model).get("_subtype_map", {}).items():
        said = body.get(model._attribute_map[attribute]["key"].replace("\\", ""))
        if said in kinds:
            return narrowed(getattr(sys.modules[model.__module__], kinds[said]), body)
    return model


def _of_rest_fields(model: Any) -> Iterator[tuple[str, Member]]:
    for base in reversed(model.__mro__):
        for name, each in vars(base).items():
            if type(each).__name__ == "_RestField":
                optional, member = _member(_hints(base)[name])
                wire, read_only = each._rest_name_input or name, each._visibility == ["read"]
                yield wire, Member(member.kind, member.of, not optional and not read_only, read_only)


def _of_attribute_map(model: Any) -> Iterator[tuple[str, Member]]:
    hints: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        hints |= _hints(base, base.__init__) if _is_model(base) else {}
    attributes: dict[str, dict[str, str]] = model._attribute_map
    validation: dict[str, dict[str, bool]] = getattr(model, "_validation", {})
    for name, each in attributes.items():
        rules = validation.get(name, {})
        _, member = _member(hints.get(name, Any))
        kind = "duration" if each["type"] == "duration" else member.kind
        yield each["key"].replace("\\.", "\0"), Member(kind, member.of, "required" in rules, "readonly" in rules)


def _hints(model: Any, of: Any = None) -> dict[str, Any]:
    """Types by name; the libraries write them as text, in terms of their own package of models."""
    module = sys.modules[model.__module__]
    return get_type_hints(of or model, vars(module), {"_models": sys.modules[str(module.__package__)]})


def _is_model(model: Any) -> bool:
    return ".models." in model.__module__


def _nested(flat: dict[str, Member]) -> dict[str, Member]:
    """``properties.severity`` as a member of a member; an escaped dot belongs to the name."""
    nested: dict[str, Member] = {}
    groups: dict[str, dict[str, Member]] = {}
    for key, member in flat.items():
        first, _, rest = key.partition(".")
        if rest:
            groups.setdefault(first, {})[rest] = member
        else:
            nested[key.replace("\0", ".")] = member
    for name, group in groups.items():
        nested[name] = Member("model", _nested(group), any(each.required for each in group.values()))
    return nested


def _member(hint: Any) -> tuple[bool, Member]:
    """Whether it may be left out, and what it is."""
    if get_origin(hint) is Union:
        choices = [each for each in get_args(hint) if each is not type(None)]
        enums = [each for each in choices if isinstance(each, type) and issubclass(each, Enum)]
        member = Member("enum", enums[0]) if enums else _member(choices[0])[1]
        return len(choices) < len(get_args(hint)), member
    return False, _plain(hint)


def _plain(hint: Any) -> Member:
    origin = get_origin(hint)
    if origin is list:
        return Member("list", _member(get_args(hint)[0])[1])
    if origin is dict:
        return Member("dict", _member(get_args(hint)[1])[1])
    if not isinstance(hint, type):
        return Member("any")
    if issubclass(hint, Enum):
        return Member("enum", hint)
    kinds = {str: "str", bool: "bool", int: "int", float: "int", timedelta: "duration"}
    if hint in kinds:
        return Member(kinds[hint])
    return Member("model", hint) if _is_model(hint) else Member("any")
