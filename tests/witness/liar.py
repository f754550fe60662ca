"""A log's server that tells whatever history it is given, over HTTP, on this machine only."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from ledger.log.tiles import TileError, parse_address
from tests.witness.histories import History


class Liar:
    """`history` and `size` are what is shown; `tiles` False withholds them, `down` answers 503 to everything."""

    def __init__(self, history: History, size: int) -> None:
        self.history, self.size = history, size
        self.tiles = True
        self.down = False
        self.url = ""

    def answer(self, path: str) -> bytes | None:
        _, _, rest = path.lstrip("/").split("/", 2)  # log/<id>/…
        if rest == "checkpoint":
            return self.history.note(self.size)
        try:
            return self.history.tile(parse_address(rest)) if self.tiles else None
        except (TileError, IndexError):
            return None


@contextmanager
def serving(liar: Liar) -> Iterator[Liar]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = liar.answer(self.path)
            self.send_response(503 if liar.down else 404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    liar.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
