"""The options of ``python -m local.host``."""

import argparse
from pathlib import Path
from typing import Final

from local.host.arguments import lease, pause, port
from local.host.ports import DEFAULT_PORT, is_taken

PURPOSE: Final = "Serve an app's HTTP routes, read its queues and fire its timers, as Azure Functions would."


def host_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.host", description=PURPOSE)
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="port of the HTTP API (0: any free one)")
    parser.add_argument("--lease", type=lease, default=600, help="seconds a message being handled stays hidden (600)")
    parser.add_argument(
        "--longest-pause", type=pause, default=0.2, help="seconds between polls of an empty queue (0.2)"
    )
    parser.add_argument("--app", type=Path, default=Path(), help="the app's folder (this one)")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        help="ask for this key, or FUNCTION:KEY, as Azure would (none); repeatable",
    )
    parser.add_argument("--log-everything", action="store_true", help="log at every level, the SDKs too")
    return parser


def problem_of(options: argparse.Namespace) -> str:
    """What keeps a host from starting with them; empty if nothing does."""
    if not options.app.is_dir():
        return f"there is no folder {options.app}: give the app's with --app"
    if options.port and is_taken(options.port):
        return f"port {options.port} is in use: choose another with --port"
    return ""
