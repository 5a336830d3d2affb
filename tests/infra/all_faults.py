"""Every check of the infrastructure that needs no compiler, one after the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.infra.alerts import alert_faults
from tests.infra.app_settings import setting_faults
from tests.infra.deployment import deployment_faults
from tests.infra.entities import entity_faults
from tests.infra.networks import network_faults
from tests.infra.review import review_faults
from tests.infra.roles import role_faults
from tests.infra.rules import rule_faults
from tests.infra.snapshots import DEFAULT, Snapshot

OF_EACH = (rule_faults, role_faults, network_faults, review_faults, entity_faults, alert_faults)


def all_faults(snapshots: Mapping[str, Snapshot], infra: Path) -> Iterator[str]:
    for check in OF_EACH:
        for snapshot in snapshots.values():
            yield from check(snapshot)
    yield from setting_faults(snapshots)
    yield from deployment_faults(infra, snapshots[DEFAULT])
