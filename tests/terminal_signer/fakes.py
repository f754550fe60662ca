"""A gateway and a node over loopback HTTP, small enough to lie on command."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from terminal_signer import promise
from terminal_signer.build import receipt_json
from terminal_signer.cbor import read_item
from terminal_signer.chain import IS_ANCHORED, LATEST, VERIFY_HEADS
from terminal_signer.frame import parse, verify
from terminal_signer.keys import PublicKey, generate
from terminal_signer.promise import Promise
from terminal_signer.receipt import Anchor, Receipt, leaf_hash
from tests.terminal_signer.test_receipt import path, tree

CHAIN_ID = 31337
CONTRACT = bytes(range(1, 21))
LOG_ID = bytes(range(32))


@dataclass
class Ledger:
    """What gateway and node share: the log, its anchors, and how they misbehave."""

    keys: dict[bytes, PublicKey] = field(default_factory=dict)
    frames: list[bytes] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    heads: list[tuple[int, bytes, int, int]] = field(default_factory=list)  # size, root, time, previous size
    final: int = 0  # how many heads are final
    promise_key: Any = field(default_factory=generate)
    requests: list[bytes] = field(default_factory=list)
    down: int = 0  # requests that the gateway answers with 503
    node_down: int = 0
    warp: Callable[[dict[str, Any]], None] = lambda _: None  # alters the gateway's answers
    before_answer: Callable[[], None] = lambda: None

    def anchor(self, time: int, final: bool = True) -> None:
        size = len(self.digests)
        previous = self.heads[-1][0] if self.heads else 0
        self.heads.append((size, tree([leaf_hash(digest) for digest in self.digests]), time, previous))
        if final:
            self.final = len(self.heads)

    def submit(self, body: bytes) -> dict[str, Any]:
        self.requests.append(body)
        answers, at = [], 0
        while at < len(body):
            _, end = read_item(body, at, 8)
            answers.append(self._answer(body[at:end]))
            at = end
        self.before_answer()
        return {"format": "answers/1", "answers": answers}

    def _answer(self, raw: bytes) -> dict[str, Any]:
        frame = parse(raw)
        text = "0x" + frame.digest.hex()
        key = self.keys.get(frame.kid)
        if key is None:
            return {"outcome": "refused", "digest": text, "error": {"code": "unknown-key", "message": "not enrolled"}}
        verify(frame, key)
        known = frame.digest in self.digests
        if not known:
            self.digests.append(frame.digest)
            self.frames.append(raw)
        given = Promise(frame.digest, LOG_ID, frame.iat, frame.iat + 86_400)
        answer = {
            "outcome": "duplicate" if known else "logged",
            "digest": text,
            "index": self.digests.index(frame.digest),
        }
        return {**answer, "flags": [], "promise": "0x" + promise.sign(self.promise_key, given).hex()}

    def receipts(self, digests: list[str]) -> dict[str, Any]:
        return {"format": "receipts/1", "receipts": [self._receipt(bytes.fromhex(text[2:])) for text in digests]}

    def _receipt(self, digest: bytes) -> dict[str, Any]:
        text = "0x" + digest.hex()
        if digest not in self.digests:
            return {"digest": text, "state": "unknown"}
        index = self.digests.index(digest)
        for number, (size, root, time, previous) in enumerate(self.heads):
            if index < size:
                leaves = [leaf_hash(entry) for entry in self.digests[:size]]
                anchor = Anchor(CHAIN_ID, CONTRACT, bytes(32), number, time, previous)
                return receipt_json(Receipt(LOG_ID, digest, index, size, root, tuple(path(index, leaves)), anchor))
        return {"digest": text, "state": "pending", "index": index}

    def eth_call(self, to: str, data: bytes, tag: str) -> str:
        if to != "0x" + CONTRACT.hex():
            return "0x"
        heads = self.heads[: self.final] if tag == "finalized" else self.heads
        words = [data[at : at + 32] for at in range(4, len(data), 32)]
        numbers = [int.from_bytes(word, "big") for word in words]
        if data[:4] == LATEST:
            size, root, time, _ = heads[-1] if heads else (0, bytes(32), 0, 0)
            return "0x" + size.to_bytes(32, "big").hex() + root.hex() + time.to_bytes(32, "big").hex()
        if data[:4] == IS_ANCHORED:
            return _boolean((numbers[1], words[2], numbers[3], numbers[4]) in heads and words[0] == LOG_ID)
        assert data[:4] == VERIFY_HEADS
        previous, asked = numbers[1], []
        for at in range(4, 4 + 3 * numbers[3], 3):
            asked.append((numbers[at], words[at + 1], numbers[at + 2], previous))
            previous = numbers[at]
        return _boolean(bool(asked) and all(head in heads for head in asked))


def _boolean(value: bool) -> str:
    return "0x" + int(value).to_bytes(32, "big").hex()


def _handler(ledger: Ledger) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/rpc":
                self._node(body)
            elif ledger.down > 0:
                ledger.down -= 1
                self._reply(503, {"title": "Storage unavailable", "detail": "try again"}, {"Retry-After": "1"})
            elif self.path == "/frames":
                self._warped(ledger.submit(body))
            elif self.path == f"/log/0x{LOG_ID.hex()}/receipts":
                self._warped(ledger.receipts(json.loads(body)["digests"]))
            else:
                self._reply(404, {"title": "Unknown", "detail": self.path})

        def _warped(self, answer: dict[str, Any]) -> None:
            ledger.warp(answer)
            self._reply(200, answer)

        def _node(self, body: bytes) -> None:
            if ledger.node_down > 0:
                ledger.node_down -= 1
                self._reply(502, {})
                return
            asked = json.loads(body)
            answers = [self._answer(call) for call in (asked if isinstance(asked, list) else [asked])]
            self._reply(200, answers[::-1] if isinstance(asked, list) else answers[0])  # a node may answer in any order

        def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
            base = {"jsonrpc": "2.0", "id": call["id"]}
            if call["method"] == "eth_chainId":
                return {**base, "result": hex(CHAIN_ID)}
            if call["method"] == "eth_blockNumber":
                return {**base, "result": hex(len(ledger.heads))}
            if call["method"] == "eth_call":
                what, tag = call["params"]
                return {**base, "result": ledger.eth_call(what["to"], bytes.fromhex(what["data"][2:]), tag)}
            return {**base, "error": {"code": -32601, "message": "method not found"}}

        def _reply(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ledger_server(ledger: Ledger) -> Any:
    """Context manager: the address; the node answers at /rpc."""
    return serving(_handler(ledger))
