"""``./dev portal``: makes the portal's files from ``shared/portal/source`` and the pinned Node packages, with esbuild.

``vendor`` holds the packages in one file, with their licences. ``served`` holds what browsers get: the page, one style,
one script, and one script for each page, which is loaded when it is opened.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from local.setup.commands import parser_of
from local.setup.node import NODE_MODULES, find_node
from local.setup.steps import ROOT, SetupError

PORTAL = ROOT / "shared" / "portal"
SOURCE, SERVED, VENDOR = PORTAL / "source", PORTAL / "served", PORTAL / "vendor"
PACKAGES = ("preact", "@preact/signals", "@preact/signals-core", "htm")
_ESBUILD = NODE_MODULES / "esbuild" / "bin" / "esbuild"
_OPTIONS = ("--bundle", "--format=esm", "--minify", "--target=es2022,chrome111,firefox114,safari16.4", "--charset=utf8")
_VENDORED = """\
export { Fragment, createContext, render } from "preact";
export { useCallback, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, useComputed, useSignal } from "@preact/signals";
import { h } from "preact";
import htm from "htm";
export const html = htm.bind(h);
"""


def main(arguments: list[str]) -> int:
    parser_of("portal").parse_args(arguments)
    make(VENDOR, SERVED)
    sizes = sum(file.stat().st_size for file in SERVED.rglob("*") if file.is_file())
    sys.stdout.write(f"{sizes} bytes in {SERVED.relative_to(ROOT)}\n")
    return 0


def make(vendor: Path, served: Path) -> None:
    """Write both folders anew."""
    vendor.mkdir(parents=True, exist_ok=True)
    banner = "/*! " + ", ".join(map(_named, PACKAGES)) + ". Their licences: LICENCES.txt beside vendor.js. */"
    body = _esbuild(["--legal-comments=none", "--sourcefile=vendored.js"], _VENDORED)
    (vendor / "vendor.js").write_text(f"{banner}\n{body}", "utf-8")
    (vendor / "LICENCES.txt").write_text("\n\n".join(map(_licence, PACKAGES)) + "\n", "utf-8")
    shutil.rmtree(served, ignore_errors=True)
    pages = sorted((SOURCE / "pages").glob("*.js"))
    _esbuild([f"--outdir={served}", "--external:./pages/*", SOURCE / "portal.js"])
    _esbuild([f"--outdir={served / 'pages'}", "--external:../portal.js", *pages])
    _esbuild([f"--outdir={served}", SOURCE / "portal.css"])
    shutil.copyfile(SOURCE / "portal.html", served / "portal.html")


def _esbuild(options: Iterable[str | Path], text: str | None = None) -> str:
    node = find_node()
    if node is None:
        raise SetupError("node was set up but is not where it should be: run ./dev setup again")
    command = [node, _ESBUILD, *_OPTIONS, "--log-level=warning", *options]
    made = subprocess.run(
        command, cwd=ROOT, input=text, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True
    )
    return made.stdout


def _named(package: str) -> str:
    told = json.loads((NODE_MODULES / package / "package.json").read_text("utf-8"))
    return f"{package} {told['version']} ({told['license']})"


def _licence(package: str) -> str:
    return f"{_named(package)}\n\n{(NODE_MODULES / package / 'LICENSE').read_text('utf-8').strip()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
