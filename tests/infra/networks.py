"""Private networks: every service that is closed to the internet has an endpoint, and a name that leads to it.

Arrives: a snapshot. Leaves: a line for each service that the app could not reach, or that is reached by nobody.
"""

from collections.abc import Iterator
from typing import Final

from tests.infra.rules import BUS, SITE
from tests.infra.snapshots import DEFAULT, PRIVATE, Resource, Snapshot, values

SERVICES: Final = {
    ("sthost", "blob"),
    ("sthost", "table"),
    ("stpack", "blob"),
    ("stdata", "table"),
    ("stdata", "queue"),
    ("sbns-", "namespace"),
}
"""What the app uses, by the start of the resource's name and the service of it."""
APP: Final = ("func-", "sites")
_ZONES: Final = {
    "blob": "privatelink.blob.",
    "table": "privatelink.table.",
    "queue": "privatelink.queue.",
    "namespace": "privatelink.servicebus.windows.net",
    "sites": "privatelink.azurewebsites.net",
}
_STARTS: Final = ("sthost", "stpack", "stdata", "sbns-", "func-")


def network_faults(snapshot: Snapshot) -> Iterator[str]:
    wanted = set() if snapshot.name == DEFAULT else SERVICES | ({APP} if snapshot.name == PRIVATE else set())
    ends = snapshot.of("Microsoft.Network/privateEndpoints")
    led = {(_start(each), _service(each)) for each in ends}
    yield from (f"{snapshot.name}: no private endpoint leads to {' '.join(each)}" for each in sorted(wanted - led))
    yield from (f"{snapshot.name}: a private endpoint leads to {' '.join(each)}" for each in sorted(led - wanted))
    for each in ends:
        yield from _named(snapshot, each)
    yield from _joined(snapshot)
    for bus in snapshot.of(BUS):
        if wanted and bus.at("sku.name") != "Premium":
            yield f"{snapshot.name}: a {bus.at('sku.name')} Service Bus namespace has no private endpoint"


def _named(snapshot: Snapshot, end: Resource) -> Iterator[str]:
    """Its name is entered in a zone, and the network asks that zone."""
    entries = [
        each
        for each in snapshot.of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
        if each.name.partition("/")[0] == end.name
    ]
    zone = _ZONES[_service(end)]
    if not any(zone in str(value) for each in entries for value in values(each.at("properties"))):
        yield f"{snapshot.name}: {end.name} is entered in no zone {zone}"
    if not any(zone in each.name for each in snapshot.of("Microsoft.Network/privateDnsZones/virtualNetworkLinks")):
        yield f"{snapshot.name}: the network does not ask the zone {zone}"


def _joined(snapshot: Snapshot) -> Iterator[str]:
    """The app is in a subnet of its own, given to the platform; each subnet has rules."""
    networks = snapshot.of("Microsoft.Network/virtualNetworks")
    subnets = {each["name"]: each["properties"] for network in networks for each in network.at("properties.subnets")}
    for site in snapshot.of(SITE):
        joined = str(site.body["properties"].get("virtualNetworkSubnetId") or "")
        if bool(joined) != bool(networks):
            yield f"{snapshot.name}: {site.name} calls from {joined or 'no subnet'}"
        if networks and _delegated(subnets.get(joined.rpartition("/")[2], {})) != ["Microsoft.App/environments"]:
            yield f"{snapshot.name}: the subnet of the app is not given to Microsoft.App/environments"
    for name, each in subnets.items():
        if "networkSecurityGroup" not in each:
            yield f"{snapshot.name}: subnet {name} has no rules"


def _delegated(subnet: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [each["properties"]["serviceName"] for each in subnet.get("delegations", [])]


def _connection(end: Resource) -> dict[str, object]:
    found: dict[str, object] = end.at("properties.privateLinkServiceConnections")[0]["properties"]
    return found


def _service(end: Resource) -> str:
    return str(next(values(_connection(end)["groupIds"])))


def _start(end: Resource) -> str:
    name = str(_connection(end)["privateLinkServiceId"]).rpartition("/")[2]
    return next((start for start in _STARTS if name.startswith(start)), name)
