"""Roles: who has which where, and that the app starts only when it has them.

Arrives: a template. Leaves: a line for each role that is missing, too much, or not waited for.
"""

from collections.abc import Iterator
from typing import Final

from tests.infra.rules import parts, told
from tests.infra.template import Expression, Template, Value

ROLES: Final = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
"""By the ids they have in all of Azure."""

EXPECTED: Final = {
    ("hostAccount: Microsoft.Storage/storageAccounts", "Storage Blob Data Owner"),
    ("hostAccount: Microsoft.Storage/storageAccounts", "Storage Table Data Contributor"),
    ("dataAccount: Microsoft.Storage/storageAccounts", "Storage Table Data Contributor"),
    ("dataAccount: Microsoft.Storage/storageAccounts", "Storage Queue Data Contributor"),
    ("events: Microsoft.ServiceBus/namespaces/queues", "Azure Service Bus Data Owner"),
    ("notifications: Microsoft.ServiceBus/namespaces/topics", "Azure Service Bus Data Sender"),
    ("insights: Microsoft.Insights/components", "Monitoring Metrics Publisher"),
}
"""What the app's identity has, and nobody else has anything."""
APP: Final = "app"
"""The module of the function app."""


def role_faults(template: Template) -> Iterator[str]:
    given = roles_given(template)
    expected = {("identity.outputs.principalId", *each) for each in EXPECTED}
    yield from (f"role not expected: {' / '.join(each)}" for each in sorted(given - expected))
    yield from (f"role missing: {' / '.join(each)}" for each in sorted(expected - given))
    yield from _order(template)


def _order(template: Template) -> Iterator[str]:
    """The app is told everything by the modules that give it its roles, and trusts in roles after sign-in is set up."""
    main = template.file("main.bicep")
    app = main.find(APP)
    used = set(_names(app.value)) if app else set[str]()
    for module in main.all("module"):
        target = template.file(module.of)
        gives = any(each.type == "Microsoft.Authorization/roleAssignments" for each in target.all("resource"))
        if gives and module.name not in used:
            yield f"main.bicep: {APP} does not wait for the roles that {module.name} gives its identity"
    settings = template.file("modules/app.bicep").find("settings")
    waits = set(_names(settings.body.get("dependsOn"))) if settings else set[str]()
    for name in ("signIn", "ftpByPassword", "deploymentByPassword"):
        if name not in waits:
            yield f"modules/app.bicep: settings does not wait for {name}"


def _names(value: Value) -> Iterator[str]:
    if isinstance(value, Expression) and value.kind == "identifier":
        yield value.text
    for part in parts(value):
        yield from _names(part)


def roles_given(template: Template) -> set[tuple[str, str, str]]:
    """Who has which role where: the principal as the module is given it, the resource, the role's name."""
    return set(_roles(template))


def _roles(template: Template) -> Iterator[tuple[str, str, str]]:
    main = template.file("main.bicep")
    modules = {module.of: module for module in main.all("module")}
    for file, each in template.resources():
        if each.type != "Microsoft.Authorization/roleAssignments":
            continue
        scope = each.body.get("scope")
        place = file.find(scope.text) if isinstance(scope, Expression) else None
        where = f"{place.name}: {place.type}" if place else "everything in the resource group"
        definition = file.at("properties.roleDefinitionId", each.value)
        role = file.resolve(definition.parts[1]) if isinstance(definition, Expression) else definition
        principal = told(file.at("properties.principalId", each.value))
        if file.path in modules:
            principal = told(main.at(f"params.{principal}", modules[file.path].value)) or principal
        yield principal, where, ROLES.get(str(role), str(role))
