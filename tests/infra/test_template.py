"""The template is what its language, Azure's models, the code and our rules say it has to be."""

import pytest

from tests.infra.alerts import alert_faults
from tests.infra.app_settings import ROOT, setting_faults
from tests.infra.bicep import read_template
from tests.infra.body_types import body_faults
from tests.infra.deployment import deployment_faults
from tests.infra.entities import entity_faults
from tests.infra.models import MODELS, UNCHECKED
from tests.infra.references import reference_faults
from tests.infra.roles import role_faults
from tests.infra.rules import rule_faults
from tests.infra.template import Template


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "infra")


def test_the_grammar_knows_every_line_and_every_name_is_declared_used_and_described(template: Template) -> None:
    assert len(template.files) > 5
    assert list(reference_faults(template)) == []


def test_every_resource_is_one_that_azure_takes(template: Template) -> None:
    assert list(body_faults(template)) == []


def test_every_resource_type_that_is_known_is_in_use(template: Template) -> None:
    used = {each.of for _, each in template.resources()}
    assert {each.partition(" ")[0] for each in MODELS} | set(UNCHECKED) == used


def test_no_key_opens_anything_and_nothing_is_set_that_the_plan_refuses(template: Template) -> None:
    assert list(rule_faults(template)) == []


def test_the_app_has_the_roles_it_needs_and_no_others_and_waits_for_them(template: Template) -> None:
    assert list(role_faults(template)) == []


def test_the_settings_that_are_set_are_those_that_are_read_and_described(template: Template) -> None:
    assert list(setting_faults(template)) == []


def test_queues_topics_tables_and_open_routes_are_those_of_the_code(template: Template) -> None:
    assert list(entity_faults(template)) == []


def test_every_alert_asks_for_lines_that_are_logged_and_is_explained(template: Template) -> None:
    assert list(alert_faults(template)) == []


def test_the_package_and_its_parameters_arrive_where_they_should(template: Template) -> None:
    assert list(deployment_faults(template)) == []
