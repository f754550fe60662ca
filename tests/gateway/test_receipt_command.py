"""`carbon log receipt` against a gateway over HTTP, with a chain that answers as it is told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.anchoring.heads import State
from ledger.chain import deployment
from ledger.chain.deployment import Deployment
from ledger.chain.views import LogRecord
from ledger.commands import receipt as command
from ledger.commands.log import main
from ledger.log import cose_receipt
from terminal_signer import receipt as receipts
from terminal_signer.frame import digest_of
from terminal_signer.keys import generate
from tests.gateway.meters import LOG_ID, Gateway, Meter
from tests.gateway.samples import DEPLOYMENT


@dataclass
class Chain:
    """`holds`: the block tags at which the contract answers that it has the head."""

    promise_key: bytes
    holds: set[str] = field(default_factory=lambda: {"finalized", "latest"})
    deployment: Deployment = DEPLOYMENT

    def verify(self) -> None: ...

    def log_record(self, log_id: bytes) -> LogRecord | None:
        return LogRecord(bytes(20), bytes(32), self.promise_key, "example.org/log") if log_id == LOG_ID else None

    def call(self, contract: str, name: str, *head: object, tag: str) -> bool:
        assert (contract, name, len(head)) == ("AnchorLog", "isAnchored", 5)
        return tag in self.holds


@pytest.fixture
def url(client: TestClient) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = client.get(self.path, headers={"Accept": self.headers["Accept"]})
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def chain(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Chain:
    chain = Chain(gateway.promise_key.public.raw)
    monkeypatch.setattr(command, "Chain", lambda rpc, deployment: chain)
    return chain


@dataclass
class Asked:
    folder: Path
    url: str
    capsys: pytest.CaptureFixture[str]

    def __call__(self, digest: bytes, *flags: str) -> tuple[int, Any]:
        place = ["--dir", str(self.folder), "--gateway", self.url, "--log", f"0x{LOG_ID.hex()}"]
        code = main(["receipt", f"0x{digest.hex()}", *place, "--out", str(self.folder / "out"), "--json", *flags])
        out = self.capsys.readouterr().out
        return code, json.loads(out) if out else None


@pytest.fixture
def ask(tmp_path: Path, url: str, chain: Chain, capsys: pytest.CaptureFixture[str]) -> Asked:
    deployment.save(DEPLOYMENT, tmp_path / "deployment.json")
    return Asked(tmp_path, url, capsys)


@pytest.fixture
def digest(gateway: Gateway, meter: Meter) -> bytes:
    raw = meter.sign()
    gateway.ingest.submit([raw], 1_700_000_000)
    return digest_of(raw)


def test_both_forms_are_fetched_checked_and_kept(ask: Asked, gateway: Gateway, digest: bytes) -> None:
    """INV-09: what is kept is what the gateway sent, and it holds by the readers of both forms."""
    gateway.anchor()
    code, told = ask(digest)
    kept = ask.folder / "out"
    assert (code, told["state"], told["signed"]) == (0, "final", False)
    plain = receipts.loads(kept.read_bytes())
    kept.unlink()
    code, told = ask(digest, "--cose")
    assert (code, told["state"], told["signed"]) == (0, "final", True)
    assert cose_receipt.read(kept.read_bytes(), digest, gateway.promise_key.public) == plain


def test_an_existing_file_is_not_overwritten(ask: Asked, gateway: Gateway, digest: bytes) -> None:
    gateway.anchor()
    (ask.folder / "out").write_text("mine")
    assert ask(digest) == (2, None)
    assert (ask.folder / "out").read_text() == "mine"


def test_a_frame_without_an_anchor_waits(ask: Asked, digest: bytes) -> None:
    code, told = ask(digest)
    assert (code, told["state"], told["index"]) == (3, "pending", 0)
    assert not (ask.folder / "out").exists()


@pytest.mark.parametrize(
    ("holds", "code", "state"), [({"latest"}, 3, "not-final"), (set(), 1, "false")], ids=["not final", "not there"]
)
def test_the_chain_decides(
    ask: Asked, gateway: Gateway, chain: Chain, digest: bytes, holds: set[str], code: int, state: str
) -> None:
    """INV-07, INV-09, INV-10: a head that the contract does not hold is false, whoever signed it; the signed receipt is
    kept to convict its signer."""
    gateway.anchor()
    chain.holds = holds
    for flags in ([], ["--cose"]):
        (ask.folder / "out").unlink(missing_ok=True)
        found, told = ask(digest, *flags)
        assert (found, told["state"]) == (code, state)
        assert (ask.folder / "out").exists() == (told["file"] is not None) == (state == "not-final" or bool(flags))


def test_a_signature_of_another_key_is_refused(ask: Asked, gateway: Gateway, chain: Chain, digest: bytes) -> None:
    """INV-09: the chain names the key, not the receipt."""
    gateway.anchor()
    chain.promise_key = generate().public.raw
    assert ask(digest, "--cose") == (1, None)
    assert not (ask.folder / "out").exists()


def test_what_a_gateway_answers_instead_is_refused(ask: Asked, gateway: Gateway, digest: bytes) -> None:
    gateway.anchor()
    assert ask(b"\xee" * 32) == (1, None)
    assert ask(digest, "--log", f"0x{'0b' * 32}") == (1, None)
    assert ask(digest, "--gateway", "file:///etc/hosts") == (1, None)
    assert ask(digest, "--gateway", "http://127.0.0.1:1") == (1, None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b'{"index":-1}', b'{"index":true}', b"[" * 9000])
def test_garbage_instead_of_a_leaf_is_refused(body: bytes) -> None:
    """INV-18"""
    with pytest.raises(command.ReceiptRefused):
        command._index(body, "http://x")


@pytest.mark.parametrize("given", [["0x00"], ["zz", "--lang", "zh"], [f"0x{'aa' * 32}", "--log", "0x0"]])
def test_wrong_use(given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", *given, "--dir", str(tmp_path)]) == 2
    assert "carbon log receipt" in capsys.readouterr().err


def test_without_a_log_it_says_what_to_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", f"0x{'aa' * 32}", "--dir", str(tmp_path), "--lang", "en"]) == 2
    assert "--log" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "words"), [("en", "its block is final"), ("zh", "已最终确认")])
def test_people_read_what_was_checked(
    ask: Asked, gateway: Gateway, digest: bytes, language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.anchor()
    place = ["--dir", str(ask.folder), "--gateway", ask.url, "--log", f"0x{LOG_ID.hex()}"]
    out = ["--out", str(ask.folder / "kept.cose"), "--cose", "--lang", language]
    assert main(["receipt", f"0x{digest.hex()}", *place, *out]) == 0
    told = capsys.readouterr().out
    print(told)
    assert words in told
    assert "kept.cose" in told


def test_an_orphaned_head_is_not_asked_for(ask: Asked, gateway: Gateway, digest: bytes) -> None:
    """INV-10"""
    gateway.anchor(state=State.ORPHANED)
    assert ask(digest)[1]["state"] == "pending"
