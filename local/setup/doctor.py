"""``./dev doctor``: what is installed, what is missing and how to get it. Only reads."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local.host.ports import AZURITE_PORTS, DEFAULT_PORT, is_taken
from local.setup import pins
from local.setup.browser import HOW_TO_GET as HOW_TO_GET_BROWSER
from local.setup.browser import comes_packaged, find_browser
from local.setup.interpreters import VENV, find_python, how_to_get, how_to_get_pip, is_usable, venv_python
from local.setup.node import AZURITE, NODE_MODULES, OLDEST, find_node, npm_command
from local.setup.python import CHECKS, checks_python
from local.setup.steps import ROOT, SetupError
from local.setup.uv import find_uv, has_pip

BY_SETUP, BY_TEST = "./dev setup installs it", "./dev test installs it"
DEFAULT_PORTS = (("--port", (DEFAULT_PORT,)), ("--azurite-ports", AZURITE_PORTS))
"""By the option of ./dev up that chooses others."""
OK, MISSING, LATER, IN_USE = "ok", "MISSING", "later", "IN USE"


def diagnose() -> int:
    """Status 1 if anything is missing that ``./dev up`` needs, or that ``./dev test`` needs and cannot install."""
    states = [*_machine(), *_packages(), *_tests()]
    for option, ports in DEFAULT_PORTS:
        for port in ports:
            _line(not is_taken(port), f"port {port}", "free", f"choose others with ./dev up {option}", IN_USE)
    return 1 if MISSING in states else 0


def _machine() -> list[str]:
    python, uv, node = find_python(), find_uv(), find_node()
    pip = any(has_pip(each) for each in (sys.executable, python) if each)
    brings = uv is not None or pip
    return [
        _line(_is_writable(ROOT), "checkout", str(ROOT), f"{ROOT} may not be written in: make it yours"),
        _line(python is not None, "Python 3.13 or newer", str(python), BY_SETUP if brings else how_to_get()),
        _line(brings, "uv or pip", str(uv or "pip"), how_to_get_pip()),
        _line(node is not None, f"Node {OLDEST} or newer", str(node), BY_SETUP if brings else "install Node"),
        *([] if node is None else [_npm(node)]),
    ]


def _npm(node: Path) -> str:
    try:
        return _line(True, "npm", npm_command(node)[-1], "")
    except SetupError as error:
        return _line(False, "npm", "", str(error))


def _packages() -> list[str]:
    usable = is_usable(venv_python())
    app = usable and pins.missing(VENV, "local", pins.PYTHON_LEVELS, venv_python()) is None
    azurite = pins.missing(NODE_MODULES, "local", pins.NODE_LEVELS, AZURITE) is None
    unreadable = f"{VENV} may not be read: make it yours or remove it"
    return [
        _line(app, "packages for the app", str(VENV), BY_SETUP if _is_readable(VENV) else unreadable),
        _line(azurite, "Azurite", str(NODE_MODULES), BY_SETUP),
    ]


def _tests() -> list[str]:
    all_there = [
        pins.missing(VENV, "dev", pins.PYTHON_LEVELS, venv_python()) is None,
        pins.missing(NODE_MODULES, "dev", pins.NODE_LEVELS, AZURITE) is None,
        pins.missing(CHECKS, "checks", pins.CHECK_LEVELS, checks_python()) is None,
    ]
    browser = find_browser()
    found = str(browser.executable) if browser else ""
    packaged = comes_packaged()
    return [
        _line(all(all_there), "packages for tests", str(VENV), BY_TEST, LATER),
        _line(
            browser is not None,
            "browser, for a test",
            found,
            f"none installed; {BY_TEST}, from a package" if packaged else HOW_TO_GET_BROWSER,
            LATER if packaged else MISSING,
        ),
    ]


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _is_readable(folder: Path) -> bool:
    return not os.path.lexists(folder) or os.access(folder, os.R_OK | os.X_OK)


def _line(well: bool, thing: str, found: str, remedy: str, otherwise: str = MISSING) -> str:
    """Prints it and answers the state."""
    state = OK if well else otherwise
    print(f"{state:7}  {thing:22}  {found if well else remedy}")
    return state
