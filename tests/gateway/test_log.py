"""Checkpoint, tiles, entries and receipts, checked with the code of those who receive them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.anchoring.heads import State
from ledger.log import checkpoint, cose_receipt
from ledger.log.tiles import decode_entries, hashes_of
from ledger.log.tree import root_of_leaves
from terminal_signer.frame import digest_of
from terminal_signer.receipt import check, from_json, leaf_hash
from tests.gateway.meters import LOG_ID, NOTE_KEY, Gateway, Meter

LOG = f"/log/0x{LOG_ID.hex()}"


@pytest.fixture
def raws(gateway: Gateway, client: TestClient, meter: Meter) -> list[bytes]:
    """300 frames, 260 of them anchored by two heads."""
    frames = meter.sign_many(300)
    for start, end in ((0, 200), (200, 260), (260, 300)):
        gateway.ingest.submit(frames[start:end], 1_700_000_000)
        if end < 300:
            gateway.anchor(block=end)
    return frames


def test_the_checkpoint_is_the_newest_anchored_head(client: TestClient, raws: list[bytes]) -> None:
    """INV-08: what is served stands in the contract, and a log client opens it with the log's key."""
    response = client.get(f"{LOG}/checkpoint")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    opened = checkpoint.open_checkpoint(response.content, NOTE_KEY.public, "example.org/log")
    assert opened.size == 260
    assert opened.root == root_of_leaves([leaf_hash(digest_of(raw)) for raw in raws[:260]])


def test_a_checkpoint_is_asked_for_again_only_when_it_changed(
    gateway: Gateway, client: TestClient, raws: list[bytes]
) -> None:
    first = client.get(f"{LOG}/checkpoint")
    assert first.headers["cache-control"] == "no-cache"
    for held in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        again = client.get(f"{LOG}/checkpoint", headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    gateway.anchor(block=300)
    grown = client.get(f"{LOG}/checkpoint", headers={"If-None-Match": first.headers["etag"]})
    assert grown.status_code == 200
    assert grown.headers["etag"] != first.headers["etag"]


def test_without_an_anchor_there_is_no_checkpoint(gateway: Gateway, client: TestClient, meter: Meter) -> None:
    gateway.ingest.submit([meter.sign()], 1_700_000_000)
    gateway.anchor(state=State.SENT)
    assert client.get(f"{LOG}/checkpoint").json()["code"] == "no-checkpoint"


def test_tiles_and_entries_rebuild_the_tree(client: TestClient, raws: list[bytes]) -> None:
    full, partial = client.get(f"{LOG}/tile/0/000"), client.get(f"{LOG}/tile/0/001.p/4")
    leaves = hashes_of(full.content) + hashes_of(partial.content)
    assert leaves == [leaf_hash(digest_of(raw)) for raw in raws[:260]]
    entries = decode_entries(client.get(f"{LOG}/tile/entries/000").content)
    assert entries == [digest_of(raw) for raw in raws[:256]]
    assert hashes_of(client.get(f"{LOG}/tile/1/000.p/1").content) == [root_of_leaves(leaves[:256])]


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("0/000", 256 * 32),
        ("0/000.p/17", 17 * 32),
        ("0/001.p/44", 44 * 32),
        ("1/000.p/1", 32),
        ("entries/000", 256 * 34),
        ("entries/001.p/44", 44 * 34),
    ],
)
def test_tiles_are_bytes_that_caches_keep_for_ever(
    gateway: Gateway, client: TestClient, meter: Meter, raws: list[bytes], path: str, length: int
) -> None:
    """As tlog-tiles asks; a tile of a given width is the same bytes when the log has grown past it."""
    before = client.get(f"{LOG}/tile/{path}")
    assert before.headers["content-type"] == "application/octet-stream"
    assert before.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert before.headers["content-length"] == str(length)
    gateway.ingest.submit(meter.sign_many(250), 1_700_000_000)
    assert client.get(f"{LOG}/tile/{path}").content == before.content
    head = client.head(f"{LOG}/tile/{path}")
    assert (head.content, head.headers["content-length"]) == (b"", str(length))


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/1",
        "0/000.p/0",
        "0/000.p/256",
        "99/000",
        "00/000",
        "entries/009",
        "0/000/%2e%2e/000",
        "",
        "0/000.p/4/x",
    ],
)
def test_tiles_that_are_not_there(client: TestClient, raws: list[bytes], path: str) -> None:
    response = client.get(f"{LOG}/tile/{path}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store", "the log may hold the tile tomorrow"


def ask(client: TestClient, digests: list[str]) -> list[dict[str, Any]]:
    response = client.post(f"{LOG}/receipts", json={"digests": digests})
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()["receipts"]
    return rows


def test_receipts_lead_to_the_head_that_first_included_the_frame(client: TestClient, raws: list[bytes]) -> None:
    """INV-09: the path leads from the digest to the anchored root, by the terminal's own check."""
    digests = [f"0x{digest_of(raw).hex()}" for raw in raws]
    rows = ask(client, [*digests, f"0x{'ee' * 32}"])
    for row, size, previous in ((rows[0], 200, 0), (rows[199], 200, 0), (rows[200], 260, 200), (rows[259], 260, 200)):
        receipt = from_json(row)
        check(receipt)
        assert (receipt.size, receipt.anchor.previous_size, receipt.anchor.block) == (size, previous, size)
    for row in rows[:260]:
        check(from_json(row))
    assert rows[260] == {"digest": digests[260], "state": "pending", "index": 260}
    assert rows[-1] == {"digest": f"0x{'ee' * 32}", "state": "unknown"}


def test_a_receipt_carries_its_signed_checkpoint(client: TestClient, raws: list[bytes]) -> None:
    """INV-07: a receipt is signed by nobody; the checkpoint of its head is, and convicts a log that rewrites it."""
    row = ask(client, [f"0x{digest_of(raws[3]).hex()}"])[0]
    opened = checkpoint.open_checkpoint(row["checkpoint"].encode(), NOTE_KEY.public, "example.org/log")
    assert (opened.size, f"0x{opened.root.hex()}") == (row["size"], row["root"])


def test_one_receipt(client: TestClient, raws: list[bytes]) -> None:
    check(from_json(client.get(f"{LOG}/receipts/0x{digest_of(raws[3]).hex()}").json()))
    pending = client.get(f"{LOG}/receipts/0x{digest_of(raws[299]).hex()}")
    assert (pending.status_code, pending.json()["state"]) == (202, "pending")
    for unknown in (f"0x{'ee' * 32}", "0x00", "..", "zz"):
        assert client.get(f"{LOG}/receipts/{unknown}").status_code == 404


COSE = {"Accept": "application/cose"}


def test_a_receipt_in_cose(gateway: Gateway, client: TestClient, raws: list[bytes]) -> None:
    """INV-09: the same receipt, signed with the key that the chain names for the log's promises."""
    digest = digest_of(raws[203])
    path = f"{LOG}/receipts/0x{digest.hex()}"
    signed, plain = client.get(path, headers=COSE), client.get(path)
    assert (signed.status_code, signed.headers["content-type"]) == (200, "application/cose")
    assert cose_receipt.read(signed.content, digest, gateway.promise_key.public) == from_json(plain.json())
    assert {response.headers["vary"] for response in (signed, plain)} == {"Accept"}
    assert client.get(f"{LOG}/receipts/0x{'ee' * 32}", headers=COSE).status_code == 404
    assert client.get(path, headers={"Accept": "text/csv"}).json()["code"] == "not-acceptable"


@pytest.mark.parametrize("state", [State.MINED, State.SAFE, State.ORPHANED])
def test_nothing_is_signed_about_a_block_that_can_vanish(
    gateway: Gateway, client: TestClient, meter: Meter, state: State
) -> None:
    """INV-10"""
    raw = meter.sign()
    gateway.ingest.submit([raw], 1_700_000_000)
    gateway.anchor(state=state)
    response = client.get(f"{LOG}/receipts/0x{digest_of(raw).hex()}", headers=COSE)
    assert (response.status_code, response.json()["state"]) == (202, "pending")


def test_an_orphaned_head_gives_no_receipt(gateway: Gateway, client: TestClient, meter: Meter) -> None:
    """INV-10: an anchor that the chain forgot is not handed out."""
    raw = meter.sign()
    gateway.ingest.submit([raw], 1_700_000_000)
    gateway.anchor(state=State.ORPHANED)
    assert ask(client, [f"0x{digest_of(raw).hex()}"])[0]["state"] == "pending"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"digests":["0x00"]}', 422, "invalid-request"),
        (b'{"digests":[]}', 422, "invalid-request"),
        (b'{"digests":["0x' + b"AB" * 32 + b'"]}', 422, "invalid-request"),
        (b'{"digests":[' + b",".join([b'"0x' + b"ab" * 32 + b'"'] * 1001) + b"]}", 422, "invalid-request"),
        (b"{", 422, "invalid-request"),
        (b"[]", 422, "invalid-request"),
        (b"\xff", 422, "invalid-request"),
        (b" " * 200_000, 413, "body-too-large"),
    ],
    ids=["short", "none", "upper", "many", "cut", "list", "bytes", "large"],
)
def test_bad_requests_for_receipts(client: TestClient, body: bytes, status: int, code: str) -> None:
    response = client.post(f"{LOG}/receipts", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["mend"]


def test_only_its_own_log_is_served(client: TestClient) -> None:
    for other in (f"0x{'0b' * 32}", "x", f"0x{LOG_ID.hex().upper()}"):
        response = client.get(f"/log/{other}/checkpoint")
        assert (response.status_code, response.json()["code"]) == (404, "unknown-log")


def test_health(gateway: Gateway, client: TestClient, raws: list[bytes]) -> None:
    healthy = client.get("/health").json()
    assert (healthy["status"], healthy["log"]["size"], healthy["chain"]["block"]) == ("ok", 300, 431)
    gateway.chain.reachable = False
    degraded = client.get("/health")
    assert (degraded.status_code, degraded.json()["status"], degraded.json()["chain"]) == (200, "degraded", None)
