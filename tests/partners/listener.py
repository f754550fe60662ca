"""A partner on loopback: gives tokens to its one client and takes events from whoever shows one."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLIENT, SECRET = "test_client_id", "test_client_secret"
TOKEN = "partner-token"


@dataclass
class Listener:
    """What came, and what is answered: the next `fails` requests with `status`, `documents` by their path."""

    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    fails: int = 0
    status: int = 503
    location: str = ""


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._handle(b"")

        def do_POST(self) -> None:
            self._handle(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _handle(self, body: bytes) -> None:
            listener.requests.append((self.command, self.path, dict(self.headers.items())))
            if listener.fails > 0:
                listener.fails -= 1
                self._send(listener.status, {"code": "InternalError", "message": "later"})
            elif self.path in listener.documents:
                self._send(200, listener.documents[self.path])
            elif self.path == "/auth/token":
                pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
                good = self.headers.get("Authorization") == f"Basic {pair}" and body == b"grant_type=client_credentials"
                self._send(200 if good else 400, {"access_token": TOKEN} if good else {"error": "invalid_client"})
            elif self.path == "/3/events" and self.command == "POST":
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    self._send(401, {"code": "BadRequest", "message": "no token"})
                    return
                listener.events.append(json.loads(body))
                self._send(200, None)
            else:
                self._send(404, {"code": "NotFound", "message": "nothing here"})

        def _send(self, status: int, document: object) -> None:
            body = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            if listener.location:
                self.send_header("Location", listener.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
