"""A node that answers nonsense, or not at all: always a named error, never a hang, never a secret of the address."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet.process import free_port
from ledger.chain.answers import hexadecimal, member, members, unhex
from ledger.chain.errors import ChainError, ChainUnreachable, NodeRefused
from ledger.chain.node import LARGEST_ANSWER, Node
from ledger.chain.reading import read_anchored, read_block
from ledger.chain.transactions import read_receipt, revert

Answer = Callable[[Any], bytes]


@contextmanager
def node_that_answers(answer: Answer, status: int = 200) -> Iterator[Node]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Node(f"http://127.0.0.1:{server.server_port}/v1/SECRET", timeout=5)
    finally:
        server.shutdown()
        server.server_close()


def echo(request: Any) -> bytes:
    """Batches in reverse order, as the standard allows."""
    if isinstance(request, list):
        return json.dumps([json.loads(echo(one)) for one in reversed(request)]).encode()
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": request["params"]}).encode()


def test_batches_are_put_back_in_order() -> None:
    with node_that_answers(echo) as node:
        assert node.call("m", 1, 2) == [1, 2]
        assert node.batch([("m", [number]) for number in range(5)]) == [[number] for number in range(5)]
        assert node.batch([]) == []


def test_many_threads_share_one_node() -> None:
    with node_that_answers(echo) as node:
        found: list[bool] = []

        def work(number: int) -> None:
            found.append(all(node.batch([("m", [number, i]), ("m", [i])]) == [[number, i], [i]] for i in range(20)))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 4


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"null", b"7", b"[]", b'{"id":1}', b"[" * 100_000, b'"x"', b"\xff\xfe"]
)
@pytest.mark.parametrize("status", [200, 502])
def test_nonsense_counts_as_no_answer(body: bytes, status: int) -> None:
    with node_that_answers(lambda _: body, status) as node:
        with pytest.raises(ChainUnreachable):
            node.call("eth_chainId")
        with pytest.raises(ChainUnreachable):
            node.batch([("eth_chainId", [])])


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.chain.node.LARGEST_ANSWER", 1000)
    assert LARGEST_ANSWER > 1000
    with (
        node_that_answers(lambda _: b'"' + b"x" * 5000 + b'"') as node,
        pytest.raises(ChainUnreachable, match="more than"),
    ):
        node.call("eth_chainId")


def test_an_error_is_told_from_silence() -> None:
    fault = {"code": 3, "message": "execution reverted", "data": {"data": "0x01"}}
    with node_that_answers(lambda request: json.dumps({"id": request["id"], "error": fault}).encode()) as node:
        with pytest.raises(NodeRefused) as caught:
            node.call("eth_call")
        assert (caught.value.number, caught.value.data) == (3, "0x01")
        refused = revert(caught.value)
        assert refused is not None
        assert refused.reason == "0x01"


def test_nobody_listens_and_the_address_keeps_its_secret() -> None:
    node = Node(f"http://user:SECRET@127.0.0.1:{free_port()}/v1/SECRET")
    with pytest.raises(ChainUnreachable, match="is the node running") as caught:
        node.call("eth_chainId")
    assert "SECRET" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("0x1") | st.just("0xzz"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["number", "hash", "timestamp", "baseFeePerGas", "logs", "status", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(JSON)
def test_garbage_in_an_answer_raises_our_error(value: Any) -> None:
    readers: list[Callable[[], object]] = [
        lambda: hexadecimal(value),
        lambda: unhex(value),
        lambda: member(value, "number"),
        lambda: members(value),
        lambda: read_block(value, "latest"),
        lambda: read_receipt(value),
        lambda: read_anchored({"size": 1, "root": b"", "time": 1, "previousSize": 0}, value),
    ]
    for reader in readers:
        with suppress(ChainError):
            reader()
