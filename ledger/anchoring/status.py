"""Where the heads of a log stand, as one document (`anchor-status/1`), from the outbox and the chain."""

from collections import Counter
from typing import Any

from sqlalchemy import Engine

from ledger.anchoring.heads import ON_CHAIN, Head, State
from ledger.anchoring.lock import holder, wall_clock
from ledger.anchoring.worker import lease_name
from ledger.chain.client import Chain
from ledger.chain.errors import ChainError
from ledger.log.checkpoint import note_key_hash, verifier_key
from ledger.store.anchors import AnchorStore
from ledger.store.log import LogStore
from terminal_signer.keys import PublicKey

FORMAT = "anchor-status/1"


def status(engine: Engine, chain: Chain, log_id: bytes, note_key: PublicKey | None = None) -> dict[str, Any]:
    """The document. Raises StoreError; an unreachable chain is a fact like others, under `chain`. Where the public note
    key is at hand and the chain lists it for the log, `note_key` spells it as log clients read it."""
    heads = AnchorStore(engine, log_id).heads()
    anchored = [head for head in heads if head.state in ON_CHAIN]
    size = LogStore(engine, log_id).size()
    reached = anchored[-1].size if anchored else 0
    final = max((head.size for head in heads if head.state is State.FINAL), default=0)
    states = Counter(head.state for head in heads)
    return {
        "format": FORMAT,
        "log_id": f"0x{log_id.hex()}",
        "leaves": size,
        "anchored": reached,
        "final": final,
        "waiting": size - reached,
        "heads": {str(state): states[state] for state in State if states[state]},
        "gas": sum(head.gas_used or 0 for head in anchored),
        "newest": _head(heads[-1]) if heads else None,
        "anchorer": holder(engine, lease_name(log_id), wall_clock()),
        "note_key": _verifier_key(chain, log_id, note_key),
        "chain": _chain(chain, log_id),
    }


def _head(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": f"0x{head.root.hex()}",
        "state": str(head.state),
        "attempts": head.attempts,
        "transaction": f"0x{head.tx_hash.hex()}" if head.tx_hash else None,
        "block": head.place.number if head.place else None,
        "time": head.place.time if head.place else None,
    }


def _verifier_key(chain: Chain, log_id: bytes, note_key: PublicKey | None) -> str | None:
    try:
        record = None if note_key is None else chain.log_record(log_id)
    except ChainError:
        return None
    if note_key is None or record is None or note_key_hash(note_key) != record.note_key_hash:
        return None
    return verifier_key(record.origin, note_key)


def _chain(chain: Chain, log_id: bytes) -> dict[str, Any]:
    try:
        chain.verify()
        latest, _, final = chain.depths()
        tip = chain.latest_head(log_id)
    except ChainError as fault:
        return {"reachable": False, "fault": str(fault)}
    return {
        "reachable": True,
        "latest": latest.number,
        "finalized": final.number,
        "time": latest.time,
        "size": tip.size if tip else 0,
    }
