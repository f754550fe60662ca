"""The evidence file `conviction/1` (docs/formats/conviction.md): the exhibits, and what was found as of which block.

What stands under `findings` is for people. Whoever checks the file judges its exhibits again, with facts of his own.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.log.bridge import MOST_HASHES, Bridge
from ledger.log.checkpoint import LARGEST_NOTE
from ledger.log.cose_receipt import MAX_BYTES as MAX_RECEIPT
from ledger.log.exhibits import Exhibits, Finding, SignedReceipt
from ledger.log.proof import HASH_SIZE
from terminal_signer.build import receipt_json
from terminal_signer.frame import MAX_FRAME
from terminal_signer.keys import EDDSA, PublicKey
from terminal_signer.promise import MAX_BYTES as MAX_PROMISE
from terminal_signer.receipt import from_json
from terminal_signer.strict import Malformed, Members, read_document, read_hex

__all__ = ["FORMAT", "MOST_BYTES", "MOST_ENTRIES", "Evidence", "dumps", "loads"]

FORMAT = "conviction/1"
MOST_BYTES = 64 << 20
MOST_ENTRIES = 1 << 20
MOST_EXHIBITS = 256
MOST_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """`contracts` are AnchorLog and TerminalRegistry; `block` and `time` those of the final block that was asked."""

    chain_id: int
    genesis: bytes
    contracts: tuple[bytes, bytes]
    block: int
    time: int
    exhibits: Exhibits
    findings: tuple[str, ...]


def dumps(evidence: Evidence, findings: Sequence[Finding]) -> bytes:
    exhibits = evidence.exhibits
    document: dict[str, Any] = {
        "format": FORMAT,
        "chain": {
            "chain_id": evidence.chain_id,
            "genesis": _hex(evidence.genesis),
            "anchor_log": _hex(evidence.contracts[0]),
            "terminal_registry": _hex(evidence.contracts[1]),
            "block": evidence.block,
            "time": evidence.time,
        },
        "findings": [{"code": found.code, "against": found.against, **found.details} for found in findings],
        "log_id": None if exhibits.log_id is None else _hex(exhibits.log_id),
        "note_keys": [_hex(key.raw) for key in exhibits.note_keys],
        "promises": [_hex(raw) for raw in exhibits.promises],
        "receipts": [receipt_json(receipt) for receipt in exhibits.receipts],
        "checkpoints": [note.decode() for note in exhibits.checkpoints],
        "frames": [_hex(raw) for raw in exhibits.frames],
        "bridges": [_bridge_json(bridge) for bridge in exhibits.bridges],
        "entries": None if exhibits.entries is None else b64encode(b"".join(exhibits.entries)).decode(),
    }
    if exhibits.signed_receipts:
        document["signed_receipts"] = [_signed_json(given) for given in exhibits.signed_receipts]
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def loads(data: bytes, where: str = "evidence") -> Evidence:
    """Raises Malformed, UnknownFormat."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES} bytes", where=where)
    with read_document(data, where, FORMAT) as told:
        with told.inner("chain") as chain:
            place = (chain.integer("chain_id"), chain.hex("genesis", 32))
            contracts = (chain.hex("anchor_log", 20), chain.hex("terminal_registry", 20))
            block, time = chain.integer("block"), chain.integer("time")
        codes = tuple(Members(item, "findings").text("code", 40) for item in told.items("findings", MOST_FINDINGS))
        return Evidence(*place, contracts, block, time, _exhibits(told, where), codes)


def _exhibits(told: Members, where: str) -> Exhibits:
    log_id = told.rest.pop("log_id", None)
    entries = told.rest.pop("entries", None)
    told.rest.setdefault("signed_receipts", [])
    return Exhibits(
        log_id=None if log_id is None else read_hex(log_id, f"{where}.log_id", 32),
        note_keys=tuple(PublicKey(EDDSA, raw) for raw in _raws(told, "note_keys", 32, 32)),
        promises=_raws(told, "promises", None, MAX_PROMISE),
        receipts=tuple(from_json(item) for item in told.items("receipts", MOST_EXHIBITS)),
        signed_receipts=tuple(_signed(item) for item in told.items("signed_receipts", MOST_EXHIBITS)),
        checkpoints=tuple(_note(item, where) for item in told.items("checkpoints", MOST_EXHIBITS)),
        frames=_raws(told, "frames", None, MAX_FRAME),
        bridges=tuple(_bridge(item) for item in told.items("bridges", MOST_FINDINGS)),
        entries=None if entries is None else _entries(entries, f"{where}.entries"),
    )


def _raws(told: Members, name: str, size: int | None, most: int) -> tuple[bytes, ...]:
    return tuple(read_hex(item, f"{told.where}.{name}", size, most) for item in told.items(name, MOST_EXHIBITS))


def _note(item: object, where: str) -> bytes:
    if not isinstance(item, str) or len(item) > LARGEST_NOTE:
        raise Malformed("not the text of a signed note", where=f"{where}.checkpoints")
    return item.encode("utf-8", "replace")


def _signed_json(given: SignedReceipt) -> dict[str, str]:
    return {"digest": _hex(given.digest), "receipt": _hex(given.raw)}


def _signed(item: object) -> SignedReceipt:
    with Members(item, "signed_receipts") as told:
        return SignedReceipt(told.hex("digest", HASH_SIZE), told.hex("receipt", None, MAX_RECEIPT))


def _bridge_json(bridge: Bridge) -> dict[str, Any]:
    return {
        "old_size": bridge.old_size,
        "old_root": _hex(bridge.old_root),
        "new_size": bridge.new_size,
        "new_root": _hex(bridge.new_root),
        "proof": [_hex(node) for node in bridge.proof],
    }


def _bridge(item: object) -> Bridge:
    with Members(item, "bridges") as told:
        return Bridge(
            told.integer("old_size"), told.hex("old_root", 32), told.integer("new_size"), told.hex("new_root", 32),
            tuple(read_hex(node, "bridges.proof", HASH_SIZE) for node in told.items("proof", 2 * MOST_HASHES)),
        )  # fmt: skip


def _entries(value: object, where: str) -> tuple[bytes, ...]:
    try:
        joined = b64decode(value, validate=True) if isinstance(value, str) else b"-"
    except ValueError:
        joined = b"-"
    if len(joined) % HASH_SIZE or len(joined) > MOST_ENTRIES * HASH_SIZE:
        raise Malformed(f"not the base64 of up to {MOST_ENTRIES} digests", where=where)
    return tuple(joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE))


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"
