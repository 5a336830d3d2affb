"""Every check of the template, one after the other."""

from collections.abc import Iterator

from tests.infra.alerts import alert_faults
from tests.infra.app_settings import setting_faults
from tests.infra.body_types import body_faults
from tests.infra.deployment import deployment_faults
from tests.infra.entities import entity_faults
from tests.infra.references import reference_faults, unread
from tests.infra.roles import role_faults
from tests.infra.rules import rule_faults
from tests.infra.template import Template


def all_faults(template: Template) -> Iterator[str]:
    if faults := unread(template):
        yield from faults
        return
    for check in (
        reference_faults,
        body_faults,
        rule_faults,
        role_faults,
        setting_faults,
        entity_faults,
        alert_faults,
        deployment_faults,
    ):
        yield from check(template)
