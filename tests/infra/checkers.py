"""The checkers that others wrote: where set-up put them and how they are called."""

from typing import Final

from local.setup.interpreters import VENV, venv_python
from local.setup.python import CHECKS
from tests.infra.snapshots import ROOT

WORKFLOWS: Final = ROOT / ".github" / "workflows"
_OURS, _APART = venv_python(VENV).parent, venv_python(CHECKS).parent

ACTIONLINT: Final = [str(_OURS / "actionlint")]
ZIZMOR: Final = [str(_APART / "zizmor"), "--offline", "--quiet", "--persona", "pedantic", str(WORKFLOWS)]
CHECKOV: Final = [str(_APART / "checkov"), "--config-file", str(ROOT / "infra" / ".checkov.yaml"), "--output", "json"]
