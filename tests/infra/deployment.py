"""What `azd` is told: parameters, the service it deploys, and what goes into the package.

Arrives: the folder of the template, a snapshot, azure.yaml and .funcignore. Leaves: a line for each thing that would
not arrive where it should.
"""

import fnmatch
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.commands.package import is_left_out
from tests.infra.rules import SITE
from tests.infra.snapshots import ROOT, Snapshot

PACKAGE: Final = {"function_app.py", "functions", "host.json", "requirements.txt", "rule_sets", "shared", "LICENSE"}
"""What is deployed."""
OF_AZD: Final = {"environmentName": "AZURE_ENV_NAME", "location": "AZURE_LOCATION"}
"""Parameters that azd itself has a value of."""
PARAMETER = re.compile(r"^param (\w+) (\w+)(?: = (.+))?$", re.MULTILINE)


def deployment_faults(infra: Path, snapshot: Snapshot) -> Iterator[str]:
    yield from _parameters(infra)
    yield from _described(infra)
    yield from _service(snapshot)
    yield from _package(_project())


def _package(files: set[str]) -> Iterator[str]:
    for file in sorted(files):
        if is_left_out(file) and file.partition("/")[0] in PACKAGE:
            yield f".funcignore keeps {file} out of the package"
        elif not is_left_out(file) and file.partition("/")[0] not in PACKAGE:
            yield f".funcignore lets {file} into the package"


def _parameters(infra: Path) -> Iterator[str]:
    """Each parameter is set from the environment, by its name there; unset it is what the template says."""
    given = json.loads((infra / "main.parameters.json").read_text("utf-8"))["parameters"]
    wanted = {name: default for name, _, default in PARAMETER.findall((infra / "main.bicep").read_text("utf-8"))}
    yield from (f"main.parameters.json: there is no parameter {name}" for name in sorted(set(given) - set(wanted)))
    for name, default in wanted.items():
        found = given.get(name, {}).get("value")
        right = f"${{{OF_AZD.get(name) or environment_name(name)}{'=' if default else ''}{default.strip("'")}}}"
        if not re.search(r"[($/]", default) and found != right:
            yield f"main.parameters.json: {name} is {found}; it must be {right}"


def environment_name(parameter: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()


def _described(infra: Path) -> Iterator[str]:
    """The compiler does not ask for a description."""
    for path in sorted(infra.rglob("*.bicep")):
        before = ""
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith(("param ", "output ")) and "@description(" not in before:
                yield f"{path.relative_to(infra)}:{number} {line.split()[1]} has no @description"
            before = "" if line.startswith(("param ", "output ")) or not line else before + line


def _service(snapshot: Snapshot) -> Iterator[str]:
    """The service of azure.yaml is found by its tag, in a group found by the environment's."""
    lines = (ROOT / "azure.yaml").read_text("utf-8")
    service = re.search(r"^services:\n  (\w+):$", lines, re.MULTILINE)
    for line in ("project: .", "host: function", "language: python", "remoteBuild: true"):
        if f"    {line}\n" not in lines:
            yield f"azure.yaml does not say {line!r}"
    if not re.search(r'^requiredVersions:\n  azd: ">= [\d.]+"', lines, re.MULTILINE):
        yield "azure.yaml does not say which azd is needed"
    if not service or [each.at("tags.azd-service-name") for each in snapshot.of(SITE)] != [service[1]]:
        yield "no resource is tagged as the service of azure.yaml"
    if [each.at("tags.azd-env-name") for each in snapshot.of("Microsoft.Resources/resourceGroups")] != ["production"]:
        yield "the resource group is not tagged with the environment's name"


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
