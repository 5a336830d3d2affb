"""The quick checks of the infrastructure: the template, the alerts, the workflow.

Arrives: infra/ and .github/workflows. Leaves: a line per fault; status 1 if there is any.
"""

import subprocess
import sys
from collections.abc import Iterator

from tests.infra.all_faults import all_faults
from tests.infra.app_settings import ROOT
from tests.infra.bicep import read_template
from tests.infra.checkers import ACTIONLINT, ZIZMOR


def main() -> int:
    found = [*all_faults(read_template(ROOT / "infra")), *_workflow_faults()]
    print("\n".join(found) or "the infrastructure agrees with itself, with Azure's models and with the code")
    return 1 if found else 0


def _workflow_faults() -> Iterator[str]:
    for command in (ACTIONLINT, ZIZMOR):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            yield done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
