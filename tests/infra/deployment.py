"""What `azd` is told: parameters, the service it deploys, and what goes into the package.

Arrives: a template, azure.yaml and .funcignore. Leaves: a line for each thing that would not arrive where it should.
"""

import fnmatch
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Final

from tests.infra.app_settings import ROOT
from tests.infra.template import REQUIRED, Expression, Template

PACKAGE: Final = {"function_app.py", "functions", "host.json", "requirements.txt", "rule_sets", "shared", "LICENSE"}
"""What is deployed."""


def deployment_faults(template: Template) -> Iterator[str]:
    yield from _parameters(template)
    yield from _service(template)
    yield from (f".funcignore lets {name} into the package" for name in sorted(packaged() - PACKAGE))
    yield from (f".funcignore keeps {name} out of the package" for name in sorted(PACKAGE - packaged()))


def _parameters(template: Template) -> Iterator[str]:
    given = json.loads((template.folder / "main.parameters.json").read_text())["parameters"]
    wanted = {each.name: each for each in template.file("main.bicep").all("param")}
    yield from (f"main.parameters.json: there is no parameter {name}" for name in sorted(set(given) - set(wanted)))
    for name, each in wanted.items():
        if each.value == REQUIRED and name not in given:
            yield f"main.parameters.json: {name} is missing"


def _service(template: Template) -> Iterator[str]:
    """The service of azure.yaml is found by its tag, in a group found by the environment's."""
    lines = (ROOT / "azure.yaml").read_text("utf-8")
    service = re.search(r"^services:\n  (\w+):$", lines, re.MULTILINE)
    for line in ("project: .", "host: function", "language: python", "remoteBuild: true"):
        if f"    {line}\n" not in lines:
            yield f"azure.yaml does not say {line!r}"
    tags = _text(template, "modules/app.bicep", "app", "tags")
    if not service or f"'azd-service-name': '{service[1]}'" not in tags:
        yield "no resource is tagged as the service of azure.yaml"
    if "'azd-env-name': environmentName" not in (template.folder / "main.bicep").read_text("utf-8"):
        yield "the resource group is not tagged with the environment's name"


def _text(template: Template, path: str, name: str, member: str) -> str:
    file = template.file(path)
    declared = file.find(name)
    value = file.at(member, declared.value) if declared else None
    return value.source if isinstance(value, Expression) else ""


def packaged() -> set[str]:
    """The files and folders of the root that .funcignore leaves, of those that belong to the project."""
    ignored = (ROOT / ".funcignore").read_text("utf-8").split()
    return {name for name in _names() if not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)}


def _names() -> set[str]:
    if not (ROOT / ".git").exists():  # unpacked from an archive: what is there is the project
        return {each.name for each in ROOT.iterdir()} - {"node_modules", "__pycache__"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.partition("/")[0] for line in listed.stdout.splitlines()}
