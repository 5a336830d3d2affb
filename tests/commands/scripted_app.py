"""An app that answers what a test gives it, where the real one cannot be brought to say such a thing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from local.host.ports import HOST

type Answer = tuple[int, Any]
type Script = Mapping[str, Answer | list[Answer]]
"""Status and JSON value by method and path, such as ``GET rule-sets``; of a list one after the other."""


@contextmanager
def scripted_app(script: Script) -> Iterator[str]:
    """Its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/api/").partition("?")[0]
            answers = script[f"{self.command} {path}"]
            status, value = answers.pop(0) if isinstance(answers, list) else answers
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        do_POST = do_GET  # noqa: N815  the name the library looks for

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer((HOST, 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
