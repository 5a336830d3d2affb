"""Wires the app as its first call does, and prints which modules are loaded then."""

import json
import sys

import function_app  # noqa: F401  as the host loads it
from shared.wiring import ports

ports()
print(json.dumps(sorted(sys.modules)))
