"""The quick checks of the infrastructure: the template by its compiler, the snapshots, the alerts, the workflows.

Arrives: infra/ and .github/workflows. Leaves: a line per fault; status 1 if there is any.
"""

import subprocess
import sys
from collections.abc import Iterator

from tests.infra.all_faults import all_faults
from tests.infra.checkers import ACTIONLINT, ZIZMOR
from tests.infra.compiler import NONE_HERE, bicep, compiler_faults, snapshot_faults
from tests.infra.snapshots import ROOT, read_snapshots

INFRA = ROOT / "infra"


def main() -> int:
    compiler = bicep()
    found = [*all_faults(read_snapshots(), INFRA), *_workflow_faults()]
    if compiler:
        found += [*compiler_faults(compiler, INFRA), *snapshot_faults(compiler, INFRA)]
    print("\n".join(found) or "the infrastructure agrees with itself and with the code")
    if compiler is None:
        print(f"not compiled: {NONE_HERE}")
    return 1 if found else 0


def _workflow_faults() -> Iterator[str]:
    for command in (ACTIONLINT, ZIZMOR):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            yield done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
