"""What `azd` is told: parameters, the service it deploys, and what goes into the package.

Arrives: a template, azure.yaml and .funcignore. Leaves: a line for each thing that would not arrive where it should.
"""

import fnmatch
import json
import re
import shutil
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
    yield from _package(_project())


def _package(files: set[str]) -> Iterator[str]:
    """A pattern of .funcignore without a slash is for names at any depth."""
    ignored = (ROOT / ".funcignore").read_text("utf-8").split()
    for file in sorted(files):
        out = any(fnmatch.fnmatch(name, pattern) for name in file.split("/") for pattern in ignored)
        if out and file.partition("/")[0] in PACKAGE:
            yield f".funcignore keeps {file} out of the package"
        elif not out and file.partition("/")[0] not in PACKAGE:
            yield f".funcignore lets {file} into the package"


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


def _project() -> set[str]:
    """The files of the project; where git cannot say, all but what .gitignore names."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
        return set(listed.stdout.splitlines())
    ignored = [".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines())]
    found = set()
    for folder, folders, names in ROOT.walk():
        folders[:] = [name for name in folders if not _is_any(name, ignored)]
        found |= {(folder / name).relative_to(ROOT).as_posix() for name in names if not _is_any(name, ignored)}
    return found


def _is_any(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(name, each) for each in patterns)
