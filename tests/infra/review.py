"""What a security review asks for: logs of access, a lock, who may sign in, two identities.

Arrives: a snapshot. Leaves: a line for each thing that is not there.
"""

from collections.abc import Iterator
from typing import Final

from tests.infra.rules import SITE
from tests.infra.snapshots import EVERYTHING, MISSING, Resource, Snapshot

_ACCESS: Final = {"StorageRead", "StorageWrite", "StorageDelete"}
LOGGED: Final = {
    "sthost…/blobServices/default": _ACCESS,
    "stpack…/blobServices/default": _ACCESS,
    "stdata…/tableServices/default": _ACCESS,
    "stdata…/queueServices/default": _ACCESS,
    "namespaces/sbns-…": {"allLogs"},
    "workspaces/log-…": {"Audit"},
}
"""What is logged of what, by the end of its id."""
SIGN_IN: Final = {"sites/func-…": {"AppServiceAuthenticationLogs"}}
_POLICY: Final = "properties.identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy"


def review_faults(snapshot: Snapshot) -> Iterator[str]:
    yield from _logs(snapshot)
    yield from _lock(snapshot)
    yield from _identities(snapshot)
    for each in snapshot.of(f"{SITE}/config"):
        if each.called == "authsettingsV2":
            yield from _sign_in(snapshot, each)
    if (snapshot.called(f"{SITE}/config", "authsettingsV2") is None) == (snapshot.name == EVERYTHING):
        yield f"{snapshot.name}: signing in is switched on exactly where a client id is given"


def _logs(snapshot: Snapshot) -> Iterator[str]:
    """In a workspace of their own: the daily cap of the alerts' log is not used up by them."""
    wanted = LOGGED | (SIGN_IN if snapshot.name == EVERYTHING else {})
    found = {_end(each.scope): each for each in snapshot.of("Microsoft.Insights/diagnosticSettings")}
    for end, categories in wanted.items():
        setting = next((each for scope, each in found.items() if scope.endswith(end)), None)
        logs = setting.at("properties.logs") if setting else []
        told = {each.get("category") or each.get("categoryGroup") for each in logs if each["enabled"]}
        if told != categories:
            yield f"{snapshot.name}: of {end} {sorted(told)} is logged; {sorted(categories)} has to be"
        if setting and "/workspaces/audit-" not in str(setting.at("properties.workspaceId")):
            yield f"{snapshot.name}: what is logged of {end} does not go to the workspace of the reviewers"


def _end(scope: str) -> str:
    return "/".join(part[:-13] + "…" if part[-13:].isalnum() and len(part) > 16 else part for part in scope.split("/"))


def _lock(snapshot: Snapshot) -> Iterator[str]:
    locks = snapshot.of("Microsoft.Authorization/locks")
    if [(each.at("properties.level"), "/stdata" in each.scope) for each in locks] != [("CanNotDelete", True)]:
        yield f"{snapshot.name}: no lock keeps the product's data from being deleted"


def _identities(snapshot: Snapshot) -> Iterator[str]:
    """The app has both; the package is taken by the one that it does not run as."""
    for each in snapshot.of(SITE):
        has = each.at("identity.userAssignedIdentities")
        how = "properties.functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId"
        by = str(each.at(how))
        if by not in has or len(has) != 2 or "/id-deploy-" not in by:
            yield f"{snapshot.name}: the package is taken by {by}"
        where = str(each.at("properties.functionAppConfig.deployment.storage.value"))
        if "/stpack" not in where:
            yield f"{snapshot.name}: the package is in the storage that the app may write: {where}"


def _sign_in(snapshot: Snapshot, sign_in: Resource) -> Iterator[str]:
    """Where no list of apps is given the platform takes it for empty, and refuses everybody."""
    client = sign_in.at("properties.identityProviders.azureActiveDirectory.registration.clientId")
    allowed = sign_in.at(f"{_POLICY}.allowedApplications")
    if allowed == MISSING or client not in allowed or len(allowed) < 2:
        yield f"{snapshot.name}: {allowed} may call; {client} and each caller have to"
    scope = sign_in.at("properties.identityProviders.azureActiveDirectory.login.loginParameters")
    if scope != ["scope=openid profile email"]:
        yield f"{snapshot.name}: a browser is given an id token for {scope}"
    if sign_in.at("properties.globalValidation.unauthenticatedClientAction") != "Return401":
        yield f"{snapshot.name}: an app that is not signed in is not told so by 401"
    for path in ("login.cookieExpiration.timeToExpiration", "login.nonce.validateNonce", "login.routes.logoutEndpoint"):
        if sign_in.at(f"properties.{path}") in (MISSING, False):
            yield f"{snapshot.name}: a session in a browser has no {path}"
