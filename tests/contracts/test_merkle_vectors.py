"""INV-07: the contract accepts and refuses RFC 9162 consistency proofs as the vectors of others say."""

import base64
import json
from pathlib import Path
from typing import Any

import ape

from devnet.anvil import Anvil
from ledger.chain.contracts import function
from ledger.chain.errors import NodeRefused
from ledger.keccak import keccak256
from tests.contracts.stage import Stage

LARGEST = 2**48 - 1
REFUSALS = {
    keccak256(b"AnchorLogInconsistent(uint64,uint64)")[:4],
    keccak256(b"AnchorLogNotLarger(uint64,uint64)")[:4],
}


def verdict(chain: Anvil, stage: Stage, vector: dict[str, Any]) -> bool:
    """Whether a log whose last head is (size1, root1) takes (size2, root2): asked with that head put into its slots.

    It may be refused as inconsistent or as not larger; every other refusal is a fault.
    """
    contract, operator = stage.AnchorLog.address, stage.people["operator"].address
    base = int.from_bytes(keccak256(stage.log_id + bytes(32)), "big")
    packed = vector["size1"] << 160 | int(operator, 16)
    slots = {f"0x{base:064x}": f"0x{packed:064x}", f"0x{base + 1:064x}": f"0x{vector['root1'].hex()}"}
    data = function("AnchorLog", "anchor").encode(stage.log_id, vector["size2"], vector["root2"], vector["proof"])
    call = {"from": operator, "to": contract, "data": f"0x{data.hex()}"}
    try:
        chain.node.call("eth_call", call, "latest", {contract: {"stateDiff": slots}})
    except NodeRefused as refused:
        if bytes.fromhex(refused.data[2:10]) not in REFUSALS:
            raise
        return False
    return True


def read(path: Path) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(path.read_text())
    return raw | {
        "root1": base64.b64decode(raw["root1"] or ""),
        "root2": base64.b64decode(raw["root2"] or ""),
        "proof": [base64.b64decode(part) for part in raw["proof"] or []],
    }


def test_slots(stage: Stage) -> None:
    """Where the test above puts a head is where the contract keeps it."""
    base = int.from_bytes(keccak256(stage.log_id + bytes(32)), "big")
    word = int.from_bytes(ape.chain.provider.get_storage(stage.AnchorLog.address, base), "big")
    assert word & (2**160 - 1) == int(stage.people["operator"].address, 16)
    assert word >> 160 & LARGEST == 8
    assert bytes(ape.chain.provider.get_storage(stage.AnchorLog.address, base + 1)) == b"\x01" * 32
    heads = keccak256(stage.log_id + (1).to_bytes(32, "big"))
    slot = int.from_bytes(keccak256((8).to_bytes(32, "big") + heads), "big")
    stored = bytes(ape.chain.provider.get_storage(stage.AnchorLog.address, slot))
    assert stored == bytes(stage.AnchorLog.headHash(stage.log_id, 8))


def test_consistency_vectors(chain: Anvil, stage: Stage, vectors: Path) -> None:
    """What cannot be said to the contract at all (a hash of another length, a size beyond its type) is left out, as
    are equal sizes, for which RFC 9162 has an empty proof and the contract no use."""
    counted = {True: 0, False: 0}
    for path in sorted((vectors / "merkle" / "testdata" / "consistency").rglob("*.json")):
        vector = read(path)
        hashes = [vector["root1"], vector["root2"], *vector["proof"]]
        old, new = vector["size1"], vector["size2"]
        if any(len(part) != 32 for part in hashes) or old in (0, new) or max(old, new) > LARGEST:
            continue
        expected = not vector.get("wantErr", False)
        assert verdict(chain, stage, vector) is expected, path.name
        counted[expected] += 1
    assert counted[True] >= 3
    assert counted[False] >= 40
