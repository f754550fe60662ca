"""A JSON-RPC server that answers a verifier's questions as the contracts of a test plant would.

So that the installed command can be run as a user runs it, against an address, without a chain. It answers `eth_call`
by selector from the plant's own knowledge of what was enrolled, anchored, published and minted.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import RULE_KINDS, ChainFacts, Terminal
from ledger.keccak import keccak256

Answer = Callable[[bytes], bytes]


@contextmanager
def chain_double(bundle: Bundle, policy: Policy, facts: ChainFacts) -> Iterator[str]:
    """The address of a server on the loopback interface that knows these facts about this bundle."""
    answers = _contract_answers(bundle, facts)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            questions = asked if isinstance(asked, list) else [asked]
            replies = [
                {"jsonrpc": "2.0", "id": question["id"], "result": _result(question, policy, facts, answers)}
                for question in questions
            ]
            body = json.dumps(replies if isinstance(asked, list) else replies[0]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _result(question: dict[str, Any], policy: Policy, facts: ChainFacts, answers: dict[bytes, Answer]) -> object:
    method, params = question["method"], question["params"]
    if method == "eth_chainId":
        return hex(policy.chain_id)
    if method == "eth_blockNumber":
        return hex(facts.block)
    if method == "eth_getBlockByNumber":
        genesis = params[0] == "0x0"
        number, time = (0, 0) if genesis else (facts.block, facts.time)
        block_hash = policy.genesis if genesis else keccak256(b"a block")
        return {"number": hex(number), "hash": f"0x{block_hash.hex()}", "timestamp": hex(time)}
    data = bytes.fromhex(params[0]["data"][2:])
    return f"0x{answers[data[:4]](data[4:]).hex()}"


def _contract_answers(bundle: Bundle, facts: ChainFacts) -> dict[bytes, Answer]:
    terminals = facts.terminals or {}

    def terminals_of(data: bytes) -> bytes:
        ids = [identity for identity, entry in terminals.items() if entry.node == data[:32]]
        return _word(32) + _word(len(ids)) + b"".join(ids)

    def published(data: bytes) -> bytes:
        kind, digest = int.from_bytes(data[:32], "big"), data[32:64]
        role = next(role for role, number in RULE_KINDS.items() if number == kind)
        return _word(role in facts.published and digest == getattr(bundle.statement, role))

    return {
        _selector("terminalsOf(bytes32)"): terminals_of,
        _selector("terminal(bytes32)"): lambda data: _entry(terminals[data[:32]]),
        _selector("isPublishedAs(uint8,bytes32,uint64,uint64)"): published,
        _selector("verifyHeads(bytes32,uint64,(uint64,bytes32,uint64)[])"): lambda _: _word(facts.heads),
        _selector("statusOf(uint256)"): lambda _: _word(facts.status),
    }


def _entry(entry: Terminal) -> bytes:
    return b"".join(
        [
            entry.node,
            entry.kid,
            entry.log_id,
            *map(_word, (entry.since, entry.until, entry.calibration_due, entry.alg, entry.key_class, entry.reason)),
            entry.predecessor,
            entry.last_digest,
            entry.key_hash,
            entry.sub_hash,
        ]
    )


def _selector(signature: str) -> bytes:
    return keccak256(signature.encode())[:4]


def _word(value: int) -> bytes:
    return (value % (1 << 256)).to_bytes(32, "big")
