"""A browser for the test of the page to try the API.

Arrives: the machine as it is. Leaves: its Chromium, or how to get one. Set-up does not bring it: it is the system's.
"""

from __future__ import annotations

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
HOW_TO_GET = "apt-get install --no-install-recommends chromium (or Chrome or Edge, wherever they install)"


def find_browser() -> Path | None:
    """The first Chromium, Chrome or Edge that is here."""
    found = [shutil.which(name) for name in NAMES] + [place for place in PLACES if Path(place).exists()]
    return next((Path(each) for each in found if each), None)
