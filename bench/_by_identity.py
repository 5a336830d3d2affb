"""An Azurite with a programme in it that takes tokens and no keys, and a stand-in of the platform that gives them.

Azurite takes tokens only over TLS: clients trust its certificate by the environment given here.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from bench._prepared import fill
from local.azurite import Azurite
from local.host.development_storage import ACCOUNT
from local.host.ports import HOST
from shared.settings import STORAGE
from tests.commands.azure_cli import certificate, token_for

_SECRET = "of-this-process"


class _Platform(BaseHTTPRequestHandler):
    """Gives tokens as App Service does."""

    def do_GET(self) -> None:
        allowed = self.headers.get("X-IDENTITY-HEADER") == _SECRET
        resource = parse_qs(urlsplit(self.path).query)["resource"][0]
        given = json.loads(token_for(resource))
        found = {"access_token": given["accessToken"], "expires_on": str(given["expires_on"]), "resource": resource}
        body = json.dumps({**found, "token_type": "Bearer", "client_id": "any"} if allowed else {}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the figures are printed."""


@contextmanager
def by_identity(folder: Path, customers: int) -> Iterator[dict[str, str]]:
    """Gives the environment of a process that has an identity."""
    with Azurite(folder / "data") as azurite:
        asyncio.run(fill(azurite.connection_string, customers))
    trusted, key = certificate(folder)
    over_tls = ["--oauth", "basic", "--cert", str(trusted), "--key", str(key)]
    with Azurite(folder / "data", options=over_tls) as azurite, _platform() as address:
        _, queue, table = azurite.ports
        yield {
            "IDENTITY_ENDPOINT": address,
            "IDENTITY_HEADER": _SECRET,
            f"{STORAGE}__tableServiceUri": f"https://{HOST}:{table}/{ACCOUNT}",
            f"{STORAGE}__queueServiceUri": f"https://{HOST}:{queue}/{ACCOUNT}",
            "SSL_CERT_FILE": str(trusted),
            "REQUESTS_CA_BUNDLE": str(trusted),
        }


@contextmanager
def _platform() -> Iterator[str]:
    server = ThreadingHTTPServer((HOST, 0), _Platform)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/msi/token"
    finally:
        server.shutdown()
        server.server_close()
