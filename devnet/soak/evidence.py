"""What is there when all has settled: what terminals signed and were promised, what the log and the chain hold.

Promises come from the files that the terminals wrote before anything else, entries and receipts from the gateway as
any stranger gets them, the head from the contract at finality, and frames and promises once more from the store.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from sqlalchemy import Engine

from devnet.soak.stage import Stage
from ledger.log.tiles import WIDTH, TileAddress
from ledger.store.frames import FrameStore
from ledger.store.log import LogStore
from terminal_signer import frame, promise
from terminal_signer.chain import Head, Rpc, heads_are_anchored
from terminal_signer.gateway_client import MAX_FRAMES, Gateway
from terminal_signer.promise import Promise
from terminal_signer.receipt import Receipt

ENTRY = 34  # bytes of an entry in a tile, its length included


@dataclass(frozen=True, slots=True)
class Signed:
    """A frame as its terminal's spool knows it."""

    kid: bytes
    seq: int
    state: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A frame as the store knows it."""

    index: int
    kid: bytes
    seq: int
    prev: bytes
    promise: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """`promises`: by digest, each different one. `size` and `root`: of the final head. `final`: the digests whose
    receipt names a head that the contract holds at finality."""

    signed: Mapping[bytes, Signed]
    promises: Mapping[bytes, frozenset[bytes]]
    opened: Sequence[Promise]
    entries: Sequence[bytes]
    size: int
    root: bytes
    logged: Mapping[bytes, Logged]
    receipts: Mapping[bytes, Receipt]
    final: frozenset[bytes]


def collect(stage: Stage, engine: Engine) -> Evidence:
    """Ask everybody. Gateway and chain must be up. Raises CarbonError."""
    signed: dict[bytes, Signed] = {}
    promises: dict[bytes, set[bytes]] = {}
    opened: list[Promise] = []
    for place in stage.terminals:
        signed |= _spooled(place.folder / "spool.sqlite")
        for raw in _witnessed(place.folder / "promises"):
            given = promise.verify(raw, stage.promise_key)
            opened.append(given)
            promises.setdefault(given.digest, set()).add(raw)
    head = stage.chain.latest_head(stage.log_id, "finalized")
    size, root = (head.size, head.root) if head else (0, b"")
    entries = _entries(stage, size)
    receipts = _receipts(stage, entries)
    return Evidence(
        signed, {digest: frozenset(raws) for digest, raws in promises.items()}, opened, entries, size, root,
        _logged(stage, engine), receipts, _final(stage, receipts),
    )  # fmt: skip


def _spooled(path: Path) -> dict[bytes, Signed]:
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT digest, kid, seq, state FROM frames").fetchall()
    db.close()
    return {digest: Signed(kid, seq, state) for digest, kid, seq, state in rows}


def _witnessed(path: Path) -> Iterator[bytes]:
    """A line that a kill cut off is none."""
    for line in path.read_text(encoding="ascii").splitlines():
        try:
            raw = bytes.fromhex(line)
        except ValueError:
            continue
        if len(raw) > 64 and len(raw) == _length(raw):
            yield raw


def _length(raw: bytes) -> int:
    """The whole length of a promise whose beginning this is: header, payload and a signature of 64 bytes."""
    protected = 3 + raw[2] - 0x40
    return protected + 3 + raw[protected + 2] + 66


def _entries(stage: Stage, size: int) -> list[bytes]:
    found: list[bytes] = []
    for index in range((size + WIDTH - 1) // WIDTH):
        address = TileAddress(None, index, min(WIDTH, size - index * WIDTH))
        with urlopen(f"{stage.url}/log/0x{stage.log_id.hex()}/{address.path()}", timeout=30) as answer:  # noqa: S310
            body = answer.read()
        found += [body[at + 2 : at + ENTRY] for at in range(0, len(body), ENTRY)]
    return found


def _receipts(stage: Stage, digests: Sequence[bytes]) -> dict[bytes, Receipt]:
    gateway = Gateway(stage.url)
    found: dict[bytes, Receipt] = {}
    for at in range(0, len(digests), MAX_FRAMES):
        answer = gateway.receipts(stage.log_id, digests[at : at + MAX_FRAMES])
        found |= {receipt.digest: receipt for receipt in answer.found}
    return found


def _final(stage: Stage, receipts: Mapping[bytes, Receipt]) -> frozenset[bytes]:
    """Asked as a terminal asks, each head once."""
    heads = {
        digest: Head(receipt.size, receipt.root, receipt.anchor.time, receipt.anchor.previous_size)
        for digest, receipt in receipts.items()
    }
    named = sorted(set(heads.values()), key=lambda head: head.size)
    contract = stage.chain.deployment.address("AnchorLog")
    held = heads_are_anchored(Rpc(stage.anvil.url), contract, stage.log_id, named, "finalized") if named else []
    anchored = {head for head, is_held in zip(named, held, strict=True) if is_held}
    return frozenset(digest for digest, head in heads.items() if head in anchored)


def _logged(stage: Stage, engine: Engine) -> dict[bytes, Logged]:
    store = FrameStore(engine, stage.log_id)
    found: dict[bytes, Logged] = {}
    for stored in store.between(0, LogStore(engine, stage.log_id).size()):
        read = frame.parse(stored.raw)
        found[read.digest] = Logged(stored.index, stored.kid, read.seq, read.prev, stored.promise)
    return found
