"""The terminal's own look at the chain: the right questions, and no wrong answer believed."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal_signer.chain import (
    IS_ANCHORED,
    LATEST,
    VERIFY_HEADS,
    ChainFault,
    ChainUnavailable,
    Head,
    Rpc,
    head_is_anchored,
    heads_are_anchored,
    heads_follow,
    latest_head,
)
from terminal_signer.header import Seen
from tests.terminal_signer.fakes import CHAIN_ID, CONTRACT, LOG_ID, Ledger, ledger_server, serving
from tests.terminal_signer.sample import error_of

ABI = Path(__file__).parents[2] / "ledger" / "chain" / "abi" / "AnchorLog.json"


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    for count in (3, 1, 5):
        made.digests += [bytes([len(made.digests) + number]) * 32 for number in range(count)]
        made.anchor(1514736000 + 3600 * len(made.heads), final=len(made.heads) < 2)
    return made


@pytest.fixture
def rpc(ledger: Ledger) -> Iterator[Rpc]:
    with ledger_server(ledger) as address:
        yield Rpc(address + "/rpc")


def heads_of(ledger: Ledger) -> list[Head]:
    return [Head(*head) for head in ledger.heads]


@pytest.mark.parametrize(
    ("name", "selector"), [("isAnchored", IS_ANCHORED), ("verifyHeads", VERIFY_HEADS), ("latest", LATEST)]
)
def test_selectors_are_those_of_the_contract(name: str, selector: bytes) -> None:
    entries = [entry for entry in json.loads(ABI.read_bytes())["abi"] if entry.get("name") == name]
    assert len(entries) == 1
    signature = f"{name}({','.join(map(abi_type, entries[0]['inputs']))})"
    assert keccak(signature.encode())[:4] == selector


def abi_type(parameter: dict[str, Any]) -> str:
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(abi_type, parameter['components']))}){kind.removeprefix('tuple')}"


def test_questions_of_a_terminal(rpc: Rpc, ledger: Ledger) -> None:
    first, second, third = heads_of(ledger)
    assert rpc.chain_id() == CHAIN_ID
    assert heads_are_anchored(rpc, CONTRACT, LOG_ID, [third, first, second], "latest") == [True, True, True]
    assert heads_are_anchored(rpc, CONTRACT, LOG_ID, [third, first, second], "finalized") == [False, True, True]
    assert latest_head(rpc, CONTRACT, LOG_ID, "finalized") == Seen(second.size, second.root)
    ledger.final = 0
    assert latest_head(rpc, CONTRACT, LOG_ID, "finalized") is None
    wrong = (third.size + 1, third.root, third.time, third.previous_size)
    assert not head_is_anchored(rpc, CONTRACT, LOG_ID, *wrong, "latest")


def test_heads_that_follow_one_another(rpc: Rpc, ledger: Ledger) -> None:
    heads = heads_of(ledger)
    assert heads_follow(rpc, CONTRACT, LOG_ID, heads, "latest")
    assert heads_follow(rpc, CONTRACT, LOG_ID, heads[1:], "latest")
    assert not heads_follow(rpc, CONTRACT, LOG_ID, heads[::2], "latest")  # one left out
    assert not heads_follow(rpc, CONTRACT, LOG_ID, heads, "finalized")
    assert not heads_follow(rpc, CONTRACT, LOG_ID, [], "latest")


def test_finality_by_confirmations(rpc: Rpc) -> None:
    assert rpc.tag("finalized") == "finalized"
    assert rpc.tag(2) == "0x1"
    assert rpc.tag(9) == "0x0"


def test_many_questions_go_out_together(rpc: Rpc, ledger: Ledger) -> None:
    heads = heads_of(ledger) * 150
    assert heads_are_anchored(rpc, CONTRACT, LOG_ID, heads, "latest") == [True] * 450


def test_an_address_without_the_contract_is_named(rpc: Rpc) -> None:
    with pytest.raises(ChainFault, match="address"):
        latest_head(rpc, bytes(20), LOG_ID, "latest")
    with pytest.raises(ChainFault, match="method not found"):
        rpc.call("eth_nonsense")


def test_a_node_that_is_down_is_unavailable(rpc: Rpc, ledger: Ledger) -> None:
    ledger.node_down = 1
    with pytest.raises(ChainUnavailable):
        rpc.chain_id()
    with pytest.raises(ChainUnavailable):
        Rpc("http://127.0.0.1:9", timeout=2).chain_id()


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://127.0.0.1", "127.0.0.1:8545", "http://"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ChainUnavailable):
        Rpc(url)


ANSWER = b""


class Odd(BaseHTTPRequestHandler):
    """Answers whatever the test put there."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[Rpc]:
    with serving(Odd) as address:
        yield Rpc(address)


RESULTS = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"[" * 5000,
    b'{"id":0}',
    b'{"id":1,"result":"0x1"}',
    b'{"id":0,"error":null}',
]
RESULTS += [
    b'{"id":0,"result":%s}' % value
    for value in (b"null", b"5", b'"0x"', b'"1"', b'"0xzz"', b'"0x' + b"f" * 70 + b'"', b"[]")
]


@pytest.mark.parametrize("answer", RESULTS)
def test_odd_answers_are_chain_faults(odd: Rpc, answer: bytes) -> None:
    """INV-18."""
    ask_everything(odd, answer)


@given(st.binary(max_size=60), st.text(max_size=20))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_garbage_is_a_chain_fault(odd: Rpc, data: bytes, text: str) -> None:
    """INV-18."""
    ask_everything(odd, data)
    ask_everything(odd, json.dumps({"id": 0, "result": text}).encode())


def ask_everything(rpc: Rpc, answer: bytes) -> None:
    global ANSWER
    ANSWER = answer
    head = Head(1, bytes(32), 1514736000, 0)
    questions = (
        rpc.chain_id,
        partial(rpc.tag, 3),
        partial(latest_head, rpc, CONTRACT, LOG_ID, "latest"),
        partial(heads_follow, rpc, CONTRACT, LOG_ID, [head], "latest"),
        partial(heads_are_anchored, rpc, CONTRACT, LOG_ID, [head, head], "latest"),
    )
    for question in questions:
        assert error_of(question) == "chain-answer"
