"""Ports of this machine: free ones, and whether one is taken."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"
DEFAULT_PORT = 7071
"""Of a Functions host."""
AZURITE_PORTS = (10000, 10001, 10002)
"""Azurite's own for blobs, queues and tables."""


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # Otherwise connections of an earlier run that are still closing would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different; below those that outgoing connections take meanwhile."""
    free: list[int] = []
    while len(free) < count:
        port = random.randrange(20000, 32000)
        if port not in free and not is_taken(port):
            free.append(port)
    return free
