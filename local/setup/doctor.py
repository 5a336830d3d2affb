"""What is here, what is missing and how to get it. Looks only.

Arrives: the machine as it is. Leaves: a line per thing, and status 1 if something is missing that set-up cannot bring.
"""

from __future__ import annotations

import sys
from pathlib import Path

from local.setup import pins
from local.setup.browser import HOW_TO_GET as HOW_TO_GET_BROWSER
from local.setup.browser import find_browser
from local.setup.node import AZURITE, NODE_MODULES, OLDEST, find_node
from local.setup.ports import is_taken
from local.setup.python import HOW_TO_GET, VENV, find_python, find_uv, venv_python
from local.setup.steps import output_of

BY_SETUP = "./dev setup brings it"
DEFAULT_PORTS = (("--port", (7071,)), ("--azurite-ports", (10000, 10001, 10002)))
"""By the option of ./dev up that chooses others."""


def diagnose() -> int:
    python, uv, node = find_python(), find_uv(), find_node()
    pip = any(output_of([each, "-m", "pip", "--version"]) for each in (Path(sys.executable), python) if each)
    brings = uv is not None or pip
    _line(python is not None, "Python 3.13 or newer", str(python), BY_SETUP if brings else HOW_TO_GET)
    _line(brings, "uv or pip", str(uv or "pip"), HOW_TO_GET)
    _line(node is not None, f"Node {OLDEST} or newer", str(node), BY_SETUP if brings else "install Node")
    current = pins.missing(VENV, "dev", pins.PYTHON_LEVELS, venv_python()) is None
    _line(current, ".venv as pinned", str(VENV), BY_SETUP)
    current = pins.missing(NODE_MODULES, "dev", pins.NODE_LEVELS, AZURITE) is None
    _line(current, "Azurite as pinned", str(NODE_MODULES), BY_SETUP)
    browser = find_browser()
    _line(browser is not None, "browser, for a test", str(browser), HOW_TO_GET_BROWSER)
    for option, ports in DEFAULT_PORTS:
        for port in ports:
            _line(not is_taken(port), f"port {port}", "free", f"choose others with ./dev up {option}", "IN USE")
    return 0 if brings or (python and node) else 1


def _line(well: bool, thing: str, found: str, remedy: str, otherwise: str = "MISSING") -> None:
    print(f"{'ok' if well else otherwise:7}  {thing:22}  {found if well else remedy}")
