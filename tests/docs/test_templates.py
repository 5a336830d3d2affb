"""What GitHub reads of the project: forms for issues, the template of pull requests, how to report a weakness."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it comes with schemathesis, without types

from tests.docs.pages import name_of
from tests.host.hosts import ROOT

FORMS = sorted(file for file in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if file.name != "config.yml")


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_a_form_for_issues_has_what_github_requires_of_it(form: Path) -> None:
    read = yaml.safe_load(form.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(read)
    asked = [each for each in read["body"] if each["type"] != "markdown"]
    assert len({each["id"] for each in asked}) == len(asked) > 0
    assert all(each["attributes"]["label"] for each in asked)


def test_weaknesses_are_reported_privately_and_no_time_is_promised() -> None:
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "privately" in said
    assert "as soon as we can" in said
    assert not re.search(r"\b(hour|day|week)s?\b", said)
